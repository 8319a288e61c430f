/* The environment of a worker: its app's, and what PM2's users expect to find there besides. */
#pragma once

#include "keeper/internal.h"

/* A NULL-terminated list; channel_fd is -1 when there is no channel. */
char **environment_for(const Worker *worker, int channel_fd, unsigned run_id);
void environment_free(char **env);
