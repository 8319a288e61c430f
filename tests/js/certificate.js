'use strict';
// A key and a certificate for a test's own servers, made anew with the openssl command: none lies in the tree to expire.

const fs = require('fs');
const os = require('os');
const path = require('path');
const { execFileSync } = require('child_process');

module.exports = function makeCertificate(names = 'DNS:galley.test,IP:127.0.0.1') {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'galley-certificate-'));
  const file = (name) => path.join(folder, name);
  try {
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file('key.pem'),
      '-out', file('cert.pem'), '-days', '2', '-subj', '/CN=galley.test', '-addext', `subjectAltName=${names}`], { stdio: 'pipe' });
    return { key: fs.readFileSync(file('key.pem')), cert: fs.readFileSync(file('cert.pem')) };
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
};
