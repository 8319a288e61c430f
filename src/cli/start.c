/* start: a script, an ecosystem file, stdin, or what is known already; and its sisters that restart or
 * reload what is known and start what is not. */
#include "base/json.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/declare.h"
#include "cli/select.h"
#include "cli/wording.h"
#include "keeper/app.h"
#include "manager/root.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void tell_starting(const Session *session, const json_t *config) {
    long long count = json_int(config, "instances", 1);
    count = app_instances_resolve(json_object_get(config, "instances") ? count : 1);
    say(session, "Starting %s in %s (%lld instance%s)", json_str(config, "pm_exec_path"),
        json_str(config, "exec_mode") ? json_str(config, "exec_mode") : "fork_mode", count,
        count > 1 ? "s" : "");
}

static json_t *words_to_json(char **words) {
    json_t *list = json_array();
    for (char **word = words; *word; word++)
        json_array_append_new(list, json_text(*word));
    return list;
}

/* The app that the command line declares: a script and the options around it. */
static json_t *declare_script(Session *session, const char *script) {
    json_t *given = json_copy(session->declared);
    char folder[PATH_MAX], *problem = NULL;
    const char *key;
    json_set_str(given, "script", script);
    if (session->rest) json_object_set_new(given, "args", words_to_json(session->rest));
    json_t *config =
        getcwd(folder, sizeof folder) ? declare_app(session, given, folder, &problem, &key) : NULL;
    if (problem && key)
        say_error(session, "%s %s", key, problem);
    else if (problem)
        say_error(session, "%s", problem);
    mem_free(problem);
    json_decref(given);
    return config;
}

static json_t *declare_words(Session *session) {
    json_t *apps = json_array();
    for (char **word = session->words; *word; word++) {
        json_t *more = NULL;
        if (is_ecosystem_file(*word)) {
            more = ecosystem_load(session, *word);
        } else {
            json_t *config = declare_script(session, *word);
            more = config ? json_pack("[o]", config) : NULL;
        }
        if (!more) {
            json_decref(apps);
            return NULL;
        }
        json_array_extend(apps, more);
        json_decref(more);
    }
    return apps;
}

static json_t *declare_stdin(Session *session) {
    Bytes text = {0};
    char chunk[4096];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, stdin)) > 0 && text.len < (4u << 20))
        bytes_append(&text, chunk, got);
    json_t *apps = ecosystem_parse(session, text.data ? text.data : "", text.len, "stdin.json");
    bytes_free(&text);
    return apps;
}

static json_t *find_app(const json_t *workers, const char *name, const char *script) {
    size_t i;
    json_t *worker;
    json_array_foreach(workers, i, worker) {
        if (strcmp(json_str(worker, "name"), name) != 0) continue;
        if (!script || strcmp(worker_text(worker, "pm_exec_path"), script) == 0) return worker;
    }
    return NULL;
}

static bool is_up(const json_t *workers, const char *key) {
    size_t i;
    json_t *worker;
    json_array_foreach(workers, i, worker) {
        const char *status = worker_text(worker, "status");
        if (strcmp(json_str(worker, "key"), key) == 0 && strcmp(status, "stopped") != 0 &&
            strcmp(status, "errored") != 0)
            return true;
    }
    return false;
}

typedef enum { IF_KNOWN_REFUSE, IF_KNOWN_RESTART, IF_KNOWN_RELOAD } IfKnown;

static void tell_action(const Session *session, const json_t *workers, const char *key, const char *name,
                        IfKnown if_known) {
    json_t *those = json_array(), *worker;
    size_t i;
    json_array_foreach(workers, i, worker) {
        if (strcmp(json_str(worker, "key"), key) == 0) json_array_append(those, worker);
    }
    word_action(session, if_known == IF_KNOWN_RELOAD ? "reloadProcessId" : "restartProcessId", name, those);
    json_decref(those);
}

/* What is to be asked for one app; NULL after telling why nothing is. */
static json_t *request_for(Session *session, const json_t *workers, json_t *config, IfKnown if_known,
                           bool *is_new) {
    const char *script = if_known == IF_KNOWN_REFUSE ? json_str(config, "pm_exec_path") : NULL;
    json_t *known =
        session_has(session, "force") ? NULL : find_app(workers, json_str(config, "name"), script);
    *is_new = !known;
    if (!known) {
        if (!session->is_pm2 || if_known == IF_KNOWN_REFUSE) tell_starting(session, config);
        return json_pack("{sssO}", "do", "add", "config", config);
    }
    if (if_known == IF_KNOWN_REFUSE && is_up(workers, json_str(known, "key"))) {
        say_error(session, "Script already launched, add -f option to force re-execution");
        return NULL;
    }
    const char *how = if_known == IF_KNOWN_RELOAD ? "reload" : "restart";
    if (session->is_pm2)
        tell_action(session, workers, json_str(known, "key"), json_str(config, "name"), if_known);
    else
        say(session, "[%s] %s", json_str(config, "name"), how);
    return json_pack("{sssss{sssO}}", "do", "ask", "key", json_str(known, "key"), "request", "do", how,
                     "config", config);
}

static json_t *names_of_new(Session *session, const json_t *workers, const json_t *apps) {
    json_t *names = json_array();
    for (size_t i = 0; i < json_array_size(apps); i++) {
        const char *name = json_str(json_array_get(apps, i), "name");
        if (session_has(session, "force") || !find_app(workers, name, NULL))
            json_array_append_new(names, json_text(name));
    }
    return names;
}

/* Of the requests that are under way: who was asked for. */
static const json_t *asked_with(const json_t *sent, const json_t *answer) {
    for (size_t i = 0; i < json_array_size(sent); i++) {
        const json_t *entry = json_array_get(sent, i);
        if (json_int(entry, "id", -1) == json_int(answer, "id", -2)) return entry;
    }
    return NULL;
}

static void tell_launched(const Session *session, const json_t *asked, const json_t *answer) {
    if (asked)
        word_app_started(session, json_str(asked, "name"), json_object_get(answer, "workers"),
                         json_flag(asked, "new", false));
}

/* All are asked for at once, then all answers awaited. */
static int launch_all(Session *session, json_t *apps, IfKnown if_known) {
    int exit_code = EXIT_SUCCESS;
    json_t *workers = session_list(session, false), *sent = json_array();
    bool from_file = if_known != IF_KNOWN_REFUSE;
    json_t *new_names = from_file ? names_of_new(session, workers, apps) : NULL;
    word_new_apps(session, new_names);
    json_decref(new_names);
    for (size_t i = 0; i < json_array_size(apps); i++) {
        json_t *app = json_array_get(apps, i);
        bool is_new;
        json_t *request = request_for(session, workers, app, if_known, &is_new);
        long long id = request ? session_send(session, request) : -1;
        if (id >= 0)
            json_array_append_new(sent, json_pack("{sIsssb}", "id", (json_int_t)id, "name",
                                                  json_str(app, "name"), "new", (int)is_new));
        else
            exit_code = EXIT_FAILURE;
    }
    json_decref(workers);
    for (size_t i = 0; i < json_array_size(sent); i++) {
        json_t *answer = session_receive(session);
        if (say_failures(session, answer))
            exit_code = EXIT_FAILURE;
        else if (from_file)
            tell_launched(session, asked_with(sent, answer), answer);
        json_decref(answer);
        if (!answer) break;
    }
    json_decref(sent);
    if (exit_code == EXIT_SUCCESS && !(from_file && session->is_pm2)) say(session, "Done.");
    list_show(session);
    return exit_code;
}

static bool is_script(const char *word) {
    struct stat status;
    return stat(word, &status) == 0 && S_ISREG(status.st_mode);
}

/* `start api` for an app that is known and no file: what rests is started, the rest restarted. */
static bool names_known_app(Session *session) {
    if (is_script(session->words[0]) || json_object_size(session->declared)) return false;
    if (!session_connect(session, false)) return false;
    json_t *workers = session_list(session, false);
    bool known = false;
    for (size_t i = 0; i < json_array_size(workers); i++)
        known |= select_matches(json_array_get(workers, i), session->words[0]);
    json_decref(workers);
    return known;
}

typedef struct {
    Session *session;
    json_t *apps;
} Foreground;

static void add_all(void *owner, Root *root) {
    Foreground *foreground = owner;
    for (size_t i = 0; i < json_array_size(foreground->apps); i++) {
        char *problem = root_add(root, json_array_get(foreground->apps, i));
        if (problem) say_error(foreground->session, "%s", problem);
        mem_free(problem);
    }
}

static int start_in_foreground(Session *session) {
    Foreground foreground = {session, declare_words(session)};
    if (!foreground.apps) return EXIT_FAILURE;
    RootOptions options = {
        .foreground = true, .raw = session_has(session, "raw"), .opened = add_all, .owner = &foreground};
    int exit_code = root_run(session->home.path, session->is_pm2, options);
    json_decref(foreground.apps);
    if (exit_code != ROOT_EXIT_TAKEN) return exit_code;
    say_error(session, "%s has a manager already; `galley kill` ends it", session->home.path);
    return EXIT_FAILURE;
}

int command_start(Session *session) {
    bool from_stdin = session->words[0] && strcmp(session->words[0], "-") == 0;
    if (!session->words[0]) {
        static char *usual[] = {"ecosystem.config.js", "ecosystem.config.cjs", "ecosystem.config.json",
                                "ecosystem.config.yml"};
        for (size_t i = 0; i < COUNT_OF(usual) && !session->words[0]; i++)
            if (access(usual[i], R_OK) == 0) session->words[0] = usual[i], session->words[1] = NULL;
        if (!session->words[0]) {
            say_error(session, "start what? Give a script, an ecosystem file or the name of an app");
            return EXIT_FAILURE;
        }
    }
    if (session_has(session, "no-daemon")) return start_in_foreground(session);
    if (!from_stdin && names_known_app(session)) return command_restart(session);
    json_t *apps = from_stdin ? declare_stdin(session) : declare_words(session);
    if (!apps || !session_connect(session, true)) {
        json_decref(apps);
        return EXIT_FAILURE;
    }
    bool from_file = from_stdin || is_ecosystem_file(session->words[0]);
    int exit_code = launch_all(session, apps, from_file ? IF_KNOWN_RESTART : IF_KNOWN_REFUSE);
    json_decref(apps);
    if (session_has(session, "attach")) return command_logs(session);
    return exit_code;
}

static int start_or(Session *session, IfKnown if_known) {
    json_t *apps = session->words[0] ? declare_words(session) : NULL;
    if (!session->words[0]) say_error(session, "%s needs an ecosystem file", session->command);
    int exit_code =
        apps && session_connect(session, true) ? launch_all(session, apps, if_known) : EXIT_FAILURE;
    json_decref(apps);
    return exit_code;
}

int command_start_or_restart(Session *session) {
    return start_or(session, IF_KNOWN_RESTART);
}
int command_start_or_reload(Session *session) {
    return start_or(session, IF_KNOWN_RELOAD);
}
