'use strict';
// What the readable-stream package needs from elsewhere in Galley, loaded when it is first called for.

const once = (callback) => {
  let called = false;
  return function (...args) {
    if (called) return;
    called = true;
    callback.apply(this, args);
  };
};

function createDeferredPromise() {
  const { promise, resolve, reject } = Promise.withResolvers();
  return { promise, resolve, reject };
}

const AsyncFunction = (async () => {}).constructor;
const noDebug = () => {};

module.exports = {
  AggregateError,
  kEmptyObject: Object.freeze({ __proto__: null }),
  once,
  createDeferredPromise,
  promisify: { custom: Symbol.for('nodejs.util.promisify.custom') },
  debuglog: () => noDebug,
  format: (...args) => require('util').format(...args),
  inspect: (value, options) => require('util').inspect(value, options),
  types: {
    isAsyncFunction: (fn) => fn instanceof AsyncFunction,
    isArrayBufferView: ArrayBuffer.isView,
  },
  isBlob: (value) => typeof value === 'object' && value !== null && value instanceof require('buffer').Blob,
  deprecate: (fn) => fn,
  addAbortListener: (signal, listener) => require('events').addAbortListener(signal, listener),
  AbortSignalAny: (signals) => AbortSignal.any(signals),
};
