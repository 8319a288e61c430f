'use strict';

// Turns of the event loop that take too long: for how long, and where the time was spent.

const binding = internalBinding('watch');
const { validateFunction, validateNumber } = require('internal/validators');

const unnamed = /^(?:__galley_module__|\(program\)|\(module\)|\(eval\)|(?:global|module|eval) code|)$/;

function lineOf(name, url, line) {
  if (url === undefined || url.startsWith('node:internal/') || url === '[native code]') return undefined;
  const place = `${url}:${line}`;
  return unnamed.test(name) ? `    at ${place}` : `    at ${name} (${place})`;
}

// The engine's own text: '#0 name() at file:line'.
function linesOfText(text) {
  const frames = text.split('\n').map((line) => /^#\d+ (.*?)(?:\(\))? at (.*):(\d+)$/.exec(line));
  return frames.map((match) => (match === null ? undefined : lineOf(match[1], match[2], match[3])));
}

// The functions in which most samples were, and their share.
function mostSeen(text) {
  const { traces, sources = [] } = JSON.parse(text);
  const counts = new Map();
  for (const { frames } of traces) {
    const key = frames.map((frame) => `${frame.name} ${frame.sourceID}`).join('\n');
    const seen = counts.get(key) ?? { count: 0, frames };
    seen.count++;
    if (!frames.every(hasLine) || seen.frames.every(hasLine)) counts.set(key, seen);
    else counts.set(key, { ...seen, frames });
  }
  let most;
  for (const seen of counts.values()) if (most === undefined || seen.count > most.count) most = seen;
  if (most === undefined) return undefined;
  const urls = new Map(sources.map(({ sourceID, url }) => [sourceID, url]));
  return { share: most.count / traces.length, lines: most.frames.map((frame) => lineOf(frame.name, urls.get(frame.sourceID), hasLine(frame) ? frame.line : '?')) };
}

const hasLine = ({ line }) => line === undefined || (line > 0 && line < 0xffffffff);

const join = (lines) => lines.filter((line) => line !== undefined).join('\n');

// watchLoop(limit in ms, listener) -> { stop() }; the listener gets { duration, share, stack }.
function watchLoop(limit, listener) {
  validateNumber(limit, 'limit', 1);
  validateFunction(listener, 'listener');
  const handle = binding.watchLoop(limit, (duration, place, samples) => {
    const seen = samples === undefined ? undefined : mostSeen(samples);
    if (seen !== undefined) listener({ duration, share: seen.share, stack: join(seen.lines) });
    else listener({ duration, share: place === undefined ? 0 : 1, stack: place === undefined ? '' : join(linesOfText(place)) });
  });
  return { stop() { handle.stop(); } };
}

function describe({ duration, share, stack }, limit) {
  const took = `galley: a turn of the event loop took ${Math.round(duration)} ms (more than ${limit})`;
  if (stack === '') return `${took}, in many short pieces\n`;
  return `${took}; ${share === 1 ? 'it was here' : `${Math.round(share * 100)}% of what came after that was here`}:\n${stack}\n`;
}

function printLate(text) {
  const limit = +text;
  if (!(limit >= 1)) {
    process.stderr.write(`galley: --loop-watch wants milliseconds, not ${text}\n`);
    process.exit(9);
  }
  const { writeSync } = internalBinding('stdio');
  watchLoop(limit, (turn) => { writeSync(2, describe(turn, limit)); });
}

module.exports = { watchLoop, printLate };
