'use strict';
// A Transform that becomes one only when it is used as a stream: most hashes and ciphers never are.

const { Transform } = require('stream');

function LazyTransform(options) {
  this._options = options;
}
Object.setPrototypeOf(LazyTransform.prototype, Transform.prototype);
Object.setPrototypeOf(LazyTransform, Transform);

for (const name of ['_readableState', '_writableState']) {
  Object.defineProperty(LazyTransform.prototype, name, {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() {
      if (!(this instanceof LazyTransform) || Object.getPrototypeOf(this) === null) return undefined;
      if (!Object.hasOwn(this, '_options')) return undefined;
      // While it is made it is not to be made again.
      for (const own of ['_readableState', '_writableState']) this[own] = undefined;
      Reflect.apply(Transform, this, [{ decodeStrings: false, ...this._options }]);
      return Object.hasOwn(this, name) ? this[name] : undefined;
    },
    set(value) {
      Object.defineProperty(this, name, { __proto__: null, value, configurable: true, enumerable: true, writable: true });
    },
  });
}

module.exports = LazyTransform;
