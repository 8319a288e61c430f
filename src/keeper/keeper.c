/* The keeper as a whole: taking up an app, its number of workers, and its end. */
#include "keeper/keeper.h"

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "keeper/internal.h"
#include "keeper/shared_names.h"
#include "sys/lock.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

Worker *keeper_worker(Keeper *keeper, long long id) {
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        if (worker->id == id) return worker;
    }
    return NULL;
}

size_t keeper_count(const Keeper *keeper) {
    size_t count = 0;
    LIST_EACH(&keeper->workers, Worker, link, worker) count += !worker->doomed;
    return count;
}

int keeper_exit_code(const Keeper *keeper) {
    return keeper->last_exit_code;
}

static long long free_index(const Keeper *keeper) {
    for (long long index = 0;; index++) {
        bool taken = false;
        LIST_EACH(&keeper->workers, Worker, link, worker) taken |= worker->index == index && !worker->doomed;
        if (!taken) return index;
    }
}

/* Ids that were saved come back if they were asked for; else each is new. */
static long long take_id(Keeper *keeper, long long index) {
    json_t *ids = json_object_get(keeper->app->config, "saved_ids");
    json_t *saved = json_array_get(ids, (size_t)index);
    if (!json_is_integer(saved)) return home_next_id(&keeper->home);
    home_reserve_id(&keeper->home, json_integer_value(saved));
    return json_integer_value(saved);
}

static Worker *add_worker(Keeper *keeper) {
    long long index = free_index(keeper);
    return worker_new(keeper, take_id(keeper, index), index);
}

void keeper_remove(Worker *worker) {
    worker->doomed = true;
    worker_announce(worker, "process", "delete", NULL);
    worker->wants_reload = false;
    if (worker->state == WORKER_STOPPED)
        keeper_changed(worker);
    else
        worker_handle(worker, EVENT_STOP);
}

static Worker *last_worker(Keeper *keeper) {
    Worker *last = NULL;
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        if (!worker->doomed && (!last || worker->index > last->index)) last = worker;
    }
    return last;
}

void keeper_scale(Keeper *keeper, long long count) {
    json_object_set_new(keeper->app->config, "instances", json_integer(count));
    keeper->app->instances = count;
    keeper->app->instances_auto = false;
    autoscale_close(keeper);
    config_save(keeper);
    keeper_set_count(keeper, count);
}

void keeper_set_count(Keeper *keeper, long long count) {
    while (keeper_count(keeper) < (size_t)count)
        worker_handle(add_worker(keeper), EVENT_START);
    while (keeper_count(keeper) > (size_t)count)
        keeper_remove(last_worker(keeper));
    keeper_check(keeper);
}

static void on_handle_closed(uv_handle_t *handle) {
    Keeper *keeper = handle->data;
    keeper->open_handles--;
    keeper_run_gone(keeper);
}

static void remove_traces(Keeper *keeper) {
    char *folder = home_app_path(&keeper->home, keeper->key, NULL);
    folder_remove(folder);
    mem_free(folder);
}

static void end(Keeper *keeper) {
    if (keeper->ended) return;
    keeper->ended = true;
    LIST_EACH(&keeper->workers, Worker, link, worker) worker_free(worker);
    wire_server_close(keeper->server);
    keeper->server = NULL;
    if (keeper->forgetting) remove_traces(keeper);
    shared_names_remove(keeper);
    requests_close(keeper);
    limits_close(keeper);
    autoscale_close(keeper);
    succession_close(keeper);
    if (keeper->primary) cluster_primary_free(keeper->primary);
    keeper->primary = NULL;
    holdings_free(keeper);
    uv_timer_t *timers[] = {&keeper->tick, &keeper->check_timer, &keeper->root_timer,
                            &keeper->leftover_timer};
    for (size_t i = 0; i < COUNT_OF(timers); i++)
        uv_close((uv_handle_t *)timers[i], on_handle_closed);
}

static bool is_quiet(const Keeper *keeper) {
    if (!list_is_empty(&keeper->runs)) return false;
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        if (worker->state != WORKER_STOPPED && worker->state != WORKER_ERRORED) return false;
    }
    return true;
}

void keeper_run_gone(Keeper *keeper) {
    if (keeper->quitting && !keeper->ended && is_quiet(keeper)) end(keeper);
    if (keeper->ended && keeper->open_handles == 0) keeper->options.ended(keeper->options.owner, keeper);
}

static void write_pid_file(Worker *worker) {
    const App *app = worker->keeper->app;
    char *path;
    pid_t pid = worker->run ? worker->run->pid : 0;
    if (pid == worker->pid_in_file) return;
    worker->pid_in_file = pid;
    if (app->pid_path && keeper_count(worker->keeper) == 1)
        path = mem_strdup(app->pid_path);
    else
        path = mem_printf("%s/pids/%s-%lld.pid", worker->keeper->home.path, worker->keeper->key, worker->id);
    if (worker->run) {
        char *text = mem_printf("%d", (int)worker->run->pid);
        file_replace(path, text, strlen(text), 0600);
        mem_free(text);
    } else {
        unlink(path);
    }
    mem_free(path);
}

static void announce(Keeper *keeper) {
    json_t *event = json_object();
    json_set_str(event, "event", "changed");
    json_set_str(event, "key", keeper->key);
    keeper_tell(keeper, event);
}

/* Not at once, because the change may be one of many in a walk over the workers. */
static void check(uv_timer_t *timer) {
    Keeper *keeper = timer->data;
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        bool resting = worker->state == WORKER_STOPPED || worker->state == WORKER_ERRORED;
        if (worker->doomed && resting) worker_free(worker);
    }
    if (!keeper->quitting) state_save(keeper);
    announce(keeper);
    requests_check(keeper);
    if (list_is_empty(&keeper->workers) && keeper->begun && !keeper->quitting) {
        keeper->forgetting = true;
        keeper_quit(keeper);
    }
}

void keeper_check(Keeper *keeper) {
    if (!keeper->ended) uv_timer_start(&keeper->check_timer, check, 0, 0);
}

void keeper_changed(Worker *worker) {
    Keeper *keeper = worker->keeper;
    if (keeper->ended) return;
    write_pid_file(worker);
    keeper_check(keeper);
}

void keeper_quit(Keeper *keeper) {
    keeper->quitting = true;
    LIST_EACH(&keeper->workers, Worker, link, worker) worker_handle(worker, EVENT_STOP);
    keeper_run_gone(keeper);
}

static void begin_again(uv_timer_t *timer) {
    keeper_begin(timer->data);
}

/* That of a keeper that died may be taken for as long as one of its processes lives. */
static bool has_port(Keeper *keeper) {
    char *problem = port_open(keeper);
    if (!problem) return true;
    log_line("App [%s]: %s; trying again", keeper->app->name, problem);
    mem_free(problem);
    uv_timer_start(&keeper->leftover_timer, begin_again, 500, 0);
    return false;
}

void keeper_begin(Keeper *keeper) {
    if (keeper->quitting || !has_port(keeper)) return;
    json_t *wanted = keeper->wanted;
    keeper->wanted = NULL;
    if (list_is_empty(&keeper->workers)) {
        long long count = keeper->app->instances_auto ? autoscale_first_count(keeper->app)
                                                      : app_instances_resolve(keeper->app->instances);
        for (long long i = 0; i < count; i++) {
            Worker *worker = add_worker(keeper);
            if (keeper->app->autostart) json_array_append_new(wanted, json_integer(worker->id));
        }
        json_object_del(keeper->app->config, "saved_ids");
        config_save(keeper);
    }
    size_t i;
    json_t *id;
    json_array_foreach(wanted, i, id) {
        Worker *worker = keeper_worker(keeper, json_integer_value(id));
        if (worker && worker->state == WORKER_STOPPED) worker_handle(worker, EVENT_START);
    }
    json_decref(wanted);
    keeper->begun = true;
    keeper_check(keeper);
}

static void worker_online(void *owner, ClusterWorker *dealt) {
    Run *run = cluster_worker_data(dealt);
    run->online = true;
    if (run->worker && run->worker->run == run && !run->keeper->app->wait_ready)
        worker_handle(run->worker, EVENT_READY);
}

static void worker_listening(void *owner, ClusterWorker *dealt, const ClusterAddress *where) {
    Run *run = cluster_worker_data(dealt);
    run->listening = true;
    if (!run->keeper->app->wait_ready) run_is_ready(run);
}

static unsigned socket_held(void *owner, int fd) {
    return hold(owner, fd);
}

static void socket_let_go(void *owner, unsigned number) {
    let_go(owner, number);
}

/* At once: who has asked for a socket must be known to a successor before he has it. */
static void sockets_changed(void *owner) {
    Keeper *keeper = owner;
    if (!keeper->quitting && keeper->begun) state_save(keeper);
}

static const ClusterEvents cluster_events = {.online = worker_online,
                                             .listening = worker_listening,
                                             .held = socket_held,
                                             .let_go = socket_let_go,
                                             .changed = sockets_changed};

static void lead(Keeper *keeper) {
    if (!keeper->app->is_cluster || keeper->primary) return;
    ClusterOptions options = {.policy = CLUSTER_ROUND_ROBIN, .keep_listeners = true};
    keeper->primary = cluster_primary_new(keeper->loop, &options, &cluster_events, keeper);
}

bool keeper_set_config(Keeper *keeper, const json_t *config, char **error) {
    App *app = app_new(config, error);
    if (!app) return false;
    app_free(keeper->old_app);
    keeper->old_app = keeper->app;
    keeper->app = app;
    limits_close(keeper);
    limits_open(keeper);
    autoscale_close(keeper);
    autoscale_open(keeper);
    lead(keeper);
    config_save(keeper);
    return true;
}

static App *read_app(const Keeper *keeper, char **error) {
    char *path = home_app_path(&keeper->home, keeper->key, APP_FILE);
    Bytes text = {0};
    int failure = file_read(path, 16 << 20, &text);
    json_t *config = failure ? NULL : json_loadb(text.data ? text.data : "", text.len, 0, NULL);
    App *app = config ? app_new(config, error) : NULL;
    if (!config) *error = mem_printf("%s: %s", path, failure ? strerror(failure) : "is damaged");
    json_decref(config);
    bytes_free(&text);
    mem_free(path);
    return app;
}

static void on_connection(void *owner, int fd) {
    requests_open(owner, fd);
}

static void take_lock(Keeper *keeper) {
    char *path = home_app_path(&keeper->home, keeper->key, KEEPER_LOCK);
    keeper->lock = legacy_take(keeper, HELD_LOCK);
    if (keeper->lock < 0) keeper->lock = lock_take(path, false);
    mem_free(path);
}

static bool has_state(const Keeper *keeper) {
    char *path = home_app_path(&keeper->home, keeper->key, STATE_FILE);
    bool exists = access(path, F_OK) == 0;
    mem_free(path);
    return exists;
}

static void open_server(Keeper *keeper, char **error) {
    char *folder = home_app_path(&keeper->home, keeper->key, NULL);
    int failure = 0, fd = legacy_take(keeper, HELD_SERVER);
    if (fd >= 0)
        keeper->server =
            wire_server_adopt(keeper->loop, folder, KEEPER_SOCKET, fd, on_connection, keeper, &failure);
    else
        keeper->server =
            wire_server_open(keeper->loop, folder, KEEPER_SOCKET, on_connection, keeper, &failure);
    mem_free(folder);
    if (failure) *error = mem_printf("cannot listen in %s: %s", keeper->key, strerror(failure));
}

static void discard(Keeper *keeper) {
    holdings_free(keeper);
    legacy_close(keeper);
    if (keeper->lock >= 0) close(keeper->lock);
    if (keeper->listen_fd >= 0) close(keeper->listen_fd);
    app_free(keeper->app);
    home_close(&keeper->home);
    mem_free(keeper->key);
    mem_free(keeper->read_buffer);
    mem_free(keeper);
}

Keeper *keeper_open(uv_loop_t *loop, const Home *home, const char *key, KeeperOptions options, char **error) {
    Keeper *keeper = NEW(Keeper);
    *keeper = (Keeper){
        .loop = loop,
        .home = {mem_strdup(home->path), home->is_pm2},
        .key = mem_strdup(key),
        .options = options,
        .listen_fd = -1,
        .opened_at = time(NULL),
        .lock = -1
    };
    List *lists[] = {&keeper->workers, &keeper->runs,      &keeper->clients,
                     &keeper->jobs,    &keeper->leftovers, &keeper->holdings};
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        list_init(lists[i]);
    legacy_open(keeper);
    take_lock(keeper);
    *error = keeper->lock == -EWOULDBLOCK ? mem_strdup("another keeper has it") : NULL;
    if (!*error) keeper->app = read_app(keeper, error);
    if (!*error && !has_state(keeper)) *error = port_open(keeper);
    if (!*error) open_server(keeper, error);
    if (*error) {
        discard(keeper);
        return NULL;
    }
    uv_timer_t *timers[] = {&keeper->tick, &keeper->check_timer, &keeper->root_timer,
                            &keeper->leftover_timer};
    for (size_t i = 0; i < COUNT_OF(timers); i++) {
        uv_timer_init(loop, timers[i]);
        timers[i]->data = keeper;
        keeper->open_handles++;
    }
    lead(keeper);
    limits_open(keeper);
    autoscale_open(keeper);
    state_load(keeper);
    leftovers_end(keeper);
    if (list_is_empty(&keeper->runs) && list_is_empty(&keeper->leftovers)) shared_names_remove(keeper);
    return keeper;
}

void keeper_free(Keeper *keeper) {
    json_decref(keeper->wanted);
    app_free(keeper->old_app);
    discard(keeper);
}

static void root_came(void *owner, int status, int signal) {
    Process **process = owner;
    process_free(*process);
    mem_free(process);
}

static void start_root(uv_timer_t *timer) {
    Keeper *keeper = timer->data;
    if (requests_have_root(keeper) || keeper->quitting) return;
    char *args[] = {"galley-root", "@root", keeper->home.path, keeper->home.is_pm2 ? "pm2" : "galley", NULL};
    int fds[] = {-1, -1, STDERR_FILENO};
    ProcessOptions options = {
        .file = "/proc/self/exe", .args = args, .fds = fds, .fd_count = 3, .detached = true};
    Process **process = NEW(Process *);
    int error = process_spawn(keeper->loop, &options, root_came, process, process);
    if (!error) return;
    log_line("Cannot start a new root: %s", strerror(-error));
    mem_free(process);
}

/* A little later, by chance, because all other keepers have lost it too and one root is enough. */
void keeper_root_lost(Keeper *keeper) {
    if (keeper->quitting || keeper->ended || keeper->options.foreground) return;
    uv_timer_start(&keeper->root_timer, start_root, 100 + (uint64_t)(getpid() % 16) * 10, 0);
}

static void on_ended(void *owner, Keeper *keeper) {
    uv_stop(keeper->loop);
}

static void on_signal(uv_signal_t *handle, int signal) {
    Keeper *keeper = handle->data;
    if (!keeper->quitting) keeper_quit(keeper);
}

int keeper_run(const char *home_path, const char *key, bool is_pm2) {
    Home home;
    uv_loop_t loop;
    char *error = NULL;
    prctl(PR_SET_NAME, "galley-keeper");
    signal(SIGPIPE, SIG_IGN);
    if (home_open(&home, home_path, is_pm2) != 0 || uv_loop_init(&loop) != 0) return EXIT_FAILURE;
    KeeperOptions options = {.ended = on_ended, .files_limit = process_files_raise()};
    Keeper *keeper = keeper_open(&loop, &home, key, options, &error);
    if (!keeper) {
        bool taken = strstr(error, "another keeper") != NULL;
        if (!taken) log_line("App [%s] cannot be kept: %s", key, error);
        mem_free(error);
        home_close(&home);
        uv_loop_close(&loop);
        return taken ? KEEPER_EXIT_TAKEN : EXIT_FAILURE;
    }
    uv_signal_t signals[2];
    const int numbers[] = {SIGTERM, SIGINT};
    for (size_t i = 0; i < COUNT_OF(signals); i++) {
        uv_signal_init(&loop, &signals[i]);
        signals[i].data = keeper;
        uv_signal_start(&signals[i], on_signal, numbers[i]);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    for (size_t i = 0; i < COUNT_OF(signals); i++)
        uv_close((uv_handle_t *)&signals[i], NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    keeper_free(keeper);
    home_close(&home);
    uv_loop_close(&loop);
    return EXIT_SUCCESS;
}
