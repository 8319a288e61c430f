'use strict';
// require('dns'). Looking names up needs no name server code, so that is loaded only when somebody asks a server.

const names = require('internal/dns/lookup');

module.exports = {
  lookup: names.lookup,
  lookupService: names.lookupService,
  getDefaultResultOrder: names.getDefaultResultOrder,
  setDefaultResultOrder: names.setDefaultResultOrder,
  ADDRCONFIG: names.ADDRCONFIG,
  ALL: names.ALL,
  V4MAPPED: names.V4MAPPED,
};
