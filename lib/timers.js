'use strict';
// Timers in lists of equal duration, as their order needs no sorting; a heap of lists says which is due
// first. C holds one real timer and calls `runTimers`, which runs one callback a call, so that promise
// jobs run between timers.

const { turn, clock, setEntries } = require('internal/builtin');
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

const codes = require('internal/codes');

function checkCallback(callback) {
  if (typeof callback !== 'function') throw new codes.ERR_INVALID_ARG_TYPE('callback', 'Function', callback);
}

class List {
  constructor(duration, due) {
    this.duration = duration;
    this.due = due;
    this.at = -1; // in the heap
    this.first = this.last = null;
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

function addRef() {
  if (refs++ === 0) binding.setRef(true);
}

function dropRef() {
  if (--refs === 0) binding.setRef(false);
}

// What only this file may touch is private; the other names are those that programs print and poke at.
let insert, unlink, cancel, fire;

class Timeout {
  #refed;
  #list = null;
  #next = null;
  #prev = null;
  #id = 0;
  #frame = context.frame;
  #entry = context.track === undefined ? undefined : context.track.init('Timeout', this);
  #cleared = false;

  constructor(callback, after, args, isRepeat, isRefed) {
    after *= 1;
    if (!(after >= 1 && after <= MAX_DELAY)) {
      warnOfDelay(after);
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
    this.#refed = isRefed;
    insert(this, this._idleTimeout);
    if (isRefed) addRef();
  }

  ref() {
    if (#refed in this && !this.#refed) {
      this.#refed = true;
      if (!this._destroyed) addRef();
    }
    return this;
  }

  unref() {
    if (#refed in this && this.#refed) {
      this.#refed = false;
      if (!this._destroyed) dropRef();
    }
    return this;
  }

  hasRef() { return this.#refed; }

  refresh() {
    if (this.#cleared) return this;
    if (this.#list !== null) unlink(this);
    if (this._destroyed) {
      this._destroyed = false;
      if (this.#refed) addRef();
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
    if (this.#id === 0) {
      this.#id = nextId++;
      known.set(this.#id, this);
    }
    return this.#id;
  }

  #finish() {
    this._destroyed = true;
    if (this.#refed) dropRef();
    if (this.#id !== 0) known.delete(this.#id);
    if (this.#entry !== undefined) context.track.destroy(this.#entry);
  }

  static {
    // Puts a timer at the end of the list of its duration.
    insert = (timer, duration) => {
      binding.updateTime(); // what ran since the loop woke must not shorten the wait
      const start = clock[0];
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
      timer.#list = list;
      const last = list.last;
      timer.#prev = last;
      timer.#next = null;
      if (last === null) list.first = timer;
      else last.#next = timer;
      list.last = timer;
    };

    unlink = (timer) => {
      const list = timer.#list;
      const prev = timer.#prev;
      const next = timer.#next;
      if (prev === null) list.first = next;
      else prev.#next = next;
      if (next === null) list.last = prev;
      else next.#prev = prev;
      timer.#next = timer.#prev = timer.#list = null;
      if (list.first === null) {
        heapRemove(list);
        lists.delete(list.duration);
      }
    };

    cancel = (timer) => {
      if (timer.#cleared) return;
      timer.#cleared = true;
      if (timer.#list !== null) unlink(timer);
      timer._repeat = null;
      timer._onTimeout = null;
      if (!timer._destroyed) timer.#finish();
    };

    fire = (timer) => {
      unlink(timer);
      if (typeof timer._onTimeout !== 'function') { // somebody took it away, which is how timers were once stopped
        timer.#finish();
        return;
      }
      context.frame = timer.#frame;
      const entry = timer.#entry;
      if (entry !== undefined) context.track.before(entry);
      try {
        const args = timer._timerArgs;
        if (args === undefined) timer._onTimeout();
        else timer._onTimeout(...args);
      } catch (error) {
        require('internal/fatal').uncaught(error);
      }
      if (entry !== undefined) context.track.after(entry);
      if (timer.#list !== null || timer._destroyed) return;
      if (timer._repeat !== null && timer._idleTimeout !== -1) {
        timer._idleTimeout = timer._repeat;
        insert(timer, timer._repeat);
      } else {
        timer.#finish();
      }
    };
  }
}

let negativeWarned = false;
let nanWarned = false;
function warnOfDelay(after) {
  if (after > MAX_DELAY) {
    process.emitWarning(`${after} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`,
      'TimeoutOverflowWarning');
  } else if (after < 0 && !negativeWarned) {
    negativeWarned = true;
    process.emitWarning(`${after} is a negative number.\nTimeout duration was set to 1.`, 'TimeoutNegativeWarning');
  } else if (after !== after && !nanWarned) {
    nanWarned = true;
    process.emitWarning(`${after} is not a number.\nTimeout duration was set to 1.`, 'TimeoutNaNWarning');
  }
}

// Called by C when the first list is due. Runs one callback; returns when to call again (negative: the
// loop need not wait for it, 0: not at all).
function runTimers() {
  const list = heap[0];
  if (list === undefined) {
    scheduledFor = Infinity;
    return 0;
  }
  const now = clock[0];
  if (list.due <= now) {
    const timer = list.first;
    const due = timer._idleStart + list.duration;
    if (due > now) {
      list.due = due;
      heapSink(0);
    } else {
      fire(timer);
      if (turn[HAS_TICKS] !== 0) runTicks();
    }
    turn[AGAIN] = 1;
    return 0;
  }
  scheduledFor = list.due;
  const wait = list.due - now;
  return refs > 0 ? wait : -wait;
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
    cancel(timer);
    return;
  }
  if (typeof timer === 'number' || typeof timer === 'string') {
    const found = known.get(+timer);
    if (found !== undefined) cancel(found);
  }
}

const immediates = [];
let immediateHead = 0;

let runImmediate, forgetImmediate;

class Immediate {
  #refed = true;
  #frame = context.frame;
  #entry = context.track === undefined ? undefined : context.track.init('Immediate', this);

  constructor(callback, args) {
    this._idleNext = null;
    this._idlePrev = null;
    this._onImmediate = callback;
    this._argv = args;
    this._destroyed = false;
    immediates.push(this);
    turn[IMMEDIATES]++;
    if (turn[IMMEDIATE_REFS]++ === 0) binding.immediatesChanged();
  }

  ref() {
    if (!this.#refed && !this._destroyed) {
      this.#refed = true;
      if (turn[IMMEDIATE_REFS]++ === 0) binding.immediatesChanged();
    }
    return this;
  }

  unref() {
    if (this.#refed && !this._destroyed) {
      this.#refed = false;
      if (--turn[IMMEDIATE_REFS] === 0) binding.immediatesChanged();
    }
    return this;
  }

  hasRef() { return this.#refed && !this._destroyed; }

  [Symbol.dispose]() { clearImmediate(this); }

  static {
    // Called by C once for each immediate that waits, one callback a call.
    runImmediate = () => {
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
      if (immediate.#refed) turn[IMMEDIATE_REFS]--;
      context.frame = immediate.#frame;
      const entry = immediate.#entry;
      if (entry !== undefined) context.track.before(entry);
      try {
        if (immediate._argv === undefined) immediate._onImmediate();
        else immediate._onImmediate(...immediate._argv);
      } catch (error) {
        require('internal/fatal').uncaught(error);
      }
      immediate._onImmediate = null;
      if (entry !== undefined) {
        context.track.after(entry);
        context.track.destroy(entry);
      }
      if (turn[HAS_TICKS] !== 0) runTicks();
    };

    forgetImmediate = (immediate) => {
      if (immediate.#entry !== undefined) context.track.destroy(immediate.#entry);
    };
  }
}

function setImmediate(callback, arg) {
  checkCallback(callback);
  let args;
  if (arguments.length > 1) args = arguments.length === 2 ? [arg] : Array.prototype.slice.call(arguments, 1);
  return new Immediate(callback, args);
}

function clearImmediate(immediate) {
  if (!(immediate instanceof Immediate) || immediate._destroyed) return;
  if (immediate.hasRef() && --turn[IMMEDIATE_REFS] === 0) binding.immediatesChanged();
  immediate._destroyed = true;
  immediate._onImmediate = null;
  forgetImmediate(immediate);
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
  value: { Timeout, Immediate, active: () => ({ timeouts: refs, immediates: turn[IMMEDIATE_REFS] }), unrefTimeout: (callback, after) => new Timeout(callback, after, undefined, false, false) },
});
