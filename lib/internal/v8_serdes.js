'use strict';
// v8.serialize and v8.deserialize: the structured clone as bytes. The classes that let programs add host
// objects of their own are not there yet, and say so.

const { Writer, Reader } = require('internal/clone');
const codes = require('internal/codes');

function serialize(value) {
  const writer = new Writer(new Uint8Array(256));
  writer.root = value;
  writer.header();
  writer.value(value);
  return Buffer.from(writer.bytes.buffer, writer.bytes.byteOffset, writer.at);
}

function deserialize(buffer) {
  if (!ArrayBuffer.isView(buffer)) throw new codes.ERR_INVALID_ARG_TYPE('buffer', ['Buffer', 'TypedArray', 'DataView'], buffer);
  const reader = new Reader(new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).slice());
  reader.header();
  return reader.value();
}

function absent(name) {
  return {
    [name]: function () {
      const error = new Error(`v8.${name} is not part of Galley yet; v8.serialize and v8.deserialize are`);
      error.code = 'ERR_METHOD_NOT_IMPLEMENTED';
      throw error;
    },
  }[name];
}

module.exports = { serialize, deserialize };
for (const name of ['Serializer', 'Deserializer', 'DefaultSerializer', 'DefaultDeserializer'])
  module.exports[name] = absent(name);
