'use strict';
// A worker that a process manager keeps tells it now and then how late its loop is and how many requests it has served:
// the manager cannot see either from outside. The messages are those of PM2's own library.

const INTERVAL_MS = 2000;

function report() {
  const { served } = require('internal/http_connection');
  let due = performance.now() + INTERVAL_MS;
  let before = 0;
  let said = '';
  const timer = setInterval(() => {
    const now = performance.now();
    const late = Math.max(0, now - due).toFixed(1);
    const minutes = (now - due + INTERVAL_MS) / 60000;
    const rate = ((served.requests - before) / minutes).toFixed(0);
    due = now + INTERVAL_MS;
    before = served.requests;
    if (`${late} ${rate}` === said) return;
    if (!process.connected) return clearInterval(timer);
    said = `${late} ${rate}`;
    process.send({
      type: 'axm:monitor',
      data: {
        'Event Loop Latency': { value: late, type: 'internal/libuv/latency/p50', unit: 'ms', historic: true },
        HTTP: { value: rate, type: 'internal/http/builtin/reqs', unit: 'req/min', historic: true, total: before },
      },
    }, () => {});
  }, INTERVAL_MS);
  timer.unref();
}

// Not now: the program has not even started, and most of what is needed is loaded with its server.
module.exports = () => setTimeout(report, INTERVAL_MS / 2).unref();
