/* JavaScript values as C sees them. On 64-bit machines a JSValueRef is the engine's own encoding, so
 * numbers, booleans, undefined and null are read and made inline, without the 75 ns of an API call;
 * realm_new checks the encoding against the API once and refuses to run if it ever changes. */
#pragma once

#include "engine/jsc.h"

#include <math.h>
#include <string.h>

typedef JSValueRef Value;
typedef JSObjectRef Object;

#define VALUE_NUMBER_TAG 0xfffe000000000000ull
#define VALUE_DOUBLE_OFFSET 0x0002000000000000ull

static inline uint64_t value_bits(Value v) {
    return (uint64_t)(uintptr_t)v;
}
static inline Value value_from_bits(uint64_t bits) {
    return (Value)(uintptr_t)bits;
}

static inline Value value_undefined(void) {
    return value_from_bits(0xa);
}
static inline Value value_null(void) {
    return value_from_bits(0x2);
}
static inline Value value_bool(bool b) {
    return value_from_bits(b ? 0x7 : 0x6);
}
static inline Value value_int(int32_t n) {
    return value_from_bits(VALUE_NUMBER_TAG | (uint32_t)n);
}

static inline Value value_number(double d) {
    int32_t n = d >= INT32_MIN && d <= INT32_MAX ? (int32_t)d : 0;
    if ((double)n == d && !(n == 0 && signbit(d))) return value_int(n);
    uint64_t bits;
    if (d != d) d = NAN; /* one NaN only: others would collide with tags */
    memcpy(&bits, &d, sizeof bits);
    if (d != d) bits = 0x7ff8000000000000ull;
    return value_from_bits(bits + VALUE_DOUBLE_OFFSET);
}

static inline bool value_is_undefined(Value v) {
    return value_bits(v) == 0xa || !v;
}
static inline bool value_is_null(Value v) {
    return value_bits(v) == 0x2;
}
static inline bool value_is_nullish(Value v) {
    return (value_bits(v) & ~8ull) == 0x2 || !v;
}
static inline bool value_is_bool(Value v) {
    return (value_bits(v) & ~1ull) == 0x6;
}
static inline bool value_is_true(Value v) {
    return value_bits(v) == 0x7;
}
static inline bool value_is_int(Value v) {
    return (value_bits(v) & VALUE_NUMBER_TAG) == VALUE_NUMBER_TAG;
}
static inline bool value_is_number(Value v) {
    return (value_bits(v) & VALUE_NUMBER_TAG) != 0;
}
/* A string, symbol, big integer or object. */
static inline bool value_is_cell(Value v) {
    return v && !(value_bits(v) & (VALUE_NUMBER_TAG | 0x2));
}

/* What the number is; 0 for what is not a number. */
static inline double value_as_double(Value v) {
    if (value_is_int(v)) return (int32_t)value_bits(v);
    if (!value_is_number(v)) return 0;
    uint64_t bits = value_bits(v) - VALUE_DOUBLE_OFFSET;
    double d;
    memcpy(&d, &bits, sizeof d);
    return d;
}

static inline int64_t value_as_int64(Value v) {
    if (value_is_int(v)) return (int32_t)value_bits(v);
    double d = value_as_double(v);
    if (d != d) return 0;
    if (d >= 9223372036854775807.0) return INT64_MAX;
    if (d <= -9223372036854775808.0) return INT64_MIN;
    return (int64_t)d;
}

static inline int32_t value_as_int(Value v) {
    if (value_is_int(v)) return (int32_t)value_bits(v);
    return (int32_t)(uint32_t)value_as_int64(v);
}
