'use strict';
// The oldest kind of stream, from which all others descend: an emitter that pipes by events.

const EventEmitter = require('events');
const kKeepsShape = Symbol.for('galley.events.keepsShape');
const { codes: { ERR_UNKNOWN_ENCODING } } = require('internal/errors');

// What nearly every stream is listened to for has its place from the start, so that all streams have one shape.
function Listeners() {
  this.close = undefined;
  this.error = undefined;
  this.prefinish = undefined;
  this.finish = undefined;
  this.drain = undefined;
  this.data = undefined;
  this.end = undefined;
  this.readable = undefined;
}
Listeners.prototype = Object.create(null);

function Stream(options) {
  if (this._events === undefined || this._events === Object.getPrototypeOf(this)._events) {
    this._events = new Listeners();
    this[kKeepsShape] = true;
    this._eventsCount = 0;
  }
  EventEmitter.call(this, options);
  const encoding = options?.defaultEncoding;
  if (encoding !== undefined && encoding !== null) {
    if (encoding !== 'utf8' && !Buffer.isEncoding(encoding)) throw new ERR_UNKNOWN_ENCODING(encoding);
  } else if (this._writableState?.objectMode) {
    this._writableState.defaultEncoding = undefined; // objects have none
  }
}
Object.setPrototypeOf(Stream.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Stream, EventEmitter);

Stream.prototype.pipe = function pipe(target, options) {
  const source = this;
  const onData = (chunk) => {
    if (target.writable && target.write(chunk) === false) source.pause?.();
  };
  const onDrain = () => {
    if (source.readable) source.resume?.();
  };
  let isOver = false;
  const onEnd = () => {
    if (isOver) return;
    isOver = true;
    target.end();
  };
  const onClose = () => {
    if (isOver) return;
    isOver = true;
    target.destroy?.();
  };
  function onError(error) {
    part();
    if (EventEmitter.prototype.listenerCount.call(this, 'error') === 0) this.emit('error', error);
  }
  const bonds = [[source, 'data', onData], [target, 'drain', onDrain]];
  if (!target._isStdio && options?.end !== false) bonds.push([source, 'end', onEnd], [source, 'close', onClose]);
  for (const [emitter, event, listener] of bonds) emitter.on(event, listener);
  prependListener(source, 'error', onError);
  prependListener(target, 'error', onError);
  const part = () => {
    for (const [emitter, event, listener] of all) emitter.removeListener(event, listener);
  };
  const all = [...bonds, [source, 'error', onError], [target, 'error', onError], [source, 'end', part], [source, 'close', part],
    [target, 'close', part]];
  source.on('end', part);
  source.on('close', part);
  target.on('close', part);
  target.emit('pipe', source);
  return target;
};

// Before all other listeners, also on emitters that do not know how.
function prependListener(emitter, event, listener) {
  if (typeof emitter.prependListener === 'function') return emitter.prependListener(event, listener);
  const present = emitter._events?.[event];
  if (present === undefined) emitter.on(event, listener);
  else if (Array.isArray(present)) present.unshift(listener);
  else emitter._events[event] = [listener, present];
}

module.exports = { Stream, prependListener };
