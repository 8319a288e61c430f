'use strict';
// What require('better-sqlite3') gives: the npm package's interface over Galley's own SQLite, because the package
// itself is an addon for V8.

const fs = require('fs');
const path = require('path');
const { Buffer } = require('buffer');
const { binding, aggregateFunctions, FAULT, INTEGERS, OPEN, CONFIG, FUNCTION } = require('internal/sqlite/native');
const codeName = require('internal/sqlite/codes');
const { StatementSource, makeStatement } = require('internal/sqlite/better_statement');

function SqliteError(message, code) {
  if (new.target === undefined) return new SqliteError(message, code);
  if (typeof code !== 'string') throw new TypeError('Expected second argument to be a string');
  Error.call(this, message);
  Object.defineProperty(this, 'message', { value: `${message}`, enumerable: false, writable: true, configurable: true });
  Error.captureStackTrace(this, SqliteError);
  this.code = code;
}
Object.setPrototypeOf(SqliteError, Error);
SqliteError.prototype = Object.create(Error.prototype, {
  constructor: { value: SqliteError, writable: true, configurable: true },
  name: { value: 'SqliteError', writable: true, configurable: true },
});

// What C asks when it fails.
function makeError(fault, message, number, detail) {
  switch (fault) {
    case FAULT.UNBINDABLE: return new TypeError('SQLite3 can only bind numbers, strings, bigints, buffers, and null');
    case FAULT.BIG_BINDING: return new RangeError('The bound string, buffer, or bigint is too big');
    case FAULT.FINALIZED: return new TypeError('The database connection is not open');
    case FAULT.BUSY: return new TypeError(detail === 'used' ? 'This statement is busy executing a query' : 'This database connection is busy executing a query');
    case FAULT.UNRETURNABLE: return new TypeError(`User-defined function ${detail}() returned ${number === 1 ? 'a promise' : 'an invalid value'}`);
    default: return new SqliteError(message, codeName(number));
  }
}

const kState = Symbol('state');

function flag(options, name) {
  if (!(name in options)) return false;
  const value = options[name];
  if (typeof value !== 'boolean') throw new TypeError(`Expected the "${name}" option to be a boolean`);
  return value;
}
function checkName(name) {
  if (typeof name !== 'string') throw new TypeError('Expected first argument to be a string');
  if (!name) throw new TypeError('User-defined function name cannot be an empty string');
}

// What a connection is, beside its public methods.
class State {
  native = null;
  verbose = null;
  defaultBigInts = false;
  unsafe = false;
  iterators = 0; // of statements that are being walked through: the connection is busy
  source = new StatementSource(this);

  use() {
    if (this.native === null) throw new TypeError('The database connection is not open');
    return this.native;
  }
  // For what changes the database or its functions.
  idle() {
    const native = this.use();
    if (this.iterators > 0 && !this.unsafe) throw new TypeError('This database connection is busy executing a query');
    return native;
  }
}

function readOptions(options) {
  if (options === null || options === undefined) options = {};
  if (typeof options !== 'object') throw new TypeError('Expected second argument to be an options object');
  if ('readOnly' in options) throw new TypeError('Misspelled option "readOnly" should be "readonly"');
  if ('memory' in options) throw new TypeError('Option "memory" was removed in v7.0.0 (use ":memory:" filename instead)');
  const timeout = 'timeout' in options ? options.timeout : 5000;
  if (!Number.isInteger(timeout) || timeout < 0) throw new TypeError('Expected the "timeout" option to be a positive integer');
  if (timeout > 0x7fffffff) throw new RangeError('Option "timeout" cannot be greater than 2147483647');
  const verbose = 'verbose' in options ? options.verbose : null;
  if (verbose !== null && verbose !== undefined && typeof verbose !== 'function')
    throw new TypeError('Expected the "verbose" option to be a function');
  return { readonly: flag(options, 'readonly'), mustExist: flag(options, 'fileMustExist'), timeout, verbose: verbose ?? null };
}

function Database(filename, options) {
  if (new.target === undefined) return new Database(filename, options);
  let bytes;
  if (Buffer.isBuffer(filename)) {
    bytes = filename;
    filename = ':memory:';
  }
  if (filename === null || filename === undefined) filename = '';
  if (typeof filename !== 'string') throw new TypeError('Expected first argument to be a string');
  const { readonly, mustExist, timeout, verbose } = readOptions(options);
  const name = filename.trim();
  const memory = name === '' || name === ':memory:';
  if (readonly && memory && bytes === undefined) throw new TypeError('In-memory/temporary databases cannot be readonly');
  if (!memory && !name.startsWith('file:') && !fs.existsSync(path.dirname(name)))
    throw new TypeError('Cannot open database because the directory does not exist');

  const state = new State();
  const flags = readonly && bytes === undefined ? OPEN.READONLY : mustExist ? OPEN.READWRITE : OPEN.READWRITE | OPEN.CREATE;
  state.native = binding.open(name, flags, timeout, makeError);
  state.native.configure(CONFIG.DQS_DML, false);
  state.native.configure(CONFIG.DQS_DDL, false);
  state.native.configure(CONFIG.FOREIGN_KEYS, true);
  state.native.configure(CONFIG.DEFENSIVE, true);
  state.native.configure(CONFIG.LOAD_EXTENSION, true);
  if (bytes !== undefined) state.native.deserialize(bytes, 'main', readonly);
  state.verbose = verbose;
  Object.defineProperty(this, kState, { value: state });
  Object.defineProperties(this, {
    name: { value: filename, enumerable: true },
    readonly: { value: readonly, enumerable: true },
    memory: { value: memory, enumerable: true },
  });
}

const methods = {
  prepare(sql) {
    if (typeof sql !== 'string') throw new TypeError('Expected first argument to be a string');
    return makeStatement(this, this[kState], sql);
  },

  exec(sql) {
    if (typeof sql !== 'string') throw new TypeError('Expected first argument to be a string');
    const state = this[kState];
    const native = state.idle();
    state.verbose?.(sql);
    state.source.forget();
    native.exec(sql);
    return this;
  },

  pragma(source, options) {
    options ??= {};
    if (typeof source !== 'string') throw new TypeError('Expected first argument to be a string');
    if (typeof options !== 'object') throw new TypeError('Expected second argument to be an options object');
    const simple = flag(options, 'simple');
    const statement = makeStatement(this, this[kState], `PRAGMA ${source}`, true);
    if (!statement.reader) {
      statement.run();
      return simple ? undefined : [];
    }
    return simple ? statement.pluck().get() : statement.all();
  },

  transaction(run) {
    if (typeof run !== 'function') throw new TypeError('Expected first argument to be a function');
    return require('internal/sqlite/better_transaction')(this, run);
  },

  function(name, options, run) {
    if (typeof options === 'function') {
      run = options;
      options = {};
    }
    options ??= {};
    if (typeof name !== 'string') throw new TypeError('Expected first argument to be a string');
    if (typeof run !== 'function') throw new TypeError('Expected last argument to be a function');
    if (typeof options !== 'object') throw new TypeError('Expected second argument to be an options object');
    checkName(name);
    const state = this[kState];
    const { count, flags, integers } = functionOptions(state, options, run.length);
    state.idle().define(name, count, flags, integers, true, run);
    return this;
  },

  aggregate(name, options) {
    if (typeof name !== 'string') throw new TypeError('Expected first argument to be a string');
    if (typeof options !== 'object' || options === null) throw new TypeError('Expected second argument to be an options object');
    checkName(name);
    const { step, inverse, result } = options;
    const start = 'start' in options ? options.start : null;
    if (typeof step !== 'function') throw new TypeError('Missing required option "step"');
    for (const part of ['inverse', 'result']) {
      if (options[part] !== undefined && options[part] !== null && typeof options[part] !== 'function')
        throw new TypeError(`Expected the "${part}" option to be a function`);
    }
    const state = this[kState];
    const { count, flags, integers } = functionOptions(state, options, Math.max(step.length, inverse?.length ?? 0) - 1);
    const parts = aggregateFunctions({ start, step, inverse: inverse ?? undefined, result: result ?? undefined }, true);
    state.idle().defineAggregate(name, Math.max(count, varargs(options) ? -1 : 0), flags, integers, true, parts.step, parts.inverse, parts.value, parts.done);
    return this;
  },

  table(name, factory) {
    if (typeof name !== 'string') throw new TypeError('Expected first argument to be a string');
    if (!name) throw new TypeError('Virtual table module name cannot be an empty string');
    if (typeof factory !== 'function' && (typeof factory !== 'object' || factory === null))
      throw new TypeError('Expected second argument to be a function or a table definition object');
    const state = this[kState];
    require('internal/sqlite/better_table')(state.idle(), name, factory, state.defaultBigInts);
    return this;
  },

  async backup(filename, options) {
    options ??= {};
    if (typeof filename !== 'string') throw new TypeError('Expected first argument to be a string');
    if (typeof options !== 'object') throw new TypeError('Expected second argument to be an options object');
    const name = filename.trim();
    const attached = 'attached' in options ? options.attached : 'main';
    const progress = 'progress' in options ? options.progress : null;
    if (!name) throw new TypeError('Backup filename cannot be an empty string');
    if (name === ':memory:') throw new TypeError('Invalid backup filename ":memory:"');
    if (typeof attached !== 'string') throw new TypeError('Expected the "attached" option to be a string');
    if (!attached) throw new TypeError('The "attached" option cannot be an empty string');
    if (progress !== null && typeof progress !== 'function') throw new TypeError('Expected the "progress" option to be a function');
    if (!fs.existsSync(path.dirname(name))) throw new TypeError('Cannot save backup because the directory does not exist');
    const native = this[kState].use();
    return require('internal/sqlite/better_backup')(native, name, attached, progress, makeError);
  },

  serialize(options) {
    options ??= {};
    if (typeof options !== 'object') throw new TypeError('Expected first argument to be an options object');
    const attached = 'attached' in options ? options.attached : 'main';
    if (typeof attached !== 'string') throw new TypeError('Expected the "attached" option to be a string');
    if (!attached) throw new TypeError('The "attached" option cannot be an empty string');
    const bytes = this[kState].idle().serialize(attached);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  },

  loadExtension(file, entry) {
    if (typeof file !== 'string') throw new TypeError('Expected first argument to be a string');
    const state = this[kState];
    state.idle().loadExtension(file, entry ?? null);
    state.source.forget();
    return this;
  },

  defaultSafeIntegers(on = true) {
    if (typeof on !== 'boolean') throw new TypeError('Expected first argument to be a boolean');
    this[kState].defaultBigInts = on;
    return this;
  },

  unsafeMode(on = true) {
    if (typeof on !== 'boolean') throw new TypeError('Expected first argument to be a boolean');
    const state = this[kState];
    state.unsafe = on;
    state.use().configure(CONFIG.DEFENSIVE, !on);
    return this;
  },

  close() {
    const state = this[kState];
    if (state.native !== null) {
      state.idle().close();
      state.native = null;
      state.source.forget();
    }
    return this;
  },
};

const varargs = (options) => flag(options, 'varargs');

function functionOptions(state, options, length) {
  const bigInts = 'safeIntegers' in options ? flag(options, 'safeIntegers') : state.defaultBigInts;
  const flags = (flag(options, 'deterministic') ? FUNCTION.DETERMINISTIC : 0) | (flag(options, 'directOnly') ? FUNCTION.DIRECT_ONLY : 0);
  let count = -1;
  if (!varargs(options)) {
    count = length;
    if (!Number.isInteger(count)) throw new TypeError('Expected function.length to be a positive integer');
    if (count > 100) throw new RangeError('User-defined functions cannot have more than 100 arguments');
  }
  return { count, flags, integers: bigInts ? INTEGERS.BIG : INTEGERS.ROUNDED };
}

for (const name of Object.keys(methods))
  Object.defineProperty(Database.prototype, name, { value: methods[name], writable: true, enumerable: false, configurable: true });
Object.defineProperties(Database.prototype, {
  open: { configurable: true, enumerable: true, get() { return this[kState].native !== null; } },
  inTransaction: { configurable: true, enumerable: true, get() { return this[kState].native !== null && this[kState].native.inTransaction(); } },
  [Symbol.dispose]: { configurable: true, writable: true, value() { this.close(); } },
});

Database.SqliteError = SqliteError;
module.exports = Database;
