'use strict';

// `galley --test [files]`.

const { run: runFiles } = require('internal/test_runner/runner');
const { attach } = require('internal/test_runner/reporters');
const options = require('internal/options');

function numberOf(name) {
  const value = options.get(name);
  return value === undefined ? undefined : Number(value);
}

function run(patterns) {
  const concurrency = numberOf('test-concurrency');
  const stream = runFiles({
    globPatterns: patterns,
    concurrency: concurrency === undefined ? true : concurrency,
    timeout: numberOf('test-timeout'),
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
  stream.on('end', () => {
    for (const listener of source.listeners)
      listener({ type: 'end', data: undefined });
  });
}

module.exports = { run };
