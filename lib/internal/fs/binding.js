'use strict';
// The disk as the files of lib/internal/fs see it: `call(operation, request, ...)`. Request 0 runs at
// once and gives the result, or a negative number for an error; any other request is answered later
// through `complete`.

const binding = internalBinding('fs');
const context = require('internal/async_context');

const { call, numbers, big, operations } = binding;
const STAGE = 18, SIZE = 19;
const TOO_BIG = 5, PATH_WITH_NUL = -100000;
const stages = [undefined, 'open', 'read', 'write', 'stat'];

// Open slots form a list: each holds the number of the next.
const pending = [0];
let free = 0;

function register(request) {
  if (context.track !== undefined) request.entry = context.track.init(request.kind, request);
  const id = free;
  if (id === 0) return pending.push(request) - 1;
  free = pending[id];
  pending[id] = request;
  return id;
}

binding.setComplete((id, result) => {
  const request = pending[id];
  pending[id] = free;
  free = id;
  context.frame = request.frame;
  const { entry } = request;
  if (entry === undefined) {
    request.finish(result);
    return;
  }
  context.track.before(entry);
  try {
    request.finish(result);
  } finally {
    context.track.after(entry);
    context.track.destroy(entry);
  }
});

let errors;
function uvException(context) {
  errors ??= require('internal/errors');
  return new errors.UVException(context);
}

function pathError(path) {
  errors ??= require('internal/errors');
  const { ERR_INVALID_ARG_VALUE } = errors.codes;
  return new ERR_INVALID_ARG_VALUE('path', path, 'must be a string, Uint8Array, or URL without null bytes');
}

const failed = (result) => typeof result === 'number' && result < 0;

// What went wrong in a call that made one system call.
function failure(errno, syscall, path, dest) {
  if (errno === PATH_WITH_NUL) return pathError(path);
  return uvException({ errno, syscall, path, dest });
}

// The same for whole files: the step that failed has its own name, and only opening knows the path.
function fileFailure(errno, path) {
  if (errno === PATH_WITH_NUL) return pathError(path);
  const stage = numbers[STAGE];
  if (stage === TOO_BIG) {
    errors ??= require('internal/errors');
    return new errors.codes.ERR_FS_FILE_TOO_LARGE(numbers[SIZE]);
  }
  return uvException({ errno, syscall: stages[stage], path: stage === 1 ? path : undefined });
}

// Calls back with (error) or (null, result).
class CallbackRequest {
  constructor(callback, convert, syscall, path, dest) {
    this.callback = callback;
    this.convert = convert; // undefined: there is no result
    this.syscall = syscall;
    this.path = path;
    this.dest = dest;
    this.frame = context.frame;
    this.keep = undefined; // bytes that C is using
    this.entry = undefined;
  }

  get kind() { return 'FSREQCALLBACK'; }

  finish(result) {
    const { callback, convert } = this;
    if (typeof result === 'number' && result < 0) callback(this.failure(result));
    else if (convert === undefined) callback(null);
    else callback(null, convert(result));
  }

  failure(errno) { return failure(errno, this.syscall, this.path, this.dest); }
}

class PromiseRequest {
  constructor(convert, syscall, path, dest) {
    this.convert = convert;
    this.syscall = syscall;
    this.path = path;
    this.dest = dest;
    this.frame = context.frame;
    this.keep = undefined;
    this.resolve = undefined;
    this.reject = undefined;
    this.entry = undefined;
  }

  get kind() { return 'FSREQPROMISE'; }

  finish(result) {
    const { convert } = this;
    if (typeof result === 'number' && result < 0) {
      const error = failure(result, this.syscall, this.path, this.dest);
      this.reject(error);
    } else {
      this.resolve(convert === undefined ? undefined : convert(result));
    }
  }
}

const same = (result) => result;

module.exports = {
  binding,
  call,
  operations,
  numbers,
  big,
  register,
  failed,
  failure,
  fileFailure,
  uvException,
  CallbackRequest,
  PromiseRequest,
  same,
};
