'use strict';

// Structured clone: values to bytes in V8's wire format and back. It runs in JavaScript because reading an
// object's properties costs the JIT a few nanoseconds and C a crossing each; long strings and big arrays go to C
// in one piece ("parts" of a message, see internal/messaging).

const binding = internalBinding('messaging');
const types = require('internal/util/types');
const { kClone, kTransfer, kDeserialize } = require('internal/transferable');
const marks = require('internal/untransferable');

const { shared, isUncloneable: isMarkedUncloneable } = marks;

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
const viewClasses = { __proto__: null };
for (const name in viewKinds) if (globalThis[name] !== undefined) viewClasses[viewKinds[name]] = globalThis[name];

const errorKinds = { __proto__: null, EvalError: 0x45, RangeError: 0x52, ReferenceError: 0x46, SyntaxError: 0x53, TypeError: 0x54, URIError: 0x55 };
const errorClasses = { __proto__: null };
for (const name in errorKinds) errorClasses[errorKinds[name]] = globalThis[name];

const viewName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;
const { getPrototypeOf, keys: ownKeys } = Object;
const objectPrototype = Object.prototype, arrayPrototype = Array.prototype;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const hasOwn = Object.prototype.hasOwnProperty;

const doubles = new Float64Array(1);
const doubleBytes = new Uint8Array(doubles.buffer);

const domExceptionName = 'internal/domexception:';
const inlineString = 32; // longer ones are copied by C
const stringPart = 256; // longer ones travel beside a message
const bytesPart = 1024;

// Ports and their like are not copied: they have to be in the list of what is moved.
function missingTransferable(object, path) {
  const error = cloneError('Object that needs transfer was found in message but not listed in transferList', path);
  Object.defineProperty(error, 'code', { value: 'ERR_MISSING_TRANSFERABLE_IN_TRANSFER_LIST', configurable: true, writable: true, enumerable: true });
  return error;
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

// What ordinary objects and arrays without further properties look like to the engine, whatever they hold.
{
  const grown = (...items) => {
    const array = [];
    for (const item of items) array.push(item);
    return array;
  };
  const far = [];
  far[100000] = 1;
  binding.learn({}, [], [1], [1.5], ['a'], grown(1), grown(1.5), grown('a'), grown({}), new Array(5), far,
                Array.from({ length: 2 }, () => 1), JSON.parse('[1]'), JSON.parse('["a"]'));
}

const wideObject = 64;
let sentKeys = [], sentKeysText = '';
let readKeys = [], readKeysText = '', readKeysAreSafe = true;

class Writer {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.ids = undefined; // object -> number, once there is more than one
    this.nextId = 0;
    this.parts = undefined; // [kind, thing, ...] for messages
    this.transferred = undefined; // Map of what is moved instead of copied -> its number
    this.root = undefined; // the message, to explain errors
    this.delegate = undefined; // a v8.Serializer
    this.treatViewsAsHost = false;
  }

  header() {
    this.reserve(2);
    this.bytes[this.at++] = tag.version;
    this.bytes[this.at++] = version;
  }

  reserve(count) {
    const need = this.at + count;
    if (need <= this.bytes.length) return;
    let size = this.bytes.length * 2;
    while (size < need) size *= 2;
    const bytes = new Uint8Array(size);
    bytes.set(this.bytes.subarray(0, this.at));
    this.bytes = bytes;
  }

  byte(value) {
    if (this.at >= this.bytes.length) this.reserve(1);
    this.bytes[this.at++] = value;
  }

  varint(value) {
    if (this.at + 10 > this.bytes.length) this.reserve(10);
    const { bytes } = this;
    let { at } = this;
    while (value >= 0x80) {
      bytes[at++] = value % 0x80 | 0x80;
      value = value < 0x80000000 ? value >>> 7 : Math.floor(value / 0x80);
    }
    bytes[at++] = value;
    this.at = at;
  }

  int32(value) {
    if (this.at + 6 > this.bytes.length) this.reserve(6);
    const { bytes } = this;
    let { at } = this;
    bytes[at++] = 0x49;
    let left = (value << 1 ^ value >> 31) >>> 0;
    while (left >= 0x80) {
      bytes[at++] = left & 0x7f | 0x80;
      left >>>= 7;
    }
    bytes[at++] = left;
    this.at = at;
  }

  double(value) {
    this.reserve(8);
    doubles[0] = value;
    for (let i = 0; i < 8; i++) this.bytes[this.at + i] = doubleBytes[i];
    this.at += 8;
  }

  raw(view) {
    this.reserve(view.length);
    this.bytes.set(view, this.at);
    this.at += view.length;
  }

  bigintDigits(value) {
    const negative = value < 0n;
    if (negative) value = -value;
    const digits = value === 0n ? '' : value.toString(16);
    const count = Math.ceil(digits.length / 16) * 8;
    this.varint(count * 2 + (negative ? 1 : 0));
    this.reserve(count);
    const padded = digits.padStart(count * 2, '0');
    for (let i = 0; i < count; i++) this.bytes[this.at++] = parseInt(padded.substr((count - 1 - i) * 2, 2), 16);
  }

  string(text) {
    const { length } = text;
    if (length <= inlineString) {
      if (this.at + 2 * inlineString + 8 > this.bytes.length) this.reserve(2 * inlineString + 8);
      const { bytes } = this;
      const start = this.at;
      let at = start;
      bytes[at++] = 0x22;
      bytes[at++] = length;
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code > 0xff) break;
        bytes[at++] = code;
      }
      if (i === length) {
        this.at = at;
        return;
      }
    } else if (this.parts !== undefined && length >= stringPart) {
      this.byte(tag.part);
      this.varint(this.parts.push(binding.PART_STRING, text) / 2 - 1);
      return;
    }
    this.reserve(length * 2 + 16);
    this.at = binding.writeString(this.bytes, this.at, text);
  }

  // Whether the object was seen before; if so it is written.
  seen(object) {
    if (this.ids === undefined) {
      this.ids = new Map();
      this.ids.set(object, this.nextId++);
      return false;
    }
    const id = this.ids.get(object);
    if (id === undefined) {
      this.ids.set(object, this.nextId++);
      return false;
    }
    this.byte(tag.reference);
    this.varint(id);
    return true;
  }

  value(value) {
    switch (typeof value) {
      case 'number':
        if (value === (value | 0) && (value !== 0 || 1 / value > 0)) this.int32(value);
        else {
          this.byte(tag.double);
          this.double(value);
        }
        return;
      case 'string':
        this.string(value);
        return;
      case 'boolean':
        this.byte(value ? tag.true : tag.false);
        return;
      case 'undefined':
        this.byte(tag.undefined);
        return;
      case 'bigint':
        this.byte(tag.bigint);
        this.bigintDigits(value);
        return;
      case 'object':
        if (value === null) {
          this.byte(tag.null);
          return;
        }
        this.object(value);
        return;
      default:
        this.fail(value);
    }
  }

  fail(value) {
    const message = `${describe(value)} could not be cloned.`;
    if (this.delegate !== undefined) throw this.delegate._getDataCloneError(message);
    throw cloneError(message, pathTo(this.root, value));
  }

  object(object) {
    if (isView(object) && !this.treatViewsAsHost && (this.ids === undefined || !this.ids.has(object))) {
      // A view follows its buffer, unless the buffer was written before.
      this.object(object.buffer);
    }
    if (this.seen(object)) return;
    if (marks.someUncloneable && isMarkedUncloneable(object)) this.fail(object);
    const prototype = getPrototypeOf(object);
    if (prototype === objectPrototype) {
      if (binding.isOrdinary(object)) {
        this.plain(object);
        return;
      }
    } else if (prototype === arrayPrototype && binding.isOrdinaryArray(object)) {
      this.elements(object, undefined);
      return;
    }
    this.special(object);
  }

  plain(object) {
    const keys = ownKeys(object);
    const { length } = keys;
    if (length >= wideObject && this.parts !== undefined && this.wide(object, keys)) return;
    this.byte(tag.object);
    let count = 0;
    for (let i = 0; i < length; i++) {
      const key = keys[i];
      const value = object[key];
      if (value === undefined && !hasOwn.call(object, key)) continue;
      this.string(key);
      this.value(value);
      count++;
    }
    this.byte(tag.objectEnd);
    this.varint(count);
  }

  // An object of many keys and plain values: the engine's JSON is faster with those than a loop, and keys that were
  // sent before are the same text again.
  wide(object, keys) {
    const values = Object.values(object);
    if (values.length !== keys.length || values.toJSON !== undefined) return false;
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      switch (typeof value) {
        case 'number':
          if (value !== value || value === Infinity || value === -Infinity || (value === 0 && 1 / value < 0)) return false;
          break;
        case 'string': case 'boolean': break;
        default: if (value !== null) return false;
      }
    }
    let same = sentKeys.length === keys.length;
    for (let i = 0; same && i < keys.length; i++) same = keys[i] === sentKeys[i];
    if (!same) {
      sentKeys = keys;
      sentKeysText = JSON.stringify(keys);
    }
    this.byte(tag.wide);
    this.string(sentKeysText);
    this.string(JSON.stringify(values));
    return true;
  }

  array(array) {
    const { length } = array;
    const keys = ownKeys(array);
    if (length > 1024 && keys.length < length >>> 2) this.sparse(array, keys);
    else this.elements(array, keys.length > 0 && !isIndex(keys[keys.length - 1], length) ? keys.filter((key) => !isIndex(key, length)) : undefined);
  }

  elements(array, named) {
    const { length } = array;
    if (length > 4096 && named === undefined && array[length >>> 1] === undefined) {
      const keys = ownKeys(array);
      if (keys.length < length >>> 2) {
        this.sparse(array, keys);
        return;
      }
    }
    this.byte(tag.denseArray);
    this.varint(length);
    for (let i = 0; i < length; i++) {
      const value = array[i];
      if (value === undefined && !hasOwn.call(array, i)) this.byte(tag.hole);
      else this.value(value);
    }
    const count = named === undefined ? 0 : this.named(array, named);
    this.byte(tag.denseArrayEnd);
    this.varint(count);
    this.varint(length);
  }

  sparse(array, keys) {
    const { length } = array;
    this.byte(tag.sparseArray);
    this.varint(length);
    const count = this.named(array, keys);
    this.byte(tag.sparseArrayEnd);
    this.varint(count);
    this.varint(length);
  }

  named(object, keys) {
    let count = 0;
    for (const key of keys) {
      if (!hasOwn.call(object, key)) continue;
      const value = object[key];
      if (isIndex(key, 0x80000000)) this.int32(+key);
      else this.string(key);
      this.value(value);
      count++;
    }
    return count;
  }

  special(object) {
    const move = this.transferred?.get(object);
    if (move !== undefined) {
      move(this, object);
      return;
    }
    if (types.isProxy(object)) this.fail(object);
    if (isArray(object)) this.array(object);
    else if (isView(object)) this.view(object);
    else if (types.isArrayBuffer(object) && !shared.has(object)) this.arrayBuffer(object);
    else if (types.isDate(object)) {
      this.byte(tag.date);
      this.double(Date.prototype.getTime.call(object));
    } else if (types.isMap(object)) this.map(object);
    else if (types.isSet(object)) this.set(object);
    else if (types.isRegExp(object)) {
      this.byte(tag.regexp);
      this.string(regexpSource.call(object));
      this.varint(regexpFlags(object));
    } else if (typeof object[kClone] === 'function' || typeof object[kTransfer] === 'function' || types.isSharedArrayBuffer(object) || shared.has(object)) this.host(object);
    else if (types.isNativeError(object)) {
      if (Object.prototype.toString.call(object) === '[object DOMException]') this.domException(object);
      else this.error(object);
    }
    else if (types.isBoxedPrimitive(object)) this.boxed(object);
    else if (isUncloneable(object)) this.fail(object);
    else if (this.delegate !== undefined && binding.isHandle(object)) this.host(object);
    else this.plain(object);
  }

  view(view) {
    if (this.treatViewsAsHost) {
      this.host(view);
      return;
    }
    this.byte(tag.view);
    const name = types.isDataView?.(view) ?? view instanceof DataView ? 'DataView' : viewName.call(view);
    this.byte(viewKinds[name]);
    this.varint(view.byteOffset);
    this.varint(view.byteLength);
    this.varint(0);
  }

  arrayBuffer(buffer) {
    if (buffer.detached) {
      const message = 'An ArrayBuffer is detached and could not be cloned.';
      throw this.delegate !== undefined ? this.delegate._getDataCloneError(message) : cloneError(message);
    }
    const length = buffer.byteLength;
    if (buffer.resizable) {
      this.byte(tag.resizableArrayBuffer);
      this.varint(length);
      this.varint(buffer.maxByteLength);
      this.raw(new Uint8Array(buffer));
      return;
    }
    if (this.parts !== undefined && length >= bytesPart) {
      this.byte(tag.part);
      this.varint(this.parts.push(binding.PART_BYTES, new Uint8Array(buffer)) / 2 - 1);
      return;
    }
    this.byte(tag.arrayBuffer);
    this.varint(length);
    this.raw(new Uint8Array(buffer));
  }

  map(map) {
    const entries = [];
    Map.prototype.forEach.call(map, (value, key) => { entries.push(key, value); });
    this.byte(tag.map);
    for (let i = 0; i < entries.length; i++) this.value(entries[i]);
    this.byte(tag.mapEnd);
    this.varint(entries.length);
  }

  set(set) {
    const entries = [];
    Set.prototype.forEach.call(set, (value) => { entries.push(value); });
    this.byte(tag.set);
    for (let i = 0; i < entries.length; i++) this.value(entries[i]);
    this.byte(tag.setEnd);
    this.varint(entries.length);
  }

  error(error) {
    this.byte(tag.error);
    let name = 'Error';
    try {
      name = `${error.name}`;
    } catch {
      // an error without a name is an Error
    }
    if (errorKinds[name] !== undefined) this.byte(errorKinds[name]);
    const message = Object.getOwnPropertyDescriptor(error, 'message');
    if (message !== undefined && 'value' in message) {
      this.byte(0x6d);
      this.string(`${message.value}`);
    }
    const { stack } = error;
    const cause = Object.getOwnPropertyDescriptor(error, 'cause');
    if (cause !== undefined && 'value' in cause) {
      this.byte(0x63);
      this.value(cause.value);
    }
    if (typeof stack === 'string') {
      this.byte(0x73);
      this.string(stack);
    }
    this.byte(0x2e);
  }

  domException(error) {
    this.byte(tag.host);
    this.string(domExceptionName);
    this.value({ name: error.name, message: error.message, stack: error.stack });
  }

  boxed(object) {
    const primitive = primitiveOf(object);
    switch (typeof primitive) {
      case 'boolean':
        this.byte(primitive ? tag.trueObject : tag.falseObject);
        return;
      case 'number':
        this.byte(tag.numberObject);
        this.double(primitive);
        return;
      case 'bigint':
        this.byte(tag.bigintObject);
        this.bigintDigits(primitive);
        return;
      case 'string':
        this.byte(tag.stringObject);
        this.string(primitive);
        return;
      default:
        this.fail(object);
    }
  }

  host(object) {
    if (this.delegate !== undefined) {
      this.byte(tag.host);
      this.delegate._writeHostObject(object);
      return;
    }
    if (types.isSharedArrayBuffer(object) || shared.has(object)) {
      const handle = require('internal/shared_memory').handleOf(object);
      if (handle === undefined || this.parts === undefined)
        throw cloneError('A SharedArrayBuffer of WebAssembly cannot leave its thread.', pathTo(this.root, object));
      this.byte(tag.part);
      this.varint(this.parts.push(binding.PART_SHARED, handle) / 2 - 1);
      return;
    }
    if (typeof object[kClone] !== 'function' || isMarkedUncloneable(object)) {
      if (typeof object[kTransfer] === 'function') {
        throw missingTransferable(object, pathTo(this.root, object));
      }
      this.fail(object);
    }
    this.described(object[kClone]());
  }

  described({ data, deserializeInfo }) {
    this.byte(tag.host);
    this.string(deserializeInfo);
    this.value(data);
  }
}

function primitiveOf(boxed) {
  for (const Class of [Number, String, Boolean, BigInt, Symbol]) {
    try {
      return Class.prototype.valueOf.call(boxed);
    } catch {
      // not of that class
    }
  }
  return undefined;
}

const regexpSource = Object.getOwnPropertyDescriptor(RegExp.prototype, 'source').get;
const flagBits = { __proto__: null, global: 1, ignoreCase: 2, multiline: 4, sticky: 8, unicode: 16, dotAll: 32, hasIndices: 128, unicodeSets: 256 };
const flagGetters = Object.keys(flagBits).map((name) => [Object.getOwnPropertyDescriptor(RegExp.prototype, name).get, flagBits[name]]);
const flagLetters = { __proto__: null, 1: 'g', 2: 'i', 4: 'm', 8: 'y', 16: 'u', 32: 's', 128: 'd', 256: 'v' };

function regexpFlags(regexp) {
  let bits = 0;
  for (const [get, bit] of flagGetters) if (get.call(regexp)) bits |= bit;
  return bits;
}

function isIndex(key, length) {
  const number = +key;
  return number >>> 0 === number && number < length && String(number) === key;
}

function isUncloneable(object) {
  return types.isPromise(object) || types.isWeakMap(object) || types.isWeakSet(object) || object instanceof WeakRef ||
    types.isGeneratorObject(object) || types.isModuleNamespaceObject?.(object) ||
    isMarkedUncloneable(object) ||
    (typeof FinalizationRegistry === 'function' && object instanceof FinalizationRegistry);
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

// --- reading ---------------------------------------------------------------------------------------------

// Short strings come again and again (the keys of objects): found by their bytes before one is made.
const knownSlots = 4096, knownLength = 24;
const known = new Array(knownSlots).fill(undefined);
const knownBytes = new Uint8Array(knownSlots * knownLength);
const { fromCharCode } = String;

class Reader {
  constructor(bytes, end = bytes.length) {
    this.bytes = bytes;
    this.at = 0;
    this.end = end;
    this.objects = [];
    this.parts = undefined;
    this.delegate = undefined;
    this.transferred = undefined; // number -> what was moved here, for v8.Deserializer
    this.version = 0;
  }

  header() {
    if (this.bytes[this.at] !== tag.version) return false;
    this.at++;
    this.version = this.varint();
    return this.version >= 13 && this.version <= version;
  }

  bad() { throw new Error('Unable to deserialize cloned data.'); }

  byte() {
    if (this.at >= this.end) this.bad();
    return this.bytes[this.at++];
  }

  varint() {
    const { bytes } = this;
    let byte = bytes[this.at++];
    if (byte < 0x80) return byte;
    let value = byte & 0x7f, scale = 0x80;
    do {
      if (this.at >= this.end) this.bad();
      byte = bytes[this.at++];
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80);
    return value;
  }

  double() {
    if (this.at + 8 > this.end) this.bad();
    for (let i = 0; i < 8; i++) doubleBytes[i] = this.bytes[this.at + i];
    this.at += 8;
    return doubles[0];
  }

  raw(count) {
    if (this.at + count > this.end) this.bad();
    const made = this.bytes.slice(this.at, this.at + count);
    this.at += count;
    return made;
  }

  bigintDigits() {
    const field = this.varint();
    const count = Math.floor(field / 2);
    if (this.at + count > this.end) this.bad();
    let digits = '';
    for (let i = 0; i < count; i++) digits = this.bytes[this.at + i].toString(16).padStart(2, '0') + digits;
    this.at += count;
    const value = digits === '' ? 0n : BigInt('0x' + digits);
    return field % 2 === 1 ? -value : value;
  }

  oneByte() {
    const length = this.varint();
    const { bytes, at } = this;
    if (at + length > this.end) this.bad();
    this.at = at + length;
    if (length >= knownLength) return binding.readLatin1(bytes, at, length);
    let hash = length;
    for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[at + i], 0x01000193);
    let slot = (hash ^ hash >>> 12) & knownSlots - 1;
    // Two places for each: texts that meet in one do not drive each other out.
    for (let tries = 0; tries < 2; tries++, slot ^= 1) {
      const text = known[slot];
      const place = slot * knownLength;
      if (text === undefined || knownBytes[place] !== length) continue;
      let i = 0;
      while (i < length && knownBytes[place + 1 + i] === bytes[at + i]) i++;
      if (i === length) return text;
    }
    if (known[slot] !== undefined && known[slot ^ 1] === undefined) slot ^= 1;
    const made = length === 0 ? '' : binding.readLatin1(bytes, at, length);
    known[slot] = made;
    const place = slot * knownLength;
    knownBytes[place] = length;
    for (let i = 0; i < length; i++) knownBytes[place + 1 + i] = bytes[at + i];
    return made;
  }

  text() {
    const value = this.value();
    if (typeof value !== 'string') this.bad();
    return value;
  }

  keep(object) {
    this.objects.push(object);
    return object;
  }

  value() {
    const kind = this.byte();
    switch (kind) {
      case 0x49: {
        const value = this.varint();
        return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      }
      case 0x22: return this.oneByte();
      case 0x6f: return this.object();
      case 0x41: return this.denseArray();
      case 0x54: return true;
      case 0x46: return false;
      case 0x30: return null;
      case 0x5f: return undefined;
      case 0x4e: return this.double();
      case 0x5e: {
        const id = this.varint();
        if (id >= this.objects.length) this.bad();
        return this.maybeView(this.objects[id]);
      }
      case 0x55: return this.varint();
      default: return this.rare(kind);
    }
  }

  object() {
    const object = {};
    this.objects.push(object);
    const { bytes } = this;
    for (;;) {
      const kind = bytes[this.at];
      if (kind === 0x7b) break;
      let key;
      if (kind === 0x22) {
        this.at++;
        key = this.oneByte();
      } else key = this.value();
      const value = this.value();
      if (key === '__proto__') Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
      else object[key] = value;
    }
    this.at++;
    this.varint();
    return object;
  }

  denseArray() {
    const length = this.varint();
    if (length > this.end - this.at) this.bad();
    const array = [];
    this.objects.push(array);
    for (let i = 0; i < length; i++) {
      if (this.bytes[this.at] === tag.hole) {
        this.at++;
        array.length = i + 1;
      } else array.push(this.value());
    }
    this.properties(array, tag.denseArrayEnd);
    this.varint();
    return array;
  }

  properties(object, end) {
    while (this.bytes[this.at] !== end) {
      if (this.at >= this.end) this.bad();
      const key = this.value();
      const value = this.value();
      Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
    }
    this.at++;
    return this.varint();
  }

  rare(kind) {
    switch (kind) {
      case tag.padding: return this.value();
      case tag.part: return this.part();
      case tag.wide: return this.wide();
      case tag.verifyObjects:
        this.varint();
        return this.value();
      case tag.twoByte: {
        const bytes = this.varint();
        if (this.at + bytes > this.end || bytes % 2 !== 0) this.bad();
        this.at += bytes;
        return binding.readUtf16(this.bytes, this.at - bytes, bytes);
      }
      case tag.utf8: {
        const bytes = this.varint();
        if (this.at + bytes > this.end) this.bad();
        this.at += bytes;
        return binding.readUtf8(this.bytes, this.at - bytes, bytes);
      }
      case tag.bigint: return this.bigintDigits();
      case tag.date: return this.keep(new Date(this.double()));
      case tag.trueObject: return this.keep(Object(true));
      case tag.falseObject: return this.keep(Object(false));
      case tag.numberObject: return this.keep(Object(this.double()));
      case tag.bigintObject: return this.keep(Object(this.bigintDigits()));
      case tag.stringObject: {
        const id = this.objects.push(undefined) - 1;
        return this.objects[id] = Object(this.text());
      }
      case tag.regexp: {
        const id = this.objects.push(undefined) - 1;
        const source = this.text();
        const bits = this.varint();
        let flags = '';
        for (const bit in flagLetters) if (bits & bit) flags += flagLetters[bit];
        return this.objects[id] = new RegExp(source, flags);
      }
      case tag.map: {
        const map = this.keep(new Map());
        while (this.bytes[this.at] !== tag.mapEnd) {
          const key = this.value();
          map.set(key, this.value());
        }
        this.at++;
        this.varint();
        return map;
      }
      case tag.set: {
        const set = this.keep(new Set());
        while (this.bytes[this.at] !== tag.setEnd) set.add(this.value());
        this.at++;
        this.varint();
        return set;
      }
      case tag.sparseArray: {
        const length = this.varint();
        const array = this.keep(new Array(length));
        this.properties(array, tag.sparseArrayEnd);
        this.varint();
        return array;
      }
      case tag.arrayBuffer: return this.maybeView(this.keep(this.raw(this.varint()).buffer));
      case tag.resizableArrayBuffer: {
        const length = this.varint(), max = this.varint();
        if (length > max) this.bad();
        const buffer = new ArrayBuffer(length, { maxByteLength: max });
        new Uint8Array(buffer).set(this.raw(length));
        return this.maybeView(this.keep(buffer));
      }
      case tag.arrayBufferTransfer:
      case tag.sharedArrayBuffer: {
        const id = this.varint();
        const buffer = kind === tag.sharedArrayBuffer && this.delegate?._getSharedArrayBuffer !== undefined ?
          this.delegate._getSharedArrayBuffer(id) : this.transferred?.get(id);
        if (buffer === undefined) this.bad();
        return this.maybeView(this.keep(buffer));
      }
      case tag.view: this.bad(); break;
      case tag.error: return this.error();
      case tag.host: {
        const id = this.objects.push(undefined) - 1;
        if (this.delegate !== undefined) return this.objects[id] = this.delegate._readHostObject();
        return this.objects[id] = this.described();
      }
      default: return this.bad();
    }
  }

  // After a buffer comes the view that it was written for, if there is one.
  maybeView(buffer) {
    if (this.at >= this.end || this.bytes[this.at] !== tag.view) return buffer;
    if (!(buffer instanceof ArrayBuffer) && !shared.has(buffer) && !types.isAnyArrayBuffer(buffer)) return buffer;
    this.at++;
    const Class = viewClasses[this.varint()];
    const offset = this.varint(), length = this.varint();
    if (this.version >= 14) this.varint();
    const size = Class?.BYTES_PER_ELEMENT ?? 1;
    if (Class === undefined || offset + length > buffer.byteLength || length % size !== 0 || offset % size !== 0) this.bad();
    return this.keep(new Class(buffer, offset, length / size));
  }

  wide() {
    const object = this.keep({});
    const keysText = this.text();
    if (keysText !== readKeysText) {
      readKeys = JSON.parse(keysText);
      readKeysText = keysText;
      readKeysAreSafe = !readKeys.includes('__proto__');
    }
    const values = JSON.parse(this.text());
    if (!readKeysAreSafe) {
      for (let i = 0; i < values.length; i++)
        Object.defineProperty(object, readKeys[i], { value: values[i], writable: true, enumerable: true, configurable: true });
      return object;
    }
    for (let i = 0; i < values.length; i++) object[readKeys[i]] = values[i];
    return object;
  }

  part() {
    const index = this.varint();
    const thing = this.parts?.[index];
    if (thing === undefined) this.bad();
    if (typeof thing === 'string') return thing;
    if (thing instanceof ArrayBuffer) return this.maybeView(this.keep(thing));
    const made = require('internal/messaging').receive(thing);
    return this.maybeView(this.keep(made));
  }

  error() {
    const id = this.objects.push(undefined) - 1;
    let Class = Error, message, stack, cause, hasCause = false;
    for (;;) {
      const kind = this.varint();
      if (kind === 0x2e) break;
      if (kind === 0x6d) message = this.text();
      else if (kind === 0x73) stack = this.text();
      else if (kind === 0x63) {
        cause = this.value();
        hasCause = true;
      } else Class = errorClasses[kind] ?? this.bad();
    }
    const error = Reflect.construct(Error, message === undefined ? [] : [message], Class);
    if (hasCause) Object.defineProperty(error, 'cause', { value: cause, writable: true, configurable: true, enumerable: false });
    Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true, enumerable: false });
    this.objects[id] = error;
    return error;
  }

  described() {
    const info = this.text();
    const data = this.value();
    if (info === domExceptionName) {
      const DOMException = require('internal/domexception');
      const error = new DOMException(data.message, data.name);
      Object.defineProperty(error, 'stack', { value: data.stack, writable: true, configurable: true, enumerable: false });
      return error;
    }
    const colon = info.lastIndexOf(':');
    const Class = require(info.slice(0, colon))[info.slice(colon + 1)];
    if (typeof Class !== 'function') this.bad();
    const made = new Class();
    return made[kDeserialize](data) ?? made;
  }
}

module.exports = { Writer, Reader, tag, version, viewKinds, cloneError };
