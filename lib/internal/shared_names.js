'use strict';

// Shared memory between the processes of one application: every process that asks for a name gets the same bytes.

const fs = require('fs');
const { isMainThread } = require('internal/builtin');
const { open, unlink } = require('internal/shared_memory');
const { validateInteger, validateString } = require('internal/validators');

const folder = '/dev/shm';
const opened = new Map();

// When the process began, in the kernel's ticks; '' if there is none.
function startOf(pid) {
  try {
    return fs.readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1).split(' ')[19];
  } catch {
    return '';
  }
}

// One application is one primary and what it forks: names of different applications do not meet. A number of a process
// that comes again is told from the one before by its start.
function scope() {
  const { env } = process;
  const owner = env.NODE_UNIQUE_ID === undefined ? process.pid : process.ppid;
  return env.GALLEY_SHARED_SCOPE ??= `${owner}.${startOf(owner)}`;
}

const prefix = () => `galley-${process.getuid()}-`;

// What applications have left that were killed before they could clear away.
function sweep() {
  let names = [];
  try {
    names = fs.readdirSync(folder);
  } catch {
    // not a place that can be listed: nothing to clear away
  }
  for (const name of names) {
    if (!name.startsWith(prefix())) continue;
    const match = /^(\d+)\.(\d+)-/.exec(name.slice(prefix().length));
    if (match !== null && startOf(match[1]) !== match[2]) unlink(`/${name}`);
  }
}

function isOwner() { return isMainThread && scope() === `${process.pid}.${startOf(process.pid)}`; }

// -> a SharedArrayBuffer over the memory of that name, all zero when the first process asks for it.
function sharedMemory(name, bytes) {
  validateString(name, 'name');
  validateInteger(bytes, 'bytes', 1, 2 ** 32);
  const present = opened.get(name);
  if (present !== undefined && present.byteLength >= bytes) return present;
  if (opened.size === 0) sweep();
  const encoded = Buffer.from(name).toString('hex');
  const path = `/${prefix()}${scope()}-${encoded.length <= 150 ? encoded : require('crypto').createHash('sha256').update(name).digest('hex')}`;
  const buffer = open(path, bytes);
  opened.set(name, buffer);
  // Whoever made the application clears it away; the others keep what they have.
  if (isOwner()) process.once('exit', () => unlink(path));
  return buffer;
}

module.exports = { sharedMemory };
