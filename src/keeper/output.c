/* Where workers' stdout and stderr go: straight into their log files, so that no process stands in
 * between, unless lines are to be changed or shown on the way; then a pipe is read here. A log that cannot be
 * written is said once and never stops the app. */
#include "base/clock.h"
#include "base/dateformat.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "keeper/internal.h"
#include "keeper/rotate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LINE_LIMIT (256u << 10)
#define READ_SIZE (64u << 10)

typedef struct {
    char *path; /* NULL: not wanted */
    int fd;     /* -1: not open */
    uint64_t size;
    bool warned;
} LogFile;

struct Output {
    Keeper *keeper;
    long long worker_id;
    pid_t pid;
    bool is_error;
    bool piped;
    unsigned number; /* what the pipe is held by */
    uv_pipe_t pipe;
    Bytes line;
    Bytes stamp; /* the date of stamp_ms as it is printed */
    uint64_t stamp_ms;
    Bytes ready; /* lines as they go into the files, a read's worth at a time */
    LogFile file, combined;
};

static char *with_id(const char *path, long long id) {
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(path, '.');
    if (!dot || (slash && dot < slash)) return mem_printf("%s-%lld", path, id);
    return mem_printf("%.*s-%lld%s", (int)(dot - path), path, id, dot);
}

static char *path_for(const Worker *worker, const char *path) {
    const App *app = worker->keeper->app;
    if (!path || app->disable_logs || strcmp(path, "/dev/null") == 0 || strcmp(path, "NULL") == 0)
        return mem_strdup("/dev/null");
    bool many =
        app_instances_resolve(app->instances) > 1 || keeper_count(worker->keeper) > 1 || app->instances_auto;
    return many && !app->merge_logs ? with_id(path, worker->id) : mem_strdup(path);
}

char *output_path(const Worker *worker, bool is_error) {
    return path_for(worker, is_error ? worker->keeper->app->error_path : worker->keeper->app->out_path);
}

static void warn(LogFile *file, const char *doing, int error) {
    if (file->warned) return;
    log_line("Cannot %s the log %s: %s; going on without it", doing, file->path, strerror(error));
    file->warned = true;
}

static void log_file_open(LogFile *file) {
    if (!file->path || file->fd >= 0) return;
    file->fd = open(file->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    struct stat status;
    if (file->fd < 0)
        warn(file, "open", errno);
    else
        file->size = fstat(file->fd, &status) == 0 ? (uint64_t)status.st_size : 0;
}

static void log_file_close(LogFile *file) {
    if (file->fd >= 0) close(file->fd);
    file->fd = -1;
}

static void log_file_write(Output *output, LogFile *file, const char *data, size_t len) {
    const App *app = output->keeper->app;
    if (!file->path) return;
    log_file_open(file);
    if (file->fd < 0) return;
    ssize_t put = write(file->fd, data, len);
    if (put < 0) {
        warn(file, "write", errno);
        return;
    }
    file->warned = false;
    file->size += (uint64_t)put;
    if (!app->log_max_size || file->size < app->log_max_size) return;
    rotate_renaming(output->keeper, file->path);
    output_reopen(output->keeper);
}

static void line_as_json(Output *output, Bytes *out, Slice line) {
    json_t *entry = json_object();
    char *text = mem_strndup(line.data, line.len);
    Bytes stamp = {0};
    if (output->keeper->app->log_date_format)
        date_print(&stamp, output->keeper->app->log_date_format, clock_wall_ms());
    else
        date_print_iso(&stamp, clock_wall_ms());
    json_set_str(entry, "message", text);
    json_set_str(entry, "timestamp", stamp.data);
    json_set_str(entry, "type", output->is_error ? "err" : "out");
    json_object_set_new(entry, "process_id", json_integer(output->worker_id));
    json_set_str(entry, "app_name", output->keeper->app->name);
    json_append_to(out, entry, JSON_COMPACT);
    bytes_append_char(out, '\n');
    bytes_free(&stamp);
    mem_free(text);
    json_decref(entry);
}

/* Many lines come in one millisecond. */
static void stamp_append(Output *output, Bytes *out, const char *format) {
    uint64_t now = clock_wall_ms();
    if (output->stamp_ms != now) {
        bytes_clear(&output->stamp);
        date_print(&output->stamp, format, now);
        output->stamp_ms = now;
    }
    bytes_append(out, output->stamp.data, output->stamp.len);
}

static void line_with_date(Output *output, Bytes *out, Slice line) {
    const char *format = output->keeper->app->log_date_format;
    if (format) {
        stamp_append(output, out, format);
        bytes_append_str(out, ": ");
    }
    bytes_append(out, line.data, line.len);
    bytes_append_char(out, '\n');
}

static void show(Output *output, Slice line) {
    const Keeper *keeper = output->keeper;
    if (!keeper->options.foreground) return;
    Bytes text = {0};
    if (!keeper->options.raw) bytes_printf(&text, "%lld|%s | ", output->worker_id, keeper->app->name);
    bytes_append(&text, line.data, line.len);
    bytes_append_char(&text, '\n');
    ssize_t put = write(output->is_error ? STDERR_FILENO : STDOUT_FILENO, text.data, text.len);
    (void)put; /* nobody is there to look */
    bytes_free(&text);
}

static void take_line(Output *output, Slice line) {
    const App *app = output->keeper->app;
    if (app->log_type && strcmp(app->log_type, "json") == 0)
        line_as_json(output, &output->ready, line);
    else
        line_with_date(output, &output->ready, line);
    show(output, line);
}

static void write_ready(Output *output) {
    if (!output->ready.len) return;
    log_file_write(output, &output->file, output->ready.data, output->ready.len);
    log_file_write(output, &output->combined, output->ready.data, output->ready.len);
    bytes_free(&output->ready);
}

static void take_lines(Output *output) {
    size_t start = 0;
    for (;;) {
        char *end = output->line.len > start
                        ? memchr(output->line.data + start, '\n', output->line.len - start)
                        : NULL;
        if (!end) break;
        size_t len = (size_t)(end - output->line.data) - start;
        take_line(output, (Slice){output->line.data + start, len});
        start += len + 1;
    }
    if (start) bytes_consume(&output->line, start);
    if (output->line.len > LINE_LIMIT) {
        take_line(output, bytes_slice(&output->line));
        bytes_clear(&output->line);
    }
    write_ready(output);
}

static void output_free(Output *output) {
    if (output->line.len) take_line(output, bytes_slice(&output->line));
    write_ready(output);
    bytes_free(&output->line);
    bytes_free(&output->stamp);
    log_file_close(&output->file);
    log_file_close(&output->combined);
    mem_free(output->file.path);
    mem_free(output->combined.path);
    mem_free(output);
}

static void pipe_closed(uv_handle_t *handle) {
    Output *output = handle->data;
    Keeper *keeper = output->keeper;
    output_free(output);
    keeper->open_handles--;
    keeper_run_gone(keeper);
}

/* One for all: it is used up before anything else is read. */
static char *read_buffer(Keeper *keeper) {
    if (!keeper->read_buffer) keeper->read_buffer = mem_new(READ_SIZE);
    return keeper->read_buffer;
}

static void give_chunk(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
    Output *output = handle->data;
    *buf = uv_buf_init(read_buffer(output->keeper), READ_SIZE);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf) {
    Output *output = stream->data;
    if (got < 0) {
        uv_read_stop(stream);
        return;
    }
    bytes_append(&output->line, buf->base, (size_t)got);
    take_lines(output);
}

static bool needs_pipe(const Keeper *keeper) {
    const App *app = keeper->app;
    return keeper->options.foreground || app->log_date_format || app->log_type ||
           (app->log_path && json_is_string(json_object_get(app->config, "pm_log_path")));
}

static void read_from(Output *output, int fd) {
    output->piped = true;
    output->keeper->open_handles++;
    uv_pipe_init(output->keeper->loop, &output->pipe, 0);
    output->pipe.data = output;
    uv_pipe_open(&output->pipe, fd);
    uv_read_start((uv_stream_t *)&output->pipe, give_chunk, on_read);
}

static bool open_pipe(Output *output, int *fd) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return false;
    output->number = hold(output->keeper, ends[0]);
    read_from(output, ends[0]);
    *fd = ends[1];
    return true;
}

static Output *output_new(Keeper *keeper, long long worker_id, bool is_error) {
    Output *output = NEW(Output);
    *output = (Output){
        .keeper = keeper, .worker_id = worker_id, .is_error = is_error, .file.fd = -1, .combined.fd = -1};
    return output;
}

Output *output_open(Worker *worker, bool is_error, int *fd) {
    Keeper *keeper = worker->keeper;
    const App *app = keeper->app;
    Output *output = output_new(keeper, worker->id, is_error);
    output->file.path = output_path(worker, is_error);
    if (app->log_path && !app->disable_logs) output->combined.path = path_for(worker, app->log_path);
    if (needs_pipe(keeper) && open_pipe(output, fd)) return output;
    log_file_open(&output->file);
    *fd = output->file.fd >= 0 ? dup(output->file.fd) : -1;
    if (*fd >= 0) fcntl(*fd, F_SETFD, FD_CLOEXEC);
    log_file_close(&output->file);
    return output;
}

json_t *output_save(const Output *output) {
    json_t *saved = json_pack("{sIsbsI}", "worker", (json_int_t)output->worker_id, "error",
                              (int)output->is_error, "pipe", (json_int_t)output->number);
    if (output->file.path) json_set_str(saved, "path", output->file.path);
    if (output->combined.path) json_set_str(saved, "combined", output->combined.path);
    if (output->line.len) json_set_str(saved, "line", output->line.data);
    return saved;
}

static char *saved_path(const json_t *saved, const char *name) {
    const char *path = json_str(saved, name);
    return path ? mem_strdup(path) : NULL;
}

Output *output_restore(Keeper *keeper, const json_t *saved) {
    unsigned number = (unsigned)json_int(saved, "pipe", 0);
    int fd = number ? legacy_take(keeper, number) : -1;
    if (number && fd < 0) return NULL;
    Output *output = output_new(keeper, json_int(saved, "worker", 0), json_flag(saved, "error", false));
    output->number = number;
    output->file.path = saved_path(saved, "path");
    output->combined.path = saved_path(saved, "combined");
    if (json_str(saved, "line")) bytes_append_str(&output->line, json_str(saved, "line"));
    if (fd >= 0) read_from(output, fd);
    return output;
}

void output_attach(Output *output, pid_t pid) {
    output->pid = pid;
}

/* The worker is gone, but its descendants may hold the pipe for long: what is there now is read, then it
 * ends. */
void output_close(Output *output) {
    if (!output) return;
    let_go(output->keeper, output->number);
    if (!output->piped) {
        output_free(output);
        return;
    }
    uv_os_fd_t fd;
    ssize_t got;
    uv_read_stop((uv_stream_t *)&output->pipe);
    if (uv_fileno((uv_handle_t *)&output->pipe, &fd) == 0)
        while ((got = read(fd, read_buffer(output->keeper), READ_SIZE)) > 0) {
            bytes_append(&output->line, output->keeper->read_buffer, (size_t)got);
            take_lines(output);
        }
    uv_close((uv_handle_t *)&output->pipe, pipe_closed);
}

typedef void (*ForEachFile)(Keeper *keeper, const char *path);

static void each_file(Keeper *keeper, ForEachFile call) {
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        char *paths[] = {output_path(worker, false), output_path(worker, true),
                         keeper->app->log_path ? path_for(worker, keeper->app->log_path) : NULL};
        for (size_t i = 0; i < COUNT_OF(paths); i++) {
            if (paths[i] && strcmp(paths[i], "/dev/null") != 0) call(keeper, paths[i]);
            mem_free(paths[i]);
        }
    }
}

static void truncate_file(Keeper *keeper, const char *path) {
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (fd >= 0) close(fd);
}

void output_flush(Keeper *keeper) {
    each_file(keeper, truncate_file);
}

void output_reopen(Keeper *keeper) {
    LIST_EACH(&keeper->runs, Run, link, run) {
        Output *outputs[] = {run->out, run->error};
        for (size_t i = 0; i < COUNT_OF(outputs); i++) {
            if (!outputs[i]) continue;
            log_file_close(&outputs[i]->file);
            log_file_close(&outputs[i]->combined);
        }
    }
}

static time_t rotated_last(const Keeper *keeper, const char *path) {
    const char *const ends[] = {".1.gz", ".1"};
    time_t last = keeper->opened_at;
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct stat status;
        char *archive = mem_printf("%s%s", path, ends[i]);
        if (stat(archive, &status) == 0 && status.st_mtime > last) last = status.st_mtime;
        mem_free(archive);
    }
    return last;
}

static void rotate_if_due(Keeper *keeper, const char *path) {
    const App *app = keeper->app;
    struct stat status;
    if (stat(path, &status) < 0 || !S_ISREG(status.st_mode) || !status.st_size) return;
    bool is_big = app->log_max_size && (uint64_t)status.st_size >= app->log_max_size;
    bool is_old =
        app->log_max_age && (uint64_t)(time(NULL) - rotated_last(keeper, path)) * 1000 >= app->log_max_age;
    if (!is_big && !is_old) return;
    if (!needs_pipe(keeper)) {
        rotate_copying(keeper, path);
        return;
    }
    rotate_renaming(keeper, path);
    output_reopen(keeper);
}

void output_rotate_due(Keeper *keeper) {
    if (keeper->app->log_max_size || keeper->app->log_max_age) each_file(keeper, rotate_if_due);
}
