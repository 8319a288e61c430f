/* The text of an .env file as Node reads it: KEY=value lines, quotes, comments, values over several lines.
 * The command line, process.loadEnvFile() and util.parseEnv() read it here. */
#pragma once

#include "base/bytes.h"

/* Is called for each line in turn; both texts end with a NUL and are valid until it returns. */
typedef void EnvFound(void *context, const char *key, const char *value);
void env_text_read(Slice text, EnvFound *found, void *context);
