'use strict';
// Watching: fs.watch() asks the kernel, watchFile() looks again and again.

const EventEmitter = require('events');
const { AbortError, UVException, codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const {
  validateAbortSignal, validateBoolean, validateFunction, validateInteger, validateObject, validateOneOf, validateUint32,
} = require('internal/validators');
const { binding, call, failed, operations: op } = require('internal/fs/binding');
const {
  BigIntStats, Stats, getOptions, getValidatedPath, isUtf8, takeBigIntStats, takeStats,
} = require('internal/fs/utils');
const { functions: { readdirSync, lstatSync } } = require('internal/fs/sync');

// What options.ignore says: a function of a name.
function ignorer(ignore) {
  if (ignore == null) return undefined;
  const one = (value, name) => {
    if (typeof value === 'string') {
      if (value.length === 0) throw new ERR_INVALID_ARG_VALUE(name, value, 'must be a non-empty string');
      const { Pattern } = require('internal/fs/pattern');
      const pattern = new Pattern(value, { dot: true, matchBase: true });
      return (file) => pattern.match(file);
    }
    if (value instanceof RegExp) return (file) => value.test(file);
    if (typeof value === 'function') return value;
    throw new ERR_INVALID_ARG_TYPE(name, ['string', 'RegExp', 'Function'], value);
  };
  if (!Array.isArray(ignore)) return one(ignore, 'options.ignore');
  const all = ignore.map((value, i) => one(value, `options.ignore[${i}]`));
  return (file) => all.some((ignored) => ignored(file));
}

function watchFailure(errno, path) {
  const error = new UVException({ errno, syscall: 'watch', path });
  error.filename = path;
  return error;
}

class FSWatcher extends EventEmitter {
  #handles = new Map(); // folder relative to the top -> handle; '' is the top itself
  #path;
  #encoding;
  #ignored;
  #recursive;
  #persistent;
  #known; // recursive: names that are there, to tell a new one from a changed one
  #closed = false;

  // Not for programs: fs.watch() makes them.
  start(path, { persistent, recursive, encoding, ignore }) {
    this.#path = path;
    this.#encoding = encoding;
    this.#ignored = ignorer(ignore);
    this.#recursive = recursive;
    this.#persistent = persistent;
    const error = this.#watchFolder('');
    if (error < 0) throw watchFailure(error, path);
    if (recursive && lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) {
      this.#known = new Set();
      this.#scan('', false);
    }
    return this;
  }

  #full(name) { return name === '' ? this.#path : require('path').join(`${this.#path}`, name); }

  #watchFolder(name) {
    const asText = this.#recursive || !this.#encoding || isUtf8(this.#encoding);
    const handle = binding.watch(this.#full(name), (status, renamed, file) => this.#saw(name, status, renamed, file), this.#persistent, asText);
    if (typeof handle === 'number') return handle;
    this.#handles.set(name, handle);
    return 0;
  }

  // Watches what is below a folder; what has come since is told.
  #scan(folder, tell) {
    let entries;
    try {
      entries = readdirSync(this.#full(folder), { withFileTypes: true });
    } catch {
      return;
    }
    for (const entry of entries) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (this.#known.has(name)) continue;
      this.#known.add(name);
      if (entry.isDirectory() && !this.#handles.has(name)) {
        if (this.#ignored?.(name)) continue;
        this.#watchFolder(name);
        if (tell) this.#tell('rename', name);
        this.#scan(name, tell);
      } else if (tell) {
        this.#tell('rename', name);
      }
    }
  }

  #saw(folder, status, renamed, file) {
    if (this.#closed) return;
    if (status < 0) {
      const error = watchFailure(status, file ?? this.#path);
      this.close();
      this.emit('error', error);
      return;
    }
    if (this.#known === undefined) {
      this.#tell(renamed ? 'rename' : 'change', file);
      return;
    }
    if (file === null) return;
    const name = folder === '' ? file : `${folder}/${file}`;
    if (folder !== '' && renamed && !this.#known.has(name) && lstatSync(this.#full(folder), { throwIfNoEntry: false }) === undefined) {
      this.#forget(folder);
      return;
    }
    this.#tell(renamed ? 'rename' : 'change', name);
    if (!renamed || this.#closed) return;
    const stats = lstatSync(this.#full(name), { throwIfNoEntry: false });
    if (stats === undefined) {
      this.#forget(name);
    } else if (!this.#known.has(name)) {
      this.#known.add(name);
      if (stats.isDirectory() && !this.#ignored?.(name)) {
        this.#watchFolder(name);
        this.#scan(name, true);
      }
    }
  }

  #forget(name) {
    this.#known.delete(name);
    const below = `${name}/`;
    for (const known of this.#known) if (known.startsWith(below)) this.#known.delete(known);
    for (const [folder, handle] of this.#handles) {
      if (folder !== name && !folder.startsWith(below)) continue;
      handle.close();
      this.#handles.delete(folder);
    }
  }

  #tell(event, name) {
    if (this.#closed) return;
    if (name !== null && this.#ignored?.(typeof name === 'string' ? name : name.toString())) return;
    const encoding = this.#encoding;
    if (encoding && name !== null) {
      if (typeof name !== 'string') name = encoding === 'buffer' ? name : name.toString(encoding);
      else if (!isUtf8(encoding)) name = encoding === 'buffer' ? Buffer.from(name) : Buffer.from(name).toString(encoding);
    }
    this.emit('change', event, name);
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    for (const handle of this.#handles.values()) handle.close();
    this.#handles.clear();
    process.nextTick(() => this.emit('close'));
  }

  ref() {
    for (const handle of this.#handles.values()) handle.setRef(true);
    return this;
  }

  unref() {
    for (const handle of this.#handles.values()) handle.setRef(false);
    return this;
  }
}

function watch(filename, options, listener) {
  if (typeof options === 'function') listener = options;
  options = { ...getOptions(options) };
  filename = getValidatedPath(filename, 'filename');
  options.persistent ??= true;
  options.recursive ??= false;
  if (options.recursive !== false) validateBoolean(options.recursive, 'options.recursive');
  const watcher = new FSWatcher().start(filename, options);
  if (listener) watcher.addListener('change', listener);
  const { signal } = options;
  if (signal) {
    if (signal.aborted) {
      process.nextTick(() => watcher.close());
    } else {
      const stop = () => watcher.close();
      signal.addEventListener('abort', stop);
      watcher.once('close', () => signal.removeEventListener('abort', stop));
    }
  }
  return watcher;
}

// fs.promises.watch()
async function* watchIterator(filename, options = {}) {
  validateObject(options, 'options');
  const { persistent = true, recursive = false, encoding = 'utf8', maxQueue = 2048, overflow = 'ignore', signal, ignore } = options;
  filename = getValidatedPath(filename, 'filename');
  validateBoolean(persistent, 'options.persistent');
  validateBoolean(recursive, 'options.recursive');
  validateInteger(maxQueue, 'options.maxQueue');
  validateOneOf(overflow, 'options.overflow', ['ignore', 'error', 'throw']);
  validateAbortSignal(signal, 'options.signal');
  if (encoding && !Buffer.isEncoding(encoding) && encoding !== 'buffer') {
    const reason = 'is invalid encoding';
    throw new ERR_INVALID_ARG_VALUE('encoding', encoding, reason);
  }
  ignorer(ignore);
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });

  const queue = [];
  let waiting;
  let failure;
  const wake = () => {
    waiting?.();
    waiting = undefined;
  };
  const watcher = new FSWatcher().start(filename, { persistent, recursive, encoding, ignore });
  watcher.on('change', (eventType, file) => {
    if (queue.length >= maxQueue) {
      if (overflow === 'ignore') {
        process.emitWarning('fs.watch maxQueue exceeded');
      } else {
        const { ERR_FS_WATCH_QUEUE_OVERFLOW } = require('internal/errors').codes;
        failure = new ERR_FS_WATCH_QUEUE_OVERFLOW(maxQueue);
        wake();
      }
      return;
    }
    queue.push({ __proto__: null, eventType, filename: file });
    wake();
  });
  watcher.on('error', (error) => {
    failure = error;
    wake();
  });
  const onAbort = () => {
    failure = new AbortError(undefined, { cause: signal.reason });
    wake();
  };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    while (!signal?.aborted) {
      while (queue.length > 0) {
        yield queue.shift();
        if (failure !== undefined) break;
      }
      if (failure !== undefined) throw failure;
      await new Promise((resolve) => { waiting = resolve; });
    }
    throw new AbortError(undefined, { cause: signal?.reason });
  } finally {
    watcher.close();
    signal?.removeEventListener('abort', onAbort);
  }
}

// watchFile

const zeros = new Array(14).fill(0);
const zeroStats = () => new Stats(...zeros);
const zeroBigStats = () => new BigIntStats(...zeros.map(() => 0n));

// A change is anything but another time of access.
const compared = ['dev', 'mode', 'nlink', 'uid', 'gid', 'rdev', 'ino', 'size', 'mtimeNs', 'ctimeNs', 'birthtimeNs'];

class StatWatcher extends EventEmitter {
  #path;
  #bigint;
  #interval;
  #timer;
  #refs = 1;
  #before; // [exact, as shown]
  #stopped = false;
  #missing = false;

  constructor(path, { bigint, interval, persistent }) {
    super();
    this.#path = path;
    this.#bigint = bigint;
    this.#interval = Math.max(1, interval);
    if (!persistent) this.#refs = 0;
    this.#before = this.#look();
    // What is not there is told once, so that programs know.
    if (this.#missing) process.nextTick(() => this.#stopped || this.emit('change', this.#before[1], this.#before[1]));
    this.#schedule();
  }

  #look() {
    this.#missing = failed(call(op.stat, 0, this.#path));
    if (this.#missing) return [zeroBigStats(), this.#bigint ? zeroBigStats() : zeroStats()];
    const exact = takeBigIntStats();
    return [exact, this.#bigint ? exact : takeStats()];
  }

  #schedule() {
    this.#timer = setTimeout(() => {
      if (this.#stopped) return;
      const before = this.#before;
      const now = this.#look();
      if (compared.some((name) => before[0][name] !== now[0][name])) {
        this.#before = now;
        this.emit('change', now[1], before[1]);
      }
      if (!this.#stopped) this.#schedule();
    }, this.#interval);
    if (this.#refs <= 0) this.#timer.unref();
  }

  addRef() { if (++this.#refs > 0) this.#timer.ref(); }

  ref() {
    this.#refs = 1;
    this.#timer.ref();
    return this;
  }

  unref() {
    this.#refs = 0;
    this.#timer.unref();
    return this;
  }

  stop() {
    if (this.#stopped) return;
    this.#stopped = true;
    clearTimeout(this.#timer);
    process.nextTick(() => this.emit('stop'));
  }
}

const statWatchers = new Map();

function watchFile(filename, options, listener) {
  filename = getValidatedPath(filename);
  filename = require('path').resolve(`${filename}`);
  if (options === null || typeof options !== 'object') {
    listener = options;
    options = undefined;
  }
  options = { interval: 5007, persistent: true, bigint: false, ...options };
  validateFunction(listener, 'listener');
  validateUint32(options.interval, 'interval');
  let watcher = statWatchers.get(filename);
  if (watcher === undefined) {
    watcher = new StatWatcher(filename, options);
    statWatchers.set(filename, watcher);
  }
  watcher.addListener('change', listener);
  return watcher;
}

function unwatchFile(filename, listener) {
  filename = getValidatedPath(filename);
  filename = require('path').resolve(`${filename}`);
  const watcher = statWatchers.get(filename);
  if (watcher === undefined) return;
  if (typeof listener === 'function') watcher.removeListener('change', listener);
  else watcher.removeAllListeners('change');
  if (watcher.listenerCount('change') === 0) {
    watcher.stop();
    statWatchers.delete(filename);
  }
}

module.exports = { FSWatcher, StatWatcher, unwatchFile, watch, watchFile, watchIterator };
