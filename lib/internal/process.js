'use strict';
// The process object. What costs something to make (streams, the event emitter's warnings, signals) is
// made when it is first touched.

const binding = internalBinding('process');
const { turn, isMainThread } = require('internal/builtin');
const ticks = require('internal/ticks');
const EventEmitter = require('events');
const EXITING = 5;

const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, ERR_UNKNOWN_SIGNAL } } =
  require('internal/errors');

// process instanceof EventEmitter, and its own prototype in between, as in Node.
const proto = Object.create(EventEmitter.prototype, {
  constructor: {
    value: function process() { throw new TypeError('Illegal constructor'); },
    writable: true,
    configurable: true,
  },
  [Symbol.toStringTag]: { value: 'process', configurable: true },
});
process = Object.create(proto);
module.exports = process;
EventEmitter.call(process);

const define = (name, descriptor) => Object.defineProperty(process, name, { configurable: true, enumerable: true, ...descriptor });
const value = (name, v) => define(name, { value: v, writable: true });

function lazy(name, make) {
  define(name, {
    get() {
      const made = make();
      define(name, { value: made, writable: true });
      return made;
    },
    set(v) { define(name, { value: v, writable: true }); },
  });
}

value('version', null);
lazy('versions', () => {
  const { readFixed } = require('internal/versions');
  return Object.freeze(readFixed(binding.versions()));
});
lazy('version', () => 'v' + binding.versions().node);
value('arch', { '__proto__': null, 'x86_64': 'x64', 'aarch64': 'arm64' }[binding.machine()] ?? binding.machine());
value('platform', 'linux');
lazy('release', () => ({ name: 'node' }));
value('moduleLoadList', []);
value('_rawDebug', (...args) => {
  internalBinding('stdio').writeSync(2, require('util').format(...args) + '\n');
});

value('argv', []);
value('execArgv', []);
define('execPath', { value: binding.execPath(), writable: true });
value('argv0', '');
lazy('env', () => require('internal/process_env').env);
define('title', { get: binding.getTitle, set(text) { binding.setTitle(`${text}`); } });
lazy('pid', binding.pid);
define('ppid', { get: binding.ppid });
define('debugPort', { value: 9229, writable: true });

let exitCode;
define('exitCode', {
  configurable: false,
  get() { return exitCode; },
  set(code) {
    if (code !== null && code !== undefined) {
      let number = code;
      if (typeof code === 'string' && code !== '') number = Number(code);
      if (!Number.isInteger(number)) {
        if (typeof code !== 'number' && typeof code !== 'string')
          throw new ERR_INVALID_ARG_TYPE('code', ['integer'], code);
        if (typeof code === 'string') throw new ERR_INVALID_ARG_TYPE('code', ['integer'], code);
        throw new ERR_OUT_OF_RANGE('code', 'an integer', code);
      }
    }
    exitCode = code;
  },
});
Object.defineProperty(process, '_exiting', { value: false, writable: true, configurable: true, enumerable: true });

value('nextTick', ticks.nextTick);
value('cwd', function cwd() { return binding.cwd(); });
value('chdir', function chdir(directory) {
  require('internal/validators').validateString(directory, 'directory');
  binding.chdir(directory);
});

value('umask', function umask(mask) {
  if (mask === undefined) return binding.umask();
  const { parseFileMode } = require('internal/validators');
  return binding.umask(parseFileMode(mask, 'mask'));
});

// Times
function hrtime(previous) {
  const now = binding.hrtime();
  let seconds = Math.floor(now / 1e9);
  let nanos = now - seconds * 1e9;
  if (previous !== undefined) {
    const { validateArray } = require('internal/validators');
    validateArray(previous, 'time');
    if (previous.length !== 2) throw new ERR_OUT_OF_RANGE('time', 2, previous.length);
    seconds -= previous[0];
    nanos -= previous[1];
    if (nanos < 0) {
      seconds--;
      nanos += 1e9;
    }
  }
  return [seconds, nanos];
}
hrtime.bigint = function bigint() { return binding.hrtimeBigint(); };
value('hrtime', hrtime);
let started;
value('uptime', function uptime() {
  started ??= binding.started()[0];
  return (binding.hrtime() - started) / 1e9;
});

// Figures
function memoryUsage() {
  const [rss, heapTotal, heapUsed, external, arrayBuffers] = binding.memory();
  return { rss, heapTotal, heapUsed, external, arrayBuffers };
}
memoryUsage.rss = function rss() { return binding.rss(); };
value('memoryUsage', memoryUsage);
value('constrainedMemory', function constrainedMemory() { return binding.constrainedMemory(); });
value('availableMemory', function availableMemory() { return binding.availableMemory(); });

function cpuTimes(who, previous) {
  const [user, system] = binding.usage(who);
  if (previous === undefined) return { user, system };
  const { validateObject } = require('internal/validators');
  if (typeof previous !== 'object' || previous === null) validateObject(previous, 'prevValue');
  for (const key of ['user', 'system']) {
    const was = previous[key];
    if (typeof was !== 'number') throw new ERR_INVALID_ARG_TYPE(`prevValue.${key}`, 'number', was);
    if (!(was >= 0 && was <= Number.MAX_SAFE_INTEGER)) {
      const { codes: { ERR_INVALID_ARG_VALUE_RANGE } } = require('internal/errors');
      throw ERR_INVALID_ARG_VALUE_RANGE ? new ERR_INVALID_ARG_VALUE_RANGE(`prevValue.${key}`, was) :
        new RangeError(`The property 'prevValue.${key}' is invalid. Received ${was}`);
    }
  }
  return { user: user - previous.user, system: system - previous.system };
}
value('cpuUsage', function cpuUsage(prevValue) { return cpuTimes(0, prevValue); });
value('threadCpuUsage', function threadCpuUsage(prevValue) { return cpuTimes(1, prevValue); });
value('resourceUsage', function resourceUsage() {
  const [userCPUTime, systemCPUTime, maxRSS, sharedMemorySize, unsharedDataSize, unsharedStackSize,
    minorPageFault, majorPageFault, swappedOut, fsRead, fsWrite, ipcSent, ipcReceived, signalsCount,
    voluntaryContextSwitches, involuntaryContextSwitches] = binding.usage(0);
  return { userCPUTime, systemCPUTime, maxRSS, sharedMemorySize, unsharedDataSize, unsharedStackSize,
    minorPageFault, majorPageFault, swappedOut, fsRead, fsWrite, ipcSent, ipcReceived, signalsCount,
    voluntaryContextSwitches, involuntaryContextSwitches };
});

// Who we are
value('getuid', function getuid() { return binding.ids()[0]; });
value('geteuid', function geteuid() { return binding.ids()[1]; });
value('getgid', function getgid() { return binding.ids()[2]; });
value('getegid', function getegid() { return binding.ids()[3]; });
value('getgroups', function getgroups() { return binding.groups(); });

function checkId(id, name) {
  if (typeof id === 'number') require('internal/validators').validateUint32(id, name);
  else if (typeof id !== 'string') throw new ERR_INVALID_ARG_TYPE(name, ['number', 'string'], id);
}
function unknown(kind, id) {
  const { codes: { ERR_UNKNOWN_CREDENTIAL } } = require('internal/errors');
  throw new ERR_UNKNOWN_CREDENTIAL(kind, id);
}
for (const name of ['setuid', 'seteuid', 'setgid', 'setegid']) {
  const kind = name.endsWith('uid') ? 'User' : 'Group';
  value(name, {
    [name](id) {
      checkId(id, 'id');
      if (binding.setId(name, typeof id === 'number' ? id >>> 0 : id) === 1) unknown(kind, id);
    },
  }[name]);
}
value('setgroups', function setgroups(groups) {
  require('internal/validators').validateArray(groups, 'groups');
  groups.forEach((group, i) => checkId(group, `groups[${i}]`));
  const bad = binding.setGroups(groups);
  if (bad > 0) unknown('Group', groups[bad - 1]);
});
value('initgroups', function initgroups(user, extraGroup) {
  checkId(user, 'user');
  checkId(extraGroup, 'extraGroup');
  const bad = binding.initGroups(user, extraGroup);
  if (bad === 1) unknown('User', user);
  if (bad === 2) unknown('Group', extraGroup);
});

// The end
value('exit', function exit(code) {
  if (arguments.length !== 0) process.exitCode = code;
  if (!process._exiting) {
    process._exiting = true;
    process.emit('exit', +process.exitCode || 0);
  }
  turn[EXITING] = 1;
  process.reallyExit(+process.exitCode || 0);
  // A worker thread's exit returns here while the engine stops the thread.
});
value('reallyExit', function reallyExit(code) { binding.reallyExit(code || 0); });
value('abort', function abort() { binding.abort(); });

value('kill', function kill(pid, signal) {
  // eslint-disable-next-line eqeqeq
  if (pid != (pid | 0)) throw new ERR_INVALID_ARG_TYPE('pid', 'number', pid);
  let number;
  if (typeof signal === 'number') number = signal;
  else {
    const { signals } = require('os').constants;
    number = signals[signal || 'SIGTERM'];
    if (number === undefined) throw new ERR_UNKNOWN_SIGNAL(signal);
  }
  const error = process._kill(pid | 0, number);
  if (error) {
    const { ErrnoException } = require('internal/errors');
    throw new ErrnoException(error, 'kill');
  }
  return true;
});
value('_kill', binding.kill);

// Errors that nobody caught
value('setUncaughtExceptionCaptureCallback', function setUncaughtExceptionCaptureCallback(fn) {
  const fatal = require('internal/fatal');
  if (fn === null) {
    fatal.captureCallback = null;
    return;
  }
  if (typeof fn !== 'function') throw new ERR_INVALID_ARG_TYPE('fn', ['Function', 'null'], fn);
  if (fatal.captureCallback !== null) {
    const { codes: { ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET } } = require('internal/errors');
    throw new ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET();
  }
  fatal.captureCallback = fn;
});
value('hasUncaughtExceptionCaptureCallback', function hasUncaughtExceptionCaptureCallback() {
  return require('internal/fatal').captureCallback !== null;
});
value('_fatalException', (error, fromPromise) => require('internal/fatal').uncaught(error, fromPromise));
binding.setUnhandledRejection((promise, reason) => require('internal/rejections').rejected(promise, reason));

value('emitWarning', function emitWarning(...args) { require('internal/warning').emitWarning(...args); });

// Signals: a listener for a signal's name starts watching it, the last one to leave stops.
const watched = new Map();
function signalNumber(name) {
  if (typeof name !== 'string' || !name.startsWith('SIG')) return undefined;
  return require('os').constants.signals[name];
}
function watchSignal(name) {
  if (!isMainThread || watched.has(name)) return;
  const number = signalNumber(name);
  if (number === undefined) return;
  watched.set(name, binding.watchSignal(number, (which) => process.emit(name, name, which)));
}
function unwatchSignal(name) {
  if (watched.has(name) && process.listenerCount(name) === 0) {
    watched.get(name).close();
    watched.delete(name);
  }
}
process.on('newListener', (name) => {
  if (typeof name === 'string' && name.startsWith('SIG')) watchSignal(name);
});
process.on('removeListener', (name) => {
  if (typeof name === 'string' && name.startsWith('SIG')) unwatchSignal(name);
});
// These two are machinery, not the program's listeners.
for (const name of ['newListener', 'removeListener']) process.listeners(name);

// Standard streams
for (const [fd, name] of ['stdin', 'stdout', 'stderr'].entries())
  lazy(name, () => require('internal/stdio').open(fd));
value('openStdin', function openStdin() {
  process.stdin.resume();
  return process.stdin;
});

lazy('features', () => require('internal/versions').features);
lazy('config', () => require('internal/versions').config());
lazy('allowedNodeEnvironmentFlags', () => require('internal/versions').allowedFlags());
lazy('report', () => require('internal/report'));
lazy('finalization', () => require('internal/finalization'));
value('getBuiltinModule', function getBuiltinModule(id) {
  require('internal/validators').validateString(id, 'id');
  const name = id.startsWith('node:') ? id.slice(5) : id;
  const { has, canBeRequiredWithoutScheme, require: load } = require('internal/builtin');
  if (id.startsWith('node:') ? has(name) : canBeRequiredWithoutScheme(name)) return load(name);
});
value('getActiveResourcesInfo', function getActiveResourcesInfo() {
  return require('internal/resources').info();
});
value('_getActiveHandles', () => []);
value('_getActiveRequests', () => []);
value('loadEnvFile', function loadEnvFile(path = '.env') {
  const { parseEnv } = require('util');
  const { toPathIfFileURL } = require('internal/url');
  const parsed = parseEnv(require('fs').readFileSync(toPathIfFileURL(path), 'utf8'));
  for (const key in parsed) if (process.env[key] === undefined) process.env[key] = parsed[key];
});
value('ref', function ref(object) {
  const method = object?.[Symbol.for('nodejs.ref')] ?? object?.[Symbol.for('node:ref')] ?? object?.ref;
  if (typeof method === 'function') Reflect.apply(method, object, []);
});
value('unref', function unref(object) {
  const method = object?.[Symbol.for('nodejs.unref')] ?? object?.[Symbol.for('node:unref')] ?? object?.unref;
  if (typeof method === 'function') Reflect.apply(method, object, []);
});
value('dlopen', function dlopen(module, filename) {
  const { codes: { ERR_DLOPEN_FAILED } } = require('internal/errors');
  const text = `${filename}: Galley cannot load native addons: they are bound to V8 and Node's own interfaces. ` +
    'Look for a version of the package in JavaScript or WebAssembly';
  throw ERR_DLOPEN_FAILED ? new ERR_DLOPEN_FAILED(text) : Object.assign(new Error(text), { code: 'ERR_DLOPEN_FAILED' });
});
value('binding', function binding(name) {
  throw new Error(`No such module: ${name}`);
});
