/* Memory that several threads, or several processes, read and write at once: counted, and with the list
 * of those who wait for a place in it to change (what Atomics.wait and notify need). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

typedef struct SharedMemory SharedMemory;
typedef struct SharedWaiter SharedWaiter;

/* Zeroed memory of `len` bytes that can grow to `max`. NULL if there is not so much. */
SharedMemory *shared_memory_new(size_t len, size_t max);
/* The same under a name for all processes that inherit or open the descriptor; -errno in *err. */
SharedMemory *shared_memory_map(int fd, size_t len, int *err);
SharedMemory *shared_memory_ref(SharedMemory *memory);
void shared_memory_unref(SharedMemory *memory);

void *shared_memory_bytes(const SharedMemory *memory);
size_t shared_memory_len(const SharedMemory *memory);
size_t shared_memory_max(const SharedMemory *memory);
/* False if it would shrink or pass its maximum. */
bool shared_memory_grow(SharedMemory *memory, size_t len);

typedef enum { WAIT_OK, WAIT_NOT_EQUAL, WAIT_TIMED_OUT, WAIT_STOPPED } WaitResult;

/* Lets another thread end this thread's waiting for good, e.g. when it is to stop. */
typedef struct {
    uv_mutex_t lock;
    SharedMemory *memory; /* where it waits now, or NULL */
    SharedWaiter *waiter;
    bool stopped;
} WaitStop;

void wait_stop_init(WaitStop *stop);
void wait_stop_destroy(WaitStop *stop);
void wait_stop_now(WaitStop *stop);

/* Waits while the 4 or 8 bytes at `offset` are `expected`; no timeout if it is negative. */
WaitResult shared_memory_wait(SharedMemory *memory, size_t offset, int64_t expected, bool is_64,
                              double timeout_ms, WaitStop *stop);
/* Wakes up to `count` of those who wait there; returns how many. */
size_t shared_memory_notify(SharedMemory *memory, size_t offset, size_t count);

/* Waiting without blocking: `done` is called from the notifying thread, under the memory's lock. */
struct SharedWaiter;
typedef void (*SharedWaiterDone)(void *data);
/* NULL and *result if there is nothing to wait for. */
SharedWaiter *shared_memory_wait_async(SharedMemory *memory, size_t offset, int64_t expected, bool is_64,
                                       SharedWaiterDone done, void *data, WaitResult *result);
/* True if it was still waiting: `done` will not be called any more. Frees the waiter either way. */
bool shared_waiter_cancel(SharedMemory *memory, SharedWaiter *waiter);
