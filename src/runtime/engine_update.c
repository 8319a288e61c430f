#include "runtime/engine_update.h"

#include "base/mem.h"
#include "engine/engine_id.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PRELOAD "LD_PRELOAD"
#define PRELOAD_BEFORE "GALLEY_LD_PRELOAD" /* what the environment had, for the program and its children */

static bool is_outdated(void) {
    EngineId loaded, installed;
    return engine_id_loaded(&loaded) && engine_id_of_file(ENGINE_LIBRARY, &installed) &&
           memcmp(&loaded, &installed, sizeof loaded) != 0;
}

static void environment_restore(const char *before) {
    if (*before)
        setenv(PRELOAD, before, true);
    else
        unsetenv(PRELOAD);
    unsetenv(PRELOAD_BEFORE);
}

void engine_follow_update(char **argv) {
    const char *before = getenv(PRELOAD_BEFORE);
    if (before) {
        char *copy = mem_strdup(before);
        environment_restore(copy);
        mem_free(copy);
        return;
    }
    if (!is_outdated()) return;
    const char *preload = getenv(PRELOAD);
    char *all = mem_printf("%s%s%s", ENGINE_LIBRARY, preload ? ":" : "", preload ? preload : "");
    setenv(PRELOAD_BEFORE, preload ? preload : "", true);
    setenv(PRELOAD, all, true);
    mem_free(all);
    execv("/proc/self/exe", argv);
    environment_restore(getenv(PRELOAD_BEFORE)); /* then the copy has to do */
}
