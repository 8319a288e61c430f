'use strict';
// net.Socket: a stream over a native handle. Bytes that arrive come in one call from C, with the Buffer already made;
// writes go to the kernel at once and only what it does not take waits for a second call.

const { Duplex } = require('stream');
const { write: writeNow, writev: writevNow, setCallbacks } = internalBinding('stream_wrap');
const {
  ErrnoException,
  genericNodeError,
  codes: {
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE,
    ERR_INVALID_FD_TYPE,
    ERR_INVALID_HANDLE_TYPE,
    ERR_MISSING_ARGS,
    ERR_OUT_OF_RANGE,
    ERR_SOCKET_CLOSED,
    ERR_SOCKET_CLOSED_BEFORE_CONNECTION,
  },
} = require('internal/errors');
const { validateAbortSignal, validateFunction, validateInt32, validateNumber } = require('internal/validators');
const { TCP, Pipe, closed, handleForKind } = require('internal/net/handles');
const { kNormalized, normalizeArgs, getTimerDuration } = require('internal/net/options');
const context = require('internal/async_context');

const UV_EOF = -4095;
const UV_ENOTCONN = -107;
const noop = () => {};

const kTimer = Symbol('timer');
const kReading = Symbol('reading');
const kFrame = Symbol('frame'); // what AsyncLocalStorage held when the socket was made …
const kWriteFrame = Symbol('writeFrame'); // … when it was written to
const kWriteDone = Symbol('writeDone');
const kShutdownDone = Symbol('shutdownDone');
const kConnectDone = Symbol('connectDone');
const kBytesRead = Symbol('bytesRead');
const kBytesWritten = Symbol('bytesWritten');
const kLastQueueSize = Symbol('lastWriteQueueSize');
const kUserBuffer = Symbol('userBuffer');
const kUserBufferMaker = Symbol('userBufferMaker');
const kUserBufferCallback = Symbol('userBufferCallback');
const kNoDelay = Symbol('setNoDelay');
const kKeepAlive = Symbol('setKeepAlive');
const kKeepAliveDelay = Symbol('setKeepAliveInitialDelay');
const kTypeOfService = Symbol('typeOfService');
const kIsReset = Symbol('resetAndClosing');
const kCloseLater = Symbol('closeAfterHandlingError');

// --- What C tells. `this` is the socket.

function onRead(buffer, count) {
  context.frame = this[kFrame];
  if (this[kTimer] !== undefined || this._parent !== undefined) this._unrefTimer();
  if (count > 0) {
    if (this.destroyed) return;
    const goesOn = buffer === undefined ? giveUserBuffer(this, count) : this.push(buffer);
    if (!goesOn && this[kReading]) {
      this[kReading] = false;
      if (!this.destroyed) {
        const failed = this._handle.readStop();
        if (failed) this.destroy(new ErrnoException(failed, 'read'));
      }
    }
    return;
  }
  if (count !== UV_EOF) {
    this.destroy(new ErrnoException(count, 'read'));
    return;
  }
  if (this._readableState.endEmitted) return;
  this.push(null);
  this.read(0);
}

function giveUserBuffer(socket, count) {
  const goesOn = socket[kUserBufferCallback](count, socket[kUserBuffer]) !== false;
  if (socket[kUserBufferMaker] !== undefined && socket._handle) useUserBuffer(socket);
  return goesOn;
}

function useUserBuffer(socket) {
  const maker = socket[kUserBufferMaker];
  const buffer = maker === undefined ? socket[kUserBuffer] : maker();
  if (!(buffer instanceof Uint8Array)) return;
  socket[kUserBuffer] = buffer;
  socket._handle.useUserBuffer(buffer);
}

function onWritten(status) {
  const done = this[kWriteDone];
  context.frame = this[kWriteFrame];
  this[kWriteDone] = undefined;
  this[kWriteFrame] = undefined;
  if (this.destroyed) {
    if (typeof done === 'function') done(null);
    return;
  }
  if (status < 0) {
    const error = new ErrnoException(status, 'write');
    if (typeof done === 'function') done(error);
    else this.destroy(error);
    return;
  }
  this._unrefTimer();
  this[kLastQueueSize] = 0;
  if (typeof done === 'function') done();
}

function onShutdown(status) {
  const done = this[kShutdownDone];
  context.frame = this[kFrame];
  this[kShutdownDone] = undefined;
  done?.(); // what went wrong shows in reading
}

function onConnect(status, handle) {
  context.frame = this[kFrame];
  const done = this[kConnectDone];
  done?.(this, status, handle);
}

function onConnection(status, handle) {
  this._handle?.onconnection(status, handle);
}

setCallbacks(onRead, onWritten, onConnection, onConnect, onShutdown, closed);

// --- The socket

function handleForFd(fd) {
  const name = internalBinding('stdio').kind(fd);
  const handle = handleForKind(name);
  if (handle === undefined) throw new ERR_INVALID_FD_TYPE(name);
  return handle;
}

function Socket(options) {
  if (!(this instanceof Socket)) return new Socket(options);
  if (options?.objectMode) {
    throw new ERR_INVALID_ARG_VALUE('options.objectMode', options.objectMode, 'is not supported');
  } else if (options?.readableObjectMode || options?.writableObjectMode) {
    throw new ERR_INVALID_ARG_VALUE(
      `options.${options.readableObjectMode ? 'readableObjectMode' : 'writableObjectMode'}`,
      options.readableObjectMode || options.writableObjectMode, 'is not supported');
  }
  if (options?.keepAliveInitialDelay !== undefined) {
    validateNumber(options.keepAliveInitialDelay, 'options.keepAliveInitialDelay');
    if (options.keepAliveInitialDelay < 0) options = { ...options, keepAliveInitialDelay: 0 };
  }

  this.connecting = false;
  this._hadError = false;
  this._parent = null;
  this._host = null;
  this._handle = null;
  this._peername = undefined;
  this._sockname = undefined;
  this._pendingData = null;
  this._pendingEncoding = '';
  this._server = null;
  this.server = null;
  this[kTimer] = undefined;
  this[kReading] = false;
  this[kFrame] = context.frame;
  this[kWriteFrame] = undefined;
  this[kWriteDone] = undefined;
  this[kShutdownDone] = undefined;
  this[kConnectDone] = undefined;
  this[kBytesRead] = 0;
  this[kBytesWritten] = 0;
  this[kLastQueueSize] = 0;
  this[kUserBuffer] = undefined;
  this[kNoDelay] = false;
  this[kKeepAlive] = false;
  this[kKeepAliveDelay] = 0;
  this[kTypeOfService] = undefined;
  this[kIsReset] = false;
  this[kCloseLater] = false;
  this.autoSelectFamilyAttemptedAddresses = undefined;

  if (typeof options === 'number') options = { fd: options };
  else options = { ...options };
  options.allowHalfOpen = Boolean(options.allowHalfOpen);
  options.emitClose = false;
  options.autoDestroy = true;
  options.decodeStrings = false;
  if (options.signal) validateAbortSignal(options.signal, 'options.signal');
  Duplex.call(this, options);

  if (options.handle) {
    this._handle = options.handle;
  } else if (options.fd !== undefined) {
    const { fd } = options;
    validateInt32(fd, 'fd', 0);
    this._handle = handleForFd(fd);
    const failed = this._handle.open(fd);
    if (failed) throw new ErrnoException(failed, 'open');
    // What a program prints last has to come out, also through a pipe.
    if ((fd === 1 || fd === 2) && this._handle instanceof Pipe) this._handle.setBlocking(true);
  }

  const { onread } = options;
  if (onread !== null && typeof onread === 'object' &&
      (onread.buffer instanceof Uint8Array || typeof onread.buffer === 'function') &&
      typeof onread.callback === 'function') {
    if (typeof onread.buffer === 'function') {
      this[kUserBuffer] = true;
      this[kUserBufferMaker] = onread.buffer;
    } else {
      this[kUserBuffer] = onread.buffer;
    }
    this[kUserBufferCallback] = onread.callback;
  }

  this.on('end', onReadableEnd);
  if (this._handle) initHandle(this);
  this.allowHalfOpen = options.allowHalfOpen;
  if (options.noDelay) this[kNoDelay] = Boolean(options.noDelay);
  if (options.keepAlive) {
    this[kKeepAlive] = true;
    this[kKeepAliveDelay] = ~~(options.keepAliveInitialDelay / 1000);
  }
  if (options.blockList) {
    const { BlockList } = require('internal/net/blocklist');
    if (!BlockList.isBlockList(options.blockList))
      throw new ERR_INVALID_ARG_TYPE('options.blockList', 'net.BlockList', options.blockList);
    this.blockList = options.blockList;
  }
  if (options.typeOfService !== undefined) this.setTypeOfService(options.typeOfService);

  if (this._handle && options.readable !== false && !options.noReadStart) {
    if (options.pauseOnCreate) {
      this[kReading] = false;
      this._handle.readStop();
      this._readableState.flowing = false;
    } else if (!options.manualStart) {
      this.read(0);
    }
  }
}
Object.setPrototypeOf(Socket.prototype, Duplex.prototype);
Object.setPrototypeOf(Socket, Duplex);

// The handle tells this socket from now on.
function initHandle(socket, isMidway = false) {
  if (!isMidway) socket._undestroy();
  socket._sockname = undefined;
  const handle = socket._handle;
  if (!handle) return;
  handle.attach?.(socket);
  // Below TLS it is not the program's bytes that come.
  if (socket[kUserBuffer] !== undefined && (isMidway || !socket.ssl)) useUserBuffer(socket);
}

// Another handle in place of one that could not connect.
function replaceHandle(socket, handle) {
  socket._handle?.close();
  socket._handle = handle;
  initHandle(socket);
}

function onReadableEnd() {
  if (!this.allowHalfOpen) this.write = writeAfterEnd;
}

function writeAfterEnd(chunk, encoding, callback) {
  if (!this.writableEnded) return Duplex.prototype.write.call(this, chunk, encoding, callback);
  if (typeof encoding === 'function') callback = encoding;
  const error = genericNodeError('This socket has been ended by the other party', { code: 'EPIPE' });
  if (typeof callback === 'function') process.nextTick(callback, error);
  this.destroy(error);
  return false;
}

const { prototype } = Socket;

prototype._unrefTimer = function _unrefTimer() {
  for (let socket = this; socket; socket = socket._parent) socket[kTimer]?.refresh();
};

prototype.setTimeout = function setTimeout_(ms, callback) {
  if (this.destroyed) return this;
  this.timeout = ms;
  ms = getTimerDuration(ms, 'msecs');
  clearTimeout(this[kTimer]);
  this[kTimer] = undefined;
  if (ms === 0) {
    if (callback !== undefined) {
      validateFunction(callback, 'callback');
      this.removeListener('timeout', callback);
    }
  } else {
    this[kTimer] = setTimeout(onTimer, ms, this).unref();
    if (callback !== undefined) {
      validateFunction(callback, 'callback');
      this.once('timeout', callback);
    }
  }
  return this;
};
Object.defineProperty(prototype.setTimeout, 'name', { value: 'setTimeout' });

function onTimer(socket) {
  socket._onTimeout();
}

prototype._onTimeout = function _onTimeout() {
  const before = this[kLastQueueSize];
  if (before > 0 && this._handle) {
    const now = this._handle.writeQueueSize;
    if (before !== now) { // bytes go out, slowly
      this[kLastQueueSize] = now;
      this._unrefTimer();
      return;
    }
  }
  this.emit('timeout');
};

prototype.setNoDelay = function setNoDelay(enable) {
  const wanted = Boolean(enable === undefined ? true : enable);
  if (!this._handle) {
    this[kNoDelay] = wanted;
    return this;
  }
  if (this._handle.setNoDelay && wanted !== this[kNoDelay]) {
    this[kNoDelay] = wanted;
    this._handle.setNoDelay(wanted);
  }
  return this;
};

prototype.setKeepAlive = function setKeepAlive(enable, initialDelayMs) {
  enable = Boolean(enable);
  const delay = ~~(initialDelayMs / 1000);
  if (!this._handle) {
    this[kKeepAlive] = enable;
    this[kKeepAliveDelay] = delay;
    return this;
  }
  if (!this._handle.setKeepAlive) return this;
  if (enable !== this[kKeepAlive] || (enable && this[kKeepAliveDelay] !== delay)) {
    this[kKeepAlive] = enable;
    this[kKeepAliveDelay] = delay;
    this._handle.setKeepAlive(enable, delay);
  }
  return this;
};

prototype.setTypeOfService = function setTypeOfService(tos) {
  if (Number.isNaN(tos)) throw new ERR_INVALID_ARG_TYPE('tos', 'number', tos);
  validateInt32(tos, 'tos', 0, 255);
  if (!this._handle) {
    this[kTypeOfService] = tos;
    return this;
  }
  if (!this._handle.setTypeOfService || tos === this[kTypeOfService]) return this;
  this[kTypeOfService] = tos;
  const failed = this._handle.setTypeOfService(tos);
  if (failed) throw new ErrnoException(failed, 'setTypeOfService');
  return this;
};

prototype.getTypeOfService = function getTypeOfService() {
  if (!this._handle?.getTypeOfService) return this[kTypeOfService] ?? 0;
  const tos = this._handle.getTypeOfService();
  if (tos < 0) {
    if (this[kTypeOfService] !== undefined) return this[kTypeOfService];
    throw new ErrnoException(tos, 'getTypeOfService');
  }
  return tos;
};

prototype.address = function address() {
  return this._getsockname();
};

function startReading(socket) {
  socket[kReading] = true;
  const failed = socket._handle.readStart();
  if (failed) socket.destroy(new ErrnoException(failed, 'read'));
}

function stopReading(socket) {
  if (!socket._handle || !socket[kReading]) return;
  socket[kReading] = false;
  socket._readableState.reading = false;
  socket._handle.readStop();
}

const readsIntoUserBuffer = (socket) => socket[kUserBuffer] !== undefined && !socket.connecting && socket._handle;

prototype._read = function _read(size) {
  if (this.connecting || !this._handle) this.once('connect', () => this._read(size));
  else if (!this[kReading]) startReading(this);
};

prototype.pause = function pause() {
  if (readsIntoUserBuffer(this) && this[kReading]) {
    this[kReading] = false;
    if (!this.destroyed) {
      const failed = this._handle.readStop();
      if (failed) this.destroy(new ErrnoException(failed, 'read'));
    }
  }
  return Duplex.prototype.pause.call(this);
};

prototype.resume = function resume() {
  if (readsIntoUserBuffer(this) && !this[kReading]) startReading(this);
  return Duplex.prototype.resume.call(this);
};

prototype.read = function read(size) {
  if (this[kUserBuffer] !== undefined && readsIntoUserBuffer(this) && !this[kReading]) startReading(this);
  return Duplex.prototype.read.call(this, size);
};

prototype.end = function end(data, encoding, callback) {
  Duplex.prototype.end.call(this, data, encoding, callback);
  return this;
};

prototype._final = function _final(callback) {
  if (this.connecting) {
    this.once('connect', () => this._final(callback));
    return;
  }
  if (!this._handle) {
    callback();
    return;
  }
  this[kShutdownDone] = callback;
  const failed = this._handle.shutdown(callback);
  if (failed === 0) return;
  this[kShutdownDone] = undefined;
  callback(failed === 1 || failed === UV_ENOTCONN ? undefined : new ErrnoException(failed, 'shutdown'));
};

prototype.resetAndDestroy = function resetAndDestroy() {
  if (!this._handle) {
    this.destroy(new ERR_SOCKET_CLOSED());
    return this;
  }
  if (!(this._handle instanceof TCP)) throw new ERR_INVALID_HANDLE_TYPE();
  if (this.connecting) this.once('connect', () => this._reset());
  else this._reset();
  return this;
};

prototype._reset = function _reset() {
  this[kIsReset] = true;
  return this.destroy();
};

prototype.destroySoon = function destroySoon() {
  if (this.writable) this.end();
  if (this.writableFinished) this.destroy();
  else this.once('finish', this.destroy);
};

function closeHandle(socket, hadError, forgets) {
  const handle = socket._handle;
  if (!handle) return;
  handle.close(() => socket.emit('close', hadError));
  if (forgets) forgetHandle(socket);
}

function forgetHandle(socket) {
  socket._handle = null;
  socket._sockname = undefined;
  socket[kReading] = false;
}

prototype._destroy = function _destroy(exception, callback) {
  this.connecting = false;
  for (let socket = this; socket; socket = socket._parent) {
    clearTimeout(socket[kTimer]);
    socket[kTimer] = undefined;
  }
  const handle = this._handle;
  if (handle) {
    const hadError = Boolean(exception);
    this[kBytesRead] = handle.bytesRead;
    this[kBytesWritten] = handle.bytesWritten;
    if (this[kIsReset]) {
      this[kIsReset] = false;
      const failed = handle.reset(() => this.emit('close', hadError));
      if (failed) this.emit('error', new ErrnoException(failed, 'reset'));
      forgetHandle(this);
    } else if (this[kCloseLater]) {
      queueMicrotask(() => closeHandle(this, hadError, true));
    } else {
      closeHandle(this, hadError, true);
    }
    callback(exception);
  } else {
    callback(exception);
    process.nextTick(emitClose, this);
  }
  const server = this._server;
  if (server) {
    server._connections--;
    server._emitCloseIfDrained?.();
  }
};

function emitClose(socket) {
  socket.emit('close', socket.errored ? true : false);
}

// --- Names

prototype._getpeername = function _getpeername() {
  if (!this._handle?.getpeername || this.connecting) return this._peername || {};
  if (!this._peername) {
    const name = {};
    if (this._handle.getpeername(name) === 0) this._peername = name;
    else return name;
  }
  return this._peername;
};

prototype._getsockname = function _getsockname() {
  if (!this._handle?.getsockname) return {};
  if (!this._sockname) {
    const name = {};
    if (this._handle.getsockname(name) === 0 && !this.connecting) this._sockname = name;
    else return name;
  }
  return this._sockname;
};

function getter(name, get) {
  Object.defineProperty(prototype, name, { configurable: false, enumerable: true, get });
}

getter('remoteAddress', function () { return this._getpeername().address; });
getter('remoteFamily', function () { return this._getpeername().family; });
getter('remotePort', function () { return this._getpeername().port; });
getter('localAddress', function () { return this._getsockname().address; });
getter('localPort', function () { return this._getsockname().port; });
getter('localFamily', function () { return this._getsockname().family; });
getter('_connecting', function () { return this.connecting; });
getter('bytesRead', function () { return this._handle ? this._handle.bytesRead : this[kBytesRead]; });
getter('_bytesDispatched', function () { return this._handle ? this._handle.bytesWritten : this[kBytesWritten]; });
getter('bufferSize', function () { return this._handle ? this.writableLength : undefined; });

Object.defineProperty(prototype, 'pending', {
  configurable: true,
  get() { return !this._handle || this.connecting; },
});
Object.defineProperty(prototype, 'readyState', {
  configurable: true,
  get() {
    if (this.connecting) return 'opening';
    if (this.readable && this.writable) return 'open';
    if (this.readable) return 'readOnly';
    if (this.writable) return 'writeOnly';
    return 'closed';
  },
});

const lengthOf = (chunk, encoding) => (typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.byteLength);

getter('bytesWritten', function () {
  const waiting = this.writableBuffer;
  if (!waiting) return undefined;
  let bytes = this._bytesDispatched ?? 0;
  for (const { chunk, encoding } of waiting) bytes += lengthOf(chunk, encoding);
  const data = this._pendingData;
  if (Array.isArray(data)) {
    for (const { chunk, encoding } of data) bytes += lengthOf(chunk, encoding);
  } else if (data) {
    bytes += lengthOf(data, this._pendingEncoding);
  }
  return bytes;
});

// --- Writing

// 0: done, 1: C will tell, negative: an error.
function sendOne(socket, data, encoding) {
  const handle = socket._handle;
  if (typeof data === 'string' && encoding === 'buffer')
    throw Object.assign(new TypeError('Second argument must be a buffer'), { code: 'ERR_INVALID_ARG_TYPE' });
  if (typeof data !== 'string') return writeNow(handle, data, false);
  switch (encoding) {
    case 'utf8': case 'utf-8': return writeNow(handle, data, false);
    case 'latin1': case 'binary': return writeNow(handle, data, true);
    default: return writeNow(handle, Buffer.from(data, encoding), false);
  }
}

const GATHER_SMALL = 16384; // up to here copying together is cheaper than naming each buffer to C

function sendAll(socket, chunks) {
  const buffers = new Array(chunks.length);
  let total = 0;
  for (let i = 0; i < chunks.length; i++) {
    const entry = chunks[i];
    let { chunk } = entry;
    if (typeof chunk === 'string') chunk = Buffer.from(chunk, entry.encoding);
    buffers[i] = chunk;
    total += chunk.byteLength;
  }
  if (total <= GATHER_SMALL) return writeNow(socket._handle, Buffer.concat(buffers, total), false);
  return writevNow(socket._handle, ...buffers);
}

prototype._writeGeneric = function _writeGeneric(isMany, data, encoding, callback) {
  if (this.connecting) {
    this._pendingData = data;
    this._pendingEncoding = encoding;
    const onClose = () => callback(new ERR_SOCKET_CLOSED_BEFORE_CONNECTION());
    this.once('connect', function connect() {
      this.off('close', onClose);
      this._writeGeneric(isMany, data, encoding, callback);
    });
    this.once('close', onClose);
    return;
  }
  this._pendingData = null;
  this._pendingEncoding = '';
  if (!this._handle) {
    callback(new ERR_SOCKET_CLOSED());
    return false;
  }
  this._unrefTimer();
  const result = isMany ? this._sendAll(data) : this._sendOne(data, encoding);
  if (result === 0) {
    callback();
  } else if (result < 0) {
    callback(new ErrnoException(result, 'write'));
  } else {
    this[kWriteDone] = callback;
    this[kWriteFrame] = context.frame;
    if (this[kTimer] !== undefined) this[kLastQueueSize] = this._handle.writeQueueSize;
  }
};

// Sockets over something else than a native handle put their own in place of these two.
prototype._sendOne = function _sendOne(data, encoding) { return sendOne(this, data, encoding); };
prototype._sendAll = function _sendAll(chunks) { return sendAll(this, chunks); };

prototype._write = function _write(data, encoding, callback) {
  this._writeGeneric(false, data, encoding, callback);
};
prototype._writev = function _writev(chunks, callback) {
  this._writeGeneric(true, chunks, '', callback);
};

// --- Connecting

prototype.connect = function connect(...args) {
  const normalized = Array.isArray(args[0]) && args[0][kNormalized] ? args[0] : normalizeArgs(args);
  const [options, callback] = normalized;
  const { path } = options;
  if (path === undefined && options.port === undefined && !options.host && args.length === 0) {
    throw new ERR_MISSING_ARGS(['options', 'port', 'path']);
  } else if (path === undefined || path === null) {
    if (options.port === undefined) throw new ERR_MISSING_ARGS(['options', 'port', 'path']);
  }
  if (this.write !== Socket.prototype.write) this.write = Socket.prototype.write;
  if (this.destroyed) {
    this._handle = null;
    this._peername = undefined;
    this._sockname = undefined;
  }
  const isPipe = Boolean(path);
  if (!this._handle) {
    this._handle = isPipe ? new Pipe() : new TCP();
    this[kReading] = false;
    initHandle(this);
  }
  if (callback !== null) this.once('connect', callback);
  this._unrefTimer();
  this.connecting = true;
  if (options.noDelay) this.setNoDelay(true);
  const connecting = require('internal/net/connect');
  if (isPipe) connecting.connectPath(this, path);
  else connecting.lookupAndConnect(this, options);
  return this;
};

prototype.ref = function ref() {
  if (!this._handle) this.once('connect', this.ref);
  else this._handle.ref?.();
  return this;
};

prototype.unref = function unref() {
  if (!this._handle) this.once('connect', this.unref);
  else this._handle.unref?.();
  return this;
};

module.exports = {
  Socket,
  initHandle,
  onRead,
  onShutdown,
  onWritten,
  replaceHandle,
  stopReading,
  kConnectDone,
  kKeepAlive,
  kKeepAliveDelay,
  kNoDelay,
  kTimer,
  kTypeOfService,
};
