// A server on every core: ./run, then open the address it prints. Kill a worker and another takes its place.
const cluster = require('cluster');
const http = require('http');
const os = require('os');

const port = Number(process.env.PORT || 8000);

if (cluster.isPrimary) {
  console.log(`Primary ${process.pid} starts ${os.availableParallelism()} workers`);
  for (let i = 0; i < os.availableParallelism(); i++) cluster.fork();

  cluster.on('exit', (worker, code, signal) => {
    console.log(`Worker ${worker.process.pid} ended (${signal || code}), starting another`);
    cluster.fork();
  });
  cluster.once('listening', () => console.log(`Listening on http://localhost:${port}`));
} else {
  http.createServer((req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/plain' });
    res.end(`Hello from worker ${process.pid}\n`);
  }).listen(port);
}
