/* What is to be changed in a source: pieces of text put in the place of others. A reader that turns
 * back forgets what it had noted since. */
#pragma once

#include "base/bytes.h"

typedef struct {
    size_t at, end;        /* what is replaced; at == end puts text between */
    unsigned order;        /* of those at the same place */
    size_t text, text_len; /* in Edits.texts */
} Edit;

typedef struct {
    Edit *list;
    size_t count, room;
    Bytes texts;
} Edits;

void edits_add(Edits *edits, size_t at, size_t end, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* Puts spaces in the place of everything but line ends. */
void edits_blank(Edits *edits, const char *source, size_t at, size_t end);
/* Appends the changed source to out. Edits may have been noted in any order, but must not overlap. */
void edits_apply(Edits *edits, const char *source, size_t len, Bytes *out);
void edits_free(Edits *edits);

static inline void edits_truncate(Edits *edits, size_t count) {
    edits->count = count;
}
