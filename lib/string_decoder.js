'use strict';

// Bytes that arrive in pieces become text without cutting characters: what is unfinished at the end of a
// piece waits in `lastChar` for the next one.

const { Buffer } = require('buffer');
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_THIS, ERR_UNKNOWN_ENCODING } = require('internal/errors').codes;

const kNative = Symbol('kNative');
const names = {
  '__proto__': null,
  'utf8': 'utf8', 'utf-8': 'utf8', 'ucs2': 'utf16le', 'ucs-2': 'utf16le', 'utf16le': 'utf16le', 'utf-16le': 'utf16le',
  'latin1': 'latin1', 'binary': 'latin1', 'ascii': 'ascii', 'base64': 'base64', 'base64url': 'base64url', 'hex': 'hex',
};

function normalize(encoding) {
  if (encoding === undefined || encoding === null || encoding === '') return 'utf8';
  const name = names[encoding] ?? names[`${encoding}`.toLowerCase()];
  if (name !== undefined) return name;
  throw new ERR_UNKNOWN_ENCODING(encoding);
}

// How many bytes the character takes that this byte announces; 0 if it announces none. Some that announce one can
// begin none, and are waited for all the same, as in Node.
function sequenceLength(byte) {
  if (byte >= 0xc0 && byte <= 0xdf) return 2;
  if (byte >= 0xe0 && byte <= 0xef) return 3;
  if (byte >= 0xf0 && byte <= 0xf7) return 4;
  return 0;
}

// Whether the byte after the first can follow it (overlong forms, surrogates and what is past U+10FFFF cannot).
function fits(first, second) {
  switch (first) {
    case 0xe0: return second >= 0xa0 && second <= 0xbf;
    case 0xed: return second >= 0x80 && second <= 0x9f;
    case 0xf0: return second >= 0x90 && second <= 0xbf;
    case 0xf4: return second >= 0x80 && second <= 0x8f;
    default: return (second & 0xc0) === 0x80;
  }
}

// The bytes at the end of `bytes` that begin a character whose rest is still to come.
function unfinishedUtf8(bytes) {
  const { length } = bytes;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back];
    if ((byte & 0xc0) === 0x80) continue;
    const need = sequenceLength(byte);
    if (need <= back) return [0, 0];
    if (back > 1 && !fits(byte, bytes[length - back + 1])) return [0, 0];
    return [back, need];
  }
  return [0, 0];
}

function unfinishedUtf16(bytes) {
  const { length } = bytes;
  const odd = length % 2;
  const pairs = length - odd;
  if (odd === 1) return [1, 2];
  return pairs >= 2 && (bytes[pairs - 1] & 0xfc) === 0xd8 ? [2, 4] : [0, 0];
}

function unfinishedBase64(bytes) {
  const rest = bytes.length % 3;
  return [rest, rest === 0 ? 0 : 3];
}

const unfinishedOf = {
  __proto__: null,
  utf8: unfinishedUtf8,
  utf16le: unfinishedUtf16,
  base64: unfinishedBase64,
  base64url: unfinishedBase64,
};

function StringDecoder(encoding) {
  this.encoding = normalize(encoding);
  this[kNative] = { held: Buffer.allocUnsafeSlow(4), count: 0, need: 0 };
}

function stateOf(decoder) {
  const state = decoder?.[kNative];
  if (state === undefined) throw new ERR_INVALID_THIS('StringDecoder');
  return state;
}

StringDecoder.prototype.write = function write(buf) {
  if (typeof buf === 'string') return buf;
  if (!ArrayBuffer.isView(buf)) throw new ERR_INVALID_ARG_TYPE('buf', ['Buffer', 'TypedArray', 'DataView'], buf);
  const state = stateOf(this);
  const piece = buf instanceof Buffer ? buf : Buffer.from(buf.buffer, buf.byteOffset, buf.byteLength);
  const unfinished = unfinishedOf[this.encoding];
  if (unfinished === undefined) return piece.toString(this.encoding);
  if (piece.length === 0) return '';
  const bytes = state.count === 0 ? piece : Buffer.concat([state.held.subarray(0, state.count), piece]);
  const [rest, need] = bytes.length < state.need && state.need === 4 && unfinished === unfinishedUtf16 ?
    [bytes.length, 4] : unfinished(bytes); // half a pair waits for the other half
  const end = bytes.length - rest;
  for (let i = 0; i < rest; i++) state.held[i] = bytes[end + i];
  state.count = rest;
  state.need = need;
  return end === 0 ? '' : bytes.toString(this.encoding, 0, end);
};

StringDecoder.prototype.end = function end(buf) {
  const text = buf === undefined ? '' : this.write(buf);
  const state = stateOf(this);
  if (state.count === 0) return text;
  const { count } = state;
  state.count = 0;
  state.need = 0;
  return text + state.held.toString(this.encoding, 0, this.encoding === 'utf16le' ? count - count % 2 : count);
};

StringDecoder.prototype.text = function text(buf, offset) {
  this[kNative].count = 0;
  this[kNative].need = 0;
  return this.write(buf.slice(offset));
};

Object.defineProperties(StringDecoder.prototype, {
  lastChar: {
    __proto__: null, configurable: true, enumerable: true,
    get() { return stateOf(this).held; },
  },
  lastNeed: {
    __proto__: null, configurable: true, enumerable: true,
    get() {
      const state = stateOf(this);
      return state.need === 0 ? 0 : state.need - state.count;
    },
  },
  lastTotal: {
    __proto__: null, configurable: true, enumerable: true,
    get() { return stateOf(this).need; },
  },
});

module.exports = { StringDecoder };
