'use strict';
// Key objects, and every form in which a key may be passed to the rest of crypto.

const binding = require('internal/crypto/binding');
const { Buffer } = require('buffer');
const { codes: {
  ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS,
  ERR_CRYPTO_INVALID_JWK,
  ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE,
  ERR_CRYPTO_JWK_UNSUPPORTED_CURVE,
  ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
} } = require('internal/errors');
const { validateObject, validateOneOf, validateString } = require('internal/validators');
const { bytesFrom, bytesToBigInt, isBytes, kHandle, plain } = require('internal/crypto/util');

const { kClone, kDeserialize } = require('internal/transferable');

const kType = Symbol('kType');
const names = ['secret', 'public', 'private'];

class KeyObject {
  constructor(type, handle) {
    if (!names.includes(type)) throw new ERR_INVALID_ARG_VALUE('type', type);
    if (typeof handle !== 'object' || handle === null || typeof handle.equals !== 'function')
      throw new ERR_INVALID_ARG_TYPE('handle', 'object', handle);
    Object.defineProperty(this, kType, { __proto__: null, value: type });
    Object.defineProperty(this, kHandle, { __proto__: null, value: handle });
  }

  get type() {
    return this[kType];
  }

  static from(key) {
    const { CryptoKey, keyObjectOf } = require('internal/crypto/webcrypto_keys');
    if (!(key instanceof CryptoKey)) throw new ERR_INVALID_ARG_TYPE('key', 'CryptoKey', key);
    return keyObjectOf(key);
  }

  // Another thread gets the key as bytes and makes its own of them.
  [kClone]() {
    const { type } = this;
    const bytes = type === 'secret' ? this.export() : this.export({ format: 'der', type: type === 'public' ? 'spki' : 'pkcs8' });
    return { data: { type, bytes }, deserializeInfo: 'internal/crypto/keys:ClonedKey' };
  }

  equals(other) {
    if (!(other instanceof KeyObject)) throw new ERR_INVALID_ARG_TYPE('otherKeyObject', 'KeyObject', other);
    return other.type === this.type && this[kHandle].equals(other[kHandle]);
  }
}
Object.defineProperty(KeyObject.prototype, Symbol.toStringTag, { __proto__: null, configurable: true, value: 'KeyObject' });

class SecretKeyObject extends KeyObject {
  constructor(handle) {
    super('secret', handle);
  }

  get symmetricKeySize() {
    return this[kHandle].size();
  }

  export(options) {
    if (options !== undefined) {
      validateObject(options, 'options');
      validateOneOf(options.format, 'options.format', [undefined, 'buffer', 'jwk']);
      if (options.format === 'jwk') return { kty: 'oct', k: this[kHandle].exportSecret().toString('base64url') };
    }
    return this[kHandle].exportSecret();
  }

  toCryptoKey(algorithm, extractable, usages) {
    return require('internal/crypto/webcrypto_keys').fromKeyObject(this, algorithm, extractable, usages);
  }
}

const kDetails = Symbol('kDetails');

class AsymmetricKeyObject extends KeyObject {
  get asymmetricKeyType() {
    return this[kHandle].typeName();
  }

  get asymmetricKeyDetails() {
    if (this[kDetails] === undefined) {
      const details = this[kHandle].details();
      if (typeof details.publicExponent === 'string') details.publicExponent = BigInt(`0x${details.publicExponent}`);
      Object.defineProperty(this, kDetails, { __proto__: null, value: details });
    }
    return { ...this[kDetails] };
  }

  toCryptoKey(algorithm, extractable, usages) {
    return require('internal/crypto/webcrypto_keys').fromKeyObject(this, algorithm, extractable, usages);
  }
}

class PublicKeyObject extends AsymmetricKeyObject {
  constructor(handle) {
    super('public', handle);
  }

  export(options) {
    validateObject(options, 'options');
    if (options.format === 'jwk') return jwkOf(this);
    return exportWith(this[kHandle], publicEncoding(options, this.asymmetricKeyType), options);
  }
}

class PrivateKeyObject extends AsymmetricKeyObject {
  constructor(handle) {
    super('private', handle);
  }

  export(options) {
    validateObject(options, 'options');
    if (options.format === 'jwk') {
      if (options.passphrase !== undefined)
        throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS('jwk', 'does not support encryption');
      return jwkOf(this);
    }
    return exportWith(this[kHandle], privateEncoding(options, this.asymmetricKeyType), options);
  }
}

function exportWith(handle, { format, type, cipher, passphrase }) {
  return handle.export(format, type, cipher, passphrase);
}

const optionName = (prefix, name) => (prefix === undefined ? `options.${name}` : `${prefix}.${name}`);

function formatOf(options, fallback, prefix) {
  const { format } = options;
  if (format === undefined && fallback !== undefined) return fallback;
  if (format === 'pem' || format === 'der' || format === 'jwk') return format;
  throw new ERR_INVALID_ARG_VALUE(optionName(prefix, 'format'), format);
}

function typeOf(options, required, keyType, isPublic, prefix) {
  const { type } = options;
  if (type === undefined && !required) return undefined;
  if (type === 'pkcs1') {
    if (keyType !== undefined && keyType !== 'rsa')
      throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS(type, 'can only be used for RSA keys');
    return type;
  }
  if (type === 'spki' && isPublic !== false) return type;
  if (type === 'pkcs8' && isPublic !== true) return type;
  if (type === 'sec1' && isPublic !== true) {
    if (keyType !== undefined && keyType !== 'ec')
      throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS(type, 'can only be used for EC keys');
    return type;
  }
  throw new ERR_INVALID_ARG_VALUE(optionName(prefix, 'type'), type);
}

function publicEncoding(options, keyType, prefix) {
  const format = formatOf(options, keyType === undefined ? 'pem' : undefined, prefix);
  if (format === 'jwk') return { format };
  return { format, type: typeOf(options, true, keyType, true, prefix) };
}

const isPhrase = (value) => typeof value === 'string' || isBytes(value);

function privateEncoding(options, keyType, prefix) {
  const format = formatOf(options, undefined, prefix);
  const { cipher, passphrase, encoding } = options;
  if (format === 'jwk') {
    if (cipher != null || passphrase !== undefined)
      throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS('jwk', 'does not support encryption');
    return { format };
  }
  const type = typeOf(options, true, keyType, false, prefix);
  if (cipher != null) {
    if (typeof cipher !== 'string') throw new ERR_INVALID_ARG_VALUE(optionName(prefix, 'cipher'), cipher);
    if (format === 'der' && (type === 'pkcs1' || type === 'sec1'))
      throw new ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS(type, 'does not support encryption');
    if (!isPhrase(passphrase)) throw new ERR_INVALID_ARG_VALUE(optionName(prefix, 'passphrase'), passphrase);
    const { ERR_CRYPTO_UNKNOWN_CIPHER } = require('internal/errors').codes;
    if (binding.cipherInfo(cipher, -1, -1) === undefined) throw new ERR_CRYPTO_UNKNOWN_CIPHER();
    return { format, type, cipher, passphrase: bytesFrom(passphrase, 'passphrase', encoding) };
  }
  if (passphrase !== undefined) throw new ERR_INVALID_ARG_VALUE(optionName(prefix, 'cipher'), cipher);
  return { format, type };
}

// JSON Web Keys
const curveNames = {
  '__proto__': null, 'prime256v1': 'P-256', 'secp256k1': 'secp256k1', 'secp384r1': 'P-384', 'secp521r1': 'P-521',
};
const curveGroups = {
  '__proto__': null, 'P-256': 'prime256v1', 'secp256k1': 'secp256k1', 'P-384': 'secp384r1', 'P-521': 'secp521r1',
};
const okpNames = { __proto__: null, ed25519: 'Ed25519', ed448: 'Ed448', x25519: 'X25519', x448: 'X448' };
const rsaNames = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'];

function jwkOf(key) {
  const handle = key[kHandle];
  const type = handle.typeName();
  const isPrivate = key.type === 'private';
  if (type === 'rsa') {
    const jwk = { kty: 'RSA' };
    binding.keyNumbers(handle).forEach((number, i) => { jwk[rsaNames[i]] = number.toString('base64url'); });
    return jwk;
  }
  if (type === 'ec') {
    const [group, x, y, d] = binding.keyNumbers(handle);
    const crv = curveNames[group];
    if (crv === undefined) throw new ERR_CRYPTO_JWK_UNSUPPORTED_CURVE(group);
    const jwk = { kty: 'EC', x: x.toString('base64url'), y: y.toString('base64url'), crv };
    if (isPrivate) jwk.d = d.toString('base64url');
    return jwk;
  }
  if (okpNames[type] !== undefined) {
    const jwk = { kty: 'OKP', crv: okpNames[type], x: handle.raw(false).toString('base64url') };
    if (isPrivate) jwk.d = handle.raw(true).toString('base64url');
    return jwk;
  }
  throw new ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE();
}

function part(jwk, name) {
  validateString(jwk[name], `key.${name}`);
  return Buffer.from(jwk[name], 'base64url');
}

function padded(bytes, length) {
  if (bytes.length >= length) return bytes;
  const out = Buffer.alloc(length);
  bytes.copy(out, length - bytes.length);
  return out;
}

function handleFromJwk(key, wantsPrivate) {
  validateObject(key, 'key');
  validateOneOf(key.kty, 'key.kty', ['RSA', 'EC', 'OKP']);
  const isPrivate = key.d !== undefined;
  if (wantsPrivate && !isPrivate) validateString(key.d, 'key.d');
  const asPrivate = wantsPrivate && isPrivate;
  let handle;
  if (key.kty === 'RSA') {
    const parts = rsaNames.slice(0, asPrivate ? 8 : 2).map((name) => part(key, name));
    handle = binding.keyFromRsa(asPrivate, ...parts);
  } else if (key.kty === 'EC') {
    validateOneOf(key.crv, 'key.crv', ['P-256', 'secp256k1', 'P-384', 'P-521']);
    const width = { '__proto__': null, 'P-256': 32, 'secp256k1': 32, 'P-384': 48, 'P-521': 66 }[key.crv];
    const x = padded(part(key, 'x'), width);
    const y = padded(part(key, 'y'), width);
    const d = asPrivate ? part(key, 'd') : undefined;
    handle = binding.keyFromEc(curveGroups[key.crv], Buffer.concat([Buffer.from([4]), x, y]), d);
  } else {
    validateOneOf(key.crv, 'key.crv', ['Ed25519', 'Ed448', 'X25519', 'X448']);
    const x = part(key, 'x');
    const d = asPrivate ? part(key, 'd') : undefined;
    handle = binding.keyFromRaw(key.crv, asPrivate, asPrivate ? d : x);
    if (handle !== undefined && asPrivate && !handle.raw(false).equals(x)) handle = undefined;
  }
  if (handle === undefined) throw new ERR_CRYPTO_INVALID_JWK();
  return handle;
}

function isCryptoKey(value) {
  const loaded = require('internal/crypto/webcrypto_keys');
  return value instanceof loaded.CryptoKey;
}

// A KeyObject for what may be a KeyObject or a CryptoKey; undefined for anything else.
function keyObjectFrom(value) {
  if (value instanceof KeyObject) return value;
  if (typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object CryptoKey]' &&
      isCryptoKey(value)) return require('internal/crypto/webcrypto_keys').keyObjectOf(value);
  return undefined;
}

const kCreatePublic = 0;
const kConsumePublic = 1;
const kConsumePrivate = 2;
const kCreatePrivate = 3;

function keyTypes(allowKeyObject, bufferOnly) {
  const types = ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'];
  if (!bufferOnly) types.push('string');
  if (!bufferOnly && allowKeyObject) types.push('KeyObject', 'CryptoKey');
  return types;
}

function handleOfObject(key, use) {
  if (use === kCreatePrivate) throw new ERR_INVALID_ARG_TYPE('key', keyTypes(false), key);
  if (key.type !== 'private') {
    if (use === kConsumePrivate || use === kCreatePublic)
      throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(key.type, 'private');
    if (key.type !== 'public') throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(key.type, 'private or public');
  }
  return key[kHandle];
}

function parse(data, use, { format = 'pem', type = '', passphrase } = {}) {
  return binding.keyParse(use === kConsumePrivate || use === kCreatePrivate, data, format, type, passphrase);
}

// What sign(), createPublicKey() and the others take as a key -> the native key.
function asymmetricHandle(key, use, name = 'key') {
  const object = keyObjectFrom(key);
  if (object !== undefined) return handleOfObject(object, use);
  if (typeof key === 'string' || isBytes(key)) return parse(typeof key === 'string' ? key : plain(key), use);
  if (typeof key === 'object' && key !== null) {
    const { key: data, encoding, format } = key;
    const inner = keyObjectFrom(data);
    if (inner !== undefined) return handleOfObject(inner, use);
    if (format === 'jwk') {
      validateObject(data, 'key.key');
      return handleFromJwk(data, use === kConsumePrivate || use === kCreatePrivate);
    }
    const bufferOnly = format === 'der';
    if (!(typeof data === 'string' || isBytes(data))) {
      throw new ERR_INVALID_ARG_TYPE('key.key', keyTypes(use !== kCreatePrivate, false), data);
    }
    if (format !== undefined && format !== 'pem' && format !== 'der') throw new ERR_INVALID_ARG_VALUE('options.format', format);
    const isPublic = use === kConsumePrivate || use === kCreatePrivate ? false : undefined;
    const type = typeOf(key, bufferOnly, undefined, isPublic);
    let { passphrase } = key;
    if (passphrase !== undefined && passphrase !== null) {
      if (!isPhrase(passphrase)) throw new ERR_INVALID_ARG_VALUE('options.passphrase', passphrase);
      passphrase = bytesFrom(passphrase, 'key.passphrase', encoding);
    }
    return parse(bytesFrom(data, 'key', encoding), use, { format: format ?? 'pem', type: type ?? '', passphrase });
  }
  throw new ERR_INVALID_ARG_TYPE(name, keyTypes(use !== kCreatePrivate), key);
}

const privateHandle = (key) => asymmetricHandle(key, kConsumePrivate);
const publicOrPrivateHandle = (key) => asymmetricHandle(key, kConsumePublic);

// The native secret key or the bytes of one, for hmac and ciphers.
function secretOf(key, encoding) {
  const object = keyObjectFrom(key);
  if (object !== undefined) {
    if (object.type !== 'secret') throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(object.type, 'secret');
    return object[kHandle];
  }
  if (typeof key !== 'string' && !isBytes(key)) {
    throw new ERR_INVALID_ARG_TYPE('key', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView', 'string', 'KeyObject', 'CryptoKey'], key);
  }
  return bytesFrom(key, 'key', encoding);
}

function createSecretKey(key, encoding) {
  if (typeof key !== 'string' && !isBytes(key))
    throw new ERR_INVALID_ARG_TYPE('key', ['ArrayBuffer', 'Buffer', 'TypedArray', 'DataView', 'string'], key);
  return new SecretKeyObject(binding.keySecret(bytesFrom(key, 'key', encoding)));
}

function createPublicKey(key) {
  const object = keyObjectFrom(key) ?? (typeof key === 'object' && key !== null ? keyObjectFrom(key.key) : undefined);
  if (object !== undefined) return new PublicKeyObject(handleOfObject(object, kCreatePublic).toPublic());
  return new PublicKeyObject(asymmetricHandle(key, kCreatePublic));
}

function createPrivateKey(key) {
  if (key instanceof KeyObject) throw new ERR_INVALID_ARG_TYPE('key', keyTypes(false), key);
  return new PrivateKeyObject(asymmetricHandle(key, kCreatePrivate));
}

function wrapHandle(type, handle) {
  if (type === 'secret') return new SecretKeyObject(handle);
  return type === 'public' ? new PublicKeyObject(handle) : new PrivateKeyObject(handle);
}

class ClonedKey {
  [kDeserialize]({ type, bytes }) {
    if (type === 'secret') return createSecretKey(bytes);
    return type === 'public' ? createPublicKey({ key: bytes, format: 'der', type: 'spki' })
      : createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' });
  }
}

module.exports = {
  ClonedKey,
  KeyObject,
  PrivateKeyObject,
  PublicKeyObject,
  SecretKeyObject,
  bytesToBigInt,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  curveGroups,
  curveNames,
  handleFromJwk,
  jwkOf,
  keyObjectFrom,
  privateEncoding,
  privateHandle,
  publicEncoding,
  publicOrPrivateHandle,
  secretOf,
  wrapHandle,
};
