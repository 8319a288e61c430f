'use strict';

const binding = require('internal/crypto/binding');
const { codes: {
  ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED,
  ERR_INVALID_ARG_TYPE,
} } = require('internal/errors');
const { validateFunction, validateNumber, validateString } = require('internal/validators');
const { inContext, isBytes, plain } = require('internal/crypto/util');

const equals = binding.timingSafeEqual;

function timingSafeEqual(a, b) {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return equals(a, b);
  if (!isBytes(a)) throw new ERR_INVALID_ARG_TYPE('buf1', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], a);
  if (!isBytes(b)) throw new ERR_INVALID_ARG_TYPE('buf2', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], b);
  return equals(plain(a), plain(b));
}

function getFips() {
  return binding.fipsIsOn() ? 1 : 0;
}

function setFips(value) {
  if (Boolean(value) === binding.fipsIsOn()) return;
  binding.fipsSet(Boolean(value));
}

function setEngine(id, flags) {
  validateString(id, 'id');
  if (flags) validateNumber(flags, 'flags');
  throw new ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED();
}

function kemJob(handle, ciphertext, shape, callback) {
  if (callback === undefined) return shape(binding.kemJob(undefined, handle, ciphertext));
  validateFunction(callback, 'callback');
  const done = inContext(callback);
  binding.kemJob((error, result) => {
    // Node says less of what goes wrong on a thread.
    if (error) done(Object.assign(new Error('Deriving bits failed'), { code: error.code, cause: error }));
    else done(null, shape(result));
  }, handle, ciphertext);
}

function encapsulate(key, callback) {
  const handle = require('internal/crypto/keys').publicOrPrivateHandle(key);
  return kemJob(handle, undefined, ([sharedKey, ciphertext]) => ({ sharedKey, ciphertext }), callback);
}

function decapsulate(key, ciphertext, callback) {
  const handle = require('internal/crypto/keys').privateHandle(key);
  if (!isBytes(ciphertext)) {
    throw new ERR_INVALID_ARG_TYPE('ciphertext', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], ciphertext);
  }
  return kemJob(handle, plain(ciphertext), (sharedKey) => sharedKey, callback);
}

module.exports = { decapsulate, encapsulate, getFips, setEngine, setFips, timingSafeEqual };
