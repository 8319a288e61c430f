'use strict';
// process.env: the environment itself, seen through a proxy, so that what a program sets is what its
// children and the C library see.

const binding = internalBinding('process');

let warned = false;
function text(value) {
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean' && !warned &&
      require('internal/options').get('pending-deprecation') === true) {
    warned = true;
    process.emitWarning('Assigning any value other than a string, number, or boolean to a process.env property is ' +
      'deprecated. Please make sure to convert the value to a string before setting process.env with it.',
    'DeprecationWarning', 'DEP0104');
  }
  return `${value}`;
}

// An environment of its own for whoever wants one (worker threads).
function wrap({ get, set, unset, names }) {
  return new Proxy({}, {
    get(target, name) {
      if (typeof name === 'symbol') return target[name];
      return get(name) ?? target[name];
    },
    set(target, name, value) {
      if (typeof name === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
      set(name, text(value));
      return true;
    },
    has(target, name) { return typeof name !== 'symbol' && (get(name) !== undefined || name in target); },
    deleteProperty(target, name) {
      if (typeof name !== 'symbol') unset(name);
      return true;
    },
    ownKeys() { return [...new Set(names())]; },
    getOwnPropertyDescriptor(target, name) {
      const value = typeof name === 'symbol' ? undefined : get(name);
      return value === undefined ? undefined : { value, writable: true, enumerable: true, configurable: true };
    },
    defineProperty(target, name, descriptor) {
      if (typeof name === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
      const { codes: { ERR_INVALID_OBJECT_DEFINE_PROPERTY } } = require('internal/errors');
      if (!('get' in descriptor || 'set' in descriptor)) {
        if (!descriptor.configurable || !descriptor.writable || !descriptor.enumerable) {
          throw new ERR_INVALID_OBJECT_DEFINE_PROPERTY(
            "'process.env' only accepts a configurable, writable, and enumerable data descriptor");
        }
        set(name, text(descriptor.value));
        return true;
      }
      throw new ERR_INVALID_OBJECT_DEFINE_PROPERTY(
        "'process.env' does not accept an accessor(getter/setter) descriptor");
    },
  });
}

// The lines of an .env file's text; a later one of the same name counts.
function parse(content) {
  const lines = binding.envParse(content);
  const values = { __proto__: null };
  for (let i = 0; i < lines.length; i += 2) values[lines[i]] = lines[i + 1];
  return values;
}

module.exports = {
  parse,
  wrap,
  env: wrap({ get: binding.envGet, set: binding.envSet, unset: binding.envUnset, names: binding.envNames }),
};
