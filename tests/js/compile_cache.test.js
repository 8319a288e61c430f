'use strict';
// module.enableCompileCache() and NODE_COMPILE_CACHE: a program's files are parsed once, not at every start.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const module_ = require('node:module');
const os = require('node:os');
const path = require('node:path');
const { describe, it, beforeEach, after } = require('node:test');

const home = fs.mkdtempSync(path.join(os.tmpdir(), 'compile-cache-'));
const cache = path.join(home, 'cache');
const at = (name) => path.join(home, name);
const canCache = !process.env.GALLEY_ENGINE_API_ONLY;

/** What the program prints, and what the cache says it did with `file`. */
function start(file, env = {}) {
  const result = spawnSync(process.execPath, [at(file)], {
    encoding: 'utf8',
    env: { ...process.env, NODE_COMPILE_CACHE: cache, NODE_DEBUG_NATIVE: 'COMPILE_CACHE', ...env },
  });
  const lines = result.stderr.split('\n').filter((line) => line.includes('[compile cache]') && line.includes(file));
  return { out: result.stdout, status: result.status, log: lines.join('\n') };
}

const entries = () => {
  const [folder] = fs.readdirSync(cache);
  return fs.readdirSync(path.join(cache, folder)).map((name) => path.join(cache, folder, name));
};

beforeEach(() => fs.rmSync(cache, { recursive: true, force: true }));
after(() => fs.rmSync(home, { recursive: true, force: true }));

describe('The compile cache', { skip: !canCache }, () => {
  const programs = {
    'plain.js': `class A { constructor() { this.x = 1; } m() { return new Error('here').stack; } }
      try { null.x; } catch (error) { console.log(error.message, error.stack.split('\\n')[1]); }
      console.log(new A().m(), A.toString(), [1, 2].map((n) => n * 2), /a+/.exec('caaat'));`,
    'wide.js': `const name = 'Gr\u00fc\u00dfe \u2026 \u{1f600}';
      console.log(name, name.length, (() => '\u20ac').toString(), new Error('\u00e4').stack);`,
    'module.mjs': `import fs, { readFileSync } from 'node:fs';
      export let count = 0; export class B { go() { count++; return import.meta.url; } }
      console.log(fs.readFileSync === readFileSync, new B().go(), count, await Promise.resolve(new Error('x').stack));`,
  };
  for (const [name, text] of Object.entries(programs)) {
    it(`changes nothing about ${name}, and is used the second time`, () => {
      fs.writeFileSync(at(name), text);
      const usual = start(name, { NODE_DISABLE_COMPILE_CACHE: '1' });
      const first = start(name), second = start(name);
      assert.strictEqual(usual.status, 0);
      assert.match(first.log, /was not initialized[^]*writing cache for .* success/);
      assert.match(second.log, /was accepted[^]*because cache was the same/);
      assert.strictEqual(first.out, usual.out);
      assert.strictEqual(second.out, usual.out);
    });
  }

  it('is written anew when the file has changed', () => {
    fs.writeFileSync(at('changes.js'), 'console.log(1)');
    start('changes.js');
    fs.writeFileSync(at('changes.js'), 'console.log(2)');
    const { out, log } = start('changes.js');
    assert.strictEqual(out, '2\n');
    assert.match(log, /code hash mismatch[^]*writing cache .* success/);
    assert.strictEqual(entries().length, 1);
    assert.match(start('changes.js').log, /was accepted/);
  });

  it('is not believed when it is damaged', () => {
    fs.writeFileSync(at('damage.js'), 'console.log((() => 7)())');
    start('damage.js');
    const [file] = entries();
    const good = fs.readFileSync(file);
    const flipped = Buffer.from(good);
    flipped[good.length - 20] ^= 1;
    for (const bad of [flipped, good.subarray(0, good.length - 1), good.subarray(0, 50), Buffer.alloc(0), Buffer.alloc(5000, 1)]) {
      fs.writeFileSync(file, bad);
      const { out, log } = start('damage.js');
      assert.strictEqual(out, '7\n');
      assert.doesNotMatch(log, /was accepted/);
      assert.deepStrictEqual(fs.readFileSync(file), good);
    }
  });

  it('keeps nothing of a file that cannot be parsed', () => {
    fs.writeFileSync(at('broken.js'), 'let a b');
    assert.strictEqual(start('broken.js').status, 1);
    assert.deepStrictEqual(entries(), []);
  });

  it('goes with a folder that moves when it is portable', () => {
    fs.mkdirSync(at('before'));
    fs.writeFileSync(at('before/app.js'), 'console.log(__dirname)');
    const portable = { NODE_COMPILE_CACHE_PORTABLE: '1' };
    start('before/app.js', portable);
    fs.renameSync(at('before'), at('after'));
    const { out, log } = start('after/app.js', portable);
    assert.strictEqual(out, `${at('after')}\n`);
    assert.match(log, /was accepted/);
  });

  it('is switched on by the program, once, and written when it says so', () => {
    fs.writeFileSync(at('part.js'), 'module.exports = 5;');
    fs.writeFileSync(at('program.js'), `
      const { enableCompileCache, getCompileCacheDir, flushCompileCache, constants: { compileCacheStatus: s } } = require('module');
      const fs = require('fs');
      const before = getCompileCacheDir();
      const first = enableCompileCache({ directory: ${JSON.stringify(cache)} }), second = enableCompileCache();
      require('./part.js');
      flushCompileCache();
      console.log(JSON.stringify([before === undefined, first.status === s.ENABLED, second.status === s.ALREADY_ENABLED,
        first.directory === getCompileCacheDir(), fs.readdirSync(first.directory).length]));`);
    assert.strictEqual(start('program.js', { NODE_COMPILE_CACHE: '' }).out, '[true,true,true,true,1]\n');
  });
});

describe('module.enableCompileCache', () => {
  it('refuses what is no folder', () => {
    for (const wrong of [0, null, false, 1, true, Symbol('x')])
      assert.throws(() => module_.enableCompileCache(wrong), { code: 'ERR_INVALID_ARG_TYPE' });
    assert.throws(() => module_.enableCompileCache({ directory: 5 }), { code: 'ERR_INVALID_ARG_TYPE' });
  });
  it('says that a folder cannot be made', () => {
    const { status, message } = module_.enableCompileCache('/proc/none');
    assert.strictEqual(status, module_.constants.compileCacheStatus.FAILED);
    assert.match(message, /Cannot create cache directory/);
  });
});
