/* A script whose bytecode is there already. The engine asks the object that holds a script's text for its
 * bytecode, but the C API has no such scripts: these are the API's own with some of their methods replaced.
 */
#pragma once

#include "engine/builtins.h"
#include "engine/realm.h"

typedef struct Providers Providers; /* an engine's */

/* NULL if the engine's scripts are not as expected. */
Providers *providers_new(Realm *realm);
/* Before the engine goes, which may look at the bytecode until it is gone. */
void providers_drop_scripts(Providers *providers);
void providers_free(Providers *providers);

/* The function that the script evaluates to, from its bytecode or, if the engine refuses that, from its text.
 * NULL without an exception if neither gave one. */
Value provider_evaluate(Realm *realm, const Builtin *builtin, Slice bytecode, JSStringRef url,
                        Value *exception);
/* All of the script as bytecode, appended to `out`. False if the engine would not. */
bool provider_compile(Realm *realm, const Builtin *builtin, Bytes *out);
