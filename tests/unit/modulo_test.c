#include "base/modulo.h"

#include "unit.h"

#include <float.h>
#include <math.h>

static void same(double x, double y) {
    double got = modulo(x, y), expected = fmod(x, y);
    if (isnan(expected)) {
        if (!isnan(got)) fail_msg("%a %% %a is %a, not NaN", x, y, got);
    } else if (memcmp(&got, &expected, sizeof got) != 0) {
        fail_msg("%a %% %a is %a, not %a", x, y, got, expected);
    }
}

static void remainders_of_telling_numbers_are_the_c_librarys(void **state) {
    (void)state;
    const double numbers[] = {0.0,   1,        2,          3,          7,       0.1,    0.5,
                              1.5,   10.75,    1e9,        1e15,       1e16,    1e22,   1e100,
                              1e308, 1e-9,     1e-300,     DBL_MIN,    DBL_MAX, 4e-320, 5e-324,
                              NAN,   INFINITY, 4294967296, 4294967295, 0x1p52,  0x1p53, 0x1p53 + 2};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        for (size_t j = 0; j < sizeof numbers / sizeof *numbers; j++)
            for (int signs = 0; signs < 4; signs++)
                same(signs & 1 ? -numbers[i] : numbers[i], signs & 2 ? -numbers[j] : numbers[j]);
}

static void remainders_of_any_bits_are_the_c_librarys(void **state) {
    (void)state;
    uint64_t seed = 88172645463325252ull;
    double pair[2];
    for (int i = 0; i < 200000; i++) {
        for (int j = 0; j < 2; j++) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            memcpy(&pair[j], &seed, sizeof seed);
        }
        same(pair[0], pair[1]);
        same((double)(int64_t)(seed >> 20), (double)(seed & 0xffff) / 4);
    }
}

UNIT_TESTS(cmocka_unit_test(remainders_of_telling_numbers_are_the_c_librarys),
           cmocka_unit_test(remainders_of_any_bits_are_the_c_librarys))
