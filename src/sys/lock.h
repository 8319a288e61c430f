/* A lock that a process holds by living: who dies in any way lets go of it. */
#pragma once

#include <stdbool.h>

/* The descriptor that holds the lock, to be closed to let go; or a negative errno value, -EWOULDBLOCK when
 * somebody else has it and `wait` is false. */
int lock_take(const char *path, bool wait);
