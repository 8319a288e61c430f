'use strict';
// What programs may pass to fs functions, checked, and the objects that they get back.

const { codes: {
  ERR_FS_EISDIR,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_OUT_OF_RANGE,
} } = require('internal/errors');
const {
  validateAbortSignal,
  validateBoolean,
  validateFunction,
  validateInt32,
  validateInteger,
  validateObject,
  validateOneOf,
  validateUint32,
} = require('internal/validators');
const { binding, numbers, big } = require('internal/fs/binding');

const constants = { __proto__: null };
{
  const list = binding.constants();
  for (let i = 0; i < list.length; i += 2) constants[list[i]] = list[i + 1];
  Object.freeze(constants);
}

const {
  O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY,
  S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK,
  UV_DIRENT_UNKNOWN, UV_DIRENT_FILE, UV_DIRENT_DIR, UV_DIRENT_LINK, UV_DIRENT_FIFO, UV_DIRENT_SOCKET,
  UV_DIRENT_CHAR, UV_DIRENT_BLOCK,
  UV_FS_SYMLINK_DIR, UV_FS_SYMLINK_JUNCTION,
} = constants;

// Paths

function isURL(value) {
  return typeof value === 'object' && value !== null && Boolean(value.href && value.protocol && value.auth === undefined && value.path === undefined);
}

const toPathIfFileURL = (value) => (isURL(value) ? require('internal/url').toPathIfFileURL(value) : value);

const isUint8Array = (value) => value instanceof Uint8Array || Object.prototype.toString.call(value) === '[object Uint8Array]';

function validatePath(path, name = 'path') {
  if (typeof path === 'string') {
    if (!path.includes('\u0000')) return;
  } else if (isUint8Array(path)) {
    if (!Uint8Array.prototype.includes.call(path, 0)) return;
  } else {
    throw new ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'URL'], path);
  }
  throw new ERR_INVALID_ARG_VALUE(name, path, 'must be a string, Uint8Array, or URL without null bytes');
}

function getValidatedPath(path, name = 'path') {
  if (typeof path === 'string' && !path.includes('\u0000')) return path;
  path = toPathIfFileURL(path);
  validatePath(path, name);
  return path;
}

// Descriptors, flags, modes

function getValidatedFd(fd, name = 'fd') {
  if (Object.is(fd, -0)) return 0;
  validateInt32(fd, name, 0);
  return fd;
}

const flagNumbers = { __proto__: null };
for (const [names, number] of [
  [['r'], O_RDONLY],
  [['rs', 'sr'], O_RDONLY | O_SYNC],
  [['r+'], O_RDWR],
  [['rs+', 'sr+'], O_RDWR | O_SYNC],
  [['w'], O_TRUNC | O_CREAT | O_WRONLY],
  [['wx', 'xw'], O_TRUNC | O_CREAT | O_WRONLY | O_EXCL],
  [['w+'], O_TRUNC | O_CREAT | O_RDWR],
  [['wx+', 'xw+'], O_TRUNC | O_CREAT | O_RDWR | O_EXCL],
  [['a'], O_APPEND | O_CREAT | O_WRONLY],
  [['ax', 'xa'], O_APPEND | O_CREAT | O_WRONLY | O_EXCL],
  [['as', 'sa'], O_APPEND | O_CREAT | O_WRONLY | O_SYNC],
  [['a+'], O_APPEND | O_CREAT | O_RDWR],
  [['ax+', 'xa+'], O_APPEND | O_CREAT | O_RDWR | O_EXCL],
  [['as+', 'sa+'], O_APPEND | O_CREAT | O_RDWR | O_SYNC],
]) for (const name of names) flagNumbers[name] = number;

function stringToFlags(flags, name = 'flags') {
  if (typeof flags === 'number') {
    validateInt32(flags, name);
    return flags;
  }
  if (flags == null) return O_RDONLY;
  const number = typeof flags === 'string' ? flagNumbers[flags] : undefined;
  if (number === undefined) throw new ERR_INVALID_ARG_VALUE(name, flags);
  return number;
}

function getValidMode(mode, kind) {
  if (mode == null) return 0;
  validateInteger(mode, 'mode', 0, 7);
  return mode;
}

function stringToSymlinkType(type) {
  switch (type) {
    case undefined: case null: case 'file': return 0;
    case 'dir': return UV_FS_SYMLINK_DIR;
    case 'junction': return UV_FS_SYMLINK_JUNCTION;
    default: validateOneOf(type, 'type', ['dir', 'file', 'junction']);
  }
}

// Options

function assertEncoding(encoding) {
  if (encoding && encoding !== 'utf8' && encoding !== 'utf-8' && !Buffer.isEncoding(encoding))
    throw new ERR_INVALID_ARG_VALUE('encoding', encoding, 'is invalid encoding');
}

const none = Object.freeze({ __proto__: null });

function getOptions(options, defaults = none) {
  if (options == null || typeof options === 'function') return defaults;
  if (typeof options === 'string') {
    defaults = { ...defaults, encoding: options };
    options = defaults;
  } else if (typeof options !== 'object') {
    throw new ERR_INVALID_ARG_TYPE('options', ['string', 'Object'], options);
  }
  if (options.encoding !== 'buffer') assertEncoding(options.encoding);
  if (options.signal !== undefined) validateAbortSignal(options.signal, 'options.signal');
  return options;
}

function copyObject(source) {
  const copy = {};
  for (const key in source) copy[key] = source[key];
  return copy;
}

// The encodings that C makes itself.
const isUtf8 = (encoding) => encoding === 'utf8' || encoding === 'utf-8' || encoding === 'UTF-8' || encoding === 'UTF8';
const isNameText = (encoding) => !encoding || isUtf8(encoding);

// A function that turns what C gave for a path (text, or a Buffer) into what was asked for.
function nameDecoder(encoding) {
  if (!encoding || isUtf8(encoding) || encoding === 'buffer') return undefined;
  return (buffer) => buffer.toString(encoding);
}

const validateRmdirOptions = (options) => {
  if (options === undefined) return { recursive: false };
  validateObject(options, 'options');
  if (options.recursive !== undefined)
    throw new ERR_INVALID_ARG_VALUE('options.recursive', options.recursive, 'is no longer supported');
  return options;
};

const rmDefaults = { recursive: false, force: false, retryDelay: 100, maxRetries: 0 };

function validateRmOptions(options) {
  if (options === undefined) return rmDefaults;
  validateObject(options, 'options');
  options = { ...rmDefaults, ...options };
  validateBoolean(options.force, 'options.force');
  validateBoolean(options.recursive, 'options.recursive');
  validateInt32(options.retryDelay, 'options.retryDelay', 0);
  validateUint32(options.maxRetries, 'options.maxRetries');
  return options;
}

const cpDefaults = {
  dereference: false,
  errorOnExist: false,
  filter: undefined,
  force: true,
  preserveTimestamps: false,
  recursive: false,
  verbatimSymlinks: false,
};

function validateCpOptions(options) {
  if (options === undefined) return { ...cpDefaults, mode: 0 };
  validateObject(options, 'options');
  options = { ...cpDefaults, ...options };
  validateBoolean(options.dereference, 'options.dereference');
  validateBoolean(options.errorOnExist, 'options.errorOnExist');
  validateBoolean(options.force, 'options.force');
  validateBoolean(options.preserveTimestamps, 'options.preserveTimestamps');
  validateBoolean(options.recursive, 'options.recursive');
  validateBoolean(options.verbatimSymlinks, 'options.verbatimSymlinks');
  options.mode = getValidMode(options.mode, 'copyFile');
  if (options.dereference === true && options.verbatimSymlinks === true) {
    const { ERR_INCOMPATIBLE_OPTION_PAIR } = require('internal/errors').codes;
    throw new ERR_INCOMPATIBLE_OPTION_PAIR('dereference', 'verbatimSymlinks');
  }
  if (options.filter !== undefined) validateFunction(options.filter, 'options.filter');
  return options;
}

// Bytes and positions

const maxLength = 2 ** 31 - 1;

function validateOffsetLengthRead(offset, length, byteLength) {
  if (offset < 0) throw new ERR_OUT_OF_RANGE('offset', '>= 0', offset);
  if (length < 0) throw new ERR_OUT_OF_RANGE('length', '>= 0', length);
  if (offset + length > byteLength) throw new ERR_OUT_OF_RANGE('length', `<= ${byteLength - offset}`, length);
}

function validateOffsetLengthWrite(offset, length, byteLength) {
  if (offset > byteLength) throw new ERR_OUT_OF_RANGE('offset', `<= ${byteLength}`, offset);
  if (length > byteLength - offset) throw new ERR_OUT_OF_RANGE('length', `<= ${byteLength - offset}`, length);
  if (length < 0) throw new ERR_OUT_OF_RANGE('length', '>= 0', length);
  validateInt32(length, 'length', 0);
}

// Returns a number: -1 is "where the descriptor stands".
function validatePosition(position, name, length) {
  if (position == null) return -1;
  if (typeof position === 'number') {
    validateInteger(position, name, -1);
    return position;
  }
  if (typeof position === 'bigint') {
    const most = 2n ** 63n - 1n - BigInt(length);
    if (!(position >= -1n && position <= most)) throw new ERR_OUT_OF_RANGE(name, `>= -1 && <= ${most}`, position);
    return Number(position);
  }
  throw new ERR_INVALID_ARG_TYPE(name, ['integer', 'bigint'], position);
}

function validateBufferArray(buffers, name = 'buffers') {
  if (!Array.isArray(buffers)) throw new ERR_INVALID_ARG_TYPE(name, 'ArrayBufferView[]', buffers);
  for (let i = 0; i < buffers.length; i++)
    if (!ArrayBuffer.isView(buffers[i])) throw new ERR_INVALID_ARG_TYPE(name, 'ArrayBufferView[]', buffers);
  return buffers;
}

function validateStringAfterArrayBufferView(buffer, name) {
  if (typeof buffer !== 'string')
    throw new ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'TypedArray', 'DataView'], buffer);
}

// C takes bytes.
const bytesOf = (view) => (view instanceof Uint8Array ? view : new Uint8Array(view.buffer, view.byteOffset, view.byteLength));

function toUnixTimestamp(time, name = 'time') {
  // eslint-disable-next-line eqeqeq
  if (typeof time === 'string' && +time == time) return +time;
  if (Number.isFinite(time)) return time < 0 ? Date.now() / 1000 : time;
  if (time instanceof Date || Object.prototype.toString.call(time) === '[object Date]') return Date.prototype.getTime.call(time) / 1000;
  throw new ERR_INVALID_ARG_TYPE(name, ['Date', 'Time in seconds'], time);
}

// Statistics: numbers come through the array that C fills; dates are made when somebody looks.

function StatsBase(dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks) {
  this.dev = dev;
  this.mode = mode;
  this.nlink = nlink;
  this.uid = uid;
  this.gid = gid;
  this.rdev = rdev;
  this.blksize = blksize;
  this.ino = ino;
  this.size = size;
  this.blocks = blocks;
}

StatsBase.prototype.isDirectory = function isDirectory() { return isKind(this, S_IFDIR); };
StatsBase.prototype.isFile = function isFile() { return isKind(this, S_IFREG); };
StatsBase.prototype.isBlockDevice = function isBlockDevice() { return isKind(this, S_IFBLK); };
StatsBase.prototype.isCharacterDevice = function isCharacterDevice() { return isKind(this, S_IFCHR); };
StatsBase.prototype.isSymbolicLink = function isSymbolicLink() { return isKind(this, S_IFLNK); };
StatsBase.prototype.isFIFO = function isFIFO() { return isKind(this, S_IFIFO); };
StatsBase.prototype.isSocket = function isSocket() { return isKind(this, S_IFSOCK); };

const isKind = (stats, kind) => (Number(stats.mode) & S_IFMT) === kind;

function Stats(dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, atimeMs, mtimeMs, ctimeMs, birthtimeMs) {
  this.dev = dev;
  this.mode = mode;
  this.nlink = nlink;
  this.uid = uid;
  this.gid = gid;
  this.rdev = rdev;
  this.blksize = blksize;
  this.ino = ino;
  this.size = size;
  this.blocks = blocks;
  this.atimeMs = atimeMs;
  this.mtimeMs = mtimeMs;
  this.ctimeMs = ctimeMs;
  this.birthtimeMs = birthtimeMs;
}
Object.setPrototypeOf(Stats.prototype, StatsBase.prototype);
Object.setPrototypeOf(Stats, StatsBase);

function BigIntStats(dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks, atimeNs, mtimeNs, ctimeNs, birthtimeNs) {
  StatsBase.call(this, dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks);
  this.atimeMs = atimeNs / 1000000n;
  this.mtimeMs = mtimeNs / 1000000n;
  this.ctimeMs = ctimeNs / 1000000n;
  this.birthtimeMs = birthtimeNs / 1000000n;
  this.atimeNs = atimeNs;
  this.mtimeNs = mtimeNs;
  this.ctimeNs = ctimeNs;
  this.birthtimeNs = birthtimeNs;
}
Object.setPrototypeOf(BigIntStats.prototype, StatsBase.prototype);
Object.setPrototypeOf(BigIntStats, StatsBase);

for (const name of ['atime', 'mtime', 'ctime', 'birthtime']) {
  const property = {
    configurable: true,
    enumerable: true,
    get() {
      const value = new Date(Math.round(Number(this[`${name}Ms`])));
      Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true });
      return value;
    },
    set(value) {
      Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true });
    },
  };
  Object.defineProperty(Stats.prototype, name, property);
  Object.defineProperty(BigIntStats.prototype, name, property);
}

function takeStats() {
  const n = numbers;
  return new Stats(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9],
    n[10] * 1000 + n[11] / 1e6, n[12] * 1000 + n[13] / 1e6, n[14] * 1000 + n[15] / 1e6, n[16] * 1000 + n[17] / 1e6);
}

function takeBigIntStats() {
  const n = big;
  const G = 1000000000n;
  return new BigIntStats(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9],
    n[10] * G + n[11], n[12] * G + n[13], n[14] * G + n[15], n[16] * G + n[17]);
}

const statsTaker = (options) => (options !== undefined && options !== null && options.bigint ? takeBigIntStats : takeStats);

class StatFs {
  constructor(type, bsize, blocks, bfree, bavail, files, ffree) {
    this.type = type;
    this.bsize = bsize;
    this.frsize = bsize;
    this.blocks = blocks;
    this.bfree = bfree;
    this.bavail = bavail;
    this.files = files;
    this.ffree = ffree;
  }
}

const takeStatFs = (from) => new StatFs(from[0], from[1], from[2], from[3], from[4], from[5], from[6]);
const statFsTaker = (options) => (options !== undefined && options !== null && options.bigint ? () => takeStatFs(big) : () => takeStatFs(numbers));

// Entries of folders

const kType = Symbol('type');

class Dirent {
  constructor(name, parentPath, type) {
    this.name = name;
    this.parentPath = parentPath;
    this[kType] = type;
  }

  isDirectory() { return this[kType] === UV_DIRENT_DIR; }
  isFile() { return this[kType] === UV_DIRENT_FILE; }
  isBlockDevice() { return this[kType] === UV_DIRENT_BLOCK; }
  isCharacterDevice() { return this[kType] === UV_DIRENT_CHAR; }
  isSymbolicLink() { return this[kType] === UV_DIRENT_LINK; }
  isFIFO() { return this[kType] === UV_DIRENT_FIFO; }
  isSocket() { return this[kType] === UV_DIRENT_SOCKET; }
}

function direntTypeOf(stats) {
  switch (Number(stats.mode) & S_IFMT) {
    case S_IFREG: return UV_DIRENT_FILE;
    case S_IFDIR: return UV_DIRENT_DIR;
    case S_IFLNK: return UV_DIRENT_LINK;
    case S_IFIFO: return UV_DIRENT_FIFO;
    case S_IFSOCK: return UV_DIRENT_SOCKET;
    case S_IFCHR: return UV_DIRENT_CHAR;
    case S_IFBLK: return UV_DIRENT_BLOCK;
    default: return UV_DIRENT_UNKNOWN;
  }
}

// C lists a folder as names joined by slashes (text or bytes), each behind a digit if types are wanted.

function splitBytes(bytes) {
  const list = [];
  if (bytes.length === 0) return list;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(47, start);
    if (end === -1) break;
    list.push(bytes.subarray(start, end));
    start = end + 1;
  }
  list.push(bytes.subarray(start));
  return list;
}

const splitNames = (listing) => (typeof listing === 'string' ? (listing === '' ? [] : listing.split('/')) : splitBytes(listing));

function namesOf(listing, encoding) {
  const names = splitNames(listing);
  if (typeof listing === 'string' || encoding === 'buffer') return names;
  return names.map((name) => name.toString(encoding));
}

// lstat(path) says what an entry is when the file system did not.
function direntsOf(listing, path, encoding, lstat) {
  const names = splitNames(listing);
  const dirents = new Array(names.length);
  for (let i = 0; i < names.length; i++) {
    const entry = names[i];
    let name, type;
    if (typeof entry === 'string') {
      name = entry.slice(1);
      type = entry.charCodeAt(0) - 48;
    } else {
      name = entry.subarray(1);
      type = entry[0] - 48;
      if (encoding !== 'buffer') name = name.toString(encoding);
    }
    if (type === UV_DIRENT_UNKNOWN && lstat !== undefined) {
      const stats = lstat(joinPath(path, name));
      if (stats !== undefined) type = direntTypeOf(stats);
    }
    dirents[i] = new Dirent(name, path, type);
  }
  return dirents;
}

function joinPath(path, name) {
  if (typeof path === 'string' && typeof name === 'string') return require('path').join(path, name);
  return Buffer.concat([Buffer.from(path), Buffer.from('/'), Buffer.from(name)]);
}

let warnedOfTemplate = false;
function warnOnNonPortableTemplate(template) {
  if (warnedOfTemplate) return;
  if ((typeof template === 'string' && template.endsWith('X')) ||
      (typeof template !== 'string' && template[template.length - 1] === 0x58)) {
    warnedOfTemplate = true;
    process.emitWarning('mkdtemp() templates ending with X are not portable. For details see: https://nodejs.org/api/fs.html');
  }
}

module.exports = {
  BigIntStats,
  Dirent,
  ERR_FS_EISDIR,
  StatFs,
  Stats,
  assertEncoding,
  bytesOf,
  constants,
  copyObject,
  direntTypeOf,
  direntsOf,
  getOptions,
  getValidMode,
  getValidatedFd,
  getValidatedPath,
  isNameText,
  isUtf8,
  joinPath,
  kType,
  maxLength,
  nameDecoder,
  namesOf,
  statFsTaker,
  statsTaker,
  stringToFlags,
  stringToSymlinkType,
  takeBigIntStats,
  takeStats,
  toPathIfFileURL,
  toUnixTimestamp,
  validateBufferArray,
  validateCpOptions,
  validateOffsetLengthRead,
  validateOffsetLengthWrite,
  validatePath,
  validatePosition,
  validateRmOptions,
  validateRmdirOptions,
  validateStringAfterArrayBufferView,
  warnOnNonPortableTemplate,
};
