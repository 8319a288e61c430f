'use strict';

const binding = require('internal/crypto/binding');
const { codes: {
  ERR_CRYPTO_CUSTOM_ENGINE_NOT_SUPPORTED,
  ERR_CRYPTO_KEM_NOT_SUPPORTED,
  ERR_INVALID_ARG_TYPE,
} } = require('internal/errors');
const { validateNumber, validateString } = require('internal/validators');
const { isBytes, plain } = require('internal/crypto/util');

function timingSafeEqual(a, b) {
  if (!isBytes(a)) throw new ERR_INVALID_ARG_TYPE('buf1', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], a);
  if (!isBytes(b)) throw new ERR_INVALID_ARG_TYPE('buf2', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], b);
  return binding.timingSafeEqual(plain(a), plain(b));
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

// The installed OpenSSL (3.0) has no key encapsulation.
function encapsulate(key) {
  require('internal/crypto/keys').publicOrPrivateHandle(key);
  throw new ERR_CRYPTO_KEM_NOT_SUPPORTED();
}

function decapsulate(key) {
  require('internal/crypto/keys').privateHandle(key);
  throw new ERR_CRYPTO_KEM_NOT_SUPPORTED();
}

module.exports = { decapsulate, encapsulate, getFips, setEngine, setFips, timingSafeEqual };
