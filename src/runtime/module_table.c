#include "modules/modules.h"

/* One line a module, so that two who add one do not meet. */
/* clang-format off */
const Module *const all_modules[] = {
    &buffer_module,
    &encoding_module,
    &crypto_module,
    &fs_module,
    &http_module,
    &http_server_module,
    &ipc_module,
    &loader_module,
    &names_module,
    &options_module,
    &os_module,
    &pipe_module,
    &process_module,
    &resources_module,
    &process_wrap_module,
    &spawn_sync_module,
    &stdio_module,
    &stream_wrap_module,
    &tcp_module,
    &timers_module,
    &tty_module,
    &tls_module,
    &url_module,
    &udp_module,
    &util_module,
    &uv_module,
    &zlib_module,
    NULL,
};
