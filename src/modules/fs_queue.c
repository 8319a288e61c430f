#include "modules/fs_queue.h"

#include <stdatomic.h>
#include <stdlib.h>

enum {
    RUNNERS = 4,           /* as many as libuv has threads by default */
    SHORT_NS = 30 * 1000,  /* operations that take less are run in a row */
    STINT_NS = 200 * 1000, /* after this a runner lets its results be seen */
    STUCK_NS = 100 * 1000, /* a runner that is busy with one operation for so long counts for nothing */
    LOOK_AGAIN_MS = 1,
};

typedef struct {
    uv_work_t work;
    FsQueue *queue;
    bool is_active;
    _Atomic uint64_t busy_since; /* 0: between two operations */
} Runner;

struct FsQueue {
    Realm *realm;
    void (*done)(FsJob *job);
    uv_mutex_t lock; /* of the two lists and the average */
    List waiting, finished;
    uint64_t average_ns;
    Runner runners[RUNNERS];
    uv_timer_t timer; /* looks whether what waits is stuck behind something slow */
    bool timer_is_on;
};

static FsJob *take(List *list) {
    if (list_is_empty(list)) return NULL;
    FsJob *job = CONTAINER_OF(list->next, FsJob, link);
    link_remove(&job->link);
    return job;
}

static void runner_run(uv_work_t *work) {
    Runner *runner = CONTAINER_OF(work, Runner, work);
    FsQueue *queue = runner->queue;
    uint64_t start = uv_hrtime(), now = start;
    uv_mutex_lock(&queue->lock);
    FsJob *job;
    while (now - start < STINT_NS && (job = take(&queue->waiting))) {
        uv_mutex_unlock(&queue->lock);
        atomic_store_explicit(&runner->busy_since, now, memory_order_relaxed);
        job->operation->run(job);
        uint64_t end = uv_hrtime();
        atomic_store_explicit(&runner->busy_since, 0, memory_order_relaxed);
        uv_mutex_lock(&queue->lock);
        queue->average_ns = (queue->average_ns * 7 + (end - now)) / 8;
        list_append(&queue->finished, &job->link);
        now = end;
    }
    uv_mutex_unlock(&queue->lock);
}

static void wake_runners(FsQueue *queue);

static void runner_done(uv_work_t *work, int status) {
    Runner *runner = CONTAINER_OF(work, Runner, work);
    FsQueue *queue = runner->queue;
    runner->is_active = false;
    wake_runners(queue); /* the next stint runs while we call back */
    for (;;) {
        uv_mutex_lock(&queue->lock);
        FsJob *job = take(&queue->finished);
        uv_mutex_unlock(&queue->lock);
        if (!job) return;
        queue->done(job);
    }
}

static void look_again(uv_timer_t *timer) {
    FsQueue *queue = timer->data;
    queue->timer_is_on = false;
    wake_runners(queue);
}

/* Wakes one more thread if what waits would wait too long. */
static void wake_runners(FsQueue *queue) {
    uv_mutex_lock(&queue->lock);
    bool waits = !list_is_empty(&queue->waiting), is_slow = queue->average_ns > SHORT_NS;
    uv_mutex_unlock(&queue->lock);
    if (!waits) return;
    Runner *free_runner = NULL;
    bool somebody_works = false;
    uint64_t now = uv_hrtime();
    for (int i = 0; i < RUNNERS; i++) {
        Runner *runner = &queue->runners[i];
        uint64_t since = atomic_load_explicit(&runner->busy_since, memory_order_relaxed);
        if (!runner->is_active)
            free_runner = runner;
        else if (!since || now < since + STUCK_NS)
            somebody_works = true;
    }
    if (!free_runner) return;
    if (!somebody_works || is_slow) {
        free_runner->is_active = true;
        uv_queue_work(&queue->realm->loop, &free_runner->work, runner_run, runner_done);
    } else if (!queue->timer_is_on) {
        queue->timer_is_on = true;
        uv_timer_start(&queue->timer, look_again, LOOK_AGAIN_MS, 0);
    }
}

FsQueue *fs_queue_new(Realm *realm, void (*done)(FsJob *job)) {
    FsQueue *queue = NEW(FsQueue);
    queue->realm = realm;
    queue->done = done;
    uv_mutex_init(&queue->lock);
    list_init(&queue->waiting);
    list_init(&queue->finished);
    for (int i = 0; i < RUNNERS; i++)
        queue->runners[i].queue = queue;
    uv_timer_init(&realm->loop, &queue->timer);
    queue->timer.data = queue;
    uv_unref((uv_handle_t *)&queue->timer);
    return queue;
}

void fs_queue_add(FsQueue *queue, FsJob *job) {
    uv_mutex_lock(&queue->lock);
    list_append(&queue->waiting, &job->link);
    uv_mutex_unlock(&queue->lock);
    wake_runners(queue);
}

static void timer_closed(uv_handle_t *timer) {
    FsQueue *queue = timer->data;
    uv_mutex_destroy(&queue->lock);
    mem_free(queue);
}

static bool is_running(const FsQueue *queue) {
    for (int i = 0; i < RUNNERS; i++)
        if (queue->runners[i].is_active) return true;
    return false;
}

/* What is under way on another thread has to end first. */
void fs_queue_free(FsQueue *queue) {
    while (is_running(queue))
        uv_run(&queue->realm->loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&queue->timer, timer_closed);
}
