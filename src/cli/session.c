/* The connection of a command to the root, and its voice; see session.h. */
#include "cli/session.h"

#include "base/clock.h"
#include "base/frame.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/options.h"
#include "keeper/app.h"
#include "manager/root.h"
#include "sys/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define START_PATIENCE_MS 5000

bool session_open(Session *session, bool is_pm2, int argc, char **argv) {
    *session = (Session){.is_pm2 = is_pm2, .command = argv[0], .fd = -1};
    session->options = json_object();
    session->declared = json_object();
    session->colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    const char *forced = getenv("FORCE_COLOR");
    if (forced && strcmp(forced, "0") != 0) session->colour = true;
    if (!options_parse(session, argc, argv)) return false;
    if (session_has(session, "no-color")) session->colour = false;
    session->silent = session_has(session, "silent");
    char *path = home_path_default(is_pm2);
    int error = home_open(&session->home, path, is_pm2);
    if (error) say_error(session, "cannot use the folder %s: %s", path, strerror(error));
    mem_free(path);
    return !error;
}

void session_close(Session *session) {
    if (session->fd >= 0) close(session->fd);
    if (session->home.path) home_close(&session->home);
    mem_free(session->words);
    json_decref(session->options);
    json_decref(session->declared);
}

bool session_has(const Session *session, const char *option) {
    json_t *value = json_object_get(session->options, option);
    return value && !json_is_false(value);
}

const char *session_option(const Session *session, const char *option) {
    json_t *value = json_object_get(session->options, option);
    if (json_is_array(value)) value = json_array_get(value, json_array_size(value) - 1);
    return json_string_value(value);
}

size_t session_word_count(const Session *session) {
    size_t count = 0;
    while (session->words[count])
        count++;
    return count;
}

static void speak(const Session *session, FILE *to, const char *prefix, const char *format, va_list args) {
    Bytes text = {0};
    bytes_append_str(&text, prefix);
    bytes_vprintf(&text, format, args);
    fprintf(to, "%s\n", text.data);
    fflush(to);
    bytes_free(&text);
}

void say(const Session *session, const char *format, ...) {
    if (session->silent) return;
    va_list args;
    va_start(args, format);
    speak(session, stdout, session->is_pm2 ? "[PM2] " : "", format, args);
    va_end(args);
}

void say_error(const Session *session, const char *format, ...) {
    va_list args;
    va_start(args, format);
    speak(session, stderr, session->is_pm2 ? "[PM2][ERROR] " : "galley: ", format, args);
    va_end(args);
}

void say_warning(const Session *session, const char *format, ...) {
    if (session->silent) return;
    va_list args;
    va_start(args, format);
    speak(session, stderr, session->is_pm2 ? "[PM2][WARN] " : "galley: ", format, args);
    va_end(args);
}

bool say_failures(const Session *session, const json_t *answer) {
    const char *error = json_str(answer, "error");
    json_t *failed = json_object_get(answer, "failed");
    if (error) say_error(session, "%s", error);
    for (size_t i = 0; i < json_array_size(failed); i++)
        say_error(session, "%s", json_string_value(json_array_get(failed, i)));
    return !answer || error || json_array_size(failed);
}

const char *colour(const Session *session, const char *code) {
    return session->colour ? code : "";
}

static void become_root(const Session *session) {
    char *log_path = home_path(&session->home, home_log_name(&session->home));
    int null = open("/dev/null", O_RDWR);
    int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    setsid();
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(log >= 0 ? log : null, STDERR_FILENO);
    close_range(STDERR_FILENO + 1, ~0U, 0); /* what the shell had open is not ours to keep */
    if (chdir("/") < 0) _exit(EXIT_FAILURE);
    execl("/proc/self/exe", "galley-root", "@root", session->home.path, session->is_pm2 ? "pm2" : "galley",
          (char *)NULL);
    _exit(EXIT_FAILURE);
}

/* Forked twice, so that the root is nobody's child. */
static void start_root(const Session *session) {
    pid_t between = fork();
    if (between == 0) {
        if (fork() == 0) become_root(session);
        _exit(EXIT_SUCCESS);
    }
    if (between > 0) waitpid(between, NULL, 0);
}

static void pause_ms(long ms) {
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

bool session_connect(Session *session, bool start) {
    if (session->fd >= 0) return true;
    session->fd = wire_connect(session->home.path, ROOT_SOCKET);
    if (session->fd >= 0) return true;
    if (!start) return false;
    if (session->is_pm2) {
        say(session, "Spawning PM2 daemon with pm2_home=%s", session->home.path);
    }
    start_root(session);
    uint64_t until = clock_steady_ms() + START_PATIENCE_MS;
    while (session->fd < 0 && clock_steady_ms() < until) {
        pause_ms(1);
        session->fd = wire_connect(session->home.path, ROOT_SOCKET);
    }
    if (session->fd >= 0) {
        if (session->is_pm2) say(session, "PM2 Successfully daemonized");
        return true;
    }
    say_error(session, "the manager does not start: %s (see %s/%s)", strerror(-session->fd),
              session->home.path, home_log_name(&session->home));
    return false;
}

long long session_send(Session *session, json_t *request) {
    json_object_set_new(request, "id", json_integer(++session->last_id));
    bool sent = wire_write_blocking(session->fd, request);
    json_decref(request);
    return sent ? session->last_id : -1;
}

json_t *session_receive(Session *session) {
    json_t *message = wire_read_blocking(session->fd);
    if (!message) say_error(session, "the manager went away before it answered; try again");
    return message;
}

json_t *session_call(Session *session, json_t *request) {
    if (session_send(session, request) < 0) {
        say_error(session, "the manager went away; try again");
        return NULL;
    }
    return session_receive(session);
}

json_t *session_list(Session *session, bool whole) {
    if (!session_connect(session, true)) return json_array();
    json_t *answer = session_call(session, json_pack("{sssb}", "do", "list", "whole", (int)whole));
    json_t *workers = json_object_get(answer, "workers");
    workers = workers ? json_incref(workers) : json_array();
    json_decref(answer);
    return workers;
}
