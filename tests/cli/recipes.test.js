// Every recipe of docs/recipes.md runs as it is printed there and says what the page promises.
const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const { root, folder } = require('./lib.js');

const page = fs.readFileSync(path.join(root, 'docs/recipes.md'), 'utf8');
const scenes = page.split(/^## /m).slice(1);
const fences = (scene, language) => [...scene.matchAll(new RegExp('^```' + language + '\\n([\\s\\S]*?)^```', 'gm'))].map((match) => match[1]);

// The page's port may be taken on the machine that runs the tests.
let port = 20000 + process.pid % 10000;

assert(scenes.length >= 5);
for (const scene of scenes) {
  const title = scene.slice(0, scene.indexOf('\n'));
  const home = path.join(folder, title.replaceAll(' ', '-'));
  fs.mkdirSync(home);
  port++;
  const atPort = (text) => text.replaceAll('8000', port);
  for (const file of fences(scene, 'js')) fs.writeFileSync(path.join(home, /^\/\/ (\S+)/.exec(file)[1]), atPort(file));
  const commands = fences(scene, 'sh').join('\n');
  const expected = fences(scene, 'text').join('\n').split('\n').filter(Boolean);
  assert(commands && expected.length, `${title}: nothing to run or nothing to expect`);
  const env = { ...process.env, PATH: `${path.join(root, 'build')}:${process.env.PATH}`, GALLEY_HOME: path.join(home, '.galley') };
  const ran = spawnSync('bash', ['-c', atPort(commands) + '\nwait'], { cwd: home, env, encoding: 'utf8', timeout: 40000 });
  const output = ran.stdout + ran.stderr;
  let at = 0;
  for (const line of expected) {
    const found = ran.stdout.indexOf(line, at);
    assert(found >= 0, `${title}: "${line}" is missing or too early in\n${output}`);
    at = found + line.length;
  }
}
