'use strict';

// Structured clone, from bytes to values: what most messages are made of. What comes from outside is checked wherever it
// could make the reader go past the end or make what a program cannot make itself.

const binding = internalBinding('messaging');
const { tag, version } = require('internal/clone/format');

let readRare; // most messages have nothing in them that it knows

// Short strings come again and again (the keys of objects): found by their bytes before one is made.
const knownSlots = 4096, knownLength = 24;
const known = new Array(knownSlots).fill(undefined);
const knownBytes = new Uint8Array(knownSlots * knownLength);

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
    this.numbers = undefined; // a DataView of the bytes
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
    if (this.at >= this.end) this.bad();
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

  // [high, low]
  varint64() {
    let value = 0n, shift = 0n, byte;
    do {
      byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      shift += 7n;
    } while (byte >= 0x80 && shift < 64n);
    return [Number(BigInt.asUintN(32, value >> 32n)), Number(BigInt.asUintN(32, value))];
  }

  double() {
    const { at, bytes } = this;
    if (at + 8 > this.end) this.bad();
    this.numbers ??= new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at + 8;
    return this.numbers.getFloat64(at, true);
  }

  // The next byte, which the caller may not want.
  peek() {
    if (this.at >= this.end) this.bad();
    return this.bytes[this.at];
  }

  raw(count) {
    if (this.at + count > this.end) this.bad();
    const made = this.bytes.slice(this.at, this.at + count);
    this.at += count;
    return made;
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
        const object = this.objects[id];
        return this.bytes[this.at] === tag.view ? require('internal/clone/read_special').maybeView(this, object) : object;
      }
      case 0x55: return this.varint();
      default:
        readRare ??= require('internal/clone/read_special').readRare;
        return readRare(this, kind);
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
      } else {
        key = this.value();
        if (typeof key !== 'string' && typeof key !== 'number') this.bad();
      }
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
      if (typeof key !== 'string' && typeof key !== 'number') this.bad();
      const value = this.value();
      Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
    }
    this.at++;
    return this.varint();
  }
}

module.exports = { Reader };
