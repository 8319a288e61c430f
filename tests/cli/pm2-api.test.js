// require('pm2') without that package: start, talk to, watch, restart and delete processes from a program.
const assert = require('assert');
const { execFileSync, spawnSync } = require('child_process');
const { once } = require('events');
const path = require('path');
const { galley, folder, until, write } = require('./lib.js');

process.env.GALLEY_HOME = path.join(folder, 'home');
process.on('exit', () => spawnSync(galley, ['kill']));
process.chdir(folder);
const pm2 = require('pm2');

write('app.js', `
process.on('message', (m) => {
  if (m.topic) process.send({ type: 'process:msg', data: { got: m.data } });
  else if (m.msg === 'add') process.send({ type: 'axm:reply', data: { action_name: 'add', return: { sum: m.opts + '!' } } });
});
process.send({ type: 'axm:action', data: { action_name: 'add', action_type: 'custom' } });
console.log('the colour is', process.env.COLOUR);
setInterval(() => {}, 1000);
`);

const callback = (method, ...args) => new Promise((resolve, reject) =>
  pm2[method](...args, (error, value) => error ? reject(error) : resolve(value)));

(async () => {
  await callback('connect');
  const bus = await callback('launchBus');
  const events = [];
  bus.on('process:event', ({ event, process: { name } }) => events.push(`${name} ${event}`));
  const printed = once(bus, 'log:out');

  const started = await callback('start', { script: 'app.js', name: 'one', env: { COLOUR: 'red' }, instances: 2 });
  assert.deepStrictEqual(started.map((entry) => [entry.name, entry.pm2_env.status]), [['one', 'online'], ['one', 'online']]);
  await assert.rejects(callback('start', 'app.js', { name: 'one' }), /already launched/);
  await assert.rejects(callback('start', 'nowhere.js'), /nowhere\.js/);
  await assert.rejects(callback('start', { name: 'x', script: 'app.js', instances: 'many' }), /instances/);
  await assert.rejects(callback('stop', 'nobody'), /not found/);
  assert.deepStrictEqual(await callback('describe', 'nobody'), []);
  await until('both are seen to be online', () => events.filter((event) => event === 'one online').length >= 2);

  const id = started[0].pm_id;
  const heard = once(bus, 'process:msg');
  await callback('sendDataToProcessId', id, { topic: true, type: 'process:msg', data: { a: 1 } });
  const [packet] = await heard;
  assert.deepStrictEqual([packet.process.name, packet.process.pm_id, packet.data], ['one', id, { got: { a: 1 } }]);
  await assert.rejects(callback('sendDataToProcessId', 99, { topic: true, data: {} }), /unknown/);

  const answers = await callback('trigger', 'one', 'add', 'x');
  assert.deepStrictEqual(answers.map(({ data }) => data.return.sum), ['x!', 'x!']);
  assert.match(execFileSync(galley, ['trigger', 'one', 'add', 'y'], { encoding: 'utf8' }), /^\[one:\d:default\]=\{"sum":"y!"\}$/m);
  await assert.rejects(callback('trigger', 'one', 'subtract'), /Not any process/);
  assert.strictEqual(spawnSync(galley, ['trigger', 'one', 'subtract']).status, 1);

  const [line] = await printed;
  assert.deepStrictEqual([line.process.name, line.data], ['one', 'the colour is red\n']);

  events.length = 0;
  const restarted = await pm2.restart('one'); // a promise, where nobody gives a callback
  assert.deepStrictEqual(restarted.map((entry) => entry.pm2_env.restart_time), [1, 1]);
  assert.ok(events.includes('one exit') && events.includes('one restart'));
  assert.strictEqual((await callback('scale', 'one', 1)).length, 1);
  await assert.rejects(callback('install', 'a-module'), /not there/);
  assert.strictEqual((await callback('delete', 'all')).length, 1);
  assert.deepStrictEqual(await callback('list'), []);
  assert.strictEqual((await import('pm2')).default, pm2);
  pm2.disconnect(); // and nothing keeps this program alive
})();
