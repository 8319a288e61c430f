// Work that keeps a core busy belongs on a thread: the main thread stays free to answer.
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');

if (isMainThread) {
  const worker = new Worker(__filename, { workerData: { num: 40 } });
  const ticks = setInterval(() => process.stdout.write('.'), 50);
  worker.on('message', (result) => console.log(`\nFibonacci result: ${result}`));
  worker.on('error', (error) => console.error(error));
  worker.on('exit', () => clearInterval(ticks));
} else {
  parentPort.postMessage(fibonacci(workerData.num));
}

function fibonacci(n) {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
