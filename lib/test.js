'use strict';

// node:test. Nothing but the definition functions is loaded before a test is defined.

const { definer, hooks } = require('internal/test_runner/harness');
const { defineLazyProperties } = require('internal/util');

const test = definer(false);
const suite = definer(true);

Object.assign(test, { ...hooks, test, it: test, suite, describe: suite });

function lazy(key, load) {
  Object.defineProperty(test, key, {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() {
      const value = load();
      Object.defineProperty(test, key, { __proto__: null, value, configurable: true, enumerable: true, writable: true });
      return value;
    },
  });
}

defineLazyProperties(test, 'internal/test_runner/runner', ['run']);
lazy('mock', () => {
  const { MockTracker } = require('internal/test_runner/mock');
  return new MockTracker();
});
lazy('snapshot', () => require('internal/test_runner/snapshot').publicInterface);
lazy('assert', () => ({ __proto__: null, register: require('internal/test_runner/context').registerAssertion }));
test.getTestContext = function getTestContext() {
  const { getHarness } = require('internal/test_runner/harness');
  const current = getHarness().current();
  return current.parent === null ? undefined : current.context();
};

module.exports = test;
