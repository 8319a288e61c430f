'use strict';
// Copies files and whole folders. The algorithm is written once, as a generator that yields the
// operations it needs; it is driven by the synchronous functions or by the promises.

const { dirname, isAbsolute, join, parse, resolve, sep } = require('path');
const { codes } = require('internal/errors');
const { getValidatedPath, validateCpOptions } = require('internal/fs/utils');
const { functions: sync } = require('internal/fs/sync');

const EEXIST = 17, EINVAL = 22, EISDIR = 21, ENOTDIR = 20;

function failure(name, message, path, errno, code) {
  return new codes[name]({ message, path, syscall: 'cp', errno, code });
}

const identical = (a, b) => a.ino && a.dev && a.ino === b.ino && a.dev === b.dev;

const parts = (path) => resolve(path).split(sep).filter(Boolean);

function isBelow(folder, path) {
  const above = parts(folder);
  const below = parts(path);
  return above.every((part, i) => below[i] === part);
}

const intoItself = (src, dest) => failure('ERR_FS_CP_EINVAL', `cannot copy ${src} to a subdirectory of self ${dest}`, dest, EINVAL, 'EINVAL');

// What is at both ends; undefined if the filter leaves it out.
function* check(src, dest, options) {
  if (options.filter && !(yield ['filter', src, dest])) return undefined;
  const stat = options.dereference ? 'stat' : 'lstat';
  const from = yield [stat, src, { bigint: true }];
  const to = yield [stat, dest, { bigint: true, throwIfNoEntry: false }];
  if (to !== undefined) {
    if (identical(from, to)) throw failure('ERR_FS_CP_EINVAL', 'src and dest cannot be the same', dest, EINVAL, 'EINVAL');
    if (from.isDirectory() && !to.isDirectory()) {
      throw failure('ERR_FS_CP_DIR_TO_NON_DIR', `cannot overwrite non-directory ${dest} with directory ${src}`, dest, EISDIR, 'EISDIR');
    }
    if (!from.isDirectory() && to.isDirectory()) {
      throw failure('ERR_FS_CP_NON_DIR_TO_DIR', `cannot overwrite directory ${dest} with non-directory ${src}`, dest, ENOTDIR, 'ENOTDIR');
    }
  }
  if (from.isDirectory() && isBelow(src, dest)) throw intoItself(src, dest);
  return { from, to };
}

// A folder must not be copied below itself, not even through links.
function* checkParents(src, from, dest) {
  const parent = resolve(dirname(dest));
  if (parent === resolve(dirname(src)) || parent === parse(parent).root) return;
  const stats = yield ['stat', parent, { bigint: true, throwIfNoEntry: false }];
  if (stats === undefined) return;
  if (identical(from, stats)) throw intoItself(src, dest);
  yield* checkParents(src, from, parent);
}

function* copyTop(src, dest, options) {
  const found = yield* check(src, dest, options);
  if (found === undefined) return;
  yield* checkParents(src, found.from, dest);
  yield ['mkdir', dirname(dest), { recursive: true }];
  yield* copy(src, dest, found, options);
}

function* copy(src, dest, { from, to }, options) {
  if (from.isDirectory()) {
    if (!options.recursive) {
      throw failure('ERR_FS_EISDIR', `Recursive option not enabled, cannot copy a directory: ${src}`, src, EISDIR, 'EISDIR');
    }
    yield* copyFolder(src, dest, from, to, options);
  } else if (from.isFile() || from.isCharacterDevice() || from.isBlockDevice()) {
    yield* copyFile(src, dest, from, to, options);
  } else if (from.isSymbolicLink()) {
    yield* copyLink(src, dest, to, options);
  } else if (from.isSocket()) {
    throw failure('ERR_FS_CP_SOCKET', `cannot copy a socket file: ${dest}`, dest, EINVAL, 'EINVAL');
  } else if (from.isFIFO()) {
    throw failure('ERR_FS_CP_FIFO_PIPE', `cannot copy a FIFO pipe: ${dest}`, dest, EINVAL, 'EINVAL');
  } else {
    throw failure('ERR_FS_CP_UNKNOWN', `cannot copy an unknown file type: ${dest}`, dest, EINVAL, 'EINVAL');
  }
}

function* copyFile(src, dest, from, to, options) {
  if (to !== undefined) {
    if (options.force) {
      yield ['unlink', dest];
    } else {
      if (options.errorOnExist) throw failure('ERR_FS_CP_EEXIST', `${dest} already exists`, dest, EEXIST, 'EEXIST');
      return;
    }
  }
  yield ['copyFile', src, dest, options.mode];
  const mode = Number(from.mode);
  if (options.preserveTimestamps) {
    // The time of access has changed by the copying; the file has to be writable for its times to be set.
    if ((mode & 0o200) === 0) yield ['chmod', dest, mode | 0o200];
    const { atime, mtime } = yield ['stat', src];
    yield ['utimes', dest, atime, mtime];
    yield ['chmod', dest, mode];
  } else {
    yield ['chmod', dest, mode];
  }
}

function* copyFolder(src, dest, from, to, options) {
  if (to === undefined) yield ['mkdir', dest];
  else if (options.errorOnExist && !options.force) throw failure('ERR_FS_CP_EEXIST', `${dest} already exists`, dest, EEXIST, 'EEXIST');
  for (const name of yield ['readdir', src]) {
    const below = join(src, name);
    const target = join(dest, name);
    const found = yield* check(below, target, options);
    if (found !== undefined) yield* copy(below, target, found, options);
  }
  if (to === undefined) yield ['chmod', dest, Number(from.mode)];
}

function* copyLink(src, dest, to, options) {
  let target = yield ['readlink', src];
  if (!options.verbatimSymlinks && !isAbsolute(target)) target = resolve(dirname(src), target);
  if (to === undefined) {
    yield ['symlink', target, dest];
    return;
  }
  let there;
  try {
    there = yield ['readlink', dest];
  } catch (error) {
    // Not a link: making one fails, and says why.
    if (error.code !== 'EINVAL' && error.code !== 'UNKNOWN') throw error;
    yield ['symlink', target, dest];
    return;
  }
  if (!isAbsolute(there)) there = resolve(dirname(dest), there);
  const full = isAbsolute(target) ? target : resolve(dirname(src), target);
  const stats = yield ['stat', src, { throwIfNoEntry: false }];
  if (stats?.isDirectory()) {
    if (isBelow(full, there)) throw intoItself(full, there);
    if (isBelow(there, full))
      throw failure('ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY', `cannot overwrite ${there} with ${full}`, dest, EINVAL, 'EINVAL');
  }
  yield ['unlink', dest];
  yield ['symlink', target, dest];
}

const text = (path) => (typeof path === 'string' ? path : Buffer.from(path).toString());

function cpSync(src, dest, options) {
  options = validateCpOptions(options);
  src = text(getValidatedPath(src, 'src'));
  dest = text(getValidatedPath(dest, 'dest'));
  const steps = copyTop(src, dest, options);
  let step = steps.next();
  while (!step.done) {
    const [name, ...args] = step.value;
    let result;
    try {
      if (name === 'filter') {
        result = options.filter(...args);
        if (typeof result?.then === 'function') throw new codes.ERR_INVALID_RETURN_VALUE('boolean', 'filter', result);
      } else {
        result = sync[`${name}Sync`](...args);
      }
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(result);
  }
}

async function cp(src, dest, options) {
  const { exports: promises } = require('internal/fs/promises');
  const steps = copyTop(text(src), text(dest), options);
  let step = steps.next();
  while (!step.done) {
    const [name, ...args] = step.value;
    let result;
    try {
      result = await (name === 'filter' ? options.filter : promises[name])(...args);
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(result);
  }
}

module.exports = { cp, cpSync };
