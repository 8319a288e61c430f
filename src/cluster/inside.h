/* What the halves of the primary share: primary.c talks with workers, listener.c owns the sockets,
 * deal.c hands connections out. */
#pragma once

#include "base/list.h"
#include "cluster/board.h"
#include "cluster/primary.h"
#include "cluster/socket.h"

/* Connections under way to one worker at most. */
enum { HANDOVERS_MAX = 4 };

typedef enum {
    USE_DEALT,  /* gets connections as messages */
    USE_TURNS,  /* takes them from the socket in turn with others (Galley) */
    USE_SHARED, /* has the socket and does what it likes */
} UseKind;

typedef struct Listener Listener;

/* One worker's server on one socket. */
typedef struct {
    Link of_listener;
    Link of_worker;
    Listener *listener;
    ClusterWorker *worker;
    UseKind kind;
} Use;

typedef struct {
    uv_poll_t poll;
    Listener *listener; /* NULL: gone */
} ListenerPoll;

struct Listener {
    Link link;
    ClusterPrimary *primary;
    char *key;
    char *data; /* JSON text that its first server gave */
    char *path; /* of a UNIX socket, to be removed with it */
    int fd;
    unsigned number; /* what the owner holds it by; 0: not held */
    ClusterSocketKind kind;
    ClusterPolicy policy;
    bool is_listening;
    List uses;
    unsigned dealt_uses;
    Use *last_turn;
    Bytes newconn; /* what is the same in every connection's message */
    List waiting;  /* connections that nobody can be given at the moment */
    ListenerPoll *poll;
    bool is_accepting;
    uint64_t unused_since; /* 0: used */
};

/* An accepted connection until a worker has it. */
typedef struct {
    Link link;
    Listener *listener; /* NULL: gone */
    int fd;
    unsigned owners;
    unsigned refusals;
} Conn;

/* A connection on its way to a worker: over when it was acknowledged and answered. */
typedef struct {
    Link link; /* in ClusterWorker.handovers until it is answered */
    Conn *conn;
    ClusterWorker *worker; /* NULL: answered, or the worker is gone */
    unsigned long seq;
    uint64_t since;
    bool acknowledged;
} Handover;

struct ClusterWorker {
    Link link;
    ClusterPrimary *primary;
    unsigned id;
    Channel *channel;
    void *data;
    List uses;
    List queue; /* its next connections */
    unsigned queued;
    List handovers; /* oldest first */
    unsigned handing;
    unsigned long seq;
    unsigned long dealt;
    int slot; /* of the board; -1: none */
    uint64_t started;
    bool has_asked;  /* for a socket */
    bool is_leaving; /* told to disconnect, or said so */
    bool is_retired;
    bool is_prompt; /* in answering */
    bool is_bun;
};

struct ClusterPrimary {
    uv_loop_t *loop;
    ClusterOptions options;
    const ClusterEvents *events;
    void *owner;
    List workers;
    List listeners;
    unsigned board_number;
    bool is_paused;
    Board board;      /* fd -1 until the first Galley worker asks */
    uv_timer_t stuck; /* moves connections away from workers that do not answer */
    uv_timer_t sweep; /* closes what nobody came back for */
    unsigned open_handles;
    bool freed;
};

/* listener.c. On error, NULL and *error. */
Listener *listener_open(ClusterPrimary *primary, const char *key, const ClusterSocketQuery *query,
                        int *error);
/* Of a bound socket, which it takes. */
Listener *listener_new(ClusterPrimary *primary, const char *key, const char *path, int fd);
void listener_close(Listener *listener);
Listener *listener_find(ClusterPrimary *primary, const char *key);
int listener_listen(Listener *listener, int backlog);
/* A worker that was woken for a connection and has not taken it has used up the wake-up of the others. */
void listener_nudge(Listener *listener);
Use *listener_use_of(const Listener *listener, const ClusterWorker *worker);
Use *use_new(Listener *listener, ClusterWorker *worker, UseKind kind);
/* Lost: the worker died, and its successor may want to find the socket open. */
void use_free(Use *use, bool lost);

/* deal.c */
void deal_start(Listener *listener);
void deal_stop(Listener *listener);
void deal_resume(ClusterPrimary *primary);
void deal_answered(ClusterWorker *worker, unsigned long seq, bool accepted);
/* What waits for this worker goes to others. */
void deal_retire(ClusterWorker *worker);
/* The same, with what it has been sent and not answered: it is dead. */
void deal_withdraw(ClusterWorker *worker);
/* Closes what waits for this listener. */
void deal_forget(Listener *listener);
void deal_on_stuck_timer(uv_timer_t *timer);

/* primary.c */
unsigned primary_hold(const ClusterPrimary *primary, int fd);
void primary_let_go(const ClusterPrimary *primary, unsigned number);
void primary_tell_changed(const ClusterPrimary *primary);
/* A message with a copy of a descriptor. */
int worker_send(ClusterWorker *worker, Slice payload);
int worker_send_copy(ClusterWorker *worker, Slice payload, int fd);
