'use strict';
// process.send, child.send and what arrives. C frames the messages, pairs descriptors with them and waits for
// their acknowledgement; here they become values.

const EventEmitter = require('events');
const errors = () => require('internal/errors'); // few programs meet one
const ipc = internalBinding('ipc');

const UV_EPIPE = -32, UV_ECANCELED = -125;
const HIGH_WATER = 65536 * 2;
const kHandle = Symbol('kChannelHandle');
const kState = Symbol('channelState');

ipc.setCallbacks(onMessages, onSent, onClosed);

// What process.channel and child.channel are.
class Control extends EventEmitter {
  #handle;
  #refs = 0;
  #isExplicit = false;
  constructor(handle) {
    super();
    this.#handle = handle;
  }
  refCounted() {
    if (++this.#refs === 1 && !this.#isExplicit) this.#handle.ref();
  }
  unrefCounted() {
    if (--this.#refs === 0 && !this.#isExplicit) {
      this.#handle.unref();
      this.emit('unref');
    }
  }
  ref() {
    this.#isExplicit = true;
    this.#handle.ref();
  }
  unref() {
    this.#isExplicit = true;
    this.#handle.unref();
  }
  get fd() {
    const fd = this.#handle.getFd();
    return fd < 0 ? undefined : fd;
  }
}

const isInternal = (message) => message !== null && typeof message === 'object' && typeof message.cmd === 'string' &&
  message.cmd.length > 5 && message.cmd.startsWith('NODE_');

// --- What arrives. `this` is the ChildProcess or process.

function onMessages(payload, fd) {
  const state = this[kState];
  if (!state.isAdvanced && fd < 0 && payload.includes('\n')) {
    for (const line of payload.split('\n')) take(this, state, line, -1);
  } else {
    take(this, state, payload, fd);
  }
}

function take(target, state, payload, fd) {
  if (!target.channel) { // disconnected meanwhile
    if (fd >= 0) ipc.closeFd(fd);
    return;
  }
  const message = state.isAdvanced ? require('internal/child_process/advanced').read(payload) : JSON.parse(payload);
  if (!isInternal(message)) {
    process.nextTick(deliver, target, 'message', message, undefined);
    return;
  }
  if (message.cmd === 'NODE_HANDLE') {
    require('internal/child_process/handles').receive(target, message, fd, (inner, handle) => {
      const event = isInternal(inner) ? 'internalMessage' : 'message';
      if (target.channel) process.nextTick(deliver, target, event, inner, handle);
    });
    return;
  }
  if (fd >= 0) ipc.closeFd(fd);
  process.nextTick(deliver, target, 'internalMessage', message, undefined);
}

function deliver(target, event, message, handle) {
  if (event === 'internalMessage' || target.listenerCount('message') > 0) target.emit(event, message, handle);
  else target[kState].waiting.push([event, message, handle]); // until somebody listens
}

function deliverWaiting(target) {
  const { waiting } = target[kState];
  if (!target.channel || waiting.length === 0 || target.listenerCount('message') === 0) return;
  target[kState].waiting = [];
  for (const [event, message, handle] of waiting) target.emit(event, message, handle);
}

function onSent(id, error) {
  const state = this[kState];
  const sent = state.sending.get(id);
  state.sending.delete(id);
  sent?.(error);
}

function onClosed() {
  const state = this[kState];
  state.beforeClose?.();
  if (this.connected) {
    this.connected = false;
    this.channel = null;
    state.handle.close();
    this.emit('disconnect');
  } else {
    state.handle.close();
    if (!state.hasTold) this.emit('disconnect');
  }
  state.hasTold = true;
  if (this._closesNeeded !== undefined) require('internal/child_process/process').closeOne(this);
}

// --- What is sent

function encode(state, message) {
  return state.isAdvanced ? require('internal/child_process/advanced').write(message) : JSON.stringify(message);
}

function fail(target, error, options, callback) {
  if (typeof callback === 'function') process.nextTick(callback, error);
  else if (!options.swallowErrors) process.nextTick(() => target.emit('error', error));
}

// The message is with the kernel, or (with a descriptor) with the other side.
function remember(state, callback, afterwards) {
  if (callback === undefined && afterwards === undefined) return 0;
  const id = ++state.lastId;
  state.sending.set(id, (error) => {
    afterwards?.(error);
    if (typeof callback !== 'function') return;
    const isGone = error === UV_EPIPE || error === UV_ECANCELED;
    callback(isGone ? new (errors().codes.ERR_IPC_CHANNEL_CLOSED)() : error ? new (errors().ErrnoException)(error, 'write') : null);
  });
  return id;
}

function send(target, message, handle, options, callback) {
  const state = target[kState];
  if (message === undefined) throw new (errors().codes.ERR_MISSING_ARGS)('message');
  if (typeof message !== 'string' && typeof message !== 'object' && typeof message !== 'number' && typeof message !== 'boolean')
    throw new (errors().codes.ERR_INVALID_ARG_TYPE)('message', ['string', 'object', 'number', 'boolean'], message);
  const wrapped = handle ? require('internal/child_process/handles').wrap(target, message, handle, options) : undefined;
  if (wrapped === undefined) return sendPlain(target, state, message, options, callback);

  // Only with a descriptor is a message told to be sent when it has arrived; the queue behind it is C's.
  const isFirst = state.unacknowledged++ === 0;
  const id = remember(state, isFirst ? undefined : callback, () => {
    state.unacknowledged--;
    state.behind = 0;
  });
  const result = state.handle.send(encode(state, wrapped.message), id, wrapped.fd);
  wrapped.done();
  if (result < 0) {
    state.sending.delete(id);
    state.unacknowledged--;
    fail(target, new (errors().ErrnoException)(result, 'write'), options, callback);
    return false;
  }
  if (!isFirst) return ++state.behind === 1;
  if (typeof callback === 'function') process.nextTick(callback, null);
  return state.handle.waiting() < HIGH_WATER;
}

function sendPlain(target, state, message, options, callback) {
  const isBehind = state.unacknowledged > 0;
  const text = encode(state, message);
  if (text === undefined) throw new (errors().codes.ERR_INVALID_ARG_TYPE)('message', ['string', 'object', 'number', 'boolean'], message);
  const id = remember(state, callback);
  const result = state.handle.send(text, id, -1);
  if (result !== 1 && id !== 0) state.sending.delete(id);
  if (result < 0) {
    fail(target, new (errors().ErrnoException)(result, 'write'), options, callback);
    return false;
  }
  if (result === 0) {
    if (typeof callback === 'function') process.nextTick(callback, null);
    return true;
  }
  return isBehind ? ++state.behind === 1 : state.handle.waiting() < HIGH_WATER;
}

const methods = {
  send(message, handle, options, callback) {
    if (typeof handle === 'function') {
      callback = handle;
      handle = undefined;
      options = undefined;
    } else if (typeof options === 'function') {
      callback = options;
      options = undefined;
    } else if (options !== undefined) {
      require('internal/validators').validateObject(options, 'options');
    }
    const all = { swallowErrors: false, ...options };
    if (this.connected) return this._send(message, handle, all, callback);
    fail(this, new (errors().codes.ERR_IPC_CHANNEL_CLOSED)(), all, callback);
    return false;
  },
  _send(message, handle, options, callback) {
    // Node's own callers say `true` for "say nothing when it fails".
    const all = typeof options === 'boolean' ? { swallowErrors: options } : options ?? {};
    return send(this, message, handle, all, callback);
  },
  disconnect() {
    if (!this.connected) {
      this.emit('error', new (errors().codes.ERR_IPC_DISCONNECTED)());
      return;
    }
    this.connected = false;
    this._disconnect();
  },
  _disconnect() {
    const state = this[kState];
    this.channel = null;
    // What waits is still sent; else there is nothing to wait for.
    if (state.handle.waiting() > 0 || state.unacknowledged > 0) state.handle.finish();
    else process.nextTick(() => { if (!state.hasTold) onClosed.call(this); });
  },
};

// Gives the target its channel over fd.
function setup(target, fd, serialization) {
  const handle = ipc.open(fd, serialization === 'advanced');
  if (typeof handle === 'number') throw new (errors().ErrnoException)(handle, 'open');
  const control = new Control(handle);
  target[kState] = {
    handle,
    isAdvanced: serialization === 'advanced',
    sending: new Map(),
    lastId: 0,
    unacknowledged: 0,
    behind: 0,
    waiting: [],
    hasTold: false,
  };
  target.channel = control;
  target[kHandle] = handle;
  target.connected = true;
  for (const name in methods) target[name] = methods[name];
  target.on('newListener', () => {
    if (target[kState].waiting.length !== 0) process.nextTick(deliverWaiting, target);
  });
  handle.attach(target);
  handle.readStart();
  return control;
}

// For cluster: the raw handle, and a moment before it is closed.
const handleOf = (target) => target[kState]?.handle;
function beforeClose(target, callback) { target[kState].beforeClose = callback; }

module.exports = { setup, handleOf, beforeClose, isInternal, Control };
