/* The text of lib/, put into the program when it is built. Each text is a function expression that
 * takes (exports, require, module, process, internalBinding). */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct {
    const char *id; /* "fs", "internal/errors" */
    const char *source;
    size_t len;
} Builtin;

extern const Builtin builtins[];
extern const size_t builtin_count;
extern const uint8_t builtin_digest[32]; /* of all texts */

const Builtin *builtin_find(const char *id);
