'use strict';

// Emitters: nearly every object that a server touches is one, so `emit` and `on` are written for the compiler first.
// Everything that only some programs use (once, on, event targets, async resources) is loaded when it is first asked for.

// Most programs misuse nothing.
const errors = () => require('internal/errors');
const validators = () => require('internal/validators');

const kKeepsShape = Symbol.for('galley.events.keepsShape');
const kCapture = Symbol('kCapture');
const kErrorMonitor = Symbol('events.errorMonitor');
const kRejection = Symbol.for('nodejs.rejection');
const kIsEventTarget = Symbol.for('nodejs.event_target');
const { kMaxEventTargetListeners, kMaxEventTargetListenersWarned } = require('internal/target_limits');
const kWatermarkData = Symbol.for('nodejs.watermarkData');

let defaultMaxListeners = 10;

function inspect(value, options) {
  return require('internal/util/inspect').inspect(value, options);
}

function EventEmitter(options) {
  EventEmitter.init.call(this, options);
}

EventEmitter.prototype._events = undefined;
EventEmitter.prototype._eventsCount = 0;
EventEmitter.prototype._maxListeners = undefined;

EventEmitter.init = function init(options) {
  if (this._events === undefined || this._events === Object.getPrototypeOf(this)._events) {
    this._events = Object.create(null);
    this._eventsCount = 0;
  }
  this._maxListeners = this._maxListeners || undefined;
  if (options?.captureRejections) {
    validators().validateBoolean(options.captureRejections, 'options.captureRejections');
    this[kCapture] = true;
  } else {
    this[kCapture] = EventEmitter.prototype[kCapture];
  }
};

function checkListener(listener) {
  if (typeof listener !== 'function') validators().validateFunction(listener, 'listener');
}

EventEmitter.prototype.setMaxListeners = function setMaxListeners(n) {
  validators().validateNumber(n, 'setMaxListeners', 0);
  this._maxListeners = n;
  return this;
};

function maxListenersOf(emitter) {
  return emitter._maxListeners === undefined ? defaultMaxListeners : emitter._maxListeners;
}

EventEmitter.prototype.getMaxListeners = function getMaxListeners() {
  return maxListenersOf(this);
};

function reportRejection(emitter, error, type, args) {
  if (typeof emitter[kRejection] === 'function') {
    emitter[kRejection](error, type, ...args);
    return;
  }
  const previous = emitter[kCapture];
  try {
    emitter[kCapture] = false;
    emitter.emit('error', error);
  } finally {
    emitter[kCapture] = previous;
  }
}

function watchRejection(emitter, result, type, args) {
  try {
    const { then } = result;
    if (typeof then === 'function') {
      then.call(result, undefined, (error) => {
        process.nextTick(reportRejection, emitter, error, type, args);
      });
    }
  } catch (error) {
    emitter.emit('error', error);
  }
}

// What an 'error' event does before its listeners run: it is thrown if there are none.
function prepareError(emitter, events, args) {
  if (events !== undefined) {
    if (events[kErrorMonitor] !== undefined)
      emitter.emit(kErrorMonitor, ...args);
    if (events.error !== undefined)
      return;
  }
  const error = args[0];
  if (error instanceof Error) {
    const owner = emitter.constructor?.name;
    describeEmission(error, owner && owner !== 'EventEmitter' ? ` on ${owner} instance` : '', emitter);
    throw error;
  }
  let shown;
  try {
    shown = inspect(error);
  } catch {
    shown = error;
  }
  const unhandled = new (errors().codes.ERR_UNHANDLED_ERROR)(shown);
  unhandled.context = error;
  throw unhandled;
}

// An uncaught 'error' prints where it was emitted, too; the printer asks for that through this symbol.
const kEmission = Symbol.for('galley.emission');
function describeEmission(error, owner, emitter) {
  if (Error.stackTraceLimit === 0 || typeof Error.captureStackTrace !== 'function' || !Object.isExtensible(error))
    return;
  const capture = {};
  Error.captureStackTrace(capture, EventEmitter.prototype.emit);
  Object.defineProperty(error, kEmission, {
    __proto__: null,
    value: () => `Emitted 'error' event${owner} at:\n${String(capture.stack).split('\n').slice(1).join('\n')}`,
    configurable: true,
    enumerable: false,
    writable: true,
  });
}

// Lists shorter than this are never changed in place, so that emitting needs no copy of them; longer ones are copied before they are run.
const longList = 32;

// One call per number of arguments: the engine inlines these, and never builds an array for the events that servers emit by the million.
EventEmitter.prototype.emit = function emit(type) {
  const events = this._events;
  if (type === 'error')
    prepareError(this, events, Array.prototype.slice.call(arguments, 1));
  if (events === undefined)
    return false;
  const handler = events[type];
  if (handler === undefined)
    return false;
  const argumentCount = arguments.length;
  let result;
  if (typeof handler === 'function') {
    switch (argumentCount) {
      case 1:
        result = handler.call(this);
        break;
      case 2:
        result = handler.call(this, arguments[1]);
        break;
      case 3:
        result = handler.call(this, arguments[1], arguments[2]);
        break;
      case 4:
        result = handler.call(this, arguments[1], arguments[2], arguments[3]);
        break;
      default:
        result = handler.apply(this, Array.prototype.slice.call(arguments, 1));
    }
    if (result !== undefined && result !== null && this[kCapture] === true)
      watchRejection(this, result, type, Array.prototype.slice.call(arguments, 1));
    return true;
  }
  const listeners = handler.length < longList ? handler : handler.slice();
  const { length } = listeners;
  for (let i = 0; i < length; i++) {
    const listener = listeners[i];
    switch (argumentCount) {
      case 1:
        result = listener.call(this);
        break;
      case 2:
        result = listener.call(this, arguments[1]);
        break;
      case 3:
        result = listener.call(this, arguments[1], arguments[2]);
        break;
      case 4:
        result = listener.call(this, arguments[1], arguments[2], arguments[3]);
        break;
      default:
        result = listener.apply(this, Array.prototype.slice.call(arguments, 1));
    }
    if (result !== undefined && result !== null && this[kCapture] === true)
      watchRejection(this, result, type, Array.prototype.slice.call(arguments, 1));
  }
  return true;
};

function warnOfLeak(emitter, type, existing, max) {
  existing.warned = true;
  const warning = new Error(
    `Possible EventEmitter memory leak detected. ${existing.length} ${String(type)} listeners added to ${
      inspect(emitter, { depth: -1 })}. MaxListeners is ${max}. Use emitter.setMaxListeners() to increase limit`);
  warning.name = 'MaxListenersExceededWarning';
  warning.emitter = emitter;
  warning.type = type;
  warning.count = existing.length;
  process.emitWarning(warning);
}

function listWith(events, type, list, listener, prepend) {
  if (list.length >= longList) {
    if (prepend)
      list.unshift(listener);
    else
      list.push(listener);
    return list;
  }
  const longer = prepend ? [listener, ...list] : [...list, listener];
  if (list.warned)
    longer.warned = true;
  events[type] = longer;
  return longer;
}

function listWithout(events, type, list, position) {
  if (list.length >= longList) {
    if (position === 0)
      list.shift();
    else
      list.splice(position, 1);
    return;
  }
  const shorter = list.toSpliced(position, 1);
  if (list.warned)
    shorter.warned = true;
  events[type] = shorter;
}

function listenerAdd(emitter, type, listener, prepend) {
  checkListener(listener);
  let events = emitter._events;
  if (events === undefined) {
    events = emitter._events = Object.create(null);
    emitter._eventsCount = 0;
  } else if (events.newListener !== undefined) {
    emitter.emit('newListener', type, listener.listener ?? listener);
    events = emitter._events;
  }
  const existing = events[type];
  if (existing === undefined) {
    events[type] = listener;
    ++emitter._eventsCount;
    return emitter;
  }
  let list = existing;
  if (typeof existing === 'function')
    list = events[type] = prepend ? [listener, existing] : [existing, listener];
  else
    list = listWith(events, type, existing, listener, prepend);
  const max = maxListenersOf(emitter);
  if (max > 0 && list.length > max && !list.warned)
    warnOfLeak(emitter, type, list, max);
  return emitter;
}

EventEmitter.prototype.addListener = function addListener(type, listener) {
  return listenerAdd(this, type, listener, false);
};
EventEmitter.prototype.on = EventEmitter.prototype.addListener;

EventEmitter.prototype.prependListener = function prependListener(type, listener) {
  return listenerAdd(this, type, listener, true);
};

function onceListener(emitter, type, listener) {
  checkListener(listener);
  let fired = false;
  function once(...args) {
    if (fired)
      return undefined;
    emitter.removeListener(type, once);
    fired = true;
    return listener.apply(emitter, args);
  }
  once.listener = listener;
  return once;
}

EventEmitter.prototype.once = function once(type, listener) {
  return this.on(type, onceListener(this, type, listener));
};

EventEmitter.prototype.prependOnceListener = function prependOnceListener(type, listener) {
  return this.prependListener(type, onceListener(this, type, listener));
};

// Streams list the events they all have from the start and keep the shape of that list.
function eventForget(emitter, events, type) {
  if (emitter[kKeepsShape])
    events[type] = undefined;
  else if (emitter._eventsCount === 0)
    emitter._events = Object.create(null);
  else
    delete events[type];
}

EventEmitter.prototype.removeListener = function removeListener(type, listener) {
  checkListener(listener);
  const events = this._events;
  if (events === undefined)
    return this;
  const list = events[type];
  if (list === undefined)
    return this;
  if (list === listener || list.listener === listener) {
    --this._eventsCount;
    eventForget(this, events, type);
    if (events.removeListener !== undefined)
      this.emit('removeListener', type, list.listener || listener);
    return this;
  }
  if (typeof list === 'function')
    return this;
  let position = list.length - 1;
  while (position >= 0 && list[position] !== listener && list[position].listener !== listener)
    position--;
  if (position < 0)
    return this;
  if (list.length === 2)
    events[type] = list[1 - position];
  else
    listWithout(events, type, list, position);
  if (events.removeListener !== undefined)
    this.emit('removeListener', type, listener);
  return this;
};
EventEmitter.prototype.off = EventEmitter.prototype.removeListener;

EventEmitter.prototype.removeAllListeners = function removeAllListeners(type) {
  const events = this._events;
  if (events === undefined)
    return this;
  if (events.removeListener === undefined) {
    if (arguments.length === 0) {
      this._events = Object.create(null);
      this._eventsCount = 0;
    } else if (events[type] !== undefined) {
      --this._eventsCount;
      eventForget(this, events, type);
    }
    return this;
  }
  if (arguments.length === 0) {
    for (const key of Reflect.ownKeys(events)) {
      if (key !== 'removeListener')
        this.removeAllListeners(key);
    }
    this.removeAllListeners('removeListener');
    this._events = Object.create(null);
    this._eventsCount = 0;
    return this;
  }
  const listeners = events[type];
  if (typeof listeners === 'function') {
    this.removeListener(type, listeners);
  } else if (listeners !== undefined) {
    for (let i = listeners.length - 1; i >= 0; i--)
      this.removeListener(type, listeners[i]);
  }
  return this;
};

function listenersOf(emitter, type, unwrap) {
  const list = emitter._events?.[type];
  if (list === undefined)
    return [];
  if (typeof list === 'function')
    return unwrap ? [list.listener || list] : [list];
  return unwrap ? list.map((listener) => listener.listener || listener) : list.slice();
}

EventEmitter.prototype.listeners = function listeners(type) {
  return listenersOf(this, type, true);
};

EventEmitter.prototype.rawListeners = function rawListeners(type) {
  return listenersOf(this, type, false);
};

EventEmitter.prototype.listenerCount = function listenerCount(type, listener) {
  const list = this._events?.[type];
  if (list === undefined)
    return 0;
  if (typeof list === 'function')
    return listener == null || list === listener || list.listener === listener ? 1 : 0;
  if (listener == null)
    return list.length;
  let count = 0;
  for (const each of list) {
    if (each === listener || each.listener === listener)
      count++;
  }
  return count;
};

EventEmitter.prototype.eventNames = function eventNames() {
  if (this._eventsCount === 0)
    return [];
  const names = Reflect.ownKeys(this._events);
  return this[kKeepsShape] ? names.filter((name) => this._events[name] !== undefined) : names;
};

function isEventTarget(value) {
  return Boolean(value?.constructor?.[kIsEventTarget]);
}

function getEventListeners(emitterOrTarget, type) {
  if (typeof emitterOrTarget?.listeners === 'function')
    return emitterOrTarget.listeners(type);
  if (isEventTarget(emitterOrTarget))
    return require('internal/event_target').listenersOf(emitterOrTarget, type);
  throw new (errors().codes.ERR_INVALID_ARG_TYPE)('emitter', ['EventEmitter', 'EventTarget'], emitterOrTarget);
}

function getMaxListeners(emitterOrTarget) {
  if (typeof emitterOrTarget?.getMaxListeners === 'function')
    return maxListenersOf(emitterOrTarget);
  if (emitterOrTarget?.[kMaxEventTargetListeners] !== undefined)
    return emitterOrTarget[kMaxEventTargetListeners];
  if (isEventTarget(emitterOrTarget))
    return defaultMaxListeners;
  throw new (errors().codes.ERR_INVALID_ARG_TYPE)('emitter', ['EventEmitter', 'EventTarget'], emitterOrTarget);
}

function setMaxListeners(n = defaultMaxListeners, ...eventTargets) {
  validators().validateNumber(n, 'setMaxListeners', 0);
  if (eventTargets.length === 0) {
    defaultMaxListeners = n;
    return;
  }
  for (const target of eventTargets) {
    if (isEventTarget(target)) {
      target[kMaxEventTargetListeners] = n;
      target[kMaxEventTargetListenersWarned] = false;
    } else if (typeof target?.setMaxListeners === 'function') {
      target.setMaxListeners(n);
    } else {
      throw new (errors().codes.ERR_INVALID_ARG_TYPE)('eventTargets', ['EventEmitter', 'EventTarget'], target);
    }
  }
}

function listenerCount(emitterOrTarget, type) {
  if (typeof emitterOrTarget?.listenerCount === 'function')
    return emitterOrTarget.listenerCount(type);
  if (isEventTarget(emitterOrTarget))
    return require('internal/event_target').listenerCountOf(emitterOrTarget, type);
  throw new (errors().codes.ERR_INVALID_ARG_TYPE)('emitter', ['EventEmitter', 'EventTarget'], emitterOrTarget);
}

function addAbortListener(signal, listener) {
  return require('internal/events/abort_listener').addAbortListener(signal, listener);
}

function agnosticAdd(emitter, type, listener, flags) {
  if (typeof emitter?.on === 'function') {
    if (flags?.once)
      emitter.once(type, listener);
    else
      emitter.on(type, listener);
  } else if (typeof emitter?.addEventListener === 'function') {
    emitter.addEventListener(type, listener, flags);
  } else {
    throw new (errors().codes.ERR_INVALID_ARG_TYPE)('emitter', 'EventEmitter', emitter);
  }
}

function agnosticRemove(emitter, type, listener, flags) {
  if (typeof emitter.removeListener === 'function')
    emitter.removeListener(type, listener);
  else if (typeof emitter.removeEventListener === 'function')
    emitter.removeEventListener(type, listener, flags);
  else
    throw new (errors().codes.ERR_INVALID_ARG_TYPE)('emitter', 'EventEmitter', emitter);
}

async function once(emitter, type, options = {}) {
  validators().validateObject(options, 'options');
  const { signal } = options;
  validators().validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted)
    throw new (errors().AbortError)(undefined, { cause: signal.reason });
  const resist = signal !== undefined || isEventTarget(emitter) ?
    { [require('internal/event_target').kResistStopPropagation]: true } : undefined;
  return new Promise((resolve, reject) => {
    const onError = (error) => {
      emitter.removeListener(type, onEvent);
      if (signal != null)
        agnosticRemove(signal, 'abort', onAbort);
      reject(error);
    };
    const onEvent = (...args) => {
      if (typeof emitter.removeListener === 'function')
        emitter.removeListener('error', onError);
      if (signal != null)
        agnosticRemove(signal, 'abort', onAbort);
      resolve(args);
    };
    function onAbort() {
      agnosticRemove(emitter, type, onEvent);
      agnosticRemove(emitter, 'error', onError);
      reject(new (errors().AbortError)(undefined, { cause: signal?.reason }));
    }
    agnosticAdd(emitter, type, onEvent, { __proto__: null, once: true, ...resist });
    if (type !== 'error' && typeof emitter.once === 'function')
      emitter.once('error', onError);
    if (signal != null)
      agnosticAdd(signal, 'abort', onAbort, { __proto__: null, once: true, ...resist });
  });
}

function on(emitter, type, options = {}) {
  validators().validateObject(options, 'options');
  return require('internal/events/iterator').eventIterator(emitter, type, options);
}

EventEmitter.prototype[kCapture] = false;
Object.defineProperty(EventEmitter.prototype, kCapture,
                      { __proto__: null, value: false, writable: true, enumerable: false });

let asyncResourceEmitter;

module.exports = EventEmitter;
EventEmitter.addAbortListener = addAbortListener;
EventEmitter.once = once;
EventEmitter.on = on;
EventEmitter.getEventListeners = getEventListeners;
EventEmitter.getMaxListeners = getMaxListeners;
EventEmitter.EventEmitter = EventEmitter;
EventEmitter.usingDomains = false;
EventEmitter.captureRejectionSymbol = kRejection;
EventEmitter.errorMonitor = kErrorMonitor;
EventEmitter.setMaxListeners = setMaxListeners;
EventEmitter.listenerCount = listenerCount;
Object.defineProperties(EventEmitter, {
  captureRejections: {
    __proto__: null,
    get() { return EventEmitter.prototype[kCapture]; },
    set(value) {
      validators().validateBoolean(value, 'EventEmitter.captureRejections');
      EventEmitter.prototype[kCapture] = value;
    },
    configurable: true,
    enumerable: true,
  },
  defaultMaxListeners: {
    __proto__: null,
    get() { return defaultMaxListeners; },
    set(value) {
      validators().validateNumber(value, 'defaultMaxListeners', 0);
      defaultMaxListeners = value;
    },
    enumerable: true,
  },
  EventEmitterAsyncResource: {
    __proto__: null,
    get() {
      asyncResourceEmitter ??= require('internal/events/async_resource');
      return asyncResourceEmitter;
    },
    set: undefined,
    configurable: true,
    enumerable: true,
  },
  kMaxEventTargetListeners: { __proto__: null, value: kMaxEventTargetListeners, enumerable: false },
  kMaxEventTargetListenersWarned: { __proto__: null, value: kMaxEventTargetListenersWarned, enumerable: false },
  kWatermarkData: { __proto__: null, value: kWatermarkData, enumerable: false },
  kEmission: { __proto__: null, value: kEmission, enumerable: false },
});
Object.defineProperty(EventEmitter, 'internals', {
  __proto__: null,
  value: { agnosticAdd, agnosticRemove, isEventTarget },
  enumerable: false,
});
