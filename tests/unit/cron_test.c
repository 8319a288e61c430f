/* Cron expressions strike when cron's users expect them to. */
#include "unit.h"

#include "base/cron.h"

static time_t at(int year, int month, int day, int hour, int minute, int second) {
    struct tm tm = {.tm_year = year - 1900,
                    .tm_mon = month - 1,
                    .tm_mday = day,
                    .tm_hour = hour,
                    .tm_min = minute,
                    .tm_sec = second,
                    .tm_isdst = -1};
    return mktime(&tm);
}

static void assert_next(const char *text, time_t after, time_t expected) {
    Cron cron;
    assert_null(cron_parse(text, &cron));
    assert_int_equal(cron_next(&cron, after), expected);
}

static void every_night_is_tonight_or_tomorrow(void **state) {
    assert_next("0 3 * * *", at(2026, 1, 5, 1, 0, 0), at(2026, 1, 5, 3, 0, 0));
    assert_next("0 3 * * *", at(2026, 1, 5, 3, 0, 0), at(2026, 1, 6, 3, 0, 0));
}

static void steps_and_ranges_count_from_their_start(void **state) {
    assert_next("*/15 * * * *", at(2026, 1, 5, 1, 16, 0), at(2026, 1, 5, 1, 30, 0));
    assert_next("5-10/2 * * * *", at(2026, 1, 5, 1, 7, 0), at(2026, 1, 5, 1, 9, 0));
    assert_next("0 9-17 * * mon-fri", at(2026, 1, 9, 17, 30, 0), at(2026, 1, 12, 9, 0, 0));
}

static void six_fields_begin_with_seconds(void **state) {
    assert_next("*/10 * * * * *", at(2026, 1, 5, 1, 0, 1), at(2026, 1, 5, 1, 0, 10));
}

static void day_of_month_or_of_week_is_enough_when_both_are_given(void **state) {
    assert_next("0 0 13 * fri", at(2026, 2, 1, 0, 0, 0), at(2026, 2, 6, 0, 0, 0));
    assert_next("0 0 13 * *", at(2026, 2, 6, 1, 0, 0), at(2026, 2, 13, 0, 0, 0));
}

static void the_29th_of_february_waits_for_its_year(void **state) {
    assert_next("0 0 29 2 *", at(2026, 3, 1, 0, 0, 0), at(2028, 2, 29, 0, 0, 0));
}

static void the_last_day_is_that_of_each_month(void **state) {
    assert_next("0 0 L * *", at(2026, 2, 1, 0, 0, 0), at(2026, 2, 28, 0, 0, 0));
}

static void nicknames_are_known(void **state) {
    assert_next("@hourly", at(2026, 1, 5, 1, 16, 0), at(2026, 1, 5, 2, 0, 0));
    assert_next("@daily", at(2026, 1, 5, 1, 16, 0), at(2026, 1, 6, 0, 0, 0));
}

static void a_day_that_never_comes_is_said_to_be_never(void **state) {
    assert_next("0 0 31 2 *", at(2026, 1, 1, 0, 0, 0), -1);
}

static void what_is_no_expression_is_refused(void **state) {
    static const char *const bad[] = {
        "",          "* * * *",     "60 * * * *",  "* 24 * * *",   "* * 0 * *",     "* * * 13 *", "* * * * 8",
        "a * * * *", "*/0 * * * *", "5-1 * * * *", "1,,2 * * * *", "* * * * * * *", "1- * * * *"};
    Cron cron;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_non_null(cron_parse(bad[i], &cron));
}

UNIT_TESTS(cmocka_unit_test(every_night_is_tonight_or_tomorrow),
           cmocka_unit_test(steps_and_ranges_count_from_their_start),
           cmocka_unit_test(six_fields_begin_with_seconds),
           cmocka_unit_test(day_of_month_or_of_week_is_enough_when_both_are_given),
           cmocka_unit_test(the_29th_of_february_waits_for_its_year),
           cmocka_unit_test(the_last_day_is_that_of_each_month), cmocka_unit_test(nicknames_are_known),
           cmocka_unit_test(a_day_that_never_comes_is_said_to_be_never),
           cmocka_unit_test(what_is_no_expression_is_refused))
