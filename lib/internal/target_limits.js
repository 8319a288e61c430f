'use strict';

// Under which names a target keeps how many listeners are too many; `events` and targets do without each other.

module.exports = {
  kMaxEventTargetListeners: Symbol('events.maxEventTargetListeners'),
  kMaxEventTargetListenersWarned: Symbol('events.maxEventTargetListenersWarned'),
};
