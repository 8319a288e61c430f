'use strict';
// Values that follow a program through its callbacks, and the numbers of asynchronous work.

const context = require('internal/async_context');
const { codes: { ERR_ASYNC_CALLBACK, ERR_ASYNC_TYPE, ERR_INVALID_ASYNC_ID } } = require('internal/errors');
const { validateFunction, validateObject, validateString } = require('internal/validators');

const tracker = () => require('internal/async_tracker').start();

class AsyncLocalStorage {
  #default;
  #name = '';

  constructor(options = {}) {
    validateObject(options, 'options');
    this.#default = options.defaultValue;
    if (options.name !== undefined) this.#name = `${options.name}`;
  }

  static bind(fn) { return AsyncResource.bind(fn); }
  static snapshot() {
    return AsyncLocalStorage.bind((callback, ...args) => callback(...args));
  }

  get name() { return this.#name; }

  #frameWith(store) {
    context.use();
    const frame = new Map(context.frame);
    frame.set(this, store);
    return frame;
  }

  enterWith(store) {
    context.frame = this.#frameWith(store);
    context.settle(context.frame);
  }

  run(store, callback, ...args) {
    const before = context.frame;
    if (before !== undefined && before.has(this) && Object.is(before.get(this), store)) return Reflect.apply(callback, null, args);
    const frame = this.#frameWith(store);
    context.frame = frame;
    context.settle(frame);
    try {
      return Reflect.apply(callback, null, args);
    } finally {
      context.frame = before;
      context.settle(before);
    }
  }

  exit(callback, ...args) { return this.run(undefined, callback, ...args); }

  getStore() {
    const { frame } = context;
    return frame !== undefined && frame.has(this) ? frame.get(this) : this.#default;
  }

  disable() {
    const { frame } = context;
    frame?.delete(this);
  }
}

// Calls fn in the frame given, and leaves the one before.
function inFrame(frame, fn, self, args) {
  const before = context.frame;
  if (before === frame) return Reflect.apply(fn, self, args);
  context.frame = frame;
  if (context.inUse) context.settle(frame);
  try {
    return Reflect.apply(fn, self, args);
  } finally {
    context.frame = before;
    if (context.inUse) context.settle(before);
  }
}

let collected;

class AsyncResource {
  #entry;
  #frame = context.frame;

  constructor(type, options = {}) {
    validateString(type, 'type');
    let trigger = options;
    let manual = false;
    if (typeof options !== 'number') {
      trigger = options === null ? undefined : options.triggerAsyncId;
      manual = Boolean(options?.requireManualDestroy);
    }
    const track = tracker();
    if (trigger === undefined) trigger = track.current.id;
    if (!Number.isSafeInteger(trigger) || trigger < -1) throw new ERR_INVALID_ASYNC_ID('triggerAsyncId', trigger);
    if (type.length === 0 && track.wants('init')) throw new ERR_ASYNC_TYPE(type);
    this.#entry = track.init(type, this, trigger);
    if (!manual && track.wants('destroy')) {
      collected ??= new FinalizationRegistry((entry) => track.destroy(entry));
      const { id } = this.#entry;
      const held = { id, destroyed: false };
      // The entry knows the resource, so it must not be what the registry holds.
      this.#entry.held = held;
      collected.register(this, held, this);
    }
  }

  runInAsyncScope(fn, thisArg, ...args) {
    const { track } = context;
    const entry = this.#entry;
    track.before(entry);
    try {
      return inFrame(this.#frame, fn, thisArg, args);
    } finally {
      if (track.current === entry) track.after(entry);
    }
  }

  emitDestroy() {
    const entry = this.#entry;
    if (entry.held !== undefined) {
      entry.held.destroyed = true;
      collected.unregister(this);
    }
    context.track.destroyId(entry.id);
    return this;
  }

  asyncId() { return this.#entry.id; }
  triggerAsyncId() { return this.#entry.trigger; }

  bind(fn, thisArg) {
    validateFunction(fn, 'fn');
    const resource = this;
    const bound = thisArg === undefined ?
      function(...args) { return resource.runInAsyncScope(fn, this, ...args); } :
      (...args) => resource.runInAsyncScope(fn, thisArg, ...args);
    Object.defineProperties(bound, {
      length: { configurable: true, enumerable: false, value: fn.length, writable: false },
    });
    return bound;
  }

  static bind(fn, type, thisArg) {
    type ||= fn.name;
    return new AsyncResource(type || 'bound-anonymous-fn').bind(fn, thisArg);
  }
}

class AsyncHook {
  constructor({ init, before, after, destroy, promiseResolve }) {
    for (const [name, callback] of Object.entries({ init, before, after, destroy, promiseResolve })) {
      if (callback !== undefined && typeof callback !== 'function') throw new ERR_ASYNC_CALLBACK(`hook.${name}`);
      this[name] = callback;
    }
  }

  enable() {
    const track = tracker();
    require('internal/async_promises').watch(track);
    track.enable(this);
    return this;
  }

  disable() {
    tracker().disable(this);
    return this;
  }
}

function createHook(callbacks) {
  validateObject(callbacks, 'callbacks', 0);
  return new AsyncHook(callbacks);
}

const executionAsyncId = () => tracker().current.id;
const triggerAsyncId = () => tracker().current.trigger;
const executionAsyncResource = () => tracker().current.resource;

// The kinds of work that have numbers.
const asyncWrapProviders = Object.freeze({
  __proto__: null,
  NONE: 0, FSEVENTWRAP: 6, FSREQCALLBACK: 7, FSREQPROMISE: 8, PROMISE: 26, Immediate: 60, TickObject: 61, Timeout: 62,
});

module.exports = {
  AsyncLocalStorage,
  createHook,
  executionAsyncId,
  triggerAsyncId,
  executionAsyncResource,
  asyncWrapProviders,
  AsyncResource,
};
