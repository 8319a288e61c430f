// Emitters, event targets and abort signals behave as Node's programs expect.
const { test } = require('node:test');
const assert = require('assert');
const EventEmitter = require('events');

test('a listener added or removed during an emit does not change who is called', () => {
  const emitter = new EventEmitter();
  const called = [];
  const second = () => called.push('second');
  emitter.on('x', () => {
    called.push('first');
    emitter.on('x', () => called.push('late'));
    emitter.removeListener('x', second);
  });
  emitter.on('x', second);
  emitter.emit('x');
  assert.deepStrictEqual(called, ['first', 'second']);
});

test('a list longer than any that is copied on change stays safe during an emit', () => {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  let calls = 0;
  for (let i = 0; i < 100; i++)
    emitter.on('x', () => { calls++; emitter.removeAllListeners('x'); });
  emitter.emit('x');
  assert.strictEqual(calls, 100);
  assert.strictEqual(emitter.emit('x'), false);
});

test('an error that nobody listens to is thrown, anything else wrapped', () => {
  const emitter = new EventEmitter();
  const error = new Error('mine');
  assert.throws(() => emitter.emit('error', error), error);
  assert.throws(() => emitter.emit('error', { a: 1 }), { code: 'ERR_UNHANDLED_ERROR', context: { a: 1 } });
  let seen;
  emitter.on(EventEmitter.errorMonitor, (each) => { seen = each; });
  assert.throws(() => emitter.emit('error', error), error);
  assert.strictEqual(seen, error);
});

test('once hands over up to any number of arguments and forgets the listener', () => {
  const emitter = new EventEmitter();
  const got = [];
  emitter.once('x', (...args) => got.push(args.length));
  emitter.emit('x', 1, 2, 3, 4, 5, 6);
  emitter.emit('x');
  assert.deepStrictEqual(got, [6]);
});

test('rejections of listeners become errors if the emitter captures them', async () => {
  const emitter = new EventEmitter({ captureRejections: true });
  emitter.on('x', async () => { throw new Error('later'); });
  const caught = EventEmitter.once(emitter, 'error');
  emitter.emit('x');
  assert.strictEqual((await caught)[0].message, 'later');
});

test('events are read as an async iterator until the signal fires', async () => {
  const emitter = new EventEmitter();
  const controller = new AbortController();
  setImmediate(() => {
    emitter.emit('x', 1);
    emitter.emit('x', 2);
    setImmediate(() => controller.abort());
  });
  const got = [];
  await assert.rejects(async () => {
    for await (const [value] of EventEmitter.on(emitter, 'x', { signal: controller.signal }))
      got.push(value);
  }, { name: 'AbortError' });
  assert.deepStrictEqual(got, [1, 2]);
  assert.strictEqual(emitter.listenerCount('x'), 0);
});

test('event targets call each listener once, in order, and stop when told', () => {
  const target = new EventTarget();
  const called = [];
  const once = () => called.push('once');
  target.addEventListener('x', once, { once: true });
  target.addEventListener('x', once, { once: true });
  target.addEventListener('x', { handleEvent(event) { called.push(event.type); } });
  target.addEventListener('x', (event) => event.stopImmediatePropagation());
  target.addEventListener('x', () => called.push('never'));
  target.dispatchEvent(new Event('x'));
  target.dispatchEvent(new Event('x'));
  assert.deepStrictEqual(called, ['once', 'x', 'x']);
});

test('a signal of several fires with the first of them', () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const any = AbortSignal.any([first.signal, AbortSignal.any([second.signal])]);
  let fired = 0;
  any.onabort = () => fired++;
  second.abort('why');
  first.abort();
  assert.strictEqual(any.reason, 'why');
  assert.strictEqual(fired, 1);
  assert.throws(() => any.throwIfAborted(), (error) => error === 'why');
});

test('a transferable signal is aborted wherever it went', async () => {
  const { transferableAbortController, transferableAbortSignal } = require('util');
  const { port1, port2 } = new MessageChannel();
  const received = () => new Promise((resolve) => { port2.onmessage = ({ data }) => resolve(data); });
  const controller = transferableAbortController();
  transferableAbortSignal(controller.signal);
  let arrived = received();
  port1.postMessage(controller.signal, [controller.signal]);
  const copy = await arrived;
  assert.ok(copy instanceof AbortSignal && !copy.aborted);
  const fired = new Promise((resolve) => { copy.onabort = resolve; });
  controller.abort('enough');
  await fired;
  assert.deepStrictEqual([copy.reason, controller.signal.reason], ['enough', 'enough']);
  arrived = received();
  port1.postMessage(controller.signal, [controller.signal]);
  assert.strictEqual((await arrived).reason, 'enough');
  port1.close();
  assert.throws(() => port1.postMessage(new AbortController().signal, [new AbortController().signal]), { name: 'DataCloneError' });
});

test('signals with listeners are forgotten with the last source that could abort them, but not with a timer', () => {
  const program = `
    const waiting = [];
    const listen = (signal) => { signal.addEventListener('abort', () => console.log(signal.reason.name)); return signal; };
    (() => { for (let i = 0; i < 100; i++) waiting.push(new WeakRef(listen(AbortSignal.any([new AbortController().signal])))); })();
    (() => { listen(AbortSignal.any([AbortSignal.timeout(60)])); })();
    let rounds = 0;
    const look = setInterval(async () => {
      await gc({ execution: 'async' });
      const left = waiting.filter((signal) => signal.deref()).length;
      if (left < 20 || ++rounds > 100) { clearInterval(look); console.log(left < 20); setTimeout(() => {}, 100); }
    }, 5);`;
  const { stdout, stderr } = require('child_process').spawnSync(process.execPath, ['--expose-gc', '-e', program], { encoding: 'utf8' });
  assert.deepStrictEqual(stdout.trim().split('\n').sort(), ['TimeoutError', 'true'], stderr);
});

test('a passive listener cannot prevent the default, the next one can', () => {
  const target = new EventTarget();
  const seen = [];
  const prevent = (event) => { event.preventDefault(); seen.push(event.defaultPrevented); };
  target.addEventListener('x', (event) => prevent(event), { passive: true });
  target.addEventListener('x', prevent);
  assert.strictEqual(target.dispatchEvent(new Event('x', { cancelable: true })), false);
  assert.deepStrictEqual(seen, [false, true]);
});
