/* One entry into the engine from the first callback to the last of its promise jobs. Through the C API
 * alone the engine is entered anew for each job, which doubles the price of an await. */
#pragma once

#include "engine/realm.h"

typedef struct {
    Realm *realm;
    struct {
        JSContextGroupRef vm;
        JSGlobalContextRef ctx;
        void *spare[6]; /* this engine's VMEntryScope is smaller */
    } scope;
} Entry;

/* Does nothing if the engine is entered already, or is one whose insides are not known. */
void entry_open(Entry *entry, Realm *realm);
void entry_close(Entry *entry);
/* Runs the promise jobs that wait; to be called between two calls of one entry. */
void entry_run_jobs(const Entry *entry);

/* Runs ticks and promise jobs until there are none. */
void realm_settle(Realm *realm, const Entry *entry);
