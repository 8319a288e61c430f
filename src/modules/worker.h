/* What a worker thread's realm is to the modules that run in it. */
#pragma once

#include "engine/realm.h"
#include "sys/bell.h"
#include "sys/blocks.h"
#include "sys/broadcast.h"
#include "sys/shared_memory.h"

/* What ends the realm's waiting when its thread is to stop; NULL in the main realm. */
WaitStop *worker_wait_stop(Realm *realm);

/* The bells that were made with the thread, once; NULL in the main realm. */
Bells *worker_take_bells(Realm *realm);

/* Memory for messages between all threads of the process. */
Blocks *worker_blocks(Realm *realm);

/* The names that all threads of the process share. */
Broadcasts *worker_broadcasts(Realm *realm);
