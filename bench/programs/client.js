'use strict';
// 64 parallel keep-alive http.get to the server at PORT: CPU microseconds of this process for one request.
const http = require('http');

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });
const options = { host: '127.0.0.1', port: process.env.PORT, path: '/', agent };

function rounds(count, done) {
  let started = 0;
  let ended = 0;
  const one = () => {
    if (started++ >= count) return;
    http.get(options, (response) => {
      response.on('data', () => {});
      response.on('end', () => {
        if (++ended === count) done();
        else one();
      });
    });
  };
  for (let i = 0; i < 64; i++) one();
}

rounds(40_000, () => {
  const before = process.cpuUsage();
  rounds(60_000, () => {
    const { user, system } = process.cpuUsage(before);
    console.log(`get ${(user + system) / 60_000}`);
    agent.destroy();
  });
});
