// --watch: a program that is run again when what it has loaded changes.
const assert = require('assert');
const { test } = require('node:test');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawn, spawnSync } = require('child_process');

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'galley-watch-')));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));
const write = (name, text) => fs.writeFileSync(path.join(root, name), text);

// Starts the watching process; `until` waits for output that matches, and forgets it.
function start(...args) {
  const child = spawn(process.execPath, args, { cwd: root });
  let out = '', wake = () => {};
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      out += data;
      wake();
    });
  return {
    child,
    async until(pattern) {
      while (!pattern.test(out)) await new Promise((resolve) => { wake = resolve; });
      const seen = out;
      out = '';
      return seen;
    },
    end() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      return ended;
    },
  };
}

test('a program runs again when a module that it required or imported changes', async () => {
  write('dep.js', 'exports.value = 1');
  write('es.mjs', 'import dep from "./dep.js"; export const twice = dep.value * 2');
  write('main.js', 'import("./es.mjs").then(({ twice }) => console.log("twice", twice, process.argv[2], process.execArgv.length))');
  const watching = start('--watch', 'main.js', 'word');
  assert.match(await watching.until(/Completed/), /^twice 2 word 0\nCompleted running 'main.js word'\. Waiting for file changes/);
  write('dep.js', 'exports.value = 2');
  assert.match(await watching.until(/Completed/), /^Restarting 'main.js word'\ntwice 4 word 0\nCompleted/);
  assert.strictEqual(await watching.end(), 0);
});

test('a program that failed for want of a module runs again when it is there, one that goes on is ended first', async () => {
  write('late.js', 'console.log("has", require("./missing.js")); setInterval(() => {}, 1e6)');
  const watching = start('--watch', 'late.js');
  await watching.until(/Failed running 'late.js'/);
  write('missing.js', 'module.exports = "come"');
  await watching.until(/has come/);
  write('late.js', 'console.log("without")');
  assert.match(await watching.until(/Completed/), /Restarting 'late.js'\nwithout\n/);
  await watching.end();
});

test('--watch-path watches a folder instead', async () => {
  fs.mkdirSync(path.join(root, 'below'));
  write('quiet.js', 'console.log("ran")');
  const watching = start('--watch-path=below', 'quiet.js');
  await watching.until(/Completed/);
  write('below/any.txt', 'x');
  await watching.until(/Restarting 'quiet.js'\nran/);
  await watching.end();
});

test('--watch needs a program', () => {
  const none = spawnSync(process.execPath, ['--watch'], { encoding: 'utf8' });
  assert.match(none.stderr, /--watch requires specifying a file/);
  assert.strictEqual(none.status, 9);
  assert.strictEqual(spawnSync(process.execPath, ['--watch', '-e', '1']).status, 9);
});
