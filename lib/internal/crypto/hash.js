'use strict';

const binding = require('internal/crypto/binding');
const { codes: {
  ERR_CRYPTO_HASH_FINALIZED,
  ERR_CRYPTO_HASH_UPDATE_FAILED,
  ERR_CRYPTO_INVALID_DIGEST,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
} } = require('internal/errors');
const { validateString, validateUint32 } = require('internal/validators');
const { checkEncoding, dataOf, encoded, isBytes, kHandle } = require('internal/crypto/util');
const LazyTransform = require('internal/streams/lazy_transform');
const { Buffer } = require('buffer');

const kFinalized = Symbol('kFinalized');
const kDigest = Symbol('kDigest');
const kLength = Symbol('kLength');
const kFirst = Symbol('kFirst');
const kSecret = Symbol('kSecret');
const shortBytes = 4096;
const { hashWhole } = binding;
const { isView } = ArrayBuffer;

// The numbers under which C knows digests.
const numbers = new Map();

function digestNumber(name) {
  let number = numbers.get(name);
  if (number === undefined) {
    number = binding.digestNumber(name);
    if (number >= 0) numbers.set(name, number);
  }
  return number;
}

const warned = new Set();
function warnOnce(message, code) {
  if (warned.has(code)) return;
  warned.add(code);
  process.emitWarning(message, 'DeprecationWarning', code);
}

const LETTER_K = 107; // looked at before a regular expression is, which is dear

function outputLengthOf(algorithm, options) {
  const length = typeof options === 'object' && options !== null ? options.outputLength : undefined;
  if (length !== undefined) {
    validateUint32(length, 'options.outputLength');
    return length;
  }
  if (typeof algorithm === 'string' && (algorithm.charCodeAt(3) | 32) === LETTER_K && /^shake-?(?:128|256)$/i.test(algorithm)) {
    warnOnce('Creating SHAKE128/256 digests without an explicit options.outputLength is deprecated.', 'DEP0198');
  }
  return -1;
}

// Most texts are hashed in one piece, and then one call does it all: the first piece waits for what comes next.
function HashMake(self, algorithm, options) {
  validateString(algorithm, 'algorithm');
  const length = outputLengthOf(algorithm, options);
  const digest = self[kDigest] = digestNumber(algorithm);
  self[kLength] = length;
  self[kFirst] = undefined;
  self[kHandle] = digest < 0 || length >= 0 ? binding.hashOpen(digest, length, undefined) : undefined;
  self[kFinalized] = false;
  LazyTransform.call(self, options);
  return self;
}

function HashCopy(from, options) {
  const self = Object.create(Hash.prototype);
  self[kHandle] = handleOf(from).copy(outputLengthOf(undefined, options));
  self[kFinalized] = false;
  LazyTransform.call(self, options);
  return self;
}

function handleOf(self) {
  return self[kHandle] ??= self[kSecret] === undefined ? binding.hashOpen(self[kDigest], -1, self[kFirst]) : openHmac(self);
}

function openHmac(self) {
  const handle = binding.hmacOpen(self[kDigest], self[kSecret]);
  if (self[kFirst] !== undefined) handle.update(self[kFirst]);
  return handle;
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
  return HashCopy(this, options);
};

function transform(chunk, encoding, callback) {
  handleOf(this).update(dataOf(chunk, encoding));
  callback();
}

function flush(callback) {
  this.push(handleOf(this).digest(false));
  callback();
}

function update(data, encoding) {
  if (this[kFinalized]) throw new ERR_CRYPTO_HASH_FINALIZED();
  if (typeof data === 'string') checkEncoding(data, encoding);
  else if (!isView(data)) throw new ERR_INVALID_ARG_TYPE('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
  const bytes = dataOf(data, encoding);
  if (this[kHandle] === undefined && this[kFirst] === undefined && (typeof bytes === 'string' || bytes.length <= shortBytes))
    this[kFirst] = typeof bytes === 'string' ? bytes : Buffer.from(bytes); // the program may change its own
  else if (!handleOf(this).update(bytes)) throw new ERR_CRYPTO_HASH_UPDATE_FAILED();
  return this;
}

Hash.prototype._transform = transform;
Hash.prototype._flush = flush;
Hash.prototype.update = update;

// What C can give a digest as; anything else is made of its bytes.
const forms = { __proto__: null, hex: 1, base64: 2, base64url: 3 };
const formOf = (encoding) => forms[encoding] ?? 0;
const whole = (result, encoding) => (typeof result === 'string' ? result : encoded(result, encoding));
const finish = (handle, encoding) => whole(handle.digest(formOf(encoding)), encoding);

Hash.prototype.digest = function digest(encoding) {
  if (this[kFinalized]) throw new ERR_CRYPTO_HASH_FINALIZED();
  if (encoding) encoding = `${encoding}`;
  const result = this[kHandle] === undefined ? whole(hashWhole(this[kDigest], this[kFirst], -1, formOf(encoding)), encoding)
    : finish(this[kHandle], encoding);
  this[kFinalized] = true;
  return result;
};

function HmacMake(self, hmac, key, options) {
  validateString(hmac, 'hmac');
  const { secretOf } = require('internal/crypto/keys');
  const encoding = options?.encoding;
  if (encoding !== undefined) validateString(encoding, 'options.encoding');
  const secret = secretOf(key, encoding);
  const digest = self[kDigest] = digestNumber(hmac);
  if (digest < 0) throw new ERR_CRYPTO_INVALID_DIGEST(hmac);
  self[kSecret] = isBytes(key) ? Buffer.from(secret) : secret; // the program may change its bytes
  self[kFirst] = undefined;
  self[kHandle] = undefined;
  self[kFinalized] = false;
  LazyTransform.call(self, options);
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
  const result = this[kHandle] === undefined
    ? whole(binding.hmacWhole(this[kDigest], this[kSecret], this[kFirst], formOf(encoding)), encoding) : finish(this[kHandle], encoding);
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
  if (length === undefined) length = outputLengthOf(algorithm, undefined);
  const digest = digestNumber(algorithm);
  if (digest < 0) throw new Error(`Digest method ${algorithm} is not supported`);
  return whole(hashWhole(digest, dataOf(input), length, formOf(encoding), algorithm), encoding);
}

module.exports = { Hash, Hmac, createHash, createHmac, hash };
