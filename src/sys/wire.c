/* Control connections over libuv, and the sockets under them; see wire.h. */
#include "sys/wire.h"

#include "base/bytes.h"
#include "base/frame.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define QUEUE_LIMIT (64u << 20)

struct Wire {
    uv_pipe_t pipe;
    Bytes in;
    const WireEvents *events;
    void *owner;
    char chunk[8192];
};

typedef struct {
    uv_write_t request;
    Bytes bytes;
} Outgoing;

static void wire_free(uv_handle_t *handle) {
    Wire *wire = handle->data;
    bytes_free(&wire->in);
    mem_free(wire);
}

void wire_close(Wire *wire) {
    wire->events = NULL;
    if (!uv_is_closing((uv_handle_t *)&wire->pipe)) uv_close((uv_handle_t *)&wire->pipe, wire_free);
}

static void wire_lost(Wire *wire) {
    if (wire->events) wire->events->closed(wire->owner, wire);
    wire_close(wire);
}

static void give_chunk(uv_handle_t *handle, size_t suggested, uv_buf_t *buf) {
    Wire *wire = handle->data;
    *buf = uv_buf_init(wire->chunk, sizeof wire->chunk);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf) {
    Wire *wire = stream->data;
    if (got == 0) return;
    if (got < 0) {
        wire_lost(wire);
        return;
    }
    bytes_append(&wire->in, buf->base, (size_t)got);
    while (wire->events) {
        json_t *message = NULL;
        FrameResult result = frame_take(&wire->in, &message);
        if (result == FRAME_NONE) break;
        if (result == FRAME_BAD) {
            wire_lost(wire);
            return;
        }
        wire->events->message(wire->owner, wire, message);
        json_decref(message);
    }
}

Wire *wire_open(uv_loop_t *loop, int fd, const WireEvents *events, void *owner) {
    Wire *wire = NEW(Wire);
    wire->events = events;
    wire->owner = owner;
    uv_pipe_init(loop, &wire->pipe, 0);
    wire->pipe.data = wire;
    if (uv_pipe_open(&wire->pipe, fd) < 0) {
        close(fd);
        wire_close(wire);
        return NULL;
    }
    uv_read_start((uv_stream_t *)&wire->pipe, give_chunk, on_read);
    return wire;
}

void wire_set_owner(Wire *wire, const WireEvents *events, void *owner) {
    wire->events = events;
    wire->owner = owner;
}

static void on_written(uv_write_t *request, int status) {
    Outgoing *out = CONTAINER_OF(request, Outgoing, request);
    bytes_free(&out->bytes);
    mem_free(out);
}

void wire_send(Wire *wire, json_t *message) {
    uv_stream_t *stream = (uv_stream_t *)&wire->pipe;
    if (!uv_is_closing((uv_handle_t *)stream) && uv_stream_get_write_queue_size(stream) < QUEUE_LIMIT) {
        Outgoing *out = NEW(Outgoing);
        frame_append(&out->bytes, message);
        uv_buf_t buf = uv_buf_init(out->bytes.data, (unsigned)out->bytes.len);
        if (uv_write(&out->request, stream, &buf, 1, on_written) < 0) on_written(&out->request, 0);
    }
    json_decref(message);
}

static void on_finished(uv_shutdown_t *request, int status) {
    Wire *wire = request->data;
    mem_free(request);
    wire_close(wire);
}

void wire_finish(Wire *wire) {
    wire->events = NULL;
    uv_shutdown_t *request = NEW(uv_shutdown_t);
    request->data = wire;
    if (uv_shutdown(request, (uv_stream_t *)&wire->pipe, on_finished) < 0) on_finished(request, 0);
}

int wire_detach(Wire *wire) {
    uv_os_fd_t fd;
    int copy = uv_fileno((uv_handle_t *)&wire->pipe, &fd) < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
    wire_close(wire);
    return copy;
}

/* The folder is named through a descriptor, because sun_path has room for 107 bytes only. */
static int address_make(const char *folder, const char *name, struct sockaddr_un *address) {
    int dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) return -errno;
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    int len = snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s", dir, name);
    if (len < (int)sizeof address->sun_path) return dir;
    close(dir);
    return -ENAMETOOLONG;
}

static int connect_in(struct sockaddr_un *address) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    if (connect(fd, (struct sockaddr *)address, sizeof *address) == 0) return fd;
    int error = -errno;
    close(fd);
    return error;
}

int wire_connect(const char *folder, const char *name) {
    struct sockaddr_un address;
    int dir = address_make(folder, name, &address);
    if (dir < 0) return dir;
    int fd = connect_in(&address);
    close(dir);
    return fd;
}

bool wire_write_blocking(int fd, const json_t *message) {
    Bytes out = {0};
    frame_append(&out, message);
    size_t sent = 0;
    while (sent < out.len) {
        ssize_t put = send(fd, out.data + sent, out.len - sent, MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) break;
        sent += (size_t)put;
    }
    bool whole = sent == out.len;
    bytes_free(&out);
    return whole;
}

static bool receive_all(int fd, char *data, size_t len) {
    while (len) {
        ssize_t got = recv(fd, data, len, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        data += got;
        len -= (size_t)got;
    }
    return true;
}

json_t *wire_read_blocking(int fd) {
    unsigned char head[4];
    if (!receive_all(fd, (char *)head, sizeof head)) return NULL;
    size_t len = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    char *text = len <= FRAME_LIMIT ? mem_new(len + 1) : NULL;
    json_t *message = text && receive_all(fd, text, len) ? json_loadb(text, len, 0, NULL) : NULL;
    mem_free(text);
    return message;
}

struct WireServer {
    uv_poll_t poll;
    int fd;
    int dir;
    char *name;
    WireAccept accept;
    void *owner;
};

static bool peer_is_allowed(int fd) {
    struct ucred peer;
    socklen_t len = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) < 0) return false;
    return peer.uid == geteuid() || peer.uid == 0;
}

static void on_connection(uv_poll_t *poll, int status, int events) {
    WireServer *server = poll->data;
    int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    if (peer_is_allowed(fd))
        server->accept(server->owner, fd);
    else
        close(fd);
}

static WireServer *server_new(uv_loop_t *loop, int dir, const char *name, int fd, WireAccept accept,
                              void *owner) {
    WireServer *server = NEW(WireServer);
    *server = (WireServer){.fd = fd, .dir = dir, .name = mem_strdup(name), .accept = accept, .owner = owner};
    uv_poll_init(loop, &server->poll, fd);
    server->poll.data = server;
    uv_poll_start(&server->poll, UV_READABLE, on_connection);
    return server;
}

WireServer *wire_server_open(uv_loop_t *loop, const char *folder, const char *name, WireAccept accept,
                             void *owner, int *error) {
    struct sockaddr_un address;
    int dir = address_make(folder, name, &address);
    if (dir < 0) {
        *error = -dir;
        return NULL;
    }
    int living = connect_in(&address);
    if (living >= 0) {
        close(living);
        close(dir);
        *error = EADDRINUSE;
        return NULL;
    }
    unlinkat(dir, name, 0);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t mask = umask(0177);
    int bound = fd < 0 ? -1 : bind(fd, (struct sockaddr *)&address, sizeof address);
    *error = errno;
    umask(mask);
    if (bound < 0 || listen(fd, 128) < 0) {
        if (bound == 0) *error = errno;
        if (fd >= 0) close(fd);
        close(dir);
        return NULL;
    }
    *error = 0;
    return server_new(loop, dir, name, fd, accept, owner);
}

WireServer *wire_server_adopt(uv_loop_t *loop, const char *folder, const char *name, int fd,
                              WireAccept accept, void *owner, int *error) {
    int dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    *error = dir < 0 ? errno : 0;
    if (dir >= 0) return server_new(loop, dir, name, fd, accept, owner);
    close(fd);
    return NULL;
}

int wire_server_fd(const WireServer *server) {
    return server->fd;
}

static void server_free(uv_handle_t *handle) {
    WireServer *server = handle->data;
    close(server->fd);
    close(server->dir);
    mem_free(server->name);
    mem_free(server);
}

void wire_server_close(WireServer *server) {
    if (!server) return;
    unlinkat(server->dir, server->name, 0);
    uv_close((uv_handle_t *)&server->poll, server_free);
}
