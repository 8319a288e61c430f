'use strict';
// What tells where a program's time goes: --loop-watch and --profile, and the same for programs.
const { test } = require('node:test');
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawnSync } = require('child_process');
const { watchLoop } = require('galley');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-watching-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const program = path.join(folder, 'program.js');
fs.writeFileSync(program, `
function busy(ms) {
  let sum = 0; // time of day alone may pass while other programs have the processor
  for (const end = Date.now() + ms; Date.now() < end;) for (let i = 0; i < 1e6; i++) sum = (sum * 31 + i) | 0;
  for (let i = 0; i < 5e7; i++) sum = (sum * 31 + i) | 0;
}
setTimeout(function late() { busy(120); }, 10);
`);
const run = (...options) => spawnSync(process.execPath, [...options, program], { encoding: 'utf8' });

test('--loop-watch tells how long a turn took and which line it spent its time on', () => {
  const { stderr, status } = run('--loop-watch=40');
  assert.strictEqual(status, 0);
  const turns = [...stderr.matchAll(/a turn of the event loop took (\d+) ms \(more than 40\)/g)];
  assert.ok(turns.some(([, took]) => +took >= 105 && +took < 20000), stderr);
  assert.match(stderr, new RegExp(`at busy \\(${program}:[45]\\)`));
  assert.match(stderr, new RegExp(`at late \\(${program}:7\\)`));
});

test('a program whose turns are short hears nothing, a limit that is no number is refused', () => {
  assert.strictEqual(run('--loop-watch=60000').stderr, '');
  assert.match(run('--loop-watch=soon').stderr, /--loop-watch wants milliseconds/);
});

test('a program can watch its own loop, and stop watching', async () => {
  const turns = [];
  const watch = watchLoop(20, (turn) => turns.push(turn));
  const block = () => new Promise((resolve) => setTimeout(() => {
    for (const end = Date.now() + 60; Date.now() < end;);
    setTimeout(resolve, 5);
  }, 1));
  await block();
  const heard = turns.length;
  assert.ok(turns.some(({ duration }) => duration >= 45), JSON.stringify(turns));
  watch.stop();
  await block();
  assert.strictEqual(turns.length, heard);
});

test('--profile writes a profile in which the busy function has the time, and a flame graph', () => {
  const target = path.join(folder, 'profiles');
  const { stderr } = run('--profile', `--profile-dir=${target}`);
  assert.match(stderr, /samples are in/);
  const files = fs.readdirSync(target);
  const profile = JSON.parse(fs.readFileSync(path.join(target, files.find((name) => name.endsWith('.cpuprofile')))));
  const ids = new Set(profile.nodes.map((node) => node.id));
  assert.ok(profile.samples.length > 10 && profile.samples.every((id) => ids.has(id)));
  assert.strictEqual(profile.timeDeltas.length, profile.samples.length);
  assert.strictEqual(profile.timeDeltas.reduce((a, b) => a + b, 0), profile.endTime - profile.startTime);
  const hits = (name) => profile.nodes.filter((node) => node.callFrame.functionName === name).reduce((sum, node) => sum + node.hitCount, 0);
  assert.ok(hits('busy') + hits('now') > profile.samples.length / 3, `${hits('busy')} of ${profile.samples.length}`);
  assert.ok(profile.nodes.some((node) => node.callFrame.url === `file://${program}`));
  const graph = fs.readFileSync(path.join(target, files.find((name) => name.endsWith('.svg'))), 'utf8');
  assert.match(graph, /^<svg [^]*busy[^]*<\/svg>\n$/);
});

test('profiles are cut from the same samples, also of a thread', async () => {
  const v8 = require('v8');
  const outer = v8.startCpuProfile(), inner = v8.startCpuProfile();
  assert.ok(JSON.parse(inner.stop()).nodes.length >= 1);
  assert.strictEqual(inner.stop(), undefined);
  assert.ok(JSON.parse(outer.stop()).nodes.length >= 1);
  const { Worker } = require('worker_threads');
  const worker = new Worker("require('worker_threads').parentPort.on('message', () => {})", { eval: true });
  const handle = await worker.startCpuProfile();
  assert.ok(JSON.parse(await handle.stop()).nodes.length >= 1);
  await worker.terminate();
});
