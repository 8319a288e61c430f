'use strict';
// net.BlockList and net.SocketAddress. Addresses are compared as big numbers of 32 or 128 bits; an IPv4 rule also holds for
// the address inside an IPv6 one (::ffff:1.2.3.4).

const { codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_ADDRESS } } = require('internal/errors');
const { validateInt32, validateObject, validatePort, validateString, validateUint32 } = require('internal/validators');
const { ipv4Number, ipv6Groups } = require('internal/net/ip');
const inspectCustom = Symbol.for('nodejs.util.inspect.custom');

function familyOf(value, name) {
  if (typeof value === 'string') {
    const lower = value.toLowerCase();
    if (lower === 'ipv4' || lower === 'ipv6') return lower;
  }
  throw new ERR_INVALID_ARG_VALUE(name, value);
}

// [bits, number]; undefined if the text is no address of the family.
function numberOf(address, family) {
  if (family === 'ipv4') {
    const number = ipv4Number(address);
    return number < 0 ? undefined : [32, BigInt(number)];
  }
  const groups = ipv6Groups(address.split('%')[0]);
  if (groups === undefined) return undefined;
  return [128, groups.reduce((all, group) => all << 16n | BigInt(group), 0n)];
}

// The form that inet_ntop gives: lower case, the longest run of zeros left out.
function canonical(address, family) {
  if (family === 'ipv4') return address;
  const [plain, zone] = address.split('%');
  const groups = ipv6Groups(plain);
  let best = -1, bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > bestLength) [best, bestLength] = [i, end - i];
    if (end > i) i = end;
  }
  const hex = (part) => part.map((group) => group.toString(16)).join(':');
  let text;
  if (best === 0 && (bestLength === 6 || (bestLength === 5 && groups[5] === 0xffff))) {
    const v4 = [groups[6] >> 8, groups[6] & 255, groups[7] >> 8, groups[7] & 255].join('.');
    text = bestLength === 6 ? `::${v4}` : `::ffff:${v4}`;
  } else if (best < 0) {
    text = hex(groups);
  } else {
    text = `${hex(groups.slice(0, best))}::${hex(groups.slice(best + bestLength))}`;
  }
  return zone === undefined ? text : `${text}%${zone}`;
}

class SocketAddress {
  #address;
  #family;
  #port;
  #flowlabel;

  static isSocketAddress(value) {
    return typeof value === 'object' && value !== null && #address in value;
  }

  static parse(input) {
    validateString(input, 'input');
    try {
      const { hostname, port } = new URL(`http://${input}`);
      if (hostname.startsWith('[') && hostname.endsWith(']'))
        return new SocketAddress({ address: hostname.slice(1, -1), port: port | 0, family: 'ipv6' });
      return new SocketAddress({ address: hostname, port: port | 0 });
    } catch {
      return undefined;
    }
  }

  constructor(options = { __proto__: null }) {
    validateObject(options, 'options');
    let { family = 'ipv4' } = options;
    const { port = 0, flowlabel = 0 } = options;
    family = familyOf(family, 'options.family');
    const { address = family === 'ipv4' ? '127.0.0.1' : '::' } = options;
    validateString(address, 'options.address');
    validatePort(port, 'options.port');
    validateUint32(flowlabel, 'options.flowlabel', false);
    if (numberOf(address, family) === undefined) throw new ERR_INVALID_ADDRESS();
    this.#address = canonical(address, family);
    this.#family = family;
    this.#port = port | 0;
    this.#flowlabel = family === 'ipv6' ? flowlabel : 0;
  }

  get address() { return this.#address; }
  get port() { return this.#port; }
  get family() { return this.#family; }
  get flowlabel() { return this.#flowlabel; }

  toJSON() {
    return { address: this.address, port: this.port, family: this.family, flowlabel: this.flowlabel };
  }

  [inspectCustom](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('util');
    return `SocketAddress ${inspect(this.toJSON(), { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}

// An address given as text and family, or as a SocketAddress.
function readAddress(address, family, name = 'address') {
  if (SocketAddress.isSocketAddress(address)) return address;
  validateString(address, name);
  return new SocketAddress({ address, family: familyOf(family, 'family') });
}

const V4_IN_V6 = 0xffffn << 32n;

class BlockList {
  #rules = []; // { bits, low, high, text }, the newest first
  #json = [];

  static isBlockList(value) {
    return typeof value === 'object' && value !== null && #rules in value;
  }

  #add(bits, low, high, text) {
    this.#rules.unshift({ bits, low, high });
    this.#json.unshift(text);
  }

  addAddress(address, family = 'ipv4') {
    const given = readAddress(address, family);
    const [bits, number] = numberOf(given.address, given.family);
    this.#add(bits, number, number, `Address: ${nameOf(given.family)} ${given.address}`);
  }

  addRange(start, end, family = 'ipv4') {
    const first = readAddress(start, family, 'start');
    const last = readAddress(end, family, 'end');
    const [bits, low] = numberOf(first.address, first.family);
    const [endBits, high] = numberOf(last.address, last.family);
    if (bits !== endBits || low > high) throw new ERR_INVALID_ARG_VALUE('start', start, `must come before ${end}`);
    this.#add(bits, low, high, `Range: ${nameOf(first.family)} ${first.address}-${last.address}`);
  }

  addSubnet(network, prefix, family = 'ipv4') {
    const given = readAddress(network, family, 'network');
    validateInt32(prefix, 'prefix', 0, given.family === 'ipv4' ? 32 : 128);
    const [bits, number] = numberOf(given.address, given.family);
    const free = BigInt(bits - prefix);
    const low = number >> free << free;
    this.#add(bits, low, low | (1n << free) - 1n, `Subnet: ${nameOf(given.family)} ${given.address}/${prefix}`);
  }

  check(address, family = 'ipv4') {
    let given;
    if (SocketAddress.isSocketAddress(address)) {
      given = address;
    } else {
      validateString(address, 'address');
      validateString(family, 'family');
      try {
        given = new SocketAddress({ address, family: familyOf(family, 'family') });
      } catch (error) {
        if (error.code === 'ERR_INVALID_ADDRESS') return false;
        throw error;
      }
    }
    const [bits, number] = numberOf(given.address, given.family);
    const inner = bits === 128 && number >> 32n === 0xffffn ? number & 0xffffffffn : undefined;
    const outer = bits === 32 ? V4_IN_V6 | number : undefined;
    return this.#rules.some((rule) => {
      if (rule.bits === bits) return rule.low <= number && number <= rule.high;
      const other = bits === 128 ? inner : outer;
      return other !== undefined && rule.low <= other && other <= rule.high;
    });
  }

  get rules() {
    return [...this.#json];
  }

  toJSON() {
    return this.rules;
  }

  fromJSON(data) {
    let lines = data;
    if (typeof data === 'string') lines = JSON.parse(data);
    if (!Array.isArray(lines)) throw new ERR_INVALID_ARG_TYPE('data', ['string', 'string[]'], data);
    for (const line of lines) {
      if (typeof line !== 'string') throw new ERR_INVALID_ARG_TYPE('data', ['string', 'string[]'], data);
      this.#addLine(line);
    }
  }

  #addLine(line) {
    const parts = /^(Address|Range|Subnet): (IPv4|IPv6) (.+)$/.exec(line);
    if (parts === null) return;
    const family = parts[2].toLowerCase();
    if (parts[1] === 'Address') {
      this.addAddress(parts[3], family);
    } else if (parts[1] === 'Range') {
      const [start, end] = parts[3].split('-');
      this.addRange(start, end, family);
    } else {
      const [network, prefix] = parts[3].split('/');
      this.addSubnet(network, Number(prefix), family);
    }
  }

  [inspectCustom](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('util');
    return `BlockList ${inspect({ rules: this.rules }, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }
}

const nameOf = (family) => (family === 'ipv4' ? 'IPv4' : 'IPv6');

module.exports = { BlockList, SocketAddress };
