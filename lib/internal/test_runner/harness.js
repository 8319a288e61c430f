'use strict';

// The tree's root and what surrounds it: definition of tests, counting, errors that no test caught, the report at the end.

const { Test, failure, hookNames, isFailureOf } = require('internal/test_runner/test');
const { callSites } = require('internal/stack');
const { listOf } = require('internal/test_runner/options');
const context = require('internal/async_context');
const { validateFunction, validateObject } = require('internal/validators');

let harness;
function options() {
  return require('internal/options');
}

// Which test a call of `test()` belongs to travels with the asynchronous context, as an AsyncLocalStorage's store does.
const kTest = Symbol('test');

function runInScope(test, fn) {
  const previous = context.frame;
  context.frame = new Map(previous).set(kTest, test);
  context.inUse = true;
  try {
    return fn();
  } finally {
    context.frame = previous;
  }
}

function testInScope() {
  return context.frame?.get(kTest);
}

class Harness {
  constructor() {
    this.counters = {
      __proto__: null, tests: 0, failed: 0, passed: 0, cancelled: 0, skipped: 0, todo: 0, topLevel: 0, suites: 0,
    };
    this.running = new Set();
    this.startTime = this.now();
    this.success = true;
    this.buildingSuite = undefined;
    this.onlyMode = options().get('test-only') === true;
    this.namePatterns = patternsOf(listOf('test-name-pattern'));
    this.skipPatterns = patternsOf(listOf('test-skip-pattern'));
    this.listeners = [];
    this.root = new Test({ harness: this, parent: null, name: '<root>', fn: undefined, options: {} });
    this.root.state = 'running';
    this.finishing = false;
  }

  now() {
    const [seconds, nanoseconds] = process.hrtime();
    return seconds * 1e3 + nanoseconds / 1e6;
  }

  // Milliseconds since then, down to the nanosecond.
  since(start) {
    return Math.round((this.now() - start) * 1e6) / 1e6;
  }

  report(type, data) {
    for (const listener of this.listeners)
      listener({ type, data });
  }

  inScope(test, fn) {
    return runInScope(test, fn);
  }

  current() {
    if (this.buildingSuite !== undefined)
      return this.buildingSuite;
    // What a finished test still does belongs to whom it belonged to.
    let test = testInScope() ?? this.root;
    while (test.isFinished && test.parent !== null)
      test = test.parent;
    return test;
  }

  count(test) {
    const { counters } = this;
    if (test.parent?.parent === null)
      counters.topLevel++;
    if (test.isSuite) {
      counters.suites++;
      if (!test.passed && !test.isTodo)
        this.success = false;
      return;
    }
    counters.tests++;
    if (test.skipped) {
      counters.skipped++;
    } else if (test.isTodo) {
      counters.todo++;
    } else if (test.cancelled) {
      counters.cancelled++;
      this.success = false;
    } else if (!test.passed) {
      counters.failed++;
      this.success = false;
    } else {
      counters.passed++;
    }
  }

  matches(test) {
    const { fullName, name } = test;
    const plain = fullName.replaceAll(' > ', ' ');
    const hit = (patterns) => patterns.some((pattern) => pattern.test(name) || pattern.test(plain));
    return { wanted: this.namePatterns === undefined || hit(this.namePatterns),
             unwanted: this.skipPatterns !== undefined && hit(this.skipPatterns) };
  }

  // With --test-name-pattern and --test-only, what is not asked for is left out of the tree.
  isLeftOut(test) {
    if (this.namePatterns === undefined && this.skipPatterns === undefined && !this.onlyMode)
      return false;
    const { wanted, unwanted } = this.matches(test);
    if (unwanted)
      return true;
    if (!wanted) {
      for (let parent = test.parent; parent !== null && parent.parent !== null; parent = parent.parent) {
        if (this.namePatterns.some((pattern) => pattern.test(parent.name)))
          return false;
      }
      return !test.isSuite;
    }
    return false;
  }

  onUncaught(error, type) {
    let owner = testInScope();
    if (owner === undefined || owner.isFinished)
      owner = [...this.running].filter((test) => !test.isSuite).at(-1) ?? owner;
    if (owner === undefined || owner.isFinished || owner.parent === null) {
      const what = type === 'uncaughtException' ? 'an uncaughtException' : 'an unhandledRejection';
      const shown = error instanceof Error ? `error "${error}"` : `error "${String(error)}"`;
      this.root.diagnostic(owner === undefined || owner.parent === null ?
        `Error: A resource generated asynchronous activity after the test ended. This activity created the ${shown} which ` +
        `triggered ${what} event, caught by the test runner.` :
        `Error: Test "${owner.name}" at ${locationText(owner.location)} generated asynchronous activity after the test ` +
        `ended. This activity created the ${shown} and would have caused the test to fail, but instead triggered ${what} event.`);
      this.success = false;
      return;
    }
    owner.fail(failure(error, type));
    owner.stopper?.reject(owner.error);
    owner.controller.abort(owner.error);
  }

  async finish() {
    if (this.finishing)
      return;
    this.finishing = true;
    await this.root.endRoot();
    await this.root.runAfterHooks();
    const { counters, root } = this;
    if (root.error !== null) {
      this.success = false;
      const error = isFailureOf(root.error) ? root.error.cause ?? root.error : root.error;
      this.root.diagnostic(`${require('internal/util/inspect').inspect(error)}`);
    }
    this.report('test:plan', { __proto__: null, nesting: 0, count: root.subtests.length });
    const duration = this.since(this.startTime);
    for (const message of root.diagnostics)
      this.report('test:diagnostic', { __proto__: null, nesting: 0, message, level: 'error' });
    const { tests, suites, passed, failed, cancelled, skipped, todo } = counters;
    for (const message of [
      `tests ${tests}`, `suites ${suites}`, `pass ${passed}`, `fail ${failed}`, `cancelled ${cancelled}`,
      `skipped ${skipped}`, `todo ${todo}`, `duration_ms ${duration}`,
    ])
      this.report('test:diagnostic', { __proto__: null, nesting: 0, message, level: 'info' });
    this.report('test:summary', {
      __proto__: null, success: this.success, counts: { ...counters }, duration_ms: duration, file: process.argv[1],
    });
    this.report('end', undefined);
    if (!this.success)
      process.exitCode = 1;
  }
}

function locationText(location) {
  return location === undefined ? 'unknown' : `${location.file}:${location.line}:${location.column}`;
}

function patternsOf(list) {
  if (list.length === 0)
    return undefined;
  return list.map((text) => {
    const match = /^\/(.*)\/([a-z]*)$/.exec(text);
    return match === null ? new RegExp(text) : new RegExp(match[1], match[2]);
  });
}

function getHarness() {
  if (harness !== undefined)
    return harness;
  harness = new Harness();
  require('internal/test_runner/reporters').attach(harness);
  process.on('uncaughtException', (error) => harness.onUncaught(error, 'uncaughtException'));
  process.on('unhandledRejection', (error) => harness.onUncaught(error, 'unhandledRejection'));
  let idle = false;
  harness.root.onIdle = () => {
    idle = true;
    // A hook after everything runs as soon as nothing is left, even if something still keeps the loop alive.
    setImmediate(() => {
      if (idle && harness.root.active === 0 && harness.root.hooks.after.length > 0)
        harness.root.runAfterHooks();
      if (harness.root.active === 0 && options().get('test-force-exit') === true)
        harness.finish().then(() => process.exit());
    });
  };
  process.on('beforeExit', () => harness.finish());
  if (process.env.NODE_TEST_CONTEXT === undefined) {
    const interrupt = () => {
      const names = [...harness.running].filter((test) => test.subtests.every((each) => each.isFinished)).map((test) => test.name);
      for (const test of harness.running)
        test.cancel();
      harness.root.diagnostic(`Interrupted while running: ${names.join(', ')}`);
      harness.finish().then(() => process.exit(1));
    };
    process.once('SIGINT', interrupt);
    process.once('SIGTERM', interrupt);
  }
  process.on('exit', () => {
    if (!harness.finishing && harness.root.subtests.some((test) => !test.isFinished || !test.passed))
      process.exitCode = process.exitCode || 1;
  });
  return harness;
}

function locationOf(above) {
  const [site] = callSites(1, above);
  return site === undefined ? undefined : { file: site.file, line: site.line, column: site.column };
}

function readArguments(name, options, fn) {
  if (typeof name === 'function') {
    fn = name;
    options = undefined;
    name = undefined;
  } else if (name !== null && typeof name === 'object') {
    fn = options;
    options = name;
    name = undefined;
  } else if (typeof options === 'function') {
    fn = options;
    options = undefined;
  }
  options ??= {};
  validateObject(options, 'options');
  name = typeof name === 'string' && name !== '' ? name : options.name || fn?.name || '<anonymous>';
  return [`${name}`, options, fn];
}

function define(parent, isSuite, args, overrides, above) {
  const own = getHarness();
  const [name, given, fn] = readArguments(...args);
  const options = overrides === undefined ? given : { ...given, ...overrides };
  const location = locationOf(above);
  const test = parent.addSubtest(name, fn, options, location, isSuite);
  if (own.isLeftOut(test)) {
    parent.subtests.splice(parent.subtests.indexOf(test), 1);
    return Promise.resolve();
  }
  if (isSuite)
    buildSuite(own, test);
  if (options.only)
    markOnly(test);
  // A suite runs its tests itself when it has been built; everything else starts now.
  if (parent.isSuite)
    return Promise.resolve();
  if (test.isFinished)
    return test.finished.promise;
  return parent.schedule(test);
}

function markOnly(test) {
  for (let each = test.parent; each !== null; each = each.parent)
    each.onlyWasSeen = true;
}

function buildSuite(own, suite) {
  if (suite.skipped) {
    suite.built = Promise.resolve();
    return;
  }
  const outer = own.buildingSuite;
  own.buildingSuite = suite;
  let result;
  try {
    result = own.inScope(suite, () => Reflect.apply(suite.fn, suite.context(), [suite.context()]));
  } catch (error) {
    suite.fail(failure(error, 'testCodeFailure'));
  } finally {
    own.buildingSuite = outer;
  }
  suite.built = result instanceof Promise ?
    result.then(() => {}, (error) => suite.fail(failure(error, 'testCodeFailure'))) : Promise.resolve();
}

function definer(isSuite) {
  function make(overrides) {
    function definition(name, options, fn) {
      return define(getHarness().current(), isSuite, [name, options, fn], overrides, definition);
    }
    return definition;
  }
  const plain = make(undefined);
  for (const [key, overrides] of [['skip', { skip: true }], ['todo', { todo: true }], ['only', { only: true }],
                                  ['expectFailure', { expectFailure: true }]])
    plain[key] = make(overrides);
  return plain;
}

const hooks = {};
for (const kind of hookNames) {
  hooks[kind] = { [kind](fn, options) {
    if (fn !== undefined)
      validateFunction(fn, 'fn');
    const owner = getHarness().current();
    owner.addHook(kind, fn ?? (() => {}), options);
  } }[kind];
}

module.exports = { define, definer, getHarness, hooks, locationText };
