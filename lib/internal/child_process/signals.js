'use strict';
// Signals by name and number, as kill() takes them.

const { ERR_UNKNOWN_SIGNAL } = require('internal/errors').codes;
const { signals } = require('os').constants;

const names = { __proto__: null };
for (const name in signals) names[signals[name]] ??= name;
names[6] = 'SIGABRT';
names[29] = 'SIGIO';

const signalName = (number) => names[number] ?? null;

function convertToValidSignal(signal) {
  if (typeof signal === 'number' && names[signal] !== undefined) return signal;
  if (typeof signal === 'string') {
    const number = signals[signal.toUpperCase()];
    if (number) return number;
  }
  throw new ERR_UNKNOWN_SIGNAL(signal);
}

module.exports = { convertToValidSignal, signalName };
