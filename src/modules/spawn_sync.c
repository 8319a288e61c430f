/* execSync and its kin: a child with a loop of its own, while the program waits. */
#include "modules/modules.h"
#include "modules/spawn.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct SyncRun SyncRun;

typedef struct {
    uv_pipe_t pipe;
    uv_write_t write;
    uv_shutdown_t shutdown;
    SyncRun *run;
    bool is_open, is_pipe;
    Bytes output;
    char *room;
} SyncPipe;

struct SyncRun {
    uv_loop_t loop;
    uv_timer_t timer;
    Process *process;
    SyncPipe *pipes;
    size_t count;
    double max_buffer;
    int kill_signal;
    int status, signal, error;
    bool ended, killed;
};

enum { ROOM = 65536 };

static void pipe_close(SyncPipe *pipe) {
    if (!pipe->is_open) return;
    pipe->is_open = false;
    uv_close((uv_handle_t *)&pipe->pipe, NULL);
}

static void run_kill(SyncRun *run, int error) {
    if (!run->error) run->error = error;
    if (run->killed) return;
    run->killed = true;
    if (!run->ended && process_kill(run->process, run->kill_signal) < 0 && !run->ended)
        process_kill(run->process, SIGKILL);
    for (size_t i = 0; i < run->count; i++)
        pipe_close(&run->pipes[i]);
    uv_timer_stop(&run->timer);
}

static void on_exited(void *data, int status, int signal) {
    SyncRun *run = data;
    run->status = status;
    run->signal = signal;
    run->ended = true;
    uv_timer_stop(&run->timer); /* what is left to do is reading the pipes to their ends */
}

static void on_timeout(uv_timer_t *timer) {
    run_kill(timer->data, UV_ETIMEDOUT);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
    SyncPipe *pipe = handle->data;
    if (!pipe->room) pipe->room = malloc(ROOM);
    *buf = uv_buf_init(pipe->room, pipe->room ? ROOM : 0);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf) {
    SyncPipe *pipe = stream->data;
    if (len == 0) return;
    if (len < 0) {
        if (len != UV_EOF && !pipe->run->error && len != UV_ECONNRESET) pipe->run->error = (int)len;
        pipe_close(pipe);
        return;
    }
    SyncRun *run = pipe->run;
    bytes_append(&pipe->output, buf->base, (size_t)len);
    if (run->max_buffer >= 0 && (double)pipe->output.len > run->max_buffer) run_kill(run, UV_ENOBUFS);
}

static void on_shutdown(uv_shutdown_t *shutdown, int status) {}

static void on_written(uv_write_t *write, int status) {
    SyncPipe *pipe = write->handle->data;
    /* EPIPE: it did not want all of its input, which is its own affair. */
    if (status < 0 && status != UV_EPIPE && status != UV_ECANCELED && status != UV_ECONNRESET &&
        !pipe->run->error)
        pipe->run->error = status;
    if (pipe->is_open) uv_shutdown(&pipe->shutdown, (uv_stream_t *)&pipe->pipe, on_shutdown);
}

static int pipe_start(SyncRun *run, SyncPipe *pipe, int fd, char *input, size_t input_len) {
    pipe->run = run;
    pipe->is_pipe = pipe->is_open = true;
    uv_pipe_init(&run->loop, &pipe->pipe, 0);
    pipe->pipe.data = pipe;
    int error = uv_pipe_open(&pipe->pipe, fd);
    if (error) {
        close(fd);
        return error;
    }
    if (input_len) {
        uv_buf_t buf = uv_buf_init(input, (unsigned)input_len);
        error = uv_write(&pipe->write, (uv_stream_t *)&pipe->pipe, &buf, 1, on_written);
    } else {
        error = uv_shutdown(&pipe->shutdown, (uv_stream_t *)&pipe->pipe, on_shutdown);
    }
    if (error || pipe == run->pipes) return error; /* nobody writes to his own input */
    return uv_read_start((uv_stream_t *)&pipe->pipe, on_room, on_read);
}

enum { ARG_SPAWN = 0, ARG_TIMEOUT = 8, ARG_MAX_BUFFER, ARG_KILL_SIGNAL, ARG_INPUTS };

static void run_child(Call *call, SyncRun *run, Spawn *spawn) {
    run->error = spawn_pipes_open(spawn);
    if (!run->error) run->error = process_spawn(&run->loop, &spawn->options, on_exited, run, &run->process);
    bool failed = run->error != 0;
    spawn_pipes_close(spawn, failed);
    if (failed) return;
    for (size_t i = 0; i < spawn->count; i++) {
        if (spawn->fds[i] < 0 || !run->pipes[i].is_pipe) continue;
        char *input = NULL;
        size_t input_len = 0;
        value_bytes(call->realm, call_arg(call, ARG_INPUTS + i), &input, &input_len);
        int error = pipe_start(run, &run->pipes[i], spawn->stdio[i], input, input_len);
        if (error) run_kill(run, error);
    }
    double timeout = call_double(call, ARG_TIMEOUT);
    if (timeout > 0) uv_timer_start(&run->timer, on_timeout, (uint64_t)timeout, 0);
    uv_run(&run->loop, UV_RUN_DEFAULT);
}

/* Keeps uv_run from returning before everything that was closed is. */
static void run_end(SyncRun *run) {
    for (size_t i = 0; i < run->count; i++)
        pipe_close(&run->pipes[i]);
    process_free(run->process);
    uv_close((uv_handle_t *)&run->timer, NULL);
    uv_run(&run->loop, UV_RUN_DEFAULT);
    uv_loop_close(&run->loop);
}

/* [pid, status, signal, error, then for each descriptor a Buffer or null] */
static Object result_make(Realm *realm, SyncRun *run) {
    const Value values[] = {
        value_int(run->process ? process_pid(run->process) : 0),
        run->process && run->ended && !run->signal ? value_int(run->status) : value_null(),
        value_int(run->signal),
        value_int(run->error),
    };
    Object list = array_new(realm, COUNT_OF(values), values);
    for (size_t i = 0; i < run->count; i++) {
        SyncPipe *pipe = &run->pipes[i];
        size_t len = pipe->output.len;
        Value value =
            pipe->is_pipe && i > 0 ? buffer_adopt(realm, bytes_take(&pipe->output), len) : value_null();
        array_put(realm, list, COUNT_OF(values) + i, value);
    }
    return list;
}

/* run(…as spawn_read, timeout in ms or 0, most bytes of output or -1, signal, input of each descriptor…) */
static Value spawn_sync_run(Call *call) {
    Spawn spawn;
    if (!spawn_read(call, ARG_SPAWN, &spawn)) {
        spawn_free(&spawn);
        return NULL;
    }
    SyncRun run = {.count = spawn.count,
                   .max_buffer = call_double(call, ARG_MAX_BUFFER),
                   .kill_signal = call_int(call, ARG_KILL_SIGNAL)};
    run.pipes = mem_new((run.count + 1) * sizeof *run.pipes);
    for (size_t i = 0; i < run.count; i++)
        run.pipes[i].is_pipe = spawn.stdio[i] == STDIO_PIPE;
    uv_loop_init(&run.loop);
    uv_timer_init(&run.loop, &run.timer);
    run.timer.data = &run;
    run_child(call, &run, &spawn);
    Object result = result_make(call->realm, &run);
    run_end(&run);
    for (size_t i = 0; i < run.count; i++) {
        free(run.pipes[i].room);
        bytes_free(&run.pipes[i].output);
    }
    mem_free(run.pipes);
    spawn_free(&spawn);
    return result;
}

static const Native functions[] = {
    {"run", spawn_sync_run},
    {0    }
};

const Module spawn_sync_module = {"spawn_sync", functions, NULL, NULL};
