'use strict';
// process.stdin, stdout and stderr, made when first touched. What they are depends on what the descriptor is: a terminal,
// a file, a pipe or socket. Output is synchronous, as Node's is on Linux.

const { writeSync, kind } = internalBinding('stdio');

function openFile(fd) {
  const { Writable } = require('stream');
  const stream = new Writable({
    autoDestroy: true,
    decodeStrings: false,
    write(chunk, encoding, callback) {
      const isText = typeof chunk === 'string' && (encoding === 'utf8' || encoding === 'utf-8');
      const error = writeSync(fd, isText || typeof chunk !== 'string' ? chunk : Buffer.from(chunk, encoding));
      if (!error) {
        callback();
        return;
      }
      const { ErrnoException } = require('internal/errors');
      callback(new ErrnoException(error, 'write'));
    },
  });
  stream._type = 'fs';
  return stream;
}

function openSocket(fd, options) {
  const net = require('net');
  const stream = new net.Socket({ fd, ...options });
  stream._type = 'pipe';
  return stream;
}

function openNothing() {
  const { Writable } = require('stream');
  return new Writable({ write(chunk, encoding, callback) { callback(); } });
}

function makeOutput(fd) {
  switch (kind(fd)) {
    case 'TTY': {
      const stream = new (require('tty').WriteStream)(fd);
      stream._type = 'tty';
      process.on('SIGWINCH', () => stream._refreshSize());
      return stream;
    }
    case 'FILE': return openFile(fd);
    // A descriptor that is also the channel to the parent is left to the channel.
    case 'PIPE': case 'TCP':
      return process.channel?.fd === fd ? openFile(fd) : openSocket(fd, { readable: false, writable: true });
    default: return openNothing();
  }
}

// Standard output cannot be closed: what the program prints afterwards must not go to whatever got its number.
function keepOpen(error, callback) {
  callback(error);
  this._undestroy();
  if (!this._writableState.emitClose) process.nextTick(() => this.emit('close'));
}

function openOutput(fd) {
  const stream = makeOutput(fd);
  stream.fd = fd;
  stream._isStdio = true;
  stream.destroySoon = stream.destroy;
  stream._destroy = keepOpen;
  return stream;
}

function makeInput(fd) {
  switch (kind(fd)) {
    case 'TTY': return new (require('tty').ReadStream)(fd);
    case 'FILE': {
      const { ReadStream } = require('fs');
      return new ReadStream(null, { fd, autoClose: false });
    }
    case 'PIPE': case 'TCP':
      if (process.channel?.fd !== fd) return openSocket(fd, { readable: true, writable: false, manualStart: true });
  }
  const { Readable } = require('stream');
  const stream = new Readable({ read() {} });
  stream.push(null);
  return stream;
}

function openInput() {
  const stream = makeInput(0);
  stream.fd = 0;
  // A paused stdin must not keep the process alive: reading stops a tick after the stream has been paused.
  if (stream._handle?.readStop) {
    const { stopReading } = require('internal/net/socket');
    stream._readableState.reading = false;
    stream._handle.readStop();
    stream.on('pause', () => process.nextTick(stopReading, stream));
  }
  return stream;
}

module.exports = { open: (fd) => (fd === 0 ? openInput() : openOutput(fd)) };
