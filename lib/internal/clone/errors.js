'use strict';

// What is said about values that cannot be cloned, and where in the message they are.

const types = require('internal/util/types');

const { keys: ownKeys } = Object;
const { isArray } = Array;
const { isView } = ArrayBuffer;

// Ports and their like are not copied: they have to be in the list of what is moved.
function missingTransferable(path) {
  return cloneError('Object that needs transfer was found in message but not listed in transferList', path);
}

function describe(value) {
  if (typeof value === 'function') return Function.prototype.toString.call(value);
  if (typeof value === 'symbol') return String(value);
  let name = 'Object';
  try {
    const { constructor } = value;
    if (typeof constructor === 'function' && constructor.name) name = constructor.name;
  } catch {
    // what cannot be read has no name
  }
  return `#<${name}>`;
}

function cloneError(message, path) {
  const DOMException = require('internal/domexception');
  const error = new DOMException(message, 'DataCloneError');
  if (path !== undefined && path !== '') Object.defineProperty(error, 'path', { value: path, configurable: true, writable: true });
  return error;
}

// Where in `root` the value sits, for the message that says what could not be cloned.
function pathTo(root, wanted) {
  const seen = new Set();
  const waiting = [[root, '']];
  for (let steps = 0; waiting.length > 0 && steps < 10000; steps++) {
    const [value, path] = waiting.shift();
    if (value === wanted) return path;
    if (typeof value !== 'object' || value === null || seen.has(value) || isView(value)) continue;
    seen.add(value);
    if (types.isMap(value)) {
      for (const [key, item] of Map.prototype.entries.call(value)) waiting.push([key, `${path}.keys()`], [item, `${path}.get(${String(key)})`]);
    } else if (types.isSet(value)) {
      for (const item of Set.prototype.values.call(value)) waiting.push([item, `${path}.values()`]);
    }
    for (const key of ownKeys(value)) {
      const descriptor = Object.getOwnPropertyDescriptor(value, key);
      if (descriptor === undefined || !('value' in descriptor)) continue;
      const step = isArray(value) ? `[${key}]` : /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
      waiting.push([descriptor.value, path === '' && step[0] === '.' ? step.slice(1) : path + step]);
    }
  }
  return undefined;
}

module.exports = { missingTransferable, describe, cloneError, pathTo };
