/* TCP sockets, pipes and terminals read, write, listen and close alike, so that is written once here.
 * JavaScript sees a handle; C code that wants the bytes itself (TLS, HTTP) puts a tap on it. */
#pragma once

#include "engine/handle.h"

typedef struct StreamHandle StreamHandle;
typedef struct StreamTap StreamTap;

/* Who gets what arrives, instead of JavaScript. The bytes are valid during the call only. */
struct StreamTap {
    void (*read)(StreamTap *tap, const char *bytes, ssize_t nread); /* nread < 0: an error or UV_EOF */
    void (*closed)(StreamTap *tap); /* the handle is gone: do not use it again */
};

/* Stands between a stream and C code that wants plain bytes (TLS does): it has the stream's tap itself. */
typedef struct StreamFilter StreamFilter;
struct StreamFilter {
    StreamTap *above; /* who gets the plain bytes; NULL: JavaScript */
    int (*write)(StreamFilter *filter, const uv_buf_t *bufs, unsigned count); /* as stream_handle_write */
    void (*read)(StreamFilter *filter, bool wants);
    bool (*is_read)(const StreamFilter *filter);
};

struct StreamHandle {
    Handle base;
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
        uv_tty_t tty;
    } uv;
    Value owner; /* the socket or server that hears what happens; kept from attach to close */
    StreamTap *tap;
    StreamFilter *filter; /* NULL: the stream's bytes are plain */
    /* Takes a new connection instead of JavaScript; false: JavaScript gets it after all. */
    bool (*accept)(StreamHandle *listener, StreamHandle *client);
    void *accept_data;
    Link crowded;     /* among the servers that wait for descriptors, see crowd.h */
    int crowded_from; /* the descriptor from which on that has to be looked into */
    Value user_buffer; /* reads go into this one, when the program gave one */
    char *user_bytes;
    size_t user_len;
    uint64_t bytes_read, bytes_written;
    bool is_closing, is_silent; /* silent: the realm ends, tell nobody */
    bool has_uv;                /* the libuv half was initialised and has to be closed */
};

/* What a module with a class of streams brings to stream_handle_new. */
extern const HandleClass tcp_class, pipe_class, tty_class;

/* *object: the caller's variable is what keeps it. */
StreamHandle *stream_handle_new(Realm *realm, const HandleClass *class, Object *object);
void stream_handle_dispose(Handle *handle);
/* The stream behind a value; NULL if it is none. */
StreamHandle *stream_handle_of(Value v);
/* `this` or argument i as a stream; throws if it is none. */
StreamHandle *call_stream(Call *call);
StreamHandle *call_stream_arg(Call *call, size_t i);

/* Sends what the socket takes at once; the rest is copied and follows. Negative: the error. 1: some is still
 * on its way and done(data, status) will be called; 0: all is with the kernel. */
typedef void (*StreamWriteDone)(void *data, int status);
int stream_handle_write(StreamHandle *stream, uv_buf_t *bufs, unsigned count, StreamWriteDone done,
                        void *data);
int stream_handle_read_start(StreamHandle *stream);
/* Tells the owner what a read came to: an error, the end, or so many bytes in its own buffer. */
void stream_handle_tell_read(StreamHandle *stream, int status);
/* A connection that came to this server in another way than over its own socket. Takes fd. */
void stream_handle_accepted(StreamHandle *server, int fd);
void stream_handle_close(StreamHandle *stream);

/* The same for plain bytes, whatever stands in between. A filter does not say when a write is done. */
StreamTap *stream_plain_tap(const StreamHandle *stream);
void stream_plain_tap_set(StreamHandle *stream, StreamTap *tap);
int stream_plain_write(StreamHandle *stream, uv_buf_t *bufs, unsigned count, StreamWriteDone done,
                       void *data);
void stream_plain_read(StreamHandle *stream, bool wants);
bool stream_plain_is_read(const StreamHandle *stream);

/* For connect requests of the modules: tells the owner. Takes the request's memory. */
typedef struct {
    uv_connect_t uv;
    StreamHandle *stream;
} StreamConnect;

StreamConnect *stream_connect_new(StreamHandle *stream);
void stream_connect_done(uv_connect_t *uv, int status);

Value stream_method_close(Call *call);
Value stream_method_ref(Call *call);
Value stream_method_unref(Call *call);
Value stream_method_has_ref(Call *call);
Value stream_method_fd(Call *call);
Value stream_method_attach(Call *call);
Value stream_method_read_start(Call *call);
Value stream_method_read_stop(Call *call);
Value stream_method_use_buffer(Call *call);
Value stream_method_shutdown(Call *call);
Value stream_method_listen(Call *call);
Value stream_method_set_blocking(Call *call);
Value stream_method_write_queue_size(Call *call);
Value stream_method_bytes_read(Call *call);
Value stream_method_bytes_written(Call *call);

/* The methods that every stream has, for the class tables. */
#define STREAM_METHODS                                                                                       \
    {"closeNow", stream_method_close}, {"ref", stream_method_ref}, {"unref", stream_method_unref},             \
        {"hasRef", stream_method_has_ref}, {"getFd", stream_method_fd}, {"attach", stream_method_attach},    \
        {"readStart", stream_method_read_start}, {"readStop", stream_method_read_stop},                      \
        {"useUserBuffer", stream_method_use_buffer}, {"shutdown", stream_method_shutdown},                   \
        {"listen", stream_method_listen}, {"setBlocking", stream_method_set_blocking},                       \
        {"getWriteQueueSize", stream_method_write_queue_size}, {"getBytesRead", stream_method_bytes_read}, { \
        "getBytesWritten", stream_method_bytes_written                                                       \
    }
