'use strict';

// A pool's tasks in a thread, one after the other; the answers of short ones go back together.

const { post } = require('internal/messaging');
const { turn } = require('internal/builtin');
const { performance } = require('perf_hooks');

const EXITING = 5;

const holdMs = 1; // how long a finished answer may wait for others

let answer;
let running; // [the id of the task that is being done, or 0]
let busy = false;
const waiting = [];
const forgotten = new Set();
let control;
let results = [];
let heldSince = 0;

function answerWith(fn, place) {
  answer = fn;
  running = place;
  process.on('exit', flush); // what was answered before the thread ended counts
}

function forget(id) {
  const at = waiting.findIndex((task) => task[0] === id);
  if (at >= 0) waiting.splice(at, 1);
  else forgotten.add(id);
}

function flush() {
  if (results.length === 0) return;
  const list = results;
  results = [];
  try {
    post(control, { type: 'results', list });
  } catch {
    for (const result of list) sendAlone(result);
  }
}

function sendAlone(result) {
  try {
    post(control, { type: 'results', list: [result] });
  } catch (error) { // the answer itself cannot be sent: that is the task's failure
    post(control, { type: 'results', list: [[result[0], true, error, result[3]]] });
  }
}

function done(id, failed, value, startedAt) {
  const now = performance.now();
  if (results.length === 0) heldSince = now;
  if (!forgotten.delete(id)) results.push([id, failed, value, now - startedAt]);
  if (now - heldSince > holdMs) flush();
}

async function work() {
  busy = true;
  while (waiting.length > 0) {
    const [id, value] = waiting.shift();
    const startedAt = performance.now();
    running[0] = id;
    try {
      let result = answer(value);
      if (typeof result?.then === 'function') {
        flush();
        result = await result;
      }
      done(id, false, result, startedAt);
    } catch (error) {
      if (turn[EXITING] !== 0) return; // the task ended its thread: it has no answer
      done(id, true, error, startedAt);
    }
  }
  busy = false;
  running[0] = 0;
  flush();
}

function take(list, port) {
  control = port;
  for (const task of list) waiting.push(task);
  if (!busy) work();
}

module.exports = { answerWith, forget, take };
