// The documents' Express program answers JSON from every worker; a dead worker is restarted.
const assert = require('assert');
const path = require('path');
const { root, start, until, get, write, documentText } = require('./lib.js');

(async () => {
  const text = documentText('003');
  let port = 3000, source;
  if (text === undefined) {
    port = 18124;
    source = require('fs').readFileSync(`${root}/examples/express.js`, 'utf8');
  } else {
    const from = text.indexOf("const cluster = require('cluster');");
    source = text.slice(from, text.indexOf('// Result:', from)) +
      '\nasync function fetchData() { return { worker: process.pid }; }\n'; // what the document leaves to its reader
  }
  const file = write('api.js', source);
  const program = start([file], { env: { ...process.env, PORT: port, NODE_PATH: path.join(root, 'tests/node_modules') } });
  const ask = async () => JSON.parse((await get(port, '/api/data')).body).worker;
  const pids = new Set();
  await until('answers from two workers', async () => pids.add(await ask()).size >= 2);
  assert.match(program.output, new RegExp(`listening on port ${port}`));
  const [victim] = pids;
  process.kill(victim, 'SIGKILL');
  await until('another worker', async () => !pids.has(await ask()));
  assert.match(program.output, /died \(SIGKILL\). Restarting/);
  await program.stop();
})();
