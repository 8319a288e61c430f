'use strict';
// The ...Sync functions: check, cross into C once, shape what comes back.

const { codes: { ERR_FS_EISDIR, ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const {
  kValidateObjectAllowNullable,
  parseFileMode,
  validateBoolean,
  validateBuffer,
  validateEncoding,
  validateInteger,
  validateNumber,
  validateObject,
} = require('internal/validators');
const { binding, call, operations: op, failed, failure, fileFailure, numbers } = require('internal/fs/binding');
const {
  bytesOf, constants, copyObject, direntsOf, getOptions, getValidMode, getValidatedFd, getValidatedPath, isUtf8,
  joinPath, namesOf, statFsTaker, statsTaker, stringToFlags, stringToSymlinkType, takeStats, toUnixTimestamp,
  validateBufferArray, validateOffsetLengthRead, validateOffsetLengthWrite, validatePosition, validateRmOptions,
  validateRmdirOptions, validateStringAfterArrayBufferView, warnOnNonPortableTemplate,
} = require('internal/fs/utils');

const ENOENT = -2, ENOTDIR = -20;
const exported = (name) => require('fs')[name];

const isFd = (path) => (path >>> 0) === path;

// For calls that give nothing back.
function done(result, syscall, path, dest) {
  if (result < 0) throw failure(result, syscall, path, dest);
}

function accessSync(path, mode) {
  path = getValidatedPath(path);
  mode = getValidMode(mode, 'access');
  done(call(op.access, 0, path, mode), 'access', path);
}

let warnedExists = false;
function existsSync(path) {
  if (typeof path === 'string') return binding.exists(path);
  try {
    path = getValidatedPath(path);
  } catch (error) {
    if (!warnedExists && error?.code === 'ERR_INVALID_ARG_TYPE') {
      warnedExists = true;
      process.emitWarning('Passing invalid argument types to fs.existsSync is deprecated', 'DeprecationWarning', 'DEP0187');
    }
    return false;
  }
  return binding.exists(path);
}

function openSync(path, flags, mode) {
  if (typeof path !== 'string') path = getValidatedPath(path);
  flags = stringToFlags(flags);
  const result = call(op.open, 0, path, flags, parseFileMode(mode, 'mode', 0o666));
  if (result < 0) throw failure(result, 'open', path);
  return result;
}

function closeSync(fd) {
  done(call(op.close, 0, getValidatedFd(fd)), 'close');
}

function readSync(fd, buffer, offsetOrOptions, length, position) {
  fd = getValidatedFd(fd);
  validateBuffer(buffer);
  let offset = offsetOrOptions;
  if (arguments.length <= 3 || (offsetOrOptions !== null && typeof offsetOrOptions === 'object')) {
    if (offsetOrOptions !== undefined) validateObject(offsetOrOptions, 'options', kValidateObjectAllowNullable);
    ({ offset = 0, length = buffer.byteLength - offset, position = null } = offsetOrOptions ?? {});
  }
  if (offset === undefined) offset = 0;
  if (offset === null) offset = 0;
  else validateInteger(offset, 'offset', 0);
  length |= 0;
  if (length === 0) return 0;
  if (buffer.byteLength === 0) throw new ERR_INVALID_ARG_VALUE('buffer', buffer, 'is empty and cannot be written');
  validateOffsetLengthRead(offset, length, buffer.byteLength);
  position = validatePosition(position, 'position', length);
  const result = call(op.read, 0, fd, bytesOf(buffer), buffer.byteOffset + offset, length, position);
  if (result < 0) throw failure(result, 'read');
  return result;
}

function readvSync(fd, buffers, position) {
  fd = getValidatedFd(fd);
  validateBufferArray(buffers);
  const result = call(op.readv, 0, fd, buffers.map(bytesOf), typeof position === 'number' ? position : -1);
  if (result < 0) throw failure(result, 'read');
  return result;
}

function writeSync(fd, buffer, offsetOrOptions, length, position) {
  fd = getValidatedFd(fd);
  let offset = offsetOrOptions;
  let result;
  if (ArrayBuffer.isView(buffer)) {
    if (position === undefined) position = null;
    if (typeof offset === 'object')
      ({ offset = 0, length = buffer.byteLength - offset, position = null } = offsetOrOptions ?? {});
    if (offset == null) offset = 0;
    else validateInteger(offset, 'offset', 0);
    if (typeof length !== 'number') length = buffer.byteLength - offset;
    validateOffsetLengthWrite(offset, length, buffer.byteLength);
    result = call(op.write, 0, fd, bytesOf(buffer), buffer.byteOffset + offset, length, typeof position === 'number' ? position : -1);
  } else {
    validateStringAfterArrayBufferView(buffer, 'buffer');
    if (length) validateEncoding(buffer, length);
    if (offset === undefined) offset = null;
    const data = !length || isUtf8(length) ? buffer : Buffer.from(buffer, length);
    result = call(op.writeText, 0, fd, data, typeof offset === 'number' ? offset : -1);
  }
  if (result < 0) throw failure(result, 'write');
  return result;
}

function writevSync(fd, buffers, position) {
  fd = getValidatedFd(fd);
  validateBufferArray(buffers);
  if (buffers.length === 0) return 0;
  const result = call(op.writev, 0, fd, buffers.map(bytesOf), typeof position === 'number' ? position : -1);
  if (result < 0) throw failure(result, 'write');
  return result;
}

function readFileSync(path, options) {
  if (options === 'utf8' && typeof path === 'string') {
    const result = call(op.readFile, 0, path, 0, true);
    if (typeof result === 'string') return result;
    throw fileFailure(result, path);
  }
  options = getOptions(options, readDefaults);
  const { encoding } = options;
  const isText = encoding === 'utf8' || (encoding && isUtf8(encoding));
  let result;
  if (isFd(path)) {
    result = call(op.readFileFd, 0, path, isText);
  } else {
    if (typeof path !== 'string') path = getValidatedPath(path);
    const { flag } = options;
    result = call(op.readFile, 0, path, flag === 'r' ? 0 : stringToFlags(flag, 'options.flag'), isText);
  }
  if (typeof result === 'string') return result;
  if (failed(result)) throw fileFailure(result, path);
  return !encoding || encoding === 'buffer' ? result : result.toString(encoding);
}
const readDefaults = Object.freeze({ encoding: undefined, flag: 'r' });
const writeDefaults = Object.freeze({ encoding: 'utf8', mode: 0o666, flag: 'w', flush: false });
const appendDefaults = Object.freeze({ encoding: 'utf8', mode: 0o666, flag: 'a', flush: false });

// What to write: text that C encodes itself, or bytes.
function dataOf(data, encoding) {
  if (ArrayBuffer.isView(data)) return bytesOf(data);
  validateStringAfterArrayBufferView(data, 'data');
  return !encoding || isUtf8(encoding) ? data : Buffer.from(data, encoding);
}

function writeFileSync(path, data, options) {
  options = getOptions(options, writeDefaults);
  const flush = options.flush ?? false;
  if (flush !== false) validateBoolean(flush, 'options.flush');
  data = dataOf(data, options.encoding);
  if (flush || isFd(path)) return writeInSteps(path, data, options, flush);
  if (typeof path !== 'string') path = getValidatedPath(path);
  const { flag, mode } = options;
  const result = call(op.writeFile, 0, path, data, stringToFlags(flag || 'w'), mode === 0o666 ? mode : parseFileMode(mode, 'mode', 0o666));
  if (result < 0) throw fileFailure(result, path);
}

function writeInSteps(path, data, options, flush) {
  if (typeof data === 'string') data = Buffer.from(data);
  const isUserFd = isFd(path);
  const fd = isUserFd ? path : exported('openSync')(path, options.flag || 'w', options.mode);
  try {
    for (let offset = 0; offset < data.byteLength;)
      offset += exported('writeSync')(fd, data, offset, data.byteLength - offset);
    if (flush) exported('fsyncSync')(fd);
  } finally {
    if (!isUserFd) exported('closeSync')(fd);
  }
}

function appendFileSync(path, data, options) {
  options = getOptions(options, appendDefaults);
  options = copyObject(options);
  if (!options.flag || isFd(path)) options.flag = 'a';
  writeFileSync(path, data, options);
}

function renameSync(oldPath, newPath) {
  oldPath = getValidatedPath(oldPath, 'oldPath');
  newPath = getValidatedPath(newPath, 'newPath');
  done(call(op.rename, 0, oldPath, newPath), 'rename', oldPath, newPath);
}

function truncateSync(path, length) {
  if (length === undefined) length = 0;
  const fd = openSync(path, 'r+');
  try {
    ftruncateSync(fd, length);
  } finally {
    closeSync(fd);
  }
}

function ftruncateSync(fd, length = 0) {
  fd = getValidatedFd(fd);
  validateInteger(length, 'len');
  done(call(op.ftruncate, 0, fd, length < 0 ? 0 : length), 'ftruncate');
}

function fsyncSync(fd) { done(call(op.fsync, 0, getValidatedFd(fd)), 'fsync'); }
function fdatasyncSync(fd) { done(call(op.fdatasync, 0, getValidatedFd(fd)), 'fdatasync'); }

function rmdirSync(path, options) {
  path = getValidatedPath(path);
  validateRmdirOptions(options);
  done(call(op.rmdir, 0, path), 'rmdir', path);
}

const rmStages = [undefined, undefined, 'rm', 'unlink', 'lstat'];

// The error of a removal that C could not finish; undefined if it could.
function rmFailure(result, path) {
  if (result === undefined) return undefined;
  const [errno, where] = Array.isArray(result) ? result : [result, path];
  if (errno === -21 && numbers[18] === 0) {
    return new ERR_FS_EISDIR({
      code: 'EISDIR', message: 'is a directory', path: path.toString(), syscall: 'rm', errno: 21,
    });
  }
  return failure(errno, rmStages[numbers[18]] ?? 'rm', where);
}

function rmSync(path, options) {
  path = getValidatedPath(path);
  const { recursive, force, maxRetries, retryDelay } = validateRmOptions(options);
  const error = rmFailure(call(op.rm, 0, path, recursive, force, maxRetries, retryDelay, true), path);
  if (error !== undefined) throw error;
}

function mkdirSync(path, options) {
  let mode = 0o777;
  let recursive = false;
  if (typeof options === 'number' || typeof options === 'string') {
    mode = parseFileMode(options, 'mode');
  } else if (options) {
    if (options.recursive !== undefined) {
      recursive = options.recursive;
      validateBoolean(recursive, 'options.recursive');
    }
    if (options.mode !== undefined) mode = parseFileMode(options.mode, 'options.mode');
  }
  path = getValidatedPath(path);
  if (!recursive) return done(call(op.mkdir, 0, path, mode), 'mkdir', path);
  const result = call(op.mkdirs, 0, path, mode, true);
  if (failed(result)) throw failure(result, 'mkdir', path);
  return result;
}

// Folders below a folder, depth first or breadth first does not matter to programs: Node goes breadth first.
function readdirRecursive(top, options, withFileTypes, list) {
  const { encoding } = options;
  const asText = encoding !== 'buffer';
  const path = require('path');
  const found = [];
  const queue = [top];
  for (let i = 0; i < queue.length; i++) {
    const folder = queue[i];
    const listing = list(folder, asText);
    if (i > 0 && listing === undefined) continue;
    for (const dirent of direntsOf(listing, folder, 'buffer', (name) => lstatOrNothing(name))) {
      const full = joinPath(folder, dirent.name);
      if (dirent.isDirectory() || (dirent.isSymbolicLink() && !withFileTypes && false)) queue.push(full);
      if (withFileTypes) found.push(dirent);
      else found.push(asText ? path.relative(`${top}`, full) : relativeBytes(top, full));
    }
  }
  return found;
}

function relativeBytes(top, full) {
  const length = Buffer.from(top).length;
  return full.subarray(length + 1);
}

const lstatOrNothing = (path) => (failed(call(op.lstat, 0, path)) ? undefined : takeStats());

function readdirSync(path, options) {
  options = getOptions(options);
  path = getValidatedPath(path);
  if (options.recursive != null) validateBoolean(options.recursive, 'options.recursive');
  const { encoding } = options;
  const withTypes = Boolean(options.withFileTypes);
  if (options.recursive) {
    return readdirRecursive(path, options, withTypes, (folder, asText) => {
      const listing = call(op.readdir, 0, folder, asText, true);
      if (failed(listing)) throw failure(listing, 'scandir', folder);
      return listing;
    });
  }
  const listing = call(op.readdir, 0, path, !encoding || isUtf8(encoding), withTypes);
  if (failed(listing)) throw failure(listing, 'scandir', path);
  return withTypes ? direntsOf(listing, path, encoding, lstatOrNothing) : namesOf(listing, encoding);
}

function statSync(path, options) {
  if (typeof path !== 'string') path = getValidatedPath(path);
  const result = call(op.stat, 0, path);
  if (result < 0) {
    if (options?.throwIfNoEntry === false && (result === ENOENT || result === ENOTDIR)) return undefined;
    throw failure(result, 'stat', path);
  }
  return options === undefined ? takeStats() : statsTaker(options)();
}

function lstatSync(path, options) {
  if (typeof path !== 'string') path = getValidatedPath(path);
  const result = call(op.lstat, 0, path);
  if (result < 0) {
    if (options?.throwIfNoEntry === false && (result === ENOENT || result === ENOTDIR)) return undefined;
    throw failure(result, 'lstat', path);
  }
  return statsTaker(options)();
}

function fstatSync(fd, options) {
  const result = call(op.fstat, 0, getValidatedFd(fd));
  if (result < 0) throw failure(result, 'fstat');
  return statsTaker(options)();
}

function statfsSync(path, options) {
  path = getValidatedPath(path);
  const result = call(op.statfs, 0, path);
  if (result < 0) throw failure(result, 'statfs', path);
  return statFsTaker(options)();
}

// Operations that give a name back, in whatever encoding.
function named(operation, path, encoding, syscall) {
  const result = call(operation, 0, path, !encoding || isUtf8(encoding));
  if (failed(result)) throw failure(result, syscall, path);
  return typeof result === 'string' || encoding === 'buffer' ? result : result.toString(encoding);
}

function readlinkSync(path, options) {
  options = getOptions(options);
  return named(op.readlink, getValidatedPath(path), options.encoding, 'readlink');
}

// The part of a path that leads nowhere, as lstat sees it.
function realpathFailure(errno, path) {
  const { resolve } = require('path');
  let name = resolve(`${path}`);
  let syscall = 'lstat';
  if (errno === ENOENT || errno === ENOTDIR) {
    let current = '';
    for (const part of name.split('/').slice(1)) {
      current += `/${part}`;
      const result = call(op.lstat, 0, current);
      if (result < 0) return failure(result, 'lstat', current);
      const reached = call(op.stat, 0, current);
      if (reached < 0) {
        name = named(op.readlink, current, undefined, 'readlink');
        name = resolve(current, '..', name);
        return reached === ENOENT ? failure(reached, 'stat', current) : failure(reached, 'stat', current);
      }
    }
  } else if (errno === -40) {
    syscall = 'stat';
  }
  return failure(errno, syscall, name);
}

function realpathSync(path, options) {
  options = getOptions(options);
  path = toText(path);
  const { encoding } = options;
  const result = call(op.realpath, 0, path, !encoding || isUtf8(encoding));
  if (failed(result)) throw realpathFailure(result, path);
  return typeof result === 'string' || encoding === 'buffer' ? result : result.toString(encoding);
}

function toText(path) {
  path = require('internal/fs/utils').toPathIfFileURL(path);
  if (typeof path !== 'string') path = `${path}`;
  return getValidatedPath(path);
}

realpathSync.native = function native(path, options) {
  options = getOptions(options);
  return named(op.nativeRealpath, getValidatedPath(path), options.encoding, 'realpath');
};

function symlinkSync(target, path, type) {
  if (type === undefined) type = null;
  type = stringToSymlinkType(type);
  target = getValidatedPath(target, 'target');
  path = getValidatedPath(path);
  done(call(op.symlink, 0, target, path, type), 'symlink', target, path);
}

function linkSync(existingPath, newPath) {
  existingPath = getValidatedPath(existingPath, 'existingPath');
  newPath = getValidatedPath(newPath, 'newPath');
  done(call(op.link, 0, existingPath, newPath), 'link', existingPath, newPath);
}

function unlinkSync(path) {
  if (typeof path !== 'string') path = getValidatedPath(path);
  done(call(op.unlink, 0, path), 'unlink', path);
}

function fchmodSync(fd, mode) {
  done(call(op.fchmod, 0, getValidatedFd(fd), parseFileMode(mode, 'mode')), 'fchmod');
}

function chmodSync(path, mode) {
  path = getValidatedPath(path);
  mode = parseFileMode(mode, 'mode');
  done(call(op.chmod, 0, path, mode), 'chmod', path);
}

const maxId = 2 ** 32 - 1;

function checkIds(uid, gid) {
  validateInteger(uid, 'uid', -1, maxId);
  validateInteger(gid, 'gid', -1, maxId);
}

function chownSync(path, uid, gid) {
  path = getValidatedPath(path);
  checkIds(uid, gid);
  done(call(op.chown, 0, path, uid, gid), 'chown', path);
}

function lchownSync(path, uid, gid) {
  path = getValidatedPath(path);
  checkIds(uid, gid);
  done(call(op.lchown, 0, path, uid, gid), 'lchown', path);
}

function fchownSync(fd, uid, gid) {
  fd = getValidatedFd(fd);
  checkIds(uid, gid);
  done(call(op.fchown, 0, fd, uid, gid), 'fchown');
}

function utimesSync(path, atime, mtime) {
  path = getValidatedPath(path);
  done(call(op.utimes, 0, path, toUnixTimestamp(atime), toUnixTimestamp(mtime)), 'utime', path);
}

function lutimesSync(path, atime, mtime) {
  path = getValidatedPath(path);
  done(call(op.lutimes, 0, path, toUnixTimestamp(atime), toUnixTimestamp(mtime)), 'lutime', path);
}

function futimesSync(fd, atime, mtime) {
  fd = getValidatedFd(fd);
  done(call(op.futimes, 0, fd, toUnixTimestamp(atime, 'atime'), toUnixTimestamp(mtime, 'mtime')), 'futime');
}

function templateOf(prefix) {
  warnOnNonPortableTemplate(prefix);
  return typeof prefix === 'string' ? `${prefix}XXXXXX` : Buffer.concat([prefix, Buffer.from('XXXXXX')]);
}

function mkdtempSync(prefix, options) {
  options = getOptions(options);
  prefix = getValidatedPath(prefix, 'prefix');
  return named(op.mkdtemp, templateOf(prefix), options.encoding, 'mkdtemp');
}

function mkdtempDisposableSync(prefix, options) {
  options = getOptions(options);
  prefix = getValidatedPath(prefix, 'prefix');
  const cwd = process.cwd();
  const path = named(op.mkdtemp, templateOf(prefix), options.encoding, 'mkdtemp');
  const full = require('path').resolve(cwd, path);
  const remove = () => rmSync(full, { maxRetries: 0, recursive: true, force: true, retryDelay: 0 });
  return { path, remove, [Symbol.dispose]() { remove(); } };
}

function copyFileSync(src, dest, mode) {
  src = getValidatedPath(src, 'src');
  dest = getValidatedPath(dest, 'dest');
  mode = getValidMode(mode, 'copyFile');
  done(call(op.copyFile, 0, src, dest, mode), 'copyfile', src, dest);
}

function cpSync(src, dest, options) { require('internal/fs/cp').cpSync(src, dest, options); }

function opendirSync(path, options) { return require('internal/fs/dir').opendirSync(path, options); }

function globSync(pattern, options) { return require('internal/fs/glob').globSync(pattern, options); }

module.exports = {
  functions: {
    accessSync, appendFileSync, chmodSync, chownSync, closeSync, copyFileSync, cpSync, existsSync, fchmodSync,
    fchownSync, fdatasyncSync, fstatSync, fsyncSync, ftruncateSync, futimesSync, globSync, lchownSync, linkSync,
    lstatSync, lutimesSync, mkdirSync, mkdtempDisposableSync, mkdtempSync, openSync, opendirSync, readFileSync,
    readSync, readdirSync, readlinkSync, readvSync, realpathSync, renameSync, rmSync, rmdirSync, statSync,
    statfsSync, symlinkSync, truncateSync, unlinkSync, utimesSync, writeFileSync, writeSync, writevSync,
  },
  appendDefaults,
  checkIds,
  dataOf,
  isFd,
  readDefaults,
  realpathFailure,
  relativeBytes,
  rmFailure,
  templateOf,
  toText,
  writeDefaults,
  constants,
  validateNumber,
};
