'use strict';
// Names that the files of this folder share: private fields of sockets and servers, and the questions that C may ask
// (HOOK_ in src/modules/crypto/tls_info.c).

module.exports = {
  HOOK_HELLO: 1,
  HOOK_CERT: 2,
  HOOK_ALPN: 4,
  HOOK_KEYLOG: 8,
  HOOK_SESSION: 16,
  HOOK_PSK: 32,
  kConnectOptions: Symbol('connect-options'),
  kDisableRenegotiation: Symbol('disable-renegotiation'),
  kErrorEmitted: Symbol('error-emitted'),
  kLastHandshake: Symbol('lastHandshake'),
  kUnderlying: Symbol('underlying'),
  kIsCarried: Symbol('isCarried'),
  kPendingSession: Symbol('pendingSession'),
  kIsVerified: Symbol('verified'),
  kALPNCallback: Symbol('alpncallback'),
  kPskCallback: Symbol('pskcallback'),
  kSNICallback: Symbol('snicallback'),
};
