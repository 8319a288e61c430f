'use strict';
// What happens to an error that nobody caught: monitors hear of it, a handler may take it, otherwise it
// is printed with its source line and the process ends.

const { seen, stackOf } = require('internal/stack');
const { turn, isMainThread } = require('internal/builtin');
const { writeSync } = internalBinding('stdio');
const EXITING = 5;

let captureCallback = null;
let inHandler = false;

// Where it happened: the first frame of the program's, or where a text could not be read.
function placeOf(error) {
  if (error instanceof SyntaxError && typeof error.sourceURL === 'string' && !error.sourceURL.startsWith('node:'))
    return { file: error.sourceURL, line: error.line };
  if (typeof error.stack !== 'string') return undefined;
  for (const text of error.stack.split('\n')) {
    const match = /^ {4}at (?:.* \()?(\/.*|file:\/\/.*|\[(?:eval|stdin)\]):(\d+):(\d+)\)?$/.exec(text);
    if (match !== null) return { file: match[1], line: +match[2], column: +match[3] };
  }
  return undefined;
}

// The engine names the token it did not expect, not its column.
function columnOfToken(message, text) {
  const token = /'([^']+)'/.exec(message)?.[1];
  const at = token === undefined ? -1 : text.lastIndexOf(token);
  return at < 0 ? undefined : at + 1;
}

function sourceContext(error) {
  const place = placeOf(error);
  if (place === undefined) return '';
  const { file, line } = place;
  const source = file[0] === '[' ? process._eval :
    internalBinding('loader').readText(file.startsWith('file:') ? require('url').fileURLToPath(file) : file);
  const text = typeof source === 'string' ? source.split('\n')[line - 1] : undefined;
  if (text === undefined || text.length > 240) return `${file}:${line}\n\n`;
  const column = place.column ?? columnOfToken(error.message, text);
  return `${file}:${line}\n${text}\n${column === undefined ? '' : ' '.repeat(Math.max(0, column - 1)) + '^\n'}\n`;
}

function describe(error) {
  const isObject = (typeof error === 'object' && error !== null) || typeof error === 'function';
  if (!isObject || typeof error.stack !== 'string') {
    const { inspect } = require('util');
    return `Uncaught:\n${isObject ? inspect(error) : typeof error === 'string' ? `'${error}'` : inspect(error)}\n` +
      '(Use `galley --trace-uncaught ...` to show where the exception was thrown)\n';
  }
  stackOf(error);
  let text;
  try {
    text = require('util').inspect(error, { customInspect: false });
  } catch {
    text = error.stack;
  }
  let context = '';
  try {
    context = sourceContext(error);
  } catch {}
  return `${context}${text}\n`;
}

function die(error) {
  if (!isMainThread) {
    require('internal/worker_main').died(error);
    return;
  }
  let text;
  try {
    text = describe(error);
  } catch (second) { // whatever the program did to its world, it shall know why it ends
    text = `${error?.stack ?? String(error)}\n(and while this was being described: ${second?.message})\n`;
  }
  writeSync(2, `${text}\nNode.js ${process.version}\n`);
  if (aborts()) process.abort();
  exit(1);
}

function exit(code) {
  try {
    if (!process._exiting) {
      process._exiting = true;
      process.exitCode = code;
      process.emit('exit', code);
      code = process.exitCode ?? code;
    }
  } catch (error) {
    try {
      writeSync(2, describe(error));
    } catch {}
    code = 7;
  }
  turn[EXITING] = 1;
  process.reallyExit(code);
}

const aborts = () => require('internal/options').get('abort-on-uncaught-exception') === true;

// Whether somebody took it.
function uncaught(error, fromPromise = false) {
  if (turn[EXITING] !== 0) return false;
  if (typeof process._fatalException !== 'function') { // the program took away what would handle it
    turn[EXITING] = 1;
    process.reallyExit(6);
    return false;
  }
  seen(error);
  const origin = fromPromise ? 'unhandledRejection' : 'uncaughtException';
  if (inHandler) {
    die(error);
    return false;
  }
  try {
    if (process.listenerCount?.('uncaughtExceptionMonitor') > 0)
      process.emit('uncaughtExceptionMonitor', error, origin);
    if (module.exports.domains?.(error)) return true;
    if (captureCallback !== null) {
      captureCallback(error);
      return true;
    }
    if (aborts()) die(error);
    if (process.listenerCount?.('uncaughtException') > 0) {
      process.emit('uncaughtException', error, origin);
      return true;
    }
  } catch (second) {
    inHandler = true;
    dieTwice(second);
    return false;
  }
  die(error);
  return false;
}

// The handler of errors failed.
function dieTwice(error) {
  if (!isMainThread) {
    die(error);
    return;
  }
  try {
    writeSync(2, describe(error) + `\nNode.js ${process.version}\n`);
  } catch {}
  if (aborts()) process.abort();
  exit(7);
}

module.exports = {
  uncaught,
  describe,
  exit,
  domains: undefined, // set by lib/domain.js: takes an error, or says false
  get captureCallback() { return captureCallback; },
  set captureCallback(fn) { captureCallback = fn; },
};
