// Errors that belong to a domain, wherever in its time they happen.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const domain = require('node:domain');
const EventEmitter = require('node:events');
const fs = require('node:fs');
const test = require('node:test');

const errorOf = (work) => new Promise((resolve) => {
  const one = domain.create();
  one.on('error', (error) => resolve({ error, one }));
  one.run(work);
});

test('what timers, ticks and files throw goes to the domain that started them', async () => {
  for (const start of [setTimeout, setImmediate, process.nextTick, (fn) => fs.stat('/', fn), (fn) => Promise.resolve().then(() => setTimeout(fn))]) {
    const { error, one } = await errorOf(() => start(() => { throw new Error('late'); }));
    assert.strictEqual(error.message, 'late');
    assert.strictEqual(error.domain, one);
    assert.strictEqual(error.domainThrown, true);
  }
});

test("an emitter's error without a listener goes to the domain in which it was made", async () => {
  let emitter;
  const { error } = await errorOf(() => { setImmediate(() => (emitter = new EventEmitter()).emit('error', new Error('lost'))); });
  assert.strictEqual(error.message, 'lost');
  assert.strictEqual(error.domainEmitter, emitter);
  assert.strictEqual(error.domainThrown, false);
});

test('outside there is no domain, inside the innermost one, and bound functions bring theirs', () => {
  const outer = domain.create();
  const inner = domain.create();
  const bound = inner.bind(() => process.domain);
  outer.run(() => {
    inner.run(() => assert.strictEqual(process.domain, inner));
    assert.strictEqual(process.domain, outer);
  });
  assert.ok(!process.domain);
  assert.strictEqual(bound(), inner);
});

test('an error in the listener of the last domain ends the program with 7', () => {
  const program = "const d = require('domain').create(); d.on('error', () => { throw new Error('again'); }); d.run(() => { throw new Error('first'); });";
  const { status, stderr } = spawnSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  assert.strictEqual(status, 7);
  assert.match(stderr, /Error: again/);
});
