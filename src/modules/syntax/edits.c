#include "modules/syntax/edits.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static Edit *add(Edits *edits, size_t at, size_t end) {
    if (edits->count == edits->room)
        edits->list = mem_resize(edits->list, (edits->room = edits->room * 2 + 64) * sizeof *edits->list);
    Edit *edit = &edits->list[edits->count];
    *edit = (Edit){at, end, (unsigned)edits->count++, edits->texts.len, 0};
    return edit;
}

void edits_add(Edits *edits, size_t at, size_t end, const char *format, ...) {
    Edit *edit = add(edits, at, end);
    va_list args;
    va_start(args, format);
    bytes_vprintf(&edits->texts, format, args);
    va_end(args);
    edit->text_len = edits->texts.len - edit->text;
}

void edits_blank(Edits *edits, const char *source, size_t at, size_t end) {
    Edit *edit = add(edits, at, end);
    for (; at < end; at++) {
        char c = source[at];
        bool is_newline = c == '\n' || c == '\r';
        bool is_wide_newline = end - at >= 3 && memcmp(source + at, "\xe2\x80", 2) == 0 &&
                               (source[at + 2] == '\xa8' || source[at + 2] == '\xa9');
        if (is_wide_newline) {
            bytes_append(&edits->texts, source + at, 3);
            at += 2;
        } else if (((unsigned char)c & 0xc0) != 0x80) { /* one for each character, not for each byte */
            bytes_append_char(&edits->texts, is_newline ? c : ' ');
        }
    }
    edit->text_len = edits->texts.len - edit->text;
}

/* By place; what is put between comes before what is put in the place of something. */
static int compare(const void *a, const void *b) {
    const Edit *x = a, *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    if ((x->at == x->end) != (y->at == y->end)) return x->at == x->end ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

void edits_apply(Edits *edits, const char *source, size_t len, Bytes *out) {
    if (edits->count) qsort(edits->list, edits->count, sizeof *edits->list, compare);
    size_t done = 0;
    for (size_t i = 0; i < edits->count; i++) {
        const Edit *edit = &edits->list[i];
        if (edit->at < done || edit->end > len) continue;
        bytes_append(out, source + done, edit->at - done);
        if (edit->text_len) bytes_append(out, edits->texts.data + edit->text, edit->text_len);
        done = edit->end;
    }
    bytes_append(out, source + done, len - done);
}

void edits_free(Edits *edits) {
    mem_free(edits->list);
    bytes_free(&edits->texts);
    *edits = (Edits){0};
}
