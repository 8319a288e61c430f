'use strict';

// The checks that every module makes on what programs pass in, and the errors that Node's programs expect from them.

const codes = require('internal/codes');

const octalDigits = /^[0-7]+$/;

function shown(value) {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

function isInt32(value) {
  return value === (value | 0);
}

function isUint32(value) {
  return value === (value >>> 0);
}

function parseFileMode(value, name, fallback) {
  value ??= fallback;
  if (typeof value === 'string') {
    if (!octalDigits.test(value))
      throw new codes.ERR_INVALID_ARG_VALUE(name, value, 'must be a 32-bit unsigned integer or an octal string');
    value = parseInt(value, 8);
  }
  validateUint32(value, name);
  return value;
}

function validateInteger(value, name, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER) {
  if (typeof value !== 'number')
    throw new codes.ERR_INVALID_ARG_TYPE(name, 'number', value);
  if (!Number.isInteger(value))
    throw new codes.ERR_OUT_OF_RANGE(name, 'an integer', value);
  if (value < min || value > max)
    throw new codes.ERR_OUT_OF_RANGE(name, `>= ${min} && <= ${max}`, value);
}

function validateInt32(value, name, min = -2147483648, max = 2147483647) {
  validateInteger(value, name, min, max);
}

function validateUint32(value, name, positive = false) {
  validateInteger(value, name, positive ? 1 : 0, 4294967295);
}

function validateString(value, name) {
  if (typeof value !== 'string')
    throw new codes.ERR_INVALID_ARG_TYPE(name, 'string', value);
}

function validateNumber(value, name, min = undefined, max) {
  if (typeof value !== 'number')
    throw new codes.ERR_INVALID_ARG_TYPE(name, 'number', value);
  const bounded = min != null || max != null;
  if ((min != null && value < min) || (max != null && value > max) || (bounded && Number.isNaN(value))) {
    const low = min != null ? `>= ${min}` : '';
    const both = min != null && max != null ? ' && ' : '';
    const high = max != null ? `<= ${max}` : '';
    throw new codes.ERR_OUT_OF_RANGE(name, `${low}${both}${high}`, value);
  }
}

function validateOneOf(value, name, allowed) {
  if (!allowed.includes(value))
    throw new codes.ERR_INVALID_ARG_VALUE(name, value, `must be one of: ${allowed.map(shown).join(', ')}`);
}

function validateBoolean(value, name) {
  if (typeof value !== 'boolean')
    throw new codes.ERR_INVALID_ARG_TYPE(name, 'boolean', value);
}

function getOwnPropertyValueOrDefault(options, key, fallback) {
  return options == null || !Object.hasOwn(options, key) ? fallback : options[key];
}

const kValidateObjectNone = 0;
const kValidateObjectAllowNullable = 1;
const kValidateObjectAllowArray = 2;
const kValidateObjectAllowFunction = 4;
const kValidateObjectAllowObjects = kValidateObjectAllowArray | kValidateObjectAllowFunction;
const kValidateObjectAllowObjectsAndNull = kValidateObjectAllowObjects | kValidateObjectAllowNullable;

function validateObject(value, name, allow = kValidateObjectNone) {
  const fits = value === null ? (allow & kValidateObjectAllowNullable) !== 0 :
    (typeof value === 'object' && ((allow & kValidateObjectAllowArray) !== 0 || !Array.isArray(value))) ||
    (typeof value === 'function' && (allow & kValidateObjectAllowFunction) !== 0);
  if (!fits)
    throw new codes.ERR_INVALID_ARG_TYPE(name, 'Object', value);
}

// What Web IDL calls a dictionary: any object or function, or nothing at all.
function validateDictionary(value, name) {
  if (value != null && typeof value !== 'object' && typeof value !== 'function')
    throw new codes.ERR_INVALID_ARG_TYPE(name, 'a dictionary', value);
}

function validateArray(value, name, minLength = 0) {
  if (!Array.isArray(value))
    throw new codes.ERR_INVALID_ARG_TYPE(name, 'Array', value);
  if (value.length < minLength)
    throw new codes.ERR_INVALID_ARG_VALUE(name, value, `must be longer than ${minLength}`);
}

function eachOf(validate) {
  return (value, name) => {
    validateArray(value, name);
    for (let i = 0; i < value.length; i++)
      validate(value[i], `${name}[${i}]`);
  };
}

const validateStringArray = eachOf(validateString);
const validateBooleanArray = eachOf(validateBoolean);

function validateAbortSignalArray(value, name) {
  validateArray(value, name);
  for (let i = 0; i < value.length; i++) {
    if (value[i] == null)
      throw new codes.ERR_INVALID_ARG_TYPE(`${name}[${i}]`, 'AbortSignal', value[i]);
    validateAbortSignal(value[i], `${name}[${i}]`);
  }
}

function validateSignalName(signal, name = 'signal') {
  validateString(signal, name);
  const { signals } = require('os').constants;
  if (signals[signal] !== undefined)
    return;
  if (signals[signal.toUpperCase()] !== undefined)
    throw new codes.ERR_UNKNOWN_SIGNAL(`${signal} (signals must use all capital letters)`);
  throw new codes.ERR_UNKNOWN_SIGNAL(signal);
}

function validateBuffer(buffer, name = 'buffer') {
  if (!ArrayBuffer.isView(buffer))
    throw new codes.ERR_INVALID_ARG_TYPE(name, ['Buffer', 'TypedArray', 'DataView'], buffer);
}

function validateEncoding(data, encoding) {
  const { normalizeEncoding } = require('internal/util');
  const length = data.length;
  if (normalizeEncoding(encoding) === 'hex' && length % 2 !== 0)
    throw new codes.ERR_INVALID_ARG_VALUE('encoding', encoding, `is invalid for data of length ${length}`);
}

function validatePort(port, name = 'Port', allowZero = true) {
  if ((typeof port !== 'number' && typeof port !== 'string') ||
      (typeof port === 'string' && port.trim().length === 0) ||
      +port !== (+port >>> 0) || port > 0xFFFF || (port === 0 && !allowZero))
    throw new codes.ERR_SOCKET_BAD_PORT(name, port, allowZero);
  return port | 0;
}

function validateAbortSignal(signal, name) {
  if (signal !== undefined && (signal === null || typeof signal !== 'object' || !('aborted' in signal)))
    throw new codes.ERR_INVALID_ARG_TYPE(name, 'AbortSignal', signal);
}

function validateFunction(value, name) {
  if (typeof value !== 'function')
    throw new codes.ERR_INVALID_ARG_TYPE(name, 'Function', value);
}

function validatePlainFunction(value, name) {
  if (typeof value !== 'function' || Object.prototype.toString.call(value) === '[object AsyncFunction]')
    throw new codes.ERR_INVALID_ARG_TYPE(name, 'Function', value);
}

function validateUndefined(value, name) {
  if (value !== undefined)
    throw new codes.ERR_INVALID_ARG_TYPE(name, 'undefined', value);
}

function validateUnion(value, name, union) {
  if (!union.includes(value))
    throw new codes.ERR_INVALID_ARG_TYPE(name, `('${union.join('|')}')`, value);
}

const linkHeader = /^(?:<[^>]*>)(?:\s*;\s*[^;"\s]+(?:=(")?[^;"\s]*\1)?)*$/;
const linkFormat = 'must be an array or string of format "</styles.css>; rel=preload; as=style"';

function validateLinkHeaderFormat(value, name) {
  if (typeof value === 'undefined' || !linkHeader.test(value))
    throw new codes.ERR_INVALID_ARG_VALUE(name, value, linkFormat);
}

function validateLinkHeaderValue(hints) {
  if (typeof hints === 'string') {
    validateLinkHeaderFormat(hints, 'hints');
    return hints;
  }
  if (!Array.isArray(hints))
    throw new codes.ERR_INVALID_ARG_VALUE('hints', hints, linkFormat);
  for (const link of hints)
    validateLinkHeaderFormat(link, 'hints');
  return hints.join(', ');
}

function validateFiniteNumber(number, name) {
  if (number === undefined)
    return false;
  if (Number.isFinite(number))
    return true;
  if (Number.isNaN(number))
    return false;
  validateNumber(number, name);
  throw new codes.ERR_OUT_OF_RANGE(name, 'a finite number', number);
}

function checkRangesOrGetDefault(number, name, lower, upper, fallback) {
  if (!validateFiniteNumber(number, name))
    return fallback;
  if (number < lower || number > upper)
    throw new codes.ERR_OUT_OF_RANGE(name, `>= ${lower} and <= ${upper}`, number);
  return number;
}

function validateInternalField(object, fieldKey, className) {
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, fieldKey))
    throw new codes.ERR_INVALID_THIS(className);
}

function validateThisInternalField(object, fieldKey, className) {
  if (typeof object !== 'object' || object === null || !(fieldKey in object))
    throw new codes.ERR_INVALID_THIS(className);
}

const exported = {
  checkRangesOrGetDefault,
  getOwnPropertyValueOrDefault,
  isInt32,
  isUint32,
  kValidateObjectAllowArray,
  kValidateObjectAllowFunction,
  kValidateObjectAllowNullable,
  kValidateObjectAllowObjects,
  kValidateObjectAllowObjectsAndNull,
  kValidateObjectNone,
  parseFileMode,
  validateAbortSignal,
  validateAbortSignalArray,
  validateArray,
  validateBoolean,
  validateBooleanArray,
  validateBuffer,
  validateDictionary,
  validateEncoding,
  validateFiniteNumber,
  validateFunction,
  validateInt32,
  validateInteger,
  validateInternalField,
  validateLinkHeaderValue,
  validateNumber,
  validateObject,
  validateOneOf,
  validatePlainFunction,
  validatePort,
  validateSignalName,
  validateString,
  validateStringArray,
  validateThisInternalField,
  validateUint32,
  validateUndefined,
  validateUnion,
};
for (const name in exported) {
  if (name.startsWith('validate'))
    exported[name].withoutStackTrace = exported[name];
}
module.exports = exported;
