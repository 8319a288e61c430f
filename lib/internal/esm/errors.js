'use strict';
// Errors in the text of ES modules, with the place where they are.

function syntaxError(message, url, line) {
  const error = new SyntaxError(message);
  for (const [key, value] of [['sourceURL', url], ['line', line]])
    Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: false });
  return error;
}

module.exports = { syntaxError };
