/* Opening the sockets that workers ask their primary for, from the words of Node's queryServer message. */
#pragma once

#include "base/bytes.h"

#include <stdbool.h>

typedef enum { CLUSTER_STREAM, CLUSTER_DATAGRAM } ClusterSocketKind;

typedef struct {
    const char *address; /* NULL: every address, IPv6 and IPv4 alike where there is IPv6 */
    int port;            /* -1: address is a UNIX socket's path */
    const char *address_type;
    int fd;         /* of ours, to be used instead of a new one; else -1 */
    unsigned flags; /* libuv's: ipv6Only 1, for datagrams also reuseAddr 4 and reusePort 64 */
    int backlog;
    bool readable_all, writable_all; /* of a UNIX socket */
} ClusterSocketQuery;

ClusterSocketKind cluster_socket_kind(const ClusterSocketQuery *query);
/* A bound, non-blocking descriptor, or -errno. */
int cluster_socket_bind(const ClusterSocketQuery *query);
int cluster_socket_listen(int fd, int backlog);
/* Node's {"address":…,"family":…,"port":…} of a bound socket; nothing for UNIX sockets. */
void cluster_socket_describe(int fd, Bytes *out);
