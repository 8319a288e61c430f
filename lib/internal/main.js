'use strict';
// From the command line to the program, and from the program's end to the process's.

const task = internalBinding('options').task();
const options = require('internal/options');
const binding = internalBinding('process');

function prepare() {
  const argv = binding.argv();
  process.argv0 = argv[0];
  const rest = argv.slice(task.scriptAt);
  process.execArgv = argv.slice(1, task.scriptAt).filter((word) => word !== '--');
  process.argv = [process.execPath, ...rest];
  if (task.eval !== undefined) process._eval = task.eval;
  if (options.get('title')) process.title = options.get('title');
  if (options.get('stack-trace-limit') !== undefined) Error.stackTraceLimit = +options.get('stack-trace-limit');
  if (options.get('deprecation') === false) process.noDeprecation = true;
  if (options.get('throw-deprecation')) process.throwDeprecation = true;
  if (options.get('trace-deprecation')) process.traceDeprecation = true;
  if (options.get('expose-gc')) {
    Object.defineProperty(globalThis, 'gc', {
      value: function gc() { binding.collectGarbage(); },
      writable: true, configurable: true,
    });
  }
}

// Set up by whoever forked us, before the program runs.
function joinParent() {
  if (process.env.NODE_CHANNEL_FD !== undefined) require('child_process')._joinParent?.();
  if (process.env.NODE_UNIQUE_ID !== undefined) require('cluster')._joinPrimary?.();
}

function readStdin() {
  const fs = require('fs');
  return fs.readFileSync(0, 'utf8');
}

function runText(text, name, print) {
  const { Module, makeRequire } = require('internal/cjs');
  const path = require('path');
  const module = new Module(name);
  module.filename = path.join(process.cwd(), name);
  module.paths = Module._nodeModulePaths(process.cwd());
  const require_ = makeRequire(module);
  Object.assign(globalThis, { module, exports: module.exports, __filename: name, __dirname: '.' });
  globalThis.require = require_;
  for (const id of require('internal/builtin').publicIds()) {
    if (id.includes('/') || id in globalThis || id[0] === '_') continue;
    Object.defineProperty(globalThis, id, {
      configurable: true, enumerable: false,
      get() {
        const value = require_(id);
        Object.defineProperty(globalThis, id, { value, writable: true, configurable: true, enumerable: false });
        return value;
      },
      set(value) { Object.defineProperty(globalThis, id, { value, writable: true, configurable: true, enumerable: true }); },
    });
  }
  const result = internalBinding('loader').run(text, name, 1);
  if (print) console.log(result);
}

function check(file) {
  const path = require('path');
  const { Module } = require('internal/cjs');
  const filename = Module._resolveFilename(path.resolve(file), null, true);
  const text = internalBinding('loader').readText(filename);
  const wrapper = require('internal/module_wrapper');
  const body = text.startsWith('#!') ? '//' + text : text;
  internalBinding('loader').check(wrapper.prefix + body + wrapper.suffix, filename);
}

function run() {
  prepare();
  const cjs = require('internal/cjs');
  cjs.Module._initPaths();
  if (task.check) {
    check(task.script);
    return;
  }
  joinParent();
  cjs.Module._preloadModules(task.require);
  if (task.test) {
    require('internal/test_runner/main').run(process.argv.slice(1));
  } else if (task.eval !== undefined) runText(task.eval, '[eval]', task.print);
  else if (task.script === undefined || task.script === '-') {
    if (task.script === '-') process.argv.splice(1, 1, '-');
    runText(readStdin(), '[stdin]', task.print);
  } else {
    const path = require('path');
    process.argv[1] = path.resolve(task.script);
    cjs.Module.runMain(process.argv[1]);
  }
}

function beforeExit() { process.emit('beforeExit', process.exitCode || 0); }

function exit() {
  if (!process._exiting) {
    process._exiting = true;
    process.emit('exit', +process.exitCode || 0);
  }
  process.reallyExit(+process.exitCode || 0);
}

module.exports = { run, beforeExit, exit };
