'use strict';
// Sockets and servers that speak TLS. The records are read and written in C (src/modules/crypto/tls_wrap.c); what a program
// sees of them is in internal/tls.

module.exports = {
  ...require('internal/tls/server'),
  TLSSocket: require('internal/tls/socket').TLSSocket,
  connect: require('internal/tls/connect').connect,
};
