/* Growing byte strings. Everything that is read from a socket, built for a file or printed to a
 * user is one of these; `data` is always terminated by a NUL that `len` does not count. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct {
    char *data;
    size_t len;
    size_t cap;
} Bytes;

/* Bytes that somebody else owns. */
typedef struct {
    const char *data;
    size_t len;
} Slice;

void bytes_reserve(Bytes *b, size_t extra);
void bytes_append(Bytes *b, const void *data, size_t len);
void bytes_append_str(Bytes *b, const char *str);
void bytes_append_char(Bytes *b, char c);
void bytes_printf(Bytes *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void bytes_vprintf(Bytes *b, const char *format, va_list args);
/* Forgets the first n bytes, moving the rest to the front. */
void bytes_consume(Bytes *b, size_t n);
void bytes_clear(Bytes *b);
void bytes_free(Bytes *b);
/* Hands the memory to the caller (free() it) and leaves b empty. Never NULL. */
char *bytes_take(Bytes *b);

static inline Slice bytes_slice(const Bytes *b) {
    return (Slice){b->data, b->len};
}
Slice slice_from_str(const char *str);
bool slice_equals_str(Slice s, const char *str);
/* Is it one of the words of a list that spaces part? A list of NULL has none. */
bool slice_is_listed(Slice s, const char *list);
