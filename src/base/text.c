/* Text codings: UTF-8, UTF-16, hex and base64 as lenient as Node's, on plain bytes. The loops handle
 * eight or sixteen bytes at once while text is ASCII, which most text is. */
#include "base/text.h"

#include <string.h>

#define HIGH_BITS 0x8080808080808080ull

static inline uint64_t load8(const char *at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

static size_t ascii_prefix(const char *data, size_t len) {
    size_t i = 0;
    for (; i + 32 <= len; i += 32)
        if ((load8(data + i) | load8(data + i + 8) | load8(data + i + 16) | load8(data + i + 24)) & HIGH_BITS)
            break;
    for (; i + 8 <= len; i += 8)
        if (load8(data + i) & HIGH_BITS) break;
    while (i < len && (unsigned char)data[i] < 0x80)
        i++;
    return i;
}

size_t base64_encode(const char *data, size_t len, bool for_url, char *out) {
    const char *digits = for_url ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
                                 : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *at = (const unsigned char *)data;
    char *to = out;
    for (; len >= 3; at += 3, len -= 3) {
        uint32_t bits = (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
        for (int shift = 18; shift >= 0; shift -= 6)
            *to++ = digits[bits >> shift & 63];
    }
    if (len) {
        uint32_t bits = (uint32_t)at[0] << 16 | (len == 2 ? (uint32_t)at[1] << 8 : 0);
        *to++ = digits[bits >> 18 & 63];
        *to++ = digits[bits >> 12 & 63];
        if (len == 2) *to++ = digits[bits >> 6 & 63];
        for (size_t i = len; i < 3 && !for_url; i++)
            *to++ = '=';
    }
    return (size_t)(to - out);
}

bool text_is_ascii(const char *data, size_t len) {
    return ascii_prefix(data, len) == len;
}

bool text_is_utf8(const char *data, size_t len) {
    for (size_t i = 0; i < len;) {
        i += ascii_prefix(data + i, len - i);
        if (i == len) break;
        uint32_t code;
        size_t used = utf8_decode((const unsigned char *)data + i, len - i, &code);
        /* A U+FFFD that is really there takes three bytes and reads EF BF BD. */
        if (code == 0xfffd && (used != 3 || memcmp(data + i, "\xef\xbf\xbd", 3) != 0)) return false;
        i += used;
    }
    return true;
}

size_t utf8_decode(const unsigned char *at, size_t left, uint32_t *code) {
    unsigned char c = at[0];
    if (c < 0x80) return *code = c, 1;
    *code = 0xfffd;
    size_t more = c >= 0xc2 && c <= 0xdf ? 1 : (c & 0xf0) == 0xe0 ? 2 : c >= 0xf0 && c <= 0xf4 ? 3 : 0;
    if (!more || left < 2) return 1;
    unsigned char low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    unsigned char high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    if (at[1] < low || at[1] > high) return 1;
    uint32_t value = (uint32_t)(c & (0x3f >> more)) << 6 | (at[1] & 0x3f);
    for (size_t i = 2; i <= more; i++) {
        if (i >= left || (at[i] & 0xc0) != 0x80) return i;
        value = value << 6 | (at[i] & 0x3f);
    }
    *code = value;
    return more + 1;
}

size_t utf8_to_utf16(const char *data, size_t len, uint16_t *out) {
    size_t n = 0;
    for (size_t i = 0; i < len;) {
        size_t plain = ascii_prefix(data + i, len - i);
        for (size_t k = 0; k < plain; k++)
            out[n + k] = (unsigned char)data[i + k];
        n += plain;
        i += plain;
        while (i < len && (unsigned char)data[i] >= 0x80) {
            uint32_t code;
            i += utf8_decode((const unsigned char *)data + i, len - i, &code);
            if (code > 0xffff) {
                out[n++] = (uint16_t)(0xd7c0 + (code >> 10));
                code = 0xdc00 | (code & 0x3ff);
            }
            out[n++] = (uint16_t)code;
        }
    }
    return n;
}

size_t latin1_utf8_length(const char *chars, size_t count) {
    size_t bytes = count;
    for (size_t i = ascii_prefix(chars, count); i < count; i++)
        bytes += (unsigned char)chars[i] >> 7;
    return bytes;
}

size_t latin1_to_utf8(const char *chars, size_t count, char *out, size_t room) {
    size_t n = ascii_prefix(chars, count < room ? count : room);
    memcpy(out, chars, n);
    for (size_t i = n; i < count; i++) {
        unsigned char c = (unsigned char)chars[i];
        if (room - n < (c < 0x80 ? 1u : 2u)) break;
        if (c < 0x80) {
            out[n++] = (char)c;
        } else {
            out[n++] = (char)(0xc0 | c >> 6);
            out[n++] = (char)(0x80 | (c & 0x3f));
        }
    }
    return n;
}

static uint32_t utf16_next(const uint16_t *chars, size_t count, size_t *i) {
    uint32_t c = chars[(*i)++];
    if (c < 0xd800 || c > 0xdfff) return c;
    if (c > 0xdbff || *i == count || (chars[*i] & 0xfc00) != 0xdc00) return 0xfffd;
    return 0x10000 + ((c & 0x3ff) << 10) + (chars[(*i)++] & 0x3ff);
}

size_t utf16_utf8_length(const uint16_t *chars, size_t count) {
    size_t bytes = 0;
    for (size_t i = 0; i < count;) {
        uint32_t code = utf16_next(chars, count, &i);
        bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    }
    return bytes;
}

size_t utf16_to_utf8(const uint16_t *chars, size_t count, char *out, size_t room) {
    size_t n = 0;
    for (size_t i = 0; i < count;) {
        uint32_t code = utf16_next(chars, count, &i);
        size_t size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        if (room - n < size) break;
        switch (size) {
        case 1: out[n] = (char)code; break;
        case 2: out[n] = (char)(0xc0 | code >> 6); break;
        case 3: out[n] = (char)(0xe0 | code >> 12); break;
        default: out[n] = (char)(0xf0 | code >> 18);
        }
        for (size_t k = 1; k < size; k++)
            out[n + k] = (char)(0x80 | ((code >> 6 * (size - 1 - k)) & 0x3f));
        n += size;
    }
    return n;
}

static int hex_digit(uint16_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void hex_encode(const char *data, size_t len, char *out) {
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[(unsigned char)data[i] >> 4];
        out[2 * i + 1] = digits[data[i] & 15];
    }
}

/* One body for both widths of character. */
#define HEX_DECODE(name, Char, Unit)                                                                         \
    size_t name(const Char *chars, size_t count, char *out, size_t room) {                                   \
        size_t n = 0;                                                                                        \
        for (; n < room && 2 * n + 1 < count; n++) {                                                         \
            int high = hex_digit((Unit)chars[2 * n]), low = hex_digit((Unit)chars[2 * n + 1]);               \
            if (high < 0 || low < 0) break;                                                                  \
            out[n] = (char)(high << 4 | low);                                                                \
        }                                                                                                    \
        return n;                                                                                            \
    }

HEX_DECODE(hex_decode, uint16_t, uint16_t)
HEX_DECODE(hex_decode_latin1, char, unsigned char)

static int base64_digit(unsigned c) {
    /* 1 + what the character stands for; 0: nothing */
    static const uint8_t digits[256] = {
        ['+'] = 63, ['-'] = 63, ['/'] = 64, ['_'] = 64, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
        ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['A'] = 1,  ['B'] = 2,
        ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,  ['I'] = 9,  ['J'] = 10,
        ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18,
        ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26,
        ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34,
        ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
        ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49, ['x'] = 50,
        ['y'] = 51, ['z'] = 52,
    };
    return c < 256 ? digits[c] - 1 : -1;
}

#define BASE64_DECODE(name, Char, Unit)                                                                      \
    size_t name(const Char *chars, size_t count, char *out, size_t room) {                                   \
        uint32_t bits = 0;                                                                                   \
        unsigned held = 0; /* bits that wait for company */                                                  \
        size_t n = 0;                                                                                        \
        for (size_t i = 0; i < count && n < room; i++) {                                                     \
            if (chars[i] == '=') break;                                                                      \
            int digit = base64_digit((Unit)chars[i]);                                                        \
            if (digit < 0) continue;                                                                         \
            bits = bits << 6 | (uint32_t)digit;                                                              \
            held += 6;                                                                                       \
            if (held < 8) continue;                                                                          \
            held -= 8;                                                                                       \
            out[n++] = (char)(bits >> held);                                                                 \
        }                                                                                                    \
        return n;                                                                                            \
    }

BASE64_DECODE(base64_decode, uint16_t, uint16_t)
BASE64_DECODE(base64_decode_latin1, char, unsigned char)

/* Where the first byte is rare memchr is fastest; after some false hits memmem takes over. */
static const char *find(const char *hay, size_t hay_len, const char *needle, size_t needle_len) {
    for (int false_hits = 0; false_hits < 16; false_hits++) {
        if (needle_len > hay_len) return NULL;
        const char *first = memchr(hay, needle[0], hay_len - needle_len + 1);
        if (!first || memcmp(first, needle, needle_len) == 0) return first;
        hay_len -= (size_t)(first + 1 - hay);
        hay = first + 1;
    }
    return memmem(hay, hay_len, needle, needle_len);
}

static ptrdiff_t search_forward(const char *hay, size_t hay_len, const char *needle, size_t needle_len,
                                size_t from, size_t step) {
    while (from + needle_len <= hay_len) {
        const char *found = find(hay + from, hay_len - from, needle, needle_len);
        if (!found) return -1;
        size_t at = (size_t)(found - hay);
        if (at % step == 0) return (ptrdiff_t)at;
        from = at + 1;
    }
    return -1;
}

static ptrdiff_t search_backward(const char *hay, size_t hay_len, const char *needle, size_t needle_len,
                                 size_t from, size_t step) {
    size_t last = hay_len - needle_len;
    if (from < last) last = from;
    /* Candidates are where the first byte is; memrchr finds those at the speed of memory. */
    for (size_t end = last + 1; end > 0;) {
        const char *found = memrchr(hay, needle[0], end);
        if (!found) return -1;
        size_t at = (size_t)(found - hay);
        if (at % step == 0 && memcmp(found, needle, needle_len) == 0) return (ptrdiff_t)at;
        end = at;
    }
    return -1;
}

ptrdiff_t bytes_search(const char *hay, size_t hay_len, const char *needle, size_t needle_len, size_t from,
                       size_t step, bool forward) {
    if (needle_len == 0 || needle_len > hay_len) return -1;
    return forward ? search_forward(hay, hay_len, needle, needle_len, from, step)
                   : search_backward(hay, hay_len, needle, needle_len, from, step);
}
