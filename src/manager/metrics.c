/* The figures of all workers as Prometheus reads them: one table of metrics. */
#include "manager/metrics.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double up(const json_t *worker) {
    return json_int(worker, "pid", 0) > 0;
}
static const json_t *env(const json_t *worker) {
    return json_object_get(worker, "pm2_env");
}
static const json_t *figures(const json_t *worker) {
    return json_object_get(env(worker), "figures");
}
static double rss(const json_t *worker) {
    return (double)json_int(json_object_get(worker, "monit"), "memory", 0);
}
static double pss(const json_t *worker) {
    return (double)json_int(figures(worker), "pss", 0);
}
static double cpu(const json_t *worker) {
    return (double)json_int(figures(worker), "cpu_ms", 0) / 1000;
}
static double fds(const json_t *worker) {
    return (double)json_int(figures(worker), "descriptors", 0);
}
static double threads(const json_t *worker) {
    return (double)json_int(figures(worker), "threads", 0);
}
static double dealt(const json_t *worker) {
    return (double)json_int(figures(worker), "connections", 0);
}
/* NAN if the program does not tell. */
static double told(const json_t *worker, const char *metric, const char *field) {
    const json_t *value =
        json_object_get(json_object_get(json_object_get(env(worker), "axm_monitor"), metric), field);
    if (json_is_number(value)) return json_number_value(value);
    return json_is_string(value) ? atof(json_string_value(value)) : NAN;
}
static double loop_delay(const json_t *worker) {
    return told(worker, "Event Loop Latency", "value") / 1000;
}
static double requests(const json_t *worker) {
    return told(worker, "HTTP", "total");
}
static double restarts(const json_t *worker) {
    return (double)json_int(env(worker), "restart_time", 0);
}

static double uptime(const json_t *worker) {
    long long since = json_int(env(worker), "pm_uptime", 0);
    return up(worker) > 0 && since ? (double)((long long)clock_wall_ms() - since) / 1000 : 0;
}

static const struct {
    const char *name, *type, *help;
    double (*value)(const json_t *worker);
} table[] = {
    {"galley_up",                        "gauge",   "1 if the process runs",                             up      },
    {"galley_uptime_seconds",            "gauge",   "time since it was started",                         uptime  },
    {"galley_restarts_total",            "counter", "restarts of the worker",                            restarts},
    {"galley_cpu_seconds_total",         "counter", "processor time of the process",                     cpu     },
    {"galley_resident_memory_bytes",     "gauge",   "memory in use",                                     rss     },
    {"galley_proportional_memory_bytes", "gauge",   "memory in use, shared pages divided",               pss     },
    {"galley_open_fds",                  "gauge",   "open descriptors",                                  fds     },
    {"galley_threads",                   "gauge",   "threads",                                           threads },
    {"galley_connections_total",         "counter", "connections that were dealt to the process",        dealt   },
    {"galley_http_requests_total",       "counter", "requests that the process has served, if it tells", requests},
    {"galley_event_loop_delay_seconds",  "gauge",   "how late the event loop is, if the process tells",
     loop_delay                                                                                                  },
};

static void print_label(Bytes *out, const char *name, const char *value) {
    bytes_printf(out, "%s=\"", name);
    for (; value && *value; value++) {
        if (*value == '"' || *value == '\\') bytes_append_char(out, '\\');
        if (*value == '\n')
            bytes_append_str(out, "\\n");
        else
            bytes_append_char(out, *value);
    }
    bytes_append_char(out, '"');
}

void metrics_print(Bytes *out, const json_t *workers) {
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        bytes_printf(out, "# HELP %s %s\n# TYPE %s %s\n", table[i].name, table[i].help, table[i].name,
                     table[i].type);
        for (size_t n = 0; n < json_array_size(workers); n++) {
            const json_t *worker = json_array_get(workers, n);
            double value = table[i].value(worker);
            if (isnan(value)) continue;
            bytes_printf(out, "%s{", table[i].name);
            print_label(out, "name", json_str(worker, "name"));
            bytes_append_char(out, ',');
            print_label(out, "namespace", json_str(env(worker), "namespace"));
            bytes_printf(out, ",id=\"%lld\"} %.15g\n", json_int(worker, "pm_id", 0), value);
        }
    }
}
