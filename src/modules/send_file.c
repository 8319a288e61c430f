/* A piece of a file goes to a socket without a visit to this process's memory: the kernel copies it as long
 * as the other side takes it, and what has to wait goes through the stream's queue. JavaScript asks for this
 * when nobody looks at the bytes. */
#include "engine/peek.h"
#include "modules/modules.h"
#include "modules/stream_wrap.h"

#include <errno.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SEND_MAX = 1024 * 1024,  /* of a file in one go: then JavaScript's turn comes */
    PIECE = 65536,           /* what is read when the socket is full */
    RESULT_AT_END = 1 << 30, /* with the number of bytes: the file ends here */
};

typedef struct {
    StreamHandle *stream;
    int fd;
    off_t at;
    size_t left, total;
    bool at_end, chunked;
    Bytes head; /* goes first */
} FileSend;

typedef struct {
    Object on_sent;
} Sending;

static void send_free(FileSend *send) {
    bytes_free(&send->head);
    mem_free(send);
}

static int send_result(const FileSend *send) {
    return (int)send->total | (send->at_end ? RESULT_AT_END : 0);
}

static int send_step(FileSend *send);

/* A part that had to wait is out. */
static void waited(void *data, int status) {
    FileSend *send = data;
    StreamHandle *stream = send->stream;
    int result = status < 0 ? status : send_step(send);
    if (result == UV_EAGAIN) return;
    if (result == 0) result = send_result(send);
    send_free(send);
    Realm *realm = stream->base.realm;
    Sending *sending = *realm_slot(realm, SLOT_SEND_FILE);
    if (stream->is_silent || !stream->owner || !sending) return;
    Value argv[] = {value_int(result)};
    realm_dispatch(realm, sending->on_sent, stream->owner, 1, argv);
}

/* Through the stream, in order with whatever it still holds. */
static int send_queued(FileSend *send, const void *bytes, size_t len) {
    uv_buf_t buf = uv_buf_init((char *)bytes, (unsigned)len);
    int result = stream_handle_write(send->stream, &buf, 1, waited, send);
    return result == 1 ? UV_EAGAIN : result;
}

/* Holds the bytes back for those that follow, if the socket lets it. */
static int send_ahead(FileSend *send, const char *bytes, size_t len) {
    int out = -1;
    uv_fileno(&send->stream->uv.handle, &out);
    ssize_t sent = -1;
    if (uv_stream_get_write_queue_size(&send->stream->uv.stream) == 0)
        sent = sendto(out, bytes, len, MSG_MORE | MSG_DONTWAIT | MSG_NOSIGNAL, NULL, 0);
    if (sent > 0) send->stream->bytes_written += (uint64_t)sent;
    if (sent < 0) sent = 0; /* the stream will tell what is wrong */
    return (size_t)sent == len ? 0 : send_queued(send, bytes + sent, len - (size_t)sent);
}

/* The socket is full: the next piece waits in the stream's queue, and the rest behind it. */
static int send_piece(FileSend *send) {
    size_t len = send->left < PIECE ? send->left : PIECE;
    char *bytes = mem_new(len);
    ssize_t got = pread(send->fd, bytes, len, send->at);
    int result = got < 0 ? uv_translate_sys_error(errno) : got == 0 ? UV_EIO : 0;
    if (got > 0) {
        send->at += got;
        send->left -= (size_t)got;
        result = send_queued(send, bytes, (size_t)got);
    }
    mem_free(bytes);
    return result;
}

/* 0: everything is out; UV_EAGAIN: waited() goes on; else an error. */
static int send_step(FileSend *send) {
    if (send->head.len) {
        Bytes head = send->head;
        send->head = (Bytes){0};
        int result = send_ahead(send, head.data, head.len);
        bytes_free(&head);
        if (result) return result;
    }
    int out = -1;
    uv_fileno(&send->stream->uv.handle, &out);
    while (send->left) {
        ssize_t sent = sendfile(out, send->fd, &send->at, send->left);
        if (sent == 0) return UV_EIO; /* it became shorter than was promised */
        int result = 0;
        if (sent > 0) {
            send->left -= (size_t)sent;
            send->stream->bytes_written += (uint64_t)sent;
        } else if (errno == EAGAIN || errno == EINVAL || errno == ENOSYS) {
            result = send_piece(send);
        } else if (errno != EINTR) {
            result = uv_translate_sys_error(errno);
        }
        if (result) return result;
    }
    if (!send->chunked) return 0;
    send->chunked = false;
    if (send->at_end) return send_ahead(send, "\r\n", 2); /* the last chunk follows */
    return send_queued(send, "\r\n", 2);
}

/* send(handle, fd, offset, length, isChunked, head): the head, then that part of the file, as a chunk or as
 * it is. The number of its bytes, with RESULT_AT_END; UV_EAGAIN: onSent will be called with it; UV_ENOTSUP:
 * nothing was done, it has to be read; else an error. */
static Value send_file(Call *call) {
    StreamHandle *stream = stream_handle_of(call_arg(call, 0));
    int fd = call_int(call, 1);
    int64_t offset = call_int64(call, 2);
    double length = call_double(call, 3);
    struct stat info;
    if (!stream || stream->is_closing || offset < 0) return value_int(UV_ENOTSUP);
    if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode) || info.st_size <= offset)
        return value_int(UV_ENOTSUP);
    int64_t left = info.st_size - offset;
    if (length < (double)left) left = (int64_t)length;
    bool whole = left <= SEND_MAX;
    FileSend *send = NEW(FileSend);
    *send = (FileSend){.stream = stream, .fd = fd, .at = offset, .chunked = call_bool(call, 4)};
    send->left = send->total = whole ? (size_t)left : SEND_MAX;
    send->at_end = whole;
    CHARS view = {0};
    if (chars_open(call->realm, call_arg(call, 5), &view)) {
        bytes_reserve(&send->head, view.len + 20);
        for (size_t i = 0; i < view.len; i++)
            send->head.data[i] =
                (char)(view.is_8bit ? ((const uint8_t *)view.chars)[i] : ((const uint16_t *)view.chars)[i]);
        send->head.len = view.len;
    }
    if (send->chunked) bytes_printf(&send->head, "%zx\r\n", send->total);
    int result = send_step(send);
    if (result == 0) result = send_result(send);
    if (result != UV_EAGAIN) send_free(send);
    return value_int(result);
}

static Value set_callback(Call *call) {
    Sending *sending = *realm_slot(call->realm, SLOT_SEND_FILE);
    sending->on_sent = call_function(call, 0);
    value_keep(call->realm, sending->on_sent);
    return value_undefined();
}

static void sending_setup(Realm *realm, Object binding) {
    *realm_slot(realm, SLOT_SEND_FILE) = NEW(Sending);
}

static void sending_teardown(Realm *realm) {
    mem_free(*realm_slot(realm, SLOT_SEND_FILE));
    *realm_slot(realm, SLOT_SEND_FILE) = NULL;
}

static const Native functions[] = {
    {"send",        send_file},
    {"setCallback",             set_callback},
    {0}
};

const Module send_file_module = {"send_file", functions, sending_setup, sending_teardown};
