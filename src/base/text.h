/* Text codings: UTF-8, UTF-16, hex and base64 as lenient as Node's, on plain bytes. Everything that
 * turns bytes into text or back without the engine's help is here, so that it can be fuzzed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool text_is_ascii(const char *data, size_t len);
bool text_is_utf8(const char *data, size_t len);

/* One code point of UTF-8; malformed input gives U+FFFD for each maximal bad part, as the standard
 * says. Returns the bytes used; `left` is at least 1. */
size_t utf8_decode(const unsigned char *at, size_t left, uint32_t *code);
/* UTF-8 to UTF-16; `out` has room for `len` units. Returns the units written. */
size_t utf8_to_utf16(const char *data, size_t len, uint16_t *out);
size_t latin1_utf8_length(const char *chars, size_t count);
size_t latin1_to_utf8(const char *chars, size_t count, char *out, size_t room);
/* How long UTF-16 is as UTF-8; lone surrogates count as U+FFFD. */
size_t utf16_utf8_length(const uint16_t *chars, size_t count);
/* Writes whole characters only; returns the bytes written. */
size_t utf16_to_utf8(const uint16_t *chars, size_t count, char *out, size_t room);

void hex_encode(const char *data, size_t len, char *out); /* out has room for 2 * len */
/* With '=' at the end, or in the alphabet of URLs without;
 * `out` has room for (len + 2) / 3 * 4. */
size_t base64_encode(const char *data, size_t len, bool for_url, char *out);
/* Stops at the first thing that is no pair of hex digits. Returns the bytes written. */
size_t hex_decode(const uint16_t *chars, size_t count, char *out, size_t room);
size_t hex_decode_latin1(const char *chars, size_t count, char *out, size_t room);
/* Both alphabets at once, skipping what belongs to neither, up to the first '='. */
size_t base64_decode(const uint16_t *chars, size_t count, char *out, size_t room);
size_t base64_decode_latin1(const char *chars, size_t count, char *out, size_t room);

/* Where `needle` begins in `hay` at a multiple of `step` from the start, at or after (forward) or at or
 * before `from`; -1 if nowhere. */
ptrdiff_t bytes_search(const char *hay, size_t hay_len, const char *needle, size_t needle_len, size_t from,
                       size_t step, bool forward);
