/* Commands that show what there is: tables for people, JSON for programs. */
#include "base/clock.h"
#include "base/dateformat.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/units.h"
#include "cli/command.h"
#include "cli/select.h"
#include "cli/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOLD_CYAN "\033[1;36m"
#define GREEN "\033[1;32m"
#define RED "\033[1;31m"
#define YELLOW "\033[1;33m"
#define BLUE "\033[1;34m"
#define GREY "\033[90m"

static const json_t *env_of(const json_t *worker) {
    return json_object_get(worker, "pm2_env");
}

static bool is_running(const json_t *worker) {
    return json_int(worker, "pid", 0) > 0;
}

static const char *status_colour(const char *status) {
    if (strcmp(status, "online") == 0) return GREEN;
    if (strcmp(status, "launching") == 0 || strncmp(status, "waiting", 7) == 0) return YELLOW;
    return RED;
}

static void add_number(Table *table, long long number, const char *colour) {
    char text[32];
    snprintf(text, sizeof text, "%lld", number);
    table_add(table, text, colour);
}

static void add_row(Table *table, const json_t *worker) {
    const json_t *env = env_of(worker), *monit = json_object_get(worker, "monit");
    const char *status = worker_text(worker, "status");
    bool cluster = strcmp(worker_text(worker, "exec_mode"), "cluster_mode") == 0;
    Bytes uptime = {0}, memory = {0}, cpu = {0};
    long long since = json_int(env, "pm_uptime", 0), now = (long long)clock_wall_ms();
    if (is_running(worker) && since)
        duration_print(&uptime, (uint64_t)(now > since ? now - since : 0));
    else
        bytes_append_str(&uptime, "0");
    size_print(&memory, (uint64_t)json_int(monit, "memory", 0));
    bytes_printf(&cpu, "%g%%", json_number_value(json_object_get(monit, "cpu")));
    json_t *watch = json_object_get(env, "watch");
    bool watches = watch && !json_is_false(watch);
    add_number(table, json_int(worker, "pm_id", 0), BOLD_CYAN);
    table_add(table, json_str(worker, "name"), "");
    table_add(table, worker_text(worker, "namespace"), "");
    table_add(table, worker_text(worker, "version"), "");
    table_add(table, cluster ? "cluster" : "fork", cluster ? BLUE : "");
    add_number(table, json_int(worker, "pid", 0), "");
    table_add(table, uptime.data, "");
    add_number(table, json_int(env, "restart_time", 0), "");
    table_add(table, status, status_colour(status));
    table_add(table, cpu.data, "");
    table_add(table, memory.data, "");
    table_add(table, worker_text(worker, "username"), "");
    table_add(table, watches ? "enabled" : "disabled", watches ? GREEN : GREY);
    bytes_free(&uptime);
    bytes_free(&memory);
    bytes_free(&cpu);
}

static const Column columns[] = {
    {"id",        0 },
    {"name",      0 },
    {"namespace", 3 },
    {"version",   2 },
    {"mode",      5 },
    {"pid",       6 },
    {"uptime",    8 },
    {"↺",       7 },
    {"status",    0 },
    {"cpu",       9 },
    {"mem",       10},
    {"user",      1 },
    {"watching",  1 },
};

static double sort_number(const json_t *worker, const char *field) {
    const json_t *env = env_of(worker), *monit = json_object_get(worker, "monit");
    if (strcmp(field, "cpu") == 0) return json_number_value(json_object_get(monit, "cpu"));
    if (strcmp(field, "memory") == 0 || strcmp(field, "mem") == 0)
        return (double)json_int(monit, "memory", 0);
    if (strcmp(field, "pid") == 0) return (double)json_int(worker, "pid", 0);
    if (strcmp(field, "uptime") == 0) return -(double)json_int(env, "pm_uptime", 0);
    if (strcmp(field, "restarts") == 0) return (double)json_int(env, "restart_time", 0);
    return (double)json_int(worker, "pm_id", 0);
}

typedef struct {
    char *field;
    bool descending;
} Order;

static int compare(const void *left, const void *right, void *context) {
    const Order *order = context;
    const json_t *a = *(json_t *const *)left, *b = *(json_t *const *)right;
    int result;
    if (strcmp(order->field, "name") == 0)
        result = strcmp(json_str(a, "name"), json_str(b, "name"));
    else if (strcmp(order->field, "status") == 0 || strcmp(order->field, "namespace") == 0)
        result = strcmp(worker_text(a, order->field), worker_text(b, order->field));
    else {
        double x = sort_number(a, order->field), y = sort_number(b, order->field);
        result = (x > y) - (x < y);
    }
    if (!result) return (int)(json_int(a, "pm_id", 0) - json_int(b, "pm_id", 0));
    return order->descending ? -result : result;
}

static json_t *sorted(const Session *session, json_t *workers) {
    const char *given = session_option(session, "sort");
    Order order = {mem_strdup(given ? given : "id"), false};
    char *colon = strchr(order.field, ':');
    if (colon) {
        *colon = 0;
        order.descending = strcmp(colon + 1, "desc") == 0;
    }
    size_t count = json_array_size(workers);
    json_t **items = mem_new((count + 1) * sizeof(json_t *));
    for (size_t i = 0; i < count; i++)
        items[i] = json_array_get(workers, i);
    qsort_r(items, count, sizeof(json_t *), compare, &order);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append(list, items[i]);
    mem_free(items);
    mem_free(order.field);
    json_decref(workers);
    return list;
}

static void print_json(const json_t *value, size_t flags) {
    Bytes text = {0};
    json_append_to(&text, value, flags);
    fwrite(text.data, 1, text.len, stdout);
    putchar('\n');
    bytes_free(&text);
}

static void show_table(const Session *session, json_t *workers) {
    Table *table = table_new(columns, COUNT_OF(columns));
    for (size_t i = 0; i < json_array_size(workers); i++)
        add_row(table, json_array_get(workers, i));
    table_print(table, terminal_width(), !session_has(session, "mini-list"), session->colour);
    table_free(table);
    for (size_t i = 0; i < json_array_size(workers); i++) {
        const char *problem = worker_text(json_array_get(workers, i), "problem");
        if (*problem)
            printf("%s%s: %s%s\n", colour(session, RED), json_str(json_array_get(workers, i), "name"),
                   problem, colour(session, "\033[0m"));
    }
}

void list_show(Session *session) {
    if (session->silent) return;
    json_t *workers = sorted(session, session_list(session, false));
    if (session_has(session, "json"))
        print_json(workers, JSON_COMPACT);
    else
        show_table(session, workers);
    json_decref(workers);
}

int command_list(Session *session) {
    list_show(session);
    return EXIT_SUCCESS;
}

/* What readers of PM2's list do not expect stays out. */
static json_t *whole_list(Session *session) {
    session->silent = true; /* nothing but JSON on stdout */
    json_t *workers = sorted(session, session_list(session, true));
    for (size_t i = 0; i < json_array_size(workers); i++)
        json_object_del(json_array_get(workers, i), "key");
    return workers;
}

int command_jlist(Session *session) {
    json_t *workers = whole_list(session);
    print_json(workers, JSON_COMPACT);
    json_decref(workers);
    return EXIT_SUCCESS;
}

int command_prettylist(Session *session) {
    json_t *workers = whole_list(session);
    print_json(workers, JSON_INDENT(2));
    json_decref(workers);
    return EXIT_SUCCESS;
}

static json_t *choose_whole(Session *session) {
    if (!session->words[0]) {
        say_error(session, "%s needs a name or an id", session->command);
        return NULL;
    }
    json_t *workers = session_list(session, true);
    json_t *chosen = select_workers(session, workers, session->words);
    json_decref(workers);
    return chosen;
}

static void describe_text(Table *table, const char *name, const char *value) {
    table_add(table, name, BOLD_CYAN);
    table_add(table, value && *value ? value : "N/A", "");
}

static void describe_number(Table *table, const char *name, const json_t *object, const char *key) {
    if (!json_object_get(object, key)) return;
    table_add(table, name, BOLD_CYAN);
    add_number(table, json_int(object, key, 0), "");
}

static void describe_size(Table *table, const char *name, uint64_t bytes) {
    Bytes text = {0};
    size_print(&text, bytes);
    describe_text(table, name, text.data);
    bytes_free(&text);
}

static void describe_words(Table *table, const char *name, const json_t *list) {
    Bytes text = {0};
    for (size_t i = 0; i < json_array_size(list); i++)
        bytes_printf(&text, "%s%s", i ? " " : "", json_string_value(json_array_get(list, i)));
    describe_text(table, name, text.data);
    bytes_free(&text);
}

static void describe_time(Table *table, const char *name, long long ms) {
    Bytes text = {0};
    if (ms) date_print_iso(&text, (uint64_t)ms);
    describe_text(table, name, text.data);
    bytes_free(&text);
}

static void describe_metrics(const Session *session, const json_t *env) {
    static const Column two[] = {
        {"metric", 0},
        {"value",  0}
    };
    json_t *metrics = json_object_get(env, "axm_monitor"), *metric;
    const char *name;
    if (!json_object_size(metrics)) return;
    printf(" Code metrics value\n");
    Table *table = table_new(two, 2);
    json_object_foreach(metrics, name, metric) {
        const json_t *value = json_object_get(metric, "value");
        const char *unit = json_str(metric, "unit");
        Bytes text = {0};
        if (json_is_string(value))
            bytes_append_str(&text, json_string_value(value));
        else
            json_append_to(&text, value, JSON_COMPACT | JSON_ENCODE_ANY);
        if (unit) bytes_printf(&text, " %s", unit);
        describe_text(table, name, text.data);
        bytes_free(&text);
    }
    table_print(table, terminal_width(), true, session->colour);
    table_free(table);
}

static void describe_worker(const Session *session, const json_t *worker) {
    static const Column two[] = {
        {"what",  0},
        {"value", 0}
    };
    const json_t *env = env_of(worker), *figures = json_object_get(env, "figures");
    Bytes uptime = {0};
    if (is_running(worker))
        duration_print(&uptime, clock_wall_ms() - (uint64_t)json_int(env, "pm_uptime", 0));
    printf(" Describing process with id %lld - name %s\n", json_int(worker, "pm_id", 0),
           json_str(worker, "name"));
    Table *table = table_new(two, 2);
    describe_text(table, "status", worker_text(worker, "status"));
    if (*worker_text(worker, "problem")) describe_text(table, "problem", worker_text(worker, "problem"));
    describe_text(table, "name", json_str(worker, "name"));
    describe_text(table, "namespace", worker_text(worker, "namespace"));
    describe_text(table, "version", worker_text(worker, "version"));
    describe_number(table, "pid", worker, "pid");
    describe_number(table, "restarts", env, "restart_time");
    describe_number(table, "unstable restarts", env, "unstable_restarts");
    describe_text(table, "uptime", uptime.data);
    describe_text(table, "script path", worker_text(worker, "pm_exec_path"));
    describe_words(table, "script args", json_object_get(env, "args"));
    describe_text(table, "error log path", worker_text(worker, "pm_err_log_path"));
    describe_text(table, "out log path", worker_text(worker, "pm_out_log_path"));
    describe_text(table, "pid path", worker_text(worker, "pm_pid_path"));
    describe_text(table, "interpreter", worker_text(worker, "exec_interpreter"));
    describe_words(table, "interpreter args", json_object_get(env, "node_args"));
    describe_number(table, "script id", worker, "pm_id");
    describe_text(table, "exec cwd", worker_text(worker, "pm_cwd"));
    describe_text(table, "exec mode", worker_text(worker, "exec_mode"));
    describe_text(table, "watch & reload", json_is_false(json_object_get(env, "watch")) ? "✘" : "✔");
    describe_time(table, "created at", json_int(env, "created_at", 0));
    describe_number(table, "last exit code", env, "exit_code");
    if (figures) {
        describe_size(table, "memory (rss)",
                      (uint64_t)json_int(json_object_get(worker, "monit"), "memory", 0));
        describe_size(table, "memory (pss)", (uint64_t)json_int(figures, "pss", 0));
        describe_number(table, "cpu ms used", figures, "cpu_ms");
        describe_number(table, "open descriptors", figures, "descriptors");
        describe_number(table, "threads", figures, "threads");
        describe_number(table, "connections dealt", figures, "connections");
    }
    table_print(table, terminal_width(), true, session->colour);
    table_free(table);
    bytes_free(&uptime);
    describe_metrics(session, env);
}

int command_describe(Session *session) {
    json_t *chosen = choose_whole(session);
    if (!chosen) return EXIT_FAILURE;
    if (session_has(session, "json"))
        print_json(chosen, JSON_INDENT(2));
    else
        for (size_t i = 0; i < json_array_size(chosen); i++)
            describe_worker(session, json_array_get(chosen, i));
    json_decref(chosen);
    return EXIT_SUCCESS;
}

int command_env(Session *session) {
    json_t *chosen = choose_whole(session);
    if (!chosen) return EXIT_FAILURE;
    json_t *env = json_object_get(env_of(json_array_get(chosen, 0)), "env"), *value;
    const char *name;
    if (session_has(session, "json"))
        print_json(env, JSON_INDENT(2));
    else
        json_object_foreach(env, name, value) {
            Bytes text = {0};
            if (!json_is_string(value)) json_append_to(&text, value, JSON_COMPACT);
            printf("%s: %s\n", name, json_is_string(value) ? json_string_value(value) : text.data);
            bytes_free(&text);
        }
    json_decref(chosen);
    return EXIT_SUCCESS;
}

int command_pid(Session *session) {
    json_t *workers = session_list(session, false);
    static char *all[] = {"all", NULL};
    json_t *chosen = json_array_size(workers) || session->words[0]
                         ? select_workers(session, workers, session->words[0] ? session->words : all)
                         : json_array();
    for (size_t i = 0; i < json_array_size(chosen); i++)
        printf("%lld\n", json_int(json_array_get(chosen, i), "pid", 0));
    int exit_code = chosen ? EXIT_SUCCESS : EXIT_FAILURE;
    json_decref(chosen);
    json_decref(workers);
    return exit_code;
}

int command_id(Session *session) {
    json_t *workers = session_list(session, false), *ids = json_array();
    for (size_t i = 0; session->words[0] && i < json_array_size(workers); i++) {
        json_t *worker = json_array_get(workers, i);
        if (strcmp(json_str(worker, "name"), session->words[0]) == 0)
            json_array_append(ids, json_object_get(worker, "pm_id"));
    }
    if (!session->words[0])
        say_error(session, "id needs a name");
    else if (session->is_pm2) {
        printf("[");
        for (size_t i = 0; i < json_array_size(ids); i++)
            printf("%s %lld", i ? "," : "", (long long)json_integer_value(json_array_get(ids, i)));
        printf(json_array_size(ids) ? " ]\n" : "]\n");
    } else {
        print_json(ids, JSON_COMPACT);
    }
    bool found = json_array_size(ids) > 0;
    json_decref(ids);
    json_decref(workers);
    return found || session->is_pm2 ? EXIT_SUCCESS : EXIT_FAILURE;
}
