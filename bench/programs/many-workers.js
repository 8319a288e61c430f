// A hundred workers at once: megabytes and milliseconds of processor time for each. And a worker in an endless loop, ended a
// hundred times: milliseconds for the median and the slowest, and the megabytes that the process grew by.
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
const fs = require('fs');
const now = () => Number(process.hrtime.bigint()) / 1e6;
const heard = (worker) => new Promise((resolve) => worker.once('message', resolve));
const pssMb = () => +/^Pss:\s+(\d+)/m.exec(fs.readFileSync('/proc/self/smaps_rollup', 'utf8'))[1] / 1024;

if (!isMainThread) {
  parentPort.postMessage('up');
  if (workerData === 'loop') for (;;);
  parentPort.on('message', () => {});
} else {
  (async () => {
    const count = 100;
    const before = pssMb(), used = process.cpuUsage();
    const workers = Array.from({ length: count }, () => new Worker(__filename));
    await Promise.all(workers.map(heard));
    const { user, system } = process.cpuUsage(used);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    console.log('each_mb', ((pssMb() - before) / count).toFixed(2));
    console.log('each_cpu_ms', ((user + system) / 1000 / count).toFixed(2));
    await Promise.all(workers.map((worker) => worker.terminate()));

    const took = [];
    let grown = 0;
    for (let i = 0; i < count; i++) {
      if (i === count / 5) grown = -pssMb();
      const worker = new Worker(__filename, { workerData: 'loop' });
      await heard(worker);
      const begun = now();
      await worker.terminate();
      took.push(now() - begun);
    }
    took.sort((a, b) => a - b);
    console.log('terminate_ms', took[count >> 1].toFixed(2));
    console.log('terminate_slowest_ms', took.at(-1).toFixed(2));
    console.log('terminate_grown_mb', Math.max(0, grown + pssMb()).toFixed(2));
  })();
}
