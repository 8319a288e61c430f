/* What child_process asks for, read from JavaScript once for spawn and spawnSync alike. */
#pragma once

#include "engine/call.h"
#include "sys/process.h"

/* How a descriptor of the child is made; a number from 0 up is one of ours to be copied. */
enum { STDIO_IGNORE = -1, STDIO_PIPE = -2 };
enum { SPAWN_DETACHED = 1, SPAWN_FROM_TEMPLATE = 2 };

typedef struct {
    Text file, cwd, args_text, env_text;
    char **args, **env;
    int32_t *stdio; /* JavaScript's Int32Array: STDIO_PIPE becomes our end of the pipe */
    int *fds;       /* the child's ends */
    size_t count;
    ProcessOptions options;
} Spawn;

/* Arguments from `first` on: file, arguments joined by NUL, environment likewise or undefined, directory or
 * undefined, uid and gid or undefined, SPAWN_… flags, Int32Array of STDIO_…. False when it threw. */
bool spawn_read(Call *call, size_t first, Spawn *spawn);
/* Makes the pipes: 0 or -errno. */
int spawn_pipes_open(Spawn *spawn);
/* The child has its ends, or never will: then ours go too. */
void spawn_pipes_close(Spawn *spawn, bool ours_too);
void spawn_free(Spawn *spawn);
