// Errors that nobody caught: handlers hear of them, in order, and what nobody hears of ends the process with 1.
const assert = require('assert');
const { spawnSync } = require('child_process');

function run(script, ...flags) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8' });
  return { status, signal, stdout, stderr };
}

let end = run('Promise.reject(new Error("unheard"))');
assert.strictEqual(end.status, 1);
assert.match(end.stderr, /Error: unheard\n    at \[eval\]:1:/);

end = run('Promise.reject(5)');
assert.match(end.stderr, /UnhandledPromiseRejection: .*reason "5"/);

end = run('process.on("unhandledRejection", (e) => console.log("heard", e)); Promise.reject(1)');
assert.deepStrictEqual([end.status, end.stdout], [0, 'heard 1\n']);

end = run('const p = Promise.reject(1); process.nextTick(() => p.catch(() => console.log("in time")))');
assert.deepStrictEqual([end.status, end.stdout], [0, 'in time\n']);

end = run('process.on("unhandledRejection", () => {}); process.on("rejectionHandled", () => console.log("late"));' +
  'const p = Promise.reject(1); setTimeout(() => p.catch(() => {}), 5)');
assert.strictEqual(end.stdout, 'late\n');

end = run('Promise.reject(new Error("x"))', '--unhandled-rejections=warn');
assert.strictEqual(end.status, 0);
assert.match(end.stderr, /UnhandledPromiseRejectionWarning/);
assert.strictEqual(run('Promise.reject(1)', '--unhandled-rejections=none').status, 0);

end = run('process.on("uncaughtException", (e, origin) => console.log(e.message, origin)); setTimeout(() => { throw new Error("t") }); setTimeout(() => console.log("on"), 9)');
assert.strictEqual(end.stdout, 't uncaughtException\non\n');

end = run('process.on("uncaughtException", () => { throw new Error("again") }); throw new Error("first")');
assert.strictEqual(end.status, 7);

end = run('process.on("exit", (code) => { console.log("exit", code); process.exitCode = 9 }); throw new Error("x")');
assert.deepStrictEqual([end.status, end.stdout], [9, 'exit 1\n']);

end = run('let n = 0; process.on("beforeExit", () => { if (n++ < 2) setImmediate(() => console.log("more")) })');
assert.strictEqual(end.stdout, 'more\nmore\n');

end = run('process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)');
assert.strictEqual(end.signal, 'SIGTERM');

end = run('process.once("SIGUSR1", (name) => { console.log(name); clearInterval(t) }); const t = setInterval(() => {}, 1000); process.kill(process.pid, "SIGUSR1")');
assert.deepStrictEqual([end.status, end.stdout], [0, 'SIGUSR1\n']);
