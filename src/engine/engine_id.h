/* Which build of the engine's library this is: what was made from one must not be used with another. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint8_t bytes[32]; /* the linker's build ID, then zeros */
} EngineId;

/* False if the library does not say. */
bool engine_id_loaded(EngineId *id);
bool engine_id_of_file(const char *path, EngineId *id);
