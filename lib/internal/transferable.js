'use strict';

// How an object of Galley's own that can be cloned or moved to another thread says so:
//   [kClone]() or [kTransfer]() -> { data, deserializeInfo: 'module:Class' }, [kTransferList]() -> what `data` moves,
//   and there new Class()[kDeserialize](data), which may return another object in its place.

module.exports = {
  kClone: Symbol('messaging_clone_symbol'),
  kTransfer: Symbol('messaging_transfer_symbol'),
  kTransferList: Symbol('messaging_transfer_list_symbol'),
  kDeserialize: Symbol('messaging_deserialize_symbol'),
};
