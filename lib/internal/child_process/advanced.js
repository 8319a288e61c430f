'use strict';
// serialization: 'advanced': messages in V8's format, as Node writes them, with Buffers marked as such.

const { DefaultSerializer, DefaultDeserializer } = require('v8');

const BUFFER = 0, OTHER = 1;

class MessageSerializer extends DefaultSerializer {
  _writeHostObject(object) {
    if (Buffer.isBuffer(object)) {
      this.writeUint32(BUFFER);
      this.writeUint32(object.length);
      this.writeRawBytes(object);
      return;
    }
    if (ArrayBuffer.isView(object)) {
      this.writeUint32(OTHER);
      super._writeHostObject(object);
      return;
    }
    this.writeUint32(OTHER);
    this.writeValue({ ...object });
  }
}

class MessageDeserializer extends DefaultDeserializer {
  _readHostObject() {
    const tag = this.readUint32();
    if (tag === BUFFER) {
      const bytes = this.readRawBytes(this.readUint32());
      return Buffer.from(bytes);
    }
    return super._readHostObject();
  }
}

function write(message) {
  const serializer = new MessageSerializer();
  serializer.writeHeader();
  serializer.writeValue(message);
  return serializer.releaseBuffer();
}

function read(bytes) {
  const deserializer = new MessageDeserializer(bytes);
  deserializer.readHeader();
  return deserializer.readValue();
}

module.exports = { read, write };
