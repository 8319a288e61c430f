/* The supervision of one worker as a table: what to do in each state when each thing happens. Every
 * state answers every event, and each answer is a function that reads like a sentence. */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "keeper/internal.h"

#include <signal.h>
#include <string.h>

static const char *const status_names[WORKER_STATES] = {
    [WORKER_STOPPED] = "stopped",   [WORKER_LAUNCHING] = "launching", [WORKER_ONLINE] = "online",
    [WORKER_STOPPING] = "stopping", [WORKER_RESTARTING] = "stopping", [WORKER_WAITING] = "waiting restart",
    [WORKER_ERRORED] = "errored",   [WORKER_RELOADING] = "online",
};

const char *worker_status(const Worker *worker) {
    return worker->asleep && worker->state == WORKER_STOPPED ? "sleeping" : status_names[worker->state];
}

bool worker_is_settled(const Worker *worker) {
    return worker->state == WORKER_STOPPED || worker->state == WORKER_ERRORED ||
           worker->state == WORKER_WAITING || (worker->state == WORKER_ONLINE && !worker->wants_reload);
}

static void become(Worker *worker, WorkerState state) {
    if (worker->state == state) return;
    worker->state = state;
    if (state == WORKER_ONLINE && !worker->online_since) worker->online_since = clock_wall_ms();
    keeper_changed(worker);
}

static void tell(const Worker *worker, const char *what) {
    worker_announce(worker, "process", what, NULL);
}

static void on_timer(uv_timer_t *timer) {
    worker_handle(timer->data, EVENT_TIMER);
}

static void wait_ms(Worker *worker, uint64_t ms) {
    worker->due_ms = clock_steady_ms() + ms;
    uv_timer_start(&worker->timer, on_timer, ms, 0);
}

static void ignore(Worker *worker) {}

static void say_problem(Worker *worker, char *problem) {
    log_line("App [%s:%lld] cannot be started: %s", worker->keeper->app->name, worker->id, problem);
    mem_free(worker->problem);
    worker->problem = problem;
}

static void launch(Worker *worker) {
    char *problem = NULL;
    worker->asleep = false;
    uv_timer_stop(&worker->timer);
    worker->online_since = 0;
    worker->run = run_start(worker, &problem);
    if (!worker->run) {
        say_problem(worker, problem);
        become(worker, WORKER_ERRORED);
        return;
    }
    mem_free(worker->problem);
    worker->problem = NULL;
    log_line("App [%s:%lld] starting in -%s-", worker->keeper->app->name, worker->id,
             worker->keeper->app->is_cluster ? "cluster mode" : "fork mode");
    worker->online_since = worker->run->started_at;
    become(worker, WORKER_LAUNCHING);
    if (worker->run->ready) worker_handle(worker, EVENT_READY);
}

static void launch_afresh(Worker *worker) {
    worker->unstable_restarts = 0;
    worker->backoff_ms = 0;
    worker->created_at = clock_wall_ms();
    tell(worker, "start");
    launch(worker);
}

static void launch_again(Worker *worker) {
    worker->restarts++;
    tell(worker, "restart");
    launch(worker);
}

static void launch_by_hand(Worker *worker) {
    worker->unstable_restarts = 0;
    worker->backoff_ms = 0;
    launch_again(worker);
}

static void go_online(Worker *worker) {
    log_line("App [%s:%lld] online", worker->keeper->app->name, worker->id);
    become(worker, WORKER_ONLINE);
    tell(worker, "online");
    if (worker->wants_reload) reload_next(worker->keeper);
}

static void stop(Worker *worker) {
    worker->wants_reload = false;
    become(worker, WORKER_STOPPING);
    run_stop(worker->run);
}

static void stop_then_launch(Worker *worker) {
    become(worker, WORKER_RESTARTING);
    run_stop(worker->run);
}

static void launch_after_all(Worker *worker) {
    become(worker, WORKER_RESTARTING);
}
static void stop_after_all(Worker *worker) {
    become(worker, WORKER_STOPPING);
}

static void rest(Worker *worker) {
    uv_timer_stop(&worker->timer);
    worker->wants_reload = false;
    worker->backoff_ms = 0;
    become(worker, WORKER_STOPPED);
    tell(worker, "stop");
}

static bool exit_means_stop(const Worker *worker) {
    const App *app = worker->keeper->app;
    if (!app->autorestart) return true;
    for (size_t i = 0; i < app->stop_exit_codes.count; i++)
        if (!worker->exit_signal && app->stop_exit_codes.items[i] == worker->exit_code) return true;
    return false;
}

/* Without a delay of the app's own, one that keeps crashing is restarted at once the first time and then ever
 * more slowly, and never so soon that its starts take more than a hundredth of a core. PM2's scripts look for
 * one that is given up after some seconds. */
static uint64_t crash_delay_ms(const Worker *worker) {
    const uint64_t most = 1000, most_for_cpu = 15000;
    if (worker->unstable_restarts < 2) return 0;
    uint64_t ms = 25, for_cpu = worker->keeper->home.is_pm2 ? 0 : worker->exit_cpu_ms * 125;
    for (unsigned i = 2; i < worker->unstable_restarts && ms < most; i++)
        ms *= 2;
    if (ms > most) ms = most;
    if (for_cpu > most_for_cpu) for_cpu = most_for_cpu;
    return ms > for_cpu ? ms : for_cpu;
}

static uint64_t restart_delay_ms(Worker *worker) {
    const App *app = worker->keeper->app;
    if (app->exp_backoff) {
        const uint64_t most = 15000;
        worker->backoff_ms = worker->backoff_ms ? worker->backoff_ms * 3 / 2 : app->exp_backoff;
        if (worker->backoff_ms > most) worker->backoff_ms = most;
        return worker->backoff_ms;
    }
    return app->restart_delay ? app->restart_delay : crash_delay_ms(worker);
}

static void recover(Worker *worker) {
    const App *app = worker->keeper->app;
    uint64_t lived = clock_wall_ms() - worker->online_since;
    if (exit_means_stop(worker)) {
        rest(worker);
        return;
    }
    if (lived < app->min_uptime)
        worker->unstable_restarts++;
    else
        worker->unstable_restarts = 0;
    if (worker->unstable_restarts && worker->unstable_restarts >= app->max_restarts && !app->exp_backoff) {
        log_line("Script %s had too many unstable restarts (%u). Stopped. \"errored\"", app->script,
                 worker->unstable_restarts);
        become(worker, WORKER_ERRORED);
        tell(worker, "restart overlimit");
        return;
    }
    worker->delay_ms = restart_delay_ms(worker);
    if (!worker->delay_ms) {
        launch_again(worker);
        return;
    }
    wait_ms(worker, worker->delay_ms);
    become(worker, WORKER_WAITING);
}

/* A program of another language does not tell that it listens: it is taken when it has lived for a second. */
static uint64_t reload_patience_ms(const Worker *worker) {
    const App *app = worker->keeper->app;
    bool served = worker->run && worker->run->listening;
    if (app->listen_timeout) return app->listen_timeout;
    if (!app->is_cluster && !app->wait_ready) return 1000;
    return served || app->wait_ready ? 30000 : 3000;
}

/* A fork cannot have two processes on its port, so its reload is a restart; see reload.c. */
static void launch_successor(Worker *worker) {
    char *problem = NULL;
    worker->wants_reload = false;
    worker->reload_failed = false;
    if (!app_can_overlap(worker->keeper)) {
        stop_then_launch(worker);
        return;
    }
    worker->successor = run_start(worker, &problem);
    if (!worker->successor) {
        say_problem(worker, problem);
        worker->reload_failed = true;
        keeper_changed(worker);
        return;
    }
    become(worker, WORKER_RELOADING);
    wait_ms(worker, reload_patience_ms(worker));
}

static void hand_over(Worker *worker) {
    Run *old = worker->run;
    uv_timer_stop(&worker->timer);
    worker->run = worker->successor;
    worker->successor = NULL;
    worker->online_since = worker->run->started_at;
    worker->restarts++;
    if (old) run_retire(old);
    log_line("App [%s:%lld] reloaded", worker->keeper->app->name, worker->id);
    become(worker, WORKER_ONLINE);
    reload_next(worker->keeper);
}

static void drop_successor(Worker *worker) {
    uv_timer_stop(&worker->timer);
    worker->successor->worker = NULL;
    run_stop(worker->successor);
    worker->successor = NULL;
}

static void roll_back(Worker *worker) {
    log_line("App [%s:%lld] the new process did not come up: the old one keeps serving",
             worker->keeper->app->name, worker->id);
    if (!worker->successor->exited) drop_successor(worker);
    worker->successor = NULL;
    uv_timer_stop(&worker->timer);
    worker->reload_failed = true;
    become(worker, WORKER_ONLINE);
    reload_next(worker->keeper);
}

/* A process that serves nothing, as the one before it, is as good as it gets once it runs, unless the app
 * promised to say when it is ready. */
static void hand_over_or_back(Worker *worker) {
    bool did_serve = worker->run && worker->run->listening;
    bool runs = worker->successor->online || !worker->successor->dealt;
    if (runs && !did_serve && !worker->keeper->app->wait_ready)
        hand_over(worker);
    else
        roll_back(worker);
}

static void promote_successor(Worker *worker) {
    uv_timer_stop(&worker->timer);
    worker->run = worker->successor;
    worker->successor = NULL;
    worker->restarts++;
    worker->online_since = worker->run->started_at;
    become(worker, WORKER_LAUNCHING);
    if (worker->run->ready) worker_handle(worker, EVENT_READY);
    reload_next(worker->keeper);
}

static void stop_both(Worker *worker) {
    drop_successor(worker);
    stop(worker);
}

static void restart_both(Worker *worker) {
    drop_successor(worker);
    stop_then_launch(worker);
}

void worker_sleep(Worker *worker) {
    Run *run = worker->run;
    if (worker->state != WORKER_ONLINE) return;
    worker->run = NULL;
    worker->asleep = true;
    run_retire(run);
    become(worker, WORKER_STOPPED);
}

/* It is not to be woken any more. */
static void sleep_no_more(Worker *worker) {
    worker->asleep = false;
    keeper_changed(worker);
}

typedef void (*Action)(Worker *worker);

/* clang-format off */
static const Action actions[WORKER_STATES][WORKER_EVENTS] = {
    /*                     START             STOP             RESTART           RELOAD            READY      EXIT          TIMER              NEXT_READY NEXT_EXIT */
    [WORKER_STOPPED]    = {launch_afresh,    sleep_no_more,   launch_by_hand,   launch_by_hand,   ignore,    ignore,       ignore,            ignore,    ignore},
    [WORKER_LAUNCHING]  = {ignore,           stop,            stop_then_launch, stop_then_launch, go_online, recover,      ignore,            ignore,    ignore},
    [WORKER_ONLINE]     = {ignore,           stop,            stop_then_launch, launch_successor, ignore,    recover,      ignore,            ignore,    ignore},
    [WORKER_STOPPING]   = {launch_after_all, ignore,          launch_after_all, launch_after_all, ignore,    rest,         ignore,            ignore,    ignore},
    [WORKER_RESTARTING] = {ignore,           stop_after_all,  ignore,           ignore,           ignore,    launch_by_hand, ignore,          ignore,    ignore},
    [WORKER_WAITING]    = {launch_again,     rest,            launch_by_hand,   launch_by_hand,   ignore,    ignore,       launch_again,      ignore,    ignore},
    [WORKER_ERRORED]    = {launch_afresh,    rest,            launch_by_hand,   launch_by_hand,   ignore,    ignore,       ignore,            ignore,    ignore},
    [WORKER_RELOADING]  = {ignore,           stop_both,       restart_both,     ignore,           ignore,    promote_successor, hand_over_or_back, hand_over, roll_back},
};
/* clang-format on */

void worker_handle(Worker *worker, WorkerEvent event) {
    actions[worker->state][event](worker);
}

Worker *worker_new(Keeper *keeper, long long id, long long index) {
    Worker *worker = NEW(Worker);
    *worker = (Worker){.keeper = keeper, .id = id, .index = index, .created_at = clock_wall_ms()};
    uv_timer_init(keeper->loop, &worker->timer);
    worker->timer.data = worker;
    list_append(&keeper->workers, &worker->link);
    return worker;
}

/* Only a process that serves is taken over; in all other states a new one is as good. */
static const struct {
    WorkerState state;
    const char *name;
} lasting[] = {
    {WORKER_STOPPED, "stopped"},
    {WORKER_WAITING, "waiting"},
    {WORKER_ERRORED, "errored"},
};

static bool is_wanted(const Worker *worker) {
    return worker->state != WORKER_STOPPED && worker->state != WORKER_STOPPING &&
           worker->state != WORKER_ERRORED;
}

json_t *worker_save(const Worker *worker) {
    const char *state = is_wanted(worker) ? "up" : "stopped";
    for (size_t i = 0; i < COUNT_OF(lasting); i++)
        if (lasting[i].state == worker->state) state = lasting[i].name;
    bool serves = worker->state == WORKER_ONLINE || worker->state == WORKER_RELOADING;
    json_t *saved = json_pack(
        "{sIsIsssIsIsIsIsIsIsIsisisb}", "id", (json_int_t)worker->id, "index", (json_int_t)worker->index,
        "state", state, "restarts", (json_int_t)worker->restarts, "unstable",
        (json_int_t)worker->unstable_restarts, "created_at", (json_int_t)worker->created_at, "online_since",
        (json_int_t)worker->online_since, "backoff", (json_int_t)worker->backoff_ms, "delay",
        (json_int_t)worker->delay_ms, "due", (json_int_t)worker->due_ms, "exit_code", worker->exit_code,
        "exit_signal", worker->exit_signal, "asleep", (int)worker->asleep);
    if (worker->problem) json_set_str(saved, "problem", worker->problem);
    if (serves && worker->run) json_object_set_new(saved, "run", json_integer(worker->run->number));
    return saved;
}

static uint64_t ms_until(uint64_t due_ms) {
    uint64_t now = clock_steady_ms();
    return due_ms > now ? due_ms - now : 0;
}

static void state_restore(Worker *worker, const json_t *saved) {
    const char *name = json_str(saved, "state");
    for (size_t i = 0; i < COUNT_OF(lasting); i++)
        if (name && strcmp(name, lasting[i].name) == 0) worker->state = lasting[i].state;
    if (worker->state == WORKER_WAITING) wait_ms(worker, ms_until((uint64_t)json_int(saved, "due", 0)));
}

Worker *worker_restore(Keeper *keeper, const json_t *saved, Run *run) {
    Worker *worker = worker_new(keeper, json_int(saved, "id", 0), json_int(saved, "index", 0));
    const char *problem = json_str(saved, "problem");
    worker->restarts = (unsigned)json_int(saved, "restarts", 0);
    worker->unstable_restarts = (unsigned)json_int(saved, "unstable", 0);
    worker->created_at = (uint64_t)json_int(saved, "created_at", (long long)worker->created_at);
    worker->online_since = (uint64_t)json_int(saved, "online_since", 0);
    worker->backoff_ms = (uint64_t)json_int(saved, "backoff", 0);
    worker->delay_ms = (uint64_t)json_int(saved, "delay", 0);
    worker->exit_code = (int)json_int(saved, "exit_code", 0);
    worker->exit_signal = (int)json_int(saved, "exit_signal", 0);
    worker->problem = problem ? mem_strdup(problem) : NULL;
    worker->asleep = json_flag(saved, "asleep", false);
    if (run) {
        worker->state = WORKER_ONLINE;
        worker->run = run;
        worker->pid_in_file = run->pid;
        run->worker = worker;
    } else {
        state_restore(worker, saved);
    }
    return worker;
}

static void on_closed(uv_handle_t *handle) {
    Worker *worker = handle->data;
    Keeper *keeper = worker->keeper;
    mem_free(worker->problem);
    mem_free(worker->version);
    mem_free(worker);
    keeper->open_handles--;
    keeper_run_gone(keeper);
}

void worker_free(Worker *worker) {
    link_remove(&worker->link);
    worker->keeper->open_handles++;
    uv_close((uv_handle_t *)&worker->timer, on_closed);
}
