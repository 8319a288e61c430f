/* A new program takes the place of this one while the app runs: the process stays what it is, parent of the
 * workers, and hands descriptors and state on through exec. It waits for a moment in which no connection and
 * no message is in its hands, so that none is lost. */
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "keeper/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    LOOK_MS = 5,
    PATIENCE_MS = 10000,
    PAUSE_MS = 300, /* so long connections may wait for the moment to come */
};

struct Succession {
    uv_timer_t timer;
    Keeper *keeper;
    char *program;
    uint64_t until_ms, paused_since;
    void (*leaving)(void *owner);
    void (*failed)(void *owner, const char *why);
    void *owner;
};

static bool is_settled(const Keeper *keeper) {
    if (!keeper->begun || keeper->quitting || requests_wait(keeper)) return false;
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        if (!worker_is_settled(worker) || worker->doomed) return false;
    }
    return true;
}

static bool is_quiet(const Keeper *keeper) {
    if (keeper->primary && !cluster_primary_is_quiet(keeper->primary)) return false;
    LIST_EACH(&keeper->runs, Run, link, run) {
        if (run->channel && !channel_is_still(run->channel)) return false;
    }
    return true;
}

static void set_inherited(const Held *items, size_t count, bool inherited) {
    for (size_t i = 0; i < count; i++)
        fcntl(items[i].fd, F_SETFD, inherited ? 0 : FD_CLOEXEC);
}

static int state_fd(const Keeper *keeper) {
    int fd = memfd_create("galley-state", MFD_CLOEXEC);
    if (fd < 0) return -1;
    json_t *state = state_to_json(keeper);
    int written = json_dumpfd(state, fd, JSON_COMPACT);
    json_decref(state);
    if (written == 0) return fd;
    close(fd);
    return -1;
}

/* Comes back only if it fails, with why. */
static const char *become(struct Succession *succession) {
    Keeper *keeper = succession->keeper;
    int state = state_fd(keeper);
    if (state < 0) return strerror(errno);
    Held *items;
    size_t count = holdings_list(keeper, &items);
    items = mem_resize(items, (count + 3) * sizeof *items);
    items[count++] = (Held){HELD_STATE, state};
    items[count++] = (Held){HELD_LOCK, keeper->lock};
    items[count++] = (Held){HELD_SERVER, wire_server_fd(keeper->server)};
    char *args[] = {"galley-keeper",
                    "@keeper",
                    keeper->home.path,
                    keeper->key,
                    keeper->home.is_pm2 ? "pm2" : "galley",
                    NULL};
    succession->leaving(succession->owner);
    set_inherited(items, count, true);
    held_announce(items, count);
    execv(succession->program, args);
    int error = errno;
    held_announce_none();
    set_inherited(items, count, false);
    close(state);
    mem_free(items);
    return strerror(error);
}

static void pause_dealing(struct Succession *succession) {
    if (!succession->paused_since) succession->paused_since = clock_steady_ms();
    if (succession->keeper->primary) cluster_primary_pause(succession->keeper->primary);
}

static void resume_dealing(struct Succession *succession) {
    succession->paused_since = 0;
    if (succession->keeper->primary) cluster_primary_resume(succession->keeper->primary);
}

static void give_up(struct Succession *succession, const char *why) {
    Keeper *keeper = succession->keeper;
    resume_dealing(succession);
    succession->failed(succession->owner, why);
    succession_close(keeper);
}

static void look(uv_timer_t *timer) {
    struct Succession *succession = timer->data;
    Keeper *keeper = succession->keeper;
    uint64_t now = clock_steady_ms();
    if (is_settled(keeper)) {
        pause_dealing(succession);
        if (is_quiet(keeper)) {
            const char *why = become(succession);
            log_line("App [%s]: cannot become %s: %s", keeper->app->name, succession->program, why);
            give_up(succession, why);
            return;
        }
    }
    if (now > succession->until_ms)
        give_up(succession, "its processes do not come to rest; try again later");
    else if (succession->paused_since && now - succession->paused_since > PAUSE_MS) {
        resume_dealing(succession);
        uv_timer_start(timer, look, PAUSE_MS, LOOK_MS);
    }
}

void succession_begin(Keeper *keeper, const char *program, void (*leaving)(void *owner),
                      void (*failed)(void *owner, const char *why), void *owner) {
    if (keeper->succession || keeper->options.foreground || access(program, X_OK) < 0) {
        failed(owner, keeper->succession ? "it is under way already" : strerror(errno));
        return;
    }
    struct Succession *succession = NEW(struct Succession);
    *succession = (struct Succession){.keeper = keeper,
                                      .program = mem_strdup(program),
                                      .until_ms = clock_steady_ms() + PATIENCE_MS,
                                      .leaving = leaving,
                                      .failed = failed,
                                      .owner = owner};
    uv_timer_init(keeper->loop, &succession->timer);
    succession->timer.data = succession;
    uv_timer_start(&succession->timer, look, 0, LOOK_MS);
    keeper->open_handles++;
    keeper->succession = succession;
}

static void on_closed(uv_handle_t *handle) {
    struct Succession *succession = handle->data;
    Keeper *keeper = succession->keeper;
    mem_free(succession->program);
    mem_free(succession);
    keeper->open_handles--;
    keeper_run_gone(keeper);
}

void succession_close(Keeper *keeper) {
    if (!keeper->succession) return;
    uv_close((uv_handle_t *)&keeper->succession->timer, on_closed);
    keeper->succession = NULL;
}
