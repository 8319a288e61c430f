/* From what a user wrote to an app's canonical declaration; see declare.h. */
#include "cli/declare.h"

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "keeper/app.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

extern char **environ;

static const struct {
    const char *extension, *interpreter;
} interpreters[] = {
    {".js",  NULL     },
    {".mjs", NULL     },
    {".cjs", NULL     },
    {".sh",  "bash"   },
    {".py",  "python3"},
    {".rb",  "ruby"   },
    {".php", "php"    },
    {".pl",  "perl"   },
    {".ts",  NULL     },
    {".mts", NULL     },
    {".cts", NULL     },
    {".tsx", "bun"    },
};

static const char *extension_of(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    return dot && dot != name ? dot : "";
}

static bool is_file(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static bool is_program(const char *path) {
    return is_file(path) && access(path, X_OK) == 0;
}

static char *find_in_path(const char *name) {
    const char *path = getenv("PATH");
    while (path && *path) {
        size_t len = strcspn(path, ":");
        char *candidate = mem_printf("%.*s/%s", (int)len, path, name);
        if (is_program(candidate)) return candidate;
        mem_free(candidate);
        path += len + (path[len] == ':');
    }
    return NULL;
}

/* Without . and .. and doubled slashes; symbolic links stay, since people link releases on purpose. */
static char *tidy(const char *path) {
    Bytes out = {0};
    while (*path) {
        path += strspn(path, "/");
        size_t len = strcspn(path, "/");
        if (len == 2 && strncmp(path, "..", 2) == 0) {
            char *slash = out.len ? strrchr(out.data, '/') : NULL;
            out.len = slash ? (size_t)(slash - out.data) : 0;
            if (out.data) out.data[out.len] = 0;
        } else if (len && !(len == 1 && *path == '.')) {
            bytes_append_char(&out, '/');
            bytes_append(&out, path, len);
        }
        path += len;
    }
    if (!out.len) bytes_append_char(&out, '/');
    return bytes_take(&out);
}

static char *absolute(const char *path, const char *folder) {
    const char *user_home = getenv("HOME");
    char *whole = *path == '/' ? mem_strdup(path)
                  : *path == '~' && (path[1] == '/' || !path[1]) && user_home
                      ? mem_printf("%s%s", user_home, path + 1)
                      : mem_printf("%s/%s", folder, path);
    char *tidied = tidy(whole);
    mem_free(whole);
    return tidied;
}

static bool is_filtered(const json_t *filter, const char *name) {
    if (json_is_true(filter)) return true;
    if (json_is_string(filter)) return strstr(name, json_string_value(filter)) != NULL;
    for (size_t i = 0; i < json_array_size(filter); i++) {
        const char *part = json_string_value(json_array_get(filter, i));
        if (part && strstr(name, part)) return true;
    }
    return false;
}

json_t *declare_environment(const json_t *filter) {
    json_t *env = json_object();
    for (char **entry = environ; *entry; entry++) {
        const char *equals = strchr(*entry, '=');
        if (!equals) continue;
        char *name = mem_strndup(*entry, (size_t)(equals - *entry));
        json_t *value = is_filtered(filter, name) ? NULL : json_text(equals + 1);
        if (value && json_object_set_new(env, name, value) < 0) json_object_del(env, name);
        mem_free(name);
    }
    return env;
}

static json_t *canonical_options(const json_t *given, char **error, const char **key) {
    json_t *config = json_object();
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)given, name, value) {
        const AppOption *option = app_option_find(name);
        if (!option || json_is_null(value)) continue;
        json_t *checked = app_option_value(option, value, error);
        if (*error) {
            *key = name;
            json_decref(config);
            return NULL;
        }
        json_object_set_new(config, option->name, checked);
    }
    return config;
}

static void apply_environment_name(const Session *session, json_t *config, const json_t *given) {
    json_t *env = declare_environment(json_object_get(given, "filter_env"));
    json_t *own = json_object_get(config, "env");
    const char *chosen = session_option(session, "env");
    if (own) json_object_update(env, own);
    if (chosen) {
        char *key = mem_printf("env_%s", chosen);
        json_t *special = json_object_get(given, key);
        if (json_is_object(special))
            json_object_update(env, special);
        else if (!session->silent && json_object_size(given))
            say_warning(session, "Environment [%s] is not defined in process file", chosen);
        mem_free(key);
    }
    json_object_set_new(config, "env", env);
}

static void set_command(json_t *config, const char *command) {
    char *bash = find_in_path("bash");
    json_set_str(config, "pm_exec_path", bash ? bash : "/bin/sh");
    json_set_str(config, "exec_interpreter", "none");
    json_t *args = json_pack("[s]", "-c");
    json_array_append_new(args, json_text(command));
    json_object_set_new(config, "args", args);
    mem_free(bash);
}

static const char *interpreter_for(const Session *session, const char *path) {
    const char *extension = extension_of(path);
    const char *runtime = session->is_pm2 ? "node" : "galley";
    for (size_t i = 0; i < COUNT_OF(interpreters); i++)
        if (strcasecmp(extension, interpreters[i].extension) == 0)
            return interpreters[i].interpreter ? interpreters[i].interpreter : runtime;
    return access(path, X_OK) == 0 ? "none" : runtime;
}

/* False with *error set if there is no such script. */
static bool set_script(const Session *session, json_t *config, const char *folder, char **error) {
    char *script = mem_strdup(json_str(config, "pm_exec_path"));
    const char *cwd = json_str(config, "pm_cwd");
    char *from = cwd ? absolute(cwd, folder) : mem_strdup(folder);
    char *path = absolute(script, from);
    /* A script is looked for from the app's folder first, then from where the user stands. */
    if (access(path, F_OK) < 0 && cwd) {
        mem_free(path);
        path = absolute(script, folder);
    }
    json_set_str(config, "pm_cwd", from);
    char *in_path = access(path, F_OK) < 0 && !strchr(script, '/') ? find_in_path(script) : NULL;
    bool found = access(path, F_OK) == 0 || in_path;
    if (!found && strpbrk(script, " ;|&")) {
        set_command(config, script);
        found = true;
    } else if (!found) {
        *error = mem_printf("Script not found: %s", path);
    } else if (in_path) {
        json_set_str(config, "pm_exec_path", in_path);
        if (!json_str(config, "exec_interpreter")) json_set_str(config, "exec_interpreter", "none");
    } else if (!is_file(path)) {
        *error = mem_printf("%s is no file", path);
        found = false;
    } else {
        json_set_str(config, "pm_exec_path", path);
        if (!json_str(config, "exec_interpreter"))
            json_set_str(config, "exec_interpreter", interpreter_for(session, path));
    }
    mem_free(in_path);
    mem_free(path);
    mem_free(from);
    mem_free(script);
    return found;
}

/* node in another folder than the daemons' PATH has is found by this shell's PATH. */
static bool set_interpreter(json_t *config, char **error) {
    const char *interpreter = json_str(config, "exec_interpreter");
    if (strcmp(interpreter, "none") == 0 || strcmp(interpreter, "galley") == 0) return true;
    if (strcmp(interpreter, "galley-js") == 0) {
        json_set_str(config, "exec_interpreter", "galley");
        return true;
    }
    char *path = strchr(interpreter, '/') ? absolute(interpreter, json_str(config, "pm_cwd"))
                                          : find_in_path(interpreter);
    if (!path && strcmp(interpreter, "python") == 0) path = find_in_path("python3");
    bool found = path && is_program(path);
    if (!found)
        *error = mem_printf("Interpreter %s is NOT AVAILABLE in PATH. (type 'which %s' to double check.)",
                            interpreter, interpreter);
    mem_free(path);
    return found;
}

static bool is_javascript_runtime(const char *interpreter) {
    const char *slash = strrchr(interpreter, '/');
    const char *name = slash ? slash + 1 : interpreter;
    return strcmp(name, "galley") == 0 || strcmp(name, "node") == 0 || strcmp(name, "nodejs") == 0 ||
           strcmp(name, "bun") == 0;
}

static void set_mode(json_t *config, const json_t *given) {
    bool javascript = is_javascript_runtime(json_str(config, "exec_interpreter"));
    if (json_is_true(json_object_get(given, "execute_command")))
        json_set_str(config, "exec_mode", "fork_mode");
    else if (!json_object_get(config, "exec_mode") && json_object_get(config, "instances") && javascript)
        json_set_str(config, "exec_mode", "cluster_mode");
    if (!javascript) json_set_str(config, "exec_mode", "fork_mode");
}

static void set_name(json_t *config, const Session *session) {
    const char *name = json_str(config, "name");
    const char *script = json_str(config, "pm_exec_path");
    if (!name) {
        const char *slash = strrchr(script, '/');
        const char *base = slash ? slash + 1 : script;
        char *plain = mem_strndup(base, strlen(base) - strlen(extension_of(base)));
        json_set_str(config, "name", plain);
        mem_free(plain);
    }
    const char *prefix = json_str(config, "name_prefix"), *env = session_option(session, "env");
    bool append = json_flag(config, "append_env_to_name", false) && env;
    if (!prefix && !append) return;
    char *whole = mem_printf("%s%s%s%s", prefix ? prefix : "", json_str(config, "name"), append ? "-" : "",
                             append ? env : "");
    json_set_str(config, "name", whole);
    mem_free(whole);
}

static char *log_stem(const char *name) {
    char *stem = mem_strdup(name);
    for (char *c = stem; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '.' && *c != '-' && *c != '_') *c = '-';
    if (*stem == '.') *stem = '-';
    return stem;
}

static void set_log_paths(const Session *session, json_t *config) {
    static const struct {
        const char *key, *suffix;
    } logs[] = {
        {"pm_out_log_path", "out"  },
        {"pm_err_log_path", "error"}
    };
    char *stem = log_stem(json_str(config, "name"));
    for (size_t i = 0; i < COUNT_OF(logs); i++) {
        const char *given = json_str(config, logs[i].key);
        bool nowhere = given && (strcmp(given, "/dev/null") == 0 || strcmp(given, "NULL") == 0);
        char *path = nowhere ? mem_strdup("/dev/null")
                     : given ? absolute(given, json_str(config, "pm_cwd"))
                             : mem_printf("%s/logs/%s-%s.log", session->home.path, stem, logs[i].suffix);
        json_set_str(config, logs[i].key, path);
        mem_free(path);
    }
    static const char *const others[] = {"pm_log_path", "pm_pid_path"};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        const char *given = json_str(config, others[i]);
        if (!given) continue;
        char *path = absolute(given, json_str(config, "pm_cwd"));
        json_set_str(config, others[i], path);
        mem_free(path);
    }
    if (json_is_true(json_object_get(config, "pm_log_path"))) {
        char *path = mem_printf("%s/logs/%s.log", session->home.path, stem);
        json_set_str(config, "pm_log_path", path);
        mem_free(path);
    } else if (json_is_false(json_object_get(config, "pm_log_path"))) {
        json_object_del(config, "pm_log_path");
    }
    if (json_flag(config, "time", false) && !json_str(config, "log_date_format"))
        json_set_str(config, "log_date_format", "YYYY-MM-DDTHH:mm:ss");
    mem_free(stem);
}

static void set_version(json_t *config) {
    char *folder = mem_strdup(json_str(config, "pm_exec_path"));
    for (int up = 0; up < 3; up++) {
        char *slash = strrchr(folder, '/');
        if (!slash || slash == folder) break;
        *slash = 0;
        char *path = mem_printf("%s/package.json", folder);
        Bytes text = {0};
        json_t *package = file_read(path, 1 << 20, &text) == 0 && text.len
                              ? json_loadb(text.data, text.len, 0, NULL)
                              : NULL;
        if (json_str(package, "version")) json_set_str(config, "version", json_str(package, "version"));
        bool found = package != NULL;
        json_decref(package);
        bytes_free(&text);
        mem_free(path);
        if (found) break;
    }
    mem_free(folder);
}

static void set_identity(json_t *config) {
    unsigned char random[16];
    struct passwd *user = getpwuid(geteuid());
    if (!json_str(config, "username")) json_set_str(config, "username", user ? user->pw_name : "?");
    if (json_str(config, "unique_id") || getrandom(random, sizeof random, 0) != sizeof random) return;
    random[6] = (random[6] & 0x0f) | 0x40;
    random[8] = (random[8] & 0x3f) | 0x80;
    Bytes id = {0};
    for (size_t i = 0; i < sizeof random; i++)
        bytes_printf(&id, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", random[i]);
    json_set_str(config, "unique_id", id.data);
    bytes_free(&id);
}

static void warn_of_unknown(const Session *session, const json_t *given) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)given, name, value) {
        if (!app_option_find(name) && strncmp(name, "env_", 4) != 0)
            say_warning(session, "there is no option \"%s\"; it is ignored", name);
    }
}

/* What PM2's users may have in their files and what would have to be another program than this. */
static const struct {
    const char *names; /* separated by spaces */
    const char *instead;
} without_effect[] = {
    {"watch_options",                                    "`watch` sees all changes; ignore_watch leaves some out"               },
    {"source_map_support",                               "node_args: '--enable-source-maps' does that in Node"                  },
    {"post_update install_url",                          "pull and install are left to your version control and package manager"},
    {"trace v8 event_loop_inspector deep_monitoring io", "it belongs to PM2 Plus"                                               },
    {"vizion",                                           "the version shown is that of package.json"                            },
    {"write",                                            "`save` remembers the list"                                            },
};

static void warn_of_unused(const Session *session, const json_t *given) {
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)given, name, value) {
        bool is_off = json_is_false(value) || json_is_null(value);
        for (size_t i = 0; i < COUNT_OF(without_effect) && !is_off; i++)
            if (slice_is_listed(slice_from_str(name), without_effect[i].names))
                say_warning(session, "the option \"%s\" has no effect: %s", name, without_effect[i].instead);
    }
}

json_t *declare_app(const Session *session, const json_t *given, const char *folder, char **error,
                    const char **key) {
    *error = NULL;
    *key = NULL;
    json_t *config = canonical_options(given, error, key);
    if (!config) return NULL;
    warn_of_unknown(session, given);
    warn_of_unused(session, given);
    if (!json_str(config, "pm_exec_path")) *error = mem_strdup("No script path - aborting");
    bool whole = !*error && set_script(session, config, folder, error);
    if (whole) {
        set_name(config, session);
        const char *problem = app_name_problem(json_str(config, "name"));
        if (problem) {
            *error = mem_printf("%s", problem);
            *key = "name";
        }
        set_mode(config, given);
        set_log_paths(session, config);
        set_version(config);
        set_identity(config);
        apply_environment_name(session, config, given);
        if (!*error) set_interpreter(config, error);
    }
    if (!*error) return config;
    json_decref(config);
    return NULL;
}
