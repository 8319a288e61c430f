'use strict';
// What both faces of SQLite share: the native half, and how rows become objects.

const binding = internalBinding('sqlite');
if (binding.loadError !== undefined)
  throw new Error(`SQLite is not available: ${binding.loadError}. Install libsqlite3-0.`);

const { numbers, bigNumbers } = binding;
const SHAPE = 2, MORE = 3;

// A function (values, at) that makes the object of the row whose values start there. It is compiled for
// its columns: the engine then makes all rows with one shape, at a tenth of what a loop costs.
function rowBuilder(names, withPrototype) {
  if (names.length > 200) return loopBuilder(names, withPrototype);
  const key = JSON.stringify;
  const last = new Map(names.map((name, i) => [name, i]));
  const columns = [...last];
  if (withPrototype) {
    const pairs = columns.map(([name, i]) => `${name === '__proto__' ? '["__proto__"]' : key(name)}: values[at + ${i}]`);
    return new Function('values', 'at', `return { ${pairs.join(', ')} };`);
  }
  const lines = columns.map(([name, i]) => `row[${key(name)}] = values[at + ${i}];`);
  return new Function('create', `return (values, at) => { const row = create(null); ${lines.join(' ')} return row; };`)(Object.create);
}

function loopBuilder(names, withPrototype) {
  return (values, at) => {
    const row = withPrototype ? {} : { __proto__: null };
    for (let i = 0; i < names.length; i++)
      Object.defineProperty(row, names[i], { value: values[at + i], writable: true, enumerable: true, configurable: true });
    return row;
  };
}

// Rows of a statement in the form that its face asks for.
class RowReader {
  #native;
  #withPrototype;
  #build = null;
  #shape = -1;
  width = 0;
  constructor(native, withPrototype) {
    this.#native = native;
    this.#withPrototype = withPrototype;
  }
  // Another number: other columns.
  get shape() { return numbers[SHAPE]; }
  #refresh() {
    const names = this.#native.columnNames();
    this.#shape = numbers[SHAPE];
    this.width = names.length;
    this.#build = rowBuilder(names, this.#withPrototype);
  }
  object(values) {
    if (numbers[SHAPE] !== this.#shape) this.#refresh();
    return this.#build(values, 0);
  }
  // All rows of a batch, and of those that follow.
  objects(values) {
    const rows = [];
    while (values !== undefined) {
      const more = numbers[MORE] === 1;
      if (numbers[SHAPE] !== this.#shape) this.#refresh();
      const build = this.#build, width = this.width;
      for (let at = 0; at < values.length; at += width) rows.push(build(values, at));
      values = more ? this.#native.more() : undefined;
    }
    return rows;
  }
  arrays(values) {
    const rows = [];
    while (values !== undefined) {
      const more = numbers[MORE] === 1;
      if (numbers[SHAPE] !== this.#shape) this.#refresh();
      for (let at = 0; at < values.length; at += this.width) rows.push(values.slice(at, at + this.width));
      values = more ? this.#native.more() : undefined;
    }
    return rows;
  }
}

// The four functions of an aggregate as C wants them: C knows each group by a number.
function aggregateFunctions({ start, step, inverse, result }, keep) {
  const groups = new Map();
  const group = (id) => {
    let found = groups.get(id);
    if (found === undefined) groups.set(id, found = { value: typeof start === 'function' ? start() : start, isWindow: false });
    return found;
  };
  const change = (by) => (id, ...args) => {
    const one = group(id);
    const value = by(one.value, ...args);
    if (value !== undefined || !keep) one.value = value;
  };
  const answer = (one) => result === undefined ? one.value : result(one.value);
  return {
    step: change(step),
    inverse: inverse === undefined ? null : change(inverse),
    value(id) {
      const one = group(id);
      one.isWindow = true;
      return answer(one);
    },
    done(id, failed) {
      try {
        // A window has told its last value before it ends.
        if (failed || groups.get(id)?.isWindow) return undefined;
        return answer(group(id));
      } finally {
        groups.delete(id);
      }
    },
  };
}

const FAULT = { SQLITE: 0, UNBINDABLE: 1, BIG_BINDING: 2, LARGE_NUMBER: 3, FINALIZED: 4, BUSY: 5, UNRETURNABLE: 6 };
const INTEGERS = { CHECKED: 0, ROUNDED: 1, BIG: 2 };
const OPEN = { READONLY: 0x1, READWRITE: 0x2, CREATE: 0x4, URI: 0x40 };
const CONFIG = { FOREIGN_KEYS: 1002, LOAD_EXTENSION: 1005, DEFENSIVE: 1010, DQS_DML: 1013, DQS_DDL: 1014 };
const FUNCTION = { DETERMINISTIC: 0x800, DIRECT_ONLY: 0x80000 };

module.exports = { binding, numbers, bigNumbers, RowReader, aggregateFunctions, FAULT, INTEGERS, OPEN, CONFIG, FUNCTION };
