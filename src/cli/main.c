/* The program `galley`: a known command is run here, anything else is a program for the runtime. The daemons
 * are this program too, started with words that no user types. */
#include "base/mem.h"
#include "cli/command.h"
#include "keeper/keeper.h"
#include "keeper/rotate.h"
#include "manager/root.h"
#include "sys/runtime.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_called(const char *argv0, const char *name) {
    const char *slash = strrchr(argv0, '/');
    return strcmp(slash ? slash + 1 : argv0, name) == 0;
}

/* The program that gets a listening socket wants to see its own pid beside it. */
static int become_listener(char **args) {
    char pid[32];
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    setenv("LISTEN_PID", pid, 1);
    execvp(args[0], args);
    fprintf(stderr, "galley: cannot run %s: %s\n", args[0], strerror(errno));
    return 127;
}

static int run_daemon(int argc, char **argv) {
    const char *what = argv[1];
    if (strcmp(what, "@root") == 0 && argc == 4)
        return root_run(argv[2], strcmp(argv[3], "pm2") == 0, (RootOptions){0});
    if (strcmp(what, "@keeper") == 0 && argc == 5)
        return keeper_run(argv[2], argv[3], strcmp(argv[4], "pm2") == 0);
    if (strcmp(what, "@rotate") == 0 && argc == 6)
        return rotate_file(argv[2], strcmp(argv[3], "renamed") == 0, (unsigned)atoi(argv[4]),
                           strcmp(argv[5], "gz") == 0);
    if (strcmp(what, "@manual") == 0) {
        manual_print();
        return EXIT_SUCCESS;
    }
    if (strcmp(what, "@listen") == 0 && argc > 2) return become_listener(argv + 2);
    return EXIT_FAILURE;
}

static int run_pm2(int argc, char **argv) {
    char *name = argc > 1 ? argv[1] : "help";
    if (strcmp(name, "-v") == 0 || strcmp(name, "--version") == 0) {
        printf("%s\n", GALLEY_VERSION);
        return EXIT_SUCCESS;
    }
    if (strcmp(name, "-h") == 0 || strcmp(name, "--help") == 0) name = "help";
    const Command *command = command_find(name);
    if (command) return command_run(command, true, argc > 1 ? argc - 1 : argc, argc > 1 ? argv + 1 : argv);
    const char *why = command_missing(name);
    fprintf(stderr, "[PM2][ERROR] Command not found: %s%s%s\n", name, why ? ": " : "", why ? why : "");
    return EXIT_FAILURE;
}

/* pm2-runtime [start] FILE: what PM2's users write into their container's file. */
static int run_pm2_runtime(int argc, char **argv) {
    bool says_start = argc > 1 && strcmp(argv[1], "start") == 0;
    char **args = mem_new((size_t)(argc + 4) * sizeof(char *));
    int count = 0;
    args[count++] = "start";
    args[count++] = "--no-daemon";
    args[count++] = "--raw";
    for (int i = says_start ? 2 : 1; i < argc; i++)
        args[count++] = argv[i];
    int exit_code = command_run(command_find("start"), true, count, args);
    mem_free(args);
    return exit_code;
}

int main(int argc, char **argv) {
    if (argc > 1 && argv[1][0] == '@') return run_daemon(argc, argv);
    if (argc > 0 && is_called(argv[0], "pm2")) return run_pm2(argc, argv);
    if (argc > 0 && is_called(argv[0], "pm2-runtime")) return run_pm2_runtime(argc, argv);
    if (argc < 2) return runtime_become(argv); /* a program comes from a pipe, or is typed */
    const Command *command = command_find(argv[1]);
    if (command) return command_run(command, false, argc - 1, argv + 1);
    const char *why = command_missing(argv[1]);
    if (!why || access(argv[1], F_OK) == 0) return runtime_become(argv);
    fprintf(stderr, "galley: there is no command %s: %s\n", argv[1], why);
    return EXIT_FAILURE;
}
