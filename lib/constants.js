'use strict';

// The old collection of numbers: signals, errors, file and crypto flags in one object.

const { constants: os } = require('os');

const all = { ...os.dlopen, ...os.errno, ...os.priority, ...os.signals };
for (const id of ['fs', 'crypto']) {
  try {
    Object.assign(all, require(id).constants);
  } catch {
    // A build without this module has no such numbers.
  }
}

module.exports = all;
