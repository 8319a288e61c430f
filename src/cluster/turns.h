/* Taking connections from a listening socket that several processes share, each in its turn. The kernel
 * wakes one waiting process a connection, the one that has waited longest; who has taken its share goes to
 * the end of that queue, and a busy process is passed over. */
#pragma once

#include "cluster/board.h"

#include <stdbool.h>
#include <uv.h>

typedef struct Turns Turns;

/* Takes the connection's descriptor (non-blocking, closed on exec). */
typedef void (*TurnsTaken)(void *owner, int fd);
/* Whether a connection is wanted; false leaves it and the next ones to others for a moment. */
typedef bool (*TurnsWants)(void *owner);

/* Takes the listening descriptor; board may be NULL (then everyone always goes to the end of the queue). */
Turns *turns_open(uv_loop_t *loop, int fd, Board *board, unsigned slot, TurnsTaken taken, void *owner);
void turns_set_wants(Turns *turns, TurnsWants wants);
void turns_close(Turns *turns);
/* Looks whether somebody left a connection behind. */
void turns_nudge(Turns *turns);
/* Leaves the connections to the others. */
void turns_pause(Turns *turns, bool paused);
int turns_fd(const Turns *turns);
void turns_ref(Turns *turns);
void turns_unref(Turns *turns);
