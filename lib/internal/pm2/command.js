'use strict';

// The command `galley` (or, where PM2_HOME alone says whose manager is meant, the same under the name pm2) on behalf
// of a program: what it reads, decides and says need not be known twice.

const { spawn } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

// Whoever sets PM2_HOME and not GALLEY_HOME has a manager that goes by the name of pm2.
const isPM2 = () => !process.env.GALLEY_HOME && Boolean(process.env.PM2_HOME);

function homeFolder() {
  const given = process.env.GALLEY_HOME || process.env.PM2_HOME;
  return given ? path.resolve(given) : path.join(os.homedir(), '.galley');
}

function program() {
  const folder = path.dirname(process.execPath);
  return [path.join(folder, 'galley'), path.resolve(folder, '../../bin/galley'), path.resolve(folder, '../bin/galley')]
    .find((file) => fs.existsSync(file)) ?? 'galley';
}

function launch(words, stdio) {
  const env = { ...process.env, NO_COLOR: '1' };
  delete env.FORCE_COLOR;
  return spawn(program(), words, { stdio, env, argv0: isPM2() ? 'pm2' : 'galley' });
}

const sayings = /^(?:galley: |\[PM2\]\[(?:ERROR|WARN)\] |\[PM2\] )/gm;

// Resolves with what it printed; rejects with what it complained of.
function run(words, input) {
  return new Promise((resolve, reject) => {
    const child = launch(words, [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe']);
    let out = '', complaints = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { out += text; });
    child.stderr.setEncoding('utf8').on('data', (text) => { complaints += text; });
    child.on('error', (error) => reject(new Error(`the command galley cannot be run: ${error.message}`, { cause: error })));
    child.on('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(complaints.replace(sayings, '').trim() || `galley ${words[0]} failed`));
    });
    if (input === undefined) return;
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

// Every line of output from now on, as an object, until the returned process is killed.
function followLogs(tell) {
  const child = launch(['logs', '--json', '--lines', '0'], ['ignore', 'pipe', 'ignore']);
  let rest = '';
  child.on('error', () => {});
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) if (line.startsWith('{')) tell(JSON.parse(line));
  });
  return child;
}

module.exports = { followLogs, homeFolder, run };
