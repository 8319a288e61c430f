'use strict';

// structuredClone(): a message to oneself.

const { write, giveBack } = require('internal/messaging');
const { Reader } = require('internal/clone/reader');
const { ERR_MISSING_ARGS } = require('internal/errors').codes;

const binding = internalBinding('messaging');

function refused(why) {
  return Object.assign(new TypeError(`Failed to execute 'structuredClone': ${why}`), { code: 'ERR_INVALID_ARG_TYPE' });
}

function structuredClone(value, options = undefined) {
  if (arguments.length === 0) throw new ERR_MISSING_ARGS('The "value" argument must be specified');
  if (options !== undefined && options !== null && typeof options !== 'object' && typeof options !== 'function')
    throw refused('Options cannot be converted to a dictionary');
  let list;
  if (options?.transfer !== undefined) {
    const { transfer } = options;
    if (transfer === null || typeof transfer !== 'object' || typeof transfer[Symbol.iterator] !== 'function')
      throw refused('transfer in Options can not be converted to sequence.');
    list = [...transfer];
    if (list.length === 0) list = undefined;
  }
  switch (typeof value) {
    case 'number': case 'string': case 'boolean': case 'undefined': case 'bigint':
      if (list === undefined) return value;
  }
  const writer = write(value, list);
  try {
    const { bytes, parts, moves, at } = writer;
    const reader = new Reader(bytes, at);
    reader.version = 15;
    reader.parts = parts.length === 0 ? undefined : binding.exchange(parts);
    if (moves !== undefined) for (const move of moves) move();
    return reader.value();
  } finally {
    writer.moves = undefined;
    giveBack(writer);
  }
}

module.exports = { structuredClone };
