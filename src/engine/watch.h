/* Looking at scripts while they run: the engine has one watchdog for a realm, and whoever wants to see how
 * long a script takes, where it is, or whether it should end shares it through here. */
#pragma once

#include "engine/realm.h"

typedef struct Watcher Watcher;

typedef enum {
    WATCH_GO_ON,
    WATCH_THROW, /* the script gets an error, which it can catch */
    WATCH_END    /* everything that is on the stack ends, nobody can catch it */
} WatchVerdict;

/* A look throws away what the engine has compiled of the functions that run, so a loop that is looked at more
 * often takes several times as long; one that is to end ends this late. */
#define WATCH_SELDOM_SECONDS 0.04

struct Watcher {
    Link link;
    double every_s; /* how often it wants to look, in seconds of a script's time */
    WatchVerdict (*look)(Watcher *watcher, Realm *realm, JSContextRef ctx);
};

void watch_open(Realm *realm);

void watch_add(Realm *realm, Watcher *watcher);
void watch_remove(Realm *realm, Watcher *watcher);

/* From a native call, in a realm whose watchers say WATCH_END: everything that is on the stack ends when it
 * returns. */
void watch_end(Realm *realm);
