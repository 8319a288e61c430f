'use strict';
// Files as streams. Every operation goes through `fs` (or the program's own `options.fs`), so that
// programs that replace fs.open and the like see their functions called.

const { Readable, Writable, finished } = require('stream');
const { codes: {
  ERR_INVALID_ARG_TYPE, ERR_INVALID_THIS, ERR_METHOD_NOT_IMPLEMENTED, ERR_OUT_OF_RANGE, ERR_STREAM_DESTROYED,
  ERR_SYSTEM_ERROR,
} } = require('internal/errors');
const { validateBoolean, validateFunction, validateInteger } = require('internal/validators');
const { copyObject, getOptions, toPathIfFileURL, validatePath } = require('internal/fs/utils');
const fs = require('fs');

const readFile = fs.read;
const kFs = Symbol('fs');
const kHandle = Symbol('handle');
const kBusy = Symbol('busy'); // an operation is under way: closing has to wait for it
const kIdle = Symbol('idle');

// What a stream calls when it was given a FileHandle.
function handleOperations(handle) {
  const { kUnref } = require('internal/fs/file_handle');
  const report = (promise, name, callback) => promise.then(
    (result) => process.nextTick(callback, null, result[name], result.buffer ?? result.buffers),
    (error) => process.nextTick(callback, error));
  return {
    open(path, flags, mode, callback) { throw new ERR_METHOD_NOT_IMPLEMENTED('open()'); },
    close(fd, callback) {
      handle[kUnref]();
      handle.close().then(() => process.nextTick(callback), (error) => process.nextTick(callback, error));
    },
    fsync(fd, callback) {
      handle.sync().then(() => process.nextTick(callback), (error) => process.nextTick(callback, error));
    },
    read(fd, buffer, offset, length, position, callback) {
      report(handle.read(buffer, offset, length, position), 'bytesRead', callback);
    },
    write(fd, buffer, offset, length, position, callback) {
      report(handle.write(buffer, offset, length, position), 'bytesWritten', callback);
    },
    writev(fd, buffers, position, callback) {
      report(handle.writev(buffers, position), 'bytesWritten', callback);
    },
  };
}

// Sets the stream's functions and returns its descriptor, for options.fd.
function useDescriptor(stream, options) {
  const { fd } = options;
  if (typeof fd === 'number') {
    stream[kFs] = options.fs || fs;
    return fd;
  }
  if (typeof fd === 'object') {
    const { FileHandle, kRef } = require('internal/fs/file_handle');
    if (fd instanceof FileHandle) {
      if (options.fs) throw new ERR_METHOD_NOT_IMPLEMENTED('FileHandle with fs');
      stream[kHandle] = fd;
      stream[kFs] = handleOperations(fd);
      fd[kRef]();
      fd.on('close', stream.close.bind(stream));
      return fd.fd;
    }
  }
  throw new ERR_INVALID_ARG_TYPE('options.fd', ['number', 'FileHandle'], fd);
}

function useFile(stream, path, options, flags) {
  if (options.fd != null) {
    stream.fd = useDescriptor(stream, options);
    return;
  }
  stream.fd = null;
  stream[kFs] = options.fs || fs;
  validateFunction(stream[kFs].open, 'options.fs.open');
  stream.path = toPathIfFileURL(path);
  stream.flags = options.flags === undefined ? flags : options.flags;
  stream.mode = options.mode === undefined ? 0o666 : options.mode;
  validatePath(stream.path);
}

function construct(callback) {
  const stream = this;
  if (typeof stream.fd === 'number') {
    callback();
    return;
  }
  if (stream.open !== openStream) {
    // A program replaced open(): it tells by events how that ended.
    const { emit } = stream;
    stream.emit = function(...args) {
      if (args[0] !== 'open' && args[0] !== 'error') return Reflect.apply(emit, this, args);
      this.emit = emit;
      if (args[0] === 'error') return callback(args[1]);
      callback();
      return Reflect.apply(emit, this, args);
    };
    stream.open();
    return;
  }
  stream[kFs].open(stream.path, stream.flags, stream.mode, (error, fd) => {
    if (error) {
      callback(error);
      return;
    }
    stream.fd = fd;
    if (stream.writable) {
      // The stream is ready in two ticks: until then all that is written waits, and so keeps its order.
      stream.cork();
      process.nextTick(process.nextTick, () => stream.uncork());
    }
    callback();
    stream.emit('open', fd);
    stream.emit('ready');
  });
}

// What streams once had as `open()`; the same function for both, so that a replacement is noticed.
function openStream() {}

function closeFile(stream, error, callback) {
  if (stream.fd === null || stream.fd === undefined) {
    callback(error);
    return;
  }
  stream[kFs].close(stream.fd, (closeError) => callback(closeError || error));
  stream.fd = null;
}

function destroyFile(stream, error, callback) {
  const close = (ioError) => closeFile(stream, error || ioError, callback);
  if (stream[kBusy]) stream.once(kIdle, close);
  else close();
}

function ended(stream) {
  stream[kBusy] = false;
  return stream.destroyed;
}

// Where the file is first read or written; without it the kernel keeps the place.
function useStart(stream, { start }) {
  stream.start = start;
  stream.pos = undefined;
  stream[kBusy] = false;
  if (start !== undefined) {
    validateInteger(start, 'start', 0);
    stream.pos = start;
  }
}

function shareMembers(FileStream, Stream, stateName) {
  Object.setPrototypeOf(FileStream.prototype, Stream.prototype);
  Object.setPrototypeOf(FileStream, Stream);
  FileStream.prototype.open = openStream;
  FileStream.prototype._construct = construct;
  Object.defineProperty(FileStream.prototype, 'autoClose', {
    configurable: true,
    get() {
      if (this[stateName] === undefined) throw new ERR_INVALID_THIS(FileStream.name);
      return this[stateName].autoDestroy;
    },
    set(value) { this[stateName].autoDestroy = value; },
  });
  Object.defineProperty(FileStream.prototype, 'pending', {
    configurable: true,
    get() { return this.fd === null; },
  });
}

function ReadStream(path, options) {
  if (!(this instanceof ReadStream)) return new ReadStream(path, options);
  options = copyObject(getOptions(options));
  if (options.highWaterMark === undefined) options.highWaterMark = 64 * 1024;
  options.autoDestroy = options.autoClose === undefined ? true : options.autoClose;
  useFile(this, path, options, 'r');
  validateFunction(this[kFs].read, 'options.fs.read');
  if (options.autoDestroy) validateFunction(this[kFs].close, 'options.fs.close');
  this.bytesRead = 0;
  useStart(this, options);
  this.end = options.end ?? Infinity;
  if (this.end !== Infinity) {
    validateInteger(this.end, 'end', 0);
    if (this.start !== undefined && this.start > this.end)
      throw new ERR_OUT_OF_RANGE('start', `<= "end" (here: ${this.end})`, this.start);
  }
  Reflect.apply(Readable, this, [options]);
  if (options.encoding) this.setEncoding(options.encoding);
}
shareMembers(ReadStream, Readable, '_readableState');

// The response that this stream's bytes go to, if nobody else looks at them.
function unseenBy(stream) {
  const { pipes, flowing, length, decoder, encoding } = stream._readableState;
  if (pipes.length !== 1 || flowing !== true || length !== 0 || decoder || encoding) return undefined;
  const [message] = pipes;
  return typeof message._sendFile === 'function' && stream[kFs] === fs && fs.read === readFile && stream.push === Readable.prototype.push &&
    stream.listenerCount('data') === 1 && stream.listenerCount('readable') === 0 ? message : undefined;
}

const NOTHING = new Uint8Array(0);

// Lets the kernel copy from the file to the socket; false if it cannot.
function sendUnseen(stream, message, from) {
  stream[kBusy] = true;
  const sends = message._sendFile(stream.fd, from, stream.end - from + 1, (error, count, isAtEnd) => {
    if (ended(stream)) {
      stream.emit(kIdle, error);
      return;
    }
    if (error) {
      fail(stream, error);
      return;
    }
    if (stream.pos !== undefined) stream.pos += count;
    stream.bytesRead += count;
    if (isAtEnd) stream.push(null);
    else setImmediate(askForMore, stream);
  });
  if (!sends) stream[kBusy] = false;
  return sends;
}

function askForMore(stream) {
  if (!stream.destroyed) stream.push(NOTHING);
}

ReadStream.prototype._read = function(size) {
  const from = this.pos !== undefined ? this.pos : this.bytesRead;
  if (from <= this.end) {
    const message = unseenBy(this);
    if (message !== undefined && sendUnseen(this, message, from)) return;
  }
  const length = Math.min(this.end - from + 1, size);
  if (length <= 0) {
    this.push(null);
    return;
  }
  const buffer = Buffer.allocUnsafeSlow(length);
  this[kBusy] = true;
  this[kFs].read(this.fd, buffer, 0, length, this.pos, (error, count, bytes) => {
    if (ended(this)) {
      this.emit(kIdle, error);
      return;
    }
    if (error) {
      fail(this, error);
    } else if (count > 0) {
      if (this.pos !== undefined) this.pos += count;
      this.bytesRead += count;
      // A short read keeps only what it needs.
      this.push(count === bytes.length ? bytes : count * 2 > bytes.length ? bytes.subarray(0, count) : Buffer.from(bytes.subarray(0, count)));
    } else {
      this.push(null);
    }
  });
};

// An error ends the stream if it closes by itself, and is only told otherwise.
function fail(stream, error) {
  const state = stream._readableState;
  if (state?.autoDestroy || stream._writableState?.autoDestroy) stream.destroy(error);
  else require('readable-stream/lib/internal/streams/destroy').errorOrDestroy(stream, error);
}

ReadStream.prototype._destroy = function(error, callback) { destroyFile(this, error, callback); };

ReadStream.prototype.close = function(callback) {
  if (typeof callback === 'function') finished(this, callback);
  this.destroy();
};

function WriteStream(path, options) {
  if (!(this instanceof WriteStream)) return new WriteStream(path, options);
  options = copyObject(getOptions(options));
  options.decodeStrings = true;
  options.autoDestroy = options.autoClose === undefined ? true : options.autoClose;
  useFile(this, path, options, 'w');
  if (!this[kFs].write && !this[kFs].writev) throw new ERR_INVALID_ARG_TYPE('options.fs.write', 'function', this[kFs].write);
  if (this[kFs].write) validateFunction(this[kFs].write, 'options.fs.write');
  if (this[kFs].writev) validateFunction(this[kFs].writev, 'options.fs.writev');
  if (options.autoDestroy) validateFunction(this[kFs].close, 'options.fs.close');
  this.flush = options.flush ?? false;
  validateBoolean(this.flush, 'options.flush');
  if (this.flush) validateFunction(this[kFs].fsync, 'options.fs.fsync');
  // Without one of the two the stream has to do with the other.
  if (!this[kFs].write) this._write = null;
  if (!this[kFs].writev) this._writev = null;
  this.bytesWritten = 0;
  useStart(this, options);
  Reflect.apply(Writable, this, [options]);
  if (options.encoding) this.setDefaultEncoding(options.encoding);
}
shareMembers(WriteStream, Writable, '_writableState');

// Writes until all is written; the kernel may take a part, or ask to try again.
function writeAll(stream, data, size, position, callback, tries = 0) {
  stream[kFs].write(stream.fd, data, 0, size, position, (error, written, buffer) => {
    if (error?.code === 'EAGAIN') {
      error = null;
      written = 0;
    }
    if (stream.destroyed || error) {
      callback(error ?? new ERR_STREAM_DESTROYED('write'));
      return;
    }
    stream.bytesWritten += written;
    tries = written ? 0 : tries + 1;
    size -= written;
    if (tries > 5) callback(new ERR_SYSTEM_ERROR({ code: 'EAGAIN', message: 'resource temporarily unavailable', syscall: 'write' }));
    else if (size > 0) writeAll(stream, buffer.subarray(written), size, position === undefined ? undefined : position + written, callback, tries);
    else callback();
  });
}

function writeAllOf(stream, buffers, size, position, callback, tries = 0) {
  stream[kFs].writev(stream.fd, buffers, position, (error, written) => {
    if (error?.code === 'EAGAIN') {
      error = null;
      written = 0;
    }
    if (stream.destroyed || error) {
      callback(error ?? new ERR_STREAM_DESTROYED('write'));
      return;
    }
    stream.bytesWritten += written;
    tries = written ? 0 : tries + 1;
    size -= written;
    if (tries > 5) {
      callback(new ERR_SYSTEM_ERROR({ code: 'EAGAIN', message: 'resource temporarily unavailable', syscall: 'writev' }));
    } else if (size > 0) {
      const rest = [Buffer.concat(buffers).subarray(written)];
      writeAllOf(stream, rest, size, position === undefined ? undefined : position + written, callback, tries);
    } else {
      callback();
    }
  });
}

function writeDone(stream, callback) {
  return (error) => {
    if (ended(stream)) {
      callback(error);
      stream.emit(kIdle, error);
      return;
    }
    callback(error);
  };
}

WriteStream.prototype._write = function(data, encoding, callback) {
  this[kBusy] = true;
  writeAll(this, data, data.length, this.pos, writeDone(this, callback));
  if (this.pos !== undefined) this.pos += data.length;
};

WriteStream.prototype._writev = function(chunks, callback) {
  const buffers = new Array(chunks.length);
  let size = 0;
  for (let i = 0; i < chunks.length; i++) {
    buffers[i] = chunks[i].chunk;
    size += buffers[i].length;
  }
  this[kBusy] = true;
  writeAllOf(this, buffers, size, this.pos, writeDone(this, callback));
  if (this.pos !== undefined) this.pos += size;
};

WriteStream.prototype._destroy = function(error, callback) {
  if (!this.flush || error || this.fd === null) {
    destroyFile(this, error, callback);
    return;
  }
  const { fd } = this;
  this[kFs].fsync(fd, (flushError) => destroyFile(this, flushError || error, callback));
};

WriteStream.prototype.close = function(callback) {
  if (callback) {
    if (this.closed) process.nextTick(callback);
    else this.on('close', callback);
  }
  // If it does not close by itself, it does when all is written.
  if (!this.autoClose) this.on('finish', this.destroy);
  this.end();
};

WriteStream.prototype.destroySoon = WriteStream.prototype.end;

module.exports = { ReadStream, WriteStream };
