// Worker threads: milliseconds to start one, microseconds for a message there and back, and memory shared by two.
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
const now = () => Number(process.hrtime.bigint()) / 1e6;
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));

if (!isMainThread) {
  if (workerData.shared) {
    const cells = new Int32Array(workerData.shared);
    for (let i = 0; i < workerData.times; i++) Atomics.add(cells, 0, 1);
    parentPort.postMessage('done');
  } else if (workerData.echo) {
    parentPort.on('message', (message) => parentPort.postMessage(message));
  } else {
    parentPort.postMessage('up');
  }
} else {
  (async () => {
    const starts = [];
    for (let i = 0; i < 20; i++) {
      const begun = now();
      const worker = new Worker(__filename, { workerData: {} });
      await event(worker, 'message');
      starts.push(now() - begun);
      await worker.terminate();
    }
    console.log('start_ms', median(starts).toFixed(2));

    const worker = new Worker(__filename, { workerData: { echo: true } });
    const messages = {
      small: [{ id: 1, name: 'two', list: [3, 4] }, 3000],
      text_64k: ['x'.repeat(65536), 800],
      keys_1000: [Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key${i}`, i])), 200],
      bytes_1m: [new Uint8Array(1 << 20), 150],
    };
    for (const [name, [message, times]] of Object.entries(messages)) {
      let begun;
      for (let i = -times / 5; i < times; i++) {
        if (i === 0) begun = now();
        worker.postMessage(message);
        await event(worker, 'message');
      }
      console.log(`${name}_us`, ((now() - begun) * 1000 / times).toFixed(2));
    }
    await worker.terminate();

    const shared = new SharedArrayBuffer(4);
    const begun = now();
    const adders = [1, 2].map(() => new Worker(__filename, { workerData: { shared, times: 2e6 } }));
    await Promise.all(adders.map((adder) => event(adder, 'message')));
    console.log('adding_ms', (now() - begun).toFixed(2));
    await Promise.all(adders.map((adder) => adder.terminate()));
  })();
}
