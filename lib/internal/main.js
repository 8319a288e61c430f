'use strict';
// From the command line to the program, and from the program's end to the process's.

let task;
const options = require('internal/options');
const binding = internalBinding('process');

function prepare() {
  const argv = binding.argv();
  process.argv0 = argv[0];
  const rest = argv.slice(task.scriptAt);
  process.execArgv = argv.slice(1, task.scriptAt).filter((word) => word !== '--');
  process.argv = [process.execPath, ...rest];
  if (task.script !== undefined && task.script !== '-') process.argv[1] = require('path').resolve(task.script);
  if (task.eval !== undefined) process._eval = task.eval;
  if (options.get('title')) process.title = options.get('title');
  if (options.get('stack-trace-limit') !== undefined) Error.stackTraceLimit = +options.get('stack-trace-limit');
  if (options.get('deprecation') === false) process.noDeprecation = true;
  if (options.get('throw-deprecation')) process.throwDeprecation = true;
  if (options.get('trace-deprecation')) process.traceDeprecation = true;
  if (options.get('loop-watch') !== undefined) require('internal/loop_watch').printLate(options.get('loop-watch'));
  if (options.get('profile')) require('internal/profile').profileProgram(options.get('profile-dir'));
  if (options.get('expose-gc')) {
    Object.defineProperty(globalThis, 'gc', {
      value: function gc(options) {
        if (options?.execution !== 'async') return binding.collectGarbage();
        return new Promise((resolve) => setImmediate(() => resolve(binding.collectGarbage())));
      },
      writable: true, configurable: true,
    });
  }
}

// Set up by whoever forked us, before the program runs.
function joinParent() {
  if (binding.envGet('NODE_CHANNEL_FD') !== undefined) require('internal/child_process/join').joinParent();
  if (binding.envGet('NODE_UNIQUE_ID') !== undefined) require('cluster')._joinPrimary?.();
}

function readStdin() {
  const fs = require('fs');
  return fs.readFileSync(0, 'utf8');
}

// -e and stdin: a script in the global scope, with require, module and every built-in module by name.
function runText(text, name, print) {
  const defined = [];
  const define = (key, get) => {
    defined.push(key);
    Object.defineProperty(globalThis, key, {
      configurable: true,
      enumerable: false,
      get() {
        const value = get();
        Reflect.defineProperty(globalThis, key, { value, writable: true, configurable: true, enumerable: false });
        return value;
      },
      set(value) {
        Object.defineProperty(globalThis, key, { value, writable: true, configurable: true, enumerable: true });
      },
    });
  };
  let module;
  const getModule = () => {
    if (module !== undefined) return module;
    const { Module } = require('internal/cjs');
    Module._initPaths();
    module = new Module(name);
    module.filename = require('path').join(process.cwd(), name);
    module.paths = Module._nodeModulePaths(process.cwd());
    return module;
  };
  const getRequire = () => require('internal/cjs').makeRequire(getModule());
  define('module', getModule);
  define('exports', () => getModule().exports);
  define('require', getRequire);
  globalThis.__filename = name;
  globalThis.__dirname = '.';
  for (const id of require('internal/builtin').idsIn(text))
    if (!(id in globalThis) || id === 'crypto') define(id, () => getRequire()(id));
  const inputType = options.get('input-type');
  if (inputType?.endsWith('-typescript')) text = require('internal/typescript').strip(text, name);
  const runModule = () => {
    if (print) {
      process.stderr.write(`${process.argv0}: --print cannot be used with ESM input\n`);
      process.exit(9);
    }
    for (const key of [...defined, '__filename', '__dirname']) delete globalThis[key];
    require('internal/esm/import').runText(text, name);
  };
  if (inputType?.startsWith('module')) {
    runModule();
    return;
  }
  let script = text;
  if (text.includes('import')) {
    define('__galley_import__', () => (specifier, attributes) =>
      require('internal/esm/import').importFrom(require('path').join(process.cwd(), name), specifier, attributes));
    script = internalBinding('esm').markScript(text, '__galley_import__', '');
  }
  let result;
  try {
    result = internalBinding('loader').run(script, name, 1);
  } catch (error) {
    if (!(error instanceof SyntaxError) || inputType !== undefined) throw error;
    if (internalBinding('esm').isModule(text)) {
      runModule();
      return;
    }
    const { stripTypes, lowerUsing } = internalBinding('esm');
    let plain = lowerUsing(text);
    if (plain === undefined) plain = stripTypes(text);
    if (typeof plain !== 'string' || plain === text) throw error;
    runText(plain, name, print);
    return;
  }
  if (print) process.on('exit', () => console.log(result)); // by then promises have settled
}

function check(file) {
  if (file === undefined || file === '-') {
    const text = readStdin();
    try {
      internalBinding('loader').compileText(text, '[stdin]');
    } catch (error) {
      if (!internalBinding('esm').isModule(text)) throw error;
      require('internal/esm/load').checkText(text, '[stdin]');
    }
    return;
  }
  const path = require('path');
  const { Module, packageScope } = require('internal/cjs');
  const filename = Module._resolveFilename(path.resolve(file), null, true);
  if (/\.m[jt]s$/.test(filename) || (!/\.c[jt]s$/.test(filename) && packageScope(filename)?.data.type === 'module')) {
    require('internal/esm/load').check(filename);
    return;
  }
  const text = internalBinding('loader').readText(filename);
  const { isTyped, stripFile } = require('internal/typescript');
  internalBinding('loader').compileText(isTyped(filename) ? stripFile(text, filename) : text, filename);
}

function run() {
  task = internalBinding('options').task();
  prepare();
  if (task.check) {
    check(task.script);
    return;
  }
  joinParent();
  if (options.get('watch') || options.get('watch-path') !== undefined) {
    require('internal/watch/main').watch(task);
    return;
  }
  if (binding.envGet('WATCH_REPORT_DEPENDENCIES') !== undefined && process.connected) require('internal/watch/report').install();
  if (task.cachesCode) require('internal/compile_cache').enableCompileCache();
  if (task.require.length > 0) {
    const { Module } = require('internal/cjs');
    Module._initPaths();
    Module._preloadModules(task.require);
  }
  if (task.import.length > 0)
    require('internal/esm/import').importFirst(task.import, runProgram);
  else runProgram();
}

function runProgram() {
  if (task.test) {
    require('internal/test_runner/main').run(process.argv.slice(1));
  } else if (task.eval !== undefined) runText(task.eval, '[eval]', task.print);
  else if (task.script === undefined && (task.interactive || require('tty').isatty(0))) {
    require('internal/repl/main').open();
  } else if (task.script === undefined || task.script === '-') {
    runText(readStdin(), '[stdin]', task.print);
  } else {
    const { Module } = require('internal/cjs');
    Module._initPaths();
    Module.runMain(process.argv[1]);
  }
}

function beforeExit() { process.emit('beforeExit', process.exitCode || 0); }

function exit() {
  if (!process._exiting) {
    process._exiting = true;
    if (process.exitCode === undefined && require('internal/builtin').loaded('internal/esm/import')?.warnOfUnsettled()) process.exitCode = 13;
    process.emit('exit', +process.exitCode || 0);
  }
  process.reallyExit(+process.exitCode || 0);
}

module.exports = { run, beforeExit, exit, runText };
