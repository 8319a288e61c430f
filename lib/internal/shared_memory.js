'use strict';

// SharedArrayBuffer and the waiting half of Atomics over memory that C owns and counts, so that every thread of the
// process (and with a name, every process) sees the same bytes. The engine's own cannot leave its thread.

const binding = internalBinding('shared_memory');
const { shared } = require('internal/untransferable');

const EngineBuffer = require('internal/bootstrap').EngineSharedArrayBuffer;
const max = 2 ** 32;

const { get: engineLength } = Object.getOwnPropertyDescriptor(EngineBuffer.prototype, 'byteLength');

function handleOf(buffer) { return shared.get(buffer); }

function adopt(handle, prototype = SharedArrayBuffer.prototype) {
  const buffer = Object.setPrototypeOf(handle.buffer(), prototype);
  shared.set(buffer, handle);
  return buffer;
}

function toIndex(value) {
  const number = Math.trunc(+value) || 0;
  if (number < 0 || number > max) throw new RangeError('Array buffer allocation failed');
  return number;
}

function handleOrThrow(buffer, name) {
  const handle = shared.get(buffer);
  if (handle === undefined) throw new TypeError(`Method SharedArrayBuffer.prototype.${name} called on incompatible receiver ${String(buffer)}`);
  return handle;
}

class SharedArrayBuffer {
  constructor(length = 0, options = undefined) {
    const size = toIndex(length);
    let limit;
    if (typeof options === 'object' && options !== null && options.maxByteLength !== undefined) {
      limit = toIndex(options.maxByteLength);
      if (size > limit) throw new RangeError('Invalid array buffer max length');
    }
    const handle = binding.create(size, limit ?? size);
    if (handle === undefined) throw new RangeError('Array buffer allocation failed');
    if (limit !== undefined) growable.add(handle);
    return adopt(handle, new.target.prototype);
  }

  static get [Symbol.species]() { return this; }

  get byteLength() {
    const handle = shared.get(this);
    if (handle === undefined) return engineLength.call(this);
    return handle.length();
  }

  get growable() {
    const handle = handleOrThrow(this, 'growable');
    return growable.has(handle) || handle.max() !== handle.length();
  }

  get maxByteLength() { return handleOrThrow(this, 'maxByteLength').max(); }

  grow(length) {
    const handle = handleOrThrow(this, 'grow');
    const size = toIndex(length);
    if (!this.growable) throw new TypeError(`Method SharedArrayBuffer.prototype.grow called on incompatible receiver ${String(this)}`);
    if (!handle.grow(size)) throw new RangeError("SharedArrayBuffer.prototype.grow: Invalid length parameter");
  }

  slice(start = 0, end = undefined) {
    handleOrThrow(this, 'slice');
    const length = this.byteLength;
    const from = clamp(start, length), to = end === undefined ? length : clamp(end, length);
    const made = new SharedArrayBuffer(Math.max(to - from, 0));
    if (to > from) new Uint8Array(made).set(new Uint8Array(this, from, to - from));
    return made;
  }
}
const growable = new WeakSet();
Object.defineProperty(SharedArrayBuffer, 'length', { value: 1, configurable: true });
Object.defineProperty(SharedArrayBuffer.prototype, Symbol.toStringTag, { value: 'SharedArrayBuffer', configurable: true });

function clamp(value, length) {
  const number = Math.trunc(+value) || 0;
  return number < 0 ? Math.max(number + length, 0) : Math.min(number, length);
}

// --- Atomics ---------------------------------------------------------------------------------------------

function place(array, index, forWaiting) {
  const is64 = array instanceof BigInt64Array;
  if (!is64 && !(array instanceof Int32Array)) throw new TypeError('Typed array argument must be an Int32Array or BigInt64Array.');
  const at = Math.trunc(+index) || 0;
  if (at < 0 || at >= array.length) throw new RangeError('Access index out of bounds for atomic access.');
  const handle = shared.get(array.buffer);
  if (handle === undefined && forWaiting) throw new TypeError('Typed array for wait/waitAsync/notify must wrap a SharedArrayBuffer.');
  return { handle, is64, offset: array.byteOffset + at * (is64 ? 8 : 4) };
}

function timeoutOf(timeout) {
  const number = timeout === undefined ? Infinity : +timeout;
  if (Number.isNaN(number) || number === Infinity) return -1;
  return Math.max(number, 0);
}

const isOurs = (array) => ArrayBuffer.isView(array) && shared.has(array.buffer);
const isEngines = (array) => ArrayBuffer.isView(array) && array.buffer instanceof EngineBuffer && !isOurs(array);

// Each gets the engine's own function first, for the engine's own buffers.
const atomics = {
  wait(engine, array, index, value, timeout) {
    if (engine !== undefined && isEngines(array)) return engine.call(Atomics, array, index, value, timeout);
    const { handle, is64, offset } = place(array, index, true);
    const expected = is64 ? BigInt.asIntN(64, BigInt(value)) : value | 0;
    return handle.wait(offset, expected, is64, timeoutOf(timeout));
  },

  notify(engine, array, index, count) {
    if (engine !== undefined && isEngines(array)) return engine.call(Atomics, array, index, count);
    const { handle, offset } = place(array, index, false);
    const most = count === undefined ? Infinity : Math.max(Math.trunc(+count) || 0, 0);
    return handle === undefined ? 0 : handle.notify(offset, most);
  },

  waitAsync(engine, array, index, value, timeout) {
    if (engine !== undefined && isEngines(array)) return engine.call(Atomics, array, index, value, timeout);
    const { handle, is64, offset } = place(array, index, true);
    const expected = is64 ? BigInt.asIntN(64, BigInt(value)) : value | 0;
    const ms = timeoutOf(timeout);
    const { promise, resolve } = Promise.withResolvers();
    let timer;
    const waiting = handle.waitAsync(offset, expected, is64, () => {
      if (timer !== undefined) clearTimeout(timer);
      resolve('ok');
    });
    if (waiting === undefined) return { async: false, value: 'not-equal' };
    if (ms === 0) {
      waiting.cancel();
      return { async: false, value: 'timed-out' };
    }
    if (ms > 0) {
      timer = setTimeout(() => {
        if (waiting.cancel()) resolve('timed-out');
      }, ms);
    }
    return { async: true, value: promise };
  },
};

function open(name, length) { return adopt(binding.open(name, length)); }

module.exports = { SharedArrayBuffer, handleOf, adopt, open, unlink: binding.unlink, atomics };
