/* Which workers a command means: by id, name, namespace, /regular expression/ or `all`. */
#pragma once

#include "cli/session.h"

/* The chosen of `workers`, in its order, each once. NULL after telling that a word means nothing. */
json_t *select_workers(const Session *session, const json_t *workers, char **words);
bool select_matches(const json_t *worker, const char *word);

/* Grouped by keeper: {key: [ids]}. */
json_t *select_by_key(const json_t *workers);

const char *worker_text(const json_t *worker, const char *key); /* from its pm2_env; "" if absent */
