'use strict';

// Node-API, the interface of native addons that is bound to no engine: the part that JavaScript says better than C. The rest is
// in src/modules/napi.

const binding = internalBinding('napi');
const { isPromise, isNativeError, isDataView } = require('internal/util/types');
const context = require('internal/async_context');

if (binding.loadError !== undefined) throw new (require('internal/codes').ERR_DLOPEN_FAILED)(binding.loadError);

const { invoke } = binding;
const WRITABLE = 1, ENUMERABLE = 2, CONFIGURABLE = 4;
const OWN_ONLY = 1;
const KEY_WRITABLE = 1, KEY_ENUMERABLE = 2, KEY_CONFIGURABLE = 4, SKIP_STRINGS = 8, SKIP_SYMBOLS = 16;
const NUMBERS_TO_STRINGS = 1;

const errors = [Error, TypeError, RangeError, SyntaxError];
const wraps = new WeakMap();
const tags = new WeakMap();
const attached = new WeakMap(); // what has to be finalized when an object is gone

// In the order of napi_typedarray_type.
const views = [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array,
  BigInt64Array, BigUint64Array, globalThis.Float16Array];

const isIndex = (key) => typeof key === 'string' && /^(?:0|[1-9]\d{0,9})$/.test(key) && Number(key) < 0xffffffff;

function wants(object, key, filter) {
  if (typeof key === 'symbol' ? filter & SKIP_SYMBOLS : filter & SKIP_STRINGS) return false;
  if (!(filter & (KEY_WRITABLE | KEY_ENUMERABLE | KEY_CONFIGURABLE))) return true;
  const { writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(object, key);
  return !((filter & KEY_WRITABLE && !writable) || (filter & KEY_ENUMERABLE && !enumerable) || (filter & KEY_CONFIGURABLE && !configurable));
}

// How C calls these: one function for each entry of `Help` in src/modules/napi/env.h.
binding.setHelpers([
  function makeFunction(callback, name) {
    const made = function(...args) { return invoke(callback, this ?? globalThis, new.target, ...args); };
    Object.defineProperty(made, 'name', { __proto__: null, value: name, configurable: true });
    return made;
  },
  function define(object, key, attributes, value, get, set) {
    const enumerable = (attributes & ENUMERABLE) !== 0, configurable = (attributes & CONFIGURABLE) !== 0;
    Object.defineProperty(object, key, get === undefined && set === undefined ?
      { __proto__: null, value, writable: (attributes & WRITABLE) !== 0, enumerable, configurable } :
      { __proto__: null, get, set, enumerable, configurable });
  },
  function makeError(kind, code, message) {
    const error = new errors[kind](message);
    if (code !== undefined) error.code = code;
    return error;
  },
  function keys(object, mode, filter, conversion) {
    const found = new Set();
    for (let at = object; at !== null; at = mode === OWN_ONLY ? null : Object.getPrototypeOf(at))
      for (const key of Reflect.ownKeys(at)) if (wants(at, key, filter)) found.add(key);
    return Array.from(found, (key) => conversion !== NUMBERS_TO_STRINGS && isIndex(key) ? Number(key) : key);
  },
  (object, key) => Object.hasOwn(object, key),
  (object, key) => Reflect.has(object, key),
  (object, key) => Reflect.deleteProperty(object, key),
  Object.freeze,
  Object.seal,
  (description) => Symbol(description),
  Symbol.for,
  isNativeError,
  isPromise,
  (value) => isDataView(value) ? views.length : ArrayBuffer.isView(value) ? views.findIndex((View) => View !== undefined && value instanceof View) : -1,
  (buffer, offset, length) => new DataView(buffer, offset, length),
  function typedArray(kind, buffer, offset, length) {
    const View = views[kind];
    if (offset % View.BYTES_PER_ELEMENT !== 0) {
      const error = new RangeError(`start offset of ${View.name} should be a multiple of ${View.BYTES_PER_ELEMENT}`);
      error.code = 'ERR_NAPI_INVALID_TYPEDARRAY_ALIGNMENT';
      throw error;
    }
    if (offset + length * View.BYTES_PER_ELEMENT > buffer.byteLength) {
      const error = new RangeError('Invalid typed array length');
      error.code = 'ERR_NAPI_INVALID_TYPEDARRAY_LENGTH';
      throw error;
    }
    return new View(buffer, offset, length);
  },
  (buffer, offset, length) => Buffer.from(buffer, offset, length),
  (buffer) => { buffer.transfer(); },
  (buffer) => buffer instanceof ArrayBuffer && buffer.detached,
  function wordsOf(value) {
    const words = [];
    for (let rest = value < 0n ? -value : value; rest > 0n; rest >>= 64n) words.push(BigInt.asUintN(64, rest));
    return new BigUint64Array(words);
  },
  function ofWords(isNegative, words) {
    let value = 0n;
    for (let i = words.length - 1; i >= 0; i--) value = value << 64n | words[i];
    return isNegative ? -value : value;
  },
  function attach(object, finalizer) {
    const list = attached.get(object);
    if (list === undefined) attached.set(object, [finalizer]);
    else list.push(finalizer);
  },
  function wrap(object, wrapping) {
    if (wraps.has(object)) return false;
    wraps.set(object, wrapping);
    return true;
  },
  (object) => wraps.get(object),
  function removeWrap(object) {
    const wrapping = wraps.get(object);
    wraps.delete(object);
    return wrapping;
  },
  function tag(object, text) {
    if (tags.has(object)) return false;
    tags.set(object, text);
    return true;
  },
  (object) => tags.get(object),
  // What the loop calls later, in the context of now.
  function makeRunner(run, task) {
    const { frame } = context;
    return () => {
      context.frame = frame;
      run(task);
    };
  },
  (error) => { throw error; },
]);

// process.dlopen
function load(module, filename) {
  const exports = binding.load(filename, module.exports);
  if (exports !== undefined && exports !== module.exports) module.exports = exports;
}

module.exports = { load, end: binding.end };
