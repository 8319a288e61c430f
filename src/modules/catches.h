/* Finds where a program catches errors. The engine's own errors carry their stack in its own form; a
 * call put at the start of every `catch (e) {` block shows them to lib/internal/stack.js before the
 * program sees them. */
#pragma once

#include "base/bytes.h"

/* Appends source to out with `call(e);` after the brace of each catch clause that names its error
 * plainly. A source that the reader does not understand is appended as it is. */
void catches_mark(const char *source, size_t len, const char *call, Bytes *out);
