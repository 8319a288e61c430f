/* save and resurrect: the list of apps on disk, so that a machine that was off has them back. The file has
 * one entry a worker, as PM2's dump has, so that a dump that PM2 wrote can be resurrected too. */
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/declare.h"
#include "cli/select.h"
#include "keeper/app.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static json_t *entry_of(const json_t *worker) {
    static const char *const passing[] = {"status_text",       "figures",     "axm_actions",
                                          "axm_monitor",       "axm_options", "axm_dynamic",
                                          "unstable_restarts", "problem",     "prev_restart_delay"};
    json_t *entry = json_copy(json_object_get(worker, "pm2_env"));
    json_t *env = json_object_get(entry, "env");
    const char *name;
    json_t *value;
    /* What jlist shows of the environment beside `env` need not be saved twice. */
    json_object_foreach(env, name, value) {
        if (!app_option_find(name) && json_equal(value, json_object_get(entry, name)))
            json_object_del(entry, name);
    }
    for (size_t i = 0; i < COUNT_OF(passing); i++)
        json_object_del(entry, passing[i]);
    json_object_set(entry, "key", json_object_get(worker, "key"));
    return entry;
}

int command_save(Session *session) {
    json_t *workers = session_list(session, true), *dump = json_array();
    char *path = home_path(&session->home, home_dump_name(&session->home));
    size_t count = json_array_size(workers);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(dump, entry_of(json_array_get(workers, i)));
    json_decref(workers);
    int exit_code = EXIT_SUCCESS;
    if (!count && !session_has(session, "force")) {
        if (session->is_pm2)
            say_warning(session, "PM2 is not managing any process, skipping save...");
        else
            say_error(session, "there are no apps to save; `save --force` saves the empty list");
        exit_code = session->is_pm2 ? EXIT_SUCCESS : EXIT_FAILURE;
    } else {
        Bytes text = {0};
        json_append_to(&text, dump, JSON_INDENT(2));
        say(session, "Saving current process list...");
        char *before = mem_printf("%s.bak", path);
        unlink(before);
        if (link(path, before) < 0 && errno != ENOENT)
            say_warning(session, "no copy of the former list: %s", strerror(errno));
        int error = file_write_atomic(path, text.data, text.len, 0600);
        if (error)
            say_error(session, "cannot write %s: %s", path, strerror(error));
        else
            say(session, "Successfully saved in %s", path);
        if (error) exit_code = EXIT_FAILURE;
        mem_free(before);
        bytes_free(&text);
    }
    json_decref(dump);
    mem_free(path);
    return exit_code;
}

static json_t *read_dump(Session *session, const char *path) {
    Bytes text = {0};
    json_error_t at;
    int error = file_read(path, 64 << 20, &text);
    json_t *dump = error || !text.len ? NULL : json_loadb(text.data, text.len, 0, &at);
    if (error)
        say_error(session, "No processes saved; DUMP file doesn't exist");
    else if (!json_is_array(dump))
        say_error(session, "%s is damaged (line %d: %s)", path, text.len ? at.line : 1,
                  text.len ? at.text : "empty");
    bytes_free(&text);
    if (json_is_array(dump)) return dump;
    json_decref(dump);
    return NULL;
}

static bool is_of_app(const json_t *entry, const json_t *first) {
    const char *key = json_str(first, "key"), *other = json_str(entry, "key");
    if (key && other) return strcmp(key, other) == 0;
    return json_str(entry, "name") && strcmp(json_str(entry, "name"), json_str(first, "name")) == 0;
}

/* An entry has its own log files, api-out-3.log; the app's is api-out.log. */
static void take_id_out_of(json_t *config, const char *key, const json_t *entry) {
    const char *path = json_str(config, key);
    char *id = mem_printf("-%lld.log", json_int(entry, "pm_id", -1));
    size_t len = path ? strlen(path) : 0, id_len = strlen(id);
    if (len > id_len && strcmp(path + len - id_len, id) == 0) {
        char *plain = mem_printf("%.*s.log", (int)(len - id_len), path);
        json_set_str(config, key, plain);
        mem_free(plain);
    }
    mem_free(id);
}

/* All entries from `first` on that are of its app become one declaration. */
static json_t *declaration_from(const json_t *dump, size_t first) {
    json_t *entry = json_array_get(dump, first), *config = json_object(), *ids = json_array();
    for (const AppOption *option = app_options; option->name; option++)
        if (json_object_get(entry, option->name))
            json_object_set(config, option->name, json_object_get(entry, option->name));
    size_t count = 0;
    bool runs = false;
    for (size_t i = first; i < json_array_size(dump); i++) {
        json_t *other = json_array_get(dump, i);
        if (!is_of_app(other, entry)) continue;
        const char *status = json_str(other, "status");
        json_array_append(ids, json_object_get(other, "pm_id"));
        runs |= !status || strcmp(status, "stopped") != 0;
        count++;
    }
    if (!json_is_string(json_object_get(config, "instances")))
        json_object_set_new(config, "instances", json_integer((json_int_t)count));
    json_object_set_new(config, "saved_ids", ids);
    json_set_str(config, "version", json_str(entry, "version"));
    json_set_str(config, "unique_id", json_str(entry, "unique_id"));
    take_id_out_of(config, "pm_out_log_path", entry);
    take_id_out_of(config, "pm_err_log_path", entry);
    const char *pid_path = json_str(config, "pm_pid_path");
    if (pid_path && strstr(pid_path, "/pids/")) json_object_del(config, "pm_pid_path");
    if (!runs) json_object_set_new(config, "autostart", json_false());
    return config;
}

static bool is_first_of_app(const json_t *dump, size_t index) {
    const json_t *entry = json_array_get(dump, index);
    if (!json_str(entry, "name")) return false;
    for (size_t i = 0; i < index; i++)
        if (json_str(json_array_get(dump, i), "name") && is_of_app(json_array_get(dump, i), entry))
            return false;
    return true;
}

static bool is_running_already(const json_t *workers, const char *name) {
    for (size_t i = 0; i < json_array_size(workers); i++)
        if (strcmp(json_str(json_array_get(workers, i), "name"), name) == 0) return true;
    return false;
}

int command_resurrect(Session *session) {
    char *path = home_path(&session->home, home_dump_name(&session->home));
    say(session, "Resurrecting");
    json_t *dump = read_dump(session, path), *workers = dump ? session_list(session, false) : NULL;
    int exit_code = dump ? EXIT_SUCCESS : EXIT_FAILURE;
    size_t waiting = 0;
    for (size_t i = 0; i < json_array_size(dump); i++) {
        if (!is_first_of_app(dump, i)) continue;
        json_t *config = declaration_from(dump, i);
        const char *name = json_str(config, "name");
        if (is_running_already(workers, name)) {
            say(session, "%s is there already", name);
        } else {
            say(session, "Restoring %s", name);
            waiting += session_send(session, json_pack("{sssO}", "do", "add", "config", config)) >= 0;
        }
        json_decref(config);
    }
    for (; waiting; waiting--) {
        json_t *answer = session_receive(session);
        const char *error = json_str(answer, "error");
        if (error) say_error(session, "%s", error);
        if (!answer || error) exit_code = EXIT_FAILURE;
        json_decref(answer);
        if (!answer) break;
    }
    if (dump) list_show(session);
    json_decref(workers);
    json_decref(dump);
    mem_free(path);
    return exit_code;
}

int command_cleardump(Session *session) {
    char *path = home_path(&session->home, home_dump_name(&session->home));
    int error = file_write_atomic(path, "[]", 2, 0600);
    if (error)
        say_error(session, "cannot write %s: %s", path, strerror(error));
    else
        say(session, "Successfully created %s", path);
    mem_free(path);
    return error ? EXIT_FAILURE : EXIT_SUCCESS;
}
