// HTTPS with a key and a certificate of its own, which the openssl command makes at the start.
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-bench-'));
const file = (name) => path.join(home, name);
spawnSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
  '-subj', '/CN=localhost', '-keyout', file('key'), '-out', file('cert')]);
const [key, cert] = [fs.readFileSync(file('key')), fs.readFileSync(file('cert'))];
fs.rmSync(home, { recursive: true });
require('https').createServer({ key, cert }, (req, res) => {
  res.writeHead(200, { 'Content-Type': 'text/plain' });
  res.end('Hello World');
}).listen(process.env.PORT);
