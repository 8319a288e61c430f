// `galley serve`: the files of a folder over HTTP, as the environment says.
'use strict';

const fs = require('fs');
const http = require('http');
const path = require('path');

const root = fs.realpathSync(process.env.PM2_SERVE_PATH || '.');
const port = Number(process.env.PM2_SERVE_PORT || 8080);
const host = process.env.PM2_SERVE_HOST || undefined;
const spa = process.env.PM2_SERVE_SPA === 'true';
const home = process.env.PM2_SERVE_HOMEPAGE || '/index.html';
const user = process.env.PM2_SERVE_BASIC_AUTH_USERNAME;
const credentials = user &&
  `Basic ${Buffer.from(`${user}:${process.env.PM2_SERVE_BASIC_AUTH_PASSWORD || ''}`).toString('base64')}`;

const types = {
  '.avif': 'image/avif', '.css': 'text/css; charset=utf-8', '.csv': 'text/csv', '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8', '.ico': 'image/x-icon', '.jpeg': 'image/jpeg', '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8', '.json': 'application/json', '.map': 'application/json',
  '.md': 'text/markdown; charset=utf-8', '.mjs': 'text/javascript; charset=utf-8', '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4', '.pdf': 'application/pdf', '.png': 'image/png', '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8', '.wasm': 'application/wasm', '.webm': 'video/webm', '.webp': 'image/webp',
  '.woff': 'font/woff', '.woff2': 'font/woff2', '.xml': 'application/xml', '.zip': 'application/zip',
};

function refuse(response, status, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'text/plain', ...headers });
  response.end(`${http.STATUS_CODES[status]}\n`);
}

// The real file behind an address, or undefined: links may not lead out of the folder, and what begins with a
// dot is nobody's business.
function find(address) {
  const wanted = path.join(root, path.normalize(`/${address}`));
  if (address.split('/').some((part) => part.startsWith('.'))) return undefined;
  try {
    const real = fs.realpathSync(wanted);
    if (real !== root && !real.startsWith(root + path.sep)) return undefined;
    const status = fs.statSync(real);
    return status.isDirectory() ? find(path.posix.join(address, home)) : { real, status };
  } catch {
    return undefined;
  }
}

function give(request, response, { real, status }) {
  const tag = `W/"${status.size.toString(16)}-${Math.floor(status.mtimeMs).toString(16)}"`;
  const headers = { 'ETag': tag, 'Last-Modified': status.mtime.toUTCString() };
  if (request.headers['if-none-match'] === tag) {
    response.writeHead(304, headers);
    response.end();
    return;
  }
  headers['Content-Type'] = types[path.extname(real).toLowerCase()] || 'application/octet-stream';
  headers['Content-Length'] = status.size;
  response.writeHead(200, headers);
  if (request.method === 'HEAD') response.end();
  else fs.createReadStream(real).on('error', () => response.destroy()).pipe(response);
}

function answer(request, response) {
  if (credentials && request.headers.authorization !== credentials) {
    refuse(response, 401, { 'WWW-Authenticate': 'Basic realm="files"' });
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    refuse(response, 405, { 'Allow': 'GET, HEAD' });
    return;
  }
  let address;
  try {
    address = decodeURIComponent(request.url.split('?')[0]);
  } catch {
    refuse(response, 400);
    return;
  }
  const found = address.includes('\0') ? undefined : find(address) || (spa && find(home));
  if (found) give(request, response, found);
  else refuse(response, 404);
}

http.createServer(answer).listen(port, host, () => console.log(`Serving ${root} on port ${port}`));
