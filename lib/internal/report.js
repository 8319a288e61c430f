'use strict';
// process.report: what the process is, has and waits for, as one JSON document for whoever has to find
// out why it misbehaves.

const { readFileSync, writeFileSync } = require('fs');
const path = require('path');
const os = require('os');
const { threadId } = require('worker_threads');
const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { validateBoolean, validateObject, validateString } = require('internal/validators');

const settings = { directory: '', filename: '', compact: false, excludeNetwork: false, excludeEnv: false, signal: 'SIGUSR2',
  reportOnFatalError: false, reportOnSignal: false, reportOnUncaughtException: false };
let count = 0;

function stackOf(error) {
  const [message, ...frames] = String(error.stack ?? error).split('\n    ');
  return { message, stack: frames, errorProperties: Object.fromEntries(Object.entries(error).map(([key, value]) => [key, String(value)])) };
}

// "Max open files   1024   4096   files" under the names that reports use.
const limitNames = { 'core file size': 'core_file_size_blocks', 'data size': 'data_seg_size_kbytes', 'file size': 'file_size_blocks',
  'locked memory': 'max_locked_memory_bytes', 'resident set': 'max_memory_size_kbytes', 'open files': 'open_files',
  'stack size': 'stack_size_bytes', 'cpu time': 'cpu_time_seconds', 'processes': 'max_user_processes',
  'address space': 'virtual_memory_bytes' };
function userLimits() {
  const limits = {};
  const figure = (text) => text === 'unlimited' ? text : +text;
  for (const line of readFileSync('/proc/self/limits', 'utf8').split('\n')) {
    const [, name, soft, hard] = /^Max (.+?) {2,}(\w+) +(\w+)/.exec(line) ?? [];
    if (limitNames[name] !== undefined) limits[limitNames[name]] = { soft: figure(soft), hard: figure(hard) };
  }
  return limits;
}

function sharedObjects() {
  const files = readFileSync('/proc/self/maps', 'utf8').match(/\S+\.so\b\S*$/gm) ?? [];
  return [...new Set(files)];
}

function network() {
  const interfaces = [];
  for (const [name, addresses] of Object.entries(os.networkInterfaces()))
    for (const { internal, mac, address, netmask, family } of addresses) interfaces.push({ name, internal, mac, address, netmask, family });
  return interfaces;
}

function resources() {
  const { userCPUTime, systemCPUTime, maxRSS, majorPageFault, minorPageFault, fsRead, fsWrite } = process.resourceUsage();
  const percent = (time) => time / 1e4 / process.uptime();
  return {
    free_memory: os.freemem(), total_memory: os.totalmem(), rss: process.memoryUsage.rss(),
    constrained_memory: process.constrainedMemory(), available_memory: process.availableMemory(),
    userCpuSeconds: userCPUTime / 1e6, kernelCpuSeconds: systemCPUTime / 1e6,
    cpuConsumptionPercent: percent(userCPUTime + systemCPUTime), userCpuConsumptionPercent: percent(userCPUTime),
    kernelCpuConsumptionPercent: percent(systemCPUTime), maxRss: maxRSS * 1024,
    pageFaults: { IORequired: majorPageFault, IONotRequired: minorPageFault }, fsActivity: { reads: fsRead, writes: fsWrite },
  };
}

function describe(error, event, trigger, filename) {
  const now = new Date();
  const { heapTotal, heapUsed, external } = process.memoryUsage();
  const libc = process.config?.variables?.glibc ?? glibcVersion();
  const header = {
    reportVersion: 4, event, trigger, filename, dumpEventTime: now.toISOString().replace(/\.\d+/, ''),
    dumpEventTimeStamp: String(+now), processId: process.pid, threadId, cwd: process.cwd(),
    commandLine: [process.argv0, ...process.execArgv, ...process.argv.slice(1)], nodejsVersion: process.version,
    glibcVersionRuntime: libc, glibcVersionCompiler: libc, wordSize: 64, arch: process.arch, platform: process.platform,
    componentVersions: { ...process.versions }, release: { ...process.release },
    osName: os.type(), osRelease: os.release(), osVersion: os.version(), osMachine: os.machine(), cpus: os.cpus(), host: os.hostname(),
  };
  if (!settings.excludeNetwork) header.networkInterfaces = network();
  const report = {
    header,
    javascriptStack: stackOf(error),
    javascriptHeap: { totalMemory: heapTotal, usedMemory: heapUsed, externalMemory: external, availableMemory: process.availableMemory() },
    nativeStack: [],
    resourceUsage: resources(),
    libuv: process.getActiveResourcesInfo().map((type) => ({ type, is_active: true })),
    workers: [],
    userLimits: userLimits(),
    sharedObjects: sharedObjects(),
  };
  if (!settings.excludeEnv) report.environmentVariables = { ...process.env };
  return report;
}

// The C library that the process has loaded says its version in its first lines of text.
function glibcVersion() {
  const file = sharedObjects().find((name) => /\/libc\.so\.6$/.test(name));
  if (file === undefined) return undefined;
  return /GNU C Library .*? version (\d+\.\d+)/.exec(readFileSync(file, 'latin1'))?.[1];
}

function stamp(date) {
  const two = (number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}.` +
    `${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}

function write(file, error, event, trigger) {
  file ||= settings.filename || `report.${stamp(new Date())}.${process.pid}.${threadId}.${String(++count).padStart(3, '0')}.json`;
  const text = JSON.stringify(describe(error, event, trigger, file), null, settings.compact ? 0 : 2) + '\n';
  if (file === 'stdout' || file === 'stderr') process[file].write(text);
  else writeFileSync(settings.directory === '' || path.isAbsolute(file) ? file : path.join(settings.directory, file), text);
  return file;
}

function checkError(error) {
  if (error === undefined) return new Error('JavaScript Callstack');
  validateObject(error, 'err');
  return error;
}

const report = {
  writeReport(file, error) {
    if (typeof file === 'object' && file !== null) {
      error = file;
      file = undefined;
    } else if (file !== undefined) {
      validateString(file, 'file');
    }
    return write(file, checkError(error), 'JavaScript API', 'API');
  },
  getReport(error) { return describe(checkError(error), 'JavaScript API', 'GetReport', null); },
};

function onSignal() { write(undefined, new Error('Signal'), settings.signal, 'Signal'); }
function onUncaught(error) {
  write(undefined, typeof error === 'object' && error !== null ? error : new Error(String(error)), 'Exception', 'Exception');
}

// What follows from a setting besides that it is kept.
const effects = {
  reportOnSignal(on) { on ? process.on(settings.signal, onSignal) : process.off(settings.signal, onSignal); },
  signal(name, before) {
    if (!(name in os.constants.signals)) throw new ERR_INVALID_ARG_TYPE('signal', 'a signal name', name);
    if (!settings.reportOnSignal) return;
    process.off(before, onSignal);
    process.on(name, onSignal);
  },
  reportOnUncaughtException(on) {
    process.off('uncaughtExceptionMonitor', onUncaught);
    if (on) process.on('uncaughtExceptionMonitor', onUncaught);
  },
};

for (const key of Object.keys(settings)) {
  const validate = typeof settings[key] === 'boolean' ? validateBoolean : validateString;
  Object.defineProperty(report, key, {
    configurable: true,
    enumerable: true,
    get() { return settings[key]; },
    set(value) {
      validate(value, key);
      const before = settings[key];
      effects[key]?.(value, before);
      settings[key] = value;
    },
  });
}

module.exports = report;
