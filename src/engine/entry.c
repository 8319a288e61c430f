/* The C API has no word for this. VMEntryScope and VM::drainMicrotasks are called by their linker names, in
 * engines of the series whose scope is known to start with its VM; in others every call enters by itself. */
#include "engine/entry.h"

#include "engine/inside.h"

#include <jsc/jsc.h>
#include <stdlib.h>

#define KNOWN_MAJOR 2
#define KNOWN_MINOR 50

void scope_set_up(void *scope) __asm__("_ZN3JSC12VMEntryScope9setUpSlowEv") __attribute__((weak));
void scope_tear_down(void *scope) __asm__("_ZN3JSC12VMEntryScope12tearDownSlowEv") __attribute__((weak));
/* A JSContextGroupRef is the engine's VM. */
void vm_run_jobs(JSContextGroupRef vm) __asm__("_ZN3JSC2VM15drainMicrotasksEv") __attribute__((weak));

bool entry_is_known(void) {
    return scope_set_up && scope_tear_down && vm_run_jobs && jsc_get_major_version() == KNOWN_MAJOR &&
           jsc_get_minor_version() == KNOWN_MINOR && !getenv(ENGINE_API_ONLY);
}

void entry_open(Entry *entry, Realm *realm) {
    entry->realm = NULL;
    if (realm->is_entered || !realm->can_enter) return;
    *entry = (Entry){
        realm, {realm->group, realm->ctx, {0}}
    };
    realm->is_entered = true;
    JSLock(realm->ctx);
    scope_set_up(&entry->scope);
}

void entry_close(Entry *entry) {
    if (!entry->realm) return;
    scope_tear_down(&entry->scope);
    JSUnlock(entry->realm->ctx);
    entry->realm->is_entered = false;
}

void entry_run_jobs(const Entry *entry) {
    if (entry->realm) vm_run_jobs(entry->realm->group);
}
