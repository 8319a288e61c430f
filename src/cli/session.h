/* What every command has: the home it works in, the words and options that it was given, and, if it
 * needs one, the connection to the root. */
#pragma once

#include "keeper/home.h"

#include <jansson.h>
#include <stdbool.h>

typedef struct {
    Home home;
    bool is_pm2; /* called by that name */
    const char *command;
    char **words;     /* what is neither option nor after --; NULL-terminated */
    char **rest;      /* after --, NULL-terminated; NULL if there was none */
    json_t *options;  /* by long name: true, or its value as a string, or a list of them */
    json_t *declared; /* those of them that are an app's, by their name in a declaration */
    int fd;           /* to the root; -1: none yet */
    long long last_id;
    bool colour, silent;
} Session;

/* False after telling what is wrong with the command line. */
bool session_open(Session *session, bool is_pm2, int argc, char **argv);
void session_close(Session *session);

bool session_has(const Session *session, const char *option);
const char *session_option(const Session *session,
                           const char *option); /* NULL: not given, or without value */
size_t session_word_count(const Session *session);

/* Connects to the root, starting one if there is none and `start` is true. False if there is none; told if it
 * was to be started. */
bool session_connect(Session *session, bool start);

/* Sends a request and waits for its answer. NULL (and told) if the root went away. Errors in the answer are
 * the caller's to tell. */
json_t *session_call(Session *session, json_t *request);
/* The same in two steps, for many at a time. */
long long session_send(Session *session, json_t *request);
json_t *session_receive(Session *session);
/* All workers, as the root tells of them; an empty list if there is no root. The caller owns it. */
json_t *session_list(Session *session, bool whole);

/* What a command has to tell: [PM2] before it under that name. Errors go to stderr. */
void say(const Session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));
void say_error(const Session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));
void say_warning(const Session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Tells what an answer says went wrong; true if anything did, or if there is no answer. */
bool say_failures(const Session *session, const json_t *answer);

/* A terminal's colour code if there are colours, else nothing. */
const char *colour(const Session *session, const char *code);
