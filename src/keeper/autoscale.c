/* instances: "auto": as many workers as the load needs, between a least and a most. With a least of 0 an
 * app that nobody uses sleeps: its port stays open, and the first connection wakes it. */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "keeper/internal.h"

#include <unistd.h>

enum {
    TICK_MS = 1000,
    BUSY_PERCENT = 70, /* of a core, each worker on average */
    BUSY_TICKS = 2,
    CALM_PERCENT = 40, /* what each of one worker fewer would have */
    IDLE_PERCENT = 3,
    KNOCKS = 8,
};

typedef struct {
    uv_poll_t poll;
    int fd;
    struct Autoscale *scale;
} Knock;

struct Autoscale {
    Keeper *keeper;
    uv_timer_t timer;
    unsigned busy_ticks;
    uint64_t calm_since, idle_since; /* steady clock; 0: it is not */
    unsigned long dealt_before;
    Knock *knocks[KNOCKS];
    size_t knock_count;
};

static long long least(const App *app) {
    return json_object_get(app->config, "instances_min") ? app->instances_min : 1;
}

static long long most(const App *app) {
    long long count = app->instances_max > 0 ? app->instances_max : app_instances_resolve(0);
    return count > least(app) ? count : least(app);
}

long long autoscale_first_count(const App *app) {
    return least(app) > 0 ? least(app) : 1;
}

static void knock_closed(uv_handle_t *handle) {
    Knock *knock = handle->data;
    close(knock->fd);
    mem_free(knock);
}

static void close_knocks(struct Autoscale *scale) {
    for (size_t i = 0; i < scale->knock_count; i++)
        uv_close((uv_handle_t *)&scale->knocks[i]->poll, knock_closed);
    scale->knock_count = 0;
}

static Worker *sleeper(Keeper *keeper) {
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        if (worker->asleep) return worker;
    }
    return NULL;
}

static void wake(struct Autoscale *scale) {
    Worker *worker = sleeper(scale->keeper);
    close_knocks(scale);
    scale->idle_since = 0;
    if (!worker) return;
    log_line("App [%s:%lld] wakes for a connection", scale->keeper->app->name, worker->id);
    worker_handle(worker, EVENT_START);
}

static void on_knock(uv_poll_t *poll, int status, int events) {
    wake(((Knock *)poll->data)->scale);
}

static void listen_for_knocks(struct Autoscale *scale) {
    Keeper *keeper = scale->keeper;
    int fds[KNOCKS];
    size_t count = 0;
    if (keeper->listen_fd >= 0)
        fds[count++] = dup(keeper->listen_fd);
    else if (keeper->primary)
        count = cluster_primary_copy_listeners(keeper->primary, fds, KNOCKS);
    for (size_t i = 0; i < count; i++) {
        Knock *knock = NEW(Knock);
        knock->fd = fds[i];
        knock->scale = scale;
        uv_poll_init(keeper->loop, &knock->poll, fds[i]);
        knock->poll.data = knock;
        uv_poll_start(&knock->poll, UV_READABLE, on_knock);
        scale->knocks[scale->knock_count++] = knock;
    }
}

typedef struct {
    size_t online, all;
    double wanted_percent;
    unsigned long dealt;
} Load;

static double wanted_percent(Run *run) {
    uint64_t now = clock_steady_ns(), demand = proc_demand_ns(run->pid);
    double percent =
        run->demand_at ? (double)(demand - run->demand_ns) * 100 / (double)(now - run->demand_at) : 0;
    run->demand_at = now;
    run->demand_ns = demand;
    return percent;
}

static Load measure(Keeper *keeper) {
    Load load = {0};
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        load.all += !worker->doomed;
        if (worker->state != WORKER_ONLINE || worker->doomed) continue;
        load.online++;
        load.wanted_percent += wanted_percent(worker->run);
        load.dealt += worker->run->dealt ? cluster_worker_connections(worker->run->dealt) : 0;
    }
    return load;
}

static bool has_lasted(uint64_t *since, bool is_so, uint64_t ms) {
    uint64_t now = clock_steady_ms();
    if (!is_so)
        *since = 0;
    else if (!*since)
        *since = now;
    return is_so && now - *since >= ms;
}

static void grow_or_shrink(struct Autoscale *scale, const Load *load) {
    Keeper *keeper = scale->keeper;
    const App *app = keeper->app;
    double each = load->wanted_percent / (double)load->online;
    scale->busy_ticks = each >= BUSY_PERCENT ? scale->busy_ticks + 1 : 0;
    if (scale->busy_ticks >= BUSY_TICKS && (long long)load->all < most(app)) {
        log_line("App [%s] is busy (%.0f%% of a core each): one worker more", app->name, each);
        scale->busy_ticks = 0;
        keeper_set_count(keeper, (long long)load->all + 1);
        return;
    }
    bool could_be_fewer = (long long)load->all > autoscale_first_count(app) && load->all > 1 &&
                          load->wanted_percent / (double)(load->all - 1) < CALM_PERCENT;
    if (!has_lasted(&scale->calm_since, could_be_fewer, app->scale_down_delay)) return;
    log_line("App [%s] is calm: one worker less", app->name);
    scale->calm_since = 0;
    keeper_set_count(keeper, (long long)load->all - 1);
}

static void sleep_if_idle(struct Autoscale *scale, const Load *load) {
    Keeper *keeper = scale->keeper;
    bool unused = load->all == 1 && load->online == 1 && load->dealt == scale->dealt_before &&
                  load->wanted_percent < IDLE_PERCENT;
    scale->dealt_before = load->dealt;
    if (!has_lasted(&scale->idle_since, unused && least(keeper->app) == 0, keeper->app->scale_down_delay))
        return;
    Worker *worker = CONTAINER_OF(keeper->workers.next, Worker, link);
    log_line("App [%s:%lld] is not used: it sleeps until somebody connects", keeper->app->name, worker->id);
    worker_sleep(worker);
    listen_for_knocks(scale);
}

static void on_tick(uv_timer_t *timer) {
    struct Autoscale *scale = timer->data;
    Keeper *keeper = scale->keeper;
    Load load = measure(keeper);
    if (sleeper(keeper)) {
        if (keeper->primary && cluster_primary_has_waiting(keeper->primary))
            wake(scale);
        else if (!scale->knock_count)
            listen_for_knocks(scale); /* the keeper that put it to sleep is gone */
    } else if (scale->knock_count) {
        close_knocks(scale);
    } else if (load.online && load.online == load.all) {
        grow_or_shrink(scale, &load);
        sleep_if_idle(scale, &load);
    }
}

void autoscale_open(Keeper *keeper) {
    if (!keeper->app->instances_auto) return;
    struct Autoscale *scale = NEW(struct Autoscale);
    scale->keeper = keeper;
    uv_timer_init(keeper->loop, &scale->timer);
    scale->timer.data = scale;
    uv_timer_start(&scale->timer, on_tick, TICK_MS, TICK_MS);
    keeper->open_handles++;
    keeper->autoscale = scale;
}

static void on_closed(uv_handle_t *handle) {
    struct Autoscale *scale = handle->data;
    Keeper *keeper = scale->keeper;
    mem_free(scale);
    keeper->open_handles--;
    keeper_run_gone(keeper);
}

void autoscale_close(Keeper *keeper) {
    struct Autoscale *scale = keeper->autoscale;
    if (!scale) return;
    keeper->autoscale = NULL;
    close_knocks(scale);
    uv_close((uv_handle_t *)&scale->timer, on_closed);
}
