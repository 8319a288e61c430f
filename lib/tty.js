'use strict';
// require('tty'): terminals as sockets that know their size and colours.

const net = require('net');
const { ErrnoException, codes: { ERR_INVALID_FD, ERR_TTY_INIT_FAILED } } = require('internal/errors');
const { getColorDepth, hasColors } = require('internal/tty');
const binding = internalBinding('tty');
require('internal/net/handles');

function isatty(fd) {
  return Number.isInteger(fd) && fd >= 0 && fd <= 2147483647 && binding.isTTY(fd);
}

function open(fd) {
  if (fd >> 0 !== fd || fd < 0) throw new ERR_INVALID_FD(fd);
  const handle = binding.create(fd);
  if (typeof handle !== 'number') return handle;
  const uv = internalBinding('uv');
  throw new ERR_TTY_INIT_FAILED({
    errno: handle, code: uv.errname(handle), message: uv.errorMessage(handle), syscall: 'uv_tty_init',
  });
}

function ReadStream(fd, options) {
  if (!(this instanceof ReadStream)) return new ReadStream(fd, options);
  net.Socket.call(this, { highWaterMark: 0, handle: open(fd), manualStart: true, ...options });
  this.isRaw = false;
  this.isTTY = true;
}
Object.setPrototypeOf(ReadStream.prototype, net.Socket.prototype);
Object.setPrototypeOf(ReadStream, net.Socket);

ReadStream.prototype.setRawMode = function setRawMode(enable) {
  enable = Boolean(enable);
  const failed = this._handle?.setRawMode(enable);
  if (failed) {
    this.emit('error', new ErrnoException(failed, 'setRawMode'));
    return this;
  }
  this.isRaw = enable;
  return this;
};

function WriteStream(fd) {
  if (!(this instanceof WriteStream)) return new WriteStream(fd);
  const handle = open(fd);
  net.Socket.call(this, { handle, manualStart: true });
  // What is written has to appear before the process goes on.
  handle.setBlocking(true);
  const size = handle.getWindowSize();
  if (typeof size !== 'number') [this.columns, this.rows] = size;
}
Object.setPrototypeOf(WriteStream.prototype, net.Socket.prototype);
Object.setPrototypeOf(WriteStream, net.Socket);

const { prototype } = WriteStream;
prototype.isTTY = true;
prototype.getColorDepth = getColorDepth;
prototype.hasColors = hasColors;

prototype._refreshSize = function _refreshSize() {
  const { columns, rows } = this;
  const size = this._handle?.getWindowSize();
  if (size === undefined) return;
  if (typeof size === 'number') {
    this.emit('error', new ErrnoException(size, 'getWindowSize'));
    return;
  }
  if (columns === size[0] && rows === size[1]) return;
  [this.columns, this.rows] = size;
  this.emit('resize');
};

prototype.getWindowSize = function getWindowSize() {
  return [this.columns, this.rows];
};

for (const name of ['cursorTo', 'moveCursor', 'clearLine', 'clearScreenDown']) {
  prototype[name] = { [name](...args) { return require('readline')[name](this, ...args); } }[name];
}

module.exports = { isatty, ReadStream, WriteStream };
