'use strict';

// Small things that many modules need. What is larger than that lives in internal/util/ and is loaded by who needs it.

const { codes: { ERR_OUT_OF_RANGE, ERR_UNKNOWN_SIGNAL }, uvErrorName, uvErrmapGet } =
  require('internal/errors');

const { lazyProperty } = require('internal/builtin');

const customInspectSymbol = Symbol.for('nodejs.util.inspect.custom');
const kCustomPromisify = Symbol.for('nodejs.util.promisify.custom');
const kCustomPromisifyArgs = Symbol('customPromisifyArgs');
const kEmptyObject = Object.freeze({ __proto__: null });
const kEnumerableProperty = Object.freeze({ __proto__: null, enumerable: true });

function validate() {
  return require('internal/validators');
}

const codesWarned = new Set();

function deprecate(fn, message, code, { modifyPrototype = true } = kEmptyObject) {
  validate().validateFunction(fn, 'fn');
  if (code !== undefined)
    validate().validateString(code, 'code');
  let warned = false;
  function warn() {
    if (warned || process.noDeprecation === true)
      return;
    warned = true;
    if (code !== undefined) {
      if (codesWarned.has(code))
        return;
      codesWarned.add(code);
    }
    process.emitWarning(message, 'DeprecationWarning', code, deprecated);
  }
  function deprecated(...args) {
    warn();
    if (new.target)
      return Reflect.construct(fn, args, new.target === deprecated ? fn : new.target);
    return Reflect.apply(fn, this, args);
  }
  if (modifyPrototype) {
    Object.setPrototypeOf(deprecated, fn);
    if (fn.prototype)
      deprecated.prototype = fn.prototype;
  }
  Object.defineProperty(deprecated, 'length', { __proto__: null, ...Object.getOwnPropertyDescriptor(fn, 'length') });
  Object.defineProperty(deprecated, 'name', { __proto__: null, ...Object.getOwnPropertyDescriptor(fn, 'name') });
  return deprecated;
}

function copyProperties(from, to) {
  const descriptors = Object.getOwnPropertyDescriptors(from);
  for (const key of Reflect.ownKeys(descriptors))
    Object.setPrototypeOf(descriptors[key], null);
  return Object.defineProperties(to, descriptors);
}

function promisify(original) {
  validate().validateFunction(original, 'original');
  const custom = original[kCustomPromisify];
  if (custom) {
    validate().validateFunction(custom, 'util.promisify.custom');
    return Object.defineProperty(custom, kCustomPromisify,
                                 { __proto__: null, value: custom, enumerable: false, writable: false, configurable: true });
  }
  const argumentNames = original[kCustomPromisifyArgs];
  function promised(...args) {
    return new Promise((resolve, reject) => {
      const result = Reflect.apply(original, this, [...args, (error, ...values) => {
        if (error) {
          reject(error);
        } else if (argumentNames !== undefined && values.length > 1) {
          const named = {};
          for (let i = 0; i < argumentNames.length; i++)
            named[argumentNames[i]] = values[i];
          resolve(named);
        } else {
          resolve(values[0]);
        }
      }]);
      if (result instanceof Promise) {
        process.emitWarning('Calling promisify on a function that returns a Promise is likely a mistake.',
                            'DeprecationWarning', 'DEP0174');
      }
    });
  }
  Object.setPrototypeOf(promised, Object.getPrototypeOf(original));
  Object.defineProperty(promised, kCustomPromisify,
                        { __proto__: null, value: promised, enumerable: false, writable: false, configurable: true });
  return copyProperties(original, promised);
}
promisify.custom = kCustomPromisify;

const encodings = {
  '__proto__': null,
  'utf8': 'utf8', 'utf-8': 'utf8',
  'ucs2': 'utf16le', 'ucs-2': 'utf16le', 'utf16le': 'utf16le', 'utf-16le': 'utf16le',
  'latin1': 'latin1', 'binary': 'latin1',
  'base64': 'base64', 'base64url': 'base64url', 'hex': 'hex', 'ascii': 'ascii',
};

// The encoding's own name, or undefined for what is none; nothing means UTF-8.
function normalizeEncoding(encoding) {
  if (encoding == null || encoding === 'utf8' || encoding === 'utf-8' || encoding === '')
    return 'utf8';
  return encodings[encoding] ?? encodings[`${encoding}`.toLowerCase()];
}

function getSystemErrorName(errno) {
  validate().validateNumber(errno, 'err');
  if (errno >= 0 || !Number.isSafeInteger(errno))
    throw new ERR_OUT_OF_RANGE('err', 'a negative integer', errno);
  return uvErrorName(errno);
}

function getSystemErrorMessage(errno) {
  validate().validateNumber(errno, 'err');
  if (errno >= 0 || !Number.isSafeInteger(errno))
    throw new ERR_OUT_OF_RANGE('err', 'a negative integer', errno);
  return uvErrmapGet(errno)?.[1] ?? `Unknown system error ${errno}`;
}

function getSystemErrorMap() {
  return new Map(internalBinding('uv').getErrorMap());
}

function createDeferredPromise() {
  return Promise.withResolvers();
}

// Getters that load a module when they are first used and then become plain properties.
function defineLazyProperties(target, id, keys, enumerable = true) {
  for (const key of keys) lazyProperty(target, key, () => require(id)[key], enumerable);
}

function once(callback, { preserveReturnValue = false } = kEmptyObject) {
  let called = false;
  let result;
  return function (...args) {
    if (called)
      return preserveReturnValue ? result : undefined;
    called = true;
    const returned = Reflect.apply(callback, this, args);
    result = preserveReturnValue ? returned : undefined;
    return result;
  };
}

function lazyDOMExceptionClass() {
  return require('internal/domexception');
}

function lazyDOMException(message, name) {
  const DOMException = require('internal/domexception');
  return new DOMException(message, name);
}

const experimentsTold = new Set();

function emitExperimentalWarning(feature, messagePrefix, code, ctor) {
  if (experimentsTold.has(feature))
    return;
  experimentsTold.add(feature);
  const message = `${feature} is an experimental feature and might change at any time`;
  process.emitWarning(messagePrefix ? `${messagePrefix}${message}` : message, 'ExperimentalWarning', code, ctor);
}

function convertToValidSignal(signal) {
  const { signals } = require('os').constants;
  if (typeof signal === 'number') {
    for (const name in signals) {
      if (signals[name] === signal)
        return signal;
    }
  }
  if (typeof signal === 'string') {
    const number = signals[signal.toUpperCase()];
    if (number)
      return number;
  }
  throw new ERR_UNKNOWN_SIGNAL(signal);
}

function convertProcessSignalToExitCode(signal) {
  const { signals } = require('os').constants;
  validate().validateOneOf(signal, 'signalCode', Object.keys(signals));
  return 128 + signals[signal];
}

function isError(value) {
  return value instanceof Error || (value !== null && typeof value === 'object' && Error.isError?.(value) === true);
}

function spliceOne(list, index) {
  for (; index + 1 < list.length; index++)
    list[index] = list[index + 1];
  list.pop();
}

function setOwnProperty(object, key, value) {
  return Object.defineProperty(object, key,
                               { __proto__: null, configurable: true, enumerable: true, value, writable: true });
}

function getConstructorOf(object) {
  while (object) {
    const descriptor = Object.getOwnPropertyDescriptor(object, 'constructor');
    if (descriptor !== undefined && typeof descriptor.value === 'function' && descriptor.value.name !== '')
      return descriptor.value;
    object = Object.getPrototypeOf(object);
  }
  return null;
}

function toUSVString(value) {
  return String(value).toWellFormed();
}

function guessHandleType(fd) {
  return internalBinding('stdio').kind(fd);
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function isArrayBufferDetached(value) {
  return value.detached === true;
}

module.exports = {
  SymbolAsyncDispose: Symbol.asyncDispose,
  SymbolDispose: Symbol.dispose,
  convertProcessSignalToExitCode,
  convertToValidSignal,
  createDeferredPromise,
  customInspectSymbol,
  customPromisifyArgs: kCustomPromisifyArgs,
  defineLazyProperties,
  deprecate,
  emitExperimentalWarning,
  getConstructorOf,
  getSystemErrorMap,
  getSystemErrorMessage,
  getSystemErrorName,
  guessHandleType,
  isArrayBufferDetached,
  isError,
  kEmptyObject,
  kEnumerableProperty,
  lazyDOMException,
  lazyDOMExceptionClass,
  normalizeEncoding,
  once,
  promisify,
  setOwnProperty,
  sleep,
  spliceOne,
  toUSVString,
};
