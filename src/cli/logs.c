/* logs: the last lines of the chosen workers' files, then every new line as the kernel reports it. No
 * daemon is in between, so lines of apps that are long gone can be read too. */
#include "base/clock.h"
#include "base/dateformat.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/select.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARTIAL_LIMIT (1u << 20)

typedef struct {
    char *path;
    char *label; /* 0|api */
    char *name;
    long long id;
    bool is_error;
    int fd;
    off_t at;
    ino_t inode;
    Bytes partial;
} Tail;

typedef struct {
    Session *session;
    Tail *tails;
    size_t count;
    int notify;
    size_t label_width;
    json_t *attached; /* the worker whose terminal this is; NULL: none */
} Logs;

static bool wants(const Session *session, bool is_error) {
    bool out = session_has(session, "out"), error = session_has(session, "err");
    return (!out && !error) || (is_error ? error : out);
}

static void add_tail(Logs *logs, const json_t *worker, const char *path, bool is_error) {
    if (!*path || strcmp(path, "/dev/null") == 0 || !wants(logs->session, is_error)) return;
    for (size_t i = 0; i < logs->count; i++)
        if (strcmp(logs->tails[i].path, path) == 0) return;
    logs->tails = mem_resize(logs->tails, (logs->count + 1) * sizeof(Tail));
    Tail *tail = &logs->tails[logs->count++];
    *tail = (Tail){.path = mem_strdup(path), .is_error = is_error, .fd = -1};
    tail->name = mem_strdup(json_str(worker, "name") ? json_str(worker, "name") : "");
    tail->id = json_int(worker, "pm_id", -1);
    tail->label = tail->id < 0 ? mem_strdup(tail->name) : mem_printf("%lld|%s", tail->id, tail->name);
    if (strlen(tail->label) > logs->label_width) logs->label_width = strlen(tail->label);
}

static void print_label(const Logs *logs, const Tail *tail, Bytes *out) {
    const char *code = tail->is_error ? "\033[31m" : "\033[32m";
    bytes_printf(out, "%s%-*s | %s", colour(logs->session, code), (int)logs->label_width, tail->label,
                 colour(logs->session, "\033[0m"));
}

static void print_stamp(const Logs *logs, Bytes *out) {
    const char *format = session_option(logs->session, "timestamp");
    if (!session_has(logs->session, "timestamp")) return;
    date_print(out, format ? format : "YYYY-MM-DD-HH:mm:ss", clock_wall_ms());
    bytes_append_str(out, ": ");
}

static void print_highlighted(const Logs *logs, Bytes *out, const char *line, size_t len) {
    const char *mark = session_option(logs->session, "highlight");
    size_t mark_len = mark ? strlen(mark) : 0;
    while (mark_len && logs->session->colour) {
        const char *found = memmem(line, len, mark, mark_len);
        if (!found) break;
        bytes_append(out, line, (size_t)(found - line));
        bytes_printf(out, "\033[7m%s\033[0m", mark);
        len -= (size_t)(found - line) + mark_len;
        line = found + mark_len;
    }
    bytes_append(out, line, len);
    bytes_append_char(out, '\n');
}

static void print_json_line(const Tail *tail, Bytes *out, const char *line, size_t len) {
    json_t *entry = json_object();
    char *text = mem_strndup(line, len);
    Bytes stamp = {0};
    date_print_iso(&stamp, clock_wall_ms());
    json_set_str(entry, "message", text);
    json_set_str(entry, "timestamp", stamp.data);
    json_set_str(entry, "type", tail->is_error ? "err" : "out");
    json_object_set_new(entry, "process_id", json_integer(tail->id));
    json_set_str(entry, "app_name", tail->name);
    json_append_to(out, entry, JSON_COMPACT);
    bytes_append_char(out, '\n');
    bytes_free(&stamp);
    mem_free(text);
    json_decref(entry);
}

static void print_line(const Logs *logs, const Tail *tail, const char *line, size_t len) {
    Bytes out = {0};
    if (session_has(logs->session, "json")) {
        print_json_line(tail, &out, line, len);
    } else if (session_has(logs->session, "format")) {
        bytes_append_str(&out, "timestamp=");
        date_print(&out, "YYYY-MM-DD-HH:mm:ssZ", clock_wall_ms());
        bytes_printf(&out, " app=%s id=%lld type=%s message=", tail->name, tail->id,
                     tail->is_error ? "error" : "out");
        print_highlighted(logs, &out, line, len);
    } else {
        if (!session_has(logs->session, "raw")) print_label(logs, tail, &out);
        print_stamp(logs, &out);
        print_highlighted(logs, &out, line, len);
    }
    fwrite(out.data, 1, out.len, stdout);
    bytes_free(&out);
}

static void print_partial(const Logs *logs, Tail *tail) {
    size_t start = 0;
    char *end;
    while (tail->partial.len > start &&
           (end = memchr(tail->partial.data + start, '\n', tail->partial.len - start))) {
        size_t len = (size_t)(end - tail->partial.data) - start;
        print_line(logs, tail, tail->partial.data + start, len);
        start += len + 1;
    }
    if (start) bytes_consume(&tail->partial, start);
    if (tail->partial.len < PARTIAL_LIMIT) return;
    print_line(logs, tail, tail->partial.data, tail->partial.len);
    bytes_clear(&tail->partial);
}

static bool tail_open(Tail *tail) {
    struct stat status;
    if (tail->fd >= 0) return true;
    tail->fd = open(tail->path, O_RDONLY | O_CLOEXEC);
    if (tail->fd < 0 || fstat(tail->fd, &status) < 0) return false;
    tail->inode = status.st_ino;
    return true;
}

static void read_new(const Logs *logs, Tail *tail) {
    struct stat status;
    if (!tail_open(tail) || fstat(tail->fd, &status) < 0) return;
    if (status.st_size < tail->at) tail->at = 0; /* cut off by flush or rotation */
    char chunk[16384];
    ssize_t got;
    while ((got = pread(tail->fd, chunk, sizeof chunk, tail->at)) > 0) {
        tail->at += got;
        bytes_append(&tail->partial, chunk, (size_t)got);
        print_partial(logs, tail);
    }
}

/* Replaced by rotation: the rest of the old file was read, the new one begins. */
static void follow_rename(const Logs *logs, Tail *tail) {
    struct stat status;
    read_new(logs, tail);
    if (stat(tail->path, &status) < 0 || (tail->fd >= 0 && status.st_ino == tail->inode)) return;
    if (tail->fd >= 0) close(tail->fd);
    tail->fd = -1;
    tail->at = 0;
    read_new(logs, tail);
}

/* Goes back from the end until there are so many lines. */
static off_t find_last_lines(int fd, off_t size, long lines) {
    char chunk[8192];
    off_t at = size;
    bool at_end = true;
    while (at > 0) {
        size_t len = at > (off_t)sizeof chunk ? sizeof chunk : (size_t)at;
        at -= (off_t)len;
        if (pread(fd, chunk, len, at) != (ssize_t)len) return size;
        for (size_t i = len; i-- > 0;) {
            if (chunk[i] == '\n' && !at_end && lines-- <= 1) return at + (off_t)i + 1;
            at_end = false;
        }
    }
    return 0;
}

static void show_last(const Logs *logs, Tail *tail, long lines) {
    struct stat status;
    if (!tail_open(tail) || fstat(tail->fd, &status) < 0) return;
    tail->at = lines > 0 ? find_last_lines(tail->fd, status.st_size, lines) : status.st_size;
    if (tail->at < status.st_size && !session_has(logs->session, "raw") &&
        !session_has(logs->session, "json") && !session_has(logs->session, "format"))
        printf("%s%s last %ld lines:%s\n", colour(logs->session, "\033[90m"), tail->path, lines,
               colour(logs->session, "\033[0m"));
    read_new(logs, tail);
    if (tail->partial.len) print_line(logs, tail, tail->partial.data, tail->partial.len);
    bytes_clear(&tail->partial);
}

static void watch_folders(Logs *logs) {
    for (size_t i = 0; i < logs->count; i++) {
        char *folder = mem_strdup(logs->tails[i].path);
        char *slash = strrchr(folder, '/');
        if (slash) slash[slash == folder] = 0;
        inotify_add_watch(logs->notify, folder, IN_MODIFY | IN_CREATE | IN_MOVED_TO);
        mem_free(folder);
    }
}

/* Apps that were started since: their files are followed from the beginning. */
static void find_new_workers(Logs *logs) {
    json_t *workers = session_list(logs->session, false);
    for (size_t i = 0; i < json_array_size(workers); i++) {
        json_t *worker = json_array_get(workers, i);
        bool wanted = !logs->session->words[0];
        for (char **word = logs->session->words; *word; word++)
            wanted |= select_matches(worker, *word);
        if (!wanted) continue;
        add_tail(logs, worker, worker_text(worker, "pm_out_log_path"), false);
        add_tail(logs, worker, worker_text(worker, "pm_err_log_path"), true);
    }
    json_decref(workers);
    watch_folders(logs);
}

/* What is typed in an attached terminal goes to the app. */
static bool pass_typed(Logs *logs) {
    char text[4096];
    ssize_t got = read(STDIN_FILENO, text, sizeof text - 1);
    if (got <= 0) return false;
    text[got] = 0;
    json_t *worker = logs->attached;
    json_t *answer = session_call(
        logs->session, json_pack("{sssss{sssOss}}", "do", "ask", "key", json_str(worker, "key"), "request",
                                 "do", "type", "worker", json_object_get(worker, "pm_id"), "text", text));
    if (json_str(answer, "error")) say_error(logs->session, "%s", json_str(answer, "error"));
    json_decref(answer);
    return answer != NULL;
}

static void follow(Logs *logs) {
    const int patience_ms = 1000;
    char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    uint64_t looked_at = clock_steady_ms();
    struct pollfd ready[3] = {
        {.fd = logs->notify,  .events = POLLIN},
        {.fd = STDOUT_FILENO},
        {.fd = logs->attached ? STDIN_FILENO : -1,   .events = POLLIN                },
    };
    while (!(ready[1].revents & (POLLERR | POLLHUP)) && !ferror(stdout)) {
        int count = poll(ready, 3, patience_ms);
        if (count > 0 && ready[2].revents && !pass_typed(logs)) return;
        if (count > 0 && ready[0].revents) {
            ssize_t got = read(logs->notify, buffer, sizeof buffer);
            (void)got; /* which file it was does not matter: reading where nothing is new is cheap */
        }
        for (size_t i = 0; i < logs->count; i++)
            follow_rename(logs, &logs->tails[i]);
        fflush(stdout);
        if (clock_steady_ms() - looked_at < 1000 || logs->session->fd < 0) continue;
        find_new_workers(logs);
        looked_at = clock_steady_ms();
    }
}

static void logs_free(Logs *logs) {
    for (size_t i = 0; i < logs->count; i++) {
        Tail *tail = &logs->tails[i];
        if (tail->fd >= 0) close(tail->fd);
        bytes_free(&tail->partial);
        mem_free(tail->path);
        mem_free(tail->label);
        mem_free(tail->name);
    }
    mem_free(logs->tails);
    if (logs->notify >= 0) close(logs->notify);
}

static void show_all_last(Logs *logs, json_t *chosen, long lines) {
    for (size_t i = 0; i < json_array_size(chosen); i++) {
        json_t *worker = json_array_get(chosen, i);
        add_tail(logs, worker, worker_text(worker, "pm_out_log_path"), false);
        add_tail(logs, worker, worker_text(worker, "pm_err_log_path"), true);
    }
    watch_folders(logs);
    for (size_t i = 0; i < logs->count; i++)
        show_last(logs, &logs->tails[i], lines);
    fflush(stdout);
}

static json_t *choose(Session *session) {
    json_t *workers = session_list(session, false);
    json_t *chosen =
        session->words[0] ? select_workers(session, workers, session->words) : json_incref(workers);
    json_decref(workers);
    return chosen;
}

int command_logs(Session *session) {
    Logs logs = {.session = session, .notify = inotify_init1(IN_CLOEXEC)};
    const char *given = session_option(session, "lines");
    json_t *chosen = choose(session);
    if (chosen && !session->words[0]) {
        char *own = home_path(&session->home, home_log_name(&session->home));
        json_t *manager = json_pack("{ss}", "name", session->is_pm2 ? "PM2" : "galley");
        add_tail(&logs, manager, own, false);
        json_decref(manager);
        mem_free(own);
    }
    if (chosen) show_all_last(&logs, chosen, given ? atol(given) : 15);
    if (chosen && !session_has(session, "nostream")) follow(&logs);
    json_decref(chosen);
    logs_free(&logs);
    return chosen ? EXIT_SUCCESS : EXIT_FAILURE;
}

int command_attach(Session *session) {
    Logs logs = {.session = session, .notify = inotify_init1(IN_CLOEXEC)};
    if (!session->words[0]) say_error(session, "attach needs an id");
    json_t *chosen = session->words[0] ? choose(session) : NULL;
    if (chosen) {
        logs.attached = json_array_get(chosen, 0);
        json_object_set_new(session->options, "raw", json_true());
        show_all_last(&logs, chosen, 0);
        follow(&logs);
    }
    json_decref(chosen);
    logs_free(&logs);
    return chosen ? EXIT_SUCCESS : EXIT_FAILURE;
}
