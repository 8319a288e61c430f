'use strict';

const binding = require('internal/crypto/binding');
const { codes: {
  ERR_CRYPTO_HASH_FINALIZED,
  ERR_CRYPTO_HASH_UPDATE_FAILED,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
} } = require('internal/errors');
const { validateString, validateUint32 } = require('internal/validators');
const { checkEncoding, dataOf, encoded, kHandle } = require('internal/crypto/util');
const LazyTransform = require('internal/streams/lazy_transform');
const { Buffer } = require('buffer');

const kFinalized = Symbol('kFinalized');
const { isView } = ArrayBuffer;

const warned = new Set();
function warnOnce(message, code) {
  if (warned.has(code)) return;
  warned.add(code);
  process.emitWarning(message, 'DeprecationWarning', code);
}

function outputLengthOf(algorithm, options) {
  const length = typeof options === 'object' && options !== null ? options.outputLength : undefined;
  if (length !== undefined) {
    validateUint32(length, 'options.outputLength');
    return length;
  }
  if (typeof algorithm === 'string' && /^shake-?(?:128|256)$/i.test(algorithm)) {
    warnOnce('Creating SHAKE128/256 digests without an explicit options.outputLength is deprecated.', 'DEP0198');
  }
  return -1;
}

function HashMake(self, algorithm, options) {
  const isCopy = algorithm instanceof Hash;
  if (!isCopy) validateString(algorithm, 'algorithm');
  const length = outputLengthOf(isCopy ? undefined : algorithm, options);
  self[kHandle] = isCopy ? algorithm[kHandle].copy(length) : binding.hashOpen(algorithm, length);
  self[kFinalized] = false;
  Reflect.apply(LazyTransform, self, [options]);
  return self;
}

function Hash(algorithm, options) {
  warnOnce('crypto.Hash constructor is deprecated.', 'DEP0179');
  return HashMake(new.target || this instanceof Hash ? this : Object.create(Hash.prototype), algorithm, options);
}
Object.setPrototypeOf(Hash.prototype, LazyTransform.prototype);
Object.setPrototypeOf(Hash, LazyTransform);

function createHash(algorithm, options) {
  return HashMake(Object.create(Hash.prototype), algorithm, options);
}

Hash.prototype.copy = function copy(options) {
  if (this[kFinalized]) throw new ERR_CRYPTO_HASH_FINALIZED();
  return HashMake(Object.create(Hash.prototype), this, options);
};

function transform(chunk, encoding, callback) {
  this[kHandle].update(dataOf(chunk, encoding));
  callback();
}

function flush(callback) {
  this.push(this[kHandle].digest(false));
  callback();
}

function update(data, encoding) {
  if (this[kFinalized]) throw new ERR_CRYPTO_HASH_FINALIZED();
  if (typeof data === 'string') checkEncoding(data, encoding);
  else if (!isView(data)) throw new ERR_INVALID_ARG_TYPE('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
  if (!this[kHandle].update(dataOf(data, encoding))) throw new ERR_CRYPTO_HASH_UPDATE_FAILED();
  return this;
}

Hash.prototype._transform = transform;
Hash.prototype._flush = flush;
Hash.prototype.update = update;

function finish(handle, encoding) {
  if (encoding === 'hex') return handle.digest(true);
  return encoded(handle.digest(false), encoding);
}

Hash.prototype.digest = function digest(encoding) {
  if (this[kFinalized]) throw new ERR_CRYPTO_HASH_FINALIZED();
  if (encoding) encoding = `${encoding}`;
  const result = finish(this[kHandle], encoding);
  this[kFinalized] = true;
  return result;
};

function HmacMake(self, hmac, key, options) {
  validateString(hmac, 'hmac');
  const { secretOf } = require('internal/crypto/keys');
  const encoding = options?.encoding;
  if (encoding !== undefined) validateString(encoding, 'options.encoding');
  self[kHandle] = binding.hmacOpen(hmac, secretOf(key, encoding));
  self[kFinalized] = false;
  Reflect.apply(LazyTransform, self, [options]);
  return self;
}

function Hmac(hmac, key, options) {
  warnOnce('crypto.Hmac constructor is deprecated.', 'DEP0181');
  return HmacMake(this instanceof Hmac ? this : Object.create(Hmac.prototype), hmac, key, options);
}
Object.setPrototypeOf(Hmac.prototype, LazyTransform.prototype);
Object.setPrototypeOf(Hmac, LazyTransform);
Hmac.prototype._transform = transform;
Hmac.prototype._flush = flush;
Hmac.prototype.update = update;

Hmac.prototype.digest = function digest(encoding) {
  if (encoding) encoding = `${encoding}`;
  if (this[kFinalized]) {
    const nothing = Buffer.alloc(0);
    return encoding && encoding !== 'buffer' ? nothing.toString(encoding) : nothing;
  }
  const result = finish(this[kHandle], encoding);
  this[kFinalized] = true;
  return result;
};

function createHmac(hmac, key, options) {
  return HmacMake(Object.create(Hmac.prototype), hmac, key, options);
}

function hash(algorithm, input, options) {
  validateString(algorithm, 'algorithm');
  if (typeof input !== 'string' && !isView(input))
    throw new ERR_INVALID_ARG_TYPE('input', ['Buffer', 'TypedArray', 'DataView', 'string'], input);
  let encoding = 'hex';
  let length;
  if (typeof options === 'string') {
    encoding = options;
  } else if (options !== undefined) {
    if (typeof options !== 'object' || options === null) {
      const { validateObject } = require('internal/validators');
      if (arguments.length > 2) throw new ERR_INVALID_ARG_TYPE('options', ['string', 'Object'], options);
      validateObject(options, 'options');
    }
    if (options.outputEncoding !== undefined) {
      validateString(options.outputEncoding, 'options.outputEncoding');
      encoding = options.outputEncoding;
    }
    if (options.outputLength !== undefined) {
      validateUint32(options.outputLength, 'options.outputLength');
      length = options.outputLength;
    }
  }
  if (encoding !== 'hex' && encoding !== 'buffer') {
    if (encoding.toLowerCase() === 'buffer') encoding = 'buffer';
    else if (!Buffer.isEncoding(encoding)) throw new ERR_INVALID_ARG_VALUE('outputEncoding', encoding);
  }
  const isHex = encoding === 'hex';
  if (length === undefined) length = outputLengthOf(algorithm, undefined);
  const result = binding.hashWhole(algorithm, dataOf(input), length, isHex);
  return isHex ? result : encoded(result, encoding);
}

module.exports = { Hash, Hmac, createHash, createHmac, hash };
