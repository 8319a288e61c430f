'use strict';
// Histograms over C's: what programs see.

const binding = internalBinding('performance');
const { codes: { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE, ERR_INVALID_THIS } } = require('internal/errors');
const { validateInteger, validateNumber, validateObject } = require('internal/validators');
const inspectCustom = Symbol.for('nodejs.util.inspect.custom');

const key = Symbol('making');
const COUNT = 0, MIN = 1, MAX = 2, MEAN = 3, DEVIATION = 4, EXCEEDS = 5;
const handles = new WeakMap();

function handleOf(histogram) {
  const handle = handles.get(histogram);
  if (handle === undefined) throw new ERR_INVALID_THIS('Histogram');
  return handle;
}

function checkPercentile(percentile) {
  validateNumber(percentile, 'percentile');
  if (Number.isNaN(percentile) || percentile <= 0 || percentile > 100)
    throw new ERR_OUT_OF_RANGE('percentile', '> 0 && <= 100', percentile);
}

// The percentiles that say something new: halfway to the end, and again, until the largest value.
function* percentilesOf(handle) {
  const figures = handle.figures();
  yield [0, figures[COUNT] === 0 ? 0 : figures[MIN]];
  if (figures[COUNT] === 0) {
    yield [100, 0];
    return;
  }
  const top = handle.percentile(100);
  for (let percentile = 50; ; percentile += (100 - percentile) / 2) {
    const value = handle.percentile(percentile);
    yield [percentile, value];
    if (value >= top || (100 - percentile) * figures[COUNT] / 100 < 0.5) break;
  }
  yield [100, top];
}

class Histogram {
  constructor(token, handle) {
    if (token !== key) throw new ERR_ILLEGAL_CONSTRUCTOR();
    handles.set(this, handle);
  }

  get count() { return handleOf(this).figures()[COUNT]; }
  get countBigInt() { return BigInt(this.count); }
  get min() { return handleOf(this).figures()[MIN]; }
  get minBigInt() {
    const [count, min] = handleOf(this).figures();
    return count === 0 ? 2n ** 63n - 1n : BigInt(min);
  }
  get max() { return handleOf(this).figures()[MAX]; }
  get maxBigInt() { return BigInt(this.max); }
  get mean() { return handleOf(this).figures()[MEAN]; }
  get stddev() { return handleOf(this).figures()[DEVIATION]; }
  get exceeds() { return handleOf(this).figures()[EXCEEDS]; }
  get exceedsBigInt() { return BigInt(this.exceeds); }

  percentile(percentile) {
    const handle = handleOf(this);
    checkPercentile(percentile);
    return handle.percentile(percentile);
  }

  percentileBigInt(percentile) { return BigInt(this.percentile(percentile)); }
  get percentiles() { return new Map(percentilesOf(handleOf(this))); }

  get percentilesBigInt() {
    const map = new Map();
    for (const [percentile, value] of percentilesOf(handleOf(this))) map.set(percentile, BigInt(value));
    return map;
  }

  reset() { handleOf(this).reset(); }

  toJSON() {
    const { count, min, max, mean, exceeds, stddev } = this;
    return { count, min, max, mean, exceeds, stddev, percentiles: Object.fromEntries(this.percentiles) };
  }

  [inspectCustom](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('util');
    const { min, max, mean, exceeds, stddev, count, percentiles } = this;
    return `Histogram ${inspect({ min, max, mean, exceeds, stddev, count, percentiles }, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}

class RecordableHistogram extends Histogram {
  record(value) {
    const handle = handleOf(this);
    if (typeof value === 'bigint') value = Number(value);
    else validateInteger(value, 'val', 1);
    if (value < 1) throw new ERR_OUT_OF_RANGE('val', '>= 1', value);
    handle.record(value);
  }

  recordDelta() { handleOf(this).recordDelta(); }

  add(other) {
    const handle = handleOf(this);
    if (!(other instanceof RecordableHistogram)) throw new ERR_INVALID_ARG_TYPE('other', 'RecordableHistogram', other);
    handle.add(handleOf(other));
  }
}

class IntervalHistogram extends Histogram {
  enable() { return handleOf(this).start(); }
  disable() { return handleOf(this).stop(); }
  [Symbol.dispose]() { this.disable(); }
}

function createHistogram(options = {}) {
  validateObject(options, 'options');
  const { lowest = 1, highest = Number.MAX_SAFE_INTEGER, figures = 3 } = options;
  if (typeof lowest !== 'bigint') validateInteger(lowest, 'options.lowest', 1, Number.MAX_SAFE_INTEGER);
  if (typeof highest !== 'bigint') validateInteger(highest, 'options.highest', 2 * Number(lowest), Number.MAX_SAFE_INTEGER);
  else if (highest < 2n * BigInt(lowest)) throw new ERR_INVALID_ARG_VALUE.RangeError('options.highest', highest);
  validateInteger(figures, 'options.figures', 1, 5);
  return new RecordableHistogram(key, binding.createHistogram(Number(lowest), Number(highest), figures));
}

function monitorEventLoopDelay(options = {}) {
  validateObject(options, 'options');
  const { resolution = 10 } = options;
  validateInteger(resolution, 'options.resolution', 1);
  return new IntervalHistogram(key, binding.createDelayMonitor(resolution));
}

module.exports = { Histogram, RecordableHistogram, createHistogram, monitorEventLoopDelay };
