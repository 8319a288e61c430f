'use strict';
// require('dgram'): datagram sockets. A socket binds itself when it is first sent from; until the bind is done what is to be
// sent waits in a queue.

const { Buffer } = require('buffer'); // what messages come as
const EventEmitter = require('events');
const {
  ErrnoException,
  ExceptionWithHostPort,
  codes: {
    ERR_BUFFER_OUT_OF_BOUNDS,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_FD_TYPE,
    ERR_IP_BLOCKED,
    ERR_MISSING_ARGS,
    ERR_SOCKET_ALREADY_BOUND,
    ERR_SOCKET_BAD_BUFFER_SIZE,
    ERR_SOCKET_BAD_TYPE,
    ERR_SOCKET_BUFFER_SIZE,
    ERR_SOCKET_DGRAM_IS_CONNECTED,
    ERR_SOCKET_DGRAM_NOT_CONNECTED,
    ERR_SOCKET_DGRAM_NOT_RUNNING,
  },
} = require('internal/errors');
const { validateAbortSignal, validateFunction, validateNumber, validatePort, validateString, validateUint32 } =
  require('internal/validators');
const { UDP, closed } = require('internal/net/udp_handle');
const { isIP } = require('internal/net/ip');
const context = require('internal/async_context');
const { loaded } = require('internal/builtin');

const { UV_UDP_IPV6ONLY, UV_UDP_REUSEADDR, UV_UDP_REUSEPORT } = UDP.constants;
const UNBOUND = 0, BINDING = 1, BOUND = 2;
const DISCONNECTED = 0, CONNECTING = 1, CONNECTED = 2;
const kState = Symbol('state symbol');

// --- What C tells. `this` is the socket.

function onMessage(count, bytes, address, isIPv6, port) {
  const state = this[kState];
  context.frame = state.frame;
  if (count < 0) {
    this.emit('error', new ErrnoException(count, 'recvmsg'));
    return;
  }
  if (state.receiveBlockList?.check(address, isIPv6 ? 'ipv6' : 'ipv4')) return;
  this.emit('message', bytes, { address, family: isIPv6 ? 'IPv6' : 'IPv4', port, size: bytes.length });
}

function onSent(callback, status, count) {
  callback(status, count);
}

internalBinding('udp').setCallbacks(onMessage, onSent, closed);

// --- The socket

const loopback = { '__proto__': null, 'udp4': ['127.0.0.1', 4], 'udp6': ['::1', 6] };

function newHandle(type, lookup) {
  const local = loopback[type];
  if (local === undefined) throw new ERR_SOCKET_BAD_TYPE();
  const handle = new UDP();
  const [address, family] = local;
  handle.lookup = (name, callback) => {
    const find = lookup ?? require('dns').lookup;
    find(name || address, family, callback);
  };
  return handle;
}

function checkBlockList(list, name) {
  if (list && !require('internal/net/blocklist').BlockList.isBlockList(list))
    throw new ERR_INVALID_ARG_TYPE(name, 'net.BlockList', list);
  return list;
}

function Socket(type, listener) {
  EventEmitter.call(this);
  let options;
  let lookup;
  if (type !== null && typeof type === 'object') {
    options = type;
    type = options.type;
    lookup = options.lookup;
    if (lookup !== undefined) validateFunction(lookup, 'lookup');
    if (options.recvBufferSize) validateUint32(options.recvBufferSize, 'options.recvBufferSize');
    if (options.sendBufferSize) validateUint32(options.sendBufferSize, 'options.sendBufferSize');
  }
  const handle = newHandle(type, lookup);
  handle.attach(this);
  this.type = type;
  if (typeof listener === 'function') this.on('message', listener);
  this[kState] = {
    handle,
    frame: context.frame,
    receiving: false,
    bindState: UNBOUND,
    connectState: DISCONNECTED,
    queue: undefined,
    reuseAddr: options?.reuseAddr,
    reusePort: options?.reusePort,
    ipv6Only: options?.ipv6Only,
    recvBufferSize: options?.recvBufferSize,
    sendBufferSize: options?.sendBufferSize,
    receiveBlockList: checkBlockList(options?.receiveBlockList, 'options.receiveBlockList'),
    sendBlockList: checkBlockList(options?.sendBlockList, 'options.sendBlockList'),
  };
  if (options?.signal !== undefined) closeOnAbort(this, options.signal);
  const channel = loaded('diagnostics_channel')?.channel('udp.socket');
  if (channel?.hasSubscribers) channel.publish({ socket: this });
}
Object.setPrototypeOf(Socket.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Socket, EventEmitter);
const { prototype } = Socket;

function closeOnAbort(socket, signal) {
  validateAbortSignal(signal, 'options.signal');
  const onAborted = () => { if (socket[kState].handle) socket.close(); };
  if (signal.aborted) {
    onAborted();
  } else {
    const listener = EventEmitter.addAbortListener(signal, onAborted);
    socket.once('close', listener[Symbol.dispose]);
  }
}

function createSocket(type, listener) {
  return new Socket(type, listener);
}

// The handle of a socket that has not been closed.
function handleOf(socket) {
  const { handle } = socket[kState];
  if (!handle) throw new ERR_SOCKET_DGRAM_NOT_RUNNING();
  return handle;
}

// --- Binding

function startListening(socket) {
  const state = socket[kState];
  state.handle.recvStart();
  state.receiving = true;
  state.bindState = BOUND;
  if (state.recvBufferSize) bufferSize(socket, state.recvBufferSize, true);
  if (state.sendBufferSize) bufferSize(socket, state.sendBufferSize, false);
  socket.emit('listening');
}

function replaceHandle(socket, handle) {
  const state = socket[kState];
  handle.lookup = state.handle.lookup;
  handle.attach?.(socket);
  state.handle.close();
  state.handle = handle;
  const peer = {};
  if (handle.getpeername(peer) === 0) state.connectState = CONNECTED;
}

function isClusterWorker() {
  return loaded('cluster')?.isWorker === true;
}

function bindThroughPrimary(socket, query, failed) {
  const state = socket[kState];
  loaded('cluster')._getServer(socket, query, (error, handle) => {
    if (error) {
      failed(error);
      return;
    }
    if (!state.handle) { // closed meanwhile
      handle.close();
      return;
    }
    replaceHandle(socket, handle);
    startListening(socket);
  });
}

function bindFailed(socket, error) {
  socket[kState].bindState = UNBOUND;
  socket.emit('error', error);
}

function bindFd(socket, fd, exclusive) {
  const state = socket[kState];
  if (isClusterWorker() && !exclusive) {
    const query = { address: null, port: null, addressType: socket.type, fd, flags: null };
    bindThroughPrimary(socket, query, (error) => bindFailed(socket, new ErrnoException(error, 'bind')));
    return;
  }
  const kind = internalBinding('stdio').kind(fd);
  if (kind !== 'UDP') throw new ERR_INVALID_FD_TYPE(kind);
  const failed = state.handle.open(fd);
  if (failed) throw new ErrnoException(failed, 'open');
  startListening(socket);
}

prototype.bind = function bind(port, givenAddress /* , callback */) {
  handleOf(this);
  const state = this[kState];
  if (state.bindState !== UNBOUND) throw new ERR_SOCKET_ALREADY_BOUND();
  state.bindState = BINDING;
  const callback = arguments.length && arguments[arguments.length - 1];
  if (typeof callback === 'function') {
    const forget = () => {
      this.removeListener('error', forget);
      this.removeListener('listening', onListening);
    };
    const onListening = () => {
      forget();
      callback.call(this);
    };
    this.on('error', forget);
    this.on('listening', onListening);
  }

  if (port !== null && typeof port === 'object' && typeof port.recvStart === 'function') {
    replaceHandle(this, port);
    startListening(this);
    return this;
  }
  if (port !== null && typeof port === 'object' && Number.isInteger(port.fd) && port.fd > 0) {
    bindFd(this, port.fd, Boolean(port.exclusive));
    return this;
  }
  let address;
  let exclusive = false;
  if (port !== null && typeof port === 'object') {
    address = port.address || '';
    exclusive = Boolean(port.exclusive);
    port = port.port;
  } else {
    address = typeof givenAddress === 'function' ? '' : givenAddress;
  }
  if (!address) address = this.type === 'udp4' ? '0.0.0.0' : '::';
  state.handle.lookup(address, (error, ip) => {
    if (!state.handle) return; // closed meanwhile
    if (error) {
      bindFailed(this, error);
      return;
    }
    let flags = 0;
    if (state.reuseAddr) flags |= UV_UDP_REUSEADDR;
    if (state.ipv6Only) flags |= UV_UDP_IPV6ONLY;
    if (state.reusePort) {
      exclusive = true;
      flags |= UV_UDP_REUSEPORT;
    }
    if (isClusterWorker() && !exclusive) {
      const query = { address: ip, port, addressType: this.type, fd: -1, flags };
      bindThroughPrimary(this, query, (code) => bindFailed(this, new ExceptionWithHostPort(code, 'bind', ip, port)));
      return;
    }
    const failed = state.handle.bind(ip, port || 0, flags);
    if (failed) bindFailed(this, new ExceptionWithHostPort(failed, 'bind', ip, port));
    else startListening(this);
  });
  return this;
};

// What waits for the bind.
function enqueue(socket, action) {
  const state = socket[kState];
  if (state.queue === undefined) {
    state.queue = [];
    socket.once(EventEmitter.errorMonitor, bindDidFail);
    socket.once('listening', bindIsDone);
  }
  state.queue.push(action);
}

function bindIsDone() {
  this.removeListener(EventEmitter.errorMonitor, bindDidFail);
  const state = this[kState];
  const { queue } = state;
  state.queue = undefined;
  for (const action of queue) action();
}

function bindDidFail() {
  this.removeListener('listening', bindIsDone);
  this[kState].queue = undefined;
}

// --- Connecting

prototype.connect = function connect(port, address, callback) {
  validatePort(port, 'Port', false);
  port |= 0;
  if (typeof address === 'function') {
    callback = address;
    address = '';
  } else if (address === undefined) {
    address = '';
  }
  validateString(address, 'address');
  const state = this[kState];
  if (state.connectState !== DISCONNECTED) throw new ERR_SOCKET_DGRAM_IS_CONNECTED();
  handleOf(this);
  state.connectState = CONNECTING;
  if (state.bindState === UNBOUND) this.bind({ port: 0, exclusive: true }, null);
  if (state.bindState !== BOUND) enqueue(this, () => connectBound(this, port, address, callback));
  else connectBound(this, port, address, callback);
};

function connectBound(socket, port, address, callback) {
  const state = socket[kState];
  if (callback) socket.once('connect', callback);
  state.handle.lookup(address, (error, ip) => {
    if (!state.handle) return;
    if (!error && state.sendBlockList?.check(ip, `ipv${isIP(ip)}`)) error = new ERR_IP_BLOCKED(ip);
    if (!error) {
      const failed = state.handle.connect(ip, port);
      if (failed) error = new ExceptionWithHostPort(failed, 'connect', address, port);
    }
    if (!error) {
      state.connectState = CONNECTED;
      process.nextTick(() => socket.emit('connect'));
      return;
    }
    state.connectState = DISCONNECTED;
    process.nextTick(() => {
      if (callback) {
        socket.removeListener('connect', callback);
        callback(error);
      } else {
        socket.emit('error', error);
      }
    });
  });
}

prototype.disconnect = function disconnect() {
  const state = this[kState];
  if (state.connectState !== CONNECTED) throw new ERR_SOCKET_DGRAM_NOT_CONNECTED();
  const failed = state.handle.disconnect();
  if (failed) throw new ErrnoException(failed, 'connect');
  state.connectState = DISCONNECTED;
};

// --- Sending

const messageTypes = ['Buffer', 'TypedArray', 'DataView', 'string'];

function part(buffer, offset, length) {
  if (typeof buffer === 'string') buffer = Buffer.from(buffer);
  else if (!ArrayBuffer.isView(buffer)) throw new ERR_INVALID_ARG_TYPE('buffer', messageTypes, buffer);
  offset >>>= 0;
  length >>>= 0;
  if (offset > buffer.byteLength) throw new ERR_BUFFER_OUT_OF_BOUNDS('offset');
  if (offset + length > buffer.byteLength) throw new ERR_BUFFER_OUT_OF_BOUNDS('length');
  return Buffer.from(buffer.buffer, buffer.byteOffset + offset, length);
}

const bytesOf = (view) =>
  (view instanceof Uint8Array ? view : Buffer.from(view.buffer, view.byteOffset, view.byteLength));

function listOf(message) {
  if (!Array.isArray(message)) {
    if (typeof message === 'string') return [Buffer.from(message)];
    if (!ArrayBuffer.isView(message)) throw new ERR_INVALID_ARG_TYPE('buffer', messageTypes, message);
    return [bytesOf(message)];
  }
  return message.map((one) => {
    if (typeof one === 'string') return Buffer.from(one);
    if (!ArrayBuffer.isView(one)) throw new ERR_INVALID_ARG_TYPE('buffer list arguments', messageTypes, message);
    return bytesOf(one);
  });
}

// send(message, [offset, length,] [port, [address,]] [callback]); a connected socket has no port and address.
prototype.send = function send(message, offset, length, port, address, callback) {
  const state = this[kState];
  const isConnected = state.connectState === CONNECTED;
  if (!isConnected) {
    if (address || (port && typeof port !== 'function')) {
      message = part(message, offset, length);
    } else {
      callback = port;
      port = offset;
      address = length;
    }
  } else if (typeof length === 'number') {
    message = part(message, offset, length);
    if (typeof port === 'function') {
      callback = port;
      port = null;
    }
  } else {
    callback = offset;
  }
  if (isConnected && (port || address)) throw new ERR_SOCKET_DGRAM_IS_CONNECTED();
  const list = listOf(message);
  if (!isConnected) {
    validatePort(port, 'Port', false);
    port |= 0;
  }
  if (typeof callback !== 'function') callback = undefined;
  if (typeof address === 'function') {
    callback = address;
    address = undefined;
  } else if (address !== undefined && address !== null) {
    validateString(address, 'address');
  }
  handleOf(this);
  if (state.bindState === UNBOUND) this.bind({ port: 0, exclusive: true }, null);
  if (list.length === 0) list.push(Buffer.alloc(0));
  if (state.bindState !== BOUND) {
    enqueue(this, this.send.bind(this, list, port, address, callback));
    return;
  }
  if (isConnected) deliver(this, null, null, list, address, port, callback);
  else state.handle.lookup(address, (error, ip) => deliver(this, error, ip, list, address, port, callback));
};

function deliver(socket, error, ip, list, address, port, callback) {
  const state = socket[kState];
  if (!error && ip && state.sendBlockList?.check(ip, `ipv${isIP(ip)}`)) error = new ERR_IP_BLOCKED(ip);
  if (error) {
    if (callback) process.nextTick(callback, error);
    else process.nextTick(() => socket.emit('error', error));
    return;
  }
  if (!state.handle) return;
  let later;
  if (callback) {
    const { frame } = context;
    later = (status, count) => {
      context.frame = frame;
      callback(status ? new ExceptionWithHostPort(status, 'send', address, port) : null, count);
    };
  }
  const result = list.length === 1 ? state.handle.send(ip, port, later, list[0]) : state.handle.send(ip, port, later, ...list);
  if (!callback || result === 0) return;
  if (result > 0) process.nextTick(callback, null, result - 1);
  else process.nextTick(callback, new ExceptionWithHostPort(result, 'send', address, port));
}

prototype.sendto = function sendto(buffer, offset, length, port, address, callback) {
  validateNumber(offset, 'offset');
  validateNumber(length, 'length');
  validateNumber(port, 'port');
  validateString(address, 'address');
  this.send(buffer, offset, length, port, address, callback);
};

// --- Closing

prototype.close = function close(callback) {
  const state = this[kState];
  if (typeof callback === 'function') this.on('close', callback);
  if (state.queue !== undefined) {
    state.queue.push(this.close.bind(this));
    return this;
  }
  const handle = handleOf(this);
  if (state.receiving) {
    handle.recvStop();
    state.receiving = false;
  }
  handle.close();
  state.handle = null;
  process.nextTick((socket) => socket.emit('close'), this);
  return this;
};

prototype[Symbol.asyncDispose] = async function () {
  if (!this[kState].handle) return;
  await new Promise((resolve) => this.close(resolve));
};

// --- The rest

prototype.address = function address() {
  const name = {};
  const failed = handleOf(this).getsockname(name);
  if (failed) throw new ErrnoException(failed, 'getsockname');
  return name;
};

prototype.remoteAddress = function remoteAddress() {
  const handle = handleOf(this);
  if (this[kState].connectState !== CONNECTED) throw new ERR_SOCKET_DGRAM_NOT_CONNECTED();
  const name = {};
  const failed = handle.getpeername(name);
  if (failed) throw new ErrnoException(failed, 'getpeername');
  return name;
};

function setter(name, check) {
  prototype[name] = { [name](value) {
    check?.(value);
    const failed = handleOf(this)[name](value);
    if (failed) throw new ErrnoException(failed, name);
    return value;
  } }[name];
}

prototype.setBroadcast = function setBroadcast(enable) {
  const failed = handleOf(this).setBroadcast(enable ? 1 : 0);
  if (failed) throw new ErrnoException(failed, 'setBroadcast');
};
setter('setTTL', (ttl) => validateNumber(ttl, 'ttl'));
setter('setMulticastTTL', (ttl) => validateNumber(ttl, 'ttl'));
prototype.setMulticastLoopback = function setMulticastLoopback(enable) {
  const failed = handleOf(this).setMulticastLoopback(enable ? 1 : 0);
  if (failed) throw new ErrnoException(failed, 'setMulticastLoopback');
  return enable;
};
prototype.setMulticastInterface = function setMulticastInterface(interfaceAddress) {
  const handle = handleOf(this);
  validateString(interfaceAddress, 'interfaceAddress');
  const failed = handle.setMulticastInterface(interfaceAddress);
  if (failed) throw new ErrnoException(failed, 'setMulticastInterface');
};

for (const name of ['addMembership', 'dropMembership']) {
  prototype[name] = { [name](multicastAddress, interfaceAddress) {
    const handle = handleOf(this);
    if (!multicastAddress) throw new ERR_MISSING_ARGS('multicastAddress');
    const failed = handle[name](multicastAddress, interfaceAddress);
    if (failed) throw new ErrnoException(failed, name);
  } }[name];
}

for (const name of ['addSourceSpecificMembership', 'dropSourceSpecificMembership']) {
  prototype[name] = { [name](sourceAddress, groupAddress, interfaceAddress) {
    const handle = handleOf(this);
    validateString(sourceAddress, 'sourceAddress');
    validateString(groupAddress, 'groupAddress');
    const failed = handle[name](sourceAddress, groupAddress, interfaceAddress);
    if (failed) throw new ErrnoException(failed, name);
  } }[name];
}

function bufferSize(socket, size, isReceive) {
  if (size >>> 0 !== size) throw new ERR_SOCKET_BAD_BUFFER_SIZE();
  const result = socket[kState].handle ? socket[kState].handle.bufferSize(isReceive, size) : -9;
  if (result >= 0) return result;
  const uv = internalBinding('uv');
  throw new ERR_SOCKET_BUFFER_SIZE({
    errno: result,
    code: uv.errname(result),
    message: uv.errorMessage(result),
    syscall: isReceive ? 'uv_recv_buffer_size' : 'uv_send_buffer_size',
  });
}

prototype.setRecvBufferSize = function setRecvBufferSize(size) { bufferSize(this, size, true); };
prototype.setSendBufferSize = function setSendBufferSize(size) { bufferSize(this, size, false); };
prototype.getRecvBufferSize = function getRecvBufferSize() { return bufferSize(this, 0, true); };
prototype.getSendBufferSize = function getSendBufferSize() { return bufferSize(this, 0, false); };
prototype.getSendQueueSize = function getSendQueueSize() { return handleOf(this).getSendQueueSize(); };
prototype.getSendQueueCount = function getSendQueueCount() { return handleOf(this).getSendQueueCount(); };

prototype.ref = function ref() {
  this[kState].handle?.ref();
  return this;
};
prototype.unref = function unref() {
  this[kState].handle?.unref();
  return this;
};

// For whoever sends the socket to another process.
Object.defineProperty(prototype, '_nativeHandle', { value() { return this[kState].handle; }, configurable: true });

// For the cluster's primary: a bound handle, or a negative error.
function createHandle(address, port, addressType, fd, flags) {
  const handle = newHandle(addressType);
  let failed = 0;
  if (typeof fd === 'number' && fd >= 0) failed = handle.open(fd);
  else if (port || address) failed = handle.bind(address, port || 0, flags);
  if (!failed) return handle;
  handle.close();
  return failed;
}

module.exports = { _createSocketHandle: createHandle, createSocket, Socket };
