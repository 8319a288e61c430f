/* --env-file and --env-file-if-exists: their lines become the environment before anything reads it, so that
 * NODE_OPTIONS and TZ may be among them. What the environment has already stays. */
#pragma once

#include "runtime/options.h"

/* False after saying on stderr which file is not there. */
bool env_files_load(const Options *options);
