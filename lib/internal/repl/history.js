'use strict';
// The lines of earlier sessions: read when a prompt opens, written a moment after each line.

const fs = require('fs');
const os = require('os');
const path = require('path');

const writeDelay = 15;

function load(repl, file, callback) {
  fs.readFile(file, 'utf8', (error, text) => {
    if (error && error.code !== 'ENOENT') {
      repl.output.write('\nError: Could not open history file.\nREPL session history will not be persisted.\n');
      repl.displayPrompt(true);
      callback(null, repl);
      return;
    }
    repl.history = (text ?? '').split(/[\r\n]+/).filter(Boolean).slice(0, repl.historySize);
    keep(repl, file);
    callback(null, repl);
  });
}

function keep(repl, file) {
  let timer;
  let isWaiting = false;
  const write = () => {
    isWaiting = false;
    try {
      fs.writeFileSync(file, repl.history.join(os.EOL), { mode: 0o600 });
    } catch {
      // The session goes on without.
    }
    repl.emit('flushHistory');
  };
  repl.on('line', () => {
    clearTimeout(timer);
    isWaiting = true;
    timer = setTimeout(write, writeDelay);
  });
  repl.once('exit', () => {
    clearTimeout(timer);
    if (isWaiting) write();
  });
}

function setup(repl, options, callback) {
  if (typeof options === 'string' || options === undefined) options = { filePath: options };
  const { filePath, size = repl.historySize } = options ?? {};
  repl.historySize = size;
  const done = callback ?? options.onHistoryFileLoaded ?? (() => {});
  const file = filePath === undefined || filePath === null ? path.join(os.homedir(), '.node_repl_history') : `${filePath}`.trim();
  if (file === '' || size === 0) {
    process.nextTick(() => done(null, repl));
    return;
  }
  load(repl, file, done);
}

module.exports = { setup };
