'use strict';
// How a socket gets to its peer: names are looked up, and where a host has several addresses each gets its chance, one
// family after the other.

const {
  ExceptionWithHostPort: exceptionWithHostPort,
  NodeAggregateError,
  codes: {
    ERR_INVALID_ADDRESS_FAMILY,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_IP_ADDRESS,
    ERR_IP_BLOCKED,
    ERR_SOCKET_CONNECTION_TIMEOUT,
  },
} = require('internal/errors');
const { validateBoolean, validateFunction, validateInt32, validateNumber, validatePort, validateString } =
  require('internal/validators');
const { TCP } = require('internal/net/handles');
const { isIP } = require('internal/net/ip');
const { getDefaultAutoSelectFamily, getDefaultAutoSelectFamilyAttemptTimeout } = require('internal/net/options');
const { kConnectDone, kKeepAlive, kKeepAliveDelay, kNoDelay, kTypeOfService, replaceHandle } = require('internal/net/socket');
const perf = require('internal/perf/operations');

const UV_EADDRINUSE = -98, UV_ECANCELED = -125, UV_ETIMEDOUT = -110;

function failLater(socket, error) {
  process.nextTick((s, e) => s.destroy(e), socket, error);
}

// The port a handle got may differ from the one asked for, if that was taken.
function checkBindError(failed, port, handle) {
  if (failed === 0 && port > 0 && handle.getsockname) {
    const name = {};
    failed = handle.getsockname(name);
    if (failed === 0 && port !== name.port) return UV_EADDRINUSE;
  }
  return failed;
}

function bindLocal(socket, family, localAddress, localPort) {
  const address = localAddress || (family === 4 ? '0.0.0.0' : '::');
  const failed = checkBindError(socket._handle.bind(address, localPort || 0, 0), localPort, socket._handle);
  return failed === 0 ? null : exceptionWithHostPort(failed, 'bind', address, localPort);
}

function connectionError({ address, port, localAddress, localPort }, status) {
  const details = localAddress && localPort ? `${localAddress}:${localPort}` : undefined;
  const error = exceptionWithHostPort(status, 'connect', address, port, details);
  if (details) {
    error.localAddress = localAddress;
    error.localPort = localPort;
  }
  return error;
}

// A connect() that failed at once: the error says from which address.
function immediateError(socket, failed, address, port) {
  const name = {};
  let details;
  if (port !== undefined && socket._handle?.getsockname?.(name) === 0 && name.address !== undefined)
    details = `${name.address}:${name.port}`;
  return exceptionWithHostPort(failed, 'connect', address, port, details);
}

function connected(socket, handle, request, status) {
  if (socket.destroyed) return;
  socket.connecting = false;
  socket._sockname = undefined;
  socket[kConnectDone] = undefined;
  if (status !== 0) {
    socket.destroy(connectionError(request, status));
    return;
  }
  socket._unrefTimer();
  if (socket[kNoDelay]) handle.setNoDelay?.(true);
  if (socket[kKeepAlive]) handle.setKeepAlive?.(true, socket[kKeepAliveDelay]);
  if (socket[kTypeOfService] !== undefined) handle.setTypeOfService?.(socket[kTypeOfService]);
  socket.emit('connect');
  socket.emit('ready');
  if (!socket.isPaused()) socket.read(0);
  perf.finished('net', 'connect', request.startTime, { host: request.address, port: request.port });
}

function connectPath(socket, path) {
  validateString(path, 'options.path');
  const request = { address: path, port: undefined };
  socket[kConnectDone] = (self, status, handle) => connected(self, handle, request, status);
  const result = socket._handle.connect(path);
  if (result < 0) {
    const error = exceptionWithHostPort(result, 'connect', path);
    failLater(socket, error);
  } else if (result === 1) {
    process.nextTick(() => { if (socket.connecting) connected(socket, socket._handle, request, 0); });
  }
}

function connectAddress(socket, address, port, family, localAddress, localPort) {
  if (localAddress || localPort) {
    const error = bindLocal(socket, family, localAddress, localPort);
    if (error) {
      socket.destroy(error);
      return;
    }
  }
  if (socket.blockList?.check(address, `ipv${family}`)) {
    socket.destroy(new ERR_IP_BLOCKED(address));
    return;
  }
  const request = { address, port, localAddress, localPort, startTime: perf.startOf('net') };
  socket[kConnectDone] = (self, status, handle) => connected(self, handle, request, status);
  const failed = socket._handle.connect(address, port);
  if (failed) {
    socket[kConnectDone] = undefined;
    socket.destroy(immediateError(socket, failed, address, port));
  } else {
    socket.emit('connectionAttempt', address, port, family);
  }
}

// One address after the other, each with its own handle and its own time.
class Attempts {
  constructor(socket, addresses, port, localPort, timeout) {
    this.socket = socket;
    this.addresses = addresses;
    this.port = port;
    this.localPort = localPort;
    this.timeout = timeout;
    this.current = 0;
    this.timer = undefined;
    this.errors = [];
  }

  failed(address, family, error) {
    this.errors.push(error);
    this.socket.emit('connectionAttemptFailed', address, this.port, family, error);
  }

  next(isCanceled = false) {
    const { socket, addresses, port, localPort } = this;
    clearTimeout(this.timer);
    for (;;) {
      if (isCanceled || this.current === addresses.length) {
        socket.destroy(this.errors.length === 0 ? new ERR_SOCKET_CONNECTION_TIMEOUT() : new NodeAggregateError(this.errors));
        return;
      }
      const { address, family } = addresses[this.current++];
      if (this.current > 1) replaceHandle(socket, new TCP());
      if (localPort) {
        const error = bindLocal(socket, family, undefined, localPort);
        if (error) {
          this.errors.push(error);
          continue;
        }
      }
      if (socket.blockList?.check(address, `ipv${family}`)) {
        this.failed(address, family, new ERR_IP_BLOCKED(address));
        continue;
      }
      if (this.start(address, family)) return;
      if (!socket.connecting) return;
    }
  }

  start(address, family) {
    const { socket, port, localPort } = this;
    const handle = socket._handle;
    const request = { address, port, localPort, startTime: perf.startOf('net') };
    socket.emit('connectionAttempt', address, port, family);
    if (!socket.connecting) return true;
    socket.autoSelectFamilyAttemptedAddresses.push(`${address}:${port}`);
    socket[kConnectDone] = (self, status, from) => this.done(request, family, from, status);
    const failed = handle.connect(address, port);
    if (failed) {
      this.failed(address, family, immediateError(socket, failed, address, port));
      return false;
    }
    if (this.current < this.addresses.length)
      this.timer = setTimeout(() => this.timedOut(request, family, handle), this.timeout);
    return true;
  }

  timedOut(request, family, handle) {
    const { socket } = this;
    socket.emit('connectionAttemptTimeout', request.address, request.port, family);
    this.errors.push(connectionError(request, UV_ETIMEDOUT));
    if (socket._handle === handle && socket.connecting) this.next();
  }

  done(request, family, handle, status) {
    const { socket } = this;
    if (handle !== socket._handle) return; // one that was given up
    clearTimeout(this.timer);
    if (status === 0) {
      connected(socket, handle, request, 0);
      return;
    }
    this.failed(request.address, family, connectionError(request, status));
    if (socket.connecting) this.next(status === UV_ECANCELED);
  }
}

function familyOf(family) {
  switch (family) {
    case 'IPv4': return 4;
    case 'IPv6': return 6;
    default: return family;
  }
}

function badAddress(ip, family, options) {
  if (typeof ip !== 'string' || !isIP(ip)) return new ERR_INVALID_IP_ADDRESS(ip);
  if (family !== 4 && family !== 6) return new ERR_INVALID_ADDRESS_FAMILY(family, options.host, options.port);
  return null;
}

function lookupAndConnect(socket, options) {
  const { localAddress, localPort } = options;
  const host = options.host || 'localhost';
  if (typeof host !== 'string') validateString(host, 'options.host');
  let { port, autoSelectFamily, autoSelectFamilyAttemptTimeout: attemptTimeout } = options;
  if (localAddress && !isIP(localAddress)) throw new ERR_INVALID_IP_ADDRESS(localAddress);
  if (localPort) validateNumber(localPort, 'options.localPort');
  if (port !== undefined) {
    if (typeof port !== 'number' && typeof port !== 'string')
      throw new ERR_INVALID_ARG_TYPE('options.port', ['number', 'string'], port);
    validatePort(port);
  }
  port |= 0;
  if (autoSelectFamily !== undefined && autoSelectFamily !== null) validateBoolean(autoSelectFamily, 'options.autoSelectFamily');
  else autoSelectFamily = getDefaultAutoSelectFamily();
  if (attemptTimeout !== undefined && attemptTimeout !== null) {
    validateInt32(attemptTimeout, 'options.autoSelectFamilyAttemptTimeout', 1);
    if (attemptTimeout < 10) attemptTimeout = 10;
  } else {
    attemptTimeout = getDefaultAutoSelectFamilyAttemptTimeout();
  }

  const family = isIP(host);
  if (family) {
    process.nextTick(() => {
      if (socket.connecting) connectAddress(socket, host, port, family, localAddress, localPort);
    });
    return;
  }
  if (options.lookup !== undefined && options.lookup !== null) validateFunction(options.lookup, 'options.lookup');
  const dns = require('dns');
  const query = { family: familyOf(options.family), hints: options.hints || 0 };
  if (query.family !== 4 && query.family !== 6 && query.hints === 0) query.hints = dns.ADDRCONFIG;
  socket._host = host;
  const lookup = options.lookup || dns.lookup;
  if (autoSelectFamily && query.family !== 4 && query.family !== 6 && !localAddress) {
    query.all = true;
    lookup(host, query, (error, addresses) => foundAll(socket, error, addresses, options, port, attemptTimeout));
    return;
  }
  lookup(host, query, (error, ip, ipFamily) => {
    socket.emit('lookup', error, ip, ipFamily, host);
    if (!socket.connecting) return;
    error ||= badAddress(ip, ipFamily, options);
    if (error) {
      failLater(socket, error);
      return;
    }
    socket._unrefTimer();
    connectAddress(socket, ip, port, ipFamily, localAddress, localPort);
  });
}

// Alternates the families, the first address's first.
function foundAll(socket, error, addresses, options, port, attemptTimeout) {
  const host = socket._host;
  if (!socket.connecting) return;
  if (error) {
    socket.emit('lookup', error, undefined, undefined, host);
    failLater(socket, error);
    return;
  }
  const byFamily = [[], []];
  let firstFamily;
  const seen = new Set();
  for (const { address, family } of addresses) {
    socket.emit('lookup', error, address, family, host);
    if (!socket.connecting) return;
    if (typeof address !== 'string' || !isIP(address) || (family !== 4 && family !== 6) || seen.has(address)) continue;
    seen.add(address);
    firstFamily ??= family;
    byFamily[family === firstFamily ? 0 : 1].push({ address, family });
  }
  const [first, second] = byFamily;
  if (first.length === 0) {
    const { address, family } = addresses[0] ?? {};
    failLater(socket, badAddress(address, family, options));
    return;
  }
  const all = [];
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    if (i < first.length) all.push(first[i]);
    if (i < second.length) all.push(second[i]);
  }
  socket._unrefTimer();
  if (all.length === 1) {
    connectAddress(socket, all[0].address, port, all[0].family, undefined, options.localPort);
    return;
  }
  socket.autoSelectFamilyAttemptedAddresses = [];
  new Attempts(socket, all, port, options.localPort, attemptTimeout).next();
}

module.exports = { checkBindError, connectPath, lookupAndConnect };
