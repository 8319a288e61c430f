'use strict';
// The process object: what every program needs is made here, everything else when it is first touched,
// because a worker's start is paid for once a process.

const binding = internalBinding('process');
const { turn, isMainThread } = require('internal/builtin');
const EXITING = 5;
const defineProperty = Object.defineProperty;

// process instanceof EventEmitter, with a prototype of its own in between, as in Node. The emitter is
// put there by the first use of one of its methods, or by whoever loads 'events'.
const proto = {};
function processConstructor() { throw new TypeError('Illegal constructor'); }
defineProperty(processConstructor, 'name', { value: 'process', configurable: true });
processConstructor.prototype = proto;
defineProperty(proto, 'constructor', {
  value: processConstructor,
  writable: true,
  configurable: true,
  enumerable: false,
});
defineProperty(proto, Symbol.toStringTag, { value: 'process', configurable: true });
process = Object.create(proto);
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
require('internal/builtin').onEvents = becomeEmitter;

const define = (name, descriptor) => defineProperty(process, name, { configurable: true, enumerable: true, ...descriptor });
const value = (name, v) => { process[name] = v; };

function lazy(name, make) {
  defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get() {
      const made = make();
      define(name, { value: made, writable: true });
      return made;
    },
    set(v) { define(name, { value: v, writable: true }); },
  });
}

lazy('version', () => 'v' + binding.versions().node);
lazy('versions', () => Object.freeze(require('internal/versions').readFixed(binding.versions())));
lazy('arch', () => ({ '__proto__': null, 'x86_64': 'x64', 'aarch64': 'arm64' }[binding.machine()] ?? binding.machine()));
value('platform', 'linux');
value('release', { name: 'node' });
value('moduleLoadList', []);
value('argv', []);
value('execArgv', []);
value('execPath', binding.execPath());
value('argv0', '');
lazy('env', () => require('internal/process_env').env);
define('title', { get: binding.getTitle, set(text) { binding.setTitle(`${text}`); } });
lazy('pid', binding.pid);
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
value('reallyExit', function reallyExit(code) { binding.reallyExit(code || 0); });
value('_kill', binding.kill);
value('_fatalException', (error, fromPromise) => require('internal/fatal').uncaught(error, fromPromise));
value('_rawDebug', (...args) => {
  internalBinding('stdio').writeSync(2, require('util').format(...args) + '\n');
});
value('emitWarning', function emitWarning(...args) { require('internal/warning').emitWarning(...args); });
binding.setUnhandledRejection((promise, reason) => require('internal/rejections').rejected(promise, reason));

for (const name of ['abort', 'availableMemory', 'binding', 'execve', 'setSourceMapsEnabled', 'constrainedMemory', 'cpuUsage', 'dlopen',
  '_getActiveHandles', '_getActiveRequests', 'getActiveResourcesInfo', 'getBuiltinModule', 'getegid', 'geteuid',
  'getgid', 'getgroups', 'getuid', 'hasUncaughtExceptionCaptureCallback', 'hrtime', 'initgroups', 'kill',
  'loadEnvFile', 'memoryUsage', 'openStdin', 'ref', 'resourceUsage', 'setegid', 'seteuid', 'setgid', 'setgroups',
  'setuid', 'setUncaughtExceptionCaptureCallback', 'threadCpuUsage', 'umask', 'unref'])
  lazy(name, () => require('internal/process_more')[name]);
lazy('stdin', () => require('internal/stdio').open(0));
lazy('stdout', () => require('internal/stdio').open(1));
lazy('stderr', () => require('internal/stdio').open(2));
const { untouchedStreams } = require('internal/console_state');
for (const name in untouchedStreams) untouchedStreams[name] = Object.getOwnPropertyDescriptor(process, name).get;
lazy('features', () => require('internal/versions').features);
lazy('config', () => require('internal/versions').config());
lazy('allowedNodeEnvironmentFlags', () => require('internal/versions').allowedFlags());
lazy('report', () => require('internal/report'));
lazy('finalization', () => require('internal/finalization'));
