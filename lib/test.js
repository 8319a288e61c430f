'use strict';

// node:test. Nothing but the definition functions is loaded before a test is defined.

const { definer, hooks } = require('internal/test_runner/harness');
const { lazyProperty } = require('internal/builtin');

const test = definer(false);
const suite = definer(true);

Object.assign(test, { ...hooks, test, it: test, suite, describe: suite });

lazyProperty(test, 'run', () => require('internal/test_runner/runner').run);
lazyProperty(test, 'mock', () => {
  const { MockTracker } = require('internal/test_runner/mock');
  return new MockTracker();
});
lazyProperty(test, 'snapshot', () => require('internal/test_runner/snapshot').publicInterface);
lazyProperty(test, 'assert', () => ({ __proto__: null, register: require('internal/test_runner/context').registerAssertion }));
test.getTestContext = function getTestContext() {
  const { getHarness } = require('internal/test_runner/harness');
  const current = getHarness().current();
  return current.parent === null ? undefined : current.context();
};

module.exports = test;
