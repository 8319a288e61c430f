'use strict';
// What Galley says of itself where programs look for what Node says.

module.exports = {
  readFixed(versions) {
    const all = { node: versions.node, ...versions, modules: '147', napi: '10' };
    return all;
  },
  get features() {
    return {
      inspector: false,
      debug: false,
      uv: true,
      ipv6: true,
      openssl_is_boringssl: false,
      tls_alpn: true,
      tls_sni: true,
      tls_ocsp: true,
      tls: true,
      cached_builtins: true,
      require_module: false,
      quic: false,
      typescript: 'strip',
    };
  },
  config() {
    const deepFreeze = (object) => {
      for (const key in object) if (typeof object[key] === 'object') deepFreeze(object[key]);
      return Object.freeze(object);
    };
    return deepFreeze({ target_defaults: { cflags: [], default_configuration: 'Release', defines: [],
      include_dirs: [], libraries: [] }, variables: { node_module_version: 147, napi_build_version: '10', host_arch: process.arch,
      target_arch: process.arch, v8_enable_i18n_support: 1, node_shared_openssl: true, asan: 0, coverage: false } });
  },
  allowedFlags() {
    const { all } = require('internal/options');
    return Object.freeze(new Set(Object.keys(all).map((name) => '--' + name)));
  },
};
