'use strict';

// How an object of Galley's own that can be cloned or moved to another thread says so:
//   [kClone]() or [kTransfer]() -> { data, deserializeInfo: 'module:Class' }, [kTransferList]() -> what `data` moves,
//   and there new Class()[kDeserialize](data), which may return another object in its place.

module.exports = {
  kClone: Symbol('kClone'),
  kTransfer: Symbol('kTransfer'),
  kTransferList: Symbol('kTransferList'),
  kDeserialize: Symbol('kDeserialize'),
};
