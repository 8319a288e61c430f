'use strict';
// require('net'): servers and sockets over TCP and UNIX domain sockets.

const options = require('internal/net/options');
const { Socket } = require('internal/net/socket');
const { isIP, isIPv4, isIPv6 } = require('internal/net/ip');
const { loaded } = require('internal/builtin');

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
function lazy(name, id) {
  const settle = (value) => {
    Object.defineProperty(module.exports, name, { value, configurable: true, enumerable: true, writable: true });
    return value;
  };
  Object.defineProperty(module.exports, name, {
    configurable: true,
    enumerable: true,
    get: () => settle(require(id)[name]),
    set: settle,
  });
}
lazy('Server', 'internal/net/server');
lazy('BlockList', 'internal/net/blocklist');
lazy('SocketAddress', 'internal/net/blocklist');
Object.defineProperty(module.exports, '_createServerHandle', {
  configurable: true,
  enumerable: true,
  get: () => require('internal/net/server').createServerHandle,
});
