'use strict';

// CPU profiles: the engine's samples as a .cpuprofile, which Chrome's tools, VS Code and speedscope open, and as a flame
// graph that a browser shows.

const binding = internalBinding('watch');

// The tree of calls that all samples make together, and which of its nodes each sample ended in.
function treeOf(samples) {
  const urls = new Map(samples.sources.map(({ sourceID, url }) => [sourceID, url]));
  const root = nodeOf({ name: '(root)' }, urls, 1);
  const nodes = [root];
  const ends = [];
  for (const { frames } of samples.traces) {
    let node = root;
    node.total++;
    for (let i = frames.length - 1; i >= 0; i--) {
      const frame = frames[i];
      const key = `${frame.name}\n${frame.sourceID}`;
      let child = node.byKey.get(key);
      if (child === undefined) {
        child = nodeOf(frame, urls, nodes.length + 1);
        node.byKey.set(key, child);
        nodes.push(child);
      }
      node = child;
      node.total++;
      if (isLine(frame.line) && (node.line === 0 || frame.line < node.line)) node.line = frame.line; // the engine tells where it was
    }
    node.self++;
    ends.push(node);
  }
  return { root, nodes, ends };
}

const isLine = (line) => line > 0 && line < 0xffffffff;

function nodeOf({ name, sourceID }, urls, id) {
  const url = urls.get(sourceID) ?? '';
  return { id, name: name === '__galley_module__' ? '(module)' : name, url, line: 0, self: 0, total: 0, byKey: new Map() };
}

const longestGap = 0.01; // seconds between samples of a thread that is running

function cpuProfileOf(samples, { root, nodes, ends }, startUs) {
  const idle = nodeOf({ name: '(idle)' }, new Map(), nodes.length + 1);
  const ids = [], timeDeltas = [];
  let lastUs = startUs;
  const add = (node, atUs) => {
    ids.push(node.id);
    timeDeltas.push(Math.max(0, Math.round(atUs - lastUs)));
    lastUs = Math.max(lastUs, atUs);
  };
  samples.traces.forEach(({ timestamp }, i) => {
    const atUs = timestamp * 1e6;
    if (atUs - lastUs > longestGap * 1e6) add(idle, atUs - 1000);
    add(ends[i], atUs);
  });
  root.byKey.set('(idle)', idle);
  return {
    nodes: [...nodes, idle].map((node) => ({
      id: node.id,
      callFrame: { functionName: node.name, scriptId: '0', url: node.url.startsWith('/') ? `file://${node.url}` : node.url, lineNumber: node.line - 1, columnNumber: 0 },
      hitCount: node.self,
      children: [...node.byKey.values()].map((child) => child.id),
    })),
    startTime: startUs,
    endTime: Math.round(lastUs),
    samples: ids,
    timeDeltas,
  };
}

const escapes = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text) => text.replace(/[&<>"]/g, (c) => escapes[c]);

// Each function as wide as its share of the time, above the one that called it.
function flameGraphOf({ root }) {
  const width = 1200, height = 18;
  const boxes = [];
  let deepest = 0;
  const draw = (node, x, depth) => {
    const share = node.total / root.total;
    if (share * width < 0.5) return;
    deepest = Math.max(deepest, depth);
    const place = node.url === '' ? '' : ` ${node.url}:${node.line}`;
    const hue = 20 + [...node.name].reduce((sum, c) => sum + c.charCodeAt(0), 0) % 35;
    const letters = Math.floor(share * width / 7);
    const label = letters < 3 ? '' : escaped(node.name.length > letters ? `${node.name.slice(0, letters - 1)}\u2026` : node.name);
    boxes.push({ depth, text: `<g><title>${escaped(node.name + place)} (${(share * 100).toFixed(1)}%, ${node.total} samples)</title>` +
      `<rect x="${(x * width).toFixed(1)}" y="Y" width="${(share * width).toFixed(1)}" height="${height - 1}" fill="hsl(${hue} 80% 62%)" rx="2"/>` +
      `<text x="${(x * width + 3).toFixed(1)}" y="T">${label}</text></g>` });
    let at = x;
    for (const child of [...node.byKey.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      draw(child, at, depth + 1);
      at += child.total / root.total;
    }
  };
  if (root.total > 0) draw(root, 0, 0);
  const tall = (deepest + 1) * height;
  const body = boxes.map(({ depth, text }) => text.replace('"Y"', `"${tall - (depth + 1) * height}"`).replace('"T"', `"${tall - depth * height - 5}"`));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${tall}" width="${width}" height="${tall}" font-family="monospace" font-size="11">\n${body.join('\n')}\n</svg>\n`;
}

// Several profiles may be taken at a time: all are cut from the same samples.
let open = 0;
let taken = { traces: [], sources: [] };

function collect() {
  const text = binding.takeSamples();
  if (text === undefined) return;
  const { traces, sources = [] } = JSON.parse(text);
  for (const trace of traces) taken.traces.push(trace);
  taken.sources = taken.sources.concat(sources);
}

class Profile {
  #from = Number(process.hrtime.bigint()) / 1e9;
  #tree;

  // undefined if the engine cannot
  static start() {
    if (open === 0 && !binding.startProfile()) return undefined;
    open++;
    return new Profile();
  }

  // What a .cpuprofile holds; undefined the second time.
  stop() {
    if (this.#tree !== undefined) return undefined;
    collect();
    const samples = { traces: taken.traces.filter(({ timestamp }) => timestamp >= this.#from), sources: taken.sources };
    if (--open === 0) {
      binding.stopProfile();
      taken = { traces: [], sources: [] };
    }
    this.#tree = treeOf(samples);
    return cpuProfileOf(samples, this.#tree, Math.round(this.#from * 1e6));
  }

  flameGraph() { return flameGraphOf(this.#tree); }
}

function profileProgram(folder = '.') {
  const running = Profile.start();
  if (running === undefined) {
    process.stderr.write('galley: the engine cannot take a profile\n');
    return;
  }
  process.on('exit', () => {
    const { mkdirSync, writeFileSync } = require('fs');
    const { join } = require('path');
    const profile = running.stop();
    const stamp = new Date().toISOString().replace(/[-:]|\..*/g, '').replace('T', '.');
    const name = join(folder, `CPU.${stamp}.${process.pid}`);
    try {
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${name}.cpuprofile`, JSON.stringify(profile));
      writeFileSync(`${name}.svg`, running.flameGraph());
      process.stderr.write(`galley: ${profile.samples.length} samples are in ${name}.cpuprofile, the flame graph is ${name}.svg\n`);
    } catch (error) {
      process.stderr.write(`galley: the profile could not be written: ${error.message}\n`);
    }
  });
}

module.exports = { Profile, profileProgram };
