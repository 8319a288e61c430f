'use strict';
// The process object: what every program needs is made here, everything else when it is first touched,
// because a worker's start is paid for once a process.

const binding = internalBinding('process');
const { turn, isMainThread, loaded, whenLoaded } = require('internal/builtin');
const EXITING = 5;
const defineProperty = Object.defineProperty;

// process instanceof EventEmitter, with a prototype of its own in between, as in Node. The emitter is
// put there by the first use of one of its methods, or by whoever loads 'events'.
const proto = {};
function processConstructor() {}
defineProperty(processConstructor, 'name', { value: 'process', configurable: true });
processConstructor.prototype = proto;
defineProperty(proto, 'constructor', {
  value: processConstructor,
  writable: true,
  configurable: true,
  enumerable: false,
});
process = Object.create(proto);
defineProperty(process, Symbol.toStringTag, { value: 'process', writable: true });
module.exports = process;

let isEmitter = false;
const stubs = ['on', 'once', 'addListener', 'off', 'removeListener', 'removeAllListeners', 'prependListener',
  'prependOnceListener', 'listeners', 'rawListeners', 'eventNames', 'setMaxListeners', 'getMaxListeners'];
for (const name of stubs) {
  proto[name] = function (...args) {
    becomeEmitter();
    return process[name](...args);
  };
}
proto.emit = (name) => name !== 'exit' && name !== 'beforeExit' && (becomeEmitter(), false);
proto.listenerCount = () => 0;

function becomeEmitter(EventEmitter = require('events')) {
  if (isEmitter) return;
  isEmitter = true;
  for (const name of [...stubs, 'emit', 'listenerCount']) delete proto[name];
  Object.setPrototypeOf(proto, EventEmitter.prototype);
  EventEmitter.call(process);
  defineProperty(process, '_events', { enumerable: false });
  if (isMainThread) require('internal/process_signals');
}
whenLoaded('events', becomeEmitter);

const define = (name, descriptor) => defineProperty(process, name, { configurable: true, enumerable: true, ...descriptor });
const value = (name, v) => { process[name] = v; };

value('platform', 'linux');
value('release', { name: 'node' });
value('moduleLoadList', []);
value('argv', []);
value('execArgv', []);
value('execPath', binding.execPath());
value('argv0', '');
define('title', { get: binding.getTitle, set(text) { binding.setTitle(`${text}`); } });
define('ppid', { get: binding.ppid, set: undefined });
value('debugPort', 9229);

let exitCode;
defineProperty(process, 'exitCode', {
  configurable: false,
  enumerable: true,
  get() { return exitCode; },
  set(code) {
    if (code !== null && code !== undefined && !Number.isInteger(code))
      require('internal/process_more').checkExitCode(code);
    exitCode = code;
  },
});
value('_exiting', false);

value('nextTick', require('internal/ticks').nextTick);
value('cwd', function cwd() { return binding.cwd(); });
value('chdir', function chdir(directory) {
  require('internal/validators').validateString(directory, 'directory');
  binding.chdir(directory);
});
let started;
value('uptime', function uptime() {
  started ??= binding.started()[0];
  return (binding.hrtime() - started) / 1e9;
});

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
value('reallyExit', function reallyExit(code) {
  loaded('internal/napi')?.end();
  binding.reallyExit(code || 0);
});
value('_kill', binding.kill);
value('_fatalException', (error, fromPromise) => require('internal/fatal').uncaught(error, fromPromise));
value('_rawDebug', (...args) => {
  internalBinding('stdio').writeSync(2, require('util').format(...args) + '\n');
});
value('emitWarning', function emitWarning(...args) { require('internal/warning').emitWarning(...args); });
binding.setUnhandledRejection((promise, reason) => require('internal/rejections').rejected(promise, reason));

// Made when first touched: a module's id, then the names that it exports.
const lazy = [
  'internal/process_more', 'abort availableMemory binding execve setSourceMapsEnabled constrainedMemory cpuUsage dlopen ' +
    '_getActiveHandles _getActiveRequests getActiveResourcesInfo getBuiltinModule getegid geteuid getgid getgroups ' +
    'getuid hasUncaughtExceptionCaptureCallback hrtime initgroups kill loadEnvFile memoryUsage openStdin ref ' +
    'resourceUsage setegid seteuid setgid setgroups setuid setUncaughtExceptionCaptureCallback threadCpuUsage umask unref',
  'internal/process_env', 'env',
  'internal/process_facts', 'version versions arch pid stdin stdout stderr features config allowedNodeEnvironmentFlags ' +
    'report finalization',
];
const { untouchedStreams } = require('internal/console_state');
for (let i = 0; i < lazy.length; i += 2) {
  const id = lazy[i];
  for (const name of lazy[i + 1].split(' ')) {
    const get = () => {
      const made = require(id)[name];
      define(name, { value: made, writable: true });
      return made;
    };
    defineProperty(process, name, {
      configurable: true,
      enumerable: true,
      get,
      set(made) { define(name, { value: made, writable: true }); },
    });
    if (name in untouchedStreams) untouchedStreams[name] = get;
  }
}
