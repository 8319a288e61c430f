#include "base/modulo.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define MANTISSA_BITS 52
#define IMPLICIT_BIT (1ull << MANTISSA_BITS)
#define SIGN (1ull << 63)
#define INFINITE (0x7ffull << MANTISSA_BITS)

static uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* A positive finite number as mantissa * 2^exponent; the mantissa has its highest bit set at MANTISSA_BITS.
 */
static uint64_t mantissa_of(uint64_t bits, int *exponent) {
    *exponent = (int)(bits >> MANTISSA_BITS);
    uint64_t mantissa = bits & (IMPLICIT_BIT - 1);
    if (*exponent) return mantissa | IMPLICIT_BIT;
    int shift = __builtin_clzll(mantissa) - (63 - MANTISSA_BITS);
    *exponent = 1 - shift;
    return mantissa << shift;
}

static uint64_t bits_from(uint64_t mantissa, int exponent) {
    if (!mantissa) return 0;
    int shift = __builtin_clzll(mantissa) - (63 - MANTISSA_BITS);
    mantissa <<= shift;
    exponent -= shift;
    if (exponent <= 0) return mantissa >> (1 - exponent);
    return (mantissa & (IMPLICIT_BIT - 1)) | (uint64_t)exponent << MANTISSA_BITS;
}

static bool is_whole(uint64_t bits, int64_t *whole) {
    double x = from_bits(bits);
    if (!(x < 9007199254740992.0)) return false;
    *whole = (int64_t)x;
    return (double)*whole == x;
}

/* Eleven bits a division: a mantissa has 53, a register 64. */
static uint64_t long_remainder(uint64_t x, uint64_t y) {
    int x_exponent, y_exponent;
    uint64_t rest = mantissa_of(x, &x_exponent), divisor = mantissa_of(y, &y_exponent);
    int distance = x_exponent - y_exponent;
    rest %= divisor;
    for (; distance > 11 && rest; distance -= 11)
        rest = (rest << 11) % divisor;
    if (rest) rest = (rest << distance) % divisor;
    return bits_from(rest, y_exponent);
}

double modulo(double x, double y) {
    uint64_t sign = bits_of(x) & SIGN, x_bits = bits_of(x) & ~SIGN, y_bits = bits_of(y) & ~SIGN;
    if (x_bits >= INFINITE || y_bits > INFINITE || y_bits == 0) return (x * y) / (x * y);
    if (x_bits < y_bits) return x;
    int64_t x_whole, y_whole;
    if (is_whole(x_bits, &x_whole) && is_whole(y_bits, &y_whole))
        return from_bits(bits_of((double)(x_whole % y_whole)) | sign);
    return from_bits(long_remainder(x_bits, y_bits) | sign);
}
