'use strict';
// require('cluster'): the primary's half, or a worker's if a primary has started us.

const isWorker = internalBinding('process').envGet('NODE_UNIQUE_ID') !== undefined;
module.exports = require(isWorker ? 'internal/cluster/child' : 'internal/cluster/primary');
