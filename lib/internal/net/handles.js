'use strict';
// The native streams as JavaScript holds them: `new TCP()` and `new Pipe()` like Node's, with the few things that are
// easier said here than in C.

const wrap = internalBinding('stream_wrap');
const { kind } = internalBinding('stdio');

const onceClosed = new WeakMap();

function TCP(family) { return internalBinding('tcp').create(typeof family === 'number' && family > 3 ? family : 0); }
function Pipe() { return internalBinding('pipe').create(); }
TCP.constants = { SOCKET: 0, SERVER: 1, UV_TCP_IPV6ONLY: 1, UV_TCP_REUSEPORT: 2 };
Pipe.constants = { SOCKET: 0, SERVER: 1, IPC: 2, UV_READABLE: 1, UV_WRITABLE: 2 };

// On the prototype: close with a callback, and figures as properties.
function complete(prototype, constructor) {
  const hidden = (name, value) => Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
  const figure = (name, method) =>
    Object.defineProperty(prototype, name, { get() { return this[method](); }, configurable: true });
  hidden('constructor', constructor);
  hidden('close', function close(callback) {
    if (typeof callback === 'function') onceClosed.set(this, callback);
    this.closeNow();
  });
  hidden('getAsyncId', () => 0);
  figure('fd', 'getFd');
  figure('bytesRead', 'getBytesRead');
  figure('bytesWritten', 'getBytesWritten');
  figure('writeQueueSize', 'getWriteQueueSize');
  constructor.prototype = prototype;
}

complete(wrap.TCP, TCP);
complete(wrap.Pipe, Pipe);
complete(wrap.TTY, function TTY(fd) { return internalBinding('tty').create(fd); });

function named(address, out) {
  if (typeof address === 'number') return address;
  if (address.length !== 0) {
    out.address = address[0];
    out.family = address[1];
    out.port = address[2];
  }
  return 0;
}
wrap.TCP.getsockname = function getsockname(out) { return named(this.localAddress(), out); };
wrap.TCP.getpeername = function getpeername(out) { return named(this.remoteAddress(), out); };
wrap.TCP.reset = function reset(callback) {
  onceClosed.set(this, callback);
  return this._reset();
};

// What C calls when a handle is closed.
function closed(handle) {
  const callback = onceClosed.get(handle);
  if (callback === undefined) return;
  onceClosed.delete(handle);
  callback.call(handle);
}

// A handle for a descriptor of this kind; undefined for what is neither pipe nor socket.
function handleForKind(name) {
  if (name === 'PIPE') return new Pipe();
  if (name === 'TCP') return new TCP();
  return undefined;
}

// The descriptor becomes the handle's. Throws if it is none that can be read as a stream.
function handleFromFd(fd) {
  const { codes: { ERR_INVALID_FD_TYPE }, ErrnoException } = require('internal/errors');
  const name = kind(fd);
  const handle = handleForKind(name);
  if (handle === undefined) throw new ERR_INVALID_FD_TYPE(name);
  const failed = handle.open(fd);
  if (failed) throw new ErrnoException(failed, 'open');
  return handle;
}

module.exports = { TCP, Pipe, TTY: wrap.TTY.constructor, closed, handleForKind, handleFromFd };
