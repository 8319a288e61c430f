// Ten small jobs that keep the language busy. Prints a line a job: its name and milliseconds of CPU time.
const jobs = {
  fib() {
    const fib = (n) => n < 2 ? n : fib(n - 1) + fib(n - 2);
    return fib(33);
  },
  json() {
    const rows = Array.from({ length: 2000 }, (_, i) => ({ id: i, name: 'row ' + i, tags: ['a', 'b'], nested: { x: i / 3 } }));
    let n = 0;
    for (let i = 0; i < 40; i++) n += JSON.parse(JSON.stringify(rows)).length;
    return n;
  },
  strings() {
    let text = '';
    for (let i = 0; i < 400000; i++) text += String.fromCharCode(97 + i % 26);
    return text.split('z').join('-').length;
  },
  map() {
    const map = new Map();
    for (let i = 0; i < 400000; i++) map.set('key' + (i % 50000), i);
    let sum = 0;
    for (const value of map.values()) sum += value;
    return sum;
  },
  typed_array() {
    const a = new Float64Array(200000);
    for (let round = 0; round < 60; round++) for (let i = 1; i < a.length; i++) a[i] = a[i - 1] * 0.5 + i;
    return a[a.length - 1];
  },
  sort() {
    let seed = 1;
    const list = Array.from({ length: 200000 }, () => seed = (seed * 16807) % 2147483647);
    return list.sort((x, y) => x - y)[1000];
  },
  regexp() {
    const text = 'user-12345@example.org; '.repeat(5000);
    let n = 0;
    for (let i = 0; i < 10; i++) n += [...text.matchAll(/([\w.-]+)@(\w+)\.org/g)].length;
    return n;
  },
  classes() {
    class Shape { area() { return 0; } }
    class Square extends Shape { constructor(s) { super(); this.s = s; } area() { return this.s * this.s; } }
    class Circle extends Shape { constructor(r) { super(); this.r = r; } area() { return this.r * this.r * 3; } }
    let sum = 0;
    for (let i = 0; i < 3000000; i++) sum += (i % 2 ? new Square(i) : new Circle(i)).area() % 7;
    return sum;
  },
  closures() {
    const add = (n) => (x) => x + n;
    let sum = 0;
    for (let i = 0; i < 3000000; i++) sum = add(i)(sum) % 1000003;
    return sum;
  },
  sieve() {
    const n = 3000000, composite = new Uint8Array(n);
    let count = 0;
    for (let i = 2; i < n; i++) {
      if (composite[i]) continue;
      count++;
      for (let j = i * 2; j < n; j += i) composite[j] = 1;
    }
    return count;
  },
};

const only = process.argv[2];
for (const name in jobs) {
  if (only && only !== name) continue;
  jobs[name]();
  const before = process.cpuUsage();
  for (let i = 0; i < 3; i++) jobs[name]();
  const { user, system } = process.cpuUsage(before);
  console.log(`${name} ${((user + system) / 3000).toFixed(2)}`);
}
