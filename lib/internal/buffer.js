'use strict';

// The class behind Buffer, and its readers and writers of numbers. They work on single bytes and on one
// shared cell for floats, which the JIT turns into plain loads and stores.

const {
  ERR_BUFFER_OUT_OF_BOUNDS,
  ERR_INVALID_ARG_TYPE,
  ERR_OUT_OF_RANGE,
} = require('internal/errors').codes;
const { validateNumber } = require('internal/validators');

class FastBuffer extends Uint8Array {
  constructor(bufferOrLength, byteOffset, length) {
    super(bufferOrLength, byteOffset, length);
  }
}

function failAt(value, last, name) {
  if (typeof value === 'number' && Math.floor(value) !== value) {
    validateNumber(value, name);
    throw new ERR_OUT_OF_RANGE(name || 'offset', 'an integer', value);
  }
  if (typeof value !== 'number') throw new ERR_INVALID_ARG_TYPE(name || 'offset', 'number', value);
  if (last < 0) throw new ERR_BUFFER_OUT_OF_BOUNDS();
  throw new ERR_OUT_OF_RANGE(name || 'offset', `>= ${name === 'byteLength' ? 1 : 0} and <= ${last}`, value);
}

// Whether `bytes` bytes are there at the offset; says why if not.
function check(buffer, offset, bytes) {
  if (typeof offset !== 'number') throw new ERR_INVALID_ARG_TYPE('offset', 'number', offset);
  if (buffer[offset] === undefined || buffer[offset + bytes - 1] === undefined) failAt(offset, buffer.length - bytes);
}

function checkByteLength(byteLength) {
  if (byteLength === undefined) throw new ERR_INVALID_ARG_TYPE('byteLength', 'number', byteLength);
  if (typeof byteLength !== 'number' || byteLength !== Math.floor(byteLength) || byteLength < 1 || byteLength > 6)
    failAt(byteLength, 6, 'byteLength');
}

function rangeText(bytes, min) {
  const bits = bytes * 8;
  if (bytes <= 4) return min === 0 ? `>= 0 and <= ${2 ** bits - 1}` : `>= ${-(2 ** (bits - 1))} and <= ${2 ** (bits - 1) - 1}`;
  return min === 0 ? `>= 0 and < 2 ** ${bits}` : `>= -(2 ** ${bits - 1}) and < 2 ** ${bits - 1}`;
}

// Node words the bounds of more than 32 bits with powers, the others with numbers.
function checkValue(value, min, max, bytes) {
  if (value > max || value < min) throw new ERR_OUT_OF_RANGE('value', rangeText(bytes, min), value);
}

const methods = {};

function readLE(buffer, offset, bytes) {
  let value = 0, scale = 1;
  for (let i = 0; i < bytes; i++) {
    value += buffer[offset + i] * scale;
    scale *= 0x100;
  }
  return value;
}

function readBE(buffer, offset, bytes) {
  let value = 0;
  for (let i = 0; i < bytes; i++) value = value * 0x100 + buffer[offset + i];
  return value;
}

function signed(value, bytes) {
  const half = 2 ** (8 * bytes - 1);
  return value >= half ? value - 2 * half : value;
}

methods.readUInt8 = function readUInt8(offset = 0) {
  const value = typeof offset === 'number' ? this[offset] : undefined;
  if (value === undefined) check(this, offset, 1);
  return value;
};
methods.readInt8 = function readInt8(offset = 0) {
  const value = typeof offset === 'number' ? this[offset] : undefined;
  if (value === undefined) check(this, offset, 1);
  return value << 24 >> 24;
};
methods.readUInt16LE = function readUInt16LE(offset = 0) {
  check(this, offset, 2);
  return this[offset] | this[offset + 1] << 8;
};
methods.readUInt16BE = function readUInt16BE(offset = 0) {
  check(this, offset, 2);
  return this[offset] << 8 | this[offset + 1];
};
methods.readInt16LE = function readInt16LE(offset = 0) {
  check(this, offset, 2);
  return (this[offset] | this[offset + 1] << 8) << 16 >> 16;
};
methods.readInt16BE = function readInt16BE(offset = 0) {
  check(this, offset, 2);
  return (this[offset] << 8 | this[offset + 1]) << 16 >> 16;
};
methods.readUInt32LE = function readUInt32LE(offset = 0) {
  check(this, offset, 4);
  return (this[offset] | this[offset + 1] << 8 | this[offset + 2] << 16 | this[offset + 3] << 24) >>> 0;
};
methods.readUInt32BE = function readUInt32BE(offset = 0) {
  check(this, offset, 4);
  return (this[offset] << 24 | this[offset + 1] << 16 | this[offset + 2] << 8 | this[offset + 3]) >>> 0;
};
methods.readInt32LE = function readInt32LE(offset = 0) {
  check(this, offset, 4);
  return this[offset] | this[offset + 1] << 8 | this[offset + 2] << 16 | this[offset + 3] << 24;
};
methods.readInt32BE = function readInt32BE(offset = 0) {
  check(this, offset, 4);
  return this[offset] << 24 | this[offset + 1] << 16 | this[offset + 2] << 8 | this[offset + 3];
};
methods.readBigUInt64LE = function readBigUInt64LE(offset = 0) {
  check(this, offset, 8);
  return BigInt(readLE(this, offset, 4)) + (BigInt(readLE(this, offset + 4, 4)) << 32n);
};
methods.readBigUInt64BE = function readBigUInt64BE(offset = 0) {
  check(this, offset, 8);
  return (BigInt(readBE(this, offset, 4)) << 32n) + BigInt(readBE(this, offset + 4, 4));
};
methods.readBigInt64LE = function readBigInt64LE(offset = 0) {
  check(this, offset, 8);
  return BigInt.asIntN(64, methods.readBigUInt64LE.call(this, offset));
};
methods.readBigInt64BE = function readBigInt64BE(offset = 0) {
  check(this, offset, 8);
  return BigInt.asIntN(64, methods.readBigUInt64BE.call(this, offset));
};

function checkSpan(buffer, offset, byteLength) {
  if (offset === undefined) throw new ERR_INVALID_ARG_TYPE('offset', 'number', offset);
  checkByteLength(byteLength);
  check(buffer, offset, byteLength);
}
methods.readUIntLE = function readUIntLE(offset, byteLength) {
  checkSpan(this, offset, byteLength);
  return readLE(this, offset, byteLength);
};
methods.readUIntBE = function readUIntBE(offset, byteLength) {
  checkSpan(this, offset, byteLength);
  return readBE(this, offset, byteLength);
};
methods.readIntLE = function readIntLE(offset, byteLength) {
  checkSpan(this, offset, byteLength);
  return signed(readLE(this, offset, byteLength), byteLength);
};
methods.readIntBE = function readIntBE(offset, byteLength) {
  checkSpan(this, offset, byteLength);
  return signed(readBE(this, offset, byteLength), byteLength);
};

function putLE(buffer, value, offset, bytes) {
  for (let i = 0; i < bytes; i++) {
    buffer[offset + i] = value;
    value = Math.floor(value / 0x100);
  }
  return offset + bytes;
}
function putBE(buffer, value, offset, bytes) {
  for (let i = bytes - 1; i >= 0; i--) {
    buffer[offset + i] = value;
    value = Math.floor(value / 0x100);
  }
  return offset + bytes;
}
function put16(buffer, value, at, big) {
  if (big) {
    buffer[at] = value >>> 8;
    buffer[at + 1] = value;
  } else {
    buffer[at] = value;
    buffer[at + 1] = value >>> 8;
  }
  return at + 2;
}
function put32(buffer, value, at, big) {
  if (big) {
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
  } else {
    buffer[at] = value;
    buffer[at + 1] = value >>> 8;
    buffer[at + 2] = value >>> 16;
    buffer[at + 3] = value >>> 24;
  }
  return at + 4;
}

methods.writeUInt8 = function writeUInt8(value, offset = 0) {
  value = +value;
  if (typeof offset !== 'number') throw new ERR_INVALID_ARG_TYPE('offset', 'number', offset);
  checkValue(value, 0, 0xff, 1);
  check(this, offset, 1);
  this[offset] = value;
  return offset + 1;
};
methods.writeInt8 = function writeInt8(value, offset = 0) {
  value = +value;
  if (typeof offset !== 'number') throw new ERR_INVALID_ARG_TYPE('offset', 'number', offset);
  checkValue(value, -0x80, 0x7f, 1);
  check(this, offset, 1);
  this[offset] = value;
  return offset + 1;
};
methods.writeUInt16LE = function writeUInt16LE(value, offset = 0) {
  value = +value;
  checkValue(value, 0, 0xffff, 2);
  check(this, offset, 2);
  return put16(this, value, offset, false);
};
methods.writeUInt16BE = function writeUInt16BE(value, offset = 0) {
  value = +value;
  checkValue(value, 0, 0xffff, 2);
  check(this, offset, 2);
  return put16(this, value, offset, true);
};
methods.writeInt16LE = function writeInt16LE(value, offset = 0) {
  value = +value;
  checkValue(value, -0x8000, 0x7fff, 2);
  check(this, offset, 2);
  return put16(this, value, offset, false);
};
methods.writeInt16BE = function writeInt16BE(value, offset = 0) {
  value = +value;
  checkValue(value, -0x8000, 0x7fff, 2);
  check(this, offset, 2);
  return put16(this, value, offset, true);
};
methods.writeUInt32LE = function writeUInt32LE(value, offset = 0) {
  value = +value;
  checkValue(value, 0, 0xffffffff, 4);
  check(this, offset, 4);
  return put32(this, value, offset, false);
};
methods.writeUInt32BE = function writeUInt32BE(value, offset = 0) {
  value = +value;
  checkValue(value, 0, 0xffffffff, 4);
  check(this, offset, 4);
  return put32(this, value, offset, true);
};
methods.writeInt32LE = function writeInt32LE(value, offset = 0) {
  value = +value;
  checkValue(value, -0x80000000, 0x7fffffff, 4);
  check(this, offset, 4);
  return put32(this, value, offset, false);
};
methods.writeInt32BE = function writeInt32BE(value, offset = 0) {
  value = +value;
  checkValue(value, -0x80000000, 0x7fffffff, 4);
  check(this, offset, 4);
  return put32(this, value, offset, true);
};

function checkSpanValue(buffer, value, offset, byteLength, isSigned) {
  checkByteLength(byteLength);
  if (offset === undefined) throw new ERR_INVALID_ARG_TYPE('offset', 'number', offset);
  const bits = 8 * byteLength;
  if (isSigned) checkValue(value, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1, byteLength);
  else checkValue(value, 0, 2 ** bits - 1, byteLength);
  check(buffer, offset, byteLength);
}
methods.writeUIntLE = function writeUIntLE(value, offset, byteLength) {
  value = +value;
  checkSpanValue(this, value, offset, byteLength, false);
  return putLE(this, value, offset, byteLength);
};
methods.writeUIntBE = function writeUIntBE(value, offset, byteLength) {
  value = +value;
  checkSpanValue(this, value, offset, byteLength, false);
  return putBE(this, value, offset, byteLength);
};
methods.writeIntLE = function writeIntLE(value, offset, byteLength) {
  value = +value;
  checkSpanValue(this, value, offset, byteLength, true);
  return putLE(this, Math.trunc(value), offset, byteLength);
};
methods.writeIntBE = function writeIntBE(value, offset, byteLength) {
  value = +value;
  checkSpanValue(this, value, offset, byteLength, true);
  return putBE(this, Math.trunc(value), offset, byteLength);
};

function putBig(buffer, value, offset, min, max, big) {
  if (value > max || value < min) {
    const text = min === 0n ? '>= 0n and < 2n ** 64n' : '>= -(2n ** 63n) and < 2n ** 63n';
    throw new ERR_OUT_OF_RANGE('value', text, value);
  }
  check(buffer, offset, 8);
  const low = Number(value & 0xffffffffn), high = Number(value >> 32n & 0xffffffffn);
  put32(buffer, big ? high : low, offset, big);
  return put32(buffer, big ? low : high, offset + 4, big);
}
methods.writeBigUInt64LE = function writeBigUInt64LE(value, offset = 0) {
  return putBig(this, value, offset, 0n, 0xffffffffffffffffn, false);
};
methods.writeBigUInt64BE = function writeBigUInt64BE(value, offset = 0) {
  return putBig(this, value, offset, 0n, 0xffffffffffffffffn, true);
};
methods.writeBigInt64LE = function writeBigInt64LE(value, offset = 0) {
  return putBig(this, value, offset, -0x8000000000000000n, 0x7fffffffffffffffn, false);
};
methods.writeBigInt64BE = function writeBigInt64BE(value, offset = 0) {
  return putBig(this, value, offset, -0x8000000000000000n, 0x7fffffffffffffffn, true);
};

const float64 = new Float64Array(1), float32 = new Float32Array(1);
const bytes64 = new Uint8Array(float64.buffer), bytes32 = new Uint8Array(float32.buffer);

methods.readFloatLE = function readFloatLE(offset = 0) {
  check(this, offset, 4);
  for (let i = 0; i < 4; i++) bytes32[i] = this[offset + i];
  return float32[0];
};
methods.readFloatBE = function readFloatBE(offset = 0) {
  check(this, offset, 4);
  for (let i = 0; i < 4; i++) bytes32[3 - i] = this[offset + i];
  return float32[0];
};
methods.readDoubleLE = function readDoubleLE(offset = 0) {
  check(this, offset, 8);
  for (let i = 0; i < 8; i++) bytes64[i] = this[offset + i];
  return float64[0];
};
methods.readDoubleBE = function readDoubleBE(offset = 0) {
  check(this, offset, 8);
  for (let i = 0; i < 8; i++) bytes64[7 - i] = this[offset + i];
  return float64[0];
};
methods.writeFloatLE = function writeFloatLE(value, offset = 0) {
  value = +value;
  check(this, offset, 4);
  float32[0] = value;
  for (let i = 0; i < 4; i++) this[offset + i] = bytes32[i];
  return offset + 4;
};
methods.writeFloatBE = function writeFloatBE(value, offset = 0) {
  value = +value;
  check(this, offset, 4);
  float32[0] = value;
  for (let i = 0; i < 4; i++) this[offset + i] = bytes32[3 - i];
  return offset + 4;
};
methods.writeDoubleLE = function writeDoubleLE(value, offset = 0) {
  value = +value;
  check(this, offset, 8);
  float64[0] = value;
  for (let i = 0; i < 8; i++) this[offset + i] = bytes64[i];
  return offset + 8;
};
methods.writeDoubleBE = function writeDoubleBE(value, offset = 0) {
  value = +value;
  check(this, offset, 8);
  float64[0] = value;
  for (let i = 0; i < 8; i++) this[offset + i] = bytes64[7 - i];
  return offset + 8;
};

function addNumberMethods(prototype) {
  for (const name of Object.keys(methods)) {
    prototype[name] = methods[name];
    const at = name.indexOf('UInt');
    if (at !== -1) prototype[`${name.slice(0, at)}Uint${name.slice(at + 4)}`] = methods[name];
  }
}

module.exports = { FastBuffer, addNumberMethods };
