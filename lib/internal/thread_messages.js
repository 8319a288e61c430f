'use strict';

// postMessageToThread: every thread has a mailbox under its number; what arrives there becomes 'workerMessage', and the
// sender hears how it went.

const binding = internalBinding('messaging');
const { isMainThread } = require('internal/builtin');
const { write, giveBack, read, transferListOf } = require('internal/messaging');
const codes = require('internal/codes');

const { outbox } = binding;
const ownId = () => (isMainThread ? 0 : require('internal/worker_main').load.threadId);
const nameOf = (id) => `galley:thread:${id}`;
const startingName = (id) => `galley:starting:${id}`; // held by the parent until the thread ends
const DELIVERED = 0, NO_LISTENER = 1, THREW = 2;

let mailbox;
let lastId = 0;
const pending = new Map();

function tell(id, message, list) {
  const writer = write(message, list);
  try {
    const { bytes, parts, moves, at } = writer;
    const told = binding.tell(at, bytes === outbox ? undefined : bytes, parts.length === 0 ? undefined : parts, nameOf(id));
    if (told && moves !== undefined) for (const move of moves) move();
    return told;
  } finally {
    writer.moves = undefined;
    giveBack(writer);
  }
}

function arrived(length, value, parts) {
  if (length === -2) return;
  const message = read(length, value, parts);
  if (message.reply !== undefined) {
    const question = pending.get(message.reply);
    if (question === undefined) return;
    settle(message.reply);
    if (message.status === DELIVERED) question.resolve();
    else question.reject(message.status === THREW ? new codes.ERR_WORKER_MESSAGING_ERRORED() : new codes.ERR_WORKER_MESSAGING_FAILED());
    return;
  }
  let status = NO_LISTENER;
  try {
    if (process.emit('workerMessage', message.value, message.from)) status = DELIVERED;
  } catch {
    status = THREW;
  }
  tell(message.from, { reply: message.id, status });
}

function settle(id) {
  const question = pending.get(id);
  pending.delete(id);
  clearTimeout(question.timer);
  if (pending.size === 0) mailbox.unref();
}

function listen() {
  if (mailbox !== undefined) return;
  mailbox = binding.join(nameOf(ownId()));
  mailbox.unref();
  mailbox.start(arrived);
}

async function postMessageToThread(threadId, value, transferList, timeout) {
  if (typeof transferList === 'number' && timeout === undefined) {
    timeout = transferList;
    transferList = undefined;
  }
  require('internal/validators').validateNumber(threadId, 'threadId', 0);
  if (transferList !== undefined && transferList !== null && typeof transferList !== 'object')
    throw new codes.ERR_INVALID_ARG_TYPE('transferList', 'Array', transferList);
  if (timeout !== undefined) require('internal/validators').validateNumber(timeout, 'timeout', 0);
  if (threadId === ownId()) throw new codes.ERR_WORKER_MESSAGING_SAME_THREAD();
  listen();
  const id = ++lastId;
  const question = Promise.withResolvers();
  pending.set(id, question);
  mailbox.ref();
  if (timeout !== undefined) {
    question.timer = setTimeout(() => {
      if (!pending.has(id)) return;
      settle(id);
      question.reject(new codes.ERR_WORKER_MESSAGING_TIMEOUT());
    }, timeout);
  }
  try {
    await reach(id, threadId, { id, from: ownId(), value }, transferListOf(transferList));
  } catch (error) {
    if (pending.has(id)) settle(id);
    throw error;
  }
  return question.promise;
}

// A thread that has been made may not listen yet.
async function reach(id, threadId, message, list) {
  while (!tell(threadId, message, list)) {
    if (!binding.isJoined(startingName(threadId))) throw new codes.ERR_WORKER_MESSAGING_FAILED();
    await new Promise((resolve) => { setTimeout(resolve, 5); });
    if (!pending.has(id)) return;
  }
}

module.exports = { listen, postMessageToThread, announce: (id) => binding.join(startingName(id)) };
