/* Reload: every worker gets a new process before its old one leaves, a few at a time. If a new one does
 * not come up, the rest is left as it is and the old declaration is taken back. */
#include "base/log.h"
#include "keeper/internal.h"

static size_t under_way(const Keeper *keeper) {
    size_t count = 0;
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        bool starting = worker->state == WORKER_LAUNCHING || worker->state == WORKER_RESTARTING;
        count += worker->state == WORKER_RELOADING || (starting && !app_can_overlap(keeper));
    }
    return count;
}

static bool has_failed(const Keeper *keeper) {
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        if (worker->reload_failed) return true;
    }
    return false;
}

static Worker *next_in_turn(Keeper *keeper) {
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        if (worker->wants_reload && worker->state == WORKER_ONLINE) return worker;
    }
    return NULL;
}

static void give_up(Keeper *keeper) {
    LIST_EACH(&keeper->workers, Worker, link, worker) worker->wants_reload = false;
    if (!keeper->old_app) return;
    log_line("App [%s] goes on with its old declaration", keeper->app->name);
    app_free(keeper->app);
    keeper->app = keeper->old_app;
    keeper->old_app = NULL;
    config_save(keeper);
}

void reload_settle(Keeper *keeper) {
    app_free(keeper->old_app);
    keeper->old_app = NULL;
}

void reload_next(Keeper *keeper) {
    if (has_failed(keeper)) {
        give_up(keeper);
        keeper_check(keeper);
        return;
    }
    while (under_way(keeper) < (size_t)keeper->app->parallel) {
        Worker *worker = next_in_turn(keeper);
        if (!worker) break;
        worker_handle(worker, EVENT_RELOAD);
        worker->wants_reload = false;
        if (worker->reload_failed) {
            give_up(keeper);
            break;
        }
    }
    if (!next_in_turn(keeper) && !under_way(keeper)) reload_settle(keeper);
    keeper_check(keeper);
}

void reload_begin(Keeper *keeper) {
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        worker->reload_failed = false;
        if (!worker->wants_reload || worker->state == WORKER_ONLINE) continue;
        worker->wants_reload = false;
        worker_handle(worker, EVENT_RELOAD);
    }
    reload_next(keeper);
}
