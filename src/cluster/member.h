/* A worker's side of a cluster: it asks its primary (Galley's, Node's, the keeper) for sockets in Node's
 * messages, and gets connections either one by one from the primary or in turn with the other workers.
 *
 *     ClusterMember *member = cluster_member_new(loop, channel, &member_events, app);   // says "online"
 *     ClusterServer *server = cluster_server_open(member, &query, "null", &server_events, app);
 *     // server_events.opened tells how; then
 *     cluster_server_listening(server);                                                 // says "listening"
 */
#pragma once

#include "base/bytes.h"
#include "cluster/socket.h"
#include "sys/channel.h"

#include <uv.h>

typedef struct ClusterMember ClusterMember;
typedef struct ClusterServer ClusterServer;

typedef struct {
    /* The primary asks to close everything and leave. */
    void (*disconnect)(void *owner);
} ClusterMemberEvents;

typedef struct {
    const char *key;
    const char *sockname; /* JSON, or NULL: ask the descriptor */
    const char *data;     /* JSON: what the first server of the cluster gave */
    /* -1: connections come by `connection`. Else a bound socket, the owner's now, to listen on or to receive
     * from by himself; `connection` will not be called. */
    int fd;
} ClusterOpened;

typedef struct {
    /* Told once. error is -errno, or 0. The server may be closed from here. */
    void (*opened)(void *owner, int error, const ClusterOpened *how);
    /* Asked before each connection that the primary deals: false sends it to another worker. May be NULL. */
    bool (*wants)(void *owner);
    /* A connection, the owner's now: non-blocking, closed on exec. */
    void (*connection)(void *owner, int fd);
} ClusterServerEvents;

/* Sits on the channel (channel_set_filter), which must outlive the member. */
ClusterMember *cluster_member_new(uv_loop_t *loop, Channel *channel, const ClusterMemberEvents *events,
                                  void *owner);
/* Its servers must have been closed. */
void cluster_member_free(ClusterMember *member);
/* Says that this worker leaves of its own will; `done` is called when the primary knows, or is gone. */
void cluster_member_leave(ClusterMember *member, void (*done)(void *data), void *data);
/* The channel has closed: whoever still waits for an answer is told -EPIPE. */
void cluster_member_lost(ClusterMember *member);

/* data: JSON text. NULL when the channel is gone. */
ClusterServer *cluster_server_open(ClusterMember *member, const ClusterSocketQuery *query, const char *data,
                                   const ClusterServerEvents *events, void *owner);
void cluster_server_listening(ClusterServer *server, const char *address, int port, const char *address_type,
                              int fd);
/* Taking no connections for a while leaves them to the others. */
void cluster_server_pause(ClusterServer *server, bool paused);
/* Whether waiting for connections alone keeps the loop alive. */
void cluster_server_ref(ClusterServer *server);
void cluster_server_unref(ClusterServer *server);
void cluster_server_close(ClusterServer *server);
