'use strict';

// One test or suite: its place in the tree, its hooks, its run, and what it reports. Reports come in the order of definition,
// whatever the order of running; a test that is not yet at the head of its parent keeps its events until it is.

const { AbortError, codes: { ERR_INVALID_ARG_TYPE, ERR_TEST_FAILURE } } = require('internal/errors');
const { validateAbortSignal, validateFunction, validateNumber, validateObject, validateUint32 } =
  require('internal/validators');

const kSubtestsFailed = 'subtestsFailed';
const kTestCodeFailure = 'testCodeFailure';
const kTestTimeoutFailure = 'testTimeoutFailure';
const kCancelledByParent = 'cancelledByParent';
const kAborted = 'testAborted';
const kHookFailure = 'hookFailed';
const kMultipleCallbackInvocations = 'multipleCallbackInvocations';
const kCallbackAndPromisePresent = 'callbackAndPromisePresent';
const kExpectedFailure = 'expectedFailure';
const kUnwrapErrors = new Set([kTestCodeFailure, kHookFailure, 'uncaughtException', 'unhandledRejection']);
const maxTimeout = 2 ** 31 - 1;

const hookNames = ['before', 'after', 'beforeEach', 'afterEach'];

function noop() {}

function isFailureOf(error, type) {
  return error?.code === 'ERR_TEST_FAILURE' && (type === undefined || error.failureType === type);
}

function failure(reason, type) {
  return isFailureOf(reason) ? reason : new ERR_TEST_FAILURE(reason, type);
}

// Ends the wait for a test's function when time is up or its signal fires.
function stopperFor(timeout, signal) {
  let timer;
  let onAbort;
  const { promise, reject } = Promise.withResolvers();
  promise.catch(noop);
  if (timeout !== Infinity) {
    timer = setTimeout(() => reject(failure(`test timed out after ${timeout}ms`, kTestTimeoutFailure)), timeout);
    timer.unref();
  }
  if (signal) {
    onAbort = () => reject(signal.reason?.code === 'ERR_TEST_FAILURE' ? signal.reason :
      failure(signal.reason instanceof Error && !isAbortError(signal.reason) ? signal.reason : abortedError(signal), kAborted));
    signal.addEventListener('abort', onAbort, { once: true });
  }
  return {
    promise,
    reject,
    end() {
      if (timer !== undefined)
        clearTimeout(timer);
      if (onAbort !== undefined)
        signal.removeEventListener('abort', onAbort);
    },
  };
}

function isAbortError(error) {
  return error?.name === 'AbortError';
}

function abortedError(signal) {
  return signal.reason instanceof Error ? signal.reason : new AbortError(undefined, { cause: signal.reason });
}

// A promise for what fn does with these arguments; fn may take a callback after them, or return a promise.
function callTestFunction(fn, self, args) {
  if (fn.length !== args.length + 1)
    return Reflect.apply(fn, self, args);
  const { promise, resolve, reject } = Promise.withResolvers();
  let calls = 0;
  const done = (error) => {
    if (++calls > 1) {
      const tooMany = failure('callback invoked multiple times', kMultipleCallbackInvocations);
      if (calls === 2) {
        reject(tooMany);
        throw tooMany;
      }
      return;
    }
    if (error)
      reject(error);
    else
      setImmediate(resolve);
  };
  const result = Reflect.apply(fn, self, [...args, done]);
  if (result instanceof Promise) {
    result.catch(noop);
    throw failure('passed a callback but also returned a Promise', kCallbackAndPromisePresent);
  }
  return promise;
}

class TestPlan {
  constructor(count, options = {}) {
    validateUint32(count, 'count');
    validateObject(options, 'options');
    this.expected = count;
    this.actual = 0;
    const { wait } = options;
    if (wait !== undefined && typeof wait !== 'boolean')
      validateNumber(wait, 'options.wait', 0, maxTimeout);
    this.wait = wait;
    this.reached = undefined;
  }

  count() {
    this.actual++;
    if (this.actual === this.expected)
      this.reached?.resolve();
  }

  async check() {
    if (this.actual < this.expected && this.wait) {
      this.reached = Promise.withResolvers();
      let timer;
      if (typeof this.wait === 'number') {
        timer = setTimeout(() => this.reached.reject(failure(
          `plan timed out after ${this.wait}ms with ${this.actual} assertions when expecting ${this.expected}`,
          kTestTimeoutFailure)), this.wait);
      }
      try {
        await this.reached.promise;
      } finally {
        clearTimeout(timer);
      }
    }
    if (this.actual !== this.expected)
      throw failure(`plan expected ${this.expected} assertions but received ${this.actual}`, kTestCodeFailure);
  }
}

class Hook {
  constructor(fn, options, kind, owner) {
    this.fn = fn;
    this.kind = kind;
    this.owner = owner;
    const { timeout = Infinity, signal } = options;
    if (timeout !== null && timeout !== Infinity)
      validateNumber(timeout, 'options.timeout', 0, maxTimeout);
    validateAbortSignal(signal, 'options.signal');
    this.timeout = timeout ?? Infinity;
    this.signal = signal;
  }

  async run(context, self = context) {
    const stopper = stopperFor(this.timeout, this.signal);
    try {
      if (this.signal?.aborted)
        throw failure(abortedError(this.signal), kAborted);
      await Promise.race([stopper.promise, this.owner.harness.inScope(this.owner, async () =>
        callTestFunction(this.fn, self, [context]))]);
    } catch (error) {
      const cause = isFailureOf(error) && error.failureType === kTestTimeoutFailure ? error.cause : error;
      const wrapped = new ERR_TEST_FAILURE(`failed running ${this.kind} hook`, kHookFailure);
      wrapped.cause = isFailureOf(cause) ? cause.cause ?? cause : cause;
      throw wrapped;
    } finally {
      stopper.end();
    }
  }
}

let nextTestId = 0;

class Test {
  constructor({ harness, parent, name, fn, options = {}, location, isSuite = false }) {
    this.id = ++nextTestId;
    this.harness = harness;
    this.parent = parent;
    this.isSuite = isSuite;
    this.location = location;
    this.nesting = parent === null ? -1 : parent.nesting + 1;
    this.fn = typeof fn === 'function' ? fn : noop;
    this.name = name;
    this.subtests = [];
    this.waiting = [];
    this.active = 0;
    this.reportIndex = 0;
    this.buffer = [];
    this.hooks = { before: [], after: [], beforeEach: [], afterEach: [] };
    this.beforeDone = undefined;
    this.passed = false;
    this.error = null;
    this.skipped = false;
    this.isTodo = false;
    this.message = undefined;
    this.diagnostics = [];
    this.plan = null;
    this.mock = undefined;
    this.attempt = 0;
    this.state = 'new';
    this.started = 0;
    this.duration = undefined;
    this.startReported = false;
    this.stopper = undefined;
    this.finished = Promise.withResolvers();
    this.runOnlySubtests = false;
    this.onlyWasSeen = false;
    this.#readOptions(options);
    const { AbortController } = require('internal/abort_controller');
    this.controller = new AbortController();
    require('events').setMaxListeners(0, this.controller.signal);
    if (this.outerSignal) {
      if (this.outerSignal.aborted)
        this.controller.abort(this.outerSignal.reason);
      else
        this.outerSignal.addEventListener('abort', () => this.controller.abort(this.outerSignal.reason), { once: true });
    }
    parent?.controller.signal.addEventListener('abort', () => this.controller.abort(parent.controller.signal.reason),
                                               { once: true });
  }

  #readOptions(options) {
    const { skip, todo, only, timeout, concurrency, signal, plan, expectFailure, tags } = options;
    const { parent } = this;
    if (timeout != null && timeout !== Infinity)
      validateNumber(timeout, 'options.timeout', 0, maxTimeout);
    this.timeout = timeout ?? parent?.timeout ?? Infinity;
    switch (typeof concurrency) {
      case 'number':
        validateUint32(concurrency, 'options.concurrency', true);
        this.concurrency = concurrency;
        break;
      case 'boolean':
        this.concurrency = concurrency ? (parent === null ? availableCores() : Infinity) : 1;
        break;
      default:
        if (concurrency != null)
          throw new ERR_INVALID_ARG_TYPE('options.concurrency', ['boolean', 'number'], concurrency);
        this.concurrency = parent !== null && this.isSuite ? parent.concurrency : 1;
    }
    validateAbortSignal(signal, 'options.signal');
    this.outerSignal = signal;
    if (plan !== undefined)
      this.setPlan(plan);
    this.only = Boolean(only);
    if (todo !== undefined && todo !== false) {
      this.isTodo = true;
      this.message = typeof todo === 'string' ? todo : undefined;
    }
    if (skip !== undefined && skip !== false)
      this.skip(typeof skip === 'string' ? skip : undefined);
    if (parent?.isTodo)
      this.isTodo = true;
    this.expectFailure = expectFailure !== undefined && expectFailure !== false ? expectFailure : parent?.expectFailure;
    this.tags = tags;
  }

  setPlan(count, options) {
    if (this.plan !== null)
      throw failure('cannot set plan more than once', kTestCodeFailure);
    this.plan = new TestPlan(count, options);
  }

  skip(message) {
    this.skipped = true;
    this.message = message;
  }

  todo(message) {
    this.isTodo = true;
    this.message = message;
  }

  diagnostic(message) {
    this.diagnostics.push(message);
  }

  get fullName() {
    return this.parent === null || this.parent.parent === null ? this.name : `${this.parent.fullName} > ${this.name}`;
  }

  get isFinished() {
    return this.state === 'done';
  }

  // Events

  emit(type, data) {
    if (this.parent === null) {
      this.harness.report(type, data);
      return;
    }
    if (this.parent.subtests[this.parent.reportIndex] === this)
      this.parent.emit(type, data);
    else
      this.buffer.push([type, data]);
  }

  #advance(child) {
    if (this.subtests[this.reportIndex] !== child)
      return;
    this.reportIndex++;
    const next = this.subtests[this.reportIndex];
    if (next === undefined)
      return;
    for (const [type, data] of next.buffer.splice(0))
      next.emit(type, data);
    if (next.isFinished)
      this.#advance(next);
  }

  #data(extra) {
    const { file, line, column } = this.location ?? {};
    return { __proto__: null, name: this.name, nesting: this.nesting, testId: this.id, file, line, column, ...extra };
  }

  // A test is told of when there is something to tell: its first subtest, or its own end.
  reportStart() {
    if (this.parent === null || this.startReported)
      return;
    this.startReported = true;
    this.parent.reportStart();
    this.emit('test:start', this.#data());
  }

  // Hooks

  addHook(kind, fn, options = {}) {
    validateFunction(fn, 'fn');
    const hook = new Hook(fn, options, kind, this);
    this.hooks[kind].push(hook);
    // The first subtest has begun already: what should have come before it comes now.
    if (kind === 'before' && this.beforeDone !== undefined)
      this.beforeDone = this.beforeDone.then(() => hook.run(this.context()));
  }

  runBefore() {
    this.beforeDone ??= (async () => {
      for (const hook of this.hooks.before)
        await hook.run(this.context(), this.context());
    })();
    this.beforeDone.catch(noop);
    return this.beforeDone;
  }

  async runEach(kind, context) {
    const owners = [];
    for (let test = this.parent; test !== null; test = test.parent)
      owners.push(test);
    if (kind === 'beforeEach')
      owners.reverse();
    for (const owner of owners) {
      for (const hook of owner.hooks[kind])
        await hook.run(context);
    }
  }

  context() {
    const { SuiteContext, TestContext } = require('internal/test_runner/context');
    return this.ownContext ??= this.isSuite ? new SuiteContext(this) : new TestContext(this);
  }

  // Subtests

  addSubtest(name, fn, options, location, isSuite) {
    const test = new Test({ harness: this.harness, parent: this, name, fn, options, location, isSuite });
    this.subtests.push(test);
    test.emit('test:enqueue', { ...test.#data(), type: isSuite ? 'suite' : 'test' });
    if (this.isFinished) {
      test.fail(failure('test could not be started because its parent finished', kParentAlreadyFinished));
      test.#finish();
      return test;
    }
    return test;
  }

  schedule(test) {
    if (this.active < this.concurrency) {
      this.active++;
      this.#start(test);
    } else {
      this.waiting.push(test);
    }
    return test.finished.promise;
  }

  async #start(test) {
    await test.run();
    this.active--;
    const next = this.waiting.shift();
    if (next !== undefined) {
      this.active++;
      this.#start(next);
    } else if (this.active === 0) {
      this.onIdle?.();
    }
  }

  // The run

  fail(error) {
    if (this.error !== null)
      return;
    this.passed = false;
    this.error = error;
  }

  cancel(error) {
    if (this.isFinished)
      return;
    this.fail(error ?? failure('test did not finish before its parent and was cancelled', kCancelledByParent));
    this.cancelled = true;
    this.stopper?.reject(this.error);
    this.controller.abort(this.error);
  }

  async run() {
    this.state = 'running';
    this.started = this.harness.now();
    this.emit('test:dequeue', { ...this.#data(), type: this.isSuite ? 'suite' : 'test' });
    if (this.error !== null) {
      await this.#end();
      return;
    }
    if (this.skipped) {
      this.passed = true;
      if (this.isSuite)
        this.subtests.length = 0;
      await this.#end();
      return;
    }
    if (this.controller.signal.aborted) {
      this.fail(failure(abortedError(this.controller.signal), kAborted));
      await this.#end();
      return;
    }
    const stopper = this.stopper = stopperFor(this.timeout, this.controller.signal);
    const context = this.context();
    this.harness.running.add(this);
    let ranEach = false;
    try {
      await this.parent.runBefore();
      if (!this.isSuite) {
        ranEach = true;
        await this.runEach('beforeEach', context);
      }
      if (this.isSuite) {
        await Promise.race([stopper.promise, this.#runSuite()]);
      } else {
        const result = this.harness.inScope(this, () => callTestFunction(this.fn, context, [context]));
        await Promise.race([stopper.promise, result]);
        await Promise.race([stopper.promise, this.#subtestsDone()]);
        if (this.plan !== null)
          await Promise.race([stopper.promise, this.plan.check()]);
      }
      if (this.error === null)
        this.passed = true;
    } catch (error) {
      this.fail(failure(error, kTestCodeFailure));
    }
    this.cancelled ||= isFailureOf(this.error, kTestTimeoutFailure) || isFailureOf(this.error, kAborted) ||
                       isFailureOf(this.error, kCancelledByParent);
    for (const run of [
      () => ranEach && this.runEach('afterEach', context),
      () => this.#runAfter(context),
    ]) {
      try {
        await run();
      } catch (error) {
        this.fail(error);
      }
    }
    stopper.end();
    if (this.cancelled)
      this.controller.abort(this.error);
    this.harness.running.delete(this);
    this.mock?.reset();
    await this.#end();
  }

  async #runSuite() {
    await this.built;
    if (this.hooks.before.length > 0 || this.subtests.some((test) => !test.skipped))
      await this.runBefore();
    for (const test of this.subtests)
      this.schedule(test);
    await this.#subtestsDone();
  }

  async #subtestsDone() {
    for (let i = 0; i < this.subtests.length; i++)
      await this.subtests[i].finished.promise;
  }

  async #runAfter(context) {
    for (const hook of this.hooks.after)
      await hook.run(context);
  }

  #judgeExpectedFailure() {
    if (this.expectFailure === undefined || this.skipped)
      return;
    if (this.error === null) {
      this.fail(failure('test was expected to fail but passed', kExpectedFailure));
      return;
    }
    const expected = typeof this.expectFailure === 'object' && !(this.expectFailure instanceof RegExp) && 'match' in this.expectFailure ?
      this.expectFailure.match : this.expectFailure;
    if (expected instanceof RegExp || typeof expected === 'function' || (typeof expected === 'object' && expected !== null && !('label' in expected))) {
      try {
        const { cause } = this.error;
        require('assert').throws(() => { throw cause; }, expected);
      } catch (error) {
        this.error = failure('The test failed, but the error did not match the expected validation', kTestCodeFailure);
        this.error.cause = error;
        return;
      }
    }
    this.error = null;
    this.passed = true;
    this.cancelled = false;
  }

  // A test whose turn never came is reported all the same.
  async #endUnstarted() {
    this.state = 'running';
    this.started = this.harness.now();
    await this.#end();
  }

  async #end() {
    for (const test of this.subtests) {
      if (!test.isFinished) {
        test.cancel();
        if (test.state === 'new') {
          await test.#endUnstarted();
        } else {
          await test.finished.promise;
        }
      }
    }
    const failed = this.subtests.filter((test) => !test.passed && !test.isTodo).length;
    if (failed > 0 && this.error === null)
      this.fail(failure(`${failed} subtest${failed > 1 ? 's' : ''} failed`, kSubtestsFailed));
    this.#judgeExpectedFailure();
    this.#finish();
  }

  #finish() {
    this.started ||= this.harness.now();
    this.duration = this.harness.since(this.started);
    if (this.error === null)
      this.passed = true;
    if (this.subtests.length > 0) {
      this.reportStart();
      this.emit('test:plan', { __proto__: null, nesting: this.nesting + 1, count: this.subtests.length, ...pick(this.location) });
    }
    this.state = 'done';
    this.harness.count(this);
    const details = { __proto__: null, duration_ms: this.duration };
    details.type = this.isSuite ? 'suite' : 'test';
    const extra = { __proto__: null, testNumber: this.parent.subtests.indexOf(this) + 1, details };
    if (this.skipped)
      extra.skip = this.message ?? true;
    else if (this.isTodo)
      extra.todo = this.message ?? true;
    if (this.expectFailure !== undefined)
      extra.expectFailure = typeof this.expectFailure === 'string' ? this.expectFailure : this.expectFailure?.label ?? true;
    if (!this.passed)
      details.error = this.error;
    this.emit('test:complete', this.#data({ ...extra, details: { ...details, passed: this.passed } }));
    this.reportStart();
    this.emit(this.passed ? 'test:pass' : 'test:fail', this.#data(extra));
    for (const message of this.diagnostics)
      this.emit('test:diagnostic', { __proto__: null, nesting: this.nesting, message, level: 'info', ...pick(this.location) });
    this.parent.#advance(this);
    this.finished.resolve();
  }

  // The root has no function of its own: it ends when nothing is left to run.
  async endRoot() {
    for (const test of this.subtests) {
      if (!test.isFinished) {
        test.cancel(failure('Promise resolution is still pending but the event loop has already resolved', kCancelledByParent));
        if (test.state === 'new') {
          await test.#endUnstarted();
        } else {
          await test.finished.promise;
        }
      }
    }
  }

  async runAfterHooks() {
    if (this.afterDone)
      return;
    this.afterDone = true;
    try {
      await this.#runAfter(this.context());
    } catch (error) {
      this.fail(error);
    }
  }
}

const kParentAlreadyFinished = 'parentAlreadyFinished';

function pick(location) {
  return location === undefined ? {} : { file: location.file, line: location.line, column: location.column };
}

function availableCores() {
  return Math.max(1, require('os').availableParallelism() - 1);
}

module.exports = { Test, TestPlan, failure, hookNames, isFailureOf, kCancelledByParent, kUnwrapErrors };
