'use strict';
const assert = require('assert');
const os = require('os');
const { performance, createHistogram, PerformanceObserver } = require('perf_hooks');

// The machine is told as the kernel tells it.
assert.strictEqual(os.cpus().length > 0, true);
assert.strictEqual(os.constants.signals.SIGTERM, 15);
assert.strictEqual(os.constants.errno.ENOENT, 2);
assert.ok(os.totalmem() > os.freemem());
assert.strictEqual(`${os.hostname}`, os.hostname());
assert.throws(() => os.setPriority(0, 40), { code: 'ERR_OUT_OF_RANGE' });
assert.throws(() => os.getPriority(-1), { code: 'ERR_SYSTEM_ERROR', name: 'SystemError' });
assert.strictEqual(os.networkInterfaces().lo[0].cidr.split('/')[0], os.networkInterfaces().lo[0].address);

// A histogram keeps three digits.
const histogram = createHistogram();
for (let i = 1; i <= 1000; i++) histogram.record(i);
assert.strictEqual(histogram.percentile(50), 500);
assert.strictEqual(histogram.percentile(100), 1000);
assert.ok(Math.abs(histogram.mean - 500.5) < 1);
assert.throws(() => histogram.record(0), { code: 'ERR_OUT_OF_RANGE' });

// Observers hear of measures.
new PerformanceObserver((list, observer) => {
  assert.deepStrictEqual(list.getEntries().map((entry) => entry.name), ['from', 'span']);
  observer.disconnect();
  console.log('observed');
}).observe({ entryTypes: ['mark', 'measure'] });
performance.mark('from');
performance.measure('span', 'from');
