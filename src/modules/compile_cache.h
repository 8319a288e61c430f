/* The bytecode of a program's own files, kept in a folder for its next start: what
 * module.enableCompileCache() and NODE_COMPILE_CACHE switch on. */
#pragma once

#include "base/bytes.h"
#include "engine/realm.h"

/* Evaluates a script (`kind` is what Node calls it) of the main thread whose text stays. NULL without an
 * exception: it is to be evaluated as usual and, if *is_new, noted with compile_cache_add. */
Value compile_cache_evaluate(Realm *realm, const char *kind, const Bytes *source, JSStringRef url,
                             bool *is_new, Value *exception);
void compile_cache_add(Realm *realm, const Bytes *source, JSStringRef url, bool is_sound);
/* Writes what has been noted; at the end of the process too. */
void compile_cache_flush(Realm *realm);
