// Milliseconds from cluster.fork() to 'online' and to 'listening', medians of twenty.
const cluster = require('cluster');
const now = () => Number(process.hrtime.bigint()) / 1e6;
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1].toFixed(2);
if (cluster.isPrimary) {
  (async () => {
    const online = [], listening = [];
    for (let i = 0; i < 20; i++) {
      const start = now();
      const worker = cluster.fork();
      await new Promise((resolve) => worker.once('online', resolve));
      online.push(now() - start);
      await new Promise((resolve) => worker.once('listening', resolve));
      listening.push(now() - start);
      worker.kill();
      await new Promise((resolve) => worker.once('exit', resolve));
    }
    console.log('fork_online', median(online));
    console.log('fork_listening', median(listening));
    process.exit(0);
  })();
} else {
  require('net').createServer().listen(0);
}
