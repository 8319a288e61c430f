'use strict';
// Makes the realm's world: stacks as programs expect them, ticks, the process object, and globals that
// load what they need when they are first touched.

exports.EngineSharedArrayBuffer = globalThis.SharedArrayBuffer; // before it is replaced below

const { setEntries, setProcess } = require('internal/builtin');

const natives = { __proto__: null };
let errorsRestored = false;
function restoreErrors() {
  if (errorsRestored) return;
  errorsRestored = true;
  for (const name in natives)
    Object.defineProperty(globalThis, name, { value: natives[name], writable: true, configurable: true });
  require('internal/stack');
}

// Most programs never make an error: what makes stacks readable is loaded with the first of these.
for (const name of ['Error', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError',
  'AggregateError']) {
  const native = globalThis[name];
  Object.defineProperty(globalThis, name, {
    configurable: true,
    enumerable: false,
    get() {
      restoreErrors();
      return globalThis[name];
    },
    set(value) { Object.defineProperty(globalThis, name, { value, writable: true, configurable: true }); },
  });
  natives[name] = native;
}

// promise.catch(handler) is a catch clause like any other (see lib/internal/cjs.js, `seen`).
const { catch: ownCatch } = {
  catch(onRejected) {
    if (typeof onRejected !== 'function') return this.then(undefined, onRejected);
    return this.then(undefined, (reason) => {
      if (typeof reason === 'object' && reason !== null) require('internal/stack').seen(reason);
      return onRejected(reason);
    });
  },
};
Object.defineProperty(Promise.prototype, 'catch', { value: ownCatch, writable: true, configurable: true, enumerable: false });

const ticks = require('internal/ticks');
setEntries({
  dispatch: ticks.dispatch,
  runTicks: ticks.runTicks,
  makeError(kind, code, message) {
    const error = kind === 'TypeError' ? new TypeError(message) :
      kind === 'RangeError' ? new RangeError(message) : new Error(message);
    if (code !== undefined) {
      const { setErrorCode } = require('internal/errors');
      if (setErrorCode) setErrorCode(error, code);
      else error.code = code;
    }
    return error;
  },
  makeUvError(errno, syscall, path, dest) {
    const { UVException } = require('internal/errors');
    return new UVException({ errno, syscall, path, dest });
  },
});

const processObject = require('internal/process');
setProcess(processObject);

const define = Object.defineProperty;

// A global that is not made before it is used, and can be overwritten like any other.
function lazy(name, id, key = name, enumerable = false) {
  define(globalThis, name, {
    configurable: true,
    enumerable,
    get() {
      const value = key === null ? require(id) : require(id)[key];
      define(globalThis, name, { value, configurable: true, enumerable, writable: true });
      return value;
    },
    set(value) {
      define(globalThis, name, { value, configurable: true, enumerable, writable: true });
    },
  });
}

function fixed(name, value, enumerable = false) {
  define(globalThis, name, { value, configurable: true, enumerable, writable: true });
}

fixed('global', globalThis, true);
fixed('process', processObject);
define(globalThis, Symbol.toStringTag, { value: 'global', configurable: true });
for (const name of ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate',
  'clearImmediate']) lazy(name, 'timers', name, true);
fixed('queueMicrotask', ticks.queueMicrotask, true);
lazy('structuredClone', 'internal/structured_clone', 'structuredClone', true);
lazy('atob', 'buffer', 'atob', true);
lazy('btoa', 'buffer', 'btoa', true);
lazy('fetch', 'internal/fetch', 'fetch', true);
lazy('performance', 'perf_hooks', 'performance', true);
lazy('navigator', 'internal/navigator', 'navigator', true);
lazy('crypto', 'internal/webcrypto', 'crypto', true);
lazy('console', 'console', null);
for (const name of ['Buffer', 'Blob', 'File']) lazy(name, 'buffer');
for (const name of ['URL', 'URLSearchParams']) lazy(name, 'url');
lazy('URLPattern', 'internal/urlpattern');
for (const name of ['TextEncoder', 'TextDecoder']) lazy(name, 'internal/encoding');
for (const name of ['AbortController', 'AbortSignal']) lazy(name, 'internal/abort_controller');
for (const name of ['Event', 'EventTarget', 'CustomEvent']) lazy(name, 'internal/event_target');
lazy('DOMException', 'internal/domexception', null);
for (const name of ['MessageChannel', 'MessagePort', 'MessageEvent']) lazy(name, 'internal/messaging');
lazy('BroadcastChannel', 'internal/broadcast_channel');
lazy('SharedArrayBuffer', 'internal/shared_memory');
for (const name of ['wait', 'notify', 'waitAsync']) {
  const engine = Atomics[name];
  const value = { [name](...args) { return require('internal/shared_memory').atomics[name](engine, ...args); } }[name];
  define(value, 'length', { value: name === 'notify' ? 3 : 4 });
  define(Atomics, name, { value, configurable: true, writable: true });
}
for (const name of ['Headers', 'Request', 'Response', 'FormData', 'WebSocket', 'CloseEvent', 'EventSource'])
  lazy(name, 'internal/fetch');
for (const name of ['Performance', 'PerformanceEntry', 'PerformanceMark', 'PerformanceMeasure',
  'PerformanceObserver', 'PerformanceObserverEntryList', 'PerformanceResourceTiming'])
  lazy(name, 'perf_hooks');
for (const name of ['Crypto', 'CryptoKey', 'SubtleCrypto']) lazy(name, 'internal/webcrypto');
lazy('Navigator', 'internal/navigator');
for (const name of ['ReadableStream', 'ReadableStreamDefaultReader', 'ReadableStreamBYOBReader',
  'ReadableStreamBYOBRequest', 'ReadableByteStreamController', 'ReadableStreamDefaultController',
  'TransformStream', 'TransformStreamDefaultController', 'WritableStream', 'WritableStreamDefaultController',
  'WritableStreamDefaultWriter', 'ByteLengthQueuingStrategy', 'CountQueuingStrategy', 'TextEncoderStream',
  'TextDecoderStream', 'CompressionStream', 'DecompressionStream']) lazy(name, 'stream/web');
