'use strict';

// What a test's function gets in hand: `t`.

const { validateFunction, validateNumber, validateObject, validateString } = require('internal/validators');

const customAssertions = new Map();

const assertNames = ['deepEqual', 'deepStrictEqual', 'doesNotMatch', 'doesNotReject', 'doesNotThrow', 'equal', 'fail', 'ifError',
                     'match', 'notDeepEqual', 'notDeepStrictEqual', 'notEqual', 'notStrictEqual', 'partialDeepStrictEqual',
                     'rejects', 'strictEqual', 'throws'];

// The assertions of `t.assert`: assert's own and registered ones, each of them counted by the test's plan.
function assertionsFor(test) {
  const assertions = { __proto__: null };
  const assert = require('assert');
  const counted = (name, fn) => ({
    [name](...args) {
      test.plan?.count();
      return Reflect.apply(fn, this, args);
    },
  })[name];
  for (const name of assertNames)
    assertions[name] = counted(name, assert[name]);
  assertions.ok = { ok: function ok(...args) {
    test.plan?.count();
    if (args[0])
      return;
    if (args.length <= 1) {
      const message = args.length === 0 ? 'No value argument passed to `assert.ok()`' :
        require('internal/assert/source').falsyMessage(ok);
      const error = new assert.AssertionError({ actual: args[0], expected: true, operator: '==', stackStartFn: ok, message });
      error.generatedMessage = true;
      throw error;
    }
    assert.ok(...args);
  } }.ok;
  const snapshots = () => require('internal/test_runner/snapshot');
  assertions.snapshot = counted('snapshot', (value, options) => snapshots().assertSnapshot(test, value, options));
  assertions.fileSnapshot = counted('fileSnapshot',
                                    (value, path, options) => snapshots().assertFileSnapshot(test, value, path, options));
  for (const [name, fn] of customAssertions)
    assertions[name] = counted(name, (...args) => Reflect.apply(fn, test.context(), args));
  return assertions;
}

function registerAssertion(name, fn) {
  validateString(name, 'name');
  validateFunction(fn, 'fn');
  customAssertions.set(name, fn);
}

class TestContext {
  #test;
  #assert;

  constructor(test) {
    this.#test = test;
  }

  get signal() {
    return this.#test.controller.signal;
  }

  get name() {
    return this.#test.name;
  }

  get fullName() {
    return this.#test.fullName;
  }

  get filePath() {
    return this.#test.location?.file;
  }

  get error() {
    return this.#test.error;
  }

  get passed() {
    return this.#test.error === null;
  }

  get attempt() {
    return this.#test.attempt;
  }

  get workerId() {
    const id = process.env.NODE_TEST_WORKER_ID;
    return id === undefined ? undefined : Number(id);
  }

  get diagnostic() {
    return (message) => {
      this.#test.diagnostic(message);
    };
  }

  get mock() {
    const { MockTracker } = require('internal/test_runner/mock');
    return this.#test.mock ??= new MockTracker();
  }

  get assert() {
    return this.#assert ??= assertionsFor(this.#test);
  }

  plan(count, options) {
    this.#test.setPlan(count, options);
  }

  runOnly(value) {
    this.#test.runOnlySubtests = Boolean(value);
  }

  skip(message) {
    this.#test.skip(message);
  }

  todo(message) {
    this.#test.todo(message);
  }

  test = (name, options, fn) => {
    this.#test.plan?.count();
    const { define } = require('internal/test_runner/harness');
    return define(this.#test, false, [name, options, fn], undefined, this.test);
  };

  before(fn, options) {
    this.#test.addHook('before', fn, options);
    if (this.#test.state === 'running')
      this.#test.runBefore();
  }

  after(fn, options) {
    this.#test.addHook('after', fn, options);
  }

  beforeEach(fn, options) {
    this.#test.addHook('beforeEach', fn, options);
  }

  afterEach(fn, options) {
    this.#test.addHook('afterEach', fn, options);
  }

  waitFor(condition, options = {}) {
    validateFunction(condition, 'condition');
    validateObject(options, 'options');
    const { interval = 50, timeout = 1000 } = options;
    validateNumber(interval, 'options.interval', 0, 2 ** 31 - 1);
    validateNumber(timeout, 'options.timeout', 0, 2 ** 31 - 1);
    const { promise, resolve, reject } = Promise.withResolvers();
    const unset = Symbol('unset');
    let cause = unset;
    let poll;
    const limit = setTimeout(() => {
      clearTimeout(poll);
      const error = new Error('waitFor() timed out');
      if (cause !== unset)
        error.cause = cause;
      reject(error);
    }, timeout);
    const attempt = async () => {
      try {
        const result = await condition();
        clearTimeout(limit);
        resolve(result);
      } catch (error) {
        cause = error;
        poll = setTimeout(attempt, interval);
      }
    };
    attempt();
    return promise;
  }
}

class SuiteContext {
  #suite;

  constructor(suite) {
    this.#suite = suite;
  }

  get signal() {
    return this.#suite.controller.signal;
  }

  get name() {
    return this.#suite.name;
  }

  get fullName() {
    return this.#suite.fullName;
  }

  get filePath() {
    return this.#suite.location?.file;
  }

  get passed() {
    return this.#suite.error === null;
  }

  get attempt() {
    return this.#suite.attempt;
  }

  diagnostic(message) {
    this.#suite.diagnostic(message);
  }
}

module.exports = { SuiteContext, TestContext, registerAssertion };
