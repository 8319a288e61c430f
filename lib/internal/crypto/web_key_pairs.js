'use strict';
// Webcrypto's key pairs: signatures, agreement and encryption with curves and RSA.

const binding = require('internal/crypto/binding');
const { Buffer } = require('buffer');
const { codes: { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } } = require('internal/errors');
const { kHandle } = require('internal/crypto/util');
const keys = require('internal/crypto/keys');
const { CryptoKey, makeKey, slotsOf } = require('internal/crypto/webcrypto_keys');
const {
  checkJwk, copyBytes, curves, exportAsymmetric, fail, finishImport, fromJwk, fromSpkiOrPkcs8, hashOf, hashes, notSupported,
  operation, required, splitUsages, toArrayBuffer,
} = require('internal/crypto/web_common');

const algorithms = { __proto__: null };

// Key pairs
function pairOf(handles, publicAlgorithm, extractable, [publicUsages, privateUsages]) {
  if (privateUsages.length === 0) throw fail('Usages cannot be empty when creating a key.', 'SyntaxError');
  return {
    publicKey: makeKey(keys.wrapHandle('public', handles[0]), publicAlgorithm, publicUsages, true),
    privateKey: makeKey(keys.wrapHandle('private', handles[1]), publicAlgorithm, privateUsages, extractable),
  };
}

const saltDefault = -2147483648;

function signWith(key, data, digest, padding, salt, asPlain, signature) {
  return operation((done) => binding.signJob(done, slotsOf(key).object[kHandle], digest, data, padding, salt, asPlain, signature));
}

function needsType(key, type) {
  if (slotsOf(key).object.type !== type) throw fail(`Key must be a ${type} key`, 'InvalidAccessError');
}

function ec(name, publicUsages, privateUsages, more) {
  algorithms[name] = {
    publicUsages,
    async generateKey(algorithm, extractable, usages) {
      const { namedCurve } = required(algorithm, 'namedCurve');
      if (curves[namedCurve] === undefined) throw notSupported('Unrecognized namedCurve');
      const split = splitUsages(usages, publicUsages, privateUsages, name);
      const handles = await operation((done) => binding.keygenEc(done, curves[namedCurve], false));
      return pairOf(handles, { name, namedCurve }, extractable, split);
    },
    async importKey(format, data, { namedCurve }, extractable, usages) {
      if (curves[namedCurve] === undefined) throw notSupported('Unrecognized namedCurve');
      let object;
      if (format === 'raw' || format === 'raw-public') {
        const handle = binding.keyFromEc(curves[namedCurve], copyBytes(data, 'keyData'), undefined);
        if (handle === undefined) throw fail('Invalid keyData', 'DataError');
        object = keys.wrapHandle('public', handle);
      } else if (format === 'jwk') {
        object = fromJwk(data, 'EC', (jwk) => {
          if (jwk.crv !== namedCurve) throw fail('JWK "crv" does not match the requested algorithm', 'DataError');
          checkJwk(jwk, extractable, usages, name === 'ECDH' ? 'enc' : 'sig');
        });
      } else if (format === 'spki' || format === 'pkcs8') {
        object = fromSpkiOrPkcs8(format, copyBytes(data, 'keyData'), 'ec');
      } else {
        throw notSupported(`Unable to import ${name} using ${format} format`);
      }
      if (object.asymmetricKeyDetails.namedCurve !== curves[namedCurve]) throw fail('Named curve mismatch', 'DataError');
      return finishImport(object, { name, namedCurve }, usages, extractable, publicUsages, privateUsages);
    },
    async exportKey(key, format) {
      const { object } = slotsOf(key);
      if (format === 'raw' || format === 'raw-public') {
        if (object.type !== 'public') throw fail('Unable to export a private key using raw format', 'InvalidAccessError');
        return toArrayBuffer(binding.keyPoint(object[kHandle], false));
      }
      return exportAsymmetric(key, format);
    },
    ...more,
  };
}
ec('ECDSA', ['verify'], ['sign'], {
  async sign({ hash }, key, data) {
    const digest = hashes[hashOf(hash)];
    needsType(key, 'private');
    return toArrayBuffer(await signWith(key, data, digest, 0, saltDefault, true));
  },
  async verify({ hash }, key, signature, data) {
    const digest = hashes[hashOf(hash)];
    needsType(key, 'public');
    return signWith(key, data, digest, 0, saltDefault, true, signature);
  },
});

async function agree(name, algorithm, key, length) {
  const peer = required(algorithm, 'public').public;
  if (!(peer instanceof CryptoKey)) throw new ERR_INVALID_ARG_TYPE('algorithm.public', 'CryptoKey', peer);
  needsType(peer, 'public');
  needsType(key, 'private');
  const ours = slotsOf(key);
  const theirs = slotsOf(peer);
  if (theirs.algorithm.name !== ours.algorithm.name) throw fail('key algorithm mismatch', 'InvalidAccessError');
  if (theirs.algorithm.namedCurve !== ours.algorithm.namedCurve) throw fail('Named curve mismatch', 'InvalidAccessError');
  const secret = await operation((done) => binding.deriveJob(done, ours.object[kHandle], theirs.object[kHandle]));
  if (length === null || length === undefined) return toArrayBuffer(secret);
  if (secret.length * 8 < length) throw fail('derived bit length is too small', 'OperationError');
  const part = Buffer.from(secret.subarray(0, Math.ceil(length / 8)));
  if (length % 8) part[part.length - 1] &= 0xff << (8 - (length % 8));
  return toArrayBuffer(part);
}
ec('ECDH', [], ['deriveKey', 'deriveBits'], { deriveBits: (algorithm, key, length) => agree('ECDH', algorithm, key, length) });

function okp(name, publicUsages, privateUsages, more) {
  const typeName = name.toLowerCase();
  algorithms[name] = {
    publicUsages,
    async generateKey(algorithm, extractable, usages) {
      const split = splitUsages(usages, publicUsages, privateUsages, name);
      const handles = await operation((done) => binding.keygenCurve(done, name.toUpperCase()));
      return pairOf(handles, { name }, extractable, split);
    },
    async importKey(format, data, algorithm, extractable, usages) {
      let object;
      if (format === 'raw' || format === 'raw-public') {
        const handle = binding.keyFromRaw(name, false, copyBytes(data, 'keyData'));
        if (handle === undefined) throw fail('Invalid keyData', 'DataError');
        object = keys.wrapHandle('public', handle);
      } else if (format === 'jwk') {
        object = fromJwk(data, 'OKP', (jwk) => {
          if (jwk.crv !== name) throw fail('JWK "crv" Parameter and algorithm name mismatch', 'DataError');
          if (name.startsWith('Ed') && jwk.alg !== undefined && jwk.alg !== name && jwk.alg !== 'EdDSA')
            throw fail('JWK "alg" does not match the requested algorithm', 'DataError');
          checkJwk(jwk, extractable, usages, name.startsWith('X') ? 'enc' : 'sig');
        });
      } else if (format === 'spki' || format === 'pkcs8') {
        object = fromSpkiOrPkcs8(format, copyBytes(data, 'keyData'), typeName);
      } else {
        throw notSupported(`Unable to import ${name} using ${format} format`);
      }
      if (object.asymmetricKeyType !== typeName) throw fail('Invalid key type', 'DataError');
      return finishImport(object, { name }, usages, extractable, publicUsages, privateUsages);
    },
    async exportKey(key, format) {
      const { object } = slotsOf(key);
      if (format === 'raw' || format === 'raw-public') {
        if (object.type !== 'public') throw fail('Unable to export a private key using raw format', 'InvalidAccessError');
        return toArrayBuffer(object[kHandle].raw(false));
      }
      const out = await exportAsymmetric(key, format);
      if (format === 'jwk' && !name.startsWith('X')) out.alg = name;
      return out;
    },
    ...more,
  };
}
function refuseContext({ context }) {
  if (context !== undefined && copyBytes(context, 'algorithm.context').length > 0)
    throw notSupported('A context is not supported by the installed OpenSSL');
}

const eddsa = {
  async sign(algorithm, key, data) {
    refuseContext(algorithm);
    needsType(key, 'private');
    return toArrayBuffer(await signWith(key, data, undefined, 0, saltDefault, false));
  },
  async verify(algorithm, key, signature, data) {
    refuseContext(algorithm);
    needsType(key, 'public');
    return signWith(key, data, undefined, 0, saltDefault, false, signature);
  },
};
okp('Ed25519', ['verify'], ['sign'], eddsa);
okp('Ed448', ['verify'], ['sign'], eddsa);
for (const name of ['X25519', 'X448'])
  okp(name, [], ['deriveKey', 'deriveBits'], { deriveBits: (algorithm, key, length) => agree(name, algorithm, key, length) });

const RSA_PKCS1_PADDING = 1;
const RSA_PKCS1_OAEP_PADDING = 4;
const RSA_PKCS1_PSS_PADDING = 6;

function rsa(name, publicUsages, privateUsages, jwkPrefix, more) {
  const jwkAlg = (hash) => (hash.startsWith('SHA3') ? undefined : jwkPrefix === 'RSA-OAEP' ? (hash === 'SHA-1' ? 'RSA-OAEP' : `RSA-OAEP-${hash.slice(4)}`) : `${jwkPrefix}${hash.slice(4)}`);
  const algorithmOf = (object, hash) => {
    const { modulusLength, publicExponent } = object.asymmetricKeyDetails;
    const hex = publicExponent.toString(16);
    return { name, modulusLength, publicExponent: new Uint8Array(Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')), hash: { name: hash } };
  };
  algorithms[name] = {
    publicUsages,
    async generateKey(algorithm, extractable, usages) {
      const { hash, modulusLength, publicExponent } = required(algorithm, 'modulusLength', 'publicExponent', 'hash');
      const hashName = hashOf(hash);
      const split = splitUsages(usages, publicUsages, privateUsages, name);
      const exponent = [...new Uint8Array(copyBytes(publicExponent, 'algorithm.publicExponent'))].reduce((sum, byte) => sum * 256 + byte, 0);
      if (exponent < 3 || exponent > 0xffffffff || exponent % 2 === 0) throw fail('The publicExponent must be equivalent to an unsigned 32-bit value', 'OperationError');
      const handles = await operation((done) => binding.keygenRsa(done, modulusLength, exponent, false));
      return pairOf(handles, { name, modulusLength, publicExponent: new Uint8Array(publicExponent), hash: { name: hashName } }, extractable, split);
    },
    async importKey(format, data, { hash }, extractable, usages) {
      const hashName = hashOf(hash);
      let object;
      if (format === 'jwk') {
        object = fromJwk(data, 'RSA', (jwk) => {
          checkJwk(jwk, extractable, usages, name === 'RSA-OAEP' ? 'enc' : 'sig');
          if (jwk.alg !== undefined && jwkAlg(hashName) !== undefined && jwk.alg !== jwkAlg(hashName)) throw fail('JWK "alg" does not match the requested algorithm', 'DataError');
        });
      } else if (format === 'spki' || format === 'pkcs8') {
        object = fromSpkiOrPkcs8(format, copyBytes(data, 'keyData'), 'rsa');
      } else {
        throw notSupported(`Unable to import ${name} using ${format} format`);
      }
      return finishImport(object, algorithmOf(object, hashName), usages, extractable, publicUsages, privateUsages);
    },
    async exportKey(key, format) {
      const out = await exportAsymmetric(key, format);
      const alg = format === 'jwk' ? jwkAlg(slotsOf(key).algorithm.hash.name) : undefined;
      if (alg !== undefined) out.alg = alg;
      return out;
    },
    ...more,
  };
}
function rsaSign(padding, saltOf) {
  return {
    async sign(algorithm, key, data) {
      needsType(key, 'private');
      const digest = hashes[slotsOf(key).algorithm.hash.name];
      return toArrayBuffer(await signWith(key, data, digest, padding, saltOf(algorithm, key), false));
    },
    async verify(algorithm, key, signature, data) {
      needsType(key, 'public');
      const digest = hashes[slotsOf(key).algorithm.hash.name];
      return signWith(key, data, digest, padding, saltOf(algorithm, key), false, signature);
    },
  };
}
rsa('RSASSA-PKCS1-v1_5', ['verify'], ['sign'], 'RS', rsaSign(RSA_PKCS1_PADDING, () => saltDefault));
// What of the modulus is left beside the digest.
function pssSalt(algorithm, key) {
  const { saltLength } = required(algorithm, 'saltLength');
  const { modulusLength, hash } = slotsOf(key).algorithm;
  const most = Math.ceil((modulusLength - 1) / 8) - binding.hashSize(hashes[hash.name])[0] - 2;
  if (saltLength >= 0 && saltLength <= most) return saltLength;
  const cause = new ERR_OUT_OF_RANGE('algorithm.saltLength', `>= 0 && <= ${most}`, saltLength);
  throw Object.assign(fail('The operation failed for an operation-specific reason', 'OperationError'), { cause });
}
rsa('RSA-PSS', ['verify'], ['sign'], 'PS', rsaSign(RSA_PKCS1_PSS_PADDING, pssSalt));
function oaep(number, type) {
  return async ({ label }, key, data) => {
    needsType(key, type);
    const { object, algorithm } = slotsOf(key);
    const labelBytes = label === undefined ? undefined : copyBytes(label, 'algorithm.label');
    return toArrayBuffer(await operation((done) => binding.rsaJob(done, number, object[kHandle], data, RSA_PKCS1_OAEP_PADDING,
                                                                  hashes[algorithm.hash.name], labelBytes)));
  };
}
rsa('RSA-OAEP', ['encrypt', 'wrapKey'], ['decrypt', 'unwrapKey'], 'RSA-OAEP', { encrypt: oaep(0, 'public'), decrypt: oaep(1, 'private') });

module.exports = { algorithms };
