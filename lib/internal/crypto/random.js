'use strict';

const { Buffer, kMaxLength } = require('buffer');
const binding = require('internal/crypto/binding');
const { codes: {
  ERR_INVALID_ARG_TYPE,
  ERR_OUT_OF_RANGE,
} } = require('internal/errors');
const {
  validateBoolean, validateFunction, validateInt32, validateNumber, validateObject,
} = require('internal/validators');
const { bigIntToBytes, bytesToBigInt, inContext, isBytes, plain } = require('internal/crypto/util');

const FEW_BYTES = 1024; // are made faster than a thread wakes
const kMaxBytes = Math.min(kMaxLength, 2 ** 31 - 1);

function offsetOf(offset, elementSize, length) {
  validateNumber(offset, 'offset');
  offset *= elementSize;
  const max = Math.min(length, kMaxBytes);
  if (Number.isNaN(offset) || offset > max || offset < 0) throw new ERR_OUT_OF_RANGE('offset', `>= 0 && <= ${max}`, offset);
  return offset >>> 0;
}

function sizeOf(size, elementSize, offset, length) {
  validateNumber(size, 'size');
  size *= elementSize;
  if (Number.isNaN(size) || size > kMaxBytes || size < 0)
    throw new ERR_OUT_OF_RANGE('size', `>= 0 && <= ${kMaxBytes}`, size);
  if (size + offset > length) throw new ERR_OUT_OF_RANGE('size + offset', `<= ${length}`, size + offset);
  return size >>> 0;
}

function randomBytes(size, callback) {
  size = sizeOf(size, 1, 0, Infinity);
  if (callback !== undefined) validateFunction(callback, 'callback');
  const buffer = Buffer.alloc(size);
  if (callback === undefined) {
    binding.randomFill(undefined, buffer, 0, size);
    return buffer;
  }
  const done = inContext(callback);
  if (size <= FEW_BYTES) {
    binding.randomFill(undefined, buffer, 0, size);
    setImmediate(done, null, buffer);
    return;
  }
  binding.randomFill((error) => {
    if (error) done(error);
    else done(null, buffer);
  }, buffer, 0, size);
}

function checkTarget(buf) {
  if (!isBytes(buf)) throw new ERR_INVALID_ARG_TYPE('buf', ['ArrayBuffer', 'ArrayBufferView'], buf);
}

function randomFillSync(buf, offset = 0, size) {
  checkTarget(buf);
  const elementSize = buf.BYTES_PER_ELEMENT || 1;
  offset = offsetOf(offset, elementSize, buf.byteLength);
  size = size === undefined ? buf.byteLength - offset : sizeOf(size, elementSize, offset, buf.byteLength);
  if (size > 0) binding.randomFill(undefined, plain(buf), offset, size);
  return buf;
}

function randomFill(buf, offset, size, callback) {
  checkTarget(buf);
  const elementSize = buf.BYTES_PER_ELEMENT || 1;
  if (typeof offset === 'function') {
    callback = offset;
    offset = 0;
    size = buf.length;
  } else if (typeof size === 'function') {
    callback = size;
    size = buf.length - offset;
  } else {
    validateFunction(callback, 'callback');
  }
  offset = offsetOf(offset, elementSize, buf.byteLength);
  size = size === undefined ? buf.byteLength - offset : sizeOf(size, elementSize, offset, buf.byteLength);
  const done = inContext(callback);
  if (size === 0) {
    process.nextTick(done, null, buf);
    return;
  }
  binding.randomFill((error) => {
    if (error) done(error);
    else done(null, buf);
  }, plain(buf), offset, size);
}

// A supply of random bytes, so that small numbers do not cross into C one by one.
const supply = Buffer.alloc(6 * 1024);
let supplyAt = supply.length;

function supplyUint48() {
  if (supplyAt === supply.length) {
    binding.randomFill(undefined, supply, 0, supply.length);
    supplyAt = 0;
  }
  const n = supply.readUIntBE(supplyAt, 6);
  supply.fill(0, supplyAt, supplyAt + 6);
  supplyAt += 6;
  return n;
}

const kRandMax = 2 ** 48 - 1;

function randomInt(min, max, callback) {
  const minIsGiven = max !== undefined && typeof max !== 'function';
  if (!minIsGiven) {
    callback = max;
    max = min;
    min = 0;
  }
  const isSync = callback === undefined;
  if (!isSync) validateFunction(callback, 'callback');
  if (!Number.isSafeInteger(min)) throw new ERR_INVALID_ARG_TYPE('min', 'a safe integer', min);
  if (!Number.isSafeInteger(max)) throw new ERR_INVALID_ARG_TYPE('max', 'a safe integer', max);
  if (max <= min) throw new ERR_OUT_OF_RANGE('max', `greater than the value of "min" (${min})`, max);
  const range = max - min;
  if (!(range <= kRandMax)) throw new ERR_OUT_OF_RANGE(minIsGiven ? 'max - min' : 'max', `<= ${kRandMax}`, range);
  // Numbers past the last whole multiple of the range would make some results likelier.
  const limit = kRandMax - (kRandMax % range);
  let n;
  do n = supplyUint48(); while (n >= limit);
  n = (n % range) + min;
  if (isSync) return n;
  process.nextTick(callback, undefined, n);
}

const hexPairs = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

function uuidText(bytes, at) {
  const h = hexPairs;
  return h[bytes[at]] + h[bytes[at + 1]] + h[bytes[at + 2]] + h[bytes[at + 3]] + '-' +
    h[bytes[at + 4]] + h[bytes[at + 5]] + '-' + h[bytes[at + 6]] + h[bytes[at + 7]] + '-' +
    h[bytes[at + 8]] + h[bytes[at + 9]] + '-' + h[bytes[at + 10]] + h[bytes[at + 11]] + h[bytes[at + 12]] +
    h[bytes[at + 13]] + h[bytes[at + 14]] + h[bytes[at + 15]];
}

const uuids = 128;
let uuidBytes;
let uuidAt = uuids;

function uuidRoom(options) {
  if (options !== undefined) validateObject(options, 'options');
  const { disableEntropyCache = false } = options ?? {};
  validateBoolean(disableEntropyCache, 'options.disableEntropyCache');
  if (disableEntropyCache) {
    const bytes = new Uint8Array(16);
    binding.randomFill(undefined, bytes, 0, 16);
    return [bytes, 0];
  }
  uuidBytes ??= new Uint8Array(16 * uuids);
  if (uuidAt === uuids) {
    binding.randomFill(undefined, uuidBytes, 0, uuidBytes.length);
    uuidAt = 0;
  }
  return [uuidBytes, uuidAt++ * 16];
}

function randomUUID(options) {
  const [bytes, at] = uuidRoom(options);
  bytes[at + 6] = (bytes[at + 6] & 0x0f) | 0x40;
  bytes[at + 8] = (bytes[at + 8] & 0x3f) | 0x80;
  return uuidText(bytes, at);
}

function randomUUIDv7(options) {
  const [bytes, at] = uuidRoom(options);
  const now = Date.now();
  for (let i = 0; i < 6; i++) bytes[at + i] = Math.floor(now / 2 ** (8 * (5 - i))) & 0xff;
  bytes[at + 6] = (bytes[at + 6] & 0x0f) | 0x70;
  bytes[at + 8] = (bytes[at + 8] & 0x3f) | 0x80;
  return uuidText(bytes, at);
}

function primeOptions(size, options) {
  validateInt32(size, 'size', 1);
  validateObject(options, 'options');
  const { safe = false, bigint = false } = options;
  let { add, rem } = options;
  validateBoolean(safe, 'options.safe');
  validateBoolean(bigint, 'options.bigint');
  const types = ['ArrayBuffer', 'TypedArray', 'Buffer', 'DataView', 'bigint'];
  if (add !== undefined) {
    if (typeof add === 'bigint') add = bigIntToBytes(add, 'options.add');
    else if (!isBytes(add)) throw new ERR_INVALID_ARG_TYPE('options.add', types, add);
  }
  if (rem !== undefined) {
    if (typeof rem === 'bigint') rem = bigIntToBytes(rem, 'options.rem');
    else if (!isBytes(rem)) throw new ERR_INVALID_ARG_TYPE('options.rem', types, rem);
  }
  return { bits: size, safe, bigint, add: plain(add), rem: plain(rem) };
}

function generatePrime(size, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = {};
  }
  const { bits, safe, bigint, add, rem } = primeOptions(size, options);
  validateFunction(callback, 'callback');
  const done = inContext(callback);
  binding.primeGenerate((error, prime) => {
    if (error) done(error);
    else done(undefined, bigint ? bytesToBigInt(prime) : prime);
  }, bits, safe, add, rem);
}

function generatePrimeSync(size, options = {}) {
  const { bits, safe, bigint, add, rem } = primeOptions(size, options);
  const prime = binding.primeGenerate(undefined, bits, safe, add, rem);
  return bigint ? bytesToBigInt(prime) : prime;
}

function primeCandidate(candidate, options) {
  if (typeof candidate === 'bigint') candidate = bigIntToBytes(candidate, 'candidate');
  if (!isBytes(candidate)) {
    throw new ERR_INVALID_ARG_TYPE('candidate', ['ArrayBuffer', 'TypedArray', 'Buffer', 'DataView', 'bigint'],
                                   candidate);
  }
  return plain(candidate);
}

function primeChecks(options) {
  validateObject(options, 'options');
  const { checks = 0 } = options;
  // More rounds than OpenSSL does by itself do not change an answer that is wrong once in 2^128.
  validateInt32(checks, 'options.checks', 0);
}

function checkPrime(candidate, options = {}, callback) {
  candidate = primeCandidate(candidate);
  if (typeof options === 'function') {
    callback = options;
    options = {};
  }
  validateFunction(callback, 'callback');
  primeChecks(options);
  binding.primeCheck(inContext(callback), candidate);
}

function checkPrimeSync(candidate, options = {}) {
  candidate = primeCandidate(candidate);
  primeChecks(options);
  return binding.primeCheck(undefined, candidate);
}

function getRandomValues(array) {
  const { DOMException } = require('internal/errors');
  if (!(array instanceof Int8Array || array instanceof Uint8Array || array instanceof Uint8ClampedArray ||
        array instanceof Int16Array || array instanceof Uint16Array || array instanceof Int32Array ||
        array instanceof Uint32Array || array instanceof BigInt64Array || array instanceof BigUint64Array)) {
    throw new DOMException('The data argument must be an integer-type TypedArray', 'TypeMismatchError');
  }
  if (array.byteLength > 65536) {
    throw new DOMException(
      `The requested length exceeds 65,536 bytes: requested ${array.byteLength} bytes`, 'QuotaExceededError');
  }
  if (array.byteLength > 0) binding.randomFill(undefined, array, 0, array.byteLength);
  return array;
}

module.exports = {
  checkPrime,
  checkPrimeSync,
  generatePrime,
  generatePrimeSync,
  getRandomValues,
  randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID,
  randomUUIDv7,
};
