'use strict';
// Sockets and servers on their way between processes: what is said about them, how they become descriptors and
// objects again, and who counts a server's connections that live elsewhere.

const { ERR_CHILD_CLOSED_BEFORE_REPLY, ERR_INVALID_HANDLE_TYPE } = require('internal/errors').codes;
const EventEmitter = require('events');
const { loaded } = require('internal/builtin');
const ipc = internalBinding('ipc');

const kSent = Symbol('sentSockets');
const kGot = Symbol('gotSockets');

function typeOf(handle) {
  const { TCP, Pipe } = require('internal/net/handles');
  const net = require('net');
  if (handle instanceof net.Socket) return 'net.Socket';
  if (handle instanceof net.Server) return 'net.Server';
  if (handle instanceof TCP || handle instanceof Pipe) return 'net.Native';
  const dgram = loaded('dgram');
  if (dgram && handle instanceof dgram.Socket) return 'dgram.Socket';
  if (handle !== null && typeof handle === 'object' && typeof handle.recvStart === 'function') return 'dgram.Native';
  throw new ERR_INVALID_HANDLE_TYPE();
}

const nothing = () => {};

// { message, fd, done }: what to send and what to do when it is sent; undefined: there is no descriptor (any more),
// and the message goes alone.
function wrap(target, message, handle, options) {
  const type = typeOf(handle);
  const wrapped = { cmd: 'NODE_HANDLE', type, msg: message };
  switch (type) {
    case 'net.Native':
    case 'dgram.Native': return handle.getFd() < 0 ? undefined : { message: wrapped, fd: handle.getFd(), done: nothing };
    case 'net.Server': return handle._handle ? { message: wrapped, fd: handle._handle.getFd(), done: nothing } : undefined;
    case 'dgram.Socket': {
      const native = handle._nativeHandle();
      wrapped.dgramType = handle.type;
      return native ? { message: wrapped, fd: native.getFd(), done: nothing } : undefined;
    }
    default: return wrapSocket(target, wrapped, handle, options);
  }
}

function wrapSocket(target, wrapped, socket, options) {
  const native = socket._handle;
  if (!native) return undefined;
  if (socket.server) {
    wrapped.key = socket.server._connectionKey;
    const lists = target[kSent] ??= { __proto__: null };
    const isFirst = lists[wrapped.key] === undefined;
    const list = lists[wrapped.key] ??= new SocketListSend(target, wrapped.key);
    if (isFirst) socket.server._setupWorker(list);
    if (!options.keepOpen) socket.server._connections--;
  }
  return {
    message: wrapped,
    fd: native.getFd(),
    done() {
      if (options.keepOpen) return;
      // It is the other side's now; the channel holds a copy of the descriptor until it has arrived.
      native.readStop();
      socket._handle = null;
      socket.setTimeout(0);
      native.close();
      process.nextTick(() => socket.destroy());
      socket.server = null;
      socket._server = null;
    },
  };
}

// --- Arriving

function receive(target, message, fd, emit) {
  switch (message.type) {
    case 'dgram.Native':
    case 'dgram.Socket': return receiveDatagram(message, fd, emit);
    case 'net.Native':
    case 'net.Server':
    case 'net.Socket': break;
    default:
      ipc.closeFd(fd);
      emit(message.msg, undefined);
      return undefined;
  }
  const { handleForKind } = require('internal/net/handles');
  const native = handleForKind(internalBinding('stdio').kind(fd));
  if (native === undefined || native.open(fd) !== 0) {
    native?.close();
    ipc.closeFd(fd);
    emit(message.msg, undefined);
    return undefined;
  }
  const net = require('net');
  if (message.type === 'net.Native') emit(message.msg, native);
  else if (message.type === 'net.Server') {
    const server = new net.Server();
    server.listen(native, () => emit(message.msg, server));
  } else {
    const socket = new net.Socket({ handle: native, readable: true, writable: true });
    if (message.key) {
      const lists = target[kGot] ??= { __proto__: null };
      (lists[message.key] ??= new SocketListReceive(target, message.key)).add({ socket });
    }
    emit(message.msg, socket);
  }
  return undefined;
}

function receiveDatagram(message, fd, emit) {
  const { UDP } = require('internal/net/udp_handle');
  const native = new UDP();
  native.open(fd);
  if (message.type === 'dgram.Native') {
    emit(message.msg, native);
    return;
  }
  const dgram = require('dgram');
  const socket = new dgram.Socket(message.dgramType);
  socket.bind(native, () => emit(message.msg, socket));
}

// --- Counting a server's sockets in the process that has them, for the one that has the server

class SocketListSend extends EventEmitter {
  constructor(child, key) {
    super();
    this.key = key;
    this.child = child;
    child.once('exit', () => this.emit('exit', this));
  }
  _request(msg, cmd, swallowErrors, callback) {
    const self = this;
    if (!this.child.connected) return onClose();
    this.child._send(msg, undefined, swallowErrors);
    function onClose() {
      self.child.removeListener('internalMessage', onReply);
      callback(new ERR_CHILD_CLOSED_BEFORE_REPLY());
    }
    function onReply(reply) {
      if (reply.cmd !== cmd || reply.key !== self.key) return;
      self.child.removeListener('disconnect', onClose);
      self.child.removeListener('internalMessage', onReply);
      callback(null, reply);
    }
    this.child.once('disconnect', onClose);
    this.child.on('internalMessage', onReply);
    return undefined;
  }
  close(callback) {
    this._request({ cmd: 'NODE_SOCKET_NOTIFY_CLOSE', key: this.key }, 'NODE_SOCKET_ALL_CLOSED', true, callback);
  }
  getConnections(callback) {
    this._request({ cmd: 'NODE_SOCKET_GET_COUNT', key: this.key }, 'NODE_SOCKET_COUNT', false, (error, reply) => {
      if (error) callback(error);
      else callback(null, reply.count);
    });
  }
}

class SocketListReceive extends EventEmitter {
  constructor(parent, key) {
    super();
    this.connections = 0;
    this.key = key;
    this.parent = parent;
    const tellEmpty = () => {
      if (this.connections !== 0 || !this.parent.connected) return;
      this.parent._send({ cmd: 'NODE_SOCKET_ALL_CLOSED', key: this.key }, undefined, true);
    };
    parent.on('internalMessage', (message) => {
      if (message.key !== this.key) return;
      if (message.cmd === 'NODE_SOCKET_NOTIFY_CLOSE') {
        if (this.connections === 0) tellEmpty();
        else this.once('empty', tellEmpty);
      } else if (message.cmd === 'NODE_SOCKET_GET_COUNT') {
        if (!this.parent.connected) return;
        this.parent._send({ cmd: 'NODE_SOCKET_COUNT', key: this.key, count: this.connections });
      }
    });
  }
  add({ socket }) {
    this.connections++;
    socket.once('close', () => {
      if (--this.connections === 0) this.emit('empty', this);
    });
  }
}

module.exports = { wrap, receive, typeOf };
