'use strict';
// performance: its clock is C's, its entries are made in lib/internal/perf.

const binding = internalBinding('performance');
const entries = require('internal/perf/entries');
const {
  codes: {
    ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_THIS, ERR_MISSING_ARGS,
    ERR_PERFORMANCE_INVALID_TIMESTAMP, ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS,
  },
} = require('internal/errors');
const { validateFunction, validateObject } = require('internal/validators');

const { EventTarget, Event } = globalThis;
const [timeOrigin] = binding.origin();
const key = Symbol('performance');
const inspectCustom = Symbol.for('nodejs.util.inspect.custom');

// Where a measure begins or ends: a time, a mark's name, or a milestone of the process.
function timeOf(mark, name) {
  if (typeof mark === 'number') {
    if (mark < 0) throw new ERR_PERFORMANCE_INVALID_TIMESTAMP(mark);
    return mark;
  }
  mark = `${mark}`;
  const { nodeTimingMilestones } = require('internal/perf/node_timing');
  if (mark in nodeTimingMilestones) return nodeTimingMilestones[mark]();
  const marks = entries.listed(mark, 'mark');
  if (marks.length === 0) throw new DOMException(`The "${mark}" performance mark has not been set`, 'SyntaxError');
  return marks[marks.length - 1].startTime;
}

function spanOf(startOrOptions, endMark) {
  const options = startOrOptions !== null && typeof startOrOptions === 'object' ? startOrOptions : undefined;
  if (options !== undefined) {
    const { start, end, duration, detail } = options;
    if (start === undefined && end === undefined && duration === undefined && detail === undefined) {
      // Nothing is said: from the beginning to now.
    } else {
      if (endMark !== undefined) throw new ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS('endMark must not be specified');
      if (start === undefined && end === undefined && duration !== undefined)
        throw new ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS('One of options.start or options.end is required');
      if (start !== undefined && end !== undefined && duration !== undefined)
        throw new ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS('Must not have options.start, options.end, and options.duration specified');
    }
  }
  let end;
  if (endMark !== undefined) end = timeOf(endMark);
  else if (options?.end !== undefined) end = timeOf(options.end);
  else if (options?.start !== undefined && options.duration !== undefined) end = timeOf(options.start) + timeOf(options.duration);
  else end = binding.now();
  let start = 0;
  if (typeof startOrOptions === 'string') start = timeOf(startOrOptions);
  else if (options?.start !== undefined) start = timeOf(options.start);
  else if (options?.duration !== undefined && options.end !== undefined) start = end - timeOf(options.duration);
  return { start, duration: end - start, detail: options?.detail };
}

const loopStart = () => binding.origin()[1];

function eventLoopUtilization(earlier, later) {
  const began = loopStart();
  if (began <= 0) return { idle: 0, active: 0, utilization: 0 };
  if (later !== undefined) {
    const idle = earlier.idle - later.idle;
    const active = earlier.active - later.active;
    return { idle, active, utilization: active / (idle + active) };
  }
  const idle = binding.idle();
  const active = binding.now() - began - idle;
  if (earlier === undefined) return { idle, active, utilization: active / (idle + active) };
  const idleSince = idle - earlier.idle;
  const activeSince = active - earlier.active;
  return { idle: idleSince, active: activeSince, utilization: activeSince / (idleSince + activeSince) };
}

function timerify(fn, options = {}) {
  validateFunction(fn, 'fn');
  validateObject(options, 'options');
  const { histogram } = options;
  if (histogram !== undefined && (typeof histogram !== 'object' || histogram === null || typeof histogram.record !== 'function'))
    throw new ERR_INVALID_ARG_TYPE('options.histogram', 'RecordableHistogram', histogram);
  const finish = (start, args) => {
    const duration = binding.now() - start;
    if (histogram !== undefined) histogram.record(Math.max(1, Math.ceil(duration * 1e6)));
    if (entries.wantsType('function')) {
      const entry = new entries.PerformanceNodeEntry(fn.name, 'function', start, duration, args);
      for (let i = 0; i < args.length; i++) entry[i] = args[i];
      entries.publish(entry);
    }
  };
  function timerified(...args) {
    const start = binding.now();
    const result = new.target ? Reflect.construct(fn, args) : Reflect.apply(fn, this, args);
    if (!new.target && typeof result?.finally === 'function') return result.finally(() => finish(start, args));
    finish(start, args);
    return result;
  }
  Object.defineProperties(timerified, {
    length: { configurable: false, enumerable: true, value: fn.length },
    name: { configurable: false, enumerable: true, value: `timerified ${fn.name}` },
  });
  return timerified;
}

const check = (value) => {
  if (value === null || typeof value !== 'object' || value[key] !== true) throw new ERR_INVALID_THIS('Performance');
};

class Performance extends EventTarget {
  constructor(token) {
    if (token !== key) throw new ERR_ILLEGAL_CONSTRUCTOR();
    super();
    Object.defineProperty(this, key, { value: true });
  }

  now() {
    check(this);
    return binding.now();
  }

  get timeOrigin() {
    check(this);
    return timeOrigin;
  }

  get nodeTiming() {
    check(this);
    const { PerformanceNodeTiming } = require('internal/perf/node_timing');
    const value = new PerformanceNodeTiming();
    Object.defineProperty(this, 'nodeTiming', { value, configurable: true, enumerable: true, writable: true });
    return value;
  }

  set nodeTiming(value) { Object.defineProperty(this, 'nodeTiming', { value, configurable: true, enumerable: true, writable: true }); }

  mark(name, options = undefined) {
    check(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('name');
    const mark = new entries.PerformanceMark(name, options);
    entries.add(mark);
    return mark;
  }

  measure(name, startOrOptions = {}, endMark = undefined) {
    check(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('name');
    if (typeof name !== 'string') throw new ERR_INVALID_ARG_TYPE('name', 'string', name);
    const { start, duration, detail } = spanOf(startOrOptions, endMark);
    const measure = new entries.PerformanceMeasure(entries.key, name, 'measure', start, duration, detail);
    entries.add(measure);
    return measure;
  }

  clearMarks(name = undefined) {
    check(this);
    entries.clear('mark', name === undefined ? undefined : `${name}`);
  }

  clearMeasures(name = undefined) {
    check(this);
    entries.clear('measure', name === undefined ? undefined : `${name}`);
  }

  clearResourceTimings(name = undefined) {
    check(this);
    entries.clear('resource', name === undefined ? undefined : `${name}`);
  }

  getEntries() {
    check(this);
    return entries.listed();
  }

  getEntriesByName(name, type = undefined) {
    check(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('name');
    return entries.listed(`${name}`, type === undefined ? undefined : `${type}`);
  }

  getEntriesByType(type) {
    check(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('type');
    return entries.listed(undefined, `${type}`);
  }

  setResourceTimingBufferSize(size) {
    check(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('maxSize');
    entries.setResourceLimit(size >>> 0);
  }

  // Also called without `this`, by undici.
  markResourceTiming(timing, requestedUrl, initiatorType, global, cacheMode, bodyInfo, responseStatus, deliveryType = '') {
    if (cacheMode !== '' && cacheMode !== 'local' && cacheMode !== 'validated')
      throw new ERR_INVALID_ARG_VALUE('cacheMode', cacheMode, "must be an empty string, 'local' or 'validated'");
    const entry = new entries.PerformanceResourceTiming(entries.key, timing, requestedUrl, initiatorType, cacheMode, bodyInfo, responseStatus, deliveryType);
    entries.addResource(entry);
    return entry;
  }

  toJSON() {
    check(this);
    return { nodeTiming: this.nodeTiming, timeOrigin, eventLoopUtilization: eventLoopUtilization() };
  }

  [inspectCustom](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('util');
    return `Performance ${inspect({ nodeTiming: this.nodeTiming, timeOrigin }, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}
Performance.prototype.eventLoopUtilization = eventLoopUtilization;
Performance.prototype.timerify = timerify;
for (const name of Object.getOwnPropertyNames(Performance.prototype))
  if (name !== 'constructor') Object.defineProperty(Performance.prototype, name, { enumerable: true });
Object.defineProperty(Performance.prototype, Symbol.toStringTag, { configurable: true, value: 'Performance' });

const performance = new Performance(key);

let onFull = null;
Object.defineProperty(Performance.prototype, 'onresourcetimingbufferfull', {
  configurable: true,
  enumerable: true,
  get() { return onFull; },
  set(value) {
    if (onFull !== null) this.removeEventListener('resourcetimingbufferfull', onFull);
    onFull = typeof value === 'function' ? value : null;
    if (onFull !== null) this.addEventListener('resourcetimingbufferfull', onFull);
  },
});
entries.setOnResourceFull(() => performance.dispatchEvent(new Event('resourcetimingbufferfull')));

const constants = Object.freeze({
  __proto__: null,
  NODE_PERFORMANCE_GC_MAJOR: 4,
  NODE_PERFORMANCE_GC_MINOR: 1,
  NODE_PERFORMANCE_GC_INCREMENTAL: 8,
  NODE_PERFORMANCE_GC_WEAKCB: 16,
  NODE_PERFORMANCE_GC_FLAGS_NO: 0,
  NODE_PERFORMANCE_GC_FLAGS_CONSTRUCT_RETAINED: 2,
  NODE_PERFORMANCE_GC_FLAGS_FORCED: 4,
  NODE_PERFORMANCE_GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING: 8,
  NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE: 16,
  NODE_PERFORMANCE_GC_FLAGS_ALL_EXTERNAL_MEMORY: 32,
  NODE_PERFORMANCE_GC_FLAGS_SCHEDULE_IDLE: 64,
});

module.exports = {
  Performance,
  PerformanceEntry: entries.PerformanceEntry,
  PerformanceMark: entries.PerformanceMark,
  PerformanceMeasure: entries.PerformanceMeasure,
  PerformanceObserver: entries.PerformanceObserver,
  PerformanceObserverEntryList: entries.PerformanceObserverEntryList,
  PerformanceResourceTiming: entries.PerformanceResourceTiming,
  eventLoopUtilization,
  timerify,
  monitorEventLoopDelay: (options) => require('internal/perf/histogram').monitorEventLoopDelay(options),
  createHistogram: (options) => require('internal/perf/histogram').createHistogram(options),
  performance,
};
Object.defineProperty(module.exports, 'constants', { configurable: false, enumerable: true, value: constants });
