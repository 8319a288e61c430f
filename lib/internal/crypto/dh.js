'use strict';

const binding = require('internal/crypto/binding');
const { Buffer } = require('buffer');
const { codes: {
  ERR_CRYPTO_ECDH_INVALID_FORMAT,
  ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY,
  ERR_CRYPTO_INCOMPATIBLE_KEY,
  ERR_CRYPTO_INVALID_CURVE,
  ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE,
  ERR_CRYPTO_UNKNOWN_DH_GROUP,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
} } = require('internal/errors');
const { validateFunction, validateInt32, validateObject, validateString } = require('internal/validators');
const { bytesFrom, encoded, inContext, isBytes, kHandle } = require('internal/crypto/util');

function DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding) {
  if (!(this instanceof DiffieHellman)) return new DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding);
  if (typeof sizeOrKey !== 'number' && typeof sizeOrKey !== 'string' && !isBytes(sizeOrKey)) {
    throw new ERR_INVALID_ARG_TYPE('sizeOrKey', ['number', 'string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'],
                                   sizeOrKey);
  }
  if (typeof sizeOrKey === 'number') validateInt32(sizeOrKey, 'sizeOrKey');
  if (keyEncoding && !Buffer.isEncoding(keyEncoding) && keyEncoding !== 'buffer') {
    genEncoding = generator;
    generator = keyEncoding;
    keyEncoding = false;
  }
  if (typeof sizeOrKey !== 'number') sizeOrKey = bytesFrom(sizeOrKey, 'sizeOrKey', keyEncoding || undefined);
  if (!generator) {
    generator = 2;
  } else if (typeof generator === 'number') {
    validateInt32(generator, 'generator');
  } else if (typeof generator === 'string') {
    generator = bytesFrom(generator, 'generator', genEncoding);
  } else if (!isBytes(generator)) {
    throw new ERR_INVALID_ARG_TYPE('generator', ['number', 'string', 'ArrayBuffer', 'Buffer', 'TypedArray', 'DataView'],
                                   generator);
  } else {
    generator = bytesFrom(generator, 'generator');
  }
  this[kHandle] = binding.dhOpen(sizeOrKey, generator);
  Object.defineProperty(this, 'verifyError', {
    __proto__: null, enumerable: true, value: this[kHandle].verifyError, writable: false,
  });
}

function DiffieHellmanGroup(name) {
  if (!(this instanceof DiffieHellmanGroup)) return new DiffieHellmanGroup(name);
  const handle = binding.dhGroup(`${name}`);
  if (handle === undefined) throw new ERR_CRYPTO_UNKNOWN_DH_GROUP();
  this[kHandle] = handle;
  Object.defineProperty(this, 'verifyError', {
    __proto__: null, enumerable: true, value: handle.verifyError, writable: false,
  });
}

function known(value, what) {
  if (value !== undefined) return value;
  throw Object.assign(new Error(`No ${what}`), { code: 'ERR_CRYPTO_INVALID_STATE' });
}

const dhMethods = {
  generateKeys(encoding) {
    return encoded(this[kHandle].generateKeys(), encoding);
  },
  computeSecret(otherPublicKey, inputEncoding, outputEncoding) {
    const other = bytesFrom(otherPublicKey, 'otherPublicKey', inputEncoding);
    return encoded(this[kHandle].computeSecret(other), outputEncoding);
  },
  getPrime(encoding) {
    return encoded(this[kHandle].get('p'), encoding);
  },
  getGenerator(encoding) {
    return encoded(this[kHandle].get('g'), encoding);
  },
  getPublicKey(encoding) {
    return encoded(known(this[kHandle].get('public'), 'public key - did you forget to generate one?'), encoding);
  },
  getPrivateKey(encoding) {
    return encoded(known(this[kHandle].get('private'), 'private key - did you forget to generate one?'), encoding);
  },
};
Object.assign(DiffieHellman.prototype, dhMethods);
Object.assign(DiffieHellmanGroup.prototype, dhMethods);
DiffieHellman.prototype.setPublicKey = function setPublicKey(key, encoding) {
  this[kHandle].set(false, bytesFrom(key, 'key', encoding));
  return this;
};
DiffieHellman.prototype.setPrivateKey = function setPrivateKey(key, encoding) {
  this[kHandle].set(true, bytesFrom(key, 'key', encoding));
  return this;
};

const forms = { __proto__: null, compressed: 2, uncompressed: 4, hybrid: 6 };

function formOf(format) {
  if (!format) return forms.uncompressed;
  const form = forms[format];
  if (form === undefined) throw new ERR_CRYPTO_ECDH_INVALID_FORMAT(format);
  return form;
}

function ECDH(curve) {
  if (!(this instanceof ECDH)) return new ECDH(curve);
  validateString(curve, 'curve');
  const handle = binding.ecdhOpen(curve);
  if (handle === undefined) throw new ERR_CRYPTO_INVALID_CURVE();
  this[kHandle] = handle;
}

ECDH.prototype.generateKeys = function generateKeys(encoding, format) {
  this[kHandle].generate();
  return this.getPublicKey(encoding, format);
};
ECDH.prototype.computeSecret = function computeSecret(otherPublicKey, inputEncoding, outputEncoding) {
  const secret = this[kHandle].computeSecret(bytesFrom(otherPublicKey, 'otherPublicKey', inputEncoding));
  if (secret === undefined) throw new ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY();
  return encoded(secret, outputEncoding);
};
ECDH.prototype.getPublicKey = function getPublicKey(encoding, format) {
  return encoded(this[kHandle].getPublic(formOf(format)), encoding);
};
ECDH.prototype.getPrivateKey = function getPrivateKey(encoding) {
  return encoded(this[kHandle].getPrivate(), encoding);
};
ECDH.prototype.setPrivateKey = function setPrivateKey(key, encoding) {
  this[kHandle].setPrivate(bytesFrom(key, 'key', encoding));
};
let warnedOfPublic = false;
ECDH.prototype.setPublicKey = function setPublicKey(key, encoding) {
  if (!warnedOfPublic) {
    warnedOfPublic = true;
    process.emitWarning('ecdh.setPublicKey() is deprecated.', 'DeprecationWarning', 'DEP0031');
  }
  this[kHandle].setPublic(bytesFrom(key, 'key', encoding));
};
ECDH.convertKey = function convertKey(key, curve, inputEncoding, outputEncoding, format) {
  validateString(curve, 'curve');
  key = bytesFrom(key, 'key', inputEncoding);
  return encoded(binding.ecdhConvert(key, curve, formOf(format)), outputEncoding);
};

const agreeing = new Set(['dh', 'ec', 'x448', 'x25519']);

function diffieHellman(options, callback) {
  validateObject(options, 'options');
  if (callback !== undefined) validateFunction(callback, 'callback');
  const { KeyObject } = require('internal/crypto/keys');
  const { privateKey, publicKey } = options;
  if (!(privateKey instanceof KeyObject)) throw new ERR_INVALID_ARG_VALUE('options.privateKey', privateKey);
  if (!(publicKey instanceof KeyObject)) throw new ERR_INVALID_ARG_VALUE('options.publicKey', publicKey);
  if (privateKey.type !== 'private') throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(privateKey.type, 'private');
  if (publicKey.type !== 'public' && publicKey.type !== 'private')
    throw new ERR_CRYPTO_INVALID_KEY_OBJECT_TYPE(publicKey.type, 'private or public');
  const privateType = privateKey.asymmetricKeyType;
  const publicType = publicKey.asymmetricKeyType;
  if (privateType !== publicType || !agreeing.has(privateType)) {
    throw new ERR_CRYPTO_INCOMPATIBLE_KEY('key types for Diffie-Hellman', `${privateType} and ${publicType}`);
  }
  return binding.deriveJob(callback && inContext(callback), privateKey[kHandle], publicKey[kHandle]);
}

function createDiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding) {
  return new DiffieHellman(sizeOrKey, keyEncoding, generator, genEncoding);
}
function createDiffieHellmanGroup(name) {
  return new DiffieHellmanGroup(name);
}
function createECDH(curve) {
  return new ECDH(curve);
}

module.exports = {
  DiffieHellman,
  DiffieHellmanGroup,
  ECDH,
  createDiffieHellman,
  createDiffieHellmanGroup,
  createECDH,
  diffieHellman,
  getDiffieHellman: createDiffieHellmanGroup,
};
