'use strict';

// The web's events: Event, CustomEvent and EventTarget, and the target with Node's method names that ports and workers are.

const { loaded } = require('internal/builtin');
const { kMaxEventTargetListeners, kMaxEventTargetListenersWarned } = require('internal/target_limits');
const codes = require('internal/codes');

const kIsEventTarget = Symbol.for('nodejs.event_target');
const kIsNodeEventTarget = Symbol('kIsNodeEventTarget');
const kEvents = Symbol('kEvents');
const kHandlers = Symbol('kHandlers');
const kCreateEvent = Symbol('kCreateEvent');
const kNewListener = Symbol('kNewListener');
const kRemoveListener = Symbol('kRemoveListener');
const kIsNodeStyleListener = Symbol('kIsNodeStyleListener');
const kTrustEvent = Symbol('kTrustEvent');
const kWeakHandler = Symbol('kWeak');
const kResistStopPropagation = Symbol('kResistStopPropagation');
const kHybridDispatch = Symbol.for('nodejs.internal.kHybridDispatch');

const kType = Symbol('type');
const kDetail = Symbol('detail');
const kTarget = Symbol('kTarget');
const kStop = Symbol('kStop');
const kPropagationStopped = Symbol('kPropagationStopped');
const kDefaultPrevented = Symbol('kDefaultPrevented');
const kIsBeingDispatched = Symbol('kIsBeingDispatched');
const kCancelable = Symbol('kCancelable');
const kIsPassive = Symbol('kIsPassive');
const kBubbles = Symbol('kBubbles');
const kComposed = Symbol('kComposed');
const kTimestamp = Symbol('kTimestamp');
const kTrusted = Symbol('kTrusted');

const inspectCustom = Symbol.for('nodejs.util.inspect.custom');

function now() {
  return globalThis.performance.now();
}

function inspect(value, options) {
  return require('internal/util/inspect').inspect(value, options);
}

function isEvent(value) {
  return typeof value === 'object' && value !== null && typeof value[kType] === 'string';
}

function checkEvent(value) {
  if (!isEvent(value))
    throw new codes.ERR_INVALID_THIS('Event');
}

function checkOptions(options) {
  if (options === null || (typeof options !== 'object' && typeof options !== 'function'))
    throw new codes.ERR_INVALID_ARG_TYPE('options', 'Object', options);
}

const isTrusted = {
  __proto__: null,
  get: { get isTrusted() {
    checkEvent(this);
    return this[kTrusted];
  } },
  enumerable: true,
  configurable: false,
};
isTrusted.get = Object.getOwnPropertyDescriptor(isTrusted.get, 'isTrusted').get;

class Event {
  constructor(type, options = undefined) {
    if (arguments.length === 0)
      throw new codes.ERR_MISSING_ARGS('type');
    if (options != null)
      checkOptions(options);
    this[kBubbles] = Boolean(options?.bubbles);
    this[kCancelable] = Boolean(options?.cancelable);
    this[kComposed] = Boolean(options?.composed);
    this[kType] = `${type}`;
    this[kTrusted] = Boolean(options?.[kTrustEvent]);
    this[kTarget] = null;
    this[kIsBeingDispatched] = false;
    this[kDefaultPrevented] = false;
    this[kStop] = false;
    this[kPropagationStopped] = false;
    this[kTimestamp] = now();
  }

  initEvent(type, bubbles = false, cancelable = false) {
    if (arguments.length === 0)
      throw new codes.ERR_MISSING_ARGS('type');
    if (this[kIsBeingDispatched])
      return;
    this[kType] = `${type}`;
    this[kBubbles] = Boolean(bubbles);
    this[kCancelable] = Boolean(cancelable);
  }

  [inspectCustom](depth, options) {
    checkEvent(this);
    const { name } = this.constructor;
    if (depth < 0)
      return name;
    const nested = { ...options, depth: Number.isInteger(options.depth) ? options.depth - 1 : options.depth };
    return `${name} ${inspect({
      type: this[kType],
      defaultPrevented: this[kDefaultPrevented],
      cancelable: this[kCancelable],
      timeStamp: this[kTimestamp],
    }, nested)}`;
  }

  stopImmediatePropagation() {
    checkEvent(this);
    // Stopping at once stops the rest, too.
    this[kPropagationStopped] = true;
    this[kStop] = true;
  }

  preventDefault() {
    checkEvent(this);
    if (this[kCancelable] && this[kIsPassive] !== true)
      this[kDefaultPrevented] = true;
  }

  get target() {
    checkEvent(this);
    return this[kTarget];
  }

  get currentTarget() {
    checkEvent(this);
    return this[kIsBeingDispatched] ? this[kTarget] : null;
  }

  get srcElement() {
    checkEvent(this);
    return this[kTarget];
  }

  get type() {
    checkEvent(this);
    return this[kType];
  }

  get cancelable() {
    checkEvent(this);
    return this[kCancelable];
  }

  get defaultPrevented() {
    checkEvent(this);
    return this[kCancelable] && this[kDefaultPrevented];
  }

  get timeStamp() {
    checkEvent(this);
    return this[kTimestamp];
  }

  composedPath() {
    checkEvent(this);
    return this[kIsBeingDispatched] ? [this[kTarget]] : [];
  }

  get returnValue() {
    checkEvent(this);
    return !this[kCancelable] || !this[kDefaultPrevented];
  }

  get bubbles() {
    checkEvent(this);
    return this[kBubbles];
  }

  get composed() {
    checkEvent(this);
    return this[kComposed];
  }

  get eventPhase() {
    checkEvent(this);
    return this[kIsBeingDispatched] ? Event.AT_TARGET : Event.NONE;
  }

  get cancelBubble() {
    checkEvent(this);
    return this[kPropagationStopped];
  }

  set cancelBubble(value) {
    checkEvent(this);
    if (value)
      this.stopPropagation();
  }

  stopPropagation() {
    checkEvent(this);
    this[kPropagationStopped] = true;
  }
}

function enumerableOnly(prototype, names) {
  for (const name of names)
    Object.defineProperty(prototype, name, { __proto__: null, enumerable: true });
}

function tagged(prototype, tag) {
  Object.defineProperty(prototype, Symbol.toStringTag,
                        { __proto__: null, writable: false, enumerable: false, configurable: true, value: tag });
}

tagged(Event.prototype, 'Event');
Object.defineProperty(Event.prototype, 'isTrusted', isTrusted);
enumerableOnly(Event.prototype, [
  'initEvent', 'stopImmediatePropagation', 'preventDefault', 'target', 'currentTarget', 'srcElement', 'type', 'cancelable',
  'defaultPrevented', 'timeStamp', 'composedPath', 'returnValue', 'bubbles', 'composed', 'eventPhase', 'cancelBubble',
  'stopPropagation',
]);
for (const [phase, name] of ['NONE', 'CAPTURING_PHASE', 'AT_TARGET', 'BUBBLING_PHASE'].entries()) {
  const constant = { __proto__: null, value: phase, enumerable: true };
  Object.defineProperty(Event, name, constant);
  Object.defineProperty(Event.prototype, name, constant);
}

class CustomEvent extends Event {
  constructor(type, options) {
    if (arguments.length === 0)
      throw new codes.ERR_MISSING_ARGS('type');
    super(type, options);
    this[kDetail] = options?.detail ?? null;
  }

  get detail() {
    if (!(kDetail in this))
      throw new codes.ERR_INVALID_THIS('CustomEvent');
    return this[kDetail];
  }
}
tagged(CustomEvent.prototype, 'CustomEvent');
enumerableOnly(CustomEvent.prototype, ['detail']);

// Listeners of one type form a list in the order of their adding; a removed one is only marked, so that a dispatch under way can go on.
class Listener {
  constructor(eventTarget, root, listener, options) {
    this.next = undefined;
    this.previous = undefined;
    for (let last = root; last !== undefined; last = last.next)
      this.previous = last;
    this.previous.next = this;
    this.once = options.once;
    this.capture = options.capture;
    this.passive = options.passive;
    this.isNodeStyle = options.isNodeStyle;
    this.resistsStop = options.resistsStop;
    this.removed = false;
    this.weak = options.weak !== undefined;
    if (this.weak) {
      this.listener = new WeakRef(listener);
      keepWith(options.weak, listener);
    } else {
      this.listener = listener;
    }
  }

  target() {
    return this.weak ? this.listener.deref() : this.listener;
  }

  same(listener, capture) {
    return this.target() === listener && this.capture === capture;
  }

  remove() {
    this.previous.next = this.next;
    if (this.next !== undefined)
      this.next.previous = this.previous;
    this.removed = true;
  }
}

// A weak listener lives as long as the object it belongs to.
const belongings = new WeakMap();
function keepWith(owner, listener) {
  const kept = belongings.get(owner);
  if (kept === undefined)
    belongings.set(owner, new Set([listener]));
  else
    kept.add(listener);
}

function initEventTarget(self) {
  self[kEvents] = new Map();
  self[kMaxEventTargetListeners] = loaded('events')?.defaultMaxListeners ?? 10;
  self[kMaxEventTargetListenersWarned] = false;
  self[kHandlers] = undefined;
}

const noOptions = Object.freeze({
  once: false, capture: false, passive: false, signal: undefined, weak: undefined, isNodeStyle: false, resistsStop: false,
});

function listenerOptions(options) {
  if (options === undefined || options === null)
    return noOptions;
  if (typeof options === 'boolean')
    return options ? { ...noOptions, capture: true } : noOptions;
  checkOptions(options);
  return {
    once: Boolean(options.once),
    capture: Boolean(options.capture),
    passive: Boolean(options.passive),
    signal: options.signal,
    weak: options[kWeakHandler],
    isNodeStyle: Boolean(options[kIsNodeStyleListener]),
    resistsStop: Boolean(options[kResistStopPropagation]),
  };
}

function isListener(listener) {
  if (typeof listener === 'function' || typeof listener?.handleEvent === 'function')
    return true;
  if (listener == null)
    return false;
  if (typeof listener === 'object')
    return true;
  throw new codes.ERR_INVALID_ARG_TYPE('listener', 'EventListener', listener);
}

function checkTarget(value) {
  if (!isEventTarget(value))
    throw new codes.ERR_INVALID_THIS('EventTarget');
}

function throwLater(error) {
  process.nextTick(() => { throw error; });
}

class EventTarget {
  static [kIsEventTarget] = true;

  constructor() {
    initEventTarget(this);
  }

  [kNewListener](size, type) {
    const max = this[kMaxEventTargetListeners];
    if (max > 0 && size > max && !this[kMaxEventTargetListenersWarned]) {
      this[kMaxEventTargetListenersWarned] = true;
      const warning = new Error(
        `Possible EventTarget memory leak detected. ${size} ${type} listeners added to ${
          inspect(this, { depth: -1 })}. MaxListeners is ${max}. Use events.setMaxListeners() to increase limit`);
      warning.name = 'MaxListenersExceededWarning';
      warning.target = this;
      warning.type = type;
      warning.count = size;
      process.emitWarning(warning);
    }
  }

  [kRemoveListener]() {}

  addEventListener(type, listener, options = undefined) {
    checkTarget(this);
    if (arguments.length < 2)
      throw new codes.ERR_MISSING_ARGS('type', 'listener');
    const chosen = listenerOptions(options);
    const { signal } = chosen;
    if (signal !== undefined)
      require('internal/validators').validateAbortSignal(signal, 'options.signal');
    if (!isListener(listener)) {
      const warning = new Error(`addEventListener called with ${listener} which has no effect.`);
      warning.name = 'AddEventListenerArgumentTypeWarning';
      warning.target = this;
      warning.type = type;
      process.emitWarning(warning);
      return;
    }
    type = `${type}`;
    if (signal !== undefined) {
      if (signal.aborted)
        return;
      signal.addEventListener('abort', () => {
        this.removeEventListener(type, listener, options);
      }, { __proto__: null, once: true, [kWeakHandler]: this, [kResistStopPropagation]: true });
    }
    let root = this[kEvents].get(type);
    if (root === undefined) {
      root = { size: 0, next: undefined };
      this[kEvents].set(type, root);
    }
    for (let each = root.next; each !== undefined; each = each.next) {
      if (each.same(listener, chosen.capture))
        return;
    }
    new Listener(this, root, listener, chosen);
    root.size++;
    this[kNewListener](root.size, type, listener, chosen.once, chosen.capture, chosen.passive, chosen.weak);
  }

  removeEventListener(type, listener, options = undefined) {
    checkTarget(this);
    if (arguments.length < 2)
      throw new codes.ERR_MISSING_ARGS('type', 'listener');
    if (!isListener(listener))
      return;
    type = `${type}`;
    const capture = Boolean(typeof options === 'boolean' ? options : options?.capture);
    const root = this[kEvents].get(type);
    for (let each = root?.next; each !== undefined; each = each.next) {
      if (each.same(listener, capture)) {
        each.remove();
        root.size--;
        if (root.size === 0)
          this[kEvents].delete(type);
        this[kRemoveListener](root.size, type, listener, capture);
        return;
      }
    }
  }

  dispatchEvent(event) {
    checkTarget(this);
    if (arguments.length < 1)
      throw new codes.ERR_MISSING_ARGS('event');
    if (!isEvent(event))
      throw new codes.ERR_INVALID_ARG_TYPE('event', 'Event', event);
    if (event[kIsBeingDispatched])
      throw new codes.ERR_EVENT_RECURSION(event.type);
    this[kHybridDispatch](event, event.type, event);
    return event.defaultPrevented !== true;
  }

  // Listeners added in Node's way get the plain value, the others an event made for them when the first of them is reached.
  [kHybridDispatch](value, type, event) {
    if (event !== undefined) {
      event[kTarget] = this;
      event[kIsBeingDispatched] = true;
    }
    const root = this[kEvents].get(type);
    let next;
    for (let each = root?.next; each !== undefined; each = next) {
      next = each.next;
      if (each.removed || (event?.[kStop] && !each.resistsStop))
        continue;
      if (each.once) {
        each.remove();
        root.size--;
        if (root.size === 0 && this[kEvents].get(type) === root)
          this[kEvents].delete(type);
        this[kRemoveListener](root.size, type, each.target(), each.capture);
      }
      const listener = each.target();
      if (listener === undefined)
        continue;
      if (!each.isNodeStyle && event === undefined) {
        event = this[kCreateEvent](value, type);
        event[kTarget] = this;
        event[kIsBeingDispatched] = true;
      }
      if (each.passive && event !== undefined) event[kIsPassive] = true;
      try {
        const argument = each.isNodeStyle ? value : event;
        let result;
        if (typeof listener === 'function')
          result = listener.call(this, argument);
        else if (typeof listener.handleEvent === 'function')
          result = listener.handleEvent(argument);
        else if (listener.handleEvent !== undefined && listener.handleEvent !== null)
          throw new TypeError('handleEvent is not a function');
        if (result !== undefined && result !== null && typeof result.then === 'function')
          result.then(undefined, throwLater);
      } catch (error) {
        throwLater(error);
      }
      if (each.passive && event !== undefined) event[kIsPassive] = false;
      // A listener that was added during the dispatch is reached in the same round only if it was there when this one ended.
      next ??= each.removed ? undefined : each.next;
    }
    if (event !== undefined)
      event[kIsBeingDispatched] = false;
    return true;
  }

  [kCreateEvent](value, type) {
    return new NodeCustomEvent(type, { detail: value });
  }

  [inspectCustom](depth, options) {
    const { name } = this.constructor;
    if (depth < 0)
      return name;
    const nested = { ...options, depth: Number.isInteger(options.depth) ? options.depth - 1 : options.depth };
    return `${name} ${inspect({}, nested)}`;
  }
}
tagged(EventTarget.prototype, 'EventTarget');
enumerableOnly(EventTarget.prototype, ['addEventListener', 'removeEventListener', 'dispatchEvent']);

class NodeCustomEvent extends Event {
  constructor(type, options) {
    super(type, options);
    if (options?.detail)
      this.detail = options.detail;
  }
}

function initNodeEventTarget(self) {
  initEventTarget(self);
}

class NodeEventTarget extends EventTarget {
  static [kIsNodeEventTarget] = true;
  static defaultMaxListeners = 10;

  setMaxListeners(n) {
    checkNodeTarget(this);
    require('events').setMaxListeners(n, this);
  }

  getMaxListeners() {
    checkNodeTarget(this);
    return this[kMaxEventTargetListeners];
  }

  eventNames() {
    checkNodeTarget(this);
    return [...this[kEvents].keys()];
  }

  listenerCount(type) {
    checkNodeTarget(this);
    return this[kEvents].get(String(type))?.size ?? 0;
  }

  off(type, listener, options) {
    checkNodeTarget(this);
    this.removeEventListener(type, listener, options);
    return this;
  }

  removeListener(type, listener, options) {
    checkNodeTarget(this);
    this.removeEventListener(type, listener, options);
    return this;
  }

  on(type, listener) {
    checkNodeTarget(this);
    this.addEventListener(type, listener, { [kIsNodeStyleListener]: true });
    return this;
  }

  addListener(type, listener) {
    checkNodeTarget(this);
    this.addEventListener(type, listener, { [kIsNodeStyleListener]: true });
    return this;
  }

  emit(type, value) {
    checkNodeTarget(this);
    if (typeof type !== 'string')
      throw new codes.ERR_INVALID_ARG_TYPE('type', 'string', type);
    const hadListeners = this.listenerCount(type) > 0;
    this[kHybridDispatch](value, type);
    return hadListeners;
  }

  once(type, listener) {
    checkNodeTarget(this);
    this.addEventListener(type, listener, { once: true, [kIsNodeStyleListener]: true });
    return this;
  }

  removeAllListeners(type) {
    checkNodeTarget(this);
    if (type === undefined)
      this[kEvents].clear();
    else
      this[kEvents].delete(String(type));
    return this;
  }
}
enumerableOnly(NodeEventTarget.prototype, [
  'setMaxListeners', 'getMaxListeners', 'eventNames', 'listenerCount', 'off', 'removeListener', 'on', 'addListener', 'once',
  'emit', 'removeAllListeners',
]);

function checkNodeTarget(value) {
  if (!value?.constructor?.[kIsNodeEventTarget])
    throw new codes.ERR_INVALID_THIS('NodeEventTarget');
}

function isEventTarget(value) {
  return Boolean(value?.constructor?.[kIsEventTarget]);
}

function isNodeEventTarget(value) {
  return Boolean(value?.constructor?.[kIsNodeEventTarget]);
}

// The `onname` property of a target: one listener that keeps its place in the order when it is exchanged.
function defineEventHandler(prototype, name, event = name) {
  const key = `on${name}`;
  const methods = {
    get() {
      return this[kHandlers]?.get(event)?.handler ?? null;
    },
    set(value) {
      const handlers = this[kHandlers] ??= new Map();
      let wrapper = handlers.get(event);
      if (wrapper === undefined) {
        if (typeof value !== 'function')
          return;
        wrapper = function (...args) {
          return typeof wrapper.handler === 'function' ? Reflect.apply(wrapper.handler, this, args) : undefined;
        };
        handlers.set(event, wrapper);
        this.addEventListener(event, wrapper);
      } else if (typeof value !== 'function') {
        this.removeEventListener(event, wrapper);
        handlers.delete(event);
      }
      wrapper.handler = value;
    },
  };
  Object.defineProperty(methods.get, 'name', { __proto__: null, value: `get ${key}` });
  Object.defineProperty(methods.set, 'name', { __proto__: null, value: `set ${key}` });
  Object.defineProperty(prototype, key, { __proto__: null, ...methods, configurable: true, enumerable: true });
}

function listenersOf(target, type) {
  const listeners = [];
  for (let each = target[kEvents].get(type)?.next; each !== undefined; each = each.next) {
    const listener = each.target();
    if (listener !== undefined)
      listeners.push(listener);
  }
  return listeners;
}

function listenerCountOf(target, type) {
  return target[kEvents].get(type)?.size ?? 0;
}

module.exports = {
  CustomEvent,
  Event,
  EventTarget,
  NodeEventTarget,
  defineEventHandler,
  initEventTarget,
  initNodeEventTarget,
  isEventTarget,
  isNodeEventTarget,
  kCreateEvent,
  kEvents,
  kHybridDispatch,
  kIsEventTarget,
  kMaxEventTargetListeners,
  kMaxEventTargetListenersWarned,
  kNewListener,
  kRemoveListener,
  kResistStopPropagation,
  kTrustEvent,
  kWeakHandler,
  listenerCountOf,
  listenersOf,
};
