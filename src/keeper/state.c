/* What a keeper leaves so that another can take up its app: the declaration, and which workers there were
 * with which processes. It lies on disk for one that comes after a death, and goes along in memory to a
 * program that takes this one's place; the descriptors come another way (holding.c). */
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "keeper/internal.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    /* A cluster worker without a server may have asked the dead keeper for one, and would wait for ever. */
    WITHOUT_SERVER_MS = 30000,
    /* A process that the last saved state does not know of was started about when that was saved. */
    UNSAVED_BEFORE_MS = 1000,
    UNSAVED_AFTER_MS = 5000,
};

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

static uint64_t boot_time_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

json_t *state_to_json(const Keeper *keeper) {
    char boot[40];
    boot_id_read(boot);
    json_t *workers = json_array(), *runs = json_array();
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        if (!worker->doomed) json_array_append_new(workers, worker_save(worker));
    }
    LIST_EACH(&keeper->runs, Run, link, run) {
        if (!run->exited && run->pid) json_array_append_new(runs, run_save(run));
    }
    json_t *state =
        json_pack("{sssisIsIsIsIsososo}", "boot", boot, "keeper", (int)getpid(), "saved_at",
                  (json_int_t)boot_time_ms(), "last_run", (json_int_t)keeper->last_run, "last_number",
                  (json_int_t)keeper->last_number, "listen", (json_int_t)keeper->listen_number, "workers",
                  workers, "runs", runs, "leftovers", leftovers_save(keeper));
    if (keeper->primary) json_object_set_new(state, "primary", cluster_primary_save(keeper->primary));
    return state;
}

int state_save(Keeper *keeper) {
    return save(keeper, STATE_FILE, state_to_json(keeper));
}

static json_t *read_state(Keeper *keeper, bool *handed_over) {
    int fd = legacy_take(keeper, HELD_STATE);
    char *path =
        fd >= 0 ? mem_printf("/proc/self/fd/%d", fd) : home_app_path(&keeper->home, keeper->key, STATE_FILE);
    Bytes text = {0};
    json_t *state =
        file_read(path, 64 << 20, &text) == 0 && text.len ? json_loadb(text.data, text.len, 0, NULL) : NULL;
    *handed_over = fd >= 0;
    if (fd >= 0) close(fd);
    bytes_free(&text);
    mem_free(path);
    return state;
}

static bool is_same_boot(const json_t *state) {
    char boot[40];
    const char *saved = json_str(state, "boot");
    boot_id_read(boot);
    return saved && strcmp(saved, boot) == 0;
}

static bool is_alive(const json_t *run) {
    ProcFigures figures;
    return proc_read((pid_t)json_int(run, "pid", 0), &figures) &&
           (long long)figures.start_ticks == json_int(run, "start", -1);
}

static bool may_wait_for_ever(const json_t *run) {
    const json_t *dealt = json_object_get(run, "dealt");
    uint64_t age_ms = clock_wall_ms() - (uint64_t)json_int(run, "started_at", 0);
    return dealt && !json_array_size(json_object_get(dealt, "uses")) && !json_flag(run, "stopping", false) &&
           age_ms < WITHOUT_SERVER_MS;
}

/* Whether the process is one that can be left as it is: it serves a worker, or is finishing what it has. */
static bool is_worth_keeping(const json_t *state, const json_t *run) {
    if (json_flag(run, "draining", false)) return true;
    size_t i;
    json_t *worker;
    json_array_foreach(json_object_get(state, "workers"), i, worker) {
        if (json_int(worker, "run", -1) == json_int(run, "number", -2)) return true;
    }
    return false;
}

static Run *find_run(const Keeper *keeper, const json_t *worker) {
    LIST_EACH(&keeper->runs, Run, link, run) {
        if (!run->exited && (long long)run->number == json_int(worker, "run", -1)) return run;
    }
    return NULL;
}

static void load_run(Keeper *keeper, const json_t *state, const json_t *saved, bool handed_over) {
    if (!is_alive(saved)) return;
    bool can_stay = handed_over || !may_wait_for_ever(saved);
    if (can_stay && is_worth_keeping(state, saved) && run_restore(keeper, saved)) return;
    leftover_note(keeper, (pid_t)json_int(saved, "pid", 0), (uint64_t)json_int(saved, "start", 0));
}

static void load_worker(Keeper *keeper, const json_t *saved) {
    const char *state = json_str(saved, "state");
    Run *run = find_run(keeper, saved);
    Worker *worker = worker_restore(keeper, saved, run);
    bool was_up = state && strcmp(state, "up") == 0;
    bool can_sleep = worker->asleep && keeper->legacy_count;
    if (worker->asleep && !can_sleep) was_up = true;
    if (was_up && !run) json_array_append_new(keeper->wanted, json_integer(worker->id));
    if (was_up && !run && !worker->asleep) worker->restarts++;
}

static bool is_known(const json_t *runs, pid_t pid) {
    size_t i;
    json_t *run;
    json_array_foreach(runs, i, run) {
        if (json_int(run, "pid", 0) == pid) return true;
    }
    return false;
}

/* A process that was started in the very moment in which the keeper died is in no file. It is found by its
 * session, which is the dead keeper's. */
static void note_unsaved(Keeper *keeper, const json_t *state) {
    pid_t dead = (pid_t)json_int(state, "keeper", 0), *pids = NULL;
    ProcFigures figures;
    if (dead <= 0 || dead == getpid() || keeper->options.foreground) return;
    long long saved_at = json_int(state, "saved_at", 0), tick_ms = 1000 / sysconf(_SC_CLK_TCK);
    size_t count = proc_session_orphans(dead, &pids);
    for (size_t i = 0; i < count; i++) {
        if (is_known(json_object_get(state, "runs"), pids[i]) || !proc_read(pids[i], &figures)) continue;
        long long started_at = (long long)figures.start_ticks * tick_ms;
        if (started_at < saved_at - UNSAVED_BEFORE_MS || started_at > saved_at + UNSAVED_AFTER_MS) continue;
        leftover_note(keeper, pids[i], figures.start_ticks);
    }
    mem_free(pids);
}

static int take(void *owner, unsigned number) {
    return legacy_take(owner, number);
}

void state_load(Keeper *keeper) {
    bool handed_over;
    json_t *state = read_state(keeper, &handed_over), *entry;
    size_t i;
    keeper->wanted = json_array();
    keeper->last_run = (unsigned)json_int(state, "last_run", 0);
    keeper->last_number = (unsigned)json_int(state, "last_number", HELD_FIRST);
    if (is_same_boot(state)) {
        keeper->listen_number = (unsigned)json_int(state, "listen", 0);
        keeper->listen_fd = legacy_take(keeper, keeper->listen_number);
        const json_t *primary = json_object_get(state, "primary");
        if (primary && keeper->primary) cluster_primary_restore(keeper->primary, primary, take);
        json_array_foreach(json_object_get(state, "runs"), i, entry)
            load_run(keeper, state, entry, handed_over);
        if (keeper->primary) cluster_primary_restored(keeper->primary);
        json_array_foreach(json_object_get(state, "leftovers"), i, entry)
            leftover_note(keeper, (pid_t)json_int(entry, "pid", 0), (uint64_t)json_int(entry, "start", 0));
        note_unsaved(keeper, state);
    }
    json_array_foreach(json_object_get(state, "workers"), i, entry) load_worker(keeper, entry);
    json_decref(state);
    legacy_close(keeper);
}
