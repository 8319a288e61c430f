/* Commands that act on chosen workers: the keepers of all of them are asked at once, then all answers are
 * awaited. */
#include "base/json.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/declare.h"
#include "cli/select.h"
#include "cli/wording.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Sends the request to each group's keeper, with its ids; the answers by key. NULL if the root went away. */
static json_t *ask_groups(Session *session, json_t *groups, json_t *request) {
    json_t *answers = json_object();
    const char *key;
    json_t *ids;
    size_t waiting = 0;
    json_object_foreach(groups, key, ids) {
        json_t *inner = json_copy(request);
        json_object_set(inner, "ids", ids);
        waiting +=
            session_send(session, json_pack("{ssssso}", "do", "ask", "key", key, "request", inner)) >= 0;
    }
    for (; waiting; waiting--) {
        json_t *answer = session_receive(session);
        if (!answer) break;
        if (json_str(answer, "key"))
            json_object_set(answers, json_str(answer, "key"), answer);
        else
            say_error(session, "%s", json_str(answer, "error") ? json_str(answer, "error") : "no answer");
        json_decref(answer);
    }
    return answers;
}

/* Tells of each worker that it is done, or why not. */
static int tell_done(const Session *session, const json_t *chosen, const json_t *answers) {
    size_t i;
    json_t *worker, *answer;
    const char *key;
    int exit_code = EXIT_SUCCESS;
    json_object_foreach((json_t *)answers, key, answer) {
        if (say_failures(session, answer)) exit_code = EXIT_FAILURE;
    }
    json_array_foreach(chosen, i, worker) {
        answer = json_object_get(answers, json_str(worker, "key"));
        if (!answer)
            exit_code = EXIT_FAILURE;
        else if (!json_str(answer, "error"))
            say(session, "[%s](%lld) ✓", json_str(worker, "name"), json_int(worker, "pm_id", 0));
    }
    return exit_code;
}

static void set_environment(const Session *session, json_t *request) {
    if (session_has(session, "update-env")) {
        json_t *filter = json_object_get(session->declared, "filter_env");
        json_object_set_new(request, "env", declare_environment(filter));
    }
    const char *parallel = session_option(session, "parallel");
    if (parallel) json_object_set_new(request, "parallel", json_integer(atoll(parallel)));
}

/* The names of the apps in an ecosystem file, as words to select by. */
static char **words_of_file(Session *session, const char *path, json_t **apps) {
    *apps = ecosystem_load(session, path);
    if (!*apps) return NULL;
    char **words = mem_new((json_array_size(*apps) + 1) * sizeof(char *));
    for (size_t i = 0; i < json_array_size(*apps); i++)
        words[i] = (char *)json_str(json_array_get(*apps, i), "name");
    return words;
}

static json_t *choose(Session *session, const char *verb) {
    if (!session->words[0]) {
        say_error(session, "%s what? Give a name, id, namespace or `all`", verb);
        return NULL;
    }
    json_t *workers = session_list(session, false), *apps = NULL, *chosen = NULL;
    if (is_ecosystem_file(session->words[0]) && access(session->words[0], R_OK) == 0) {
        char **words = words_of_file(session, session->words[0], &apps);
        if (words) chosen = select_workers(session, workers, words);
        mem_free(words);
        json_decref(apps);
    } else {
        chosen = select_workers(session, workers, session->words);
    }
    json_decref(workers);
    return chosen;
}

static int act(Session *session, const char *verb, const char *pm2_action, json_t *request) {
    json_t *chosen = choose(session, verb);
    int exit_code = EXIT_FAILURE;
    if (chosen) {
        json_t *groups = select_by_key(chosen);
        if (pm2_action) word_action(session, pm2_action, session->words[0], chosen);
        json_t *answers = ask_groups(session, groups, request);
        exit_code = tell_done(session, chosen, answers);
        json_decref(answers);
        json_decref(groups);
        list_show(session);
    }
    json_decref(chosen);
    json_decref(request);
    if (chosen && session_has(session, "attach")) return command_logs(session);
    return exit_code;
}

static void ask_for_update_env(const Session *session) {
    if (!session_has(session, "update-env") && session->is_pm2 && !session->silent)
        printf("Use --update-env to update environment variables\n");
}

int command_stop(Session *session) {
    return act(session, "stop", "stopProcessId", json_pack("{ss}", "do", "stop"));
}

int command_restart(Session *session) {
    if (session->words[0] && is_ecosystem_file(session->words[0]) && access(session->words[0], R_OK) == 0)
        return command_start_or_restart(session);
    json_t *request = json_pack("{ss}", "do", "restart");
    set_environment(session, request);
    ask_for_update_env(session);
    return act(session, "restart", "restartProcessId", request);
}

int command_reload(Session *session) {
    if (session->words[0] && is_ecosystem_file(session->words[0]) && access(session->words[0], R_OK) == 0)
        return command_start_or_reload(session);
    json_t *request = json_pack("{ss}", "do", "reload");
    set_environment(session, request);
    ask_for_update_env(session);
    return act(session, "reload", "reloadProcessId", request);
}

int command_delete(Session *session) {
    return act(session, "delete", "deleteProcessId", json_pack("{ss}", "do", "delete"));
}
int command_reset(Session *session) {
    return act(session, "reset", "resetMetaProcessId", json_pack("{ss}", "do", "reset"));
}

int command_send_signal(Session *session) {
    if (session_word_count(session) < 2) {
        say_error(session, "sendSignal needs a signal and a name: sendSignal SIGUSR2 api");
        return EXIT_FAILURE;
    }
    json_t *request = json_pack("{ssss}", "do", "signal", "signal", session->words[0]);
    session->words++;
    int exit_code = act(session, "sendSignal", "sendSignalToProcessId", request);
    session->words--;
    return exit_code;
}

static int ask_all_chosen(Session *session, const char *request, const char *done) {
    static char *all[] = {"all", NULL};
    json_t *workers = session_list(session, false);
    json_t *chosen = json_array_size(workers)
                         ? select_workers(session, workers, session->words[0] ? session->words : all)
                         : json_array();
    json_decref(workers);
    if (!chosen) return EXIT_FAILURE;
    json_t *groups = select_by_key(chosen), *inner = json_pack("{ss}", "do", request);
    json_t *answers = ask_groups(session, groups, inner), *answer;
    const char *key;
    int exit_code = EXIT_SUCCESS;
    json_object_foreach(answers, key, answer) {
        if (say_failures(session, answer)) exit_code = EXIT_FAILURE;
    }
    if (exit_code == EXIT_SUCCESS) say(session, "%s", done);
    json_decref(answers);
    json_decref(inner);
    json_decref(groups);
    json_decref(chosen);
    return exit_code;
}

int command_flush(Session *session) {
    return ask_all_chosen(session, "flush", "Logs flushed");
}
int command_reload_logs(Session *session) {
    if (session->is_pm2) printf("Reloading all logs...\n");
    return ask_all_chosen(session, "reopen", session->is_pm2 ? "All logs reloaded" : "Logs reopened");
}

static long long count_from(const char *text, long long now, bool *ok) {
    char *end;
    bool relative = *text == '+' || *text == '-';
    long long number = strtoll(text, &end, 10);
    *ok = end != text && !*end;
    return relative ? now + number : number;
}

int command_scale(Session *session) {
    if (session_word_count(session) != 2) {
        say_error(session, "scale needs a name and a number: scale api 4, scale api +2");
        return EXIT_FAILURE;
    }
    char *name[] = {session->words[0], NULL};
    json_t *workers = session_list(session, false);
    json_t *chosen = select_workers(session, workers, name);
    json_decref(workers);
    if (!chosen) return EXIT_FAILURE;
    json_t *groups = select_by_key(chosen), *ids, *answer;
    const char *key;
    int exit_code = EXIT_SUCCESS;
    json_object_foreach(groups, key, ids) {
        bool ok;
        long long count = count_from(session->words[1], (long long)json_array_size(ids), &ok);
        if (!ok || count < 1) {
            say_error(session, "%s is no number of processes", session->words[1]);
            exit_code = EXIT_FAILURE;
            break;
        }
        if (session->is_pm2 && count == (long long)json_array_size(ids)) {
            say_error(session, "Nothing to do");
            exit_code = EXIT_FAILURE;
            break;
        }
        if (session->is_pm2 && count > (long long)json_array_size(ids))
            say(session, "Scaling up application");
        answer = session_call(session, json_pack("{sssss{sssI}}", "do", "ask", "key", key, "request", "do",
                                                 "scale", "to", (json_int_t)count));
        if (say_failures(session, answer))
            exit_code = EXIT_FAILURE;
        else
            say(session, "Scaled %s to %lld processes", name[0], count);
        json_decref(answer);
    }
    json_decref(groups);
    json_decref(chosen);
    list_show(session);
    return exit_code;
}

typedef json_t *(*MakeRequest)(Session *session, json_t *id);

static int ask_each(Session *session, const char *word, MakeRequest make) {
    char *name[] = {(char *)word, NULL};
    json_t *workers = session_list(session, false);
    json_t *chosen = select_workers(session, workers, name);
    json_decref(workers);
    int exit_code = chosen ? EXIT_SUCCESS : EXIT_FAILURE;
    for (size_t i = 0; i < json_array_size(chosen); i++) {
        json_t *worker = json_array_get(chosen, i), *inner = make(session, json_object_get(worker, "pm_id"));
        json_t *answer = session_call(
            session, json_pack("{ssssso}", "do", "ask", "key", json_str(worker, "key"), "request", inner));
        if (say_failures(session, answer))
            exit_code = EXIT_FAILURE;
        else
            say(session, "sent to [%s](%lld)", json_str(worker, "name"), json_int(worker, "pm_id", 0));
        json_decref(answer);
    }
    json_decref(chosen);
    return exit_code;
}

static json_t *make_line(Session *session, json_t *id) {
    return json_pack("{sssOss+}", "do", "type", "worker", id, "text", session->words[1], "\n");
}

int command_send(Session *session) {
    if (session_word_count(session) < 2) {
        say_error(session, "send needs an id and a text");
        return EXIT_FAILURE;
    }
    return ask_each(session, session->words[0], make_line);
}
