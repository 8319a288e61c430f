/* What the files of this room share. The owner of every part is the Keeper. */
#pragma once

#include "base/list.h"
#include "cluster/primary.h"
#include "keeper/app.h"
#include "keeper/keeper.h"
#include "sys/channel.h"
#include "sys/held.h"
#include "sys/process.h"
#include "sys/procfs.h"
#include "sys/wire.h"

typedef struct Worker Worker;
typedef struct Run Run;
typedef struct Output Output;

typedef enum {
    WORKER_STOPPED,
    WORKER_LAUNCHING,
    WORKER_ONLINE,
    WORKER_STOPPING,
    WORKER_RESTARTING, /* stopping, to be launched again */
    WORKER_WAITING,    /* for its restart delay */
    WORKER_ERRORED,
    WORKER_RELOADING, /* online while its successor launches */
    WORKER_STATES,
} WorkerState;

typedef enum {
    EVENT_START,
    EVENT_STOP,
    EVENT_RESTART,
    EVENT_RELOAD,
    EVENT_READY,
    EVENT_EXIT,
    EVENT_TIMER,
    EVENT_NEXT_READY,
    EVENT_NEXT_EXIT,
    WORKER_EVENTS,
} WorkerEvent;

/* A place among the app's workers. It keeps its id while processes come and go in it. */
struct Worker {
    Link link; /* in Keeper.workers */
    Keeper *keeper;
    long long id;    /* pm_id */
    long long index; /* NODE_APP_INSTANCE */
    WorkerState state;
    Run *run;
    Run *successor;
    uv_timer_t timer;
    uint64_t created_at, online_since; /* wall clock, ms */
    unsigned restarts, unstable_restarts;
    uint64_t backoff_ms;
    uint64_t delay_ms; /* of the wait that is on */
    uint64_t due_ms;   /* steady clock: when its timer strikes */
    pid_t pid_in_file;
    int exit_code, exit_signal;
    uint64_t exit_cpu_ms;
    char *problem;     /* why it is errored, if that is known */
    char *version;     /* of the app, from its package.json */
    bool doomed;       /* to be removed once stopped */
    bool wants_reload; /* waits for its turn */
    bool reload_failed;
    bool asleep; /* stopped because nobody used it; a connection wakes it */
};

/* A process in a place, or one that is on its way out of it. */
struct Run {
    Link link; /* in Keeper.runs */
    Keeper *keeper;
    Worker *worker; /* NULL once another has its place */
    long long worker_id;
    unsigned number; /* NODE_UNIQUE_ID */
    Process *process;
    uv_timer_t timer; /* until it is killed, or until it counts as ready */
    bool timer_open;
    uint64_t due_ms; /* steady clock: when its timer strikes */
    pid_t pid;
    uint64_t started_at; /* wall clock, ms */
    uint64_t start_ticks;
    int input;                             /* writes to its stdin; -1: none */
    unsigned input_number, channel_number; /* what they are held by; 0: not */
    Output *out, *error;
    pid_t *kin; /* its descendants when it was asked to stop */
    size_t kin_count;
    uint64_t cpu_ms, sampled_at; /* the sample before */
    double cpu_percent;
    uint64_t demand_ns, demand_at; /* of autoscale's look before */
    uint64_t rss_bytes;
    bool online, listening, ready;
    bool stopping, exited;
    bool draining;             /* retired, and finishing what it has */
    Channel *channel;          /* NULL: none, or closed */
    ClusterWorker *dealt;      /* what the primary knows it by */
    json_t *metrics, *actions; /* what it has told of itself (axm_monitor, axm_actions) */
    unsigned long connections; /* dealt to it, counted when it left the primary */
};

struct Keeper {
    uv_loop_t *loop;
    Home home;
    char *key;
    KeeperOptions options;
    App *app;
    App *old_app; /* to go back to if a reload fails */
    int lock;
    List workers;
    List runs;
    List clients;
    List jobs;
    List leftovers; /* processes of a keeper that died; nothing starts before they are gone */
    List holdings;  /* descriptors that outlive this keeper */
    Channel *vault; /* where the root takes them in; NULL: there is none */
    Held *legacy;   /* what the keeper before this one left */
    size_t legacy_count;
    unsigned last_number; /* of a descriptor that is held */
    WireServer *server;
    uv_timer_t tick;
    uv_timer_t root_timer; /* until a root that went away is replaced */
    uv_timer_t check_timer;
    uv_timer_t leftover_timer;
    uint64_t leftovers_since; /* loop time */
    int open_handles;         /* that hold the keeper's memory */
    json_t *wanted;           /* ids to be started once the leftovers are gone */
    time_t opened_at;
    bool begun, quitting, forgetting, ended;
    int last_exit_code;
    struct Limits *limits;
    struct Autoscale *autoscale;
    char *read_buffer;             /* for what is read from pipes */
    struct Succession *succession; /* NULL: no other program is to take this one's place */
    int listen_fd;                 /* of an app of any language, given to it as systemd does; -1: none */
    unsigned listen_number;
    ClusterPrimary *primary; /* holds the app's listening sockets; NULL in fork mode */
    unsigned last_run;       /* NODE_UNIQUE_ID of the newest run */
};

/* worker.c */
Worker *worker_new(Keeper *keeper, long long id, long long index);
void worker_free(Worker *worker);
/* What a successor must know of it, and the worker that was saved; `run` is its process if that lives. */
json_t *worker_save(const Worker *worker);
Worker *worker_restore(Keeper *keeper, const json_t *saved, Run *run);
void worker_handle(Worker *worker, WorkerEvent event);
const char *worker_status(const Worker *worker);
/* Lets its process finish what it has, and waits to be woken. */
void worker_sleep(Worker *worker);
bool worker_is_settled(const Worker *worker);

/* run.c */
/* NULL and a message that the caller frees if it cannot be started. */
Run *run_start(Worker *worker, char **error);
json_t *run_save(const Run *run);
/* The process that was saved; NULL if it cannot be taken over. */
Run *run_restore(Keeper *keeper, const json_t *saved);
void run_stop(Run *run);
/* Gives up its place, finishes what it has, and stops. */
void run_retire(Run *run);
void run_signal(Run *run, int signal);
/* False if its stdin takes no more now. */
bool run_type(Run *run, Slice text);
void run_sample(Run *run);
void run_is_ready(Run *run);

/* reports.c */
/* What a program says of itself in the messages of PM2's library. False if the message is none of these. */
void report_take(Run *run, const json_t *message);

/* output.c */
/* Where a worker's stdout or stderr goes. The file descriptor to give to the child is *fd, to be closed after
 * the spawn. */
Output *output_open(Worker *worker, bool is_error, int *fd);
void output_attach(Output *output, pid_t pid);
json_t *output_save(const Output *output);
/* NULL if what it read from is lost. */
Output *output_restore(Keeper *keeper, const json_t *saved);
void output_close(Output *output);
char *output_path(const Worker *worker, bool is_error);
void output_flush(Keeper *keeper);
void output_reopen(Keeper *keeper);
void output_rotate_due(Keeper *keeper);

/* status.c */
json_t *keeper_status(Keeper *keeper, bool whole);

/* requests.c */
void requests_open(Keeper *keeper, int fd);
void requests_check(Keeper *keeper); /* a worker has changed: are those who wait for it content? */
void requests_close(Keeper *keeper);
/* Somebody is still to be answered. */
bool requests_wait(const Keeper *keeper);
bool requests_have_root(const Keeper *keeper);
void keeper_tell(Keeper *keeper, json_t *event); /* to all who listen */
/* What happened to a worker, in PM2's word for it; with data, a message of its own. */
void worker_announce(const Worker *worker, const char *kind, const char *what, json_t *data);

/* port.c */
/* Opens the socket that the declaration's `port` asks for. NULL, or why not; the caller frees it. */
char *port_open(Keeper *keeper);
/* Whether old and new process can serve at the same time, so that a reload need not interrupt. */
bool app_can_overlap(const Keeper *keeper);

/* limits.c */
void limits_open(Keeper *keeper);
void limits_close(Keeper *keeper);

/* autoscale.c */
void autoscale_open(Keeper *keeper);
void autoscale_close(Keeper *keeper);
long long autoscale_first_count(const App *app);

/* state.c */
int state_save(Keeper *keeper);
int config_save(Keeper *keeper);
json_t *state_to_json(const Keeper *keeper);
/* Makes the workers that a dead keeper left, takes over those of their processes that serve, and notes the
 * others as leftovers. The ids of the workers that are to be started are put into keeper->wanted. */
void state_load(Keeper *keeper);

/* leftovers.c */
void leftover_note(Keeper *keeper, pid_t pid, uint64_t start_ticks);
json_t *leftovers_save(const Keeper *keeper);
/* Ends what a dead keeper left behind, then calls keeper_begin. */
void leftovers_end(Keeper *keeper);

/* holding.c */
/* A copy of the descriptor lies with the root until let_go; the number returned is never 0. */
unsigned hold(Keeper *keeper, int fd);
void let_go(Keeper *keeper, unsigned number);
size_t holdings_list(const Keeper *keeper, Held **items);
void holdings_free(Keeper *keeper);
/* The root is there to take them in. */
void holdings_lodge(Keeper *keeper, int fd);
/* What was left to this process. Numbers from HELD_FIRST are held on as soon as they are taken. */
enum { HELD_STATE = 1, HELD_LOCK, HELD_SERVER, HELD_FIRST = 16 };
void legacy_open(Keeper *keeper);
int legacy_take(Keeper *keeper, unsigned number); /* -1: it is not there */
void legacy_close(Keeper *keeper);

/* succession.c */
/* Another program takes the place of this one in the same process, as soon as all is quiet; `failed` is told
 * if that cannot be, `leaving` right before it happens. */
void succession_begin(Keeper *keeper, const char *program, void (*leaving)(void *owner),
                      void (*failed)(void *owner, const char *why), void *owner);
void succession_close(Keeper *keeper);

/* reload.c */
/* Workers get new processes, `parallel` at a time; a first failure ends it. */
void reload_begin(Keeper *keeper);
void reload_next(Keeper *keeper);
/* There is no way back to the old declaration any more. */
void reload_settle(Keeper *keeper);

/* keeper.c */
void keeper_changed(Worker *worker); /* its state is another */
void keeper_check(Keeper *keeper);   /* soon: who waits for something may have it now */
void keeper_run_gone(Keeper *keeper);
void keeper_begin(Keeper *keeper); /* the leftovers are gone */
void keeper_root_lost(Keeper *keeper);
bool keeper_set_config(Keeper *keeper, const json_t *config, char **error);
/* The declaration has this number from now on. */
void keeper_scale(Keeper *keeper, long long count);
void keeper_set_count(Keeper *keeper, long long count);
void keeper_remove(Worker *worker);
Worker *keeper_worker(Keeper *keeper, long long id);
size_t keeper_count(const Keeper *keeper);
