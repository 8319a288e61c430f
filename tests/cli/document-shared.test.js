// The documents' shared memory: threads add to one array and no addition is lost.
const assert = require('assert');
const { start, write, documentText } = require('./lib.js');

(async () => {
  const text = documentText('003');
  let main = `const sharedBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * 1000);
const sharedArray = new Int32Array(sharedBuffer);
const worker = new Worker('./worker.js', { workerData: { sharedBuffer } });
`;
  let thread = `const sharedArray = new Int32Array(workerData.sharedBuffer);
Atomics.add(sharedArray, 0, 1);
`;
  if (text !== undefined) {
    const from = text.indexOf('// SharedArrayBuffer: share memory');
    const middle = text.indexOf('// Worker thread:', from);
    main = text.slice(from, middle);
    thread = text.slice(middle, text.indexOf('\u2022', middle));
  }
  // Around the document's lines: what requires their names, more threads, more additions, and the sum.
  write('worker.js', `const { workerData } = require('worker_threads');\n${thread}
for (let i = 1; i < 100000; i++) Atomics.add(sharedArray, 0, 1);`);
  const program = start([write('main.js', `const { Worker } = require('worker_threads');\n${main}
const second = new Worker('./worker.js', { workerData: { sharedBuffer } });
let left = 2;
for (const one of [worker, second]) one.on('exit', () => --left || console.log(sharedArray[0]));`)]);
  const end = await program.ended;
  assert.strictEqual(program.output.trim(), '200000');
  assert.deepStrictEqual(end, { code: 0, signal: null });
})();
