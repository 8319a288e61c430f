'use strict';

// BroadcastChannel: everybody in the process who joined a name hears what the others say under it.

const binding = internalBinding('messaging');
const { NodeEventTarget, Event, defineEventHandler, kCreateEvent, kHybridDispatch, kNewListener } = require('internal/event_target');
const { MessageEvent, read, setBroadcast, write, giveBack } = require('internal/messaging');
const { ERR_INVALID_THIS, ERR_MISSING_ARGS } = require('internal/errors').codes;

const inspectCustom = Symbol.for('nodejs.util.inspect.custom');
const { outbox } = binding;

let handleOf; // of a channel; null once it is closed

class BroadcastChannel extends NodeEventTarget {
  #name;
  #handle;
  #started = false;

  static {
    handleOf = (object) => (object !== null && typeof object === 'object' && #name in object ? object.#handle : undefined);
  }

  constructor(name) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('name');
    if (typeof name === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
    super();
    this.#name = `${name}`;
    this.#handle = binding.join(this.#name);
  }

  get name() {
    if (handleOf(this) === undefined) throw new ERR_INVALID_THIS('BroadcastChannel');
    return this.#name;
  }

  postMessage(message) {
    const handle = handleOf(this);
    if (handle === undefined) throw new ERR_INVALID_THIS('BroadcastChannel');
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('message');
    if (handle === null) {
      const DOMException = require('internal/domexception');
      throw new DOMException('BroadcastChannel is closed.', 'InvalidStateError');
    }
    const writer = write(message);
    try {
      const { bytes, parts, at } = writer;
      handle.broadcast(at, bytes === outbox ? undefined : bytes, parts.length === 0 ? undefined : parts);
    } finally {
      giveBack(writer);
    }
  }

  close() {
    const handle = handleOf(this);
    if (handle === undefined) throw new ERR_INVALID_THIS('BroadcastChannel');
    if (handle === null) return;
    this.#handle = null;
    handle.close();
    setImmediate(() => this[kHybridDispatch](undefined, 'close', undefined));
  }

  ref() {
    const handle = handleOf(this);
    if (handle === undefined) throw new ERR_INVALID_THIS('BroadcastChannel');
    handle?.ref();
    return this;
  }

  unref() {
    const handle = handleOf(this);
    if (handle === undefined) throw new ERR_INVALID_THIS('BroadcastChannel');
    handle?.unref();
    return this;
  }

  [kNewListener](size, type, ...rest) {
    if ((type === 'message' || type === 'messageerror') && !this.#started && this.#handle !== null) {
      this.#started = true;
      this.#handle.start((length, value, parts) => {
        let kind = 'message', data;
        try {
          data = read(length, value, parts);
        } catch (error) {
          kind = 'messageerror';
          data = error;
        }
        this[kHybridDispatch](data, kind, undefined);
      });
    }
    return super[kNewListener](size, type, ...rest);
  }

  [kCreateEvent](value, type) {
    return type === 'message' || type === 'messageerror' ? new MessageEvent(type, { data: value }) : new Event(type);
  }

  [inspectCustom](depth, options) {
    const handle = handleOf(this);
    if (handle === undefined) throw new ERR_INVALID_THIS('BroadcastChannel');
    if (typeof depth === 'number' && depth < 0) return 'BroadcastChannel';
    const { inspect } = require('internal/util/inspect');
    return `BroadcastChannel ${inspect({ name: this.#name, active: handle !== null }, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}
const enumerable = { enumerable: true };
Object.defineProperties(BroadcastChannel.prototype, { name: enumerable, close: enumerable, postMessage: enumerable });
Object.defineProperty(BroadcastChannel.prototype, Symbol.toStringTag, { value: 'BroadcastChannel', configurable: true });
defineEventHandler(BroadcastChannel.prototype, 'message');
defineEventHandler(BroadcastChannel.prototype, 'messageerror');

setBroadcast((object) => handleOf(object) !== undefined, (channel) => {
  const out = [];
  const handle = handleOf(channel);
  if (handle === null || !handle.receive(out)) return undefined;
  return { message: read(out[0], out[1], out[2]) };
});

module.exports = { BroadcastChannel };
