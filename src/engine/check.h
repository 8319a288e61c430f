/* Asks the engine what is wrong with an ES module. Its C interface runs none, but the GLib one has them
 * checked, in a context of its own. */
#pragma once

#include <stddef.h>

/* What is wrong, to be given to mem_free, and its line; NULL if nothing is. */
char *engine_check_module(const char *source, size_t len, const char *url, unsigned *line);
