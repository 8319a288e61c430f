'use strict';

// A message whose body came together with its head is not made a stream for those who only listen: its events are told one a
// tick, as a stream would. Whoever wants more gets the stream, in the state that it would have by then.

const EventEmitter = require('events');
const { Readable } = require('stream');

const kState = Symbol('state'); // of a message that is a stream
const kConnection = Symbol('connection'); // of internal/http_connection, when C reads
const kPhase = Symbol('phase'); // how far the events were told without a stream

const SILENT = 0, FLOWING = 1, TOLD = 2, ENDED = 3, DESTROYED = 4, CLOSED = 5;

let plain; // IncomingMessage.prototype

function isLight(message) {
  return message[kState] === undefined && message[kConnection] !== undefined;
}

function on(type, listener) {
  if (type === 'readable' || !isLight(this) || (type === 'data' && !this.complete)) return Readable.prototype.on.call(this, type, listener);
  EventEmitter.prototype.on.call(this, type, listener);
  if (type === 'data' && this[kPhase] === SILENT && this[kState] === undefined) {
    this[kPhase] = FLOWING;
    process.nextTick(tellBody, this);
  }
  return this;
}

function takeArrived(message) {
  const chunk = message._arrived;
  message._arrived = undefined;
  return chunk;
}

function tellBody(message) {
  if (message[kState] !== undefined) return;
  message[kPhase] = TOLD;
  message._consuming = true;
  const chunk = takeArrived(message);
  if (chunk !== undefined) message.emit('data', chunk);
  if (message[kState] === undefined) process.nextTick(tellEnd, message);
}

function tellEnd(message) {
  if (message[kState] !== undefined) return;
  message[kPhase] = ENDED;
  message.emit('end');
  if (message[kState] !== undefined || hasOwnEnd(message)) {
    message.destroy();
    return;
  }
  message[kPhase] = DESTROYED;
  process.nextTick(tellClose, message);
}

// Whether the program put something in the place of what ends a message.
function hasOwnEnd(message) {
  return message.destroy !== plain.destroy || message._destroy !== plain._destroy;
}

function tellClose(message) {
  message[kPhase] = CLOSED;
  const state = message[kState];
  if (state !== undefined) state.closed = state.closeEmitted = true;
  message.emit('close');
}

function endStream(message) {
  if (!message.destroyed) message.push(null);
}

// Called once the message has a stream's state: brings it to where the message is.
function catchUp(message) {
  const phase = message[kPhase];
  const state = message[kState];
  if (phase <= FLOWING) {
    const chunk = takeArrived(message);
    if (chunk !== undefined) message.push(chunk);
    message.push(null);
    if (phase === FLOWING) message.resume();
    return;
  }
  state.flowing = true;
  state.dataEmitted = true;
  if (phase === TOLD) {
    process.nextTick(endStream, message);
    return;
  }
  state.ended = state.endEmitted = true;
  state.destroyed = phase >= DESTROYED;
  state.closed = state.closeEmitted = phase === CLOSED;
}

// What a message that is no stream says when it is asked about itself as one.
const answers = {
  readable: (phase) => phase < ENDED,
  destroyed: (phase) => phase >= DESTROYED,
  closed: (phase) => phase === CLOSED,
  errored: () => null,
  readableEnded: (phase) => phase >= ENDED,
  readableAborted: () => false,
  readableDidRead: (phase) => phase >= TOLD,
  readableFlowing: (phase) => phase === SILENT ? null : true,
};

// Whether the listeners of the message still wait for what nobody tells them.
function isWaitedFor(message) {
  return message[kState] !== undefined || (message._events !== undefined && message[kPhase] < TOLD);
}

// Lets messages of this prototype be told so.
function teach(prototype) {
  plain = prototype;
  prototype[kPhase] = SILENT;
  prototype.on = prototype.addListener = on;
  for (const [name, answer] of Object.entries(answers)) {
    const { get, set } = Object.getOwnPropertyDescriptor(Readable.prototype, name);
    Object.defineProperty(prototype, name, {
      __proto__: null,
      configurable: true,
      get() { return this[kState] === undefined ? answer(this[kPhase]) : get.call(this); },
      set,
    });
  }
}

module.exports = { catchUp, isWaitedFor, kConnection, kState, teach };
