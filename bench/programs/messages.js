// Milliseconds for 100,000 small messages to a child and back, sent at once and one by one, and for one of 64 MB.
const { fork } = require('child_process');
const now = () => Number(process.hrtime.bigint()) / 1e6;

if (process.send) {
  process.on('message', (message) => process.send(message));
} else {
  const child = fork(__filename);
  const answers = (count, atOnce, message) => new Promise((resolve) => {
    const start = now();
    let sent = 0, back = 0;
    const send = () => { while (sent < count && sent - back < atOnce) child.send(message(sent++)); };
    child.on('message', function answer() {
      if (++back < count) return send();
      child.off('message', answer);
      resolve(now() - start);
    });
    send();
  });
  const small = (n) => ({ n, text: 'hello' });
  (async () => {
    await answers(1000, 1, small);
    console.log('at_once', (await answers(100000, Infinity, small)).toFixed(2));
    console.log('one_by_one', (await answers(100000, 1, small)).toFixed(2));
    console.log('text_64m', (await answers(1, 1, () => 'x'.repeat(64 << 20))).toFixed(2));
    child.disconnect();
  })();
}
