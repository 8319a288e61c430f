'use strict';
// What a name server answered: the records of a DNS message (RFC 1035 and those of each type), from its bytes.

const A = 1, NS = 2, CNAME = 5, SOA = 6, PTR = 12, MX = 15, TXT = 16, AAAA = 28, SRV = 33, NAPTR = 35, TLSA = 52, ANY = 255, CAA = 257;
require('buffer'); // what messages come as

const INTERNET = 1;
const HEADER_SIZE = 12;

class Malformed extends Error {}

// Reads a message from front to back; what lies outside of it is an error.
class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  need(count, end = this.bytes.length) {
    if (this.at + count > end) throw new Malformed();
  }

  u8() {
    this.need(1);
    return this.bytes[this.at++];
  }

  u16() {
    this.need(2);
    this.at += 2;
    return this.bytes[this.at - 2] << 8 | this.bytes[this.at - 1];
  }

  u32() {
    return this.u16() * 65536 + this.u16();
  }

  take(count) {
    this.need(count);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  text(count) {
    return this.take(count).latin1Slice();
  }

  // A length and that many characters.
  string() {
    return this.text(this.u8());
  }

  // A domain name. A pointer only ever leads backwards, so this ends.
  name() {
    const labels = [];
    let at = this.at;
    let limit = at;
    let jumped = false;
    let total = 0;
    for (;;) {
      if (at >= this.bytes.length) throw new Malformed();
      const length = this.bytes[at];
      if ((length & 0xc0) === 0xc0) {
        if (at + 1 >= this.bytes.length) throw new Malformed();
        if (!jumped) this.at = at + 2;
        jumped = true;
        const target = (length & 0x3f) << 8 | this.bytes[at + 1];
        if (target >= limit) throw new Malformed();
        at = limit = target;
        continue;
      }
      if ((length & 0xc0) !== 0 || at + 1 + length > this.bytes.length) throw new Malformed();
      at++;
      if (length === 0) break;
      if ((total += length + 1) > 255) throw new Malformed();
      labels.push(label(this.bytes, at, at + length));
      at += length;
    }
    if (!jumped) this.at = at;
    return labels.join('.');
  }
}

function label(bytes, from, to) {
  let text = '';
  for (let i = from; i < to; i++) {
    const c = bytes[i];
    if (c === 46 || c === 92) text += `\\${String.fromCharCode(c)}`;
    else if (c < 33 || c > 126) text += `\\${String(c).padStart(3, '0')}`;
    else text += String.fromCharCode(c);
  }
  return text;
}

function ipv6Text(bytes) {
  const { SocketAddress } = require('internal/net/blocklist');
  const groups = [];
  for (let i = 0; i < 16; i += 2) groups.push((bytes[i] << 8 | bytes[i + 1]).toString(16));
  return new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address;
}

// Each type: its name, and what is in a record of it.
const types = {
  __proto__: null,
  [A]: ['A', (reader) => ({ address: reader.take(4).join('.') })],
  [AAAA]: ['AAAA', (reader) => ({ address: ipv6Text(reader.take(16)) })],
  [NS]: ['NS', (reader) => ({ value: reader.name() })],
  [CNAME]: ['CNAME', (reader) => ({ value: reader.name() })],
  [PTR]: ['PTR', (reader) => ({ value: reader.name() })],
  [MX]: ['MX', (reader) => {
    const priority = reader.u16();
    return { exchange: reader.name(), priority };
  }],
  [SRV]: ['SRV', (reader) => {
    const priority = reader.u16(), weight = reader.u16(), port = reader.u16();
    return { name: reader.name(), port, priority, weight };
  }],
  [TXT]: ['TXT', (reader, end) => {
    const entries = [];
    while (reader.at < end) entries.push(reader.string());
    return { entries };
  }],
  [SOA]: ['SOA', (reader) => ({
    nsname: reader.name(),
    hostmaster: reader.name(),
    serial: reader.u32(),
    refresh: reader.u32(),
    retry: reader.u32(),
    expire: reader.u32(),
    minttl: reader.u32(),
  })],
  [NAPTR]: ['NAPTR', (reader) => {
    const order = reader.u16(), preference = reader.u16();
    return {
      flags: reader.string(), service: reader.string(), regexp: reader.string(), replacement: reader.name(), order, preference,
    };
  }],
  [CAA]: ['CAA', (reader, end) => {
    const critical = reader.u8();
    const tag = reader.string();
    return { critical, [tag]: reader.text(end - reader.at) };
  }],
  [TLSA]: ['TLSA', (reader, end) => {
    const certUsage = reader.u8(), selector = reader.u8(), match = reader.u8();
    return { certUsage, selector, match, data: new Uint8Array(reader.take(end - reader.at)).buffer };
  }],
};

// [{ type, ttl, ...fields }] of the answer section. Throws Malformed.
function readRecords(bytes) {
  const reader = new Reader(bytes);
  reader.need(HEADER_SIZE);
  reader.at = 4;
  const questions = reader.u16(), answers = reader.u16();
  reader.at = HEADER_SIZE;
  for (let i = 0; i < questions; i++) {
    reader.name();
    reader.u32();
  }
  const records = [];
  for (let i = 0; i < answers; i++) {
    reader.name();
    const type = reader.u16(), group = reader.u16(), ttl = reader.u32(), length = reader.u16();
    reader.need(length);
    const end = reader.at + length;
    const known = group === INTERNET ? types[type] : undefined;
    if (known !== undefined) {
      const fields = known[1](reader, end);
      if (reader.at > end) throw new Malformed();
      records.push({ type: known[0], ttl, fields });
    }
    reader.at = end;
  }
  return records;
}

// What dns.resolve gives for a record type; undefined for a message that cannot be read.
function readAnswer(bytes, wanted, withTtl) {
  let records;
  try {
    records = readRecords(bytes);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
  if (wanted === 'ANY') {
    return records.map(({ type, ttl, fields }) =>
      (type === 'A' || type === 'AAAA' ? { ...fields, ttl, type } : { ...fields, type }));
  }
  const found = records.filter(({ type }) => type === wanted);
  switch (wanted) {
    case 'A': case 'AAAA':
      return found.map(({ ttl, fields }) => (withTtl ? { address: fields.address, ttl } : fields.address));
    case 'NS': case 'CNAME': case 'PTR':
      return found.map(({ fields }) => fields.value);
    case 'TXT':
      return found.map(({ fields }) => fields.entries);
    default:
      return found.map(({ fields }) => fields);
  }
}

const numbers = { __proto__: null, ANY };
for (const number of Object.keys(types)) numbers[types[number][0]] = Number(number);

module.exports = { readAnswer, numbers };
