'use strict';
function normalizeParts(text, absolute) {
  const out = [];
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') out.push(part);
    else if (out.length > 0 && out[out.length - 1] !== '..') out.pop();
    else if (!absolute) out.push('..');
  }
  return out.join('/');
}
const path = {
  sep: '/', delimiter: ':',
  isAbsolute: (p) => p.charCodeAt(0) === 47,
  resolve(...parts) {
    let at = '';
    for (let i = parts.length - 1; i >= -1 && !(at[0] === '/'); i--) {
      const part = i >= 0 ? parts[i] : process.cwd();
      if (part !== '') at = at === '' ? part : `${part}/${at}`;
    }
    return '/' + normalizeParts(at, true);
  },
  normalize(p) {
    const absolute = p[0] === '/';
    let out = normalizeParts(p, absolute);
    if (out === '' && !absolute) out = '.';
    if (out !== '' && p.endsWith('/')) out += '/';
    return absolute ? '/' + out : out;
  },
  join(...parts) { return path.normalize(parts.filter((p) => p !== '').join('/') || '.'); },
  dirname(p) {
    const at = p.replace(/\/+$/, '').lastIndexOf('/');
    return at < 0 ? (p[0] === '/' ? '/' : '.') : at === 0 ? '/' : p.slice(0, at);
  },
  basename(p, suffix) {
    let name = p.replace(/\/+$/, '');
    name = name.slice(name.lastIndexOf('/') + 1);
    return suffix && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
  },
  extname(p) {
    const name = path.basename(p), at = name.lastIndexOf('.');
    return at <= 0 ? '' : name.slice(at);
  },
};
path.posix = path;
module.exports = path;
