/* The half of Buffer that works on many bytes at once. lib/buffer.js checks arguments and handles what
 * is short; each function here is one crossing. */
#include "base/text.h"
#include "engine/call.h"
#include "modules/modules.h"

#include <stdlib.h>

/* A span of a Buffer argument: argument i, from offset argument `at` on, at most argument `at + 1` bytes
 * (writes) or up to it (slices). lib/buffer.js has checked them; this only keeps C inside the memory. */
static bool call_span(Call *call, size_t i, Slice *span, double start, double end) {
    char *data;
    size_t len;
    if (!call_bytes(call, i, &data, &len)) return false;
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

static JSStringRef call_string(Call *call, size_t i) {
    return JSValueToStringCopy(call->realm->ctx, call_arg(call, i), call->exception);
}

static Value buffer_utf8_length(Call *call) {
    JSStringRef string = call_string(call, 0);
    if (!string) return NULL;
    size_t bytes = utf16_utf8_length(JSStringGetCharactersPtr(string), JSStringGetLength(string));
    JSStringRelease(string);
    return value_number((double)bytes);
}

static Value buffer_utf8_write(Call *call) {
    char *out;
    size_t room, written;
    JSStringRef string = call_string(call, 1);
    if (!string) return NULL;
    if (!call_target(call, &out, &room)) {
        JSStringRelease(string);
        return NULL;
    }
    written = utf16_to_utf8(JSStringGetCharactersPtr(string), JSStringGetLength(string), out, room);
    JSStringRelease(string);
    return value_number((double)written);
}

static Value buffer_utf8_from_string(Call *call) {
    JSStringRef string = call_string(call, 0);
    if (!string) return NULL;
    size_t max = JSStringGetMaximumUTF8CStringSize(string);
    char *bytes = malloc(max);
    if (!bytes) {
        JSStringRelease(string);
        return throw_range(call, "ERR_MEMORY_ALLOCATION_FAILED", "Failed to allocate memory");
    }
    size_t written = JSStringGetUTF8CString(string, bytes, max);
    if (written) written--;
    if (written < JSStringGetLength(string)) /* the engine gives up at half a surrogate pair */
        written = utf16_to_utf8(JSStringGetCharactersPtr(string), JSStringGetLength(string), bytes, max);
    JSStringRelease(string);
    char *shrunk = realloc(bytes, written ? written : 1);
    return buffer_adopt(call->realm, shrunk ? shrunk : bytes, written);
}

typedef size_t (*Decode)(const uint16_t *chars, size_t count, char *out, size_t room);

static Value write_decoded(Call *call, Decode decode) {
    JSStringRef string = call_string(call, 1);
    if (!string) return NULL;
    char *out;
    size_t room, written = 0;
    bool fine = call_target(call, &out, &room);
    if (fine) written = decode(JSStringGetCharactersPtr(string), JSStringGetLength(string), out, room);
    JSStringRelease(string);
    return fine ? value_number((double)written) : NULL;
}

static size_t latin1_decode(const uint16_t *chars, size_t count, char *out, size_t room) {
    size_t n = count < room ? count : room;
    for (size_t i = 0; i < n; i++)
        out[i] = (char)chars[i];
    return n;
}

static size_t ucs2_decode(const uint16_t *chars, size_t count, char *out, size_t room) {
    size_t n = count < room / 2 ? count : room / 2;
    memcpy(out, chars, n * 2);
    return n * 2;
}

static Value buffer_latin1_write(Call *call) {
    return write_decoded(call, latin1_decode);
}
static Value buffer_ucs2_write(Call *call) {
    return write_decoded(call, ucs2_decode);
}
static Value buffer_hex_write(Call *call) {
    return write_decoded(call, hex_decode);
}
static Value buffer_base64_write(Call *call) {
    return write_decoded(call, base64_decode);
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
    if (!call_bytes(call, 0, &data, &len)) return NULL;
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
    if (!call_bytes(call, 0, &hay, &hay_len) || !call_bytes(call, 1, &needle, &needle_len)) return NULL;
    ptrdiff_t at = bytes_search(hay, hay_len, needle, needle_len, (size_t)call_double(call, 2),
                                (size_t)call_int(call, 3), call_bool(call, 4));
    return value_number((double)at);
}

static Value buffer_is_utf8(Call *call) {
    char *data;
    size_t len;
    return call_bytes(call, 0, &data, &len) ? value_bool(text_is_utf8(data, len)) : NULL;
}

static Value buffer_is_ascii(Call *call) {
    char *data;
    size_t len;
    return call_bytes(call, 0, &data, &len) ? value_bool(text_is_ascii(data, len)) : NULL;
}

static const Native functions[] = {
    {"utf8Length",         buffer_utf8_length},
    {"utf8Write",                    buffer_utf8_write},
    {"utf8FromString",buffer_utf8_from_string},
    {"utf8Slice",     buffer_utf8_slice},
    {"latin1Write",                    buffer_latin1_write},
    {"latin1Slice",buffer_latin1_slice},
    {"asciiSlice",        buffer_ascii_slice},
    {"ucs2Write",                    buffer_ucs2_write},
    {"ucs2Slice",   buffer_ucs2_slice},
    {"hexWrite",         buffer_hex_write},
    {"base64Write",                    buffer_base64_write},
    {"compare",buffer_compare},
    {"swap",          buffer_swap},
    {"search",                    buffer_search},
    {"isUtf8",buffer_is_utf8},
    {"isAscii",        buffer_is_ascii},
    {0                   }
};

const Module buffer_module = {"buffer", functions, NULL, NULL};
