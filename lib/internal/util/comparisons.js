'use strict';

// When are two values the same? Strictly, loosely (as `==` sees primitives), or partially (the second is contained in the first).

const types = require('internal/util/types');

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
  for (let i = 0; i < left.length; i++) {
    if (left[i] !== right[i])
      return false;
  }
  return true;
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

function namesOf(value) {
  const keys = Object.keys(value);
  let i = 0;
  while (i < keys.length && isIndex(keys[i]))
    i++;
  return i === 0 ? keys : keys.slice(i);
}

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
  if (isPlain(a) && isPlain(b)) {
    if (a[Symbol.toStringTag] !== b[Symbol.toStringTag])
      return false;
    if (a[Symbol.toStringTag] !== 'URL')
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
  } else if (typeof a.equals === 'function' && (types.isKeyObject(a) || types.isCryptoKey(a))) {
    if (!a.equals(b))
      return false;
  }
  return contentsEqual(a, b, mode, memory, nothingMore);
}

const { objectKind } = require('internal/util/engine');
const plainKinds = [objectKind({}), objectKind(new (class {})())];

// Objects of no kind of the engine's own. Errors that are only errors by their prototype are none of these.
function isPlain(value) {
  return plainKinds.includes(objectKind(value)) && !(value instanceof Error) && !Array.isArray(value);
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

function enumerableSymbols(value) {
  const symbols = Object.getOwnPropertySymbols(value);
  return symbols.length === 0 ? symbols : symbols.filter((symbol) => isEnumerable.call(value, symbol));
}

function contentsEqual(a, b, mode, memory, more, keysA, keysB) {
  keysA ??= Object.keys(a);
  keysB ??= Object.keys(b);
  if (mode !== kPartial && keysA.length !== keysB.length)
    return false;
  for (const key of keysB) {
    if (mode === kLoose ? !Object.hasOwn(a, key) : !isEnumerable.call(a, key))
      return false;
  }
  if (mode !== kLoose) {
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

  // Two circles are the same if they close at the same point.
  if (memory === undefined) {
    memory = { left: [a], right: [b] };
  } else {
    const left = memory.left.lastIndexOf(a);
    if (left !== -1) {
      const right = memory.right.lastIndexOf(b);
      if (right !== -1)
        return left === right;
    }
    memory.left.push(a);
    memory.right.push(b);
  }
  const equal = more(a, b, mode, memory) && keysB.every((key) => deepEqual(a[key], b[key], mode, memory));
  memory.left.pop();
  memory.right.pop();
  return equal;
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
    if (b[i] === undefined || a[i] === undefined) {
      const inA = Object.hasOwn(a, i);
      if (inA !== Object.hasOwn(b, i))
        return false;
      if (!inA)
        continue;
    }
    if (!deepEqual(a[i], b[i], mode, memory))
      return false;
  }
  return true;
}

// The other primitives that `==` would take for this one, if any: those that cannot be looked up directly.
function looseCandidates(primitive) {
  switch (typeof primitive) {
    case 'undefined':
      return [null];
    case 'object':
      return [undefined];
    case 'symbol':
      return undefined;
    case 'string':
    case 'number':
      return primitive !== primitive || (typeof primitive === 'string' && Number.isNaN(+primitive)) ? undefined : 'search';
    default:
      return 'search';
  }
}

function looseHas(collection, primitive) {
  const candidates = looseCandidates(primitive);
  if (candidates === undefined)
    return undefined;
  for (const each of candidates === 'search' ? collection.keys() : candidates) {
    // eslint-disable-next-line eqeqeq
    if (!isObject(each) && typeof each !== 'function' && each == primitive && collection.has(each))
      return { key: each };
  }
  return undefined;
}

// Takes from the pool an element that is the same as this one.
function takeEqual(pool, value, mode, memory, valueIsLeft) {
  for (const each of pool) {
    if (valueIsLeft ? deepEqual(value, each, mode, memory) : deepEqual(each, value, mode, memory)) {
      pool.delete(each);
      return true;
    }
  }
  return false;
}

function setsEqual(a, b, mode, memory) {
  // What is not simply in both: objects, and what is only loosely the same.
  const left = new Set();
  for (const value of a) {
    if (b.has(value))
      continue;
    if (!isObject(value) && mode !== kPartial) {
      if (mode !== kLoose || looseHas(b, value) === undefined)
        return false;
    }
    left.add(value);
  }
  for (const value of b) {
    if (a.has(value))
      continue;
    if (!isObject(value) && mode !== kLoose)
      return false;
    if (!takeEqual(left, value, mode, memory, false))
      return false;
  }
  return mode === kPartial || left.size === 0;
}

function mapsEqual(a, b, mode, memory) {
  const left = new Set();
  for (const [key, value] of a) {
    if (!isObject(key) && b.has(key)) {
      if (deepEqual(value, b.get(key), mode, memory))
        continue;
      if (mode !== kLoose)
        return false;
    }
    if (!isObject(key) && (mode === kStrict || mode === kAnyPrototype))
      return false;
    left.add(key);
  }
  for (const [key, value] of b) {
    if (!isObject(key)) {
      if (a.has(key) && deepEqual(a.get(key), value, mode, memory))
        continue;
      if (mode !== kLoose)
        return false;
    }
    let found = false;
    for (const each of left) {
      if (deepEqual(each, key, mode, memory) && deepEqual(a.get(each), value, mode, memory)) {
        left.delete(each);
        found = true;
        break;
      }
    }
    if (!found)
      return false;
  }
  return mode === kPartial || left.size === 0;
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
