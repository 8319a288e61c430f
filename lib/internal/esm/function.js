'use strict';
// Functions made of text (`new Function('name', 'return import(name)')`, the way to import() that survives a compiler): they import
// as the file does that makes them.

const { callSites } = require('internal/stack');
const { importFrom } = require('internal/esm/import');

const name = '__galley_import__';

function make(own, parts, above) {
  const code = parts[parts.length - 1];
  const marked = internalBinding('esm').markScript(code, name, '');
  if (marked === code) return Reflect.construct(own, parts);
  const parameters = Array.prototype.slice.call(parts, 0, -1).join(',');
  Reflect.construct(own, [parameters, code]); // throws the SyntaxError that there may be
  const caller = callSites(1, above)[0]?.file;
  const from = typeof caller === 'string' && caller[0] === '/' ? caller : process.cwd() + '/';
  return own(name, `return function anonymous(${parameters}\n) {\n${marked}\n}`)(
    (specifier, options) => importFrom(from, specifier, options));
}

module.exports = { make };
