// Commands run in all the ways there are, and messages go both ways with sockets beside them.
const assert = require('assert');
const { exec, execFile, execFileSync, execSync, fork, spawn, spawnSync } = require('child_process');
const net = require('net');
const { promisify } = require('util');

if (process.argv[2] === 'child') {
  process.on('message', (message, handle) => {
    if (message === 'leave') process.disconnect();
    else if (handle instanceof net.Socket) handle.end('from the child');
    else if (handle instanceof net.Server) handle.on('connection', (socket) => socket.end('served by the child'));
    else process.send({ echo: message, last: message === 'big' });
    if (handle) process.send('taken');
  });
  process.send('ready');
  return;
}

const next = (emitter, event) => new Promise((resolve) => emitter.once(event, (...args) => resolve(args)));
const textOf = async (stream) => {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
};
const say = (port) => textOf(net.connect(port, '127.0.0.1'));

async function commands() {
  // What is on Object.prototype is nobody's option.
  Object.prototype.uid = 1;
  Object.prototype.shell = '/nowhere';
  try {
    assert.strictEqual(String(spawnSync('id', ['-u']).stdout), `${process.getuid()}\n`);
  } finally {
    delete Object.prototype.uid;
    delete Object.prototype.shell;
  }

  assert.strictEqual(execSync('echo one').toString(), 'one\n');
  assert.strictEqual(execFileSync('cat', { input: 'two', encoding: 'utf8' }), 'two');
  assert.deepStrictEqual(await promisify(exec)('echo out; echo err >&2'), { stdout: 'out\n', stderr: 'err\n' });
  assert.throws(() => execSync('exit 3', { stdio: 'pipe' }), { status: 3, message: 'Command failed: exit 3' });
  assert.strictEqual(spawnSync('no-such-program').error.code, 'ENOENT');
  const late = spawnSync('sleep', ['5'], { timeout: 50 });
  assert.strictEqual(late.error.code, 'ETIMEDOUT');
  assert.strictEqual(late.signal, 'SIGTERM');
  await assert.rejects(promisify(execFile)('sh', ['-c', 'echo why >&2; exit 4']), { code: 4, stderr: 'why\n' });

  const [error] = await next(spawn('no-such-program'), 'error');
  assert.strictEqual(error.message, 'spawn no-such-program ENOENT');
  const cat = spawn('cat', { stdio: ['pipe', 'pipe', 'inherit'] });
  const order = [];
  for (const event of ['spawn', 'exit', 'close']) cat.on(event, () => order.push(event));
  cat.stdin.end('x'.repeat(1 << 20));
  assert.strictEqual((await textOf(cat.stdout)).length, 1 << 20);
  if (!order.includes('close')) await next(cat, 'close');
  assert.deepStrictEqual(order, ['spawn', 'exit', 'close']);

  const extra = spawn('sh', ['-c', 'cat <&3 >&4'], { stdio: ['ignore', 'inherit', 'inherit', 'pipe', 'pipe'] });
  extra.stdio[3].end('over the fourth');
  assert.strictEqual(await textOf(extra.stdio[4]), 'over the fourth');

  const killed = spawn('sleep', ['5']);
  assert.strictEqual(killed.kill('SIGKILL'), true);
  assert.deepStrictEqual(await next(killed, 'exit'), [null, 'SIGKILL']);
}

async function messages() {
  const child = fork(__filename, ['child']);
  assert.deepStrictEqual(await next(child, 'message'), ['ready', undefined]);
  const values = [1, true, null, 'text with \n and \u2028 and \ud83d\ude00', { a: [{}] }];
  for (const value of values) {
    child.send(value);
    assert.deepStrictEqual((await next(child, 'message'))[0].echo, value);
  }
  const big = 'x'.repeat(64 << 20);
  assert.strictEqual(child.send(big), false); // wait before sending more
  assert.strictEqual((await next(child, 'message'))[0].echo, big);

  const server = net.createServer({ pauseOnConnect: true }, (socket) => child.send('socket', socket));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  assert.strictEqual(await say(port), 'from the child');
  child.send('server', server);
  await next(child, 'message');
  server.close();
  assert.strictEqual(await say(port), 'served by the child');

  child.send('leave');
  await next(child, 'disconnect');
  assert.strictEqual(child.connected, false);
  const [gone] = await new Promise((resolve) => child.send('x', (...args) => resolve(args)));
  assert.strictEqual(gone.code, 'ERR_IPC_CHANNEL_CLOSED');
  child.kill();
}

const alarm = setTimeout(() => { throw new Error('this takes too long'); }, 40000);
commands().then(messages).then(() => clearTimeout(alarm));
