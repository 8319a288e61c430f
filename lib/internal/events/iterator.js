'use strict';

// `events.on`: an emitter read as an async iterator, with watermarks that pause and resume it.

const EventEmitter = require('events');
const { AbortError, codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { validateAbortSignal, validateArray, validateInteger } = require('internal/validators');
const { kWatermarkData, internals: { agnosticAdd, agnosticRemove } } = EventEmitter;

const kFirstEventParam = Symbol.for('nodejs.kFirstEventParam');
const AsyncIteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype);

function eventIterator(emitter, type, options) {
  const { signal } = options;
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted)
    throw new AbortError(undefined, { cause: signal.reason });
  const high = options.highWaterMark ?? options.highWatermark ?? Number.MAX_SAFE_INTEGER;
  validateInteger(high, 'options.highWaterMark', 1);
  const low = options.lowWaterMark ?? options.lowWatermark ?? 1;
  validateInteger(low, 'options.lowWaterMark', 1);
  const closeEvents = options.close;
  if (closeEvents !== undefined && closeEvents !== null)
    validateArray(closeEvents, 'options.close');

  const values = [];
  const waiting = [];
  const listening = [];
  let error = null;
  let finished = false;
  let paused = false;
  let abortListener;

  function listen(name, handler, flags) {
    agnosticAdd(emitter, name, handler, flags);
    listening.push([name, handler, flags]);
  }

  function onValue(value) {
    if (waiting.length > 0) {
      waiting.shift().resolve({ value, done: false });
      return;
    }
    if (!paused && values.length + 1 > high) {
      paused = true;
      emitter.pause();
    }
    values.push(value);
  }

  function onError(reason) {
    if (waiting.length > 0)
      waiting.shift().reject(reason);
    else
      error = reason;
    onClose();
  }

  function onClose() {
    abortListener?.[Symbol.dispose]();
    for (const [name, handler, flags] of listening.splice(0))
      agnosticRemove(emitter, name, handler, flags);
    finished = true;
    for (const promise of waiting.splice(0))
      promise.resolve({ value: undefined, done: true });
    return Promise.resolve({ value: undefined, done: true });
  }

  const iterator = Object.setPrototypeOf({
    next() {
      if (values.length > 0) {
        const value = values.shift();
        if (paused && !finished && values.length < low) {
          emitter.resume();
          paused = false;
        }
        return Promise.resolve({ value, done: false });
      }
      if (error !== null) {
        const rejected = Promise.reject(error);
        error = null;
        return rejected;
      }
      if (finished)
        return onClose();
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
      });
    },

    return() {
      return onClose();
    },

    throw(reason) {
      if (!reason || !(reason instanceof Error))
        throw new ERR_INVALID_ARG_TYPE('EventEmitter.AsyncIterator', 'Error', reason);
      onError(reason);
    },

    [Symbol.asyncIterator]() {
      return this;
    },

    [kWatermarkData]: {
      get size() { return values.length; },
      get low() { return low; },
      get high() { return high; },
      get isPaused() { return paused; },
    },
  }, AsyncIteratorPrototype);

  listen(type, options[kFirstEventParam] ? onValue : (...args) => onValue(args));
  if (type !== 'error' && typeof emitter.on === 'function')
    listen('error', onError);
  for (const name of closeEvents ?? [])
    listen(name, onClose);
  if (signal) {
    abortListener = EventEmitter.addAbortListener(signal, () => {
      onError(new AbortError(undefined, { cause: signal.reason }));
    });
  }
  return iterator;
}

module.exports = { eventIterator, kFirstEventParam };
