/* Marks in a CommonJS source what the engine does not do by itself: catch clauses show their error to
 * lib/internal/stack.js before the program sees it (the engine's own errors carry their stack in its own
 * form), and `import(…)` calls the loader. It only tells tokens apart, which is quicker than reading
 * the grammar and copes with sloppy mode. */
#pragma once

#include "base/bytes.h"

#include <stdbool.h>

typedef struct {
    const char *seen;             /* called with each error that a catch clause names plainly; NULL: none */
    const char *import;           /* called in the place of `import` */
    const char *import_arguments; /* put before its own; may be "" */
} CommonjsMarks;

/* Whether there may be something to mark: a quick look that spares most sources the reading. */
bool commonjs_needs_marks(const char *source, size_t len, const CommonjsMarks *marks);
/* Appends source to out with its marks; a source that the reader does not understand as it is. */
void commonjs_mark(const char *source, size_t len, const CommonjsMarks *marks, Bytes *out);
