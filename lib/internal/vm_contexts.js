'use strict';
// What vm (lib/vm.js) knows of contexts, for its modules.

const vm = {};

function offer(functions) { Object.assign(vm, functions); }

const callName = '__galley_vm_call__';
let setCall;

// Calls a function within limits, which only a script can have.
function runTimed(work, timeout, breakOnSigint) {
  const binding = internalBinding('vm');
  setCall ??= binding.run(undefined, `let ${callName}; (value) => { ${callName} = value; }`, 'node:vm', 1, 0, false);
  setCall(work);
  return binding.run(undefined, `${callName}()`, 'node:vm', 1, timeout, breakOnSigint);
}

module.exports = { offer, runTimed, isContext: (object) => vm.isContext(object), globalOf: (object) => vm.globalOf(object) };
