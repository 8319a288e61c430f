'use strict';
// Statements as better-sqlite3 has them. Programs prepare the same text again and again (knex does for every query), so
// what SQLite prepared is kept by its text and shared by statements that run to their end in one call.

const { numbers, bigNumbers, RowReader, INTEGERS } = require('internal/sqlite/native');

const PARAMETERS = 4, COLUMNS = 5, READONLY = 6, EXTRA = 7, CHANGED = 8;
const MOST_KEPT = 128;
const OBJECTS = 0, ARRAYS = 1, PLUCKED = 2, EXPANDED = 3;

// What SQLite prepared for a text, and what is known of it.
class Prepared {
  bigInts = false;
  #names;
  #isPositional;
  #origins;
  #originsOf;
  constructor(native) {
    this.native = native;
    this.parameters = numbers[PARAMETERS];
    this.reader = numbers[COLUMNS] > 0;
    this.readonly = numbers[READONLY] === 1;
    this.rows = new RowReader(native, true);
    native.readAs(INTEGERS.ROUNDED, true);
  }
  // Names without their sign, by index; null for parameters without one.
  get names() {
    if (this.#names === undefined) {
      this.#names = [];
      for (let i = 1; i <= this.parameters; i++) this.#names.push(this.native.parameterName(i)?.slice(1) ?? null);
    }
    return this.#names;
  }
  get isPositional() { return this.#isPositional ??= this.names.every((name) => name === null); }
  // [column, table] of each column, as expand() wants them.
  get origins() {
    if (this.#originsOf !== this.rows.shape) {
      this.#origins = this.native.columnNames().map((name, i) => [name, this.native.columnInfo(i)[2] ?? '$']);
      this.#originsOf = this.rows.shape;
    }
    return this.#origins;
  }
  readAs(bigInts) {
    if (this.bigInts === bigInts) return;
    this.bigInts = bigInts;
    this.native.readAs(bigInts ? INTEGERS.BIG : INTEGERS.ROUNDED, true);
  }
}

const changesSchema = /^\s*(?!(?:select|insert|update|delete|replace|with|values|begin|commit|rollback|savepoint|release|end)\b)/i;

class StatementSource {
  #state;
  #kept = new Map();
  constructor(state) {
    this.#state = state;
  }
  // One that others may use as well, as long as nobody stops half way.
  shared(sql) {
    let found = this.#kept.get(sql);
    if (found !== undefined) return found;
    found = this.own(sql);
    if (changesSchema.test(sql)) return found;
    if (this.#kept.size >= MOST_KEPT) this.#kept.delete(this.#kept.keys().next().value);
    this.#kept.set(sql, found);
    return found;
  }
  own(sql) {
    const native = this.#state.use().prepare(sql);
    if (native === undefined) throw new RangeError('The supplied SQL string contains no statements');
    if (numbers[EXTRA] === 1) throw new RangeError('The supplied SQL string contains more than one statement');
    return new Prepared(native);
  }
  // Texts may mean something else now, or nothing.
  forget() {
    this.#kept.clear();
  }
}

class Statement {
  #state;
  #prepared;
  #isShared = true;
  #mode = OBJECTS;
  #bigInts;
  #isBound = false;
  #isBusy = false;

  constructor(database, state, sql) {
    this.#state = state;
    this.#prepared = state.source.shared(sql);
    this.#bigInts = state.defaultBigInts;
    this.database = database;
    this.source = sql;
    this.reader = this.#prepared.reader;
    this.readonly = this.#prepared.readonly;
  }

  get busy() { return this.#isBusy; }

  run(...args) {
    this.#start(args, 'run');
    if (!this.#prepared.readonly && changesSchema.test(this.source)) this.#state.source.forget();
    return { changes: numbers[CHANGED], lastInsertRowid: this.#bigInts ? bigNumbers[1] : numbers[1] };
  }

  get(...args) {
    this.#needsRows();
    const values = this.#start(args, 'get');
    return values === undefined ? undefined : this.#row(values);
  }

  all(...args) {
    this.#needsRows();
    const values = this.#start(args, 'all');
    const { rows } = this.#prepared;
    if (this.#mode === OBJECTS) return rows.objects(values);
    const arrays = rows.arrays(values);
    if (this.#mode === ARRAYS) return arrays;
    return this.#mode === PLUCKED ? arrays.map((row) => row[0]) : arrays.map((row) => this.#expand(row));
  }

  *#walk() {
    const { native } = this.#prepared;
    try {
      for (;;) {
        const values = native.next();
        if (values === undefined) return;
        yield this.#row(values);
      }
    } finally {
      this.#isBusy = false;
      this.#state.iterators--;
      if (this.#state.native !== null) native.reset();
    }
  }

  iterate(...args) {
    this.#needsRows();
    this.#unshare();
    this.#start(args, 'bind');
    const rows = this.#walk();
    this.#isBusy = true;
    this.#state.iterators++;
    let started = false;
    return {
      next: () => {
        started = true;
        return rows.next();
      },
      return: () => {
        if (!started) rows.next(); // or nothing would be given back
        started = true;
        return rows.return();
      },
      [Symbol.iterator]() { return this; },
    };
  }

  bind(...args) {
    this.#idle();
    if (this.#isBound) throw new TypeError('The bind() method can only be invoked once per statement object');
    this.#unshare();
    this.#prepared.native.bind(...this.#parameters(args));
    this.#isBound = true;
    return this;
  }

  pluck(on = true) { return this.#setMode('pluck', PLUCKED, on); }
  expand(on = true) { return this.#setMode('expand', EXPANDED, on); }
  raw(on = true) { return this.#setMode('raw', ARRAYS, on); }

  safeIntegers(on = true) {
    if (typeof on !== 'boolean') throw new TypeError('Expected first argument to be a boolean');
    this.#idle();
    this.#bigInts = on;
    return this;
  }

  columns() {
    if (!this.reader) throw new TypeError('The columns() method is only for statements that return data');
    this.#state.use();
    const { native } = this.#isShared ? this.#state.source.own(this.source) : this.#prepared;
    return native.columnNames().map((_, i) => {
      const [name, column, table, database, type] = native.columnInfo(i);
      return { name, column, table, database, type };
    });
  }

  #setMode(name, mode, on) {
    if (!this.reader) throw new TypeError(`The ${name}() method is only for statements that return data`);
    if (typeof on !== 'boolean') throw new TypeError('Expected first argument to be a boolean');
    this.#idle();
    if (on) this.#mode = mode;
    else if (this.#mode === mode) this.#mode = OBJECTS;
    return this;
  }

  #needsRows() {
    if (!this.reader) throw new TypeError('This statement does not return data. Use run() instead');
  }

  #idle() {
    this.#state.use();
    if (this.#isBusy) throw new TypeError('This statement is busy executing a query');
  }

  #unshare() {
    this.#idle();
    if (!this.#isShared) return;
    this.#prepared = this.#state.source.own(this.source);
    this.#isShared = false;
  }

  // Binds and runs in one crossing.
  #start(args, how) {
    const state = this.#state;
    if (this.#isBusy) this.#idle();
    if (this.readonly) state.use();
    else state.idle();
    const prepared = this.#prepared;
    prepared.readAs(this.#bigInts);
    let list;
    if (this.#isBound) {
      if (args.length > 0) throw new TypeError('This statement already has bound parameters');
      list = [-1];
    } else list = this.#parameters(args);
    if (state.verbose !== null) {
      prepared.native.bind(...list);
      state.verbose(prepared.native.expandedSQL());
      list = [-1];
    }
    return prepared.native[how](...list);
  }

  // The parameters as C wants them: how many are named, their indexes and values, the others.
  #parameters(args) {
    if (args.length === 1 && Array.isArray(args[0])) args = args[0];
    const { parameters } = this.#prepared;
    for (let i = 0; i < args.length; i++)
      if (typeof args[i] === 'object' && args[i] !== null && !ArrayBuffer.isView(args[i])) return this.#mixed(args);
    if (args.length !== parameters || !this.#prepared.isPositional) return this.#mixed(args);
    return args.length === 0 ? nothing : [0, ...args];
  }

  #mixed(args) {
    const { names } = this.#prepared;
    const anonymous = [];
    let named = null;
    for (const arg of args) {
      if (Array.isArray(arg)) anonymous.push(...arg);
      else if (typeof arg === 'object' && arg !== null && !ArrayBuffer.isView(arg) && !(arg instanceof ArrayBuffer)) {
        const prototype = Object.getPrototypeOf(arg);
        if (prototype !== null && prototype !== Object.prototype && Object.getPrototypeOf(prototype) !== null)
          throw new TypeError('Named parameters can only be passed within plain objects');
        if (named !== null) throw new TypeError('You cannot specify named parameters in two different objects');
        named = arg;
      } else anonymous.push(arg);
    }
    const list = [0];
    let at = 0;
    names.forEach((name, i) => {
      if (name === null) {
        if (at >= anonymous.length) throw new RangeError('Too few parameter values were provided');
        list.push(i + 1, anonymous[at++]);
      } else if (named === null) {
        throw new TypeError('Missing named parameters');
      } else if (!Object.hasOwn(named, name) && !(name in named)) {
        throw new RangeError(`Missing named parameter "${name}"`);
      } else list.push(i + 1, named[name]);
      list[0]++;
    });
    if (at < anonymous.length) throw new RangeError('Too many parameter values were provided');
    return list;
  }

  #row(values) {
    if (this.#mode === OBJECTS) return this.#prepared.rows.object(values);
    if (this.#mode === ARRAYS) return values;
    return this.#mode === PLUCKED ? values[0] : this.#expand(values);
  }

  // Rows as an object a table; what is of no table is under $.
  #expand(values) {
    const row = {};
    const { origins } = this.#prepared;
    for (let i = 0; i < values.length; i++) {
      const [name, table] = origins[i];
      (row[table] ??= {})[name] = values[i];
    }
    return row;
  }
}

const nothing = [0];

module.exports = { StatementSource, makeStatement: (database, state, sql) => new Statement(database, state, sql) };
