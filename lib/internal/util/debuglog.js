'use strict';

// util.debuglog: messages that are only written, and only formatted, if NODE_DEBUG names their section.

let pattern;

function isEnabled(section) {
  if (pattern === undefined) {
    const names = process.env.NODE_DEBUG;
    pattern = names ? new RegExp(`^${names.replace(/[|\\{}()[\]^$+?.]/g, '\\$&').replaceAll('*', '.*').replaceAll(',', '$|^')}$`, 'i') :
      null;
  }
  return pattern !== null && pattern.test(section);
}

function debuglog(section, callback) {
  section = `${section}`.toUpperCase();
  let enabled;
  let warned = false;
  function isOn() {
    enabled ??= isEnabled(section);
    return enabled;
  }
  function write(args) {
    if (!warned && (section === 'HTTP' || section === 'HTTP2')) {
      warned = true;
      process.emitWarning(
        `Setting the NODE_DEBUG environment variable to '${section.toLowerCase()}' can expose sensitive data ` +
        '(such as passwords, tokens and authentication headers) in the resulting log.');
    }
    const { formatWithOptionsInternal } = require('internal/util/format');
    const colors = process.stderr.hasColors?.() ? { colors: true } : undefined;
    process.stderr.write(
      `${formatWithOptionsInternal(colors, [`%s %s: ${args[0]}`, section, process.pid, ...args.slice(1)])}\n`);
  }
  let told = false;
  function logger(...args) {
    if (!isOn())
      return;
    // The first call hands the caller a function that need not ask again.
    if (!told && typeof callback === 'function') {
      told = true;
      callback((...more) => write(more));
    }
    write(args);
  }
  Object.defineProperty(logger, 'enabled', { __proto__: null, get: isOn, configurable: true, enumerable: true });
  return logger;
}

module.exports = { debuglog };
