'use strict';

// Messages as programs know them: ports over C's queues, and what travels in them.

const binding = internalBinding('messaging');
const { Writer } = require('internal/clone/writer');
const { Reader } = require('internal/clone/reader');
const { kTransfer, kTransferList } = require('internal/transferable');
const {
  NodeEventTarget, defineEventHandler, Event, kCreateEvent, kHybridDispatch, kNewListener, kRemoveListener, initNodeEventTarget,
} = require('internal/event_target');
const { shared, isMarked } = require('internal/untransferable');
const codes = require('internal/codes');
const context = require('internal/async_context');

const { outbox, inbox, PART_PORT, PART_BYTES } = binding;
const kHandle = Symbol('kHandle');
const kState = Symbol('kState');
const inspectCustom = Symbol.for('nodejs.util.inspect.custom');

const isArrayBuffer = (item) => require('internal/util/types').isArrayBuffer(item);

let idle = new Writer(outbox); // the one writer, unless it is in use

// --- sending ---------------------------------------------------------------------------------------------

function notIterable(name) {
  return Object.assign(new TypeError(`Optional ${name} argument must be an iterable`), { code: 'ERR_INVALID_ARG_TYPE' });
}

function transferListOf(options) {
  if (options === undefined || options === null) return undefined;
  if (typeof options !== 'object') throw notIterable('transferList');
  let list = options;
  if (typeof options[Symbol.iterator] !== 'function') {
    list = options.transfer;
    if (list === undefined) return undefined;
    if (list === null || typeof list !== 'object' || typeof list[Symbol.iterator] !== 'function') throw notIterable('options.transfer');
  }
  let items;
  try {
    items = [...list];
  } catch {
    throw notIterable(list === options ? 'transferList' : 'options.transfer');
  }
  return items.length === 0 ? undefined : items;
}

// What each thing in the list does when the writer meets it; things that are not met move all the same.
function prepareTransfers(writer, list, port) {
  const transferred = writer.transferred = new Map();
  const moves = [];
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    if (item === null || typeof item !== 'object') continue;
    if (transferred.has(item)) {
      const what = isArrayBuffer(item) ? 'ArrayBuffer' : isPort(item) ? 'MessagePort' : 'transferable object';
      throw require('internal/clone/errors').cloneError(`Transfer list contains duplicate ${what}`);
    }
    if (isMarked(item)) throw markedError();
    if (isArrayBuffer(item) && !shared.has(item)) {
      if (item.detached) throw require('internal/clone/errors').cloneError('An ArrayBuffer is detached and could not be cloned.');
      const index = writer.parts.push(PART_BYTES, new Uint8Array(item)) / 2 - 1;
      transferred.set(item, () => {
        writer.byte(1);
        writer.varint(index);
      });
      moves.push(() => detach(item));
    } else if (isPort(item)) {
      if (item === port) throw require('internal/clone/errors').cloneError('Transfer list contains source port');
      const handle = item[kHandle];
      if (handle === null || handle.isClosed()) {
        if (handle === null || item[kState].closed) throw require('internal/clone/errors').cloneError('MessagePort in transfer list is already detached');
      }
      const index = writer.parts.push(PART_PORT, handle) / 2 - 1;
      transferred.set(item, () => {
        writer.byte(1);
        writer.varint(index);
      });
      moves.push(() => portMoved(item));
    } else if (typeof item[kTransfer] === 'function') {
      transferred.set(item, undefined);
      const nested = item[kTransferList]?.() ?? [];
      list.push(...nested);
      let description;
      transferred.set(item, () => {
        description ??= item[kTransfer]();
        require('internal/clone/special').described(writer, description);
      });
    } else throw invalidTransfer();
  }
  return moves;
}

function markedError() { return require('internal/clone/errors').cloneError('An ArrayBuffer is not transferable: it was marked so or is a pool that Buffers share.'); }

function invalidTransfer() {
  const DOMException = require('internal/domexception');
  const error = new DOMException('Found invalid object in transferList', 'DataCloneError');
  Object.defineProperty(error, 'code', { value: 'ERR_INVALID_TRANSFER_OBJECT', enumerable: true, configurable: true, writable: true });
  return error;
}

const { transfer } = ArrayBuffer.prototype;
function detach(buffer) { transfer.call(buffer, 0); }

function takeWriter() {
  const writer = idle ?? new Writer(outbox.slice(0, 4096));
  idle = undefined;
  writer.at = 0;
  return writer;
}

function giveBack(writer) {
  if (writer.ids !== undefined) writer.ids = undefined;
  writer.nextId = 0;
  writer.parts = undefined;
  writer.transferred = undefined;
  writer.root = undefined;
  if (writer.bytes.length > outbox.length) writer.use(outbox);
  if (writer.bytes === outbox) idle = writer;
}

// Writes the value; returns the writer, to be given back, and moves what is to be moved.
function write(value, list, port) {
  const writer = takeWriter();
  let done = false;
  try {
    writer.parts = [];
    writer.root = value;
    const moves = list === undefined ? undefined : prepareTransfers(writer, list, port);
    writer.value(value);
    writer.moves = moves;
    done = true;
    return writer;
  } finally {
    if (!done) giveBack(writer);
  }
}

function post(handle, value, list, port) {
  if (list === undefined) {
    switch (typeof value) {
      case 'number': case 'boolean': case 'undefined':
        handle.postPlain(value);
        return;
      case 'string':
        if (value.length > 0) {
          handle.postPlain(value);
          return;
        }
        break;
      case 'object':
        if (value === null) {
          handle.postPlain(value);
          return;
        }
    }
  }
  const writer = write(value, list, port);
  try {
    const { bytes, parts, moves } = writer;
    handle.post(writer.at, bytes === outbox ? undefined : bytes, parts.length === 0 ? undefined : parts);
    if (moves !== undefined) for (const move of moves) move();
  } finally {
    writer.moves = undefined;
    giveBack(writer);
  }
}

// --- receiving -------------------------------------------------------------------------------------------

// What C hands over for a message: (length, bytes or undefined for the inbox, parts), or (-1, value).
function read(length, value, parts) {
  if (length < 0) return value;
  const reader = new Reader(value === undefined ? inbox : value, length);
  reader.parts = parts;
  reader.version = 15;
  return reader.value();
}

let receivedPorts; // those in the message that is being read

// The object for a part that is one of C's handles.
function receive(handle) {
  if (handle.buffer !== undefined) return require('internal/shared_memory').adopt(handle);
  const port = portOver(handle);
  receivedPorts?.push(port);
  return port;
}

// --- ports -----------------------------------------------------------------------------------------------

function shownBriefly(value) { return typeof value === 'object' && value !== null ? '{}' : `${value}`; }

function badInit(message) {
  return Object.assign(new TypeError(`MessageEvent constructor: ${message}`), { code: 'ERR_INVALID_ARG_TYPE' });
}

function notAPort(name, value) { return badInit(`Expected eventInitDict.${name} ("${shownBriefly(value)}") to be an instance of MessagePort.`); }

class MessageEvent extends Event {
  #data;
  #origin;
  #lastEventId;
  #source;
  #ports;

  constructor(type, init = undefined) {
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('type');
    super(type, init ?? undefined);
    this.#data = init?.data === undefined ? null : init.data;
    this.#origin = init?.origin === undefined ? '' : `${init.origin}`;
    this.#lastEventId = init?.lastEventId === undefined ? '' : `${init.lastEventId}`;
    this.#source = init?.source === undefined ? null : init.source;
    if (this.#source !== null && !isPort(this.#source)) throw notAPort('source', this.#source);
    const ports = init?.ports === undefined ? [] : init.ports;
    if (typeof ports?.[Symbol.iterator] !== 'function') throw badInit(`eventInitDict.ports (${shownBriefly(ports)}) is not iterable.`);
    this.#ports = Object.freeze([...ports]);
    this.#ports.forEach((port, i) => {
      if (!isPort(port)) throw notAPort(`ports[${i}]`, port);
    });
  }

  get data() { return this.#data; }
  get origin() { return this.#origin; }
  get lastEventId() { return this.#lastEventId; }
  get source() { return this.#source; }
  get ports() { return this.#ports; }
}
for (const name of ['data', 'origin', 'lastEventId', 'source', 'ports']) Object.defineProperty(MessageEvent.prototype, name, { enumerable: true });
Object.defineProperty(MessageEvent.prototype, Symbol.toStringTag, { value: 'MessageEvent', configurable: true });

// A message came, or the other end closed: called by C with the port's handle as `this`.
function arrived(port, length, value, parts) {
  if (length === -2) {
    portClose(port);
    return;
  }
  let type = 'message', data;
  const ports = receivedPorts = [];
  try {
    data = read(length, value, parts);
  } catch (error) {
    type = 'messageerror';
    data = error;
  }
  receivedPorts = undefined;
  const state = port[kState];
  state.receiving = true;
  if (ports.length > 0) state.ports = ports;
  port[kHybridDispatch](data, type, undefined);
  if (ports.length > 0) state.ports = undefined;
  state.receiving = false;
  if (state.closing) closeNow(port);
}

// Nobody but this file makes ports, with or without `new`.
function MessagePort() { throw new codes.ERR_CONSTRUCT_CALL_INVALID(); }

class PortMethods extends NodeEventTarget {
  postMessage(message, options = undefined) {
    const handle = checked(this);
    if (arguments.length === 0) throw new codes.ERR_MISSING_ARGS('message');
    const list = transferListOf(options);
    if (handle === null) {
      if (list !== undefined) write(message, list, this);
      return;
    }
    if (list !== undefined && list.some((item) => isPort(item) && item !== this && item[kHandle] !== null && handle.isPeer(item[kHandle]))) {
      process.emitWarning('The target port was posted to itself, and the communication channel was lost');
      post(handle, message, list, this);
      portClose(this);
      return;
    }
    post(handle, message, list, this);
  }

  start() {
    if (checked(this) !== null) portStart(this);
  }

  close(callback = undefined) {
    checked(this);
    if (typeof callback === 'function') this.once('close', callback);
    portClose(this);
  }

  ref() {
    const state = this[kState];
    if (state !== undefined) {
      state.ref = true;
      this[kHandle]?.ref();
      portWatch(this);
    }
  }

  unref() {
    const state = this[kState];
    if (state !== undefined) {
      state.ref = false;
      this[kHandle]?.unref();
    }
  }

  hasRef() {
    const state = this[kState];
    return state?.closed ? state.wasRef : this[kHandle]?.hasRef() ?? false;
  }

  // Moves, and cannot be copied; prepareTransfers knows how.
  [kTransfer]() {
    return undefined;
  }

  [kNewListener](size, type, ...rest) {
    if (type === 'close') portWatch(this);
    if (type === 'message' || type === 'messageerror') {
      const state = this[kState];
      if (type === 'message' && size === 1 && state.autoRef) this.ref();
      if (type === 'message') portStart(this);
    }
    return super[kNewListener](size, type, ...rest);
  }

  [kRemoveListener](size, type, ...rest) {
    if (type === 'message' && size === 0) {
      if (this[kState].autoRef) this.unref();
      portStop(this); // what comes now waits for the next listener
    }
    return super[kRemoveListener](size, type, ...rest);
  }

  [kCreateEvent](value, type) {
    if (type === 'message' || type === 'messageerror') return new MessageEvent(type, { data: value, ports: this[kState].ports });
    const event = new Event(type);
    if (value !== undefined) Object.defineProperty(event, 'detail', { value, configurable: true, enumerable: true });
    return event;
  }

  [inspectCustom](depth, options) {
    const handle = this[kHandle];
    const { inspect } = require('internal/util/inspect');
    const shown = { active: handle !== null && !handle.isClosed(), refed: this.hasRef() };
    return `MessagePort [EventTarget] ${inspect(shown, options)}`;
  }
}
Object.setPrototypeOf(MessagePort, NodeEventTarget);
MessagePort.prototype = PortMethods.prototype;
Object.defineProperty(MessagePort.prototype, 'constructor', { value: MessagePort, writable: true, configurable: true });
defineEventHandler(MessagePort.prototype, 'message');
defineEventHandler(MessagePort.prototype, 'messageerror');
{
  // Setting onmessage starts the port and keeps the loop alive; taking it away lets go.
  const { get, set } = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage');
  Object.defineProperty(MessagePort.prototype, 'onmessage', {
    __proto__: null, configurable: true, enumerable: true, get,
    set(handler) {
      set.call(this, handler);
      if (typeof handler === 'function') {
        this.ref();
        portStart(this);
      } else {
        this.unref();
        this[kHandle]?.stop();
        if (this[kState] !== undefined) this[kState].started = false;
      }
    },
  });
}
Object.defineProperty(MessagePort.prototype, Symbol.toStringTag, { value: 'MessagePort', configurable: true });

function isPort(value) { return value !== null && typeof value === 'object' && value[kState] !== undefined && kHandle in value; }

function checked(port) {
  if (!isPort(port)) {
    throw new TypeError('Illegal invocation');
  }
  return port[kHandle];
}

function portOver(handle) {
  const port = Object.create(MessagePort.prototype);
  initNodeEventTarget(port);
  define(port, kHandle, handle);
  define(port, kState, {
    started: false, watches: false, ref: true, autoRef: true, ports: undefined, closed: false, receiving: false, entry: undefined,
  });
  handle.unref();
  if (context.track !== undefined) port[kState].entry = context.track.init('MESSAGEPORT', port);
  return port;
}

function define(object, key, value) { Object.defineProperty(object, key, { __proto__: null, value, writable: true, enumerable: false, configurable: true }); }

function portStart(port) {
  const state = port[kState];
  const handle = port[kHandle];
  if (state.started || handle === null) return;
  state.started = true;
  if (state.watches) handle.stop();
  handle.start((length, value, parts) => arrived(port, length, value, parts), false);
}

// Whoever waits for 'close' alone hears of it, without the port's being started.
function portWatch(port) {
  const state = port[kState];
  const handle = port[kHandle];
  if (state.started || state.watches || handle === null) return;
  state.watches = true;
  handle.start(() => portClose(port), true);
}

function portStop(port) {
  const state = port[kState];
  if (!state.started) return;
  state.started = state.watches = false;
  port[kHandle]?.stop();
  if (port.listenerCount('close') > 0) portWatch(port);
}

// The port went to another thread: what is left here is an empty shell.
function portMoved(port) {
  port[kHandle] = null;
  port[kState].started = false;
}

function portClose(port) {
  const state = port[kState];
  const handle = port[kHandle];
  if (state.closed || handle === null) return;
  state.closed = true;
  state.wasRef = handle.hasRef(); // until 'close' is told
  if (state.receiving) state.closing = true;
  else closeNow(port);
}

// What came before the port was closed by one of its listeners is still told.
function closeNow(port) {
  const state = port[kState];
  const handle = port[kHandle];
  const out = [];
  if (state.closing) {
    state.closing = false;
    while (handle.receive(out)) arrived(port, out[0], out[1], out[2]);
  }
  handle.close();
  setImmediate(() => {
    port[kHandle] = null;
    state.wasRef = false;
    port[kHybridDispatch](undefined, 'close', undefined);
    if (state.entry !== undefined) context.track?.destroy(state.entry);
  });
}

function MessageChannel() {
  if (new.target === undefined) throw Object.assign(new TypeError("Class constructor MessageChannel cannot be invoked without 'new'"), { code: 'ERR_CONSTRUCT_CALL_REQUIRED' });
  const [a, b] = binding.channel();
  this.port1 = portOver(a);
  this.port2 = portOver(b);
}
Object.defineProperty(MessageChannel.prototype, Symbol.toStringTag, { value: 'MessageChannel', configurable: true });

function receiveMessageOnPort(port) {
  if (isBroadcast?.(port)) return receiveBroadcast(port);
  if (!isPort(port)) throw Object.assign(new TypeError('The "port" argument must be a MessagePort instance'), { code: 'ERR_INVALID_ARG_TYPE' });
  const out = [];
  if (port[kHandle] === null || !port[kHandle].receive(out)) return undefined;
  return { message: read(out[0], out[1], out[2]) };
}

let isBroadcast, receiveBroadcast;

module.exports = {
  MessageChannel,
  MessageEvent,
  MessagePort,
  isPort,
  isClosed: (port) => port[kHandle] === null || port[kState].closed,
  kHandle,
  portOver,
  portStart,
  portStop,
  post,
  read,
  receive,
  receiveMessageOnPort,
  transferListOf,
  write,
  giveBack,
  setBroadcast(is, receiveOn) {
    isBroadcast = is;
    receiveBroadcast = receiveOn;
  },
};
