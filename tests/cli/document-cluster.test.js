// The documents' cluster program answers from every worker, and a killed worker is replaced.
const assert = require('assert');
const { root, start, until, get, write, documentText, fenced } = require('./lib.js');

(async () => {
  const text = documentText('000');
  const own = text === undefined;
  const port = own ? 18123 : 8000;
  const file = own ? `${root}/examples/cluster.js` : write('cluster.js', fenced(text, 0));
  const program = start([file], { env: { ...process.env, PORT: port } });
  const pidOf = async () => /worker (\d+)/i.exec((await get(port)).body)[1];

  const pids = new Set();
  await until('answers from two workers', async () => pids.add(await pidOf()).size >= 2);
  const [victim] = pids;
  process.kill(+victim, 'SIGKILL');
  await until('a new worker answers', async () => {
    const pid = await pidOf();
    assert.notStrictEqual(pid, victim);
    return !pids.has(pid);
  });
  assert.match(program.output, new RegExp(`Worker ${victim} (died|ended)`));
  await program.stop();
})();
