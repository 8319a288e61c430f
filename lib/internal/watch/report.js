'use strict';
// In a program that is watched (see lib/internal/watch/main.js): tells the process that watches which files are loaded, or missed.

const path = require('path');
const { Module } = require('internal/cjs');

function tell(file) {
  if (process.connected) process.send({ 'watch:require': [file] });
}

function install() {
  const { load } = Module.prototype;
  Module.prototype.load = function (filename) {
    if (path.isAbsolute(filename)) tell(filename);
    return load.call(this, filename);
  };
  require('internal/builtin').whenLoaded('internal/esm/load', ({ records }) => {
    const { toPath } = require('internal/esm/resolve');
    records.set = function (url, record) {
      if (url.startsWith('file:')) tell(toPath(url));
      return Map.prototype.set.call(this, url, record);
    };
  });
  process.on('uncaughtExceptionMonitor', (error) => {
    const name = /^Cannot find module '([^']*)'/.exec(error?.message)?.[1];
    if (name === undefined) return;
    const from = error.requireStack?.[0];
    if (path.isAbsolute(name)) tell(name);
    else if (name[0] === '.' && from !== undefined) tell(path.resolve(path.dirname(from), name));
  });
}

module.exports = { install };
