'use strict';

// V8's wire format, version 15, as far as both sides need to know it, and what Galley adds for messages between its own
// threads: parts, which travel beside the bytes, and objects of many keys.

const version = 15;

const tag = {
  __proto__: null,
  version: 0xff, padding: 0, part: 1, wide: 2, undefined: 0x5f, null: 0x30, true: 0x54, false: 0x46, int32: 0x49, uint32: 0x55,
  double: 0x4e, bigint: 0x5a, utf8: 0x53, oneByte: 0x22, twoByte: 0x63, reference: 0x5e, object: 0x6f, objectEnd: 0x7b,
  sparseArray: 0x61, sparseArrayEnd: 0x40, denseArray: 0x41, denseArrayEnd: 0x24, hole: 0x2d, date: 0x44, trueObject: 0x79,
  falseObject: 0x78, numberObject: 0x6e, bigintObject: 0x7a, stringObject: 0x73, regexp: 0x52, map: 0x3b, mapEnd: 0x3a,
  set: 0x27, setEnd: 0x2c, arrayBuffer: 0x42, resizableArrayBuffer: 0x7e, arrayBufferTransfer: 0x74, view: 0x56,
  sharedArrayBuffer: 0x75, host: 0x5c, error: 0x72, verifyObjects: 0x3f,
};

const viewKinds = {
  __proto__: null,
  Int8Array: 0x62, Uint8Array: 0x42, Uint8ClampedArray: 0x43, Int16Array: 0x77, Uint16Array: 0x57, Int32Array: 0x64,
  Uint32Array: 0x44, Float32Array: 0x66, Float64Array: 0x46, DataView: 0x3f, BigInt64Array: 0x71, BigUint64Array: 0x51,
  Float16Array: 0x68,
};

const errorKinds = { __proto__: null, EvalError: 0x45, RangeError: 0x52, ReferenceError: 0x46, SyntaxError: 0x53, TypeError: 0x54, URIError: 0x55 };
const flagBits = { __proto__: null, global: 1, ignoreCase: 2, multiline: 4, sticky: 8, unicode: 16, dotAll: 32, hasIndices: 128, unicodeSets: 256 };
const flagLetters = { __proto__: null, 1: 'g', 2: 'i', 4: 'm', 8: 'y', 16: 'u', 32: 's', 128: 'd', 256: 'v' };
const domExceptionName = 'internal/domexception:';

module.exports = { version, tag, viewKinds, errorKinds, flagBits, flagLetters, domExceptionName };
