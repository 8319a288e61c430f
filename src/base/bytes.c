#include "base/bytes.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

void bytes_reserve(Bytes *b, size_t extra) {
    size_t need = b->len + extra + 1;
    if (need <= b->cap) return;
    size_t cap = b->cap ? b->cap : 64;
    while (cap < need)
        cap += cap / 2 + 16;
    b->data = mem_resize(b->data, cap);
    b->cap = cap;
    b->data[b->len] = '\0';
}

void bytes_append(Bytes *b, const void *data, size_t len) {
    bytes_reserve(b, len);
    if (len) memcpy(b->data + b->len, data, len);
    b->len += len;
    b->data[b->len] = '\0';
}

void bytes_append_str(Bytes *b, const char *str) {
    bytes_append(b, str, strlen(str));
}

void bytes_append_char(Bytes *b, char c) {
    bytes_append(b, &c, 1);
}

void bytes_vprintf(Bytes *b, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n > 0) {
        bytes_reserve(b, (size_t)n);
        vsnprintf(b->data + b->len, (size_t)n + 1, format, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void bytes_printf(Bytes *b, const char *format, ...) {
    va_list args;
    va_start(args, format);
    bytes_vprintf(b, format, args);
    va_end(args);
}

void bytes_consume(Bytes *b, size_t n) {
    if (n >= b->len) {
        bytes_clear(b);
        return;
    }
    memmove(b->data, b->data + n, b->len - n + 1);
    b->len -= n;
}

void bytes_clear(Bytes *b) {
    b->len = 0;
    if (b->data) b->data[0] = '\0';
}

void bytes_free(Bytes *b) {
    mem_free(b->data);
    *b = (Bytes){0};
}

char *bytes_take(Bytes *b) {
    bytes_reserve(b, 0);
    char *data = b->data;
    *b = (Bytes){0};
    return data;
}

Slice slice_from_str(const char *str) {
    return (Slice){str, strlen(str)};
}

bool slice_equals_str(Slice s, const char *str) {
    return strlen(str) == s.len && memcmp(s.data, str, s.len) == 0;
}

bool slice_is_listed(Slice s, const char *list) {
    for (const char *at = list; at && *at;) {
        size_t word = strcspn(at, " ");
        if (word == s.len && memcmp(at, s.data, word) == 0) return true;
        at += word + strspn(at + word, " ");
    }
    return false;
}
