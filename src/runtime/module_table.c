#include "modules/modules.h"

/* One line a module, so that two who add one do not meet. */
/* clang-format off */
const Module *const all_modules[] = {
    &buffer_module,
    &fs_module,
    &http_module,
    &loader_module,
    &options_module,
    &os_module,
    &process_module,
    &stdio_module,
    &timers_module,
    &util_module,
    &uv_module,
    NULL,
};
