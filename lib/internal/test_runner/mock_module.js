'use strict';

// A module that is replaced for the time of a test: what require() finds for it is the mock.

const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_STATE } } = require('internal/errors');
const { validateBoolean, validateObject } = require('internal/validators');
const { callSites } = require('internal/stack');

const mocked = new Map();
let originalLoad;

function keyOf(request, parent) {
  const Module = require('module');
  const plain = request.startsWith('node:') ? request.slice(5) : request;
  return Module.isBuiltin(request) ? `node:${plain}` : Module._resolveFilename(request, parent, false);
}

function exportsOf({ defaultExport, hasDefault, namedExports }) {
  if (!hasDefault)
    return { ...namedExports };
  const target = defaultExport;
  const names = Object.keys(namedExports);
  if (names.length > 0) {
    if (target === null || (typeof target !== 'object' && typeof target !== 'function'))
      throw new ERR_INVALID_STATE('Cannot create mock because the default export cannot carry named exports');
    for (const name of names)
      Object.defineProperty(target, name, Object.getOwnPropertyDescriptor(namedExports, name));
  }
  return target;
}

function install() {
  const Module = require('module');
  originalLoad = Module._load;
  Module._load = function _load(request, parent, isMain) {
    if (mocked.size > 0) {
      let key;
      try {
        key = keyOf(request, parent);
      } catch {
        key = undefined;
      }
      const mock = mocked.get(key);
      if (mock !== undefined) {
        if (!mock.cache || mock.made === undefined)
          mock.made = { exports: exportsOf(mock) };
        return mock.made.exports;
      }
    }
    return Reflect.apply(originalLoad, this, [request, parent, isMain]);
  };
}

class MockModuleContext {
  #key;
  #cached;

  constructor(key, cached) {
    this.#key = key;
    this.#cached = cached;
  }

  restore() {
    if (this.#key === undefined)
      return;
    mocked.delete(this.#key);
    if (this.#cached !== undefined)
      require('module')._cache[this.#key] = this.#cached;
    this.#key = undefined;
  }
}

function mockModule(specifier, options) {
  if (typeof specifier !== 'string') {
    if (!(typeof globalThis.URL === 'function' && specifier instanceof globalThis.URL))
      throw new ERR_INVALID_ARG_TYPE('specifier', ['string', 'URL'], specifier);
    specifier = specifier.href;
  }
  validateObject(options, 'options');
  const { cache = false, namedExports = {}, defaultExport } = options;
  validateBoolean(cache, 'options.cache');
  validateObject(namedExports, 'options.namedExports');
  const Module = require('module');
  const path = require('path');
  const site = callSites(12, mockModule).find(({ file }) => file?.startsWith('/'));
  const filename = site?.file ?? path.join(process.cwd(), 'noop.js');
  const request = specifier.startsWith('file:') ? require('url').fileURLToPath(specifier) : specifier;
  const parent = { id: filename, filename, paths: Module._nodeModulePaths(path.dirname(filename)) };
  const key = keyOf(request, parent);
  if (mocked.has(key))
    throw new ERR_INVALID_STATE(`Cannot mock '${specifier}'. The module is already mocked.`);
  if (originalLoad === undefined)
    install();
  const cached = Module._cache[key];
  delete Module._cache[key];
  mocked.set(key, { cache, namedExports, defaultExport, hasDefault: 'defaultExport' in options, made: undefined });
  return new MockModuleContext(key, cached);
}

module.exports = { mockModule };
