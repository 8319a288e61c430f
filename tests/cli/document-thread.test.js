// The documents' worker thread computes fib(40) beside a main thread that stays free.
const assert = require('assert');
const { root, start, write, documentText, fenced } = require('./lib.js');

(async () => {
  const text = documentText('000');
  const program = start([text === undefined ? `${root}/examples/fibonacci.js` : write('thread.js', fenced(text, 1))]);
  assert.deepStrictEqual(await program.ended, { code: 0, signal: null });
  assert.match(program.output, /Fibonacci result: 102334155/);
})();
