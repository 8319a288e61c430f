/* The engine's watchdog gives every entry into a script a new budget of time. That would never end promise
 * jobs that are each shorter than the budget, so a realm that is to end gets no new budgets: where the engine
 * asks what time it is when it hands one out, the clock stands still. */
#include "engine/watch.h"

#include <stdatomic.h>

#define ENDING_SECONDS 0.0002
#define IDLE_SECONDS 0.02

struct Watch {
    List watchers;
    atomic_bool shall_end;
    bool is_ending;
    bool starts_budget; /* the next question for the time is about a budget's end */
    double stopped_s;   /* where the clock of budgets stands */
    double used_s;
};

static _Thread_local Realm *realm_of_thread; /* the engine passes nothing along when it asks for the time */

/* JSC::VM::throwException(JSGlobalObject *, JSValue); a context group is a VM. */
void *vm_throw(JSContextGroupRef vm, JSContextRef ctx,
               Value value) __asm__("_ZN3JSC2VM14throwExceptionEPNS_14JSGlobalObjectENS_7JSValueE")
    __attribute__((weak));

static bool look(JSContextRef ctx, void *data);

static void set_limit(Realm *realm) {
    struct Watch *watch = realm->watch;
    double every_s = INFINITY;
    LIST_EACH(&watch->watchers, Watcher, link, watcher)
    if (watcher->every_s < every_s) every_s = watcher->every_s;
    if (watch->is_ending) every_s = ENDING_SECONDS;
    JSContextGroupSetExecutionTimeLimit(realm->group, every_s < IDLE_SECONDS ? every_s : IDLE_SECONDS, look,
                                        realm);
}

static double time_s(void) {
    return (double)uv_hrtime() / 1e9;
}

static void stop_clock(struct Watch *watch) {
    if (watch->is_ending) return;
    watch->is_ending = true;
    watch->stopped_s = time_s();
}

/* WTF::CPUTime::forCurrentThread() and WTF::MonotonicTime::now(), in place of the engine's. The watchdog
 * alone asks for the first: before the second when it hands out a budget, after it when it looks whether one
 * is used up. It is told the time of day, which is what limits are about and costs no system call. */
double engine_thread_time(void) __asm__("_ZN3WTF7CPUTime16forCurrentThreadEv");
double engine_time(void) __asm__("_ZN3WTF13MonotonicTime3nowEv");

double engine_thread_time(void) {
    Realm *realm = realm_of_thread;
    if (!realm || !atomic_load_explicit(&realm->watch->shall_end, memory_order_relaxed)) return time_s();
    struct Watch *watch = realm->watch;
    stop_clock(watch);
    watch->starts_budget = true;
    return watch->used_s += 1e6; /* more than any budget */
}

double engine_time(void) {
    struct Watch *watch = realm_of_thread ? realm_of_thread->watch : NULL;
    if (!watch || !watch->starts_budget) return time_s();
    watch->starts_budget = false;
    return watch->stopped_s;
}

static bool look(JSContextRef ctx, void *data) {
    Realm *realm = data;
    WatchVerdict worst = WATCH_GO_ON;
    LIST_EACH(&realm->watch->watchers, Watcher, link, watcher) {
        WatchVerdict verdict = watcher->look(watcher, realm, ctx);
        if (verdict > worst) worst = verdict;
    }
    /* Not before: a budget that runs out with nobody to ask ends what runs. */
    if (list_is_empty(&realm->watch->watchers))
        JSContextGroupClearExecutionTimeLimit(realm->group);
    else
        set_limit(realm);
    if (worst == WATCH_THROW && vm_throw) {
        vm_throw(realm->group, ctx, value_null());
        return false;
    }
    return worst != WATCH_GO_ON;
}

void watch_open(Realm *realm) {
    realm->watch = NEW(struct Watch);
    list_init(&realm->watch->watchers);
    atomic_init(&realm->watch->shall_end, false);
    realm_of_thread = realm;
    /* The engine can only look at a script if its watchdog is there before the script starts. */
    JSContextGroupSetExecutionTimeLimit(realm->group, 1e6, NULL, NULL);
    JSContextGroupClearExecutionTimeLimit(realm->group);
}

void watch_close(Realm *realm) {
    realm_of_thread = NULL;
    mem_free(realm->watch);
    realm->watch = NULL;
}

void watch_add(Realm *realm, Watcher *watcher) {
    list_append(&realm->watch->watchers, &watcher->link);
    set_limit(realm);
}

void watch_remove(Realm *realm, Watcher *watcher) {
    link_remove(&watcher->link);
    set_limit(realm);
}

void watch_end(Realm *realm) {
    atomic_store_explicit(&realm->watch->shall_end, true, memory_order_relaxed);
}

void watch_end_now(Realm *realm) {
    watch_end(realm);
    stop_clock(realm->watch);
    set_limit(realm);
}
