/* When descriptors are nearly used up, new connections are left with the kernel until there is room again: the
 * program keeps a few for its files, and nobody is turned away who could wait. */
#pragma once

#include "modules/stream_wrap.h"

/* Whether this server's next connection has to wait; then `resume` is called when it need not any more. */
bool crowd_must_wait(StreamHandle *server, void (*resume)(StreamHandle *server));
void crowd_teardown(Realm *realm);
