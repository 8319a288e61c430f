/* Runs file operations on libuv's threads with as few wake-ups as their speed allows. What is in the
 * page cache takes a microsecond and waking a thread takes five, so one thread takes many short
 * operations in a row; slow ones get every thread there is. */
#pragma once

#include "modules/fs_job.h"

typedef struct FsQueue FsQueue;

/* `done` is called on the realm's thread for each job, in the order in which they end. */
FsQueue *fs_queue_new(Realm *realm, void (*done)(FsJob *job));
void fs_queue_add(FsQueue *queue, FsJob *job);
void fs_queue_free(FsQueue *queue);
