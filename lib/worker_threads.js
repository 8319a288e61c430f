'use strict';

// require('worker_threads')

const { isMainThread, lazyProperty } = require('internal/builtin');
const { MessageChannel, MessagePort, receiveMessageOnPort, isPort, isClosed } = require('internal/messaging');
const { mark, isMarked, markUncloneable } = require('internal/untransferable');
const codes = require('internal/codes');

const main = isMainThread ? undefined : require('internal/worker_main');

function markAsUntransferable(object) {
  if ((typeof object !== 'object' && typeof object !== 'function') || object === null) return;
  mark(object);
}

function isMarkedAsUntransferable(object) {
  if (object == null) return false;
  return isMarked(object);
}

function markAsUncloneable(object) {
  if ((typeof object !== 'object' && typeof object !== 'function') || object === null) return;
  if (!require('internal/util/types').isAnyArrayBuffer(object)) markUncloneable(object); // memory is always copied
}

function moveMessagePortToContext(port, context) {
  if (!isPort(port)) throw new codes.ERR_INVALID_ARG_TYPE('port', 'MessagePort', port);
  if (isClosed(port)) throw new codes.ERR_CLOSED_MESSAGE_PORT();
  if (!require('vm').isContext(context)) throw new codes.ERR_INVALID_ARG_TYPE('contextifiedSandbox', 'vm.Context', context);
  return port;
}

module.exports = {
  isInternalThread: false,
  isMainThread,
  MessagePort,
  MessageChannel,
  markAsUncloneable,
  markAsUntransferable,
  isMarkedAsUntransferable,
  moveMessagePortToContext,
  receiveMessageOnPort,
  resourceLimits: isMainThread ? {} : main.load.resourceLimits,
  postMessageToThread(...args) { return require('internal/thread_messages').postMessageToThread(...args); },
  threadId: isMainThread ? 0 : main.load.threadId,
  threadName: isMainThread ? '' : main.load.name,
  SHARE_ENV: Symbol.for('nodejs.worker_threads.SHARE_ENV'),
  parentPort: isMainThread ? null : main.parentPort,
  workerData: isMainThread ? null : main.load.workerData,
};
for (const name of ['Worker', 'setEnvironmentData', 'getEnvironmentData'])
  lazyProperty(module.exports, name, () => require('internal/worker')[name]);
lazyProperty(module.exports, 'BroadcastChannel', () => require('internal/broadcast_channel').BroadcastChannel);
lazyProperty(module.exports, 'locks', () => require('internal/locks').locks);
