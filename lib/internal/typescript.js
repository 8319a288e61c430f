'use strict';
// TypeScript whose types can be taken away: blanks take their place, so that lines and columns stay. What would need code to be made
// is refused. The reader is modules/syntax/typescript.c.

const codes = require('internal/codes');
const binding = internalBinding('esm');

const isTyped = (file) => /\.[cm]?ts$/.test(file) && require('internal/options').get('strip-types') !== false &&
  require('internal/options').get('experimental-strip-types') !== false;

// The JavaScript in a TypeScript source.
function strip(text, name) {
  const answer = binding.stripTypes(text);
  if (typeof answer === 'string') return answer;
  const [message, line, isUnsupported] = answer;
  const error = new (isUnsupported ? codes.ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX : codes.ERR_INVALID_TYPESCRIPT_SYNTAX)(message);
  for (const [key, value] of [['sourceURL', name], ['line', line]])
    Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: false });
  throw error;
}

function refuseInPackages(file) {
  if (file.includes('/node_modules/')) throw new codes.ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING(file);
}

// The JavaScript in a file's text.
function stripFile(text, file, name = file) {
  refuseInPackages(file);
  return strip(text, name);
}

module.exports = { isTyped, strip, stripFile, refuseInPackages };
