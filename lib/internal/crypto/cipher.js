'use strict';

const binding = require('internal/crypto/binding');
const { codes: {
  ERR_CRYPTO_INVALID_STATE,
  ERR_INTERNAL_ASSERTION,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_UNKNOWN_ENCODING,
} } = require('internal/errors');
const { validateInt32, validateObject, validateString } = require('internal/validators');
const { bytesFrom, checkEncoding, dataOf, kHandle } = require('internal/crypto/util');
const { secretOf } = require('internal/crypto/keys');
const LazyTransform = require('internal/streams/lazy_transform');
const { Buffer } = require('buffer');

const { isView } = ArrayBuffer;
const kDecoder = Symbol('decoder');

function textOption(options, name) {
  const value = options?.[name];
  if (value != null) validateString(value, `options.${name}`);
  return value ?? undefined;
}

function countOption(options, name) {
  const value = options?.[name];
  if (value == null) return -1;
  if (value >>> 0 !== value) throw new ERR_INVALID_ARG_VALUE(`options.${name}`, value);
  return value;
}

function open(self, encrypts, cipher, key, iv, options) {
  validateString(cipher, 'cipher');
  key = secretOf(key, textOption(options, 'encoding'));
  iv = iv === null ? null : bytesFrom(iv, 'iv');
  self[kHandle] = binding.cipherOpen(encrypts, cipher, key, iv, countOption(options, 'authTagLength'));
  self[kDecoder] = null;
  Reflect.apply(LazyTransform, self, [options]);
}

function canonical(encoding) {
  if (!Buffer.isEncoding(encoding)) throw new ERR_UNKNOWN_ENCODING(encoding);
  encoding = `${encoding}`.toLowerCase();
  if (encoding === 'utf-8') return 'utf8';
  if (encoding === 'binary') return 'latin1';
  if (encoding === 'ucs2' || encoding === 'ucs-2' || encoding === 'utf-16le') return 'utf16le';
  return encoding;
}

function decoderOf(self, encoding) {
  encoding = canonical(encoding);
  if (self[kDecoder] === null) {
    const { StringDecoder } = require('string_decoder');
    self[kDecoder] = new StringDecoder(encoding);
  }
  if (self[kDecoder].encoding !== encoding) throw new ERR_INTERNAL_ASSERTION('Cannot change encoding');
  return self[kDecoder];
}

const methods = {
  _transform(chunk, encoding, callback) {
    this.push(this[kHandle].update(dataOf(chunk, encoding)));
    callback();
  },
  _flush(callback) {
    try {
      this.push(this[kHandle].final());
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  },
  update(data, inputEncoding, outputEncoding) {
    if (typeof data === 'string') checkEncoding(data, inputEncoding);
    else if (!isView(data)) throw new ERR_INVALID_ARG_TYPE('data', ['string', 'Buffer', 'TypedArray', 'DataView'], data);
    const result = this[kHandle].update(dataOf(data, inputEncoding));
    if (outputEncoding && outputEncoding !== 'buffer') return decoderOf(this, outputEncoding).write(result);
    return result;
  },
  final(outputEncoding) {
    const result = this[kHandle].final();
    if (outputEncoding && outputEncoding !== 'buffer') return decoderOf(this, outputEncoding).end(result);
    return result;
  },
  setAutoPadding(autoPadding) {
    if (!this[kHandle].setAutoPadding(autoPadding === undefined ? true : Boolean(autoPadding)))
      throw new ERR_CRYPTO_INVALID_STATE('setAutoPadding');
    return this;
  },
  setAAD(aad, options) {
    const encoding = textOption(options, 'encoding');
    const length = countOption(options, 'plaintextLength');
    aad = bytesFrom(aad, 'aadbuf', encoding);
    if (!this[kHandle].setAAD(aad, length)) throw new ERR_CRYPTO_INVALID_STATE('setAAD');
    return this;
  },
};

function getAuthTag() {
  const tag = this[kHandle].getAuthTag();
  if (tag === undefined) throw new ERR_CRYPTO_INVALID_STATE('getAuthTag');
  return tag;
}

let warnedOfShortTags = false;

function setAuthTag(tag, encoding) {
  tag = bytesFrom(tag, 'buffer', encoding);
  const taken = this[kHandle].setAuthTag(tag);
  if (taken === false) throw new ERR_CRYPTO_INVALID_STATE('setAuthTag');
  if (taken === 2 && !warnedOfShortTags) {
    warnedOfShortTags = true;
    process.emitWarning('Using AES-GCM authentication tags of less than 128 bits without specifying the ' +
      'authTagLength option when initializing decryption is deprecated.', 'DeprecationWarning', 'DEP0182');
  }
  return this;
}

function classOf(name, encrypts, more) {
  const made = {
    [name]: function(cipher, key, iv, options) {
      if (!(this instanceof made)) return new made(cipher, key, iv, options);
      open(this, encrypts, cipher, key, iv, options);
    },
  }[name];
  Object.setPrototypeOf(made.prototype, LazyTransform.prototype);
  Object.setPrototypeOf(made, LazyTransform);
  Object.assign(made.prototype, methods, more);
  return made;
}

const Cipheriv = classOf('Cipheriv', true, { getAuthTag });
const Decipheriv = classOf('Decipheriv', false, { setAuthTag });

function createCipheriv(cipher, key, iv, options) {
  return new Cipheriv(cipher, key, iv, options);
}

function createDecipheriv(cipher, key, iv, options) {
  return new Decipheriv(cipher, key, iv, options);
}

function getCipherInfo(nameOrNid, options) {
  if (typeof nameOrNid !== 'string' && typeof nameOrNid !== 'number')
    throw new ERR_INVALID_ARG_TYPE('nameOrNid', ['string', 'number'], nameOrNid);
  if (typeof nameOrNid === 'number') validateInt32(nameOrNid, 'nameOrNid');
  let keyLength = -1;
  let ivLength = -1;
  if (options !== undefined) {
    validateObject(options, 'options');
    if (options.keyLength !== undefined) {
      validateInt32(options.keyLength, 'options.keyLength');
      keyLength = options.keyLength;
    }
    if (options.ivLength !== undefined) {
      validateInt32(options.ivLength, 'options.ivLength');
      ivLength = options.ivLength;
    }
  }
  const values = binding.cipherInfo(nameOrNid, keyLength, ivLength);
  if (values === undefined) return undefined;
  const [name, nid, mode, blockSize, iv, key] = values;
  const info = { mode, name: name.toLowerCase(), nid };
  if (blockSize !== undefined) info.blockSize = blockSize;
  if (iv !== undefined) info.ivLength = iv;
  info.keyLength = key;
  return info;
}

module.exports = { Cipheriv, Decipheriv, createCipheriv, createDecipheriv, getCipherInfo };
