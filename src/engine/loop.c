/* One loop for two worlds: libuv's, with Node's phases (timers, I/O, immediates, close callbacks), and
 * the engine's GLib main context, through which asynchronous WebAssembly, finalization callbacks and
 * the collector's timers arrive. GLib is only run when its wake-up descriptor or its own timeout says
 * so; a turn in which it has nothing to do costs nothing. */
#include "engine/bytecode.h"
#include "engine/entry.h"
#include "engine/inside.h"
#include "sys/image.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { FRESH_CPU_MS = 50, FRESH_LOOK_MS = 10000, STARTING_MS = 50 };
enum { REALM_DESCRIPTORS = 9 }; /* a loop, GLib's, the engine's, the first file of the program */

typedef struct {
    uv_poll_t wake;
    uv_timer_t timeout;
} GlibLoop;

/* GLib and the engine abort the process if they get none. */
static int descriptors_are_left(size_t count) {
    int fds[REALM_DESCRIPTORS], err = 0;
    size_t taken = 0;
    while (!err && taken < count) {
        fds[taken] = taken ? fcntl(fds[0], F_DUPFD_CLOEXEC, 0) : epoll_create1(EPOLL_CLOEXEC);
        if (fds[taken] < 0)
            err = -errno;
        else
            taken++;
    }
    while (taken > 0)
        close(fds[--taken]);
    return err;
}

static void glib_schedule(Realm *realm);

static void glib_run(Realm *realm) {
    Entry entry;
    entry_open(&entry, realm);
    for (int i = 0; i < 16 && g_main_context_iteration(realm->engine->glib, FALSE); i++) {
    }
    realm_settle(realm, &entry);
    entry_close(&entry);
    glib_schedule(realm);
}

static void glib_woken(uv_poll_t *poll, int status, int events) {
    glib_run(poll->data);
}
static void glib_due(uv_timer_t *timer) {
    glib_run(timer->data);
}

/* A copy of the template that has hardly done anything has little to collect, and what it shares with the
 * others would become its own by being looked at. */
static bool is_fresh_copy(const Realm *realm) {
    struct timespec used;
    return realm->copying && clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0 && used.tv_sec == 0 &&
           used.tv_nsec < FRESH_CPU_MS * 1000000;
}

/* What has a delay are the collector's timers. */
static void collection_due(uv_timer_t *timer) {
    Realm *realm = timer->data;
    if (!is_fresh_copy(realm)) {
        glib_run(realm);
        return;
    }
    uv_timer_start(timer, collection_due, FRESH_LOOK_MS, 0);
    uv_unref((uv_handle_t *)timer);
}

/* Asks GLib when it wants to run next. */
static void glib_schedule(Realm *realm) {
    GlibLoop *glib = realm->glib;
    GMainContext *context = realm->engine->glib;
    gint priority, timeout_ms = -1;
    GPollFD fds[8];
    g_main_context_acquire(context);
    g_main_context_prepare(context, &priority);
    g_main_context_query(context, priority, &timeout_ms, fds, COUNT_OF(fds));
    g_main_context_release(context);
    if (timeout_ms < 0) {
        uv_timer_stop(&glib->timeout);
    } else {
        uv_timer_start(&glib->timeout, timeout_ms ? collection_due : glib_due, (uint64_t)timeout_ms, 0);
        uv_unref((uv_handle_t *)&glib->timeout);
    }
}

void engine_open_glib(Engine *engine) {
    engine->glib = g_main_context_new();
    GPollFD fds[8];
    gint timeout_ms, priority;
    g_main_context_acquire(engine->glib);
    g_main_context_prepare(engine->glib, &priority);
    g_main_context_query(engine->glib, G_MAXINT, &timeout_ms, fds, COUNT_OF(fds));
    g_main_context_release(engine->glib);
    engine->glib_fd = fds[0].fd;
}

static void glib_watch(Realm *realm) {
    GlibLoop *glib = realm->glib = NEW(GlibLoop);
    uv_poll_init(&realm->loop, &glib->wake, realm->engine->glib_fd);
    glib->wake.data = realm;
    uv_poll_start(&glib->wake, UV_READABLE, glib_woken);
    uv_unref((uv_handle_t *)&glib->wake);
    uv_timer_init(&realm->loop, &glib->timeout);
    glib->timeout.data = realm;
    uv_unref((uv_handle_t *)&glib->timeout);
}

static void timer_fired(uv_timer_t *timer) {
    Realm *realm = timer->data;
    int32_t *turn = realm->turn;
    double next = 0;
    Entry entry;
    entry_open(&entry, realm);
    do { /* one callback a call: microtasks run between timers, as in Node */
        turn[TURN_AGAIN] = 0;
        uv_update_time(&realm->loop);
        realm_tell_time(realm);
        Value result = JSObjectCallAsFunction(realm->ctx, realm->timers_run, NULL, 0, NULL, NULL);
        next = result ? value_as_double(result) : 0;
        realm_settle(realm, &entry);
    } while (turn[TURN_AGAIN] && !turn[TURN_EXITING]);
    entry_close(&entry);
    if (next == 0 || turn[TURN_EXITING]) return;
    realm_schedule_timer(realm, next > 0 ? next : -next);
    if (next > 0)
        uv_ref((uv_handle_t *)timer);
    else
        uv_unref((uv_handle_t *)timer);
}

void realm_schedule_timer(Realm *realm, double delay_ms) {
    uv_timer_start(&realm->timer, timer_fired, delay_ms < 1 ? 1 : (uint64_t)delay_ms, 0);
}

static void idle_turn(uv_idle_t *idle) {}

static void immediates_due(uv_check_t *check) {
    Realm *realm = check->data;
    int32_t *turn = realm->turn;
    if (!turn[TURN_IMMEDIATES]) return;
    realm_tell_time(realm);
    Entry entry;
    entry_open(&entry, realm);
    int32_t left = turn[TURN_IMMEDIATES]; /* those queued meanwhile wait for the next turn */
    while (left-- > 0 && turn[TURN_IMMEDIATES] && !turn[TURN_EXITING]) {
        JSObjectCallAsFunction(realm->ctx, realm->immediates_run, NULL, 0, NULL, NULL);
        realm_settle(realm, &entry);
    }
    entry_close(&entry);
    realm_immediates_changed(realm);
}

void realm_immediates_changed(Realm *realm) {
    if (realm->turn[TURN_IMMEDIATE_REFS])
        uv_idle_start(&realm->immediate_idle, idle_turn);
    else
        uv_idle_stop(&realm->immediate_idle);
}

static void keep_house(uv_prepare_t *prepare) {
    Realm *realm = prepare->data;
    if (!list_is_empty(&realm->collected)) handles_dispose_collected(realm);
    if (realm->has_read_bytecode && uv_backend_timeout(&realm->loop) != 0) {
        realm->has_read_bytecode = false;
        bytecode_put_away(realm->options.bytecode);
    }
    if (realm->wants_code_away && uv_now(&realm->loop) - realm->start_ms > STARTING_MS &&
        uv_backend_timeout(&realm->loop) != 0) {
        realm->wants_code_away = false;
        image_trim_code();
    }
}

static uint64_t thread_worked_ns(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* A loop that measures polls twice whenever it has to wait. */
static void measure_idle(Realm *realm) {
    uv_loop_configure(&realm->loop, UV_METRICS_IDLE_TIME);
    realm->measures_idle = true;
}

double realm_idle_ms(Realm *realm) {
    if (!realm->measures_idle) {
        measure_idle(realm);
        uint64_t passed = realm->loop_start_ns ? uv_hrtime() - realm->loop_start_ns : 0;
        uint64_t worked = realm->loop_start_ns ? thread_worked_ns() - realm->loop_start_worked_ns : 0;
        if (passed > worked) realm->idle_before_ns = passed - worked;
    }
    return (double)(realm->idle_before_ns + uv_metrics_idle_time(&realm->loop)) / 1e6;
}

int loop_open(Realm *realm) {
    int err = 0;
    if (!realm->options.is_main) err = descriptors_are_left(REALM_DESCRIPTORS);
    if (!err) err = uv_loop_init(&realm->loop);
    if (err) return err;
    if (!realm->options.is_main) measure_idle(realm);
    realm->loop.data = realm;
    realm->wants_code_away = realm->options.is_main;
    uv_timer_init(&realm->loop, &realm->timer);
    uv_check_init(&realm->loop, &realm->immediate_check);
    uv_idle_init(&realm->loop, &realm->immediate_idle);
    uv_prepare_init(&realm->loop, &realm->housekeeping);
    realm->timer.data = realm->immediate_check.data = realm->immediate_idle.data = realm->housekeeping.data =
        realm;
    uv_check_start(&realm->immediate_check, immediates_due);
    uv_unref((uv_handle_t *)&realm->immediate_check);
    uv_prepare_start(&realm->housekeeping, keep_house);
    uv_unref((uv_handle_t *)&realm->housekeeping);
    if (!realm->engine->glib) engine_open_glib(realm->engine);
    glib_watch(realm);
    return 0;
}

void loop_prepare(Realm *realm) {
    engine_open_glib(realm->engine);
    g_main_context_push_thread_default(realm->engine->glib);
}

void loop_enter(Realm *realm) {
    uv_update_time(&realm->loop);
    if (g_main_context_get_thread_default() != realm->engine->glib)
        g_main_context_push_thread_default(realm->engine->glib);
}

void engine_leave(Engine *engine) {
    g_main_context_pop_thread_default(engine->glib);
}

void realm_run_loop(Realm *realm) {
    if (!realm->loop_start_ns) {
        realm->loop_start_ns = uv_hrtime();
        realm->loop_start_worked_ns = thread_worked_ns();
    }
    glib_schedule(realm);
    while (!realm->stopping && uv_run(&realm->loop, UV_RUN_DEFAULT)) {
    }
}

void loop_close(Realm *realm) {
    GlibLoop *glib = realm->glib;
    uv_close((uv_handle_t *)&realm->timer, NULL);
    uv_close((uv_handle_t *)&realm->immediate_check, NULL);
    uv_close((uv_handle_t *)&realm->immediate_idle, NULL);
    uv_close((uv_handle_t *)&realm->housekeeping, NULL);
    uv_close((uv_handle_t *)&glib->wake, NULL);
    uv_close((uv_handle_t *)&glib->timeout, NULL);
    uv_run(&realm->loop, UV_RUN_DEFAULT);
}

void loop_free(Realm *realm) {
    mem_free(realm->glib);
    uv_loop_close(&realm->loop);
}
