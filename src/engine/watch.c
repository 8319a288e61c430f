/* The engine's watchdog has one budget of time and one function to ask when it is used up. Whoever wants to
 * look at running scripts is in a list here, and the budget is what the most curious of them asks for. */
#include "engine/watch.h"

#include "engine/inside.h"

#include <time.h>
#include <unistd.h>

#define AT_ONCE_SECONDS 0.0002

/* JSC::VM::throwException(JSGlobalObject *, JSValue), the same for an Exception *, and
 * JSC::VM::ensureTerminationException(), which returns the one that nobody can catch. A context group is a
 * VM. */
void *vm_throw(JSContextGroupRef vm, JSContextRef ctx,
               Value value) __asm__("_ZN3JSC2VM14throwExceptionEPNS_14JSGlobalObjectENS_7JSValueE")
    __attribute__((weak));

void *vm_throw_exception(JSContextGroupRef vm, JSContextRef ctx, void *exception) __asm__(
    "_ZN3JSC2VM14throwExceptionEPNS_14JSGlobalObjectEPNS_9ExceptionE") __attribute__((weak));
void *vm_termination(JSContextGroupRef vm) __asm__("_ZN3JSC2VM26ensureTerminationExceptionEv")
    __attribute__((weak));

static bool look(JSContextRef ctx, void *data);

static void set_limit(Realm *realm) {
    double every_s = WATCH_SELDOM_SECONDS;
    LIST_EACH(&realm->watchers, Watcher, link, watcher)
    if (watcher->every_s < every_s) every_s = watcher->every_s;
    JSContextGroupSetExecutionTimeLimit(realm->group, every_s, look, realm);
}

static bool look(JSContextRef ctx, void *data) {
    Realm *realm = data;
    WatchVerdict worst = WATCH_GO_ON;
    LIST_EACH(&realm->watchers, Watcher, link, watcher) {
        WatchVerdict verdict = watcher->look(watcher, realm, ctx);
        if (verdict > worst) worst = verdict;
    }
    /* Not before: a budget that runs out with nobody to ask ends what runs. */
    if (list_is_empty(&realm->watchers))
        JSContextGroupClearExecutionTimeLimit(realm->group);
    else
        set_limit(realm);
    if (worst == WATCH_THROW && vm_throw) {
        vm_throw(realm->group, ctx, value_null());
        return false;
    }
    return worst != WATCH_GO_ON;
}

/* WTF::CPUTime::forCurrentThread(), in place of the engine's, which is a system call at each entry into a
 * script while there is a budget. The watchdog, which alone asks, is told the time of day: that is what
 * limits are about. */
double engine_thread_time(void) __asm__("_ZN3WTF7CPUTime16forCurrentThreadEv");
double engine_thread_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void watch_open(Realm *realm) {
    list_init(&realm->watchers);
    /* The engine can only look at a script if its watchdog is there before the script starts. */
    JSContextGroupSetExecutionTimeLimit(realm->group, 1e6, NULL, NULL);
    JSContextGroupClearExecutionTimeLimit(realm->group);
}

void watch_add(Realm *realm, Watcher *watcher) {
    list_append(&realm->watchers, &watcher->link);
    set_limit(realm);
}

void watch_remove(Realm *realm, Watcher *watcher) {
    link_remove(&watcher->link);
    set_limit(realm);
}

void watch_end(Realm *realm) {
    if (!entry_is_known() || !vm_termination || !vm_throw_exception) {
        JSContextGroupSetExecutionTimeLimit(realm->group, AT_ONCE_SECONDS, look, realm);
        usleep(1000); /* time for the watchdog to go off before the script's next line */
        return;
    }
    JSLock(realm->ctx);
    vm_throw_exception(realm->group, realm->ctx, vm_termination(realm->group));
    JSUnlock(realm->ctx);
}
