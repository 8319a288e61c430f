'use strict';

// Files that go into a response unseen: a ReadStream whose only reader is a pipe to a response asks here first, and the kernel
// copies from the one to the other (src/modules/send_file.c).

const { send, setCallback } = internalBinding('send_file');
const { isPlain } = require('internal/net/plain');
const { kSendingFile } = require('internal/http');
const { ErrnoException } = require('internal/errors');
const context = require('internal/async_context');

const AT_END = 1 << 30;
const UV_EAGAIN = -11, UV_ENOTSUP = -95;

const kDone = Symbol('done');

const isReady = (socket) => !socket.connecting && socket.writable && socket.writableLength === 0 && isPlain(socket);

// What a program put in the place of these (to compress, to count) has to see every byte.
function isOwn(message) {
  const { prototype } = require('_http_outgoing').OutgoingMessage;
  return message.write === prototype.write && message._send === prototype._send && message._writeRaw === prototype._writeRaw;
}

// callback(error, bytes, isAtEnd), now or later. False: the file has to be read.
function sendFile(message, fd, offset, length, callback) {
  const { socket } = message;
  if (!socket || socket._httpMessage !== message || message.destroyed || message.finished || message.outputData.length > 0 ||
      message.strictContentLength || message.writableCorked !== 0 || message[kSendingFile] || !isOwn(message) || !isReady(socket)) return false;
  if (!message._header) message._implicitHeader();
  if (!message._hasBody) return false;
  const head = message._headerSent ? undefined : message._header;
  const result = send(socket._handle, fd, offset, length, message.chunkedEncoding, head);
  if (result === UV_ENOTSUP) return false;
  message._headerSent = true;
  if (result !== UV_EAGAIN) {
    socket._unrefTimer();
    conclude(message, result, callback);
    return true;
  }
  const { frame } = context;
  message[kSendingFile] = true;
  socket[kDone] = (outcome) => {
    context.frame = frame;
    message[kSendingFile] = false;
    conclude(message, outcome, callback);
    // What the program wrote meanwhile.
    if (message.outputData.length > 0) message._flush();
  };
  return true;
}

const connectionErrors = new Set(['EPIPE', 'ECONNRESET', 'ECONNABORTED', 'ENOTCONN', 'ESHUTDOWN', 'ETIMEDOUT', 'EHOSTUNREACH',
  'ENETUNREACH', 'ENETDOWN', 'ECANCELED']);

// The kernel has one answer for both sides. Who left is no fault of the file's: the response closes, as after a write that fails.
function conclude(message, result, callback) {
  if (result >= 0) {
    callback(null, result & ~AT_END, (result & AT_END) !== 0);
    return;
  }
  const error = new ErrnoException(result, 'sendfile');
  if (connectionErrors.has(error.code)) callback(null, 0, false);
  else callback(error);
  message.destroy(); // part of what was promised is missing
}

setCallback(function onSent(result) {
  this._unrefTimer();
  const done = this[kDone];
  this[kDone] = undefined;
  done?.(result);
});

module.exports = { sendFile };
