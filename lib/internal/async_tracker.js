'use strict';
// Numbers for asynchronous work, for async_hooks: who is running, who started it. Nothing is counted
// until a program asks for it, and only what can be seen from here has numbers.

const context = require('internal/async_context');

class Entry {
  constructor(id, trigger, type, resource) {
    this.id = id;
    this.trigger = trigger;
    this.type = type;
    this.resource = resource;
    this.destroyed = false;
  }
}

const top = new Entry(1, 0, 'Bootstrap', {});
const idle = new Entry(0, 0, 'Idle', top.resource);
let current = top;
let lastId = 1;
const stack = [];
let hooks = []; // enabled ones; replaced, never changed, so that emitting is safe against changes
let destroyQueue = [];

function emit(event, ...args) {
  for (const hook of hooks) {
    const callback = hook[event];
    if (callback === undefined) continue;
    try {
      callback.apply(hook, args);
    } catch (error) {
      fatal(error);
    }
  }
}

// A hook that throws ends the program: there is no sane state to go on from.
function fatal(error) {
  const text = typeof error === 'object' && error !== null ? (error.stack ?? `${error}`) : `Error: ${String(error)}`;
  internalBinding('stdio').writeSync(2, `${text}\n`);
  process.exitCode = 1;
  process._exiting = true;
  try {
    process.emit('exit', 1);
  } catch {
    // It ends anyway.
  }
  process.reallyExit(1);
}

const track = {
  get current() { return current; },
  hooks: () => hooks,

  enable(hook) {
    if (!hooks.includes(hook)) hooks = [...hooks, hook];
  },
  disable(hook) { hooks = hooks.filter((one) => one !== hook); },
  wants: (event) => hooks.some((hook) => hook[event] !== undefined),

  newId: () => ++lastId,

  init(type, resource, trigger = current.id) {
    const entry = new Entry(++lastId, trigger, type, resource);
    if (hooks.length !== 0) emit('init', entry.id, type, trigger, resource);
    return entry;
  },

  before(entry) {
    stack.push(current);
    current = entry;
    if (hooks.length !== 0) emit('before', entry.id);
  },

  after(entry) {
    if (hooks.length !== 0) emit('after', entry.id);
    current = stack.pop() ?? idle;
  },

  // An error left a callback: nothing is running any more.
  unwind() {
    while (stack.length > 0) track.after(current);
  },

  destroy(entry) {
    if (entry.destroyed) return;
    entry.destroyed = true;
    track.destroyId(entry.id);
  },

  destroyId(id) {
    if (!track.wants('destroy')) return;
    destroyQueue.push(id);
    if (destroyQueue.length === 1) {
      const { setImmediate } = require('timers');
      const kept = context.track;
      context.track = undefined; // its own immediate is not the program's
      setImmediate(() => {
        const ids = destroyQueue;
        destroyQueue = [];
        for (const one of ids) emit('destroy', one);
      }).unref();
      context.track = kept;
    }
  },

  promiseResolve(id) { emit('promiseResolve', id); },
};

// From now on everything has a number.
function start() {
  context.track ??= track;
  return track;
}

// The main script is running, or a callback: outside of both there is nobody.
function leaveTop() { if (stack.length === 0) current = idle; }

module.exports = { start, track, leaveTop };
