/* What restarts a worker without anybody asking: too much memory, the hour (cron), a changed file. */
#include "base/clock.h"
#include "base/cron.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/units.h"
#include "keeper/internal.h"
#include "keeper/watch.h"

#include <string.h>
#include <time.h>

#define TICK_MS 5000

struct Limits {
    Keeper *keeper;
    uv_timer_t cron_timer;
    Cron cron;
    time_t cron_due;
    uv_timer_t watch_timer; /* changes gather until it strikes */
    Watch *watch;
    int open_handles;
};

static void restart_all(Keeper *keeper) {
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        if (worker->state != WORKER_STOPPED && worker->state != WORKER_ERRORED)
            worker_handle(worker, EVENT_RESTART);
    }
}

static void check_memory(Keeper *keeper, Worker *worker) {
    uint64_t limit = keeper->app->max_memory;
    if (!limit || worker->state != WORKER_ONLINE || worker->run->rss_bytes <= limit) return;
    /* What is shared with others would not be freed, and costs time to find out: only now. */
    uint64_t bytes = proc_pss_bytes(worker->run->pid);
    if (!bytes) bytes = worker->run->rss_bytes;
    if (bytes <= limit) return;
    Bytes has = {0};
    size_print(&has, bytes);
    log_line("App [%s:%lld] has %s of memory, more than it may have: restarting it", keeper->app->name,
             worker->id, has.data);
    bytes_free(&has);
    worker->wants_reload = true;
}

static void on_tick(uv_timer_t *timer) {
    Keeper *keeper = timer->data;
    bool wanted = false;
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        if (!worker->run) continue;
        run_sample(worker->run);
        check_memory(keeper, worker);
        wanted |= worker->wants_reload;
    }
    if (wanted) reload_next(keeper);
    output_rotate_due(keeper);
}

static void cron_arm(struct Limits *limits);

static void cron_strikes(uv_timer_t *timer) {
    struct Limits *limits = timer->data;
    if (time(NULL) >= limits->cron_due) {
        log_line("App [%s] is restarted by its cron_restart", limits->keeper->app->name);
        /* A stopped app that has a time table starts at that time, as PM2's does. */
        LIST_EACH(&limits->keeper->workers, Worker, link, worker) worker_handle(worker, EVENT_RESTART);
    }
    cron_arm(limits);
}

/* At most an hour at a time, so that a clock that is set does not make it late for long. */
static void cron_arm(struct Limits *limits) {
    const time_t longest = 3600;
    limits->cron_due = cron_next(&limits->cron, time(NULL));
    if (limits->cron_due < 0) return;
    uint64_t due_ms = (uint64_t)limits->cron_due * 1000, now = clock_wall_ms();
    uint64_t ms = due_ms > now ? due_ms - now + 1 : 1;
    uv_timer_start(&limits->cron_timer, cron_strikes,
                   ms > (uint64_t)longest * 1000 ? (uint64_t)longest * 1000 : ms, 0);
}

static void change_settled(uv_timer_t *timer) {
    struct Limits *limits = timer->data;
    restart_all(limits->keeper);
}

static void file_changed(void *owner, const char *path) {
    struct Limits *limits = owner;
    if (!uv_is_active((uv_handle_t *)&limits->watch_timer))
        log_line("Change detected on path %s for app %s - restarting", path, limits->keeper->app->name);
    uint64_t delay = limits->keeper->app->watch_delay;
    uv_timer_start(&limits->watch_timer, change_settled, delay ? delay : 100, 0);
}

void limits_open(Keeper *keeper) {
    const App *app = keeper->app;
    struct Limits *limits = NEW(struct Limits);
    limits->keeper = keeper;
    uv_timer_t *timers[] = {&limits->cron_timer, &limits->watch_timer};
    for (size_t i = 0; i < COUNT_OF(timers); i++) {
        uv_timer_init(keeper->loop, timers[i]);
        timers[i]->data = limits;
        limits->open_handles++;
        keeper->open_handles++;
    }
    keeper->limits = limits;
    if (app->cron && !cron_parse(app->cron, &limits->cron)) cron_arm(limits);
    if (app->watch)
        limits->watch =
            watch_open(keeper->loop, app->cwd, app->watch_paths, app->ignore_watch, file_changed, limits);
    uv_timer_start(&keeper->tick, on_tick, TICK_MS, TICK_MS);
}

static void on_closed(uv_handle_t *handle) {
    struct Limits *limits = handle->data;
    Keeper *keeper = limits->keeper;
    if (--limits->open_handles == 0) mem_free(limits);
    keeper->open_handles--;
    keeper_run_gone(keeper);
}

void limits_close(Keeper *keeper) {
    struct Limits *limits = keeper->limits;
    if (!limits) return;
    keeper->limits = NULL;
    watch_close(limits->watch);
    uv_timer_stop(&keeper->tick);
    uv_close((uv_handle_t *)&limits->cron_timer, on_closed);
    uv_close((uv_handle_t *)&limits->watch_timer, on_closed);
}
