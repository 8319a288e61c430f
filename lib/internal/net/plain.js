'use strict';

// Sockets whose bytes C may write and read by itself: over TCP or a pipe, with nobody's methods in the place of net's own.

const { Socket: { prototype } } = require('internal/net/socket');
const { TCP, Pipe } = require('internal/net/handles');

function isPlain(socket) {
  const handle = socket._handle;
  return (handle instanceof TCP || handle instanceof Pipe) && socket._sendOne === prototype._sendOne &&
    socket.write === prototype.write && socket._write === prototype._write;
}

module.exports = { isPlain };
