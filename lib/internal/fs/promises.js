'use strict';
// fs.promises: the same operations, each one promise. FileHandle is in file_handle.js.

const {
  AbortError,
  codes: { ERR_INVALID_ARG_TYPE, ERR_METHOD_NOT_IMPLEMENTED },
} = require('internal/errors');
const { parseFileMode, validateBoolean, validateInteger } = require('internal/validators');
const {
  PromiseRequest, call, failure, fileFailure, operations: op, register, same,
} = require('internal/fs/binding');
const {
  constants, copyObject, direntsOf, getOptions, getValidMode, getValidatedPath, isUtf8, joinPath, namesOf,
  statFsTaker, statsTaker, stringToFlags, stringToSymlinkType, toUnixTimestamp, validateCpOptions, validateRmOptions,
  validateRmdirOptions, validateStringAfterArrayBufferView,
} = require('internal/fs/utils');
const {
  appendDefaults, checkIds, dataOf, readDefaults, realpathFailure, relativeBytes, rmFailure, templateOf, toText,
  writeDefaults, functions: { lstatSync },
} = require('internal/fs/sync');

// Starts an operation: the request is made here, its arguments follow.
function ask(operation, request, ...args) {
  return new Promise((resolve, reject) => {
    request.resolve = resolve;
    request.reject = reject;
    call(operation, register(request), ...args);
  });
}

const plain = (syscall, path, dest) => new PromiseRequest(undefined, syscall, path, dest);
const giving = (convert, syscall, path, dest) => new PromiseRequest(convert, syscall, path, dest);

class FileRequest extends PromiseRequest {
  finish(result) {
    if (typeof result === 'number' && result < 0) this.reject(fileFailure(result, this.path));
    else super.finish(result);
  }
}

class RemoveRequest extends PromiseRequest {
  finish(result) {
    const error = rmFailure(result, this.path);
    if (error === undefined) this.resolve();
    else this.reject(error);
  }
}

class RealPathRequest extends PromiseRequest {
  finish(result) {
    if (typeof result === 'number' && result < 0) this.reject(realpathFailure(result, this.path));
    else super.finish(result);
  }
}

const isHandle = (value) => {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false;
  const { FileHandle } = require('internal/fs/file_handle');
  return value instanceof FileHandle;
};

async function access(path, mode) {
  path = getValidatedPath(path);
  mode = getValidMode(mode, 'access');
  return ask(op.access, plain('access', path), path, mode);
}

async function open(path, flags, mode) {
  path = getValidatedPath(path);
  flags = stringToFlags(flags);
  mode = parseFileMode(mode, 'mode', 0o666);
  const { handleOf } = require('internal/fs/file_handle');
  return ask(op.open, giving(handleOf, 'open', path), path, flags, mode);
}

const aborted = (signal) => new AbortError(undefined, { cause: signal.reason });

// The promise, or the signal's error if that comes first.
function orAborted(promise, signal) {
  if (signal === undefined || signal === null) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(aborted(signal));
    signal.addEventListener('abort', onAbort, { once: true });
    const end = () => signal.removeEventListener('abort', onAbort);
    promise.then((value) => { end(); resolve(value); }, (error) => { end(); reject(error); });
  });
}

async function readFile(path, options) {
  options = getOptions(options, readDefaults);
  if (isHandle(path)) return path.readFile(options);
  const { encoding, signal } = options;
  if (signal?.aborted) throw aborted(signal);
  path = getValidatedPath(path);
  const flags = stringToFlags(options.flag || 'r', 'options.flag');
  const isText = encoding === 'utf8' || Boolean(encoding && isUtf8(encoding));
  const convert = !encoding || isText || encoding === 'buffer' ? same : (buffer) => buffer.toString(encoding);
  return orAborted(ask(op.readFile, new FileRequest(convert, 'open', path), path, flags, isText), signal);
}

const isIterable = (value) => value !== null && typeof value === 'object' && !ArrayBuffer.isView(value) &&
  (typeof value[Symbol.asyncIterator] === 'function' || typeof value[Symbol.iterator] === 'function');

async function writeFile(path, data, options) {
  options = getOptions(options, writeDefaults);
  const flag = options.flag || 'w';
  const flush = options.flush ?? false;
  validateBoolean(flush, 'options.flush');
  const iterable = isIterable(data);
  if (!iterable && !ArrayBuffer.isView(data)) validateStringAfterArrayBufferView(data, 'data');
  const { signal } = options;
  if (isHandle(path)) return require('internal/fs/file_handle').writeToHandle(path, data, signal, options.encoding);
  if (signal?.aborted) throw aborted(signal);
  if (iterable || flush) {
    const handle = await open(path, flag, options.mode);
    try {
      await require('internal/fs/file_handle').writeToHandle(handle, data, signal, options.encoding);
      if (flush) await handle.sync();
    } finally {
      await handle.close();
    }
    return undefined;
  }
  path = getValidatedPath(path);
  data = dataOf(data, options.encoding);
  const request = new FileRequest(undefined, 'open', path);
  request.keep = data;
  return orAborted(ask(op.writeFile, request, path, data, stringToFlags(flag), parseFileMode(options.mode, 'mode', 0o666)), signal);
}

async function appendFile(path, data, options) {
  options = copyObject(getOptions(options, appendDefaults));
  options.flag ||= 'a';
  return writeFile(path, data, options);
}

async function rename(oldPath, newPath) {
  oldPath = getValidatedPath(oldPath, 'oldPath');
  newPath = getValidatedPath(newPath, 'newPath');
  return ask(op.rename, plain('rename', oldPath, newPath), oldPath, newPath);
}

async function truncate(path, length = 0) {
  const handle = await open(path, 'r+');
  try {
    await handle.truncate(length);
  } finally {
    await handle.close();
  }
}

async function rm(path, options) {
  path = getValidatedPath(path);
  const { recursive, force, maxRetries, retryDelay } = validateRmOptions(options);
  return ask(op.rm, new RemoveRequest(undefined, 'rm', path), path, recursive, force, maxRetries, retryDelay, true);
}

async function rmdir(path, options) {
  path = getValidatedPath(path);
  validateRmdirOptions(options);
  return ask(op.rmdir, plain('rmdir', path), path);
}

async function mkdir(path, options) {
  if (typeof options === 'number' || typeof options === 'string') options = { mode: options };
  const { recursive = false, mode = 0o777 } = options || {};
  path = getValidatedPath(path);
  validateBoolean(recursive, 'options.recursive');
  const bits = parseFileMode(mode, 'mode', 0o777);
  if (recursive) return ask(op.mkdirs, giving(same, 'mkdir', path), path, bits, true);
  return ask(op.mkdir, plain('mkdir', path), path, bits);
}

const lstatOrNothing = (path) => lstatSync(path, { throwIfNoEntry: false });

async function readdir(path, options) {
  options = getOptions(options);
  path = getValidatedPath(path);
  if (options.recursive != null) validateBoolean(options.recursive, 'options.recursive');
  const { encoding } = options;
  const withTypes = Boolean(options.withFileTypes);
  if (options.recursive) return readdirRecursive(path, encoding, withTypes);
  const convert = withTypes ? (listing) => direntsOf(listing, path, encoding, lstatOrNothing) :
    (listing) => namesOf(listing, encoding);
  return ask(op.readdir, giving(convert, 'scandir', path), path, !encoding || isUtf8(encoding), withTypes);
}

async function readdirRecursive(top, encoding, withTypes) {
  const asText = encoding !== 'buffer';
  const { relative } = require('path');
  const found = [];
  const queue = [top];
  for (let i = 0; i < queue.length; i++) {
    const folder = queue[i];
    const convert = (listing) => direntsOf(listing, folder, 'buffer', lstatOrNothing);
    for (const dirent of await ask(op.readdir, giving(convert, 'scandir', folder), folder, asText, true)) {
      const full = joinPath(folder, dirent.name);
      if (dirent.isDirectory()) queue.push(full);
      if (withTypes) found.push(dirent);
      else found.push(asText ? relative(`${top}`, full) : relativeBytes(top, full));
    }
  }
  return found;
}

const missing = (error) => error.code === 'ENOENT' || error.code === 'ENOTDIR';

function tolerant(promise, options) {
  if (options?.throwIfNoEntry !== false) return promise;
  return promise.catch((error) => {
    if (missing(error)) return undefined;
    throw error;
  });
}

async function stat(path, options) {
  path = getValidatedPath(path);
  return tolerant(ask(op.stat, giving(statsTaker(options), 'stat', path), path), options);
}

async function lstat(path, options) {
  path = getValidatedPath(path);
  return tolerant(ask(op.lstat, giving(statsTaker(options), 'lstat', path), path), options);
}

async function statfs(path, options) {
  path = getValidatedPath(path);
  return ask(op.statfs, giving(statFsTaker(options), 'statfs', path), path);
}

const decoder = (encoding) => (!encoding || isUtf8(encoding) || encoding === 'buffer' ? same : (name) => name.toString(encoding));

async function readlink(path, options) {
  const { encoding } = getOptions(options);
  path = getValidatedPath(path, 'oldPath');
  return ask(op.readlink, giving(decoder(encoding), 'readlink', path), path, !encoding || isUtf8(encoding));
}

async function realpath(path, options) {
  const { encoding } = getOptions(options);
  path = toText(path);
  return ask(op.realpath, new RealPathRequest(decoder(encoding), 'realpath', path), path, !encoding || isUtf8(encoding));
}

async function symlink(target, path, type) {
  type = stringToSymlinkType(type);
  target = getValidatedPath(target, 'target');
  path = getValidatedPath(path);
  return ask(op.symlink, plain('symlink', target, path), target, path, type);
}

async function link(existingPath, newPath) {
  existingPath = getValidatedPath(existingPath, 'existingPath');
  newPath = getValidatedPath(newPath, 'newPath');
  return ask(op.link, plain('link', existingPath, newPath), existingPath, newPath);
}

async function unlink(path) {
  path = getValidatedPath(path);
  return ask(op.unlink, plain('unlink', path), path);
}

async function chmod(path, mode) {
  path = getValidatedPath(path);
  mode = parseFileMode(mode, 'mode');
  return ask(op.chmod, plain('chmod', path), path, mode);
}

async function lchmod() { throw new ERR_METHOD_NOT_IMPLEMENTED('lchmod()'); }

async function chown(path, uid, gid) {
  path = getValidatedPath(path);
  checkIds(uid, gid);
  return ask(op.chown, plain('chown', path), path, uid, gid);
}

async function lchown(path, uid, gid) {
  path = getValidatedPath(path);
  checkIds(uid, gid);
  return ask(op.lchown, plain('lchown', path), path, uid, gid);
}

async function utimes(path, atime, mtime) {
  path = getValidatedPath(path);
  return ask(op.utimes, plain('utime', path), path, toUnixTimestamp(atime), toUnixTimestamp(mtime));
}

async function lutimes(path, atime, mtime) {
  path = getValidatedPath(path);
  return ask(op.lutimes, plain('lutime', path), path, toUnixTimestamp(atime), toUnixTimestamp(mtime));
}

async function mkdtemp(prefix, options) {
  const { encoding } = getOptions(options);
  prefix = getValidatedPath(prefix, 'prefix');
  const template = templateOf(prefix);
  return ask(op.mkdtemp, giving(decoder(encoding), 'mkdtemp', template), template, !encoding || isUtf8(encoding));
}

async function mkdtempDisposable(prefix, options) {
  const cwd = process.cwd();
  const path = await mkdtemp(prefix, options);
  const full = require('path').resolve(cwd, path);
  const remove = () => rm(full, { maxRetries: 0, recursive: true, force: true, retryDelay: 0 });
  return { __proto__: null, path, remove, async [Symbol.asyncDispose]() { await remove(); } };
}

async function copyFile(src, dest, mode) {
  src = getValidatedPath(src, 'src');
  dest = getValidatedPath(dest, 'dest');
  mode = getValidMode(mode, 'copyFile');
  return ask(op.copyFile, plain('copyfile', src, dest), src, dest, mode);
}

async function cp(src, dest, options) {
  options = validateCpOptions(options);
  src = getValidatedPath(src, 'src');
  dest = getValidatedPath(dest, 'dest');
  return require('internal/fs/cp').cp(src, dest, options);
}

async function opendir(path, options) {
  const { opendir } = require('internal/fs/dir');
  return new Promise((resolve, reject) => {
    opendir(path, options, (error, dir) => (error ? reject(error) : resolve(dir)));
  });
}

function watch(path, options) { return require('internal/fs/watch').watchIterator(path, options); }

function glob(pattern, options) { return require('internal/fs/glob').globIterator(pattern, options); }

module.exports = {
  exports: {
    access, appendFile, chmod, chown, constants, copyFile, cp, glob, lchmod, lchown, link, lstat, lutimes, mkdir,
    mkdtemp, mkdtempDisposable, open, opendir, readFile, readdir, readlink, realpath, rename, rm, rmdir, stat, statfs,
    symlink, truncate, unlink, utimes, watch, writeFile,
  },
  ERR_INVALID_ARG_TYPE,
  FileRequest,
  aborted,
  ask,
  failure,
  giving,
  isIterable,
  orAborted,
  plain,
  validateInteger,
};
