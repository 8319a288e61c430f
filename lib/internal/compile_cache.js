'use strict';
// module.enableCompileCache() and NODE_COMPILE_CACHE: where the bytecode of a program's files is kept.

const { validateObject, validateBoolean } = require('internal/validators');

const compileCacheStatus = Object.freeze({ __proto__: null, FAILED: 0, ENABLED: 1, ALREADY_ENABLED: 2, DISABLED: 3 });
let directory;

const tells = () => (process.env.NODE_DEBUG_NATIVE ?? '').split(',').includes('COMPILE_CACHE');

/** What an engine of this build on this machine wrote for this user has a folder of its own. */
const ownFolder = () => `${process.version}-${process.arch}-galley-${process.getuid()}`;

function readOptions(options) {
  if (typeof options !== 'object' || options === null) {
    if (options !== undefined && typeof options !== 'string') {
      const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
      throw new ERR_INVALID_ARG_TYPE('options', ['string', 'object'], options);
    }
    return { folder: options };
  }
  validateObject(options, 'options');
  const { directory: folder, portable } = options;
  if (folder !== undefined) require('internal/validators').validateString(folder, 'options.directory');
  if (portable !== undefined) validateBoolean(portable, 'options.portable');
  return { folder, portable };
}

function enableCompileCache(options) {
  const { folder, portable = process.env.NODE_COMPILE_CACHE_PORTABLE === '1' } = readOptions(options);
  if (process.env.NODE_DISABLE_COMPILE_CACHE) {
    if (tells()) process._rawDebug('[compile cache] Disabled by NODE_DISABLE_COMPILE_CACHE');
    return { status: compileCacheStatus.DISABLED, message: 'Disabled by NODE_DISABLE_COMPILE_CACHE' };
  }
  if (directory !== undefined) return { status: compileCacheStatus.ALREADY_ENABLED, directory };
  const path = require('path');
  const wanted = path.resolve(folder || process.env.NODE_COMPILE_CACHE || path.join(require('os').tmpdir(), 'node-compile-cache'), ownFolder());
  try {
    require('fs').mkdirSync(wanted, { recursive: true });
  } catch (error) {
    return { status: compileCacheStatus.FAILED, message: `Cannot create cache directory: ${error.message}` };
  }
  if (!internalBinding('compile_cache').enable(wanted, portable, tells()))
    return { status: compileCacheStatus.FAILED, message: 'Only the main thread has a compile cache, and only with the engine that Galley was built with' };
  directory = wanted;
  return { status: compileCacheStatus.ENABLED, directory };
}

function getCompileCacheDir() { return directory; }

function flushCompileCache() {
  if (directory !== undefined) internalBinding('compile_cache').flush();
}

module.exports = { compileCacheStatus, enableCompileCache, getCompileCacheDir, flushCompileCache };
