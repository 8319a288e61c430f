/* Help, printed from the tables of commands and options. */
#include "base/mem.h"
#include "cli/command.h"
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_command(const Command *command) {
    printf("  %-16s %-34s %s\n", command->name, command->arguments, command->summary);
}

static int help_for(Session *session, const char *name) {
    const Command *command = command_find(name);
    if (!command) {
        say_error(session, "there is no command %s", name);
        return EXIT_FAILURE;
    }
    const char *program = session->is_pm2 ? "pm2" : "galley";
    printf("Usage: %s %s %s\n\n%s\n", program, command->name, command->arguments,
           command->summary ? command->summary : "");
    if (command->aliases) printf("\nAlso: %s\n", command->aliases);
    if (command->example) printf("\nExample: %s %s\n", program, command->example);
    return EXIT_SUCCESS;
}

int command_help(Session *session) {
    if (session->words && session->words[0]) return help_for(session, session->words[0]);
    const char *program = session->is_pm2 ? "pm2" : "galley";
    if (!session->is_pm2)
        printf("Usage: galley [options] app.js [arguments]   run a program\n       galley");
    else
        printf("Usage: pm2");
    printf(" <command> [arguments]          manage programs that are kept running\n\nCommands:\n");
    for (const Command *command = commands; command->name; command++)
        if (command->summary) print_command(command);
    printf("\nOptions of start (and of other commands, where they make sense):\n");
    for (const Option *option = options; option->name; option++) {
        if (!option->help) continue;
        char letter[8] = "    ";
        if (option->letter) snprintf(letter, sizeof letter, "-%c, ", option->letter);
        char *name = mem_printf("%s%s", option->name, option->takes == TAKES_NOTHING ? "" : " …");
        printf("  %s--%-28s %s\n", letter, name, option->help);
        mem_free(name);
    }
    printf("\n%s help <command> says more about one.%s\n", program,
           session->is_pm2 ? "" : " Options for running a program: galley -h");
    return EXIT_SUCCESS;
}
