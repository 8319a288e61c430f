'use strict';
// Order as in Node: after every callback the nextTick queue, then promises, until both are empty.
// The engine runs promise jobs whenever a call from C returns, so every callback comes in through
// `dispatch`, which empties the tick queue before it returns.

const { turn } = require('internal/builtin');
const HAS_TICKS = 0, HAS_REJECTIONS = 1, EXITING = 5;

// What AsyncLocalStorage stores in: the frame in force now. Captured with every callback.
const context = require('internal/async_context');

let queue = [];
let head = 0;

class Tick {
  constructor(callback, args, frame) {
    this.callback = callback;
    this.args = args;
    this.frame = frame;
    this.entry = context.track === undefined ? undefined : context.track.init('TickObject', this);
  }
}

function nextTick(callback) {
  if (typeof callback !== 'function') {
    const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
    throw new ERR_INVALID_ARG_TYPE('callback', 'Function', callback);
  }
  if (turn[EXITING] !== 0) return;
  let args;
  const count = arguments.length;
  if (count > 1) {
    args = new Array(count - 1);
    for (let i = 1; i < count; i++) args[i - 1] = arguments[i];
  }
  queue.push(new Tick(callback, args, context.frame));
  turn[HAS_TICKS] = 1;
}

function fatal(error) {
  require('internal/fatal').uncaught(error);
}

function runTicks() {
  while (head < queue.length) {
    const tick = queue[head];
    queue[head++] = undefined;
    if (head === 4096) {
      queue.splice(0, head);
      head = 0;
    }
    context.frame = tick.frame;
    const { entry } = tick;
    if (entry !== undefined) context.track.before(entry);
    try {
      const { callback, args } = tick;
      if (args === undefined) callback();
      else if (args.length === 1) callback(args[0]);
      else if (args.length === 2) callback(args[0], args[1]);
      else callback(...args);
    } catch (error) {
      fatal(error);
    }
    if (entry !== undefined) {
      context.track.after(entry);
      context.track.destroy(entry);
    }
    if (turn[EXITING] !== 0) return;
    // Promise jobs of this tick have to see its frame: let them run before a tick that has another.
    if (context.inUse && head < queue.length && queue[head].frame !== tick.frame) return;
  }
  queue.length = 0;
  head = 0;
  if (turn[HAS_REJECTIONS] !== 0 && turn[HAS_TICKS] === 0) {
    turn[HAS_REJECTIONS] = 0;
    require('internal/rejections').report();
    if (queue.length !== 0) return;
  }
  turn[HAS_TICKS] = 0;
}

// C calls this as dispatch(callback, self, ...args).
function dispatch(callback, self) {
  try {
    switch (arguments.length) {
      case 2: callback.call(self); break;
      case 3: callback.call(self, arguments[2]); break;
      case 4: callback.call(self, arguments[2], arguments[3]); break;
      case 5: callback.call(self, arguments[2], arguments[3], arguments[4]); break;
      default: Reflect.apply(callback, self, Array.prototype.slice.call(arguments, 2));
    }
  } catch (error) {
    fatal(error);
  }
  if (turn[HAS_TICKS] !== 0) runTicks();
}

let resolved;
const then = Promise.prototype.then;

function queueMicrotask(callback) {
  if (typeof callback !== 'function') {
    const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
    throw new ERR_INVALID_ARG_TYPE('callback', 'Function', callback);
  }
  const frame = context.frame;
  then.call(resolved ??= Promise.resolve(), () => {
    context.frame = frame;
    try {
      callback();
    } catch (error) {
      fatal(error);
    }
  });
}

module.exports = { nextTick, runTicks, dispatch, queueMicrotask };
