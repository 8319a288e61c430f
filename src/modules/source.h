/* Texts of programs, from the disk to the engine. */
#pragma once

#include "base/bytes.h"
#include "engine/realm.h"

/* The whole file: 0, or a negative errno and nothing in `out`. */
int source_read(const char *path, Bytes *out);
/* As a string of the engine, without its byte order mark. */
Value source_text(Realm *realm, const Bytes *bytes);
/* Runs a script that stays, of the kind "CommonJS" or "ESM": the bytes are taken over. */
Value source_evaluate(Realm *realm, const char *kind, Bytes *source, Value name, Value *exception);
