/* The primary of a cluster: it holds the listening sockets, answers its workers' Node messages about them,
 * and sees that connections are spread evenly and none is lost. It knows no JavaScript, so that the
 * cluster module and the keeper can both lead Galley, Node and Bun workers with it.
 *
 * A worker here is one end of its channel; starting the process and noticing its end is the caller's:
 *
 *     static const ClusterEvents events = {.online = ..., .listening = ..., .leaving = ...};
 *     ClusterPrimary *primary = cluster_primary_new(loop, &(ClusterOptions){.policy = CLUSTER_ROUND_ROBIN,
 *                                                   .keep_listeners = true}, &events, app);
 *
 *     channel_pair(fds);       // the child gets fds[1] as descriptor 3 and in its environment
 *                              // NODE_CHANNEL_FD=3 NODE_CHANNEL_SERIALIZATION_MODE=json NODE_UNIQUE_ID=<id>
 *     Channel *channel = channel_open(loop, fds[0], CHANNEL_JSON, &channel_events, app);
 *     ClusterWorker *worker = cluster_worker_new(primary, id, channel, app_worker);
 *     channel_read_start(channel);
 *
 *     // From now on the worker's cluster messages go to `events`; all others ({"ready"}, process.send) to
 *     // the channel's own `message`. For a reload: wait for `listening` of the new worker, then
 *     cluster_worker_disconnect(old);     // it closes its servers, finishes its requests and leaves
 *
 *     // When its channel is closed (which a dead process's is, once all it had said has been heard): what
 * was
 *     // dealt to it and not accepted goes to the others.
 *     cluster_worker_free(worker);
 *     channel_free(channel);
 */
#pragma once

#include "base/bytes.h"
#include "sys/channel.h"

#include <jansson.h>
#include <uv.h>

typedef struct ClusterPrimary ClusterPrimary;
typedef struct ClusterWorker ClusterWorker;

/* Node's numbers: SCHED_NONE and SCHED_RR. */
typedef enum { CLUSTER_SHARED = 1, CLUSTER_ROUND_ROBIN = 2 } ClusterPolicy;

typedef struct {
    ClusterPolicy policy;
    /* Sockets stay open while no worker uses them, so that a connection that comes between two workers
     * waits instead of being refused. Without it the last worker to leave closes them, as in Node, except
     * that a worker on its way (new, and not yet asked for a socket) holds them open. */
    bool keep_listeners;
    /* Galley workers get each connection as a message too, instead of taking turns at the socket itself. */
    bool deal_by_message;
} ClusterOptions;

/* Where a worker listens, in Node's words. */
typedef struct {
    const char *address; /* NULL: all; a path when port is -1 */
    int port;
    const char *address_type; /* "4", "6", "-1" (UNIX socket), "udp4", "udp6", or "null" */
    int fd;                   /* of a server that was given a descriptor; else -1 */
} ClusterAddress;

/* Any of them may be NULL. A call may free the worker it is told of. */
typedef struct {
    void (*online)(void *owner, ClusterWorker *worker);
    /* It is up. Told for each server it starts. */
    void (*listening)(void *owner, ClusterWorker *worker, const ClusterAddress *where);
    /* It disconnects of its own will (Node: exitedAfterDisconnect). */
    void (*leaving)(void *owner, ClusterWorker *worker);
    /* A descriptor that a successor of this process would need, and its end. The number returned is what
     * cluster_primary_save calls it by. */
    unsigned (*held)(void *owner, int fd);
    void (*let_go)(void *owner, unsigned number);
    /* What cluster_primary_save and cluster_worker_save say is different from now on. */
    void (*changed)(void *owner);
} ClusterEvents;

ClusterPrimary *cluster_primary_new(uv_loop_t *loop, const ClusterOptions *options,
                                    const ClusterEvents *events, void *owner);
/* Closes the sockets. All workers must have been freed before. */
void cluster_primary_free(ClusterPrimary *primary);
/* Copies of the listening sockets (at most `most`, returns how many), each to be closed: whoever has no
 * worker at the moment can see by them whether somebody knocks. */
size_t cluster_primary_copy_listeners(const ClusterPrimary *primary, int *fds, size_t most);
/* Whether connections were accepted that no worker can be given at the moment. */
bool cluster_primary_has_waiting(const ClusterPrimary *primary);
/* For sockets that are opened from now on. */
void cluster_primary_set_policy(ClusterPrimary *primary, ClusterPolicy policy);

/* Closes the sockets that no worker uses, without waiting for one that may come. */
void cluster_primary_sweep(ClusterPrimary *primary);

/* For a successor in another process: which sockets there are, and below who uses them. */
json_t *cluster_primary_save(const ClusterPrimary *primary);
/* Into a new primary. `take` gives the descriptor of a number, or -1; the socket is left out then. */
void cluster_primary_restore(ClusterPrimary *primary, const json_t *saved,
                             int (*take)(void *owner, unsigned number));
/* All workers that live have been restored: the places of the others are free. */
void cluster_primary_restored(ClusterPrimary *primary);
/* Accepts nothing until it is resumed; what comes waits in the kernel. */
void cluster_primary_pause(ClusterPrimary *primary);
void cluster_primary_resume(ClusterPrimary *primary);
/* No connection is in our hands. */
bool cluster_primary_is_quiet(const ClusterPrimary *primary);

/* Sits on the channel (channel_set_filter), which stays the caller's and must outlive the worker. */
ClusterWorker *cluster_worker_new(ClusterPrimary *primary, unsigned id, Channel *channel, void *data);
json_t *cluster_worker_save(const ClusterWorker *worker);
/* The worker that was saved, at the channel that it had. */
ClusterWorker *cluster_worker_restore(ClusterPrimary *primary, const json_t *saved, Channel *channel,
                                      void *data);
void cluster_worker_free(ClusterWorker *worker);
unsigned cluster_worker_id(const ClusterWorker *worker);
void *cluster_worker_data(const ClusterWorker *worker);

/* Asks it to close its servers and leave; nothing is dealt to it from now on. -errno when its channel is
 * gone. */
int cluster_worker_disconnect(ClusterWorker *worker);
/* Nothing is dealt to it any more, without telling it. */
void cluster_worker_retire(ClusterWorker *worker);

/* It has a server. */
bool cluster_worker_serves(const ClusterWorker *worker);
/* Connections that this worker took so far (dealt, or taken in turn). */
unsigned long cluster_worker_connections(const ClusterWorker *worker);
