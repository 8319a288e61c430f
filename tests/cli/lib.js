// What the tests of whole programs share: a folder of their own, programs that are stopped at the end, requests.
const { spawn } = require('child_process');
const fs = require('fs');
const http = require('http');
const os = require('os');
const path = require('path');

const root = path.resolve(__dirname, '../..');
const galley = path.join(root, 'build/galley');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-test-'));
const running = new Set();

process.on('exit', () => {
  for (const child of running) {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {}
  }
  fs.rmSync(folder, { recursive: true, force: true });
});

// A program under test: its output so far, and a promise of its end.
function start(words, options = {}) {
  const child = spawn(galley, words, { cwd: folder, detached: true, ...options });
  running.add(child);
  const program = { child, pid: child.pid, output: '' };
  child.stdout.on('data', (data) => program.output += data);
  child.stderr.on('data', (data) => program.output += data);
  program.ended = new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal })));
  program.stop = () => {
    process.kill(-child.pid, 'SIGKILL');
    return program.ended;
  };
  return program;
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Tries again until it holds or ten seconds are over.
async function until(what, attempt) {
  const end = Date.now() + 10000;
  let last;
  for (;;) {
    try {
      const result = await attempt();
      if (result) return result;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`never came: ${what}${last ? ` (${last.message})` : ''}`);
    await wait(50);
  }
}

function get(port, url = '/') {
  return new Promise((resolve, reject) => {
    http.get({ port, path: url, agent: false, host: '127.0.0.1' }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text) => body += text);
      response.on('end', () => resolve({ status: response.statusCode, body }));
    }).on('error', reject);
  });
}

function write(name, text) {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return file;
}

// The n-th program of a document, as it is written there; undefined where the documents are not at hand.
function documentText(number) {
  const documents = path.resolve(root, '../shared/documents');
  if (!fs.existsSync(documents)) return undefined;
  const name = fs.readdirSync(documents).find((file) => file.startsWith(number));
  return name && fs.readFileSync(path.join(documents, name), 'utf8');
}
function fenced(text, index) {
  return [...text.matchAll(/```(?:javascript|jsx|js)\n([\s\S]*?)```/g)][index]?.[1];
}

module.exports = { root, galley, folder, start, wait, until, get, write, documentText, fenced };
