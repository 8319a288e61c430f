'use strict';
// CryptoKey: a key object together with what it may be used for.

const { codes: { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_THIS } } = require('internal/errors');

const { kClone, kDeserialize } = require('internal/transferable');

const kKey = Symbol('key');
const kMake = Symbol('make');

class CryptoKey {
  constructor(mark, slots) {
    if (mark !== kMake) throw new ERR_ILLEGAL_CONSTRUCTOR();
    Object.defineProperty(this, kKey, { __proto__: null, value: slots });
  }

  get type() {
    return slotsOf(this).object.type;
  }

  get extractable() {
    return slotsOf(this).extractable;
  }

  get algorithm() {
    return shownOf(this).algorithm;
  }

  get usages() {
    return shownOf(this).usages;
  }

  [kClone]() {
    const { object, algorithm, usages, extractable } = slotsOf(this);
    return { data: { object, algorithm, usages, extractable }, deserializeInfo: 'internal/crypto/webcrypto_keys:ClonedCryptoKey' };
  }

  [Symbol.for('nodejs.util.inspect.custom')](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    const { type } = this;
    const { extractable, algorithm, usages } = slotsOf(this);
    return `CryptoKey ${inspect({ type, extractable, algorithm, usages },
                                { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}
for (const name of ['type', 'extractable', 'algorithm', 'usages'])
  Object.defineProperty(CryptoKey.prototype, name, { enumerable: true });
Object.defineProperty(CryptoKey.prototype, Symbol.toStringTag, { __proto__: null, configurable: true, value: 'CryptoKey' });

function slotsOf(key) {
  const slots = key?.[kKey];
  if (slots === undefined) throw new ERR_INVALID_THIS('CryptoKey');
  return slots;
}

// A program gets copies, its own for each key: what it does with them changes nothing of what the key may be used for.
function shownOf(key) {
  const slots = slotsOf(key);
  if (slots.shown === undefined) {
    const { algorithm, usages } = slots;
    const copy = { ...algorithm };
    if (copy.hash !== undefined) copy.hash = { ...copy.hash };
    if (copy.publicExponent !== undefined) copy.publicExponent = new Uint8Array(copy.publicExponent);
    slots.shown = { algorithm: copy, usages: [...usages] };
  }
  return slots.shown;
}

const order = ['encrypt', 'decrypt', 'sign', 'verify', 'deriveKey', 'deriveBits', 'wrapKey', 'unwrapKey'];

function makeKey(object, algorithm, usages, extractable) {
  const sorted = order.filter((usage) => usages.includes(usage));
  return new CryptoKey(kMake, { object, algorithm, usages: sorted, extractable });
}

const keyObjectOf = (key) => slotsOf(key).object;

function fromKeyObject(object, algorithm, extractable, usages) {
  return require('internal/crypto/subtle').importObject(object, algorithm, Boolean(extractable), usages);
}

class ClonedCryptoKey {
  [kDeserialize]({ object, algorithm, usages, extractable }) {
    return makeKey(object, algorithm, usages, extractable);
  }
}

module.exports = { ClonedCryptoKey, CryptoKey, fromKeyObject, keyObjectOf, makeKey, slotsOf };
