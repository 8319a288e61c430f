/* Finds and becomes galley-js. It is looked for beside the running executable first, so that a build
 * folder and a copied installation work without being told where they are. */
#include "sys/runtime.h"

#include "base/mem.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char *file_in(const char *folder, const char *name) {
    char *path = mem_printf("%s/%s", folder, name);
    if (access(path, R_OK) == 0) return path;
    mem_free(path);
    return NULL;
}

char *runtime_file_find(const char *name) {
    char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len > 0) {
        self[len] = 0;
        char *slash = strrchr(self, '/');
        if (slash) {
            *slash = 0;
            char *path = file_in(self, name);
            if (path) return path;
        }
    }
    return file_in(GALLEY_LIBEXEC_DIR, name);
}

char *runtime_find(void) {
    return runtime_file_find("galley-js");
}

int runtime_become(char **argv) {
    char *path = runtime_find();
    if (!path) {
        fprintf(stderr,
                "galley: the runtime galley-js is not installed (looked beside this program and in %s)\n",
                GALLEY_LIBEXEC_DIR);
        return 127;
    }
    argv[0] = path;
    execv(path, argv);
    fprintf(stderr, "galley: cannot run %s: %s\n", path, strerror(errno));
    return 126;
}
