'use strict';
// Webcrypto's digests, codes of authentication and keys from keys.

const binding = require('internal/crypto/binding');
const { Buffer } = require('buffer');
const { kHandle } = require('internal/crypto/util');
const keys = require('internal/crypto/keys');
const { makeKey, slotsOf } = require('internal/crypto/webcrypto_keys');
const {
  blockBits, checkJwk, checkUsages, copyBytes, decodeSecretJwk, digestBytes, fail, hashOf, hashes, notSupported, operation,
  required, secretObject, toArrayBuffer,
} = require('internal/crypto/web_common');

const algorithms = { __proto__: null };

// HMAC. The digests of SHA-3 have no name in a JSON Web Key.
const hmacAlg = (hash) => (hash.startsWith('SHA3') ? {} : { alg: `HS${hash.slice(4)}` });
algorithms.HMAC = {
  async generateKey({ hash, length }, extractable, usages) {
    const name = hashOf(hash);
    checkUsages(usages, ['sign', 'verify'], 'HMAC');
    if (usages.length === 0) throw fail('Usages cannot be empty when creating a key.', 'SyntaxError');
    if (length === 0) throw fail('Zero-length key is not supported', 'OperationError');
    length ??= blockBits[name];
    const bytes = Buffer.alloc(Math.ceil(length / 8));
    binding.randomFill(undefined, bytes, 0, bytes.length);
    return makeKey(secretObject(bytes), { name: 'HMAC', length, hash: { name } }, usages, extractable);
  },
  async importKey(format, data, { hash, length }, extractable, usages) {
    const name = hashOf(hash);
    checkUsages(usages, ['sign', 'verify'], 'HMAC');
    if (usages.length === 0) throw fail('Usages cannot be empty when importing a secret key.', 'SyntaxError');
    let bytes;
    if (format === 'raw' || format === 'raw-secret') {
      bytes = copyBytes(data, 'keyData');
    } else if (format === 'jwk') {
      bytes = decodeSecretJwk(data);
      checkJwk(data, extractable, usages, 'sig');
      if (data.alg !== undefined && hmacAlg(name).alg !== undefined && data.alg !== hmacAlg(name).alg)
        throw fail('JWK "alg" does not match the requested algorithm', 'DataError');
    } else {
      throw notSupported(`Unable to import HMAC using ${format} format`);
    }
    if (bytes.length === 0) throw fail('Zero-length key is not supported', 'DataError');
    if (length !== undefined && Math.ceil(length / 8) !== bytes.length) throw fail('Invalid key length', 'DataError');
    return makeKey(secretObject(bytes), { name: 'HMAC', length: length ?? bytes.length * 8, hash: { name } }, usages, extractable);
  },
  async exportKey(key, format) {
    const { object, algorithm } = slotsOf(key);
    const bytes = object.export();
    if (format === 'raw' || format === 'raw-secret') return toArrayBuffer(bytes);
    if (format === 'jwk') return { kty: 'oct', k: bytes.toString('base64url'), ...hmacAlg(algorithm.hash.name) };
    throw notSupported(`Unable to export a secret key using ${format} format`);
  },
  sign: (algorithm, key, data) => {
    const slots = slotsOf(key);
    return operation((done) => binding.hmacJob(done, hashes[slots.algorithm.hash.name], data, slots.object[kHandle]));
  },
  async verify(algorithm, key, signature, data) {
    const right = Buffer.from(await this.sign(algorithm, key, data));
    return right.length === signature.length && binding.timingSafeEqual(right, signature);
  },
  keyLength: ({ hash, length }) => {
    if (length === 0) throw new TypeError('length cannot be 0');
    return length ?? blockBits[hashOf(hash)];
  },
};

// KMAC: the text's length and the key's are the program's.
function kmac(name, bits) {
  const digest = (algorithm, key, data) => {
    const { length, customization } = required(algorithm, 'length');
    if (length % 8 || length <= 0) throw notSupported('Unsupported KMAC length');
    const custom = customization === undefined ? undefined : copyBytes(customization, 'algorithm.customization');
    return operation((done) => binding.kmacJob(done, `KMAC-${bits}`, data, slotsOf(key).object[kHandle], custom, length / 8));
  };
  const checked = (bytes, length, wanted, extractable) => {
    checkUsages(wanted, ['sign', 'verify'], name);
    if (bytes.length === 0) throw fail('Zero-length key is not supported', 'DataError');
    if (length !== undefined && Math.ceil(length / 8) !== bytes.length) throw fail('Invalid key length', 'DataError');
    return makeKey(secretObject(bytes), { name, length: length ?? bytes.length * 8 }, wanted, extractable);
  };
  algorithms[name] = {
    async generateKey({ length = bits }, extractable, usages) {
      if (usages.length === 0) throw fail('Usages cannot be empty when creating a key.', 'SyntaxError');
      if (length === 0) throw fail('Zero-length key is not supported', 'OperationError');
      const bytes = Buffer.alloc(Math.ceil(length / 8));
      binding.randomFill(undefined, bytes, 0, bytes.length);
      return checked(bytes, length, usages, extractable);
    },
    async importKey(format, data, { length }, extractable, usages) {
      if (usages.length === 0) throw fail('Usages cannot be empty when importing a secret key.', 'SyntaxError');
      if (format === 'raw-secret') return checked(copyBytes(data, 'keyData'), length, usages, extractable);
      if (format !== 'jwk') throw notSupported(`Unable to import ${name} using ${format} format`);
      const bytes = decodeSecretJwk(data);
      checkJwk(data, extractable, usages, 'sig');
      if (data.alg !== undefined && data.alg !== `K${bits}`) throw fail('JWK "alg" does not match the requested algorithm', 'DataError');
      return checked(bytes, length, usages, extractable);
    },
    async exportKey(key, format) {
      const bytes = slotsOf(key).object.export();
      if (format === 'raw-secret') return toArrayBuffer(bytes);
      if (format === 'jwk') return { kty: 'oct', k: bytes.toString('base64url'), alg: `K${bits}` };
      throw notSupported(`Unable to export a secret key using ${format} format`);
    },
    sign: digest,
    async verify(algorithm, key, signature, data) {
      const right = Buffer.from(await digest(algorithm, key, data));
      return right.length === signature.length && binding.timingSafeEqual(right, signature);
    },
    keyLength: ({ length = bits }) => length,
  };
}
kmac('KMAC128', 128);
kmac('KMAC256', 256);

// Derivation
function kdf(name, options, derive) {
  algorithms[name] = {
    async importKey(format, data, algorithm, extractable, usages) {
      if (format !== 'raw' && format !== 'raw-secret') throw notSupported(`Unable to import ${name} using ${format} format`);
      if (extractable) throw fail(`${name} keys are not extractable`, 'SyntaxError');
      checkUsages(usages, ['deriveKey', 'deriveBits'], name);
      if (usages.length === 0) throw fail('Usages cannot be empty when importing a secret key.', 'SyntaxError');
      return makeKey(secretObject(copyBytes(data, 'keyData')), { name }, usages, false);
    },
    keyLength: () => null,
    async deriveBits(algorithm, key, length) {
      required(algorithm, ...options);
      if (length === null || length === undefined) throw fail('length cannot be null', 'OperationError');
      if (length % 8) throw fail('length must be a multiple of 8', 'OperationError');
      if (length === 0) return new ArrayBuffer(0);
      return derive(algorithm, slotsOf(key).object[kHandle], length / 8);
    },
  };
}
kdf('PBKDF2', ['hash', 'salt', 'iterations'], ({ hash, salt, iterations }, handle, length) => {
  const digest = hashes[hashOf(hash)];
  if (!(iterations > 0)) throw fail('iterations cannot be zero', 'OperationError');
  const bytes = copyBytes(salt, 'algorithm.salt');
  return operation((done) => binding.pbkdf2(done, handle, bytes, iterations, length, digest));
});
kdf('HKDF', ['hash', 'salt', 'info'], ({ hash, salt, info }, handle, length) => {
  const digest = hashes[hashOf(hash)];
  const saltBytes = copyBytes(salt, 'algorithm.salt');
  const infoBytes = copyBytes(info, 'algorithm.info');
  return operation((done) => binding.hkdf(done, handle, saltBytes, infoBytes, length, digest));
});

for (const name of Object.keys(hashes)) {
  algorithms[name] = { digest: (algorithm, data) => digestBytes(hashes[name], data) };
}
// Without a name and a customization cSHAKE is SHAKE; OpenSSL 3.0 has no more of it.
for (const bits of [128, 256]) {
  algorithms[`cSHAKE${bits}`] = {
    digest(algorithm, data) {
      const { length, functionName, customization } = required(algorithm, 'length');
      for (const bytes of [functionName, customization])
        if (bytes?.byteLength > 0) throw notSupported('cSHAKE with a function name or a customization is not supported');
      if (length % 8) throw notSupported('Unsupported CShakeParams length');
      return length === 0 ? new ArrayBuffer(0) : digestBytes(`shake${bits}`, data, length / 8);
    },
  };
}

module.exports = { algorithms };
