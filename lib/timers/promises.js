'use strict';
// Timers that are waited for instead of calling back.

const { AbortError, codes: { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_THIS } } = require('internal/errors');
const { validateAbortSignal, validateBoolean, validateNumber, validateObject } = require('internal/validators');
const timers = require('timers');

function checked(options) {
  validateObject(options, 'options');
  const { signal, ref = true } = options;
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  if (ref !== undefined) validateBoolean(ref, 'options.ref');
  return { signal, ref };
}

// start(fire) sets something going and returns how to stop it.
function wait(start, value, options) {
  let signal, ref;
  try {
    ({ signal, ref } = checked(options));
  } catch (error) {
    return Promise.reject(error);
  }
  if (signal?.aborted) return Promise.reject(new AbortError(undefined, { cause: signal.reason }));
  const { promise, resolve, reject } = Promise.withResolvers();
  const aborted = () => {
    cancel();
    reject(new AbortError(undefined, { cause: signal.reason }));
  };
  const [handle, cancel] = start(() => {
    signal?.removeEventListener('abort', aborted);
    resolve(value);
  });
  if (!ref) handle.unref();
  signal?.addEventListener('abort', aborted, { once: true });
  return promise;
}

function setTimeout(delay, value, options = {}) {
  try {
    if (delay !== undefined) validateNumber(delay, 'delay');
  } catch (error) {
    return Promise.reject(error);
  }
  return wait((fire) => {
    const timer = timers.setTimeout(fire, delay);
    return [timer, () => timers.clearTimeout(timer)];
  }, value, options);
}

function setImmediate(value, options = {}) {
  return wait((fire) => {
    const immediate = timers.setImmediate(fire);
    return [immediate, () => timers.clearImmediate(immediate)];
  }, value, options);
}

async function* setInterval(delay, value, options = {}) {
  if (delay !== undefined) validateNumber(delay, 'delay');
  const { signal, ref } = checked(options);
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  let due = 0; // ticks that nobody has taken yet
  let wake;
  const timer = timers.setInterval(() => {
    due++;
    wake?.();
  }, delay);
  if (!ref) timer.unref();
  const aborted = () => {
    timers.clearInterval(timer);
    wake?.();
  };
  signal?.addEventListener('abort', aborted, { once: true });
  try {
    for (;;) {
      if (due === 0 && !signal?.aborted) {
        const { promise, resolve } = Promise.withResolvers();
        wake = resolve;
        await promise;
        wake = undefined;
      }
      for (; due > 0; due--) yield value;
      if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
    }
  } finally {
    timers.clearInterval(timer);
    signal?.removeEventListener('abort', aborted);
  }
}

const key = Symbol('scheduler');

class Scheduler {
  constructor() { throw new ERR_ILLEGAL_CONSTRUCTOR(); }

  yield() {
    if (!this[key]) throw new ERR_INVALID_THIS('Scheduler');
    return setImmediate();
  }

  wait(delay, options) {
    if (!this[key]) throw new ERR_INVALID_THIS('Scheduler');
    return setTimeout(delay, undefined, options);
  }
}
const scheduler = Object.create(Scheduler.prototype, { [key]: { value: true } });

module.exports = { setTimeout, setImmediate, setInterval, scheduler };
