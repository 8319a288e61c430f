'use strict';
// require('crypto'): each part is loaded, and with the first of them OpenSSL, when it is first used.

function part(id, names) {
  for (const name of names) {
    Object.defineProperty(exports, name, {
      __proto__: null,
      configurable: true,
      enumerable: true,
      get() {
        const value = require(id)[name];
        Object.defineProperty(exports, name, { __proto__: null, value, configurable: true, enumerable: true, writable: true });
        return value;
      },
      set(value) {
        Object.defineProperty(exports, name, { __proto__: null, value, configurable: true, enumerable: true, writable: true });
      },
    });
  }
}

part('internal/crypto/hash', ['Hash', 'Hmac', 'createHash', 'createHmac', 'hash']);
part('internal/crypto/random', ['checkPrime', 'checkPrimeSync', 'generatePrime', 'generatePrimeSync', 'randomBytes',
  'randomFill', 'randomFillSync', 'randomInt', 'randomUUID', 'randomUUIDv7']);
part('internal/crypto/kdf', ['argon2', 'argon2Sync', 'hkdf', 'hkdfSync', 'pbkdf2', 'pbkdf2Sync', 'scrypt', 'scryptSync']);
part('internal/crypto/cipher', ['Cipheriv', 'Decipheriv', 'createCipheriv', 'createDecipheriv', 'getCipherInfo']);
part('internal/crypto/keys', ['KeyObject', 'createPrivateKey', 'createPublicKey', 'createSecretKey']);
part('internal/crypto/keygen', ['generateKey', 'generateKeyPair', 'generateKeyPairSync', 'generateKeySync']);
part('internal/crypto/sign', ['Sign', 'Verify', 'createSign', 'createVerify', 'sign', 'verify']);
part('internal/crypto/rsa', ['privateDecrypt', 'privateEncrypt', 'publicDecrypt', 'publicEncrypt']);
part('internal/crypto/dh', ['DiffieHellman', 'DiffieHellmanGroup', 'ECDH', 'createDiffieHellman',
  'createDiffieHellmanGroup', 'createECDH', 'diffieHellman', 'getDiffieHellman']);
part('internal/crypto/x509', ['Certificate', 'X509Certificate']);
part('internal/crypto/util', ['getCiphers', 'getCurves', 'getHashes', 'secureHeapUsed']);
part('internal/crypto/misc', ['getFips', 'setEngine', 'setFips', 'timingSafeEqual', 'encapsulate', 'decapsulate']);
part('internal/webcrypto', ['getRandomValues']);

Object.defineProperty(exports, 'constants', {
  __proto__: null,
  configurable: false,
  enumerable: true,
  get() { return require('internal/crypto/constants'); },
});
Object.defineProperty(exports, 'webcrypto', {
  __proto__: null,
  configurable: false,
  enumerable: true,
  get() { return require('internal/webcrypto').crypto; },
  set: undefined,
});
Object.defineProperty(exports, 'subtle', {
  __proto__: null,
  configurable: false,
  enumerable: true,
  get() { return require('internal/webcrypto').crypto.subtle; },
  set: undefined,
});
Object.defineProperty(exports, 'fips', {
  __proto__: null,
  configurable: false,
  get() { return exports.getFips() === 1; },
  set(value) { exports.setFips(value); },
});
// Other names that randomBytes once had.
function oldRandomBytes(name) {
  if (!require('internal/options').get('pending-deprecation')) return exports.randomBytes;
  const value = require('util').deprecate(exports.randomBytes, `crypto.${name} is deprecated.`, 'DEP0115');
  Object.defineProperty(exports, name, { __proto__: null, value, writable: true, configurable: true, enumerable: false });
  return value;
}
for (const name of ['prng', 'pseudoRandomBytes', 'rng']) {
  Object.defineProperty(exports, name, {
    __proto__: null,
    configurable: true,
    enumerable: false,
    get() { return oldRandomBytes(name); },
    set(value) { Object.defineProperty(exports, name, { value, writable: true, configurable: true, enumerable: false }); },
  });
}
