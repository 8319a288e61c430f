'use strict';
// serialization: 'advanced': messages in V8's format, with a number before what is not plain that says whether it is a view.

const { DefaultSerializer, DefaultDeserializer } = require('v8');

const VIEW = 0, OTHER = 1;

class MessageSerializer extends DefaultSerializer {
  _writeHostObject(object) {
    if (ArrayBuffer.isView(object)) {
      this.writeUint32(VIEW);
      super._writeHostObject(object);
      return;
    }
    this.writeUint32(OTHER);
    this.writeValue({ ...object });
  }
}

class MessageDeserializer extends DefaultDeserializer {
  _readHostObject() {
    return this.readUint32() === VIEW ? super._readHostObject() : this.readValue();
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
