/* The text of lib/, put into the program when it is built. Each text is a function expression that
 * takes (exports, require, module, process, internalBinding). */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    const char *id; /* "fs", "internal/errors" */
    const char *source;
    size_t len;
    bool is_ascii;
} Builtin;

extern const Builtin builtins[];
extern const size_t builtin_count;

const Builtin *builtin_find(const char *id);
