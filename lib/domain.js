'use strict';
// Domains: errors of everything that was started inside one go to its 'error' listeners. The domain in
// force travels in the frame that AsyncLocalStorage uses too, so it follows timers, ticks, requests and
// promises without further care.

const EventEmitter = require('events');
const context = require('internal/async_context');
const fatal = require('internal/fatal');
const { codes: {
  ERR_DOMAIN_CALLBACK_NOT_AVAILABLE, ERR_DOMAIN_CANNOT_SET_UNCAUGHT_EXCEPTION_CAPTURE, ERR_UNHANDLED_ERROR,
} } = require('internal/errors');

if (fatal.captureCallback !== null) throw new ERR_DOMAIN_CALLBACK_NOT_AVAILABLE();

// Who loaded this shares the blame with who sets a callback of his own later.
const { stack: loadedAt } = new Error('The `domain` module was loaded here');
process.setUncaughtExceptionCaptureCallback = function setUncaughtExceptionCaptureCallback() {
  const error = new ERR_DOMAIN_CANNOT_SET_UNCAUGHT_EXCEPTION_CAPTURE();
  error.stack += `\n${'-'.repeat(40)}\n${loadedAt}`;
  throw error;
};

context.use();
const kDomain = Symbol('domain'); // the key in a frame

// The domains that were entered and not left, innermost last. It belongs to one frame: a callback that
// brings its own frame begins with that frame's domain alone.
let stack = [];
let stackFrame = context.frame;
let nobody = null; // what process.domain is outside of all

function currentStack() {
  if (context.frame !== stackFrame) {
    const domain = context.frame?.get(kDomain);
    stack = domain === undefined ? [] : [domain];
    stackFrame = context.frame;
  }
  return stack;
}

// Makes a domain (or none) the one in force.
function put(domain) {
  const frame = new Map(context.frame);
  if (domain) frame.set(kDomain, domain);
  else frame.delete(kDomain);
  context.frame = frame.size === 0 ? undefined : frame;
  context.settle(context.frame);
  stackFrame = context.frame;
}

function setStack(list, none = undefined) {
  stack = list;
  nobody = none;
  put(list.at(-1));
}

const active = () => context.frame?.get(kDomain) ?? nobody;

function setDomain(object, domain) {
  Object.defineProperty(object, 'domain', { configurable: true, enumerable: false, value: domain, writable: true });
}

function bindTo(domain, callback, self, args) {
  domain.enter();
  const result = Reflect.apply(callback, self, args);
  domain.exit();
  return result;
}

class Domain extends EventEmitter {
  constructor() {
    super();
    this.members = [];
  }

  enter() { setStack([...currentStack(), this]); }

  // Leaves this domain, and those that were entered after it.
  exit() {
    const at = currentStack().lastIndexOf(this);
    if (at >= 0) setStack(stack.slice(0, at));
  }

  add(emitter) {
    if (emitter.domain === this) return;
    if (emitter.domain) emitter.domain.remove(emitter);
    // Two domains must not be each other's: an error would go round in circles.
    if (this.domain && emitter instanceof Domain)
      for (let outer = this.domain; outer; outer = outer.domain) if (emitter === outer) return;
    setDomain(emitter, this);
    this.members.push(emitter);
  }

  remove(emitter) {
    setDomain(emitter, null);
    const at = this.members.indexOf(emitter);
    if (at >= 0) this.members.splice(at, 1);
  }

  run(callback, ...args) { return bindTo(this, callback, this, args); }

  bind(callback) {
    const domain = this;
    const bound = function(...args) { return bindTo(domain, callback, this, args); };
    setDomain(bound, this);
    return bound;
  }

  // As bind(), for callbacks whose first argument is an error: that one goes to the domain.
  intercept(callback) {
    const domain = this;
    return function intercepted(error, ...args) {
      if (!error || !(error instanceof Error)) return bindTo(domain, callback, this, args);
      Object.assign(error, { domainBound: callback, domainThrown: false });
      setDomain(error, domain);
      domain.emit('error', error);
    };
  }

  // An error that nobody caught while this domain was in force.
  _errorHandler(error) {
    if ((typeof error === 'object' && error !== null) || typeof error === 'function') {
      setDomain(error, this);
      error.domainThrown = true;
    }
    while (active() === this) this.exit();
    let caught = false;
    if (stack.length === 0) {
      if (this.listenerCount('error') > 0) caught = this.emit('error', error);
    } else {
      try {
        caught = this.emit('error', error);
      } catch (second) {
        if (stack.length === 0) throw second;
        caught = active()._errorHandler(second);
      }
    }
    setStack([], null);
    return caught;
  }
}

// Asked by internal/fatal: whether a domain takes the error.
fatal.domains = function domains(error) {
  const listening = currentStack().some((domain) => domain.listenerCount('error') > 0);
  if (!listening) {
    setStack([], null);
    return false;
  }
  active()._errorHandler(error);
  return true;
};

// Emitters belong to the domain in which they were made.
EventEmitter.usingDomains = true;
const { init } = EventEmitter;
const { emit } = EventEmitter.prototype;
EventEmitter.init = function(options) {
  setDomain(this, this instanceof Domain ? null : active() ?? null);
  return init.call(this, options);
};

function emitToDomain(emitter, domain, value) {
  const error = value ? value : new ERR_UNHANDLED_ERROR(value);
  if (typeof error === 'object') {
    error.domainEmitter = emitter;
    setDomain(error, domain);
    error.domainThrown = false;
  }
  // What its listener throws is for the domain around it.
  const before = currentStack();
  const current = active();
  setStack(before.slice(0, before.findLastIndex((one) => one !== current) + 1), null);
  domain.emit('error', error);
  setStack(before);
}

EventEmitter.prototype.emit = function(...args) {
  const { domain } = this;
  const isError = args[0] === 'error';
  if (domain === undefined || domain === null || this === process || (isError && this.listenerCount('error') > 0))
    return Reflect.apply(emit, this, args);
  if (isError) {
    emitToDomain(this, domain, args[1]);
    return false;
  }
  return bindTo(domain, emit, this, args);
};

Object.defineProperty(process, 'domain', { configurable: true, enumerable: true, get: active, set: put });

const create = () => new Domain();

module.exports = {
  Domain,
  create,
  createDomain: create,
  get active() { return active(); },
  set active(domain) { put(domain); },
  get _stack() { return currentStack(); },
};
