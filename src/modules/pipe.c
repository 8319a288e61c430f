/* UNIX domain sockets and pipes for lib/net.js, abstract names included, which this libuv cannot bind
 * itself. */
#include "modules/modules.h"
#include "modules/stream_wrap.h"

#include <stddef.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static StreamHandle *call_pipe(Call *call) {
    return (StreamHandle *)call_handle(call, &pipe_class);
}

/* create() -> handle */
static Value pipe_create(Call *call) {
    Object object;
    StreamHandle *pipe = stream_handle_new(call->realm, &pipe_class, &object);
    int err = uv_pipe_init(&call->realm->loop, &pipe->uv.pipe, 0);
    pipe->has_uv = !err;
    return err ? throw_uv(call, err, "pipe", NULL, NULL) : object;
}

/* open(fd) -> 0 or an error; the descriptor becomes the handle's */
static Value pipe_open(Call *call) {
    StreamHandle *pipe = call_pipe(call);
    return pipe ? value_int(uv_pipe_open(&pipe->uv.pipe, call_int(call, 0))) : NULL;
}

static int path_address(const Text *path, struct sockaddr_un *address, socklen_t *len) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    bool is_abstract = path->len > 0 && path->data[0] == '\0';
    if (path->len == 0 || path->len + !is_abstract > sizeof address->sun_path) return UV_EINVAL;
    if (!is_abstract && strlen(path->data) != path->len) return UV_EINVAL;
    memcpy(address->sun_path, path->data, path->len);
    *len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path->len + !is_abstract);
    return 0;
}

/* A socket of our own for an abstract name, which then becomes the handle's. */
static int open_abstract(StreamHandle *pipe, const struct sockaddr_un *address, socklen_t len, bool listens) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int err = (listens ? bind(fd, (const struct sockaddr *)address, len)
                       : connect(fd, (const struct sockaddr *)address, len))
                  ? -errno
                  : uv_pipe_open(&pipe->uv.pipe, fd);
    if (err) close(fd);
    return err;
}

/* bind(path) -> 0 or an error; a path that starts with NUL is an abstract name */
static Value pipe_bind(Call *call) {
    StreamHandle *pipe = call_pipe(call);
    if (!pipe) return NULL;
    TEXT path;
    if (!call_text(call, 0, &path)) return NULL;
    struct sockaddr_un address;
    socklen_t len;
    int err = path_address(&path, &address, &len);
    if (err) return value_int(err);
    if (path.data[0] == '\0') return value_int(open_abstract(pipe, &address, len, true));
    return value_int(uv_pipe_bind(&pipe->uv.pipe, path.data));
}

/* connect(path) -> 0, 1: connected at once, or an error; the owner hears of the rest */
static Value pipe_connect(Call *call) {
    StreamHandle *pipe = call_pipe(call);
    if (!pipe) return NULL;
    TEXT path;
    if (!call_text(call, 0, &path)) return NULL;
    struct sockaddr_un address;
    socklen_t len;
    int err = path_address(&path, &address, &len);
    if (err) return value_int(err);
    if (path.data[0] == '\0') {
        err = open_abstract(pipe, &address, len, false);
        return value_int(err ? err : 1);
    }
    StreamConnect *request = stream_connect_new(pipe);
    uv_pipe_connect(&request->uv, &pipe->uv.pipe, path.data, stream_connect_done);
    return value_int(0);
}

/* chmod(UV_READABLE | UV_WRITABLE) -> 0 or an error: who else may connect */
static Value pipe_chmod(Call *call) {
    StreamHandle *pipe = call_pipe(call);
    if (!pipe) return NULL;
    return value_int(pipe->is_closing ? UV_EBADF : uv_pipe_chmod(&pipe->uv.pipe, call_int(call, 0)));
}

static const Native methods[] = {
    STREAM_METHODS,         {"open",     pipe_open},
    {"bind",          pipe_bind},
             {"connect",pipe_connect},
    {"fchmod",  pipe_chmod},
             {0         }
};

const HandleClass pipe_class = {"Pipe", methods, stream_handle_dispose};

static const Native functions[] = {
    {"create", pipe_create},
    {0       }
};

const Module pipe_module = {"pipe", functions, NULL, NULL};
