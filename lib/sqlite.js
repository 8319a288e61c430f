'use strict';
// Node's own interface to SQLite. The work is done in C, a crossing a statement; see lib/internal/sqlite/native.js.

const { binding, numbers, bigNumbers, RowReader, aggregateFunctions, FAULT, INTEGERS, OPEN, CONFIG, FUNCTION } =
  require('internal/sqlite/native');
const constants = require('internal/sqlite/constants');

function coded(Type, code, message) {
  const error = new Type(message);
  error.code = code;
  return error;
}
const invalidType = (message) => coded(TypeError, 'ERR_INVALID_ARG_TYPE', message);
const invalidState = (message) => coded(Error, 'ERR_INVALID_STATE', message);

function sqliteError(message, errcode, errstr) {
  const error = coded(Error, 'ERR_SQLITE_ERROR', message);
  error.errcode = errcode;
  error.errstr = errstr;
  return error;
}

// What C asks when it fails.
function makeError(fault, message, number, detail) {
  switch (fault) {
    case FAULT.UNBINDABLE: return invalidType(`Provided value cannot be bound to SQLite parameter ${number}.`);
    case FAULT.BIG_BINDING: return coded(TypeError, 'ERR_INVALID_ARG_VALUE', 'BigInt value is too large to bind.');
    case FAULT.LARGE_NUMBER:
      return coded(RangeError, 'ERR_OUT_OF_RANGE', `Value is too large to be represented as a JavaScript number: ${detail}`);
    case FAULT.FINALIZED: return invalidState('statement has been finalized');
    case FAULT.BUSY:
      return invalidState(detail === 'used' ? 'statement cannot be used while it is being executed' : `database cannot be ${detail} while in a callback`);
    case FAULT.UNRETURNABLE:
      return sqliteError(number === 1 ? 'Asynchronous user-defined functions are not supported' :
        'Returned JavaScript value cannot be converted to a SQLite value', 1, 'SQL logic error');
    default: return sqliteError(message, number, detail);
  }
}

function checkObject(value, name) {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function'))
    throw invalidType(`The "${name}" argument must be an object.`);
}
function checkString(value, name) {
  if (typeof value !== 'string') throw invalidType(`The "${name}" argument must be a string.`);
}
function checkFunction(value, name) {
  if (typeof value !== 'function') throw invalidType(`The "${name}" argument must be a function.`);
}
function checkBoolean(value, name) {
  if (typeof value !== 'boolean') throw invalidType(`The "${name}" argument must be a boolean.`);
}
const isInteger = (value) => typeof value === 'number' && (value | 0) === value;
// options[name] if it is there, and then a boolean.
function booleanOption(options, name, fallback) {
  const value = options[name];
  if (value === undefined) return fallback;
  checkBoolean(value, `options.${name}`);
  return value;
}

function locationOf(path) {
  let text;
  if (typeof path === 'string') text = path;
  else if (path instanceof Uint8Array) text = require('buffer').Buffer.from(path.buffer, path.byteOffset, path.byteLength).toString();
  else if (typeof path?.href === 'string' && typeof path.protocol === 'string') {
    if (path.protocol !== 'file:') throw coded(TypeError, 'ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file:');
    text = path.href;
  }
  if (text === undefined || text.includes('\0'))
    throw invalidType('The "path" argument must be a string, Uint8Array, or URL without null bytes.');
  return text;
}

// ---- statements

const own = Symbol('made by Galley'); // lets only this file construct
function checkOwn(key) {
  if (key !== own) throw coded(Error, 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
}

const statistics = { __proto__: null, fullscanStep: 1, sort: 2, autoindex: 3, vmStep: 4, reprepare: 5, run: 6,
  filterMiss: 7, filterHit: 8, memused: 99 };

class StatementSync {
  #native;
  #database; // what a statement is used on must not be collected
  #rows;
  #bare;
  #unknown;
  #bigInts;
  #arrays;
  #names = null;
  #uses = 0; // an iterator is good until the next use

  constructor(key, native, database, settings) {
    checkOwn(key);
    this.#native = native;
    this.#database = database;
    this.#rows = new RowReader(native, false);
    this.#bare = settings.bare;
    this.#unknown = settings.unknown;
    this.#bigInts = settings.bigInts;
    this.#arrays = settings.arrays;
    if (settings.bigInts) native.readAs(INTEGERS.BIG, false);
  }

  run(...args) {
    this.#uses++;
    if (isNamed(args[0])) this.#native.run(...this.#named(args));
    else this.#native.run(0, ...args);
    if (this.#bigInts) return { changes: bigNumbers[0], lastInsertRowid: bigNumbers[1] };
    return { changes: numbers[0], lastInsertRowid: numbers[1] };
  }

  get(...args) {
    this.#uses++;
    const values = isNamed(args[0]) ? this.#native.get(...this.#named(args)) : this.#native.get(0, ...args);
    if (values === undefined || this.#arrays) return values;
    return this.#rows.object(values);
  }

  all(...args) {
    this.#uses++;
    const values = isNamed(args[0]) ? this.#native.all(...this.#named(args)) : this.#native.all(0, ...args);
    return this.#arrays ? this.#rows.arrays(values) : this.#rows.objects(values);
  }

  iterate(...args) {
    const use = ++this.#uses;
    const native = this.#native;
    if (isNamed(args[0])) native.bind(...this.#named(args));
    else native.bind(0, ...args);
    const check = () => {
      if (this.#uses !== use) throw invalidState('iterator was invalidated');
    };
    return new StatementSyncIterator(own, {
      next: () => {
        check();
        const values = native.next();
        return values === undefined || this.#arrays ? values : this.#rows.object(values);
      },
      stop: () => {
        if (this.#uses === use) native.reset();
      },
    });
  }

  columns() {
    return this.#native.columnNames().map((_, i) => {
      const [name, column, table, database, type] = this.#native.columnInfo(i);
      return { __proto__: null, column, database, name, table, type };
    });
  }

  stat(counter) {
    checkString(counter, 'counter');
    if (statistics[counter] === undefined)
      throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', 'The "counter" argument is not a valid statistic name.');
    return this.#native.status(statistics[counter], false);
  }

  resetStats() {
    for (const name of Object.keys(statistics)) if (name !== 'memused') this.#native.status(statistics[name], true);
  }

  setAllowBareNamedParameters(allow) {
    checkBoolean(allow, 'allowBareNamedParameters');
    this.#bare = allow;
  }
  setAllowUnknownNamedParameters(allow) {
    checkBoolean(allow, 'enabled');
    this.#unknown = allow;
  }
  setReadBigInts(on) {
    checkBoolean(on, 'readBigInts');
    this.#native.readAs(on ? INTEGERS.BIG : INTEGERS.CHECKED, false);
    this.#bigInts = on;
  }
  setReturnArrays(on) {
    checkBoolean(on, 'returnArrays');
    this.#arrays = on;
  }

  get sourceSQL() { return this.#native.sourceSQL(); }
  get expandedSQL() { return this.#native.expandedSQL(); }

  close() { this.#native.close(); }
  [Symbol.dispose]() {
    try {
      this.#native.close();
    } catch {}
  }

  // The parameters as C wants them: how many are named, their indexes and values, the others.
  #named(args) {
    const list = [0];
    const object = args[0];
    this.#names ??= parameterNames(this.#native);
    const { full, bare } = this.#names;
    for (const name of Object.keys(object)) {
      let index = full.get(name);
      if (index === undefined && this.#bare) {
        index = bare.get(name);
        if (typeof index === 'string') {
          throw invalidState(`Cannot create bare named parameter '${name}' because of conflicting names ` +
            `'${index}${name}' and '${bare.get(name + '\0')}${name}'.`);
        }
      }
      if (index !== undefined) {
        list[0]++;
        list.push(index, object[name]);
      } else if (!this.#unknown) throw invalidState(`Unknown named parameter '${name}'`);
    }
    for (let i = 1; i < args.length; i++) list.push(args[i]);
    return list;
  }
}

const isNamed = (value) => typeof value === 'object' && value !== null && !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer);

// Indexes by '$name' and by 'name'; two that differ in their sign only make the bare name ambiguous.
function parameterNames(native) {
  const full = new Map();
  const bare = new Map();
  const count = native.parameterCount();
  for (let i = 1; i <= count; i++) {
    const name = native.parameterName(i);
    if (name === null) continue;
    full.set(name, i);
    const plain = name.slice(1);
    if (!bare.has(plain)) bare.set(plain, i);
    else {
      bare.set(plain + '\0', name[0]);
      bare.set(plain, native.parameterName(bare.get(plain))[0]);
    }
  }
  return { full, bare };
}

class StatementSyncIterator extends Iterator {
  #source;
  #done = false;
  constructor(key, source) {
    checkOwn(key);
    super();
    this.#source = source;
  }
  next() {
    if (this.#done) return { __proto__: null, done: true, value: null };
    const row = this.#source.next();
    if (row !== undefined) return { __proto__: null, done: false, value: row };
    this.#done = true;
    return { __proto__: null, done: true, value: null };
  }
  return() {
    if (!this.#done) this.#source.stop();
    this.#done = true;
    return { __proto__: null, done: true, value: null };
  }
}

// ---- statements kept by their text, for tagged templates

class SQLTagStore {
  #database;
  #prepare;
  #capacity;
  #statements = new Map(); // the one used last is last

  constructor(key, database, prepare, capacity) {
    checkOwn(key);
    this.#database = database;
    this.#prepare = prepare;
    this.#capacity = capacity;
  }

  #statement(strings) {
    if (!Array.isArray(strings) || strings.some((part) => typeof part !== 'string'))
      throw invalidType('First argument must be an array of strings (template literal).');
    const sql = strings.join('?');
    let found = this.#statements.get(sql);
    if (found !== undefined) this.#statements.delete(sql);
    else {
      found = this.#prepare(sql);
      if (this.#statements.size >= this.#capacity) this.#statements.delete(this.#statements.keys().next().value);
    }
    this.#statements.set(sql, found);
    return found;
  }

  get(strings, ...values) { return this.#statement(strings).get({}, ...values); }
  all(strings, ...values) { return this.#statement(strings).all({}, ...values); }
  iterate(strings, ...values) { return this.#statement(strings).iterate({}, ...values); }
  run(strings, ...values) { return this.#statement(strings).run({}, ...values); }
  clear() { this.#statements.clear(); }
  get capacity() { return this.#capacity; }
  get db() { return this.#database; }
  get size() { return this.#statements.size; }
}

// ---- sessions

class Session {
  #native;
  #check;
  constructor(key, native, check) {
    checkOwn(key);
    this.#native = native;
    this.#check = check;
  }
  #open() {
    this.#check();
    if (this.#native === null) throw invalidState('session is not open');
    return this.#native;
  }
  changeset() { return this.#open().changeset(); }
  patchset() { return this.#open().patchset(); }
  close() {
    this.#open().close();
    this.#native = null;
  }
  [Symbol.dispose]() {
    try {
      this.close();
    } catch {}
  }
}

// ---- databases

const limitIds = { length: 0, sqlLength: 1, column: 2, exprDepth: 3, compoundSelect: 4, vdbeOp: 5, functionArg: 6,
  attach: 7, likePatternLength: 8, variableNumber: 9, triggerDepth: 10 };

function readLimits(limits) {
  if (limits === undefined) return [];
  checkObject(limits, 'options.limits');
  const found = [];
  for (const name of Object.keys(limitIds)) {
    const value = limits[name];
    if (value === undefined) continue;
    if (!isInteger(value)) throw invalidType(`The "options.limits.${name}" argument must be an integer.`);
    if (value < 0) throw coded(RangeError, 'ERR_OUT_OF_RANGE', `The "options.limits.${name}" argument must be non-negative.`);
    found.push([limitIds[name], value]);
  }
  return found;
}

function limitsOf(native) {
  const limits = {};
  for (const name of Object.keys(limitIds)) {
    Object.defineProperty(limits, name, {
      enumerable: true,
      configurable: true,
      get: () => native().limit(limitIds[name], -1),
      set(value) {
        if (value !== Infinity && !isInteger(value)) throw invalidType('Limit value must be a non-negative integer or Infinity.');
        if (value < 0) throw coded(RangeError, 'ERR_OUT_OF_RANGE', 'Limit value must be non-negative.');
        native().limit(limitIds[name], value === Infinity ? 0x7fffffff : value);
      },
    });
  }
  return limits;
}

function readOptions(options) {
  const settings = {
    open: booleanOption(options, 'open', true),
    readOnly: booleanOption(options, 'readOnly', false),
    foreignKeys: booleanOption(options, 'enableForeignKeyConstraints', true),
    doubleQuoted: booleanOption(options, 'enableDoubleQuotedStringLiterals', false),
    extensions: booleanOption(options, 'allowExtension', false),
    timeout: 0,
  };
  if (options.timeout !== undefined) {
    if (!isInteger(options.timeout)) throw invalidType('The "options.timeout" argument must be an integer.');
    settings.timeout = options.timeout;
  }
  settings.statements = readStatementOptions(options, { bare: true, unknown: false, bigInts: false, arrays: false });
  settings.defensive = booleanOption(options, 'defensive', true);
  settings.limits = readLimits(options.limits);
  return settings;
}

function readStatementOptions(options, defaults) {
  return {
    bigInts: booleanOption(options, 'readBigInts', defaults.bigInts),
    arrays: booleanOption(options, 'returnArrays', defaults.arrays),
    bare: booleanOption(options, 'allowBareNamedParameters', defaults.bare),
    unknown: booleanOption(options, 'allowUnknownNamedParameters', defaults.unknown),
  };
}

// What a connection is, beside its public methods.
class Connection {
  native = null;
  constructor(path, settings) {
    this.path = path;
    this.settings = settings;
    this.loadsExtensions = settings.extensions;
  }
  open() {
    if (this.native !== null) throw invalidState('database is already open');
    const { settings } = this;
    const flags = OPEN.URI | (settings.readOnly ? OPEN.READONLY : OPEN.READWRITE | OPEN.CREATE);
    const native = binding.open(this.path, flags, Math.max(settings.timeout, 0), makeError);
    native.configure(CONFIG.DQS_DML, settings.doubleQuoted);
    native.configure(CONFIG.DQS_DDL, settings.doubleQuoted);
    native.configure(CONFIG.FOREIGN_KEYS, settings.foreignKeys);
    native.configure(CONFIG.DEFENSIVE, settings.defensive);
    if (settings.extensions) native.configure(CONFIG.LOAD_EXTENSION, true);
    for (const [id, value] of settings.limits) native.limit(id, value);
    this.native = native;
  }
  use() {
    if (this.native === null) throw invalidState('database is not open');
    return this.native;
  }
  close() {
    this.use().close();
    this.native = null;
  }
}

const kConnection = Symbol('connection');
function connectionOf(database) {
  const connection = database?.[kConnection];
  if (connection === undefined) throw new TypeError('Illegal invocation');
  return connection;
}

function DatabaseSync(path, options) {
  if (new.target === undefined)
    throw coded(TypeError, 'ERR_CONSTRUCT_CALL_REQUIRED', 'Cannot call constructor without `new`');
  const location = locationOf(path);
  if (options !== undefined) checkObject(options, 'options');
  const settings = readOptions(options ?? {});
  const connection = new Connection(location, settings);
  Object.defineProperty(this, kConnection, { value: connection });
  if (settings.open) connection.open();
}
Object.defineProperty(DatabaseSync, 'length', { value: 0 });

function prepare(database, sql, options) {
  const connection = connectionOf(database);
  const native = connection.use();
  checkString(sql, 'sql');
  let settings = connection.settings.statements;
  if (options !== undefined) {
    checkObject(options, 'options');
    settings = readStatementOptions(options, settings);
  }
  const statement = native.prepare(sql);
  if (statement === undefined) throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', 'The SQL query contains no statements.');
  return new StatementSync(own, statement, database, settings);
}

function functionFlags(options, deterministic) {
  return (deterministic ? FUNCTION.DETERMINISTIC : 0) | (booleanOption(options, 'directOnly', false) ? FUNCTION.DIRECT_ONLY : 0);
}

const methods = {
  open() { connectionOf(this).open(); },
  close() { connectionOf(this).close(); },
  prepare(sql, options) { return prepare(this, sql, options); },
  exec(sql) {
    const native = connectionOf(this).use();
    checkString(sql, 'sql');
    native.exec(sql);
  },
  function(name, ...rest) {
    const native = connectionOf(this).use();
    checkString(name, 'name');
    const options = rest.length > 1 ? rest[0] : {};
    const run = rest.length > 1 ? rest[1] : rest[0];
    if (rest.length > 1) checkObject(options, 'options');
    const integers = booleanOption(options, 'useBigIntArguments', false) ? INTEGERS.BIG : INTEGERS.CHECKED;
    const varargs = booleanOption(options, 'varargs', false);
    const flags = functionFlags(options, booleanOption(options, 'deterministic', false));
    checkFunction(run, 'function');
    native.define(name, varargs ? -1 : run.length, flags, integers, false, run);
  },
  createTagStore(maxSize) {
    const capacity = maxSize === undefined ? 1000 : maxSize;
    connectionOf(this).use();
    if (!isInteger(capacity) || capacity <= 0)
      throw coded(RangeError, 'ERR_OUT_OF_RANGE', 'The "maxSize" argument must be a positive integer.');
    return new SQLTagStore(own, this, (sql) => prepare(this, sql), capacity);
  },
  location(dbName) {
    const native = connectionOf(this).use();
    if (dbName !== undefined) checkString(dbName, 'dbName');
    return native.location(dbName ?? 'main');
  },
  aggregate(name, options) {
    const native = connectionOf(this).use();
    checkString(name, 'name');
    checkObject(options, 'options');
    const { start, step, inverse, result } = options;
    if (start === undefined) throw invalidType('The "options.start" argument must be a function or a primitive value.');
    checkFunction(step, 'options.step');
    if (result !== undefined) checkFunction(result, 'options.result');
    const integers = booleanOption(options, 'useBigIntArguments', false) ? INTEGERS.BIG : INTEGERS.CHECKED;
    const varargs = booleanOption(options, 'varargs', false);
    const flags = functionFlags(options, false);
    if (inverse !== undefined) checkFunction(inverse, 'options.inverse');
    const count = Math.max(step.length, inverse?.length ?? 0) - 1;
    const parts = aggregateFunctions({ start, step, inverse, result }, false);
    native.defineAggregate(name, varargs ? -1 : Math.max(count, 0), flags, integers, false, parts.step, parts.inverse, parts.value, parts.done);
  },
  createSession(options) {
    const connection = connectionOf(this);
    const native = connection.use();
    if (options !== undefined) checkObject(options, 'options');
    const { table, db } = options ?? {};
    if (table !== undefined) checkString(table, 'options.table');
    if (db !== undefined) checkString(db, 'options.db');
    return new Session(own, native.createSession(db ?? 'main', table ?? null), () => {
      if (connection.native !== native) throw invalidState('database is not open');
    });
  },
  applyChangeset(changeset, options) {
    const native = connectionOf(this).use();
    if (!(changeset instanceof Uint8Array)) throw invalidType('The "changeset" argument must be a Uint8Array.');
    if (options !== undefined) checkObject(options, 'options');
    const { filter, onConflict } = options ?? {};
    if (onConflict !== undefined) checkFunction(onConflict, 'options.onConflict');
    if (filter !== undefined) checkFunction(filter, 'options.filter');
    return native.applyChangeset(changeset, filter ?? null, onConflict ?? null);
  },
  enableLoadExtension(allow) {
    const connection = connectionOf(this);
    const native = connection.use();
    checkBoolean(allow, 'allow');
    if (allow && !connection.settings.extensions)
      throw invalidState('Cannot enable extension loading because it was disabled at database creation.');
    connection.loadsExtensions = allow;
    native.configure(CONFIG.LOAD_EXTENSION, allow);
  },
  enableDefensive(active) {
    const native = connectionOf(this).use();
    checkBoolean(active, 'active');
    native.configure(CONFIG.DEFENSIVE, active);
  },
  loadExtension(path, entryPoint) {
    const connection = connectionOf(this);
    const native = connection.use();
    if (!connection.loadsExtensions) throw invalidState('extension loading is not allowed');
    checkString(path, 'path');
    if (entryPoint !== undefined) checkString(entryPoint, 'entryPoint');
    try {
      native.loadExtension(path, entryPoint ?? null);
    } catch (error) {
      throw coded(Error, 'ERR_LOAD_SQLITE_EXTENSION', error.message);
    }
  },
  serialize(dbName) {
    const native = connectionOf(this).use();
    if (dbName !== undefined) checkString(dbName, 'dbName');
    return native.serialize(dbName ?? 'main');
  },
  deserialize(buffer, options) {
    const native = connectionOf(this).use();
    if (!(buffer instanceof Uint8Array)) throw invalidType('The "buffer" argument must be a Uint8Array.');
    if (buffer.length === 0) throw coded(TypeError, 'ERR_INVALID_ARG_VALUE', 'The "buffer" argument must not be empty.');
    if (options !== undefined) checkObject(options, 'options');
    const dbName = options?.dbName;
    if (dbName !== undefined) checkString(dbName, 'options.dbName');
    native.deserialize(buffer, dbName ?? 'main');
  },
  setAuthorizer(callback) {
    const native = connectionOf(this).use();
    if (callback !== null) checkFunction(callback, 'callback');
    native.setAuthorizer(callback === null ? null : (...args) => {
      const answer = callback(...args);
      if (!isInteger(answer)) throw new TypeError('Authorizer callback must return an integer authorization code');
      if (answer < 0 || answer > 2) throw new RangeError('Authorizer callback returned a invalid authorization code');
      return answer;
    });
  },
};
for (const name of Object.keys(methods)) {
  Object.defineProperty(DatabaseSync.prototype, name, { value: methods[name], writable: true, enumerable: true, configurable: true });
  Object.defineProperty(methods[name], 'length', { value: 0 });
}
Object.defineProperties(DatabaseSync.prototype, {
  isOpen: { configurable: true, enumerable: true, get() { return connectionOf(this).native !== null; } },
  isTransaction: { configurable: true, enumerable: true, get() { return connectionOf(this).use().inTransaction(); } },
  limits: {
    configurable: true,
    enumerable: true,
    get() {
      const connection = connectionOf(this);
      return connection.limits ??= limitsOf(() => connection.use());
    },
  },
  [Symbol.for('sqlite-type')]: { configurable: true, enumerable: false, value: 'node:sqlite' },
  [Symbol.dispose]: {
    configurable: true,
    writable: true,
    value() {
      try {
        connectionOf(this).close();
      } catch {}
    },
  },
});

// ---- backup

const BUSY = 5, LOCKED = 6, DONE = 101;

// Copies, and while another writer is in the way, waits for it.
function copyPages(copy, pages, tell) {
  return new Promise((resolve, reject) => {
    const end = (settle, value) => {
      copy.close();
      settle(value);
    };
    const step = () => copy.step(pages, (code, message, total, left) => {
      const primary = code & 0xff;
      if (code === DONE) return end(resolve, total);
      if (primary === BUSY || primary === LOCKED) return setTimeout(step, 5);
      if (code !== 0) return end(reject, sqliteError(message, code, message));
      try {
        if (left !== 0) tell?.({ totalPages: total, remainingPages: left });
      } catch (error) {
        return end(reject, error);
      }
      step();
    });
    step();
  });
}

function backup(sourceDb, path, options = undefined) {
  checkObject(sourceDb, 'sourceDb');
  const native = connectionOf(sourceDb).use();
  const location = locationOf(path);
  if (options !== undefined) checkObject(options, 'options');
  const { rate, source, target, progress } = options ?? {};
  if (rate !== undefined && !isInteger(rate)) throw invalidType('The "options.rate" argument must be an integer.');
  if (source !== undefined) checkString(source, 'options.source');
  if (target !== undefined) checkString(target, 'options.target');
  if (progress !== undefined) checkFunction(progress, 'options.progress');
  return (async () => copyPages(native.backup(location, OPEN.URI | OPEN.READWRITE | OPEN.CREATE, source ?? 'main',
    target ?? 'main'), rate ?? 100, progress))();
}
Object.defineProperty(backup, 'length', { value: 2 });

module.exports = { DatabaseSync, StatementSync, Session, constants, backup };
