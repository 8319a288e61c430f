'use strict';

const binding = require('internal/crypto/binding');
const { codes: {
  ERR_CRYPTO_UNKNOWN_DH_GROUP,
  ERR_INCOMPATIBLE_OPTION_PAIR,
  ERR_INVALID_ARG_VALUE,
  ERR_MISSING_OPTION,
} } = require('internal/errors');
const {
  validateFunction, validateInt32, validateInteger, validateObject, validateOneOf, validateString, validateUint32,
} = require('internal/validators');
const { bytesFrom, inContext, isBytes } = require('internal/crypto/util');
const { SecretKeyObject, jwkOf, privateEncoding, publicEncoding, wrapHandle } = require('internal/crypto/keys');
const { Buffer } = require('buffer');

let warnedOfHash = false;

// The arguments of the native call for each kind of key.
const kinds = {
  '__proto__': null,
  rsa(options) {
    const { modulusLength } = options;
    let { publicExponent } = options;
    validateUint32(modulusLength, 'options.modulusLength');
    if (publicExponent == null) publicExponent = 0x10001;
    else validateUint32(publicExponent, 'options.publicExponent');
    return (callback) => binding.keygenRsa(callback, modulusLength, publicExponent, false);
  },
  'rsa-pss'(options) {
    const { hash, mgf1Hash, modulusLength, saltLength } = options;
    let { hashAlgorithm, mgf1HashAlgorithm, publicExponent } = options;
    validateUint32(modulusLength, 'options.modulusLength');
    if (publicExponent == null) publicExponent = 0x10001;
    else validateUint32(publicExponent, 'options.publicExponent');
    if (saltLength !== undefined) validateInt32(saltLength, 'options.saltLength', 0);
    if (hashAlgorithm !== undefined) validateString(hashAlgorithm, 'options.hashAlgorithm');
    if (mgf1HashAlgorithm !== undefined) validateString(mgf1HashAlgorithm, 'options.mgf1HashAlgorithm');
    const warn = () => {
      if (warnedOfHash) return;
      warnedOfHash = true;
      process.emitWarning('"options.hash" and "options.mgf1Hash" are deprecated, use "options.hashAlgorithm" and ' +
        '"options.mgf1HashAlgorithm" instead.', 'DeprecationWarning', 'DEP0154');
    };
    if (hash !== undefined) {
      warn();
      validateString(hash, 'options.hash');
      if (hashAlgorithm && hash !== hashAlgorithm) throw new ERR_INVALID_ARG_VALUE('options.hash', hash);
      hashAlgorithm ??= hash;
    }
    if (mgf1Hash !== undefined) {
      warn();
      validateString(mgf1Hash, 'options.mgf1Hash');
      if (mgf1HashAlgorithm && mgf1Hash !== mgf1HashAlgorithm)
        throw new ERR_INVALID_ARG_VALUE('options.mgf1Hash', mgf1Hash);
      mgf1HashAlgorithm ??= mgf1Hash;
    }
    return (callback) => binding.keygenRsa(callback, modulusLength, publicExponent, true, hashAlgorithm,
                                           mgf1HashAlgorithm, saltLength ?? -1);
  },
  dsa(options) {
    const { modulusLength } = options;
    let { divisorLength } = options;
    validateUint32(modulusLength, 'options.modulusLength');
    if (divisorLength == null) divisorLength = -1;
    else validateInt32(divisorLength, 'options.divisorLength', 0);
    return (callback) => binding.keygenDsa(callback, modulusLength, divisorLength);
  },
  ec(options) {
    const { namedCurve, paramEncoding } = options;
    validateString(namedCurve, 'options.namedCurve');
    if (paramEncoding != null && paramEncoding !== 'named' && paramEncoding !== 'explicit')
      throw new ERR_INVALID_ARG_VALUE('options.paramEncoding', paramEncoding);
    return (callback) => binding.keygenEc(callback, namedCurve, paramEncoding === 'explicit');
  },
  dh(options) {
    const { generator, group, prime, primeLength } = options;
    if (group != null) {
      for (const [name, value] of [['prime', prime], ['primeLength', primeLength], ['generator', generator]])
        if (value != null) throw new ERR_INCOMPATIBLE_OPTION_PAIR('group', name);
      validateString(group, 'options.group');
      if (!/^modp(?:1|2|5|14|15|16|17|18)$/i.test(group)) throw new ERR_CRYPTO_UNKNOWN_DH_GROUP();
      const known = { modp5: 'modp_1536', modp14: 'modp_2048', modp15: 'modp_3072', modp16: 'modp_4096',
        modp17: 'modp_6144', modp18: 'modp_8192' }[group];
      if (known !== undefined) return (callback) => binding.keygenDh(callback, known);
      const { createDiffieHellmanGroup } = require('internal/crypto/dh');
      const bytes = createDiffieHellmanGroup(group).getPrime();
      return (callback) => binding.keygenDh(callback, undefined, bytes, 0, 2);
    }
    if (prime != null) {
      if (primeLength != null) throw new ERR_INCOMPATIBLE_OPTION_PAIR('prime', 'primeLength');
      if (!isBytes(prime)) {
        const { ERR_INVALID_ARG_TYPE } = require('internal/errors').codes;
        throw new ERR_INVALID_ARG_TYPE('options.prime', ['Buffer', 'TypedArray', 'ArrayBuffer', 'DataView'], prime);
      }
    } else if (primeLength != null) {
      validateInt32(primeLength, 'options.primeLength', 0);
    } else {
      throw new ERR_MISSING_OPTION('At least one of the group, prime, or primeLength options');
    }
    if (generator != null) validateInt32(generator, 'options.generator', 0);
    const g = generator == null ? 2 : generator;
    return (callback) => binding.keygenDh(callback, undefined, prime && bytesFrom(prime, 'options.prime'),
                                          primeLength ?? 0, g);
  },
};
for (const name of ['ed25519', 'ed448', 'x25519', 'x448'])
  kinds[name] = () => (callback) => binding.keygenCurve(callback, name.toUpperCase());

function encodings(type, options) {
  const { publicKeyEncoding, privateKeyEncoding } = options ?? {};
  let publicForm, privateForm;
  if (publicKeyEncoding != null) {
    if (typeof publicKeyEncoding !== 'object')
      throw new ERR_INVALID_ARG_VALUE('options.publicKeyEncoding', publicKeyEncoding);
    publicForm = publicEncoding(publicKeyEncoding, type, 'options.publicKeyEncoding');
  }
  if (privateKeyEncoding != null) {
    if (typeof privateKeyEncoding !== 'object')
      throw new ERR_INVALID_ARG_VALUE('options.privateKeyEncoding', privateKeyEncoding);
    privateForm = privateEncoding(privateKeyEncoding, type, 'options.privateKeyEncoding');
  }
  return [publicForm, privateForm];
}

function shaped(type, handle, form) {
  const object = wrapHandle(type, handle);
  if (form === undefined) return object;
  if (form.format === 'jwk') return jwkOf(object);
  return handle.export(form.format, form.type, form.cipher, form.passphrase);
}

function prepare(type, options) {
  validateString(type, 'type');
  const kind = kinds[type];
  const [publicForm, privateForm] = encodings(kind && type, options);
  if (kind === undefined) throw new ERR_INVALID_ARG_VALUE('type', type, 'must be a supported key type');
  if (options !== undefined || kind.length > 0) validateObject(options, 'options');
  return { start: kind(options), publicForm, privateForm };
}

function generateKeyPair(type, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, 'callback');
  const { start, publicForm, privateForm } = prepare(type, options);
  const done = inContext((error, keys) => {
    if (error) return callback(error);
    let publicKey, privateKey;
    try {
      publicKey = shaped('public', keys[0], publicForm);
      privateKey = shaped('private', keys[1], privateForm);
    } catch (failed) {
      return callback(failed);
    }
    callback(null, publicKey, privateKey);
  });
  start(done);
}
Object.defineProperty(generateKeyPair, require('internal/util').customPromisifyArgs ?? Symbol('args'), {
  __proto__: null, value: ['publicKey', 'privateKey'], enumerable: false,
});
Object.defineProperty(generateKeyPair, Symbol.for('nodejs.util.promisify.custom'), {
  __proto__: null,
  configurable: true,
  value(type, options) {
    return new Promise((resolve, reject) => {
      generateKeyPair(type, options, (error, publicKey, privateKey) => {
        if (error) reject(error);
        else resolve({ publicKey, privateKey });
      });
    });
  },
});

function generateKeyPairSync(type, options) {
  const { start, publicForm, privateForm } = prepare(type, options);
  const [publicHandle, privateHandle] = start(undefined);
  return {
    publicKey: shaped('public', publicHandle, publicForm),
    privateKey: shaped('private', privateHandle, privateForm),
  };
}

function secretLength(type, options) {
  validateString(type, 'type');
  validateObject(options, 'options');
  const { length } = options;
  if (type === 'hmac') {
    validateInteger(length, 'options.length', 8, 2 ** 31 - 1);
  } else if (type === 'aes') {
    validateOneOf(length, 'options.length', [128, 192, 256]);
  } else {
    throw new ERR_INVALID_ARG_VALUE('type', type, 'must be a supported key type');
  }
  return length >> 3;
}

function generateKey(type, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  validateFunction(callback, 'callback');
  const length = secretLength(type, options);
  const done = inContext(callback);
  const bytes = Buffer.alloc(length);
  binding.randomFill((error) => {
    if (error) done(error);
    else done(null, new SecretKeyObject(binding.keySecret(bytes)));
  }, bytes, 0, length);
}

function generateKeySync(type, options) {
  const bytes = Buffer.alloc(secretLength(type, options));
  binding.randomFill(undefined, bytes, 0, bytes.length);
  return new SecretKeyObject(binding.keySecret(bytes));
}

module.exports = { generateKey, generateKeyPair, generateKeyPairSync, generateKeySync };
