#include "cluster/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { FLAG_IPV6_ONLY = 1, FLAG_REUSE_ADDRESS = 4, FLAG_REUSE_PORT = 64, BACKLOG_DEFAULT = 511 };

typedef union {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_un un;
} Address;

ClusterSocketKind cluster_socket_kind(const ClusterSocketQuery *query) {
    return query->address_type && strncmp(query->address_type, "udp", 3) == 0 ? CLUSTER_DATAGRAM
                                                                              : CLUSTER_STREAM;
}

/* UNIX sockets' names are short: below the current directory its name can be left out. */
static const char *path_shorten(const char *path) {
    char here[4096];
    if (strlen(path) < sizeof((struct sockaddr_un){0}.sun_path) || !getcwd(here, sizeof here)) return path;
    size_t len = strlen(here);
    return strncmp(path, here, len) == 0 && path[len] == '/' ? path + len + 1 : path;
}

/* The length of the address, or -errno. */
static int address_read(const ClusterSocketQuery *query, const char *text, Address *address) {
    *address = (Address){0};
    if (query->port < 0) {
        text = path_shorten(text);
        size_t len = strlen(text);
        if (!len || len >= sizeof address->un.sun_path) return -EINVAL;
        address->un.sun_family = AF_UNIX;
        memcpy(address->un.sun_path, text, len + 1);
        return (int)sizeof address->un;
    }
    if (query->port > 65535) return -EINVAL;
    char host[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];
    if (strlen(text) >= sizeof host) return -EINVAL;
    strcpy(host, text);
    char *zone = strchr(host, '%');
    if (zone) *zone++ = '\0';
    if (inet_pton(AF_INET, host, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons((uint16_t)query->port);
        return (int)sizeof address->v4;
    }
    if (inet_pton(AF_INET6, host, &address->v6.sin6_addr) != 1) return -EINVAL;
    address->v6.sin6_family = AF_INET6;
    address->v6.sin6_port = htons((uint16_t)query->port);
    if (zone) address->v6.sin6_scope_id = if_nametoindex(zone);
    return (int)sizeof address->v6;
}

static int options_set(int fd, const ClusterSocketQuery *query, const Address *address) {
    int on = 1, ipv6_only = (query->flags & FLAG_IPV6_ONLY) != 0;
    bool datagram = cluster_socket_kind(query) == CLUSTER_DATAGRAM;
    bool reuse = address->any.sa_family != AF_UNIX && (!datagram || (query->flags & FLAG_REUSE_ADDRESS));
    if (reuse && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0) return -errno;
    if (datagram && (query->flags & FLAG_REUSE_PORT) &&
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) < 0)
        return -errno;
    if (address->any.sa_family == AF_INET6 && (ipv6_only || !datagram) &&
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &ipv6_only, sizeof ipv6_only) < 0)
        return -errno;
    return 0;
}

static int permissions_widen(const ClusterSocketQuery *query, const char *path) {
    if (!query->readable_all && !query->writable_all) return 0;
    struct stat status;
    if (stat(path, &status) < 0) return -errno;
    mode_t mode = status.st_mode & 07777;
    if (query->readable_all) mode |= S_IRUSR | S_IRGRP | S_IROTH;
    if (query->writable_all) mode |= S_IWUSR | S_IWGRP | S_IWOTH;
    return chmod(path, mode) < 0 ? -errno : 0;
}

static int bind_to(const ClusterSocketQuery *query, const char *text) {
    Address address;
    int len = address_read(query, text, &address);
    if (len < 0) return len;
    int type = cluster_socket_kind(query) == CLUSTER_DATAGRAM ? SOCK_DGRAM : SOCK_STREAM;
    int fd = socket(address.any.sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int error = options_set(fd, query, &address);
    if (!error && bind(fd, &address.any, (socklen_t)len) < 0) error = -errno;
    if (!error && query->port < 0) error = permissions_widen(query, text);
    if (!error) return fd;
    close(fd);
    return error == -ENOENT ? -EACCES : error; /* as libuv has it: no such directory */
}

int cluster_socket_bind(const ClusterSocketQuery *query) {
    if (query->fd >= 0) {
        int fd = fcntl(query->fd, F_DUPFD_CLOEXEC, 3);
        if (fd < 0) return -errno;
        int flags = fcntl(fd, F_GETFL);
        if (flags >= 0) fcntl(fd, F_SETFL, flags | O_NONBLOCK);
        return fd;
    }
    if (query->address && *query->address) return bind_to(query, query->address);
    if (query->port < 0) return -EINVAL;
    const char *type = query->address_type;
    if (type && (strcmp(type, "udp4") == 0)) return bind_to(query, "0.0.0.0");
    if (type && (strcmp(type, "udp6") == 0)) return bind_to(query, "::");
    int fd = bind_to(query, "::");
    bool no_ipv6 = fd == -EAFNOSUPPORT || fd == -EADDRNOTAVAIL || fd == -EINVAL;
    return no_ipv6 ? bind_to(query, "0.0.0.0") : fd;
}

int cluster_socket_listen(int fd, int backlog) {
    return listen(fd, backlog > 0 ? backlog : BACKLOG_DEFAULT) < 0 ? -errno : 0;
}

void cluster_socket_describe(int fd, Bytes *out) {
    Address address = {0};
    socklen_t len = sizeof address;
    char text[INET6_ADDRSTRLEN] = "";
    if (getsockname(fd, &address.any, &len) < 0) return;
    bool v6 = address.any.sa_family == AF_INET6;
    if (!v6 && address.any.sa_family != AF_INET) return;
    inet_ntop(address.any.sa_family, v6 ? (void *)&address.v6.sin6_addr : (void *)&address.v4.sin_addr, text,
              sizeof text);
    bytes_printf(out, "{\"address\":\"%s\",\"family\":\"%s\",\"port\":%d}", text, v6 ? "IPv6" : "IPv4",
                 ntohs(v6 ? address.v6.sin6_port : address.v4.sin_port));
}
