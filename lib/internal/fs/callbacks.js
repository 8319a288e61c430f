'use strict';
// The functions that call back: check at once, work on libuv's threads, one crossing each way.

const {
  AbortError,
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE },
} = require('internal/errors');
const {
  kValidateObjectAllowNullable,
  parseFileMode,
  validateBoolean,
  validateBuffer,
  validateEncoding,
  validateFunction,
  validateInteger,
  validateObject,
} = require('internal/validators');
const {
  CallbackRequest, call, failed, fileFailure, operations: op, register, same,
} = require('internal/fs/binding');
const {
  bytesOf, copyObject, direntsOf, getOptions, getValidMode, getValidatedFd, getValidatedPath, isUtf8, joinPath,
  namesOf, statFsTaker, statsTaker, stringToFlags, stringToSymlinkType, toUnixTimestamp, validateBufferArray,
  validateOffsetLengthRead, validateOffsetLengthWrite, validatePosition, validateRmOptions, validateRmdirOptions,
  validateStringAfterArrayBufferView,
} = require('internal/fs/utils');
const {
  appendDefaults, checkIds, dataOf, isFd, readDefaults, realpathFailure, relativeBytes, rmFailure, templateOf,
  toText, writeDefaults, functions: { lstatSync },
} = require('internal/fs/sync');

const exported = (name) => require('fs')[name];
const { customPromisifyArgs: promisifyArgs } = require('internal/util');

function makeCallback(callback) {
  validateFunction(callback, 'cb');
  return callback;
}

// A request that gives nothing back.
function plain(callback, syscall, path, dest) {
  return register(new CallbackRequest(callback, undefined, syscall, path, dest));
}

function giving(callback, convert, syscall, path, dest) {
  return register(new CallbackRequest(callback, convert, syscall, path, dest));
}

function access(path, mode, callback) {
  if (typeof mode === 'function') {
    callback = mode;
    mode = 0;
  }
  path = getValidatedPath(path);
  mode = getValidMode(mode, 'access');
  makeCallback(callback);
  call(op.access, plain(callback, 'access', path), path, mode);
}

function exists(path, callback) {
  validateFunction(callback, 'cb');
  try {
    path = getValidatedPath(path);
  } catch {
    callback(false);
    return;
  }
  call(op.access, plain((error) => callback(!error), 'access', path), path, 0);
}
Object.defineProperty(exists, Symbol.for('nodejs.util.promisify.custom'), {
  value: function exists(path) { return new Promise((resolve) => module.exports.functions.exists(path, resolve)); },
});

function open(path, flags, mode, callback) {
  path = getValidatedPath(path);
  if (arguments.length < 3) {
    callback = flags;
    flags = 'r';
    mode = 0o666;
  } else if (typeof mode === 'function') {
    callback = mode;
    mode = 0o666;
  } else {
    mode = parseFileMode(mode, 'mode', 0o666);
  }
  flags = stringToFlags(flags);
  makeCallback(callback);
  call(op.open, giving(callback, same, 'open', path), path, flags, mode);
}

function close(fd, callback = ignore) {
  fd = getValidatedFd(fd);
  if (callback !== ignore) makeCallback(callback);
  call(op.close, plain(callback, 'close'), fd);
}

// What close() without a callback does with an error.
function ignore(error) {
  if (error !== null) throw error;
}

// Calls back with (error, count, what was passed in); the bytes stay alive until then.
class TransferRequest extends CallbackRequest {
  constructor(callback, syscall, passed, keep) {
    super(callback, undefined, syscall);
    this.passed = passed;
    this.keep = keep;
  }

  finish(result) {
    const { callback } = this;
    if (result < 0) callback(this.failure(result), 0, this.passed);
    else callback(null, result, this.passed);
  }
}

function read(fd, buffer, offsetOrOptions, length, position, callback) {
  fd = getValidatedFd(fd);
  let offset = offsetOrOptions;
  let params = null;
  if (arguments.length <= 4) {
    if (arguments.length === 4) {
      validateObject(offsetOrOptions, 'options', kValidateObjectAllowNullable);
      callback = length;
      params = offsetOrOptions;
    } else if (arguments.length === 3) {
      if (!ArrayBuffer.isView(buffer)) {
        params = buffer;
        ({ buffer = Buffer.alloc(16384) } = params ?? {});
      }
      callback = offsetOrOptions;
    } else {
      callback = buffer;
      buffer = Buffer.alloc(16384);
    }
    if (params !== undefined) validateObject(params, 'options', kValidateObjectAllowNullable);
    ({ offset = 0, length = buffer?.byteLength - offset, position = null } = params ?? {});
  }
  validateBuffer(buffer);
  validateFunction(callback, 'cb');
  if (offset == null) offset = 0;
  else validateInteger(offset, 'offset', 0);
  length |= 0;
  if (length === 0) {
    process.nextTick(() => callback(null, 0, buffer));
    return;
  }
  if (buffer.byteLength === 0) throw new ERR_INVALID_ARG_VALUE('buffer', buffer, 'is empty and cannot be written');
  validateOffsetLengthRead(offset, length, buffer.byteLength);
  position = validatePosition(position, 'position', length);
  const bytes = bytesOf(buffer);
  call(op.read, register(new TransferRequest(callback, 'read', buffer, bytes)), fd, bytes, bytes.byteOffset + offset, length, position);
}
Object.defineProperty(read, promisifyArgs, { value: ['bytesRead', 'buffer'], enumerable: false });

function readv(fd, buffers, position, callback) {
  fd = getValidatedFd(fd);
  validateBufferArray(buffers);
  callback ||= position;
  validateFunction(callback, 'cb');
  if (typeof position !== 'number') position = -1;
  const list = buffers.map(bytesOf);
  call(op.readv, register(new TransferRequest(callback, 'read', buffers, list)), fd, list, position);
}
Object.defineProperty(readv, promisifyArgs, { value: ['bytesRead', 'buffers'], enumerable: false });

function write(fd, buffer, offsetOrOptions, length, position, callback) {
  fd = getValidatedFd(fd);
  let offset = offsetOrOptions;
  if (ArrayBuffer.isView(buffer)) {
    callback ||= position || length || offset;
    validateFunction(callback, 'cb');
    if (typeof offset === 'object')
      ({ offset = 0, length = buffer.byteLength - offset, position = null } = offsetOrOptions ?? {});
    if (offset == null || typeof offset === 'function') offset = 0;
    else validateInteger(offset, 'offset', 0);
    if (typeof length !== 'number') length = buffer.byteLength - offset;
    if (typeof position !== 'number') position = -1;
    validateOffsetLengthWrite(offset, length, buffer.byteLength);
    const bytes = bytesOf(buffer);
    call(op.write, register(new TransferRequest(callback, 'write', buffer, bytes)), fd, bytes, bytes.byteOffset + offset, length, position);
    return;
  }
  validateStringAfterArrayBufferView(buffer, 'buffer');
  if (typeof position !== 'function') {
    if (typeof offset === 'function') {
      position = offset;
      offset = null;
    } else {
      position = length;
    }
    length = 'utf8';
  }
  if (!isUtf8(length)) validateEncoding(buffer, length);
  callback = position;
  validateFunction(callback, 'cb');
  const data = isUtf8(length) ? buffer : Buffer.from(buffer, length);
  call(op.writeText, register(new TransferRequest(callback, 'write', buffer, data)), fd, data, typeof offset === 'number' ? offset : -1);
}
Object.defineProperty(write, promisifyArgs, { value: ['bytesWritten', 'buffer'], enumerable: false });

function writev(fd, buffers, position, callback) {
  fd = getValidatedFd(fd);
  validateBufferArray(buffers);
  callback ||= position;
  validateFunction(callback, 'cb');
  if (buffers.length === 0) {
    process.nextTick(callback, null, 0, buffers);
    return;
  }
  if (typeof position !== 'number') position = -1;
  const list = buffers.map(bytesOf);
  call(op.writev, register(new TransferRequest(callback, 'write', buffers, list)), fd, list, position);
}
Object.defineProperty(writev, promisifyArgs, { value: ['bytesWritten', 'buffer'], enumerable: false });

class FileRequest extends CallbackRequest {
  failure(errno) { return fileFailure(errno, this.path); }
}

const aborted = (signal) => new AbortError(undefined, { cause: signal.reason });

// Calls back with an AbortError if the signal speaks first; the thread's own answer is then dropped.
function untilAborted(callback, signal) {
  if (signal === undefined || signal === null) return callback;
  let open = true;
  const onAbort = () => {
    if (!open) return;
    open = false;
    process.nextTick(callback, aborted(signal));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return (...results) => {
    if (!open) return;
    open = false;
    signal.removeEventListener('abort', onAbort);
    callback(...results);
  };
}

function readFile(path, options, callback) {
  callback ||= options;
  validateFunction(callback, 'cb');
  options = getOptions(options, readDefaults);
  const { encoding, signal } = options;
  if (signal?.aborted) {
    callback(aborted(signal));
    return;
  }
  callback = untilAborted(callback, signal);
  const isText = encoding === 'utf8' || Boolean(encoding && isUtf8(encoding));
  const convert = !encoding || isText || encoding === 'buffer' ? same : (buffer) => buffer.toString(encoding);
  if (isFd(path)) {
    call(op.readFileFd, register(new FileRequest(callback, convert)), path, isText);
    return;
  }
  path = getValidatedPath(path);
  const flags = stringToFlags(options.flag, 'options.flag');
  call(op.readFile, register(new FileRequest(callback, convert, 'open', path)), path, flags, isText);
}

function writeFile(path, data, options, callback) {
  callback ||= options;
  validateFunction(callback, 'cb');
  options = getOptions(options, writeDefaults);
  const flag = options.flag || 'w';
  const flush = options.flush ?? false;
  validateBoolean(flush, 'options.flush');
  data = dataOf(data, options.encoding);
  const { signal } = options;
  if (isFd(path)) {
    if (signal?.aborted) callback(aborted(signal));
    else writeAll(path, data, untilAborted(callback, signal), flush, true);
    return;
  }
  if (signal?.aborted) {
    callback(aborted(signal));
    return;
  }
  callback = untilAborted(callback, signal);
  if (flush) {
    exported('open')(path, flag, options.mode, (error, fd) => {
      if (error) callback(error);
      else writeAll(fd, data, callback, flush, false);
    });
    return;
  }
  path = getValidatedPath(path);
  const request = new FileRequest(callback, undefined, 'open', path);
  request.keep = data;
  call(op.writeFile, register(request), path, data, stringToFlags(flag), parseFileMode(options.mode, 'mode', 0o666));
}

function writeAll(fd, data, callback, flush, isUserFd) {
  if (typeof data === 'string') data = Buffer.from(data);
  const end = (error) => {
    if (isUserFd) callback(error);
    else exported('close')(fd, (closeError) => callback(error ?? closeError));
  };
  const flushed = () => {
    if (flush) exported('fsync')(fd, end);
    else end(null);
  };
  const next = (offset) => {
    if (offset === data.byteLength) {
      flushed();
      return;
    }
    exported('write')(fd, data, offset, data.byteLength - offset, null, (error, written) => {
      if (error) end(error);
      else next(offset + written);
    });
  };
  next(0);
}

function appendFile(path, data, options, callback) {
  callback ||= options;
  validateFunction(callback, 'cb');
  options = copyObject(getOptions(options, appendDefaults));
  if (!options.flag || isFd(path)) options.flag = 'a';
  exported('writeFile')(path, data, options, callback);
}

function rename(oldPath, newPath, callback) {
  makeCallback(callback);
  oldPath = getValidatedPath(oldPath, 'oldPath');
  newPath = getValidatedPath(newPath, 'newPath');
  call(op.rename, plain(callback, 'rename', oldPath, newPath), oldPath, newPath);
}

function truncate(path, length, callback) {
  if (typeof length === 'function') {
    callback = length;
    length = 0;
  } else if (length === undefined) {
    length = 0;
  }
  validateInteger(length, 'len');
  length = Math.max(0, length);
  validateFunction(callback, 'cb');
  exported('open')(path, 'r+', (error, fd) => {
    if (error) {
      callback(error);
      return;
    }
    exported('ftruncate')(fd, length, (error) => {
      exported('close')(fd, (closeError) => callback(error ?? closeError));
    });
  });
}

function ftruncate(fd, length = 0, callback) {
  if (typeof length === 'function') {
    callback = length;
    length = 0;
  }
  fd = getValidatedFd(fd);
  validateInteger(length, 'len');
  makeCallback(callback);
  call(op.ftruncate, plain(callback, 'ftruncate'), fd, Math.max(0, length));
}

function fsync(fd, callback) {
  fd = getValidatedFd(fd);
  makeCallback(callback);
  call(op.fsync, plain(callback, 'fsync'), fd);
}

function fdatasync(fd, callback) {
  fd = getValidatedFd(fd);
  makeCallback(callback);
  call(op.fdatasync, plain(callback, 'fdatasync'), fd);
}

function rmdir(path, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  validateRmdirOptions(options);
  makeCallback(callback);
  path = getValidatedPath(path);
  call(op.rmdir, plain(callback, 'rmdir', path), path);
}

class RemoveRequest extends CallbackRequest {
  finish(result) { this.callback.call(undefined, rmFailure(result, this.path) ?? null); }
}

function rm(path, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  path = getValidatedPath(path);
  const { recursive, force, maxRetries, retryDelay } = validateRmOptions(options);
  makeCallback(callback);
  call(op.rm, register(new RemoveRequest(callback, undefined, 'rm', path)), path, recursive, force, maxRetries, retryDelay, true);
}

function mkdir(path, options, callback) {
  let mode = 0o777;
  let recursive = false;
  if (typeof options === 'function') {
    callback = options;
  } else if (typeof options === 'number' || typeof options === 'string') {
    mode = parseFileMode(options, 'mode');
  } else if (options) {
    if (options.recursive !== undefined) {
      recursive = options.recursive;
      validateBoolean(recursive, 'options.recursive');
    }
    if (options.mode !== undefined) mode = parseFileMode(options.mode, 'options.mode');
  }
  makeCallback(callback);
  path = getValidatedPath(path);
  if (recursive) call(op.mkdirs, giving(callback, same, 'mkdir', path), path, mode, true);
  else call(op.mkdir, plain(callback, 'mkdir', path), path, mode);
}

const lstatOrNothing = (path) => lstatSync(path, { throwIfNoEntry: false });

function readdir(path, options, callback) {
  callback = makeCallback(typeof options === 'function' ? options : callback);
  options = getOptions(options);
  path = getValidatedPath(path);
  if (options.recursive != null) validateBoolean(options.recursive, 'options.recursive');
  if (options.recursive) {
    readdirRecursive(path, options, callback);
    return;
  }
  const { encoding } = options;
  const withTypes = Boolean(options.withFileTypes);
  const convert = withTypes ? (listing) => direntsOf(listing, path, encoding, lstatOrNothing) :
    (listing) => namesOf(listing, encoding);
  call(op.readdir, giving(callback, convert, 'scandir', path), path, !encoding || isUtf8(encoding), withTypes);
}

function readdirRecursive(top, options, callback) {
  const asText = options.encoding !== 'buffer';
  const { relative } = require('path');
  const found = [];
  const queue = [top];
  let at = 0;
  const next = () => {
    if (at === queue.length) {
      callback(null, found);
      return;
    }
    const folder = queue[at++];
    const convert = (listing) => direntsOf(listing, folder, 'buffer', lstatOrNothing);
    const request = giving((error, dirents) => {
      if (error) {
        callback(error);
        return;
      }
      for (const dirent of dirents) {
        const full = joinPath(folder, dirent.name);
        if (dirent.isDirectory()) queue.push(full);
        if (options.withFileTypes) found.push(dirent);
        else found.push(asText ? relative(`${top}`, full) : relativeBytes(top, full));
      }
      next();
    }, convert, 'scandir', folder);
    call(op.readdir, request, folder, asText, true);
  };
  next();
}

function stat(path, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  makeCallback(callback);
  path = getValidatedPath(path);
  call(op.stat, giving(tolerant(callback, options), statsTaker(options), 'stat', path), path);
}

// throwIfNoEntry: false gives undefined for what is not there.
function tolerant(callback, options) {
  if (options?.throwIfNoEntry !== false) return callback;
  return (error, stats) => (error?.code === 'ENOENT' || error?.code === 'ENOTDIR' ? callback(null, undefined) : callback(error, stats));
}

function lstat(path, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  makeCallback(callback);
  path = getValidatedPath(path);
  call(op.lstat, giving(tolerant(callback, options), statsTaker(options), 'lstat', path), path);
}

function fstat(fd, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  fd = getValidatedFd(fd);
  makeCallback(callback);
  call(op.fstat, giving(callback, statsTaker(options), 'fstat'), fd);
}

function statfs(path, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  makeCallback(callback);
  path = getValidatedPath(path);
  call(op.statfs, giving(callback, statFsTaker(options), 'statfs', path), path);
}

// What turns the name that C gives into the encoding that was asked for.
const decoder = (encoding) => (!encoding || isUtf8(encoding) || encoding === 'buffer' ? same : (name) => name.toString(encoding));

function named(operation, path, encoding, callback, syscall) {
  call(operation, giving(callback, decoder(encoding), syscall, path), path, !encoding || isUtf8(encoding));
}

function readlink(path, options, callback) {
  callback = makeCallback(typeof options === 'function' ? options : callback);
  options = getOptions(options);
  named(op.readlink, getValidatedPath(path, 'oldPath'), options.encoding, callback, 'readlink');
}

class RealPathRequest extends CallbackRequest {
  failure(errno) { return realpathFailure(errno, this.path); }
}

function realpath(path, options, callback) {
  callback = makeCallback(typeof options === 'function' ? options : callback);
  const { encoding } = getOptions(options);
  path = toText(path);
  const request = new RealPathRequest(callback, decoder(encoding), 'lstat', path);
  call(op.realpath, register(request), path, !encoding || isUtf8(encoding));
}

realpath.native = function native(path, options, callback) {
  callback = makeCallback(callback || options);
  options = getOptions(options);
  named(op.nativeRealpath, getValidatedPath(path), options.encoding, callback, 'realpath');
};

function symlink(target, path, type, callback) {
  if (callback === undefined) {
    callback = makeCallback(type);
    type = undefined;
  } else {
    makeCallback(callback);
  }
  type = stringToSymlinkType(type);
  target = getValidatedPath(target, 'target');
  path = getValidatedPath(path);
  call(op.symlink, plain(callback, 'symlink', target, path), target, path, type);
}

function link(existingPath, newPath, callback) {
  makeCallback(callback);
  existingPath = getValidatedPath(existingPath, 'existingPath');
  newPath = getValidatedPath(newPath, 'newPath');
  call(op.link, plain(callback, 'link', existingPath, newPath), existingPath, newPath);
}

function unlink(path, callback) {
  makeCallback(callback);
  path = getValidatedPath(path);
  call(op.unlink, plain(callback, 'unlink', path), path);
}

function fchmod(fd, mode, callback) {
  fd = getValidatedFd(fd);
  mode = parseFileMode(mode, 'mode');
  makeCallback(callback);
  call(op.fchmod, plain(callback, 'fchmod'), fd, mode);
}

function chmod(path, mode, callback) {
  path = getValidatedPath(path);
  mode = parseFileMode(mode, 'mode');
  makeCallback(callback);
  call(op.chmod, plain(callback, 'chmod', path), path, mode);
}

function chown(path, uid, gid, callback) {
  makeCallback(callback);
  path = getValidatedPath(path);
  checkIds(uid, gid);
  call(op.chown, plain(callback, 'chown', path), path, uid, gid);
}

function lchown(path, uid, gid, callback) {
  makeCallback(callback);
  path = getValidatedPath(path);
  checkIds(uid, gid);
  call(op.lchown, plain(callback, 'lchown', path), path, uid, gid);
}

function fchown(fd, uid, gid, callback) {
  fd = getValidatedFd(fd);
  checkIds(uid, gid);
  makeCallback(callback);
  call(op.fchown, plain(callback, 'fchown'), fd, uid, gid);
}

function utimes(path, atime, mtime, callback) {
  makeCallback(callback);
  path = getValidatedPath(path);
  call(op.utimes, plain(callback, 'utime', path), path, toUnixTimestamp(atime), toUnixTimestamp(mtime));
}

function lutimes(path, atime, mtime, callback) {
  makeCallback(callback);
  path = getValidatedPath(path);
  call(op.lutimes, plain(callback, 'lutime', path), path, toUnixTimestamp(atime), toUnixTimestamp(mtime));
}

function futimes(fd, atime, mtime, callback) {
  fd = getValidatedFd(fd);
  atime = toUnixTimestamp(atime, 'atime');
  mtime = toUnixTimestamp(mtime, 'mtime');
  makeCallback(callback);
  call(op.futimes, plain(callback, 'futime'), fd, atime, mtime);
}

function mkdtemp(prefix, options, callback) {
  callback = makeCallback(typeof options === 'function' ? options : callback);
  options = getOptions(options);
  prefix = getValidatedPath(prefix, 'prefix');
  named(op.mkdtemp, templateOf(prefix), options.encoding, callback, 'mkdtemp');
}

function copyFile(src, dest, mode, callback) {
  if (typeof mode === 'function') {
    callback = mode;
    mode = 0;
  }
  src = getValidatedPath(src, 'src');
  dest = getValidatedPath(dest, 'dest');
  mode = getValidMode(mode, 'copyFile');
  makeCallback(callback);
  call(op.copyFile, plain(callback, 'copyfile', src, dest), src, dest, mode);
}

function cp(src, dest, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  makeCallback(callback);
  const { validateCpOptions } = require('internal/fs/utils');
  options = validateCpOptions(options);
  src = getValidatedPath(src, 'src');
  dest = getValidatedPath(dest, 'dest');
  require('internal/fs/cp').cp(src, dest, options).then(() => callback(null), callback);
}

function opendir(path, options, callback) {
  callback = typeof options === 'function' ? options : callback;
  validateFunction(callback, 'callback');
  require('internal/fs/dir').opendir(path, options, callback);
}

function glob(pattern, options, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  makeCallback(callback);
  require('internal/fs/glob').globAll(pattern, options).then((found) => callback(null, found), callback);
}

async function openAsBlob(path, options = {}) {
  validateObject(options, 'options');
  const type = options.type || '';
  if (typeof type !== 'string') throw new ERR_INVALID_ARG_TYPE('options.type', 'string', type);
  return require('internal/fs/blob').openAsBlob(getValidatedPath(path), type);
}

module.exports = {
  functions: {
    access, appendFile, chmod, chown, close, copyFile, cp, exists, fchmod, fchown, fdatasync, fstat, fsync, ftruncate,
    futimes, glob, lchown, link, lstat, lutimes, mkdir, mkdtemp, open, openAsBlob, opendir, read, readFile, readdir,
    readlink, readv, realpath, rename, rm, rmdir, stat, statfs, symlink, truncate, unlink, utimes, write, writeFile,
    writev,
  },
  makeCallback,
};
