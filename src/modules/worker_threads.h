/* The threads that workers run on. A thread that has run a short worker keeps its engine for a while and
 * makes a realm ready for the next one, because starting an engine costs several times what a realm in it
 * does. */
#pragma once

#include "engine/realm.h"
#include "sys/bell.h"

typedef struct WorkerThreads WorkerThreads;
typedef struct ThreadJob ThreadJob;

struct ThreadJob {
    const RealmOptions *options;
    size_t stack_size;
    bool takes_any; /* a thread that ran something before will do */
    /* Lives the realm's life, on the thread; NULL if it could not start. The bells are on its loop. */
    void (*run)(ThreadJob *job, Realm *realm, Bells *bells);
    /* The realm is gone; the thread does not touch the job again. */
    void (*ended)(ThreadJob *job);
};

WorkerThreads *worker_threads_new(void);
void worker_threads_free(WorkerThreads *threads); /* waits for those that have nothing to do */

/* The stack that threads have unless somebody asks for another. */
enum { USUAL_STACK = 4 * 1024 * 1024 };

/* 0, or libuv's error: then the job was not begun. */
int worker_threads_run(WorkerThreads *threads, ThreadJob *job);
