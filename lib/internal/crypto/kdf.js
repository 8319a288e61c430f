'use strict';

const { kMaxLength } = require('buffer');
const binding = require('internal/crypto/binding');
const { codes: {
  ERR_INCOMPATIBLE_OPTION_PAIR,
  ERR_INVALID_ARG_TYPE,
  ERR_OUT_OF_RANGE,
} } = require('internal/errors');
const {
  validateFunction, validateInt32, validateInteger, validateString, validateUint32,
} = require('internal/validators');
const { asBuffer, bytesFrom, inContext, isBytes, plain } = require('internal/crypto/util');

function pbkdf2Check(password, salt, iterations, keylen, digest) {
  validateString(digest, 'digest');
  password = bytesFrom(password, 'password');
  salt = bytesFrom(salt, 'salt');
  validateInt32(iterations, 'iterations', 1);
  validateInt32(keylen, 'keylen', 0);
  return [password, salt, iterations, keylen, digest];
}

function pbkdf2(password, salt, iterations, keylen, digest, callback) {
  if (typeof digest === 'function') {
    callback = digest;
    digest = undefined;
  }
  const args = pbkdf2Check(password, salt, iterations, keylen, digest);
  validateFunction(callback, 'callback');
  const done = inContext(callback);
  binding.pbkdf2((error, key) => (error ? done(error) : done(null, asBuffer(key))), ...args);
}

function pbkdf2Sync(password, salt, iterations, keylen, digest) {
  return asBuffer(binding.pbkdf2(undefined, ...pbkdf2Check(password, salt, iterations, keylen, digest)));
}

function scryptCheck(password, salt, keylen, options) {
  password = bytesFrom(password, 'password');
  salt = bytesFrom(salt, 'salt');
  validateInt32(keylen, 'keylen', 0);
  let N = 16384;
  let r = 8;
  let p = 1;
  let maxmem = 32 * 1024 * 1024;
  if (options) {
    const pick = (short, long, value) => {
      const shortValue = options[short];
      if (shortValue !== undefined) {
        validateUint32(shortValue, short);
        value = shortValue || value;
      }
      const longValue = options[long];
      if (longValue !== undefined) {
        if (shortValue !== undefined) throw new ERR_INCOMPATIBLE_OPTION_PAIR(short, long);
        validateUint32(longValue, long);
        value = longValue || value;
      }
      return value;
    };
    N = pick('N', 'cost', N);
    r = pick('r', 'blockSize', r);
    p = pick('p', 'parallelization', p);
    if (options.maxmem !== undefined) {
      validateInteger(options.maxmem, 'maxmem', 0);
      maxmem = options.maxmem || maxmem;
    }
  }
  return [password, salt, keylen, N, r, p, maxmem];
}

function scrypt(password, salt, keylen, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  const args = scryptCheck(password, salt, keylen, options);
  validateFunction(callback, 'callback');
  const done = inContext(callback);
  binding.scrypt((error, key) => (error ? done(error) : done(null, asBuffer(key))), ...args);
}

function scryptSync(password, salt, keylen, options) {
  return asBuffer(binding.scrypt(undefined, ...scryptCheck(password, salt, keylen, options)));
}

function byteSource(value, name) {
  if (isBytes(value)) return plain(value);
  if (typeof value === 'string') return bytesFrom(value, name);
  throw new ERR_INVALID_ARG_TYPE(name, ['string', 'ArrayBuffer', 'TypedArray', 'DataView', 'Buffer'], value);
}

function hkdfKey(key) {
  const { KeyObject, secretOf } = require('internal/crypto/keys');
  if (key instanceof KeyObject) return secretOf(key);
  if (isBytes(key)) return plain(key);
  if (typeof key === 'string') return bytesFrom(key, 'ikm');
  throw new ERR_INVALID_ARG_TYPE('ikm', ['string', 'SecretKeyObject', 'ArrayBuffer', 'TypedArray', 'DataView', 'Buffer'],
                                 key);
}

function hkdfCheck(hash, key, salt, info, length) {
  validateString(hash, 'digest');
  key = hkdfKey(key);
  salt = byteSource(salt, 'salt');
  info = byteSource(info, 'info');
  validateInteger(length, 'length', 0, kMaxLength);
  if (info.byteLength > 1024) throw new ERR_OUT_OF_RANGE('info', 'must not contain more than 1024 bytes', info.byteLength);
  return [key, salt, info, length, hash];
}

function hkdf(hash, key, salt, info, length, callback) {
  const args = hkdfCheck(hash, key, salt, info, length);
  validateFunction(callback, 'callback');
  const done = inContext(callback);
  binding.hkdf((error, bits) => (error ? done(error) : done(null, bits)), ...args);
}

function hkdfSync(hash, key, salt, info, length) {
  return binding.hkdf(undefined, ...hkdfCheck(hash, key, salt, info, length));
}

function noArgon2() {
  const { ERR_CRYPTO_ARGON2_NOT_SUPPORTED } = require('internal/errors').codes;
  throw new ERR_CRYPTO_ARGON2_NOT_SUPPORTED();
}

function argon2(algorithm, parameters, callback) {
  noArgon2();
}

function argon2Sync(algorithm, parameters) {
  noArgon2();
}

module.exports = { argon2, argon2Sync, hkdf, hkdfSync, pbkdf2, pbkdf2Sync, scrypt, scryptSync };
