'use strict';
// Promises that were rejected while nobody listened. The engine names them when its queue of promise
// jobs is empty; they are judged after the tick queue, as --unhandled-rejections says.

const { turn } = require('internal/builtin');
const HAS_REJECTIONS = 1;

const pending = [];
let lastId = 0;

function rejected(promise, reason) {
  pending.push({ promise, reason, id: ++lastId });
  turn[HAS_REJECTIONS] = 1;
}

function asError(reason) {
  if (reason instanceof Error || (reason !== null && typeof reason === 'object' && typeof reason.stack === 'string'))
    return reason;
  const { codes: { ERR_UNHANDLED_REJECTION } } = require('internal/errors');
  const { inspect } = require('util');
  if (ERR_UNHANDLED_REJECTION) return new ERR_UNHANDLED_REJECTION(inspect(reason));
  return new Error('Unhandled rejection: ' + inspect(reason));
}

function warn({ promise, reason, id }) {
  const text = reason instanceof Error ? reason.stack : require('util').inspect(reason);
  process.emitWarning(text, 'UnhandledPromiseRejectionWarning');
  process.emitWarning('Unhandled promise rejection. This error originated either by throwing inside of an ' +
    'async function without a catch block, or by rejecting a promise which was not handled with .catch(). ' +
    'To terminate the node process on unhandled promise rejection, use the CLI flag ' +
    '`--unhandled-rejections=strict` (see https://nodejs.org/api/cli.html#cli_unhandled_rejections_mode). ' +
    `(rejection id: ${id})`, 'UnhandledPromiseRejectionWarning');
}

const modes = {
  '__proto__': null,
  'none'(entry) { process.emit('unhandledRejection', entry.reason, entry.promise); },
  'warn'(entry) {
    process.emit('unhandledRejection', entry.reason, entry.promise);
    warn(entry);
  },
  'warn-with-error-code'(entry) {
    if (process.emit('unhandledRejection', entry.reason, entry.promise)) return;
    warn(entry);
    process.exitCode = 1;
  },
  'strict'(entry) {
    require('internal/fatal').uncaught(asError(entry.reason), true);
    if (!process.emit('unhandledRejection', entry.reason, entry.promise)) warn(entry);
  },
  'throw'(entry) {
    if (!process.emit('unhandledRejection', entry.reason, entry.promise))
      require('internal/fatal').uncaught(asError(entry.reason), true);
  },
};

function report() {
  const mode = modes[require('internal/options').get('unhandled-rejections') ?? 'throw'];
  while (pending.length > 0) {
    const entry = pending.shift();
    try {
      mode(entry);
    } catch (error) {
      require('internal/fatal').uncaught(error);
    }
  }
}

module.exports = { rejected, report };
