// A file of 100 KB for every request.
const fs = require('fs');
const path = require('path');

const file = path.join(fs.mkdtempSync(path.join(require('os').tmpdir(), 'bench-file-')), 'file');
fs.writeFileSync(file, Buffer.alloc(100 * 1024, 'x'));
require('http').createServer((req, res) => {
  fs.createReadStream(file).pipe(res);
}).listen(process.env.PORT);
