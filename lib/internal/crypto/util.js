'use strict';
// What the parts of crypto share: arguments as bytes, lists of names, callbacks of jobs.

const { Buffer } = require('buffer');
const binding = require('internal/crypto/binding');
const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE } } = require('internal/errors');
const { isAnyArrayBuffer } = require('internal/util/types');
const context = require('internal/async_context');

const kHandle = Symbol('kHandle');
const { isView } = ArrayBuffer;

// The native half reads typed arrays and ArrayBuffers only.
function plain(value) {
  return isView(value) && !(value instanceof Uint8Array) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : value;
}

const isBytes = (value) => isView(value) || isAnyArrayBuffer(value);

function bytesFrom(value, name, encoding) {
  if (isBytes(value)) return plain(value);
  if (typeof value === 'string') return Buffer.from(value, encoding === 'buffer' ? 'utf8' : encoding);
  throw new ERR_INVALID_ARG_TYPE(name, ['string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], value);
}

// Text for update(): strings go to C as they are when it would make the same bytes of them.
function dataOf(data, encoding) {
  if (typeof data !== 'string') return plain(data);
  if (encoding === undefined || encoding === 'utf8' || encoding === 'utf-8' || encoding === 'buffer') return data;
  return Buffer.from(data, encoding);
}

function checkEncoding(data, encoding) {
  const { length } = data;
  if (length % 2 !== 0 && typeof encoding === 'string' && encoding.toLowerCase() === 'hex')
    throw new ERR_INVALID_ARG_VALUE('encoding', encoding, `is invalid for data of length ${length}`);
}

function encoded(buffer, encoding) {
  return encoding && encoding !== 'buffer' ? buffer.toString(encoding) : buffer;
}

function asBuffer(result) {
  return result instanceof ArrayBuffer ? Buffer.from(result, 0, result.byteLength) : result;
}

// A callback that is called with the AsyncLocalStorage stores of this moment.
function inContext(callback) {
  const { frame } = context;
  return (error, value) => {
    context.frame = frame;
    callback(error, value);
  };
}

function unique(names) {
  const best = new Map();
  for (const name of names) {
    const key = name.toLowerCase();
    // The spelling in small letters is the one that programs know.
    if (!best.has(key) || best.get(key) < name) best.set(key, name);
  }
  return [...best.values()].sort();
}

function cachedList(read) {
  let list;
  return () => (list ??= unique(read().split(' ').filter(Boolean))).slice();
}

const getHashes = cachedList(() => binding.hashNames());
const getCiphers = cachedList(() => binding.cipherNames());
const getCurves = cachedList(() => binding.curveNames());

function bigIntToBytes(value, name) {
  if (value < 0) throw new ERR_OUT_OF_RANGE(name, '>= 0', value);
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex');
}

function bytesToBigInt(buffer) {
  const hex = Buffer.from(buffer).toString('hex');
  return hex === '' ? 0n : BigInt(`0x${hex}`);
}

function secureHeapUsed() {
  const used = binding.secureHeapUsed();
  if (used === undefined) return { total: 0, min: 0, used: 0, utilization: 0 };
  return { total: 0, min: 0, used, utilization: 0 };
}

// Runs a job as a promise; `start` gets the callback.
function jobPromise(start) {
  return new Promise((resolve, reject) => {
    start((error, value) => {
      if (error !== null) reject(error);
      else resolve(value);
    });
  });
}

module.exports = {
  asBuffer,
  bigIntToBytes,
  bytesFrom,
  bytesToBigInt,
  checkEncoding,
  dataOf,
  encoded,
  getCiphers,
  getCurves,
  getHashes,
  inContext,
  isBytes,
  jobPromise,
  kHandle,
  plain,
  secureHeapUsed,
};
