// The documents' ecosystem file and commands: start --env production, list, logs, reload, monit, and pm2 start -i max.
const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { execFileSync, spawnSync } = require('child_process');
const { galley, folder, until, get, write, documentText } = require('./lib.js');

const text = documentText('003');
const port = text === undefined ? 18125 : 3000;
let ecosystem = `module.exports = {
  apps: [{ name: 'api', script: './src/server.js', instances: 'max', exec_mode: 'cluster', max_memory_restart: '500M',
    env_production: { NODE_ENV: 'production', PORT: ${port} } }]
};
`;
if (text !== undefined) {
  const from = text.indexOf('module.exports = {\n  apps:');
  ecosystem = text.slice(from, text.indexOf('# Commands:', from));
}

const env = { ...process.env, GALLEY_HOME: path.join(folder, 'home'), PM2_HOME: path.join(folder, 'pm2-home') };
delete env.NODE_ENV;
const run = (...words) => execFileSync(galley, words, { cwd: folder, env, encoding: 'utf8' });
const pm2 = path.join(folder, 'pm2');
fs.symlinkSync(galley, pm2);
process.on('exit', () => {
  spawnSync(galley, ['kill'], { env });
  spawnSync(pm2, ['kill'], { env });
});

(async () => {
  write('ecosystem.config.js', ecosystem);
  write('src/server.js', `console.log('server', process.pid, 'starts');
require('http').createServer((req, res) => res.end(process.pid + ' ' + process.env.NODE_ENV)).listen(process.env.PORT);
`);
  run('start', 'ecosystem.config.js', '--env', 'production');
  const ask = async () => (await get(port)).body.split(' ');
  const pids = new Set();
  const cores = os.availableParallelism();
  await until('an answer from each core', async () => {
    const [pid, mode] = await ask();
    assert.strictEqual(mode, 'production');
    return pids.add(pid).size === cores;
  });
  const list = JSON.parse(run('jlist'));
  assert.strictEqual(list.length, cores);
  assert.ok(list.every((app) => app.name === 'api' && app.pm2_env.status === 'online' && app.pm2_env.max_memory_restart === 524288000),
    JSON.stringify(list.map((app) => app.pm2_env.max_memory_restart)));
  assert.match(run('list'), /api.*online/);
  assert.match(run('logs', 'api', '--nostream', '--lines', '20'), /server \d+ starts/);
  run('reload', 'api');
  await until('new workers', async () => !pids.has((await ask())[0]));
  run('delete', 'api');
  await until('the port is free', () => get(port).then(() => false, () => true));

  write('app.js', `require('http').createServer((req, res) => res.end('app')).listen(18126);\n`);
  const start = spawnSync(pm2, ['start', 'app.js', '-i', 'max', '--interpreter', galley], { cwd: folder, env, encoding: 'utf8' });
  assert.strictEqual(start.status, 0, start.stderr + start.stdout);
  await until('pm2 has started the app', async () => (await get(18126)).body === 'app');
  const status = spawnSync(pm2, ['list'], { env, encoding: 'utf8' }).stdout;
  assert.strictEqual(status.match(/online/g)?.length, cores, status);
  assert.strictEqual(spawnSync(pm2, ['delete', 'all'], { env }).status, 0);
})();
