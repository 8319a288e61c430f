'use strict';
// The parts of `process` that few programs touch; lib/internal/process.js loads them on first use.

const binding = internalBinding('process');
const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, ERR_UNKNOWN_SIGNAL } } = require('internal/errors');

const more = {};
module.exports = more;
const value = (name, v) => { more[name] = v; };

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
  const isTime = (time) => typeof time === 'number' && time >= 0 && time <= Number.MAX_SAFE_INTEGER;
  for (const key of ['user', 'system']) {
    const was = previous[key];
    if (isTime(was)) continue;
    const { validateObject, validateNumber } = require('internal/validators');
    if (key === 'user') validateObject(previous, 'prevValue');
    validateNumber(was, `prevValue.${key}`);
    throw new ERR_INVALID_ARG_VALUE.RangeError(`prevValue.${key}`, was);
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

value('abort', { abort() { binding.abort(); } }.abort);

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
value('getBuiltinModule', function getBuiltinModule(id) {
  require('internal/validators').validateString(id, 'id');
  const name = id.startsWith('node:') ? id.slice(5) : id;
  const { has, canBeRequiredWithoutScheme, require: load } = require('internal/builtin');
  if (id.startsWith('node:') ? has(name) : canBeRequiredWithoutScheme(name)) return load(name);
});
value('getActiveResourcesInfo', function getActiveResourcesInfo() {
  return require('internal/resources').info();
});
value('_getActiveHandles', () => require('internal/resources').handles());
value('_getActiveRequests', () => require('internal/resources').requests());
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
  if (module === null || typeof module !== 'object') throw new ERR_INVALID_ARG_TYPE('module', 'object', module);
  require('internal/validators').validateString(filename, 'filename');
  require('internal/napi').load(module, filename);
});
value('binding', function binding(name) {
  throw new Error(`No such module: ${name}`);
});

value('openStdin', function openStdin() {
  process.stdin.resume();
  return process.stdin;
});

value('checkExitCode', (code) => {
  if (typeof code === 'number') throw new ERR_OUT_OF_RANGE('code', 'an integer', code);
  if (typeof code !== 'string' || code === '' || !Number.isInteger(Number(code)))
    throw new ERR_INVALID_ARG_TYPE('code', ['integer'], code);
});

// Becomes another program. Only what cannot be said in words of this one comes back.
value('execve', function execve(execPath, args = [], env) {
  const { validateString, validateArray, validateObject } = require('internal/validators');
  const { isMainThread } = require('internal/builtin');
  if (!isMainThread) {
    const { codes: { ERR_WORKER_UNSUPPORTED_OPERATION } } = require('internal/errors');
    throw new ERR_WORKER_UNSUPPORTED_OPERATION('Calling process.execve');
  }
  validateString(execPath, 'execPath');
  validateArray(args, 'args');
  args.forEach((arg, i) => {
    if (typeof arg !== 'string' || arg.includes('\0'))
      throw new ERR_INVALID_ARG_VALUE(`args[${i}]`, arg, 'must be a string without null bytes');
  });
  const words = [];
  if (env !== undefined) validateObject(env, 'env');
  env ??= process.env;
  for (const [key, text] of Object.entries(env)) {
    if (typeof text !== 'string' || text.includes('\0') || key.includes('\0'))
      throw new ERR_INVALID_ARG_VALUE('env', env, 'must be an object with string keys and values without null bytes');
    words.push(`${key}=${text}`);
  }
  binding.execve(execPath, args, words);
});

value('setSourceMapsEnabled', function setSourceMapsEnabled(enabled) {
  require('internal/validators').validateBoolean(enabled, 'enabled');
});
