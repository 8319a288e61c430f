/* One process of a worker from its start to its end: its command line and environment, its channel, its
 * stopping by degrees (message or SIGINT, then SIGKILL), and the figures that are taken of it. */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "keeper/environment.h"
#include "keeper/internal.h"
#include "sys/runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHILD_LISTEN_FD 3 /* as systemd has it */
#define CHILD_CHANNEL_FD 4

static bool is_named(const char *path, const char *name) {
    const char *slash = strrchr(path, '/');
    return strcmp(slash ? slash + 1 : path, name) == 0;
}

static bool speaks_messages(const App *app) {
    return app->is_javascript || app->wait_ready || app->shutdown_with_message;
}

static void append_words(char **args, size_t *count, char **words) {
    for (char **word = words; word && *word; word++)
        args[(*count)++] = *word;
}

static size_t words_count(char **words) {
    size_t count = 0;
    while (words && words[count])
        count++;
    return count;
}

/* Real Node gets the script that reports figures and lets workers leave without losing a request. */
static char *preload_path(const App *app) {
    bool is_node = is_named(app->interpreter, "node") || is_named(app->interpreter, "nodejs");
    return is_node ? runtime_file_find("galley-drain.cjs") : NULL;
}

/* The strings stay the app's, but for `interpreter` and `preload`, which stay the caller's. */
static char **command_line(const App *app, char *interpreter, char *preload, bool listens) {
    char **args = mem_new((words_count(app->args) + words_count(app->interpreter_args) + 7) * sizeof(char *));
    size_t count = 0;
    if (listens) args[count++] = "/proc/self/exe";
    if (listens) args[count++] = "@listen";
    if (interpreter) {
        args[count++] = interpreter;
        if (preload) args[count++] = "--require";
        if (preload) args[count++] = preload;
        append_words(args, &count, app->interpreter_args);
    }
    args[count++] = (char *)app->script;
    append_words(args, &count, app->args);
    return args;
}

static bool parse_id(const char *text, unsigned *id) {
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    *id = (unsigned)value;
    return end != text && !*end;
}

/* NULL, or what is wrong with the user or group; the caller frees it. */
static char *set_identity(const App *app, ProcessOptions *options) {
    if (app->user) {
        struct passwd *user = parse_id(app->user, &options->uid) ? NULL : getpwnam(app->user);
        options->sets_uid = true;
        if (user) {
            options->uid = user->pw_uid;
            options->gid = user->pw_gid;
            options->sets_gid = true;
        } else if (!parse_id(app->user, &options->uid)) {
            return mem_printf("there is no user \"%s\"", app->user);
        }
    }
    if (app->group) {
        struct group *group = parse_id(app->group, &options->gid) ? NULL : getgrnam(app->group);
        options->sets_gid = true;
        if (group)
            options->gid = group->gr_gid;
        else if (!parse_id(app->group, &options->gid))
            return mem_printf("there is no group \"%s\"", app->group);
    }
    return NULL;
}

static void run_release(Run *run) {
    if (!run->exited || run->timer_open || run->channel) return;
    Keeper *keeper = run->keeper;
    link_remove(&run->link);
    mem_free(run->kin);
    json_decref(run->metrics);
    json_decref(run->actions);
    mem_free(run);
    keeper->open_handles--;
    keeper_run_gone(keeper);
}

static void timer_closed(uv_handle_t *handle) {
    Run *run = handle->data;
    run->timer_open = false;
    run_release(run);
}

static void hang_up(Run *run) {
    if (run->dealt) {
        run->connections = cluster_worker_connections(run->dealt);
        cluster_worker_free(run->dealt);
        run->dealt = NULL;
    }
    let_go(run->keeper, run->channel_number);
    run->channel_number = 0;
    if (run->channel) channel_free(run->channel);
    run->channel = NULL;
}

static void close_input(Run *run) {
    let_go(run->keeper, run->input_number);
    run->input_number = 0;
    if (run->input >= 0) close(run->input);
    run->input = -1;
}

static void wait_ms(Run *run, uint64_t ms, uv_timer_cb strikes) {
    run->due_ms = clock_steady_ms() + ms;
    uv_timer_start(&run->timer, strikes, ms, 0);
}

static void kill_kin(Run *run, int signal) {
    for (size_t i = 0; i < run->kin_count; i++) {
        ProcFigures figures;
        /* Only those that are younger than their forebear are surely its own and no reused pid. */
        if (proc_read(run->kin[i], &figures) && figures.start_ticks >= run->start_ticks)
            kill(run->kin[i], signal);
    }
}

/* PM2 writes SIGINT where there was no signal, and somebody may look for that. */
static void tell_end(const Run *run, int status, int signal) {
    const Keeper *keeper = run->keeper;
    const char *name = signal_name(signal), *none = keeper->home.is_pm2 ? "SIGINT" : "none";
    log_line("App [%s:%lld] exited with code [%d] via signal [%s]", keeper->app->name, run->worker_id, status,
             signal ? (name ? name : "?") : none);
}

static void run_ended(void *owner, int status, int signal) {
    Run *run = owner;
    Worker *worker = run->worker;
    Keeper *keeper = run->keeper;
    run->exited = true;
    hang_up(run);
    close_input(run);
    uint64_t cpu_ms = process_cpu_ms(run->process);
    process_free(run->process);
    run->process = NULL;
    if (run->stopping) kill_kin(run, SIGKILL);
    output_close(run->out);
    output_close(run->error);
    run->out = run->error = NULL;
    tell_end(run, status, signal);
    keeper->last_exit_code = signal ? 128 + signal : status;
    if (worker) worker_announce(worker, "process", "exit", NULL);
    if (worker && worker->run == run) {
        worker->exit_code = status;
        worker->exit_signal = signal;
        worker->exit_cpu_ms = cpu_ms;
        worker->run = NULL;
        worker_handle(worker, EVENT_EXIT);
    } else if (worker && worker->successor == run) {
        worker_handle(worker, EVENT_NEXT_EXIT);
    }
    uv_close((uv_handle_t *)&run->timer, timer_closed);
}

void run_is_ready(Run *run) {
    if (run->ready) return;
    run->ready = true;
    if (!run->stopping) uv_timer_stop(&run->timer);
    Worker *worker = run->worker;
    if (!worker) return;
    if (worker->run == run)
        worker_handle(worker, EVENT_READY);
    else if (worker->successor == run)
        worker_handle(worker, EVENT_NEXT_READY);
}

static void message_came(void *owner, Slice payload, int fd) {
    Run *run = owner;
    if (fd >= 0) close(fd);
    json_t *message = json_loadb(payload.data, payload.len, JSON_DECODE_ANY, NULL);
    const char *text = json_string_value(message);
    if (text && strcmp(text, "ready") == 0 && run->keeper->app->wait_ready) run_is_ready(run);
    if (json_is_object(message)) report_take(run, message);
    if (message && run->worker) worker_announce(run->worker, "message", NULL, message);
    json_decref(message);
}

/* A Galley worker hangs up when its last connection is closed; whatever else keeps it alive is then asked to
 * end. Of Node that is not true in every version: there the preloaded script knows. */
static void channel_gone(void *owner, int error) {
    Run *run = owner;
    hang_up(run);
    if (run->draining && !run->exited && is_named(run->keeper->app->interpreter, "galley")) run_stop(run);
}

static const ChannelEvents channel_events = {.message = message_came, .closed = channel_gone};

/* Opens the channel, if this app is to have one; *child_fd is to be closed after the spawn. */
static int open_channel(Run *run, int *child_fd) {
    Keeper *keeper = run->keeper;
    int fds[2];
    *child_fd = -1;
    if (!speaks_messages(keeper->app)) return 0;
    int error = channel_pair(fds);
    if (error < 0) return error;
    run->channel = channel_open(keeper->loop, fds[0], CHANNEL_JSON, &channel_events, run);
    channel_set_max_message(run->channel, 64 << 20);
    run->channel_number = hold(keeper, fds[0]);
    if (keeper->app->is_cluster && keeper->primary)
        run->dealt = cluster_worker_new(keeper->primary, run->number, run->channel, run);
    *child_fd = fds[1];
    return 0;
}

/* For `attach`: what is typed there arrives here. */
static void open_input(Run *run, int *child_fd) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return;
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    run->input = ends[1];
    run->input_number = hold(run->keeper, ends[1]);
    *child_fd = ends[0];
}

bool run_type(Run *run, Slice text) {
    return run->input >= 0 && write(run->input, text.data, text.len) == (ssize_t)text.len;
}

static void late(uv_timer_t *timer) {
    Run *run = timer->data;
    /* A successor has another clock: who is late there is not taken. */
    if (run->worker && run->worker->successor == run) return;
    log_line("App [%s] did not say it was ready in time; taken as ready", run->keeper->app->name);
    run_is_ready(run);
}

static char *interpreter_path(const App *app, char **error) {
    if (strcmp(app->interpreter, "none") == 0) return NULL;
    if (strcmp(app->interpreter, "galley") != 0) return mem_strdup(app->interpreter);
    char *path = runtime_find();
    if (!path)
        *error = mem_strdup("the runtime galley-js is not installed; --interpreter node uses Node instead");
    return path;
}

static char *describe_failure(const App *app, const char *program, int error) {
    if (error == -ENOENT && access(app->cwd, X_OK) < 0)
        return mem_printf("cannot enter the folder %s: %s", app->cwd, strerror(errno));
    if (error == -ENOENT) return mem_printf("there is no program \"%s\"", program);
    return mem_printf("%s: %s", program, strerror(-error));
}

static void run_began(Run *run) {
    const Worker *worker = run->worker;
    bool is_successor = worker->run != NULL && worker->state == WORKER_ONLINE;
    const App *app = run->keeper->app;
    ProcFigures figures;
    run->pid = process_pid(run->process);
    run->started_at = clock_wall_ms();
    if (proc_read(run->pid, &figures)) run->start_ticks = figures.start_ticks;
    if (run->channel) channel_read_start(run->channel);
    output_attach(run->out, run->pid);
    output_attach(run->error, run->pid);
    if (app->wait_ready)
        wait_ms(run, app->listen_timeout ? app->listen_timeout : 3000, late);
    else if (!run->dealt && !(is_successor && app_can_overlap(run->keeper)))
        run->ready = true;
}

static Run *run_new(Keeper *keeper, long long worker_id, unsigned number) {
    Run *run = NEW(Run);
    *run = (Run){.keeper = keeper, .worker_id = worker_id, .number = number, .timer_open = true, .input = -1};
    list_append(&keeper->runs, &run->link);
    keeper->open_handles++;
    uv_timer_init(keeper->loop, &run->timer);
    run->timer.data = run;
    return run;
}

/* It never ran. */
static void run_discard(Run *run) {
    run->exited = true;
    hang_up(run);
    close_input(run);
    output_close(run->out);
    output_close(run->error);
    uv_close((uv_handle_t *)&run->timer, timer_closed);
}

Run *run_start(Worker *worker, char **error) {
    Keeper *keeper = worker->keeper;
    const App *app = keeper->app;
    char *interpreter = interpreter_path(app, error);
    if (*error) return NULL;
    Run *run = run_new(keeper, worker->id, ++keeper->last_run);
    run->worker = worker;

    int fds[5] = {-1, -1, -1, -1, -1};
    if (keeper->listen_fd >= 0) fds[CHILD_LISTEN_FD] = dup(keeper->listen_fd);
    run->out = output_open(worker, false, &fds[1]);
    run->error = output_open(worker, true, &fds[2]);
    open_input(run, &fds[0]);
    int failure = open_channel(run, &fds[CHILD_CHANNEL_FD]);
    char *preload = preload_path(app);
    char **args = command_line(app, interpreter, preload, keeper->listen_fd >= 0);
    char **env = environment_for(worker, run->channel ? CHILD_CHANNEL_FD : -1, run->number);
    ProcessOptions options = {
        .file = args[0],
        .args = args,
        .env = env,
        .cwd = app->cwd,
        .fds = fds,
        .fd_count = run->channel ? 5 : 4,
        .own_group = true,
        .files_limit = keeper->options.files_limit,
    };
    *error = set_identity(app, &options);
    if (!*error && !failure) failure = process_spawn(keeper->loop, &options, run_ended, run, &run->process);
    if (!*error && failure) *error = describe_failure(app, interpreter ? interpreter : app->script, failure);
    for (size_t i = 0; i < COUNT_OF(fds); i++)
        if (fds[i] > STDERR_FILENO) close(fds[i]);
    environment_free(env);
    mem_free(args);
    mem_free(preload);
    mem_free(interpreter);
    if (!*error) {
        run_began(run);
        return run;
    }
    run_discard(run);
    return NULL;
}

static void too_late(uv_timer_t *timer) {
    Run *run = timer->data;
    log_line("App [%s:%lld] pid %d is still there %llu ms after it was asked to stop: killing it",
             run->keeper->app->name, run->worker_id, (int)run->pid,
             (unsigned long long)run->keeper->app->kill_timeout);
    kill_kin(run, SIGKILL);
    if (run->process) process_kill(run->process, SIGKILL);
}

static void ask_to_stop(Run *run) {
    const App *app = run->keeper->app;
    static const char farewell[] = "\"shutdown\"";
    if (app->treekill && !run->kin) run->kin_count = proc_descendants(run->pid, &run->kin);
    if (app->shutdown_with_message && run->channel) {
        channel_send(run->channel, slice_from_str(farewell), NULL, NULL);
    } else {
        const char *name = getenv("PM2_KILL_SIGNAL");
        int signal = name ? signal_parse(name) : 0;
        kill_kin(run, signal ? signal : SIGINT);
        process_kill(run->process, signal ? signal : SIGINT);
    }
    wait_ms(run, app->kill_timeout, too_late);
}

void run_stop(Run *run) {
    if (!run->process || (run->stopping && !run->draining)) return;
    run->stopping = true;
    run->draining = false;
    ask_to_stop(run);
}

static void drained_too_long(uv_timer_t *timer) {
    run_stop(timer->data);
}

void run_retire(Run *run) {
    run->worker = NULL;
    if (!run->process) return;
    if (!run->dealt || cluster_worker_disconnect(run->dealt) < 0) {
        run_stop(run);
        return;
    }
    run->stopping = run->draining = true;
    wait_ms(run, run->keeper->app->drain_timeout, drained_too_long);
}

json_t *run_save(const Run *run) {
    json_t *saved = json_pack(
        "{sIsIsIsIsIsIsIsIsIsbsbsbsbsb}", "number", (json_int_t)run->number, "worker",
        (json_int_t)run->worker_id, "pid", (json_int_t)run->pid, "start", (json_int_t)run->start_ticks,
        "started_at", (json_int_t)run->started_at, "due", (json_int_t)run->due_ms, "channel",
        (json_int_t)run->channel_number, "input", (json_int_t)run->input_number, "connections",
        (json_int_t)run->connections, "online", (int)run->online, "listening", (int)run->listening, "ready",
        (int)run->ready, "stopping", (int)run->stopping, "draining", (int)run->draining);
    if (run->dealt) json_object_set_new(saved, "dealt", cluster_worker_save(run->dealt));
    if (run->metrics) json_object_set(saved, "metrics", run->metrics);
    if (run->actions) json_object_set(saved, "actions", run->actions);
    if (run->out) json_object_set_new(saved, "out", output_save(run->out));
    if (run->error) json_object_set_new(saved, "error", output_save(run->error));
    return saved;
}

static bool channel_restore(Run *run, const json_t *saved) {
    unsigned number = (unsigned)json_int(saved, "channel", 0);
    const json_t *dealt = json_object_get(saved, "dealt");
    if (!number) return true;
    int fd = legacy_take(run->keeper, number);
    if (fd < 0) return false;
    run->channel_number = number;
    run->channel = channel_open(run->keeper->loop, fd, CHANNEL_JSON, &channel_events, run);
    channel_set_max_message(run->channel, 64 << 20);
    if (dealt && run->keeper->primary)
        run->dealt = cluster_worker_restore(run->keeper->primary, dealt, run->channel, run);
    channel_read_start(run->channel);
    return true;
}

static bool streams_restore(Run *run, const json_t *saved) {
    run->input_number = (unsigned)json_int(saved, "input", 0);
    run->input = run->input_number ? legacy_take(run->keeper, run->input_number) : -1;
    if (run->input < 0) run->input_number = 0;
    run->out = output_restore(run->keeper, json_object_get(saved, "out"));
    run->error = output_restore(run->keeper, json_object_get(saved, "error"));
    return run->out && run->error;
}

static void timer_restore(Run *run) {
    uint64_t now = clock_steady_ms();
    uint64_t ms = run->due_ms > now ? run->due_ms - now : 0;
    if (run->stopping) wait_ms(run, ms, run->draining ? drained_too_long : too_late);
}

Run *run_restore(Keeper *keeper, const json_t *saved) {
    Run *run = run_new(keeper, json_int(saved, "worker", 0), (unsigned)json_int(saved, "number", 0));
    run->pid = (pid_t)json_int(saved, "pid", 0);
    run->start_ticks = (uint64_t)json_int(saved, "start", 0);
    run->started_at = (uint64_t)json_int(saved, "started_at", 0);
    run->due_ms = (uint64_t)json_int(saved, "due", 0);
    run->connections = (unsigned long)json_int(saved, "connections", 0);
    run->online = json_flag(saved, "online", true);
    run->listening = json_flag(saved, "listening", false);
    run->ready = json_flag(saved, "ready", true);
    run->stopping = json_flag(saved, "stopping", false);
    run->draining = json_flag(saved, "draining", false);
    run->metrics = json_incref(json_object_get(saved, "metrics"));
    run->actions = json_incref(json_object_get(saved, "actions"));
    bool whole = channel_restore(run, saved) && streams_restore(run, saved) &&
                 process_adopt(keeper->loop, run->pid, -1, run_ended, run, &run->process) == 0;
    if (!whole) {
        run_discard(run);
        return NULL;
    }
    output_attach(run->out, run->pid);
    output_attach(run->error, run->pid);
    timer_restore(run);
    return run;
}

void run_signal(Run *run, int signal) {
    if (run->process) process_kill(run->process, signal);
}

void run_sample(Run *run) {
    ProcFigures figures;
    if (run->exited || !proc_read(run->pid, &figures)) return;
    uint64_t now = clock_steady_ms();
    uint64_t since = run->sampled_at ? now - run->sampled_at : 0;
    run->rss_bytes = figures.rss_bytes;
    if (run->sampled_at && since < 200) return;
    if (since) run->cpu_percent = (double)(figures.cpu_ms - run->cpu_ms) * 100 / (double)since;
    run->cpu_ms = figures.cpu_ms;
    run->sampled_at = now;
}
