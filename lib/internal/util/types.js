'use strict';

// What a value really is, asked of the engine: nothing that a program assigns can make one kind look like another.
// The engine's own numbers for kinds of objects are learnt from one specimen of each.

const { objectKind, proxyTarget } = require('internal/util/engine');

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

const kindOf = {
  __proto__: null,
  Date: objectKind(new Date(0)),
  RegExp: objectKind(/x/),
  Map: objectKind(new Map()),
  Set: objectKind(new Set()),
  MapIterator: objectKind(new Map().keys()),
  SetIterator: objectKind(new Set().keys()),
  WeakMap: objectKind(new WeakMap()),
  WeakSet: objectKind(new WeakSet()),
  Promise: objectKind(Promise.resolve()),
  NativeError: objectKind(new Error()),
  Generator: objectKind((function* () {})()),
  AsyncGenerator: objectKind((async function* () {})()),
  NumberObject: objectKind(Object(0)),
  StringObject: objectKind(Object('')),
  BooleanObject: objectKind(Object(false)),
  DataView: objectKind(new DataView(new ArrayBuffer(0))),
};

function kindCheck(name) {
  const kind = kindOf[name];
  const key = `is${name}`;
  return { [key](value) { return isObject(value) && objectKind(value) === kind; } }[key];
}

const plainKind = objectKind({});
const argumentsKinds = [
  objectKind(Function('return arguments')()),
  objectKind(Function('a', 'return [arguments, () => a]')(1)[0]),
  objectKind((function () { return arguments; })()),
].filter((kind) => kind !== plainKind);

function isArgumentsObject(value) {
  return isObject(value) && argumentsKinds.includes(objectKind(value));
}

const typedArrayTag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;

function isTypedArray(value) {
  return typedArrayTag.call(value) !== undefined;
}

function typedArrayCheck(name) {
  const key = `is${name}`;
  return { [key](value) { return typedArrayTag.call(value) === name; } }[key];
}

const byteLengthOf = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength').get;
const { EngineSharedArrayBuffer } = require('internal/bootstrap');
const { shared } = require('internal/untransferable');
const sharedByteLengthOf = Object.getOwnPropertyDescriptor(EngineSharedArrayBuffer.prototype, 'byteLength').get;

function answers(getter, value) {
  try {
    getter.call(value);
    return true;
  } catch {
    return false;
  }
}

// Shared memory that C owns is wrapped in the engine's plain buffer class.
function isArrayBuffer(value) {
  return isObject(value) && answers(byteLengthOf, value) && !shared.has(value);
}

function isSharedArrayBuffer(value) {
  return isObject(value) && (shared.has(value) || answers(sharedByteLengthOf, value));
}

function isAnyArrayBuffer(value) {
  return isObject(value) && (answers(byteLengthOf, value) || answers(sharedByteLengthOf, value));
}

// A function's kind shows only in its source.
const sourceOf = Function.prototype.toString;

function isAsyncFunction(value) {
  if (typeof value !== 'function')
    return false;
  const source = sourceOf.call(value);
  return source.startsWith('async') &&
         (/^async\s+[\w$*#[]/.test(source) || /^async\s*\*/.test(source) || /^async\s*\([^]*?\)\s*=>/.test(source));
}

function isGeneratorFunction(value) {
  return typeof value === 'function' && /^(?:async\s*)?(?:function\s*)?\*/.test(sourceOf.call(value));
}

function isGeneratorObject(value) {
  if (!isObject(value))
    return false;
  const kind = objectKind(value);
  return kind === kindOf.Generator || kind === kindOf.AsyncGenerator;
}

function isProxy(value) {
  return (isObject(value) || typeof value === 'function') && proxyTarget(value) !== undefined;
}

// The boxes of symbols and big integers share one kind.
const boxKind = objectKind(Object(0n));

function isSymbolObject(value) {
  return isObject(value) && objectKind(value) === boxKind && answers(Symbol.prototype.valueOf, value);
}

function isBigIntObject(value) {
  return isObject(value) && objectKind(value) === boxKind && answers(BigInt.prototype.valueOf, value);
}

const boxedKinds = [kindOf.NumberObject, kindOf.StringObject, kindOf.BooleanObject];

function isBoxedPrimitive(value) {
  return isObject(value) && (boxedKinds.includes(objectKind(value)) || isSymbolObject(value) || isBigIntObject(value));
}

function isKeyObject(value) {
  return isObject(value) && value instanceof require('crypto').KeyObject;
}

function isCryptoKey(value) {
  return isObject(value) && typeof globalThis.CryptoKey === 'function' && value instanceof globalThis.CryptoKey;
}

module.exports = {
  isArgumentsObject,
  isArrayBuffer,
  isAsyncFunction,
  isBigIntObject,
  isBooleanObject: kindCheck('BooleanObject'),
  isDate: kindCheck('Date'),
  isExternal() { return false; },
  isGeneratorFunction,
  isGeneratorObject,
  isMap: kindCheck('Map'),
  isMapIterator: kindCheck('MapIterator'),
  isModuleNamespaceObject(value) { return require('internal/builtin').loaded('internal/esm/namespace')?.isNamespace(value) === true; },
  isNativeError: kindCheck('NativeError'),
  isNumberObject: kindCheck('NumberObject'),
  isPromise: kindCheck('Promise'),
  isProxy,
  isRegExp: kindCheck('RegExp'),
  isSet: kindCheck('Set'),
  isSetIterator: kindCheck('SetIterator'),
  isSharedArrayBuffer,
  isStringObject: kindCheck('StringObject'),
  isSymbolObject,
  isWeakMap: kindCheck('WeakMap'),
  isWeakSet: kindCheck('WeakSet'),
  isAnyArrayBuffer,
  isBoxedPrimitive,
  isArrayBufferView: ArrayBuffer.isView,
  isDataView: kindCheck('DataView'),
  isTypedArray,
  isUint8Array: typedArrayCheck('Uint8Array'),
  isUint8ClampedArray: typedArrayCheck('Uint8ClampedArray'),
  isUint16Array: typedArrayCheck('Uint16Array'),
  isUint32Array: typedArrayCheck('Uint32Array'),
  isInt8Array: typedArrayCheck('Int8Array'),
  isInt16Array: typedArrayCheck('Int16Array'),
  isInt32Array: typedArrayCheck('Int32Array'),
  isFloat16Array: typedArrayCheck('Float16Array'),
  isFloat32Array: typedArrayCheck('Float32Array'),
  isFloat64Array: typedArrayCheck('Float64Array'),
  isBigInt64Array: typedArrayCheck('BigInt64Array'),
  isBigUint64Array: typedArrayCheck('BigUint64Array'),
  isKeyObject,
  isCryptoKey,
};
Object.defineProperties(module.exports, {
  argumentsKinds: { __proto__: null, value: argumentsKinds, enumerable: false },
  kindOf: { __proto__: null, value: kindOf, enumerable: false },
});
