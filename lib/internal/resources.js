'use strict';
// What keeps the process alive, for process.getActiveResourcesInfo and its older relatives.

const binding = internalBinding('resources');

function info() {
  const names = [];
  for (let i = binding.requests(); i > 0; i--) names.push('FSReqCallback');
  names.push(...binding.handles());
  const { active } = require('timers')[Symbol.for('galley.internal')];
  const { timeouts, immediates } = active();
  for (let i = 0; i < timeouts; i++) names.push('Timeout');
  for (let i = 0; i < immediates; i++) names.push('Immediate');
  return names;
}

// The sockets, servers and children behind the handles, where they are known.
function handles() {
  return binding.objects().map((object) => object.owner ?? object);
}

module.exports = { info, handles, requests: () => new Array(binding.requests()).fill({}) };
