/* The options of all commands, as one table; PM2's users know them. */
#pragma once

#include "cli/session.h"

typedef enum { TAKES_NOTHING, TAKES_VALUE, TAKES_MAYBE, TAKES_LIST } Takes;

typedef struct {
    const char *name;
    char letter; /* 0: none */
    Takes takes;
    const char *declares; /* the key in an app's declaration, or NULL */
    const char *value;    /* as JSON, for those that declare without taking anything */
    const char *help;
} Option;

extern const Option options[];

/* Fills the session's words, rest, options and declared. False after telling what is wrong. */
bool options_parse(Session *session, int argc, char **argv);
