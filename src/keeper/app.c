/* What an app is: its options as one table, and the structure read from it; see app.h. */
#include "keeper/app.h"

#include "base/cron.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/units.h"
#include "sys/procfs.h"

#include "base/bytes.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define AT(member) offsetof(App, member)

/* clang-format off */
const AppOption app_options[] = {
    {"name",                       NULL,                                    OPTION_TEXT,           AT(name),                  NULL},
    {"namespace",                  NULL,                                    OPTION_TEXT,           AT(namespace),             "\"default\""},
    {"pm_exec_path",               "script exec",                           OPTION_TEXT,           AT(script),                NULL},
    {"pm_cwd",                     "cwd",                                   OPTION_TEXT,           AT(cwd),                   NULL},
    {"args",                       NULL,                                    OPTION_WORDS,          AT(args),                  "[]"},
    {"exec_interpreter",           "interpreter",                           OPTION_TEXT,           AT(interpreter),           NULL},
    {"node_args",                  "interpreter_args interpreterArgs",      OPTION_WORDS,          AT(interpreter_args),      "[]"},
    {"exec_mode",                  NULL,                                    OPTION_TEXT,           AT(mode),                  "\"fork_mode\""},
    {"instances",                  NULL,                                    OPTION_TEXT_OR_NUMBER, AT(instances),             "1"},
    {"instances_min",              "min_instances",                         OPTION_NUMBER,         AT(instances_min),         NULL},
    {"instances_max",              "max_instances",                         OPTION_NUMBER,         AT(instances_max),         NULL},
    {"scale_down_delay",           NULL,                                    OPTION_DURATION,       AT(scale_down_delay),      "30000"},
    {"parallel",                   NULL,                                    OPTION_NUMBER,         AT(parallel),              "1"},
    {"env",                        NULL,                                    OPTION_OBJECT,         AT(env),                   "{}"},
    {"port",                       NULL,                                    OPTION_NUMBER,         AT(port),                  NULL},
    {"host",                       NULL,                                    OPTION_TEXT,           AT(listen_host),           NULL},
    {"autostart",                  NULL,                                    OPTION_FLAG,           AT(autostart),             "true"},
    {"autorestart",                NULL,                                    OPTION_FLAG,           AT(autorestart),           "true"},
    {"stop_exit_codes",            NULL,                                    OPTION_NUMBERS,        AT(stop_exit_codes),       NULL},
    {"min_uptime",                 NULL,                                    OPTION_DURATION,       AT(min_uptime),            "1000"},
    {"max_restarts",               NULL,                                    OPTION_NUMBER,         AT(max_restarts),          "16"},
    {"restart_delay",              NULL,                                    OPTION_DURATION,       AT(restart_delay),         NULL},
    {"exp_backoff_restart_delay",  NULL,                                    OPTION_DURATION,       AT(exp_backoff),           NULL},
    {"max_memory_restart",         NULL,                                    OPTION_SIZE,           AT(max_memory),            NULL},
    {"cron_restart",               "cron",                                  OPTION_TEXT_OR_NUMBER, AT(cron),                  NULL},
    {"watch",                      NULL,                                    OPTION_WATCH,          AT(watch),                 "false"},
    {"watch_delay",                NULL,                                    OPTION_DURATION,       AT(watch_delay),           NULL},
    {"ignore_watch",               NULL,                                    OPTION_WORDS,          AT(ignore_watch),          NULL},
    {"kill_timeout",               NULL,                                    OPTION_DURATION,       AT(kill_timeout),          "1600"},
    {"drain_timeout",              NULL,                                    OPTION_DURATION,       AT(drain_timeout),         "10000"},
    {"listen_timeout",             NULL,                                    OPTION_DURATION,       AT(listen_timeout),        NULL},
    {"wait_ready",                 NULL,                                    OPTION_FLAG,           AT(wait_ready),            "false"},
    {"shutdown_with_message",      NULL,                                    OPTION_FLAG,           AT(shutdown_with_message), "false"},
    {"treekill",                   NULL,                                    OPTION_FLAG,           AT(treekill),              "true"},
    {"instance_var",               NULL,                                    OPTION_TEXT,           AT(instance_var),          "\"NODE_APP_INSTANCE\""},
    {"increment_var",              NULL,                                    OPTION_TEXT,           AT(increment_var),         NULL},
    {"uid",                        "user",                                  OPTION_TEXT_OR_NUMBER, AT(user),                  NULL},
    {"gid",                        "group",                                 OPTION_TEXT_OR_NUMBER, AT(group),                 NULL},
    {"pm_out_log_path",            "out_file out output out_log",           OPTION_TEXT,           AT(out_path),              NULL},
    {"pm_err_log_path",            "error_file error err err_file err_log", OPTION_TEXT,           AT(error_path),            NULL},
    {"pm_log_path",                "log_file log",                          OPTION_TEXT,           AT(log_path),              NULL},
    {"pm_pid_path",                "pid_file pid",                          OPTION_TEXT,           AT(pid_path),              NULL},
    {"merge_logs",                 "combine_logs",                          OPTION_FLAG,           AT(merge_logs),            "false"},
    {"disable_logs",               NULL,                                    OPTION_FLAG,           AT(disable_logs),          "false"},
    {"log_type",                   NULL,                                    OPTION_TEXT,           AT(log_type),              NULL},
    {"log_date_format",            NULL,                                    OPTION_TEXT,           AT(log_date_format),       NULL},
    {"time",                       NULL,                                    OPTION_FLAG,           0,                         NULL},
    {"log_max_size",               NULL,                                    OPTION_SIZE,           AT(log_max_size),          NULL},
    {"log_max_age",                NULL,                                    OPTION_DURATION,       AT(log_max_age),           NULL},
    {"log_keep",                   NULL,                                    OPTION_NUMBER,         AT(log_keep),              "10"},
    {"log_compress",               NULL,                                    OPTION_FLAG,           AT(log_compress),          "true"},
    {"filter_env",                 NULL,                                    OPTION_ANY,            0,                         NULL},
    {"username",                   NULL,                                    OPTION_TEXT,           0,                         NULL},
    {"append_env_to_name",         NULL,                                    OPTION_FLAG,           0,                         NULL},
    {"name_prefix",                NULL,                                    OPTION_TEXT,           0,                         NULL},
    {"force",                      NULL,                                    OPTION_FLAG,           0,                         NULL},
    {"watch_options",              NULL,                                    OPTION_ANY,            0,                         NULL},
    {"source_map_support",         NULL,                                    OPTION_ANY,            0,                         NULL},
    {"disable_source_map_support", NULL,                                    OPTION_ANY,            0,                         NULL},
    {"execute_command",            NULL,                                    OPTION_ANY,            0,                         NULL},
    {"install_url",                NULL,                                    OPTION_ANY,            0,                         NULL},
    {"vizion",                     NULL,                                    OPTION_ANY,            0,                         NULL},
    {"pmx",                        NULL,                                    OPTION_ANY,            0,                         NULL},
    {"automation",                 NULL,                                    OPTION_ANY,            0,                         NULL},
    {"trace",                      NULL,                                    OPTION_ANY,            0,                         NULL},
    {"disable_trace",              NULL,                                    OPTION_ANY,            0,                         NULL},
    {"v8",                         NULL,                                    OPTION_ANY,            0,                         NULL},
    {"event_loop_inspector",       NULL,                                    OPTION_ANY,            0,                         NULL},
    {"deep_monitoring",            NULL,                                    OPTION_ANY,            0,                         NULL},
    {"post_update",                NULL,                                    OPTION_ANY,            0,                         NULL},
    {"windowsHide",                NULL,                                    OPTION_ANY,            0,                         NULL},
    {"kill_retry_time",            NULL,                                    OPTION_ANY,            0,                         NULL},
    {"write",                      NULL,                                    OPTION_ANY,            0,                         NULL},
    {"io",                         NULL,                                    OPTION_ANY,            0,                         NULL},
    {0},
};
/* clang-format on */

const AppOption *app_option_find(const char *name) {
    for (const AppOption *option = app_options; option->name; option++)
        if (strcmp(option->name, name) == 0 || slice_is_listed(slice_from_str(name), option->aliases))
            return option;
    return NULL;
}

void words_free(char **words) {
    for (char **word = words; word && *word; word++)
        mem_free(*word);
    mem_free(words);
}

char **words_split(const char *text) {
    size_t count = 0;
    char **words = mem_new(sizeof(char *));
    for (;;) {
        while (isspace((unsigned char)*text))
            text++;
        if (!*text) return words;
        Bytes word = {0};
        char quote = 0;
        for (; *text && (quote || !isspace((unsigned char)*text)); text++) {
            if (quote && *text == quote)
                quote = 0;
            else if (!quote && (*text == '"' || *text == '\''))
                quote = *text;
            else if (*text == '\\' && quote != '\'' && text[1])
                bytes_append_char(&word, *++text);
            else
                bytes_append_char(&word, *text);
        }
        words = mem_resize(words, (count + 2) * sizeof(char *));
        words[count++] = bytes_take(&word);
        words[count] = NULL;
        if (!quote) continue;
        words_free(words);
        return NULL;
    }
}

static json_t *words_to_json(const json_t *given, char **error) {
    json_t *list = json_array();
    if (json_is_string(given)) {
        char **words = words_split(json_string_value(given));
        if (!words) {
            json_decref(list);
            *error = mem_strdup("has a quote that is not closed");
            return NULL;
        }
        for (char **word = words; *word; word++)
            json_array_append_new(list, json_text(*word));
        words_free(words);
        return list;
    }
    size_t i;
    json_t *item;
    json_array_foreach(given, i, item) {
        if (json_is_string(item)) {
            json_array_append(list, item);
            continue;
        }
        Bytes text = {0};
        json_append_to(&text, item, JSON_COMPACT);
        json_array_append_new(list, json_text(text.data));
        bytes_free(&text);
    }
    if (json_is_array(given)) return list;
    json_decref(list);
    *error = mem_strdup("must be a string or a list of strings");
    return NULL;
}

static json_t *unit_to_json(const json_t *given, bool (*parse)(const char *, uint64_t *), const char *wanted,
                            char **error) {
    uint64_t value = 0;
    if (json_is_integer(given) && json_integer_value(given) >= 0)
        return json_integer(json_integer_value(given));
    if (json_is_real(given) && json_real_value(given) >= 0)
        return json_integer((json_int_t)json_real_value(given));
    if (json_is_string(given) && parse(json_string_value(given), &value))
        return json_integer((json_int_t)value);
    *error = mem_printf("must be %s", wanted);
    return NULL;
}

static bool text_is_number(const char *text, long long *number) {
    char *end;
    *number = strtoll(text, &end, 10);
    return end != text && !*end;
}

static json_t *number_to_json(const json_t *given, char **error) {
    long long number;
    if (json_is_integer(given)) return json_integer(json_integer_value(given));
    if (json_is_string(given) && text_is_number(json_string_value(given), &number))
        return json_integer(number);
    *error = mem_strdup("must be a whole number");
    return NULL;
}

static json_t *numbers_to_json(const json_t *given, char **error) {
    json_t *list = json_array();
    if (!json_is_array(given)) {
        json_t *one = number_to_json(given, error);
        if (one) json_array_append_new(list, one);
    }
    size_t i;
    json_t *item;
    json_array_foreach(given, i, item) {
        json_t *number = *error ? NULL : number_to_json(item, error);
        if (number) json_array_append_new(list, number);
    }
    if (!*error) return list;
    json_decref(list);
    return NULL;
}

static json_t *instances_to_json(const json_t *given, char **error) {
    if (json_is_integer(given)) return json_integer(json_integer_value(given));
    const char *text = json_string_value(given);
    long long number;
    if (text && strcmp(text, "max") == 0) return json_integer(0);
    if (text && strcmp(text, "auto") == 0) return json_string("auto");
    if (text && text_is_number(text, &number)) return json_integer(number);
    *error = mem_strdup("must be a number, \"max\" or \"auto\"");
    return NULL;
}

static json_t *mode_to_json(const json_t *given, char **error) {
    const char *text = json_string_value(given);
    if (text && (strcmp(text, "fork") == 0 || strcmp(text, "fork_mode") == 0))
        return json_string("fork_mode");
    if (text && (strcmp(text, "cluster") == 0 || strcmp(text, "cluster_mode") == 0))
        return json_string("cluster_mode");
    *error = mem_strdup("must be \"fork\" or \"cluster\"");
    return NULL;
}

static json_t *cron_to_json(const json_t *given, char **error) {
    const char *text = json_string_value(given);
    Cron cron;
    if (json_is_integer(given) && json_integer_value(given) == 0) return json_integer(0);
    if (text && strcmp(text, "0") == 0) return json_integer(0);
    const char *problem = text ? cron_parse(text, &cron) : "it must be a string";
    if (!problem) return json_text(text);
    *error = mem_printf("is no cron expression: %s", problem);
    return NULL;
}

static json_t *copy_of(const json_t *value) {
    return json_deep_copy(value);
}

static json_t *flag_to_json(const json_t *given, char **error) {
    const char *text = json_string_value(given);
    if (json_is_boolean(given)) return copy_of(given);
    if (text && strcmp(text, "true") == 0) return json_true();
    if (text && strcmp(text, "false") == 0) return json_false();
    *error = mem_strdup("must be true or false");
    return NULL;
}

json_t *app_option_value(const AppOption *option, const json_t *given, char **error) {
    *error = NULL;
    if (option->offset == AT(instances)) return instances_to_json(given, error);
    if (option->offset == AT(mode)) return mode_to_json(given, error);
    if (option->offset == AT(cron)) return cron_to_json(given, error);
    switch (option->type) {
    case OPTION_TEXT:
        if (json_is_string(given)) return copy_of(given);
        if (json_is_integer(given)) return json_sprintf("%lld", (long long)json_integer_value(given));
        if (json_is_boolean(given) && option->offset == AT(log_path)) return copy_of(given);
        *error = mem_strdup("must be a string");
        return NULL;
    case OPTION_TEXT_OR_NUMBER:
        if (json_is_string(given)) return copy_of(given);
        if (json_is_integer(given)) return json_sprintf("%lld", (long long)json_integer_value(given));
        *error = mem_strdup("must be a string or a number");
        return NULL;
    case OPTION_FLAG: return flag_to_json(given, error);
    case OPTION_NUMBER: return number_to_json(given, error);
    case OPTION_NUMBERS: return numbers_to_json(given, error);
    case OPTION_SIZE: return unit_to_json(given, size_parse, "a size such as 500M or 1G", error);
    case OPTION_DURATION:
        return unit_to_json(given, duration_parse, "milliseconds, or a time such as 10s", error);
    case OPTION_WORDS: return words_to_json(given, error);
    case OPTION_WATCH:
        if (json_is_boolean(given)) return copy_of(given);
        return words_to_json(given, error);
    case OPTION_OBJECT:
        if (json_is_object(given)) return copy_of(given);
        *error = mem_strdup("must be an object");
        return NULL;
    case OPTION_ANY: return copy_of(given);
    }
    return NULL;
}

static char **words_from_json(const json_t *list) {
    char **words = mem_new((json_array_size(list) + 1) * sizeof(char *));
    for (size_t i = 0, n = 0; i < json_array_size(list); i++)
        if (json_is_string(json_array_get(list, i)))
            words[n++] = mem_strdup(json_string_value(json_array_get(list, i)));
    return words;
}

static Numbers numbers_from_json(const json_t *list) {
    Numbers numbers = {mem_new((json_array_size(list) + 1) * sizeof(long long)), json_array_size(list)};
    for (size_t i = 0; i < numbers.count; i++)
        numbers.items[i] = json_integer_value(json_array_get(list, i));
    return numbers;
}

static void app_set(App *app, const AppOption *option, json_t *value) {
    void *member = (char *)app + option->offset;
    switch (option->type) {
    case OPTION_TEXT: *(const char **)member = json_string_value(value); break;
    case OPTION_TEXT_OR_NUMBER:
        if (option->offset == AT(instances))
            *(long long *)member = json_integer_value(value);
        else
            *(const char **)member = json_string_value(value);
        break;
    case OPTION_FLAG: *(bool *)member = json_is_true(value); break;
    case OPTION_NUMBER: *(long long *)member = json_integer_value(value); break;
    case OPTION_SIZE:
    case OPTION_DURATION: *(uint64_t *)member = (uint64_t)json_integer_value(value); break;
    case OPTION_WORDS: *(char ***)member = words_from_json(value); break;
    case OPTION_NUMBERS: *(Numbers *)member = numbers_from_json(value); break;
    case OPTION_OBJECT: *(json_t **)member = value; break;
    case OPTION_WATCH:
        app->watch = json_is_array(value) || json_is_true(value);
        if (json_is_array(value)) app->watch_paths = words_from_json(value);
        break;
    case OPTION_ANY: break;
    }
}

static char *check_whole(const App *app) {
    static const struct {
        const char *name;
        size_t offset;
    } needed[] = {
        {"name",        AT(name)       },
        {"script",      AT(script)     },
        {"cwd",         AT(cwd)        },
        {"interpreter", AT(interpreter)},
        {"out_file",    AT(out_path)   },
        {"error_file",  AT(error_path) },
    };
    for (size_t i = 0; i < COUNT_OF(needed); i++)
        if (!*(const char *const *)((const char *)app + needed[i].offset))
            return mem_printf("the app has no %s", needed[i].name);
    const char *problem = app_name_problem(app->name);
    return problem ? mem_printf("the name \"%s\" %s", app->name, problem) : NULL;
}

static bool is_javascript_runtime(const char *interpreter) {
    static const char *const names[] = {"galley", "galley-js", "node", "nodejs", "bun"};
    const char *slash = strrchr(interpreter, '/');
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strcmp(slash ? slash + 1 : interpreter, names[i]) == 0) return true;
    return false;
}

App *app_new(const json_t *config, char **error) {
    App *app = NEW(App);
    *error = NULL;
    app->config = json_deep_copy(config);
    for (const AppOption *option = app_options; option->name && !*error; option++) {
        json_t *given = json_object_get(app->config, option->name);
        if (!given && option->initial) {
            json_object_set_new(app->config, option->name,
                                json_loads(option->initial, JSON_DECODE_ANY, NULL));
        } else if (given && !json_is_null(given)) {
            char *problem = NULL;
            json_t *value = app_option_value(option, given, &problem);
            if (problem) *error = mem_printf("%s %s", option->name, problem);
            mem_free(problem);
            if (value) json_object_set_new(app->config, option->name, value);
        }
        json_t *value = json_object_get(app->config, option->name);
        if (option->offset && value && !json_is_null(value)) app_set(app, option, value);
    }
    if (!*error) *error = check_whole(app);
    if (*error) {
        app_free(app);
        return NULL;
    }
    app->is_cluster = strcmp(app->mode, "cluster_mode") == 0;
    app->is_javascript = is_javascript_runtime(app->interpreter);
    app->instances_auto = json_is_string(json_object_get(app->config, "instances"));
    if (app->cron && strcmp(app->cron, "0") == 0) app->cron = NULL;
    if (app->parallel < 1) app->parallel = 1;
    return app;
}

void app_free(App *app) {
    if (!app) return;
    words_free(app->args);
    words_free(app->interpreter_args);
    words_free(app->watch_paths);
    words_free(app->ignore_watch);
    mem_free(app->stop_exit_codes.items);
    json_decref(app->config);
    mem_free(app);
}

long long app_instances_resolve(long long instances) {
    if (instances > 0) return instances;
    long long count = (long long)cpu_count() + instances;
    return count > 0 ? count : 1;
}

const char *app_name_problem(const char *name) {
    if (!*name) return "is empty";
    if (strlen(name) > 200) return "is longer than 200 bytes";
    for (const char *c = name; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f) return "has control characters";
    return strcmp(name, "all") == 0 ? "means every app" : NULL;
}

char *app_key_for_name(const char *name) {
    Bytes key = {0};
    bool changed = false;
    unsigned long hash = 5381;
    for (const char *c = name; *c; c++) {
        hash = hash * 33 + (unsigned char)*c;
        bool plain = isalnum((unsigned char)*c) || *c == '-' || *c == '_' || (*c == '.' && c != name);
        changed |= !plain;
        if (key.len < 60)
            bytes_append_char(&key, plain ? *c : '-');
        else
            changed = true;
    }
    if (changed) bytes_printf(&key, "-%lx", hash);
    return bytes_take(&key);
}
