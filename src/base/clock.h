/* The two clocks: one that people read and one that only goes forward. */
#pragma once

#include <stdint.h>

uint64_t clock_wall_ms(void); /* since 1970 */
uint64_t clock_steady_ms(void);
uint64_t clock_steady_ns(void);
