'use strict';
// The JavaScript half of better-sqlite3's table(): what a program defines is checked here, and its rows become the
// flat arrays that C reads.

const { INTEGERS } = require('internal/sqlite/native');

const MOST_PARAMETERS = 30;
const quoted = (name) => `"${name.replace(/"/g, '""')}"`;

function checkNames(names, what, module) {
  if (!Array.isArray(names)) throw new TypeError(`Virtual table module "${module}" returned a table definition without a "${what}" array`);
  if (names.some((name) => typeof name !== 'string'))
    throw new TypeError(`Virtual table module "${module}" returned a table definition with "${what}" that are not all strings`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new TypeError(`Virtual table module "${module}" returned a table definition with duplicate "${what}" name: "${twice}"`);
  return [...names];
}

function flagOf(definition, name, otherwise, module) {
  const value = definition[name] ?? otherwise;
  if (typeof value !== 'boolean') throw new TypeError(`Virtual table module "${module}" returned a table definition with a "${name}" that is no boolean`);
  return value;
}

function readDefinition(definition, module, bigInts) {
  if (typeof definition !== 'object' || definition === null)
    throw new TypeError(`Virtual table module "${module}" did not return a table definition object`);
  const { rows } = definition;
  if (typeof rows !== 'function' || Object.getPrototypeOf(rows) !== Object.getPrototypeOf(function* () {}))
    throw new TypeError(`Virtual table module "${module}" returned a table definition without a "rows" generator function`);
  const columns = checkNames(definition.columns, 'columns', module);
  if (columns.length === 0) throw new RangeError(`Virtual table module "${module}" returned a table definition with no columns`);
  const parameters = definition.parameters === undefined ?
    Array.from({ length: rows.length }, (_, i) => `$${i + 1}`) : checkNames(definition.parameters, 'parameters', module);
  if (parameters.length > MOST_PARAMETERS) throw new RangeError(`Virtual table module "${module}" has more than ${MOST_PARAMETERS} parameters`);
  const shared = parameters.find((name) => columns.includes(name));
  if (shared !== undefined) throw new TypeError(`Virtual table module "${module}" returned a table definition with ambiguous column "${shared}"`);
  return {
    module, rows, columns, parameters,
    isDirectOnly: flagOf(definition, 'directOnly', false, module),
    integers: flagOf(definition, 'safeIntegers', bigInts, module) ? INTEGERS.BIG : INTEGERS.ROUNDED,
  };
}

// A row that was yielded, as an array of the columns.
function rowValues(row, { module, columns }) {
  if (Array.isArray(row)) {
    if (row.length !== columns.length) throw new TypeError(`Virtual table module "${module}" yielded a row with an incorrect number of columns`);
    return [...row];
  }
  if (typeof row !== 'object' || row === null) throw new TypeError(`Virtual table module "${module}" yielded something that isn't a valid row object`);
  for (const name of Object.keys(row)) {
    if (!columns.includes(name)) throw new TypeError(`Virtual table module "${module}" yielded a row with an undeclared column "${name}"`);
  }
  return columns.map((name) => {
    if (!(name in row)) throw new TypeError(`Virtual table module "${module}" yielded a row without the column "${name}"`);
    return row[name];
  });
}

function defineTable(native, module, factory, bigInts) {
  const isFactory = typeof factory === 'function';
  const made = isFactory ? undefined : readDefinition(factory, module, bigInts);
  const connect = (...words) => {
    const definition = made ?? readDefinition(factory(...words), module, bigInts);
    const { columns, parameters, isDirectOnly, integers } = definition;
    const names = [...columns.map(quoted), ...parameters.map((name) => `${quoted(name)} HIDDEN`)];
    return [definition, `CREATE TABLE x(${names.join(', ')})`, columns.length, parameters.length, isDirectOnly, integers];
  };
  const open = (definition, ...given) => ({ definition, given, iterator: definition.rows(...given) });
  const next = ({ definition, given, iterator }) => {
    const { done, value } = iterator.next();
    return done ? null : [...rowValues(value, definition), ...given];
  };
  const close = ({ iterator }) => { iterator.return(); };
  native.defineTable(module, isFactory, connect, open, next, close);
}

module.exports = defineTable;
