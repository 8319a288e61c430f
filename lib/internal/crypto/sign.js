'use strict';

const binding = require('internal/crypto/binding');
const { Writable } = require('stream');
const { codes: { ERR_CRYPTO_SIGN_KEY_REQUIRED, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { validateFunction, validateString } = require('internal/validators');
const { bytesFrom, checkEncoding, dataOf, encoded, inContext, isBytes, kHandle, plain } = require('internal/crypto/util');
const { privateHandle, publicOrPrivateHandle } = require('internal/crypto/keys');

const saltDefault = -2147483648;

function intOption(options, name, fallback) {
  const value = options?.[name];
  if (value === undefined) return fallback;
  if (value === value >> 0) return value;
  throw new ERR_INVALID_ARG_VALUE(`options.${name}`, value);
}

function isPlain(options) {
  if (typeof options !== 'object' || options === null) return false;
  const { dsaEncoding = 'der' } = options;
  if (dsaEncoding === 'der') return false;
  if (dsaEncoding === 'ieee-p1363') return true;
  throw new ERR_INVALID_ARG_VALUE('options.dsaEncoding', dsaEncoding);
}

function open(self, algorithm, options) {
  validateString(algorithm, 'algorithm');
  self[kHandle] = binding.signOpen(algorithm);
  Reflect.apply(Writable, self, [options]);
}

function Sign(algorithm, options) {
  if (!(this instanceof Sign)) return new Sign(algorithm, options);
  open(this, algorithm, options);
}
Object.setPrototypeOf(Sign.prototype, Writable.prototype);
Object.setPrototypeOf(Sign, Writable);

function Verify(algorithm, options) {
  if (!(this instanceof Verify)) return new Verify(algorithm, options);
  open(this, algorithm, options);
}
Object.setPrototypeOf(Verify.prototype, Writable.prototype);
Object.setPrototypeOf(Verify, Writable);

function write(chunk, encoding, callback) {
  this.update(chunk, encoding);
  callback();
}

function update(data, encoding) {
  if (typeof data === 'string') checkEncoding(data, encoding);
  else if (!ArrayBuffer.isView(data))
    throw new ERR_INVALID_ARG_TYPE('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
  this[kHandle].update(dataOf(data, encoding));
  return this;
}

Sign.prototype._write = Verify.prototype._write = write;
Sign.prototype.update = Verify.prototype.update = update;

Sign.prototype.sign = function sign(options, encoding) {
  if (!options) throw new ERR_CRYPTO_SIGN_KEY_REQUIRED();
  const handle = privateHandle(options);
  const padding = intOption(options, 'padding', 0);
  const salt = intOption(options, 'saltLength', saltDefault);
  return encoded(this[kHandle].sign(handle, padding, salt, isPlain(options)), encoding);
};

Verify.prototype.verify = function verify(options, signature, encoding) {
  const handle = publicOrPrivateHandle(options);
  const padding = intOption(options, 'padding', 0);
  const salt = intOption(options, 'saltLength', saltDefault);
  const asPlain = isPlain(options);
  signature = bytesFrom(signature, 'signature', encoding);
  return this[kHandle].verify(handle, signature, padding, salt, asPlain);
};

function once(algorithm, data, key, handleOf, signature, callback) {
  if (algorithm != null) validateString(algorithm, 'algorithm');
  if (callback !== undefined) validateFunction(callback, 'callback');
  data = bytesFrom(data, 'data');
  const padding = intOption(key, 'padding', 0);
  const salt = intOption(key, 'saltLength', saltDefault);
  const asPlain = isPlain(key);
  if (signature !== undefined) {
    if (!isBytes(signature))
      throw new ERR_INVALID_ARG_TYPE('signature', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], signature);
    signature = plain(signature);
  }
  const handle = handleOf(key);
  return binding.signJob(callback && inContext(callback), handle, algorithm ?? undefined, data, padding, salt, asPlain,
                         signature);
}

function sign(algorithm, data, key, callback) {
  if (!key) throw new ERR_CRYPTO_SIGN_KEY_REQUIRED();
  return once(algorithm, data, key, privateHandle, undefined, callback);
}

function verify(algorithm, data, key, signature, callback) {
  if (signature === undefined || !isBytes(signature)) {
    if (algorithm != null) validateString(algorithm, 'algorithm');
    if (callback !== undefined) validateFunction(callback, 'callback');
    bytesFrom(data, 'data');
    throw new ERR_INVALID_ARG_TYPE('signature', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'], signature);
  }
  return once(algorithm, data, key, publicOrPrivateHandle, signature, callback);
}

function createSign(algorithm, options) {
  return new Sign(algorithm, options);
}
function createVerify(algorithm, options) {
  return new Verify(algorithm, options);
}

module.exports = { Sign, Verify, createSign, createVerify, sign, verify };
