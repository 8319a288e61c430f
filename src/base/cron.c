/* Cron expressions, parsed to bit sets; see cron.h. */
#include "base/cron.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct {
    const char *name;
    int least, most;
    const char *words; /* three letters each, the first standing for `least` */
} Field;

static const Field fields[] = {
    {"bad seconds",          0, 59, NULL                                  },
    {"bad minutes",          0, 59, NULL                                  },
    {"bad hours",            0, 23, NULL                                  },
    {"bad day of the month", 1, 31, NULL                                  },
    {"bad month",            1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
    {"bad day of the week",  0, 7,  "sunmontuewedthufrisat"               },
};

static const char *const nicknames[][2] = {
    {"@yearly",   "0 0 1 1 *"},
    {"@annually", "0 0 1 1 *"},
    {"@monthly",  "0 0 1 * *"},
    {"@weekly",   "0 0 * * 0"},
    {"@daily",    "0 0 * * *"},
    {"@midnight", "0 0 * * *"},
    {"@hourly",   "0 * * * *"},
};

static bool read_value(const char **at, const Field *field, int *value) {
    if (isdigit((unsigned char)**at)) {
        *value = 0;
        for (; isdigit((unsigned char)**at); (*at)++)
            if ((*value = *value * 10 + (**at - '0')) > 99) return false;
        return *value >= field->least && *value <= field->most;
    }
    for (const char *word = field->words; word && *word; word += 3)
        if (strncasecmp(*at, word, 3) == 0) {
            *value = field->least + (int)(word - field->words) / 3;
            *at += 3;
            return true;
        }
    return false;
}

/* One of the comma-separated parts: *, a, a-b, each with an optional /step. */
static bool read_part(const char **at, const Field *field, uint64_t *bits) {
    int from = field->least, to = field->most, step = 1;
    bool single = false;
    if (**at == '*' || **at == '?') {
        (*at)++;
    } else {
        if (!read_value(at, field, &from)) return false;
        to = from;
        single = true;
        if (**at == '-') {
            (*at)++;
            if (!read_value(at, field, &to) || to < from) return false;
            single = false;
        }
    }
    if (**at == '/') {
        (*at)++;
        char *end;
        long parsed = strtol(*at, &end, 10);
        if (end == *at || parsed < 1 || parsed > 59) return false;
        step = (int)parsed;
        *at = end;
        if (single) to = field->most;
    }
    for (int i = from; i <= to; i += step)
        *bits |= 1ull << i;
    return true;
}

static bool read_field(const char **at, const Field *field, uint64_t *bits) {
    *bits = 0;
    do {
        if (**at == ',') (*at)++;
        if (!read_part(at, field, bits)) return false;
    } while (**at == ',');
    return !**at || isspace((unsigned char)**at);
}

static size_t count_fields(const char *text) {
    size_t count = 0;
    for (const char *at = text; *at; at += strcspn(at, " \t")) {
        at += strspn(at, " \t");
        if (*at) count++;
    }
    return count;
}

const char *cron_parse(const char *text, Cron *cron) {
    for (size_t i = 0; i < COUNT_OF(nicknames); i++)
        if (strcasecmp(text, nicknames[i][0]) == 0) text = nicknames[i][1];
    size_t given = count_fields(text);
    if (given != 5 && given != 6) return "a cron expression has five fields, or six with seconds";
    uint64_t bits[6] = {1};
    *cron = (Cron){0};
    for (size_t i = 6 - given; i < 6; i++) {
        text += strspn(text, " \t");
        if (i == 3) cron->any_day = *text == '*' || *text == '?';
        if (i == 5) cron->any_weekday = *text == '*' || *text == '?';
        if (i == 3 && (*text == 'L' || *text == 'l') && (!text[1] || isspace((unsigned char)text[1]))) {
            cron->last_day = true;
            text++;
            continue;
        }
        if (!read_field(&text, &fields[i], &bits[i])) return fields[i].name;
    }
    cron->seconds = bits[0];
    cron->minutes = bits[1];
    cron->hours = (uint32_t)bits[2];
    cron->days = (uint32_t)bits[3];
    cron->months = (uint32_t)bits[4];
    cron->weekdays = (uint8_t)((bits[5] & 0x7f) | (bits[5] >> 7 & 1));
    return NULL;
}

static int days_of_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month] + (month == 1 && leap);
}

static bool day_matches(const Cron *cron, const struct tm *tm) {
    bool day = cron->last_day ? tm->tm_mday == days_of_month(tm->tm_year + 1900, tm->tm_mon)
                              : cron->days >> tm->tm_mday & 1;
    bool weekday = cron->weekdays >> tm->tm_wday & 1;
    /* As every cron has it: if both are restricted, either will do. */
    if (!cron->any_day && !cron->any_weekday) return day || weekday;
    return day && weekday;
}

static bool hour_matches(const Cron *cron, const struct tm *tm) {
    return cron->hours >> tm->tm_hour & 1;
}

time_t cron_next(const Cron *cron, time_t after) {
    time_t at = after + 1;
    time_t limit = after + 4 * 366 * 86400L;
    struct tm tm;
    while (at < limit) {
        if (!localtime_r(&at, &tm)) return -1;
        time_t before = at;
        if (!(cron->months >> (tm.tm_mon + 1) & 1)) {
            tm.tm_mon++;
            tm.tm_mday = 1;
            tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
        } else if (!day_matches(cron, &tm)) {
            tm.tm_mday++;
            tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
        } else if (!hour_matches(cron, &tm)) {
            at += 3600 - tm.tm_min * 60 - tm.tm_sec;
            continue;
        } else if (!(cron->minutes >> tm.tm_min & 1)) {
            at += 60 - tm.tm_sec;
            continue;
        } else if (!(cron->seconds >> tm.tm_sec & 1)) {
            at++;
            continue;
        } else {
            return at;
        }
        tm.tm_isdst = -1;
        at = mktime(&tm);
        if (at <= before) at = before + 3600;
    }
    return -1;
}
