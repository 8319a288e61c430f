'use strict';

// From a worker's first message to its program, and what its parent asks of it meanwhile. A thread that waits for work has
// loaded this and what it requires at its top: nothing there may look at the program, the environment or the time.

const binding = internalBinding('worker');
const { lazyProperty, loaded, turn, whenLoaded } = require('internal/builtin');
spendsEngine('FinalizationRegistry');
spendsEngine('WebAssembly');
const { kHandle, portOver, portStart, post, read } = require('internal/messaging');
const threads = require('internal/thread_messages');
const cjs = require('internal/cjs');

const EXITING = 5;
let control, controlPort, load, input;

// What calls back at its own time would do so in the thread's next realm: there will be none.
function spendsEngine(name) {
  const value = globalThis[name];
  const settle = (settled) => Object.defineProperty(globalThis, name, { value: settled, writable: true, enumerable: false, configurable: true });
  Object.defineProperty(globalThis, name, {
    configurable: true, enumerable: false,
    get() {
      binding.spendEngine();
      settle(value);
      return value;
    },
    set: settle,
  });
}

// In a thread that waits for work: what a first message costs more than a second is paid now, and what most workers
// require is loaded.
function warmUp() {
  for (const id of ['internal/process_env', 'internal/options', 'path', 'events', 'internal/untransferable']) require(id);
  const [here, there] = internalBinding('messaging').channel();
  const out = [];
  post(portOver(here)[kHandle], { type: 'warm', list: ['text', 1, undefined], inner: { of: null, is: true } });
  there.receive(out);
  read(out[0], out[1], out[2]);
  here.close();
  there.close();
}

function takeLoad() {
  const [ownEnd, programsEnd] = binding.ports();
  control = ownEnd;
  const out = [];
  control.receive(out);
  load = exported.load = read(out[0], out[1], out[2]);
  exported.parentPort = portOver(programsEnd);
  controlPort = portOver(control);
}

function unsupported(name) {
  const method = () => { throw new (require('internal/errors').codes.ERR_WORKER_UNSUPPORTED_OPERATION)(name); };
  method.disabled = true;
  return method;
}

function define(object, key, value) { Object.defineProperty(object, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true }); }

function ownEnvironment(values) {
  const map = new Map(Object.entries(values));
  const { wrap } = require('internal/process_env');
  return wrap({
    get: (name) => map.get(name),
    set: (name, value) => { map.set(name, value); },
    unset: (name) => { map.delete(name); },
    names: () => [...map.keys()],
  });
}

function output(name) {
  const { Writable } = require('stream');
  const stream = new Writable({
    decodeStrings: true,
    write(chunk, encoding, callback) {
      post(control, { type: 'output', name, chunk: new Uint8Array(chunk) });
      callback();
    },
  });
  stream._type = 'pipe';
  stream._isStdio = true;
  stream.destroySoon = stream.destroy;
  return stream;
}

function openInput() {
  const { Readable } = require('stream');
  input = new Readable({ read() { controlPort.ref(); } });
  input.on('end', () => controlPort.unref());
  input.on('pause', () => controlPort.unref());
  input.on('resume', () => { if (!input.readableEnded) controlPort.ref(); });
  if (!load.stdin) input.push(null);
  for (const chunk of waiting) input.push(chunk);
  waiting.length = 0;
  return input;
}
const waiting = []; // what came for stdin before the program looked at it

function prepare() {
  process.argv = [process.execPath, load.kind === 'script' ? '[worker eval]' : load.filename, ...(load.argv ?? [])];
  process.argv0 = 'node';
  process.execArgv = load.execArgv ?? load.parentExecArgv;
  if (load.execArgv !== undefined) applyOptions(load.execArgv);
  if (load.stackTraceLimit !== 10) Error.stackTraceLimit = load.stackTraceLimit;
  if (!load.shareEnv) define(process, 'env', ownEnvironment(load.env));
  for (const name of ['abort', 'chdir', 'initgroups', 'setegid', 'seteuid', 'setgid', 'setgroups', 'setuid'])
    define(process, name, unsupported(`process.${name}()`));
  for (const name of ['channel', 'connected']) {
    Object.defineProperty(process, name, { configurable: true, enumerable: false, get() { return unsupported(`process.${name}`)(); } });
  }
  for (const name of ['send', 'disconnect']) define(process, name, unsupported(`process.${name}()`));
  for (const name of ['_startProfilerIdleNotifier', '_stopProfilerIdleNotifier', '_debugProcess', '_debugPause', '_debugEnd']) delete process[name];
  define(process, 'umask', function(mask) {
    if (mask !== undefined) unsupported('Setting process.umask()')();
    return internalBinding('process').umask();
  });
  define(process, 'reallyExit', function reallyExit(code) { exitNow(code); });
  lazyProperty(process, 'stdin', openInput);
  lazyProperty(process, 'stdout', () => output('stdout'));
  lazyProperty(process, 'stderr', () => output('stderr'));
  ownTitle();
  if (load.trackUnmanagedFds) whenLoaded('fs', (fs) => require('internal/unmanaged_fds').track(fs));
}

// A thread's title starts as the process's; setting it changes no more than what this thread reads.
function ownTitle() {
  const { get } = Object.getOwnPropertyDescriptor(process, 'title');
  let own;
  Object.defineProperty(process, 'title', {
    configurable: true, enumerable: true,
    get: () => own ??= get(),
    set(title) { own = `${title}`; },
  });
}

function applyOptions(list) {
  const { all } = require('internal/options');
  for (const word of list) {
    const match = /^--(no-)?([\w-]+)(?:=(.*))?$/.exec(word);
    if (match === null) continue;
    all[match[2]] = match[1] ? false : match[3] ?? true;
  }
  if (all.deprecation === false) process.noDeprecation = true;
  if (all['throw-deprecation']) process.throwDeprecation = true;
}

// Unwinds what still runs; the engine's watch ends whoever catches it.
const exitSignal = Object.freeze({ __proto__: null, toString() { return 'the worker has exited'; } });

function exitNow(code) {
  turn[EXITING] = 1;
  binding.exit(code | 0);
  throw exitSignal;
}

function listen() {
  controlPort.on('message', (message) => {
    switch (message.type) {
      case 'stdin':
        if (input === undefined) waiting.push(message.chunk === null ? null : Buffer.from(message.chunk));
        else input.push(message.chunk === null ? null : Buffer.from(message.chunk));
        break;
      case 'tasks': require('internal/worker_tasks').take(message.list, control); break;
      case 'forget': require('internal/worker_tasks').forget(message.id); break;
      case 'question': post(control, { type: 'answer', id: message.id, value: answer(message.what, message.argument) }); break;
    }
  });
  controlPort.unref();
}

const profiles = [];

function answer(what, argument) {
  if (what === 'startCpuProfile') return profiles.push(require('v8').startCpuProfile()) - 1;
  if (what === 'stopCpuProfile') return profiles[argument].stop();
  if (what === 'heapStatistics') return { ...require('v8').getHeapStatistics() };
  if (what === 'cpuUsage') return process.threadCpuUsage?.() ?? process.cpuUsage();
  return undefined;
}

function run() {
  takeLoad();
  prepare();
  listen();
  threads.listen();
  post(control, { type: 'online' });
  cjs.Module._initPaths();
  const preload = internalBinding('options').task().require;
  const own = [];
  for (let i = 0; i < (load.execArgv?.length ?? 0); i++)
    if (load.execArgv[i] === '-r' || load.execArgv[i] === '--require') own.push(load.execArgv[++i]);
  cjs.Module._preloadModules(load.execArgv === undefined ? preload : own);
  if (load.kind === 'script') runText(load.source);
  else if (load.kind === 'data') require('internal/esm/import').runURL(load.filename);
  else cjs.Module.runMain(load.filename);
  if (load.pool !== undefined) joinPool();
}

function joinPool() {
  const esm = loaded('internal/esm/import');
  if (esm?.mainURL === undefined) answerTasks(process.mainModule?.exports);
  else esm.mainNamespace().then((namespace) => { if (namespace !== undefined) answerTasks(namespace); });
}

// A file that exports a function answers tasks with it; another does so on parentPort.
function answerTasks(main) {
  const answerTask = typeof main === 'function' ? main : typeof main?.default === 'function' ? main.default : undefined;
  if (answerTask !== undefined) {
    require('internal/worker_tasks').answerWith(answerTask, load.pool);
    controlPort.ref();
  }
  post(control, { type: 'pool', style: answerTask === undefined ? 'port' : 'function' });
}

function runText(source) {
  const { Module } = cjs;
  const name = '[worker eval]';
  const module = new Module(name);
  module.filename = require('path').join(load.cwd, name);
  module.paths = Module._nodeModulePaths(load.cwd);
  require('internal/main').runText(source, name, false);
}

function beforeExit() { process.emit('beforeExit', process.exitCode || 0); }

function exit() {
  if (!process._exiting) {
    if (process.exitCode === undefined && loaded('internal/esm/import')?.warnOfUnsettled()) process.exitCode = 13;
    process._exiting = true;
    process.emit('exit', +process.exitCode || 0);
  }
  turn[EXITING] = 1;
  binding.exit(+process.exitCode || 0, true);
}

// An error that nobody caught: the parent hears of it, and this thread ends.
function died(error) {
  if (error === exitSignal) return;
  let code = 1;
  try {
    if (!process._exiting) {
      process._exiting = true;
      process.exitCode = 1;
      process.emit('exit', 1);
      code = process.exitCode ?? 1;
    }
  } catch (second) {
    error = second;
    code = 7;
  }
  report(error);
  turn[EXITING] = 1;
  binding.exit(code);
}

function plainly(error) {
  const plain = new Error(`${error.message}`);
  plain.name = error.name;
  try {
    plain.stack = error.stack;
  } catch {
    plain.stack = undefined;
  }
  return plain;
}

function report(error) {
  require('internal/stack').seen(error);
  try {
    post(control, { type: 'error', error });
    return;
  } catch {
    // what cannot be cloned is described
  }
  try {
    const { inspect } = require('internal/util/inspect');
    if (error instanceof Error) {
      post(control, { type: 'error', error: plainly(error) });
    } else post(control, { type: 'error', error: inspect(error) });
  } catch {
    post(control, { type: 'unserializable' });
  }
}

const exported = module.exports = { warmUp, run, beforeExit, exit, died, parentPort: undefined, load: undefined, exitSignal };
