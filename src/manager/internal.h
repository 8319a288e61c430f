/* What the files of this room share. */
#pragma once

#include "base/list.h"
#include "keeper/keeper.h"
#include "manager/root.h"
#include "sys/process.h"
#include "sys/wire.h"

typedef struct Vault Vault;

/* One app and the way to its keeper. */
typedef struct {
    Link link;
    Root *root;
    char *key;
    Wire *wire; /* NULL: no keeper is connected */
    Vault *vault;
    bool ready; /* it has answered */
    bool removed;
    Process *process; /* if it is our child */
    Keeper *keeper;   /* if it lives in this process */
    uv_timer_t retry;
    unsigned failures;
    List calls; /* Call: sent to it or waiting to be sent */
} Ward;

typedef void (*CallDone)(void *owner, Ward *ward, json_t *answer);

typedef struct {
    Link link;
    Ward *ward;
    long long id;
    json_t *request;
    bool sent;
    CallDone done;
    void *owner;
} Call;

struct Root {
    uv_loop_t loop;
    Home home;
    RootOptions options;
    int lock;
    WireServer *server;
    List wards;
    List clients;
    long long last_call;
    bool quitting, leaving, asked_to_end;
    pid_t seen_dead;
    struct Client *quit_client; /* who asked for the end */
    json_t *quit_id;
    struct Scraping *scraping; /* NULL: figures are not served */
    uv_signal_t signals[2];
    uv_timer_t rest_timer; /* foreground: until it is sure that nothing runs any more */
    int exit_code;
};

/* wards.c */
void wards_load(Root *root);
/* Lets go of all keepers, which live on. */
void wards_drop(Root *root);
Ward *ward_new(Root *root, const char *key);
Ward *ward_find(Root *root, const char *key);
/* Makes the app's folder and its ward. NULL and a message that the caller frees if the declaration is bad. */
Ward *ward_add(Root *root, json_t *config, char **error);
void ward_connect(Ward *ward);
/* Takes the request. `done` is called once, with {"error"} if the keeper ends first. */
void ward_ask(Ward *ward, json_t *request, CallDone done, void *owner);

/* vault.c */
Vault *vault_new(void);
void vault_free(Vault *vault);
/* Takes in what the keeper at this new connection, which it takes, has to keep. */
void vault_connect(Vault *vault, uv_loop_t *loop, int fd);
/* Tells the next program started what it gets as which descriptor: *fds, with the standard streams in front,
 * which the caller frees. Returns how many. */
size_t vault_announce(const Vault *vault, int **fds);

/* requests.c */
void clients_open(Root *root, int fd);
void clients_close(Root *root);

/* root.c */
void root_ward_gone(Root *root);
void root_quit(Root *root);
void root_leave(Root *root);
