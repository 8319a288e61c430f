'use strict';
// require('child_process'): running commands and other programs, waiting for them or not.

const { isMainThread } = require('internal/builtin');
const { AbortError, ErrnoException, genericNodeError, uvErrorName, codes: {
  ERR_CHILD_PROCESS_IPC_REQUIRED,
  ERR_CHILD_PROCESS_STDIO_MAXBUFFER,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
} } = require('internal/errors');
const { validateAbortSignal, validateArray, validateFunction, validateInt32, validateInteger, validateNumber, validateObject,
  validateString } = require('internal/validators');
const { ChildProcess, getValidStdio, stdioFromWord, STDIO_PIPE } = require('internal/child_process/process');
const { convertToValidSignal, signalName } = require('internal/child_process/signals');

require('buffer'); // what C reads are Buffers from here on

const MAX_BUFFER = 1024 * 1024;
const customPromisify = Symbol.for('nodejs.util.promisify.custom');

// --- What programs pass in

function checkNoNull(text, name) {
  if (typeof text === 'string' && text.includes('\0'))
    throw new ERR_INVALID_ARG_VALUE(name, text, 'must be a string without null bytes');
}

function checkNoNulls(texts, name) {
  for (let i = 0; i < texts.length; i++) checkNoNull(texts[i], `${name}[${i}]`);
}

function validPath(path, name) {
  if (path instanceof URL) path = require('url').fileURLToPath(path);
  if (typeof path !== 'string' && !(path instanceof Uint8Array)) throw new ERR_INVALID_ARG_TYPE(name, ['string', 'Buffer', 'URL'], path);
  path = `${path}`;
  checkNoNull(path, name);
  return path;
}

function checkTimeout(timeout) {
  if (timeout != null) validateInteger(timeout, 'timeout', 0);
}

function checkMaxBuffer(maxBuffer) {
  if (maxBuffer != null) validateNumber(maxBuffer, 'options.maxBuffer', 0);
}

function validSignal(killSignal) {
  if (typeof killSignal === 'string' || typeof killSignal === 'number') return convertToValidSignal(killSignal);
  if (killSignal != null) throw new ERR_INVALID_ARG_TYPE('options.killSignal', ['string', 'number'], killSignal);
  return undefined;
}

function checkId(id, name) {
  if (id != null) validateInt32(id, `options.${name}`);
}

function checkKind(options, name, kinds) {
  const value = options[name];
  if (value != null && !kinds.includes(typeof value)) throw new ERR_INVALID_ARG_TYPE(`options.${name}`, kinds.length === 1 ? kinds[0] : kinds, value);
}

// The environment as KEY=value texts; undefined: ours as it is.
function envPairsOf(env) {
  if (env == null) return undefined;
  const pairs = [];
  for (const key in env) {
    const value = env[key];
    if (value === undefined) continue;
    checkNoNull(key, `options.env['${key}']`);
    checkNoNull(value, `options.env['${key}']`);
    pairs.push(`${key}=${value}`);
  }
  return pairs;
}

let hasWarned = false;
function warnOfShellArguments() {
  if (hasWarned) return;
  hasWarned = true;
  process.emitWarning('Passing args to a child process with shell option true can lead to security vulnerabilities, ' +
    'as the arguments are not escaped, only concatenated.', 'DeprecationWarning', 'DEP0190');
}

function normalizeSpawnArguments(file, args, options) {
  validateString(file, 'file');
  checkNoNull(file, 'file');
  if (file.length === 0) throw new ERR_INVALID_ARG_VALUE('file', file, 'cannot be empty');
  if (Array.isArray(args)) {
    args = args.slice();
  } else if (args == null) {
    args = [];
  } else if (typeof args !== 'object') {
    throw new ERR_INVALID_ARG_TYPE('args', 'object', args);
  } else {
    options = args;
    args = [];
  }
  checkNoNulls(args, 'args');
  if (options === undefined) options = {};
  else validateObject(options, 'options');
  options = { __proto__: null, ...options };
  let { cwd } = options;
  if (cwd != null) cwd = validPath(cwd, 'options.cwd');
  checkKind(options, 'detached', ['boolean']);
  checkId(options.uid, 'uid');
  checkId(options.gid, 'gid');
  checkKind(options, 'shell', ['boolean', 'string']);
  checkKind(options, 'argv0', ['string']);
  checkNoNull(options.argv0, 'options.argv0');
  checkKind(options, 'windowsHide', ['boolean']);
  checkKind(options, 'windowsVerbatimArguments', ['boolean']);
  if (options.shell) {
    checkNoNull(options.shell, 'options.shell');
    if (args.length > 0) warnOfShellArguments();
    const command = args.length > 0 ? `${file} ${args.join(' ')}` : file;
    file = typeof options.shell === 'string' ? options.shell : '/bin/sh';
    args = ['-c', command];
  }
  args.unshift(typeof options.argv0 === 'string' ? options.argv0 : file);
  const needsEnv = options.env != null || !isMainThread || // a thread has its own
     (options.stdio != null && options.stdio.includes('ipc'));
  return {
    __proto__: null,
    ...options,
    args: args.map(String),
    cwd,
    detached: Boolean(options.detached),
    envPairs: needsEnv ? envPairsOf(options.env ?? process.env) : undefined,
    file,
    windowsHide: Boolean(options.windowsHide),
    windowsVerbatimArguments: Boolean(options.windowsVerbatimArguments),
  };
}

// --- spawn

function abortChild(child, killSignal, reason) {
  if (!child) return;
  try {
    if (child.kill(killSignal)) child.emit('error', new AbortError(undefined, { cause: reason }));
  } catch (error) {
    child.emit('error', error);
  }
}

function killLater(child, killSignal, timeout) {
  let timer = setTimeout(() => {
    if (timer === null) return;
    try {
      child.kill(killSignal);
    } catch (error) {
      child.emit('error', error);
    }
    timer = null;
  }, timeout);
  child.once('exit', () => {
    if (timer === null) return;
    clearTimeout(timer);
    timer = null;
  });
}

function killOnAbort(child, killSignal, signal) {
  const onAbort = () => abortChild(child, killSignal, signal.reason);
  if (signal.aborted) {
    process.nextTick(onAbort);
  } else {
    const listener = require('events').addAbortListener(signal, onAbort);
    child.once('exit', listener[Symbol.dispose]);
  }
}

function spawn(file, args, options) {
  options = normalizeSpawnArguments(file, args, options);
  checkTimeout(options.timeout);
  validateAbortSignal(options.signal, 'options.signal');
  const killSignal = validSignal(options.killSignal);
  const child = new ChildProcess();
  child.spawn(options);
  if (options.timeout > 0) killLater(child, killSignal, options.timeout);
  if (options.signal) killOnAbort(child, killSignal, options.signal);
  return child;
}

// --- fork

function withoutEval(execArgv) {
  if (execArgv !== process.execArgv || process._eval == null) return execArgv;
  const index = execArgv.lastIndexOf(process._eval);
  if (index <= 0) return execArgv;
  const kept = execArgv.slice();
  kept.splice(index - 1, 2);
  return kept;
}

function fork(modulePath, args = [], options) {
  modulePath = validPath(modulePath, 'modulePath');
  if (args == null) {
    args = [];
  } else if (typeof args === 'object' && !Array.isArray(args)) {
    options = args;
    args = [];
  } else {
    validateArray(args, 'args');
  }
  if (options != null) validateObject(options, 'options');
  options = { __proto__: null, ...options, shell: false };
  options.execPath ||= process.execPath;
  checkNoNull(options.execPath, 'options.execPath');
  const execArgv = withoutEval(options.execArgv || process.execArgv);
  checkNoNulls(execArgv, 'options.execArgv');
  args = [...execArgv, modulePath, ...args];
  if (typeof options.stdio === 'string') options.stdio = stdioFromWord(options.stdio, 'ipc');
  else if (!Array.isArray(options.stdio)) options.stdio = stdioFromWord(options.silent ? 'pipe' : 'inherit', 'ipc');
  else if (!options.stdio.includes('ipc')) throw new ERR_CHILD_PROCESS_IPC_REQUIRED('options.stdio');
  return spawn(options.execPath, args, options);
}

// --- exec, execFile

function normalizeExecArgs(command, options, callback) {
  validateString(command, 'command');
  checkNoNull(command, 'command');
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  options = { __proto__: null, ...options };
  options.shell = typeof options.shell === 'string' ? options.shell : true;
  return { file: command, options, callback };
}

function normalizeExecFileArgs(file, args, options, callback) {
  if (Array.isArray(args)) {
    args = args.slice();
  } else if (args != null && typeof args === 'object') {
    callback = options;
    options = args;
    args = null;
  } else if (typeof args === 'function') {
    callback = args;
    options = null;
    args = null;
  }
  args ??= [];
  if (typeof args !== 'object') throw new ERR_INVALID_ARG_TYPE('args', 'Array', args);
  if (typeof options === 'function') callback = options;
  else if (options != null) validateObject(options, 'options');
  if (typeof options === 'function') options = undefined;
  options ??= {};
  if (callback != null) validateFunction(callback, 'callback');
  if (options.argv0 != null) validateString(options.argv0, 'options.argv0');
  checkNoNull(options.argv0, 'options.argv0');
  return { file, args, options, callback };
}

function exec(command, options, callback) {
  const normalized = normalizeExecArgs(command, options, callback);
  return module.exports.execFile(normalized.file, normalized.options, normalized.callback);
}

// Gathers what one stream says, up to `most` bytes.
function gather(stream, name, most, encoding, tooMuch) {
  const parts = [];
  let total = 0;
  if (stream) {
    if (encoding) stream.setEncoding(encoding);
    stream.on('data', (chunk) => {
      const text = stream.readableEncoding;
      const length = text ? Buffer.byteLength(chunk, text) : chunk.length;
      total += length;
      if (total <= most) {
        parts.push(chunk);
        return;
      }
      parts.push(chunk.slice(0, most - (total - length)));
      tooMuch(new ERR_CHILD_PROCESS_STDIO_MAXBUFFER(name));
    });
  }
  return () => (encoding || stream?.readableEncoding ? parts.join('') : Buffer.concat(parts));
}

function execFile(file, args, options, callback) {
  ({ file, args, options, callback } = normalizeExecFileArgs(file, args, options, callback));
  options = {
    __proto__: null,
    encoding: 'utf8',
    timeout: 0,
    maxBuffer: MAX_BUFFER,
    killSignal: 'SIGTERM',
    cwd: null,
    env: null,
    shell: false,
    ...options,
  };
  checkTimeout(options.timeout);
  checkMaxBuffer(options.maxBuffer);
  options.killSignal = validSignal(options.killSignal);
  const child = spawn(file, args, {
    argv0: options.argv0,
    cwd: options.cwd,
    env: options.env,
    gid: options.gid,
    shell: options.shell,
    signal: options.signal,
    uid: options.uid,
    windowsHide: !!options.windowsHide,
    windowsVerbatimArguments: !!options.windowsVerbatimArguments,
  });
  const encoding = options.encoding !== 'buffer' && Buffer.isEncoding(options.encoding) ? options.encoding : null;
  let wasKilled = false;
  let hasEnded = false;
  let timer = null;
  let failure = null;

  const kill = () => {
    child.stdout?.destroy();
    child.stderr?.destroy();
    wasKilled = true;
    try {
      child.kill(options.killSignal);
    } catch (error) {
      if (!failure) failure = error;
      onEnd();
    }
  };
  const tooMuch = (error) => {
    failure = error;
    kill();
  };
  const stdoutOf = gather(child.stdout, 'stdout', options.maxBuffer, encoding, tooMuch);
  const stderrOf = gather(child.stderr, 'stderr', options.maxBuffer, encoding, tooMuch);

  function onEnd(code = 0, signal = null) {
    if (hasEnded) return;
    hasEnded = true;
    clearTimeout(timer);
    if (!callback) return;
    const stdout = stdoutOf();
    const stderr = stderrOf();
    if (!failure && code === 0 && signal === null) {
      callback(null, stdout, stderr);
      return;
    }
    const command = args?.length ? `${file} ${args.join(' ')}` : file;
    failure ??= genericNodeError(`Command failed: ${command}\n${stderr}`, {
      code: code < 0 ? uvErrorName(code) : code,
      killed: child.killed || wasKilled,
      signal,
    });
    failure.cmd = command;
    callback(failure, stdout, stderr);
  }
  function onError(error) {
    failure = error;
    child.stdout?.destroy();
    child.stderr?.destroy();
    onEnd();
  }

  if (options.timeout > 0) timer = setTimeout(kill, options.timeout);
  child.addListener('close', onEnd);
  child.addListener('error', onError);
  return child;
}

function promisified(original) {
  return (...args) => {
    const { promise, resolve, reject } = Promise.withResolvers();
    promise.child = original(...args, (error, stdout, stderr) => {
      if (error === null) {
        resolve({ stdout, stderr });
      } else {
        error.stdout = stdout;
        error.stderr = stderr;
        reject(error);
      }
    });
    return promise;
  };
}
for (const original of [exec, execFile])
  Object.defineProperty(original, customPromisify, { enumerable: false, value: promisified((...args) => module.exports[original.name](...args)) });

// --- The ones that wait

function inputBytes(input, i, encoding) {
  if (input == null) return undefined;
  if (ArrayBuffer.isView(input)) return Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  if (typeof input === 'string') return Buffer.from(input, encoding === 'buffer' ? undefined : encoding);
  throw new ERR_INVALID_ARG_TYPE(`options.stdio[${i}]`, ['Buffer', 'TypedArray', 'DataView', 'string'], input);
}

function runSync(options) {
  const fds = Int32Array.from(options.stdio, (part) => part.fd);
  const inputs = options.stdio.map((part, i) => inputBytes(part.input, i, options.encoding));
  const [pid, status, signal, error, ...output] = internalBinding('spawn_sync').run(options.file, options.args.join('\0'),
    options.envPairs?.join('\0'), options.cwd || undefined, options.uid ?? undefined, options.gid ?? undefined,
    options.detached ? 1 : 0, fds, options.timeout ?? 0,
    options.maxBuffer === undefined || options.maxBuffer === Infinity ? -1 : options.maxBuffer,
    options.killSignal ?? 15, ...inputs);
  const result = { status, signal: signal ? signalName(signal) : null, output: pid ? output : null, pid };
  if (error) result.error = error;
  return result;
}

function spawnSync(file, args, options) {
  options = { __proto__: null, maxBuffer: MAX_BUFFER, ...normalizeSpawnArguments(file, args, options) };
  checkTimeout(options.timeout);
  checkMaxBuffer(options.maxBuffer);
  options.killSignal = validSignal(options.killSignal);
  options.stdio = getValidStdio(options.stdio || 'pipe', true).stdio;
  if (options.input) options.stdio[0] = { ...options.stdio[0], fd: STDIO_PIPE, type: 'pipe', input: options.input };
  const result = runSync(options);
  if (result.output && options.encoding && options.encoding !== 'buffer')
    result.output = result.output.map((bytes) => bytes && bytes.toString(options.encoding));
  result.stdout = result.output && result.output[1];
  result.stderr = result.output && result.output[2];
  if (result.error) {
    result.error = new ErrnoException(result.error, `spawnSync ${options.file}`);
    result.error.path = options.file;
    result.error.spawnargs = options.args.slice(1);
  }
  return result;
}

// What execSync throws; undefined: all went well.
function syncFailure(result, args, command) {
  if (result.error) return Object.assign(result.error, result);
  if (result.status === 0) return undefined;
  let text = `Command failed: ${command ?? args.join(' ')}`;
  if (result.stderr && result.stderr.length > 0) text += `\n${result.stderr.toString()}`;
  return genericNodeError(text, result);
}

function execFileSync(file, args, options) {
  ({ file, args, options } = normalizeExecFileArgs(file, args, options));
  const showsErrors = !options.stdio;
  const result = spawnSync(file, args, options);
  if (showsErrors && result.stderr) process.stderr.write(result.stderr);
  const failure = syncFailure(result, [options.argv0 || file, ...args]);
  if (failure) throw failure;
  return result.stdout;
}

function execSync(command, options) {
  const normalized = normalizeExecArgs(command, options, null);
  const showsErrors = !normalized.options.stdio;
  const result = spawnSync(normalized.file, normalized.options);
  if (showsErrors && result.stderr) process.stderr.write(result.stderr);
  const failure = syncFailure(result, undefined, command);
  if (failure) throw failure;
  return result.stdout;
}

module.exports = {
  _forkChild: (fd, serialization) => require('internal/child_process/join').forkChild(fd, serialization),
  ChildProcess,
  exec,
  execFile,
  execFileSync,
  execSync,
  fork,
  spawn,
  spawnSync,
};
