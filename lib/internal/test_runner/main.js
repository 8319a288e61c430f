'use strict';

// `galley --test [files]`.

const { run: runFiles } = require('internal/test_runner/runner');
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

function run(patterns) {
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
