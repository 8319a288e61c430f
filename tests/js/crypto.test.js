// Crypto over OpenSSL: known answers of the standards, round trips, and errors that say what went wrong.
const { test } = require('node:test');
const assert = require('assert');
const crypto = require('crypto');
const { promisify } = require('util');

test('digests and HMACs give the known answers', () => {
  const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  assert.strictEqual(crypto.createHash('sha256').update('a').update(Buffer.from('bc')).digest('hex'), abc);
  assert.strictEqual(crypto.hash('sha256', 'abc'), abc);
  // RFC 4231, second case
  assert.strictEqual(crypto.createHmac('sha256', 'Jefe').update('what do ya want for nothing?').digest('hex'),
                     '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
});

test('a hash can be copied, streamed to, and used once', async () => {
  const hash = crypto.createHash('sha1').update('a');
  const copy = hash.copy();
  assert.strictEqual(hash.update('bc').digest('hex'), copy.update('bc').digest('hex'));
  assert.throws(() => hash.digest(), { code: 'ERR_CRYPTO_HASH_FINALIZED' });
  const stream = crypto.createHash('sha1');
  stream.end('abc');
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  assert.strictEqual(Buffer.concat(chunks).toString('hex'), 'a9993e364706816aba3e25717850c26c9cd0d89d');
});

test('derived keys give the known answers, here and on a thread', async () => {
  // RFC 6070, second case
  const expected = 'ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957';
  assert.strictEqual(crypto.pbkdf2Sync('password', 'salt', 2, 20, 'sha1').toString('hex'), expected);
  assert.strictEqual((await promisify(crypto.pbkdf2)('password', 'salt', 2, 20, 'sha1')).toString('hex'), expected);
  // RFC 7914, first case
  assert.strictEqual(crypto.scryptSync('', '', 64, { N: 16, r: 1, p: 1 }).toString('hex').slice(0, 32),
                     '77d6576238657b203b19ca42c18a0497');
  // RFC 5869, first case
  const okm = crypto.hkdfSync('sha256', Buffer.alloc(22, 0x0b), Buffer.from('000102030405060708090a0b0c', 'hex'),
                              Buffer.from('f0f1f2f3f4f5f6f7f8f9', 'hex'), 42);
  assert.strictEqual(Buffer.from(okm).toString('hex').slice(0, 40), '3cb25f25faacd57a90434f64d0362f2a2d2d0a90');
});

test('an authenticated text that was touched is not believed', () => {
  for (const [name, options] of [['aes-256-gcm'], ['chacha20-poly1305', { authTagLength: 16 }], ['aes-256-ocb', { authTagLength: 16 }]]) {
    const key = crypto.randomBytes(32);
    const iv = crypto.randomBytes(12);
    const cipher = crypto.createCipheriv(name, key, iv, options);
    cipher.setAAD(Buffer.from('head'));
    const text = Buffer.concat([cipher.update('secret'), cipher.final()]);
    const open = (bytes) => {
      const decipher = crypto.createDecipheriv(name, key, iv, options);
      decipher.setAAD(Buffer.from('head'));
      decipher.setAuthTag(cipher.getAuthTag());
      return Buffer.concat([decipher.update(bytes), decipher.final()]).toString();
    };
    assert.strictEqual(open(text), 'secret');
    text[0] ^= 1;
    assert.throws(() => open(text), /unable to authenticate data/);
  }
});

test('errors of OpenSSL carry code, library and reason', () => {
  const decipher = crypto.createDecipheriv('aes-128-cbc', Buffer.alloc(16), Buffer.alloc(16));
  decipher.update(Buffer.alloc(16));
  assert.throws(() => decipher.final(), {
    code: 'ERR_OSSL_BAD_DECRYPT', library: 'Provider routines', reason: 'bad decrypt',
  });
  assert.throws(() => crypto.createHash('nothing'), /Digest method not supported/);
  assert.throws(() => crypto.createCipheriv('aes-128-cbc', 'short', Buffer.alloc(16)), { code: 'ERR_CRYPTO_INVALID_KEYLEN' });
  assert.throws(() => crypto.createPrivateKey('no key'), /DECODER routines::unsupported/);
});

test('every kind of key signs, and nobody else can', () => {
  const kinds = [
    ['rsa', { modulusLength: 1024 }, 'sha256'],
    ['ec', { namedCurve: 'P-256' }, 'sha256'],
    ['ed25519', undefined, null],
    ['ed448', undefined, null],
  ];
  for (const [type, options, digest] of kinds) {
    const { publicKey, privateKey } = crypto.generateKeyPairSync(type, options);
    const other = crypto.generateKeyPairSync(type, options);
    const signature = crypto.sign(digest, Buffer.from('text'), privateKey);
    assert.strictEqual(crypto.verify(digest, Buffer.from('text'), publicKey, signature), true, type);
    assert.strictEqual(crypto.verify(digest, Buffer.from('texts'), publicKey, signature), false, type);
    assert.strictEqual(crypto.verify(digest, Buffer.from('text'), other.publicKey, signature), false, type);
  }
});

test('keys travel as PEM, DER and JWK, encrypted if asked', () => {
  const { privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const forms = [
    { format: 'pem', type: 'pkcs8' },
    { format: 'der', type: 'sec1' },
    { format: 'jwk' },
  ];
  for (const form of forms) {
    const exported = privateKey.export(form);
    assert.ok(crypto.createPrivateKey({ key: exported, ...form }).equals(privateKey));
  }
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'open' });
  assert.match(pem, /^-----BEGIN ENCRYPTED PRIVATE KEY-----/);
  assert.ok(crypto.createPrivateKey({ key: pem, passphrase: 'open' }).equals(privateKey));
  assert.throws(() => crypto.createPrivateKey({ key: pem, passphrase: 'shut' }));
});

test('two parties agree on a secret', () => {
  for (const make of [() => crypto.createECDH('secp256k1'), () => crypto.getDiffieHellman('modp14')]) {
    const one = make();
    const two = make();
    one.generateKeys();
    two.generateKeys();
    assert.deepStrictEqual(one.computeSecret(two.getPublicKey()), two.computeSecret(one.getPublicKey()));
  }
});

test('random numbers stay in their range and UUIDs have their version', () => {
  for (let i = 0; i < 200; i++) {
    const n = crypto.randomInt(-3, 4);
    assert.ok(n >= -3 && n < 4);
  }
  assert.match(crypto.randomUUID(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.strictEqual(crypto.checkPrimeSync(crypto.generatePrimeSync(64, { bigint: true })), true);
});

test('webcrypto encrypts, signs and derives', async () => {
  const { subtle } = globalThis.crypto;
  const key = await subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  const iv = globalThis.crypto.getRandomValues(new Uint8Array(12));
  const text = await subtle.encrypt({ name: 'AES-GCM', iv }, key, Buffer.from('secret'));
  assert.strictEqual(Buffer.from(await subtle.decrypt({ name: 'AES-GCM', iv }, key, text)).toString(), 'secret');
  await assert.rejects(subtle.exportKey('raw', key), /not extractable/);
  const pair = await subtle.generateKey({ name: 'Ed25519' }, true, ['sign', 'verify']);
  const signature = await subtle.sign('Ed25519', pair.privateKey, Buffer.from('text'));
  assert.strictEqual(await subtle.verify('Ed25519', pair.publicKey, signature, Buffer.from('text')), true);
  await assert.rejects(subtle.digest('SHA-9', Buffer.alloc(1)), { name: 'NotSupportedError' });
});

test('keys cross to other threads and clone', async () => {
  const { MessageChannel } = require('worker_threads');
  const pair = crypto.generateKeyPairSync('ed25519');
  const secret = crypto.createSecretKey(Buffer.from('oars'));
  const webKey = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['encrypt']);
  const { port1, port2 } = new MessageChannel();
  port1.postMessage({ ...pair, secret, webKey });
  const got = await new Promise((resolve) => port2.once('message', resolve));
  port1.close();
  assert.ok(crypto.verify(null, Buffer.from('deck'), got.publicKey, crypto.sign(null, Buffer.from('deck'), got.privateKey)));
  assert.ok(got.publicKey.equals(pair.publicKey));
  assert.ok(structuredClone(secret).equals(got.secret));
  assert.deepStrictEqual([got.webKey.algorithm, got.webKey.extractable, got.webKey.usages], [{ name: 'AES-GCM', length: 128 }, false, ['encrypt']]);
});

test('a secret is wrapped for the owner of an RSA key', async () => {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { sharedKey, ciphertext } = crypto.encapsulate(publicKey);
  assert.ok(sharedKey.equals(crypto.decapsulate(privateKey, ciphertext)));
  const later = await new Promise((resolve, reject) => crypto.decapsulate(privateKey, ciphertext, (error, key) => (error ? reject(error) : resolve(key))));
  assert.ok(later.equals(sharedKey));
  assert.throws(() => crypto.decapsulate(crypto.generateKeyPairSync('x25519').privateKey, ciphertext), { code: 'ERR_CRYPTO_OPERATION_FAILED' });
});

test('webcrypto encrypts and signs with every algorithm that it says it supports', async () => {
  const { subtle } = globalThis.crypto;
  const text = Buffer.from('pull the oars');
  const iv = Buffer.alloc(12, 1);
  for (const [algorithm, more] of [['AES-GCM', { length: 256 }], ['AES-OCB', { length: 128 }], ['ChaCha20-Poly1305', {}]]) {
    assert.ok(subtle.constructor.supports('encrypt', algorithm));
    const key = await subtle.generateKey({ name: algorithm, ...more }, true, ['encrypt', 'decrypt']);
    const again = await subtle.importKey('jwk', await subtle.exportKey('jwk', key), algorithm, false, ['decrypt']);
    const sealed = await subtle.encrypt({ name: algorithm, iv, additionalData: text }, key, text);
    assert.ok(Buffer.from(await subtle.decrypt({ name: algorithm, iv, additionalData: text }, again, sealed)).equals(text));
    new Uint8Array(sealed)[0] ^= 1;
    await assert.rejects(subtle.decrypt({ name: algorithm, iv, additionalData: text }, again, sealed), { name: 'OperationError' });
    await assert.rejects(subtle.encrypt({ name: algorithm }, key, text), { code: 'ERR_MISSING_OPTION' });
  }
  const mac = await subtle.generateKey('KMAC128', false, ['sign', 'verify']);
  const params = { name: 'KMAC128', length: 256, customization: Buffer.from('deck') };
  const signature = await subtle.sign(params, mac, text);
  assert.strictEqual(signature.byteLength, 32);
  assert.strictEqual(await subtle.verify(params, mac, signature, text), true);
  assert.strictEqual(await subtle.verify({ ...params, customization: undefined }, mac, signature, text), false);
  const { privateKey } = await subtle.generateKey('Ed25519', false, ['sign', 'verify']);
  const publicKey = await subtle.getPublicKey(privateKey, ['verify']);
  assert.ok(await subtle.verify('Ed25519', publicKey, await subtle.sign('Ed25519', privateKey, text), text));
});

test('what a program does with the facts of a CryptoKey changes nothing of the key', async () => {
  const { subtle } = crypto.webcrypto;
  const key = await subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign']);
  key.usages.push('verify');
  key.algorithm.hash.name = 'SHA-1';
  assert.strictEqual(key.usages, key.usages);
  const signature = await subtle.sign('HMAC', key, Buffer.from('text'));
  assert.strictEqual(signature.byteLength, 32);
  await assert.rejects(subtle.verify('HMAC', key, signature, Buffer.from('text')), { name: 'InvalidAccessError' });
});
