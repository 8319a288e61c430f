/* Tells of changed files in folders, however deep. */
#pragma once

#include <uv.h>

typedef struct Watch Watch;
typedef void (*WatchChanged)(void *owner, const char *path);

/* Paths (NULL: the folder itself) are relative to folder; ignored ones are names, paths, globs or regular
 * expressions. What begins with a dot and node_modules is ignored unless ignore lists something else. */
Watch *watch_open(uv_loop_t *loop, const char *folder, char **paths, char **ignore, WatchChanged changed,
                  void *owner);
void watch_close(Watch *watch); /* NULL is fine */
