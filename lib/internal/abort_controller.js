'use strict';

// AbortController and AbortSignal. A signal that only waits for others or for a timer is kept alive by its listeners, and by nothing else.

const { defineEventHandler, Event, EventTarget, kMaxEventTargetListeners, kNewListener, kRemoveListener, kResistStopPropagation, kTrustEvent,
        kWeakHandler } = require('internal/event_target');
const { codes: { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_ARG_TYPE, ERR_INVALID_THIS } } = require('internal/errors');
const { validateAbortSignal, validateObject, validateUint32, kValidateObjectAllowObjects } =
  require('internal/validators');
const { kDeserialize, kTransfer, kTransferList } = require('internal/transferable');

const kAborted = Symbol('kAborted');
const kReason = Symbol('kReason');
const kComposite = Symbol('kComposite');
const kSources = Symbol('kSourceSignals');
const kDependents = Symbol('kDependantSignals');
const kTimeout = Symbol('kTimeout');
const kTimers = Symbol('kTimers');
const kMayConstruct = Symbol('kDontThrowSymbol');
const inspectCustom = Symbol.for('nodejs.util.inspect.custom');

// Signals that will fire and have listeners: their timers and sources hold them only weakly.
const awaited = new Set();

function abortError() {
  const DOMException = require('internal/domexception');
  return new DOMException('This operation was aborted', 'AbortError');
}

function inspectAs(self, fields, depth, options) {
  if (depth < 0)
    return self;
  const nested = { ...options, depth: options.depth == null ? null : options.depth - 1 };
  return `${self.constructor.name} ${require('internal/util/inspect').inspect(fields, nested)}`;
}

function isSignal(value) {
  return typeof value === 'object' && value !== null && typeof value[kAborted] === 'boolean';
}

function checkSignal(value) {
  if (!isSignal(value))
    throw new ERR_INVALID_THIS('AbortSignal');
}

const firing = new FinalizationRegistry((timer) => clearTimeout(timer));

function setWeakTimeout(signal, delay) {
  const reference = new WeakRef(signal);
  const timer = setTimeout(() => {
    const target = reference.deref();
    if (target === undefined)
      return;
    awaited.delete(target);
    const DOMException = require('internal/domexception');
    abortSignal(target, new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  }, delay);
  timer.unref();
  firing.register(signal, timer);
}

const forgotten = new FinalizationRegistry(({ sources, reference }) => {
  for (const source of sources) {
    const signal = source.deref();
    signal?.[kDependents]?.delete(reference);
  }
});

// A source that is gone will not fire: who waited for no other may be forgotten, listeners or not.
const sourceIsGone = new FinalizationRegistry((dependents) => {
  for (const reference of dependents) {
    const dependent = reference.deref();
    if (dependent === undefined) continue;
    for (const source of dependent[kSources]) if (source.deref() === undefined) dependent[kSources].delete(source);
    if (dependent[kSources].size === 0) awaited.delete(dependent);
  }
});

class AbortSignal extends EventTarget {
  constructor(permission = undefined) {
    if (permission !== kMayConstruct)
      throw new ERR_ILLEGAL_CONSTRUCTOR();
    super();
    // Any number of parties may wait for one signal.
    this[kMaxEventTargetListeners] = 0;
    this[kAborted] = false;
    this[kReason] = undefined;
    this[kComposite] = false;
  }

  get aborted() {
    checkSignal(this);
    return this[kAborted];
  }

  get reason() {
    checkSignal(this);
    return this[kReason];
  }

  throwIfAborted() {
    checkSignal(this);
    if (this[kAborted])
      throw this[kReason];
  }

  [inspectCustom](depth, options) {
    return inspectAs(this, { aborted: this.aborted }, depth, options);
  }

  static abort(reason = abortError()) {
    const signal = signalNew();
    signal[kAborted] = true;
    signal[kReason] = reason;
    return signal;
  }

  static timeout(delay) {
    validateUint32(delay, 'delay', false);
    const signal = signalNew();
    signal[kTimeout] = true;
    setWeakTimeout(signal, delay);
    return signal;
  }

  static any(signals) {
    if (signals == null || typeof signals !== 'object' || typeof signals[Symbol.iterator] !== 'function') {
      const error = new TypeError('signals cannot be converted to sequence.');
      error.code = 'ERR_INVALID_ARG_TYPE';
      throw error;
    }
    const list = [...signals];
    for (let i = 0; i < list.length; i++) {
      if (!isSignal(list[i]))
        throw new ERR_INVALID_ARG_TYPE(`signals[${i}]`, 'AbortSignal', list[i]);
    }
    const result = signalNew();
    result[kComposite] = true;
    for (const signal of list) {
      if (signal[kAborted]) {
        result[kAborted] = true;
        result[kReason] = signal[kReason];
        return result;
      }
    }
    follow(result, list);
    return result;
  }

  [kNewListener](size, type, ...rest) {
    super[kNewListener](size, type, ...rest);
    const mayFire = this[kTimeout] || (this[kComposite] && this[kSources]?.size > 0);
    if (type === 'abort' && mayFire && !this[kAborted] && size > 0)
      awaited.add(this);
  }

  [kRemoveListener](size, type) {
    if (type === 'abort' && size === 0)
      awaited.delete(this);
  }
}

function follow(result, list) {
  const reference = new WeakRef(result);
  const sources = new Set();
  const plain = new Set();
  for (const signal of list) {
    // A signal that waits for others is replaced by those others, so that chains stay flat.
    if (signal[kComposite]) {
      for (const source of signal[kSources] ?? []) {
        const each = source.deref();
        if (each !== undefined && !each[kAborted])
          plain.add(each);
      }
    } else {
      plain.add(signal);
    }
  }
  for (const signal of plain) {
    sources.add(new WeakRef(signal));
    if (signal[kTimeout]) (result[kTimers] ??= []).push(signal); // its timer does not keep it
    if (signal[kDependents] === undefined) {
      signal[kDependents] = new Set();
      sourceIsGone.register(signal, signal[kDependents]);
    }
    signal[kDependents].add(reference);
  }
  result[kSources] = sources;
  forgotten.register(result, { sources, reference });
}

function signalNew() {
  return new AbortSignal(kMayConstruct);
}

function abortSignal(signal, reason) {
  if (signal[kAborted])
    return;
  signal[kAborted] = true;
  signal[kReason] = reason;
  // All of them know that it is over before the first listener runs.
  const dependents = [];
  for (const reference of signal[kDependents] ?? []) {
    const dependent = reference.deref();
    if (dependent !== undefined && !dependent[kAborted]) {
      dependent[kAborted] = true;
      dependent[kReason] = reason;
      dependents.push(dependent);
    }
  }
  signal[kDependents] = undefined;
  fire(signal);
  for (const dependent of dependents)
    fire(dependent);
}

function fire(signal) {
  awaited.delete(signal);
  signal.dispatchEvent(new Event('abort', { [kTrustEvent]: true }));
}

for (const name of ['aborted', 'reason', 'throwIfAborted'])
  Object.defineProperty(AbortSignal.prototype, name, { __proto__: null, enumerable: true });
for (const name of ['abort', 'timeout', 'any'])
  Object.defineProperty(AbortSignal, name, { __proto__: null, enumerable: true });
Object.defineProperty(AbortSignal.prototype, Symbol.toStringTag,
                      { __proto__: null, writable: false, enumerable: false, configurable: true, value: 'AbortSignal' });
defineEventHandler(AbortSignal.prototype, 'abort');

class AbortController {
  #signal;

  static #of(value) {
    if (typeof value !== 'object' || value === null || !(#signal in value))
      throw new ERR_INVALID_THIS('AbortController');
    return value;
  }

  get signal() {
    return AbortController.#of(this).#signal ??= signalNew();
  }

  abort(reason = abortError()) {
    abortSignal(AbortController.#of(this).#signal ??= signalNew(), reason);
  }

  [inspectCustom](depth, options) {
    return inspectAs(this, { signal: this.signal }, depth, options);
  }
}
for (const name of ['signal', 'abort'])
  Object.defineProperty(AbortController.prototype, name, { __proto__: null, enumerable: true });
Object.defineProperty(AbortController.prototype, Symbol.toStringTag,
                      { __proto__: null, writable: false, enumerable: false, configurable: true, value: 'AbortController' });

// What makes a signal transferable: it stays where it is, and each of its copies hears of the abort through a port.
function makeTransferable(signal) {
  if (Object.hasOwn(signal, kTransfer)) return;
  let here, there;
  const add = (key, value) => Object.defineProperty(signal, key, { __proto__: null, value });
  add(kTransferList, () => {
    if (signal[kAborted]) return [];
    const { MessageChannel } = require('internal/messaging');
    ({ port1: here, port2: there } = new MessageChannel());
    here.unref();
    return [there];
  });
  add(kTransfer, () => {
    const deserializeInfo = 'internal/abort_controller:TransferredSignal';
    if (signal[kAborted]) return { data: { reason: signal[kReason] }, deserializeInfo };
    const port = here;
    signal.addEventListener('abort', () => {
      port.postMessage(signal[kReason]);
      port.close();
    }, { __proto__: null, once: true });
    return { data: { port: there }, deserializeInfo };
  });
}

class TransferredSignal {
  [kDeserialize]({ port, reason }) {
    if (port === undefined) return AbortSignal.abort(reason);
    const signal = signalNew();
    port.onmessage = ({ data }) => {
      port.close();
      abortSignal(signal, data);
    };
    port.unref();
    return signal;
  }
}

function transferableAbortSignal(signal) {
  if (!isSignal(signal))
    throw new ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal);
  makeTransferable(signal);
  return signal;
}

function transferableAbortController() {
  const controller = new AbortController();
  makeTransferable(controller.signal);
  return controller;
}

async function aborted(signal, resource) {
  if (signal === undefined)
    throw new ERR_INVALID_ARG_TYPE('signal', 'AbortSignal', signal);
  validateAbortSignal(signal, 'signal');
  validateObject(resource, 'resource', kValidateObjectAllowObjects);
  if (signal.aborted)
    return;
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve,
                            { __proto__: null, once: true, [kWeakHandler]: resource, [kResistStopPropagation]: true });
  });
}

module.exports = { AbortController, AbortSignal, TransferredSignal, aborted, transferableAbortController, transferableAbortSignal };
