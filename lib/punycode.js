'use strict';

// International names in ASCII (RFC 3492). Deprecated in Node; kept for the packages that still ask for it.

const base = 36;
const smallest = 1;
const largest = 26;
const skew = 38;
const damp = 700;
const initialBias = 72;
const initialN = 128;
const maxInt = 2147483647;
const separators = /[\x2E\u3002\uFF0E\uFF61]/g;

const messages = {
  'overflow': 'Overflow: input needs wider integers to process',
  'not-basic': 'Illegal input >= 0x80 (not a basic code point)',
  'invalid-input': 'Invalid input',
};

function fail(kind) {
  throw new RangeError(messages[kind]);
}

function adapt(delta, count, isFirst) {
  delta = isFirst ? Math.floor(delta / damp) : delta >> 1;
  delta += Math.floor(delta / count);
  let k = 0;
  for (; delta > ((base - smallest) * largest) >> 1; k += base)
    delta = Math.floor(delta / (base - smallest));
  return Math.floor(k + (base - smallest + 1) * delta / (delta + skew));
}

function threshold(k, bias) {
  return k <= bias ? smallest : k >= bias + largest ? largest : k - bias;
}

function digitOf(code) {
  if (code >= 0x30 && code < 0x3A)
    return 26 + (code - 0x30);
  if (code >= 0x41 && code < 0x5B)
    return code - 0x41;
  if (code >= 0x61 && code < 0x7B)
    return code - 0x61;
  return base;
}

function digitText(digit) {
  return String.fromCharCode(digit + 22 + 75 * (digit < 26));
}

function ucs2decode(text) {
  const output = [];
  let i = 0;
  while (i < text.length) {
    const code = text.charCodeAt(i++);
    if (code >= 0xD800 && code <= 0xDBFF && i < text.length) {
      const low = text.charCodeAt(i++);
      if ((low & 0xFC00) === 0xDC00) {
        output.push(((code & 0x3FF) << 10) + (low & 0x3FF) + 0x10000);
      } else {
        output.push(code);
        i--;
      }
    } else {
      output.push(code);
    }
  }
  return output;
}

function ucs2encode(codePoints) {
  return String.fromCodePoint(...codePoints);
}

function decode(input) {
  const output = [];
  let i = 0;
  let n = initialN;
  let bias = initialBias;
  const basic = Math.max(0, input.lastIndexOf('-'));
  for (let j = 0; j < basic; j++) {
    if (input.charCodeAt(j) >= 0x80)
      fail('not-basic');
    output.push(input.charCodeAt(j));
  }
  for (let at = basic > 0 ? basic + 1 : 0; at < input.length;) {
    const before = i;
    for (let weight = 1, k = base; ; k += base) {
      if (at >= input.length)
        fail('invalid-input');
      const digit = digitOf(input.charCodeAt(at++));
      if (digit >= base)
        fail('invalid-input');
      if (digit > Math.floor((maxInt - i) / weight))
        fail('overflow');
      i += digit * weight;
      const t = threshold(k, bias);
      if (digit < t)
        break;
      if (weight > Math.floor(maxInt / (base - t)))
        fail('overflow');
      weight *= base - t;
    }
    const length = output.length + 1;
    bias = adapt(i - before, length, before === 0);
    if (Math.floor(i / length) > maxInt - n)
      fail('overflow');
    n += Math.floor(i / length);
    i %= length;
    output.splice(i++, 0, n);
  }
  return String.fromCodePoint(...output);
}

function encode(text) {
  const input = ucs2decode(text);
  let n = initialN;
  let delta = 0;
  let bias = initialBias;
  const output = input.filter((code) => code < 0x80).map((code) => String.fromCharCode(code));
  const basic = output.length;
  let handled = basic;
  if (basic > 0)
    output.push('-');
  while (handled < input.length) {
    let next = maxInt;
    for (const code of input) {
      if (code >= n && code < next)
        next = code;
    }
    if (next - n > Math.floor((maxInt - delta) / (handled + 1)))
      fail('overflow');
    delta += (next - n) * (handled + 1);
    n = next;
    for (const code of input) {
      if (code < n && ++delta > maxInt)
        fail('overflow');
      if (code !== n)
        continue;
      let q = delta;
      for (let k = base; ; k += base) {
        const t = threshold(k, bias);
        if (q < t)
          break;
        output.push(digitText(t + (q - t) % (base - t)));
        q = Math.floor((q - t) / (base - t));
      }
      output.push(digitText(q));
      bias = adapt(delta, handled + 1, handled === basic);
      delta = 0;
      handled++;
    }
    delta++;
    n++;
  }
  return output.join('');
}

function eachLabel(domain, convert) {
  const parts = domain.split('@');
  const start = parts.length > 1 ? `${parts[0]}@` : '';
  const rest = parts.length > 1 ? parts[1] : domain;
  return start + rest.replace(separators, '.').split('.').map(convert).join('.');
}

function toUnicode(input) {
  return eachLabel(input, (label) => (label.startsWith('xn--') ? decode(label.slice(4).toLowerCase()) : label));
}

function toASCII(input) {
  return eachLabel(input, (label) => (/[^\0-\x7F]/.test(label) ? `xn--${encode(label)}` : label));
}

if (typeof process.emitWarning === 'function') {
  process.emitWarning('The `punycode` module is deprecated. Please use a userland alternative instead.',
                      'DeprecationWarning', 'DEP0040');
}

module.exports = { version: '2.1.0', ucs2: { decode: ucs2decode, encode: ucs2encode }, decode, encode, toASCII, toUnicode };
