'use strict';

// A pool of worker threads that answers tasks: the file exports a function, or listens to parentPort and posts one
// answer for each message. Short tasks are sent to a thread many at once, so that it never waits for the next.

const EventEmitter = require('events');
const { Worker, kPoolLink, kPoolPlace } = require('internal/worker');
const { transferListOf } = require('internal/messaging');
const context = require('internal/async_context');
const { validateAbortSignal, validateInteger, validateNumber, validateObject } = require('internal/validators');
const { AbortError } = require('internal/errors');
const { ERR_INVALID_ARG_VALUE } = require('internal/errors').codes;
const { performance } = require('perf_hooks');

const samplesKept = 1024;
const batchLimit = 256;

function poolError(code, message) {
  const error = new Error(message);
  error.code = code;
  return error;
}

// The last so many durations, for percentiles.
class Samples {
  #values = new Float64Array(samplesKept);
  #count = 0;

  add(value) { this.#values[this.#count++ % samplesKept] = value; }

  summary() {
    const sorted = this.#values.slice(0, Math.min(this.#count, samplesKept)).sort();
    const at = (share) => (sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]);
    return { count: this.#count, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.length === 0 ? 0 : sorted[sorted.length - 1] };
  }
}

class Task {
  constructor(id, value, options) {
    this.id = id;
    this.value = value;
    this.transferList = options.transferList;
    this.timeout = options.timeout;
    this.signal = options.signal;
    this.frame = context.frame;
    this.queuedAt = performance.now();
    this.startedAt = 0;
    this.settled = false;
    // Who may have to be stopped has a thread for himself: nobody else is stopped with him.
    this.goesAlone = options.transferList !== undefined || options.timeout > 0 || options.signal !== undefined;
    this.stopsThread = options.timeout > 0 || options.signal !== undefined;
    this.onAbort = undefined;
    this.timer = undefined;
    this.member = undefined;
    const { promise, resolve, reject } = Promise.withResolvers();
    this.promise = promise;
    this.resolve = resolve;
    this.reject = reject;
  }

  settle(method, value) {
    if (this.settled) return false;
    this.settled = true;
    if (this.timer !== undefined) clearTimeout(this.timer);
    if (this.onAbort !== undefined) this.signal.removeEventListener('abort', this.onAbort);
    const { frame } = context;
    context.frame = this.frame;
    this[method](value);
    context.frame = frame;
    return true;
  }
}

// One thread of the pool.
class Member {
  constructor(pool) {
    this.pool = pool;
    this.style = undefined; // 'function' or 'port', once its file has run
    this.tasks = new Map(); // sent and not answered, oldest first
    this.isReserved = false; // for a task that may have to be stopped
    this.running = new Float64Array(new SharedArrayBuffer(8)); // the thread says which task it is at; 0: none
    this.idleTimer = undefined;
    this.error = undefined;
    this.worker = new Worker(pool.file, { ...pool.workerOptions, [kPoolLink]: (message) => this.#control(message), [kPoolPlace]: this.running });
    this.worker.on('message', (value) => this.#answered(value));
    this.worker.on('error', (error) => { this.error = error; });
    this.worker.on('exit', (code) => this.#gone(code));
  }

  get depth() {
    if (this.style === undefined) return 0;
    if (this.style === 'port') return 1;
    return this.pool.batchDepth;
  }

  send(tasks) {
    if (this.tasks.size === 0) this.worker.ref();
    clearTimeout(this.idleTimer);
    const now = performance.now();
    this.isReserved = tasks[0].stopsThread;
    for (const task of tasks) {
      task.member = this;
      task.startedAt = now;
      this.tasks.set(task.id, task);
      if (task.timeout > 0) {
        task.timer = setTimeout(() => this.pool.stopTask(task, poolError('ERR_WORKER_POOL_TIMEOUT',
          `The task took longer than ${task.timeout} ms; its thread was stopped`)), task.timeout);
      }
    }
    if (this.style === 'port') {
      const [task] = tasks;
      try {
        this.worker.postMessage(task.value, task.transferList);
      } catch (error) {
        this.#finish(task, 'reject', error);
      }
      return;
    }
    try {
      this.worker[kPoolLink]({ type: 'tasks', list: tasks.map((task) => [task.id, task.value]) }, tasks.length === 1 ? tasks[0].transferList : undefined);
    } catch (error) {
      if (tasks.length === 1) this.#finish(tasks[0], 'reject', error);
      else for (const task of tasks) this.#sendAlone(task); // only the one that cannot be cloned fails
    }
  }

  #sendAlone(task) {
    try {
      this.worker[kPoolLink]({ type: 'tasks', list: [[task.id, task.value]] });
    } catch (error) {
      this.#finish(task, 'reject', error);
    }
  }

  #control(message) {
    if (message.type === 'pool') {
      this.style = message.style;
      if (this.tasks.size === 0) this.rest();
      this.pool.dispatch();
    } else if (message.type === 'results') {
      for (const [id, failed, value, runMs] of message.list) {
        const task = this.tasks.get(id);
        if (task !== undefined) this.#finish(task, failed ? 'reject' : 'resolve', value, runMs);
      }
      this.#next();
    }
  }

  #answered(value) {
    if (this.style !== 'port') {
      this.pool.emit('message', value);
      return;
    }
    const [task] = this.tasks.values();
    if (task !== undefined) this.#finish(task, 'resolve', value);
    this.#next();
  }

  #finish(task, method, value, runMs = performance.now() - task.startedAt) {
    this.tasks.delete(task.id);
    if (this.tasks.size === 0) this.isReserved = false;
    this.pool.finished(task, runMs, method === 'reject');
    task.settle(method, value);
  }

  #next() {
    this.pool.dispatch();
    if (this.tasks.size === 0) this.rest();
  }

  rest() {
    if (this.style !== undefined) this.worker.unref(); // an idle pool does not keep the process
    if (this.pool.idleTimeout === Infinity || this.pool.members.size <= this.pool.minThreads) return;
    clearTimeout(this.idleTimer);
    this.idleTimer = setTimeout(() => {
      if (this.tasks.size === 0 && this.pool.members.size > this.pool.minThreads) this.worker.terminate();
    }, this.pool.idleTimeout);
    this.idleTimer.unref();
  }

  // The task that the thread's end is to be blamed on. What it had not begun, and what it had done and could not tell any
  // more, another thread does.
  #blamed() {
    if (this.style === 'function') return this.tasks.get(this.running[0]);
    const [first] = this.tasks.values();
    return first;
  }

  #gone(code) {
    clearTimeout(this.idleTimer);
    const blamed = this.#blamed();
    const waiting = [...this.tasks.values()].filter((task) => task !== blamed && !task.settled);
    this.tasks.clear();
    this.pool.members.delete(this);
    if (blamed !== undefined && !blamed.settled) {
      const error = this.error ?? poolError('ERR_WORKER_POOL_THREAD_EXITED', `The thread ended with exit code ${code} before it answered`);
      this.pool.finished(blamed, performance.now() - blamed.startedAt, true);
      blamed.settle('reject', error);
    }
    const startError = this.style === undefined ? this.error ?? poolError('ERR_WORKER_POOL_THREAD_EXITED', `The thread ended with exit code ${code} before it could take a task`) : undefined;
    this.pool.lost(this, waiting, startError);
  }
}

class WorkerPool extends EventEmitter {
  #queue = [];
  #head = 0;
  #lastId = 0;
  #closing;
  #destroyed = false;
  #flushing = false;
  #wasFull = false;
  #completed = 0;
  #failed = 0;
  #meanRun = 1; // ms, weighted towards the latest
  #wait = new Samples();
  #run = new Samples();

  constructor(file, options = {}) {
    super();
    if (typeof options === 'number') options = { maxThreads: options };
    validateObject(options, 'options');
    const parallelism = require('os').availableParallelism();
    const { maxThreads = Math.max(parallelism, options.minThreads ?? 0), minThreads = 0, maxQueue = Infinity, idleTimeout = Infinity, workerOptions = {} } = options;
    validateInteger(maxThreads, 'maxThreads', 1);
    validateInteger(minThreads, 'minThreads', 0);
    if (minThreads > maxThreads) throw new ERR_INVALID_ARG_VALUE('options.minThreads', minThreads, 'must not be greater than maxThreads');
    validateNumber(maxQueue, 'options.maxQueue', 0);
    validateNumber(idleTimeout, 'options.idleTimeout', 0);
    this.file = typeof file === 'string' && !/^(?:data|file):/.test(file) ? require('path').resolve(file) : file;
    this.workerOptions = workerOptions;
    this.maxThreads = maxThreads;
    this.minThreads = minThreads;
    this.maxQueue = maxQueue;
    this.idleTimeout = idleTimeout;
    this.members = new Set();
    Object.defineProperty(this, 'members', { enumerable: false });
    while (this.members.size < minThreads) this.members.add(new Member(this));
  }

  // How many tasks a thread may have at once: more if they are so short that the way there takes longer.
  get batchDepth() { return this.#meanRun < 0.05 ? batchLimit : this.#meanRun < 0.5 ? 8 : 1; }

  get queueSize() { return this.#queue.length - this.#head; }

  run(value, options = {}) {
    validateObject(options, 'options');
    validateAbortSignal(options.signal, 'options.signal');
    if (options.timeout !== undefined) validateNumber(options.timeout, 'options.timeout', 0);
    if (this.#destroyed || this.#closing !== undefined) return Promise.reject(poolError('ERR_WORKER_POOL_CLOSED', 'The pool is closed and takes no more tasks'));
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(new AbortError(undefined, { cause: signal.reason }));
    if (this.queueSize >= this.maxQueue + this.#freeThreads()) {
      this.#wasFull = true;
      return Promise.reject(poolError('ERR_WORKER_POOL_QUEUE_FULL', `The pool's queue is full (${this.maxQueue} tasks wait). Wait for its 'drain' event`));
    }
    const task = new Task(++this.#lastId, value, { ...options, transferList: transferListOf(options.transferList) });
    if (signal !== undefined) {
      task.onAbort = () => this.stopTask(task, new AbortError(undefined, { cause: signal.reason }));
      signal.addEventListener('abort', task.onAbort, { once: true });
    }
    this.#queue.push(task);
    this.#flushSoon();
    return task.promise;
  }

  // Threads that could take a task now, or be started for one.
  #freeThreads() {
    let free = this.maxThreads - this.members.size;
    for (const member of this.members) if (member.tasks.size === 0) free++;
    return free;
  }

  #flushSoon() {
    if (this.#flushing) return;
    this.#flushing = true;
    process.nextTick(() => {
      this.#flushing = false;
      this.dispatch();
    });
  }

  #take(count, mayStop = true) {
    const tasks = [];
    while (tasks.length < count && this.#head < this.#queue.length) {
      const task = this.#queue[this.#head];
      if (!task.settled && task.goesAlone && (tasks.length > 0 || (task.stopsThread && !mayStop))) break;
      this.#queue[this.#head++] = undefined;
      if (task.settled) continue;
      tasks.push(task);
      if (task.goesAlone) break;
    }
    if (this.#head > 1024 && this.#head * 2 > this.#queue.length) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    return tasks;
  }

  dispatch() {
    if (this.#destroyed) return;
    const fair = Math.max(1, Math.ceil(this.queueSize / Math.max(1, this.maxThreads)));
    for (const member of this.members) {
      const room = member.depth - member.tasks.size;
      // A thread with much left to do is not woken for a few more.
      if (room <= 0 || member.isReserved || (member.tasks.size > 0 && room < member.depth / 2)) continue;
      const tasks = this.#take(Math.min(room, fair), member.tasks.size === 0);
      if (tasks.length > 0) {
        const now = performance.now();
        for (const task of tasks) this.#wait.add(now - task.queuedAt);
        member.send(tasks);
      }
    }
    let starting = 0;
    for (const member of this.members) if (member.style === undefined) starting++;
    while (this.queueSize > starting && this.members.size < this.maxThreads) {
      this.members.add(new Member(this));
      starting++;
    }
    if (this.#wasFull && this.queueSize === 0) {
      this.#wasFull = false;
      this.emit('drain');
    }
    this.#checkClosed();
  }

  finished(task, runMs, failed) {
    if (failed) this.#failed++;
    else this.#completed++;
    this.#run.add(runMs);
    this.#meanRun += (runMs - this.#meanRun) * (runMs > this.#meanRun ? 0.5 : 0.1);
  }

  // Aborted or too late: one that waits is forgotten, one that runs loses its thread.
  stopTask(task, error) {
    const { member } = task;
    if (!task.settle('reject', error)) return;
    this.#failed++;
    if (member === undefined || !member.tasks.has(task.id)) {
      this.#flushSoon();
      return;
    }
    const [current] = member.tasks.values();
    if (current !== task && member.style === 'function') {
      member.worker[kPoolLink]({ type: 'forget', id: task.id });
      member.tasks.delete(task.id);
      return;
    }
    member.worker.terminate();
  }

  // A thread is gone: what it had not begun goes to the others, and another takes its place.
  lost(member, waiting, startError) {
    if (waiting.length > 0) {
      for (const task of waiting) task.member = undefined;
      this.#queue.splice(this.#head, 0, ...waiting);
    }
    const cannotStart = startError?.code === 'ERR_WORKER_INIT_FAILED' && this.members.size > 0;
    if (startError !== undefined && !cannotStart && !this.#destroyed && member.error !== undefined) {
      // The file itself fails: the next thread would fail as well.
      for (const task of this.#take(Infinity)) task.settle('reject', startError);
    }
    if (this.#destroyed || cannotStart) return; // the threads that are there do it
    while (this.members.size < this.minThreads && this.#closing === undefined && startError === undefined) this.members.add(new Member(this));
    this.dispatch();
  }

  async map(iterable, options = {}) {
    validateObject(options, 'options');
    const { concurrency = this.maxThreads * 2, ...taskOptions } = options;
    validateInteger(concurrency, 'options.concurrency', 1);
    const results = [];
    const iterator = iterable[Symbol.asyncIterator]?.() ?? iterable[Symbol.iterator]();
    let index = 0, failed = false;
    const lane = async () => {
      while (!failed) {
        const { value, done } = await iterator.next();
        if (done) return;
        const at = index++;
        try {
          results[at] = await this.run(value, taskOptions);
        } catch (error) {
          failed = true;
          throw error;
        }
      }
    };
    const lanes = [];
    for (let i = 0; i < concurrency; i++) lanes.push(lane());
    await Promise.all(lanes);
    return results;
  }

  #checkClosed() {
    if (this.#closing === undefined || this.queueSize > 0) return;
    for (const member of this.members) if (member.tasks.size > 0) return;
    const { resolve } = this.#closing;
    this.#destroyed = true;
    Promise.all([...this.members].map((member) => member.worker.terminate())).then(() => resolve());
  }

  // Waits for all tasks, then ends the threads.
  close() {
    if (this.#destroyed && this.#closing === undefined) return Promise.resolve();
    if (this.#closing === undefined) {
      this.#closing = Promise.withResolvers();
      this.dispatch();
    }
    return this.#closing.promise;
  }

  // Ends the threads now; every task that is not done is rejected.
  async destroy(reason = poolError('ERR_WORKER_POOL_CLOSED', 'The pool was destroyed')) {
    this.#destroyed = true;
    for (const task of this.#take(Infinity)) task.settle('reject', reason);
    this.#queue.length = this.#head = 0;
    const members = [...this.members];
    for (const member of members) for (const task of member.tasks.values()) task.settle('reject', reason);
    await Promise.all(members.map((member) => member.worker.terminate()));
    this.#closing?.resolve();
  }

  [Symbol.asyncDispose]() { return this.close(); }

  get stats() {
    let running = 0;
    for (const member of this.members) running += member.tasks.size;
    return {
      threads: this.members.size, queued: this.queueSize, running, completed: this.#completed, failed: this.#failed,
      waitMs: this.#wait.summary(), runMs: this.#run.summary(),
    };
  }
}

module.exports = { WorkerPool };
