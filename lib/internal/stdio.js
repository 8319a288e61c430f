'use strict';
// process.stdin, stdout and stderr, made when first touched. What they are depends on what the
// descriptor is: a terminal, a file, a pipe or socket.

const { writeSync, kind } = internalBinding('stdio');

function openOutput(fd) {
  const { Writable } = require('stream');
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, encoding, callback) {
      const error = writeSync(fd, typeof chunk === 'string' && encoding !== 'utf8' && encoding !== 'utf-8' ? Buffer.from(chunk, encoding) : chunk);
      if (error) {
        const { ErrnoException } = require('internal/errors');
        callback(new ErrnoException(error, 'write'));
      } else callback();
    },
  });
  stream.fd = fd;
  stream._type = kind(fd).toLowerCase();
  stream._isStdio = true;
  stream.destroySoon = stream.destroy;
  stream._destroy = function (error, callback) { callback(error); };
  return stream;
}

function open(fd) {
  if (fd === 0) {
    const fs = require('fs');
    return new fs.ReadStream(null, { fd: 0, autoClose: false });
  }
  return openOutput(fd);
}

module.exports = { open };
