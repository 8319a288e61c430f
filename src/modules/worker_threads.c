#include "modules/worker_threads.h"

#include <pthread.h>
#include <uv.h>

#define MILLISECOND_NS ((uint64_t)1000000)
/* A worker that lives longer shows that its program does not start them all the time. */
#define SHORT_NS (5000 * MILLISECOND_NS)
/* A thread that waits longer first frees what its last worker left, then itself. */
#define TIDY_NS (20 * MILLISECOND_NS)
#define KEEP_NS (5000 * MILLISECOND_NS)
/* An engine that still holds more after that is not kept. */
#define KEEP_BYTES ((size_t)24 * 1024 * 1024)
enum { KEPT_MOST = 4, TIDY_EVERY = 8 };

typedef struct {
    Link link; /* in the list of those that have nothing to do */
    WorkerThreads *threads;
    uv_cond_t given; /* a job, or notice to leave */
    ThreadJob *job;
    Realm *realm; /* for the next job */
    Bells *bells;
    bool is_ready;   /* its realm is */
    unsigned untidy; /* realms since the last collection */
} Thread;

struct WorkerThreads {
    uv_mutex_t lock; /* guards all below, and the threads' jobs while they have nothing to do */
    List idle;
    size_t idle_count;
    uv_cond_t left;
    bool is_closing;
};

WorkerThreads *worker_threads_new(void) {
    WorkerThreads *threads = NEW(WorkerThreads);
    uv_mutex_init(&threads->lock);
    uv_cond_init(&threads->left);
    list_init(&threads->idle);
    return threads;
}

void worker_threads_free(WorkerThreads *threads) {
    uv_mutex_lock(&threads->lock);
    threads->is_closing = true;
    LIST_EACH(&threads->idle, Thread, link, thread)
    uv_cond_signal(&thread->given);
    while (threads->idle_count > 0)
        uv_cond_wait(&threads->left, &threads->lock);
    uv_mutex_unlock(&threads->lock);
    uv_cond_destroy(&threads->left);
    uv_mutex_destroy(&threads->lock);
    mem_free(threads);
}

static int thread_prepare(Thread *thread, const RealmOptions *options, Engine *engine) {
    int err;
    thread->realm = realm_prepare(options, engine, &err);
    if (err) return err;
    thread->bells = bells_open(&thread->realm->loop);
    if (thread->bells) return 0;
    realm_discard(thread->realm);
    thread->realm = NULL;
    return UV_EMFILE;
}

/* What every worker needs before it knows its program. */
static bool thread_start_realm(Thread *thread) {
    Value exception = NULL;
    if (!realm_start(thread->realm)) return false;
    if (realm_require(thread->realm, "internal/worker_main", &exception)) return true;
    if (exception) realm_print_error(thread->realm, exception);
    return false;
}

static bool thread_make_ready(Thread *thread) {
    if (!thread_start_realm(thread)) return false;
    Object main = (Object)realm_require(thread->realm, "internal/worker_main", NULL);
    realm_call(thread->realm, (Object)object_get(thread->realm, main, "warmUp"), NULL, 0, NULL, NULL);
    return true;
}

/* What an engine that did not start holds is not known. */
static void thread_forget_realm(Thread *thread) {
    thread->realm = NULL;
    thread->bells = NULL;
}

static void thread_free(Thread *thread) {
    if (thread->bells) bells_close(thread->bells);
    if (thread->realm) realm_free(thread->realm);
    uv_cond_destroy(&thread->given);
    mem_free(thread);
}

static bool idle_enter(Thread *thread) {
    WorkerThreads *threads = thread->threads;
    uv_mutex_lock(&threads->lock);
    bool enters = threads->idle_count < KEPT_MOST && !threads->is_closing;
    if (enters) {
        thread->is_ready = false;
        list_append(&threads->idle, &thread->link);
        threads->idle_count++;
    }
    uv_mutex_unlock(&threads->lock);
    return enters;
}

static void idle_leave(Thread *thread) {
    link_remove(&thread->link);
    thread->threads->idle_count--;
    uv_cond_signal(&thread->threads->left);
}

/* Waits for a job until it has been quiet for this long. */
static bool has_job(Thread *thread, uint64_t quiet_ns) {
    WorkerThreads *threads = thread->threads;
    while (!thread->job && !threads->is_closing)
        if (uv_cond_timedwait(&thread->given, &threads->lock, quiet_ns) == UV_ETIMEDOUT) break;
    return thread->job;
}

static bool thread_tidy(Thread *thread) {
    thread->untidy = 0;
    return realm_collect(thread->realm) < KEEP_BYTES;
}

/* Its next job, or NULL if it may go; a job that comes while the realm is made finds it in the list. */
static ThreadJob *next_job(Thread *thread) {
    WorkerThreads *threads = thread->threads;
    uv_mutex_lock(&threads->lock);
    thread->is_ready = thread->realm;
    if (thread->realm && !has_job(thread, TIDY_NS)) {
        uv_mutex_unlock(&threads->lock);
        bool is_small = thread_tidy(thread);
        uv_mutex_lock(&threads->lock);
        if (is_small) has_job(thread, KEEP_NS);
    }
    ThreadJob *job = thread->job;
    thread->job = NULL;
    if (!job) idle_leave(thread);
    uv_mutex_unlock(&threads->lock);
    return job;
}

/* Whether the thread makes itself ready for another job; others see it in the list from here on. The next
 * loop takes its descriptors before this realm's are closed, so that their numbers stay free for a while. */
static bool thread_stays(Thread *thread, const ThreadJob *job, Realm *realm, uint64_t since_ns) {
    if (!job->takes_any || realm->has_spent_engine || uv_hrtime() - since_ns > SHORT_NS) return false;
    RealmOptions options = realm->options;
    options.worker = NULL;
    if (!idle_enter(thread)) return false;
    thread_prepare(thread, &options, realm->engine);
    return true;
}

/* Does the job in the thread's realm; whether it is ready, or at least there, for another. */
static bool thread_do(Thread *thread, ThreadJob *job) {
    Realm *realm = thread->realm;
    Bells *bells = thread->bells;
    thread_forget_realm(thread);
    bool stays = false;
    if (realm) {
        uint64_t since_ns = uv_hrtime();
        realm_hand_over(realm, job->options);
        job->run(job, realm, bells);
        stays = thread_stays(thread, job, realm, since_ns);
        if (thread->realm)
            realm_end(realm);
        else
            realm_free(realm);
    } else {
        job->run(job, NULL, NULL);
    }
    job->ended(job);
    if (thread->realm && !thread_make_ready(thread)) thread_forget_realm(thread);
    if (thread->realm && ++thread->untidy >= TIDY_EVERY) thread_tidy(thread);
    return stays;
}

static void thread_run(void *data) {
    Thread *thread = data;
    ThreadJob *job = thread->job;
    thread->job = NULL;
    pthread_detach(pthread_self());
    if (!thread_start_realm(thread)) thread_forget_realm(thread);
    while (job && thread_do(thread, job))
        job = next_job(thread);
    thread_free(thread);
}

static Thread *idle_take(WorkerThreads *threads, ThreadJob *job) {
    Thread *taken = NULL;
    uv_mutex_lock(&threads->lock);
    LIST_EACH(&threads->idle, Thread, link, thread) {
        if (!taken || (thread->is_ready && !taken->is_ready)) taken = thread;
    }
    if (taken) {
        idle_leave(taken);
        taken->job = job;
        uv_cond_signal(&taken->given);
    }
    uv_mutex_unlock(&threads->lock);
    return taken;
}

int worker_threads_run(WorkerThreads *threads, ThreadJob *job) {
    if (job->takes_any && idle_take(threads, job)) return 0;
    Thread *thread = NEW(Thread);
    uv_cond_init(&thread->given);
    link_init(&thread->link);
    thread->threads = threads;
    thread->job = job;
    int err = thread_prepare(thread, job->options, NULL);
    if (err) {
        thread_free(thread);
        return err;
    }
    uv_thread_t id;
    uv_thread_options_t options = {UV_THREAD_HAS_STACK_SIZE, job->stack_size};
    err = uv_thread_create_ex(&id, &options, thread_run, thread);
    if (!err) return 0;
    bells_close(thread->bells);
    thread->bells = NULL;
    realm_discard(thread->realm);
    thread->realm = NULL;
    thread_free(thread);
    return err;
}
