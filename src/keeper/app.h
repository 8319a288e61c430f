/* What an app is: the declaration that a user writes (in an ecosystem file or as options), its
 * canonical JSON, which is sent, saved and shown, and the same as a C structure, which the keeper works with.
 * One table of options serves all three. */
#pragma once

#include "base/bytes.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    OPTION_TEXT,
    OPTION_FLAG,
    OPTION_NUMBER,
    OPTION_SIZE,
    OPTION_DURATION,
    OPTION_WORDS, /* a list, or a string to be split as a shell would */
    OPTION_NUMBERS,
    OPTION_TEXT_OR_NUMBER,
    OPTION_OBJECT,
    OPTION_WATCH, /* a flag, a path or a list of paths */
    OPTION_ANY,   /* accepted as PM2 accepts it, and kept; nothing here acts on it */
} OptionType;

typedef struct {
    const char *name;    /* in the canonical form */
    const char *aliases; /* other names in declarations, separated by spaces */
    OptionType type;
    size_t offset;       /* in App; 0 if the keeper has no use for it */
    const char *initial; /* written as JSON; NULL: absent */
} AppOption;

extern const AppOption app_options[];
const AppOption *app_option_find(const char *name);

typedef struct {
    long long *items;
    size_t count;
} Numbers;

typedef struct {
    json_t *config; /* the canonical form; owns all strings below */
    char unused;    /* so that no option has offset 0 */
    const char *name, *namespace, *script, *cwd, *interpreter, *mode;
    const char *out_path, *error_path, *log_path, *pid_path;
    const char *log_type, *log_date_format, *cron, *instance_var, *increment_var, *user, *group;
    const char *listen_host;
    char **args, **interpreter_args, **watch_paths, **ignore_watch; /* NULL-terminated; may be NULL */
    Numbers stop_exit_codes;
    json_t *env;
    long long instances, max_restarts, port, instances_min, instances_max, log_keep, parallel;
    uint64_t kill_timeout, listen_timeout, restart_delay, exp_backoff, min_uptime, watch_delay, drain_timeout;
    uint64_t scale_down_delay;
    uint64_t max_memory, log_max_size, log_max_age;
    bool autostart, autorestart, treekill, wait_ready, shutdown_with_message, merge_logs, disable_logs, watch;
    bool log_compress, is_cluster, is_javascript, instances_auto;
} App;

/* Reads the canonical form. NULL and a message in *error (the caller frees it) if it is none. */
App *app_new(const json_t *config, char **error);
void app_free(App *app);

/* Checks one declared value against its option and gives its canonical value, or NULL with *error set. */
json_t *app_option_value(const AppOption *option, const json_t *given, char **error);

/* How many workers `instances` means on this machine. */
long long app_instances_resolve(long long instances);

/* A name that may be part of a file's name. Never empty, never with a slash, the same for the same name. */
char *app_key_for_name(const char *name);
/* NULL, or why the name cannot be one. */
const char *app_name_problem(const char *name);

/* Splits as a shell does with quotes and backslashes. NULL if a quote is left open; free with words_free. */
char **words_split(const char *text);
void words_free(char **words);
