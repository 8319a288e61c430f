/* Log files that have grown enough are put aside as file.1.gz, file.2.gz … */
#pragma once

#include "keeper/keeper.h"

#include <stdbool.h>

/* For a file that only this process writes: renames it; the writer must open it anew. */
void rotate_renaming(Keeper *keeper, const char *path);
/* For a file that workers write by themselves: another process copies what is there and cuts it off. */
void rotate_copying(Keeper *keeper, const char *path);

/* The work of that other process: returns 0 or an errno value. */
int rotate_file(const char *path, bool rename_it, unsigned keep, bool compress);
