'use strict';
// Promises that were rejected while nobody listened. The engine names them when its queue of promise
// jobs is empty; they are judged after the tick queue, as --unhandled-rejections says.

const { turn } = require('internal/builtin');
const context = require('internal/async_context');
const HAS_REJECTIONS = 1;

const pending = [];
let lastId = 0;

function rejected(promise, reason) {
  const entry = { promise, reason, id: ++lastId, warned: false, frame: context.frame };
  pending.push(entry);
  watchLate(entry);
  turn[HAS_REJECTIONS] = 1;
}

// Any value as text, without running code of the program's.
function plainText(reason) {
  switch (typeof reason) {
    case 'string': return reason;
    case 'symbol': return reason.toString();
    case 'function': return '[Function]';
    case 'object': {
      if (reason === null) return 'null';
      const { constructor } = reason;
      return `#<${typeof constructor === 'function' && constructor.name ? constructor.name : 'Object'}>`;
    }
    default: return `${reason}`;
  }
}

const isErrorLike = (reason) => reason !== null && typeof reason === 'object' && Object.hasOwn(reason, 'stack');

function asError(reason) {
  if (reason instanceof Error || isErrorLike(reason)) return reason;
  const error = new Error('This error originated either by throwing inside of an async function without a catch block, ' +
    `or by rejecting a promise which was not handled with .catch(). The promise rejected with the reason "${plainText(reason)}".`);
  error.name = 'UnhandledPromiseRejection';
  error.code = 'ERR_UNHANDLED_REJECTION';
  return error;
}

function warn({ reason, id }) {
  const make = (text) => {
    const error = new Error(text);
    error.name = 'UnhandledPromiseRejectionWarning';
    return error;
  };
  const warning = make('Unhandled promise rejection. This error originated either by throwing inside of an ' +
    'async function without a catch block, or by rejecting a promise which was not handled with .catch(). ' +
    'To terminate the node process on unhandled promise rejection, use the CLI flag ' +
    '`--unhandled-rejections=strict` (see https://nodejs.org/api/cli.html#cli_unhandled_rejections_mode). ' +
    `(rejection id: ${id})`);
  try {
    if (isErrorLike(reason)) {
      warning.stack = reason.stack;
      process.emitWarning(reason.stack, 'UnhandledPromiseRejectionWarning');
    } else process.emitWarning(plainText(reason), 'UnhandledPromiseRejectionWarning');
  } catch {}
  process.emitWarning(warning);
}

// The engine does not say when a promise is listened to after all; the promise's own `then` does. Before
// the report that takes it off the list, after it that is a 'rejectionHandled'.
const { then } = Promise.prototype;
function watchLate(entry) {
  const { promise } = entry;
  Object.defineProperty(promise, 'then', {
    configurable: true,
    enumerable: false,
    writable: true,
    value: function (...args) {
      delete promise.then;
      const at = pending.indexOf(entry);
      if (at >= 0) pending.splice(at, 1);
      else {
        late.push(entry);
        turn[HAS_REJECTIONS] = 1;
      }
      return Reflect.apply(then, this, args);
    },
  });
}
const late = [];

function reportLate() {
  while (late.length > 0) {
    const { promise, id, warned } = late.shift();
    if (warned) {
      const warning = new Error(`Promise rejection was handled asynchronously (rejection id: ${id})`);
      warning.name = 'PromiseRejectionHandledWarning';
      warning.id = id;
      process.emitWarning(warning);
    }
    process.emit('rejectionHandled', promise);
  }
}

const modes = {
  '__proto__': null,
  'none'(entry) { process.emit('unhandledRejection', entry.reason, entry.promise); },
  'warn'(entry) {
    entry.warned = true;
    process.emit('unhandledRejection', entry.reason, entry.promise);
    warn(entry);
  },
  'warn-with-error-code'(entry) {
    if (process.emit('unhandledRejection', entry.reason, entry.promise)) return;
    entry.warned = true;
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
  reportLate();
  const mode = modes[require('internal/options').get('unhandled-rejections') ?? 'throw'];
  while (pending.length > 0) {
    const entry = pending.shift();
    context.frame = entry.frame;
    require('internal/stack').seen(entry.reason);
    try {
      mode(entry);
    } catch (error) {
      require('internal/fatal').uncaught(error);
    }
  }
}

module.exports = { rejected, report };
