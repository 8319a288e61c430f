// module.registerHooks() as require() sees it, and functions made of text that import.
const assert = require('assert');
const { test } = require('node:test');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { registerHooks, createRequire } = require('module');
const { pathToFileURL } = require('url');

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'galley-hooks-')));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));
const files = {
  'plain.js': 'exports.value = "plain"',
  'other.js': 'exports.value = "other"',
  'data.json': '{ "value": 1 }',
  'late.mjs': 'export const value = "es"',
  'es.mjs': 'export const value = "es"',
  'node_modules/pkg/package.json': '{ "exports": { "special": "./special.js", "default": "./usual.js" } }',
  'node_modules/pkg/special.js': 'module.exports = "special"',
  'node_modules/pkg/usual.js': 'module.exports = "usual"',
};
for (const [name, text] of Object.entries(files)) {
  fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  fs.writeFileSync(path.join(root, name), text);
}
const urlOf = (name) => pathToFileURL(path.join(root, name)).href;
const requireHere = () => createRequire(path.join(root, 'program.js'));

function withHooks(hooks, work) {
  const registered = registerHooks(hooks);
  try {
    return work();
  } finally {
    registered.deregister();
  }
}

test('a resolve hook leads require() and require.resolve() elsewhere', () => {
  const seen = [];
  withHooks({
    resolve(specifier, context, next) {
      seen.push(specifier, context.parentURL, context.conditions.includes('require'));
      return specifier === './plain.js' ? { url: urlOf('other.js'), shortCircuit: true } : next(specifier, context);
    },
  }, () => {
    assert.strictEqual(requireHere()('./plain.js').value, 'other');
    assert.strictEqual(requireHere().resolve('./plain.js'), path.join(root, 'other.js'));
    assert.strictEqual(requireHere()('./data.json').value, 1);
    assert.strictEqual(typeof requireHere()('zlib').inflate, 'function');
  });
  assert.deepStrictEqual(seen.slice(0, 3), ['./plain.js', urlOf('program.js'), true]);
  assert.strictEqual(requireHere()('./plain.js').value, 'plain');
});

test('a load hook changes what require() reads, whatever kind of module it is', () => {
  withHooks({
    load(url, context, next) {
      const result = next(url, context);
      return url.endsWith('es.mjs') ? { ...result, source: String(result.source).replace('"es"', '"changed"') } : result;
    },
  }, () => assert.strictEqual(requireHere()('./es.mjs').value, 'changed'));
  withHooks({
    load: (url, context, next) => url === 'made:up' ? { format: 'commonjs', source: Buffer.from('module.exports = __filename'), shortCircuit: true } :
      next(url, context),
    resolve: (specifier, context, next) => specifier === 'made' ? { url: 'made:up', shortCircuit: true } : next(specifier, context),
  }, () => assert.strictEqual(requireHere()('made'), 'made:up'));
});

test('a hook may add conditions', () => {
  assert.strictEqual(requireHere()('pkg'), 'usual');
  withHooks({ resolve: (specifier, context, next) => next(specifier, { conditions: ['special', ...context.conditions] }) }, () =>
    assert.strictEqual(requireHere()('pkg'), 'special'));
  assert.strictEqual(requireHere()('pkg'), 'usual');
});

test('a built-in module may be replaced while a hook is there', () => {
  withHooks({
    load: (url, context, next) => url === 'node:zlib' ? { format: 'commonjs', source: 'exports.mine = true', shortCircuit: true } :
      next(url, context),
  }, () => assert.deepStrictEqual(require('node:zlib'), { mine: true }));
  assert.strictEqual(typeof require('node:zlib').inflate, 'function');
});

test('what a hook gives is checked', () => {
  const wrong = { code: 'ERR_INVALID_RETURN_PROPERTY_VALUE' };
  withHooks({ resolve: () => ({ url: 5, shortCircuit: true }) }, () => assert.throws(() => requireHere()('x'), wrong));
  withHooks({ resolve: () => ({ url: 'made:up' }) }, () => assert.throws(() => requireHere()('x'), wrong));
  withHooks({ load: () => ({ shortCircuit: true }) }, () => {
    delete require.cache[path.join(root, 'plain.js')];
    assert.throws(() => requireHere()('./plain.js'), wrong);
  });
});

test('a CommonJS module that is imported and required under hooks runs once', async () => {
  globalThis.runs = 0;
  fs.writeFileSync(path.join(root, 'counts.js'), 'globalThis.runs++; exports.here = true');
  const hooks = registerHooks({ load: (url, context, next) => next(url, context) });
  assert.strictEqual((await import(urlOf('counts.js'))).here, true);
  assert.strictEqual(requireHere()('./counts.js').here, true);
  hooks.deregister();
  assert.strictEqual(globalThis.runs, 1);
});

test('functions made of text import as the file does that makes them', async () => {
  assert.strictEqual((await new Function('name', 'return import(name)')('fs')).readFileSync, fs.readFileSync);
  fs.writeFileSync(path.join(root, 'makes.js'), 'module.exports = Function(\'return import("./late.mjs")\')');
  assert.strictEqual((await requireHere()('./makes.js')()).value, 'es');
  assert.throws(() => new Function('import('), SyntaxError);
  assert.strictEqual((() => {}).constructor, Function);
  assert.deepStrictEqual([Function.name, Function.length, Function('return 5')()], ['Function', 1, 5]);
  assert.strictEqual(new (class Callable extends Function { constructor() { super('return 7'); } })()(), 7);
});

test('diagnostics channels tell of require() and import()', async () => {
  const { tracingChannel } = require('diagnostics_channel');
  const seen = [];
  const note = (kind) => ({ parentFilename, id, parentURL, url }) => seen.push([kind, id ?? url, parentFilename ?? parentURL]);
  const own = { start: note('start'), asyncEnd: note('asyncEnd'), error: note('error') };
  for (const name of ['module.require', 'module.import']) tracingChannel(name).subscribe(own);
  require('fs');
  assert.throws(() => require('./none'));
  await import('fs');
  for (const name of ['module.require', 'module.import']) tracingChannel(name).unsubscribe(own);
  const here = pathToFileURL(__filename).href;
  assert.deepStrictEqual(seen, [['start', 'fs', __filename], ['start', './none', __filename], ['error', './none', __filename],
    ['start', 'fs', here], ['asyncEnd', 'fs', here]]);
});
