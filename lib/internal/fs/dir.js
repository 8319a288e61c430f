'use strict';
// A folder read entry by entry; C fetches them in portions.

const { codes: { ERR_DIR_CLOSED, ERR_DIR_CONCURRENT_OPERATION, ERR_MISSING_ARGS, ERR_INVALID_THIS } } = require('internal/errors');
const { validateBoolean, validateFunction, validateUint32 } = require('internal/validators');
const {
  CallbackRequest, call, failed, failure, operations: op, register, same,
} = require('internal/fs/binding');
const { direntsOf, getOptions, getValidatedPath, isUtf8 } = require('internal/fs/utils');
const { functions: { lstatSync } } = require('internal/fs/sync');

const lstatOrNothing = (path) => lstatSync(path, { throwIfNoEntry: false });

class Dir {
  #handle;
  #path;
  #options;
  #entries = [];
  #closed = false;
  #waiting = null; // operations that came while another was under way
  #below = []; // folders that a recursive reading has yet to enter

  constructor(handle, path, options) {
    if (handle == null) throw new ERR_MISSING_ARGS('handle');
    this.#handle = handle;
    this.#path = path;
    this.#options = { bufferSize: 32, ...getOptions(options, { encoding: 'utf8' }) };
    validateUint32(this.#options.bufferSize, 'options.bufferSize', true);
  }

  get path() {
    if (!(#path in this)) throw new ERR_INVALID_THIS('Dir');
    return this.#path;
  }

  #asText() { return !this.#options.encoding || isUtf8(this.#options.encoding); }

  #take(listing, folder) {
    const dirents = direntsOf(listing, folder, this.#options.encoding, lstatOrNothing);
    for (let i = dirents.length - 1; i >= 0; i--) this.#entries.push(dirents[i]);
  }

  #hand() {
    const dirent = this.#entries.pop();
    if (this.#options.recursive && dirent.isDirectory()) this.#below.push(require('path').join(dirent.parentPath, dirent.name));
    return dirent;
  }

  read(callback) {
    if (callback === undefined) return new Promise((resolve, reject) => this.#read((error, dirent) => (error ? reject(error) : resolve(dirent)), false));
    validateFunction(callback, 'callback');
    this.#read(callback, false);
    return undefined;
  }

  #read(callback, waited) {
    if (this.#closed) {
      const error = new ERR_DIR_CLOSED();
      if (waited) callback(error);
      else process.nextTick(callback, error);
      return;
    }
    if (this.#waiting !== null) {
      this.#waiting.push(() => this.#read(callback, true));
      return;
    }
    if (this.#entries.length > 0) {
      const dirent = this.#hand();
      if (waited) callback(null, dirent);
      else process.nextTick(callback, null, dirent);
      return;
    }
    this.#waiting = [];
    this.#fetch((error) => {
      const waiting = this.#waiting;
      this.#waiting = null;
      if (error) callback(error);
      else callback(null, this.#entries.length > 0 ? this.#hand() : null);
      for (let i = 0; i < waiting.length; i++) {
        if (this.#waiting === null) waiting[i]();
        else this.#waiting.push(waiting[i]);
      }
    });
  }

  // Fills #entries, unless all is read.
  #fetch(callback) {
    const request = new CallbackRequest((error, listing) => {
      if (error) {
        callback(error);
        return;
      }
      if (listing.length > 0) {
        this.#take(listing, this.#path);
        callback(null);
      } else {
        this.#fetchBelow(callback);
      }
    }, same, 'scandir', this.#path);
    request.keep = this.#handle;
    call(op.readSome, register(request), this.#handle, this.#asText(), this.#options.bufferSize);
  }

  #fetchBelow(callback) {
    const folder = this.#below.shift();
    if (folder === undefined) {
      callback(null);
      return;
    }
    call(op.readdir, register(new CallbackRequest((error, listing) => {
      if (error) {
        callback(error);
        return;
      }
      this.#take(listing, folder);
      if (this.#entries.length > 0) callback(null);
      else this.#fetchBelow(callback);
    }, same, 'scandir', folder)), folder, this.#asText(), true);
  }

  readSync() {
    if (this.#closed) throw new ERR_DIR_CLOSED();
    if (this.#waiting !== null) throw new ERR_DIR_CONCURRENT_OPERATION();
    if (this.#entries.length === 0) {
      const listing = call(op.readSome, 0, this.#handle, this.#asText(), this.#options.bufferSize);
      if (failed(listing)) throw failure(listing, 'scandir', this.#path);
      if (listing.length > 0) this.#take(listing, this.#path);
    }
    while (this.#entries.length === 0 && this.#below.length > 0) {
      const folder = this.#below.shift();
      const listing = call(op.readdir, 0, folder, this.#asText(), true);
      if (failed(listing)) throw failure(listing, 'scandir', folder);
      this.#take(listing, folder);
    }
    return this.#entries.length > 0 ? this.#hand() : null;
  }

  close(callback) {
    if (callback === undefined) {
      if (this.#closed) return Promise.reject(new ERR_DIR_CLOSED());
      return new Promise((resolve, reject) => this.#close((error) => (error ? reject(error) : resolve())));
    }
    validateFunction(callback, 'callback');
    if (this.#closed) {
      process.nextTick(callback, new ERR_DIR_CLOSED());
      return undefined;
    }
    this.#close(callback);
    return undefined;
  }

  #close(callback) {
    if (this.#waiting !== null) {
      this.#waiting.push(() => (this.#closed ? callback(new ERR_DIR_CLOSED()) : this.#close(callback)));
      return;
    }
    this.#closed = true;
    call(op.closedir, register(new CallbackRequest(callback, undefined, 'closedir')), this.#handle);
  }

  closeSync() {
    if (this.#closed) throw new ERR_DIR_CLOSED();
    if (this.#waiting !== null) throw new ERR_DIR_CONCURRENT_OPERATION();
    this.#closed = true;
    const result = call(op.closedir, 0, this.#handle);
    if (result < 0) throw failure(result, 'closedir');
  }

  [Symbol.dispose]() {
    if (!this.#closed) this.closeSync();
  }

  async [Symbol.asyncDispose]() {
    if (!this.#closed) await this.close();
  }

  async* entries() {
    try {
      for (;;) {
        const dirent = await this.read();
        if (dirent === null) break;
        yield dirent;
      }
    } finally {
      await this.close();
    }
  }
}
Object.defineProperty(Dir.prototype, Symbol.asyncIterator, {
  value: Dir.prototype.entries, enumerable: false, writable: true, configurable: true,
});

function checked(path, options) {
  options = getOptions(options, { encoding: 'utf8' });
  if (options.recursive != null) validateBoolean(options.recursive, 'options.recursive');
  if (options.bufferSize !== undefined) validateUint32(options.bufferSize, 'options.bufferSize', true);
  return [getValidatedPath(path), options];
}

function opendir(path, options, callback) {
  [path, options] = checked(path, typeof options === 'function' ? undefined : options);
  const convert = (handle) => new Dir(handle, path, options);
  call(op.opendir, register(new CallbackRequest(callback, convert, 'opendir', path)), path);
}

function opendirSync(path, options) {
  [path, options] = checked(path, options);
  const handle = call(op.opendir, 0, path);
  if (failed(handle)) throw failure(handle, 'opendir', path);
  return new Dir(handle, path, options);
}

module.exports = { Dir, opendir, opendirSync };
