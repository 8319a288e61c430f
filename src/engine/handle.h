/* The one mechanism by which C's things and JavaScript's objects keep each other alive. A handle is
 * collected with its object unless it is pinned; whoever lets the loop hold it pins it (an active
 * timer, a socket being read, a request under way) and unpins it when that ends. */
#pragma once

#include "engine/call.h"

typedef struct Handle Handle;

typedef struct {
    const char *name; /* of the prototype, and for messages */
    const Native *methods;
    /* The object is gone or the realm ends: close what is open and, when that is done, free the
     * memory. Never runs JavaScript. */
    void (*dispose)(Handle *handle);
} HandleClass;

struct Handle {
    Private private;
    const HandleClass *class;
    Realm *realm;
    Object object; /* NULL once collected */
    unsigned pins;
    Link link;
};

/* Gives a zeroed struct that starts with a Handle its object. The collector runs beside C code and looks at
 * stacks, not at C's memory: keep the object in a variable until it is pinned or returned. */
Object handle_open(Realm *realm, Handle *handle, const HandleClass *class);
/* Tells the collector how much hangs on the object that it cannot see, so that it comes in time. */
void handle_weigh(Handle *handle, size_t bytes);
void handle_pin(Handle *handle);
void handle_unpin(Handle *handle);
/* Takes the handle off the realm's list; the last thing before its memory is freed. */
void handle_leave(Handle *handle);
/* The handle behind a value, or NULL if it is none of that class. */
Handle *handle_of(Value v, const HandleClass *class);
/* The prototype that all objects of the class share. */
Object handle_prototype(Realm *realm, const HandleClass *class);

/* `this` of a method; throws and returns NULL if it is something else. */
Handle *call_handle(Call *call, const HandleClass *class);
