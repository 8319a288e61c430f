'use strict';

// Named channels between libraries and those who watch them. A channel without subscribers costs its publisher one test.

const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { validateFunction } = require('internal/validators');

function throwLater(error) {
  process.nextTick(() => {
    throw error;
  });
}

// Channels stay as long as somebody watches them or holds them.
const channels = new Map();
const gone = new FinalizationRegistry((name) => {
  if (channels.get(name)?.deref() === undefined)
    channels.delete(name);
});
const watched = new Set();

function markActive(channel) {
  Object.setPrototypeOf(channel, ActiveChannel.prototype);
  channel._subscribers ??= [];
  channel._stores ??= new Map();
  watched.add(channel);
}

function maybeMarkInactive(channel) {
  if (channel._subscribers.length > 0 || channel._stores.size > 0)
    return;
  Object.setPrototypeOf(channel, Channel.prototype);
  channel._subscribers = undefined;
  channel._stores = undefined;
  watched.delete(channel);
}

function wrapStoreRun(store, data, next, transform = (value) => value) {
  return () => {
    let context;
    try {
      context = transform(data);
    } catch (error) {
      throwLater(error);
      return next();
    }
    return store.run(context, next);
  };
}

class ActiveChannel {
  subscribe(subscription) {
    validateFunction(subscription, 'subscription');
    // A new list: a publication under way goes on with the old one.
    this._subscribers = [...this._subscribers, subscription];
    watched.add(this);
  }

  unsubscribe(subscription) {
    const position = this._subscribers.indexOf(subscription);
    if (position === -1)
      return false;
    this._subscribers = this._subscribers.toSpliced(position, 1);
    maybeMarkInactive(this);
    return true;
  }

  bindStore(store, transform) {
    this._stores.set(store, transform);
  }

  unbindStore(store) {
    if (!this._stores.has(store))
      return false;
    this._stores.delete(store);
    maybeMarkInactive(this);
    return true;
  }

  get hasSubscribers() {
    return true;
  }

  publish(data) {
    const subscribers = this._subscribers;
    for (let i = 0; i < (subscribers?.length ?? 0); i++) {
      try {
        subscribers[i](data, this.name);
      } catch (error) {
        throwLater(error);
      }
    }
  }

  runStores(data, fn, self, ...args) {
    let run = () => {
      this.publish(data);
      return Reflect.apply(fn, self, args);
    };
    for (const [store, transform] of this._stores)
      run = wrapStoreRun(store, data, run, transform);
    return run();
  }
}

class Channel {
  constructor(name) {
    this._subscribers = undefined;
    this._stores = undefined;
    this.name = name;
    channels.set(name, new WeakRef(this));
    gone.register(this, name);
  }

  static [Symbol.hasInstance](instance) {
    const prototype = Object.getPrototypeOf(instance);
    return prototype === Channel.prototype || prototype === ActiveChannel.prototype;
  }

  subscribe(subscription) {
    markActive(this);
    try {
      this.subscribe(subscription);
    } finally {
      maybeMarkInactive(this);
    }
  }

  unsubscribe() {
    return false;
  }

  bindStore(store, transform) {
    markActive(this);
    this.bindStore(store, transform);
  }

  unbindStore() {
    return false;
  }

  get hasSubscribers() {
    return false;
  }

  publish() {}

  runStores(data, fn, self, ...args) {
    return Reflect.apply(fn, self, args);
  }
}

function channel(name) {
  const present = channels.get(name)?.deref();
  if (present !== undefined)
    return present;
  if (typeof name !== 'string' && typeof name !== 'symbol')
    throw new ERR_INVALID_ARG_TYPE('channel', ['string', 'symbol'], name);
  const made = new Channel(name);
  if (typeof name === 'string' && name.startsWith('console.')) {
    const { channels: consoleChannels } = require('internal/console_state');
    const method = name.slice(8);
    if (Object.hasOwn(consoleChannels, method))
      consoleChannels[method] = made;
  }
  return made;
}

function subscribe(name, subscription) {
  return channel(name).subscribe(subscription);
}

function unsubscribe(name, subscription) {
  return channel(name).unsubscribe(subscription);
}

function hasSubscribers(name) {
  const present = channels.get(name)?.deref();
  return present !== undefined && present.hasSubscribers;
}

const traceEvents = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];

function isChannel(value) {
  return value !== null && typeof value === 'object' && value instanceof Channel;
}

function tracedChannel(nameOrChannels, name) {
  if (typeof nameOrChannels === 'string')
    return channel(`tracing:${nameOrChannels}:${name}`);
  if (typeof nameOrChannels === 'object' && nameOrChannels !== null) {
    const given = nameOrChannels[name];
    if (given === undefined || given === null)
      throw new TypeError('Cannot convert undefined or null to object');
    if (!isChannel(given))
      throw new ERR_INVALID_ARG_TYPE(`nameOrChannels.${name}`, ['Channel'], given);
    return given;
  }
  throw new ERR_INVALID_ARG_TYPE('nameOrChannels', ['string', 'object', 'TracingChannel'], nameOrChannels);
}

class TracingChannel {
  constructor(nameOrChannels) {
    for (const name of traceEvents)
      Object.defineProperty(this, name, { __proto__: null, value: tracedChannel(nameOrChannels, name) });
  }

  get hasSubscribers() {
    return traceEvents.some((name) => this[name]?.hasSubscribers);
  }

  subscribe(handlers) {
    for (const name of traceEvents) {
      if (handlers[name])
        this[name]?.subscribe(handlers[name]);
    }
  }

  unsubscribe(handlers) {
    let done = true;
    for (const name of traceEvents) {
      if (handlers[name] && !this[name]?.unsubscribe(handlers[name]))
        done = false;
    }
    return done;
  }

  traceSync(fn, context = {}, self, ...args) {
    if (!this.hasSubscribers)
      return Reflect.apply(fn, self, args);
    const { start, end, error } = this;
    return start.runStores(context, () => {
      try {
        const result = Reflect.apply(fn, self, args);
        context.result = result;
        return result;
      } catch (thrown) {
        context.error = thrown;
        error.publish(context);
        throw thrown;
      } finally {
        end.publish(context);
      }
    });
  }

  tracePromise(fn, context = {}, self, ...args) {
    if (!this.hasSubscribers)
      return Reflect.apply(fn, self, args);
    const { start, end, asyncStart, asyncEnd, error } = this;

    function onRejected(reason) {
      context.error = reason;
      error.publish(context);
      asyncStart.publish(context);
      asyncEnd.publish(context);
      return Promise.reject(reason);
    }
    function onFulfilled(result) {
      context.result = result;
      asyncStart.publish(context);
      asyncEnd.publish(context);
      return result;
    }

    return start.runStores(context, () => {
      try {
        let promise = Reflect.apply(fn, self, args);
        if (typeof promise?.then !== 'function')
          promise = Promise.resolve(promise);
        // A subclass keeps its own then.
        if (promise instanceof Promise && promise.constructor === Promise)
          return Promise.prototype.then.call(promise, onFulfilled, onRejected);
        return promise.then(onFulfilled, onRejected);
      } catch (thrown) {
        context.error = thrown;
        error.publish(context);
        throw thrown;
      } finally {
        end.publish(context);
      }
    });
  }

  traceCallback(fn, position = -1, context = {}, self, ...args) {
    if (!this.hasSubscribers)
      return Reflect.apply(fn, self, args);
    const { start, end, asyncStart, asyncEnd, error } = this;

    function wrapped(reason, result) {
      if (reason) {
        context.error = reason;
        error.publish(context);
      } else {
        context.result = result;
      }
      // Stores of asyncStart hold for the callback.
      asyncStart.runStores(context, () => {
        try {
          return Reflect.apply(callback, this, arguments);
        } finally {
          asyncEnd.publish(context);
        }
      });
    }

    const callback = args.at(position);
    validateFunction(callback, 'callback');
    args.splice(position, 1, wrapped);

    return start.runStores(context, () => {
      try {
        return Reflect.apply(fn, self, args);
      } catch (thrown) {
        context.error = thrown;
        error.publish(context);
        throw thrown;
      } finally {
        end.publish(context);
      }
    });
  }
}

function tracingChannel(nameOrChannels) {
  return new TracingChannel(nameOrChannels);
}

module.exports = { channel, hasSubscribers, subscribe, tracingChannel, unsubscribe, Channel };
