/* The loops that read every byte of every head: see scan.h. */
#include "http/scan.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

const uint8_t http_token_bytes[256] = {
    ['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1,         ['&'] = 1,         ['\''] = 1,
    ['*'] = 1, ['+'] = 1, ['-'] = 1, ['.'] = 1,         ['^'] = 1,         ['_'] = 1,
    ['`'] = 1, ['|'] = 1, ['~'] = 1, ['0' ... '9'] = 1, ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1,
};

const char *http_scan_token(const char *at, const char *end) {
    while (at < end && http_byte_is_token(*at))
        at++;
    return at;
}

static inline bool ends_value(uint8_t c) {
    return (c < 0x20 && c != '\t') || c == 0x7f;
}
static inline bool ends_target(uint8_t c) {
    return c <= 0x20 || c >= 0x7f;
}

const char *http_scan_value(const char *at, const char *end) {
#ifdef __SSE2__
    const __m128i last_control = _mm_set1_epi8(0x1f), tab = _mm_set1_epi8('\t'), del = _mm_set1_epi8(0x7f);
    for (; end - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)at);
        __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
        __m128i stop =
            _mm_or_si128(_mm_andnot_si128(_mm_cmpeq_epi8(bytes, tab), control), _mm_cmpeq_epi8(bytes, del));
        unsigned mask = (unsigned)_mm_movemask_epi8(stop);
        if (mask) return at + __builtin_ctz(mask);
    }
#endif
    while (at < end && !ends_value((uint8_t)*at))
        at++;
    return at;
}

const char *http_scan_target(const char *at, const char *end) {
#ifdef __SSE2__
    /* As signed numbers, bytes above 127 are negative: one comparison finds them with the controls. */
    const __m128i first_good = _mm_set1_epi8(0x21), del = _mm_set1_epi8(0x7f);
    for (; end - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)at);
        __m128i stop = _mm_or_si128(_mm_cmplt_epi8(bytes, first_good), _mm_cmpeq_epi8(bytes, del));
        unsigned mask = (unsigned)_mm_movemask_epi8(stop);
        if (mask) return at + __builtin_ctz(mask);
    }
#endif
    while (at < end && !ends_target((uint8_t)*at))
        at++;
    return at;
}

bool http_is_token(Slice text) {
    return text.len > 0 && http_scan_token(text.data, text.data + text.len) == text.data + text.len;
}

bool http_is_value(Slice text) {
    return http_scan_value(text.data, text.data + text.len) == text.data + text.len;
}

bool http_equals_ignoring_case(Slice text, const char *lower) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c >= 'A' && c <= 'Z') c |= 0x20;
        if (lower[i] == 0 || c != lower[i]) return false;
    }
    return lower[text.len] == 0;
}
