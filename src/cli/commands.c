/* The table of commands. */
#include "cli/command.h"

#include "base/bytes.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
const Command commands[] = {
    /* name, other names, function, arguments,
     * what it does, example */
    {"start", NULL, command_start, "<script|file|name|id|all> [-- args]",
     "start an app, or all of an ecosystem file", "start app.js -i max --name api"},
    {"stop", NULL, command_stop, "<name|id|namespace|/regex/|all>",
     "stop it; it stays in the list", "stop api"},
    {"restart", NULL, command_restart, "<name|id|namespace|/regex/|all>",
     "stop and start it", "restart api --update-env"},
    {"reload", "gracefulReload", command_reload, "<name|id|namespace|/regex/|all>",
     "replace it without losing a request", "reload all"},
    {"delete", "del", command_delete, "<name|id|namespace|/regex/|all>",
     "stop it and forget it", "delete 0"},
    {"scale", NULL, command_scale, "<name> <n|+n|-n>",
     "change its number of processes", "scale api +2"},
    {"list", "ls l ps status", command_list, "",
     "show all apps", "list --sort memory:desc"},
    {"describe", "show desc info inspect", command_describe, "<name|id>",
     "all about one app", "describe api"},
    {"logs", "log", command_logs, "[name|id|namespace|/regex/]",
     "last lines, and new ones as they come", "logs api --lines 100 --err"},
    {"flush", NULL, command_flush, "[name]",
     "empty the log files", "flush api"},
    {"reloadLogs", NULL, command_reload_logs, "",
     "open the log files anew", "reloadLogs"},
    {"env", NULL, command_env, "<id>",
     "its environment", "env 0"},
    {"pid", NULL, command_pid, "[name]",
     "its process ids", "pid api"},
    {"id", NULL, command_id, "<name>",
     "its ids", "id api"},
    {"jlist", NULL, command_jlist, "",
     "the list as JSON", "jlist"},
    {"prettylist", NULL, command_prettylist, "",
     "the list as indented JSON", "prettylist"},
    {"startOrRestart", NULL, command_start_or_restart, "<file>",
     "start or restart an ecosystem file's apps", "startOrRestart ecosystem.config.js"},
    {"startOrReload", "startOrGracefulReload", command_start_or_reload, "<file>",
     "start or reload an ecosystem file's apps", "startOrReload ecosystem.config.js"},
    {"sendSignal", NULL, command_send_signal, "<signal> <name|id>",
     "send it a signal", "sendSignal SIGUSR2 api"},
    {"trigger", NULL, command_trigger, "<name|id> <action> [parameter]",
     "have it do one of its actions", "trigger api cleanup"},
    {"send", NULL, command_send, "<id> <text>",
     "send it a message", "send 0 hello"},
    {"reset", NULL, command_reset, "<name|id|all>",
     "set its restart counter to 0", "reset all"},
    {"save", "dump", command_save, "",
     "remember the list", "save"},
    {"resurrect", NULL, command_resurrect, "",
     "bring the remembered list back", "resurrect"},
    {"cleardump", NULL, command_cleardump, "",
     "forget the remembered list", "cleardump"},
    {"kill", NULL, command_kill, "",
     "stop all apps and the manager", "kill"},
    {"ping", NULL, command_ping, "",
     "is the manager there? Starts it if not", "ping"},
    {"update", "updatePM2", command_update, "",
     "put a new version under running apps", "update"},
    {"monit", "dashboard dash imonit", command_monit, "",
     "a page that shows all apps as they run", "monit"},
    {"attach", NULL, command_attach, "<id>",
     "its output here, what is typed here to it", "attach 0"},
    {"startup", NULL, command_startup, "",
     "run the saved list when the machine starts", "startup"},
    {"unstartup", NULL, command_unstartup, "",
     "no longer", "unstartup"},
    {"init", "ecosystem", command_init, "[simple]",
     "write an ecosystem file to begin with", "init"},
    {"serve", "expose", command_serve, "[folder] [port]",
     "serve files over HTTP", "serve dist 8080 --spa"},
    {"set", "conf config", command_set, "<key> <value>",
     "set a setting: metrics-port", "set metrics-port 9464"},
    {"get", NULL, command_get, "[key]",
     "show settings", "get"},
    {"unset", NULL, command_unset, "<key>",
     "forget a setting", "unset metrics-port"},
    {"metrics", NULL, command_metrics, "",
     "all figures as Prometheus reads them", "metrics"},
    {"report", NULL, command_report, "",
     "what somebody who is to help wants to know", "report"},
    {"completion", NULL, command_completion, "[bash|zsh|fish]",
     "a script for the shell", "completion bash"},
    {"help", NULL, command_help, "[command]",
     "show this help", "help start"},
    {0},
};
/* clang-format on */

const Command *command_find(const char *name) {
    for (const Command *command = commands; command->name; command++)
        if (strcmp(command->name, name) == 0 || slice_is_listed(slice_from_str(name), command->aliases))
            return command;
    return NULL;
}

static const struct {
    const char *names; /* separated by spaces */
    const char *why;
} missing[] = {
    {"install uninstall publish module:install module:update module:publish module:uninstall module:generate autoinstall package",
     "there are no modules; what most of them are for is built in: log rotation (log_max_size), metrics"},
    {"logrotate", "logs rotate by themselves with log_max_size, log_max_age and log_keep"},
    {"deploy pull forward backward", "deploying is left to your version control; `reload` takes the new version over"},
    {"link unlink monitor unmonitor open login logout register plus", "it belongs to PM2 Plus"},
    {"profile:cpu profile:mem install-otel uninstall-otel", "the runtime does that: node_args: '--cpu-prof'"},
    {"slist sysinfos deepUpdate create examples multiset", "`help` shows what there is"},
};

const char *command_missing(const char *name) {
    for (size_t i = 0; i < COUNT_OF(missing); i++)
        if (slice_is_listed(slice_from_str(name), missing[i].names)) return missing[i].why;
    return NULL;
}

int command_run(const Command *command, bool is_pm2, int argc, char **argv) {
    Session session;
    int exit_code = EXIT_FAILURE;
    if (session_open(&session, is_pm2, argc, argv)) {
        if (session_has(&session, "help")) {
            char *name[] = {(char *)command->name, NULL};
            char **words = session.words;
            session.words = name;
            exit_code = command_help(&session);
            session.words = words;
        } else {
            exit_code = command->run(&session);
        }
    }
    session_close(&session);
    return exit_code;
}
