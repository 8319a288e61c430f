/* What the files of engine/ share with each other and nobody else. */
#pragma once

#include "engine/realm.h"

#include <glib.h>

/* With this in the environment only the engine's C API is used, as with an engine whose insides are not
 * as expected: the tests run both ways. */
#define ENGINE_API_ONLY "GALLEY_ENGINE_API_ONLY"

/* The engine's virtual machine, which belongs to the thread that made it, GLib's context, through which it
 * reaches that thread, and the scripts of lib/ that it has read. */
struct Engine {
    JSContextGroupRef group;
    GMainContext *glib;
    int glib_fd;
    JSGlobalContextRef empty;    /* of nobody, once there was a realm before */
    struct Providers *providers; /* of scripts with bytecode, see provider.h */
};

struct Copying *copying_new(void);

bool entry_is_known(void);

void realm_begin(Realm *realm, const RealmOptions *options); /* what is told when it runs, and from when on */

int loop_open(Realm *realm);       /* 0 or libuv's error; on any thread */
void loop_prepare(Realm *realm);   /* only what the engine needs of it; loop_open follows in a copy */
void loop_enter(Realm *realm);     /* on the realm's thread, before the engine starts … */
void engine_leave(Engine *engine); /* … and after it ended */
void engine_open_glib(Engine *engine);
void loop_close(Realm *realm); /* closes the realm's own handles and waits for all others */
void loop_free(Realm *realm);

void handles_open(Realm *realm);
void handles_close(Realm *realm); /* disposes of every handle */
void handles_dispose_collected(Realm *realm);
