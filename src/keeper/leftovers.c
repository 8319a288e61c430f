/* Processes of a keeper that died which cannot be taken over. They are ended before new ones start, because
 * they may hold the app's port. */
#include "base/log.h"
#include "base/mem.h"
#include "keeper/internal.h"

#include <signal.h>

typedef struct {
    Link link;
    pid_t pid;
    uint64_t start_ticks;
} Leftover;

static bool is_there(const Leftover *leftover) {
    ProcFigures figures;
    return proc_read(leftover->pid, &figures) && figures.start_ticks == leftover->start_ticks &&
           figures.state != 'Z';
}

void leftover_note(Keeper *keeper, pid_t pid, uint64_t start_ticks) {
    Leftover *leftover = NEW(Leftover);
    leftover->pid = pid;
    leftover->start_ticks = start_ticks;
    list_append(&keeper->leftovers, &leftover->link);
}

json_t *leftovers_save(const Keeper *keeper) {
    json_t *list = json_array();
    LIST_EACH(&keeper->leftovers, Leftover, link, leftover)
    json_array_append_new(list, json_pack("{sIsI}", "pid", (json_int_t)leftover->pid, "start",
                                          (json_int_t)leftover->start_ticks));
    return list;
}

static void signal_leftovers(Keeper *keeper, int signal) {
    LIST_EACH(&keeper->leftovers, Leftover, link, leftover) {
        if (is_there(leftover)) proc_signal(leftover->pid, signal, keeper->app->treekill);
    }
}

static void forget_gone(Keeper *keeper) {
    LIST_EACH(&keeper->leftovers, Leftover, link, leftover) {
        if (is_there(leftover)) continue;
        link_remove(&leftover->link);
        mem_free(leftover);
    }
}

static void look_again(uv_timer_t *timer) {
    Keeper *keeper = timer->data;
    forget_gone(keeper);
    if (list_is_empty(&keeper->leftovers)) {
        uv_timer_stop(timer);
        keeper_begin(keeper);
    } else if (uv_now(keeper->loop) > keeper->app->kill_timeout + keeper->leftovers_since) {
        signal_leftovers(keeper, SIGKILL);
    }
}

void leftovers_end(Keeper *keeper) {
    forget_gone(keeper);
    if (!list_is_empty(&keeper->leftovers))
        log_line("App [%s] ends what its dead keeper left behind", keeper->app->name);
    signal_leftovers(keeper, SIGINT);
    uv_update_time(keeper->loop);
    keeper->leftovers_since = uv_now(keeper->loop);
    uv_timer_start(&keeper->leftover_timer, look_again, 0, 10);
}
