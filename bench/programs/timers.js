// 1,000 timers that never fire, and 100,000 promises: CPU milliseconds each.
const spent = (before) => { const { user, system } = process.cpuUsage(before); return ((user + system) / 1000).toFixed(2); };
let before = process.cpuUsage();
const timers = [];
for (let round = 0; round < 100; round++) {
  for (let i = 0; i < 1000; i++) timers.push(setTimeout(() => {}, 1e6 + i));
  while (timers.length) clearTimeout(timers.pop());
}
console.log('timers_100x1000', spent(before));
before = process.cpuUsage();
(async () => {
  let n = 0;
  for (let i = 0; i < 100000; i++) n += await i;
  console.log('awaits_100k', spent(before));
  before = process.cpuUsage();
  await Promise.all(Array.from({ length: 100000 }, (_, i) => new Promise((resolve) => resolve(i)).then((x) => x + 1)));
  console.log('promises_100k', spent(before));
  before = process.cpuUsage();
  let left = 200000;
  await new Promise((done) => { const tick = () => --left ? process.nextTick(tick) : done(); tick(); });
  console.log('ticks_200k', spent(before));
  before = process.cpuUsage();
  left = 100000;
  await new Promise((done) => { const tick = () => --left ? setImmediate(tick) : done(); tick(); });
  console.log('immediates_100k', spent(before));
})();
