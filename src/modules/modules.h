/* Every module of this folder, one line each. A new module adds its name here and to modules.c. */
#pragma once

#include "engine/realm.h"

extern const Module buffer_module;
extern const Module cluster_module;
extern const Module compile_cache_module;
extern const Module encoding_module;
extern const Module esm_module;
extern const Module http_module;
extern const Module http_client_module;
extern const Module http_server_module;
extern const Module fs_module;
extern const Module crypto_module;
extern const Module ipc_module;
extern const Module loader_module;
extern const Module messaging_module;
extern const Module shapes_module;
extern const Module shared_memory_module;
extern const Module watch_module;
extern const Module worker_module;
extern const Module names_module;
extern const Module addons_module;
extern const Module options_module;
extern const Module os_module;
extern const Module pipe_module;
extern const Module performance_module;
extern const Module process_module;
extern const Module resolver_module;
extern const Module resources_module;
extern const Module process_wrap_module;
extern const Module send_file_module;
extern const Module spawn_sync_module;
extern const Module sqlite_module;
extern const Module stdio_module;
extern const Module stream_wrap_module;
extern const Module tcp_module;
extern const Module timers_module;
extern const Module tty_module;
extern const Module url_module;
extern const Module udp_module;
extern const Module util_module;
extern const Module tls_module;
extern const Module uv_module;
extern const Module vm_module;
extern const Module zlib_module;

extern const Module *const all_modules[];

/* Where a module keeps its state in a realm: realm_slot(realm, SLOT_…). */
enum {
    SLOT_OPTIONS,
    SLOT_SIGNALS,
    SLOT_HTTP,
    SLOT_HTTP_SERVING,
    SLOT_HTTP_CALLING,
    SLOT_SEND_FILE,
    SLOT_CROWD,
    SLOT_FS,
    SLOT_STREAMS,
    SLOT_ENCODING,
    SLOT_URL,
    SLOT_UDP,
    SLOT_PROCESSES,
    SLOT_IPC,
    SLOT_CLUSTER,
    SLOT_MESSAGING,
    SLOT_THREADS,
    SLOT_WATCH,
    SLOT_TLS,
    SLOT_CRYPTO,
    SLOT_CIPHERS,
    SLOT_ZLIB,
    SLOT_SQLITE,
    SLOT_ADDONS,
    SLOT_COMPILE_CACHE,
    SLOT_COUNT
};
