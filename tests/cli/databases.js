// Database servers of a test's own: in a folder that goes away, run by an ordinary user, on a free port of the loopback.
const { spawn, execFileSync } = require('child_process');
const fs = require('fs');
const net = require('net');
const os = require('os');
const path = require('path');

const password = 'oars';
const stops = new Set();
process.on('exit', () => { for (const stop of stops) stop(); });

// Neither server runs as root; root lends them the user nobody.
function ordinaryUser() {
  if (process.getuid() !== 0) return {};
  const [, , uid, gid] = fs.readFileSync('/etc/passwd', 'utf8').match(/^nobody:.*$/m)[0].split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

function freshFolder(owner) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-database-'));
  if (owner.uid !== undefined) fs.chownSync(folder, owner.uid, owner.gid);
  return folder;
}

const freePort = () => new Promise((resolve) => {
  const server = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

function accepts(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

async function started(words, folder, owner, port) {
  const log = fs.openSync(path.join(folder, 'log'), 'a');
  const child = spawn(words[0], words.slice(1), { ...owner, cwd: folder, stdio: ['ignore', log, log] });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  let isOver = false;
  ended.then(() => isOver = true);
  const remove = () => {
    child.kill('SIGKILL');
    fs.rmSync(folder, { recursive: true, force: true });
  };
  stops.add(remove);
  for (let i = 0; !await accepts(port); i++) {
    if (i > 300 || isOver) throw new Error(`${words[0]} did not start:\n${fs.readFileSync(path.join(folder, 'log'), 'utf8')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    port,
    // As its operator would in a hurry: connections are cut.
    async cut(signal = 'SIGQUIT') {
      child.kill(signal);
      await ended;
    },
    async stop() {
      child.kill('SIGQUIT');
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 2000))]);
      stops.delete(remove);
      remove();
    },
  };
}

async function postgres() {
  const owner = ordinaryUser();
  const folder = freshFolder(owner);
  const home = '/usr/lib/postgresql';
  const bin = path.join(home, fs.readdirSync(home).sort((a, b) => b - a)[0], 'bin');
  const data = path.join(folder, 'data');
  const secret = path.join(folder, 'secret');
  fs.writeFileSync(secret, password, { mode: 0o644 });
  execFileSync(path.join(bin, 'initdb'), ['-D', data, '-U', 'galley', '-A', 'scram-sha-256', `--pwfile=${secret}`, '--no-sync', '-E', 'UTF8', '--locale=C'],
    { ...owner, cwd: folder, stdio: 'pipe' });
  const port = await freePort();
  const server = await started([path.join(bin, 'postgres'), '-D', data, '-k', folder, '-p', `${port}`, '-h', '127.0.0.1', '-F'], folder, owner, port);
  return { ...server, connection: { host: '127.0.0.1', port, user: 'galley', password, database: 'postgres' } };
}

async function mariadb() {
  const owner = ordinaryUser();
  const folder = freshFolder(owner);
  const data = path.join(folder, 'data');
  const words = ['--no-defaults', `--datadir=${data}`];
  execFileSync('mariadb-install-db', [...words, '--auth-root-authentication-method=normal', '--skip-test-db', '--innodb-log-file-size=4M'],
    { ...owner, cwd: folder, stdio: 'pipe' });
  const port = await freePort();
  const server = await started(['mariadbd', ...words, `--socket=${path.join(folder, 'socket')}`, `--port=${port}`,
    '--bind-address=127.0.0.1', '--innodb-flush-log-at-trx-commit=0', '--innodb-log-file-size=4M'], folder, owner, port);
  execFileSync('mariadb', ['--no-defaults', `--socket=${path.join(folder, 'socket')}`, '-u', 'root', '-e',
    `CREATE DATABASE galley CHARACTER SET utf8mb4; CREATE USER galley@'%' IDENTIFIED BY '${password}'; GRANT ALL ON galley.* TO galley@'%'; ` +
    `CREATE USER galley@localhost IDENTIFIED BY '${password}'; GRANT ALL ON galley.* TO galley@localhost`], { stdio: 'pipe' });
  return { ...server, connection: { host: '127.0.0.1', port, user: 'galley', password, database: 'galley' } };
}

module.exports = { postgres, mariadb };
