'use strict';
// require('module'): the constructor of all modules.

const { Module, packageScope } = require('internal/cjs');

Module.syncBuiltinESMExports = function syncBuiltinESMExports() {
  require('internal/builtin').loaded('internal/esm/load')?.syncBuiltins();
};
Module.findPackageJSON = function findPackageJSON(specifier, base) {
  const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
  if (specifier === undefined || specifier === null) throw new ERR_INVALID_ARG_TYPE('specifier', ['string', 'URL'], specifier);
  const path = require('path');
  const { fileURLToPath } = require('url');
  const toPath = (x) => typeof x === 'object' || `${x}`.startsWith('file:') ? fileURLToPath(x) : `${x}`;
  const name = toPath(specifier);
  const from = base === undefined ? process.cwd() + '/' : toPath(base);
  if (name === '..' || name === '.' || name.startsWith('./') || name.startsWith('../') || path.isAbsolute(name))
    return packageScope(path.join(path.resolve(path.dirname(from + (from.endsWith('/') ? 'x' : '')), name), 'x'))?.file;
  const parts = name.split('/');
  const packageName = parts[0][0] === '@' ? parts.slice(0, 2).join('/') : parts[0];
  for (const folder of Module._nodeModulePaths(path.dirname(from + (from.endsWith('/') ? 'x' : '')))) {
    const file = path.join(folder, packageName, 'package.json');
    if (internalBinding('loader').kind(file) === 0) return file;
  }
  return undefined;
};
Module._debug = () => {};
const compileCache = require('internal/compile_cache');
Module.enableCompileCache = compileCache.enableCompileCache;
Module.getCompileCacheDir = compileCache.getCompileCacheDir;
Module.flushCompileCache = compileCache.flushCompileCache;
Module.constants = Object.freeze({ __proto__: null, compileCacheStatus: compileCache.compileCacheStatus });
Module.findSourceMap = () => undefined;
Module.setSourceMapsSupport = function setSourceMapsSupport(enabled, options = {}) {
  const { validateBoolean, validateObject } = require('internal/validators');
  validateBoolean(enabled, 'enabled');
  validateObject(options, 'options');
  const { nodeModules = false, generatedCode = false } = options;
  validateBoolean(nodeModules, 'options.nodeModules');
  validateBoolean(generatedCode, 'options.generatedCode');
};
Module.getSourceMapsSupport = () => Object.freeze({ enabled: false, nodeModules: false, generatedCode: false });
Module.registerHooks = function registerHooks(options) { return require('internal/esm/load').registerHooks(options); };
Module.stripTypeScriptTypes = function stripTypeScriptTypes(code, options = {}) {
  const { validateString, validateObject, validateOneOf } = require('internal/validators');
  validateString(code, 'code');
  validateObject(options, 'options');
  const { mode = 'strip', sourceMap, sourceUrl = '' } = options;
  validateOneOf(mode, 'options.mode', ['strip']);
  validateOneOf(sourceMap, 'options.sourceMap', [false, undefined]);
  validateString(sourceUrl, 'options.sourceUrl');
  const stripped = require('internal/typescript').strip(code, sourceUrl);
  return sourceUrl === '' ? stripped : `${stripped}\n\n//# sourceURL=${sourceUrl}`;
};
for (const name of ['register']) {
  Module[name] = function () {
    const error = new Error(`module.${name}() is not there: hooks run in the program's own thread, see module.registerHooks()`);
    error.code = 'ERR_METHOD_NOT_IMPLEMENTED';
    throw error;
  };
}

module.exports = Module;
