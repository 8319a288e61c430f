/* The half of Buffer that works on many bytes at once. lib/buffer.js checks arguments and handles what
 * is short; each function here is one crossing. */
#include "base/text.h"
#include "engine/peek.h"
#include "modules/modules.h"

#include <stdlib.h>

/* A span of a Buffer argument: argument i, from offset argument `at` on, at most argument `at + 1` bytes
 * (writes) or up to it (slices). lib/buffer.js has checked them; this only keeps C inside the memory. */
static bool call_span(Call *call, size_t i, Slice *span, double start, double end) {
    char *data;
    size_t len;
    if (!call_peek(call, i, &data, &len)) return false;
    size_t from = start > 0 ? (size_t)start : 0, to = end > 0 ? (size_t)end : 0;
    if (to > len) to = len;
    if (from > to) from = to;
    *span = (Slice){data + from, to - from};
    return true;
}

static bool call_slice(Call *call, Slice *span) {
    return call_span(call, 0, span, call_double(call, 1), call_double(call, 2));
}

static bool call_target(Call *call, char **out, size_t *room) {
    Slice span;
    double offset = call_double(call, 2);
    if (!call_span(call, 0, &span, offset, offset + call_double(call, 3))) return false;
    *out = (char *)span.data;
    *room = span.len;
    return true;
}

static bool call_chars(Call *call, size_t i, StringView *view) {
    if (chars_open(call->realm, call_arg(call, i), view)) return true;
    throw_type(call, "ERR_INVALID_ARG_TYPE", "argument must be a string");
    return false;
}

static size_t view_to_utf8(const StringView *view, char *out, size_t room) {
    return view->is_8bit ? latin1_to_utf8(view->chars, view->len, out, room)
                         : utf16_to_utf8(view->chars, view->len, out, room);
}

static size_t view_utf8_length(const StringView *view) {
    return view->is_8bit ? latin1_utf8_length(view->chars, view->len)
                         : utf16_utf8_length(view->chars, view->len);
}

static Value buffer_utf8_length(Call *call) {
    CHARS view;
    if (!call_chars(call, 0, &view)) return NULL;
    return value_number((double)view_utf8_length(&view));
}

static Value buffer_utf8_write(Call *call) {
    CHARS view;
    char *out;
    size_t room;
    if (!call_chars(call, 1, &view) || !call_target(call, &out, &room)) return NULL;
    return value_number((double)view_to_utf8(&view, out, room));
}

static Value buffer_utf8_from_string(Call *call) {
    CHARS view;
    if (!call_chars(call, 0, &view)) return NULL;
    size_t len = view_utf8_length(&view);
    char *bytes = malloc(len ? len : 1);
    if (!bytes) return throw_range(call, "ERR_MEMORY_ALLOCATION_FAILED", "Failed to allocate memory");
    view_to_utf8(&view, bytes, len);
    return buffer_adopt(call->realm, bytes, len);
}

/* copy(source, from, target, at, bytes), which are in both; the two may be the same memory. */
static Value buffer_copy_part(Call *call) {
    char *source, *target;
    size_t source_len, target_len;
    if (!call_peek(call, 0, &source, &source_len) || !call_peek(call, 2, &target, &target_len)) return NULL;
    size_t from = (size_t)call_double(call, 1), at = (size_t)call_double(call, 3);
    size_t count = (size_t)call_double(call, 4);
    if (from + count <= source_len && at + count <= target_len) memmove(target + at, source + from, count);
    return value_undefined();
}

/* unfilled(bytes): an ArrayBuffer with whatever its memory held before. */
static Value buffer_unfilled(Call *call) {
    size_t len = (size_t)call_double(call, 0);
    void *memory = malloc(len ? len : 1);
    if (!memory) return throw_range(call, "ERR_MEMORY_ALLOCATION_FAILED", "Failed to allocate memory");
    return array_buffer_adopt(call->realm, memory, len);
}

/* A coding's two decoders, for characters of one and of two bytes. */
typedef struct {
    size_t (*narrow)(const char *chars, size_t count, char *out, size_t room);
    size_t (*wide)(const uint16_t *chars, size_t count, char *out, size_t room);
} Decoder;

static Value write_decoded(Call *call, Decoder decoder) {
    CHARS view;
    char *out;
    size_t room;
    if (!call_chars(call, 1, &view) || !call_target(call, &out, &room)) return NULL;
    size_t written = view.is_8bit ? decoder.narrow(view.chars, view.len, out, room)
                                  : decoder.wide(view.chars, view.len, out, room);
    return value_number((double)written);
}

static size_t latin1_from_narrow(const char *chars, size_t count, char *out, size_t room) {
    size_t n = count < room ? count : room;
    memcpy(out, chars, n);
    return n;
}

static size_t latin1_from_wide(const uint16_t *chars, size_t count, char *out, size_t room) {
    size_t n = count < room ? count : room;
    for (size_t i = 0; i < n; i++)
        out[i] = (char)chars[i];
    return n;
}

static size_t ucs2_from_narrow(const char *chars, size_t count, char *out, size_t room) {
    size_t n = count < room / 2 ? count : room / 2;
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = chars[i];
        out[2 * i + 1] = 0;
    }
    return n * 2;
}

static size_t ucs2_from_wide(const uint16_t *chars, size_t count, char *out, size_t room) {
    size_t n = count < room / 2 ? count : room / 2;
    memcpy(out, chars, n * 2);
    return n * 2;
}

static Value buffer_latin1_write(Call *call) {
    return write_decoded(call, (Decoder){latin1_from_narrow, latin1_from_wide});
}
static Value buffer_ucs2_write(Call *call) {
    return write_decoded(call, (Decoder){ucs2_from_narrow, ucs2_from_wide});
}
static Value buffer_hex_write(Call *call) {
    return write_decoded(call, (Decoder){hex_decode_latin1, hex_decode});
}
static Value buffer_base64_write(Call *call) {
    return write_decoded(call, (Decoder){base64_decode_latin1, base64_decode});
}

static Value buffer_utf8_slice(Call *call) {
    Slice span;
    return call_slice(call, &span) ? value_string_n(call->realm, span.data, span.len) : NULL;
}

static Value buffer_latin1_slice(Call *call) {
    Slice span;
    return call_slice(call, &span) ? value_latin1(call->realm, span.data, span.len) : NULL;
}

static Value buffer_ascii_slice(Call *call) {
    Slice span;
    if (!call_slice(call, &span)) return NULL;
    if (text_is_ascii(span.data, span.len)) return value_latin1(call->realm, span.data, span.len);
    char *plain = mem_new(span.len);
    for (size_t i = 0; i < span.len; i++)
        plain[i] = span.data[i] & 0x7f;
    Value text = value_latin1(call->realm, plain, span.len);
    mem_free(plain);
    return text;
}

static Value buffer_hex_slice(Call *call) {
    Slice span;
    if (!call_slice(call, &span)) return NULL;
    RawString raw;
    if (raw_string_open(span.len * 2, &raw)) {
        hex_encode(span.data, span.len, raw.chars);
        return raw_string_close(call->realm, &raw);
    }
    char *hex = mem_new(span.len * 2 + 1);
    hex_encode(span.data, span.len, hex);
    Value text = value_latin1(call->realm, hex, span.len * 2);
    mem_free(hex);
    return text;
}

static Value buffer_ucs2_slice(Call *call) {
    Slice span;
    if (!call_slice(call, &span)) return NULL;
    size_t count = span.len / 2;
    if ((uintptr_t)span.data % 2 == 0) return value_utf16(call->realm, (const uint16_t *)span.data, count);
    uint16_t *aligned = mem_new(count * 2 + 1);
    memcpy(aligned, span.data, count * 2);
    Value text = value_utf16(call->realm, aligned, count);
    mem_free(aligned);
    return text;
}

/* compare(a, aStart, b, bStart, count) -> -1, 0, 1 */
static Value buffer_compare(Call *call) {
    Slice a, b;
    double count = call_double(call, 4);
    if (!call_span(call, 0, &a, call_double(call, 1), call_double(call, 1) + count)) return NULL;
    if (!call_span(call, 2, &b, call_double(call, 3), call_double(call, 3) + count)) return NULL;
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);
    return value_int(order < 0 ? -1 : order > 0);
}

/* swap(buffer, bytes) turns each group of 2, 4 or 8 bytes round */
static Value buffer_swap(Call *call) {
    char *data;
    size_t len;
    if (!call_peek(call, 0, &data, &len)) return NULL;
    size_t width = (size_t)call_int(call, 1);
    for (size_t i = 0; i + width <= len; i += width) {
        uint16_t two;
        uint32_t four;
        uint64_t eight;
        switch (width) {
        case 2:
            memcpy(&two, data + i, 2);
            two = __builtin_bswap16(two);
            memcpy(data + i, &two, 2);
            break;
        case 4:
            memcpy(&four, data + i, 4);
            four = __builtin_bswap32(four);
            memcpy(data + i, &four, 4);
            break;
        default:
            memcpy(&eight, data + i, 8);
            eight = __builtin_bswap64(eight);
            memcpy(data + i, &eight, 8);
        }
    }
    return NULL;
}

/* search(buffer, needle, from, step, forward) -> index or -1 */
static Value buffer_search(Call *call) {
    char *hay, *needle;
    size_t hay_len, needle_len;
    if (!call_peek(call, 0, &hay, &hay_len) || !call_peek(call, 1, &needle, &needle_len)) return NULL;
    ptrdiff_t at = bytes_search(hay, hay_len, needle, needle_len, (size_t)call_double(call, 2),
                                (size_t)call_int(call, 3), call_bool(call, 4));
    return value_number((double)at);
}

static Value buffer_is_utf8(Call *call) {
    char *data;
    size_t len;
    return call_peek(call, 0, &data, &len) ? value_bool(text_is_utf8(data, len)) : NULL;
}

static Value buffer_is_ascii(Call *call) {
    char *data;
    size_t len;
    return call_peek(call, 0, &data, &len) ? value_bool(text_is_ascii(data, len)) : NULL;
}

static const Native functions[] = {
    {"utf8Length",         buffer_utf8_length},
    {"utf8Write",                    buffer_utf8_write},
    {"copy",buffer_copy_part},
    {"unfilled",               buffer_unfilled},
    {"utf8FromString",                    buffer_utf8_from_string},
    {"utf8Slice",buffer_utf8_slice},
    {"latin1Write",     buffer_latin1_write},
    {"latin1Slice",                    buffer_latin1_slice},
    {"asciiSlice",             buffer_ascii_slice},
    {"ucs2Write",        buffer_ucs2_write},
    {"hexSlice",                    buffer_hex_slice},
    {"ucs2Slice",buffer_ucs2_slice},
    {"hexWrite",         buffer_hex_write},
    {"base64Write",                    buffer_base64_write},
    {"compare",buffer_compare},
    {"swap",           buffer_swap},
    {"search",                    buffer_search},
    {"isUtf8",                      buffer_is_utf8},
    {"isAscii",           buffer_is_ascii},
    {0                   }
};

const Module buffer_module = {"buffer", functions, NULL, NULL};
