'use strict';
// ChildProcess: a child's handle, streams and channel, and the order in which its end is told.

const { loaded } = require('internal/builtin');
const EventEmitter = require('events');
const { ErrnoException, codes: {
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_SYNC_FORK_INPUT,
  ERR_IPC_ONE_PIPE,
  ERR_IPC_SYNC_FORK,
} } = require('internal/errors');
const { validateArray, validateObject, validateOneOf, validateString } = require('internal/validators');
const wrap = internalBinding('process_wrap');
const { convertToValidSignal, signalName } = require('internal/child_process/signals');

const STDIO_IGNORE = -1, STDIO_PIPE = -2;
const DETACHED = 1, FROM_TEMPLATE = 2;
// The program is Galley itself, and a copy of a process that has it loaded will do.
const kFromTemplate = Symbol('fromTemplate');
const UV_E2BIG = -7, UV_EINVAL = -22, UV_ESRCH = -3, UV_ENOSYS = -38;
// A program may run into these through no mistake of its own, so they are events and not exceptions.
const toldByEvent = new Set([-13 /* EACCES */, -11 /* EAGAIN */, -24 /* EMFILE */, -23 /* ENFILE */, -2 /* ENOENT */]);
const isOutOfDescriptors = (error) => error === -24 || error === -23;

const kUsedAsStdio = Symbol('kIsUsedAsStdio');

function ChildProcess() {
  EventEmitter.call(this);
  this._closesNeeded = 1;
  this._closesGot = 0;
  this.connected = false;
  this.signalCode = null;
  this.exitCode = null;
  this.killed = false;
  this.spawnfile = null;
  this._handle = null;
  const channel = loaded('diagnostics_channel')?.channel('child_process');
  if (channel?.hasSubscribers) channel.publish({ process: this });
}
Object.setPrototypeOf(ChildProcess.prototype, EventEmitter.prototype);
Object.setPrototypeOf(ChildProcess, EventEmitter);

wrap.onExit(function(status, signal) { ended(this, status, signal === 0 ? null : signalName(signal)); });

function ended(child, status, signal) {
  if (signal) child.signalCode = signal;
  else child.exitCode = status;
  child.stdin?.destroy();
  child._handle = null;
  if (status < 0) {
    const error = new ErrnoException(status, child.spawnfile ? `spawn ${child.spawnfile}` : 'spawn');
    if (child.spawnfile) error.path = child.spawnfile;
    error.spawnargs = child.spawnargs.slice(1);
    child.emit('error', error);
  } else {
    child.emit('exit', child.exitCode, child.signalCode);
  }
  // Streams that nobody looks at have to be read to their end, or 'close' would never come.
  process.nextTick(streamsFlush, child);
  closeOne(child);
}

function streamsFlush(child) {
  for (const stream of child.stdio ?? []) {
    if (stream?.readable && !stream[kUsedAsStdio]) stream.resume();
  }
}

// The process, each of its streams, its channel: 'close' comes with the last of them.
function closeOne(child) {
  if (++child._closesGot === child._closesNeeded) child.emit('close', child.exitCode, child.signalCode);
}

function stdioFromWord(word, channel) {
  const stdio = [];
  switch (word) {
    case 'ignore':
    case 'overlapped':
    case 'pipe': stdio.push(word, word, word); break;
    case 'inherit': stdio.push(0, 1, 2); break;
    default: throw new ERR_INVALID_ARG_VALUE('stdio', word);
  }
  if (channel) stdio.push(channel);
  return stdio;
}

const isStream = (value) => value != null && typeof value.getFd === 'function' && typeof value.readStop === 'function';
const streamOf = (value) => [value, value.handle, value._handle].find(isStream);

// What each of the child's descriptors is to be: { type, fd, … }.
function getValidStdio(given, isSync) {
  let stdio = given;
  let ipcFd;
  if (typeof stdio === 'string') stdio = stdioFromWord(stdio);
  else if (!Array.isArray(stdio)) throw new ERR_INVALID_ARG_VALUE('stdio', stdio);
  const parts = [];
  for (let i = 0; i < Math.max(stdio.length, 3); i++) {
    const part = stdio[i] ?? (i < 3 ? 'pipe' : 'ignore');
    if (part === 'ignore') {
      parts.push({ type: 'ignore', fd: STDIO_IGNORE });
    } else if (part === 'pipe' || part === 'overlapped' || (typeof part === 'number' && part < 0)) {
      parts.push({ type: part === 'overlapped' ? 'overlapped' : 'pipe', fd: STDIO_PIPE, readable: i === 0, writable: i !== 0 });
    } else if (part === 'ipc') {
      if (isSync) throw new ERR_IPC_SYNC_FORK();
      if (ipcFd !== undefined) throw new ERR_IPC_ONE_PIPE();
      ipcFd = i;
      parts.push({ type: 'pipe', fd: STDIO_PIPE, ipc: true });
    } else if (part === 'inherit') {
      parts.push({ type: 'inherit', fd: i });
    } else if (typeof part === 'number' || typeof part.fd === 'number') {
      parts.push({ type: 'fd', fd: typeof part === 'number' ? part : part.fd, stream: streamOf(part), _stdio: part });
    } else if (streamOf(part)) {
      parts.push({ type: 'wrap', fd: streamOf(part).getFd(), stream: streamOf(part), _stdio: part });
    } else if (ArrayBuffer.isView(part) || typeof part === 'string') {
      if (!isSync) throw new ERR_INVALID_SYNC_FORK_INPUT(require('util').inspect(part));
    } else {
      throw new ERR_INVALID_ARG_VALUE('stdio', part);
    }
  }
  return { stdio: parts, ipcFd };
}

// The child reads or writes it from now on; we no longer do.
function streamGive(stream, handle) {
  if (stream instanceof require('net').Socket) require('internal/net/socket').stopReading(stream);
  else handle.readStop();
  if (typeof stream.pause === 'function') {
    stream.pause();
    stream.readableFlowing = false;
    if (stream._readableState) stream._readableState.reading = false;
  }
  stream[kUsedAsStdio] = true;
}

function socketOpen(fd, isReadable) {
  const { Socket } = require('net');
  const { Pipe } = require('internal/net/handles');
  const handle = new Pipe();
  const failed = handle.open(fd);
  if (failed) throw new ErrnoException(failed, 'open');
  return new Socket({ handle, readable: isReadable });
}

function socketsOpen(child, parts, fds) {
  const isRunning = child.pid !== undefined;
  const streams = parts.map((part, i) => {
    if (part.type === 'wrap') streamGive(part._stdio, part.stream);
    if (part.ipc) child._closesNeeded++;
    if (part.fd !== STDIO_PIPE || part.ipc) return null;
    if (!isRunning) return new (require('net').Socket)({ readable: i > 0 });
    const socket = socketOpen(fds[i], i > 0);
    if (i > 0) {
      child._closesNeeded++;
      socket.on('close', () => closeOne(child));
    }
    return socket;
  });
  [child.stdin, child.stdout, child.stderr] = streams;
  child.stdio = streams;
}

ChildProcess.prototype.spawn = function spawn(options) {
  validateObject(options, 'options');
  const { stdio: parts, ipcFd } = getValidStdio(options.stdio || 'pipe', false);
  validateOneOf(options.serialization, 'options.serialization', [undefined, 'json', 'advanced']);
  const serialization = options.serialization || 'json';
  let { envPairs } = options;
  if (ipcFd !== undefined) {
    if (envPairs === undefined) envPairs = [];
    else validateArray(envPairs, 'options.envPairs');
    envPairs.push(`NODE_CHANNEL_FD=${ipcFd}`, `NODE_CHANNEL_SERIALIZATION_MODE=${serialization}`);
  }
  validateString(options.file, 'options.file');
  this.spawnfile = options.file;
  if (options.args === undefined) {
    this.spawnargs = [];
  } else {
    validateArray(options.args, 'options.args');
    this.spawnargs = options.args;
  }

  const fds = Int32Array.from(parts, (part) => part.fd);
  const trace = loaded('diagnostics_channel')?.tracingChannel('child_process.spawn');
  if (trace?.hasSubscribers) trace.start.publish({ process: this, options });
  const handle = start(this, options, envPairs, fds);
  const error = typeof handle === 'number' ? handle : 0;
  if (trace?.hasSubscribers) tellTrace(trace, this, error);
  if (toldByEvent.has(error)) {
    process.nextTick(ended, this, error, null);
    if (isOutOfDescriptors(error)) return error;
  } else if (error !== 0) {
    throw new ErrnoException(error, 'spawn');
  } else {
    this._handle = handle;
    this.pid = handle.getPid();
    process.nextTick(spawned, this);
  }
  socketsOpen(this, parts, fds);
  if (ipcFd !== undefined && error === 0) require('internal/child_process/channel').setup(this, fds[ipcFd], serialization);
  return error;
};

function start(child, options, envPairs, fds) {
  const args = child.spawnargs.length === 0 ? [options.file] : child.spawnargs;
  return wrap.spawn(child, options.file, args.join('\0'), envPairs?.join('\0'), options.cwd || undefined,
    options.uid ?? undefined, options.gid ?? undefined, (options.detached ? DETACHED : 0) | (options[kFromTemplate] ? FROM_TEMPLATE : 0), fds);
}

function tellTrace(trace, child, error) {
  if (error === 0) trace.end.publish({ process: child });
  else trace.error.publish({ process: child, error: new ErrnoException(error, 'spawn') });
}

function spawned(child) { child.emit('spawn'); }

ChildProcess.prototype.kill = function kill(sig) {
  const signal = sig === 0 ? sig : convertToValidSignal(sig === undefined ? 'SIGTERM' : sig);
  if (!this._handle) return false;
  const error = this._handle.kill(signal);
  if (error === 0) {
    this.killed = true;
    return true;
  }
  if (error === UV_ESRCH) return false; // dead already
  if (error === UV_EINVAL || error === UV_ENOSYS) throw new ErrnoException(error, 'kill');
  this.emit('error', new ErrnoException(error, 'kill'));
  return false;
};

ChildProcess.prototype[Symbol.dispose] = function () {
  if (!this.killed) this.kill();
};

ChildProcess.prototype.ref = function ref() { this._handle?.ref(); };
ChildProcess.prototype.unref = function unref() { this._handle?.unref(); };

module.exports = { ChildProcess, kFromTemplate, closeOne, getValidStdio, stdioFromWord, STDIO_PIPE, UV_E2BIG };
