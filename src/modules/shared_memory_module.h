/* Shared memory as JavaScript holds it, for the modules that send it to other realms. */
#pragma once

#include "engine/handle.h"
#include "sys/shared_memory.h"

/* The memory behind a handle object, or NULL; it stays the handle's. */
SharedMemory *shared_memory_of(Value v);
/* A handle that owns the reference it is given. */
Object shared_memory_open(Realm *realm, SharedMemory *memory);
