'use strict';

// Worker as its parent sees it. C runs the thread; what Node's interface has beyond messages (streams, errors, limits)
// goes over a second channel, the control port, as small objects with a `type`.

const EventEmitter = require('events');
const path = require('path');
const binding = internalBinding('worker');
const { isMainThread, loaded } = require('internal/builtin');
const context = require('internal/async_context');
const { kHandle, portOver, portStart, post, read, transferListOf } = require('internal/messaging');
const {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_WORKER_INIT_FAILED,
  ERR_WORKER_INVALID_EXEC_ARGV,
  ERR_WORKER_NOT_RUNNING,
  ERR_WORKER_OUT_OF_MEMORY,
  ERR_WORKER_PATH,
  ERR_WORKER_UNSERIALIZABLE_ERROR,
} = require('internal/errors').codes;
const { validateArray, validateBoolean, validateObject, validateString, validateNumber } = require('internal/validators');

const SHARE_ENV = Symbol.for('nodejs.worker_threads.SHARE_ENV');
const kControl = Symbol('kControl');
const kPort = Symbol('kPort');
const kWorker = Symbol('kWorker');
const kState = Symbol('kState');
const kPoolLink = Symbol('kPoolLink'); // option: what the pool's messages from the thread go to; method: its messages to it

const kPoolPlace = Symbol('kPoolPlace'); // option: where the thread says which task it is at

// A thread starts with what its parent had.
let environment;
const environmentData = () => environment ??= new Map(isMainThread ? undefined : require('internal/worker_main').load.environmentData);
const defaultStackMb = 4;

function setEnvironmentData(key, value) {
  if (value === undefined) environmentData().delete(key);
  else environmentData().set(key, value);
}
const getEnvironmentData = (key) => environmentData().get(key);

function isURL(value) { return require('internal/url').isURL(value); }

// -> { filename, kind } where kind is false for a file, 'script' or 'data'
function programOf(filename, options) {
  if (options.eval) {
    if (typeof filename !== 'string') throw new ERR_INVALID_ARG_VALUE('options.eval', options.eval, 'must be false when \'filename\' is not a string');
    return { filename: '[worker eval]', kind: 'script', source: filename };
  }
  if (isURL(filename) && filename.protocol === 'data:') return { filename: filename.href, kind: 'data' };
  if (isURL(filename)) return { filename: require('internal/url').fileURLToPath(filename), kind: false };
  if (typeof filename !== 'string') throw new ERR_INVALID_ARG_TYPE('filename', ['string', 'URL'], filename);
  if (path.isAbsolute(filename) || /^\.\.?[\\/]/.test(filename)) return { filename: path.resolve(filename), kind: false };
  throw new ERR_WORKER_PATH(filename);
}

function limitsOf(resourceLimits) {
  const limits = { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: 4096, codeRangeSizeMb: 0, stackSizeMb: defaultStackMb };
  for (const name in limits) if (typeof resourceLimits?.[name] === 'number') limits[name] = resourceLimits[name];
  return limits;
}

const knownOptions = /^--(?:no-)?(?:warnings|deprecation|throw-deprecation|trace-deprecation|trace-warnings|pending-deprecation|stack-trace-limit|unhandled-rejections|require|conditions|expose-gc|expose_gc|title|import|experimental-[\w-]+|trace-[\w-]+|preserve-symlinks|enable-source-maps|input-type|max-[\w-]+|stack-size)(?:=|$)|^-[rC]$/;
const processOptions = /^--(?:title|expose-gc|expose_gc|max-[\w-]+|stack-size|redirect-warnings|abort-on-uncaught-exception)(?:=|$)/;

function checkExecArgv(list) {
  const bad = [];
  for (let i = 0; i < list.length; i++) {
    const word = `${list[i]}`;
    if (!word.startsWith('-')) continue;
    if (!knownOptions.test(word) || processOptions.test(word)) bad.push(word);
  }
  if (bad.length > 0) throw new ERR_WORKER_INVALID_EXEC_ARGV(bad);
}

function checkNodeOptions(text) {
  const bad = text.split(' ').filter((word) => word.startsWith('-') && !knownOptions.test(word));
  if (bad.length > 0) throw new ERR_WORKER_INVALID_EXEC_ARGV(bad.map((word) => `${word} is not allowed in NODE_OPTIONS`), 'invalid NODE_OPTIONS env variable');
}

class Worker extends EventEmitter {
  constructor(filename, options = {}) {
    super();
    validateObject(options, 'options', require('internal/validators').kValidateObjectAllowNullable);
    options ??= {};
    if (options.execArgv && !Array.isArray(options.execArgv)) throw new ERR_INVALID_ARG_TYPE('options.execArgv', 'Array', options.execArgv);
    let argv;
    if (options.argv) {
      validateArray(options.argv, 'options.argv');
      argv = options.argv.map(String);
    }
    const program = programOf(filename, options);
    let env;
    if (typeof options.env === 'object' && options.env !== null) {
      env = {};
      for (const key of Object.keys(options.env)) if (options.env[key] !== undefined) env[key] = `${options.env[key]}`;
    } else if (options.env == null) env = { ...process.env };
    else if (options.env !== SHARE_ENV)
      throw new ERR_INVALID_ARG_TYPE('options.env', ['object', 'undefined', 'null', 'worker_threads.SHARE_ENV'], options.env);
    if (options.execArgv) checkExecArgv(options.execArgv);
    if (env?.NODE_OPTIONS !== undefined && env.NODE_OPTIONS !== process.env.NODE_OPTIONS) checkNodeOptions(env.NODE_OPTIONS);
    if (options.name !== undefined) validateString(options.name, 'options.name');
    if (options.trackUnmanagedFds !== undefined) validateBoolean(options.trackUnmanagedFds, 'options.trackUnmanagedFds');

    const limits = limitsOf(options.resourceLimits);
    const limited = options.resourceLimits != null && typeof options.resourceLimits.maxOldGenerationSizeMb === 'number';
    const stackBytes = Math.max(0.5, limits.stackSizeMb) * 1024 * 1024;
    const heapBytes = limited ? (limits.maxOldGenerationSizeMb + limits.maxYoungGenerationSizeMb) * 1024 * 1024 : 0;
    const [handle, control, port, threadId] = binding.create(stackBytes, heapBytes);
    const resource = { hasRef: () => (state.isGone ? undefined : state.isRef) };
    const state = { entry: context.track?.init('WORKER', resource), isGone: false, isRef: true, announced: undefined, handle, online: false, exitCode: undefined, exited: undefined, stdin: null, stdout: null, stderr: null, limits, error: false, poolLink: options[kPoolLink] };
    hide(this, kState, state);
    hide(this, kControl, portOver(control));
    hide(this, kPort, portOver(port));
    Object.defineProperty(this, 'threadId', { value: threadId, writable: true, enumerable: true, configurable: true });
    this.resourceLimits = { ...limits };
    hide(this, 'threadName', options.name ?? 'WorkerThread');
    this.#streams(options);

    this[kControl].on('message', (message) => this.#control(message));
    this[kControl].unref();
    this[kPort].on('message', (message) => this.emit('message', message));
    this[kPort].on('messageerror', (error) => this.emit('messageerror', error));
    this[kPort].unref();
    state.inherited = { isMainThread };

    const list = transferListOf(options.transferList);
    post(control, {
      ...program, workerData: options.workerData, env, shareEnv: options.env === SHARE_ENV, argv,
      execArgv: options.execArgv?.map(String), parentExecArgv: process.execArgv, stdin: !!options.stdin, stdout: !!options.stdout,
      stderr: !!options.stderr, name: options.name ?? 'WorkerThread', threadId, resourceLimits: limits,
      environmentData: [...environmentData()],
      cwd: process.cwd(), stackTraceLimit: Error.stackTraceLimit, pool: options[kPoolPlace], trackUnmanagedFds: options.trackUnmanagedFds ?? true,
    }, list, undefined);
    const threads = require('internal/thread_messages');
    threads.listen();
    state.announced = threads.announce(threadId);
    const failed = handle.start((code, outOfMemory, neverStarted) => {
      this.#gone(code, outOfMemory ? new ERR_WORKER_OUT_OF_MEMORY('JS heap out of memory') : neverStarted ? new ERR_WORKER_INIT_FAILED('EMFILE') : undefined);
    });
    if (failed !== 0) {
      const { getSystemErrorName } = require('util');
      process.nextTick(() => this.#gone(1, new ERR_WORKER_INIT_FAILED(getSystemErrorName(failed))));
    }
    process.nextTick(() => process.emit('worker', this));
    const channel = loaded('diagnostics_channel')?.channel('worker_threads');
    if (channel?.hasSubscribers) channel.publish({ worker: this });
  }

  #streams(options) {
    const state = this[kState];
    const control = this[kControl][kHandle];
    const lazyReadable = (name, shown) => {
      const { Readable } = require('stream');
      const stream = new Readable({ read() {} });
      state[name] = stream;
      if (!shown) stream.on('data', (chunk) => process[name].write(chunk));
      return stream;
    };
    if (options.stdin) {
      const { Writable } = require('stream');
      state.stdin = new Writable({
        decodeStrings: true,
        write(chunk, encoding, callback) {
          post(control, { type: 'stdin', chunk: new Uint8Array(chunk) });
          callback();
        },
        final(callback) {
          post(control, { type: 'stdin', chunk: null });
          callback();
        },
      });
    }
    for (const name of ['stdout', 'stderr']) lazyReadable(name, options[name]);
  }

  get stdin() { return this[kState].stdin; }
  get stdout() { return this[kState].stdout; }
  get stderr() { return this[kState].stderr; }

  #control(message) {
    switch (message.type) {
      case 'online':
        this[kState].online = true;
        this.emit('online');
        break;
      case 'error':
        this[kState].error = true;
        this.emit('error', message.error);
        break;
      case 'unserializable':
        this[kState].error = true;
        this.emit('error', new ERR_WORKER_UNSERIALIZABLE_ERROR());
        break;
      case 'output':
        this[kState][message.name].push(message.chunk === null ? null : Buffer.from(message.chunk));
        break;
      case 'answer': {
        const { resolve } = this[kState].questions.get(message.id);
        this[kState].questions.delete(message.id);
        resolve(message.value);
        break;
      }
      default: this[kState].poolLink?.(message);
    }
  }

  #drain() {
    for (const key of [kPort, kControl]) {
      const handle = this[key][kHandle];
      if (handle === null) continue;
      const out = [];
      while (handle.receive(out)) {
        let value, type = 'message';
        try {
          value = read(out[0], out[1], out[2]);
        } catch (error) {
          value = error;
          type = 'messageerror';
        }
        if (key === kControl) this.#control(value);
        else this.emit(type, value);
      }
    }
  }

  #gone(code, error) {
    const state = this[kState];
    this.#drain();
    state.announced.close();
    state.handle = null;
    state.exitCode = code;
    this[kControl].close();
    this[kPort].close();
    this.threadId = -1;
    this.threadName = null;
    this.resourceLimits = {};
    for (const name of ['stdout', 'stderr']) {
      const stream = state[name];
      if (!stream.readableEnded) stream.push(null);
    }
    for (const { reject } of state.questions?.values() ?? []) reject(new ERR_WORKER_NOT_RUNNING());
    state.stdin?.destroy();
    if (error !== undefined) this.emit('error', error);
    this.emit('exit', error !== undefined ? 1 : code);
    setImmediate(() => {
      state.isGone = true;
      if (state.entry !== undefined) context.track?.destroy(state.entry);
    });
    state.exited?.resolve(code);
  }

  postMessage(message, options) {
    if (arguments.length === 0) throw new (require('internal/errors').codes.ERR_MISSING_ARGS)('message');
    if (this[kState].handle === null) return;
    const list = transferListOf(options);
    const port = this[kPort];
    if (port[kHandle] !== null) post(port[kHandle], message, list, port);
  }

  [kPoolLink](message, list = undefined) {
    const handle = this[kControl][kHandle];
    if (handle !== null) post(handle, message, list, undefined); // otherwise its end will be told soon
  }

  terminate(callback = undefined) {
    const state = this[kState];
    if (typeof callback === 'function') {
      process.emitWarning('Passing a callback to worker.terminate() is deprecated. It returns a Promise instead.', 'DeprecationWarning', 'DEP0132');
      this.once('exit', (code) => callback(null, code));
    }
    if (state.handle === null) return Promise.resolve();
    state.exited ??= Promise.withResolvers();
    this.ref();
    state.handle.stop();
    return state.exited.promise;
  }

  async [Symbol.asyncDispose]() { await this.terminate(); }

  ref() {
    const { handle } = this[kState];
    if (handle === null) return;
    this[kState].isRef = true;
    handle.ref();
    this[kPort].ref();
  }

  unref() {
    if (this[kState].exited !== undefined) return; // somebody waits for its end
    const { handle } = this[kState];
    if (handle === null) return;
    this[kState].isRef = false;
    handle.unref();
    this[kPort].unref();
  }

  // Asks the thread; the answer comes when its loop turns.
  #ask(what, argument = undefined) {
    const state = this[kState];
    if (state.handle === null) return Promise.reject(new ERR_WORKER_NOT_RUNNING());
    state.questions ??= new Map();
    const id = state.lastQuestion = (state.lastQuestion ?? 0) + 1;
    const question = Promise.withResolvers();
    state.questions.set(id, question);
    const handle = this[kControl][kHandle];
    if (handle !== null) post(handle, { type: 'question', what, argument, id });
    return question.promise;
  }

  // The handle's stop() gives the thread's profile as JSON.
  async startCpuProfile() {
    const id = await this.#ask('startCpuProfile');
    let stopped;
    const stop = () => (stopped ??= this.#ask('stopCpuProfile', id));
    return { stop, [Symbol.asyncDispose]: stop };
  }

  getHeapStatistics() { return this.#ask('heapStatistics'); }

  getHeapSnapshot() { return Promise.reject(notHere('getHeapSnapshot')); }

  cpuUsage(previous = undefined) {
    if (previous) {
      validateObject(previous, 'prev');
      for (const field of ['user', 'system']) {
        validateNumber(previous[field], `prev.${field}`, 0);
        if (!Number.isFinite(previous[field])) throw new ERR_INVALID_ARG_VALUE(`prev.${field}`, previous[field]);
      }
    }
    return this.#ask('cpuUsage').then((usage) => (previous ? { user: usage.user - previous.user, system: usage.system - previous.system } : usage));
  }

  get performance() {
    return this[kState].performance ??= {
      eventLoopUtilization: (one, two) => {
        const { handle } = this[kState];
        const now = handle === null ? undefined : handle.utilization?.();
        if (now === undefined) return { idle: 0, active: 0, utilization: 0 };
        const [idle, active] = now;
        if (one === undefined) return { idle, active, utilization: idle + active === 0 ? 0 : active / (idle + active) };
        const base = two === undefined ? { idle, active } : one;
        const from = two === undefined ? one : two;
        const dIdle = base.idle - from.idle, dActive = base.active - from.active;
        return { idle: dIdle, active: dActive, utilization: dIdle + dActive === 0 ? 0 : dActive / (dIdle + dActive) };
      },
    };
  }

  get [kWorker]() { return this[kState].handle; }
}

function notHere(name) {
  const error = new Error(`worker.${name}() is V8's; Galley's engine has no such snapshot`);
  error.code = 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM';
  return error;
}

function hide(object, key, value) { Object.defineProperty(object, key, { __proto__: null, value, writable: true, enumerable: false, configurable: true }); }

module.exports = { Worker, SHARE_ENV, setEnvironmentData, getEnvironmentData, environmentData, kPoolLink, kPoolPlace };
