'use strict';
// SubtleCrypto: the standard's interface over the jobs of crypto, all of which run on threads.

const binding = require('internal/crypto/binding');
const { Buffer } = require('buffer');
const { DOMException, codes: { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_ARG_TYPE, ERR_INVALID_THIS, ERR_MISSING_ARGS, ERR_OUT_OF_RANGE } } = require('internal/errors');
const { isSharedArrayBuffer } = require('internal/util/types');
const { isBytes, jobPromise, kHandle, plain } = require('internal/crypto/util');
const keys = require('internal/crypto/keys');
const { CryptoKey, makeKey, slotsOf } = require('internal/crypto/webcrypto_keys');

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

// --- Algorithms: what each can do, and how.

const algorithms = { __proto__: null };

function named(algorithm, operation) {
  const isObject = (typeof algorithm === 'object' && algorithm !== null) || typeof algorithm === 'function';
  const given = isObject ? required(algorithm, 'name') : { name: algorithm };
  const wanted = `${given.name}`.toUpperCase();
  for (const name of Object.keys(algorithms)) {
    if (name.toUpperCase() === wanted && algorithms[name][operation] !== undefined) return { ...given, name };
  }
  throw notSupported();
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

// Ciphers. Those that came after the standard's first edition take their keys as 'raw-secret' only.
function cipher(name, { lengths, jwkAlg, takesRaw = true, fixedLength }, usages, crypt) {
  const checkLength = (length) => {
    if (!lengths.includes(length)) throw fail('Invalid key length', 'OperationError');
  };
  const isRaw = (format) => format === 'raw-secret' || (takesRaw && format === 'raw');
  const full = (length) => (fixedLength === undefined ? { name, length } : { name });
  algorithms[name] = {
    async generateKey(algorithm, extractable, wanted) {
      const length = fixedLength ?? required(algorithm, 'length').length;
      checkLength(length);
      checkUsages(wanted, usages, name);
      if (wanted.length === 0) throw fail('Usages cannot be empty when creating a key.', 'SyntaxError');
      const bytes = Buffer.alloc(length / 8);
      binding.randomFill(undefined, bytes, 0, bytes.length);
      return makeKey(secretObject(bytes), full(length), wanted, extractable);
    },
    async importKey(format, data, algorithm, extractable, wanted) {
      checkUsages(wanted, usages, name);
      if (wanted.length === 0) throw fail('Usages cannot be empty when importing a secret key.', 'SyntaxError');
      let bytes;
      if (isRaw(format)) bytes = copyBytes(data, 'keyData');
      else if (format === 'jwk') {
        bytes = decodeSecretJwk(data);
        checkJwk(data, extractable, wanted, 'enc');
        if (data.alg !== undefined && data.alg !== jwkAlg(bytes.length * 8)) throw fail('JWK "alg" does not match the requested algorithm', 'DataError');
      } else throw notSupported(`Unable to import ${name} using ${format} format`);
      if (!lengths.includes(bytes.length * 8)) throw fail('Invalid key length', 'DataError');
      return makeKey(secretObject(bytes), full(bytes.length * 8), wanted, extractable);
    },
    async exportKey(key, format) {
      const bytes = slotsOf(key).object.export();
      if (isRaw(format)) return toArrayBuffer(bytes);
      if (format === 'jwk') return { kty: 'oct', k: bytes.toString('base64url'), alg: jwkAlg(bytes.length * 8) };
      throw notSupported(`Unable to export a secret key using ${format} format`);
    },
    keyLength: (algorithm) => {
      const length = fixedLength ?? required(algorithm, 'length').length;
      checkLength(length);
      return length;
    },
    ...crypt,
  };
}

function aes(name, mode, usages, crypt, takesRaw) {
  const suffix = mode === 'wrap' ? 'KW' : mode.toUpperCase();
  cipher(name, { lengths: [128, 192, 256], jwkAlg: (length) => `A${length}${suffix}`, takesRaw }, usages, crypt);
}

function aesJob(key, mode, encrypts, iv, data, tagBytes = 0, aad) {
  const { object, algorithm } = slotsOf(key);
  return operation((done) => binding.cipherJob(done, encrypts, `aes-${algorithm.length}-${mode}`, object[kHandle], iv, data, tagBytes, aad));
}

function ivOf(value, name, length) {
  const iv = copyBytes(value, `algorithm.${name}`);
  if (length !== undefined && iv.byteLength !== length)
    throw fail(`algorithm.${name} must contain exactly ${length} bytes`, 'OperationError');
  return iv;
}

const cryptUsages = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey'];
const cbc = (encrypts) => async (algorithm, key, data) =>
  aesJob(key, 'cbc', encrypts, ivOf(required(algorithm, 'iv').iv, 'iv', 16), data);
aes('AES-CBC', 'cbc', cryptUsages, { encrypt: cbc(true), decrypt: cbc(false) });

// A counter of fewer bits than the block wraps by itself: OpenSSL would carry into the nonce.
async function ctrCrypt(algorithm, key, data) {
  const { counter, length } = required(algorithm, 'counter', 'length');
  const block = ivOf(counter, 'counter', 16);
  if (!(length >= 1 && length <= 128)) throw fail('AES-CTR algorithm.length must be between 1 and 128', 'OperationError');
  const blocks = BigInt(Math.ceil(data.byteLength / 16));
  const size = 1n << BigInt(length);
  if (blocks > size) throw fail('The counter would repeat', 'OperationError');
  const value = BigInt(`0x${block.toString('hex')}`);
  const low = value & (size - 1n);
  const before = size - low;
  if (blocks <= before) return aesJob(key, 'ctr', true, block, data);
  const at = Number(before) * 16;
  const wrapped = Buffer.from((value - low).toString(16).padStart(32, '0'), 'hex');
  const first = await aesJob(key, 'ctr', true, block, data.subarray(0, at));
  const second = await aesJob(key, 'ctr', true, wrapped, data.subarray(at));
  return toArrayBuffer(Buffer.concat([Buffer.from(first), Buffer.from(second)]));
}
aes('AES-CTR', 'ctr', cryptUsages, { encrypt: ctrCrypt, decrypt: ctrCrypt });

// Ciphers that vouch for what they encrypt.
function authenticated(name, tagLengths, checkIv, cipherOf) {
  const crypt = (encrypts) => async (algorithm, key, data) => {
    const { iv, additionalData, tagLength = 128 } = required(algorithm, 'iv');
    if (!tagLengths.includes(tagLength)) throw fail(`${tagLength} is not a valid ${name} tag length`, 'OperationError');
    if (!encrypts && data.byteLength < tagLength / 8) throw fail('The provided data is too small.', 'OperationError');
    const aad = additionalData === undefined ? undefined : copyBytes(additionalData, 'algorithm.additionalData');
    const nonce = checkIv(iv);
    const { object, algorithm: { length } } = slotsOf(key);
    return operation((done) => binding.cipherJob(done, encrypts, cipherOf(length), object[kHandle], nonce, data, tagLength / 8, aad));
  };
  return { encrypt: crypt(true), decrypt: crypt(false) };
}
aes('AES-GCM', 'gcm', cryptUsages, authenticated('AES-GCM', [32, 64, 96, 104, 112, 120, 128], (iv) => ivOf(iv, 'iv'),
                                                 (length) => `aes-${length}-gcm`));
aes('AES-OCB', 'ocb', cryptUsages, authenticated('AES-OCB', [64, 96, 128], (iv) => {
  const nonce = ivOf(iv, 'iv');
  if (nonce.length < 1 || nonce.length > 15) throw fail('AES-OCB algorithm.iv must be no more than 15 bytes', 'OperationError');
  return nonce;
}, (length) => `aes-${length}-ocb`), false);
cipher('ChaCha20-Poly1305', { lengths: [256], fixedLength: 256, jwkAlg: () => 'C20P', takesRaw: false }, cryptUsages,
       authenticated('ChaCha20-Poly1305', [128], (iv) => ivOf(iv, 'iv', 12), () => 'chacha20-poly1305'));

const kwIv = Buffer.alloc(8, 0xa6);
const kw = (encrypts) => (algorithm, key, data) => {
  const { object, algorithm: { length } } = slotsOf(key);
  return operation((done) => binding.cipherJob(done, encrypts, `id-aes${length}-wrap`, object[kHandle], kwIv, data, 0));
};
aes('AES-KW', 'wrap', ['wrapKey', 'unwrapKey'], { wrapKey: kw(true), unwrapKey: kw(false) });

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

// --- The interface

const kMake = Symbol('make');

function checkThis(self) {
  if (self !== subtle) throw new ERR_INVALID_THIS('SubtleCrypto');
}

function need(args, count, ...argNames) {
  if (args.length < count) throw new ERR_MISSING_ARGS(...argNames.slice(0, count).map((name) => name));
}

function keyFor(key, usage, algorithm, name = 'key') {
  if (!(key instanceof CryptoKey)) throw new ERR_INVALID_ARG_TYPE(name, 'CryptoKey', key);
  const slots = slotsOf(key);
  const isOfAlgorithm = slots.algorithm.name === algorithm.name;
  if (isOfAlgorithm && slots.usages.includes(usage)) return;
  if (usage === 'sign' || usage === 'verify') throw fail(`Unable to use this key to ${usage}`, 'InvalidAccessError');
  if (usage === 'encrypt' || usage === 'decrypt') throw fail('The requested operation is not valid for the provided key', 'InvalidAccessError');
  if (!isOfAlgorithm) throw fail('Key algorithm mismatch', 'InvalidAccessError');
  throw fail(`${name} does not have ${usage} usage`, 'InvalidAccessError');
}

function usagesOf(usages) {
  if (!Array.isArray(usages)) throw new ERR_INVALID_ARG_TYPE('keyUsages', 'Array', usages);
  const known = ['encrypt', 'decrypt', 'sign', 'verify', 'deriveKey', 'deriveBits', 'wrapKey', 'unwrapKey'];
  for (const usage of usages)
    if (!known.includes(usage)) throw Object.assign(new TypeError(`'${usage}' is not a valid enum value of type KeyUsage.`), { code: 'ERR_INVALID_ARG_VALUE' });
  return [...new Set(usages)];
}

async function exportKey(format, key) {
  if (!(key instanceof CryptoKey)) throw new ERR_INVALID_ARG_TYPE('key', 'CryptoKey', key);
  const slots = slotsOf(key);
  const { exportKey: run } = algorithms[slots.algorithm.name];
  if (run === undefined) throw notSupported(`${slots.algorithm.name} key export is not supported`);
  if (!slots.extractable) throw fail('key is not extractable', 'InvalidAccessException');
  const out = await run(key, format);
  return format === 'jwk' ? { ...out, key_ops: slots.usages, ext: slots.extractable } : out;
}

async function importKey(format, data, algorithm, extractable, usages) {
  usages = usagesOf(usages);
  const chosen = named(algorithm, 'importKey');
  return algorithms[chosen.name].importKey(format, data, chosen, Boolean(extractable), usages);
}

const operations = ['encrypt', 'decrypt', 'sign', 'verify', 'digest', 'generateKey', 'deriveKey', 'deriveBits', 'importKey', 'exportKey',
  'wrapKey', 'unwrapKey'];

// Whether an algorithm is known for an operation; for keys that are derived, wrapped and unwrapped also that of the key.
function isSupported(name, algorithm, more) {
  try {
    if (name === 'deriveKey' || name === 'deriveBits') named(algorithm, 'deriveBits');
    else if (name === 'wrapKey' || name === 'unwrapKey') wrapper(algorithm, name, name === 'wrapKey' ? 'encrypt' : 'decrypt');
    else named(algorithm, name);
    if (name === 'deriveKey' && more !== undefined) named(more, 'keyLength');
    if (name === 'wrapKey' && more !== undefined) named(more, 'exportKey');
    if (name === 'unwrapKey' && more !== undefined) named(more, 'importKey');
    return true;
  } catch {
    return false;
  }
}

class SubtleCrypto {
  constructor(mark) {
    if (mark !== kMake) throw new ERR_ILLEGAL_CONSTRUCTOR();
  }

  static supports(operation, algorithm, lengthOrAlgorithm) {
    if (this !== SubtleCrypto) throw new ERR_INVALID_THIS('SubtleCrypto constructor');
    need(arguments, 2, 'operation', 'algorithm');
    const more = typeof lengthOrAlgorithm === 'number' || lengthOrAlgorithm === null ? undefined : lengthOrAlgorithm;
    return operations.includes(`${operation}`) && isSupported(`${operation}`, algorithm, more);
  }

  async digest(algorithm, data) {
    checkThis(this);
    need(arguments, 2, 'algorithm', 'data');
    const chosen = named(algorithm, 'digest');
    return algorithms[chosen.name].digest(chosen, copyBytes(data, 'data'));
  }

  async generateKey(algorithm, extractable, keyUsages) {
    checkThis(this);
    need(arguments, 3, 'algorithm', 'extractable', 'keyUsages');
    const usages = usagesOf(keyUsages);
    const chosen = named(algorithm, 'generateKey');
    return algorithms[chosen.name].generateKey(chosen, Boolean(extractable), usages);
  }

  async importKey(format, keyData, algorithm, extractable, keyUsages) {
    checkThis(this);
    need(arguments, 4, 'format', 'keyData', 'algorithm', 'extractable');
    return importKey(format, keyData, algorithm, extractable, keyUsages);
  }

  async exportKey(format, key) {
    checkThis(this);
    need(arguments, 2, 'format', 'key');
    return exportKey(format, key);
  }

  async encrypt(algorithm, key, data) {
    checkThis(this);
    need(arguments, 3, 'algorithm', 'key', 'data');
    const chosen = named(algorithm, 'encrypt');
    keyFor(key, 'encrypt', chosen);
    return algorithms[chosen.name].encrypt(chosen, key, copyBytes(data, 'data'));
  }

  async decrypt(algorithm, key, data) {
    checkThis(this);
    need(arguments, 3, 'algorithm', 'key', 'data');
    const chosen = named(algorithm, 'decrypt');
    keyFor(key, 'decrypt', chosen);
    return algorithms[chosen.name].decrypt(chosen, key, copyBytes(data, 'data'));
  }

  async sign(algorithm, key, data) {
    checkThis(this);
    need(arguments, 3, 'algorithm', 'key', 'data');
    const chosen = named(algorithm, 'sign');
    keyFor(key, 'sign', chosen);
    return algorithms[chosen.name].sign(chosen, key, copyBytes(data, 'data'));
  }

  async verify(algorithm, key, signature, data) {
    checkThis(this);
    need(arguments, 4, 'algorithm', 'key', 'signature', 'data');
    const chosen = named(algorithm, 'verify');
    keyFor(key, 'verify', chosen);
    return algorithms[chosen.name].verify(chosen, key, copyBytes(signature, 'signature'), copyBytes(data, 'data'));
  }

  async deriveBits(algorithm, baseKey, length = null) {
    checkThis(this);
    need(arguments, 2, 'algorithm', 'baseKey');
    const chosen = named(algorithm, 'deriveBits');
    keyFor(baseKey, 'deriveBits', chosen, 'baseKey');
    return algorithms[chosen.name].deriveBits(chosen, baseKey, length);
  }

  async deriveKey(algorithm, baseKey, derivedKeyAlgorithm, extractable, keyUsages) {
    checkThis(this);
    need(arguments, 5, 'algorithm', 'baseKey', 'derivedKeyAlgorithm', 'extractable', 'keyUsages');
    const chosen = named(algorithm, 'deriveBits');
    const derived = named(derivedKeyAlgorithm, 'keyLength');
    keyFor(baseKey, 'deriveKey', chosen, 'baseKey');
    const bits = await algorithms[chosen.name].deriveBits(chosen, baseKey, algorithms[derived.name].keyLength(derived));
    return importKey('raw-secret', bits, derivedKeyAlgorithm, extractable, keyUsages);
  }

  async getPublicKey(key, keyUsages) {
    checkThis(this);
    need(arguments, 2, 'key', 'keyUsages');
    const usages = usagesOf(keyUsages);
    if (!(key instanceof CryptoKey)) throw new ERR_INVALID_ARG_TYPE('key', 'CryptoKey', key);
    const { object, algorithm } = slotsOf(key);
    if (object.type === 'secret') throw notSupported(`Unable to get a public key of a secret key`);
    if (object.type !== 'private') throw fail('key must be a private key', 'InvalidAccessError');
    checkUsages(usages, algorithms[algorithm.name].publicUsages, algorithm.name);
    return makeKey(keys.createPublicKey(object), algorithm, usages, true);
  }

  async wrapKey(format, key, wrappingKey, wrapAlgorithm) {
    checkThis(this);
    need(arguments, 4, 'format', 'key', 'wrappingKey', 'wrapAlgorithm');
    const chosen = wrapper(wrapAlgorithm, 'wrapKey', 'encrypt');
    keyFor(wrappingKey, 'wrapKey', chosen, 'wrappingKey');
    const exported = await exportKey(format, key);
    let bytes = format === 'jwk' ? Buffer.from(JSON.stringify(exported)) : Buffer.from(exported);
    // AES-KW takes whole blocks of eight bytes.
    if (format === 'jwk' && chosen.name === 'AES-KW' && bytes.length % 8)
      bytes = Buffer.concat([bytes, Buffer.alloc(8 - (bytes.length % 8), ' ')]);
    const { wrapKey, encrypt } = algorithms[chosen.name];
    return toArrayBuffer(await (wrapKey ?? encrypt)(chosen, wrappingKey, bytes));
  }

  async unwrapKey(format, wrappedKey, unwrappingKey, unwrapAlgorithm, unwrappedKeyAlgorithm, extractable, keyUsages) {
    checkThis(this);
    need(arguments, 7, 'format', 'wrappedKey', 'unwrappingKey', 'unwrapAlgorithm', 'unwrappedKeyAlgorithm', 'extractable', 'keyUsages');
    const chosen = wrapper(unwrapAlgorithm, 'unwrapKey', 'decrypt');
    keyFor(unwrappingKey, 'unwrapKey', chosen, 'unwrappingKey');
    const { unwrapKey, decrypt } = algorithms[chosen.name];
    const bytes = await (unwrapKey ?? decrypt)(chosen, unwrappingKey, copyBytes(wrappedKey, 'wrappedKey'));
    let data = bytes;
    if (format === 'jwk') {
      try {
        data = JSON.parse(Buffer.from(bytes).toString());
      } catch {
        throw fail('Invalid wrapped JWK key', 'DataError');
      }
    }
    return importKey(format, data, unwrappedKeyAlgorithm, extractable, keyUsages);
  }
}

function wrapper(algorithm, own, general) {
  try {
    return named(algorithm, own);
  } catch {
    return named(algorithm, general);
  }
}

for (const name of Object.getOwnPropertyNames(SubtleCrypto.prototype))
  if (name !== 'constructor') Object.defineProperty(SubtleCrypto.prototype, name, { enumerable: true });
Object.defineProperty(SubtleCrypto.prototype, Symbol.toStringTag, { __proto__: null, configurable: true, value: 'SubtleCrypto' });

const subtle = new SubtleCrypto(kMake);

// KeyObject.prototype.toCryptoKey: an import without the bytes leaving and entering C more than once.
function importObject(object, algorithm, extractable, usages) {
  usages = usagesOf(usages);
  const chosen = named(algorithm, 'importKey');
  const { type } = object;
  const sign = { '__proto__': null, 'ECDSA': 1, 'Ed25519': 1, 'Ed448': 1, 'RSA-PSS': 1, 'RSASSA-PKCS1-v1_5': 1 };
  const agreement = { __proto__: null, ECDH: 1, X25519: 1, X448: 1 };
  let allowed;
  if (chosen.name === 'HMAC') allowed = ['sign', 'verify'];
  else if (chosen.name === 'HKDF' || chosen.name === 'PBKDF2') allowed = ['deriveKey', 'deriveBits'];
  else if (chosen.name === 'AES-KW') allowed = ['wrapKey', 'unwrapKey'];
  else if (chosen.name.startsWith('AES') || chosen.name === 'ChaCha20-Poly1305') allowed = cryptUsages;
  else if (chosen.name in sign) allowed = [type === 'private' ? 'sign' : 'verify'];
  else if (chosen.name in agreement) allowed = type === 'private' ? ['deriveKey', 'deriveBits'] : [];
  else allowed = type === 'private' ? ['decrypt', 'unwrapKey'] : ['encrypt', 'wrapKey'];
  checkUsages(usages, allowed, chosen.name);
  if (type !== 'public' && usages.length === 0) throw fail(`Usages cannot be empty when importing a ${type} key.`, 'SyntaxError');
  const full = { name: chosen.name };
  if (type === 'secret') {
    if (chosen.name === 'HMAC') {
      full.length = object.symmetricKeySize * 8;
      full.hash = { name: hashOf(chosen.hash) };
      if (full.length === 0) throw fail('Zero-length key is not supported', 'DataError');
    } else if (chosen.name.startsWith('AES')) {
      full.length = object.symmetricKeySize * 8;
      if (![128, 192, 256].includes(full.length)) throw fail('Invalid key length', 'DataError');
    } else if (chosen.name === 'ChaCha20-Poly1305') {
      if (object.symmetricKeySize !== 32) throw fail('Invalid key length', 'DataError');
    } else if (extractable) {
      throw fail(`${chosen.name} keys are not extractable`, 'SyntaxError');
    }
  } else if (chosen.name.startsWith('RSA')) {
    if (object.asymmetricKeyType !== 'rsa') throw fail('Invalid key type', 'DataError');
    const { modulusLength, publicExponent } = object.asymmetricKeyDetails;
    const hex = publicExponent.toString(16);
    Object.assign(full, { modulusLength, publicExponent: new Uint8Array(Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')),
      hash: { name: hashOf(chosen.hash) } });
  } else if (chosen.name.startsWith('EC')) {
    if (object.asymmetricKeyType !== 'ec') throw fail('Invalid key type', 'DataError');
    if (object.asymmetricKeyDetails.namedCurve !== curves[chosen.namedCurve]) throw fail('Named curve mismatch', 'DataError');
    full.namedCurve = chosen.namedCurve;
  } else if (object.asymmetricKeyType !== chosen.name.toLowerCase()) {
    throw fail('Invalid key type', 'DataError');
  }
  return makeKey(object, full, usages, extractable);
}

module.exports = { SubtleCrypto, importObject, subtle };
