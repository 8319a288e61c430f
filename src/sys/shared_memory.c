/* Shared memory and its waiters. Threads of one process wait in a list, first come first woken; memory that
 * is shared with other processes is waited on with futexes, which reach across. */
#include "sys/shared_memory.h"

#include "base/list.h"

#include <errno.h>
#include <linux/futex.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SLICE_NS 20000000u

struct SharedMemory {
    atomic_size_t references;
    atomic_size_t len;
    size_t max;
    char *bytes;
    bool crosses_processes;
    uv_mutex_t lock;
    List waiters;
};

struct SharedWaiter {
    Link link;
    size_t offset;
    bool woken, stopped;
    uv_cond_t cond;        /* for those who block */
    SharedWaiterDone done; /* for those who do not */
    void *data;
    /* What the thread needs that waits for those who do not block, if the memory crosses processes. */
    SharedMemory *memory;
    int64_t expected;
    bool is_64;
    WaitStop stop;
    atomic_int holders; /* that thread and whoever asked */
};

static SharedMemory *memory_over(char *bytes, size_t len, size_t max) {
    SharedMemory *memory = NEW(SharedMemory);
    atomic_init(&memory->references, 1);
    atomic_init(&memory->len, len);
    memory->max = max;
    memory->bytes = bytes;
    uv_mutex_init(&memory->lock);
    list_init(&memory->waiters);
    return memory;
}

SharedMemory *shared_memory_new(size_t len, size_t max) {
    size_t size = max ? max : 1;
    char *bytes =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return bytes == MAP_FAILED ? NULL : memory_over(bytes, len, max);
}

SharedMemory *shared_memory_map(int fd, size_t len, int *err) {
    char *bytes = mmap(NULL, len ? len : 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED) {
        *err = -errno;
        return NULL;
    }
    SharedMemory *memory = memory_over(bytes, len, len);
    memory->crosses_processes = true;
    return memory;
}

SharedMemory *shared_memory_ref(SharedMemory *memory) {
    atomic_fetch_add_explicit(&memory->references, 1, memory_order_relaxed);
    return memory;
}

void shared_memory_unref(SharedMemory *memory) {
    if (atomic_fetch_sub_explicit(&memory->references, 1, memory_order_acq_rel) != 1) return;
    munmap(memory->bytes, memory->max ? memory->max : 1);
    uv_mutex_destroy(&memory->lock);
    mem_free(memory);
}

void *shared_memory_bytes(const SharedMemory *memory) {
    return memory->bytes;
}
size_t shared_memory_len(const SharedMemory *memory) {
    return atomic_load(&memory->len);
}
size_t shared_memory_max(const SharedMemory *memory) {
    return memory->max;
}

bool shared_memory_grow(SharedMemory *memory, size_t len) {
    if (len > memory->max) return false;
    size_t now = atomic_load(&memory->len);
    while (len > now)
        if (atomic_compare_exchange_weak(&memory->len, &now, len)) return true;
    return len == now;
}

void wait_stop_init(WaitStop *stop) {
    *stop = (WaitStop){0};
    uv_mutex_init(&stop->lock);
}

void wait_stop_destroy(WaitStop *stop) {
    uv_mutex_destroy(&stop->lock);
}

void wait_stop_now(WaitStop *stop) {
    uv_mutex_lock(&stop->lock);
    __atomic_store_n(&stop->stopped, true, __ATOMIC_RELAXED);
    SharedMemory *memory = stop->memory;
    if (memory) {
        uv_mutex_lock(&memory->lock);
        if (stop->waiter) {
            stop->waiter->stopped = true;
            uv_cond_signal(&stop->waiter->cond);
        }
        uv_mutex_unlock(&memory->lock);
    }
    uv_mutex_unlock(&stop->lock);
}

static bool is_expected(const SharedMemory *memory, size_t offset, int64_t expected, bool is_64) {
    const char *at = memory->bytes + offset;
    if (is_64) return atomic_load((const _Atomic int64_t *)(const void *)at) == expected;
    return atomic_load((const _Atomic int32_t *)(const void *)at) == (int32_t)expected;
}

static bool wait_is_stopped(WaitStop *stop) {
    return stop && __atomic_load_n(&stop->stopped, __ATOMIC_RELAXED);
}

/* Other processes: who can be stopped sleeps in slices, so that he sees it. */
static WaitResult wait_across(SharedMemory *memory, size_t offset, int64_t expected, bool is_64,
                              double timeout_ms, WaitStop *stop) {
    uint64_t end = timeout_ms < 0 ? UINT64_MAX : uv_hrtime() + (uint64_t)(timeout_ms * 1e6);
    if (!is_expected(memory, offset, expected, is_64)) return WAIT_NOT_EQUAL;
    for (;;) {
        if (wait_is_stopped(stop)) return WAIT_STOPPED;
        uint64_t now = uv_hrtime(), longest = stop ? SLICE_NS : 3600u * 1000000000ull;
        if (now >= end) return WAIT_TIMED_OUT;
        uint64_t slice = end - now < longest ? end - now : longest;
        struct timespec time = {(time_t)(slice / 1000000000u), (long)(slice % 1000000000u)};
        long failed =
            syscall(SYS_futex, memory->bytes + offset, FUTEX_WAIT, (int32_t)expected, &time, NULL, 0);
        if (failed == 0) return WAIT_OK;
        if (errno == EAGAIN) return WAIT_OK; /* changed between two slices: the waking was missed */
    }
}

static WaitResult wait_here(SharedMemory *memory, SharedWaiter *waiter, double timeout_ms) {
    uint64_t end = timeout_ms < 0 ? 0 : uv_hrtime() + (uint64_t)(timeout_ms * 1e6);
    while (!waiter->woken && !waiter->stopped) {
        if (timeout_ms < 0) {
            uv_cond_wait(&waiter->cond, &memory->lock);
            continue;
        }
        uint64_t now = uv_hrtime();
        if (now >= end) break;
        uv_cond_timedwait(&waiter->cond, &memory->lock, end - now);
    }
    link_remove(&waiter->link);
    return waiter->woken ? WAIT_OK : waiter->stopped ? WAIT_STOPPED : WAIT_TIMED_OUT;
}

static void wait_stop_set(WaitStop *stop, SharedMemory *memory, SharedWaiter *waiter) {
    if (!stop) return;
    uv_mutex_lock(&stop->lock);
    stop->memory = memory;
    stop->waiter = waiter;
    if (waiter && stop->stopped) waiter->stopped = true;
    uv_mutex_unlock(&stop->lock);
}

WaitResult shared_memory_wait(SharedMemory *memory, size_t offset, int64_t expected, bool is_64,
                              double timeout_ms, WaitStop *stop) {
    if (timeout_ms > 1e12) timeout_ms = -1;
    if (memory->crosses_processes) return wait_across(memory, offset, expected, is_64, timeout_ms, stop);
    SharedWaiter waiter = {.offset = offset};
    list_init(&waiter.link);
    uv_cond_init(&waiter.cond);
    wait_stop_set(stop, memory, &waiter); /* always taken before the memory's lock */
    uv_mutex_lock(&memory->lock);
    WaitResult result = WAIT_NOT_EQUAL;
    if (is_expected(memory, offset, expected, is_64)) {
        list_append(&memory->waiters, &waiter.link);
        result = wait_here(memory, &waiter, timeout_ms);
    }
    uv_mutex_unlock(&memory->lock);
    wait_stop_set(stop, NULL, NULL);
    uv_cond_destroy(&waiter.cond);
    return result;
}

size_t shared_memory_notify(SharedMemory *memory, size_t offset, size_t count) {
    size_t woken = 0;
    if (memory->crosses_processes) {
        long n = syscall(SYS_futex, memory->bytes + offset, FUTEX_WAKE,
                         count > INT32_MAX ? INT32_MAX : (int)count, NULL, NULL, 0);
        woken = n > 0 ? (size_t)n : 0;
    }
    uv_mutex_lock(&memory->lock);
    LIST_EACH(&memory->waiters, SharedWaiter, link, waiter) {
        if (woken == count) break;
        if (waiter->offset != offset) continue;
        link_remove(&waiter->link);
        waiter->woken = true;
        woken++;
        if (waiter->done)
            waiter->done(waiter->data);
        else
            uv_cond_signal(&waiter->cond);
    }
    uv_mutex_unlock(&memory->lock);
    return woken;
}

static void async_waiter_release(SharedWaiter *waiter) {
    if (atomic_fetch_sub(&waiter->holders, 1) != 1) return;
    if (waiter->memory) {
        wait_stop_destroy(&waiter->stop);
        shared_memory_unref(waiter->memory);
    }
    mem_free(waiter);
}

static void *wait_in_thread(void *data) {
    SharedWaiter *waiter = data;
    SharedMemory *memory = waiter->memory;
    WaitResult result =
        wait_across(memory, waiter->offset, waiter->expected, waiter->is_64, -1, &waiter->stop);
    uv_mutex_lock(&memory->lock);
    if (result != WAIT_STOPPED && !waiter->stopped) {
        waiter->woken = true;
        waiter->done(waiter->data);
    }
    uv_mutex_unlock(&memory->lock);
    async_waiter_release(waiter);
    return NULL;
}

/* A futex cannot be waited for by a loop: a thread does it. */
static bool wait_across_async(SharedMemory *memory, SharedWaiter *waiter) {
    pthread_t thread;
    pthread_attr_t attributes;
    waiter->memory = shared_memory_ref(memory);
    wait_stop_init(&waiter->stop);
    atomic_fetch_add(&waiter->holders, 1);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 64 * 1024);
    bool started = pthread_create(&thread, &attributes, wait_in_thread, waiter) == 0;
    pthread_attr_destroy(&attributes);
    if (!started) async_waiter_release(waiter);
    return started;
}

SharedWaiter *shared_memory_wait_async(SharedMemory *memory, size_t offset, int64_t expected, bool is_64,
                                       SharedWaiterDone done, void *data, WaitResult *result) {
    SharedWaiter *waiter = NULL;
    uv_mutex_lock(&memory->lock);
    *result = WAIT_NOT_EQUAL;
    if (is_expected(memory, offset, expected, is_64)) {
        *result = WAIT_OK;
        waiter = NEW(SharedWaiter);
        *waiter = (SharedWaiter){
            .offset = offset, .done = done, .data = data, .expected = expected, .is_64 = is_64};
        atomic_init(&waiter->holders, 1);
        link_init(&waiter->link);
        if (!memory->crosses_processes || !wait_across_async(memory, waiter))
            list_append(&memory->waiters, &waiter->link);
    }
    uv_mutex_unlock(&memory->lock);
    return waiter;
}

bool shared_waiter_cancel(SharedMemory *memory, SharedWaiter *waiter) {
    uv_mutex_lock(&memory->lock);
    bool was_waiting = !waiter->woken;
    waiter->stopped = true;
    if (waiter->memory) __atomic_store_n(&waiter->stop.stopped, true, __ATOMIC_RELAXED);
    link_remove(&waiter->link);
    uv_mutex_unlock(&memory->lock);
    async_waiter_release(waiter);
    return was_waiting;
}
