'use strict';
// The machine and the user: C measures, this file shapes.

const binding = internalBinding('os');
const { validateInt32 } = require('internal/validators');
const { SystemError, codes: { ERR_SYSTEM_ERROR } } = require('internal/errors');

function systemError(errno, syscall) {
  const uv = internalBinding('uv');
  return new (ERR_SYSTEM_ERROR)({ errno, syscall, code: uv.errname(errno), message: uv.errorMessage(errno) });
}

function checked(result, syscall) {
  if (typeof result === 'number') throw systemError(result, syscall);
  return result;
}

function constantsOf(kind) {
  const list = binding.constants(kind);
  const constants = { __proto__: null };
  for (let i = 0; i < list.length; i += 2) constants[list[i]] = list[i + 1];
  return kind === 'signals' ? Object.freeze(constants) : constants;
}

const constants = Object.freeze(Object.assign(Object.create(null), {
  UV_UDP_REUSEADDR: 4,
  dlopen: constantsOf('dlopen'),
  errno: constantsOf('errno'),
  signals: constantsOf('signals'),
  priority: constantsOf('priority'),
}));

let names;
function nameAt(index) {
  names ??= checked(binding.name(), 'uv_os_uname');
  return names[index];
}

const type = () => nameAt(0);
const version = () => nameAt(1);
const release = () => nameAt(2);
const machine = () => nameAt(3);
const arch = () => process.arch;
const platform = () => process.platform;
const hostname = () => checked(binding.hostName(), 'uv_os_gethostname');
const homedir = () => checked(binding.homeDirectory(), 'uv_os_homedir');
const uptime = () => binding.uptime();
const totalmem = () => binding.totalMemory();
const freemem = () => binding.freeMemory();
const availableParallelism = () => binding.parallelism();

// `${os.hostname}` says what os.hostname() says.
for (const fn of [availableParallelism, arch, freemem, homedir, hostname, machine, platform, release, totalmem,
  type, uptime, version])
  Object.defineProperty(fn, Symbol.toPrimitive, { value: () => fn(), configurable: true });

function loadavg() { return binding.loadAverage(); }

function cpus() {
  const flat = binding.cpus();
  const list = [];
  for (let i = 0; i < flat.length; i += 7) {
    list.push({
      model: flat[i],
      speed: flat[i + 1],
      times: { user: flat[i + 2], nice: flat[i + 3], sys: flat[i + 4], idle: flat[i + 5], irq: flat[i + 6] },
    });
  }
  return list;
}

function prefixLength(netmask, family) {
  let bits = 0;
  const v6 = family === 'IPv6';
  for (const part of netmask.split(v6 ? ':' : '.')) {
    if (part === '') continue;
    let number = parseInt(part, v6 ? 16 : 10);
    for (; number !== 0; number >>>= 1) bits += number & 1;
  }
  return bits;
}

function networkInterfaces() {
  const flat = checked(binding.interfaces(), 'uv_interface_addresses');
  const result = {};
  for (let i = 0; i < flat.length; i += 7) {
    const [name, address, netmask, family, mac, internal, scopeid] = flat.slice(i, i + 7);
    const entry = { address, netmask, family, mac, internal, cidr: `${address}/${prefixLength(netmask, family)}` };
    if (scopeid !== -1) entry.scopeid = scopeid;
    (result[name] ??= []).push(entry);
  }
  return result;
}

function tmpdir() {
  const { TMPDIR, TMP, TEMP } = process.env;
  const path = TMPDIR || TMP || TEMP || '/tmp';
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
Object.defineProperty(tmpdir, Symbol.toPrimitive, { value: () => tmpdir(), configurable: true });

const endianness = () => (new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 'LE' : 'BE');
Object.defineProperty(endianness, Symbol.toPrimitive, { value: () => endianness(), configurable: true });

function getPriority(pid) {
  if (pid === undefined) pid = 0;
  else validateInt32(pid, 'pid');
  const [errno, priority] = binding.getPriority(pid);
  if (errno !== 0) throw systemError(errno, 'uv_os_getpriority');
  return priority;
}

function setPriority(pid, priority) {
  if (priority === undefined) {
    priority = pid;
    pid = 0;
  }
  validateInt32(pid, 'pid');
  validateInt32(priority, 'priority', -20, 19);
  const errno = binding.setPriority(pid, priority);
  if (errno !== 0) throw systemError(errno, 'uv_os_setpriority');
}

function userInfo(options) {
  if (typeof options !== 'object') options = null;
  const encoding = options?.encoding;
  const asBuffer = encoding === 'buffer';
  let [uid, gid, username, homedir, shell] = checked(binding.user(asBuffer), 'uv_os_get_passwd');
  if (encoding && !asBuffer && !/^utf-?8$/i.test(encoding)) {
    const recode = (text) => (text === null ? null : Buffer.from(text).toString(encoding));
    [username, homedir, shell] = [recode(username), recode(homedir), recode(shell)];
  }
  return { __proto__: null, uid, gid, username, homedir, shell };
}

module.exports = {
  arch,
  availableParallelism,
  cpus,
  endianness,
  freemem,
  getPriority,
  homedir,
  hostname,
  loadavg,
  networkInterfaces,
  platform,
  release,
  setPriority,
  tmpdir,
  totalmem,
  type,
  userInfo,
  uptime,
  version,
  machine,
};
Object.defineProperties(module.exports, {
  constants: { configurable: false, enumerable: true, value: constants },
  EOL: { configurable: true, enumerable: true, writable: false, value: '\n' },
  devNull: { configurable: true, enumerable: true, writable: false, value: '/dev/null' },
});
