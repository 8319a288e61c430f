/* The root: knows which apps there are, sees that each has a keeper, and passes requests on. It keeps
 * nothing that is not also on disk or in a keeper, so it may die at any time. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

typedef struct Root Root;

typedef struct {
    bool foreground; /* keepers live in this process and show their output; it ends when all have come to rest
                      */
    bool raw;        /* output without a prefix */
    void (*opened)(void *owner, Root *root); /* it can be given apps now */
    void *owner;
} RootOptions;

/* The body of a root process: returns its exit code. ROOT_EXIT_TAKEN: this home has a root already. */
int root_run(const char *home_path, bool is_pm2, RootOptions options);

/* NULL, or why not; the caller frees it. The declaration is the canonical one. */
char *root_add(Root *root, json_t *config);

#define ROOT_EXIT_TAKEN 18
