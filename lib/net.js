'use strict';
// require('net'): servers and sockets over TCP and UNIX domain sockets.

const options = require('internal/net/options');
const { Socket } = require('internal/net/socket');
const { isIP, isIPv4, isIPv6 } = require('internal/net/ip');
const { lazyProperty, loaded } = require('internal/builtin');

function createServer(serverOptions, onConnection) {
  const { Server } = module.exports;
  return new Server(serverOptions, onConnection);
}

function connect(...args) {
  const normalized = options.normalizeArgs(args);
  const socketOptions = normalized[0];
  const socket = new Socket(socketOptions);
  const channel = loaded('diagnostics_channel')?.channel('net.client.socket');
  if (channel?.hasSubscribers) channel.publish({ socket });
  if (socketOptions.timeout) socket.setTimeout(socketOptions.timeout);
  return socket.connect(normalized);
}

module.exports = {
  _normalizeArgs: options.normalizeArgs,
  connect,
  createConnection: connect,
  createServer,
  isIP,
  isIPv4,
  isIPv6,
  Socket,
  Stream: Socket,
  getDefaultAutoSelectFamily: options.getDefaultAutoSelectFamily,
  setDefaultAutoSelectFamily: options.setDefaultAutoSelectFamily,
  getDefaultAutoSelectFamilyAttemptTimeout: options.getDefaultAutoSelectFamilyAttemptTimeout,
  setDefaultAutoSelectFamilyAttemptTimeout: options.setDefaultAutoSelectFamilyAttemptTimeout,
};

// What only some programs use is loaded when they first name it.
lazyProperty(module.exports, 'Server', () => require('internal/net/server').Server);
lazyProperty(module.exports, 'BlockList', () => require('internal/net/blocklist').BlockList);
lazyProperty(module.exports, 'SocketAddress', () => require('internal/net/blocklist').SocketAddress);
Object.defineProperty(module.exports, '_createServerHandle', {
  configurable: true,
  enumerable: true,
  get: () => require('internal/net/server').createServerHandle,
});
