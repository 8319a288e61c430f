// Whatever is made with OpenSSL is given back, whether the operation goes well or fails: each runs many times between
// two collections, and C has no more memory in use than before.
const assert = require('assert');
const crypto = require('crypto');
const tls = require('tls');
const v8 = require('v8');
const zlib = require('zlib');
const { spawnSync } = require('child_process');

if (!globalThis.gc) {
  const run = spawnSync(process.execPath, ['--expose-gc', __filename], { stdio: 'inherit' });
  process.exit(run.status ?? 1);
}

const text = Buffer.alloc(512, 'oar');
const secret = crypto.randomBytes(32);
const iv = crypto.randomBytes(12);
const rsa = crypto.generateKeyPairSync('rsa', { modulusLength: 1024 });
const other = crypto.generateKeyPairSync('ed25519');
const ec = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsaPem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' });
const ecPem = ec.privateKey.export({ type: 'pkcs8', format: 'pem' });
const publicDer = ec.publicKey.export({ type: 'spki', format: 'der' });
const locked = ec.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'deck' });
const signature = crypto.sign('sha256', text, ec.privateKey);
const x25519 = crypto.generateKeyPairSync('x25519');
const ecdh = crypto.createECDH('prime256v1');
ecdh.generateKeys();
const point = ecdh.getPublicKey();
const dh = crypto.getDiffieHellman('modp5');
dh.generateKeys();
const squeezed = zlib.gzipSync(text);
const certificate = require('./certificate')().cert.toString();
const fails = (f) => () => assert.throws(f);

const operations = {
  'hash': () => crypto.createHash('sha256').update(text).copy().digest('hex'),
  'hash without an end': () => crypto.createHash('sha256').update(text),
  'hash of no name': fails(() => crypto.createHash('sha0')),
  'hmac': () => crypto.createHmac('sha256', secret).update(text).digest(),
  'hmac without an end': () => crypto.createHmac('sha256', secret),
  'hmac of no name': fails(() => crypto.createHmac('sha0', secret)),
  'sign': () => crypto.createSign('sha256').update(text).sign(ec.privateKey),
  'sign for the web': () => crypto.createSign('sha256').update(text).sign({ key: ec.privateKey, dsaEncoding: 'ieee-p1363' }),
  'sign that cannot be': fails(() => crypto.createSign('sha512').update(text).sign({ key: rsaPem, padding: 6, saltLength: 500 })),
  'sign at once': () => crypto.sign(null, text, other.privateKey),
  'verify': () => assert.ok(crypto.createVerify('sha256').update(text).verify(ec.publicKey, signature)),
  'verify what is wrong': () => assert.ok(!crypto.verify('sha256', text, ec.publicKey, signature.subarray(1))),
  'encrypt': () => {
    const cipher = crypto.createCipheriv('aes-256-gcm', secret, iv);
    return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  },
  'encrypt without an end': () => crypto.createCipheriv('aes-256-gcm', secret, iv).update(text),
  'encrypt with too short a key': fails(() => crypto.createCipheriv('aes-256-gcm', iv, iv)),
  'decrypt what was changed': fails(() => {
    const decipher = crypto.createDecipheriv('aes-256-gcm', secret, iv).setAuthTag(Buffer.alloc(16));
    decipher.update(text);
    decipher.final();
  }),
  'rsa': () => crypto.privateDecrypt(rsa.privateKey, crypto.publicEncrypt(rsa.publicKey, secret)),
  'rsa of the wrong bytes': fails(() => crypto.privateDecrypt({ key: rsa.privateKey, padding: 4 }, Buffer.alloc(128, 1))),
  'private key from text': () => crypto.createPrivateKey(ecPem),
  'private key behind a phrase': () => crypto.createPrivateKey({ key: locked, passphrase: 'deck' }),
  'private key behind another phrase': fails(() => crypto.createPrivateKey({ key: locked, passphrase: 'hold' })),
  'private key that is none': fails(() => crypto.createPrivateKey('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----')),
  'public key from bytes': () => crypto.createPublicKey({ key: publicDer, format: 'der', type: 'spki' }),
  'public key that is none': fails(() => crypto.createPublicKey({ key: publicDer.subarray(3), format: 'der', type: 'spki' })),
  'key out and in': () => crypto.createPrivateKey({ key: rsa.privateKey.export({ format: 'jwk' }), format: 'jwk' }),
  'key in many forms': () => [rsa.privateKey.export({ type: 'pkcs1', format: 'der' }), ec.privateKey.export({ type: 'sec1', format: 'pem' })],
  'new keys': () => crypto.generateKeyPairSync('ed25519'),
  'shared secret': () => crypto.diffieHellman({ privateKey: x25519.privateKey, publicKey: x25519.publicKey }),
  'shared secret of two kinds': fails(() => crypto.diffieHellman({ privateKey: x25519.privateKey, publicKey: ec.publicKey })),
  'ecdh': () => crypto.createECDH('prime256v1').setPrivateKey(secret.fill(1, 0, 1)),
  'ecdh with a point': () => ecdh.computeSecret(point),
  'ecdh with no point': fails(() => ecdh.computeSecret(point.subarray(1))),
  'dh': () => crypto.createDiffieHellman(dh.getPrime().subarray(0, 16)).setPrivateKey(secret),
  'dh with no key': fails(() => dh.computeSecret(Buffer.alloc(1))),
  'pbkdf2': () => crypto.pbkdf2Sync('oar', secret, 2, 64, 'sha256'),
  'scrypt': () => crypto.scryptSync('oar', secret, 64, { N: 2, r: 1, p: 1 }),
  'scrypt beyond its memory': fails(() => crypto.scryptSync('oar', secret, 64, { N: 2 ** 20, maxmem: 1000 })),
  'hkdf': () => crypto.hkdfSync('sha256', secret, iv, iv, 64),
  'certificate': () => new crypto.X509Certificate(certificate).toLegacyObject(),
  'certificate and names': () => new crypto.X509Certificate(certificate).checkHost('galley.test'),
  'certificate that is none': fails(() => new crypto.X509Certificate(text)),
  'secure context': () => tls.createSecureContext({ ca: certificate, ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }),
  'secure context with a foreign key': fails(() => tls.createSecureContext({ cert: certificate, key: ecPem })),
  'connection that goes nowhere': () => new tls.TLSSocket(undefined, { isServer: false, secureContext }).destroy(),
  'gunzip': () => zlib.gunzipSync(squeezed),
  'gunzip of half': fails(() => zlib.gunzipSync(squeezed.subarray(0, 20))),
  'deflate without an end': () => zlib.createDeflate(),
  'brotli': () => zlib.brotliDecompressSync(zlib.brotliCompressSync(secret, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } })),
};
const secureContext = tls.createSecureContext({});

const turn = () => new Promise((resolve) => setImmediate(resolve));
const memory = async () => {
  for (let i = 0; i < 2; i++) {
    gc();
    await turn();
  }
  return v8.getHeapStatistics().malloced_memory;
};

const run = async (operation, count) => {
  for (let i = 0; i < count; i++) {
    operation();
    if (i % 50 === 49) await turn();
  }
};

const SMALLEST = 100 * 24; // the smallest block, a hundred times

// The collector may overlook a few objects each time; a leak grows every time.
async function leaked(operation) {
  let least = Infinity;
  for (let tries = 0; tries < 8 && least >= SMALLEST; tries++) {
    const before = await memory();
    await run(operation, 100);
    least = Math.min(least, (await memory()) - before);
  }
  return least;
}

(async () => {
  for (const operation of Object.values(operations)) await run(operation, 50);
  const leaks = [];
  for (const [name, operation] of Object.entries(operations)) {
    const bytes = await leaked(operation);
    if (bytes >= SMALLEST) leaks.push([name, bytes]);
  }
  assert.deepStrictEqual(leaks, []);
})();
