'use strict';
// A prompt that reads JavaScript, runs it and prints what it gives.

const vm = require('vm');
const domain = require('domain');
const { Interface } = require('readline');
const { inspect, types: { isNativeError } } = require('util');
const { builtinModules, Module } = require('module');
const { makeRequire } = require('internal/cjs');
const { seen } = require('internal/stack');
const input = require('internal/repl/input');
const { codes: { ERR_INVALID_REPL_EVAL_CONFIG, ERR_SCRIPT_EXECUTION_INTERRUPTED } } = require('internal/errors');
const { validateFunction } = require('internal/validators');

const REPL_MODE_SLOPPY = Symbol('repl-sloppy');
const REPL_MODE_STRICT = Symbol('repl-strict');

const kState = Symbol('state');
const kStandalone = Symbol('standalone');

const libraries = builtinModules.filter((name) => !name.startsWith('_') && !name.includes('/') && !name.startsWith('node:'));
const inputPrompt = '| ';
let scriptCount = 0;

class Recoverable extends SyntaxError {
  constructor(error) {
    super();
    this.err = error;
  }
}

function writerWith(options) {
  const write = (object) => inspect(object, write.options);
  write.options = options;
  return write;
}
const writer = writerWith({ ...inspect.defaultOptions, showProxy: true });

function readOptions(prompt, source, evaluate, useGlobal, ignoreUndefined, replMode) {
  if (prompt !== null && typeof prompt === 'object') return { ...prompt };
  const options = { prompt, eval: evaluate, useGlobal, ignoreUndefined, replMode };
  if (source?.stdin !== undefined) Object.assign(options, { input: source.stdin, output: source.stdout });
  else Object.assign(options, { input: source, output: source });
  return options;
}

class REPLServer extends Interface {
  constructor(...args) {
    const options = readOptions(...args);
    options.input ??= process.stdin;
    options.output ??= process.stdout;
    const terminal = options.terminal ?? Boolean(options.output.isTTY);
    const { preview, breakEvalOnSigint, eval: evaluate } = options;
    if (breakEvalOnSigint && evaluate) throw new ERR_INVALID_REPL_EVAL_CONFIG();
    super({
      input: options.input, output: options.output, terminal, historySize: options.historySize,
      completer: (text, callback) => this.completer(text, callback), prompt: options.prompt ?? '> ',
    });
    this[kState] = { buffered: '', sawInterrupt: false, sawEnd: false, breaks: Boolean(breakEvalOnSigint), initialPrompt: options.prompt ?? '> ',
      pending: undefined, queue: [], preview: Boolean(preview) };
    this.useColors = options.useColors ?? (terminal && typeof options.output.getColorDepth === 'function' && options.output.getColorDepth() > 2);
    this.useGlobal = Boolean(options.useGlobal);
    this.ignoreUndefined = Boolean(options.ignoreUndefined);
    this.replMode = options.replMode ?? REPL_MODE_SLOPPY;
    this.underscoreAssigned = false;
    this.underscoreErrAssigned = false;
    this.last = undefined;
    this.lastError = undefined;
    this.editorMode = false;
    this.lines = [];
    this.declaredNames = new Set();
    this.commands = { __proto__: null };
    this.inputStream = options.input;
    this.outputStream = options.output;
    this.writer = options.writer ?? writerWith({ ...writer.options, colors: this.useColors });
    this.completer = options.completer ?? ((text, callback) => require('internal/repl/completion').complete(this, text, callback));
    if (evaluate !== undefined && evaluate !== null) validateFunction(evaluate, 'options.eval');
    this._domain = options.domain ?? domain.create();
    this._domain.on('error', (error) => showError(this, error, options[kStandalone]));
    const run = evaluate || ((...rest) => evalDefault(this, ...rest));
    this.eval = this._domain.bind(run);
    require('internal/repl/commands').define(this);
    this.resetContext();
    listen(this);
    this.displayPrompt();
  }

  createContext() {
    let context;
    if (this.useGlobal) {
      context = globalThis;
    } else {
      context = vm.createContext();
      const own = new Set(vm.runInContext('Object.getOwnPropertyNames(globalThis)', context));
      for (const key of Object.getOwnPropertyNames(globalThis))
        if (!own.has(key)) Object.defineProperty(context, key, { __proto__: null, ...Object.getOwnPropertyDescriptor(globalThis, key) });
      context.global = context;
      const { Console } = require('console');
      Object.defineProperty(context, 'console', { configurable: true, writable: true, value: new Console(this.output) });
    }
    const module = new Module('<repl>');
    module.paths = Module._nodeModulePaths(process.cwd());
    const define = (name, value) => Object.defineProperty(context, name, { configurable: true, writable: true, value });
    define('module', module);
    define('require', makeRequire(module));
    define('exports', module.exports);
    addLibraries(context);
    return context;
  }

  resetContext() {
    this.context = this.createContext();
    this.underscoreAssigned = false;
    this.underscoreErrAssigned = false;
    this.lines = [];
    const remember = (name, key, assigned) => Object.defineProperty(this.context, name, {
      configurable: true,
      get: () => this[key],
      set: (value) => {
        this[key] = value;
        if (this[assigned]) return;
        this[assigned] = true;
        this.output.write(`Expression assignment to ${name} now disabled.\n`);
      },
    });
    remember('_', 'last', 'underscoreAssigned');
    remember('_error', 'lastError', 'underscoreErrAssigned');
    this.emit('reset', this.context);
  }

  setPrompt(prompt) {
    if (this[kState] !== undefined) this[kState].initialPrompt = prompt; // not while readline sets itself up
    super.setPrompt(prompt);
  }

  displayPrompt(preserveCursor) {
    const { buffered, initialPrompt } = this[kState];
    super.setPrompt(this.editorMode ? '' : buffered === '' ? initialPrompt : inputPrompt);
    this.prompt(preserveCursor);
  }

  clearBufferedCommand() { this[kState].buffered = ''; }

  defineCommand(keyword, command) {
    if (typeof command === 'function') command = { action: command };
    validateFunction(command.action, 'cmd.action');
    this.commands[keyword] = { ...command };
  }

  complete(...args) { this.completer(...args); }
  setupHistory(options, callback) { require('internal/repl/history').setup(this, options, callback); }

  enterEditor() {
    this.editorMode = true;
    super.setPrompt('');
  }

  leaveEditor() {
    this.editorMode = false;
    super.setPrompt(this[kState].initialPrompt);
  }

  // Ends when what is running has ended.
  close() {
    const state = this[kState];
    if (state.pending !== undefined) {
      state.queue.push(() => this.close());
      return;
    }
    super.close();
  }
}

function addLibraries(context) {
  for (const name of libraries) {
    if (Object.getOwnPropertyDescriptor(context, name)?.get === undefined && name in context) continue;
    const set = (value) => Object.defineProperty(context, name, { configurable: true, enumerable: true, value, writable: true });
    Object.defineProperty(context, name, {
      configurable: true,
      enumerable: false,
      get() {
        const value = require(name);
        Object.defineProperty(context, name, { configurable: true, enumerable: false, value, writable: true });
        return value;
      },
      set,
    });
  }
}

// ---- Running

function runScript(repl, code, file) {
  const strict = repl.replMode === REPL_MODE_STRICT && !/^\s*$/.test(code) ? `'use strict'; void 0;\n` : '';
  const options = { filename: file, displayErrors: false, breakOnSigint: repl[kState].breaks, lineOffset: strict === '' ? 0 : -1 };
  const script = new vm.Script(strict + code, options);
  return repl.useGlobal ? script.runInThisContext(options) : script.runInContext(repl.context, options);
}

function evalDefault(repl, code, context, file, callback) {
  if (code.trim() === '') {
    callback(null);
    return;
  }
  let text = input.asExpression(code);
  const problem = input.errorOf(text);
  let isAsync = false;
  if (problem !== undefined) {
    const awaiting = input.asAsync(code);
    if (awaiting === undefined) {
      problem.sourceText = code;
      callback(input.isRecoverable(problem, code) ? new Recoverable(problem) : problem);
      return;
    }
    text = awaiting;
    isAsync = true;
  }
  noteNames(repl, code);
  let result;
  try {
    result = runScript(repl, text, file);
  } catch (error) {
    if (error?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') error.stack = error.message;
    repl._domain.enter();
    callback(error ?? new Error(String(error)), undefined, error);
    repl._domain.exit();
    return;
  }
  if (isAsync) awaitResult(repl, result, callback);
  else callback(null, result);
}

// Names that scripts declare are no properties of the global, and the tab key wants them.
function noteNames(repl, code) {
  for (const [, name] of code.matchAll(/(?:^|[;\n{])\s*(?:const|let|class|var|(?:async\s+)?function\b\s*\*?)\s+([\w$]+)/g)) repl.declaredNames.add(name);
}

function awaitResult(repl, promise, callback) {
  const state = repl[kState];
  const finish = (...args) => {
    if (state.pending !== promise) return;
    state.pending = undefined;
    callback(...args);
    while (state.pending === undefined && state.queue.length > 0) state.queue.shift()();
  };
  state.pending = promise;
  state.interrupt = () => finish(new ERR_SCRIPT_EXECUTION_INTERRUPTED());
  promise.then(({ value }) => finish(null, value), (error) => finish(error, undefined, error));
}

// ---- Lines

function listen(repl) {
  const state = repl[kState];
  repl.on('line', (line) => {
    if (state.pending !== undefined) state.queue.push(() => takeLine(repl, line));
    else takeLine(repl, line);
  });
  repl.on('SIGINT', () => interrupt(repl));
  repl.on('SIGCONT', () => {
    if (repl.editorMode) repl.output.write(`${repl[kState].initialPrompt}.editor\n// Entering editor mode (Ctrl+D to finish, Ctrl+C to cancel)\n${state.buffered}\n`);
    repl.displayPrompt(true);
  });
  repl.on('close', () => repl.emit('exit'));
  const ttyWrite = repl._ttyWrite.bind(repl);
  repl._ttyWrite = (text, key = {}) => {
    if (!repl.editorMode || !repl.terminal) return ttyWrite(text, key);
    if (key.ctrl && key.name === 'd') {
      repl.leaveEditor();
      state.sawEnd = true;
      repl.output.write('\n');
      const code = state.buffered + repl.line;
      state.buffered = '';
      repl.line = '';
      repl.cursor = 0;
      return takeLine(repl, code);
    }
    return ttyWrite(text, key);
  };
}

function interrupt(repl) {
  const state = repl[kState];
  if (state.pending !== undefined) {
    state.interrupt();
    return;
  }
  const isEmpty = repl.line.length === 0 && state.buffered === '' && !repl.editorMode;
  repl.clearLine();
  repl.leaveEditor();
  if (isEmpty && state.sawInterrupt) {
    state.sawInterrupt = false;
    repl.close();
    return;
  }
  if (isEmpty) repl.output.write('(To exit, press Ctrl+C again or Ctrl+D or type .exit)\n');
  state.sawInterrupt = isEmpty;
  repl.clearBufferedCommand();
  repl.displayPrompt();
}

// A line that is a command is not run.
function takeCommand(repl, line) {
  const trimmed = line.trim();
  if (trimmed[0] !== '.' || trimmed[1] === '.' || !Number.isNaN(Number.parseFloat(trimmed))) return false;
  const [, keyword, rest] = /^\.(\S+)\s*(.*)$/.exec(trimmed) ?? [];
  const command = repl.commands[keyword];
  if (command !== undefined) {
    command.action.call(repl, rest);
    return true;
  }
  if (repl[kState].buffered !== '') return false;
  repl.output.write('Invalid REPL keyword\n');
  repl.displayPrompt();
  return true;
}

function takeLine(repl, line) {
  line ??= '';
  const state = repl[kState];
  state.sawInterrupt = false;
  if (repl.editorMode) {
    state.buffered += `${line}\n`;
    return;
  }
  if (takeCommand(repl, line)) return;
  const code = `${state.buffered}${line}\n`;
  repl.eval(code, repl.context, `REPL${++scriptCount}`, function(error, result, thrown = error) {
    finishLine(repl, line, error, result, arguments.length, thrown);
  });
}

// `thrown` differs from `error` where a program throws undefined or its like.
function finishLine(repl, line, error, result, count, thrown) {
  const state = repl[kState];
  if (error && state.buffered === '' && line.trim().startsWith('npm ')) {
    repl.output.write('npm should be run outside of the Node.js REPL, in your normal shell.\n(Press Ctrl+D to exit.)\n');
    repl.displayPrompt();
    return;
  }
  if (error instanceof Recoverable && !state.sawEnd) {
    state.buffered += `${line}\n`;
    repl.displayPrompt();
    return;
  }
  if (line !== '') repl.lines.push(line);
  if (error || count === 3) {
    repl._domain.emit('error', error instanceof Recoverable ? error.err : thrown);
    return;
  }
  repl.clearBufferedCommand();
  state.sawEnd = false;
  if (count >= 2 && (!repl.ignoreUndefined || result !== undefined)) {
    if (!repl.underscoreAssigned) repl.last = result;
    repl.output.write(`${repl.writer(result)}\n`);
  }
  if (!repl.closed) repl.displayPrompt();
}

// ---- Errors

// The frames of what was typed, without the line itself and what called it.
function trimStack(error) {
  seen(error);
  delete error.domainThrown; // every error here is the domain's
  if (typeof error.stack !== 'string') return;
  if (error.name === 'SyntaxError') {
    const shown = error.sourceText === undefined ? '' : sourceOf(error);
    error.stack = shown + error.stack.replace(/^\s+at\s.*\n?/gm, '').trimEnd();
    return;
  }
  const lines = error.stack.split('\n');
  let end = lines.findIndex((text) => /^ {4}at .*node:(?:vm|repl):\d/.test(text));
  if (end < 0) return;
  if (/^ {4}at REPL\d+:\d+:\d+$/.test(lines[end - 1])) end--;
  error.stack = lines.slice(0, end).join('\n');
}

// The line that could not be read, with an arrow below what was not expected.
function sourceOf(error) {
  const { sourceText } = error;
  delete error.sourceText;
  const text = sourceText.split('\n')[0];
  const token = /'([^']+)'/.exec(error.message)?.[1];
  const at = token === undefined ? -1 : text.lastIndexOf(token);
  return `${text}\n${' '.repeat(Math.max(0, at))}^\n\n`;
}

function describe(repl, error) {
  if (typeof error !== 'object' || error === null) return repl.writer(error);
  if (isNativeError(error) || error.name === 'SyntaxError') trimStack(error);
  const text = repl.writer(error);
  return text[0] === '[' && text.at(-1) === ']' && isNativeError(error) ? text.slice(1, -1) : text;
}

function withPrefix(text) {
  const lines = text.split(/(?<=\n)/);
  const at = lines.findIndex((line) => /^\[?([A-Z][a-z0-9_]*)*Error/.test(line));
  if (at < 0) return `Uncaught${lines.length === 1 ? ' ' : ':\n'}${text}`;
  lines[at] = writer.options.breakLength >= lines[at].length ? `Uncaught ${lines[at]}` : `Uncaught:\n${lines[at]}`;
  return lines.join('');
}

function showError(repl, error, isStandalone) {
  const state = repl[kState];
  if (isStandalone && process.listenerCount('uncaughtException') > 0) {
    process.nextTick(() => {
      process.emit('uncaughtException', error);
      repl.clearBufferedCommand();
      repl.displayPrompt();
    });
    return;
  }
  let text;
  try {
    text = withPrefix(describe(repl, error));
  } catch (second) {
    text = `Uncaught ${second}`;
  }
  if (!repl.underscoreErrAssigned) repl.lastError = error;
  repl.output.write(text.endsWith('\n') ? text : `${text}\n`);
  state.sawEnd = false;
  repl.clearBufferedCommand();
  if (!repl.closed) repl.displayPrompt();
}

function start(...args) { return new REPLServer(...args); }

module.exports = {
  start,
  writer,
  REPLServer,
  REPL_MODE_SLOPPY,
  REPL_MODE_STRICT,
  Recoverable,
  isValidSyntax: (code) => input.parses(code) || input.parses(`(${code})`),
};
Object.defineProperty(module.exports, Symbol.for('galley.internal'), { value: { kStandalone } });
Object.defineProperty(module.exports, 'builtinModules', { configurable: true, enumerable: true, writable: true, value: libraries });
