/* What tells where a program's time goes: turns of the loop that take too long, seen by the engine's watchdog
 * while they last, and the engine's sampling profiler. Neither costs anything until it is asked for. */
#include "engine/watch.h"

#include "engine/handle.h"
#include "modules/modules.h"

#include <time.h>

enum { MOST_FRAMES = 20 };

/* JSC::VM::ensureSamplingProfiler(Ref<Stopwatch>&&), which returns the one that is there, and
 * JSC::SamplingProfiler's noticeCurrentThreadAsJSCExecutionThread(): one that starts in the middle of a
 * script has missed its entry. */
void *vm_profiler(JSContextGroupRef vm, void **no_stopwatch) __asm__(
    "_ZN3JSC2VM22ensureSamplingProfilerEON3WTF3RefINS1_9StopwatchENS1_12RawPtrTraitsIS3_EENS1_"
    "21DefaultRefDerefTraitsIS3_"
    "EEEE") __attribute__((weak));
void profiler_notice_thread(void *profiler) __asm__(
    "_ZN3JSC16SamplingProfiler39noticeCurrentThreadAsJSCExecutionThreadEv") __attribute__((weak));

typedef struct {
    Handle base;
    Watcher watcher;
    double limit_ms;
    uint64_t turn_since_ns;
    JSStringRef place;    /* where the turn was when it became too long */
    bool is_sampling;     /* the rest of it */
    uv_prepare_t prepare; /* a turn ends before the loop waits … */
    uv_check_t check;     /* … and begins after it */
    int open_handles;
    Value callback;
} LoopWatch;

/* Whether the program takes a profile: there is one profiler for all. */
static bool *program_profiles(Realm *realm) {
    void **slot = realm_slot(realm, SLOT_WATCH);
    if (!*slot) *slot = NEW(bool);
    return *slot;
}

/* Good to a few milliseconds, and asked for in every turn. */
static uint64_t coarse_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static double turn_ms(const LoopWatch *watch) {
    return (double)(coarse_ns() - watch->turn_since_ns) / 1e6;
}

static bool sample_from_here(Realm *realm) {
    if (!vm_profiler || !profiler_notice_thread || *program_profiles(realm)) return false;
    if (!JSContextGroupEnableSamplingProfiler(realm->group)) return false;
    void *no_stopwatch = NULL;
    profiler_notice_thread(vm_profiler(realm->group, &no_stopwatch));
    return true;
}

static WatchVerdict look_at_turn(Watcher *watcher, Realm *realm, JSContextRef ctx) {
    LoopWatch *watch = CONTAINER_OF(watcher, LoopWatch, watcher);
    if (watch->place || turn_ms(watch) < watch->limit_ms) return WATCH_GO_ON;
    watch->place = JSContextCreateBacktrace(ctx, MOST_FRAMES);
    watch->is_sampling = sample_from_here(realm);
    return WATCH_GO_ON;
}

static void forget_turn(LoopWatch *watch) {
    if (watch->place) JSStringRelease(watch->place);
    watch->place = NULL;
    watch->turn_since_ns = coarse_ns();
}

static Value take_turn_samples(LoopWatch *watch) {
    if (!watch->is_sampling) return value_undefined();
    watch->is_sampling = false;
    Realm *realm = watch->base.realm;
    JSStringRef text = JSContextGroupTakeSamplesFromSamplingProfiler(realm->group);
    JSContextGroupDisableSamplingProfiler(realm->group);
    Value samples = text ? JSValueMakeString(realm->ctx, text) : value_undefined();
    if (text) JSStringRelease(text);
    return samples;
}

/* callback(ms, where it was when it became too long or undefined, samples of the rest or undefined) */
static void turn_ends(uv_prepare_t *prepare) {
    LoopWatch *watch = prepare->data;
    Realm *realm = watch->base.realm;
    double ms = turn_ms(watch);
    if (ms < watch->limit_ms || !watch->callback) return;
    Value argv[] = {value_number(ms),
                    watch->place ? JSValueMakeString(realm->ctx, watch->place) : value_undefined(),
                    take_turn_samples(watch)};
    forget_turn(watch);
    realm_dispatch(realm, (Object)watch->callback, NULL, COUNT_OF(argv), argv);
    forget_turn(watch); /* what telling it took is not the program's */
}

static void turn_begins(uv_check_t *check) {
    forget_turn(check->data);
}

static void watch_handle_closed(uv_handle_t *handle) {
    LoopWatch *watch = handle->data;
    if (--watch->open_handles > 0) return;
    handle_leave(&watch->base);
    mem_free(watch);
}

static void loop_watch_dispose(Handle *handle) {
    LoopWatch *watch = (LoopWatch *)handle;
    if (!watch->callback) return;
    take_turn_samples(watch);
    forget_turn(watch);
    watch_remove(handle->realm, &watch->watcher);
    value_drop(handle->realm, watch->callback);
    watch->callback = NULL;
    uv_close((uv_handle_t *)&watch->prepare, watch_handle_closed);
    uv_close((uv_handle_t *)&watch->check, watch_handle_closed);
}

static Value loop_watch_stop(Call *call);

static const Native loop_watch_methods[] = {
    {"stop", loop_watch_stop},
    {0     }
};

static const HandleClass loop_watch_class = {"LoopWatch", loop_watch_methods, loop_watch_dispose};

static Value loop_watch_stop(Call *call) {
    LoopWatch *watch = (LoopWatch *)call_handle(call, &loop_watch_class);
    if (watch && watch->callback) {
        handle_unpin(&watch->base);
        loop_watch_dispose(&watch->base);
    }
    return NULL;
}

/* watchLoop(limit in ms, callback) -> handle */
static Value start_loop_watch(Call *call) {
    Realm *realm = call->realm;
    Object callback = call_function(call, 1);
    if (!callback) return NULL;
    LoopWatch *watch = NEW(LoopWatch);
    watch->limit_ms = call_double(call, 0);
    watch->watcher = (Watcher){.every_s = watch->limit_ms / 4000, .look = look_at_turn};
    watch->callback = callback;
    value_keep(realm, callback);
    watch->turn_since_ns = coarse_ns();
    uv_prepare_init(&realm->loop, &watch->prepare);
    uv_check_init(&realm->loop, &watch->check);
    watch->prepare.data = watch->check.data = watch;
    uv_prepare_start(&watch->prepare, turn_ends);
    uv_check_start(&watch->check, turn_begins);
    uv_unref((uv_handle_t *)&watch->prepare);
    uv_unref((uv_handle_t *)&watch->check);
    watch->open_handles = 2;
    Object object = handle_open(realm, &watch->base, &loop_watch_class);
    handle_pin(&watch->base);
    watch_add(realm, &watch->watcher);
    return object;
}

/* startProfile() -> whether the engine samples from now on */
static Value start_profile(Call *call) {
    *program_profiles(call->realm) = JSContextGroupEnableSamplingProfiler(call->realm->group);
    return value_bool(*program_profiles(call->realm));
}

/* takeSamples() -> what was sampled since the last time, as the engine's JSON; undefined if there is no
 * profile */
static Value take_samples(Call *call) {
    Realm *realm = call->realm;
    JSStringRef text = JSContextGroupTakeSamplesFromSamplingProfiler(realm->group);
    if (!text) return value_undefined();
    Value json = JSValueMakeString(realm->ctx, text);
    JSStringRelease(text);
    return json;
}

static Value stop_profile(Call *call) {
    JSContextGroupDisableSamplingProfiler(call->realm->group);
    *program_profiles(call->realm) = false;
    return NULL;
}

static const Native functions[] = {
    {"watchLoop",    start_loop_watch},
    {"startProfile",              start_profile},
    {"takeSamples",take_samples},
    {"stopProfile",  stop_profile},
    {0             }
};

static void watch_teardown(Realm *realm) {
    mem_free(*realm_slot(realm, SLOT_WATCH));
}

const Module watch_module = {"watch", functions, NULL, watch_teardown};
