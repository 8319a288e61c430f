/* trigger: an action of a program's own, and what it answers. The answer is a message of the program, which
 * only its keeper hears, so this command speaks with the keepers. */
#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/select.h"
#include "keeper/home.h"
#include "sys/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { PATIENCE_S = 10 };

static bool has_action(const json_t *worker, const char *action) {
    json_t *actions = json_object_get(json_object_get(worker, "pm2_env"), "axm_actions");
    for (size_t i = 0; i < json_array_size(actions); i++) {
        const char *name = json_str(json_array_get(actions, i), "action_name");
        if (name && strcmp(name, action) == 0) return true;
    }
    return false;
}

static json_t *choose_able(Session *session, char *word, const char *action) {
    char *words[] = {word, NULL};
    json_t *workers = session_list(session, true), *chosen = select_workers(session, workers, words);
    json_decref(workers);
    if (!chosen) return NULL;
    json_t *able = json_array();
    for (size_t i = 0; i < json_array_size(chosen); i++) {
        json_t *worker = json_array_get(chosen, i);
        if (has_action(worker, action)) json_array_append(able, worker);
    }
    json_decref(chosen);
    if (json_array_size(able)) return able;
    say_error(session, "Not any process has received a command (offline or unexistent): %s has no action %s",
              word, action);
    json_decref(able);
    return NULL;
}

/* An action that takes a parameter gets an object, one that takes none its bare name, as PM2's library
 * expects. */
static json_t *action_message(const char *action, const char *parameter) {
    return parameter ? json_pack("{ssss}", "msg", action, "opts", parameter) : json_text(action);
}

/* A connection to the app's keeper on which its events are heard; negative: there is none. */
static int listen_to(const Session *session, const char *key) {
    char *folder = home_app_path(&session->home, key, NULL);
    int fd = wire_connect(folder, KEEPER_SOCKET);
    mem_free(folder);
    if (fd < 0) return fd;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = PATIENCE_S}, sizeof(struct timeval));
    json_t *hello = json_pack("{sssb}", "do", "hello", "listen", 1);
    wire_write_blocking(fd, hello);
    json_decref(hello);
    return fd;
}

/* True when the event is the answer of one of those that wait, who then waits no longer. */
static bool is_answer(const json_t *event, const char *action, json_t *waiting) {
    json_t *message = json_object_get(event, "data"), *data = json_object_get(message, "data");
    const char *type = json_str(message, "type"), *name = json_str(data, "action_name");
    if (!type || strcmp(type, "axm:reply") != 0 || !name || strcmp(name, action) != 0) return false;
    for (size_t i = 0; i < json_array_size(waiting); i++) {
        if (json_integer_value(json_array_get(waiting, i)) != json_int(event, "id", -1)) continue;
        json_array_remove(waiting, i);
        return true;
    }
    return false;
}

static void tell_answer(const json_t *event) {
    Bytes text = {0};
    json_t *data = json_object_get(json_object_get(event, "data"), "data");
    json_append_to(&text, json_object_get(data, "return"), JSON_COMPACT);
    printf("[%s:%lld:%s]=%s\n", json_str(event, "name"), json_int(event, "id", 0),
           json_str(event, "namespace"), text.data ? text.data : "null");
    fflush(stdout);
    bytes_free(&text);
}

/* Sends the action to the chosen workers of one app and tells their answers; how many did not answer. */
static size_t trigger_in_app(const Session *session, const char *key, const json_t *ids) {
    const char *action = session->words[1];
    json_t *waiting = json_copy((json_t *)ids), *event;
    int fd = listen_to(session, key);
    for (size_t i = 0; fd >= 0 && i < json_array_size(ids); i++) {
        json_t *request = json_pack("{sssOso}", "do", "send", "worker", json_array_get(ids, i), "data",
                                    action_message(action, session->words[2]));
        wire_write_blocking(fd, request);
        json_decref(request);
    }
    uint64_t until = clock_steady_ms() + PATIENCE_S * 1000;
    while (fd >= 0 && json_array_size(waiting) && clock_steady_ms() < until &&
           (event = wire_read_blocking(fd))) {
        if (is_answer(event, action, waiting)) tell_answer(event);
        json_decref(event);
    }
    if (fd >= 0) close(fd);
    size_t missing = json_array_size(waiting);
    for (size_t i = 0; i < missing; i++)
        say_error(session, "process %lld has not answered within %d s",
                  json_integer_value(json_array_get(waiting, i)), PATIENCE_S);
    json_decref(waiting);
    return missing;
}

int command_trigger(Session *session) {
    if (session_word_count(session) < 2) {
        say_error(session, "trigger needs a name and an action: trigger api cleanup");
        return EXIT_FAILURE;
    }
    json_t *able = choose_able(session, session->words[0], session->words[1]), *ids;
    if (!able) return EXIT_FAILURE;
    if (session->is_pm2)
        printf("%zu processes have received command %s\n", json_array_size(able), session->words[1]);
    json_t *groups = select_by_key(able);
    const char *key;
    size_t missing = 0;
    json_object_foreach(groups, key, ids) missing += trigger_in_app(session, key, ids);
    json_decref(groups);
    json_decref(able);
    return missing ? EXIT_FAILURE : EXIT_SUCCESS;
}
