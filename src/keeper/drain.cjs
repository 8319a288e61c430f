// Preloaded into real Node. It reports how late the loop is and how many requests were served, and lets workers of a cluster
// leave without losing a request, though the application does nothing for it: when the primary asks a worker to
// disconnect, answers begin to close their connections, idle connections are closed once they are surely idle, and then
// the worker is asked to stop.
'use strict';

const IDLE_MS = 250;

// Only what the manager itself started has this; what that starts in its turn inherits the preloading, and nothing more.
const mode = process.env.GALLEY_REPORT;
delete process.env.GALLEY_REPORT;

let requests = 0;

if (mode === 'cluster') {
  const net = require('net');
  const servers = new Set();
  const sockets = new Set();
  const { listen } = net.Server.prototype;
  let draining = false;

  function countRequest() {
    requests++;
  }

  function keepTrackOf(socket) {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  }

  net.Server.prototype.listen = function (...args) {
    if (!servers.has(this)) {
      servers.add(this);
      this.on('connection', keepTrackOf);
      if (isHttp(this)) this.on('request', countRequest);
    }
    return listen.apply(this, args);
  };

  function answerAndClose(request, response) {
    if (!response.headersSent && request.httpVersionMajor < 2) response.shouldKeepAlive = false;
  }

  function isHttp(server) {
    return server.listenerCount('request') > 0;
  }

  // A socket is idle if nothing was read since the last look and no answer is on its way.
  function closeIdle(bytesBefore) {
    const bytesNow = new Map();
    for (const socket of sockets) {
      const busy = socket._httpMessage || socket.upgraded || !socket.parser || socket.writableLength > 0;
      if (!busy && bytesBefore.get(socket) === socket.bytesRead) socket.end();
      else bytesNow.set(socket, socket.bytesRead);
    }
    if (sockets.size === 0) process.kill(process.pid, process.env.PM2_KILL_SIGNAL || 'SIGINT');
    else lookLater(bytesNow);
  }

  // From an immediate, that is right after all that had arrived was read: a request that is already here is
  // not taken for silence.
  function lookLater(bytesBefore) {
    setTimeout(() => setImmediate(closeIdle, bytesBefore), sockets.size ? IDLE_MS : 0);
  }

  function drain() {
    if (draining) return;
    draining = true;
    for (const server of servers) {
      if (!isHttp(server)) continue;
      server.prependListener('request', answerAndClose);
      // Node closes idle connections with the server, also those whose next request is just arriving.
      server.closeIdleConnections = () => {};
    }
    lookLater(new Map());
  }

  // Before Node's own listener, which closes the servers.
  process.prependListener('internalMessage', (message) => {
    if (message && message.cmd === 'NODE_CLUSTER' && message.act === 'disconnect') drain();
  });
}

// What the manager cannot see from outside, in the words of PM2's own library; only when it has changed.
function reportFigures() {
  const interval = 2000;
  let due = Date.now() + interval;
  let before = 0;
  let said = '';
  const timer = setInterval(() => {
    const now = Date.now();
    const late = String(Math.max(0, now - due));
    const rate = ((requests - before) * 60000 / (now - due + interval)).toFixed(0);
    due = now + interval;
    before = requests;
    if (said === `${late} ${rate}` || !process.connected) return;
    said = `${late} ${rate}`;
    const data = { 'Event Loop Latency': { value: late, type: 'internal/libuv/latency/p50', unit: 'ms', historic: true } };
    if (mode === 'cluster') data.HTTP = { value: rate, type: 'internal/http/builtin/reqs', unit: 'req/min', historic: true, total: before };
    process.send({ type: 'axm:monitor', data }, () => {});
  }, interval);
  timer.unref();
}
if (mode !== undefined) reportFigures();
