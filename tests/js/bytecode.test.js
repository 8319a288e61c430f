'use strict';
// lib/ runs from bytecode that was written when Galley was built, or from its text if there is none that fits.
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { describe, it, before, after } = require('node:test');

const built = path.dirname(process.execPath);
const written = path.join(built, 'galley-lib.bytecode');
const program = `
  const mapped = require('fs').readFileSync('/proc/self/maps', 'latin1').includes('galley-lib.bytecode');
  let stack;
  try { Buffer.alloc('x'); } catch (error) { stack = error.stack; }
  const { Socket } = require('net');
  console.log(JSON.stringify({
    mapped, stack,
    native: new Error('x').stack,
    text: Socket.toString().length + require('fs').readFile.toString(),
    works: [new Socket().writable, require('util').inspect(new Map([[1, { a: [2] }]])), new URL('http://a:1/b').port],
  }));
  new (require('worker_threads').Worker)('require("http"); console.log(require("zlib").crc32("a"))', { eval: true });
`;
let folder;

/** The program's output with other bytecode (undefined: none) beside galley-js. */
function runWith(bytecode, env = {}) {
  const file = path.join(folder, 'galley-lib.bytecode');
  fs.rmSync(file, { force: true });
  if (bytecode) fs.writeFileSync(file, bytecode);
  const out = execFileSync(path.join(folder, 'galley-js'), ['-e', program], { env: { ...process.env, ...env }, encoding: 'utf8' });
  const [first, second] = out.trim().split('\n');
  return { ...JSON.parse(first), worker: second };
}

const changed = (bytes, at) => {
  const copy = Buffer.from(bytes);
  copy[at] ^= 0xff;
  return copy;
};

// As src/engine/bytecode.c writes it: a head of 96 bytes, then where each part is.
const engineAt = 16, digestAt = 48, headSize = 96;
function outdated(bytes) {
  const copy = Buffer.from(bytes);
  const count = Number(copy.readBigUInt64LE(headSize - 8));
  for (let i = 0; i < count; i++) copy.writeUInt32LE(1, Number(copy.readBigUInt64LE(headSize + i * 16)));
  return copy;
}

const hasBytecode = !process.env.GALLEY_ENGINE_API_ONLY && fs.existsSync(written) && fs.statSync(written).size > 0;
describe('The bytecode of lib', { skip: !hasBytecode }, () => {
  let bytes, expected;
  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bytecode-'));
    fs.copyFileSync(process.execPath, path.join(folder, 'galley-js'));
    for (const name of fs.readdirSync(built))
      if (/\.so(\.\d+)?$/.test(name)) fs.symlinkSync(path.join(built, name), path.join(folder, name));
    bytes = fs.readFileSync(written);
    expected = runWith(undefined);
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('is not needed', () => {
    assert.strictEqual(expected.mapped, false);
    assert.match(expected.stack, /ERR_INVALID_ARG_TYPE/);
    assert.strictEqual(expected.worker, '3904355907');
  });
  it('changes nothing but the time: errors have the same stacks, functions the same text', () => {
    assert.deepStrictEqual(runWith(bytes), { ...expected, mapped: true });
  });
  it('is left alone when only the public interface of the engine may be used', () => {
    assert.deepStrictEqual(runWith(bytes, { GALLEY_ENGINE_API_ONLY: '1' }), expected);
  });
  for (const [what, damage] of [
    ['is empty', () => Buffer.alloc(0)],
    ['ends early', () => bytes.subarray(0, bytes.length - 1)],
    ['has less than a head', () => bytes.subarray(0, 40)],
    ['is of another engine', () => changed(bytes, engineAt)],
    ['is of another lib', () => changed(bytes, digestAt)],
    ['is something else', () => Buffer.alloc(bytes.length, 'x')],
  ]) it(`is refused when the file ${what}`, () => assert.deepStrictEqual(runWith(damage()), expected));
  it('that the engine refuses is parsed', () => {
    assert.deepStrictEqual(runWith(outdated(bytes)), { ...expected, mapped: true });
  });
});
