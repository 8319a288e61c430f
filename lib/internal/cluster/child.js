'use strict';
// A worker's half of cluster: servers that listen get their sockets or connections from the primary.

const EventEmitter = require('events');
const { handleOf, beforeClose } = require('internal/child_process/channel');
const Worker = require('internal/cluster/worker');
const binding = internalBinding('cluster');
const { envGet, envUnset } = internalBinding('process');

const FOREVER = 2 ** 31 - 1;

const cluster = new EventEmitter();
module.exports = cluster;
const open = new Set(); // { owner, handle }
let isLost = false; // the channel is closed: who asked for a socket hears no more

cluster.isWorker = true;
cluster.isMaster = false; // deprecated name
cluster.isPrimary = false;
cluster.worker = null;
cluster.Worker = Worker;

function join() {
  const worker = new Worker({ id: envGet('NODE_UNIQUE_ID') | 0, process, state: 'online' });
  envUnset('NODE_UNIQUE_ID'); // its own children are none of this cluster's
  cluster.worker = worker;
  process.once('disconnect', () => {
    process.channel = null;
    worker.emit('disconnect');
    // The primary has gone, or closed the channel, without a word: there is nothing left to work for.
    if (!worker.exitedAfterDisconnect) process.exit(0);
  });
  const channel = handleOf(process);
  if (!channel) return;
  binding.join(channel, () => leave(worker, true), onOpened, wants);
  beforeClose(process, () => {
    isLost = true;
    binding.lost();
  });
}
cluster._setupWorker = join;
Object.defineProperty(cluster, '_joinPrimary', { value: join, enumerable: false });

// --- Listening

// `this` is the Query.
function onOpened(error, sockname, data, fd) { this.opened(error, sockname, data, fd); }
function wants() {
  const { owner } = this;
  return owner.maxConnections == null || owner._connections < owner.maxConnections || Boolean(owner.dropMaxConnection);
}

class Query {
  constructor(owner, options, callback) {
    this.owner = owner;
    this.options = options;
    this.callback = callback;
    this.isDatagram = typeof options.addressType === 'string' && options.addressType.startsWith('udp');
    this.address = options.address;
    if (options.port < 0 && typeof this.address === 'string') this.address = require('path').resolve(this.address);
  }

  ask() {
    const { options, owner } = this;
    const { TCP, Pipe } = require('internal/net/handles');
    this.stream = this.isDatagram ? undefined : options.port === -1 && options.addressType === -1 ? new Pipe() : new TCP();
    const data = owner._getServerData ? JSON.stringify(owner._getServerData()) ?? 'null' : 'null';
    this.native = binding.serve(this, this.stream, this.address, options.port ?? 0, `${options.addressType ?? null}`,
      options.fd ?? -1, options.flags ?? 0, options.backlog || 0, data, options.readableAll === true, options.writableAll === true);
  }

  opened(error, sockname, data, fd) {
    if (isLost) return;
    const { owner } = this;
    if (typeof owner._setServerData === 'function') owner._setServerData(JSON.parse(data));
    if (error) {
      this.native.close();
      this.stream?.close();
      this.callback(error, null);
      return;
    }
    const handle = fd >= 0 ? this.shared(fd) : this.dealt(sockname);
    const entry = { owner, handle };
    open.add(entry);
    const close = handle.close;
    handle.close = (...args) => {
      open.delete(entry);
      this.closed();
      return close.apply(handle, args);
    };
    owner.once('listening', () => this.listening());
    this.callback(0, handle);
  }

  // A socket that all workers have, to do with as usual.
  shared(fd) {
    let handle = this.stream;
    if (this.isDatagram) {
      const { UDP } = require('internal/net/udp_handle');
      handle = new UDP();
    }
    handle.open(fd);
    return handle;
  }

  // Connections come to it from the cluster.
  dealt(sockname) {
    const handle = this.stream;
    this.name = sockname && JSON.parse(sockname);
    let timer;
    handle.listen = () => 0;
    // What the primary deals comes over the channel, which keeps nobody alive.
    handle.ref = () => {
      timer ??= setInterval(() => {}, FOREVER);
      this.native.ref();
    };
    handle.unref = () => {
      clearInterval(timer);
      timer = undefined;
      this.native.unref();
    };
    handle.hasRef = () => timer !== undefined;
    handle.ref();
    this.closed = () => {
      handle.unref();
      this.native.close();
    };
    handle.getsockname = this.name ? (out) => {
      Object.assign(out, this.name);
      return 0;
    } : undefined;
    this.native.asks(true);
    return handle;
  }

  closed() { this.native.close(); }

  listening() {
    if (!this.native) return;
    cluster.worker.state = 'listening';
    const { options } = this;
    const at = this.owner.address?.();
    this.native.listening(this.address, at?.port || options.port || 0, `${options.addressType ?? null}`, options.fd ?? -1);
  }
}

cluster._getServer = function(owner, options, callback) { new Query(owner, options, callback).ask(); };

// --- Leaving

function leave(worker, primaryAsked) {
  worker.exitedAfterDisconnect = true;
  let left = 1;
  const done = () => {
    if (--left !== 0) return;
    if (primaryAsked) {
      if (process.connected) process.disconnect();
    } else {
      binding.leave(() => { if (process.connected) process.disconnect(); });
    }
  };
  for (const { owner, handle } of [...open]) {
    left++;
    if (primaryAsked) owner?.leaveCluster?.();
    if (owner && typeof owner.close === 'function') owner.close(done);
    else {
      handle.close();
      done();
    }
  }
  open.clear();
  done();
}

Worker.prototype.disconnect = function() {
  if (this.state !== 'disconnecting' && this.state !== 'destroying') {
    this.state = 'disconnecting';
    leave(this, false);
  }
  return this;
};

Worker.prototype.destroy = function() {
  if (this.state === 'destroying') return;
  this.exitedAfterDisconnect = true;
  if (!this.isConnected()) {
    process.exit(0);
  } else {
    this.state = 'destroying';
    binding.leave(() => { if (process.connected) process.disconnect(); });
    process.once('disconnect', () => process.exit(0));
  }
};
