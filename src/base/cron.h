/* Cron expressions: when does `cron_restart` strike next? Five fields, or six with seconds in front,
 * or @hourly and its sisters; local time. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

typedef struct {
    uint64_t seconds, minutes;    /* bit n: at n */
    uint32_t hours, days, months; /* days 1-31, months 1-12 */
    uint8_t weekdays;             /* 0 is Sunday */
    bool any_day, any_weekday;    /* written as *: does not restrict */
    bool last_day;
} Cron;

/* NULL on success, else what is wrong with it. */
const char *cron_parse(const char *text, Cron *cron);
/* The first time strictly after `after`, or -1 if none within four years. */
time_t cron_next(const Cron *cron, time_t after);
