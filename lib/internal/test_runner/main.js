'use strict';

// `galley --test [files]`.

const { run: runFiles, filesOf } = require('internal/test_runner/runner');
const { attach } = require('internal/test_runner/reporters');
const options = require('internal/options');

function numberOf(name) {
  const value = options.get(name);
  return value === undefined ? undefined : Number(value);
}

function shardOf(text) {
  if (text === undefined)
    return undefined;
  const match = /^(\d+)\/(\d+)$/.exec(text);
  if (match === null) {
    const { codes: { ERR_INVALID_ARG_VALUE } } = require('internal/errors');
    throw new ERR_INVALID_ARG_VALUE('--test-shard', text, 'must be in the form of <index>/<total>');
  }
  return { index: +match[1], total: +match[2] };
}

// --test-isolation=none: the files are part of this process, and one tree of tests is made of them all.
async function runHere(patterns) {
  const files = filesOf(patterns, process.cwd());
  if (files.missing !== undefined) {
    process.stderr.write(`Could not find '${files.missing}'\n`);
    process.exitCode = 1;
    return;
  }
  const { importModule } = require('internal/esm/import');
  const { pathToFileURL } = require('url');
  require('test');
  const here = pathToFileURL(process.cwd() + '/').href;
  for (const file of files) await importModule(pathToFileURL(file).href, here);
}

function run(patterns) {
  const isolation = options.get('test-isolation') ?? 'process';
  require('internal/validators').validateOneOf(isolation, '--test-isolation', ['process', 'none']);
  if (isolation === 'none') {
    runHere(patterns).catch((error) => require('internal/fatal').uncaught(error, true));
    return;
  }
  const concurrency = numberOf('test-concurrency');
  const controller = new AbortController();
  const stream = runFiles({
    signal: controller.signal,
    globPatterns: patterns,
    concurrency: concurrency === undefined ? true : concurrency,
    timeout: numberOf('test-timeout'),
    shard: shardOf(options.get('test-shard')),
  });
  if (stream.missing !== undefined) {
    process.stderr.write(`Could not find '${stream.missing}'\n`);
    process.exitCode = 1;
    return;
  }
  const source = { listeners: [] };
  attach(source);
  stream.on('data', (event) => {
    for (const listener of source.listeners)
      listener(event);
    if (event.type === 'test:summary' && event.data.file === undefined && !event.data.success)
      process.exitCode = 1;
  });
  const interrupt = () => {
    stream.interrupt?.();
    process.exitCode = 1;
    controller.abort();
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  stream.on('end', () => {
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
    for (const listener of source.listeners)
      listener({ type: 'end', data: undefined });
  });
}

module.exports = { run };
