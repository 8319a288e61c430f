/* The options of all commands; see options.h. */
#include "cli/options.h"

#include "base/json.h"
#include "base/mem.h"

#include <string.h>

/* clang-format off */
const Option options[] = {
    {"name",                       'n', TAKES_VALUE,   "name",                      NULL,
     "name of the app"},
    {"namespace",                  0,   TAKES_VALUE,   "namespace",                 NULL,
     "group of apps that it belongs to"},
    {"instances",                  'i', TAKES_VALUE,   "instances",                 NULL,
     "number of processes: 4, max, -1 or auto"},
    {"min-instances",              0,   TAKES_VALUE,   "instances_min",             NULL,
     "with -i auto: the least"},
    {"max-instances",              0,   TAKES_VALUE,   "instances_max",             NULL,
     "with -i auto: the most"},
    {"scale-down-delay",           0,   TAKES_VALUE,   "scale_down_delay",          NULL,
     "with -i auto: calm for so long before it shrinks"},
    {"interpreter",                0,   TAKES_VALUE,   "exec_interpreter",          NULL,
     "program that runs the script: galley, node, bun, python3, none"},
    {"interpreter-args",           0,   TAKES_VALUE,   "node_args",                 NULL,
     "arguments of the interpreter"},
    {"node-args",                  0,   TAKES_VALUE,   "node_args",                 NULL,
     "the same"},
    {"cwd",                        0,   TAKES_VALUE,   "cwd",                       NULL,
     "folder to run in"},
    {"watch",                      0,   TAKES_LIST,    "watch",                     "true",
     "restart when files change"},
    {"ignore-watch",               0,   TAKES_LIST,    "ignore_watch",              NULL,
     "files that may change"},
    {"watch-delay",                0,   TAKES_VALUE,   "watch_delay",               NULL,
     "wait so long for more changes"},
    {"ext",                        0,   TAKES_VALUE,   NULL,                        NULL,
     "watch only files that end so"},
    {"output",                     'o', TAKES_VALUE,   "out_file",                  NULL,
     "log file of stdout"},
    {"error",                      'e', TAKES_VALUE,   "error_file",                NULL,
     "log file of stderr"},
    {"log",                        'l', TAKES_VALUE,   "log_file",                  NULL,
     "log file of both"},
    {"log-type",                   0,   TAKES_VALUE,   "log_type",                  NULL,
     "json: each line as JSON"},
    {"log-date-format",            0,   TAKES_VALUE,   "log_date_format",           NULL,
     "time before each line, as YYYY-MM-DD HH:mm:ss"},
    {"time",                       0,   TAKES_NOTHING, "time",                      "true",
     "time before each line"},
    {"disable-logs",               0,   TAKES_NOTHING, "disable_logs",              "true",
     "keep no logs"},
    {"merge-logs",                 0,   TAKES_NOTHING, "merge_logs",                "true",
     "one log file for all processes of the app"},
    {"log-max-size",               0,   TAKES_VALUE,   "log_max_size",              NULL,
     "put a log aside at this size: 10M"},
    {"log-max-age",                0,   TAKES_VALUE,   "log_max_age",               NULL,
     "put a log aside after this time: 1d"},
    {"log-keep",                   0,   TAKES_VALUE,   "log_keep",                  NULL,
     "how many of them stay"},
    {"filter-env",                 0,   TAKES_LIST,    "filter_env",                NULL,
     "environment variables that the app is not to have"},
    {"env",                        0,   TAKES_VALUE,   NULL,                        NULL,
     "environment of the ecosystem file: production for env_production"},
    {"update-env",                 'a', TAKES_NOTHING, NULL,                        NULL,
     "give the app this shell's environment"},
    {"force",                      'f', TAKES_NOTHING, NULL,                        NULL,
     "start it even if it is started"},
    {"parallel",                   0,   TAKES_VALUE,   NULL,                        NULL,
     "how many at a time"},
    {"shutdown-with-message",      0,   TAKES_NOTHING, "shutdown_with_message",     "true",
     "send \"shutdown\" instead of SIGINT"},
    {"pid",                        'p', TAKES_VALUE,   "pid_file",                  NULL,
     "file for the process id"},
    {"kill-timeout",               'k', TAKES_VALUE,   "kill_timeout",              NULL,
     "wait so long before SIGKILL"},
    {"drain-timeout",              0,   TAKES_VALUE,   "drain_timeout",             NULL,
     "in a reload, wait so long for open requests"},
    {"listen-timeout",             0,   TAKES_VALUE,   "listen_timeout",            NULL,
     "in a reload, wait so long for the new process"},
    {"wait-ready",                 0,   TAKES_NOTHING, "wait_ready",                "true",
     "wait for process.send('ready')"},
    {"max-memory-restart",         0,   TAKES_VALUE,   "max_memory_restart",        NULL,
     "restart above this: 500M"},
    {"restart-delay",              0,   TAKES_VALUE,   "restart_delay",             NULL,
     "wait before each restart"},
    {"exp-backoff-restart-delay",  0,   TAKES_VALUE,   "exp_backoff_restart_delay", NULL,
     "wait longer each time"},
    {"min-uptime",                 0,   TAKES_VALUE,   "min_uptime",                NULL,
     "a shorter life counts as a crash"},
    {"max-restarts",               0,   TAKES_VALUE,   "max_restarts",              NULL,
     "give up after so many crashes"},
    {"stop-exit-codes",            0,   TAKES_LIST,    "stop_exit_codes",           NULL,
     "exit codes after which it stays down"},
    {"cron",                       'c', TAKES_VALUE,   "cron_restart",              NULL,
     "restart by the clock: \"0 3 * * *\""},
    {"cron-restart",               0,   TAKES_VALUE,   "cron_restart",              NULL,
     "the same"},
    {"no-autorestart",             0,   TAKES_NOTHING, "autorestart",               "false",
     "let it end"},
    {"no-autostart",               0,   TAKES_NOTHING, "autostart",                 "false",
     "add it without starting it"},
    {"no-treekill",                0,   TAKES_NOTHING, "treekill",                  "false",
     "stop only the process, not its children"},
    {"uid",                        0,   TAKES_VALUE,   "uid",                       NULL,
     "run as this user"},
    {"gid",                        0,   TAKES_VALUE,   "gid",                       NULL,
     "run as this group"},
    {"port",                       0,   TAKES_VALUE,   "port",                      NULL,
     "port that is held for it (LISTEN_FDS); of serve: to listen on"},
    {"only",                       0,   TAKES_VALUE,   NULL,                        NULL,
     "these apps of the ecosystem file, separated by commas"},
    {"no-daemon",                  0,   TAKES_NOTHING, NULL,                        NULL,
     "stay in the foreground"},
    {"attach",                     0,   TAKES_NOTHING, NULL,                        NULL,
     "show the logs afterwards"},
    {"execute-command",            'x', TAKES_NOTHING, "execute_command",           "true",
     "fork mode"},
    {"user",                       'u', TAKES_VALUE,   NULL,                        NULL,
     "of startup: for this user"},
    {"hp",                         0,   TAKES_VALUE,   NULL,                        NULL,
     "of startup: that user's home folder"},
    {"service-name",               0,   TAKES_VALUE,   NULL,                        NULL,
     "of startup: name of the unit"},
    {"wait-ip",                    0,   TAKES_NOTHING, NULL,                        NULL,
     "of startup: wait for the network"},
    {"print",                      0,   TAKES_NOTHING, NULL,                        NULL,
     "of startup: only print the unit"},
    {"sort",                       0,   TAKES_VALUE,   NULL,                        NULL,
     "order the list: name, id, cpu, memory, uptime, status (name:desc)"},
    {"mini-list",                  'm', TAKES_NOTHING, NULL,                        NULL,
     "list without a frame"},
    {"json",                       0,   TAKES_NOTHING, NULL,                        NULL,
     "print JSON"},
    {"lines",                      0,   TAKES_VALUE,   NULL,                        NULL,
     "so many lines that are already there"},
    {"err",                        0,   TAKES_NOTHING, NULL,                        NULL,
     "stderr only"},
    {"out",                        0,   TAKES_NOTHING, NULL,                        NULL,
     "stdout only"},
    {"format",                     0,   TAKES_NOTHING, NULL,                        NULL,
     "key=value lines"},
    {"raw",                        0,   TAKES_NOTHING, NULL,                        NULL,
     "lines as they are"},
    {"timestamp",                  0,   TAKES_MAYBE,   NULL,                        NULL,
     "time before each line"},
    {"nostream",                   0,   TAKES_NOTHING, NULL,                        NULL,
     "do not wait for more"},
    {"highlight",                  0,   TAKES_VALUE,   NULL,                        NULL,
     "mark this text"},
    {"spa",                        0,   TAKES_NOTHING, NULL,                        NULL,
     "of serve: index.html for every path that is no file"},
    {"basic-auth-username",        0,   TAKES_VALUE,   NULL,                        NULL,
     "of serve"},
    {"basic-auth-password",        0,   TAKES_VALUE,   NULL,                        NULL,
     "of serve"},
    {"silent",                     's', TAKES_NOTHING, NULL,                        NULL,
     "say nothing"},
    {"no-color",                   0,   TAKES_NOTHING, NULL,                        NULL,
     "no colours"},
    {"write",                      'w', TAKES_NOTHING, "write",                     "true",
     NULL},
    {"no-vizion",                  0,   TAKES_NOTHING, "vizion",                    "false",
     NULL},
    {"no-pmx",                     0,   TAKES_NOTHING, "pmx",                       "false",
     NULL},
    {"no-automation",              0,   TAKES_NOTHING, "automation",                "false",
     NULL},
    {"source-map-support",         0,   TAKES_NOTHING, "source_map_support",        "true",
     NULL},
    {"disable-source-map-support", 0,   TAKES_NOTHING, NULL,                        NULL,
     NULL},
    {"trace",                      0,   TAKES_NOTHING, "trace",                     "true",
     NULL},
    {"disable-trace",              0,   TAKES_NOTHING, NULL,                        NULL,
     NULL},
    {"v8",                         0,   TAKES_NOTHING, "v8",                        "true",
     NULL},
    {"deep-monitoring",            0,   TAKES_NOTHING, "deep_monitoring",           "true",
     NULL},
    {"event-loop-inspector",       0,   TAKES_NOTHING, "event_loop_inspector",      "true",
     NULL},
    {"help",                       'h', TAKES_NOTHING, NULL,                        NULL,
     "help for the command"},
    {0},
};
/* clang-format on */

static const Option *find(const char *name, size_t len) {
    for (const Option *option = options; option->name; option++)
        if (strlen(option->name) == len && memcmp(option->name, name, len) == 0) return option;
    return NULL;
}

static const Option *find_letter(char letter) {
    for (const Option *option = options; option->name; option++)
        if (option->letter == letter) return option;
    return NULL;
}

static void declare(Session *session, const Option *option, const char *value) {
    if (!option->declares) return;
    json_t *json =
        value ? json_text(value) : json_loads(option->value ? option->value : "true", JSON_DECODE_ANY, NULL);
    json_t *before = json_object_get(session->declared, option->declares);
    if (value && option->takes == TAKES_LIST) {
        json_t *list = json_is_array(before) ? json_incref(before) : json_array();
        json_array_append_new(list, json);
        json = list;
    }
    json_object_set_new(session->declared, option->declares, json);
}

static void note(Session *session, const Option *option, const char *value) {
    json_object_set_new(session->options, option->name, value ? json_text(value) : json_true());
    declare(session, option, value);
}

static bool looks_like_value(const char *word) {
    return word && (*word != '-' || (word[1] >= '0' && word[1] <= '9'));
}

/* --watch and --timestamp may stand before the script: what comes next is theirs only if it is surely no
 * script or app. */
static bool belongs_to(const Option *option, const char *word, size_t words_so_far) {
    if (option->takes == TAKES_VALUE) return true;
    if (!looks_like_value(word)) return false;
    if (strcmp(option->name, "watch") == 0) return words_so_far > 0;
    if (strcmp(option->name, "timestamp") == 0) return strchr(word, 'Y') || strchr(word, 'H');
    return option->takes == TAKES_LIST;
}

bool options_parse(Session *session, int argc, char **argv) {
    size_t count = 0;
    session->words = mem_new((size_t)(argc + 1) * sizeof(char *));
    for (int i = 1; i < argc; i++) {
        char *word = argv[i];
        if (strcmp(word, "--") == 0) {
            session->rest = argv + i + 1;
            break;
        }
        if (*word != '-' || !word[1] || (word[1] >= '0' && word[1] <= '9')) {
            session->words[count++] = word;
            continue;
        }
        char *equals = word[1] == '-' ? strchr(word, '=') : NULL;
        const Option *option = word[1] == '-'
                                   ? find(word + 2, equals ? (size_t)(equals - word - 2) : strlen(word + 2))
                                   : find_letter(word[1]);
        if (!option) {
            say_error(session, "there is no option %s; what is for the app itself goes after --", word);
            return false;
        }
        const char *value = equals ? equals + 1 : word[1] != '-' && word[2] ? word + 2 : NULL;
        if (!value && option->takes != TAKES_NOTHING && i + 1 < argc &&
            belongs_to(option, argv[i + 1], count))
            value = argv[++i];
        if (!value && option->takes == TAKES_VALUE) {
            say_error(session, "%s needs a value", word);
            return false;
        }
        note(session, option, value);
    }
    return true;
}
