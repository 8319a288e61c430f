const cluster = require('cluster');
if (cluster.isPrimary) {
  for (let i = 0; i < (process.env.WORKERS || 2); i++) cluster.fork();
} else {
  require('./hello.js');
}
