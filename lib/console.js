'use strict';

// The console. The one that every program has writes plain text straight to its descriptor as long as nobody has touched
// process.stdout or process.stderr; from then on, and for consoles that programs make, everything goes through the streams.

const { writeSync, kind } = internalBinding('stdio');
const { channels, untouchedStreams } = require('internal/console_state');

const kGroupIndent = Symbol('kGroupIndent');
const kGroupIndentationWidth = Symbol('kGroupIndentWidth');
const kColorMode = Symbol('kColorMode');
const kInspectOptions = Symbol('kInspectOptions');
const kIsConsole = Symbol('kIsConsole');
const kCounts = Symbol('counts');
const kTimers = Symbol('timers');
const kOptionsFor = Symbol('kGetInspectOptions');
const kWrite = Symbol('kWriteToConsole');

const noColors = undefined;
const withColors = { colors: true };

function noop() {}

function formatArguments(options, args) {
  return require('internal/util/format').formatWithOptionsInternal(options, args);
}

function isPlain(args) {
  return args.length === 1 && typeof args[0] === 'string';
}

function textOf(console, stream, args) {
  return isPlain(args) ? args[0] : formatArguments(console[kOptionsFor](stream), args);
}

function indented(text, indent) {
  if (indent.length === 0)
    return text;
  return indent + (text.includes('\n') ? text.replace(/\n/g, `\n${indent}`) : text);
}

function writeToStream(console, stream, text, onError) {
  if (console._ignoreErrors === false) {
    stream.write(text);
    return;
  }
  // A full disk or a closed pipe must not end a program that only wanted to say something.
  try {
    if (stream.listenerCount?.('error') === 0) {
      stream.once('error', noop);
      stream.write(text, onError);
    } else {
      stream.write(text, onError);
    }
  } catch (error) {
    if (require('internal/errors').isStackOverflowError(error))
      throw error;
  } finally {
    stream.removeListener?.('error', noop);
  }
}

function errorHandlerFor(stream) {
  return (error) => {
    // The stream may emit 'error' only after this callback.
    if (error !== null && stream._writableState && !stream._writableState.errorEmitted &&
        stream.listenerCount('error') === 0)
      stream.once('error', noop);
  };
}

const methods = {
  log(...args) {
    const channel = channels.log;
    if (channel !== undefined && channel.hasSubscribers)
      channel.publish(args);
    this[kWrite](1, args);
  },

  warn(...args) {
    const channel = channels.warn;
    if (channel !== undefined && channel.hasSubscribers)
      channel.publish(args);
    this[kWrite](2, args);
  },

  error(...args) {
    const channel = channels.error;
    if (channel !== undefined && channel.hasSubscribers)
      channel.publish(args);
    this[kWrite](2, args);
  },

  dir(object, options) {
    const { inspect } = require('internal/util/inspect');
    this[kWrite](1, [inspect(object, { customInspect: false, ...this[kOptionsFor](1), ...options })]);
  },

  time(label = 'default') {
    label = `${label}`;
    if (this[kTimers].has(label)) {
      process.emitWarning(`Label '${label}' already exists for console.time()`);
      return;
    }
    this[kTimers].set(label, process.hrtime());
  },

  timeEnd(label = 'default') {
    if (logTime(this, 'timeEnd', `${label}`, []))
      this[kTimers].delete(`${label}`);
  },

  timeLog(label = 'default', ...args) {
    logTime(this, 'timeLog', `${label}`, args);
  },

  trace: function trace(...args) {
    const error = { name: 'Trace', message: textOf(this, 2, args) };
    Error.captureStackTrace(error, trace);
    this.error(error.stack);
  },

  assert(expression, ...args) {
    if (expression)
      return;
    if (typeof args[0] === 'string')
      args[0] = `Assertion failed: ${args[0]}`;
    else
      args.unshift('Assertion failed');
    Reflect.apply(this.warn, this, args);
  },

  clear() {
    if (this._stdout.isTTY && process.env.TERM !== 'dumb') {
      const { cursorTo, clearScreenDown } = require('readline');
      cursorTo(this._stdout, 0, 0);
      clearScreenDown(this._stdout);
    }
  },

  count(label = 'default') {
    label = `${label}`;
    const count = (this[kCounts].get(label) ?? 0) + 1;
    this[kCounts].set(label, count);
    this.log(`${label}: ${count}`);
  },

  countReset(label = 'default') {
    label = `${label}`;
    if (!this[kCounts].has(label)) {
      process.emitWarning(`Count for '${label}' does not exist`);
      return;
    }
    this[kCounts].delete(label);
  },

  group(...label) {
    if (label.length > 0)
      Reflect.apply(this.log, this, label);
    this[kGroupIndent] += ' '.repeat(this[kGroupIndentationWidth]);
  },

  groupEnd() {
    this[kGroupIndent] = this[kGroupIndent].slice(0, this[kGroupIndent].length - this[kGroupIndentationWidth]);
  },

  table(data, properties) {
    if (data === null || typeof data !== 'object') {
      this.log(data);
      return;
    }
    this.log(require('internal/console_table').tableOf(data, properties, this[kOptionsFor](1)));
  },
};

methods.debug = { debug(...args) {
  const channel = channels.debug;
  if (channel !== undefined && channel.hasSubscribers)
    channel.publish(args);
  this[kWrite](1, args);
} }.debug;
methods.info = { info(...args) {
  const channel = channels.info;
  if (channel !== undefined && channel.hasSubscribers)
    channel.publish(args);
  this[kWrite](1, args);
} }.info;
methods.dirxml = { dirxml(...args) {
  this[kWrite](1, args);
} }.dirxml;
methods.groupCollapsed = { groupCollapsed(...label) {
  return methods.group.apply(this, label);
} }.groupCollapsed;

function logTime(console, name, label, args) {
  const started = console[kTimers].get(label);
  if (started === undefined) {
    process.emitWarning(`No such label '${label}' for console.${name}()`);
    return false;
  }
  const [seconds, nanoseconds] = process.hrtime(started);
  const text = require('internal/console_table').formatTime(seconds * 1000 + nanoseconds / 1e6);
  if (args.length === 0)
    console.log('%s: %s', label, text);
  else
    console.log('%s: %s', label, text, ...args);
  return true;
}

function hidden(value) {
  return { __proto__: null, value, writable: true, enumerable: false, configurable: true };
}

function initialize(console, { ignoreErrors, colorMode, inspectOptions, groupIndentation }) {
  Object.defineProperties(console, {
    _ignoreErrors: hidden(Boolean(ignoreErrors)),
    _times: hidden(new Map()),
    [Symbol.toStringTag]: { __proto__: null, value: 'console', writable: false, enumerable: false, configurable: true },
    [kCounts]: hidden(new Map()),
    [kTimers]: hidden(new Map()),
    [kGroupIndent]: hidden(''),
    [kGroupIndentationWidth]: hidden(groupIndentation),
    [kColorMode]: hidden(colorMode),
    [kInspectOptions]: hidden(inspectOptions),
    [kIsConsole]: hidden(true),
  });
}

function checkedOptions(options) {
  const { codes: { ERR_CONSOLE_WRITABLE_STREAM, ERR_INCOMPATIBLE_OPTION_PAIR } } = require('internal/errors');
  const { validateInteger, validateObject, validateOneOf } = require('internal/validators');
  const { stdout, stderr = stdout, ignoreErrors = true, colorMode = 'auto', inspectOptions, groupIndentation } = options;
  if (!stdout || typeof stdout.write !== 'function')
    throw new ERR_CONSOLE_WRITABLE_STREAM('stdout');
  if (!stderr || typeof stderr.write !== 'function')
    throw new ERR_CONSOLE_WRITABLE_STREAM('stderr');
  validateOneOf(colorMode, 'colorMode', ['auto', true, false]);
  if (groupIndentation !== undefined)
    validateInteger(groupIndentation, 'groupIndentation', 0, 1000);
  if (inspectOptions !== undefined) {
    validateObject(inspectOptions, 'options.inspectOptions');
    const all = inspectOptions instanceof Map ? [...inspectOptions.values()] : [inspectOptions];
    for (const each of all) {
      if (each.colors !== undefined && options.colorMode !== undefined)
        throw new ERR_INCOMPATIBLE_OPTION_PAIR('options.inspectOptions.color', 'colorMode');
    }
  }
  return { stdout, stderr, ignoreErrors, colorMode, inspectOptions, groupIndentation: groupIndentation ?? 2 };
}

function Console(options) {
  if (new.target === undefined)
    return Reflect.construct(Console, arguments);
  if (!options || typeof options.write === 'function')
    options = { stdout: options, stderr: arguments[1] ?? options, ignoreErrors: arguments[2] };
  const checked = checkedOptions(options);
  // What the class or its heir offers is bound to the instance, so that it can be handed around.
  for (const key of Object.keys(Console.prototype)) {
    const bound = this[key].bind(this);
    Object.defineProperty(bound, 'name', { __proto__: null, value: key });
    this[key] = bound;
  }
  initialize(this, checked);
  Object.defineProperties(this, {
    _stdout: { ...hidden(checked.stdout), configurable: true },
    _stderr: { ...hidden(checked.stderr), configurable: true },
    _stdoutErrorHandler: hidden(errorHandlerFor(checked.stdout)),
    _stderrErrorHandler: hidden(errorHandlerFor(checked.stderr)),
  });
}

for (const name in methods)
  Console.prototype[name] = methods[name];

function optionsFor(console, stream) {
  const { [kInspectOptions]: inspectOptions, [kColorMode]: colorMode } = console;
  const chosen = inspectOptions instanceof Map ? inspectOptions.get(stream) : inspectOptions;
  if (chosen !== undefined && (chosen.colors !== undefined || colorMode !== 'auto'))
    return colorMode === 'auto' ? chosen : { ...chosen, colors: colorMode };
  const color = colorMode === 'auto' ? require('internal/util/colors').shouldColorize(stream) : colorMode;
  if (chosen !== undefined)
    return color ? { ...chosen, colors: true } : chosen;
  return color ? withColors : noColors;
}

Object.defineProperties(Console.prototype, {
  [kOptionsFor]: hidden(function (stream) {
    return optionsFor(this, stream === 1 ? this._stdout : this._stderr);
  }),
  [kWrite]: hidden(function (descriptor, args) {
    const stream = descriptor === 1 ? this._stdout : this._stderr;
    const text = isPlain(args) ? args[0] : formatArguments(optionsFor(this, stream), args);
    writeToStream(this, stream, `${indented(text, this[kGroupIndent])}\n`,
                  descriptor === 1 ? this._stdoutErrorHandler : this._stderrErrorHandler);
  }),
});

Object.defineProperty(Console, Symbol.hasInstance, {
  __proto__: null,
  value(instance) {
    return instance[kIsConsole] === true;
  },
});

// The program's own console. Its streams are made by the first who asks process for them.
const globalConsole = Object.create({});
// Streams that a program has given this console.
const ownStreams = { stdout: undefined, stderr: undefined };
const errorHandlers = { stdout: undefined, stderr: undefined };

function isUntouched(name) {
  if (ownStreams[name] !== undefined)
    return false;
  const { get } = Object.getOwnPropertyDescriptor(process, name) ?? noop;
  return get !== undefined && get === untouchedStreams[name];
}

const isTerminal = { stdout: undefined, stderr: undefined };

function mayColour(name, descriptor) {
  isTerminal[name] ??= kind(descriptor) === 'TTY';
  return isTerminal[name] || process.env.FORCE_COLOR !== undefined;
}

function nameOf(descriptor) {
  return descriptor === 1 ? 'stdout' : 'stderr';
}

function globalOptions(descriptor) {
  const name = nameOf(descriptor);
  if (isUntouched(name) && !mayColour(name, descriptor))
    return noColors;
  return optionsFor(globalConsole, globalConsole[`_${name}`]);
}

function writeGlobal(descriptor, args) {
  const name = nameOf(descriptor);
  const text = `${indented(isPlain(args) ? args[0] : formatArguments(globalOptions(descriptor), args),
                           globalConsole[kGroupIndent])}\n`;
  if (isUntouched(name)) {
    writeSync(descriptor, text);
    return;
  }
  const stream = globalConsole[`_${name}`];
  errorHandlers[name] ??= errorHandlerFor(stream);
  writeToStream(globalConsole, stream, text, errorHandlers[name]);
}

for (const name in methods) {
  const bound = methods[name].bind(globalConsole);
  Object.defineProperty(bound, 'name', { __proto__: null, value: name });
  globalConsole[name] = bound;
}
initialize(globalConsole, { ignoreErrors: true, colorMode: 'auto', inspectOptions: undefined, groupIndentation: 2 });
for (const name of ['stdout', 'stderr']) {
  Object.defineProperty(globalConsole, `_${name}`, {
    __proto__: null,
    get() { return ownStreams[name] ?? process[name]; },
    set(value) { ownStreams[name] = value; },
    enumerable: false,
    configurable: true,
  });
}
Object.defineProperties(globalConsole, {
  [kOptionsFor]: hidden(globalOptions),
  [kWrite]: hidden(writeGlobal),
});
globalConsole.Console = Console;
// The engine's own profiling calls; without a debugger there is nothing for them to do.
for (const name of ['profile', 'profileEnd', 'timeStamp'])
  globalConsole[name] = { [name]() {} }[name];
globalConsole.context = function context() { return {}; };

module.exports = globalConsole;
