#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_die(void *memory) {
    if (memory) return memory;
    fputs("galley: out of memory\n", stderr);
    abort();
}

void *mem_new(size_t size) {
    return or_die(calloc(1, size ? size : 1));
}

void *mem_try_new(size_t size) {
    return calloc(1, size ? size : 1);
}

void *mem_resize(void *old, size_t size) {
    return or_die(realloc(old, size ? size : 1));
}

void mem_free(void *memory) {
    free(memory);
}

char *mem_strdup(const char *str) {
    return or_die(strdup(str));
}

char *mem_strndup(const char *str, size_t len) {
    return or_die(strndup(str, len));
}

char *mem_printf(const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *out = NULL;
    int n = vasprintf(&out, format, args);
    va_end(args);
    return or_die(n < 0 ? NULL : out);
}
