'use strict';
// --watch: runs the program in a process of its own, and again whenever a file changes that it has loaded (or anything below
// --watch-path). The process tells what it loads, see lib/internal/watch/report.js.

const fs = require('fs');
const path = require('path');
const { inspect, styleText } = require('util');
const { spawn } = require('child_process');
const options = require('internal/options');
const { listOf } = require('internal/test_runner/options');
const { convertToValidSignal } = require('internal/child_process/signals');

const SETTLE_MS = 200; // editors write in several steps

const ownWithValue = /^--watch-(?:path|kill-signal)$/;
const own = /^--watch(?:-[a-z-]+)?(?:=|$)/;

function argumentsOfProgram() {
  const words = [];
  for (let i = 0; i < process.execArgv.length; i++) {
    const word = process.execArgv[i];
    if (ownWithValue.test(word)) i++;
    else if (!own.test(word)) words.push(word);
  }
  return [...words, ...process.argv.slice(1)];
}

// Files by their folders: what an editor puts in a file's place is another file of the same name.
class Files {
  constructor(changed) {
    this.changed = changed;
    this.folders = new Map();
  }

  add(file) {
    const folder = path.dirname(file);
    let known = this.folders.get(folder);
    if (known === undefined) {
      if (!fs.existsSync(folder)) return;
      known = { names: new Set() };
      known.watcher = fs.watch(folder, (kind, name) => {
        if (known.names.has(name)) this.changed();
      });
      known.watcher.on('error', () => {});
      this.folders.set(folder, known);
    }
    known.names.add(path.basename(file));
  }

  clear() {
    for (const { watcher } of this.folders.values()) watcher.close();
    this.folders.clear();
  }
}

const isProgramText = (name) => /\.(?:[cm]?[jt]s|json)$/.test(name) && !/(?:^|\/)node_modules\//.test(name);

function watchFolder(folder, counts, changed) {
  const watcher = fs.watch(folder, { recursive: true }, (kind, name) => {
    if (counts(`${name}`)) changed();
  });
  watcher.on('error', () => {});
}

class Watching {
  constructor(task) {
    this.killSignal = convertToValidSignal(options.get('watch-kill-signal') ?? 'SIGTERM');
    this.paths = listOf('watch-path').map((each) => path.resolve(each));
    this.name = inspect(task.script === undefined ? 'tests' : [task.script, ...process.argv.slice(2)].join(' '));
    this.words = argumentsOfProgram();
    this.fixed = [...listOf('env-file'), ...listOf('env-file-if-exists')].map((each) => path.resolve(each));
    if (task.script !== undefined) this.fixed.push(path.resolve(task.script));
    this.files = new Files(() => this.restartSoon());
    if (task.test && this.paths.length === 0) watchFolder(process.cwd(), isProgramText, () => this.restartSoon());
    for (const folder of this.paths) watchFolder(folder, () => true, () => this.restartSoon());
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => this.end(signal));
    process.on('message', (message) => this.child?.send(message));
    process.channel?.unref();
    this.start();
  }

  start() {
    this.files.clear();
    for (const file of this.fixed) this.files.add(file);
    const child = this.child = spawn(process.execPath, this.words, {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, WATCH_REPORT_DEPENDENCIES: '1' },
    });
    child.on('message', (message) => this.hear(message));
    child.once('exit', (code) => {
      if (this.child !== child) return;
      this.child = undefined;
      const waits = 'Waiting for file changes before restarting...';
      this.say(code === 0 ? 'green' : 'red', `${code === 0 ? 'Completed' : 'Failed'} running ${this.name}. ${waits}`);
    });
  }

  hear(message) {
    const loaded = message?.['watch:require'] ?? message?.['watch:import'];
    if (!Array.isArray(loaded)) process.send?.(message);
    else if (this.paths.length === 0)
      for (const file of loaded) this.files.add(file);
  }

  say(color, text) { process.stdout.write(`${styleText(color, text, { stream: process.stdout })}\n`); }

  restartSoon() {
    if (this.timer !== undefined) this.timer.refresh();
    else this.timer = setTimeout(() => this.restart(), SETTLE_MS);
  }

  async restart() {
    this.timer = undefined;
    await this.stop(this.killSignal);
    if (this.timer !== undefined) return; // something else has changed meanwhile
    if (process.stdout.isTTY && options.get('watch-preserve-output') !== true) process.stdout.write('\u001bc');
    this.say('green', `Restarting ${this.name}`);
    this.start();
  }

  async stop(signal) {
    const { child } = this;
    if (child === undefined) return;
    this.child = undefined;
    const { promise, resolve } = Promise.withResolvers();
    child.once('exit', resolve);
    child.kill(signal);
    await promise;
  }

  async end(signal) {
    await this.stop(signal);
    process.exit(0);
  }
}

function watch(task) {
  if (task.script === undefined && !task.test) {
    process.stderr.write(`${process.argv0}: --watch requires specifying a file\n`);
    process.exit(9);
  }
  new Watching(task);
}

module.exports = { watch };
