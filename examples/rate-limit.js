'use strict';
// A rate limiter that all processes of a cluster share: no message, no database, one addition in memory.
//
//     galley examples/rate-limit.js
//     for i in $(seq 20); do curl -s -o /dev/null -w '%{http_code} ' localhost:8000; done
const cluster = require('cluster');
const http = require('http');
const { sharedMemory } = require('galley');

const perSecond = 10;
const buckets = 4096; // clients whose addresses meet in a bucket share it

// For each bucket: the second that is being counted, and the requests in it.
const cells = new Int32Array(sharedMemory('rate limit', buckets * 8));

function bucketOf(address) {
  let hash = 0;
  for (let i = 0; i < address.length; i++) hash = Math.imul(hash ^ address.charCodeAt(i), 0x01000193) >>> 0;
  return hash % buckets * 2;
}

function mayPass(address) {
  const at = bucketOf(address);
  const now = Math.floor(Date.now() / 1000) | 0;
  const counted = Atomics.load(cells, at);
  // Whoever is first to see the new second begins it, whichever process that is.
  if (counted !== now && Atomics.compareExchange(cells, at, counted, now) === counted) Atomics.store(cells, at + 1, 0);
  return Atomics.add(cells, at + 1, 1) < perSecond;
}

if (cluster.isPrimary) {
  for (let i = 0; i < 4; i++) cluster.fork();
} else {
  http.createServer((request, response) => {
    if (mayPass(request.socket.remoteAddress)) response.end(`hello from ${process.pid}\n`);
    else response.writeHead(429, { 'Retry-After': '1' }).end('too many requests\n');
  }).listen(process.env.PORT ?? 8000);
}
