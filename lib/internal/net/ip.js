'use strict';
// What is an IP address, and addresses as numbers.

function ipv4Number(text) {
  let number = 0, part = -1, parts = 0, digits = 0;
  for (let i = 0; i <= text.length; i++) {
    const c = i < text.length ? text.charCodeAt(i) : 46;
    if (c === 46) {
      if (digits === 0 || ++parts > 4) return -1;
      number = number * 256 + part;
      part = -1;
      digits = 0;
    } else if (c >= 48 && c <= 57) {
      if (digits === 1 && part === 0) return -1; // 01 is not a number here
      part = digits === 0 ? c - 48 : part * 10 + c - 48;
      if (++digits > 3 || part > 255) return -1;
    } else {
      return -1;
    }
  }
  return parts === 4 ? number : -1;
}

// The eight groups of an IPv6 address without its zone; undefined for anything else.
function ipv6Groups(text) {
  const groups = [];
  let gap = -1;
  let i = 0;
  const end = text.length;
  if (end < 2) return undefined;
  if (text.charCodeAt(0) === 58) {
    if (text.charCodeAt(1) !== 58) return undefined;
    gap = 0;
    i = 2;
  }
  while (i < end) {
    let group = 0, digits = 0;
    const start = i;
    for (; i < end; i++) {
      const c = text.charCodeAt(i);
      const digit = c >= 48 && c <= 57 ? c - 48 : c >= 97 && c <= 102 ? c - 87 : c >= 65 && c <= 70 ? c - 55 : -1;
      if (digit < 0) break;
      group = group * 16 + digit;
      if (++digits > 4) return undefined;
    }
    if (digits === 0) return undefined;
    if (i < end && text.charCodeAt(i) === 46) {
      const v4 = ipv4Number(text.slice(start));
      if (v4 < 0) return undefined;
      groups.push(v4 >>> 16, v4 & 0xffff);
      i = end;
      break;
    }
    groups.push(group);
    if (i === end) break;
    if (text.charCodeAt(i++) !== 58) return undefined;
    if (i === end) return undefined;
    if (text.charCodeAt(i) === 58) {
      if (gap >= 0) return undefined;
      gap = groups.length;
      i++;
    }
  }
  if (gap < 0) return groups.length === 8 ? groups : undefined;
  if (groups.length > 7) return undefined;
  groups.splice(gap, 0, ...new Array(8 - groups.length).fill(0));
  return groups;
}

function isIPv4(input) {
  return ipv4Number(`${input}`) >= 0;
}

function isIPv6(input) {
  const text = `${input}`;
  const zone = text.indexOf('%');
  if (zone < 0) return ipv6Groups(text) !== undefined;
  return /^[0-9a-zA-Z._:-]+$/.test(text.slice(zone + 1)) && ipv6Groups(text.slice(0, zone)) !== undefined;
}

function isIP(input) {
  const text = `${input}`;
  return isIPv4(text) ? 4 : isIPv6(text) ? 6 : 0;
}

module.exports = { isIP, isIPv4, isIPv6, ipv4Number, ipv6Groups };
