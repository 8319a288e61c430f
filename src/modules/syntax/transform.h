/* Makes an ES module a function that the engine runs without knowing modules: its imports become
 * properties of other modules' namespaces, its exports closures, and everything else stays where it
 * is, line by line. */
#pragma once

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    bool is_module;               /* it has what only a module can have */
    bool awaits;                  /* at its top level */
    size_t prefix;                /* by how much the first line's columns are off */
    size_t failed_at, failed_end; /* where reading stopped */
    bool is_unsound;              /* its names do not fit together */
} TransformedModule;

/* Appends to out a script whose value is [function, facts] (lib/internal/esm/source.js knows what is in
 * them). False if the source is no module: what is wrong with it has to be asked of the engine. */
bool module_transform(const char *source, size_t len, Bytes *out, TransformedModule *result);
