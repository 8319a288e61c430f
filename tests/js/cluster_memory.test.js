// Eight idle HTTP workers, the template that they are copies of, and their primary take little memory together.
const cluster = require('cluster');

// Their own memory: how much of a library's file is mapped beside it is the kernel's choice, and differs from run to run.
const WORKERS = 8, MOST_KB = 46 * 1024;

function tookKb(pid) {
  return +/^Pss_Anon: +(\d+)/m.exec(require('fs').readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))[1];
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
