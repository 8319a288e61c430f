/* WTF::WorkQueueBase::dispatchAfter is how the watchdog waits: with this function in its place the wait for
 * ALARM_SECONDS is kept here, and ringing ends it as if the time had come. */
#include "engine/alarm.h"

#include "base/mem.h"

#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#define DISPATCH_AFTER "_ZN3WTF13WorkQueueBase13dispatchAfterENS_7SecondsEONS_8FunctionIFvvEEE"

enum { METHOD_FREE = 1, METHOD_CALL = 2, WATCHDOG_WORDS = 16, DEADLINES = 2 };

/* A function of C++ that holds the watchdog. */
typedef struct {
    void *const *methods;
    double *watchdog;
} Callable;

struct Alarm {
    pthread_mutex_t lock;
    Callable *waiting;
    double *deadlines[DEADLINES]; /* in the watchdog: wall and processor time */
    bool is_ringing;
};

/* The engine says only on which thread it waits. */
static _Thread_local Alarm *alarm_of_thread;

static void callable_free(Callable *callable) {
    if (!callable) return;
    void (*method)(Callable *) = NULL;
    *(void **)&method = callable->methods[METHOD_FREE];
    method(callable);
}

static void callable_call(Callable *callable) {
    void (*method)(Callable *) = NULL;
    *(void **)&method = callable->methods[METHOD_CALL];
    method(callable);
}

/* The watchdog has just noted when its time is over. */
static bool deadlines_find(double *watchdog, double delay_s, double *found[DEADLINES]) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double expected = (double)now.tv_sec + (double)now.tv_nsec / 1e9 + delay_s;
    size_t count = 0;
    for (size_t i = 0; i < WATCHDOG_WORDS; i++) {
        if (!(fabs(watchdog[i] - expected) < 0.5)) continue;
        if (count == DEADLINES) return false;
        found[count++] = &watchdog[i];
    }
    return count == DEADLINES;
}

/* False if the watchdog waits for nothing: then its next wait is one for the alarm. */
static bool deadline_end(double *deadline) {
    double until = __builtin_nan(""), now = 0;
    do {
        __atomic_load(deadline, &until, __ATOMIC_RELAXED);
        if (isinf(until)) return false;
    } while (!__atomic_compare_exchange(deadline, &until, &now, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return true;
}

/* The time has come. */
static void go_off(Alarm *alarm) {
    bool is_waiting = true;
    for (size_t i = 0; i < DEADLINES; i++)
        is_waiting &= deadline_end(alarm->deadlines[i]);
    if (is_waiting) callable_call(alarm->waiting);
}

static bool alarm_takes(Alarm *alarm, double delay_s, Callable *callable) {
    double *deadlines[DEADLINES];
    if (!deadlines_find(callable->watchdog, delay_s, deadlines)) return false;
    pthread_mutex_lock(&alarm->lock);
    Callable *before = alarm->waiting;
    alarm->waiting = callable;
    memcpy(alarm->deadlines, deadlines, sizeof deadlines);
    if (alarm->is_ringing) go_off(alarm);
    pthread_mutex_unlock(&alarm->lock);
    callable_free(before);
    return true;
}

void engine_dispatch_after(void *queue, double delay_s, Callable **callable) __asm__(DISPATCH_AFTER);
void engine_dispatch_after(void *queue, double delay_s, Callable **callable) {
    static void (*real)(void *, double, Callable **);
    if (!real) *(void **)&real = dlsym(RTLD_NEXT, DISPATCH_AFTER);
    Alarm *alarm = alarm_of_thread;
    if (alarm && delay_s == ALARM_SECONDS && alarm_takes(alarm, delay_s, *callable))
        *callable = NULL;
    else
        real(queue, delay_s, callable);
}

Alarm *alarm_open(void) {
    Alarm *alarm = NEW(Alarm);
    pthread_mutex_init(&alarm->lock, NULL);
    return alarm_of_thread = alarm;
}

void alarm_close(Alarm *alarm) {
    alarm_of_thread = NULL;
    /* Or the watchdog would wait for this wait to end before it begins another. */
    for (size_t i = 0; alarm->waiting && i < DEADLINES; i++)
        *alarm->deadlines[i] = INFINITY;
    callable_free(alarm->waiting);
    pthread_mutex_destroy(&alarm->lock);
    mem_free(alarm);
}

void alarm_ring(Alarm *alarm) {
    pthread_mutex_lock(&alarm->lock);
    alarm->is_ringing = true;
    if (alarm->waiting) go_off(alarm);
    pthread_mutex_unlock(&alarm->lock);
}
