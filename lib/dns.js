'use strict';
// require('dns'). Looking names up needs no name server code, so that is loaded only when somebody asks a server.

const names = require('internal/dns/lookup');

const lazyResolver = () => require('internal/dns/resolver');

function getter(name, get) {
  const settle = (value) => {
    Object.defineProperty(module.exports, name, { value, configurable: true, enumerable: true, writable: true });
    return value;
  };
  Object.defineProperty(module.exports, name, {
    configurable: true, enumerable: true, get: () => settle(get()), set: settle,
  });
}

module.exports = {
  lookup: names.lookup,
  lookupService: names.lookupService,
  setServers(servers) { lazyResolver().setServers(servers); },
  getDefaultResultOrder: names.getDefaultResultOrder,
  setDefaultResultOrder: names.setDefaultResultOrder,
  ADDRCONFIG: names.ADDRCONFIG,
  ALL: names.ALL,
  V4MAPPED: names.V4MAPPED,
};

for (const name of require('internal/dns/methods')) {
  module.exports[name] = { [name](...args) { return lazyResolver().defaultResolver()[name](...args); } }[name];
}
Object.assign(module.exports, require('internal/dns/codes'));
getter('Resolver', () => lazyResolver().Resolver);
getter('promises', () => require('dns/promises'));
