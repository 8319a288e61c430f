'use strict';

// The web's error class: its names map to the old numeric codes, and structured clones of it keep name, message and code.

const { codes: { ERR_INVALID_THIS } } = require('internal/errors');

const codeOfName = {
  __proto__: null,
  IndexSizeError: 1,
  HierarchyRequestError: 3,
  WrongDocumentError: 4,
  InvalidCharacterError: 5,
  NoModificationAllowedError: 7,
  NotFoundError: 8,
  NotSupportedError: 9,
  InUseAttributeError: 10,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidModificationError: 13,
  NamespaceError: 14,
  InvalidAccessError: 15,
  TypeMismatchError: 17,
  SecurityError: 18,
  NetworkError: 19,
  AbortError: 20,
  URLMismatchError: 21,
  QuotaExceededError: 22,
  TimeoutError: 23,
  InvalidNodeTypeError: 24,
  DataCloneError: 25,
};

const constants = {
  INDEX_SIZE_ERR: 1,
  DOMSTRING_SIZE_ERR: 2,
  HIERARCHY_REQUEST_ERR: 3,
  WRONG_DOCUMENT_ERR: 4,
  INVALID_CHARACTER_ERR: 5,
  NO_DATA_ALLOWED_ERR: 6,
  NO_MODIFICATION_ALLOWED_ERR: 7,
  NOT_FOUND_ERR: 8,
  NOT_SUPPORTED_ERR: 9,
  INUSE_ATTRIBUTE_ERR: 10,
  INVALID_STATE_ERR: 11,
  SYNTAX_ERR: 12,
  INVALID_MODIFICATION_ERR: 13,
  NAMESPACE_ERR: 14,
  INVALID_ACCESS_ERR: 15,
  VALIDATION_ERR: 16,
  TYPE_MISMATCH_ERR: 17,
  SECURITY_ERR: 18,
  NETWORK_ERR: 19,
  ABORT_ERR: 20,
  URL_MISMATCH_ERR: 21,
  QUOTA_EXCEEDED_ERR: 22,
  TIMEOUT_ERR: 23,
  INVALID_NODE_TYPE_ERR: 24,
  DATA_CLONE_ERR: 25,
};

const states = new WeakMap();

function stateOf(exception) {
  const state = states.get(exception);
  if (state === undefined)
    throw new ERR_INVALID_THIS('DOMException');
  return state;
}

// Instances are real errors (they carry a stack), while the class stands beside Error and not under it, as the web has it.
function DOMException(message = '', options = 'Error') {
  if (new.target === undefined)
    throw new TypeError("Class constructor DOMException cannot be invoked without 'new'");
  const error = Reflect.construct(Error, [], new.target);
  const state = { message: `${message}`, name: 'Error' };
  if (options !== null && typeof options === 'object') {
    if ('name' in options && options.name !== undefined)
      state.name = `${options.name}`;
    if ('cause' in options) {
      Object.defineProperty(error, 'cause',
                            { __proto__: null, value: options.cause, configurable: true, writable: true, enumerable: false });
    }
  } else if (options !== undefined) {
    state.name = `${options}`;
  }
  states.set(error, state);
  return error;
}

Object.setPrototypeOf(DOMException, Function.prototype);

class Shape {
  get name() {
    return stateOf(this).name;
  }

  get message() {
    return stateOf(this).message;
  }

  get code() {
    return codeOfName[stateOf(this).name] ?? 0;
  }
}

const { prototype } = DOMException;
Object.setPrototypeOf(prototype, Error.prototype);
for (const key of ['name', 'message', 'code']) {
  const { get } = Object.getOwnPropertyDescriptor(Shape.prototype, key);
  Object.defineProperty(prototype, key, { __proto__: null, get, enumerable: true, configurable: true });
}
Object.defineProperty(prototype, Symbol.toStringTag, { __proto__: null, value: 'DOMException', configurable: true });
for (const key in constants) {
  const descriptor = { __proto__: null, value: constants[key], enumerable: true };
  Object.defineProperty(prototype, key, descriptor);
  Object.defineProperty(DOMException, key, descriptor);
}
Object.defineProperty(DOMException, 'prototype', { __proto__: null, writable: false });

module.exports = DOMException;
