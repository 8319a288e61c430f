/* Names under which threads of a process hear each other: each member gets what the others say. */
#pragma once

#include "sys/port.h"

typedef struct Broadcasts Broadcasts;
typedef struct BroadcastMember BroadcastMember;

Broadcasts *broadcasts_new(void);
void broadcasts_free(Broadcasts *all); /* nobody may be a member any more */

/* What is said arrives at *end, which is the caller's to close. */
BroadcastMember *broadcast_join(Broadcasts *all, const char *name, PortEnd *end);
void broadcast_leave(BroadcastMember *member);
/* Calls `make` for every other member of the name, and posts what it returns. */
void broadcast_say(BroadcastMember *member, Message *(*make)(void *data), void *data);
/* The same for the first member of a name alone, said by nobody in particular; false if there is none. */
bool broadcast_tell(Broadcasts *all, const char *name, Message *(*make)(void *data), void *data);
bool broadcast_has(Broadcasts *all, const char *name);
