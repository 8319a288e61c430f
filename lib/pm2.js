'use strict';

// What require('pm2') gives programs that have not installed that package: its interface, over Galley's manager.
// A method takes a callback, as PM2's do, or returns a promise without one.

const { Bus } = require('internal/pm2/bus');
const { followLogs, homeFolder, run } = require('internal/pm2/command');
const wires = require('internal/pm2/wire');

const ROOT_SOCKET = 'control.sock';
const ACTION_PATIENCE_MS = 10000;
const isConfigFile = (word) => /\.(?:json5?|ya?ml|config\.[cm]?js)$/.test(word);

let root = null; // the promise of a connection
const buses = new Set();

// Every call with its last argument, if that is a function, as its callback.
function withCallback(method) {
  return function (...args) {
    const last = args.findLastIndex((arg) => arg !== undefined);
    const callback = typeof args[last] === 'function' ? args[last] : undefined;
    const done = method.apply(this, callback ? args.slice(0, last) : args);
    if (!callback) return done;
    done.then((value) => process.nextTick(callback, null, value), (error) => process.nextTick(callback, error));
    return undefined;
  };
}

async function openRoot() {
  try {
    return await wires.connect(homeFolder(), ROOT_SOCKET);
  } catch {
    await run(['ping', '--silent']); // starts it
    return wires.connect(homeFolder(), ROOT_SOCKET);
  }
}

function connected() {
  if (root !== null) return root;
  const opening = root = openRoot();
  opening.then((wire) => { wire.closed = () => { if (root === opening) root = null; }; }, () => { root = null; });
  return opening;
}

const ask = async (request) => (await connected()).call(request);
const list = async () => JSON.parse((await run(['jlist'])).replace(/^[^[]*/, ''));
const isMeant = (word) => (entry) => String(word) === 'all' || String(entry.pm_id) === String(word) || entry.name === String(word) ||
  entry.pm2_env?.namespace === String(word);

async function acted(words, name) {
  await run([...words, '--silent']);
  return (await list()).filter(isMeant(name));
}

// To the keeper of the app that the process belongs to.
async function askKeeperOf(id, request) {
  const { workers } = await ask({ do: 'list' });
  const entry = workers.find((worker) => worker.pm_id === Number(id));
  if (entry === undefined) throw new Error(`Process with ID <${id}> unknown.`);
  return ask({ do: 'ask', key: entry.key, request: { ...request, worker: entry.pm_id } });
}

function declarationsOf(given, options) {
  if (Array.isArray(given)) return given;
  if (typeof given === 'object' && given !== null) return given.apps ?? [given];
  return [{ script: given, ...options }];
}

async function start(given, options = {}) {
  const before = await list();
  if (typeof given === 'string' && isConfigFile(given)) {
    await run(['start', given, ...onlySome(options), '--silent']);
  } else {
    if (given === null || (typeof given !== 'string' && typeof given !== 'object'))
      throw new TypeError('pm2.start needs a script, a file or an object that declares apps');
    const apps = declarationsOf(given, options).map(({ force, ...app }) => app);
    if (typeof given === 'string' && !options.force) refuseTwice(before, given, options);
    await run(['start', '-', '--silent', ...(options.force || given.force ? ['--force'] : [])], JSON.stringify({ apps }));
  }
  const known = new Map(before.map((entry) => [entry.pm_id, entry]));
  return (await list()).filter(({ pm_id: id, pid, pm2_env: env }) => {
    const former = known.get(id);
    return former === undefined || former.pid !== pid || former.pm2_env.restart_time !== env.restart_time;
  });
}

const onlySome = ({ only, env }) => [...(only ? ['--only', String(only)] : []), ...(typeof env === 'string' ? ['--env', env] : [])];

function refuseTwice(before, script, { name, cwd }) {
  const file = require('path').resolve(cwd ?? '.', script);
  const isUp = ({ pm2_env: env, ...entry }) => env.pm_exec_path === file && (name === undefined || entry.name === name) &&
    env.status !== 'stopped' && env.status !== 'errored';
  if (before.some(isUp)) throw new Error('Script already launched, add -f option to force re-execution');
}

async function launchBus() {
  await connected();
  const bus = await new Bus(homeFolder(), followLogs).open();
  buses.add(bus);
  return bus;
}

// Resolves with the answers of all processes that have the action.
async function trigger(word, action, parameter) {
  if (parameter !== null && typeof parameter === 'object') parameter = JSON.stringify(parameter);
  const able = (await list()).filter(isMeant(word)).filter(({ pm2_env: env }) =>
    env.axm_actions?.some(({ action_name: name }) => name === action));
  if (able.length === 0) throw new Error('Not any process has received a command (offline or unexistent)');
  const bus = await launchBus();
  let timer;
  const answers = new Promise((resolve, reject) => {
    const found = [];
    timer = setTimeout(() => reject(new Error(`${action} was not answered within ${ACTION_PATIENCE_MS / 1000} s`)), ACTION_PATIENCE_MS);
    bus.on('axm:reply', (reply) => {
      if (reply.data.action_name !== action || !able.some(({ pm_id: id }) => id === reply.process.pm_id)) return;
      if (found.push(reply) === able.length) resolve(found);
    });
  });
  try {
    for (const { pm_id: id } of able)
      await askKeeperOf(id, { do: 'send', data: parameter == null ? action : { msg: action, opts: String(parameter) } });
    return await answers;
  } finally {
    clearTimeout(timer);
    buses.delete(bus);
    bus.close();
  }
}

function disconnect(callback) {
  const opening = root;
  root = null;
  for (const bus of buses) bus.close();
  buses.clear();
  opening?.then((wire) => wire.close(), () => {});
  if (typeof callback === 'function') process.nextTick(callback, null, { success: true });
}

const updating = (options) => options?.updateEnv ? ['--update-env'] : [];

const methods = {
  connect: async () => { await connected(); },
  start,
  restart: (given, options) => typeof given === 'object' ? start(given) : acted(['restart', String(given), ...updating(options)], given),
  reload: (word, options) => acted(['reload', String(word), ...updating(options)], word),
  stop: (word) => acted(['stop', String(word)], word),
  reset: (word) => acted(['reset', String(word)], word),
  scale: (word, count) => acted(['scale', String(word), String(count)], word),
  async delete(word) {
    const gone = (await list()).filter(isMeant(word));
    await run(['delete', String(word), '--silent']);
    return gone;
  },
  list,
  describe: async (word) => (await list()).filter(isMeant(word)),
  getProcessIdByName: async (name) => (await list()).filter((entry) => entry.name === name).map((entry) => entry.pm_id),
  getPID: async (name) => (await list()).filter((entry) => name === undefined || isMeant(name)(entry)).map((entry) => entry.pid),
  env: async (id) => (await list()).find((entry) => entry.pm_id === Number(id))?.pm2_env.env,
  dump: async () => { await run(['save', '--force', '--silent']); return { success: true }; },
  resurrect: async () => { await run(['resurrect', '--silent']); return list(); },
  flush: async (word) => { await run(['flush', ...(word === undefined ? [] : [String(word)]), '--silent']); return { success: true }; },
  reloadLogs: async () => { await run(['reloadLogs', '--silent']); return { success: true }; },
  async killDaemon() {
    disconnect();
    await run(['kill', '--silent']);
    return { success: true };
  },
  launchBus,
  trigger,
  async sendDataToProcessId(id, packet) {
    const data = packet === undefined ? id : { ...packet, id };
    if (data?.id === undefined || data.data === undefined || !data.topic) throw new Error('ID, DATA or TOPIC field is missing');
    await askKeeperOf(data.id, { do: 'send', data });
    return { success: true, data };
  },
  sendSignalToProcessName: async (signal, name) => { await run(['sendSignal', String(signal), String(name), '--silent']); return { success: true }; },
  sendLineToStdin: async (id, line, separator = '\n') => { await askKeeperOf(id, { do: 'type', text: line + separator }); return { success: true }; },
  startup: (platform) => run(['startup', ...(platform === undefined ? [] : [String(platform)])]),
  get: (key) => run(['get', ...(key === undefined ? [] : [String(key)])]),
  set: (key, value) => run(['set', String(key), String(value), '--silent']),
  async multiset(pairs) {
    const words = String(pairs).trim().split(/\s+/);
    for (let i = 0; i + 1 < words.length; i += 2) await methods.set(words[i], words[i + 1]);
  },
  unset: (key) => run(['unset', String(key), '--silent']),
  ping: () => ask({ do: 'ping' }),
  getVersion: async () => (await ask({ do: 'ping' })).version,
};
methods.gracefulReload = methods.reload;
methods.kill = methods.killDaemon;
methods.save = methods.dump;
methods.sendSignalToProcessId = methods.sendSignalToProcessName;

for (const name of ['attach', 'deploy', 'inspect', 'install', 'launchSysMonitoring', 'link', 'profile', 'publish', 'serve', 'uninstall', 'update'])
  methods[name] = async () => { throw new Error(`pm2.${name} is not there: Galley's manager has no such call; see docs/from-pm2.md`); };

const api = { disconnect };
for (const name in methods) api[name] = withCallback(methods[name]);

// `new pm2.custom()` has been a manager of its own in PM2; here the home says which one is meant.
api.custom = function PM2() { return Object.create(api); };

module.exports = api;
