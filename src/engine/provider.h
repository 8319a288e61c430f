/* A script whose bytecode is there already. The engine asks the object that holds a script's text for its
 * bytecode, but the C API has no such scripts: these are the API's own with some of their methods replaced.
 */
#pragma once

#include "engine/realm.h"

typedef struct Providers Providers; /* an engine's */

/* Those of the realm's engine; NULL if its scripts are not as expected. */
Providers *providers_open(Realm *realm);
/* Before the engine goes, which may look at the bytecode until it is gone. */
void providers_drop_scripts(Providers *providers);
void providers_free(Providers *providers);

/* A text that stays as long as the engine: bytes of Latin-1, or units of UTF-16. */
typedef struct {
    const void *chars;
    size_t len;
    bool is_8bit;
} ScriptText;

/* The object that the script evaluates to, from its bytecode or, if the engine refuses that, from its text.
 * NULL without an exception if neither gave one. */
Value provider_evaluate(Realm *realm, ScriptText text, Slice bytecode, JSStringRef url, Value *exception);
/* The same for a script that the engine's next realms will evaluate too. */
Value provider_evaluate_kept(Realm *realm, ScriptText text, Slice bytecode, JSStringRef url,
                             Value *exception);
/* All of the script as bytecode, appended to `out`. False if the engine would not. */
bool provider_compile(Realm *realm, ScriptText text, Bytes *out);
