'use strict';

// When are two values the same? Strictly, loosely (as `==` sees primitives), or partially (the second is contained in the first).

const { hasOnlyElements, kindsOf, objectKind } = require('internal/util/engine');
const types = require('internal/util/types');
const { compare } = internalBinding('buffer');

const kStrict = 0;
const kLoose = 1;
const kPartial = 2;
// As strict as kStrict, for values of any prototype.
const kAnyPrototype = 3;

const isEnumerable = Object.prototype.propertyIsEnumerable;
const toStringTag = Object.prototype.toString;
const typedArrayTag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;

function isObject(value) {
  return value !== null && typeof value === 'object';
}

function isError(value) {
  return types.isNativeError(value) || value instanceof Error;
}

function sameBytes(a, b) {
  if (a.byteLength !== b.byteLength)
    return false;
  const left = new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
  const right = new Uint8Array(b.buffer, b.byteOffset, b.byteLength);
  return compare(left, 0, right, 0, left.length) === 0;
}

function sameElements(a, b) {
  if (a.length !== b.length)
    return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i])
      return false;
  }
  return true;
}

// Do the elements of b stand in a, in their order?
function containsInOrder(a, b, same) {
  let found = 0;
  for (let i = 0; i < a.length && found < b.length; i++) {
    if (same(a[i], b[found]))
      found++;
  }
  return found === b.length;
}

function sameViews(a, b, mode) {
  if (mode === kPartial) {
    if (types.isDataView(a))
      return containsInOrder(new Uint8Array(a.buffer, a.byteOffset, a.byteLength),
                             new Uint8Array(b.buffer, b.byteOffset, b.byteLength), Object.is);
    return containsInOrder(a, b, Object.is);
  }
  if (mode === kLoose && (types.isFloat32Array(a) || types.isFloat64Array(a) || types.isFloat16Array(a)))
    return sameElements(a, b);
  return sameBytes(a, b);
}

function sameBuffers(a, b, mode) {
  if (mode === kPartial)
    return containsInOrder(new Uint8Array(a), new Uint8Array(b), Object.is);
  return sameBytes(new Uint8Array(a), new Uint8Array(b));
}

function sameBoxes(a, b) {
  if (types.isNumberObject(a))
    return types.isNumberObject(b) && Object.is(Number.prototype.valueOf.call(a), Number.prototype.valueOf.call(b));
  if (types.isStringObject(a))
    return types.isStringObject(b) && String.prototype.valueOf.call(a) === String.prototype.valueOf.call(b);
  if (types.isBooleanObject(a))
    return types.isBooleanObject(b) && Boolean.prototype.valueOf.call(a) === Boolean.prototype.valueOf.call(b);
  if (types.isBigIntObject(a))
    return types.isBigIntObject(b) && BigInt.prototype.valueOf.call(a) === BigInt.prototype.valueOf.call(b);
  return types.isSymbolObject(b) && Symbol.prototype.valueOf.call(a) === Symbol.prototype.valueOf.call(b);
}

function isIndex(key) {
  return /^(?:0|[1-9]\d{0,9})$/.test(key) && +key < 4294967295;
}

// The names of the properties that are no elements.
function namesOf(list) {
  if (hasOnlyElements(list))
    return nothing;
  const keys = Object.keys(list);
  let i = 0;
  while (i < keys.length && isIndex(keys[i]))
    i++;
  return i === 0 ? keys : keys.slice(i);
}

const nothing = Object.freeze([]);

function deepEqual(a, b, mode, memory) {
  if (a === b)
    return a !== 0 || mode === kLoose || Object.is(a, b);
  if (mode === kLoose) {
    if (!isObject(a))
      // eslint-disable-next-line eqeqeq
      return !isObject(b) && typeof a !== 'function' && typeof b !== 'function' && (a == b || (a !== a && b !== b));
    if (!isObject(b))
      return false;
  } else {
    if (typeof a !== 'object')
      return typeof a === 'number' && a !== a && b !== b;
    if (typeof b !== 'object' || a === null || b === null)
      return false;
    if (mode === kStrict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b))
      return false;
  }
  return objectsEqual(a, b, mode, memory);
}

function objectsEqual(a, b, mode, memory) {
  if (arePlain(a, b)) {
    const tag = a[Symbol.toStringTag];
    if (tag !== b[Symbol.toStringTag])
      return false;
    if (tag !== 'URL' && tag !== 'CryptoKey' && typeof a.equals !== 'function')
      return contentsEqual(a, b, mode, memory, nothingMore);
  }
  const tag = toStringTag.call(a);
  if (tag !== toStringTag.call(b))
    return false;

  if (Array.isArray(a)) {
    if (!Array.isArray(b) || (mode === kPartial ? a.length < b.length : a.length !== b.length))
      return false;
    const namesA = namesOf(a);
    const namesB = namesOf(b);
    if (mode !== kPartial && namesA.length !== namesB.length)
      return false;
    return contentsEqual(a, b, mode, memory, arraysEqual, namesA, namesB);
  }
  if (types.isDate(a)) {
    if (!types.isDate(b))
      return false;
    const timeA = Date.prototype.getTime.call(a);
    const timeB = Date.prototype.getTime.call(b);
    if (timeA !== timeB && !(timeA !== timeA && timeB !== timeB))
      return false;
  } else if (types.isRegExp(a)) {
    if (!types.isRegExp(b) || a.source !== b.source || a.flags !== b.flags || a.lastIndex !== b.lastIndex)
      return false;
  } else if (types.isArrayBufferView(a)) {
    if (!types.isArrayBufferView(b) || typedArrayTag.call(a) !== typedArrayTag.call(b) || !sameViews(a, b, mode))
      return false;
    const namesA = namesOf(a);
    const namesB = namesOf(b);
    if (mode !== kPartial && namesA.length !== namesB.length)
      return false;
    return contentsEqual(a, b, mode, memory, nothingMore, namesA, namesB);
  } else if (types.isSet(a)) {
    if (!types.isSet(b) || (mode === kPartial ? a.size < b.size : a.size !== b.size))
      return false;
    return contentsEqual(a, b, mode, memory, setsEqual);
  } else if (types.isMap(a)) {
    if (!types.isMap(b) || (mode === kPartial ? a.size < b.size : a.size !== b.size))
      return false;
    return contentsEqual(a, b, mode, memory, mapsEqual);
  } else if (types.isAnyArrayBuffer(a)) {
    if (!types.isAnyArrayBuffer(b) || !sameBuffers(a, b, mode))
      return false;
  } else if (isError(a)) {
    return isError(b) && errorsEqual(a, b, mode, memory);
  } else if (types.isBoxedPrimitive(a)) {
    if (!types.isBoxedPrimitive(b) || !sameBoxes(a, b))
      return false;
  } else if (Array.isArray(b) || types.isArrayBufferView(b) || types.isSet(b) || types.isMap(b) || types.isDate(b) ||
             types.isRegExp(b) || types.isAnyArrayBuffer(b) || types.isBoxedPrimitive(b) || isError(b)) {
    return false;
  } else if (typeof globalThis.URL === 'function' && tag === '[object URL]') {
    if (a.href !== b.href)
      return false;
  } else if (types.isWeakMap(a) || types.isWeakSet(a) || types.isPromise(a)) {
    // What they hold cannot be seen.
    return false;
  } else if (tag === '[object CryptoKey]' && types.isCryptoKey(a)) {
    return types.isCryptoKey(b) && cryptoKeysEqual(a, b, mode, memory);
  } else if (typeof a.equals === 'function' && types.isKeyObject(a)) {
    if (!a.equals(b))
      return false;
  }
  return contentsEqual(a, b, mode, memory, nothingMore);
}

const plainKind = objectKind({});
const instanceKind = objectKind(new (class {})());
const isPlainKind = (kind) => kind === plainKind || kind === instanceKind;

// Objects of no kind of the engine's own. Errors that are only errors by their prototype are none of these.
function arePlain(a, b) {
  if (Array.isArray(a) || Array.isArray(b))
    return false;
  const kinds = kindsOf(a, b);
  return isPlainKind(kinds & 0xff) && isPlainKind(kinds >> 8 & 0xff) &&
         !(a instanceof Error) && !(b instanceof Error);
}

function errorsEqual(a, b, mode, memory) {
  if (mode !== kPartial || Object.hasOwn(b, 'message')) {
    if (a.message !== b.message)
      return false;
  }
  if (a.name !== b.name)
    return false;
  for (const key of ['cause', 'errors']) {
    const inA = Object.hasOwn(a, key);
    const inB = Object.hasOwn(b, key);
    if (mode === kPartial ? inB && !inA : inA !== inB)
      return false;
    if (inB && !isEnumerable.call(b, key) && !deepEqual(a[key], b[key], mode, memory))
      return false;
  }
  return contentsEqual(a, b, mode, memory, nothingMore);
}

function cryptoKeysEqual(a, b, mode, memory) {
  const { KeyObject } = require('crypto');
  return a.extractable === b.extractable && deepEqual(a.algorithm, b.algorithm, mode, memory) &&
         deepEqual(a.usages, b.usages, mode, memory) && KeyObject.from(a).equals(KeyObject.from(b));
}

function enumerableSymbols(value) {
  const symbols = Object.getOwnPropertySymbols(value);
  return symbols.length === 0 ? symbols : symbols.filter((symbol) => isEnumerable.call(value, symbol));
}

function contentsEqual(a, b, mode, memory, more, keysA, keysB) {
  keysA ??= Object.keys(a);
  keysB ??= Object.keys(b);
  if (mode !== kPartial && keysA.length !== keysB.length)
    return false;
  if (!sameElements(keysA, keysB)) {
    for (const key of keysB) {
      if (!isEnumerable.call(a, key))
        return false;
    }
  }
  if (mode !== kLoose && (keysA !== nothing || keysB !== nothing)) {
    const symbolsB = enumerableSymbols(b);
    if (mode !== kPartial && enumerableSymbols(a).length !== symbolsB.length)
      return false;
    if (symbolsB.length > 0) {
      for (const symbol of symbolsB) {
        if (!isEnumerable.call(a, symbol))
          return false;
      }
      keysB = [...keysB, ...symbolsB];
    }
  }
  if (keysB.length === 0 && (more === nothingMore || (more === arraysEqual && b.length === 0) ||
                             (more !== arraysEqual && b.size === 0)))
    return true;

  // Objects that are being compared further up are the same here if both are: circles close together.
  if (memory === undefined)
    memory = [];
  const isAbove = memory.includes(a);
  if (isAbove || memory.includes(b))
    return isAbove && memory.includes(b);
  memory.push(a, b);
  const equal = more(a, b, mode, memory) && propertiesEqual(a, b, mode, memory, keysB);
  memory.length -= 2;
  return equal;
}

function propertiesEqual(a, b, mode, memory, keys) {
  for (let i = 0; i < keys.length; i++) {
    if (!deepEqual(a[keys[i]], b[keys[i]], mode, memory))
      return false;
  }
  return true;
}

function nothingMore() {
  return true;
}

function withoutHoles(array) {
  for (let i = 0; i < array.length; i++) {
    if (array[i] === undefined && !Object.hasOwn(array, i))
      return array.filter(() => true);
  }
  return array;
}

function arraysEqual(a, b, mode, memory) {
  if (mode === kPartial)
    return containsInOrder(withoutHoles(a), withoutHoles(b), (left, right) => deepEqual(left, right, mode, memory));
  for (let i = 0; i < a.length; i++) {
    const left = a[i];
    const right = b[i];
    if (left === right && left !== 0 && left !== undefined)
      continue;
    if (left === undefined || right === undefined) {
      const inA = Object.hasOwn(a, i);
      if (inA !== Object.hasOwn(b, i))
        return false;
      if (!inA)
        continue;
    }
    if (!deepEqual(left, right, mode, memory))
      return false;
  }
  return true;
}

// Takes from the pool an element that is the same as this one.
function takeEqual(pool, isSame) {
  for (const each of pool) {
    if (isSame(each))
      return pool.delete(each);
  }
  return false;
}

// Sizes have been compared: if all of b is found in a, they are the same, or b is the part.

function setsEqual(a, b, mode, memory) {
  const wanted = [];
  for (const value of b) {
    if (a.has(value))
      continue;
    if (!isObject(value) && mode !== kLoose)
      return false;
    wanted.push(value);
  }
  if (wanted.length === 0)
    return true;
  const pool = new Set();
  for (const value of a) {
    if (!b.has(value))
      pool.add(value);
  }
  return wanted.every((value) => takeEqual(pool, (each) => deepEqual(each, value, mode, memory)));
}

function mapsEqual(a, b, mode, memory) {
  const wanted = [];
  const found = new Set();
  for (const [key, value] of b) {
    if (!isObject(key)) {
      if (a.has(key) && deepEqual(a.get(key), value, mode, memory)) {
        if (mode === kLoose)
          found.add(key);
        continue;
      }
      if (mode !== kLoose)
        return false;
    }
    wanted.push(key);
  }
  if (wanted.length === 0)
    return true;
  const pool = new Set();
  for (const key of a.keys()) {
    if (mode === kLoose ? !found.has(key) : isObject(key))
      pool.add(key);
  }
  return wanted.every((key) => takeEqual(pool, (each) =>
    deepEqual(each, key, mode, memory) && deepEqual(a.get(each), b.get(key), mode, memory)));
}

function isDeepEqual(a, b) {
  return deepEqual(a, b, kLoose);
}

function isDeepStrictEqual(a, b, skipPrototype) {
  return deepEqual(a, b, skipPrototype === true ? kAnyPrototype : kStrict);
}

function isPartialStrictEqual(a, b) {
  return deepEqual(a, b, kPartial);
}

module.exports = { isDeepEqual, isDeepStrictEqual, isPartialStrictEqual };
