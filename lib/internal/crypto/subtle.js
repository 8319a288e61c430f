'use strict';
// SubtleCrypto: the standard's interface over the jobs of crypto, all of which run on threads.

const { Buffer } = require('buffer');
const { codes: { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_ARG_TYPE, ERR_INVALID_THIS, ERR_MISSING_ARGS } } = require('internal/errors');
const keys = require('internal/crypto/keys');
const { CryptoKey, makeKey, slotsOf } = require('internal/crypto/webcrypto_keys');
const { cryptUsages } = require('internal/crypto/web_ciphers');
const {
  checkUsages, copyBytes, curves, fail, hashOf, notSupported, required, toArrayBuffer,
} = require('internal/crypto/web_common');

// What each algorithm can do, and how.
const algorithms = {
  __proto__: null,
  ...require('internal/crypto/web_ciphers').algorithms,
  ...require('internal/crypto/web_macs').algorithms,
  ...require('internal/crypto/web_key_pairs').algorithms,
};

function named(algorithm, operation) {
  const isObject = (typeof algorithm === 'object' && algorithm !== null) || typeof algorithm === 'function';
  const given = isObject ? required(algorithm, 'name') : { name: algorithm };
  const wanted = `${given.name}`.toUpperCase();
  for (const name of Object.keys(algorithms)) {
    if (name.toUpperCase() === wanted && algorithms[name][operation] !== undefined) return { ...given, name };
  }
  throw notSupported();
}

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
    if (object.type === 'secret') throw notSupported('key must be a private key');
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

// What takes a key and bytes and answers bytes.
function addKeyed(operation) {
  SubtleCrypto.prototype[operation] = {
    async [operation](algorithm, key, data) {
      checkThis(this);
      need(arguments, 3, 'algorithm', 'key', 'data');
      const chosen = named(algorithm, operation);
      keyFor(key, operation, chosen);
      return algorithms[chosen.name][operation](chosen, key, copyBytes(data, 'data'));
    },
  }[operation];
}
for (const operation of ['encrypt', 'decrypt', 'sign']) addKeyed(operation);

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
