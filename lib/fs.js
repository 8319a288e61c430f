'use strict';
// Files and folders. The parts are in lib/internal/fs; what is rarely used is loaded when touched.

const { lazyProperty } = require('internal/builtin');
const sync = require('internal/fs/sync').functions;
const callbacks = require('internal/fs/callbacks').functions;
const { Stats, Dirent, constants, toUnixTimestamp } = require('internal/fs/utils');

function createReadStream(path, options) {
  return new (require('internal/fs/streams').ReadStream)(path, options);
}

function createWriteStream(path, options) {
  return new (require('internal/fs/streams').WriteStream)(path, options);
}

function watch(filename, options, listener) { return require('internal/fs/watch').watch(filename, options, listener); }
function watchFile(filename, options, listener) { return require('internal/fs/watch').watchFile(filename, options, listener); }
function unwatchFile(filename, listener) { return require('internal/fs/watch').unwatchFile(filename, listener); }

const fs = module.exports = {
  ...callbacks,
  ...sync,
  createReadStream,
  createWriteStream,
  watch,
  watchFile,
  unwatchFile,
  Stats: deprecatedStats(),
  Dirent,
  _toUnixTimestamp: toUnixTimestamp,
};
for (const name of ['F_OK', 'R_OK', 'W_OK', 'X_OK'])
  Object.defineProperty(fs, name, { enumerable: false, value: constants[name], configurable: true, writable: true });

// Programs may still make a Stats by hand; Node says that they should not.
function deprecatedStats() {
  let warned = false;
  function DeprecatedStats(...args) {
    if (!warned) {
      warned = true;
      process.emitWarning('fs.Stats constructor is deprecated.', 'DeprecationWarning', 'DEP0180');
    }
    return new Stats(...args);
  }
  Object.defineProperty(DeprecatedStats, 'name', { value: 'Stats' });
  DeprecatedStats.prototype = Stats.prototype;
  Object.defineProperty(Stats.prototype, 'constructor', { value: DeprecatedStats, writable: true, configurable: true });
  return DeprecatedStats;
}

lazyProperty(fs, 'ReadStream', () => require('internal/fs/streams').ReadStream);
lazyProperty(fs, 'WriteStream', () => require('internal/fs/streams').WriteStream);
lazyProperty(fs, 'FileReadStream', () => require('internal/fs/streams').ReadStream, false);
lazyProperty(fs, 'FileWriteStream', () => require('internal/fs/streams').WriteStream, false);
lazyProperty(fs, 'Dir', () => require('internal/fs/dir').Dir);

Object.defineProperties(fs, {
  constants: { configurable: false, enumerable: false, value: constants },
  promises: { configurable: true, enumerable: true, get: () => require('internal/fs/promises').exports },
});
