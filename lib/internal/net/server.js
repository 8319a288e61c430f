'use strict';
// net.Server: listens in this process, or in a cluster's worker on what the primary listens on.

const EventEmitter = require('events');
const {
  ErrnoException,
  ExceptionWithHostPort: exceptionWithHostPort,
  UVExceptionWithHostPort: uvExceptionWithHostPort,
  codes: {
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE,
    ERR_SERVER_ALREADY_LISTEN,
    ERR_SERVER_NOT_RUNNING,
  },
} = require('internal/errors');
const { validateAbortSignal, validateNumber, validatePort } = require('internal/validators');
const { TCP, Pipe, handleForKind } = require('internal/net/handles');
const { isIP } = require('internal/net/ip');
const { normalizeArgs, isPipeName, toNumber } = require('internal/net/options');
const { Socket, kKeepAlive, kKeepAliveDelay, kNoDelay } = require('internal/net/socket');
const context = require('internal/async_context');
const { loaded } = require('internal/builtin');

const UV_EINVAL = -22, UV_EADDRINUSE = -98;
const kFrame = Symbol('frame');
const LISTEN_IPV6_ONLY = 1, LISTEN_REUSE_PORT = 2;

function Server(options, onConnection) {
  if (!(this instanceof Server)) return new Server(options, onConnection);
  EventEmitter.call(this);
  if (typeof options === 'function') {
    onConnection = options;
    options = {};
    this.on('connection', onConnection);
  } else if (options == null || typeof options === 'object') {
    options = { ...options };
    if (typeof onConnection === 'function') this.on('connection', onConnection);
  } else {
    throw new ERR_INVALID_ARG_TYPE('options', 'Object', options);
  }
  if (options.keepAliveInitialDelay !== undefined) {
    validateNumber(options.keepAliveInitialDelay, 'options.keepAliveInitialDelay');
    if (options.keepAliveInitialDelay < 0) options.keepAliveInitialDelay = 0;
  }
  if (options.highWaterMark !== undefined) {
    validateNumber(options.highWaterMark, 'options.highWaterMark');
    if (options.highWaterMark < 0) options.highWaterMark = 0;
  }
  this._connections = 0;
  this._handle = null;
  this._usingWorkers = false;
  this._workers = [];
  this._unref = false;
  this._listeningId = 1;
  this.allowHalfOpen = options.allowHalfOpen || false;
  this.pauseOnConnect = Boolean(options.pauseOnConnect);
  this.noDelay = Boolean(options.noDelay);
  this.keepAlive = Boolean(options.keepAlive);
  this.keepAliveInitialDelay = ~~(options.keepAliveInitialDelay / 1000);
  this.highWaterMark = options.highWaterMark ?? require('stream').getDefaultHighWaterMark(false);
  if (options.blockList) {
    if (!require('internal/net/blocklist').BlockList.isBlockList(options.blockList))
      throw new ERR_INVALID_ARG_TYPE('options.blockList', 'net.BlockList', options.blockList);
    this.blockList = options.blockList;
  }
}
Object.setPrototypeOf(Server.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Server, EventEmitter);
const { prototype } = Server;

// --- Listening

// A bound handle, or a negative error.
function createServerHandle(address, port, addressType, fd, flags) {
  let handle;
  let failed = 0;
  let isTCP = false;
  if (typeof fd === 'number' && fd >= 0) {
    handle = handleForKind(internalBinding('stdio').kind(fd));
    if (handle === undefined) return UV_EINVAL;
    failed = handle.open(fd);
    if (failed) return failed;
  } else if (port === -1 && addressType === -1) {
    handle = new Pipe();
  } else {
    handle = new TCP();
    isTCP = true;
  }
  if (address || isTCP) {
    if (!address) {
      failed = handle.bind('::', port, flags);
      if (failed) {
        handle.close();
        return createServerHandle('0.0.0.0', port, 4, undefined, flags);
      }
    } else {
      failed = handle.bind(address, port, flags);
    }
  }
  if (failed) {
    handle.close();
    return failed;
  }
  return handle;
}

function emitErrorLater(server, error) {
  process.nextTick((s, e) => s.emit('error', e), server, error);
}

prototype._listen2 = function setupListenHandle(address, port, addressType, backlog, fd, flags) {
  if (!this._handle) {
    let handle = null;
    if (!address && typeof fd !== 'number') {
      handle = createServerHandle('::', port, 6, fd, flags);
      if (typeof handle === 'number') {
        handle = null;
        address = '0.0.0.0';
        addressType = 4;
      } else {
        address = '::';
        addressType = 6;
      }
    }
    handle ??= createServerHandle(address, port, addressType, fd, flags);
    if (typeof handle === 'number') {
      emitErrorLater(this, uvExceptionWithHostPort(handle, 'listen', address, port));
      return;
    }
    this._handle = handle;
  }
  this[kFrame] = context.frame;
  this._handle.onconnection = (status, client) => accepted(this, status, client);
  this._handle.attach?.(this);
  // No more than the kernel's own limit; Node's default.
  const failed = this._handle.listen(backlog || 511);
  if (failed) {
    const error = uvExceptionWithHostPort(failed, 'listen', address, port);
    this._handle.close();
    this._handle = null;
    emitErrorLater(this, error);
    return;
  }
  this._connectionKey = `${addressType}:${address}:${port}`;
  if (this._unref) this.unref();
  process.nextTick(emitListening, this);
};

function emitListening(server) {
  if (server._handle) server.emit('listening');
}

function listenInCluster(server, address, port, addressType, backlog, fd, exclusive, flags, options) {
  const cluster = loaded('cluster');
  if (cluster === undefined || cluster.isPrimary || exclusive) {
    server._listen2(address, port, addressType, backlog, fd, flags);
    return;
  }
  const query = { address, port, addressType, fd, flags, backlog, ...options };
  const listeningId = server._listeningId;
  cluster._getServer(server, query, (failed, handle) => {
    if (listeningId !== server._listeningId) { // closed meanwhile
      handle.close();
      return;
    }
    if (failed === 0 && port > 0 && handle.getsockname) {
      const name = {};
      failed = handle.getsockname(name);
      if (failed === 0 && port !== name.port) failed = UV_EADDRINUSE;
    }
    if (failed) {
      server.emit('error', exceptionWithHostPort(failed, 'bind', address, port));
      return;
    }
    server._handle = handle;
    server._listen2(address, port, addressType, backlog, fd, flags);
  });
}

const isLinkLocal = (address) => /^fe[89ab][0-9a-f]:/i.test(address);

function lookupAndListen(server, port, host, backlog, exclusive, flags) {
  const listeningId = server._listeningId;
  require('dns').lookup(host, { all: true }, (error, addresses) => {
    if (listeningId !== server._listeningId) return;
    if (error) {
      server.emit('error', error);
      return;
    }
    // An address that only means something on one link cannot be listened on without its zone.
    const found = addresses.find(({ address }) => !isLinkLocal(address) || host.includes('%')) ?? addresses[0];
    listenInCluster(server, found.address, port, found.address ? found.family : 4, backlog, undefined, exclusive, flags);
  });
}

function closeOnAbort(server, options) {
  if (options?.signal === undefined) return;
  validateAbortSignal(options.signal, 'options.signal');
  const { signal } = options;
  const onAborted = () => server.close();
  if (signal.aborted) {
    process.nextTick(onAborted);
  } else {
    const listener = EventEmitter.addAbortListener(signal, onAborted);
    server.once('close', listener[Symbol.dispose]);
  }
}

prototype.listen = function listen(...args) {
  const [given, callback] = normalizeArgs(args);
  let options = given;
  if (this._handle) throw new ERR_SERVER_ALREADY_LISTEN();
  if (callback !== null) this.once('listening', callback);
  const backlogGiven = toNumber(args.length > 1 && args[1]) || toNumber(args.length > 2 && args[2]);
  options = options._handle || options.handle || options;
  const flags = (options.ipv6Only === true ? LISTEN_IPV6_ONLY : 0) | (options.reusePort === true ? LISTEN_REUSE_PORT : 0);
  if (options instanceof TCP || options instanceof Pipe) {
    this._handle = options;
    listenInCluster(this, null, -1, -1, backlogGiven, undefined, true);
    return this;
  }
  closeOnAbort(this, options);
  if (typeof options.fd === 'number' && options.fd >= 0) {
    listenInCluster(this, null, null, null, backlogGiven, options.fd);
    return this;
  }
  if (args.length === 0 || typeof args[0] === 'function' ||
      (options.port === undefined && 'port' in options) || options.port === null) {
    options = { ...options, port: 0 };
  }
  if (typeof options.port === 'number' || typeof options.port === 'string') {
    validatePort(options.port, 'options.port');
    const backlog = options.backlog || backlogGiven;
    const exclusive = options.exclusive || options.reusePort === true;
    if (options.host) {
      const family = isIP(options.host);
      if (family) listenLater(this, options.host, options.port | 0, family, backlog, exclusive, flags);
      else lookupAndListen(this, options.port | 0, options.host, backlog, exclusive, flags);
    } else {
      listenInCluster(this, null, options.port | 0, 4, backlog, undefined, exclusive, flags);
    }
    return this;
  }
  if (options.path && isPipeName(options.path)) {
    if (options.path[0] === '\0' && (options.readableAll === true || options.writableAll === true)) {
      throw new ERR_INVALID_ARG_VALUE(
        'options', options, 'can not set readableAll or writableAllt to true when path is abstract unix socket');
    }
    this._pipeName = options.path;
    listenInCluster(this, options.path, -1, -1, options.backlog || backlogGiven, undefined, options.exclusive);
    if (this._handle) openPipeTo(this, options);
    return this;
  }
  if (!('port' in options || 'path' in options))
    throw new ERR_INVALID_ARG_VALUE('options', options, 'must have the property "port" or "path"');
  throw new ERR_INVALID_ARG_VALUE('options', options);
};

// As if the address had been looked up, without loading dns for it.
function listenLater(server, address, port, family, backlog, exclusive, flags) {
  const listeningId = server._listeningId;
  process.nextTick(() => {
    if (listeningId === server._listeningId && !server._handle)
      listenInCluster(server, address, port, family, backlog, undefined, exclusive, flags);
  });
}

function openPipeTo(server, { readableAll, writableAll }) {
  const { UV_READABLE, UV_WRITABLE } = Pipe.constants;
  const mode = (readableAll === true ? UV_READABLE : 0) | (writableAll === true ? UV_WRITABLE : 0);
  if (mode === 0) return;
  const failed = server._handle.fchmod(mode);
  if (failed) {
    server._handle.close();
    server._handle = null;
    throw new ErrnoException(failed, 'uv_pipe_chmod');
  }
}

// --- Connections

function namesOf(handle) {
  if (!handle.getsockname) return undefined;
  const local = {}, remote = {};
  if (handle.getsockname(local) !== 0 || handle.getpeername(remote) !== 0) return undefined;
  return {
    localAddress: local.address,
    localPort: local.port,
    localFamily: local.family,
    remoteAddress: remote.address,
    remotePort: remote.port,
    remoteFamily: remote.family,
  };
}

function accepted(server, status, handle) {
  context.frame = server[kFrame];
  if (status) {
    server.emit('error', new ErrnoException(status, 'accept'));
    return;
  }
  if (server.maxConnections != null && server._connections >= server.maxConnections) {
    const names = namesOf(handle);
    handle.close();
    if (names) server.emit('drop', names);
    else server.emit('drop');
    return;
  }
  if (server.blockList) {
    const remote = {};
    if (handle.getpeername?.(remote) === 0 && remote.address !== undefined &&
        server.blockList.check(remote.address, `ipv${isIP(remote.address)}`)) {
      handle.close();
      return;
    }
  }
  const socket = new Socket({
    handle,
    allowHalfOpen: server.allowHalfOpen,
    pauseOnCreate: server.pauseOnConnect,
    readable: true,
    writable: true,
    readableHighWaterMark: server.highWaterMark,
    writableHighWaterMark: server.highWaterMark,
  });
  if (server.noDelay && handle.setNoDelay) {
    socket[kNoDelay] = true;
    handle.setNoDelay(true);
  }
  if (server.keepAlive && handle.setKeepAlive) {
    socket[kKeepAlive] = true;
    socket[kKeepAliveDelay] = server.keepAliveInitialDelay;
    handle.setKeepAlive(true, server.keepAliveInitialDelay);
  }
  server._connections++;
  socket.server = server;
  socket._server = server;
  server.emit('connection', socket);
  const channel = loaded('diagnostics_channel')?.channel('net.server.socket');
  if (channel?.hasSubscribers) channel.publish({ socket });
}

prototype.getConnections = function getConnections(callback) {
  const told = (error, count) => process.nextTick(callback, error, count);
  if (!this._usingWorkers) {
    told(null, this._connections);
    return this;
  }
  // Those that were sent to other processes count too.
  let left = this._workers.length;
  let total = this._connections;
  if (left === 0) told(null, total);
  for (const worker of this._workers) {
    worker.getConnections((error, count) => {
      if (left < 0) return;
      if (error) {
        left = -1;
        told(error);
        return;
      }
      total += count;
      if (--left === 0) told(null, total);
    });
  }
  return this;
};

// Another process has connections of ours from now on.
prototype._setupWorker = function _setupWorker(list) {
  this._usingWorkers = true;
  this._workers.push(list);
  list.once('exit', (gone) => { this._workers.splice(this._workers.indexOf(gone), 1); });
};

// --- Closing

prototype.close = function close(callback) {
  this._listeningId++;
  if (typeof callback === 'function') {
    if (!this._handle) this.once('close', () => callback(new ERR_SERVER_NOT_RUNNING()));
    else this.once('close', callback);
  }
  if (this._handle) {
    this._handle.close();
    this._handle = null;
  }
  if (!this._usingWorkers || this._workers.length === 0) {
    this._emitCloseIfDrained();
    return this;
  }
  let left = this._workers.length;
  this._connections++; // until all other processes have closed theirs
  for (const worker of this._workers) {
    worker.close(() => {
      if (--left !== 0) return;
      this._connections--;
      this._emitCloseIfDrained();
    });
  }
  return this;
};

prototype._emitCloseIfDrained = function _emitCloseIfDrained() {
  if (this._handle || this._connections) return;
  process.nextTick((server) => server.emit('close'), this);
};

prototype[Symbol.asyncDispose] = async function () {
  if (!this._handle) return;
  await new Promise((resolve, reject) => this.close((error) => (error ? reject(error) : resolve())));
};

prototype[Symbol.for('nodejs.rejection')] = function (error, event, socket) {
  if (event === 'connection') socket.destroy(error);
  else this.emit('error', error);
};

// --- The rest

Object.defineProperty(prototype, 'listening', {
  configurable: true,
  enumerable: true,
  get() { return Boolean(this._handle); },
});

prototype.address = function address() {
  if (this._handle?.getsockname) {
    const name = {};
    const failed = this._handle.getsockname(name);
    if (failed) throw new ErrnoException(failed, 'address');
    return name;
  }
  return this._pipeName ? this._pipeName : null;
};

prototype.ref = function ref() {
  this._unref = false;
  this._handle?.ref();
  return this;
};

prototype.unref = function unref() {
  this._unref = true;
  this._handle?.unref();
  return this;
};

module.exports = { Server, createServerHandle };
