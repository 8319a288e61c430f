'use strict';
// fetch and what comes with it: undici, which is Node's own, packed into the program and loaded when first used.

const undici = require('undici/index-fetch');

module.exports = {
  fetch: function fetch(input, init = undefined) { return undici.fetch(input, init); },
  Headers: undici.Headers,
  Request: undici.Request,
  Response: undici.Response,
  FormData: undici.FormData,
  WebSocket: undici.WebSocket,
  CloseEvent: undici.CloseEvent,
  EventSource: undici.EventSource,
  ErrorEvent: undici.ErrorEvent,
  MessageEvent: undici.MessageEvent,
};
