'use strict';
// require() of an ES module: what it exports, if nothing in it has to be waited for.

const { toURL } = require('internal/esm/resolve');
const { load: loadRecord } = require('internal/esm/load');
const { link, evaluate, findAwaiting } = require('internal/esm/evaluate');
const { states: { EVALUATING } } = require('internal/esm/record');
const codes = require('internal/codes');

// Namespaces of modules without a default export, as require() shows them to transpiled code.
function shown(record) {
  const { namespace } = record;
  if (Object.hasOwn(namespace, 'module.exports')) return namespace['module.exports'];
  if (!Object.hasOwn(namespace, 'default') || Object.hasOwn(namespace, '__esModule')) return namespace;
  const { namespaceNew, fill } = require('internal/esm/namespace');
  if (record.facade === undefined) {
    const properties = new Map(Object.keys(namespace).map((key) => [key, Object.getOwnPropertyDescriptor(namespace, key)]));
    properties.set('__esModule', { value: true, enumerable: true });
    fill(record.facade = namespaceNew(), properties);
  }
  return record.facade;
}

// Gives the CommonJS module of that file the exports of the ES module.
function load(module, filename, text, url = toURL(filename)) {
  if (module.id === '.') {
    process.mainModule = undefined;
    delete module.constructor._cache[filename];
    require('internal/esm/import').runMain(filename);
    return;
  }
  if (require('internal/options').get('experimental-require-module') === false)
    throw new codes.ERR_REQUIRE_ESM(filename, true, module.parent?.filename);
  const record = loadRecord(url, undefined, text);
  if (record.state === EVALUATING) {
    throw new codes.ERR_REQUIRE_CYCLE_MODULE(`Cannot require() ES Module ${filename} in a cycle. A cycle involving require(esm) is not ` +
      'allowed to maintain invariants mandated by the ECMAScript specification. Try making at least part of the dependency in the ' +
      'graph lazily loaded.');
  }
  link(record);
  if (findAwaiting(record) !== undefined) throw new codes.ERR_REQUIRE_ASYNC_MODULE(filename, module.parent?.filename);
  evaluate(record);
  record.fill();
  module.exports = shown(record);
}

module.exports = { load };
