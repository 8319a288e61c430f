// Eight idle HTTP workers, the template that they are copies of, and their primary take little memory together.
const cluster = require('cluster');

const WORKERS = 8, MOST_KB = 64 * 1024; // 60 MB where this was written, with the engine's code to ourselves

function tookKb(pid) {
  return +/^Pss: +(\d+)/m.exec(require('fs').readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))[1];
}

function lead() {
  let listening = 0;
  cluster.on('listening', () => {
    if (++listening === WORKERS) setTimeout(measure, 300);
  });
  for (let i = 0; i < WORKERS; i++) cluster.fork();
}

function measure() {
  const assert = require('assert'); // only here: workers are measured as they serve
  const fs = require('fs');
  const children = fs.readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1').trim().split(' ');
  assert.ok(children.length > WORKERS, 'the template is counted too');
  const kb = [process.pid, ...children].reduce((sum, pid) => sum + tookKb(pid), 0);
  assert.ok(kb < MOST_KB, `${kb} kB`);
  cluster.disconnect();
}

if (cluster.isPrimary) lead();
else require('http').createServer((request, response) => response.end('hello')).listen(0);
