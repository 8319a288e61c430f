'use strict';

// Mocks: functions that remember how they were called, and take the place of methods, properties and modules until restored.

const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { validateBoolean, validateFunction, validateInteger, validateObject } = require('internal/validators');

class MockFunctionContext {
  #calls = [];
  #implementation;
  #mocks = new Map();
  #times;
  #restore;
  #original;

  constructor(implementation, original, restore, times) {
    this.#implementation = implementation;
    this.#original = original;
    this.#restore = restore;
    this.#times = times;
  }

  get calls() {
    return this.#calls.slice();
  }

  callCount() {
    return this.#calls.length;
  }

  mockImplementation(implementation) {
    validateFunction(implementation, 'implementation');
    this.#implementation = implementation;
  }

  mockImplementationOnce(implementation, onCall) {
    validateFunction(implementation, 'implementation');
    const next = this.#calls.length;
    const call = onCall ?? next;
    validateInteger(call, 'onCall', next);
    this.#mocks.set(call, implementation);
  }

  restore() {
    if (this.#restore !== undefined) {
      const { object, name, descriptor } = this.#restore;
      Object.defineProperty(object, name, descriptor);
    }
    this.#implementation = this.#original;
    this.#mocks.clear();
  }

  resetCalls() {
    this.#calls = [];
  }

  trackCall(call) {
    this.#calls.push(call);
  }

  nextImplementation() {
    const next = this.#calls.length;
    const once = this.#mocks.get(next);
    const implementation = once ?? this.#implementation;
    if (next + 1 === this.#times)
      this.restore();
    this.#mocks.delete(next);
    return implementation;
  }
}

function mockFunction(original, implementation, restore, times) {
  const context = new MockFunctionContext(implementation, original, restore, times);
  const record = (args, fields) => context.trackCall({
    arguments: args, error: undefined, result: undefined, stack: new Error(), target: undefined, this: undefined, ...fields,
  });
  return new Proxy(original, {
    __proto__: null,
    apply(target, self, args) {
      const call = context.nextImplementation();
      let result;
      try {
        result = Reflect.apply(call, self, args);
      } catch (error) {
        record(args, { error, this: self });
        throw error;
      }
      record(args, { result, this: self });
      return result;
    },
    construct(target, args, newTarget) {
      const constructor = context.nextImplementation();
      let result;
      try {
        result = Reflect.construct(constructor, args, newTarget);
      } catch (error) {
        record(args, { error, target });
        throw error;
      }
      record(args, { result, target, this: result });
      return result;
    },
    get(target, key, receiver) {
      return key === 'mock' ? context : Reflect.get(target, key);
    },
  });
}

class MockPropertyContext {
  #accesses = [];
  #object;
  #name;
  #descriptor;
  #original;
  #value;
  #once = new Map();

  constructor(object, name, ...values) {
    this.#object = object;
    this.#name = name;
    this.#descriptor = findDescriptor(object, name);
    if (this.#descriptor === undefined)
      throw new ERR_INVALID_ARG_VALUE('propertyName', name, 'is not a property of the object');
    this.#original = object[name];
    this.#value = values.length > 0 ? values[0] : this.#original;
    const { configurable, enumerable } = this.#descriptor;
    Object.defineProperty(object, name, {
      __proto__: null,
      configurable,
      enumerable,
      get: () => {
        const value = this.#next(this.#value);
        this.#accesses.push({ type: 'get', value, stack: new Error() });
        return value;
      },
      set: (given) => {
        const value = this.#next(given);
        this.#accesses.push({ type: 'set', value, stack: new Error() });
        this.#value = value;
      },
    });
  }

  #next(value) {
    const call = this.#accesses.length;
    if (!this.#once.has(call))
      return value;
    const once = this.#once.get(call);
    this.#once.delete(call);
    return once;
  }

  get accesses() {
    return this.#accesses.slice();
  }

  accessCount() {
    return this.#accesses.length;
  }

  mockImplementation(value) {
    if (this.#descriptor.writable === false)
      throw new ERR_INVALID_ARG_VALUE('propertyName', this.#name, 'cannot be set');
    this.#value = value;
  }

  mockImplementationOnce(value, onAccess) {
    const next = this.#accesses.length;
    const access = onAccess ?? next;
    validateInteger(access, 'onAccess', next);
    this.#once.set(access, value);
  }

  resetAccesses() {
    this.#accesses = [];
  }

  restore() {
    Object.defineProperty(this.#object, this.#name, {
      __proto__: null, ...this.#descriptor, ...('value' in this.#descriptor ? { value: this.#original } : undefined),
    });
  }
}

function findDescriptor(object, name) {
  for (let host = object; host !== null && host !== undefined; host = Object.getPrototypeOf(host)) {
    const descriptor = Object.getOwnPropertyDescriptor(host, name);
    if (descriptor !== undefined)
      return descriptor;
  }
  return undefined;
}

function validateTimes(value, name) {
  if (value !== Infinity && value !== undefined)
    validateInteger(value, name, 1);
}

class MockTracker {
  #mocks = [];
  #timers;

  get timers() {
    const { MockTimers } = require('internal/test_runner/mock_timers');
    return this.#timers ??= new MockTimers();
  }

  fn(original = function () {}, implementation = original, options = {}) {
    if (original !== null && typeof original === 'object') {
      options = original;
      original = function () {};
      implementation = original;
    } else if (implementation !== null && typeof implementation === 'object') {
      options = implementation;
      implementation = original;
    }
    validateFunction(original, 'original');
    validateFunction(implementation, 'implementation');
    validateObject(options, 'options');
    const { times = Infinity } = options;
    validateTimes(times, 'options.times');
    const mock = mockFunction(original, implementation, undefined, times);
    this.#mocks.push(mock.mock);
    return mock;
  }

  method(object, name, implementation, options = {}) {
    if (object === null || object === undefined || (typeof object !== 'object' && typeof object !== 'function'))
      throw new ERR_INVALID_ARG_TYPE('object', 'Object', object);
    if (typeof name !== 'string' && typeof name !== 'symbol')
      throw new ERR_INVALID_ARG_TYPE('methodName', ['string', 'symbol'], name);
    if (implementation !== null && typeof implementation === 'object') {
      options = implementation;
      implementation = undefined;
    }
    validateObject(options, 'options');
    const { getter = false, setter = false, times = Infinity } = options;
    validateBoolean(getter, 'options.getter');
    validateBoolean(setter, 'options.setter');
    validateTimes(times, 'options.times');
    if (setter && getter)
      throw new ERR_INVALID_ARG_VALUE('options.setter', setter, "cannot be used with 'options.getter'");
    const descriptor = findDescriptor(object, name);
    const original = getter ? descriptor?.get : setter ? descriptor?.set : descriptor?.value;
    if (typeof original !== 'function')
      throw new ERR_INVALID_ARG_VALUE('methodName', original, 'must be a method');
    if (implementation !== undefined)
      validateFunction(implementation, 'implementation');
    const mock = mockFunction(original, implementation ?? original, { object, name, descriptor }, times);
    const replacement = { __proto__: null, configurable: descriptor.configurable, enumerable: descriptor.enumerable };
    if (getter) {
      replacement.get = mock;
      replacement.set = descriptor.set;
    } else if (setter) {
      replacement.get = descriptor.get;
      replacement.set = mock;
    } else {
      replacement.writable = descriptor.writable;
      replacement.value = mock;
    }
    Object.defineProperty(object, name, replacement);
    this.#mocks.push(mock.mock);
    return mock;
  }

  getter(object, name, implementation, options = {}) {
    if (implementation !== null && typeof implementation === 'object') {
      options = implementation;
      implementation = undefined;
    }
    validateObject(options, 'options');
    if (options.getter === false)
      throw new ERR_INVALID_ARG_VALUE('options.getter', options.getter, 'cannot be false');
    return this.method(object, name, implementation, { ...options, getter: true });
  }

  setter(object, name, implementation, options = {}) {
    if (implementation !== null && typeof implementation === 'object') {
      options = implementation;
      implementation = undefined;
    }
    validateObject(options, 'options');
    if (options.setter === false)
      throw new ERR_INVALID_ARG_VALUE('options.setter', options.setter, 'cannot be false');
    return this.method(object, name, implementation, { ...options, setter: true });
  }

  property(object, name, ...values) {
    validateObject(object, 'object');
    if (typeof name !== 'string' && typeof name !== 'symbol')
      throw new ERR_INVALID_ARG_TYPE('propertyName', ['string', 'symbol'], name);
    const context = new MockPropertyContext(object, name, ...values);
    this.#mocks.push(context);
    return new Proxy(object, {
      __proto__: null,
      get(target, key, receiver) {
        return key === 'mock' ? context : Reflect.get(target, key, receiver);
      },
    });
  }

  module(specifier, options = {}) {
    const context = require('internal/test_runner/mock_module').mockModule(specifier, options);
    this.#mocks.push(context);
    return context;
  }

  reset() {
    this.restoreAll();
    this.#timers?.reset();
    this.#mocks = [];
  }

  restoreAll() {
    for (let i = this.#mocks.length - 1; i >= 0; i--)
      this.#mocks[i].restore();
  }
}

module.exports = { MockFunctionContext, MockTracker };
