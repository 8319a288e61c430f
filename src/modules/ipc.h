/* The message channel as JavaScript holds it; the cluster module's native half sits on the same one. */
#pragma once

#include "engine/handle.h"
#include "sys/channel.h"

typedef struct {
    Handle base;
    Channel *channel; /* NULL: closed */
    Value owner;      /* ChildProcess or process; kept while open */
    Bytes gathered;   /* lines that have come and not been handed over */
    bool is_silent;
} IpcHandle;

/* Argument i as an open channel, or NULL. */
IpcHandle *ipc_handle_of(Value v);
/* Hands over what has come so far: before anything that came after it is told. */
void ipc_flush(IpcHandle *ipc);
