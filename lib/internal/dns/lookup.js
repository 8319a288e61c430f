'use strict';
// dns.lookup and dns.lookupService: names as the system resolves them, with /etc/hosts and all that it is set to use.

const binding = internalBinding('names');
const { DNSException, codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_MISSING_ARGS } } = require('internal/errors');
const { validateBoolean, validateFunction, validateNumber, validateOneOf, validatePort, validateString } =
  require('internal/validators');
const { isIP } = require('internal/net/ip');
const context = require('internal/async_context');
const perf = require('internal/perf/operations');

const ADDRCONFIG = binding.AI_ADDRCONFIG, ALL = binding.AI_ALL, V4MAPPED = binding.AI_V4MAPPED;
const families = [0, 4, 6];
const orders = ['verbatim', 'ipv4first', 'ipv6first'];

let defaultOrder;
function getDefaultResultOrder() {
  defaultOrder ??= require('internal/options').get('dns-result-order') || 'verbatim';
  return defaultOrder;
}

function setDefaultResultOrder(order) {
  validateOneOf(order, 'dnsOrder', orders);
  defaultOrder = order;
}

function validateHints(hints) {
  if ((hints & ~(ADDRCONFIG | ALL | V4MAPPED)) !== 0) throw new ERR_INVALID_ARG_VALUE('hints', hints);
}

// What dns.lookup's second argument says.
function readOptions(options, isPromise) {
  const query = { family: 0, hints: 0, all: false, order: getDefaultResultOrder() };
  if (typeof options === 'number') {
    validateOneOf(options, 'family', families);
    query.family = options;
    return query;
  }
  if (options === undefined || options === null) return query;
  if (options.hints !== undefined && options.hints !== null) {
    validateNumber(options.hints, 'options.hints');
    query.hints = options.hints >>> 0;
    validateHints(query.hints);
  }
  if (options.family !== undefined && options.family !== null) {
    if (options.family === 'IPv4') query.family = 4;
    else if (options.family === 'IPv6') query.family = 6;
    else {
      validateOneOf(options.family, 'options.family', families);
      query.family = options.family;
    }
  }
  if (options.all !== undefined && options.all !== null) {
    validateBoolean(options.all, 'options.all');
    query.all = options.all;
  }
  if (options.verbatim !== undefined && options.verbatim !== null) {
    validateBoolean(options.verbatim, 'options.verbatim');
    query.order = options.verbatim ? 'verbatim' : 'ipv4first';
  }
  if (options.order !== undefined && options.order !== null) {
    validateOneOf(options.order, 'options.order', orders);
    query.order = options.order;
  }
  return query;
}

// Calls back as (error, address, family) or (error, [{ address, family }]).
function find(hostname, query, callback) {
  const { family, hints, all, order } = query;
  const given = isIP(hostname);
  if (given) {
    if (all) process.nextTick(callback, null, [{ address: hostname, family: given }]);
    else process.nextTick(callback, null, hostname, given);
    return {};
  }
  const request = { callback, family, hostname };
  const frame = context.frame;
  const startTime = perf.startOf('dns');
  const failed = binding.lookup(asciiName(hostname), family, hints, orders.indexOf(order), (status, ips) => {
    context.frame = frame;
    if (status) {
      callback(new DNSException(status, 'getaddrinfo', hostname));
      return;
    }
    const found = ips.map((address) => ({ address, family: family || isIP(address) }));
    if (all) callback(null, found);
    else callback(null, found[0].address, found[0].family);
    perf.finished('dns', 'lookup', startTime,
                  { hostname, family, hints, verbatim: order === 'verbatim', order, addresses: ips });
  });
  if (failed) process.nextTick(callback, new DNSException(failed, 'getaddrinfo', hostname));
  return request;
}

const noHostname = (hostname) => new ERR_INVALID_ARG_VALUE('hostname', hostname, 'must be a non-empty string');

// Names of other scripts are looked up in the form that name servers know.
const asciiName = (hostname) => (/[^\0-\x7f]/.test(hostname) ? require('url').domainToASCII(hostname) : hostname);

function lookup(hostname, options, callback) {
  if (hostname) validateString(hostname, 'hostname');
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  } else if (typeof options === 'number' || options === undefined || typeof options === 'object') {
    validateFunction(callback, 'callback');
  } else {
    validateFunction(arguments.length === 2 ? options : callback, 'callback');
    throw new ERR_INVALID_ARG_TYPE('options', ['integer', 'object'], options);
  }
  const query = readOptions(options);
  if (!hostname) throw noHostname(hostname);
  return find(hostname, query, callback);
}
Object.defineProperty(lookup, Symbol.for('nodejs.util.promisify.customArgs'), { value: ['address', 'family'], enumerable: false });

function lookupPromise(hostname, options) {
  if (hostname) validateString(hostname, 'hostname');
  if (options !== undefined && typeof options !== 'number' && typeof options !== 'object')
    throw new ERR_INVALID_ARG_TYPE('options', ['integer', 'object'], options);
  const query = readOptions(options);
  return new Promise((resolve, reject) => {
    if (!hostname) throw noHostname(hostname);
    find(hostname, query, (error, address, family) => {
      if (error) reject(error);
      else resolve(query.all ? address : { address, family });
    });
  });
}

function findService(address, port, callback) {
  if (isIP(address) === 0) throw new ERR_INVALID_ARG_VALUE('address', address);
  validatePort(port);
  port = +port;
  const frame = context.frame;
  const startTime = perf.startOf('dns');
  const failed = binding.lookupService(address, port, (status, hostname, service) => {
    context.frame = frame;
    if (status) {
      callback(new DNSException(status, 'getnameinfo', address));
      return;
    }
    callback(null, hostname, service);
    perf.finished('dns', 'lookupService', startTime, { host: address, port, hostname, service });
  });
  if (failed) throw new DNSException(failed, 'getnameinfo', address);
  return { address, port };
}

function lookupService(address, port, callback) {
  if (arguments.length !== 3) throw new ERR_MISSING_ARGS('address', 'port', 'callback');
  if (isIP(address) === 0) throw new ERR_INVALID_ARG_VALUE('address', address);
  validatePort(port);
  validateFunction(callback, 'callback');
  return findService(address, port, callback);
}
Object.defineProperty(lookupService, Symbol.for('nodejs.util.promisify.customArgs'),
                      { value: ['hostname', 'service'], enumerable: false });

function lookupServicePromise(address, port) {
  if (arguments.length !== 2) throw new ERR_MISSING_ARGS('address', 'port');
  if (isIP(address) === 0) throw new ERR_INVALID_ARG_VALUE('address', address);
  validatePort(port);
  return new Promise((resolve, reject) => {
    findService(address, port, (error, hostname, service) => {
      if (error) reject(error);
      else resolve({ hostname, service });
    });
  });
}

module.exports = {
  ADDRCONFIG,
  ALL,
  V4MAPPED,
  getDefaultResultOrder,
  setDefaultResultOrder,
  lookup,
  lookupPromise,
  lookupService,
  lookupServicePromise,
};
