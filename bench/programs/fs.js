// CPU milliseconds for 10,000 small file operations of each kind; run it with galley-js and with node.
'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');

const count = 10000;
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-bench-'));
const file = path.join(home, 'file');
const bytes = Buffer.alloc(10);
fs.writeFileSync(file, 'x'.repeat(200));

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const report = (name, start) => console.log(name.padEnd(24), (cpuMs() - start).toFixed(1));

function atOnce(name, operation) {
  for (let i = 0; i < 1000; i++) operation();
  const start = cpuMs();
  for (let i = 0; i < count; i++) operation();
  report(name, start);
}

// Eight are under way at any time.
function run(operation, total) {
  return new Promise((resolve, reject) => {
    let started = 0, done = 0;
    const next = () => {
      if (started++ < total) operation((error) => (error ? reject(error) : (++done === total && resolve(), next())));
    };
    for (let i = 0; i < 8; i++) next();
  });
}

async function underWay(name, operation) {
  await run(operation, 1000);
  const start = cpuMs();
  await run(operation, count);
  report(name, start);
}

(async () => {
  atOnce('readFileSync text', () => fs.readFileSync(file, 'utf8'));
  atOnce('readFileSync bytes', () => fs.readFileSync(file));
  atOnce('writeFileSync', () => fs.writeFileSync(file, 'hello world'));
  atOnce('statSync', () => fs.statSync(file));
  atOnce('existsSync', () => fs.existsSync(file));
  atOnce('open, read, close', () => {
    const fd = fs.openSync(file);
    fs.readSync(fd, bytes, 0, 10, 0);
    fs.closeSync(fd);
  });
  atOnce('readdirSync', () => fs.readdirSync(home));
  await underWay('readFile text', (done) => fs.readFile(file, 'utf8', done));
  await underWay('readFile bytes', (done) => fs.readFile(file, done));
  await underWay('writeFile', (done) => fs.writeFile(file, 'hello world', done));
  await underWay('stat', (done) => fs.stat(file, done));
  await underWay('promises.readFile', (done) => fs.promises.readFile(file, 'utf8').then(() => done(), done));
  await underWay('promises.stat', (done) => fs.promises.stat(file).then(() => done(), done));
  fs.rmSync(home, { recursive: true });
})();
