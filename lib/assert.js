'use strict';

// Assertions. Comparisons and the texts of failures are loaded when the first of them is needed.

const { codes: { ERR_AMBIGUOUS_ARGUMENT, ERR_CONSTRUCT_CALL_REQUIRED, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE,
                 ERR_INVALID_RETURN_VALUE, ERR_MISSING_ARGS } } = require('internal/errors');
const { validateFunction, validateObject, validateOneOf } = require('internal/validators');
const { seen } = require('internal/stack');
const { isNativeError, isRegExp } = require('internal/util/types');

const isError = (value) => isNativeError(value) || value instanceof Error;

const kOptions = Symbol('options');
const defaultOptions = { __proto__: null, diff: 'simple', strict: true, skipPrototype: false };
const noException = Symbol('noException');

let assertionError;
function lazyAssertionError() {
  return assertionError ??= require('internal/assert/assertion_error');
}

function comparisons() {
  return require('internal/util/comparisons');
}

function inspect(value) {
  return require('internal/util/inspect').inspect(value);
}

function formatMessage(args) {
  return require('internal/util/format').formatWithOptionsInternal(undefined, args);
}

function fail(fields) {
  const { message } = fields;
  if (isError(message))
    throw message;
  throw new (lazyAssertionError())(fields);
}

// The rest arguments of an assertion: nothing, a message, an error, a function that makes the message, or printf's arguments.
function messageOf(rest, fields) {
  const [message] = rest;
  if (typeof message === 'function') {
    const made = message(fields.actual, fields.expected);
    return typeof made === 'string' ? made : undefined;
  }
  if (message === undefined || isError(message) || (typeof message === 'string' && rest.length === 1))
    return message;
  if (typeof message === 'string')
    return formatMessage(rest);
  throw new ERR_INVALID_ARG_TYPE('message', ['string', 'Error', 'Function'], message);
}

function failCompared(self, actual, expected, rest, operator, stackStartFn) {
  fail({
    actual, expected, operator, stackStartFn,
    message: messageOf(rest, { actual, expected }),
    diff: optionsOf(self).diff,
  });
}

function optionsOf(self) {
  return self?.[kOptions] ?? defaultOptions;
}

function needTwo(args) {
  if (args.length < 2)
    throw new ERR_MISSING_ARGS('actual', 'expected');
}

function innerOk(stackStartFn, args, self) {
  if (args[0])
    return;
  let generated = false;
  let message;
  if (args.length === 0) {
    generated = true;
    message = 'No value argument passed to `assert.ok()`';
  } else {
    message = messageOf(args.slice(1), { actual: args[0], expected: true });
    if (message == null) {
      generated = true;
      message = require('internal/assert/source').falsyMessage(stackStartFn);
    } else if (isError(message)) {
      throw message;
    }
  }
  const error = new (lazyAssertionError())({
    actual: args[0], expected: true, message, operator: '==', stackStartFn, diff: optionsOf(self).diff,
  });
  error.generatedMessage = generated;
  throw error;
}

function hasThen(value) {
  return value !== null && typeof value === 'object' && typeof value.then === 'function' && typeof value.catch === 'function';
}

async function checkedPromise(value) {
  if (typeof value === 'function') {
    const returned = value();
    if (!(returned instanceof Promise) && !hasThen(returned))
      throw new ERR_INVALID_RETURN_VALUE('instance of Promise', 'promiseFn', returned);
    return waitFor(returned);
  }
  if (value instanceof Promise || hasThen(value))
    return waitFor(value);
  throw new ERR_INVALID_ARG_TYPE('promiseFn', ['Function', 'Promise'], value);
}

async function waitFor(promise) {
  try {
    await promise;
  } catch (error) {
    seen(error);
    return { error };
  }
  return noException;
}

function thrownBy(fn) {
  validateFunction(fn, 'fn');
  try {
    fn();
  } catch (error) {
    seen(error);
    return { error };
  }
  return noException;
}

// The fields that were compared, as an object of which the difference can be shown.
class Comparison {
  constructor(object, keys, actual) {
    for (const key of keys) {
      if (!(key in object))
        continue;
      if (actual !== undefined && typeof actual[key] === 'string' && isRegExp(object[key]) &&
          object[key].exec(actual[key]) !== null)
        this[key] = actual[key];
      else
        this[key] = object[key];
    }
  }
}

// After an await the assertion itself is the only frame that tells where the failure comes from.
function startOf(fn) {
  return fn === methods.rejects || fn === methods.doesNotReject ? undefined : fn;
}

function compareKey(actual, expected, key, message, keys, fn, self) {
  if (key in actual && comparisons().isDeepStrictEqual(actual[key], expected[key]))
    return;
  if (!message) {
    const a = new Comparison(actual, keys);
    const b = new Comparison(expected, keys, actual);
    const error = new (lazyAssertionError())({
      actual: a, expected: b, operator: 'deepStrictEqual', stackStartFn: startOf(fn), diff: optionsOf(self).diff,
    });
    error.actual = actual;
    error.expected = expected;
    error.operator = fn.name;
    throw error;
  }
  fail({ actual, expected, message, operator: fn.name, stackStartFn: startOf(fn), diff: optionsOf(self).diff });
}

function isErrorClass(value) {
  return value === Error || Error.isPrototypeOf(value);
}

function checkException(actual, expected, message, fn, self) {
  let generated = false;
  let throwIt = false;
  if (typeof expected !== 'function') {
    if (isRegExp(expected)) {
      const text = String(actual);
      if (expected.exec(text) !== null)
        return;
      if (!message) {
        generated = true;
        message = `The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(text)}\n`;
      }
      throwIt = true;
    } else if (typeof actual !== 'object' || actual === null) {
      const error = new (lazyAssertionError())({
        actual, expected, message, operator: 'deepStrictEqual', stackStartFn: startOf(fn), diff: optionsOf(self).diff,
      });
      error.operator = fn.name;
      throw error;
    } else {
      const keys = Object.keys(expected);
      if (expected instanceof Error)
        keys.push('name', 'message');
      else if (keys.length === 0)
        throw new ERR_INVALID_ARG_VALUE('error', expected, 'may not be an empty object');
      for (const key of keys) {
        if (typeof actual[key] === 'string' && isRegExp(expected[key]) && expected[key].exec(actual[key]) !== null)
          continue;
        compareKey(actual, expected, key, message, keys, fn, self);
      }
      return;
    }
  } else if (expected.prototype !== undefined && actual instanceof expected) {
    return;
  } else if (isErrorClass(expected)) {
    if (!message) {
      generated = true;
      message = 'The error is expected to be an instance of ' + `"${expected.name}". Received `;
      if (!isError(actual))
        message += `"${require('internal/util/inspect').inspect(actual, { depth: -1 })}"`;
      else if ((actual.constructor?.name || actual.name) === expected.name)
        message += 'an error with identical name but a different prototype.';
      else
        message += `"${actual.constructor?.name || actual.name}"`;
    }
    if (generated && isError(actual))
      message += `\n\nError message:\n\n${actual.message}`;
    throwIt = true;
  } else {
    const result = Reflect.apply(expected, {}, [actual]);
    if (result === true)
      return;
    if (!message) {
      generated = true;
      const name = expected.name ? `"${expected.name}" ` : '';
      message = `The ${name}validation function is expected to return "true". Received ${inspect(result)}`;
      if (actual instanceof Error)
        message += `\n\nCaught error:\n\n${actual}`;
    }
    throwIt = true;
  }
  if (throwIt) {
    if (isError(message))
      throw message;
    const error = new (lazyAssertionError())({
      actual, expected, message, operator: fn.name, stackStartFn: startOf(fn), diff: optionsOf(self).diff,
    });
    error.generatedMessage = generated;
    throw error;
  }
}

function expectsError(stackStartFn, thrown, args, self) {
  let [expected, message] = args;
  if (typeof expected === 'string') {
    if (args.length === 2)
      throw new ERR_INVALID_ARG_TYPE('error', ['Object', 'Error', 'Function', 'RegExp'], expected);
    if (thrown !== noException) {
      const { error } = thrown;
      if (typeof error === 'object' && error !== null) {
        if (error.message === expected) {
          throw new ERR_AMBIGUOUS_ARGUMENT('error/message',
                                           `The error message "${error.message}" is identical to the message.`);
        }
      } else if (error === expected) {
        throw new ERR_AMBIGUOUS_ARGUMENT('error/message', `The error "${error}" is identical to the message.`);
      }
    }
    message = expected;
    expected = undefined;
  } else if (expected != null && typeof expected !== 'object' && typeof expected !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('error', ['Object', 'Error', 'Function', 'RegExp'], expected);
  }
  if (thrown === noException) {
    let details = '';
    if (expected?.name)
      details += ` (${expected.name})`;
    details += message ? `: ${message}` : '.';
    const kind = stackStartFn.name === 'rejects' ? 'rejection' : 'exception';
    fail({
      actual: undefined, expected, operator: stackStartFn.name, message: `Missing expected ${kind}${details}`,
      stackStartFn: startOf(stackStartFn),
      diff: optionsOf(self).diff,
    });
  }
  if (expected)
    checkException(thrown.error, expected, message, stackStartFn, self);
}

function matches(actual, expected) {
  if (typeof expected !== 'function') {
    if (isRegExp(expected))
      return expected.exec(String(actual)) !== null;
    throw new ERR_INVALID_ARG_TYPE('expected', ['Function', 'RegExp'], expected);
  }
  if (expected.prototype !== undefined && actual instanceof expected)
    return true;
  if (isErrorClass(expected))
    return false;
  return Reflect.apply(expected, {}, [actual]) === true;
}

function expectsNoError(stackStartFn, thrown, args, self) {
  if (thrown === noException)
    return;
  let [expected, message] = args;
  const { error } = thrown;
  if (typeof expected === 'string') {
    message = expected;
    expected = undefined;
  }
  if (expected && !matches(error, expected))
    throw error;
  const details = message ? `: ${message}` : '.';
  const kind = stackStartFn.name === 'doesNotReject' ? 'rejection' : 'exception';
  fail({
    actual: error, expected, operator: stackStartFn.name, stackStartFn: startOf(stackStartFn), diff: optionsOf(self).diff,
    message: `Got unwanted ${kind}${details}\nActual message: "${error?.message}"`,
  });
}

function matchOrNot(string, regexp, rest, fn, self) {
  if (!isRegExp(regexp))
    throw new ERR_INVALID_ARG_TYPE('regexp', 'RegExp', regexp);
  const wanted = fn.name === 'match';
  if (typeof string === 'string' && (regexp.exec(string) !== null) === wanted)
    return;
  let message = messageOf(rest, { actual: string, expected: regexp });
  if (isError(message))
    throw message;
  const generated = !message;
  message ||= typeof string !== 'string' ?
    `The "string" argument must be of type string. Received type ${typeof string} (${inspect(string)})` :
    `${wanted ? 'The input did not match the regular expression ' : 'The input was expected to not match the regular expression '}${
      inspect(regexp)}. Input:\n\n${inspect(string)}\n`;
  const error = new (lazyAssertionError())({
    actual: string, expected: regexp, message, operator: fn.name, stackStartFn: startOf(fn), diff: optionsOf(self).diff,
  });
  error.generatedMessage = generated;
  throw error;
}

const methods = {
  fail: function fail(message) {
    if (isError(message))
      throw message;
    const generated = message === undefined;
    if (generated)
      message = 'Failed';
    const error = new (lazyAssertionError())({
      operator: 'fail', stackStartFn: methods.fail, diff: optionsOf(this).diff, message,
    });
    error.generatedMessage = generated;
    throw error;
  },

  ok: function ok(...args) {
    innerOk(ok, args, this);
  },

  equal: function equal(actual, expected, ...rest) {
    needTwo(arguments);
    // eslint-disable-next-line eqeqeq
    if (actual != expected && (actual === actual || expected === expected))
      failCompared(this, actual, expected, rest, '==', equal);
  },

  notEqual: function notEqual(actual, expected, ...rest) {
    needTwo(arguments);
    // eslint-disable-next-line eqeqeq
    if (actual == expected || (actual !== actual && expected !== expected))
      failCompared(this, actual, expected, rest, '!=', notEqual);
  },

  deepEqual: function deepEqual(actual, expected, ...rest) {
    needTwo(arguments);
    if (!comparisons().isDeepEqual(actual, expected))
      failCompared(this, actual, expected, rest, 'deepEqual', deepEqual);
  },

  notDeepEqual: function notDeepEqual(actual, expected, ...rest) {
    needTwo(arguments);
    if (comparisons().isDeepEqual(actual, expected))
      failCompared(this, actual, expected, rest, 'notDeepEqual', notDeepEqual);
  },

  deepStrictEqual: function deepStrictEqual(actual, expected, ...rest) {
    needTwo(arguments);
    if (!comparisons().isDeepStrictEqual(actual, expected, optionsOf(this).skipPrototype))
      failCompared(this, actual, expected, rest, 'deepStrictEqual', deepStrictEqual);
  },

  notDeepStrictEqual: function notDeepStrictEqual(actual, expected, ...rest) {
    needTwo(arguments);
    if (comparisons().isDeepStrictEqual(actual, expected, optionsOf(this).skipPrototype))
      failCompared(this, actual, expected, rest, 'notDeepStrictEqual', notDeepStrictEqual);
  },

  strictEqual: function strictEqual(actual, expected, ...rest) {
    needTwo(arguments);
    if (!Object.is(actual, expected))
      failCompared(this, actual, expected, rest, 'strictEqual', strictEqual);
  },

  notStrictEqual: function notStrictEqual(actual, expected, ...rest) {
    needTwo(arguments);
    if (Object.is(actual, expected))
      failCompared(this, actual, expected, rest, 'notStrictEqual', notStrictEqual);
  },

  partialDeepStrictEqual: function partialDeepStrictEqual(actual, expected, ...rest) {
    needTwo(arguments);
    if (!comparisons().isPartialStrictEqual(actual, expected))
      failCompared(this, actual, expected, rest, 'partialDeepStrictEqual', partialDeepStrictEqual);
  },

  match: function match(string, regexp, ...rest) {
    matchOrNot(string, regexp, rest, match, this);
  },

  doesNotMatch: function doesNotMatch(string, regexp, ...rest) {
    matchOrNot(string, regexp, rest, doesNotMatch, this);
  },

  throws: function throws(fn, ...args) {
    expectsError(throws, thrownBy(fn), args, this);
  },

  rejects: async function rejects(promiseFn, ...args) {
    expectsError(rejects, await checkedPromise(promiseFn), args, this);
  },

  doesNotThrow: function doesNotThrow(fn, ...args) {
    expectsNoError(doesNotThrow, thrownBy(fn), args, this);
  },

  doesNotReject: async function doesNotReject(fn, ...args) {
    expectsNoError(doesNotReject, await checkedPromise(fn), args, this);
  },

  ifError: function ifError(error) {
    if (error === null || error === undefined)
      return;
    require('internal/assert/source').throwUnwanted(error, ifError, optionsOf(this).diff);
  },
};

function Assert(options) {
  if (new.target === undefined)
    throw new ERR_CONSTRUCT_CALL_REQUIRED('Assert');
  const chosen = { ...defaultOptions, ...options };
  if (options !== undefined)
    validateObject(options, 'options');
  if (chosen.diff !== undefined)
    validateOneOf(chosen.diff, 'options.diff', ['simple', 'full']);
  this.AssertionError = lazyAssertionError();
  Object.defineProperty(this, kOptions, { __proto__: null, value: chosen, enumerable: false, configurable: false, writable: false });
  if (chosen.strict) {
    this.equal = this.strictEqual;
    this.deepEqual = this.deepStrictEqual;
    this.notEqual = this.notStrictEqual;
    this.notDeepEqual = this.notDeepStrictEqual;
  }
}
for (const name in methods)
  Assert.prototype[name] = methods[name];

function assert(...args) {
  innerOk(assert, args, assert);
}

function lazyClass(target) {
  Object.defineProperty(target, 'AssertionError', {
    __proto__: null,
    get: lazyAssertionError,
    set(value) {
      Object.defineProperty(target, 'AssertionError',
                            { __proto__: null, value, writable: true, enumerable: true, configurable: true });
    },
    enumerable: true,
    configurable: true,
  });
}

lazyClass(assert);
for (const name of ['ok', 'fail', 'equal', 'notEqual', 'deepEqual', 'notDeepEqual', 'deepStrictEqual', 'notDeepStrictEqual',
                    'strictEqual', 'notStrictEqual', 'partialDeepStrictEqual', 'match', 'doesNotMatch', 'throws', 'rejects',
                    'doesNotThrow', 'doesNotReject', 'ifError'])
  assert[name] = methods[name];

function strict(...args) {
  innerOk(strict, args, strict);
}

assert.strict = Object.assign(strict, { ...methods }, {
  equal: assert.strictEqual,
  deepEqual: assert.deepStrictEqual,
  notEqual: assert.notStrictEqual,
  notDeepEqual: assert.notDeepStrictEqual,
  Assert,
});
lazyClass(assert.strict);
assert.strict.strict = assert.strict;
assert.Assert = Assert;

module.exports = assert;
