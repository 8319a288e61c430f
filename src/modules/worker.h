/* What a worker thread's realm is to the modules that run in it. */
#pragma once

#include "engine/realm.h"
#include "sys/broadcast.h"
#include "sys/shared_memory.h"

/* What ends the realm's waiting when its thread is to stop; NULL in the main realm. */
WaitStop *worker_wait_stop(Realm *realm);

/* The names that all threads of the process share. */
Broadcasts *worker_broadcasts(Realm *realm);
