'use strict';
// SubtleCrypto.

const binding = require('internal/crypto/binding');
const { codes: { ERR_ILLEGAL_CONSTRUCTOR } } = require('internal/errors');
const { isBytes, jobPromise, plain } = require('internal/crypto/util');

const kMake = Symbol('make');

class SubtleCrypto {
  constructor(mark) {
    if (mark !== kMake) throw new ERR_ILLEGAL_CONSTRUCTOR();
  }

  async digest(algorithm, data) {
    const name = `${typeof algorithm === 'string' ? algorithm : algorithm.name}`.toUpperCase();
    if (!/^SHA-(?:1|256|384|512)$/.test(name))
      throw new DOMException('Unrecognized algorithm name', 'NotSupportedError');
    if (!isBytes(data)) throw new TypeError('The data argument must be an ArrayBuffer or a view of one');
    return jobPromise((done) => binding.digestJob(done, name.replace('-', ''), plain(data), -1));
  }
}
Object.defineProperty(SubtleCrypto.prototype, Symbol.toStringTag, { __proto__: null, configurable: true, value: 'SubtleCrypto' });

module.exports = { SubtleCrypto, subtle: new SubtleCrypto(kMake) };
