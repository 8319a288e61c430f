'use strict';
// What performance measures, entry by entry, and who is told.

const {
  codes: {
    ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_THIS, ERR_MISSING_ARGS,
    ERR_PERFORMANCE_INVALID_TIMESTAMP,
  },
} = require('internal/errors');
const { validateFunction, validateObject, validateString } = require('internal/validators');
const binding = internalBinding('performance');
const inspectCustom = Symbol.for('nodejs.util.inspect.custom');

const key = Symbol('making');

class PerformanceEntry {
  #name;
  #type;
  #start;
  #duration;

  constructor(token, name, type, start, duration) {
    if (token !== key) throw new ERR_ILLEGAL_CONSTRUCTOR();
    this.#name = name;
    this.#type = type;
    this.#start = start;
    this.#duration = duration;
  }

  static #of(entry) {
    if (entry === null || typeof entry !== 'object' || !(#name in entry)) throw new ERR_INVALID_THIS('PerformanceEntry');
    return entry;
  }

  get name() { return PerformanceEntry.#of(this).#name; }
  get entryType() { return PerformanceEntry.#of(this).#type; }
  get startTime() { return PerformanceEntry.#of(this).#start; }
  get duration() { return PerformanceEntry.#of(this).#duration; }

  toJSON() {
    PerformanceEntry.#of(this);
    const { name, entryType, startTime, duration } = this;
    return { name, entryType, startTime, duration };
  }

  [inspectCustom](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('util');
    return `${this.constructor.name} ${inspect(this.toJSON(), { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}

for (const name of ['name', 'entryType', 'startTime', 'duration', 'toJSON'])
  Object.defineProperty(PerformanceEntry.prototype, name, { enumerable: true });

const cloned = (detail) => (detail == null ? null : structuredClone(detail));

class PerformanceMark extends PerformanceEntry {
  #detail;

  constructor(name, options = undefined) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('name');
    if (typeof name === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
    name = `${name}`;
    const { nodeTimingMilestones } = require('internal/perf/node_timing');
    if (name in nodeTimingMilestones) throw new ERR_INVALID_ARG_VALUE('name', name);
    if (options != null) validateObject(options, 'options');
    const startTime = options?.startTime ?? binding.now();
    if (typeof startTime !== 'number') throw new ERR_INVALID_ARG_TYPE('startTime', 'number', startTime);
    if (startTime < 0) throw new ERR_PERFORMANCE_INVALID_TIMESTAMP(startTime);
    super(key, name, 'mark', startTime, 0);
    this.#detail = cloned(options?.detail);
  }

  get detail() {
    if (!(#detail in this)) throw new ERR_INVALID_THIS('PerformanceMark');
    return this.#detail;
  }

  toJSON() {
    const { name, entryType, startTime, duration, detail } = this;
    return { name, entryType, startTime, duration, detail };
  }
}
Object.defineProperty(PerformanceMark.prototype, 'detail', { enumerable: true });
Object.defineProperty(PerformanceMark.prototype, Symbol.toStringTag, { configurable: true, value: 'PerformanceMark' });

class PerformanceMeasure extends PerformanceEntry {
  #detail;

  constructor(token, name, type, start, duration, detail) {
    super(token, name, type, start, duration);
    this.#detail = cloned(detail);
  }

  get detail() {
    if (!(#detail in this)) throw new ERR_INVALID_THIS('PerformanceMeasure');
    return this.#detail;
  }

  toJSON() {
    const { name, entryType, startTime, duration, detail } = this;
    return { name, entryType, startTime, duration, detail };
  }
}
Object.defineProperty(PerformanceMeasure.prototype, 'detail', { enumerable: true });
Object.defineProperty(PerformanceMeasure.prototype, Symbol.toStringTag, { configurable: true, value: 'PerformanceMeasure' });

// Entries of Node's own kinds: 'function' and the like, with a detail of any form.
class PerformanceNodeEntry extends PerformanceEntry {
  constructor(name, type, start, duration, detail) {
    super(key, name, type, start, duration);
    Object.defineProperty(this, 'detail', { value: detail, enumerable: true, configurable: true, writable: true });
  }

  toJSON() {
    const { name, entryType, startTime, duration, detail } = this;
    return { name, entryType, startTime, duration, detail };
  }
}

class PerformanceResourceTiming extends PerformanceEntry {
  #timing;
  #requestedUrl;
  #initiator;
  #cacheMode;
  #status;
  #delivery;

  constructor(token, timing, requestedUrl, initiator, cacheMode, bodyInfo, status, delivery) {
    if (token !== key) throw new ERR_ILLEGAL_CONSTRUCTOR();
    super(token, requestedUrl, 'resource', timing.startTime, timing.endTime - timing.startTime);
    this.#timing = timing;
    this.#requestedUrl = requestedUrl;
    this.#initiator = initiator;
    this.#cacheMode = cacheMode;
    this.#status = status;
    this.#delivery = delivery;
  }

  static #of(entry) {
    if (entry === null || typeof entry !== 'object' || !(#timing in entry)) throw new ERR_INVALID_THIS('PerformanceResourceTiming');
    return entry;
  }

  get name() { return PerformanceResourceTiming.#of(this).#requestedUrl; }
  get startTime() { return PerformanceResourceTiming.#of(this).#timing.startTime; }
  get duration() {
    const { startTime, endTime } = PerformanceResourceTiming.#of(this).#timing;
    return endTime - startTime;
  }
  get initiatorType() { return PerformanceResourceTiming.#of(this).#initiator; }
  get workerStart() { return PerformanceResourceTiming.#of(this).#timing.finalServiceWorkerStartTime; }
  get redirectStart() { return PerformanceResourceTiming.#of(this).#timing.redirectStartTime; }
  get redirectEnd() { return PerformanceResourceTiming.#of(this).#timing.redirectEndTime; }
  get fetchStart() { return PerformanceResourceTiming.#of(this).#timing.postRedirectStartTime; }
  get domainLookupStart() { return PerformanceResourceTiming.#of(this).#timing.finalConnectionTimingInfo?.domainLookupStartTime; }
  get domainLookupEnd() { return PerformanceResourceTiming.#of(this).#timing.finalConnectionTimingInfo?.domainLookupEndTime; }
  get connectStart() { return PerformanceResourceTiming.#of(this).#timing.finalConnectionTimingInfo?.connectionStartTime; }
  get connectEnd() { return PerformanceResourceTiming.#of(this).#timing.finalConnectionTimingInfo?.connectionEndTime; }
  get secureConnectionStart() { return PerformanceResourceTiming.#of(this).#timing.finalConnectionTimingInfo?.secureConnectionStartTime; }
  get nextHopProtocol() { return PerformanceResourceTiming.#of(this).#timing.finalConnectionTimingInfo?.ALPNNegotiatedProtocol; }
  get requestStart() { return PerformanceResourceTiming.#of(this).#timing.finalNetworkRequestStartTime; }
  get responseStart() { return PerformanceResourceTiming.#of(this).#timing.finalNetworkResponseStartTime; }
  get responseEnd() { return PerformanceResourceTiming.#of(this).#timing.endTime; }
  get encodedBodySize() { return PerformanceResourceTiming.#of(this).#timing.encodedBodySize; }
  get decodedBodySize() { return PerformanceResourceTiming.#of(this).#timing.decodedBodySize; }
  get transferSize() {
    PerformanceResourceTiming.#of(this);
    if (this.#cacheMode === 'local') return 0;
    return this.#cacheMode === 'validated' ? 300 : this.#timing.encodedBodySize + 300;
  }
  get deliveryType() { return PerformanceResourceTiming.#of(this).#delivery; }
  get responseStatus() { return PerformanceResourceTiming.#of(this).#status; }

  toJSON() {
    PerformanceResourceTiming.#of(this);
    const json = { name: this.name, entryType: this.entryType, startTime: this.startTime, duration: this.duration };
    for (const name of resourceFields) json[name] = this[name];
    return json;
  }
}

const resourceFields = ['initiatorType', 'nextHopProtocol', 'workerStart', 'redirectStart', 'redirectEnd', 'fetchStart',
  'domainLookupStart', 'domainLookupEnd', 'connectStart', 'connectEnd', 'secureConnectionStart', 'requestStart',
  'responseStart', 'responseEnd', 'transferSize', 'encodedBodySize', 'decodedBodySize', 'deliveryType', 'responseStatus'];
for (const name of [...resourceFields, 'toJSON'])
  Object.defineProperty(PerformanceResourceTiming.prototype, name, { enumerable: true });
Object.defineProperty(PerformanceResourceTiming.prototype, Symbol.toStringTag, { configurable: true, value: 'PerformanceResourceTiming' });

// The timeline that getEntries() shows: marks, measures and resources stay until they are cleared.
const timeline = { __proto__: null, mark: [], measure: [], resource: [] };
let resourceLimit = 250;
let resourceOverflow = [];
let onResourceFull = () => {};

const byStart = (a, b) => a.startTime - b.startTime;

function listed(name, type) {
  const lists = type === undefined ? [...timeline.mark, ...timeline.measure, ...timeline.resource] : [...timeline[type] ?? []];
  const found = name === undefined ? lists : lists.filter((entry) => entry.name === name);
  return found.sort(byStart);
}

function clear(type, name) {
  timeline[type] = name === undefined ? [] : timeline[type].filter((entry) => entry.name !== name);
}

function add(entry) {
  timeline[entry.entryType].push(entry);
  publish(entry);
}

let fullPending = false;
function addResource(entry) {
  publish(entry);
  if (timeline.resource.length < resourceLimit && !fullPending) {
    timeline.resource.push(entry);
    return;
  }
  resourceOverflow.push(entry);
  if (fullPending) return;
  fullPending = true;
  setImmediate(() => {
    while (resourceOverflow.length > 0) {
      const before = resourceOverflow.length;
      if (timeline.resource.length >= resourceLimit) onResourceFull();
      while (resourceOverflow.length > 0 && timeline.resource.length < resourceLimit) timeline.resource.push(resourceOverflow.shift());
      if (resourceOverflow.length >= before) resourceOverflow = [];
    }
    fullPending = false;
  });
}

// Observers

const supported = Object.freeze(['dns', 'function', 'mark', 'measure', 'net', 'resource']);
const observers = new Set();
let scheduled = false;

function publish(entry) {
  for (const observer of observers) observer[key](entry);
}

const wantsType = (type) => {
  for (const observer of observers) if (observer[wanted].has(type)) return true;
  return false;
};
const wanted = Symbol('wanted');
const deliver = Symbol('deliver');

class PerformanceObserverEntryList {
  #entries;

  constructor(token, entries) {
    if (token !== key) throw new ERR_ILLEGAL_CONSTRUCTOR();
    this.#entries = entries.sort(byStart);
  }

  static #of(list) {
    if (list === null || typeof list !== 'object' || !(#entries in list)) throw new ERR_INVALID_THIS('PerformanceObserverEntryList');
    return list;
  }

  getEntries() { return PerformanceObserverEntryList.#of(this).#entries.slice(); }

  getEntriesByType(type) {
    PerformanceObserverEntryList.#of(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('type');
    type = `${type}`;
    return this.#entries.filter((entry) => entry.entryType === type);
  }

  getEntriesByName(name, type = undefined) {
    PerformanceObserverEntryList.#of(this);
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('name');
    name = `${name}`;
    if (type != null) type = `${type}`;
    return this.#entries.filter((entry) => entry.name === name && (type == null || entry.entryType === type));
  }

  [inspectCustom](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('util');
    return `PerformanceObserverEntryList ${inspect(this.#entries, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}
for (const name of ['getEntries', 'getEntriesByType', 'getEntriesByName'])
  Object.defineProperty(PerformanceObserverEntryList.prototype, name, { enumerable: true });
Object.defineProperty(PerformanceObserverEntryList.prototype, Symbol.toStringTag, { configurable: true, value: 'PerformanceObserverEntryList' });

class PerformanceObserver {
  #callback;
  #buffer = [];
  #mode; // 'multiple' or 'single', as the first observe() was
  [wanted] = new Set();

  constructor(callback) {
    validateFunction(callback, 'callback');
    this.#callback = callback;
  }

  static get supportedEntryTypes() { return supported; }

  observe(options = {}) {
    validateObject(options, 'options');
    const { entryTypes, type, buffered } = { ...options };
    if (entryTypes === undefined && type === undefined) throw new ERR_MISSING_ARGS('options.entryTypes', 'options.type');
    if (entryTypes != null && type != null) throw new ERR_INVALID_ARG_VALUE('options.entryTypes', entryTypes, 'options.entryTypes can not set with options.type together');
    const mode = entryTypes !== undefined ? 'multiple' : 'single';
    if (this.#mode !== undefined && this.#mode !== mode) {
      throw new DOMException(`PerformanceObserver can not change to ${mode} observations`, 'InvalidModificationError');
    }
    this.#mode = mode;
    if (mode === 'multiple') {
      if (!Array.isArray(entryTypes)) throw new ERR_INVALID_ARG_TYPE('options.entryTypes', 'string[]', entryTypes);
      this[wanted].clear();
      for (const one of entryTypes) if (supported.includes(one)) this[wanted].add(one);
    } else {
      validateString(type, 'options.type');
      if (!supported.includes(type)) return;
      this[wanted].add(type);
      if (buffered) {
        this.#buffer.push(...listed(undefined, type));
        if (this.#buffer.length > 0) schedule();
      }
    }
    if (this[wanted].size > 0) observers.add(this);
    else this.disconnect();
  }

  disconnect() {
    observers.delete(this);
    this.#buffer = [];
    this[wanted].clear();
    this.#mode = undefined;
  }

  takeRecords() {
    const records = this.#buffer;
    this.#buffer = [];
    return records;
  }

  [key](entry) {
    if (!this[wanted].has(entry.entryType)) return;
    this.#buffer.push(entry);
    schedule();
  }

  [deliver]() {
    if (this.#buffer.length === 0) return;
    const list = new PerformanceObserverEntryList(key, this.takeRecords());
    this.#callback.call(this, list, this);
  }

  [inspectCustom](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('util');
    return `PerformanceObserver ${inspect({ connected: observers.has(this), pending: scheduled, entryTypes: [...this[wanted]], buffer: this.#buffer },
      { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}
for (const name of ['observe', 'disconnect', 'takeRecords'])
  Object.defineProperty(PerformanceObserver.prototype, name, { enumerable: true });
Object.defineProperty(PerformanceObserver.prototype, Symbol.toStringTag, { configurable: true, value: 'PerformanceObserver' });

function schedule() {
  if (scheduled) return;
  scheduled = true;
  setImmediate(() => {
    scheduled = false;
    for (const observer of [...observers]) observer[deliver]();
  });
}

module.exports = {
  PerformanceEntry,
  PerformanceMark,
  PerformanceMeasure,
  PerformanceNodeEntry,
  PerformanceObserver,
  PerformanceObserverEntryList,
  PerformanceResourceTiming,
  add,
  addResource,
  clear,
  key,
  listed,
  publish,
  wantsType,
  setResourceLimit(limit) { resourceLimit = limit; },
  setOnResourceFull(callback) { onResourceFull = callback; },
};
