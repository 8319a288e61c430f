/* The environment of a worker; see environment.h. */
#include "keeper/environment.h"

#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "keeper/shared_names.h"

#include <stdlib.h>
#include <string.h>

static void set(Map *map, const char *key, char *value) {
    if (*key && !strchr(key, '='))
        mem_free(map_set(map, key, value));
    else
        mem_free(value);
}

static void set_copy(Map *map, const char *key, const char *value) {
    if (value) set(map, key, mem_strdup(value));
}

static char *value_text(const json_t *value) {
    if (json_is_string(value)) return mem_strdup(json_string_value(value));
    Bytes text = {0};
    json_append_to(&text, value, JSON_COMPACT);
    return bytes_take(&text);
}

static void set_place(Map *map, const Worker *worker) {
    const App *app = worker->keeper->app;
    set(map, app->instance_var, mem_printf("%lld", worker->index));
    set(map, "pm_id", mem_printf("%lld", worker->id));
    set(map, "restart_time", mem_printf("%u", worker->restarts));
    if (!app->increment_var) return;
    const char *first = map_get(map, app->increment_var);
    set(map, app->increment_var, mem_printf("%lld", (first ? atoll(first) : 0) + worker->index));
}

char **environment_for(const Worker *worker, int channel_fd, unsigned run_id) {
    const Keeper *keeper = worker->keeper;
    const App *app = keeper->app;
    Map map = {0};
    const char *key;
    json_t *value;
    json_object_foreach(app->env, key, value) {
        if (!json_is_null(value)) set(&map, key, value_text(value));
    }
    set_copy(&map, "name", app->name);
    set_copy(&map, "namespace", app->namespace);
    set_copy(&map, "exec_mode", app->mode);
    set_copy(&map, "exec_interpreter", app->interpreter);
    set_copy(&map, "pm_exec_path", app->script);
    set_copy(&map, "pm_cwd", app->cwd);
    set_copy(&map, "unique_id", json_str(app->config, "unique_id"));
    set_copy(&map, "PM2_HOME", keeper->home.path);
    set_copy(&map, "PM2_USAGE", "CLI");
    if (!keeper->home.is_pm2) set_copy(&map, "GALLEY_HOME", keeper->home.path);
    set(&map, "pm_out_log_path", output_path(worker, false));
    set(&map, "pm_err_log_path", output_path(worker, true));
    set_place(&map, worker);
    char *scope = shared_names_scope(keeper);
    if (scope) set(&map, "GALLEY_SHARED_SCOPE", scope);
    static const char *const ours[] = {"NODE_CHANNEL_FD", "NODE_CHANNEL_SERIALIZATION_MODE",
                                       "NODE_UNIQUE_ID",  "GALLEY_REPORT",
                                       "LISTEN_FDS",      "LISTEN_PID"};
    for (size_t i = 0; i < COUNT_OF(ours); i++)
        mem_free(map_remove(&map, ours[i]));
    if (app->port) set(&map, "PORT", mem_printf("%lld", app->port));
    if (keeper->listen_fd >= 0)
        set_copy(&map, "LISTEN_FDS", "1"); /* LISTEN_PID is known to the child alone */
    if (channel_fd >= 0) {
        set(&map, "NODE_CHANNEL_FD", mem_printf("%d", channel_fd));
        set_copy(&map, "NODE_CHANNEL_SERIALIZATION_MODE", "json");
        set_copy(&map, "GALLEY_REPORT",
                 keeper->primary ? "cluster"
                                 : "fork"); /* to us; Galley and the script for Node take it away */
        if (keeper->primary) set(&map, "NODE_UNIQUE_ID", mem_printf("%u", run_id));
    }
    char **env = mem_new((map.count + 1) * sizeof(char *));
    size_t count = 0;
    MAP_EACH(&map, entry) {
        env[count++] = mem_printf("%s=%s", entry->key, (char *)entry->value);
        mem_free(entry->value);
    }
    map_free(&map);
    return env;
}

void environment_free(char **env) {
    for (char **entry = env; *entry; entry++)
        mem_free(*entry);
    mem_free(env);
}
