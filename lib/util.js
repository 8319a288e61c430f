'use strict';

// The `util` module: most of it is loaded from internal/util/ when it is first touched.

const {
  convertProcessSignalToExitCode,
  defineLazyProperties,
  deprecate,
  getSystemErrorMap,
  getSystemErrorMessage,
  getSystemErrorName,
  promisify,
  toUSVString,
} = require('internal/util');
const { codes: { ERR_FALSY_VALUE_REJECTION, ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE }, errnoException,
        exceptionWithHostPort } = require('internal/errors');
const { validateFunction, validateNumber, validateObject, validateString } =
  require('internal/validators');

function rejected(reason, callback) {
  // A rejection without a reason would look like success to the callback.
  if (!reason) {
    reason = new ERR_FALSY_VALUE_REJECTION(reason);
    Error.captureStackTrace(reason, rejected);
  }
  return callback(reason);
}

function callbackify(original) {
  validateFunction(original, 'original');
  function callbackified(...args) {
    const last = args.pop();
    validateFunction(last, 'last argument');
    const callback = last.bind(this);
    Reflect.apply(original, this, args).then((value) => process.nextTick(callback, null, value),
                                             (reason) => process.nextTick(rejected, reason, callback));
  }
  const descriptors = Object.getOwnPropertyDescriptors(original);
  if (typeof descriptors.length.value === 'number')
    descriptors.length.value++;
  if (typeof descriptors.name.value === 'string')
    descriptors.name.value += 'Callbackified';
  for (const key of Reflect.ownKeys(descriptors))
    Object.setPrototypeOf(descriptors[key], null);
  return Object.defineProperties(callbackified, descriptors);
}

function inherits(constructor, superConstructor) {
  if (constructor === undefined || constructor === null)
    throw new ERR_INVALID_ARG_TYPE('ctor', 'Function', constructor);
  if (superConstructor === undefined || superConstructor === null)
    throw new ERR_INVALID_ARG_TYPE('superCtor', 'Function', superConstructor);
  if (superConstructor.prototype === undefined)
    throw new ERR_INVALID_ARG_TYPE('superCtor.prototype', 'Object', superConstructor.prototype);
  Object.defineProperty(constructor, 'super_',
                        { __proto__: null, value: superConstructor, writable: true, configurable: true });
  Object.setPrototypeOf(constructor.prototype, superConstructor.prototype);
}

function extend(target, source) {
  if (source === null || typeof source !== 'object')
    return target;
  for (const key of Object.keys(source))
    target[key] = source[key];
  return target;
}

function parseEnv(content) {
  validateString(content, 'content');
  return require('internal/process_env').parse(content);
}

function styleText(format, text, options) {
  return require('internal/util/style_text').styleText(format, text, options);
}

function getCallSites(frameCount = 10, options) {
  if (options === undefined && typeof frameCount === 'object') {
    options = frameCount;
    validateObject(options, 'options');
    frameCount = 10;
  }
  options ??= {};
  validateObject(options, 'options');
  validateNumber(frameCount, 'frameCount');
  if (!(frameCount >= 1 && frameCount <= 200))
    throw new ERR_OUT_OF_RANGE('frameCount', '>= 1 && <= 200', frameCount);
  const { callSites } = require('internal/stack');
  return callSites(frameCount, getCallSites).map((frame) => ({
    functionName: frame.name === 'Object.<anonymous>' ? '' : frame.name,
    scriptId: '0',
    scriptName: frame.file ?? '',
    lineNumber: frame.line ?? 0,
    columnNumber: frame.column ?? 0,
    column: frame.column ?? 0,
  }));
}

function setTraceSigInt(enable) {
  require('internal/validators').validateBoolean(enable, 'enable');
}

const util = {
  _errnoException: deprecate(errnoException, 'The `util._errnoException` API is deprecated.', 'DEP0202'),
  _exceptionWithHostPort: deprecate(exceptionWithHostPort, 'The `util._exceptionWithHostPort` API is deprecated.', 'DEP0202'),
  _extend: deprecate(extend, 'The `util._extend` API is deprecated. Please use Object.assign() instead.', 'DEP0060'),
  callbackify,
  convertProcessSignalToExitCode,
  debug: undefined,
  debuglog: undefined,
  deprecate(fn, message, code, options) {
    return deprecate(fn, message, code, options);
  },
  format: undefined,
  styleText,
  formatWithOptions: undefined,
  getCallSites,
  getSystemErrorMap,
  getSystemErrorName,
  getSystemErrorMessage,
  inherits,
  inspect: undefined,
  isArray: deprecate(Array.isArray, 'The `util.isArray` API is deprecated. Please use `Array.isArray()` instead.', 'DEP0044'),
  isDeepStrictEqual(a, b, skipPrototype) {
    return require('internal/util/comparisons').isDeepStrictEqual(a, b, skipPrototype);
  },
  promisify,
  stripVTControlCharacters(text) {
    validateString(text, 'str');
    return require('internal/util/string_width').stripVTControlCharacters(text);
  },
  toUSVString,
  transferableAbortSignal: undefined,
  transferableAbortController: undefined,
  aborted: undefined,
  types: undefined,
  parseEnv,
  parseArgs: undefined,
  TextDecoder: undefined,
  TextEncoder: undefined,
  MIMEType: undefined,
  MIMEParams: undefined,
  diff: undefined,
  setTraceSigInt,
};

defineLazyProperties(util, 'internal/util/debuglog', ['debuglog']);
defineLazyProperties(util, 'internal/util/inspect', ['inspect']);
defineLazyProperties(util, 'internal/util/format', ['format', 'formatWithOptions']);
defineLazyProperties(util, 'internal/abort_controller',
                     ['transferableAbortSignal', 'transferableAbortController', 'aborted']);
defineLazyProperties(util, 'internal/util/parse_args', ['parseArgs']);
defineLazyProperties(util, 'internal/encoding', ['TextDecoder', 'TextEncoder']);
defineLazyProperties(util, 'internal/mime', ['MIMEType', 'MIMEParams']);
defineLazyProperties(util, 'internal/util/diff', ['diff']);
for (const [key, load] of [
  ['debug', () => require('internal/util/debuglog').debuglog],
  ['types', () => require('internal/util/types')],
]) {
  const plain = (value) => Object.defineProperty(
    util, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  Object.defineProperty(util, key, {
    __proto__: null,
    enumerable: true,
    configurable: true,
    get() {
      const value = load();
      plain(value);
      return value;
    },
    set: plain,
  });
}

module.exports = util;
