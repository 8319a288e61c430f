'use strict';

// AssertionError, and the texts that show how two values differ.

const { inspect } = require('internal/util/inspect');
const { kBoth, kActual, myersDiff } = require('internal/util/diff');
const { palette: colors, refresh } = require('internal/util/colors');
const { validateObject, validateOneOf } = require('internal/validators');

const headings = {
  __proto__: null,
  deepStrictEqual: 'Expected values to be strictly deep-equal:',
  partialDeepStrictEqual: 'Expected values to be partially and strictly deep-equal:',
  strictEqual: 'Expected values to be strictly equal:',
  strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
  deepEqual: 'Expected values to be loosely deep-equal:',
  notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
  notStrictEqual: 'Expected "actual" to be strictly unequal to:',
  notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
  notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
  notIdentical: 'Values have same structure but are not reference-equal:',
  notDeepEqualUnequal: 'Expected values not to be loosely deep-equal:',
};

const shortLength = 12;
const keptLines = 5;

function inspectValue(value) {
  return inspect(value, {
    compact: false,
    customInspect: false,
    depth: 1000,
    maxArrayLength: Infinity,
    showHidden: false,
    showProxy: false,
    sorted: true,
    getters: true,
  });
}

function isReference(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

// Two values of one line each.
function lineDiff(actual, actualText, expected, expectedText) {
  const bothStrings = typeof actual === 'string' && typeof expected === 'string';
  let length = actualText.length + expectedText.length;
  length -= typeof actual === 'string' ? 2 : 0;
  length -= typeof expected === 'string' ? 2 : 0;
  if (length <= shortLength && (actual !== 0 || expected !== 0))
    return { message: `${actualText} !== ${expectedText}`, header: '' };
  let message = `\n${colors.green}+${colors.white} ${actualText}\n${colors.red}- ${colors.white}${expectedText}`;
  const width = colors.hasColors && process.stderr.isTTY ? process.stderr.columns : 80;
  if (bothStrings && actualText.length + expectedText.length <= width) {
    let at = 0;
    while (at < actualText.length && actualText[at] === expectedText[at])
      at++;
    // At the very beginning the difference is plain to see.
    if (at >= 3 && at < actualText.length)
      message += `\n${' '.repeat(at + 2)}^`;
  }
  return { message };
}

// The lines of a difference from the first to the last; long runs of equal lines are folded.
function linesOf(diff, operator) {
  let message = '';
  let skipped = false;
  let equal = 0;
  for (let i = diff.length - 1; i >= 0; i--) {
    const [operation, value] = diff[i];
    const previous = i < diff.length - 1 ? diff[i + 1][0] : null;
    if (previous === kBoth && operation !== previous) {
      if (equal === keptLines + 1) {
        message += `${colors.white}  ${diff[i + 1][1]}\n`;
      } else if (equal === keptLines + 2) {
        message += `${colors.white}  ${diff[i + 2][1]}\n`;
        message += `${colors.white}  ${diff[i + 1][1]}\n`;
      } else if (equal >= keptLines + 3) {
        message += `${colors.blue}...${colors.white}\n`;
        message += `${colors.white}  ${diff[i + 1][1]}\n`;
        skipped = true;
      }
      equal = 0;
    }
    if (operation === kBoth) {
      if (equal < keptLines)
        message += `${colors.white}  ${value}\n`;
      equal++;
    } else if (operation === kActual) {
      message += operator === 'partialDeepStrictEqual' && colors.hasColors ? `${colors.gray}  ${value}${colors.white}\n` :
        `${colors.green}+${colors.white} ${value}\n`;
    } else {
      message += `${colors.red}-${colors.white} ${value}\n`;
    }
  }
  return { message: `\n${message.trimEnd()}`, skipped };
}

function differenceText(actual, expected, operator, customMessage, diffType) {
  if (operator === 'strictEqual' && isReference(actual) && isReference(expected))
    operator = 'strictEqualObject';
  const actualText = inspectValue(actual);
  const expectedText = inspectValue(expected);
  const actualLines = actualText.split('\n');
  const expectedLines = expectedText.split('\n');
  let header = `${colors.green}+ actual${colors.white} ${colors.red}- expected${colors.white}`;
  let message;
  let skipped = false;
  const isLine = actualLines.length === 1 && expectedLines.length === 1 &&
                 (typeof actual !== 'object' || actual === null || typeof expected !== 'object' || expected === null);
  if (isLine) {
    const line = lineDiff(actual, actualText, expected, expectedText);
    ({ message } = line);
    if (line.header !== undefined)
      ({ header } = line);
  } else if (actualText === expectedText) {
    operator = 'notIdentical';
    header = '';
    if (actualLines.length > 50 && diffType !== 'full') {
      message = `${actualLines.slice(0, 50).join('\n')}\n...}`;
      skipped = true;
    } else {
      message = actualLines.join('\n');
    }
  } else {
    const ignoreComma = actual != null && typeof actual === 'object';
    ({ message, skipped } = linesOf(myersDiff(actualLines, expectedLines, ignoreComma), operator));
  }
  const heading = customMessage ?? headings[operator];
  return `${heading}\n${header}${skipped ? '\n... Skipped lines' : ''}\n${message}\n`;
}

function shortened(text, length, diffType) {
  return text.length > length && diffType !== 'full' ? `${text.slice(0, length - 3)}...` : text;
}

function messageFor({ message, operator, actual, expected, diff: diffType }) {
  if (message != null) {
    return operator === 'deepStrictEqual' || operator === 'strictEqual' || operator === 'partialDeepStrictEqual' ?
      differenceText(actual, expected, operator, message, diffType) : String(message);
  }
  refresh();
  switch (operator) {
    case 'deepStrictEqual':
    case 'strictEqual':
    case 'partialDeepStrictEqual':
      return differenceText(actual, expected, operator, undefined, diffType);
    case 'notDeepStrictEqual':
    case 'notStrictEqual': {
      const heading = operator === 'notStrictEqual' && isReference(actual) ? headings.notStrictEqualObject : headings[operator];
      const lines = inspectValue(actual).split('\n');
      if (lines.length > 50 && diffType !== 'full')
        lines.splice(46, Infinity, `${colors.blue}...${colors.white}`);
      if (lines.length === 1)
        return `${heading}${lines[0].length > 5 ? '\n\n' : ' '}${lines[0]}`;
      return `${heading}\n\n${lines.join('\n')}\n`;
    }
  }
  const actualText = inspectValue(actual);
  const expectedText = inspectValue(expected);
  if (operator === 'notDeepEqual' && actualText === expectedText)
    return shortened(`${headings.notDeepEqual}\n\n${actualText}`, 1024, diffType);
  const left = shortened(actualText, 512, diffType);
  const right = shortened(expectedText, 512, diffType);
  if (operator === 'deepEqual')
    return `${headings.deepEqual}\n\n${left}\n\nshould loosely deep-equal\n\n${right}`;
  if (operator === 'notDeepEqual')
    return `${headings.notDeepEqualUnequal}\n\n${left}\n\nshould not loosely deep-equal\n\n${right}`;
  return `${left} ${operator} ${right}`;
}

// A copy that shows the error's fields as they are now, in case that two errors are compared.
function shownError(error) {
  const copy = Object.assign(Object.create(Object.getPrototypeOf(error)), error);
  Object.defineProperty(copy, 'message', { __proto__: null, value: error.message });
  if (Object.hasOwn(error, 'cause')) {
    let { cause } = error;
    if (cause instanceof Error)
      cause = shownError(cause);
    Object.defineProperty(copy, 'cause', { __proto__: null, value: cause });
  }
  Object.defineProperty(copy, 'stack', { __proto__: null, value: Error.prototype.toString.call(error) });
  return copy;
}

function linesOverTen(text) {
  let position = 0;
  for (let i = 0; i < 10; i++) {
    position = text.indexOf('\n', position);
    if (position === -1)
      // What a reader sees of one long line is its end.
      return text.length > 512 ? `${text.slice(512)}...` : text;
    position++;
  }
  return `${text.slice(0, position)}...`;
}

class AssertionError extends Error {
  constructor(options) {
    validateObject(options, 'options');
    const { message, operator, stackStartFn, details, stackStartFunction, diff = 'simple' } = options;
    const { actual, expected } = options;
    if (diff !== undefined)
      validateOneOf(diff, 'options.diff', ['simple', 'full']);
    const isComparedErrors = actual instanceof Error && expected instanceof Error;
    super(messageFor({
      message, operator, diff,
      actual: isComparedErrors ? shownError(actual) : actual,
      expected: isComparedErrors ? shownError(expected) : expected,
    }));
    this.generatedMessage = !message;
    Object.defineProperty(this, 'name', {
      __proto__: null, value: 'AssertionError [ERR_ASSERTION]', enumerable: false, writable: true, configurable: true,
    });
    this.code = 'ERR_ASSERTION';
    if (details) {
      this.actual = undefined;
      this.expected = undefined;
      this.operator = undefined;
      for (let i = 0; i < details.length; i++) {
        this[`message ${i}`] = details[i].message;
        this[`actual ${i}`] = details[i].actual;
        this[`expected ${i}`] = details[i].expected;
        this[`operator ${i}`] = details[i].operator;
        this[`stack trace ${i}`] = details[i].stack;
      }
    } else {
      this.actual = actual;
      this.expected = expected;
      this.operator = operator;
    }
    this.diff = diff;
    Error.captureStackTrace(this, stackStartFn || stackStartFunction);
    // Reading the stack writes its first line, with the code in it; the name itself is without.
    void this.stack;
    this.name = 'AssertionError';
  }

  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }

  [inspect.custom](recurseTimes, context) {
    const { actual, expected } = this;
    if (typeof this.actual === 'string')
      this.actual = linesOverTen(this.actual);
    if (typeof this.expected === 'string')
      this.expected = linesOverTen(this.expected);
    const text = inspect(this, { ...context, customInspect: false, depth: 0 });
    this.actual = actual;
    this.expected = expected;
    return text;
  }
}

module.exports = AssertionError;
