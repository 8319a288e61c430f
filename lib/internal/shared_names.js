'use strict';

// Shared memory between the processes of one application: every process that asks for a name gets the same bytes.

const { open, unlink } = require('internal/shared_memory');
const { validateInteger, validateString } = require('internal/validators');

const opened = new Map();

// One application is one primary and what it forks: names of different applications do not meet.
function scope() {
  const { env } = process;
  return env.GALLEY_SHARED_SCOPE ??= env.NODE_UNIQUE_ID !== undefined ? String(process.ppid) : String(process.pid);
}

function sharedMemory(name, bytes) {
  validateString(name, 'name');
  validateInteger(bytes, 'bytes', 1, 2 ** 32);
  const present = opened.get(name);
  if (present !== undefined && present.byteLength >= bytes) return present;
  const path = `/galley-${process.getuid()}-${scope()}-${require('buffer').Buffer.from(name).toString('hex')}`.slice(0, 250);
  const buffer = open(path, bytes);
  opened.set(name, buffer);
  // Whoever made the scope clears it away; the others keep what they have.
  if (process.env.NODE_UNIQUE_ID === undefined && scope() === String(process.pid)) process.once('exit', () => unlink(path));
  return buffer;
}

module.exports = { sharedMemory };
