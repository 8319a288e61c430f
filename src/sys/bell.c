/* libuv's own asyncs let the thread that is woken spin until the waking one has left its system call, which
 * takes tens of microseconds where both share a core. Here the two share a lock and nothing else, and a
 * thread that keeps getting answers within microseconds looks for the next one for a moment before it sleeps.
 */
#include "sys/bell.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A sleep that was shorter than this would have been better spent looking. */
#define LOOKING_NS 25000
enum { LOOKS_BETWEEN_YIELDS = 64, MOST_LOOKS = 32 };

struct Bells {
    uv_mutex_t lock;
    List rung;
    bool is_asleep;      /* the thread may be in its loop's poll: write to the descriptor */
    atomic_bool has_any; /* something was rung: what a thread that looks, looks at */
    int fd;
    unsigned refs;
    uint64_t opened;
    uint64_t slept_since_ns;
    bool is_expecting; /* the last sleep was short */
    uv_poll_t poll;
    uv_prepare_t prepare;
    uv_check_t check;
    int open_handles;
};

static void wake(Bells *bells) {
    uint64_t one = 1;
    while (write(bells->fd, &one, sizeof one) < 0 && errno == EINTR) {
    }
}

static Bell *next_of(Bells *bells, List *list) {
    uv_mutex_lock(&bells->lock);
    Bell *bell = list_is_empty(list) ? NULL : CONTAINER_OF(list->next, Bell, waiting);
    if (bell) link_remove(&bell->waiting);
    uv_mutex_unlock(&bells->lock);
    return bell;
}

/* One round, the oldest bell first; what is rung meanwhile may have to wait for the loop's other business. */
static void answer(Bells *bells) {
    if (!atomic_load_explicit(&bells->has_any, memory_order_relaxed)) return;
    List round;
    uv_mutex_lock(&bells->lock);
    list_take(&bells->rung, &round);
    atomic_store_explicit(&bells->has_any, false, memory_order_relaxed);
    uv_mutex_unlock(&bells->lock);
    for (Bell *bell; (bell = next_of(bells, &round));)
        bell->rung(bell);
}

static void woken(uv_poll_t *poll, int status, int events) {
    Bells *bells = poll->data;
    uint64_t count;
    while (read(bells->fd, &count, sizeof count) < 0 && errno == EINTR) {
    }
    if (uv_hrtime() - bells->slept_since_ns < LOOKING_NS) bells->is_expecting = true;
    answer(bells);
}

static bool look_for_a_moment(Bells *bells) {
    uint64_t until_ns = uv_hrtime() + LOOKING_NS;
    do {
        for (int i = 0; i < LOOKS_BETWEEN_YIELDS; i++) {
            if (atomic_load_explicit(&bells->has_any, memory_order_relaxed)) return true;
#if defined(__x86_64__)
            __builtin_ia32_pause();
#endif
        }
        sched_yield();
    } while (uv_hrtime() < until_ns);
    return bells->is_expecting = false;
}

/* The loop is about to sleep, if it has nothing else to do. */
static void before_poll(uv_prepare_t *prepare) {
    Bells *bells = prepare->data;
    answer(bells);
    for (int i = 0; i < MOST_LOOKS && bells->is_expecting; i++) {
        if (uv_backend_timeout(prepare->loop) == 0 || !look_for_a_moment(bells)) break;
        answer(bells);
    }
    uv_mutex_lock(&bells->lock);
    bool may_sleep = list_is_empty(&bells->rung);
    bells->is_asleep = may_sleep;
    uv_mutex_unlock(&bells->lock);
    if (may_sleep)
        bells->slept_since_ns = uv_hrtime();
    else
        wake(bells);
}

static void after_poll(uv_check_t *check) {
    Bells *bells = check->data;
    uv_mutex_lock(&bells->lock);
    bells->is_asleep = false;
    uv_mutex_unlock(&bells->lock);
    answer(bells);
}

Bells *bells_open(uv_loop_t *loop) {
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (fd < 0) return NULL;
    Bells *bells = NEW(Bells);
    bells->fd = fd;
    uv_mutex_init(&bells->lock);
    list_init(&bells->rung);
    atomic_init(&bells->has_any, false);
    uv_poll_init(loop, &bells->poll, fd);
    uv_prepare_init(loop, &bells->prepare);
    uv_check_init(loop, &bells->check);
    bells->poll.data = bells->prepare.data = bells->check.data = bells;
    uv_poll_start(&bells->poll, UV_READABLE, woken);
    uv_prepare_start(&bells->prepare, before_poll);
    uv_check_start(&bells->check, after_poll);
    uv_unref((uv_handle_t *)&bells->poll);
    uv_unref((uv_handle_t *)&bells->prepare);
    uv_unref((uv_handle_t *)&bells->check);
    bells->open_handles = 3;
    return bells;
}

static void handle_closed(uv_handle_t *handle) {
    Bells *bells = handle->data;
    if (--bells->open_handles > 0) return;
    close(bells->fd);
    uv_mutex_destroy(&bells->lock);
    mem_free(bells);
}

void bells_close(Bells *bells) {
    uv_close((uv_handle_t *)&bells->poll, handle_closed);
    uv_close((uv_handle_t *)&bells->prepare, handle_closed);
    uv_close((uv_handle_t *)&bells->check, handle_closed);
}

void bell_open(Bell *bell, Bells *bells, void (*rung)(Bell *bell)) {
    *bell = (Bell){.bells = bells, .rung = rung, .age = ++bells->opened};
    link_init(&bell->waiting);
}

void bell_close(Bell *bell) {
    bell_set_ref(bell, false);
    uv_mutex_lock(&bell->bells->lock);
    link_remove(&bell->waiting);
    uv_mutex_unlock(&bell->bells->lock);
    bell->bells = NULL;
}

void bell_set_ref(Bell *bell, bool is_ref) {
    Bells *bells = bell->bells;
    if (is_ref == bell->is_ref) return;
    bell->is_ref = is_ref;
    bells->refs += is_ref ? 1 : -1u;
    if (bells->refs > 0)
        uv_ref((uv_handle_t *)&bells->poll);
    else
        uv_unref((uv_handle_t *)&bells->poll);
}

static void put_in_order(List *rung, Bell *bell) {
    Link *after = rung->prev;
    while (after != rung && CONTAINER_OF(after, Bell, waiting)->age > bell->age)
        after = after->prev;
    list_append(after->next, &bell->waiting);
}

void bell_ring(Bell *bell) {
    Bells *bells = bell->bells;
    uv_mutex_lock(&bells->lock);
    if (list_is_empty(&bell->waiting)) put_in_order(&bells->rung, bell);
    atomic_store_explicit(&bells->has_any, true, memory_order_relaxed);
    bool must_wake = bells->is_asleep;
    bells->is_asleep = false;
    uv_mutex_unlock(&bells->lock);
    if (must_wake) wake(bells);
}
