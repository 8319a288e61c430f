/* Worker threads: a realm on a thread of its own, started, stopped and waited for by the realm that made it.
 * The two talk through two channels: one is the program's, the other carries what Node's interface needs. */
#include "modules/worker.h"

#include "engine/watch.h"
#include "modules/message_port.h"
#include "modules/modules.h"
#include "modules/worker_threads.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

/* Of big messages that were received and collected, for the next ones. */
#define KEPT_BYTES ((size_t)24 * 1024 * 1024)

/* What all threads of the process have in common; the main realm's. */
typedef struct {
    atomic_int last_id;
    Broadcasts *broadcasts;
    WorkerThreads *pool;
    Blocks *blocks;
} Threads;

typedef struct {
    Handle base; /* the parent's */
    Threads *threads;
    int id;
    ThreadJob job;
    uv_sem_t done;    /* posted when the thread does not know of this any more */
    uv_async_t ended; /* on the parent's loop, sent by the thread just before */
    bool is_running, is_ref;
    Value callback;

    Watcher watcher;
    RealmOptions options;
    double heap_limit;     /* bytes; 0: none */
    PortEnd control, port; /* the thread's ends until its realm takes them */
    WaitStop wait_stop;
    atomic_bool stop; /* the thread shall end: asked by itself or by the parent */
    uv_mutex_t lock;  /* guards realm */
    Bells *bells;     /* on the realm's loop, until the messages take them */
    Realm *realm;     /* while it lives */
    uv_async_t *wake; /* on the realm's loop */
    int exit_code;
    int *fds; /* what the program has opened and not closed, if it is to be closed for it */
    size_t fd_count;
    bool was_terminated, out_of_memory, has_failed;
    clockid_t clock;
    bool has_clock;
    double used_before_ns; /* the thread's time when it began with this */
} Worker;

static Worker *worker_of(Realm *realm) {
    return realm->options.worker;
}

static Threads *threads_of(Realm *realm) {
    Worker *worker = worker_of(realm);
    if (worker) return worker->threads;
    void **slot = realm_slot(realm, SLOT_THREADS);
    if (!*slot) {
        Threads *threads = NEW(Threads);
        threads->broadcasts = broadcasts_new();
        threads->pool = worker_threads_new();
        threads->blocks = blocks_new(KEPT_BYTES);
        *slot = threads;
    }
    return *slot;
}

Broadcasts *worker_broadcasts(Realm *realm) {
    return threads_of(realm)->broadcasts;
}

Blocks *worker_blocks(Realm *realm) {
    return threads_of(realm)->blocks;
}

WaitStop *worker_wait_stop(Realm *realm) {
    Worker *worker = worker_of(realm);
    return worker ? &worker->wait_stop : NULL;
}

static WatchVerdict look_at_worker(Watcher *watcher, Realm *realm, JSContextRef ctx) {
    Worker *worker = worker_of(realm);
    if (!atomic_load(&worker->stop) && worker->heap_limit > 0) {
        double used = value_as_double(object_get(realm, JSGetMemoryUsageStatistics(ctx), "heapSize"));
        worker->out_of_memory = used > worker->heap_limit;
        if (worker->out_of_memory) atomic_store(&worker->stop, true);
    }
    if (!atomic_load(&worker->stop)) return WATCH_GO_ON;
    realm->has_spent_engine = true;
    realm->turn[TURN_EXITING] = 1;
    return WATCH_END;
}

static void stop_realm(uv_async_t *wake) {
    Worker *worker = wake->data;
    if (!worker || !worker->realm) return;
    worker->realm->turn[TURN_EXITING] = 1;
    realm_stop(worker->realm, worker->exit_code);
}

static void wake_closed(uv_handle_t *handle) {
    mem_free(handle);
}

static void worker_run(Worker *worker, Realm *realm) {
    Value exception = NULL;
    Object start = (Object)realm_require(realm, "internal/worker_main", &exception);
    if (!start || exception) {
        if (exception && !atomic_load(&worker->stop)) realm_print_error(realm, exception);
        worker->exit_code = 1;
        return;
    }
    value_keep(realm, start);
    Object run = (Object)object_get(realm, start, "run");
    Object finish = (Object)object_get(realm, start, "beforeExit");
    Object end = (Object)object_get(realm, start, "exit");
    realm_dispatch(realm, run, NULL, 0, NULL);
    do {
        if (realm->stopping || atomic_load(&worker->stop)) break;
        realm_run_loop(realm);
        if (realm->stopping) break;
        realm_dispatch(realm, finish, NULL, 0, NULL);
    } while (uv_loop_alive(&realm->loop));
    if (!realm->stopping && !atomic_load(&worker->stop)) realm_dispatch(realm, end, NULL, 0, NULL);
    if (!worker->was_terminated) worker->exit_code = realm->exit_code;
    value_drop(realm, start);
}

static void close_fds(Worker *worker);

static double thread_time_ns(clockid_t clock) {
    struct timespec time;
    return clock_gettime(clock, &time) == 0 ? (double)time.tv_sec * 1e9 + (double)time.tv_nsec : 0;
}

static void worker_enter(Worker *worker, Realm *realm, uv_async_t *wake) {
    uv_async_init(&realm->loop, wake, stop_realm);
    uv_unref((uv_handle_t *)wake);
    wake->data = worker;
    uv_mutex_lock(&worker->lock);
    worker->has_clock = pthread_getcpuclockid(pthread_self(), &worker->clock) == 0;
    worker->used_before_ns = worker->has_clock ? thread_time_ns(worker->clock) : 0;
    realm->loop_start_ns = uv_hrtime(); /* the program runs as the loop's first business */
    worker->realm = realm;
    worker->wake = wake;
    uv_mutex_unlock(&worker->lock);
    watch_add(realm, &worker->watcher);
}

static void worker_leave(Worker *worker, Realm *realm, uv_async_t *wake) {
    watch_remove(realm, &worker->watcher);
    uv_mutex_lock(&worker->lock);
    worker->realm = NULL;
    worker->wake = NULL;
    worker->has_clock = false;
    uv_mutex_unlock(&worker->lock);
    realm->turn[TURN_EXITING] = 1;
    uv_close((uv_handle_t *)wake, wake_closed);
    if (worker->bells) bells_close(worker->bells);
}

static void worker_live(ThreadJob *job, Realm *realm, Bells *bells) {
    Worker *worker = CONTAINER_OF(job, Worker, job);
    if (!realm) {
        worker->exit_code = 1;
        worker->has_failed = true;
        return;
    }
    worker->bells = bells;
    uv_async_t *wake = NEW(uv_async_t);
    worker_enter(worker, realm, wake);
    worker_run(worker, realm);
    worker_leave(worker, realm, wake);
}

static void worker_end(ThreadJob *job) {
    Worker *worker = CONTAINER_OF(job, Worker, job);
    close_fds(worker);
    if (worker->control.channel) port_close(worker->control);
    if (worker->port.channel) port_close(worker->port);
    worker->control.channel = worker->port.channel = NULL;
    uv_async_send(&worker->ended);
    uv_sem_post(&worker->done);
}

static void worker_ask_to_stop(Worker *worker, int exit_code) {
    uv_mutex_lock(&worker->lock);
    if (!atomic_load(&worker->stop)) {
        worker->was_terminated = true;
        worker->exit_code = exit_code;
    }
    atomic_store(&worker->stop, true);
    if (worker->wake) {
        uv_async_send(worker->wake);
        __atomic_store_n(&worker->realm->turn[TURN_EXITING], 1, __ATOMIC_RELAXED);
    }
    uv_mutex_unlock(&worker->lock);
    wait_stop_now(&worker->wait_stop);
}

static void ended_closed(uv_handle_t *uv) {
    Worker *worker = uv->data;
    uv_mutex_destroy(&worker->lock);
    uv_sem_destroy(&worker->done);
    wait_stop_destroy(&worker->wait_stop);
    handle_leave(&worker->base);
    mem_free(worker);
}

static void worker_join(Worker *worker) {
    if (!worker->is_running) return;
    uv_sem_wait(&worker->done);
    worker->is_running = false;
}

static void worker_ended(uv_async_t *uv) {
    Worker *worker = uv->data;
    if (!worker->is_running) return;
    worker_join(worker);
    Realm *realm = worker->base.realm;
    Object callback = (Object)worker->callback;
    worker->callback = NULL;
    uv_unref((uv_handle_t *)&worker->ended);
    Value argv[] = {value_int(worker->exit_code), value_bool(worker->out_of_memory),
                    value_bool(worker->has_failed)};
    realm_dispatch(realm, callback, NULL, COUNT_OF(argv), argv);
    value_drop(realm, callback);
    handle_unpin(&worker->base);
}

/* The parent's realm ends, or nobody has the worker any more: no thread outlives its parent. */
static void worker_dispose(Handle *handle) {
    Worker *worker = (Worker *)handle;
    if (worker->is_running) {
        worker_ask_to_stop(worker, 1);
        worker_join(worker);
    }
    if (worker->control.channel) port_close(worker->control);
    if (worker->port.channel) port_close(worker->port);
    worker->control.channel = worker->port.channel = NULL;
    if (worker->callback) value_drop(handle->realm, worker->callback);
    worker->callback = NULL;
    if (!uv_is_closing((uv_handle_t *)&worker->ended)) uv_close((uv_handle_t *)&worker->ended, ended_closed);
}

static Value worker_start(Call *call);
static Value worker_stop(Call *call);
static Value worker_ref(Call *call);
static Value worker_unref(Call *call);
static Value worker_has_ref(Call *call);
static Value worker_cpu(Call *call);
static Value worker_utilization(Call *call);

static const Native worker_methods[] = {
    {"start",       worker_start},
    {"stop",             worker_stop},
    {"ref",worker_ref},
    {"unref",         worker_unref},
    {"hasRef",             worker_has_ref},
    {"cpu",worker_cpu},
    {"utilization",      worker_utilization},
    {0            }
};

static const HandleClass worker_class = {"Worker", worker_methods, worker_dispose};

static Worker *call_worker(Call *call) {
    return (Worker *)call_handle(call, &worker_class);
}

/* create(stack size in bytes, heap limit in bytes or 0) -> [handle, control port, port, thread id] */
static Value worker_create(Call *call) {
    Realm *realm = call->realm;
    Worker *worker = NEW(Worker);
    uv_async_init(&realm->loop, &worker->ended, worker_ended);
    worker->ended.data = worker;
    uv_unref((uv_handle_t *)&worker->ended);
    uv_mutex_init(&worker->lock);
    uv_sem_init(&worker->done, 0);
    wait_stop_init(&worker->wait_stop);
    atomic_init(&worker->stop, false);
    worker->watcher = (Watcher){.every_s = WATCH_SELDOM_SECONDS, .look = look_at_worker};
    link_init(&worker->watcher.link);
    worker->threads = threads_of(realm);
    worker->id = atomic_fetch_add(&worker->threads->last_id, 1) + 1;
    worker->options = realm->options;
    worker->options.is_main = false;
    worker->options.worker = worker;
    worker->options.process_start_ns = realm->start_ns;
    worker->options.process_start_ms = realm->time_origin_ms;
    size_t stack_size = (size_t)call_double(call, 0);
    worker->heap_limit = call_double(call, 1);
    worker->job = (ThreadJob){&worker->options, stack_size,
                              stack_size == USUAL_STACK && worker->heap_limit == 0, worker_live, worker_end};
    worker->is_ref = true;
    PortEnd control[2], port[2];
    channel_new(control);
    channel_new(port);
    worker->control = control[1];
    worker->port = port[1];
    Object object = handle_open(realm, &worker->base, &worker_class);
    Value all[] = {object, message_port_open(realm, control[0]), message_port_open(realm, port[0]),
                   value_int(worker->id)};
    return array_new(realm, COUNT_OF(all), all);
}

/* start(callback) -> 0 or an error; callback(exit code, whether its heap was full, whether it never started)
 * when it is gone */
static Value worker_start(Call *call) {
    Worker *worker = call_worker(call);
    Object callback = call_function(call, 0);
    if (!worker || !callback || worker->is_running) return NULL;
    int err = worker_threads_run(worker->threads->pool, &worker->job);
    if (err) return value_int(err);
    worker->is_running = true;
    worker->callback = callback;
    value_keep(call->realm, callback);
    handle_pin(&worker->base);
    if (worker->is_ref) uv_ref((uv_handle_t *)&worker->ended);
    return value_int(0);
}

static Value worker_stop(Call *call) {
    Worker *worker = call_worker(call);
    if (worker && worker->is_running) worker_ask_to_stop(worker, 1);
    return NULL;
}

static Value worker_ref(Call *call) {
    Worker *worker = call_worker(call);
    if (!worker) return NULL;
    worker->is_ref = true;
    if (worker->is_running) uv_ref((uv_handle_t *)&worker->ended);
    return NULL;
}

static Value worker_unref(Call *call) {
    Worker *worker = call_worker(call);
    if (!worker) return NULL;
    worker->is_ref = false;
    uv_unref((uv_handle_t *)&worker->ended);
    return NULL;
}

static Value worker_has_ref(Call *call) {
    Worker *worker = call_worker(call);
    return value_bool(worker && worker->is_running && worker->is_ref);
}

/* cpu() -> the thread's processor time in nanoseconds, or undefined when it is gone */
static Value worker_cpu(Call *call) {
    Worker *worker = call_worker(call);
    if (!worker) return NULL;
    uv_mutex_lock(&worker->lock);
    double used_ns = worker->has_clock ? thread_time_ns(worker->clock) - worker->used_before_ns : -1;
    uv_mutex_unlock(&worker->lock);
    return used_ns < 0 ? value_undefined() : value_number(used_ns);
}

/* utilization() -> [idle, active] milliseconds of the thread's loop, or undefined while it has none */
static Value worker_utilization(Call *call) {
    Worker *worker = call_worker(call);
    if (!worker) return NULL;
    double idle_ms = 0, all_ms = -1;
    uv_mutex_lock(&worker->lock);
    if (worker->realm && worker->realm->loop_start_ns) {
        idle_ms = realm_idle_ms(worker->realm);
        all_ms = (double)(uv_hrtime() - worker->realm->loop_start_ns) / 1e6;
    }
    uv_mutex_unlock(&worker->lock);
    if (all_ms < 0) return value_undefined();
    Value both[] = {value_number(idle_ms), value_number(all_ms - idle_ms)};
    return array_new(call->realm, COUNT_OF(both), both);
}

/* own(fd), disown(fd) -> whether that changed anything: descriptors that the program opened by number */
static Value change_fds(Call *call, bool owns) {
    Worker *worker = worker_of(call->realm);
    int fd = call_int(call, 0);
    if (!worker || fd < 0) return value_bool(false);
    for (size_t i = 0; i < worker->fd_count; i++) {
        if (worker->fds[i] != fd) continue;
        if (!owns) worker->fds[i] = worker->fds[--worker->fd_count];
        return value_bool(!owns);
    }
    if (!owns) return value_bool(false);
    worker->fds = mem_resize(worker->fds, (worker->fd_count + 1) * sizeof *worker->fds);
    worker->fds[worker->fd_count++] = fd;
    return value_bool(true);
}

static Value worker_own(Call *call) {
    return change_fds(call, true);
}
static Value worker_disown(Call *call) {
    return change_fds(call, false);
}

static void close_fds(Worker *worker) {
    while (worker->fd_count > 0)
        close(worker->fds[--worker->fd_count]);
    mem_free(worker->fds);
    worker->fds = NULL;
}

/* In the worker's own realm */

Bells *worker_take_bells(Realm *realm) {
    Worker *worker = worker_of(realm);
    Bells *bells = worker ? worker->bells : NULL;
    if (worker) worker->bells = NULL;
    return bells;
}

/* ports() -> [control, port], once */
static Value worker_ports(Call *call) {
    Realm *realm = call->realm;
    Worker *worker = worker_of(realm);
    if (!worker || !worker->control.channel) return value_undefined();
    Value all[] = {message_port_open(realm, worker->control), message_port_open(realm, worker->port)};
    worker->control.channel = worker->port.channel = NULL;
    return array_new(realm, COUNT_OF(all), all);
}

/* exit(code, whether nothing runs): the realm ends, and what runs in it */
static Value worker_exit(Call *call) {
    Realm *realm = call->realm;
    Worker *worker = worker_of(realm);
    if (!worker) return NULL;
    realm->turn[TURN_EXITING] = 1;
    atomic_store(&worker->stop, true);
    realm_stop(realm, call_int(call, 0));
    if (call_bool(call, 1)) return NULL;
    realm->has_spent_engine = true; /* whatever its script leaves behind */
    watch_end(realm);
    return NULL;
}

/* spendEngine(): something begins that may go on after the realm's end */
static Value worker_spend_engine(Call *call) {
    call->realm->has_spent_engine = true;
    return NULL;
}

static const Native functions[] = {
    {"create",      worker_create},
    {"own",             worker_own},
    {"disown",worker_disown},
    {"ports",      worker_ports},
    {"exit",             worker_exit},
    {"spendEngine",worker_spend_engine},
    {0       }
};

static void worker_teardown(Realm *realm) {
    Threads *threads = *realm_slot(realm, SLOT_THREADS);
    if (!threads) return;
    broadcasts_free(threads->broadcasts);
    worker_threads_free(threads->pool);
    /* The blocks stay: buffers that are not collected yet lie in them. */
    mem_free(threads);
}

const Module worker_module = {"worker", functions, NULL, worker_teardown};
