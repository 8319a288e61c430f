/* The commands of `galley`, as a table that main reads, help prints and completion completes. Each is a
 * function that returns the program's exit code: 0, or 1 after telling what went wrong. */
#pragma once

#include "cli/session.h"

#include <stdbool.h>

typedef int (*CommandRun)(Session *session);

typedef struct {
    const char *name;
    const char *aliases; /* separated by spaces, or NULL */
    CommandRun run;
    const char *arguments;
    const char *summary; /* NULL: not shown in the help */
    const char *example;
} Command;

extern const Command commands[];
/* Why there is no such command, for one that PM2 has; else NULL. */
const char *command_missing(const char *name);
const Command *command_find(const char *name);
/* Runs the command with its arguments (argv[0] is its name). */
int command_run(const Command *command, bool is_pm2, int argc, char **argv);

/* start.c */
int command_start(Session *session);
int command_start_or_restart(Session *session);
int command_start_or_reload(Session *session);
/* act.c */
int command_stop(Session *session);
int command_restart(Session *session);
int command_reload(Session *session);
int command_delete(Session *session);
int command_scale(Session *session);
int command_send_signal(Session *session);
int command_reset(Session *session);
int command_flush(Session *session);
int command_reload_logs(Session *session);
int command_trigger(Session *session);
int command_send(Session *session);
/* list.c */
int command_list(Session *session);
int command_jlist(Session *session);
int command_prettylist(Session *session);
int command_describe(Session *session);
int command_env(Session *session);
int command_pid(Session *session);
int command_id(Session *session);
/* Shows the list, as actions do when they are done, unless --silent. */
void list_show(Session *session);
/* logs.c */
int command_logs(Session *session);
int command_attach(Session *session);
/* dump.c */
int command_save(Session *session);
int command_resurrect(Session *session);
int command_cleardump(Session *session);
/* daemon.c */
int command_kill(Session *session);
int command_ping(Session *session);
int command_update(Session *session);
int command_report(Session *session);
int command_metrics(Session *session);
/* settings.c */
int command_set(Session *session);
int command_get(Session *session);
int command_unset(Session *session);
/* startup.c */
int command_startup(Session *session);
int command_unstartup(Session *session);
/* init.c */
int command_init(Session *session);
/* serve.c */
int command_serve(Session *session);
/* monit.c */
int command_monit(Session *session);
/* completion.c */
int command_completion(Session *session);
/* help.c */
int command_help(Session *session);
/* manual.c */
void manual_print(void);
