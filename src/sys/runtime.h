/* `galley app.js` is the runtime's work: this program, which links no engine, hands such command
 * lines to galley-js unchanged. */
#pragma once

#include <stdbool.h>

/* The path of galley-js: beside this executable, or where it was installed. NULL if neither is there;
 * the caller frees it. */
char *runtime_find(void);
/* The same for any file of Galley's. */
char *runtime_file_find(const char *name);

/* Becomes `galley-js` with these arguments. Returns only on failure, with the exit code to use, after telling
 * the user why. */
int runtime_become(char **argv);
