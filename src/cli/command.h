/* The commands of `galley`, as a table that main reads, help prints and completion completes. */
#pragma once

typedef struct {
    int argc;
    char **argv; /* argv[0] is the command's name */
} CommandLine;

typedef struct {
    const char *name;
    const char *aliases;          /* separated by spaces, or NULL */
    int (*run)(CommandLine line); /* returns the exit code */
    const char *arguments;
    const char *summary;
} Command;

const Command *command_find(const char *name);
int command_help(CommandLine line);
