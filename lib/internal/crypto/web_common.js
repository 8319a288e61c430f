'use strict';
// What the algorithms of webcrypto share: names of digests and curves, checks of what a program asked for, keys in the
// forms of the standard.

const binding = require('internal/crypto/binding');
const { Buffer } = require('buffer');
const { DOMException, codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { isSharedArrayBuffer } = require('internal/util/types');
const { isBytes, jobPromise, plain } = require('internal/crypto/util');
const keys = require('internal/crypto/keys');
const { makeKey, slotsOf } = require('internal/crypto/webcrypto_keys');

const fail = (message, name) => new DOMException(message, name);
const notSupported = (message = 'Unrecognized algorithm name') => fail(message, 'NotSupportedError');

const hashes = { '__proto__': null, 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512',
  'SHA3-256': 'sha3-256', 'SHA3-384': 'sha3-384', 'SHA3-512': 'sha3-512' };
const blockBits = { '__proto__': null, 'SHA-1': 512, 'SHA-256': 512, 'SHA-384': 1024, 'SHA-512': 1024,
  'SHA3-256': 1088, 'SHA3-384': 832, 'SHA3-512': 576 };
const curves = { '__proto__': null, 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' };

const toArrayBuffer = (buffer) => {
  if (buffer instanceof ArrayBuffer) return buffer;
  return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength);
};

function copyBytes(value, name) {
  if (!isBytes(value))
    throw Object.assign(new TypeError(`${name} is not instance of ArrayBuffer, Buffer, TypedArray, or DataView.`), { code: 'ERR_INVALID_ARG_TYPE' });
  const view = plain(value);
  if (isSharedArrayBuffer(ArrayBuffer.isView(view) ? view.buffer : view))
    throw Object.assign(new TypeError(`${name} is a view on a SharedArrayBuffer, which is not allowed.`), { code: 'ERR_INVALID_ARG_TYPE' });
  return Buffer.from(view instanceof Uint8Array ? view : new Uint8Array(view));
}

const missing = (name) => Object.assign(new TypeError(`'${name}' is required`), { code: 'ERR_MISSING_OPTION' });

function required(algorithm, ...names) {
  for (const name of names) if (algorithm[name] === undefined) throw missing(name);
  return algorithm;
}

function hashOf(hash) {
  const name = `${typeof hash === 'object' && hash !== null ? hash.name : hash}`.toUpperCase();
  if (hash === undefined) throw missing('hash');
  if (hashes[name] === undefined) throw notSupported();
  return name;
}

function checkUsages(usages, allowed, what = 'key') {
  for (const usage of usages) if (!allowed.includes(usage)) throw fail(`Unsupported key usage for a ${what} key`, 'SyntaxError');
}

function splitUsages(usages, publicAllowed, privateAllowed, name) {
  checkUsages(usages, [...publicAllowed, ...privateAllowed], name);
  return [usages.filter((usage) => publicAllowed.includes(usage)), usages.filter((usage) => privateAllowed.includes(usage))];
}

const secretObject = (bytes) => keys.createSecretKey(bytes);
const job = (start) => jobPromise(start);

async function operation(start) {
  try {
    return await job(start);
  } catch (error) {
    throw Object.assign(fail('The operation failed for an operation-specific reason', 'OperationError'), { cause: error });
  }
}

const FEW_BYTES = 16384; // are hashed faster than a thread wakes

function digestBytes(name, data, length = -1) {
  if (data.length <= FEW_BYTES) return binding.digestJob(undefined, name, data, length);
  return job((done) => binding.digestJob(done, name, data, length));
}

// Keys come in and go out in the forms of the standard.
function fromSpkiOrPkcs8(format, data, typeName, name) {
  let object;
  try {
    const handle = binding.keyParse(format === 'pkcs8', data, 'der', format, undefined);
    object = keys.wrapHandle(format === 'pkcs8' ? 'private' : 'public', handle);
  } catch (error) {
    throw Object.assign(fail('Invalid keyData', 'DataError'), { cause: error });
  }
  if (object.asymmetricKeyType !== typeName) throw fail('Invalid key type', 'DataError');
  return object;
}

function fromJwk(jwk, kty, check) {
  if (typeof jwk !== 'object' || jwk === null || isBytes(jwk))
    throw new ERR_INVALID_ARG_TYPE('keyData', 'JsonWebKey', jwk);
  if (jwk.kty !== kty) throw fail('Invalid JWK "kty" Parameter', 'DataError');
  check?.(jwk);
  const isPrivate = jwk.d !== undefined;
  try {
    return keys.wrapHandle(isPrivate ? 'private' : 'public', keys.handleFromJwk(jwk, isPrivate));
  } catch (error) {
    throw Object.assign(fail('Invalid keyData', 'DataError'), { cause: error });
  }
}

function checkJwk(jwk, extractable, usages, use) {
  if (usages.length > 0 && jwk.use !== undefined && jwk.use !== use) throw fail('Invalid JWK "use" Parameter', 'DataError');
  if (jwk.key_ops !== undefined) {
    if (!Array.isArray(jwk.key_ops) || usages.some((usage) => !jwk.key_ops.includes(usage)))
      throw fail('Key operations and usage mismatch', 'DataError');
  }
  if (jwk.ext === false && extractable) throw fail('JWK "ext" Parameter and extractable mismatch', 'DataError');
}

function decodeSecretJwk(jwk) {
  if (typeof jwk !== 'object' || jwk === null || isBytes(jwk)) throw new ERR_INVALID_ARG_TYPE('keyData', 'JsonWebKey', jwk);
  if (jwk.kty !== 'oct') throw fail('Invalid JWK "kty" Parameter', 'DataError');
  if (typeof jwk.k !== 'string') throw fail('Invalid keyData', 'DataError');
  return Buffer.from(jwk.k, 'base64url');
}

function finishImport(object, algorithm, usages, extractable, publicAllowed, privateAllowed) {
  checkUsages(usages, object.type === 'private' ? privateAllowed : publicAllowed, algorithm.name);
  if (object.type === 'private' && usages.length === 0)
    throw fail('Usages cannot be empty when importing a private key.', 'SyntaxError');
  return makeKey(object, algorithm, usages, extractable);
}

async function exportAsymmetric(key, format) {
  const { object } = slotsOf(key);
  if (format === 'jwk') return keys.jwkOf(object);
  if (format === 'spki' && object.type === 'public') return toArrayBuffer(object.export({ format: 'der', type: 'spki' }));
  if (format === 'pkcs8' && object.type === 'private') return toArrayBuffer(object.export({ format: 'der', type: 'pkcs8' }));
  if (format === 'spki' || format === 'pkcs8')
    throw fail(`Unable to export a ${object.type} key using ${format} format`, 'InvalidAccessError');
  throw notSupported(`Unable to export a ${object.type} key using ${format} format`);
}

module.exports = {
  blockBits, checkJwk, checkUsages, copyBytes, curves, decodeSecretJwk, digestBytes, exportAsymmetric, fail, finishImport,
  fromJwk, fromSpkiOrPkcs8, hashOf, hashes, job, missing, notSupported, operation, required, secretObject, splitUsages,
  toArrayBuffer,
};
