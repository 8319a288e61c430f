'use strict';
// When this process started, and what it did until now.

const binding = internalBinding('performance');
const { PerformanceEntry, key } = require('internal/perf/entries');
const [timeOrigin] = binding.origin();
const [optionsRead, engineStarted, contextMade, ready] = binding.milestones();

const exit = { at: -1 };
process.on('exit', () => { exit.at = binding.now(); });

// Names that marks must not have; measures can begin and end at them.
const nodeTimingMilestones = {
  __proto__: null,
  nodeStart: () => optionsRead,
  v8Start: () => engineStarted,
  environment: () => contextMade,
  bootstrapComplete: () => ready,
  loopStart: () => binding.origin()[1],
  loopExit: () => exit.at,
};

class PerformanceNodeTiming extends PerformanceEntry {
  constructor() {
    super(key, 'node', 'node', 0, 0);
    const property = (get) => ({ __proto__: null, enumerable: true, configurable: true, get });
    const properties = {
      name: { __proto__: null, enumerable: true, configurable: true, value: 'node' },
      entryType: { __proto__: null, enumerable: true, configurable: true, value: 'node' },
      startTime: { __proto__: null, enumerable: true, configurable: true, value: 0 },
      duration: property(() => binding.now()),
      idleTime: property(() => binding.idle()),
    };
    for (const name in nodeTimingMilestones) properties[name] = property(nodeTimingMilestones[name]);
    Object.defineProperties(this, properties);
  }

  toJSON() {
    const json = {};
    for (const name of ['name', 'entryType', 'startTime', 'duration', 'nodeStart', 'v8Start', 'bootstrapComplete',
      'environment', 'loopStart', 'loopExit', 'idleTime']) json[name] = this[name];
    return json;
  }
}
Object.setPrototypeOf(PerformanceNodeTiming.prototype, PerformanceEntry.prototype);

module.exports = { PerformanceNodeTiming, nodeTimingMilestones, timeOrigin };
