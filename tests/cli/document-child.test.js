// The documents' child process program shows what a Python script prints.
const assert = require('assert');
const { root, start, write, documentText, fenced } = require('./lib.js');

(async () => {
  const text = documentText('000');
  let program;
  if (text === undefined) {
    program = start([`${root}/examples/children.js`]);
    await program.ended;
    for (const way of ['exec: FROM A SHELL', 'execFile: Linux', 'spawn: 1 2 3', 'fork: child'])
      assert.ok(program.output.includes(way), `${way} in ${program.output}`);
    return;
  }
  write('script.py', 'import sys\nprint("python says", *sys.argv[1:])\n');
  // `python` is whatever the machine calls Python 3.
  write('bin/python', '#!/bin/sh\nexec python3 "$@"\n');
  require('fs').chmodSync(`${require('./lib.js').folder}/bin/python`, 0o755);
  program = start([write('child.js', fenced(text, 2))],
    { env: { ...process.env, PATH: `${require('./lib.js').folder}/bin:${process.env.PATH}` } });
  assert.deepStrictEqual(await program.ended, { code: 0, signal: null });
  assert.strictEqual(program.output.trim(), 'Python Output: python says arg1');
})();
