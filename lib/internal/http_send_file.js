'use strict';

// Files that go into a response unseen: a ReadStream whose only reader is a pipe to a response asks here first, and the kernel
// copies from the one to the other (src/modules/send_file.c).

const { send, setCallback } = internalBinding('send_file');
const net = require('net');
const { TCP, Pipe } = require('internal/net/handles');
const { kSendingFile } = require('internal/http');
const { ErrnoException } = require('internal/errors');
const context = require('internal/async_context');

const AT_END = 1 << 30;
const UV_EAGAIN = -11, UV_ENOTSUP = -95;

const kDone = Symbol('done');

function isPlain(socket) {
  const { prototype } = net.Socket;
  return (socket._handle instanceof TCP || socket._handle instanceof Pipe) && !socket.connecting && socket._sendOne === prototype._sendOne &&
    socket.write === prototype.write && socket._write === prototype._write && socket.writable && socket.writableLength === 0;
}

// What a program put in the place of these (to compress, to count) has to see every byte.
function isOwn(message) {
  const { prototype } = require('_http_outgoing').OutgoingMessage;
  return message.write === prototype.write && message._send === prototype._send && message._writeRaw === prototype._writeRaw;
}

// callback(error, bytes, isAtEnd), now or later. False: the file has to be read.
function sendFile(message, fd, offset, length, callback) {
  const { socket } = message;
  if (!socket || socket._httpMessage !== message || message.destroyed || message.finished || message.outputData.length > 0 ||
      message.strictContentLength || message.writableCorked !== 0 || message[kSendingFile] || !isOwn(message) || !isPlain(socket)) return false;
  if (!message._header) message._implicitHeader();
  if (!message._hasBody) return false;
  const head = message._headerSent ? undefined : message._header;
  const result = send(socket._handle, fd, offset, length, message.chunkedEncoding, head);
  if (result === UV_ENOTSUP) return false;
  message._headerSent = true;
  if (result !== UV_EAGAIN) {
    socket._unrefTimer();
    conclude(result, callback);
    return true;
  }
  const { frame } = context;
  message[kSendingFile] = true;
  socket[kDone] = (outcome) => {
    context.frame = frame;
    message[kSendingFile] = false;
    conclude(outcome, callback);
    // What the program wrote meanwhile.
    if (message.outputData.length > 0) message._flush();
  };
  return true;
}

function conclude(result, callback) {
  if (result < 0) callback(new ErrnoException(result, 'sendfile'));
  else callback(null, result & ~AT_END, (result & AT_END) !== 0);
}

setCallback(function onSent(result) {
  this._unrefTimer();
  const done = this[kDone];
  this[kDone] = undefined;
  done?.(result);
});

module.exports = { sendFile };
