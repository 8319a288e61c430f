'use strict';

// Timers that only move when a test says so.

const { codes: { ERR_INVALID_ARG_VALUE, ERR_INVALID_STATE }, AbortError } = require('internal/errors');
const { validateAbortSignal, validateNumber, validateObject, validateStringArray } = require('internal/validators');

const supported = ['setTimeout', 'setInterval', 'setImmediate', 'Date', 'scheduler.wait', 'AbortSignal.timeout'];
const maxDelay = 2 ** 31 - 1;

class MockTimeout {
  constructor(owner, entry) {
    Object.defineProperty(this, 'owner', { __proto__: null, value: owner, enumerable: false });
    Object.defineProperty(this, 'entry', { __proto__: null, value: entry, enumerable: false });
  }

  hasRef() { return true; }

  ref() { return this; }

  unref() { return this; }

  refresh() {
    const { entry, owner } = this;
    entry.runAt = owner.currentTime() + entry.delay;
    owner.insert(entry);
    return this;
  }

  close() {
    this.owner.remove(this);
    return this;
  }

  [Symbol.toPrimitive]() {
    return this.entry.id;
  }

  [Symbol.dispose]() {
    this.owner.remove(this);
  }
}

class MockTimers {
  #enabled = false;
  #now = 0;
  #queue = [];
  #nextId = 1;
  #restores = [];

  currentTime() {
    return this.#now;
  }

  insert(entry) {
    this.remove(entry);
    let i = this.#queue.length;
    while (i > 0 && this.#queue[i - 1].runAt > entry.runAt)
      i--;
    this.#queue.splice(i, 0, entry);
  }

  remove(timer) {
    const entry = timer?.entry ?? timer;
    const position = typeof entry === 'object' ? this.#queue.indexOf(entry) :
      this.#queue.findIndex(({ id }) => `${id}` === `${entry}`);
    if (position !== -1)
      this.#queue.splice(position, 1);
  }

  #add(callback, delay, args, interval, isImmediate = false) {
    delay = Number(delay);
    if (!(delay >= 1 && delay <= maxDelay))
      delay = isImmediate ? 0 : 1;
    const entry = { id: this.#nextId++, callback, args, delay, runAt: this.#now + delay, interval };
    this.insert(entry);
    return new MockTimeout(this, entry);
  }

  #replace(object, name, value) {
    const descriptor = Object.getOwnPropertyDescriptor(object, name);
    Object.defineProperty(object, name, {
      __proto__: null, value, writable: true, configurable: true, enumerable: descriptor?.enumerable ?? true,
    });
    this.#restores.push(() => {
      if (descriptor === undefined)
        delete object[name];
      else
        Object.defineProperty(object, name, descriptor);
    });
  }

  #everywhere(name, value) {
    this.#replace(globalThis, name, value);
    this.#replace(require('timers'), name, value);
  }

  #promised(delay, value, options = {}) {
    const { promise, resolve, reject } = Promise.withResolvers();
    const { signal } = options;
    try {
      validateAbortSignal(signal, 'options.signal');
    } catch (error) {
      reject(error);
      return promise;
    }
    if (signal?.aborted) {
      reject(new AbortError(undefined, { cause: signal.reason }));
      return promise;
    }
    const timer = this.#add(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve(value);
    }, delay, [], false);
    const onAbort = () => {
      this.remove(timer);
      reject(new AbortError(undefined, { cause: signal.reason }));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    return promise;
  }

  #install(api) {
    const promises = require('timers/promises');
    const clear = (timer) => this.remove(timer);
    switch (api) {
      case 'setTimeout': {
        const set = (callback, delay, ...args) => this.#add(callback, delay, args, false);
        Object.defineProperty(set, Symbol.for('nodejs.util.promisify.custom'),
                              { __proto__: null, value: (delay, value, options) => this.#promised(delay, value, options) });
        this.#everywhere('setTimeout', set);
        this.#everywhere('clearTimeout', clear);
        this.#replace(promises, 'setTimeout', (delay, value, options) => this.#promised(delay, value, options));
        break;
      }
      case 'setInterval': {
        this.#everywhere('setInterval', (callback, delay, ...args) => this.#add(callback, delay, args, true));
        this.#everywhere('clearInterval', clear);
        this.#replace(promises, 'setInterval', (delay, value, options) => this.#intervals(delay, value, options));
        break;
      }
      case 'setImmediate':
        this.#everywhere('setImmediate', (callback, ...args) => this.#add(callback, 0, args, false, true));
        this.#everywhere('clearImmediate', clear);
        this.#replace(promises, 'setImmediate', (value, options) => this.#promised(0, value, options));
        break;
      case 'scheduler.wait':
        this.#replace(promises.scheduler, 'wait', (delay, options) => this.#promised(delay, undefined, options));
        break;
      case 'AbortSignal.timeout':
        this.#replace(globalThis.AbortSignal, 'timeout', (delay) => {
          const controller = new globalThis.AbortController();
          this.#add(() => controller.abort(new globalThis.DOMException('The operation was aborted due to timeout', 'TimeoutError')),
                    delay, [], false);
          return controller.signal;
        });
        break;
      case 'Date':
        if (Date.isMock)
          throw new ERR_INVALID_STATE('Date is already being mocked!');
        this.#replace(globalThis, 'Date', this.#makeDate());
        break;
    }
  }

  async *#intervals(delay, value, options = {}) {
    const { signal } = options;
    validateAbortSignal(signal, 'options.signal');
    if (signal?.aborted)
      throw new AbortError(undefined, { cause: signal.reason });
    const ready = [];
    let wake;
    let failed;
    const timer = this.#add(() => {
      ready.push(value);
      wake?.();
    }, delay, [], true);
    const onAbort = () => {
      failed = new AbortError(undefined, { cause: signal.reason });
      wake?.();
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      while (true) {
        if (failed !== undefined)
          throw failed;
        if (ready.length > 0) {
          yield ready.shift();
          continue;
        }
        await new Promise((resolve) => { wake = resolve; });
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.remove(timer);
    }
  }

  #makeDate() {
    const RealDate = Date;
    const now = () => this.#now;
    function MockDate(...args) {
      if (new.target === undefined)
        return new RealDate(now()).toString();
      return Reflect.construct(RealDate, args.length === 0 ? [now()] : args, new.target === MockDate ? RealDate : new.target);
    }
    Object.defineProperties(MockDate, Object.getOwnPropertyDescriptors(RealDate));
    MockDate.now = now;
    MockDate.isMock = true;
    Object.defineProperty(MockDate, 'isMock', { __proto__: null, enumerable: false });
    MockDate.toString = () => 'function Date() { [native code] }';
    Object.defineProperty(MockDate, 'toString', { __proto__: null, enumerable: false });
    return MockDate;
  }

  enable(options = { apis: supported, now: 0 }) {
    const given = { ...options };
    if (this.#enabled)
      throw new ERR_INVALID_STATE('MockTimers is already enabled!');
    if (given.now instanceof Date)
      given.now = given.now.getTime();
    validateObject(options, 'options');
    const { apis = supported, now = 0 } = given;
    validateNumber(now, 'options.now');
    if (!(now >= 0))
      throw new ERR_INVALID_ARG_VALUE('options.now', now, 'must be a positive number');
    validateStringArray(apis, 'options.apis');
    for (const api of apis) {
      if (!supported.includes(api))
        throw new ERR_INVALID_ARG_VALUE('options.apis', api, `option ${api} is not supported`);
    }
    this.#now = now;
    this.#enabled = true;
    for (const api of apis)
      this.#install(api);
  }

  #check() {
    if (!this.#enabled)
      throw new ERR_INVALID_STATE('You should enable MockTimers first by calling the .enable function');
  }

  #runNext() {
    const entry = this.#queue.shift();
    this.#now = Math.max(this.#now, entry.runAt);
    if (entry.interval) {
      entry.runAt += entry.delay;
      this.insert(entry);
    }
    Reflect.apply(entry.callback, undefined, entry.args);
  }

  tick(time = 1) {
    this.#check();
    if (time < 0)
      throw new ERR_INVALID_ARG_VALUE('time', 'positive integer', time);
    const end = this.#now + time;
    while (this.#queue.length > 0 && this.#queue[0].runAt <= end)
      this.#runNext();
    this.#now = end;
  }

  setTime(time = 0) {
    validateNumber(time, 'time');
    if (time < 0)
      throw new ERR_INVALID_ARG_VALUE('time', time, 'must be a positive number');
    this.#check();
    this.#now = time;
  }

  runAll() {
    this.#check();
    const last = this.#queue.at(-1);
    if (last !== undefined)
      this.tick(Math.max(0, last.runAt - this.#now));
  }

  reset() {
    if (!this.#enabled)
      return;
    for (const restore of this.#restores.splice(0).reverse())
      restore();
    this.#queue = [];
    this.#now = 0;
    this.#enabled = false;
  }

  [Symbol.dispose]() {
    this.reset();
  }
}

module.exports = { MockTimers };
