'use strict';
// Webcrypto's ciphers: what each can do, and how.

const binding = require('internal/crypto/binding');
const { Buffer } = require('buffer');
const { kHandle } = require('internal/crypto/util');
const { makeKey, slotsOf } = require('internal/crypto/webcrypto_keys');
const {
  checkJwk, checkUsages, copyBytes, decodeSecretJwk, fail, notSupported, operation, required, secretObject, toArrayBuffer,
} = require('internal/crypto/web_common');

const algorithms = { __proto__: null };

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

module.exports = { algorithms, cryptUsages };
