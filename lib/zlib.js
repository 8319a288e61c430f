'use strict';
// Compression as streams, callbacks and plain calls. Whole texts go through C in one call; streams
// hand their chunks to a thread of the pool one at a time.

const binding = internalBinding('zlib');
if (binding.loadError !== undefined)
  throw new Error(`zlib is not available: ${binding.loadError}`);

const { Transform, finished } = require('stream');
const { Buffer, kMaxLength } = require('buffer');
const { codes: {
  ERR_BROTLI_INVALID_PARAM,
  ERR_BUFFER_TOO_LARGE,
  ERR_INVALID_ARG_TYPE,
  ERR_OUT_OF_RANGE,
  ERR_ZSTD_INVALID_PARAM,
}, genericNodeError } = require('internal/errors');
const { checkRangesOrGetDefault, validateFiniteNumber, validateFunction, validateUint32 } = require('internal/validators');
const constants = require('internal/zlib_constants');

const {
  DEFLATE, INFLATE, GZIP, GUNZIP, DEFLATERAW, INFLATERAW, UNZIP,
  BROTLI_DECODE, BROTLI_ENCODE, ZSTD_COMPRESS, ZSTD_DECOMPRESS,
  Z_NO_FLUSH, Z_BLOCK, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH,
  Z_MIN_CHUNK, Z_DEFAULT_CHUNK,
  BROTLI_OPERATION_PROCESS, BROTLI_OPERATION_FLUSH, BROTLI_OPERATION_FINISH, BROTLI_OPERATION_EMIT_METADATA,
  ZSTD_e_continue, ZSTD_e_flush, ZSTD_e_end,
} = constants;

const kFlush = Symbol('flush');
const kOwner = Symbol('owner');
const kError = Symbol('error');
const kFlushesWaiting = Symbol('flushesWaiting');
const OUT = 0;
const IN = 1;

const codes = {};
for (const name of ['Z_OK', 'Z_STREAM_END', 'Z_NEED_DICT', 'Z_ERRNO', 'Z_STREAM_ERROR', 'Z_DATA_ERROR', 'Z_MEM_ERROR',
  'Z_BUF_ERROR', 'Z_VERSION_ERROR']) {
  codes[name] = constants[name];
  codes[constants[name]] = name;
}

// What differs between the three libraries.
const zlibFamily = { first: Z_NO_FLUSH, last: Z_BLOCK, flush: Z_NO_FLUSH, finish: Z_FINISH, full: Z_FULL_FLUSH };
const brotliFamily = {
  first: BROTLI_OPERATION_PROCESS, last: BROTLI_OPERATION_EMIT_METADATA, flush: BROTLI_OPERATION_PROCESS,
  finish: BROTLI_OPERATION_FINISH, full: BROTLI_OPERATION_FLUSH,
};
const zstdFamily = {
  first: ZSTD_e_continue, last: ZSTD_e_end, flush: ZSTD_e_continue, finish: ZSTD_e_end, full: ZSTD_e_flush,
};

function familyOf(mode) {
  if (mode === BROTLI_DECODE || mode === BROTLI_ENCODE) return brotliFamily;
  if (mode === ZSTD_COMPRESS || mode === ZSTD_DECOMPRESS) return zstdFamily;
  return zlibFamily;
}

// A flush is written like a chunk, so that it keeps its place among the chunks.
const flushChunks = [];
for (let kind = 0; kind <= Z_BLOCK; kind++) {
  flushChunks[kind] = Buffer.alloc(0);
  flushChunks[kind][kFlush] = kind;
}

// The C side reads typed arrays and ArrayBuffers.
function bytesOf(value) {
  return ArrayBuffer.isView(value) && !(value instanceof Uint8Array) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : value;
}

const isBytes = (value) => ArrayBuffer.isView(value) || value instanceof ArrayBuffer ||
  require('internal/util/types').isAnyArrayBuffer(value);

function toBytes(value) {
  if (typeof value === 'string') return Buffer.from(value);
  if (!isBytes(value)) {
    throw new ERR_INVALID_ARG_TYPE('buffer', ['string', 'Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'], value);
  }
  return bytesOf(value);
}

function dictionaryOf(options) {
  const dictionary = options?.dictionary;
  if (dictionary === undefined) return undefined;
  if (!isBytes(dictionary)) {
    throw new ERR_INVALID_ARG_TYPE('options.dictionary', ['Buffer', 'TypedArray', 'DataView', 'ArrayBuffer'],
                                   dictionary);
  }
  return bytesOf(dictionary);
}

function openNative(stream, mode, numbers, params, dictionary) {
  stream._writeState = new Uint32Array(2);
  const native = binding.open(mode, new Float64Array(numbers), params, dictionary, stream._writeState, onWritten,
                              onNativeError);
  if (Array.isArray(native)) throw genericNodeError(native[0], { errno: native[1], code: native[2] });
  native[kOwner] = stream;
  stream._handle = native;
}

function failure([message, errno, code]) {
  return genericNodeError(message, { errno, code });
}

function onNativeError(message, errno, code) {
  const self = this[kOwner];
  const error = failure([message, errno, code]);
  self[kError] = error;
  self.destroy(error);
}

function ZlibBase(options, mode) {
  const family = familyOf(mode);
  let chunkSize = Z_DEFAULT_CHUNK;
  let { flush, finish } = family;
  let maxOutputLength = kMaxLength;
  if (options) {
    if (validateFiniteNumber(options.chunkSize, 'options.chunkSize')) {
      if (options.chunkSize < Z_MIN_CHUNK)
        throw new ERR_OUT_OF_RANGE('options.chunkSize', `>= ${Z_MIN_CHUNK}`, options.chunkSize);
      chunkSize = options.chunkSize;
    }
    flush = checkRangesOrGetDefault(options.flush, 'options.flush', family.first, family.last, flush);
    finish = checkRangesOrGetDefault(options.finishFlush, 'options.finishFlush', family.first, family.last, finish);
    maxOutputLength = checkRangesOrGetDefault(options.maxOutputLength, 'options.maxOutputLength', 1, kMaxLength, kMaxLength);
    if (options.encoding || options.objectMode || options.writableObjectMode)
      options = { ...options, encoding: null, objectMode: false, writableObjectMode: false };
  }
  Reflect.apply(Transform, this, [{ autoDestroy: true, ...options }]);
  this[kError] = null;
  this[kFlushesWaiting] = 0;
  this.bytesWritten = 0;
  this._handle = null;
  this._outBuffer = null;
  this._outOffset = 0;
  this._chunkSize = chunkSize;
  this._defaultFlushFlag = flush;
  this._finishFlushFlag = finish;
  this._defaultFullFlushFlag = family.full;
  this._info = Boolean(options?.info);
  this._maxOutputLength = maxOutputLength;
  this._rejectGarbageAfterEnd = options?.rejectGarbageAfterEnd === true;
  this._mode = mode;
}
Object.setPrototypeOf(ZlibBase.prototype, Transform.prototype);
Object.setPrototypeOf(ZlibBase, Transform);

Object.defineProperty(ZlibBase.prototype, '_closed', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() { return this._handle === null; },
});

ZlibBase.prototype.reset = function() {
  if (this._handle === null) {
    const { ERR_INTERNAL_ASSERTION } = require('internal/errors').codes;
    throw new ERR_INTERNAL_ASSERTION('zlib binding closed');
  }
  const failed = this._handle.reset();
  if (failed !== undefined) this.destroy(failure(failed));
};

ZlibBase.prototype._flush = function(callback) {
  this._transform(Buffer.alloc(0), '', callback);
};

ZlibBase.prototype._final = function(callback) {
  callback();
};

ZlibBase.prototype.flush = function(kind, callback) {
  if (typeof kind === 'function' || (kind === undefined && callback === undefined)) {
    callback = kind;
    kind = this._defaultFullFlushFlag;
  }
  if (this.writableFinished) {
    if (callback) process.nextTick(callback);
  } else if (this.writableEnded) {
    if (callback) this.once('end', callback);
  } else {
    this[kFlushesWaiting]++;
    this.write(flushChunks[kind], '', callback);
  }
};

ZlibBase.prototype.close = function(callback) {
  if (callback) finished(this, callback);
  this.destroy();
};

function closeNative(self) {
  self._handle?.close();
  self._handle = null;
}

ZlibBase.prototype._destroy = function(error, callback) {
  closeNative(this);
  callback(error);
};

// The stronger of two flushes; finishing is the strongest.
const strengths = [];
[Z_NO_FLUSH, Z_BLOCK, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH].forEach((kind, strength) => {
  strengths[kind] = strength;
});
const stronger = (a, b) => (strengths[a] > strengths[b] ? a : b);

ZlibBase.prototype._transform = function(chunk, encoding, callback) {
  let flush = this._defaultFlushFlag;
  if (typeof chunk[kFlush] === 'number') {
    flush = chunk[kFlush];
    this[kFlushesWaiting]--;
  } else if (this.writableEnded && this[kFlushesWaiting] === 0 && this.writableLength === chunk.byteLength) {
    flush = familyOf(this._mode) === zlibFamily ? stronger(flush, this._finishFlushFlag) : this._finishFlushFlag;
  }
  processChunk(this, chunk, flush, callback);
};

ZlibBase.prototype._processChunk = function(chunk, flush, callback) {
  if (callback !== undefined) processChunk(this, chunk, flush, callback);
  else return processChunkSync(this, chunk, flush);
};

function outputRoom(self) {
  if (self._outBuffer === null || self._outOffset >= self._chunkSize) {
    self._outBuffer = Buffer.allocUnsafeSlow(self._chunkSize);
    self._outOffset = 0;
  }
  return self._chunkSize - self._outOffset;
}

function takeOutput(self, have) {
  const out = self._outBuffer.subarray(self._outOffset, self._outOffset + have);
  self._outOffset += have;
  return out;
}

function processChunkSync(self, chunk, flush) {
  const handle = self._handle;
  if (handle === null) {
    const { ERR_INTERNAL_ASSERTION } = require('internal/errors').codes;
    throw new ERR_INTERNAL_ASSERTION('zlib binding closed');
  }
  chunk = bytesOf(chunk);
  const state = self._writeState;
  const parts = [];
  let length = 0;
  let at = 0;
  for (;;) {
    const room = outputRoom(self);
    const left = chunk.byteLength - at;
    const failed = handle.writeSync(flush, chunk, at, left, self._outBuffer, self._outOffset, room);
    if (failed !== undefined) {
      closeNative(self);
      throw failure(failed);
    }
    at += left - state[IN];
    const have = room - state[OUT];
    if (have > 0) {
      const out = takeOutput(self, have);
      parts.push(out);
      length += have;
      if (length > self._maxOutputLength) {
        closeNative(self);
        throw new ERR_BUFFER_TOO_LARGE(self._maxOutputLength);
      }
    }
    if (state[OUT] !== 0) break;
  }
  self.bytesWritten = at;
  closeNative(self);
  return parts.length === 1 ? parts[0] : Buffer.concat(parts, length);
}

function processChunk(self, chunk, flush, callback) {
  const handle = self._handle;
  if (handle === null) {
    process.nextTick(callback);
    return;
  }
  handle.chunk = bytesOf(chunk);
  handle.callback = callback;
  handle.flush = flush;
  handle.at = 0;
  writeOn(self, handle);
}

function writeOn(self, handle) {
  handle.room = outputRoom(self);
  handle.given = handle.chunk.byteLength - handle.at;
  handle.write(handle.flush, handle.chunk, handle.at, handle.given, self._outBuffer, self._outOffset, handle.room);
}

function chunkDone(handle) {
  const { callback } = handle;
  handle.chunk = handle.callback = null;
  callback();
}

// C calls this with the native stream as `this` when a thread is done with a piece.
function onWritten() {
  const handle = this;
  const self = handle[kOwner];
  const state = self._writeState;
  if (self.destroyed) return chunkDone(handle);
  const taken = handle.given - state[IN];
  self.bytesWritten += taken;
  handle.at += taken;
  const have = handle.room - state[OUT];
  let isFull = false;
  if (have > 0) isFull = !self.push(takeOutput(self, have));
  if (self.destroyed) return chunkDone(handle);
  if (state[OUT] === 0) {
    // There may be more: go on when somebody wants it.
    if (!isFull) return writeOn(self, handle);
    const read = self._read;
    self._read = (size) => {
      self._read = read;
      if (self._handle !== null) writeOn(self, handle);
      self._read(size);
    };
    return;
  }
  if (state[IN] > 0) {
    // The text ended inside this chunk.
    if (self._rejectGarbageAfterEnd) {
      const { ERR_TRAILING_JUNK_AFTER_STREAM_END } = require('internal/errors').codes;
      self.destroy(new ERR_TRAILING_JUNK_AFTER_STREAM_END());
      return;
    }
    self.push(null);
  }
  chunkDone(handle);
}

// The formats of zlib itself.
function Zlib(options, mode) {
  let windowBits = constants.Z_DEFAULT_WINDOWBITS;
  let level = constants.Z_DEFAULT_COMPRESSION;
  let memLevel = constants.Z_DEFAULT_MEMLEVEL;
  let strategy = constants.Z_DEFAULT_STRATEGY;
  let dictionary;
  if (options) {
    // Zero bits when reading: what the text's own header says.
    if ((options.windowBits == null || options.windowBits === 0) &&
        (mode === INFLATE || mode === GUNZIP || mode === UNZIP)) {
      windowBits = 0;
    } else {
      // zlib cannot write gzip with the smallest window.
      const least = constants.Z_MIN_WINDOWBITS + (mode === GZIP ? 1 : 0);
      windowBits = checkRangesOrGetDefault(options.windowBits, 'options.windowBits', least, constants.Z_MAX_WINDOWBITS, windowBits);
    }
    level = checkRangesOrGetDefault(options.level, 'options.level', constants.Z_MIN_LEVEL, constants.Z_MAX_LEVEL, level);
    memLevel = checkRangesOrGetDefault(options.memLevel, 'options.memLevel', constants.Z_MIN_MEMLEVEL, constants.Z_MAX_MEMLEVEL,
                            memLevel);
    strategy = checkRangesOrGetDefault(options.strategy, 'options.strategy', constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED,
                            strategy);
    dictionary = dictionaryOf(options);
  }
  Reflect.apply(ZlibBase, this, [options, mode]);
  openNative(this, mode, [windowBits, level, memLevel, strategy, -1], undefined, dictionary);
  this._level = level;
  this._strategy = strategy;
}
Object.setPrototypeOf(Zlib.prototype, ZlibBase.prototype);
Object.setPrototypeOf(Zlib, ZlibBase);

Zlib.prototype.params = function(level, strategy, callback) {
  level = checkRangesOrGetDefault(level, 'level', constants.Z_MIN_LEVEL, constants.Z_MAX_LEVEL, undefined);
  strategy = checkRangesOrGetDefault(strategy, 'strategy', constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, undefined);
  if (this._level === level && this._strategy === strategy) {
    process.nextTick(callback);
    return;
  }
  this.flush(Z_SYNC_FLUSH, (error) => {
    if (error || this._handle === null) {
      if (callback) callback(error);
      return;
    }
    const failed = this._handle.params(level, strategy);
    if (failed !== undefined) {
      this.destroy(failure(failed));
      return;
    }
    this._level = level;
    this._strategy = strategy;
    if (callback) callback(error);
  });
};

const unset = 0xffffffff;

function paramsOf(options, count, InvalidParam) {
  const params = new Uint32Array(count).fill(unset);
  if (!options?.params) return params;
  for (const name of Object.keys(options.params)) {
    const key = +name;
    if (Number.isNaN(key) || key < 0 || key >= count || params[key] !== unset) throw new InvalidParam(name);
    const value = options.params[name];
    if (typeof value !== 'number' && typeof value !== 'boolean')
      throw new ERR_INVALID_ARG_TYPE('options.params[key]', 'number', value);
    params[key] = value;
  }
  return params;
}

function paramCount(prefix) {
  let last = 0;
  for (const name of Object.keys(constants))
    if (name.startsWith(prefix) && constants[name] > last) last = constants[name];
  return last + 1;
}

let brotliParamCount;
function Brotli(options, mode) {
  brotliParamCount ??= paramCount('BROTLI_PARAM_');
  const params = paramsOf(options, brotliParamCount, ERR_BROTLI_INVALID_PARAM);
  const dictionary = dictionaryOf(options);
  Reflect.apply(ZlibBase, this, [options, mode]);
  openNative(this, mode, [0, 0, 0, 0, -1], params, dictionary);
}
Object.setPrototypeOf(Brotli.prototype, Zlib.prototype);
Object.setPrototypeOf(Brotli, Zlib);

let zstdCompressCount, zstdDecompressCount;
function Zstd(options, mode) {
  const count = mode === ZSTD_COMPRESS ? (zstdCompressCount ??= paramCount('ZSTD_c_')) :
    (zstdDecompressCount ??= paramCount('ZSTD_d_'));
  const params = paramsOf(options, count, ERR_ZSTD_INVALID_PARAM);
  const pledged = options?.pledgedSrcSize ?? -1;
  const dictionary = dictionaryOf(options);
  Reflect.apply(ZlibBase, this, [options, mode]);
  openNative(this, mode, [0, 0, 0, 0, pledged], params, dictionary);
}
Object.setPrototypeOf(Zstd.prototype, ZlibBase.prototype);
Object.setPrototypeOf(Zstd, ZlibBase);

let hasWarned = false;
function warnOfCall(name) {
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning(`Instantiating ${name} without the 'new' keyword has been deprecated.`, 'DeprecationWarning', 'DEP0184');
}

function streamClass(name, Base, mode) {
  const made = {
    [name]: function(options) {
      if (!(this instanceof made)) {
        warnOfCall(name);
        return new made(options);
      }
      if (mode === DEFLATERAW && options && options.windowBits === 8) options = { ...options, windowBits: 9 };
      Reflect.apply(Base, this, [options, mode]);
    },
  }[name];
  Object.setPrototypeOf(made.prototype, Base.prototype);
  Object.setPrototypeOf(made, Base);
  return made;
}

function tooLarge(engine) {
  return new ERR_BUFFER_TOO_LARGE(engine._maxOutputLength);
}

function resultOf(engine, buffer) {
  return engine._info ? { buffer, engine } : buffer;
}

// Without options there is nothing to be made but the text.
function wholeNow(mode, input) {
  const result = binding.now(mode, input, kMaxLength);
  if (result instanceof Uint8Array) return result;
  if (result === true) throw new ERR_BUFFER_TOO_LARGE(kMaxLength);
  throw failure(result);
}

function wholeSync(Class, mode, input, options) {
  input = toBytes(input);
  if (options === undefined && mode <= UNZIP) return wholeNow(mode, input);
  const engine = new Class(options);
  const [failed, buffer, left] = engine._handle.whole(engine._finishFlushFlag, input, engine._maxOutputLength);
  engine._handle = null;
  if (failed !== null) throw failed === true ? tooLarge(engine) : failure(failed);
  engine.bytesWritten = input.byteLength - left;
  if (left > 0 && engine._rejectGarbageAfterEnd) {
    const { ERR_TRAILING_JUNK_AFTER_STREAM_END } = require('internal/errors').codes;
    throw new ERR_TRAILING_JUNK_AFTER_STREAM_END();
  }
  return resultOf(engine, buffer);
}

function whole(Class, input, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = {};
  }
  validateFunction(callback, 'callback');
  input = toBytes(input);
  const engine = new Class(options);
  const context = require('internal/async_context');
  const { frame } = context;
  engine._handle.whole(engine._finishFlushFlag, input, engine._maxOutputLength, (failed, buffer, left) => {
    context.frame = frame;
    engine._handle = null;
    if (failed !== null) return callback(failed === true ? tooLarge(engine) : failure(failed));
    engine.bytesWritten = input.byteLength - left;
    if (left > 0 && engine._rejectGarbageAfterEnd) {
      const { ERR_TRAILING_JUNK_AFTER_STREAM_END } = require('internal/errors').codes;
      return callback(new ERR_TRAILING_JUNK_AFTER_STREAM_END());
    }
    callback(null, resultOf(engine, buffer));
  });
}

function crc32(data, value = 0) {
  if (typeof data !== 'string' && !ArrayBuffer.isView(data))
    throw new ERR_INVALID_ARG_TYPE('data', ['Buffer', 'TypedArray', 'DataView', 'string'], data);
  validateUint32(value, 'value');
  return binding.crc32(bytesOf(data), value);
}

const formats = [
  ['Deflate', Zlib, DEFLATE, 'deflate'],
  ['Inflate', Zlib, INFLATE, 'inflate'],
  ['Gzip', Zlib, GZIP, 'gzip'],
  ['Gunzip', Zlib, GUNZIP, 'gunzip'],
  ['DeflateRaw', Zlib, DEFLATERAW, 'deflateRaw'],
  ['InflateRaw', Zlib, INFLATERAW, 'inflateRaw'],
  ['Unzip', Zlib, UNZIP, 'unzip'],
  ['BrotliCompress', Brotli, BROTLI_ENCODE, 'brotliCompress'],
  ['BrotliDecompress', Brotli, BROTLI_DECODE, 'brotliDecompress'],
  ['ZstdCompress', Zstd, ZSTD_COMPRESS, 'zstdCompress'],
  ['ZstdDecompress', Zstd, ZSTD_DECOMPRESS, 'zstdDecompress'],
];

module.exports = { crc32 };
for (const [className, Base, mode, name] of formats) {
  const Class = streamClass(className, Base, mode);
  module.exports[className] = Class;
  module.exports[name] = {
    [name](buffer, options, callback) { return whole(Class, buffer, options, callback); },
  }[name];
  module.exports[`${name}Sync`] = {
    [`${name}Sync`](buffer, options) { return wholeSync(Class, mode, buffer, options); },
  }[`${name}Sync`];
  Object.defineProperty(module.exports, `create${className}`, {
    __proto__: null,
    configurable: true,
    enumerable: true,
    value: { [`create${className}`](options) { return new Class(options); } }[`create${className}`],
  });
}

for (const [name, value] of [['constants', constants], ['codes', codes]]) {
  Object.freeze(value);
  Object.defineProperty(module.exports, name, { __proto__: null, enumerable: true, value });
}

// Their old place, where programs still find zlib's own.
for (const name of Object.keys(constants)) {
  if (!name.startsWith('BROTLI'))
    Object.defineProperty(module.exports, name, { __proto__: null, enumerable: false, value: constants[name] });
}
