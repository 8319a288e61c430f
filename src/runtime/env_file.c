#include "runtime/env_file.h"

#include "base/env_text.h"
#include "base/file.h"
#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 16 << 20 };

typedef struct {
    Map own; /* what the files have set so far, which a later one may set again */
} Loading;

static void set(void *context, const char *key, const char *value) {
    Loading *loading = context;
    if (getenv(key) && !map_has(&loading->own, key)) return;
    map_set(&loading->own, key, loading);
    setenv(key, value, true);
}

static bool load(const EnvFile *file, const char *program, Loading *loading) {
    Bytes text = {0};
    int err = file_read(file->path, LARGEST, &text);
    if (!err) env_text_read(bytes_slice(&text), set, loading);
    bytes_free(&text);
    if (!err) return true;
    if (err == ENOENT) {
        const char *more = file->may_be_missing ? ". Continuing without it." : "";
        fprintf(stderr, "%s: %s not found%s\n", program, file->path, more);
    } else {
        fprintf(stderr, "%s: %s cannot be read: %s\n", program, file->path, strerror(err));
    }
    return err == ENOENT && file->may_be_missing;
}

bool env_files_load(const Options *options) {
    Loading loading = {0};
    bool fine = true;
    for (int i = 0; fine && i < options->env_file_count; i++)
        fine = load(&options->env_files[i], options->argv[0], &loading);
    map_free(&loading.own);
    return fine;
}
