'use strict';
// The native datagram socket as JavaScript holds it.

const binding = internalBinding('udp');

function UDP() { return binding.create(); }
const { prototype } = binding;
UDP.prototype = prototype;
UDP.constants = { UV_UDP_IPV6ONLY: 1, UV_UDP_REUSEADDR: 4, UV_UDP_REUSEPORT: 8 };

const onceClosed = new WeakMap();

function closed(handle) {
  const callback = onceClosed.get(handle);
  if (callback === undefined) return;
  onceClosed.delete(handle);
  callback.call(handle);
}

const hidden = (name, value) => Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
hidden('constructor', UDP);
hidden('close', function close(callback) {
  if (typeof callback === 'function') onceClosed.set(this, callback);
  this._close();
});
hidden('getAsyncId', () => 0);
Object.defineProperty(prototype, 'fd', { get() { return this.getFd(); }, configurable: true });

function named(address, out) {
  if (typeof address === 'number') return address;
  [out.address, out.family, out.port] = address;
  return 0;
}
hidden('getsockname', function getsockname(out) { return named(this.localAddress(), out); });
hidden('getpeername', function getpeername(out) { return named(this.remoteAddress(), out); });
hidden('addMembership', function addMembership(group, through) { return this.membership(true, group, through); });
hidden('dropMembership', function dropMembership(group, through) { return this.membership(false, group, through); });
hidden('addSourceSpecificMembership',
       function addSourceSpecificMembership(source, group, through) { return this.membership(true, group, through, source); });
hidden('dropSourceSpecificMembership',
       function dropSourceSpecificMembership(source, group, through) { return this.membership(false, group, through, source); });

module.exports = { UDP, closed };
