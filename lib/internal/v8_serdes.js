'use strict';

// v8.Serializer and v8.Deserializer: the structured clone as bytes, for programs that add values of their own to it.

const { Writer } = require('internal/clone/writer');
const { Reader } = require('internal/clone/reader');

const kWriter = Symbol('kWriter');
const kReader = Symbol('kReader');

// In the order of Node's numbers for them.
const viewClasses = [
  Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array,
  DataView, Buffer, BigInt64Array, BigUint64Array, globalThis.Float16Array,
];
const viewTag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;

function viewIndex(view) {
  if (Buffer.isBuffer(view)) return viewClasses.indexOf(Buffer);
  const name = viewTag.call(view) ?? 'DataView';
  return viewClasses.findIndex((Class) => Class?.name === name);
}

function typeError(code, message) { return Object.assign(new TypeError(message), { code }); }

function needsNew(name) { return typeError('ERR_CONSTRUCT_CALL_REQUIRED', `Class constructor ${name} cannot be invoked without 'new'`); }

function bytesOf(view, name) {
  if (ArrayBuffer.isView(view)) return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  throw typeError('ERR_INVALID_ARG_TYPE', `${name} must be a TypedArray or a DataView`);
}

// What a program reads by itself fails with the name of how it read.
function reading(name, read) {
  try {
    return read();
  } catch {
    throw new Error(`${name}() failed`);
  }
}

function hide(object, key, value) { Object.defineProperty(object, key, { __proto__: null, value, configurable: true }); }

function Serializer() {
  if (new.target === undefined) throw needsNew('Serializer');
  const writer = new Writer(new Uint8Array(256));
  writer.delegate = this;
  hide(this, kWriter, writer);
}

const serializerMethods = {
  writeHeader() { this[kWriter].header(); },

  writeValue(value) {
    this[kWriter].value(value);
    return true;
  },

  releaseBuffer() {
    const { bytes, at } = this[kWriter];
    this[kWriter].use(new Uint8Array(256));
    this[kWriter].at = 0;
    return Buffer.from(bytes.buffer, bytes.byteOffset, at);
  },

  transferArrayBuffer(id, buffer) { this[kWriter].transferBuffer(id >>> 0, buffer); },
  writeUint32(value) { this[kWriter].varint(value >>> 0); },
  writeUint64(high, low) { this[kWriter].varint64(high >>> 0, low >>> 0); },
  writeDouble(value) { this[kWriter].double(+value); },
  writeRawBytes(source) { this[kWriter].raw(bytesOf(source, 'source')); },
  _setTreatArrayBufferViewsAsHostObjects(flag) { this[kWriter].treatViewsAsHost = flag; },
  _getDataCloneError: Error,
};

class DefaultSerializer extends Serializer {
  constructor() {
    super();
    this._setTreatArrayBufferViewsAsHostObjects(true);
  }

  _writeHostObject(object) {
    if (!ArrayBuffer.isView(object)) throw this._getDataCloneError(`Unserializable host object: ${require('util').inspect(object)}`);
    this.writeUint32(viewIndex(object));
    this.writeUint32(object.byteLength);
    this.writeRawBytes(object);
  }
}

function Deserializer(buffer) {
  if (new.target === undefined) throw needsNew('Deserializer');
  const reader = new Reader(bytesOf(buffer, 'buffer'));
  reader.delegate = this;
  this.buffer = buffer;
  hide(this, kReader, reader);
}

const deserializerMethods = {
  readHeader() {
    if (!this[kReader].header()) throw new Error('Unable to deserialize cloned data due to invalid or unsupported version.');
    return true;
  },

  readValue() { return this[kReader].value(); },
  getWireFormatVersion() { return this[kReader].version; },

  transferArrayBuffer(id, buffer) {
    this[kReader].transferred ??= new Map();
    this[kReader].transferred.set(id >>> 0, buffer);
  },

  readUint32() {
    return reading('ReadUint32', () => this[kReader].varint() >>> 0);
  },

  readUint64() { return reading('ReadUint64', () => this[kReader].varint64()); },

  readDouble() { return reading('ReadDouble', () => this[kReader].double()); },

  // Where the bytes begin in `buffer`.
  _readRawBytes(length) {
    const reader = this[kReader];
    if (length > reader.end - reader.at) throw new Error('ReadRawBytes() failed');
    const at = reader.at;
    reader.at += length;
    return at;
  },

  readRawBytes(length) {
    const at = this._readRawBytes(length);
    return Buffer.from(this.buffer.buffer, this.buffer.byteOffset + at, length);
  },
};

class DefaultDeserializer extends Deserializer {
  _readHostObject() {
    const Class = viewClasses[this.readUint32()];
    if (Class === undefined) throw new Error('Unable to deserialize cloned data.');
    const length = this.readUint32();
    const bytes = this.readRawBytes(length);
    if (Class === Buffer) return bytes;
    const size = Class.BYTES_PER_ELEMENT ?? 1;
    if (length % size !== 0) throw new Error('Unable to deserialize cloned data.');
    if (bytes.byteOffset % size === 0) return new Class(bytes.buffer, bytes.byteOffset, length / size);
    const copy = new Uint8Array(bytes);
    return new Class(copy.buffer, 0, length / size);
  }
}

for (const [Class, methods] of [[Serializer, serializerMethods], [Deserializer, deserializerMethods]]) {
  for (const name of Object.keys(methods)) {
    const { value } = Object.getOwnPropertyDescriptor(methods, name);
    Object.defineProperty(Class.prototype, name, { value, writable: true, configurable: true, enumerable: false });
  }
}

function serialize(value) {
  const serializer = new DefaultSerializer();
  serializer.writeHeader();
  serializer.writeValue(value);
  return serializer.releaseBuffer();
}

function deserialize(buffer) {
  const deserializer = new DefaultDeserializer(buffer);
  deserializer.readHeader();
  return deserializer.readValue();
}

module.exports = { Serializer, Deserializer, DefaultSerializer, DefaultDeserializer, serialize, deserialize };
