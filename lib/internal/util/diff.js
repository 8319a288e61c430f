'use strict';

// The shortest way from one list of lines to another (Myers' algorithm), for assertion messages and util.diff.

const { validateStringArray, validateString } = require('internal/validators');
const { codes: { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } } = require('internal/errors');

const kExpected = -1;
const kBoth = 0;
const kActual = 1;

// Two lines that differ only by a comma at their end are the same line when they are compared as parts of lists.
function sameLine(actual, expected, ignoreComma) {
  if (actual === expected)
    return true;
  if (!ignoreComma)
    return false;
  return `${actual},` === expected || actual === `${expected},`;
}

function myersDiff(actual, expected, ignoreComma = false) {
  const n = actual.length;
  const m = expected.length;
  const max = n + m;
  if (max > 2 ** 31 - 1)
    throw new ERR_OUT_OF_RANGE('myersDiff input size', '< 2^31', max);
  const furthest = new Int32Array(2 * max + 3);
  const trace = [];
  for (let steps = 0; steps <= max; steps++) {
    // Only the diagonals that the steps so far can have reached are kept for the way back.
    trace.push(furthest.slice(max - steps, max + steps + 3));
    for (let diagonal = -steps; diagonal <= steps; diagonal += 2) {
      const at = diagonal + max + 1;
      const down = diagonal === -steps || (diagonal !== steps && furthest[at - 1] < furthest[at + 1]);
      let x = down ? furthest[at + 1] : furthest[at - 1] + 1;
      let y = x - diagonal;
      while (x < n && y < m && sameLine(actual[x], expected[y], ignoreComma)) {
        x++;
        y++;
      }
      furthest[at] = x;
      if (x >= n && y >= m)
        return wayBack(trace, actual, expected, ignoreComma);
    }
  }
  return [];
}

function wayBack(trace, actual, expected, ignoreComma) {
  const result = [];
  let x = actual.length;
  let y = expected.length;
  for (let steps = trace.length - 1; steps >= 0; steps--) {
    const furthest = trace[steps];
    const at = x - y + steps + 1;
    const diagonal = x - y;
    const down = diagonal === -steps || (diagonal !== steps && furthest[at - 1] < furthest[at + 1]);
    const previousDiagonal = down ? diagonal + 1 : diagonal - 1;
    const previousX = steps === 0 ? 0 : furthest[previousDiagonal + steps + 1];
    const previousY = steps === 0 ? 0 : previousX - previousDiagonal;
    while (x > previousX && y > previousY) {
      const line = actual[x - 1];
      const keepExpected = ignoreComma && !line.endsWith(',');
      result.push([kBoth, keepExpected ? expected[y - 1] : line]);
      x--;
      y--;
    }
    if (steps > 0) {
      if (x > previousX)
        result.push([kActual, actual[--x]]);
      else
        result.push([kExpected, expected[--y]]);
    }
  }
  return result;
}

function checkInput(value, name) {
  if (!Array.isArray(value)) {
    if (typeof value !== 'string')
      throw new ERR_INVALID_ARG_TYPE(name, ['Array', 'string'], value);
    validateString(value, name);
    return;
  }
  validateStringArray(value, name);
}

function diff(actual, expected) {
  if (actual === expected)
    return [];
  checkInput(actual, 'actual');
  checkInput(expected, 'expected');
  return myersDiff(actual, expected).reverse();
}

module.exports = { diff, kActual, kBoth, kExpected, myersDiff };
