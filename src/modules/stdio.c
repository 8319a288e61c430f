/* Plain writes to descriptors for console and for errors that end the process. Like Node's on Linux
 * they are synchronous, also to pipes and terminals; a full pipe is waited for. */
#include "engine/call.h"
#include "modules/modules.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

static int write_all(int fd, const char *data, size_t len) {
    while (len > 0) {
        ssize_t n = write(fd, data, len);
        if (n >= 0) {
            data += n;
            len -= (size_t)n;
        } else if (errno == EAGAIN) {
            struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
            poll(&poll_fd, 1, -1);
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return 0;
}

/* writeSync(fd, text or bytes) -> 0 or a negative errno. */
static Value stdio_write_sync(Call *call) {
    TEXT text = {0};
    char *data;
    size_t len;
    int fd = call_int(call, 0);
    if (value_bytes(call->realm, call_arg(call, 1), &data, &len)) return value_int(write_all(fd, data, len));
    if (!call_text(call, 1, &text)) return NULL;
    return value_int(write_all(fd, text.data, text.len));
}

/* kind(fd) -> 'TTY', 'FILE', 'PIPE', 'TCP', 'UDP', 'UNKNOWN' */
static Value stdio_kind(Call *call) {
    static const char *const names[UV_HANDLE_TYPE_MAX] = {
        [UV_TTY] = "TTY", [UV_FILE] = "FILE", [UV_NAMED_PIPE] = "PIPE", [UV_TCP] = "TCP", [UV_UDP] = "UDP"};
    const char *name = names[uv_guess_handle(call_int(call, 0))];
    return value_string(call->realm, name ? name : "UNKNOWN");
}

static const Native functions[] = {
    {"writeSync", stdio_write_sync},
    {"kind",           stdio_kind},
    {0}
};

const Module stdio_module = {"stdio", functions, NULL, NULL};
