#include "modules/modules.h"

const Module *const all_modules[] = {
    &http_module, &loader_module, &options_module, &os_module, &process_module,
    &stdio_module,  &timers_module,  &uv_module, NULL,
};
