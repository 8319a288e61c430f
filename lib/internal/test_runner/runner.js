'use strict';

// `run()` and `--test`: every file in a process of its own, their reports gathered in the order of the files.

const { codes: { ERR_TEST_FAILURE } } = require('internal/errors');
const { validateAbortSignal, validateArray, validateBoolean, validateFunction, validateObject, validateOneOf,
        validateString, validateUint32, validateInteger } = require('internal/validators');
const { Readable } = require('stream');
const { listOf } = require('internal/test_runner/options');
const { parseChildLine } = require('internal/test_runner/reporters');

class TestsStream extends Readable {
  constructor() {
    super({ objectMode: true, highWaterMark: Number.MAX_SAFE_INTEGER, read() {} });
  }

  tell(type, data) {
    this.push({ type, data });
    this.emit(type, data);
  }
}

const testNames = /(?:^|[._-])test\.[cm]?[jt]s$|^test(?:-.*)?\.[cm]?[jt]s$/;

// What `--test` runs if no file is named: files that are called tests, and all in folders called `test`.
function findFiles(folder) {
  const fs = require('fs');
  const path = require('path');
  const found = [];
  const walk = (at, inTest) => {
    for (const entry of fs.readdirSync(at, { withFileTypes: true })) {
      if (entry.name === 'node_modules')
        continue;
      const whole = path.join(at, entry.name);
      if (entry.isDirectory())
        walk(whole, inTest || entry.name === 'test');
      else if (testNames.test(entry.name) || (inTest && /\.[cm]?js$/.test(entry.name)))
        found.push(whole);
    }
  };
  walk(folder, false);
  return found.sort();
}

function isPattern(text) {
  return /[*?[\]{}]/.test(text);
}

function filesOf(patterns, cwd) {
  const fs = require('fs');
  const path = require('path');
  if (patterns.length === 0)
    return findFiles(cwd);
  const found = new Set();
  for (const pattern of patterns) {
    const whole = path.resolve(cwd, pattern);
    if (!isPattern(pattern) || fs.existsSync(whole)) {
      if (!fs.existsSync(whole))
        return { missing: pattern };
      if (fs.statSync(whole).isDirectory()) {
        for (const file of findFiles(whole))
          found.add(file);
      } else {
        found.add(whole);
      }
      continue;
    }
    for (const file of fs.globSync(pattern, { cwd }))
      found.add(path.resolve(cwd, file));
  }
  return [...found].sort();
}

// One file's process. Its events are handed on with the file's nesting; what it merely prints is output.
function runFile(file, options, report) {
  const { spawn } = require('child_process');
  const { resolve, promise } = Promise.withResolvers();
  const env = { ...process.env, ...options.env, NODE_TEST_CONTEXT: 'child-galley', NODE_TEST_WORKER_ID: `${options.workerId}` };
  delete env.FORCE_COLOR;
  const started = process.hrtime();
  const child = spawn(process.execPath, [...options.execArgv, file, ...options.argv],
                      { cwd: options.cwd, env, stdio: ['ignore', 'pipe', 'pipe'], signal: options.signal });
  const result = { counts: undefined, events: 0, failed: 0, stderr: '' };
  let rest = '';
  const { StringDecoder } = require('string_decoder');
  const decoder = new StringDecoder('utf8');
  const line = (text, end) => {
    const event = parseChildLine(text);
    if (event === undefined) {
      if (text !== '' || end !== '')
        report('test:stdout', { __proto__: null, file, message: text + end });
      return;
    }
    if (event.type === 'test:summary') {
      result.counts = event.data.counts;
      result.success = event.data.success;
      return;
    }
    if (event.type === 'test:diagnostic' && event.data.nesting === 0 &&
        /^(?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(event.data.message))
      return;
    if (event.type === 'test:plan' && event.data.nesting === 0)
      return;
    result.events++;
    if (event.data !== undefined)
      event.data.file ??= file;
    report(event.type, event.data);
  };
  child.stdout.on('data', (chunk) => {
    rest += decoder.write(chunk);
    let at;
    while ((at = rest.indexOf('\n')) !== -1) {
      line(rest.slice(0, at), '\n');
      rest = rest.slice(at + 1);
    }
  });
  child.stderr.on('data', (chunk) => {
    const message = chunk.toString();
    result.stderr += message;
    report('test:stderr', { __proto__: null, file, message });
  });
  let timer;
  if (options.timeout !== undefined && options.timeout !== Infinity)
    timer = setTimeout(() => child.kill('SIGTERM'), options.timeout);
  child.on('error', (error) => {
    result.error = error;
  });
  child.on('close', (code, signal) => {
    clearTimeout(timer);
    if (rest !== '')
      line(rest, '');
    const [seconds, nanoseconds] = process.hrtime(started);
    resolve({ ...result, code, signal, duration_ms: seconds * 1e3 + nanoseconds / 1e6 });
  });
  return promise;
}

const passedOn = ['test-name-pattern', 'test-skip-pattern'];

const withValue = /^--test-(?:concurrency|coverage-\w+|global-setup|isolation|name-pattern|reporter|reporter-destination|rerun-failures|shard|skip-pattern|timeout)$/;

// The options of this process that its children get, too: all but those of the runner itself.
function ownOptions() {
  const { execArgv } = process;
  const kept = [];
  for (let i = 0; i < execArgv.length; i++) {
    if (withValue.test(execArgv[i]))
      i++;
    else if (!/^--test(?:$|[-=])|^--watch/.test(execArgv[i]))
      kept.push(execArgv[i]);
  }
  return kept;
}

function childOptions(options) {
  const list = [...ownOptions(), ...(options.execArgv ?? [])];
  for (const name of passedOn) {
    for (const each of listOf(name))
      list.push(`--${name}=${each}`);
  }
  for (const [name, patterns] of [['test-name-pattern', options.testNamePatterns], ['test-skip-pattern', options.testSkipPatterns]]) {
    for (const each of [patterns ?? []].flat())
      list.push(`--${name}=${each}`);
  }
  if (options.only || require('internal/options').get('test-only') === true)
    list.push('--test-only');
  if (require('internal/options').get('test-update-snapshots') === true)
    list.push('--test-update-snapshots');
  return list;
}

async function runAll(stream, files, options) {
  const totals = { tests: 0, failed: 0, passed: 0, cancelled: 0, skipped: 0, todo: 0, topLevel: 0, suites: 0 };
  const begun = process.hrtime();
  const concurrency = options.concurrency === true ? Math.max(1, require('os').availableParallelism() - 1) :
    options.concurrency || 1;
  let success = true;
  // A file's events wait until all files before it are done.
  const queues = files.map(() => ({ events: [], done: false }));
  let head = 0;
  let topLevel = 0;
  const renumber = (type, data) => {
    if ((type === 'test:pass' || type === 'test:fail') && data.nesting === 0)
      data.testNumber = ++topLevel;
    stream.tell(type, data);
  };
  const report = (index) => (type, data) => {
    if (index === head)
      renumber(type, data);
    else
      queues[index].events.push([type, data]);
  };
  const finish = (index) => {
    queues[index].done = true;
    while (head < files.length && queues[head].done) {
      head++;
      for (const [type, data] of queues[head]?.events.splice(0) ?? [])
        renumber(type, data);
    }
  };
  let next = 0;
  const running = new Set();
  stream.interrupt = () => {
    for (const file of running)
      stream.tell('test:diagnostic', { __proto__: null, nesting: 0, message: `Interrupted while running: ${file}`, level: 'error' });
  };
  const worker = async (workerId) => {
    while (next < files.length && !options.signal?.aborted) {
      const index = next++;
      const file = files[index];
      const tell = report(index);
      tell('test:enqueue', { __proto__: null, nesting: 0, name: file, file, type: 'test' });
      tell('test:dequeue', { __proto__: null, nesting: 0, name: file, file, type: 'test' });
      running.add(file);
      const result = await runFile(file, { ...options, execArgv: childOptions(options), workerId }, tell);
      running.delete(file);
      const crashed = result.error !== undefined || result.signal !== null || (result.code !== 0 && result.success !== false);
      if (result.counts !== undefined) {
        for (const key of Object.keys(totals))
          totals[key] += result.counts[key] ?? 0;
        if (result.success === false)
          success = false;
      }
      if (crashed || result.counts === undefined) {
        // A file without tests of its own is one test: it passes if its process does.
        const details = { __proto__: null, duration_ms: result.duration_ms, type: 'test' };
        const place = { __proto__: null, nesting: 0, name: require('path').relative(options.cwd, file), file, line: 1, column: 1, details };
        totals.tests++;
        totals.topLevel++;
        tell('test:start', { __proto__: null, nesting: 0, name: place.name, file, line: 1, column: 1 });
        if (crashed) {
          success = false;
          const failed = new ERR_TEST_FAILURE('test failed', 'testCodeFailure');
          failed.exitCode = result.code;
          failed.signal = result.signal;
          failed.stack = undefined;
          details.error = failed;
          totals.failed++;
          tell('test:fail', place);
        } else {
          totals.passed++;
          tell('test:pass', place);
        }
      }
      tell('test:complete', {
        __proto__: null, nesting: 0, name: file, file, testNumber: index + 1,
        details: { __proto__: null, duration_ms: result.duration_ms, passed: !crashed && result.success !== false, type: 'test' },
      });
      if (result.counts !== undefined) {
        tell('test:summary', { __proto__: null, success: result.success, counts: result.counts, file,
                               duration_ms: result.duration_ms });
      }
      finish(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, files.length) }, (_, i) => worker(i + 1)));
  const [seconds, nanoseconds] = process.hrtime(begun);
  const duration = seconds * 1e3 + nanoseconds / 1e6;
  stream.tell('test:plan', { __proto__: null, nesting: 0, count: topLevel });
  if (options.signal?.aborted)
    success = false;
  for (const message of [
    `tests ${totals.tests}`, `suites ${totals.suites}`, `pass ${totals.passed}`, `fail ${totals.failed}`,
    `cancelled ${totals.cancelled}`, `skipped ${totals.skipped}`, `todo ${totals.todo}`, `duration_ms ${duration}`,
  ])
    stream.tell('test:diagnostic', { __proto__: null, nesting: 0, message, level: 'info' });
  stream.tell('test:summary', { __proto__: null, success, counts: totals, duration_ms: duration, file: undefined });
  stream.push(null);
  return success;
}

function run(options = {}) {
  validateObject(options, 'options');
  const { files, concurrency, timeout, signal, only, cwd = process.cwd(), setup, globPatterns, execArgv = [], argv = [],
          testNamePatterns, testSkipPatterns, shard, isolation = 'process', watch, forceExit, env } = options;
  if (files != null)
    validateArray(files, 'options.files');
  if (watch != null)
    validateBoolean(watch, 'options.watch');
  if (forceExit != null)
    validateBoolean(forceExit, 'options.forceExit');
  if (only != null)
    validateBoolean(only, 'options.only');
  validateString(cwd, 'options.cwd');
  if (globPatterns != null)
    validateArray(globPatterns, 'options.globPatterns');
  if (setup != null)
    validateFunction(setup, 'options.setup');
  validateAbortSignal(signal, 'options.signal');
  validateOneOf(isolation, 'options.isolation', ['process', 'none']);
  if (typeof concurrency === 'number')
    validateUint32(concurrency, 'options.concurrency', true);
  if (shard != null) {
    validateObject(shard, 'options.shard');
    validateInteger(shard.total, 'options.shard.total', 1);
    validateInteger(shard.index, 'options.shard.index', 1, shard.total);
  }
  const path = require('path');
  const found = files != null ? files.map((file) => path.resolve(cwd, file)) : filesOf(globPatterns ?? [], cwd);
  const stream = new TestsStream();
  if (found.missing !== undefined) {
    stream.missing = found.missing;
    return stream;
  }
  const chosen = shard == null ? found : found.filter((_, i) => i % shard.total === shard.index - 1);
  process.nextTick(async () => {
    try {
      await setup?.(stream);
      const success = await runAll(stream, chosen, { concurrency, timeout, signal, only, cwd, execArgv, argv, testNamePatterns,
                                                     testSkipPatterns, env });
      stream.success = success;
    } catch (error) {
      stream.destroy(error);
    }
  });
  return stream;
}

module.exports = { run, filesOf };
