'use strict';

// The interface of HTTP; what it does is in the _http_ files, each of which is read when it is first needed.

const { maxHeaderSizeOption, methods, parsers } = require('_http_common');
const { IncomingMessage } = require('_http_incoming');
const { OutgoingMessage, validateHeaderName, validateHeaderValue } = require('_http_outgoing');
const { STATUS_CODES, Server, ServerResponse, _connectionListener } = require('_http_server');
const { validateInteger } = require('internal/validators');

// Most servers are nobody's client.
const agent = () => require('_http_agent');
const client = () => require('_http_client');

function createServer(options, requestListener) {
  return new Server(options, requestListener);
}

function request(url, options, callback) {
  return new (client().ClientRequest)(url, options, callback);
}

function get(url, options, callback) {
  const message = request(url, options, callback);
  message.end();
  return message;
}

module.exports = {
  _connectionListener,
  METHODS: methods.toSorted(),
  STATUS_CODES,
  Agent: undefined, // these two are read below
  ClientRequest: undefined,
  IncomingMessage,
  OutgoingMessage,
  Server,
  ServerResponse,
  createServer,
  validateHeaderName,
  validateHeaderValue,
  get,
  request,
  setMaxIdleHTTPParsers(max) {
    validateInteger(max, 'max', 1);
    parsers.max = max;
  },
};

Object.defineProperties(module.exports, {
  maxHeaderSize: {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get: maxHeaderSizeOption,
  },
  globalAgent: {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get: () => agent().globalAgent,
    set(value) { agent().globalAgent = value; },
  },
});
for (const [name, read] of [['Agent', agent], ['ClientRequest', client]]) {
  const own = (value) => Object.defineProperty(module.exports, name,
                                               { __proto__: null, value, configurable: true, enumerable: true, writable: true });
  Object.defineProperty(module.exports, name, {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() { return own(read()[name])[name]; },
    set: own,
  });
}
for (const name of ['WebSocket', 'CloseEvent', 'MessageEvent']) {
  Object.defineProperty(module.exports, name, {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get: () => globalThis[name],
  });
}
