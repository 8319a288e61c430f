'use strict';
// Timers in lists of equal duration, as their order needs no sorting; a heap of lists says which is due
// first. C holds one real timer and calls `runTimers`, which runs one callback a call, so that promise
// jobs run between timers.

const { turn, setEntries } = require('internal/builtin');
const { runTicks } = require('internal/ticks');
const context = require('internal/async_context');
const binding = internalBinding('timers');

const HAS_TICKS = 0, IMMEDIATES = 2, IMMEDIATE_REFS = 3, AGAIN = 4;
const MAX_DELAY = 2 ** 31 - 1;

const lists = new Map(); // duration -> list
const heap = []; // lists, the one due first in front
const known = new Map(); // id -> timer, for timers that were turned into primitives
let nextId = 1;
let refs = 0; // timers that keep the process alive
let scheduledFor = Infinity;

const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');

function checkCallback(callback) {
  if (typeof callback !== 'function') throw new ERR_INVALID_ARG_TYPE('callback', 'Function', callback);
}

class List {
  constructor(duration, due) {
    this.duration = duration;
    this.due = due;
    this.at = -1;
    this._next = this._prev = this;
  }
}

function heapSwapUp(at) {
  const list = heap[at];
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent].due <= list.due) break;
    heap[at] = heap[parent];
    heap[at].at = at;
    at = parent;
  }
  heap[at] = list;
  list.at = at;
}

function heapSink(at) {
  const list = heap[at];
  const size = heap.length;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= size) break;
    if (child + 1 < size && heap[child + 1].due < heap[child].due) child++;
    if (heap[child].due >= list.due) break;
    heap[at] = heap[child];
    heap[at].at = at;
    at = child;
  }
  heap[at] = list;
  list.at = at;
}

function heapRemove(list) {
  const last = heap.pop();
  if (last !== list) {
    const at = list.at;
    heap[at] = last;
    last.at = at;
    heapSink(at);
    heapSwapUp(last.at);
  }
  list.at = -1;
}

// Puts a timer at the end of the list of its duration.
function insert(timer, duration, start = binding.now()) {
  timer._idleStart = start;
  let list = lists.get(duration);
  if (list === undefined) {
    list = new List(duration, start + duration);
    lists.set(duration, list);
    heap.push(list);
    heapSwapUp(heap.length - 1);
    if (list.due < scheduledFor) {
      scheduledFor = list.due;
      binding.schedule(duration);
    }
  }
  timer._list = list;
  timer._prev = list._prev;
  timer._next = list;
  list._prev._next = timer;
  list._prev = timer;
}

function unlink(timer) {
  timer._prev._next = timer._next;
  timer._next._prev = timer._prev;
  timer._next = timer._prev = null;
  const list = timer._list;
  timer._list = null;
  if (list._next === list && list.at >= 0) {
    heapRemove(list);
    lists.delete(list.duration);
  }
}

function addRef() {
  if (refs++ === 0) binding.setRef(true);
}

function dropRef() {
  if (--refs === 0) binding.setRef(false);
}

class Timeout {
  constructor(callback, after, args, isRepeat, isRefed) {
    after *= 1;
    if (!(after >= 1 && after <= MAX_DELAY)) {
      if (after > MAX_DELAY)
        process.emitWarning(`${after} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`,
          'TimeoutOverflowWarning');
      else if (after < 0 && !negativeWarned) {
        negativeWarned = true;
        process.emitWarning(`${after} is a negative number.\nTimeout duration was set to 1.`, 'TimeoutNegativeWarning');
      } else if (after !== after && !nanWarned) {
        nanWarned = true;
        process.emitWarning(`${after} is not a number.\nTimeout duration was set to 1.`, 'TimeoutNaNWarning');
      }
      after = 1;
    }
    this._idleTimeout = Math.trunc(after);
    this._idlePrev = this;
    this._idleNext = this;
    this._idleStart = null;
    this._onTimeout = callback;
    this._timerArgs = args;
    this._repeat = isRepeat ? this._idleTimeout : null;
    this._destroyed = false;
    hide(this, isRefed);
    insert(this, this._idleTimeout);
    if (isRefed) addRef();
  }

  ref() {
    if (!this._refed) {
      this._refed = true;
      if (!this._destroyed) addRef();
    }
    return this;
  }

  unref() {
    if (this._refed) {
      this._refed = false;
      if (!this._destroyed) dropRef();
    }
    return this;
  }

  hasRef() { return this._refed; }

  refresh() {
    if (this._cleared) return this;
    if (this._list !== null) unlink(this);
    if (this._destroyed) {
      this._destroyed = false;
      if (this._refed) addRef();
    }
    insert(this, this._idleTimeout);
    return this;
  }

  close() {
    clearTimeout(this);
    return this;
  }

  [Symbol.dispose]() { clearTimeout(this); }

  [Symbol.toPrimitive]() {
    if (this._id === 0) {
      this._id = nextId++;
      known.set(this._id, this);
    }
    return this._id;
  }
}

let negativeWarned = false;
let nanWarned = false;

// What programs do not see when they print a timer.
const hidden = { _refed: true, _list: null, _next: null, _prev: null, _id: 0, _frame: undefined, _cleared: false };
for (const name in hidden)
  Object.defineProperty(Timeout.prototype, name, { value: hidden[name], writable: true, enumerable: false, configurable: true });

const invisible = { value: undefined, writable: true, enumerable: false, configurable: true };
const invisibleNames = Object.keys(hidden);
const invisibleAll = {};
for (const name of invisibleNames) invisibleAll[name] = { ...invisible, value: hidden[name] };

function hide(timer, isRefed) {
  Object.defineProperties(timer, invisibleAll);
  timer._refed = isRefed;
  timer._frame = context.frame;
}

function finish(timer) {
  timer._destroyed = true;
  if (timer._refed) dropRef();
  if (timer._id !== 0) known.delete(timer._id);
}

function cancel(timer) {
  timer._cleared = true;
  if (timer._list !== null) unlink(timer);
  timer._repeat = null;
  timer._onTimeout = null;
  if (!timer._destroyed) finish(timer);
}

// Called by C when the first list is due. Runs one callback; returns when to call again (negative: the
// loop need not wait for it, 0: not at all).
function runTimers() {
  const now = binding.now();
  const list = heap[0];
  if (list !== undefined) {
    if (list.due <= now) {
      const timer = list._next;
      const due = timer._idleStart + list.duration;
      if (due > now) {
        list.due = due;
        heapSink(0);
        turn[AGAIN] = 1;
        return 0;
      }
      unlink(timer);
      context.frame = timer._frame;
      try {
        const args = timer._timerArgs;
        if (args === undefined) timer._onTimeout();
        else timer._onTimeout(...args);
      } catch (error) {
        require('internal/fatal').uncaught(error);
      }
      if (timer._list === null && !timer._destroyed) {
        if (timer._repeat !== null && timer._idleTimeout !== -1) {
          timer._idleTimeout = timer._repeat;
          insert(timer, timer._repeat);
        } else {
          finish(timer);
        }
      }
      if (turn[HAS_TICKS] !== 0) runTicks();
      turn[AGAIN] = 1;
      return 0;
    }
    scheduledFor = list.due;
    const wait = list.due - now;
    return refs > 0 ? wait : -wait;
  }
  scheduledFor = Infinity;
  return 0;
}

function setTimeout(callback, after, arg) {
  checkCallback(callback);
  let args;
  if (arguments.length > 2) args = arguments.length === 3 ? [arg] : Array.prototype.slice.call(arguments, 2);
  return new Timeout(callback, after, args, false, true);
}

function setInterval(callback, repeat, arg) {
  checkCallback(callback);
  let args;
  if (arguments.length > 2) args = arguments.length === 3 ? [arg] : Array.prototype.slice.call(arguments, 2);
  return new Timeout(callback, repeat, args, true, true);
}

function clearTimeout(timer) {
  if (timer === null || timer === undefined) return;
  if (timer instanceof Timeout) {
    if (!timer._cleared) cancel(timer);
    return;
  }
  if (typeof timer === 'number' || typeof timer === 'string') {
    const found = known.get(+timer);
    if (found !== undefined) cancel(found);
  }
}

const immediates = [];
let immediateHead = 0;

class Immediate {
  constructor(callback, args) {
    this._idleNext = null;
    this._idlePrev = null;
    this._onImmediate = callback;
    this._argv = args;
    this._destroyed = false;
    Object.defineProperties(this, {
      _refed: { value: true, writable: true, enumerable: false },
      _frame: { value: context.frame, writable: true, enumerable: false },
    });
    immediates.push(this);
    turn[IMMEDIATES]++;
    if (turn[IMMEDIATE_REFS]++ === 0) binding.immediatesChanged();
  }

  ref() {
    if (!this._refed && !this._destroyed) {
      this._refed = true;
      if (turn[IMMEDIATE_REFS]++ === 0) binding.immediatesChanged();
    }
    return this;
  }

  unref() {
    if (this._refed && !this._destroyed) {
      this._refed = false;
      if (--turn[IMMEDIATE_REFS] === 0) binding.immediatesChanged();
    }
    return this;
  }

  hasRef() { return this._refed && !this._destroyed; }

  [Symbol.dispose]() { clearImmediate(this); }
}

function setImmediate(callback, arg) {
  checkCallback(callback);
  let args;
  if (arguments.length > 1) args = arguments.length === 2 ? [arg] : Array.prototype.slice.call(arguments, 1);
  return new Immediate(callback, args);
}

function clearImmediate(immediate) {
  if (!(immediate instanceof Immediate) || immediate._destroyed) return;
  immediate._destroyed = true;
  immediate._onImmediate = null;
  if (immediate._refed && --turn[IMMEDIATE_REFS] === 0) binding.immediatesChanged();
}

// Called by C once for each immediate that waits, one callback a call.
function runImmediate() {
  const immediate = immediates[immediateHead];
  immediates[immediateHead++] = undefined;
  turn[IMMEDIATES]--;
  if (immediateHead === immediates.length) {
    immediates.length = 0;
    immediateHead = 0;
  } else if (immediateHead === 4096) {
    immediates.splice(0, immediateHead);
    immediateHead = 0;
  }
  if (immediate._destroyed) return;
  immediate._destroyed = true;
  if (immediate._refed) turn[IMMEDIATE_REFS]--;
  context.frame = immediate._frame;
  const callback = immediate._onImmediate;
  try {
    if (immediate._argv === undefined) callback();
    else callback(...immediate._argv);
  } catch (error) {
    require('internal/fatal').uncaught(error);
  }
  immediate._onImmediate = null;
  if (turn[HAS_TICKS] !== 0) runTicks();
}

setEntries({ runTimers, runImmediate });

const custom = Symbol.for('nodejs.util.promisify.custom');
Object.defineProperty(setTimeout, custom, { enumerable: true, get: () => require('timers/promises').setTimeout });
Object.defineProperty(setImmediate, custom, { enumerable: true, get: () => require('timers/promises').setImmediate });

module.exports = {
  setTimeout,
  clearTimeout,
  setImmediate,
  clearImmediate,
  setInterval,
  clearInterval(timer) { clearTimeout(timer); },
};
Object.defineProperty(module.exports, 'promises', {
  configurable: true,
  enumerable: true,
  get: () => require('timers/promises'),
});
Object.defineProperty(module.exports, Symbol.for('galley.internal'), {
  value: { Timeout, Immediate, unrefTimeout: (callback, after) => new Timeout(callback, after, undefined, false, false) },
});
