'use strict';

// Structured clone, from values to bytes. It runs in JavaScript because reading an object's properties costs the JIT a few
// nanoseconds and C a crossing each; long strings and big arrays go to C in one piece ("parts" of a message).

const binding = internalBinding('messaging');
const marks = require('internal/untransferable');
const { tag, version } = require('internal/clone/format');

const { getPrototypeOf, keys: ownKeys } = Object;
const objectPrototype = Object.prototype, arrayPrototype = Array.prototype;
const { isView } = ArrayBuffer;
const hasOwn = Object.prototype.hasOwnProperty;

const inlineString = 32; // longer ones are copied by C
const stringPart = 256; // longer ones travel beside a message
const wideObject = 64; // keys of an object that is worth a look at all its values

let writeSpecial; // most messages have nothing in them that it knows

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

class Writer {
  constructor(bytes) {
    this.use(bytes);
    this.at = 0;
    this.ids = undefined; // object -> number, once there is more than one
    this.nextId = 0;
    this.parts = undefined; // [kind, thing, ...] for messages
    this.transferred = undefined; // Map of what is moved instead of copied -> its number
    this.root = undefined; // the message, to explain errors
    this.delegate = undefined; // a v8.Serializer
    this.treatViewsAsHost = false;
  }

  use(bytes) {
    this.bytes = bytes;
    this.numbers = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
    this.use(bytes);
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

  varint64(high, low) {
    this.reserve(10);
    let left = BigInt(high) << 32n | BigInt(low);
    for (; left >= 0x80n; left >>= 7n) this.bytes[this.at++] = Number(left & 0x7fn) | 0x80;
    this.bytes[this.at++] = Number(left);
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
    if (this.at + 8 > this.bytes.length) this.reserve(8);
    this.numbers.setFloat64(this.at, value, true);
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
    const words = [];
    for (; value > 0n; value >>= 64n) words.push(BigInt.asUintN(64, value));
    this.varint(words.length * 16 + (negative ? 1 : 0));
    this.reserve(words.length * 8);
    for (const word of words) {
      this.numbers.setBigUint64(this.at, word, true);
      this.at += 8;
    }
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

  // From now on the buffer is only named.
  transferBuffer(id, buffer) {
    this.transferred ??= new Map();
    this.transferred.set(buffer, () => {
      this.byte(tag.arrayBufferTransfer);
      this.varint(id);
    });
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
    const { describe, cloneError, pathTo } = require('internal/clone/errors');
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
    if (marks.someUncloneable && marks.isUncloneable(object)) this.fail(object);
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
    writeSpecial ??= require('internal/clone/special').writeSpecial;
    writeSpecial(this, object);
  }

  plain(object) {
    const keys = ownKeys(object);
    const { length } = keys;
    if (length >= wideObject && this.parts !== undefined && require('internal/clone/wide').writeWide(this, object, keys)) return;
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
}

function isIndex(key, length) {
  const number = +key;
  return number >>> 0 === number && number < length && String(number) === key;
}

module.exports = { Writer, isIndex };
