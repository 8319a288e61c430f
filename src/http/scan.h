/* Which bytes may stand where in a message, and how to find the first that may not. Long runs (targets, field
 * values) are looked at sixteen bytes at a time; names are short, a table is faster there. */
#pragma once

#include "base/bytes.h"

#include <stdint.h>

extern const uint8_t http_token_bytes[256];

static inline bool http_byte_is_token(char c) {
    return http_token_bytes[(uint8_t)c];
}

/* Each returns the first byte that ends the run, or `end`. */
const char *http_scan_token(const char *at, const char *end);
/* Ends at every control byte but tab, and at DEL. */
const char *http_scan_value(const char *at, const char *end);
/* Ends at every control byte, space, DEL and at bytes above 127. */
const char *http_scan_target(const char *at, const char *end);

bool http_is_token(Slice text);
/* May be sent as a field value: no control bytes but tab. */
bool http_is_value(Slice text);
bool http_equals_ignoring_case(Slice text, const char *lower);
