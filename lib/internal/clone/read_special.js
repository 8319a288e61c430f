'use strict';

// What is rarer in messages than numbers, strings, objects and arrays, read one kind at a time.

const binding = internalBinding('messaging');
const types = require('internal/util/types');
const { tag, viewKinds, errorKinds, flagLetters, domExceptionName } = require('internal/clone/format');
const { kDeserialize } = require('internal/transferable');

const viewClasses = { __proto__: null };
for (const name in viewKinds) if (globalThis[name] !== undefined) viewClasses[viewKinds[name]] = globalThis[name];
const errorClasses = { __proto__: null };
for (const name in errorKinds) errorClasses[errorKinds[name]] = globalThis[name];

const readers = {
  __proto__: null,
  [tag.padding]: (reader) => reader.value(),
  [tag.verifyObjects](reader) {
    reader.varint();
    return reader.value();
  },
  [tag.part]: part,
  [tag.wide](reader) {
    if (reader.delegate !== undefined) reader.bad();
    return require('internal/clone/wide').readWide(reader);
  },
  [tag.twoByte](reader) {
    const bytes = piece(reader);
    if (bytes % 2 !== 0) reader.bad();
    return binding.readUtf16(reader.bytes, reader.at - bytes, bytes);
  },
  [tag.utf8](reader) {
    const bytes = piece(reader);
    return binding.readUtf8(reader.bytes, reader.at - bytes, bytes);
  },
  [tag.bigint]: bigintDigits,
  [tag.date]: (reader) => reader.keep(new Date(reader.double())),
  [tag.trueObject]: (reader) => reader.keep(Object(true)),
  [tag.falseObject]: (reader) => reader.keep(Object(false)),
  [tag.numberObject]: (reader) => reader.keep(Object(reader.double())),
  [tag.bigintObject]: (reader) => reader.keep(Object(bigintDigits(reader))),
  [tag.stringObject]: (reader) => later(reader, () => Object(reader.text())),
  [tag.regexp]: (reader) => later(reader, () => regexp(reader)),
  [tag.map](reader) {
    const map = reader.keep(new Map());
    while (reader.peek() !== tag.mapEnd) {
      const key = reader.value();
      map.set(key, reader.value());
    }
    reader.at++;
    reader.varint();
    return map;
  },
  [tag.set](reader) {
    const set = reader.keep(new Set());
    while (reader.peek() !== tag.setEnd) set.add(reader.value());
    reader.at++;
    reader.varint();
    return set;
  },
  [tag.sparseArray](reader) {
    const length = reader.varint();
    if (length >>> 0 !== length) reader.bad();
    const array = reader.keep(new Array(length));
    reader.properties(array, tag.sparseArrayEnd);
    reader.varint();
    return array;
  },
  [tag.arrayBuffer]: (reader) => maybeView(reader, reader.keep(reader.raw(reader.varint()).buffer)),
  [tag.resizableArrayBuffer](reader) {
    const length = reader.varint(), max = reader.varint();
    if (length > max || max > 0x1fffffffffff) reader.bad();
    const bytes = reader.raw(length);
    const buffer = new ArrayBuffer(length, { maxByteLength: max });
    new Uint8Array(buffer).set(bytes);
    return maybeView(reader, reader.keep(buffer));
  },
  [tag.arrayBufferTransfer]: (reader) => given(reader, reader.transferred?.get(reader.varint())),
  [tag.sharedArrayBuffer](reader) {
    const id = reader.varint();
    return given(reader, reader.delegate?._getSharedArrayBuffer?.(id) ?? reader.transferred?.get(id));
  },
  [tag.error]: (reader) => later(reader, () => error(reader)),
  [tag.host]: (reader) => later(reader, () => hostObject(reader)),
};

function readRare(reader, kind) {
  const read = readers[kind];
  return read === undefined ? reader.bad() : read(reader);
}

// The number of an object is given when it begins, also where it cannot be made before its parts are read.
function later(reader, make) {
  const id = reader.objects.push(undefined) - 1;
  return reader.objects[id] = make();
}

function piece(reader) {
  const bytes = reader.varint();
  if (reader.at + bytes > reader.end) reader.bad();
  reader.at += bytes;
  return bytes;
}

const words = new BigUint64Array(1);
const wordBytes = new Uint8Array(words.buffer);

function bigintDigits(reader) {
  const field = reader.varint();
  const count = Math.floor(field / 2);
  const at = reader.at;
  if (at + count > reader.end) reader.bad();
  reader.at += count;
  let value;
  if (count <= 8) {
    words[0] = 0n;
    for (let i = 0; i < count; i++) wordBytes[i] = reader.bytes[at + i];
    value = words[0];
  } else {
    let digits = '';
    for (let i = count - 1; i >= 0; i--) digits += reader.bytes[at + i].toString(16).padStart(2, '0');
    value = BigInt(`0x${digits}`);
  }
  return field % 2 === 1 ? -value : value;
}

function regexp(reader) {
  const source = reader.text();
  const bits = reader.varint();
  let flags = '';
  for (const bit in flagLetters) if (bits & bit) flags += flagLetters[bit];
  try {
    return new RegExp(source, flags);
  } catch {
    return reader.bad();
  }
}

function given(reader, buffer) {
  return buffer === undefined ? reader.bad() : maybeView(reader, reader.keep(buffer));
}

// After a buffer comes the view that it was written for, if there is one.
function maybeView(reader, buffer) {
  if (reader.at >= reader.end || reader.bytes[reader.at] !== tag.view || !types.isAnyArrayBuffer(buffer)) return buffer;
  reader.at++;
  const Class = viewClasses[reader.varint()] ?? reader.bad();
  const offset = reader.varint(), length = reader.varint();
  if (reader.version >= 14) reader.varint();
  const size = Class.BYTES_PER_ELEMENT ?? 1;
  if (offset + length > buffer.byteLength || length % size !== 0 || offset % size !== 0) reader.bad();
  return reader.keep(new Class(buffer, offset, length / size));
}

function part(reader) {
  const thing = reader.parts?.[reader.varint()] ?? reader.bad();
  if (typeof thing === 'string') return thing;
  const made = thing instanceof ArrayBuffer ? thing : require('internal/messaging').receive(thing);
  return maybeView(reader, reader.keep(made));
}

function hidden(object, key, value) { Object.defineProperty(object, key, { __proto__: null, value, writable: true, configurable: true, enumerable: false }); }

function error(reader) {
  let Class = Error, message, stack, cause, hasCause = false;
  for (;;) {
    const kind = reader.varint();
    if (kind === 0x2e) break;
    if (kind === 0x6d) message = reader.text();
    else if (kind === 0x73) stack = reader.text();
    else if (kind === 0x63) {
      cause = reader.value();
      hasCause = true;
    } else Class = errorClasses[kind] ?? reader.bad();
  }
  const made = Reflect.construct(Error, message === undefined ? [] : [message], Class);
  if (hasCause) hidden(made, 'cause', cause);
  hidden(made, 'stack', stack);
  return made;
}

function hostObject(reader) {
  const { delegate } = reader;
  if (delegate === undefined) return described(reader);
  return typeof delegate._readHostObject === 'function' ? delegate._readHostObject() : reader.bad();
}

// A program that finds the symbols of transferable.js can name what it likes.
function classOf(info) {
  const colon = info.lastIndexOf(':');
  const id = info.slice(0, colon);
  let module;
  try {
    if (id.startsWith('internal/')) module = require(id);
  } catch {
    // said below
  }
  if (module === undefined && require('internal/builtin').has(id)) throw new Error(`Unknown deserialize spec ${info}`);
  if (module === undefined) throw new Error(`Missing internal module '${id}'`);
  const Class = module[info.slice(colon + 1)];
  if (typeof Class !== 'function' || Class.prototype?.[kDeserialize] === undefined) throw new Error(`Unknown deserialize spec ${info}`);
  return Class;
}

// One of Galley's own classes, named by who wrote it: only messages between threads get here.
function described(reader) {
  const info = reader.text();
  const data = reader.value();
  if (info === domExceptionName) {
    const DOMException = require('internal/domexception');
    const made = new DOMException(data.message, data.name);
    hidden(made, 'stack', data.stack);
    return made;
  }
  const Class = classOf(info);
  const made = new Class();
  return made[kDeserialize](data) ?? made;
}

module.exports = { readRare, maybeView };
