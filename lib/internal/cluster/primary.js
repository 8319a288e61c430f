'use strict';
// The primary's half of cluster: starting workers and telling what becomes of them. Sockets and connections
// are C's (src/cluster).

const EventEmitter = require('events');
const { fork } = require('child_process');
const { handleOf } = require('internal/child_process/channel');
const { kFromTemplate } = require('internal/child_process/process');
const Worker = require('internal/cluster/worker');
const binding = internalBinding('cluster');

const SCHED_NONE = 1, SCHED_RR = 2;
const policies = { __proto__: null, none: SCHED_NONE, rr: SCHED_RR };
const kNative = Symbol('native');

const cluster = new EventEmitter();
const intercom = new EventEmitter();
module.exports = cluster;

cluster.isWorker = false;
cluster.isMaster = true; // deprecated name
cluster.isPrimary = true;
cluster.Worker = Worker;
cluster.workers = {};
cluster.settings = {};
cluster.SCHED_NONE = SCHED_NONE;
cluster.SCHED_RR = SCHED_RR;
cluster.schedulingPolicy = policies[process.env.NODE_CLUSTER_SCHED_POLICY] ?? SCHED_RR;

// Workers come soon: what they have in common is loaded meanwhile.
internalBinding('process_wrap').template();

let lastId = 0;
let isSetUp = false;

// --- What C tells. `this` is the Worker.

function onOnline() {
  this.state = 'online';
  this.emit('online');
  cluster.emit('online', this);
}

function onListening(address, port, type, fd) {
  const info = {
    addressType: type === 'null' ? null : /^-?\d+$/.test(type) ? +type : type,
    address,
    port,
    fd: fd < 0 ? undefined : fd,
  };
  this.state = 'listening';
  this.emit('listening', info);
  cluster.emit('listening', this, info);
}

function onLeaving() { this.exitedAfterDisconnect = true; }

// --- Settings

cluster.setupPrimary = function setupPrimary(options) {
  const settings = {
    args: process.argv.slice(2),
    exec: process.argv[1],
    execArgv: process.execArgv,
    silent: false,
    ...cluster.settings,
    ...options,
  };
  cluster.settings = settings;
  process.nextTick(() => cluster.emit('setup', settings));
  if (isSetUp) return;
  isSetUp = true;
  const policy = cluster.schedulingPolicy; // it does not change any more
  if (policy !== SCHED_NONE && policy !== SCHED_RR)
    require('assert')(false, `Bad cluster.schedulingPolicy: ${policy}`);
  binding.lead(policy, process.env.GALLEY_CLUSTER_DEAL === 'message', onOnline, onListening, onLeaving);
};
cluster.setupMaster = cluster.setupPrimary; // deprecated name

// --- Workers

function startProcess(id, env) {
  const { settings } = cluster;
  return fork(settings.exec, settings.args, {
    cwd: settings.cwd,
    env: { ...process.env, ...env, NODE_UNIQUE_ID: `${id}` },
    serialization: settings.serialization,
    silent: settings.silent,
    windowsHide: settings.windowsHide,
    execArgv: [...settings.execArgv],
    stdio: settings.stdio,
    gid: settings.gid,
    uid: settings.uid,
    [kFromTemplate]: true,
  });
}

function forget(worker) {
  delete cluster.workers[worker.id];
  if (Object.keys(cluster.workers).length === 0) intercom.emit('disconnect');
}

function releaseSockets(worker) {
  worker[kNative]?.free();
  worker[kNative] = undefined;
}

function onExit(worker, code, signal) {
  if (!worker.isConnected()) {
    releaseSockets(worker);
    forget(worker);
  }
  if (code === 0) binding.sweep(); // it has not crashed: nobody will come for its sockets
  worker.exitedAfterDisconnect = !!worker.exitedAfterDisconnect;
  worker.state = 'dead';
  worker.emit('exit', code, signal);
  cluster.emit('exit', worker, code, signal);
}

function onDisconnect(worker) {
  if (worker.isDead()) forget(worker); // else it may still be of interest
  if (worker.process.exitCode === 0) binding.sweep();
  worker.exitedAfterDisconnect = !!worker.exitedAfterDisconnect;
  worker.state = 'disconnected';
  worker.emit('disconnect');
  cluster.emit('disconnect', worker);
}

cluster.fork = function(env) {
  cluster.setupPrimary();
  const id = ++lastId;
  const child = startProcess(id, env);
  const worker = new Worker({ id, process: child });
  worker.on('message', function(message, handle) { cluster.emit('message', this, message, handle); });
  child.once('exit', (code, signal) => onExit(worker, code, signal));
  child.once('disconnect', () => onDisconnect(worker));
  const channel = handleOf(child);
  if (channel) {
    worker[kNative] = binding.addWorker(worker, id, channel);
    require('internal/child_process/channel').beforeClose(child, () => releaseSockets(worker));
  }
  process.nextTick(() => cluster.emit('fork', worker));
  cluster.workers[worker.id] = worker;
  return worker;
};

cluster.disconnect = function(callback) {
  const workers = Object.values(cluster.workers);
  if (workers.length === 0) {
    process.nextTick(() => intercom.emit('disconnect'));
  } else {
    for (const worker of workers) if (worker.isConnected()) worker.disconnect();
  }
  if (typeof callback === 'function') intercom.once('disconnect', callback);
};

Worker.prototype.disconnect = function() {
  this.exitedAfterDisconnect = true;
  this[kNative]?.disconnect();
  forget(this);
  return this;
};

Worker.prototype.destroy = function(signal) { this.process.kill(signal || 'SIGTERM'); };
