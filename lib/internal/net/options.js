'use strict';
// How listen() and connect() take their arguments, and what holds for all sockets of the process.

const { validateBoolean, validateInt32, validateNumber } = require('internal/validators');
const { codes: { ERR_OUT_OF_RANGE } } = require('internal/errors');

const kNormalized = Symbol('normalizedArgs');
const TIMEOUT_MAX = 2 ** 31 - 1;

function toNumber(value) {
  const number = Number(value);
  return number >= 0 ? number : false;
}

const isPipeName = (name) => typeof name === 'string' && toNumber(name) === false;

// [options, callback] from ([port | path | options], [host], ..., [callback]).
function normalizeArgs(args) {
  let result;
  if (args.length === 0) {
    result = [{}, null];
  } else {
    const first = args[0];
    let options = {};
    if (typeof first === 'object' && first !== null) {
      options = first;
    } else if (isPipeName(first)) {
      options.path = first;
    } else {
      options.port = first;
      if (args.length > 1 && typeof args[1] === 'string') options.host = args[1];
    }
    const callback = args[args.length - 1];
    result = [options, typeof callback === 'function' ? callback : null];
  }
  result[kNormalized] = true;
  return result;
}

function getTimerDuration(ms, name) {
  validateNumber(ms, name);
  if (ms < 0 || !Number.isFinite(ms)) throw new ERR_OUT_OF_RANGE(name, 'a non-negative finite number', ms);
  if (ms <= TIMEOUT_MAX) return ms;
  process.emitWarning(`${ms} does not fit into a 32-bit signed integer.\nTimer duration was truncated to ${TIMEOUT_MAX}.`,
                      'TimeoutOverflowWarning');
  return TIMEOUT_MAX;
}

let autoSelectFamily;
let attemptTimeout;

// The command line has the say until the program does.
const option = (name) => require('internal/options').get(name);

module.exports = {
  kNormalized,
  toNumber,
  isPipeName,
  normalizeArgs,
  getTimerDuration,
  getDefaultAutoSelectFamily() {
    autoSelectFamily ??= option('network-family-autoselection') ?? true;
    return autoSelectFamily;
  },
  setDefaultAutoSelectFamily(value) {
    validateBoolean(value, 'value');
    autoSelectFamily = value;
  },
  getDefaultAutoSelectFamilyAttemptTimeout() {
    attemptTimeout ??= Number(option('network-family-autoselection-attempt-timeout')) || 500;
    return attemptTimeout;
  },
  setDefaultAutoSelectFamilyAttemptTimeout(value) {
    validateInt32(value, 'value', 1);
    attemptTimeout = value < 10 ? 10 : value;
  },
};
