/* lib/ as the engine's bytecode, written when Galley is built and mapped when it runs: to parse lib/ cost
 * most programs more time than to run it. Without the file, or with another engine, lib/ is parsed. */
#pragma once

#include "engine/builtins.h"
#include "engine/realm.h"

#define BYTECODE_FILE "galley-lib.bytecode"
#define BYTECODE_OPTION "--galley-bytecode" /* FILE: write it */

/* A file that was written by this program with this very engine, or NULL. Realms of all threads may use it
 * until the process ends. */
Bytecode *bytecode_open(const char *path);
/* Its pages no longer count as this process's memory, until they are read again. */
void bytecode_put_away(const Bytecode *bytecode);

/* Writes the file; an empty one for an engine whose insides are not known. False with a message on stderr. */
bool bytecode_write(Realm *realm, const char *path);

/* What the text of a built-in evaluates to. NULL without an exception: there is no bytecode of it. */
Value bytecode_evaluate(Realm *realm, const Builtin *builtin, JSStringRef url, Value *exception);
