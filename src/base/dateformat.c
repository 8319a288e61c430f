/* Times printed by token patterns; see dateformat.h. */
#include "base/dateformat.h"

#include "base/mem.h"

#include <string.h>
#include <time.h>

typedef struct {
    struct tm tm;
    uint64_t wall_ms;
} Moment;

static void offset_print(Bytes *out, const Moment *at, const char *colon) {
    long minutes = at->tm.tm_gmtoff / 60;
    char sign = minutes < 0 ? '-' : '+';
    if (minutes < 0) minutes = -minutes;
    bytes_printf(out, "%c%02ld%s%02ld", sign, minutes / 60, colon, minutes % 60);
}

static void year4(Bytes *o, const Moment *m) {
    bytes_printf(o, "%04d", m->tm.tm_year + 1900);
}
static void year2(Bytes *o, const Moment *m) {
    bytes_printf(o, "%02d", m->tm.tm_year % 100);
}
static void month2(Bytes *o, const Moment *m) {
    bytes_printf(o, "%02d", m->tm.tm_mon + 1);
}
static void month1(Bytes *o, const Moment *m) {
    bytes_printf(o, "%d", m->tm.tm_mon + 1);
}
static void day2(Bytes *o, const Moment *m) {
    bytes_printf(o, "%02d", m->tm.tm_mday);
}
static void day1(Bytes *o, const Moment *m) {
    bytes_printf(o, "%d", m->tm.tm_mday);
}
static void hour2(Bytes *o, const Moment *m) {
    bytes_printf(o, "%02d", m->tm.tm_hour);
}
static void hour1(Bytes *o, const Moment *m) {
    bytes_printf(o, "%d", m->tm.tm_hour);
}
static int twelve(const Moment *m) {
    return m->tm.tm_hour % 12 ? m->tm.tm_hour % 12 : 12;
}
static void half2(Bytes *o, const Moment *m) {
    bytes_printf(o, "%02d", twelve(m));
}
static void half1(Bytes *o, const Moment *m) {
    bytes_printf(o, "%d", twelve(m));
}
static void minute2(Bytes *o, const Moment *m) {
    bytes_printf(o, "%02d", m->tm.tm_min);
}
static void minute1(Bytes *o, const Moment *m) {
    bytes_printf(o, "%d", m->tm.tm_min);
}
static void second2(Bytes *o, const Moment *m) {
    bytes_printf(o, "%02d", m->tm.tm_sec);
}
static void second1(Bytes *o, const Moment *m) {
    bytes_printf(o, "%d", m->tm.tm_sec);
}
static void milli(Bytes *o, const Moment *m) {
    bytes_printf(o, "%03d", (int)(m->wall_ms % 1000));
}
static void upper_half(Bytes *o, const Moment *m) {
    bytes_append_str(o, m->tm.tm_hour < 12 ? "AM" : "PM");
}
static void lower_half(Bytes *o, const Moment *m) {
    bytes_append_str(o, m->tm.tm_hour < 12 ? "am" : "pm");
}
static void offset_plain(Bytes *o, const Moment *m) {
    offset_print(o, m, "");
}
static void offset_colon(Bytes *o, const Moment *m) {
    offset_print(o, m, ":");
}
static void unix_s(Bytes *o, const Moment *m) {
    bytes_printf(o, "%llu", (unsigned long long)m->wall_ms / 1000);
}
static void unix_ms(Bytes *o, const Moment *m) {
    bytes_printf(o, "%llu", (unsigned long long)m->wall_ms);
}

static void by_strftime(Bytes *out, const char *format, const Moment *at) {
    char text[64];
    if (strftime(text, sizeof text, format, &at->tm)) bytes_append_str(out, text);
}
static void month_name(Bytes *o, const Moment *m) {
    by_strftime(o, "%B", m);
}
static void month_short(Bytes *o, const Moment *m) {
    by_strftime(o, "%b", m);
}
static void day_name(Bytes *o, const Moment *m) {
    by_strftime(o, "%A", m);
}
static void day_short(Bytes *o, const Moment *m) {
    by_strftime(o, "%a", m);
}

/* Longer tokens before those that they begin with. */
static const struct {
    const char *token;
    void (*print)(Bytes *out, const Moment *at);
} tokens[] = {
    {"YYYY", year4       },
    {"YY",   year2       },
    {"MMMM", month_name  },
    {"MMM",  month_short },
    {"MM",   month2      },
    {"M",    month1      },
    {"DD",   day2        },
    {"D",    day1        },
    {"dddd", day_name    },
    {"ddd",  day_short   },
    {"HH",   hour2       },
    {"H",    hour1       },
    {"hh",   half2       },
    {"h",    half1       },
    {"mm",   minute2     },
    {"m",    minute1     },
    {"ss",   second2     },
    {"s",    second1     },
    {"SSS",  milli       },
    {"A",    upper_half  },
    {"a",    lower_half  },
    {"ZZ",   offset_plain},
    {"Z",    offset_colon},
    {"X",    unix_s      },
    {"x",    unix_ms     },
};

void date_print(Bytes *out, const char *pattern, uint64_t wall_ms) {
    Moment at = {.wall_ms = wall_ms};
    time_t seconds = (time_t)(wall_ms / 1000);
    localtime_r(&seconds, &at.tm);
    while (*pattern) {
        const char *close = *pattern == '[' ? strchr(pattern, ']') : NULL;
        if (close) {
            bytes_append(out, pattern + 1, (size_t)(close - pattern - 1));
            pattern = close + 1;
            continue;
        }
        size_t i = 0;
        while (i < COUNT_OF(tokens) && strncmp(pattern, tokens[i].token, strlen(tokens[i].token)) != 0)
            i++;
        if (i == COUNT_OF(tokens)) {
            bytes_append_char(out, *pattern++);
            continue;
        }
        tokens[i].print(out, &at);
        pattern += strlen(tokens[i].token);
    }
}

void date_print_iso(Bytes *out, uint64_t wall_ms) {
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm tm;
    char text[32];
    gmtime_r(&seconds, &tm);
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    bytes_printf(out, "%s.%03dZ", text, (int)(wall_ms % 1000));
}
