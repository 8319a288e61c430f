/* Sizes and durations as people write and read them; see units.h. */
#include "base/units.h"

#include "base/mem.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <strings.h>

typedef struct {
    const char *name;
    double factor;
} Unit;

static const Unit size_units[] = {
    {"",    1      },
    {"b",   1      },
    {"k",   1 << 10},
    {"kb",  1 << 10},
    {"kib", 1 << 10},
    {"m",   1 << 20},
    {"mb",  1 << 20},
    {"mib", 1 << 20},
    {"g",   1 << 30},
    {"gb",  1 << 30},
    {"gib", 1 << 30},
    {"t",   0x1p40 },
    {"tb",  0x1p40 },
};

static const Unit duration_units[] = {
    {"",    1       },
    {"ms",  1       },
    {"s",   1000    },
    {"sec", 1000    },
    {"m",   60000   },
    {"min", 60000   },
    {"h",   3600000 },
    {"d",   86400000},
};

static bool parse(const char *text, const Unit *units, size_t count, uint64_t *result) {
    if (!text || !isdigit((unsigned char)*text)) return false;
    char *end;
    double value = strtod(text, &end);
    while (*end == ' ')
        end++;
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(end, units[i].name) != 0) continue;
        value *= units[i].factor;
        if (!isfinite(value) || value > 9e15) return false;
        *result = (uint64_t)value;
        return true;
    }
    return false;
}

bool size_parse(const char *text, uint64_t *bytes) {
    return parse(text, size_units, COUNT_OF(size_units), bytes);
}

bool duration_parse(const char *text, uint64_t *ms) {
    return parse(text, duration_units, COUNT_OF(duration_units), ms);
}

void size_print(Bytes *out, uint64_t bytes) {
    static const char *const names[] = {"b", "kb", "mb", "gb", "tb"};
    double value = (double)bytes;
    size_t unit = 0;
    for (; value >= 1024 && unit + 1 < COUNT_OF(names); unit++)
        value /= 1024;
    bytes_printf(out, unit && value != floor(value) ? "%.1f%s" : "%.0f%s", value, names[unit]);
}

void duration_print(Bytes *out, uint64_t ms) {
    uint64_t s = ms / 1000;
    if (s < 60)
        bytes_printf(out, "%llus", (unsigned long long)s);
    else if (s < 3600)
        bytes_printf(out, "%llum", (unsigned long long)(s / 60));
    else if (s < 86400)
        bytes_printf(out, "%lluh", (unsigned long long)(s / 3600));
    else
        bytes_printf(out, "%lluD", (unsigned long long)(s / 86400));
}
