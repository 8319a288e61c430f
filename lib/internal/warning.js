'use strict';
// process.emitWarning, and the listener that prints warnings to stderr.

const options = require('internal/options');
const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');

let listening = false;
let hintGiven = false;
let fileFailed = false;

function write(text) {
  const path = options.get('redirect-warnings') ?? process.env.NODE_REDIRECT_WARNINGS;
  if (path && !fileFailed) {
    try {
      require('fs').appendFileSync(path, text + '\n');
      return;
    } catch {
      fileFailed = true;
    }
  }
  const { get } = Object.getOwnPropertyDescriptor(process, 'stderr') ?? {};
  if (get !== undefined && get === require('internal/console_state').untouchedStreams.stderr)
    internalBinding('stdio').writeSync(2, text + '\n');
  else process.stderr.write(text + '\n');
}

function isOn(name, flag) {
  return process[name] === undefined ? options.get(flag) === true : Boolean(process[name]);
}

function onWarning(warning) {
  if (!(warning instanceof Error)) return;
  const disabled = options.get('disable-warning');
  if (disabled !== undefined && (disabled === warning.code || disabled === warning.name)) return;
  const isDeprecation = warning.name === 'DeprecationWarning';
  if (isDeprecation && process.noDeprecation) return;
  const trace = options.get('trace-warnings') === true || (isDeprecation && isOn('traceDeprecation', 'trace-deprecation'));
  let text = `(${process.release.name}:${process.pid}) `;
  if (warning.code) text += `[${warning.code}] `;
  if (trace && warning.stack) text += warning.stack;
  else text += typeof warning.toString === 'function' ? `${warning.toString()}` : Error.prototype.toString.call(warning);
  if (typeof warning.detail === 'string') text += `\n${warning.detail}`;
  if (!trace && !hintGiven) {
    const flag = isDeprecation ? '--trace-deprecation' : '--trace-warnings';
    text += `\n(Use \`${require('path').basename(process.argv0 || 'node', '.exe')} ${flag} ...\` to show where the warning was created)`;
    hintGiven = true;
  }
  write(text);
}

function listen() {
  if (listening) return;
  listening = true;
  if (options.get('deprecation') === false && process.noDeprecation === undefined) process.noDeprecation = true;
  if (options.get('throw-deprecation') === true && process.throwDeprecation === undefined) process.throwDeprecation = true;
  if (options.get('trace-deprecation') === true && process.traceDeprecation === undefined) process.traceDeprecation = true;
  if (options.get('warnings') !== false && process.env.NODE_NO_WARNINGS !== '1') process.on('warning', onWarning);
}

function make(warning, type, code, detail, ctor) {
  if (warning instanceof Error) return warning;
  if (typeof warning !== 'string') throw new ERR_INVALID_ARG_TYPE('warning', ['Error', 'string'], warning);
  const limit = Error.stackTraceLimit;
  const error = new Error(warning);
  Error.stackTraceLimit = limit;
  error.name = String(type || 'Warning');
  if (code !== undefined) error.code = code;
  if (detail !== undefined) error.detail = detail;
  Error.captureStackTrace(error, ctor || process.emitWarning);
  return error;
}

function emitWarning(warning, type, code, ctor) {
  listen();
  if (type === 'DeprecationWarning' && process.noDeprecation) return;
  let detail;
  if (type !== null && typeof type === 'object' && !Array.isArray(type)) {
    ctor = type.ctor;
    code = type.code;
    if (typeof type.detail === 'string') detail = type.detail;
    type = type.type || 'Warning';
  } else if (typeof type === 'function') {
    ctor = type;
    code = '';
    type = 'Warning';
  }
  if (type !== undefined && typeof type !== 'string') throw new ERR_INVALID_ARG_TYPE('type', 'string', type);
  if (typeof code === 'function') {
    ctor = code;
    code = undefined;
  } else if (code !== undefined && typeof code !== 'string') throw new ERR_INVALID_ARG_TYPE('code', 'string', code);
  const error = make(warning, type, code, detail, ctor);
  if (error.name === 'DeprecationWarning') {
    if (process.noDeprecation) return;
    if (process.throwDeprecation) {
      process.nextTick(() => { throw error; });
      return;
    }
  }
  process.nextTick(() => process.emit('warning', error));
}

module.exports = { emitWarning, listen };
