// The documents' pool of hashers answers, and a document's main program may await at its top level.
const assert = require('assert');
const crypto = require('crypto');
const { start, write, documentText } = require('./lib.js');

const own = `const { isMainThread } = require('worker_threads');
const os = require('os');
if (isMainThread) {
  const { WorkerPool } = require('./worker-pool');
  const pool = new WorkerPool('./hasher.js', os.cpus().length);
  const hash = await pool.run({ input: largeData });
}
`;

(async () => {
  const text = documentText('003');
  let source = own;
  if (text !== undefined) {
    const from = text.indexOf('// main.js');
    source = text.slice(from, text.indexOf('Shared memory between threads', from));
  }
  // What the document leaves to its reader: the pool's module, its worker, the data, and a look at the result.
  write('worker-pool.js', 'module.exports = require("galley");');
  write('hasher.js', `const { parentPort } = require('worker_threads');
const { createHash } = require('crypto');
parentPort.on('message', ({ input }) => parentPort.postMessage(createHash('sha256').update(input).digest('hex')));
`);
  const data = 'galley '.repeat(100000);
  const program = start([write('main.js', `const os = require('os'); const largeData = 'galley '.repeat(100000);
${source.replace("const os = require('os');\n", '').replace('await pool.run({ input: largeData });', '$& console.log(hash); await pool.close();')}`)]);
  const end = await program.ended;
  assert.strictEqual(program.output.trim(), crypto.createHash('sha256').update(data).digest('hex'));
  assert.deepStrictEqual(end, { code: 0, signal: null });
})();
