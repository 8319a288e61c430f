/* The listening socket of an app that is no JavaScript: the keeper holds it, and each process gets it as
 * descriptor 3 in the way of systemd (LISTEN_FDS), so that no connection is refused between two of them. */
#include "base/json.h"
#include "base/mem.h"
#include "keeper/internal.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 511

bool app_can_overlap(const Keeper *keeper) {
    return keeper->app->is_cluster || keeper->listen_fd >= 0;
}

static int listen_at(const struct addrinfo *address) {
    const int yes = 1, no = 0;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (address->ai_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0) return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

char *port_open(Keeper *keeper) {
    const App *app = keeper->app;
    if (!app->port || app->is_javascript || keeper->listen_fd >= 0) return NULL;
    char service[32];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found = NULL;
    snprintf(service, sizeof service, "%lld", app->port);
    int problem = getaddrinfo(app->listen_host ? app->listen_host : "::", service, &hints, &found);
    if (problem && !app->listen_host) problem = getaddrinfo("0.0.0.0", service, &hints, &found);
    if (problem) return mem_printf("cannot listen on port %s: %s", service, gai_strerror(problem));
    for (const struct addrinfo *address = found; address && keeper->listen_fd < 0; address = address->ai_next)
        keeper->listen_fd = listen_at(address);
    char *error =
        keeper->listen_fd < 0 ? mem_printf("cannot listen on port %s: %s", service, strerror(errno)) : NULL;
    freeaddrinfo(found);
    if (keeper->listen_fd >= 0) keeper->listen_number = hold(keeper, keeper->listen_fd);
    return error;
}
