'use strict';
// dns.Resolver, with callbacks and with promises: one native resolver each, and the shared one behind dns.resolve.

const {
  DNSException,
  codes: {
    ERR_DNS_SET_SERVERS_FAILED,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_ARG_VALUE,
    ERR_INVALID_IP_ADDRESS,
  },
} = require('internal/errors');
const { validateArray, validateFunction, validateInt32, validateString, validateUint32 } = require('internal/validators');
const { isIP } = require('internal/net/ip');
const context = require('internal/async_context');
const perf = require('internal/perf/operations');

const DEFAULT_PORT = 53;
const kAttempts = Symbol('attempts');

// c-ares's statuses, by their numbers.
const statuses = ['', 'ENODATA', 'EFORMERR', 'ESERVFAIL', 'ENOTFOUND', 'ENOTIMP', 'EREFUSED', 'EBADQUERY', 'EBADNAME',
                  'EBADFAMILY', 'EBADRESP', 'ECONNREFUSED', 'ETIMEOUT', 'EOF', 'EFILE', 'ENOMEM', 'EDESTRUCTION', 'EBADSTR',
                  'EBADFLAGS', 'ENONAME', 'EBADHINTS', 'ENOTINITIALIZED', 'ELOADIPHLPAPI', 'EADDRGETNETWORKPARAMS',
                  'ECANCELLED'];

const TIMEOUT = statuses.indexOf('ETIMEOUT');

// method: [what errors call it, the record type]
const queries = {
  '__proto__': null,
  'resolveAny': ['queryAny', 'ANY'],
  'resolve4': ['queryA', 'A'],
  'resolve6': ['queryAaaa', 'AAAA'],
  'resolveCaa': ['queryCaa', 'CAA'],
  'resolveCname': ['queryCname', 'CNAME'],
  'resolveMx': ['queryMx', 'MX'],
  'resolveNs': ['queryNs', 'NS'],
  'resolveTxt': ['queryTxt', 'TXT'],
  'resolveTlsa': ['queryTlsa', 'TLSA'],
  'resolveSrv': ['querySrv', 'SRV'],
  'resolvePtr': ['queryPtr', 'PTR'],
  'resolveNaptr': ['queryNaptr', 'NAPTR'],
  'resolveSoa': ['querySoa', 'SOA'],
};

const methodOf = { '__proto__': null };
for (const method of Object.keys(queries)) methodOf[queries[method][1]] = method;

function binding() {
  const native = internalBinding('resolver');
  if (native.loadError) throw new Error(`Galley's name resolver cannot be loaded: ${native.loadError}`);
  return native;
}

// `done(error, result)` for a question of the table above.
function ask(resolver, method, name, withTtl, done) {
  const [syscall, type] = queries[method];
  const { readAnswer, numbers } = require('internal/dns/message');
  const { frame } = context;
  const startTime = perf.startOf('dns');
  let attemptsLeft = resolver[kAttempts];
  resolver._handle.query(name, numbers[type], function answered(status, bytes) {
    if (status === TIMEOUT && --attemptsLeft > 0) {
      resolver._handle.query(name, numbers[type], answered);
      return;
    }
    context.frame = frame;
    let answer;
    let code = statuses[status];
    if (status === 0) {
      answer = readAnswer(bytes, type, withTtl);
      if (answer === undefined) code = 'EBADRESP';
      else if (answer.length === 0) code = 'ENODATA';
      else if (type === 'SOA') [answer] = answer;
    }
    if (code !== '') {
      done(new DNSException(code, syscall, name));
      return;
    }
    done(null, answer);
    perf.finished('dns', syscall, startTime, { host: name, ttl: withTtl, result: answer });
  });
}

function askReverse(resolver, ip, done) {
  const { frame } = context;
  const failed = resolver._handle.reverse(ip, (status, names) => {
    context.frame = frame;
    if (status === 0) done(null, names);
    else done(new DNSException(statuses[status], 'getHostByAddr', ip));
  });
  return failed ? new DNSException(failed, 'getHostByAddr', ip) : undefined;
}

function readOptions(options) {
  const { timeout = -1, tries = 4, maxTimeout = 0 } = { ...options };
  validateInt32(timeout, 'options.timeout', -1);
  validateInt32(tries, 'options.tries', 1);
  validateUint32(maxTimeout, 'options.maxTimeout');
  return { timeout, tries, maxTimeout };
}

// [ip, port] of 'ip', 'ip:port' or '[ip]:port'.
function readServer(text, index) {
  validateString(text, `servers[${index}]`);
  if (isIP(text) !== 0) return [text, DEFAULT_PORT];
  const inBrackets = /^\[([^[\]]*)\](?::(\d+))?/.exec(text);
  if (inBrackets !== null && isIP(inBrackets[1]) !== 0) return [inBrackets[1], Number(inBrackets[2]) || DEFAULT_PORT];
  const plain = /^(.+?)(?::(\d+))?$/.exec(text);
  if (plain !== null && isIP(plain[1]) !== 0) return [plain[1], Number(plain[2]) || DEFAULT_PORT];
  throw new ERR_INVALID_IP_ADDRESS(text);
}

class ResolverBase {
  constructor(options = undefined) {
    const { timeout, tries, maxTimeout } = readOptions(options);
    // c-ares doubles its time with every try. Where there is a most, each try is a question of its own with that time.
    const handle = maxTimeout === 0 ? binding().open(timeout, tries) :
      binding().open(timeout < 0 ? maxTimeout : Math.min(timeout, maxTimeout), 1);
    this[kAttempts] = maxTimeout === 0 ? 1 : tries;
    Object.defineProperty(this, '_handle', { value: handle, writable: true, configurable: true });
  }

  cancel() {
    this._handle.cancel();
  }

  getServers() {
    const flat = this._handle.getServers() ?? [];
    const servers = [];
    for (let i = 0; i < flat.length; i += 2) {
      const ip = flat[i], port = flat[i + 1];
      if (!port || port === DEFAULT_PORT) servers.push(ip);
      else servers.push(isIP(ip) === 6 ? `[${ip}]:${port}` : `${ip}:${port}`);
    }
    return servers;
  }

  setServers(servers) {
    validateArray(servers, 'servers');
    const flat = [];
    servers.forEach((server, index) => flat.push(...readServer(server, index)));
    const before = this._handle.getServers();
    const failed = this._handle.setServers(...flat);
    if (failed === 0) return;
    if (failed === -1) throw new ERR_DNS_SET_SERVERS_FAILED('There are pending queries.', servers);
    this._handle.setServers(...before);
    throw new ERR_DNS_SET_SERVERS_FAILED(binding().errorText(failed), servers);
  }

  setLocalAddress(ipv4, ipv6) {
    validateString(ipv4, 'ipv4');
    if (ipv6 !== undefined) validateString(ipv6, 'ipv6');
    const first = isIP(ipv4);
    const second = ipv6 === undefined ? undefined : isIP(ipv6);
    if (first === 0 || second === 0) throw invalidArgument('Invalid IP address.');
    if (first === second) throw invalidArgument(`Cannot specify two IPv${first} addresses.`);
    this._handle.setLocalAddress(first === 4 ? ipv4 : ipv6 ?? '', first === 6 ? ipv4 : ipv6 ?? '');
  }
}

function invalidArgument(message) {
  return Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' });
}

class Resolver extends ResolverBase {
  resolve(hostname, rrtype, callback) {
    if (typeof rrtype === 'function') return this.resolve4(hostname, rrtype);
    if (typeof rrtype !== 'string') throw new ERR_INVALID_ARG_TYPE('rrtype', 'string', rrtype);
    const method = methodOf[rrtype];
    if (method === undefined) throw new ERR_INVALID_ARG_VALUE('rrtype', rrtype);
    return this[method](hostname, callback);
  }

  reverse(ip, callback) {
    validateString(ip, 'name');
    validateFunction(callback, 'callback');
    const error = askReverse(this, ip, callback);
    if (error) throw error;
    return { callback, hostname: ip };
  }
}

class PromisesResolver extends ResolverBase {
  resolve(hostname, rrtype) {
    if (rrtype === undefined) return this.resolve4(hostname);
    if (typeof rrtype !== 'string') throw new ERR_INVALID_ARG_TYPE('rrtype', 'string', rrtype);
    const method = methodOf[rrtype];
    if (method === undefined) throw new ERR_INVALID_ARG_VALUE('rrtype', rrtype);
    return this[method](hostname);
  }

  reverse(ip) {
    validateString(ip, 'name');
    return new Promise((resolve, reject) => {
      const settle = (error, names) => (error ? reject(error) : resolve(names));
      const error = askReverse(this, ip, settle);
      if (error) reject(error);
    });
  }
}

function addMethod(constructor, name, method) {
  Object.defineProperty(method, 'name', { value: queries[name][0], configurable: true });
  Object.defineProperty(constructor.prototype, name, { value: method, writable: true, configurable: true, enumerable: true });
}

for (const method of Object.keys(queries)) {
  addMethod(Resolver, method, function (name, options, callback) {
    if (arguments.length < 3) {
      callback = options;
      options = undefined;
    }
    validateString(name, 'name');
    validateFunction(callback, 'callback');
    const withTtl = Boolean(options?.ttl);
    ask(this, method, name, withTtl, callback);
    return { callback, hostname: name, ttl: withTtl };
  });
  addMethod(PromisesResolver, method, function (name, options) {
    validateString(name, 'name');
    return new Promise((resolve, reject) => {
      ask(this, method, name, Boolean(options?.ttl), (error, answer) => (error ? reject(error) : resolve(answer)));
    });
  });
}

// The resolvers behind the functions of require('dns') and require('dns/promises') ask the same servers.
let shared, sharedPromises;
function defaultResolver() {
  shared ??= new Resolver();
  return shared;
}
function defaultPromisesResolver() {
  if (sharedPromises === undefined) {
    sharedPromises = new PromisesResolver();
    sharedPromises._handle = defaultResolver()._handle;
  }
  return sharedPromises;
}

function setServers(servers) {
  const resolver = new Resolver();
  resolver.setServers(servers);
  shared = resolver;
  sharedPromises = undefined;
}

module.exports = { Resolver, PromisesResolver, defaultResolver, defaultPromisesResolver, setServers };
