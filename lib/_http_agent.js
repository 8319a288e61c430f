'use strict';

// Which connection a request goes out on: new ones up to a limit, kept ones while the server allows, requests in a queue when
// there is neither.

const EventEmitter = require('events');
const net = require('net');
const { validateNumber, validateOneOf, validateString } = require('internal/validators');

const kOnKeylog = Symbol('onkeylog');
const { kHint, kListens } = require('internal/http_exchange');

const kRequestOptions = Symbol('requestOptions');
const HTTP_AGENT_KEEP_ALIVE_TIMEOUT_BUFFER = 1000;

function freeSocketErrorListener() {
  // `this` is a kept socket that nobody uses.
  this.destroy();
  this.emit('agentRemove');
}

function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  EventEmitter.call(this);
  this.options = { __proto__: null, ...options };
  this.defaultPort = this.options.defaultPort || 80;
  this.protocol = this.options.protocol || 'http:';
  if (this.options.noDelay === undefined) this.options.noDelay = true;
  // The agent has no path, but it may be that of a pipe for its connections.
  this.options.path = null;
  this.requests = { __proto__: null };
  this.sockets = { __proto__: null };
  this.freeSockets = { __proto__: null };
  this.keepAliveMsecs = this.options.keepAliveMsecs || 1000;
  this.keepAlive = this.options.keepAlive || false;
  this.maxSockets = this.options.maxSockets || Agent.defaultMaxSockets;
  this.maxFreeSockets = this.options.maxFreeSockets || 256;
  this.scheduling = this.options.scheduling || 'lifo';
  this.maxTotalSockets = this.options.maxTotalSockets;
  this.totalSocketCount = 0;
  this.agentKeepAliveTimeoutBuffer =
    typeof this.options.agentKeepAliveTimeoutBuffer === 'number' && this.options.agentKeepAliveTimeoutBuffer >= 0 &&
    Number.isFinite(this.options.agentKeepAliveTimeoutBuffer) ?
      this.options.agentKeepAliveTimeoutBuffer : HTTP_AGENT_KEEP_ALIVE_TIMEOUT_BUFFER;
  validateOneOf(this.scheduling, 'scheduling', ['fifo', 'lifo']);
  if (this.maxTotalSockets !== undefined) validateNumber(this.maxTotalSockets, 'maxTotalSockets', 1);
  else this.maxTotalSockets = Infinity;

  this.on('free', (socket, options) => onFree(this, socket, options));
  this.on('newListener', maybeEnableKeylog);
}
Object.setPrototypeOf(Agent.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Agent, EventEmitter);
Agent.defaultMaxSockets = Infinity;

function maybeEnableKeylog(eventName) {
  if (eventName !== 'keylog') return;
  this.removeListener('newListener', maybeEnableKeylog);
  const agent = this;
  this[kOnKeylog] = function onKeylog(line) { agent.emit('keylog', line, this); };
  for (const list of Object.values(this.sockets)) for (const socket of list) socket.on('keylog', this[kOnKeylog]);
}

// The name under which createSocket put the socket into the pools.
function nameOf(agent, options) {
  return agent.getName === getName && typeof options._agentKey === 'string' ? options._agentKey : agent.getName(options);
}

function onFree(agent, socket, options) {
  const name = nameOf(agent, options);
  // A socket that does not take writes any more is of no use to anybody.
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const waiting = agent.requests[name];
  if (waiting?.length) {
    const request = waiting.shift();
    setRequestSocket(agent, request, socket);
    if (waiting.length === 0) delete agent.requests[name];
    return;
  }
  const request = socket._httpMessage;
  if (!request?.shouldKeepAlive || !agent.keepAlive) {
    socket.destroy();
    return;
  }
  const free = agent.freeSockets[name] || [];
  let count = free.length;
  if (agent.sockets[name]) count += agent.sockets[name].length;
  if (agent.totalSocketCount > agent.maxTotalSockets || count > agent.maxSockets || free.length >= agent.maxFreeSockets ||
      !agent.keepSocketAlive(socket)) {
    socket.destroy();
    return;
  }
  agent.freeSockets[name] = free;
  socket._httpMessage = null;
  agent.removeSocket(socket, options);
  agent.totalSocketCount++; // kept, it still counts
  if (socket[kListens] !== true) socket.once('error', freeSocketErrorListener);
  free.push(socket);
}

Agent.prototype.createConnection = function createConnection(...args) {
  return net.createConnection(...args);
};

// What two requests must have in common to share a connection.
function getName(options = {}) {
  let name = options.host || 'localhost';
  name += ':';
  if (options.port) name += options.port;
  name += ':';
  if (options.localAddress) name += options.localAddress;
  if (options.family === 4 || options.family === 6) name += `:${options.family}`;
  if (options.socketPath) name += `:${options.socketPath}`;
  return name;
}
Agent.prototype.getName = getName;

function serverName(options, request) {
  let name = options.host;
  const host = request.getHeader('host');
  if (host) {
    validateString(host, 'options.headers.host');
    // [::1]:80 and name:80 without their ports.
    if (host[0] === '[') {
      const end = host.indexOf(']');
      name = end === -1 ? host : host.slice(1, end);
    } else {
      name = host.split(':', 1)[0];
    }
  }
  return net.isIP(name) ? '' : name;
}

// The name of a connection that only host and port tell from others, found without putting all options together: what the last
// request asked for is what most ask for.
let lastHost, lastPort, lastName;

function nameOfPlain(agent, options) {
  const own = agent.options;
  if (agent.getName !== getName || options.localAddress || options.family || options.socketPath || own.host !== undefined ||
      own.port !== undefined || own.localAddress !== undefined || own.family !== undefined || own.socketPath) return undefined;
  const { host, port } = options;
  if (host !== lastHost || port !== lastPort || lastName === undefined) {
    lastName = getName.call(agent, options);
    lastHost = host;
    lastPort = port;
  }
  return lastName;
}

function takeFree(agent, name, request) {
  const free = agent.freeSockets[name];
  if (free === undefined) return false;
  while (free.length && free[0].destroyed) free.shift();
  const socket = agent.scheduling === 'fifo' ? free.shift() : free.pop();
  if (free.length === 0) delete agent.freeSockets[name];
  if (socket === undefined) return false;
  agent.reuseSocket(socket, request);
  setRequestSocket(agent, request, socket);
  (agent.sockets[name] ||= []).push(socket);
  return true;
}

Agent.prototype.addRequest = function addRequest(request, options, port, localAddress) {
  if (typeof options === 'string') options = { __proto__: null, host: options, port, localAddress };
  const plainName = nameOfPlain(this, options);
  if (plainName !== undefined && takeFree(this, plainName, request)) return;
  options = { __proto__: null, ...options, ...this.options };
  if (options.socketPath) options.path = options.socketPath;
  normalizeServerName(options, request);
  const name = this.getName(options);
  if (takeFree(this, name, request)) return;
  this.sockets[name] ||= [];
  const free = this.freeSockets[name];
  const count = (free ? free.length : 0) + this.sockets[name].length;
  if (count < this.maxSockets && this.totalSocketCount < this.maxTotalSockets) {
    this.createSocket(request, options, (error, created) => {
      if (error) request.onSocket(created, error);
      else setRequestSocket(this, request, created);
    });
  } else {
    this.requests[name] ||= [];
    request[kRequestOptions] = options;
    this.requests[name].push(request);
  }
};

function normalizeServerName(options, request) {
  if (!options.servername && options.servername !== '') options.servername = serverName(options, request);
}

Agent.prototype.createSocket = function createSocket(request, options, callback) {
  options = { __proto__: null, ...options, ...this.options };
  if (options.socketPath) options.path = options.socketPath;
  normalizeServerName(options, request);
  // A session is looked for under the name of the connection.
  options._agentKey = this.getName(options);
  options.encoding = null;
  let called = false;
  const onCreate = (error, socket) => {
    if (called) return;
    called = true;
    if (error) return callback(error);
    const name = options._agentKey;
    this.sockets[name] ||= [];
    this.sockets[name].push(socket);
    this.totalSocketCount++;
    installListeners(this, socket, options);
    callback(null, socket);
  };
  // Kept connections are probed, unless the program says otherwise.
  if (this.keepAlive) {
    options.keepAlive = this.keepAlive;
    options.keepAliveInitialDelay = this.keepAliveMsecs;
  }
  const socket = this.createConnection(options, onCreate);
  if (socket) onCreate(null, socket);
};

function installListeners(agent, socket, options) {
  const onFreeSocket = () => agent.emit('free', socket, options);
  const onClose = () => agent.removeSocket(socket, options);
  const onTimeout = () => {
    // A kept socket that times out must not be given to a request any more.
    for (const name of Object.keys(agent.freeSockets)) {
      if (agent.freeSockets[name].includes(socket)) return socket.destroy();
    }
  };
  const onRemove = () => {
    // The socket belongs to another protocol now.
    agent.removeSocket(socket, options);
    socket.removeListener('close', onClose);
    socket.removeListener('free', onFreeSocket);
    socket.removeListener('timeout', onTimeout);
    socket.removeListener('agentRemove', onRemove);
  };
  socket.on('free', onFreeSocket);
  socket.on('close', onClose);
  socket.on('timeout', onTimeout);
  socket.on('agentRemove', onRemove);
  if (agent[kOnKeylog]) socket.on('keylog', agent[kOnKeylog]);
}

Agent.prototype.removeSocket = function removeSocket(socket, options) {
  const name = nameOf(this, options);
  const pools = [this.sockets];
  // A socket that is gone is gone from everywhere.
  if (!socket.writable) pools.push(this.freeSockets);
  for (const pool of pools) {
    const at = pool[name] ? pool[name].indexOf(socket) : -1;
    if (at === -1) continue;
    pool[name].splice(at, 1);
    if (pool[name].length === 0) delete pool[name];
    this.totalSocketCount--;
  }
  // The place that became free is for whoever waits: first for the same host, else for any.
  let waiting;
  let waitingName = name;
  if (this.requests[name]?.length) {
    waiting = this.requests[name][0];
  } else {
    for (const other of Object.keys(this.requests)) {
      // Only when the limit of all, not that of one host, kept it waiting.
      if (this.sockets[other]?.length >= this.maxSockets) continue;
      waiting = this.requests[other][0];
      waitingName = other;
      break;
    }
  }
  if (!waiting || this.totalSocketCount >= this.maxTotalSockets) return;
  if ((this.sockets[waitingName]?.length ?? 0) + (this.freeSockets[waitingName]?.length ?? 0) >= this.maxSockets) return;
  // The new socket is free: whoever is first in the queue then gets it.
  this.createSocket(waiting, waiting[kRequestOptions] || options, (error, created) => {
    if (error) waiting.onSocket(null, error);
    else created.emit('free');
  });
};

Agent.prototype.keepSocketAlive = function keepSocketAlive(socket) {
  socket.setKeepAlive(true, this.keepAliveMsecs);
  socket.unref();
  let timeout = this.options.timeout || 0;
  // What the server said it would wait, less a little for the way.
  const response = socket._httpMessage?.res;
  const seconds = response ? hintOf(response) : -1;
  if (seconds >= 0) {
    const hinted = seconds * 1000 - this.agentKeepAliveTimeoutBuffer;
    if (hinted <= 0) return false;
    if (!timeout || hinted < timeout) timeout = hinted;
  }
  if (socket.timeout !== timeout) socket.setTimeout(timeout);
  return true;
};

// -1: the server does not say.
function hintOf(response) {
  const known = response[kHint];
  if (known !== undefined) return known - 1;
  const hint = /^timeout=(\d+)/.exec(response.headers['keep-alive']);
  return hint ? Number.parseInt(hint[1], 10) : -1;
}

Agent.prototype.reuseSocket = function reuseSocket(socket, request) {
  request.reusedSocket = true;
  socket.removeListener('error', freeSocketErrorListener);
  socket.ref();
};

Agent.prototype.destroy = function destroy() {
  for (const pool of [this.freeSockets, this.sockets]) {
    for (const name of Object.keys(pool)) for (const socket of pool[name].slice()) socket.destroy();
  }
};

function setRequestSocket(agent, request, socket) {
  request.onSocket(socket);
  const agentTimeout = agent.options.timeout || 0;
  if (request.timeout === undefined || request.timeout === agentTimeout) return;
  socket.setTimeout(request.timeout);
}

let globalAgent = new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 });

module.exports = { Agent };
Object.defineProperty(module.exports, 'globalAgent', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get: () => globalAgent,
  set(value) { globalAgent = value; },
});
