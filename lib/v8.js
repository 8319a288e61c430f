'use strict';
// What programs ask of V8, answered by this engine as far as it has an answer; the rest says that it is
// not there.

const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, ERR_INVALID_ARG_TYPE, ERR_METHOD_NOT_IMPLEMENTED } } = require('internal/errors');
const { validateObject, validateString, validateUint32 } = require('internal/validators');
const memory = () => internalBinding('process').memory();

function absent(name) {
  const method = { [name]() { throw new ERR_METHOD_NOT_IMPLEMENTED(`v8.${name}()`); } };
  return method[name];
}

// Figures of JavaScriptCore's heap under V8's names; what the engine does not count is 0. malloced_memory is what C has in
// use: keys, connections and all that is no object of the engine's.
function getHeapStatistics() {
  const [rss, total, used, external] = memory();
  const limit = require('os').totalmem();
  const malloced = internalBinding('process').malloced();
  return {
    total_heap_size: total,
    total_heap_size_executable: 0,
    total_physical_size: Math.min(rss, total),
    total_available_size: Math.max(0, limit - rss),
    used_heap_size: used,
    heap_size_limit: limit,
    malloced_memory: malloced,
    peak_malloced_memory: malloced,
    does_zap_garbage: 0,
    number_of_native_contexts: 1,
    number_of_detached_contexts: 0,
    total_global_handles_size: 0,
    used_global_handles_size: 0,
    external_memory: external,
    total_allocated_bytes: used + external,
  };
}

// The engine's heap is one space.
function getHeapSpaceStatistics() {
  const [, total, used] = memory();
  return [{
    space_name: 'heap',
    space_size: total,
    space_used_size: used,
    space_available_size: Math.max(0, total - used),
    physical_space_size: total,
  }];
}

function getHeapCodeStatistics() {
  return {
    code_and_metadata_size: 0,
    bytecode_and_metadata_size: 0,
    external_script_source_size: 0,
    cpu_profiler_metadata_size: 0,
  };
}

// V8's flags mean nothing here; a wrong type is still told.
function setFlagsFromString(flags) { validateString(flags, 'flags'); }

const startupSnapshot = {
  addDeserializeCallback: absent('startupSnapshot.addDeserializeCallback'),
  addSerializeCallback: absent('startupSnapshot.addSerializeCallback'),
  setDeserializeMainFunction: absent('startupSnapshot.setDeserializeMainFunction'),
  isBuildingSnapshot: () => false,
};

function isStringOneByteRepresentation(content) {
  validateString(content, 'content');
  for (let i = 0; i < content.length; i++) if (content.charCodeAt(i) > 255) return false;
  return true;
}

function cachedDataVersionTag() {
  let tag = 0;
  for (const c of process.versions.javascriptcore) tag = (Math.imul(tag, 31) + c.charCodeAt(0)) >>> 0;
  return tag;
}

function setHeapSnapshotNearHeapLimit(limit) {
  validateUint32(limit, 'limit', true);
  throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('v8.setHeapSnapshotNearHeapLimit()');
}

function queryObjects(constructor, options = {}) {
  if (typeof constructor !== 'function') throw new ERR_INVALID_ARG_TYPE('constructor', 'function', constructor);
  validateObject(options, 'options');
  throw new ERR_METHOD_NOT_IMPLEMENTED('v8.queryObjects()');
}

// The engine's samples in V8's form.
function startCpuProfile() {
  const profile = require('internal/profile').Profile.start();
  if (profile === undefined) throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('v8.startCpuProfile()');
  const stop = () => {
    const taken = profile.stop();
    return taken === undefined ? undefined : JSON.stringify(taken);
  };
  return { stop, [Symbol.dispose]: stop };
}

module.exports = {
  startCpuProfile,
  cachedDataVersionTag,
  getHeapSnapshot: absent('getHeapSnapshot'),
  getHeapStatistics,
  getHeapSpaceStatistics,
  getHeapCodeStatistics,
  getCppHeapStatistics: absent('getCppHeapStatistics'),
  setFlagsFromString,
  takeCoverage() {},
  stopCoverage() {},
  queryObjects,
  startupSnapshot,
  setHeapSnapshotNearHeapLimit,
  writeHeapSnapshot: absent('writeHeapSnapshot'),
  isStringOneByteRepresentation,
};

// The structured clone lives in lib/internal/v8_serdes.js.
for (const name of ['Serializer', 'Deserializer', 'DefaultSerializer', 'DefaultDeserializer', 'serialize', 'deserialize']) {
  Object.defineProperty(module.exports, name, {
    configurable: true,
    enumerable: true,
    get: () => require('internal/v8_serdes')[name],
  });
}
