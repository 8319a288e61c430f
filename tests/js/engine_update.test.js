'use strict';
// galley-js runs on a copy of the engine's library, until the installed one is another.
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { describe, it, before, after } = require('node:test');

const built = path.dirname(process.execPath);
const library = 'libjavascriptcoregtk-6.0.so.1';
const program = `
  const maps = require('fs').readFileSync('/proc/self/maps', 'latin1').match(/\\/\\S*libjavascriptcoregtk[^\\s]*/g);
  const { LD_PRELOAD, GALLEY_LD_PRELOAD } = process.env;
  console.log(JSON.stringify({ engines: [...new Set(maps)], env: { LD_PRELOAD, GALLEY_LD_PRELOAD }, argv: process.argv.slice(1) }));
`;

describe('The copy of the engine', { skip: !fs.existsSync(path.join(built, library)) || fs.lstatSync(path.join(built, library)).isSymbolicLink() }, () => {
  let folder;
  const run = (env = {}) =>
    JSON.parse(execFileSync(path.join(folder, 'galley-js'), ['-e', program, 'a', 'b'], { env: { ...process.env, ...env }, encoding: 'utf8' }));
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'engine-'));
    fs.copyFileSync(process.execPath, path.join(folder, 'galley-js'));
    for (const name of fs.readdirSync(built))
      if (/\.so(\.\d+)?$/.test(name)) fs.symlinkSync(path.join(built, name), path.join(folder, name));
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('is what the program runs on', () => {
    const { engines, argv } = run();
    assert.deepStrictEqual(engines, [path.join(built, library)]);
    assert.deepStrictEqual(argv, ['a', 'b']);
  });

  describe('when the installed library is another', () => {
    before(() => {
      const bytes = fs.readFileSync(path.join(folder, library));
      const id = bytes.indexOf('GNU\0') + 4; // the build ID lies behind its note's name
      bytes[id] ^= 0xff;
      fs.unlinkSync(path.join(folder, library));
      fs.writeFileSync(path.join(folder, library), bytes);
    });
    it('is not used, and the program does not notice', () => {
      const { engines, env, argv } = run();
      assert.strictEqual(engines.length, 1);
      assert.ok(!engines[0].startsWith(folder), engines[0]);
      assert.deepStrictEqual(env, {});
      assert.deepStrictEqual(argv, ['a', 'b']);
    });
    it('leaves the LD_PRELOAD that was there', () => {
      const { engines, env } = run({ LD_PRELOAD: 'libm.so.6' });
      assert.ok(!engines[0].startsWith(folder), engines[0]);
      assert.deepStrictEqual(env, { LD_PRELOAD: 'libm.so.6' });
    });
  });

  it('is not needed', () => {
    fs.unlinkSync(path.join(folder, library));
    assert.strictEqual(run().engines.length, 1);
  });
});
