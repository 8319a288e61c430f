/* From what a user wrote to an app's canonical declaration: names of options, absolute paths, the
 * interpreter, the environment. */
#pragma once

#include "cli/session.h"

/* One declared app (keys as in an ecosystem file), relative to `folder`. NULL and a message that the caller
 * frees; *key is then the key at fault, or NULL. */
json_t *declare_app(const Session *session, const json_t *given, const char *folder, char **error,
                    const char **key);

/* This shell's environment without what is the shell's own affair or filtered out by the app. */
json_t *declare_environment(const json_t *filter);

/* Whether a file's name says that it declares apps. */
bool is_ecosystem_file(const char *path);
/* The apps of a file, canonical, with --env and --only applied. NULL after telling what is wrong. */
json_t *ecosystem_load(const Session *session, const char *path);
/* From text that came on stdin. */
json_t *ecosystem_parse(const Session *session, const char *text, size_t len, const char *path);
