/* What a keeper leaves on disk so that another can take up its app: the declaration, and which workers
 * there were. The processes of a keeper that died are ended before new ones start, because they may hold the
 * app's port. */
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "keeper/internal.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    Link link;
    pid_t pid;
    uint64_t start_ticks;
} Leftover;

static int save(const Keeper *keeper, const char *name, json_t *value) {
    char *path = home_app_path(&keeper->home, keeper->key, name);
    Bytes text = {0};
    json_append_to(&text, value, JSON_COMPACT);
    int error = keeper->forgetting ? 0 : file_replace(path, text.data, text.len, 0600);
    if (error) log_line("Cannot write %s: %s", path, strerror(error));
    bytes_free(&text);
    mem_free(path);
    json_decref(value);
    return error;
}

int config_save(Keeper *keeper) {
    return save(keeper, APP_FILE, json_incref(keeper->app->config));
}

static json_t *run_to_json(const Run *run) {
    return json_pack("{sisI}", "pid", (int)run->pid, "start", (json_int_t)run->start_ticks);
}

static bool is_wanted(const Worker *worker) {
    if (worker->asleep) return true;
    return worker->state != WORKER_STOPPED && worker->state != WORKER_STOPPING &&
           worker->state != WORKER_ERRORED;
}

int state_save(Keeper *keeper) {
    char boot[40];
    boot_id_read(boot);
    json_t *workers = json_array(), *runs = json_array();
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        if (worker->doomed) continue;
        json_array_append_new(workers, json_pack("{sIsIsbsIsI}", "id", (json_int_t)worker->id, "index",
                                                 (json_int_t)worker->index, "up", is_wanted(worker),
                                                 "restarts", (json_int_t)worker->restarts, "created_at",
                                                 (json_int_t)worker->created_at));
    }
    LIST_EACH(&keeper->runs, Run, link, run) {
        if (!run->exited && run->pid) json_array_append_new(runs, run_to_json(run));
    }
    LIST_EACH(&keeper->leftovers, Leftover, link, leftover) {
        json_array_append_new(
            runs, json_pack("{sisI}", "pid", (int)leftover->pid, "start", (json_int_t)leftover->start_ticks));
    }
    return save(keeper, STATE_FILE, json_pack("{sssoso}", "boot", boot, "workers", workers, "runs", runs));
}

static bool is_there(const Leftover *leftover) {
    ProcFigures figures;
    return proc_read(leftover->pid, &figures) && figures.start_ticks == leftover->start_ticks &&
           figures.state != 'Z';
}

static void note_leftover(Keeper *keeper, const json_t *entry) {
    Leftover *leftover = NEW(Leftover);
    leftover->pid = (pid_t)json_int(entry, "pid", 0);
    leftover->start_ticks = (uint64_t)json_int(entry, "start", 0);
    list_append(&keeper->leftovers, &leftover->link);
}

void state_load(Keeper *keeper, json_t **wanted) {
    char *path = home_app_path(&keeper->home, keeper->key, STATE_FILE);
    char boot[40];
    Bytes text = {0};
    boot_id_read(boot);
    *wanted = json_array();
    json_t *state =
        file_read(path, 1 << 20, &text) == 0 && text.len ? json_loadb(text.data, text.len, 0, NULL) : NULL;
    const char *saved_boot = json_str(state, "boot");
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(state, "workers"), i, entry) {
        Worker *worker = worker_new(keeper, json_int(entry, "id", 0), json_int(entry, "index", 0));
        worker->restarts = (unsigned)json_int(entry, "restarts", 0);
        worker->created_at = (uint64_t)json_int(entry, "created_at", (long long)worker->created_at);
        if (json_flag(entry, "up", true)) json_array_append_new(*wanted, json_integer(worker->id));
    }
    if (saved_boot && strcmp(saved_boot, boot) == 0) {
        json_array_foreach(json_object_get(state, "runs"), i, entry) note_leftover(keeper, entry);
    }
    json_decref(state);
    bytes_free(&text);
    mem_free(path);
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
