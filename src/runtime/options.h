/* The command line of `galley [options] script [args]`, and NODE_OPTIONS. */
#pragma once

#include "base/map.h"

#include <stdbool.h>

typedef struct {
    const char *path;
    bool may_be_missing;
} EnvFile;

typedef struct {
    Map values;      /* option name without dashes -> text ("" for a switch that is on, "no" for one off) */
    char **requires; /* -r, in order */
    int require_count;
    char **imports; /* --import, in order */
    int import_count;
    EnvFile *env_files; /* of the command line, in order */
    int env_file_count;
    const char *script; /* NULL: none given */
    const char *eval;   /* -e or -p */
    bool print, check, interactive, version, help, from_stdin, test;
    int script_at; /* index in argv of the script, or where the program's arguments start */
    int argc;
    char **argv;
} Options;

/* False if something is wrong: said on stderr, and *exit_code is what to exit with. */
bool options_read(Options *options, int argc, char **argv, int *exit_code);
void options_free(Options *options);
