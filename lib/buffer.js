'use strict';

// Buffer: Uint8Array with Node's methods. Short strings are coded here, where the JIT sees them; long ones
// cross into C once; what the engine's own typed arrays can do is left to them.

const binding = internalBinding('buffer');
const { setEntries } = require('internal/builtin');
const {
  ERR_BUFFER_OUT_OF_BOUNDS,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_BUFFER_SIZE,
  ERR_OUT_OF_RANGE,
  ERR_STRING_TOO_LONG,
  ERR_UNKNOWN_ENCODING,
} = require('internal/errors').codes;
const { validateArray, validateFunction, validateInteger, validateNumber, validateString } = require('internal/validators');
const { FastBuffer, addNumberMethods } = require('internal/buffer');
const { mark, shared } = require('internal/untransferable');

const kMaxLength = 2 ** 32;
const kStringMaxLength = 2 ** 29 - 24;
const shortText = 24; // up to here a loop costs less than a crossing
const inspectCustom = Symbol.for('nodejs.util.inspect.custom');

const TypedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype);
const lengthOf = Object.getOwnPropertyDescriptor(TypedArrayPrototype, 'byteLength').get;
const { set: arraySet, fill: arrayFill, indexOf: arrayIndexOf, lastIndexOf: arrayLastIndexOf } = Uint8Array.prototype;
const { isView } = ArrayBuffer;
const { fromCharCode } = String;
const isUint8Array = (value) => value instanceof Uint8Array;

let poolSize = 64 * 1024;
let pool, poolBytes, poolOffset = 0;

function refuseTransfer() { throw new TypeError('Cannot transfer a pool that many Buffers share'); }

function poolRenew() {
  pool = binding.unfilled(poolSize);
  poolBytes = new Uint8Array(pool);
  mark(pool);
  Object.defineProperty(pool, 'transfer', { value: refuseTransfer, configurable: true, writable: true });
  poolOffset = 0;
}

function allocate(size) {
  if (size <= 0) return new FastBuffer(0);
  if (size < (poolSize >>> 1)) {
    if (pool === undefined || size > pool.byteLength - poolOffset) poolRenew();
    const made = new FastBuffer(pool, poolOffset, size);
    poolOffset = (poolOffset + size + 7) & ~7;
    return made;
  }
  return new FastBuffer(size);
}

// --- encodings -------------------------------------------------------------------------------------------

function utf8Short(string, at, buffer, room) {
  const end = string.length;
  if (end > room) return -1;
  for (let i = 0; i < end; i++) {
    const code = string.charCodeAt(i);
    if (code > 0x7f) return -1;
    buffer[at + i] = code;
  }
  return end;
}

function utf8Length(string) {
  const { length } = string;
  if (length <= 64) {
    let bytes = length;
    for (let i = 0; i < length; i++) {
      const code = string.charCodeAt(i);
      if (code > 0x7f) return binding.utf8Length(string);
    }
    return bytes;
  }
  return binding.utf8Length(string);
}

function utf8Write(buffer, string, offset, room) {
  if (string.length <= shortText) {
    const written = utf8Short(string, offset, buffer, room);
    if (written >= 0) return written;
  }
  return binding.utf8Write(buffer, string, offset, room);
}

function utf8FromString(string) {
  const room = string.length * 3;
  if (room >= poolSize >>> 1) return binding.utf8FromString(string);
  if (pool === undefined || room > pool.byteLength - poolOffset) poolRenew();
  const written = utf8Write(poolBytes, string, poolOffset, room);
  const made = new FastBuffer(pool, poolOffset, written);
  poolOffset = (poolOffset + written + 7) & ~7;
  return made;
}

function utf8Slice(buffer, start, end) {
  if (end - start <= shortText) {
    let text = '';
    let i = start;
    for (; i < end; i++) {
      const code = buffer[i];
      if (code > 0x7f) break;
      text += fromCharCode(code);
    }
    if (i === end) return text;
  }
  return binding.utf8Slice(buffer, start, end);
}

function latin1Write(buffer, string, offset, room) {
  const count = Math.min(string.length, room);
  if (count > 64) return binding.latin1Write(buffer, string, offset, count);
  for (let i = 0; i < count; i++) buffer[offset + i] = string.charCodeAt(i);
  return count;
}

function latin1Slice(buffer, start, end) {
  if (end - start > shortText) return binding.latin1Slice(buffer, start, end);
  let text = '';
  for (let i = start; i < end; i++) text += fromCharCode(buffer[i]);
  return text;
}

function asciiSlice(buffer, start, end) {
  if (end - start > shortText) return binding.asciiSlice(buffer, start, end);
  let text = '';
  for (let i = start; i < end; i++) text += fromCharCode(buffer[i] & 0x7f);
  return text;
}

function ucs2Write(buffer, string, offset, room) {
  const count = Math.min(string.length, room >>> 1);
  if (count > 32) return binding.ucs2Write(buffer, string, offset, count * 2);
  for (let i = 0; i < count; i++) {
    const code = string.charCodeAt(i);
    buffer[offset + 2 * i] = code;
    buffer[offset + 2 * i + 1] = code >>> 8;
  }
  return count * 2;
}

function ucs2Slice(buffer, start, end) {
  if (end - start > shortText) return binding.ucs2Slice(buffer, start, end);
  let text = '';
  for (let i = start; i + 1 < end; i += 2) text += fromCharCode(buffer[i] | buffer[i + 1] << 8);
  return text;
}

const { toHex, toBase64, setFromBase64 } = Uint8Array.prototype;
const viewOf = (buffer, start, end) => new Uint8Array(buffer.buffer, buffer.byteOffset + start, end - start);
const whole = (buffer, start, end) => (start === 0 && end === buffer.length && isUint8Array(buffer) ? buffer : viewOf(buffer, start, end));

const hexSlice = (buffer, start, end) => (end - start <= 64 ? toHex.call(whole(buffer, start, end)) : binding.hexSlice(buffer, start, end));
const base64Slice = (buffer, start, end) => toBase64.call(whole(buffer, start, end));
const urlAlphabet = { alphabet: 'base64url', omitPadding: true };
const base64urlSlice = (buffer, start, end) => toBase64.call(whole(buffer, start, end), urlAlphabet);

function hexWrite(buffer, string, offset, room) {
  return binding.hexWrite(buffer, string, offset, Math.min(string.length >>> 1, room));
}

function base64Length(string) {
  let { length } = string;
  if (length > 1 && string.charCodeAt(length - 1) === 0x3d) {
    length--;
    if (length > 1 && string.charCodeAt(length - 1) === 0x3d) length--;
  }
  return Math.floor(length * 3 / 4);
}

// The engine is faster with much text, but takes only what is strictly base64; Node tolerates anything.
function base64Write(buffer, string, offset, room) {
  if (string.length > 2048) {
    try {
      return setFromBase64.call(viewOf(buffer, offset, offset + room), string).written;
    } catch {
      // C takes what there is
    }
  }
  return binding.base64Write(buffer, string, offset, room);
}

const encodings = {
  __proto__: null,
  utf8: { name: 'utf8', byteLength: utf8Length, write: utf8Write, slice: utf8Slice },
  ucs2: { name: 'utf16le', byteLength: (string) => string.length * 2, write: ucs2Write, slice: ucs2Slice },
  latin1: { name: 'latin1', byteLength: (string) => string.length, write: latin1Write, slice: latin1Slice },
  ascii: { name: 'ascii', byteLength: (string) => string.length, write: latin1Write, slice: asciiSlice },
  base64: { name: 'base64', byteLength: base64Length, write: base64Write, slice: base64Slice },
  base64url: { name: 'base64url', byteLength: base64Length, write: base64Write, slice: base64urlSlice },
  hex: { name: 'hex', byteLength: (string) => string.length >>> 1, write: hexWrite, slice: hexSlice },
};
const byName = {
  '__proto__': null,
  'utf8': encodings.utf8,
  'utf-8': encodings.utf8,
  'ucs2': encodings.ucs2,
  'ucs-2': encodings.ucs2,
  'utf16le': encodings.ucs2,
  'utf-16le': encodings.ucs2,
  'latin1': encodings.latin1,
  'binary': encodings.latin1,
  'ascii': encodings.ascii,
  'base64': encodings.base64,
  'base64url': encodings.base64url,
  'hex': encodings.hex,
};

// undefined for a name that is no encoding
function encodingOf(name) {
  return byName[name] ?? (typeof name === 'string' ? byName[name.toLowerCase()] : byName[`${name}`.toLowerCase()]);
}

// --- making Buffers --------------------------------------------------------------------------------------

function warnOfConstructor() {
  if (warnOfConstructor.done) return;
  if (!require('internal/options').get('pending-deprecation') && calledInNodeModules()) return;
  warnOfConstructor.done = true;
  process.emitWarning(
    'Buffer() is deprecated due to security and usability issues. Please use the Buffer.alloc(), ' +
    'Buffer.allocUnsafe(), or Buffer.from() methods instead.', 'DeprecationWarning', 'DEP0005', Buffer);
}

// Whose code calls: what lies in node_modules is not the user's to mend.
function calledInNodeModules() {
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = undefined; // the program's own may be what calls Buffer()
  const { stack } = new Error();
  Error.prepareStackTrace = prepareStackTrace;
  if (typeof stack !== 'string') return false;
  for (const line of stack.split('\n').slice(1)) {
    const match = /\(?((?:node:|\/|file:|[a-z]:\\)[^()]*?):\d+(?::\d+)?\)?$/i.exec(line.trim());
    if (match === null || match[1].startsWith('node:')) continue;
    return /[/\\]node_modules[/\\]/.test(match[1]);
  }
  return false;
}

function Buffer(value, encodingOrOffset, length) {
  warnOfConstructor();
  if (typeof value === 'number') {
    if (typeof encodingOrOffset === 'string') throw new ERR_INVALID_ARG_TYPE('string', 'string', value);
    return Buffer.alloc(value);
  }
  return Buffer.from(value, encodingOrOffset, length);
}

Buffer.prototype = FastBuffer.prototype;
Object.defineProperty(Buffer.prototype, 'constructor', { value: Buffer, writable: true, configurable: true });
Object.setPrototypeOf(Buffer, Uint8Array);
Object.defineProperty(Buffer, Symbol.species, { configurable: true, get() { return FastBuffer; } });
Object.defineProperty(Buffer, 'poolSize', {
  enumerable: true, configurable: true,
  get() { return poolSize; },
  set(size) { poolSize = size; },
});
setEntries({ bufferPrototype: Buffer.prototype, bufferClass: FastBuffer });

function checkSize(size) {
  validateNumber(size, 'size', 0, kMaxLength);
}

Buffer.alloc = function alloc(size, fill, encoding) {
  checkSize(size);
  const made = new FastBuffer(size);
  if (fill !== undefined && fill !== 0 && size > 0) fillWith(made, fill, 0, made.length, encoding);
  return made;
};
Buffer.allocUnsafe = function allocUnsafe(size) {
  checkSize(size);
  return allocate(size >>> 0 === size ? size : Math.trunc(size));
};
Buffer.allocUnsafeSlow = function allocUnsafeSlow(size) {
  checkSize(size);
  return new FastBuffer(size);
};

Buffer.from = function from(value, encodingOrOffset, length) {
  if (typeof value === 'string') return fromString(value, encodingOrOffset);
  if (typeof value === 'object' && value !== null) {
    if (isAnyArrayBuffer(value)) return fromArrayBuffer(value, encodingOrOffset, length);
    const primitive = value.valueOf && value.valueOf();
    if (primitive != null && primitive !== value && (typeof primitive === 'string' || typeof primitive === 'object'))
      return from(primitive, encodingOrOffset, length);
    const made = fromObject(value);
    if (made !== undefined) return made;
    if (typeof value[Symbol.toPrimitive] === 'function') {
      const text = value[Symbol.toPrimitive]('string');
      if (typeof text === 'string') return fromString(text, encodingOrOffset);
    }
  }
  throw new ERR_INVALID_ARG_TYPE('first argument',
    ['string', 'Buffer', 'ArrayBuffer', 'Array', 'Array-like Object'], value);
};

const bufferLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength').get;
function isAnyArrayBuffer(value) {
  if (value instanceof ArrayBuffer || shared.has(value)) return hasLength(value);
  const tag = value[Symbol.toStringTag];
  return (tag === 'ArrayBuffer' || tag === 'SharedArrayBuffer') && hasLength(value);
}
function hasLength(value) {
  if (shared.has(value)) return true;
  try {
    bufferLength.call(value);
    return true;
  } catch {
    return Object.prototype.toString.call(value) === '[object SharedArrayBuffer]' && typeof value.byteLength === 'number' &&
      value instanceof SharedArrayBuffer;
  }
}

function fromString(string, encoding) {
  if (string.length === 0) {
    if (typeof encoding === 'string' && encoding.length !== 0 && encodingOf(encoding) === undefined)
      throw new ERR_UNKNOWN_ENCODING(encoding);
    return new FastBuffer(0);
  }
  if (typeof encoding !== 'string' || encoding.length === 0) return utf8FromString(string);
  const coding = encodingOf(encoding);
  if (coding === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  if (coding === encodings.utf8) return utf8FromString(string);
  const size = coding.byteLength(string);
  const made = allocate(size);
  const written = coding.write(made, string, 0, size);
  return written === size ? made : new FastBuffer(made.buffer, made.byteOffset, written);
}

function fromArrayBuffer(buffer, byteOffset, length) {
  if (byteOffset === undefined) byteOffset = 0;
  else {
    byteOffset = +byteOffset;
    if (Number.isNaN(byteOffset)) byteOffset = 0;
  }
  const room = buffer.byteLength - byteOffset;
  if (room < 0) throw new ERR_BUFFER_OUT_OF_BOUNDS('offset');
  if (length !== undefined) {
    length = +length;
    if (length > 0) {
      if (length > room) throw new ERR_BUFFER_OUT_OF_BOUNDS('length');
    } else length = 0;
  }
  return new FastBuffer(buffer, byteOffset, length);
}

function fromObject(object) {
  if (object.length !== undefined || isAnyArrayBuffer(object.buffer ?? {})) {
    if (typeof object.length !== 'number') return new FastBuffer(0);
    return fromArrayLike(object);
  }
  if (object.type === 'Buffer' && Array.isArray(object.data)) return fromArrayLike(object.data);
}

function fromArrayLike(list) {
  const { length } = list;
  if (length <= 0) return new FastBuffer(0);
  const made = allocate(Math.trunc(length));
  if (isUint8Array(list)) {
    arraySet.call(made, list.length > made.length ? viewOf(list, 0, made.length) : list, 0);
  } else {
    for (let i = 0; i < made.length; i++) made[i] = list[i];
  }
  return made;
}

Buffer.copyBytesFrom = function copyBytesFrom(view, offset, length) {
  if (!isView(view) || view instanceof DataView) throw new ERR_INVALID_ARG_TYPE('view', ['TypedArray'], view);
  const count = view.length;
  if (count === 0) return Buffer.alloc(0);
  if (offset !== undefined || length !== undefined) {
    if (offset !== undefined) {
      validateInteger(offset, 'offset', 0);
      if (offset >= count) return Buffer.alloc(0);
    } else offset = 0;
    let end = count;
    if (length !== undefined) {
      validateInteger(length, 'length', 0);
      end = Math.min(offset + length, count);
    }
    view = view.slice(offset, end);
  }
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const made = new FastBuffer(bytes.length);
  arraySet.call(made, bytes);
  return made;
};

Buffer.of = function of(...items) {
  const made = allocate(items.length);
  for (let i = 0; i < items.length; i++) made[i] = items[i];
  return made;
};

Buffer.isBuffer = function isBuffer(value) { return value instanceof Buffer; };

Buffer.compare = function compare(buf1, buf2) {
  if (!isUint8Array(buf1)) throw new ERR_INVALID_ARG_TYPE('buf1', ['Buffer', 'Uint8Array'], buf1);
  if (!isUint8Array(buf2)) throw new ERR_INVALID_ARG_TYPE('buf2', ['Buffer', 'Uint8Array'], buf2);
  return buf1 === buf2 ? 0 : compareBytes(buf1, 0, buf1.length, buf2, 0, buf2.length);
};

Buffer.isEncoding = function isEncoding(encoding) {
  return typeof encoding === 'string' && encoding.length !== 0 && encodingOf(encoding) !== undefined;
};

Buffer.concat = function concat(list, length) {
  validateArray(list, 'list');
  if (list.length === 0) return new FastBuffer(0);
  if (length === undefined) {
    length = 0;
    for (let i = 0; i < list.length; i++) {
      const part = list[i];
      if (isUint8Array(part)) length += lengthOf.call(part);
      else throw new ERR_INVALID_ARG_TYPE(`list[${i}]`, ['Buffer', 'Uint8Array'], part);
    }
  } else validateInteger(length, 'length', 0, kMaxLength);
  const made = Buffer.allocUnsafe(length);
  let at = 0;
  for (let i = 0; i < list.length; i++) {
    const part = list[i];
    if (!isUint8Array(part)) throw new ERR_INVALID_ARG_TYPE(`list[${i}]`, ['Buffer', 'Uint8Array'], part);
    const size = lengthOf.call(part);
    if (at + size > length) {
      arraySet.call(made, viewOf(part, 0, length - at), at);
      at = length;
      break;
    }
    if (size > shortText) arraySet.call(made, part, at);
    else for (let j = 0; j < size; j++) made[at + j] = part[j];
    at += size;
  }
  if (at < length) arrayFill.call(made, 0, at, length);
  return made;
};

function byteLength(string, encoding) {
  if (typeof string !== 'string') {
    if (isView(string) || (typeof string === 'object' && string !== null && isAnyArrayBuffer(string))) return string.byteLength;
    throw new ERR_INVALID_ARG_TYPE('string', ['string', 'Buffer', 'ArrayBuffer'], string);
  }
  if (string.length === 0) return 0;
  if (!encoding) return utf8Length(string);
  return (encodingOf(encoding) ?? encodings.utf8).byteLength(string);
}
Buffer.byteLength = byteLength;

// --- methods ---------------------------------------------------------------------------------------------

const methods = {};

Object.defineProperty(Buffer.prototype, 'parent', {
  enumerable: true,
  get() { return this instanceof Buffer ? this.buffer : undefined; },
});
Object.defineProperty(Buffer.prototype, 'offset', {
  enumerable: true,
  get() { return this instanceof Buffer ? this.byteOffset : undefined; },
});

methods.toString = function toString(encoding, start, end) {
  if (arguments.length === 0) return textSlice(encodings.utf8, this, 0, this.length);
  const { length } = this;
  if (start <= 0) start = 0;
  else if (start >= length) return '';
  else start = Math.trunc(start) || 0;
  if (end === undefined || end > length) end = length;
  else end = Math.trunc(end) || 0;
  if (end <= start) return '';
  if (encoding === undefined) return textSlice(encodings.utf8, this, start, end);
  const coding = encodingOf(encoding);
  if (coding === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  return textSlice(coding, this, start, end);
};

function textSlice(coding, buffer, start, end) {
  if (end - start > kStringMaxLength) throw new ERR_STRING_TOO_LONG();
  return coding.slice(buffer, start, end);
}

methods.toLocaleString = methods.toString;

methods.equals = function equals(otherBuffer) {
  if (!isUint8Array(otherBuffer)) throw new ERR_INVALID_ARG_TYPE('otherBuffer', ['Buffer', 'Uint8Array'], otherBuffer);
  if (this === otherBuffer) return true;
  const { length } = this;
  if (length !== otherBuffer.length) return false;
  return compareBytes(this, 0, length, otherBuffer, 0, length) === 0;
};

function compareBytes(a, aStart, aEnd, b, bStart, bEnd) {
  const aLength = Math.max(aEnd - aStart, 0), bLength = Math.max(bEnd - bStart, 0);
  const count = Math.min(aLength, bLength);
  if (count > 128) {
    const order = binding.compare(a, aStart, b, bStart, count);
    if (order !== 0) return order;
  } else {
    for (let i = 0; i < count; i++) {
      const x = a[aStart + i], y = b[bStart + i];
      if (x !== y) return x < y ? -1 : 1;
    }
  }
  return aLength === bLength ? 0 : aLength < bLength ? -1 : 1;
}

methods.compare = function compare(target, targetStart, targetEnd, sourceStart, sourceEnd) {
  if (!isUint8Array(target)) throw new ERR_INVALID_ARG_TYPE('target', ['Buffer', 'Uint8Array'], target);
  if (targetStart === undefined) targetStart = 0;
  else validateInteger(targetStart, 'targetStart', 0, kMaxLength);
  if (targetEnd === undefined) targetEnd = target.length;
  else validateInteger(targetEnd, 'targetEnd', 0, target.length);
  if (sourceStart === undefined) sourceStart = 0;
  else validateInteger(sourceStart, 'sourceStart', 0, kMaxLength);
  if (sourceEnd === undefined) sourceEnd = this.length;
  else validateInteger(sourceEnd, 'sourceEnd', 0, this.length);
  if (sourceStart >= sourceEnd) return targetStart >= targetEnd ? 0 : -1;
  if (targetStart >= targetEnd) return 1;
  return compareBytes(this, sourceStart, sourceEnd, target, targetStart, targetEnd);
};

methods.copy = function copy(target, targetStart, sourceStart, sourceEnd) {
  return copyBytes(this, target, targetStart, sourceStart, sourceEnd);
};

function toInteger(value, fallback) {
  value = +value;
  return Number.isNaN(value) ? fallback : Math.trunc(value);
}

function copyBytes(source, target, targetStart, sourceStart, sourceEnd) {
  if (!isView(source)) throw new ERR_INVALID_ARG_TYPE('source', ['Buffer', 'Uint8Array'], source);
  if (!isView(target)) throw new ERR_INVALID_ARG_TYPE('target', ['Buffer', 'Uint8Array'], target);
  if (targetStart === undefined) targetStart = 0;
  else {
    targetStart = toInteger(targetStart, 0);
    if (targetStart < 0) throw new ERR_OUT_OF_RANGE('targetStart', '>= 0', targetStart);
  }
  const sourceLength = source.byteLength;
  if (sourceStart === undefined) sourceStart = 0;
  else {
    sourceStart = toInteger(sourceStart, 0);
    if (sourceStart < 0 || sourceStart > sourceLength)
      throw new ERR_OUT_OF_RANGE('sourceStart', `>= 0 && <= ${sourceLength}`, sourceStart);
  }
  if (sourceEnd === undefined) sourceEnd = sourceLength;
  else {
    sourceEnd = toInteger(sourceEnd, 0);
    if (sourceEnd < 0) throw new ERR_OUT_OF_RANGE('sourceEnd', '>= 0', sourceEnd);
    if (sourceEnd > sourceLength) sourceEnd = sourceLength;
  }
  const targetLength = target.byteLength;
  if (targetStart >= targetLength || sourceStart >= sourceEnd) return 0;
  const count = Math.min(sourceEnd - sourceStart, targetLength - targetStart);
  binding.copy(source, sourceStart, target, targetStart, count);
  return count;
}

function sliceOf(buffer, start, end) {
  const { length } = buffer;
  start = Math.trunc(start) || 0;
  if (start < 0) start = Math.max(start + length, 0);
  else if (start > length) start = length;
  if (end === undefined) end = length;
  else {
    end = Math.trunc(end) || 0;
    if (end < 0) end = Math.max(end + length, 0);
    else if (end > length) end = length;
  }
  return new FastBuffer(buffer.buffer, buffer.byteOffset + start, end > start ? end - start : 0);
}
methods.subarray = function subarray(start, end) { return sliceOf(this, start, end); };
methods.slice = function slice(start, end) { return this instanceof Buffer ? sliceOf(this, start, end) : this.subarray(start, end); };

methods.toJSON = function toJSON() {
  if (this.length === 0) return { type: 'Buffer', data: [] };
  const data = new Array(this.length);
  for (let i = 0; i < this.length; i++) data[i] = this[i];
  return { type: 'Buffer', data };
};

let inspectMaxBytes = 50;
methods[inspectCustom] = function inspect(recurseTimes, context) {
  const max = inspectMaxBytes;
  const shown = Math.min(max, this.length);
  let text = hexSlice(this, 0, shown).replace(/(.{2})/g, '$1 ').trim();
  const rest = this.length - max;
  if (rest > 0) text += ` ... ${rest} more byte${rest > 1 ? 's' : ''}`;
  if (context && !require('internal/util/engine').hasOnlyElements(this)) {
    let extras = false;
    const properties = { __proto__: null };
    for (const key of Object.keys(this)) {
      if (String(key >>> 0) === key) continue;
      extras = true;
      properties[key] = this[key];
    }
    for (const symbol of Object.getOwnPropertySymbols(this)) {
      const descriptor = Object.getOwnPropertyDescriptor(this, symbol);
      if (descriptor.enumerable || context.showHidden) {
        extras = true;
        properties[symbol] = this[symbol];
      }
    }
    if (extras) {
      if (this.length !== 0) text += ', ';
      const { inspect: inspectValue } = require('internal/util/inspect');
      text += inspectValue(properties, { ...context, breakLength: Infinity, compact: true }).slice(27, -2);
    }
  }
  let name = 'Buffer';
  try {
    const { constructor } = this;
    if (typeof constructor === 'function' && constructor.name) name = constructor.name;
  } catch {
    // a broken constructor says nothing
  }
  return `<${name} ${text}>`;
};
methods.inspect = methods[inspectCustom];

methods.swap16 = function swap16() {
  const { length } = this;
  if (length % 2 !== 0) throw new ERR_INVALID_BUFFER_SIZE('16-bits');
  if (length >= 128) return binding.swap(this, 2), this;
  for (let i = 0; i < length; i += 2) exchange(this, i, i + 1);
  return this;
};
methods.swap32 = function swap32() {
  const { length } = this;
  if (length % 4 !== 0) throw new ERR_INVALID_BUFFER_SIZE('32-bits');
  if (length >= 128) return binding.swap(this, 4), this;
  for (let i = 0; i < length; i += 4) {
    exchange(this, i, i + 3);
    exchange(this, i + 1, i + 2);
  }
  return this;
};
methods.swap64 = function swap64() {
  const { length } = this;
  if (length % 8 !== 0) throw new ERR_INVALID_BUFFER_SIZE('64-bits');
  if (length >= 128) return binding.swap(this, 8), this;
  for (let i = 0; i < length; i += 8)
    for (let k = 0; k < 4; k++) exchange(this, i + k, i + 7 - k);
  return this;
};
function exchange(buffer, a, b) {
  const kept = buffer[a];
  buffer[a] = buffer[b];
  buffer[b] = kept;
}

// --- searching -------------------------------------------------------------------------------------------

function search(buffer, value, byteOffset, encoding, forward) {
  if (!isView(buffer)) throw new ERR_INVALID_ARG_TYPE('buffer', ['Buffer', 'TypedArray', 'DataView'], buffer);
  if (typeof byteOffset === 'string') {
    encoding = byteOffset;
    byteOffset = undefined;
  } else if (byteOffset > 0x7fffffff) byteOffset = 0x7fffffff;
  else if (byteOffset < -0x80000000) byteOffset = -0x80000000;
  byteOffset = +byteOffset;
  if (Number.isNaN(byteOffset)) byteOffset = forward ? 0 : buffer.length ?? buffer.byteLength;
  if (typeof value === 'number') {
    byteOffset = Math.trunc(byteOffset);
    if (!forward && byteOffset < -buffer.length) return -1;
    return forward ? arrayIndexOf.call(buffer, value & 0xff, byteOffset) : arrayLastIndexOf.call(buffer, value & 0xff, byteOffset);
  }
  let coding = encodings.utf8;
  if (encoding !== undefined) coding = encodingOf(encoding);
  if (typeof value === 'string') {
    if (coding === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
    return searchBytes(buffer, value.length === 0 ? new FastBuffer(0) : fromString(value, coding.name), byteOffset, coding, forward);
  }
  if (isUint8Array(value)) return searchBytes(buffer, value, byteOffset, coding ?? encodings.utf8, forward);
  throw new ERR_INVALID_ARG_TYPE('value', ['number', 'string', 'Buffer', 'Uint8Array'], value);
}

function searchBytes(buffer, needle, byteOffset, coding, forward) {
  const length = buffer.byteLength;
  let start = Math.trunc(byteOffset);
  if (start < 0) {
    start += length;
    if (start < 0) {
      if (!forward) return -1;
      start = 0;
    }
  }
  if (start > length) {
    if (needle.length === 0) return length;
    if (forward) return -1;
    start = length;
  }
  if (needle.length === 0) return start;
  if (needle.length > length) return -1;
  const step = coding === encodings.ucs2 ? 2 : 1;
  if (step === 2 && (length < 2 || needle.length < 2)) return -1;
  if (needle.length === 1 && isUint8Array(buffer))
    return forward ? arrayIndexOf.call(buffer, needle[0], start) : arrayLastIndexOf.call(buffer, needle[0], start);
  return binding.search(buffer, needle, start, step, forward);
}

methods.indexOf = function indexOf(value, byteOffset, encoding) { return search(this, value, byteOffset, encoding, true); };
methods.lastIndexOf = function lastIndexOf(value, byteOffset, encoding) { return search(this, value, byteOffset, encoding, false); };
methods.includes = function includes(value, byteOffset, encoding) { return search(this, value, byteOffset, encoding, true) !== -1; };

// --- filling and writing ---------------------------------------------------------------------------------

methods.fill = function fill(value, offset, end, encoding) { return fillWith(this, value, offset, end, encoding); };

function fillWith(buffer, value, offset, end, encoding) {
  if (typeof value === 'string') {
    if (offset === undefined || typeof offset === 'string') {
      encoding = offset;
      offset = undefined;
      end = undefined;
    } else if (typeof end === 'string') {
      encoding = end;
      end = undefined;
    }
    if (encoding !== undefined) validateString(encoding, 'encoding');
    const coding = encodingOf(encoding ?? 'utf8');
    if (coding === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
    if (value.length === 0) value = 0;
    else if (value.length === 1) {
      const code = value.charCodeAt(0);
      if ((coding === encodings.utf8 && code < 0x80) || coding === encodings.latin1) value = code & 0xff;
    }
    encoding = coding.name;
  } else if (typeof value === 'boolean') value = +value;
  const { byteLength } = buffer;
  if (offset === undefined) {
    offset = 0;
    end = byteLength;
  } else {
    validateInteger(offset, 'offset', 0, kMaxLength);
    if (end === undefined) end = byteLength;
    else validateInteger(end, 'end', 0, byteLength);
    if (offset >= end) return buffer;
  }
  const target = isUint8Array(buffer) ? buffer : viewOf(buffer, 0, byteLength);
  if (typeof value === 'number') {
    arrayFill.call(target, value & 0xff, offset, end);
    return buffer;
  }
  const pattern = typeof value === 'string' ? fromString(value, encoding) : isView(value) ? viewOf(value, 0, value.byteLength) : undefined;
  if (pattern === undefined) {
    arrayFill.call(target, +value & 0xff, offset, end);
    return buffer;
  }
  if (end > lengthOf.call(target)) throw new ERR_BUFFER_OUT_OF_BOUNDS();
  if (pattern.length === 0) throw new ERR_INVALID_ARG_VALUE('value', value);
  const room = end - offset;
  const first = Math.min(pattern.length, room);
  arraySet.call(target, first === pattern.length ? pattern : viewOf(pattern, 0, first), offset);
  for (let done = first; done < room; done *= 2) target.copyWithin(offset + done, offset, offset + Math.min(done, room - done));
  return buffer;
}

methods.write = function write(string, offset, length, encoding) {
  const size = this.length;
  if (offset === undefined) {
    if (typeof string !== 'string') throw new ERR_INVALID_ARG_TYPE('argument', 'string', string);
    return utf8Write(this, string, 0, size);
  }
  if (length === undefined && typeof offset === 'string') {
    encoding = offset;
    length = size;
    offset = 0;
  } else {
    validateInteger(offset, 'offset', 0, size);
    const room = size - offset;
    if (length === undefined) length = room;
    else if (typeof length === 'string') {
      encoding = length;
      length = room;
    } else {
      validateInteger(length, 'length', 0, size);
      if (length > room) length = room;
    }
  }
  if (typeof string !== 'string') throw new ERR_INVALID_ARG_TYPE('argument', 'string', string);
  const coding = encoding ? encodingOf(encoding) : encodings.utf8;
  if (coding === undefined) throw new ERR_UNKNOWN_ENCODING(encoding);
  return coding.write(this, string, offset, length);
};

for (const [name, coding] of [['ascii', 'ascii'], ['base64', 'base64'], ['base64url', 'base64url'], ['latin1', 'latin1'],
  ['hex', 'hex'], ['ucs2', 'ucs2'], ['utf8', 'utf8']]) {
  const { slice, write } = encodings[coding];
  methods[`${name}Slice`] = {
    slice(start = 0, end = this.length) {
      if (!isView(this)) throw new ERR_INVALID_ARG_TYPE('argument', 'Buffer', this);
      end = Math.min(end, this.length);
      if (start < 0 || end < 0) throw new ERR_OUT_OF_RANGE('Index', `>= 0 && <= ${this.length}`, start < 0 ? start : end);
      return end > start ? slice(this, Math.trunc(start), Math.trunc(end)) : '';
    },
  }.slice;
  methods[`${name}Write`] = {
    write(string, offset = 0, length = this.byteLength - offset) {
      validateString(string, 'argument');
      if (offset < 0 || offset > this.byteLength) throw new ERR_BUFFER_OUT_OF_BOUNDS('offset');
      if (length < 0 || length > this.byteLength - offset) throw new ERR_BUFFER_OUT_OF_BOUNDS('length');
      return write(this, string, offset, length);
    },
  }.write;
}

for (const key of Reflect.ownKeys(methods)) {
  Object.defineProperty(Buffer.prototype, key,
    { __proto__: null, value: methods[key], enumerable: true, writable: true, configurable: true });
  if (typeof key === 'string' && /(?:Slice|Write)$/.test(key)) Object.defineProperty(methods[key], 'name', { value: key });
}
addNumberMethods(Buffer.prototype);

// --- the module's other things ---------------------------------------------------------------------------

function bytesOf(input, name) {
  if (isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (typeof input === 'object' && input !== null && isAnyArrayBuffer(input)) return new Uint8Array(input);
  throw new ERR_INVALID_ARG_TYPE(name, ['ArrayBuffer', 'Buffer', 'TypedArray'], input);
}

function checkAttached(input) {
  const buffer = isView(input) ? input.buffer : input;
  if (buffer.detached === true) {
    const { ERR_INVALID_STATE } = require('internal/errors').codes;
    throw new ERR_INVALID_STATE('Cannot validate on a detached buffer');
  }
}

function isUtf8(input) {
  if (!isView(input) && !(typeof input === 'object' && input !== null && isAnyArrayBuffer(input)))
    throw new ERR_INVALID_ARG_TYPE('input', ['ArrayBuffer', 'Buffer', 'TypedArray'], input);
  checkAttached(input);
  return binding.isUtf8(bytesOf(input, 'input'));
}

function isAscii(input) {
  if (!isView(input) && !(typeof input === 'object' && input !== null && isAnyArrayBuffer(input)))
    throw new ERR_INVALID_ARG_TYPE('input', ['ArrayBuffer', 'Buffer', 'TypedArray'], input);
  checkAttached(input);
  return binding.isAscii(bytesOf(input, 'input'));
}

function transcode(source, fromEncoding, toEncoding) {
  if (!isUint8Array(source)) throw new ERR_INVALID_ARG_TYPE('source', ['Buffer', 'Uint8Array'], source);
  if (source.length === 0) return Buffer.alloc(0);
  const from = encodingOf(fromEncoding), to = encodingOf(toEncoding);
  const fits = (coding) => coding === encodings.utf8 || coding === encodings.ucs2 || coding === encodings.latin1 || coding === encodings.ascii;
  if (!fits(from) || !fits(to)) {
    const error = new Error('Unable to transcode Buffer [U_ILLEGAL_ARGUMENT_ERROR]');
    error.code = 'U_ILLEGAL_ARGUMENT_ERROR';
    error.errno = 1;
    throw error;
  }
  const text = from === encodings.ascii ? Array.from(source, (byte) => (byte > 0x7f ? '\ufffd' : fromCharCode(byte))).join('') :
    from.slice(source, 0, source.length);
  if (to === encodings.latin1) return fromString(text.replace(/[\ud800-\udbff][\udc00-\udfff]|[^\0-\xff]/g, '?'), 'latin1');
  if (to === encodings.ascii) return fromString(text.replace(/[\ud800-\udbff][\udc00-\udfff]|[^\0-\x7f]/g, '?'), 'latin1');
  return fromString(text, to.name);
}

function btoa(input) {
  if (arguments.length === 0) throw new (require('internal/errors').codes.ERR_MISSING_ARGS)('input');
  const text = `${input}`;
  for (let i = 0; i < text.length; i++)
    if (text.charCodeAt(i) > 0xff) throw domError('Invalid character', 'InvalidCharacterError');
  if (text.length === 0) return '';
  return toBase64.call(fromString(text, 'latin1'));
}

function domError(message, name) {
  const DOMException = require('internal/domexception');
  return new DOMException(message, name);
}

function atob(input) {
  if (arguments.length === 0) throw new (require('internal/errors').codes.ERR_MISSING_ARGS)('input');
  let text = `${input}`.replace(/[\t\n\f\r ]+/g, '');
  if (text.length % 4 === 0) text = text.replace(/={1,2}$/, '');
  if (/[^A-Za-z0-9+/]/.test(text)) throw domError('Invalid character', 'InvalidCharacterError');
  if (text.length % 4 === 1) throw domError('The string to be decoded is not correctly encoded.', 'InvalidCharacterError');
  return fromString(text, 'base64').latin1Slice();
}

module.exports = {
  Buffer,
  transcode,
  isUtf8,
  isAscii,
  kMaxLength,
  kStringMaxLength,
  btoa,
  atob,
};
Object.defineProperties(module.exports, {
  constants: {
    __proto__: null, configurable: false, enumerable: true,
    value: Object.defineProperties({}, {
      MAX_LENGTH: { value: kMaxLength, enumerable: true },
      MAX_STRING_LENGTH: { value: kStringMaxLength, enumerable: true },
    }),
  },
  INSPECT_MAX_BYTES: {
    __proto__: null, configurable: true, enumerable: true,
    get() { return inspectMaxBytes; },
    set(value) {
      validateNumber(value, 'INSPECT_MAX_BYTES', 0);
      inspectMaxBytes = value;
    },
  },
});
for (const name of ['Blob', 'resolveObjectURL', 'File']) {
  Object.defineProperty(module.exports, name, {
    __proto__: null, configurable: true, enumerable: true,
    get() {
      const value = require('internal/blob')[name];
      Object.defineProperty(module.exports, name, { __proto__: null, value, configurable: true, enumerable: true, writable: true });
      return value;
    },
  });
}
