// Callbacks run in Node's order: ticks, promises, timers, immediates.
const seen = [];
const at = (name) => seen.push(name);
process.nextTick(() => at('tick'));
Promise.resolve().then(() => {
  at('promise');
  process.nextTick(() => at('tick from promise'));
});
setTimeout(() => {
  at('timer');
  Promise.resolve().then(() => at('promise from timer'));
  process.nextTick(() => at('tick from timer'));
}, 1);
setTimeout(() => at('second timer'), 1);
queueMicrotask(() => at('microtask'));
at('main');
process.on('exit', () => {
  const expected = ['main', 'tick', 'promise', 'microtask', 'tick from promise', 'timer', 'tick from timer',
    'promise from timer', 'second timer'];
  if (seen.join() !== expected.join()) throw new Error(`saw ${seen.join(', ')}`);
});
