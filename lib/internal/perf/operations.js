'use strict';
// Entries about what the system did for a program ('net', 'dns'), made only while somebody observes that kind: without an
// observer perf_hooks is not even loaded.

const { loaded } = require('internal/builtin');

// When the operation starts: the time, or undefined if nobody wants to know.
function startOf(type) {
  const entries = loaded('internal/perf/entries');
  return entries !== undefined && entries.wantsType(type) ? performance.now() : undefined;
}

function finished(type, name, start, detail) {
  if (start === undefined) return;
  const { PerformanceNodeEntry, publish } = loaded('internal/perf/entries');
  publish(new PerformanceNodeEntry(name, type, start, performance.now() - start, detail));
}

module.exports = { startOf, finished };
