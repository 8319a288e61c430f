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

// The engine cannot import() in what `new Function` makes, so such code is given our import().
function replaceFunction(own) {
  function Function(text) {
    const code = arguments[arguments.length - 1];
    if (typeof code === 'string' && code.includes('import') && (new.target === undefined || new.target === Function))
      return require('internal/esm/function').make(own, arguments, Function);
    return Reflect.construct(own, arguments, new.target ?? own);
  }
  Object.defineProperty(Function, 'prototype', { value: own.prototype, writable: false });
  for (const object of [globalThis, own.prototype])
    Object.defineProperty(object, object === globalThis ? 'Function' : 'constructor',
      { value: Function, writable: true, configurable: true, enumerable: false });
}
replaceFunction(Function);

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

function fixed(name, value, enumerable = false) {
  define(globalThis, name, { value, configurable: true, enumerable, writable: true });
}

// Globals that are not made before they are used, and can be overwritten like any others: a module's id, then the names
// that it exports. Made in loops and not by a function, because the engine compiles what is called this often.
const lazy = [
  'timers', 'setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate',
  'internal/structured_clone', 'structuredClone',
  'buffer', 'atob btoa',
  'internal/fetch', 'fetch',
  'perf_hooks', 'performance',
  'internal/navigator', 'navigator',
  'internal/webcrypto', 'crypto',
  '', '', // the rest is not enumerable
  'buffer', 'Buffer Blob File',
  'url', 'URL URLSearchParams',
  'internal/urlpattern', 'URLPattern',
  'internal/encoding', 'TextEncoder TextDecoder',
  'internal/abort_controller', 'AbortController AbortSignal',
  'internal/event_target', 'Event EventTarget CustomEvent',
  'internal/messaging', 'MessageChannel MessagePort MessageEvent',
  'internal/broadcast_channel', 'BroadcastChannel',
  'internal/shared_memory', 'SharedArrayBuffer',
  'internal/fetch', 'Headers Request Response FormData WebSocket CloseEvent',
  'perf_hooks', 'Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver ' +
    'PerformanceObserverEntryList PerformanceResourceTiming',
  'internal/webcrypto', 'Crypto CryptoKey SubtleCrypto',
  'internal/navigator', 'Navigator',
  'stream/web', 'ReadableStream ReadableStreamDefaultReader ReadableStreamBYOBReader ReadableStreamBYOBRequest ' +
    'ReadableByteStreamController ReadableStreamDefaultController TransformStream TransformStreamDefaultController ' +
    'WritableStream WritableStreamDefaultController WritableStreamDefaultWriter ByteLengthQueuingStrategy ' +
    'CountQueuingStrategy TextEncoderStream TextDecoderStream CompressionStream DecompressionStream',
];
let enumerable = true;
for (let i = 0; i < lazy.length; i += 2) {
  const id = lazy[i];
  if (id === '') {
    enumerable = false;
    continue;
  }
  const isEnumerable = enumerable;
  for (const name of lazy[i + 1].split(' ')) {
    define(globalThis, name, {
      configurable: true,
      enumerable: isEnumerable,
      get() {
        const value = require(id)[name];
        fixed(name, value, isEnumerable);
        return value;
      },
      set(value) { fixed(name, value, isEnumerable); },
    });
  }
}

// Those that are a module as a whole.
for (const [name, id] of [['console', 'console'], ['DOMException', 'internal/domexception']]) {
  define(globalThis, name, {
    configurable: true,
    enumerable: false,
    get() {
      const value = require(id);
      fixed(name, value);
      return value;
    },
    set(value) { fixed(name, value); },
  });
}

fixed('global', globalThis, true);
fixed('process', processObject);
define(globalThis, Symbol.toStringTag, { value: 'global', configurable: true });
fixed('queueMicrotask', ticks.queueMicrotask, true);

for (const name of ['wait', 'notify', 'waitAsync']) {
  const engine = Atomics[name];
  const value = { [name](...args) { return require('internal/shared_memory').atomics[name](engine, ...args); } }[name];
  define(value, 'length', { value: name === 'notify' ? 3 : 4 });
  define(Atomics, name, { value, configurable: true, writable: true });
}
