/* Which options there are: Galley's and those of Node's that programs are started with. */
#pragma once

#include <stdbool.h>

typedef enum { SWITCH, WITH_VALUE, REFUSED } OptionKind;

typedef struct {
    const char *name; /* without dashes */
    OptionKind kind;
    bool in_node_options;
} KnownOption;

extern const KnownOption known_options[]; /* the last has no name */
