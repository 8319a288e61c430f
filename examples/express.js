// Express on every core. Install it where your program is: npm install express
const cluster = require('cluster');
const os = require('os');

const port = Number(process.env.PORT || 3000);

if (cluster.isPrimary) {
  for (let i = 0; i < os.cpus().length; i++) cluster.fork();
  cluster.on('exit', (worker, code, signal) => {
    console.log(`Worker ${worker.process.pid} died (${signal || code}). Restarting...`);
    cluster.fork();
  });
} else {
  const express = require('express');
  const app = express();
  app.get('/api/data', async (req, res) => {
    res.json({ worker: process.pid, load: os.loadavg() });
  });
  app.listen(port, () => console.log(`Worker ${process.pid} listening on port ${port}`));
}
