/* Children that are started in other ways than by naming a program become ChildProcess handles here too. */
#pragma once

#include "engine/realm.h"
#include "sys/process.h"

typedef int (*ProcessStarter)(uv_loop_t *loop, void *data, ProcessExited exited, void *owner,
                              Process **process);

/* The handle's object, or NULL and *error. */
Object process_wrap_open(Realm *realm, Value owner, ProcessStarter start, void *data, int *error);
