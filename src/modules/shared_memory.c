/* SharedArrayBuffer and Atomics' waiting on memory that C owns, because the engine's own cannot leave its
 * thread. A handle holds one reference, each buffer over the memory another. */
#include "engine/peek.h"
#include "modules/modules.h"
#include "modules/shared_memory_module.h"
#include "modules/worker.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct {
    Handle base;
    SharedMemory *memory;
} Shared;

static void shared_dispose(Handle *handle) {
    Shared *shared = (Shared *)handle;
    shared_memory_unref(shared->memory);
    handle_leave(handle);
    mem_free(shared);
}

static Value shared_buffer(Call *call);
static Value shared_length(Call *call);
static Value shared_max(Call *call);
static Value shared_grow(Call *call);
static Value shared_wait(Call *call);
static Value shared_notify(Call *call);
static Value shared_wait_async(Call *call);

static const Native shared_methods[] = {
    {"buffer",       shared_buffer},
    {"length",              shared_length},
    {"max",shared_max},
    {"grow",          shared_grow},
    {"wait",              shared_wait},
    {"notify",shared_notify},
    {"waitAsync",         shared_wait_async},
    {0             }
};

static const HandleClass shared_class = {"SharedMemory", shared_methods, shared_dispose};

static SharedMemory *call_memory(Call *call) {
    Shared *shared = (Shared *)call_handle(call, &shared_class);
    return shared ? shared->memory : NULL;
}

SharedMemory *shared_memory_of(Value v) {
    Shared *shared = (Shared *)handle_of(v, &shared_class);
    return shared ? shared->memory : NULL;
}

Object shared_memory_open(Realm *realm, SharedMemory *memory) {
    Shared *shared = NEW(Shared);
    shared->memory = memory;
    return handle_open(realm, &shared->base, &shared_class);
}

/* create(length, max) -> handle; undefined if there is no memory */
static Value shared_create(Call *call) {
    SharedMemory *memory = shared_memory_new((size_t)call_double(call, 0), (size_t)call_double(call, 1));
    return memory ? shared_memory_open(call->realm, memory) : value_undefined();
}

/* open(name, length) -> handle on memory that every process has under that name; throws */
static Value shared_open_named(Call *call) {
    TEXT name = {0};
    if (!call_text(call, 0, &name)) return NULL;
    size_t len = (size_t)call_double(call, 1);
    int fd = shm_open(name.data, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return throw_uv(call, -errno, "shm_open", name.data, NULL);
    int err = 0;
    off_t size = lseek(fd, 0, SEEK_END);
    if (size < 0 || ((size_t)size < len && ftruncate(fd, (off_t)len) != 0)) err = -errno;
    SharedMemory *memory = err ? NULL : shared_memory_map(fd, len, &err);
    close(fd);
    if (!memory) return throw_uv(call, err, "mmap", name.data, NULL);
    return shared_memory_open(call->realm, memory);
}

/* unlink(name): those who have it keep it, nobody else finds it */
static Value shared_unlink(Call *call) {
    TEXT name = {0};
    if (!call_text(call, 0, &name)) return NULL;
    return value_bool(shm_unlink(name.data) == 0);
}

static void buffer_collected(void *bytes, void *data) {
    shared_memory_unref(data);
}

/* buffer() -> an ArrayBuffer over all of the memory */
static Value shared_buffer(Call *call) {
    SharedMemory *memory = call_memory(call);
    if (!memory) return NULL;
    return JSObjectMakeArrayBufferWithBytesNoCopy(call->realm->ctx, shared_memory_bytes(memory),
                                                  shared_memory_max(memory), buffer_collected,
                                                  shared_memory_ref(memory), call->exception);
}

static Value shared_length(Call *call) {
    SharedMemory *memory = call_memory(call);
    return memory ? value_number((double)shared_memory_len(memory)) : NULL;
}

static Value shared_max(Call *call) {
    SharedMemory *memory = call_memory(call);
    return memory ? value_number((double)shared_memory_max(memory)) : NULL;
}

static Value shared_grow(Call *call) {
    SharedMemory *memory = call_memory(call);
    return memory ? value_bool(shared_memory_grow(memory, (size_t)call_double(call, 0))) : NULL;
}

/* The value waited for: an int32, or a BigInt as a whole. */
static int64_t expected_value(Call *call, size_t i, bool is_64) {
    if (!is_64) return call_int(call, i);
    return JSValueToInt64(call->realm->ctx, call_arg(call, i), NULL);
}

static Value result_text(Realm *realm, WaitResult result) {
    static const char *const names[] = {"ok", "not-equal", "timed-out", "timed-out"};
    return value_string(realm, names[result]);
}

static bool call_place(Call *call, SharedMemory *memory, size_t *offset, bool is_64) {
    *offset = (size_t)call_double(call, 0);
    if (*offset + (is_64 ? 8 : 4) <= shared_memory_max(memory)) return true;
    throw_range(call, "ERR_OUT_OF_RANGE", "Out of bounds access");
    return false;
}

/* wait(offset, expected, is64, timeout in ms or -1) */
static Value shared_wait(Call *call) {
    SharedMemory *memory = call_memory(call);
    bool is_64 = call_bool(call, 2);
    size_t offset;
    if (!memory || !call_place(call, memory, &offset, is_64)) return NULL;
    int64_t expected = expected_value(call, 1, is_64);
    shared_memory_ref(memory);
    WaitResult result = shared_memory_wait(memory, offset, expected, is_64, call_double(call, 3),
                                           worker_wait_stop(call->realm));
    shared_memory_unref(memory);
    return result_text(call->realm, result);
}

/* notify(offset, count) -> how many were woken */
static Value shared_notify(Call *call) {
    SharedMemory *memory = call_memory(call);
    size_t offset;
    if (!memory || !call_place(call, memory, &offset, false)) return NULL;
    double count = call_double(call, 1);
    size_t max = count > 1e9 ? SIZE_MAX : (size_t)count;
    return value_number((double)shared_memory_notify(memory, offset, max));
}

/* One Atomics.waitAsync: woken through the loop of the realm that waits. */
typedef struct {
    Handle base;
    uv_async_t wake;
    SharedMemory *memory;
    SharedWaiter *waiter;
    Value callback;
} AsyncWait;

static void async_wait_closed(uv_handle_t *uv) {
    AsyncWait *wait = uv->data;
    shared_memory_unref(wait->memory);
    handle_leave(&wait->base);
    mem_free(wait);
}

static void async_wait_end(AsyncWait *wait) {
    if (wait->waiter) shared_waiter_cancel(wait->memory, wait->waiter);
    wait->waiter = NULL;
    if (wait->callback) value_drop(wait->base.realm, wait->callback);
    wait->callback = NULL;
    if (!uv_is_closing((uv_handle_t *)&wait->wake)) uv_close((uv_handle_t *)&wait->wake, async_wait_closed);
}

static void async_wait_dispose(Handle *handle) {
    async_wait_end((AsyncWait *)handle);
}

/* cancel() -> whether it was still waiting */
static Value async_wait_cancel(Call *call);
static const Native async_wait_methods[] = {
    {"cancel", async_wait_cancel},
    {0       }
};
static const HandleClass async_wait_class = {"AsyncWait", async_wait_methods, async_wait_dispose};

static Value async_wait_cancel(Call *call) {
    AsyncWait *wait = (AsyncWait *)call_handle(call, &async_wait_class);
    if (!wait || !wait->waiter) return value_bool(false);
    bool was_waiting = shared_waiter_cancel(wait->memory, wait->waiter);
    wait->waiter = NULL;
    handle_unpin(&wait->base);
    async_wait_end(wait);
    return value_bool(was_waiting);
}

static void async_wait_notified(void *data) {
    uv_async_send(&((AsyncWait *)data)->wake);
}

static void async_wait_woken(uv_async_t *uv) {
    AsyncWait *wait = uv->data;
    if (!wait->callback) return;
    Object callback = (Object)wait->callback;
    Realm *realm = wait->base.realm;
    wait->callback = NULL;
    handle_unpin(&wait->base);
    async_wait_end(wait);
    realm_dispatch(realm, callback, NULL, 0, NULL);
    value_drop(realm, callback);
}

/* waitAsync(offset, expected, is64, callback) -> handle, or undefined if it is not equal */
static Value shared_wait_async(Call *call) {
    SharedMemory *memory = call_memory(call);
    bool is_64 = call_bool(call, 2);
    size_t offset;
    if (!memory || !call_place(call, memory, &offset, is_64)) return NULL;
    AsyncWait *wait = NEW(AsyncWait);
    uv_async_init(&call->realm->loop, &wait->wake, async_wait_woken);
    wait->wake.data = wait;
    wait->memory = shared_memory_ref(memory);
    Object object = handle_open(call->realm, &wait->base, &async_wait_class);
    WaitResult result;
    wait->callback = call_arg(call, 3);
    value_keep(call->realm, wait->callback);
    handle_pin(&wait->base);
    wait->waiter = shared_memory_wait_async(memory, offset, expected_value(call, 1, is_64), is_64,
                                            async_wait_notified, wait, &result);
    if (wait->waiter) return object;
    handle_unpin(&wait->base);
    async_wait_end(wait);
    return value_undefined();
}

static const Native functions[] = {
    {"create",           shared_create},
    {"open",                  shared_open_named},
    {"unlink",shared_unlink},
    {0          }
};

const Module shared_memory_module = {"shared_memory", functions, NULL, NULL};
