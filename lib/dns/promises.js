'use strict';
// require('dns/promises')

const names = require('internal/dns/lookup');
const { PromisesResolver, defaultPromisesResolver, setServers } = require('internal/dns/resolver');

module.exports = {
  lookup: names.lookupPromise,
  lookupService: names.lookupServicePromise,
  Resolver: PromisesResolver,
  setServers,
  getDefaultResultOrder: names.getDefaultResultOrder,
  setDefaultResultOrder: names.setDefaultResultOrder,
};

for (const name of require('internal/dns/methods')) {
  module.exports[name] = { [name](...args) { return defaultPromisesResolver()[name](...args); } }[name];
}
Object.assign(module.exports, require('internal/dns/codes'));
