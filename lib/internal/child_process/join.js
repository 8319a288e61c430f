'use strict';
// In a child that was forked: process gets its channel. Every worker starts with this, so it loads no more
// than it needs.

const { envGet, envUnset } = internalBinding('process');

function forkChild(fd, serialization) {
  const { setup, handleOf } = require('internal/child_process/channel');
  const control = setup(process, fd, serialization);
  handleOf(process).unref();
  const counts = (name) => name === 'message' || name === 'disconnect';
  process.on('newListener', (name) => { if (counts(name)) control.refCounted(); });
  process.on('removeListener', (name) => { if (counts(name)) control.unrefCounted(); });
}

function joinParent() {
  const fd = Number.parseInt(envGet('NODE_CHANNEL_FD'), 10);
  const serialization = envGet('NODE_CHANNEL_SERIALIZATION_MODE') || 'json';
  // Our own children are not meant.
  envUnset('NODE_CHANNEL_FD');
  envUnset('NODE_CHANNEL_SERIALIZATION_MODE');
  if (fd >= 0) forkChild(fd, serialization);
  if (envGet('GALLEY_REPORT') === undefined) return;
  envUnset('GALLEY_REPORT');
  require('internal/report_figures')();
}

module.exports = { forkChild, joinParent };
