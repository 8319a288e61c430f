'use strict';
// globalThis.crypto. What only needs random numbers does not load the rest.

const { codes: { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_THIS, ERR_MISSING_ARGS } } = require('internal/errors');

const kMake = Symbol('make');

class Crypto {
  constructor(mark) {
    if (mark !== kMake) throw new ERR_ILLEGAL_CONSTRUCTOR();
  }

  get subtle() {
    if (this !== crypto) throw new ERR_INVALID_THIS('Crypto');
    return require('internal/crypto/subtle').subtle;
  }

  getRandomValues(array) {
    if (this !== crypto) throw new ERR_INVALID_THIS('Crypto');
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('array');
    return require('internal/crypto/random').getRandomValues(array);
  }

  randomUUID(options) {
    if (this !== crypto) throw new ERR_INVALID_THIS('Crypto');
    return require('internal/crypto/random').randomUUID(options);
  }
}
for (const name of ['subtle', 'getRandomValues', 'randomUUID'])
  Object.defineProperty(Crypto.prototype, name, { enumerable: true });
Object.defineProperty(Crypto.prototype, Symbol.toStringTag, { __proto__: null, configurable: true, value: 'Crypto' });

const crypto = new Crypto(kMake);

module.exports = {
  Crypto,
  crypto,
  getRandomValues(array) { return Reflect.apply(Crypto.prototype.getRandomValues, crypto, [array]); },
  get CryptoKey() { return require('internal/crypto/webcrypto_keys').CryptoKey; },
  get SubtleCrypto() { return require('internal/crypto/subtle').SubtleCrypto; },
};
