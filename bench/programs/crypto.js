// CPU milliseconds for what servers ask of crypto and zlib, over and over; run it with galley-js and with node.
'use strict';
const crypto = require('crypto');
const zlib = require('zlib');

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const report = (name, start) => console.log(name.padEnd(24), (cpuMs() - start).toFixed(1));

function row(name, count, operation) {
  for (let i = 0; i < count / 10; i++) operation();
  const start = cpuMs();
  for (let i = 0; i < count; i++) operation();
  report(name, start);
}

const small = 'a line of text that somebody logged';
const large = Buffer.alloc(65536, small);
const key = crypto.randomBytes(32), iv = crypto.randomBytes(12);
const pair = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
const gzipped = zlib.gzipSync(large), gzippedSmall = zlib.gzipSync(small);

row('createHash', 50000, () => crypto.createHash('sha256').update(small).digest('hex'));
row('hash', 50000, () => crypto.hash('sha256', small));
row('createHmac', 50000, () => crypto.createHmac('sha256', key).update(small).digest('hex'));
row('randomUUID', 200000, () => crypto.randomUUID());
row('randomBytes', 50000, () => crypto.randomBytes(16));
row('timingSafeEqual', 200000, () => crypto.timingSafeEqual(key, key));
row('aes_gcm', 20000, () => {
  const cipher = crypto.createCipheriv('aes-256-gcm', key, iv);
  return [cipher.update(small), cipher.final(), cipher.getAuthTag()];
});
row('sign_ec', 3000, () => crypto.sign('sha256', key, pair.privateKey));
row('gzip_small', 3000, () => zlib.gzipSync(small));
row('gunzip_small', 20000, () => zlib.gunzipSync(gzippedSmall));
row('gzip_64k', 300, () => zlib.gzipSync(large));
row('gunzip_64k', 2000, () => zlib.gunzipSync(gzipped));
row('brotli_small', 500, () => zlib.brotliCompressSync(small));

async function later(name, count, operation) {
  const start = cpuMs();
  for (let done = 0; done < count; done += 8) await Promise.all(Array.from({ length: 8 }, operation));
  report(name, start);
}

const called = (f) => new Promise((resolve, reject) => f((error, value) => (error ? reject(error) : resolve(value))));

(async () => {
  await later('gzip_stream', 400, () => new Promise((resolve) => zlib.createGzip().on('end', resolve).resume().on('error', resolve).end(large)));
  await later('randomBytes_async', 4000, () => called((done) => crypto.randomBytes(16, done)));
  await later('pbkdf2', 200, () => called((done) => crypto.pbkdf2('oars', key, 1000, 32, 'sha256', done)));
  await later('scrypt', 40, () => called((done) => crypto.scrypt('oars', key, 32, { N: 4096 }, done)));
  await later('webcrypto_digest', 4000, () => globalThis.crypto.subtle.digest('SHA-256', key));
})();
