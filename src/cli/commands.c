/* The table of commands and the help that is printed from it. */
#include "cli/command.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

static const Command commands[] = {
    {"help", NULL, command_help, "[command]", "show this help"},
};

static int is_listed(const char *names, const char *name) {
    size_t len = strlen(name);
    for (const char *at = names; at && *at;) {
        size_t word = strcspn(at, " ");
        if (word == len && memcmp(at, name, len) == 0) return 1;
        at += word + strspn(at + word, " ");
    }
    return 0;
}

const Command *command_find(const char *name) {
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (strcmp(commands[i].name, name) == 0 || is_listed(commands[i].aliases, name)) return &commands[i];
    return NULL;
}

int command_help(CommandLine line) {
    printf("Usage: galley [options] app.js [arguments]   run a program\n"
           "       galley <command> [arguments]          manage programs that are kept running\n\n"
           "Commands:\n");
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        printf("  %-12s %-26s %s\n", commands[i].name, commands[i].arguments, commands[i].summary);
    printf("\nOptions for running a program: galley -h\n");
    return 0;
}
