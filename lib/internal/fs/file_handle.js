'use strict';
// An open file that closes itself when it is disposed of, and complains if it had to be collected.

const EventEmitter = require('events');
const {
  AbortError,
  codes: { ERR_INVALID_ARG_VALUE, ERR_INVALID_STATE },
} = require('internal/errors');
const {
  kValidateObjectAllowNullable,
  parseFileMode,
  validateBuffer,
  validateEncoding,
  validateInteger,
  validateObject,
} = require('internal/validators');
const { call, operations: op, PromiseRequest, same } = require('internal/fs/binding');
const {
  bytesOf, getOptions, isUtf8, statsTaker, toUnixTimestamp, validateBufferArray, validateOffsetLengthRead,
  validateOffsetLengthWrite, validatePosition, validateStringAfterArrayBufferView,
} = require('internal/fs/utils');
const { checkIds, readDefaults, writeDefaults } = require('internal/fs/sync');
const { FileRequest, aborted, ask, giving, isIterable, orAborted, plain } = require('internal/fs/promises');

const { kTransfer, kDeserialize } = require('internal/transferable');

const kFd = Symbol('fd');
const kMoved = Symbol('moved');
const kRefs = Symbol('refs');
const kClose = Symbol('close');
const kRef = Symbol('ref');
const kUnref = Symbol('unref');

// A handle that nobody closed: its file is closed now, and the program is told.
const forgotten = new FinalizationRegistry((fd) => {
  call(op.close, 0, fd);
  process.nextTick(() => {
    throw new ERR_INVALID_STATE('A FileHandle object was closed during garbage collection. ' +
      'This used to be allowed with a deprecation warning but is now considered an error. ' +
      `Please close FileHandle objects explicitly. File descriptor: ${fd}`);
  });
});

class FileHandle extends EventEmitter {
  constructor(fd) {
    super();
    this[kFd] = fd;
    this[kRefs] = 1;
    this[kClose] = undefined;
    if (fd !== undefined) forgotten.register(this, fd, this);
  }

  get fd() { return this[kFd]; }
  getAsyncId() { return -1; }

  appendFile(data, options) { return use(this, 'appendFile', () => writeFileHandle(this, data, options)); }
  writeFile(data, options) { return use(this, 'writeFile', () => writeFileHandle(this, data, options)); }
  readFile(options) { return use(this, 'readFile', () => readFileHandle(this, options)); }

  chmod(mode) {
    return use(this, 'fchmod', () => ask(op.fchmod, plain('fchmod'), this[kFd], parseFileMode(mode, 'mode')));
  }

  chown(uid, gid) {
    return use(this, 'fchown', () => {
      checkIds(uid, gid);
      return ask(op.fchown, plain('fchown'), this[kFd], uid, gid);
    });
  }

  datasync() { return use(this, 'fdatasync', () => ask(op.fdatasync, plain('fdatasync'), this[kFd])); }
  sync() { return use(this, 'fsync', () => ask(op.fsync, plain('fsync'), this[kFd])); }
  stat(options) { return use(this, 'fstat', () => ask(op.fstat, giving(statsTaker(options), 'fstat'), this[kFd])); }

  truncate(length = 0) {
    return use(this, 'ftruncate', () => {
      validateInteger(length, 'len');
      return ask(op.ftruncate, plain('ftruncate'), this[kFd], Math.max(0, length));
    });
  }

  utimes(atime, mtime) {
    return use(this, 'futimes', () => {
      atime = toUnixTimestamp(atime, 'atime');
      mtime = toUnixTimestamp(mtime, 'mtime');
      return ask(op.futimes, plain('futime'), this[kFd], atime, mtime);
    });
  }

  read(buffer, offset, length, position) { return use(this, 'read', () => read(this, buffer, offset, length, position)); }

  readv(buffers, position) {
    return use(this, 'readv', () => {
      validateBufferArray(buffers);
      const list = buffers.map(bytesOf);
      const request = new PromiseRequest((bytesRead) => ({ __proto__: null, bytesRead, buffers }), 'read');
      request.keep = list;
      return ask(op.readv, request, this[kFd], list, typeof position === 'number' ? position : -1);
    });
  }

  write(buffer, offset, length, position) { return use(this, 'write', () => write(this, buffer, offset, length, position)); }

  writev(buffers, position) {
    return use(this, 'writev', async () => {
      validateBufferArray(buffers);
      if (buffers.length === 0) return { __proto__: null, bytesWritten: 0, buffers };
      const list = buffers.map(bytesOf);
      const request = new PromiseRequest((bytesWritten) => ({ __proto__: null, bytesWritten, buffers }), 'write');
      request.keep = list;
      return ask(op.writev, request, this[kFd], list, typeof position === 'number' ? position : -1);
    });
  }

  close = () => {
    if (this[kFd] === -1) return Promise.resolve();
    if (this[kClose] !== undefined) return this[kClose].promise;
    this[kClose] = Promise.withResolvers();
    const { promise } = this[kClose];
    this.emit('close');
    release(this);
    return promise;
  };

  async [Symbol.asyncDispose]() { await this.close(); }

  readableWebStream(options = {}) { return require('internal/fs/web_stream').readableWebStream(this, options); }

  readLines(options = undefined) {
    const { createInterface } = require('readline');
    return createInterface({ input: this.createReadStream(options), crlfDelay: Infinity });
  }

  createReadStream(options = undefined) {
    const { ReadStream } = require('internal/fs/streams');
    return new ReadStream(undefined, { ...options, fd: this });
  }

  createWriteStream(options = undefined) {
    const { WriteStream } = require('internal/fs/streams');
    return new WriteStream(undefined, { ...options, fd: this });
  }

  // To another thread: what is left here is closed to all that it could do.
  [kTransfer]() {
    if (this[kRefs] > 1 || this[kClose] !== undefined || this[kFd] === -1) {
      const DOMException = require('internal/domexception');
      throw new DOMException('Cannot transfer FileHandle while in use', 'DataCloneError');
    }
    const fd = this[kFd];
    this[kFd] = -1;
    this[kMoved] = true;
    forgotten.unregister(this);
    return { data: { fd }, deserializeInfo: 'internal/fs/file_handle:FileHandle' };
  }

  [kDeserialize]({ fd }) {
    this[kFd] = fd;
    forgotten.register(this, fd, this);
  }

  // For streams that keep the handle open.
  [kRef]() { this[kRefs]++; }
  [kUnref]() { release(this); }
}

function release(handle) {
  if (--handle[kRefs] > 0) return;
  const fd = handle[kFd];
  handle[kFd] = -1;
  forgotten.unregister(handle);
  const closing = handle[kClose];
  const promise = ask(op.close, plain('close'), fd);
  if (closing !== undefined) promise.then(closing.resolve, closing.reject);
}

// Runs an operation on a handle that has to stay open meanwhile.
async function use(handle, name, operation) {
  if (handle[kFd] === -1) {
    const error = new Error(handle[kMoved] ? 'The FileHandle has been transferred' : 'file closed');
    error.code = 'EBADF';
    error.syscall = name;
    throw error;
  }
  handle[kRefs]++;
  try {
    return await operation();
  } finally {
    release(handle);
  }
}

async function read(handle, bufferOrParams, offset, length, position) {
  let buffer = bufferOrParams;
  if (!ArrayBuffer.isView(buffer)) {
    // read(), read(options)
    if (bufferOrParams !== undefined) validateObject(bufferOrParams, 'options', kValidateObjectAllowNullable);
    ({ buffer = Buffer.alloc(16384), offset = 0, length = buffer.byteLength - offset, position = null } = bufferOrParams ?? {});
    validateBuffer(buffer);
  }
  if (offset !== null && typeof offset === 'object')
    ({ offset = 0, length = buffer.byteLength - offset, position = null } = offset);
  if (offset == null) offset = 0;
  else validateInteger(offset, 'offset', 0);
  length ??= buffer.byteLength - offset;
  if (length === 0) return { __proto__: null, bytesRead: length, buffer };
  if (buffer.byteLength === 0) throw new ERR_INVALID_ARG_VALUE('buffer', buffer, 'is empty and cannot be written');
  validateOffsetLengthRead(offset, length, buffer.byteLength);
  position = validatePosition(position, 'position', length);
  const bytes = bytesOf(buffer);
  const request = new PromiseRequest((bytesRead) => ({ __proto__: null, bytesRead, buffer }), 'read');
  request.keep = bytes;
  return ask(op.read, request, handle[kFd], bytes, bytes.byteOffset + offset, length, position);
}

async function write(handle, buffer, offsetOrOptions, length, position) {
  if (buffer?.byteLength === 0) return { __proto__: null, bytesWritten: 0, buffer };
  const convert = (bytesWritten) => ({ __proto__: null, bytesWritten, buffer });
  const request = new PromiseRequest(convert, 'write');
  let offset = offsetOrOptions;
  if (ArrayBuffer.isView(buffer)) {
    if (typeof offset === 'object')
      ({ offset = 0, length = buffer.byteLength - offset, position = null } = offsetOrOptions ?? {});
    if (offset == null) offset = 0;
    else validateInteger(offset, 'offset', 0);
    if (typeof length !== 'number') length = buffer.byteLength - offset;
    if (typeof position !== 'number') position = -1;
    validateOffsetLengthWrite(offset, length, buffer.byteLength);
    const bytes = bytesOf(buffer);
    request.keep = bytes;
    return ask(op.write, request, handle[kFd], bytes, bytes.byteOffset + offset, length, position);
  }
  validateStringAfterArrayBufferView(buffer, 'buffer');
  if (length) validateEncoding(buffer, length);
  const data = !length || isUtf8(length) ? buffer : Buffer.from(buffer, length);
  request.keep = data;
  return ask(op.writeText, request, handle[kFd], data, typeof offset === 'number' ? offset : -1);
}

async function readFileHandle(handle, options) {
  options = getOptions(options, readDefaults);
  const { encoding, signal } = options;
  if (signal?.aborted) throw aborted(signal);
  const isText = Boolean(encoding) && isUtf8(encoding);
  const convert = !encoding || isText || encoding === 'buffer' ? same : (buffer) => buffer.toString(encoding);
  return orAborted(ask(op.readFileFd, new FileRequest(convert), handle[kFd], isText), signal);
}

async function writeFileHandle(handle, data, options) {
  options = getOptions(options, writeDefaults);
  if (!isIterable(data) && !ArrayBuffer.isView(data)) validateStringAfterArrayBufferView(data, 'data');
  return writeToHandle(handle, data, options.signal, options.encoding);
}

// Text, bytes, or an iterable of them.
async function writeToHandle(handle, data, signal, encoding) {
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  if (isIterable(data)) {
    for await (const part of data) {
      if (signal?.aborted) throw aborted(signal);
      await writeAll(handle, ArrayBuffer.isView(part) ? part : Buffer.from(part, encoding || 'utf8'), signal);
    }
    return;
  }
  if (!ArrayBuffer.isView(data)) data = Buffer.from(data, encoding || 'utf8');
  await writeAll(handle, data, signal);
}

const chunkSize = 512 * 1024;

async function writeAll(handle, data, signal) {
  let rest = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  while (rest.byteLength > 0) {
    if (signal?.aborted) throw aborted(signal);
    const { bytesWritten } = await write(handle, rest, 0, signal ? Math.min(chunkSize, rest.byteLength) : rest.byteLength);
    rest = rest.subarray(bytesWritten);
  }
  if (signal?.aborted) throw aborted(signal);
}

const handleOf = (fd) => new FileHandle(fd);

module.exports = { FileHandle, handleOf, writeToHandle, kRef, kUnref };
