/* One app that is kept running. A keeper is an object on a loop, not a process: `galley-keeper` holds
 * one, the foreground several. */
#pragma once

#include "keeper/home.h"

#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

typedef struct Keeper Keeper;

typedef struct {
    bool foreground;                            /* output goes to this process's stdout and stderr too */
    bool raw;                                   /* and without a prefix */
    unsigned long files_limit;                  /* of workers, if it is not this process's */
    void (*ended)(void *owner, Keeper *keeper); /* nothing is left of it; the owner may free it */
    void *owner;
} KeeperOptions;

/* Takes up the app in home/apps/key. NULL and a message that the caller frees if that cannot be. */
Keeper *keeper_open(uv_loop_t *loop, const Home *home, const char *key, KeeperOptions options, char **error);
/* Stops all workers, then calls ended. */
void keeper_quit(Keeper *keeper);
/* Only after ended. */
void keeper_free(Keeper *keeper);
/* The exit code of the worker that ended last. */
int keeper_exit_code(const Keeper *keeper);

/* The body of a keeper process: returns its exit code. */
int keeper_run(const char *home_path, const char *key, bool is_pm2);

/* Exit code of a keeper process that found its app kept by another. */
#define KEEPER_EXIT_TAKEN 17
