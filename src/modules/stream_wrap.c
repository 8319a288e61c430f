#include "modules/stream_wrap.h"

#include "engine/peek.h"
#include "modules/crowd.h"
#include "modules/modules.h"

#include <stdlib.h>
#include <unistd.h>

/* Most reads are small: they land in one block a realm and are copied out at their size; a read that
 * nearly fills the block takes the block itself along. */
enum { SCRATCH_SIZE = 65536, SCRATCH_KEEP = 32768 };

typedef struct {
    Object on_read, on_write, on_connection, on_connect, on_shutdown, on_close;
    char *scratch;
} StreamState;

static StreamState *state_of(Realm *realm) {
    void **slot = realm_slot(realm, SLOT_STREAMS);
    if (!*slot) *slot = NEW(StreamState);
    return *slot;
}

/* Calls the callback at `offset` of StreamState for the stream's owner. */
static void tell_at(StreamHandle *stream, size_t offset, size_t argc, const Value *argv) {
    if (stream->is_silent || !stream->owner) return;
    Object callback = *(Object *)((char *)state_of(stream->base.realm) + offset);
    if (callback) realm_dispatch(stream->base.realm, callback, stream->owner, argc, argv);
}
#define tell(stream, event, argc, argv) tell_at(stream, offsetof(StreamState, event), argc, argv)

StreamHandle *stream_handle_new(Realm *realm, const HandleClass *class, Object *object) {
    StreamHandle *stream = NEW(StreamHandle);
    *object = handle_open(realm, &stream->base, class);
    stream->uv.handle.data = stream;
    link_init(&stream->crowded);
    return stream;
}

StreamHandle *stream_handle_of(Value v) {
    static const HandleClass *const classes[] = {&tcp_class, &pipe_class, &tty_class};
    for (size_t i = 0; i < COUNT_OF(classes); i++) {
        Handle *handle = handle_of(v, classes[i]);
        if (handle) return (StreamHandle *)handle;
    }
    return NULL;
}

static StreamHandle *checked(Call *call, Value v) {
    StreamHandle *stream = stream_handle_of(v);
    if (!stream) throw_type(call, "ERR_INVALID_THIS", "Value of \"this\" must be a TCP, Pipe or TTY handle");
    return stream;
}

StreamHandle *call_stream(Call *call) {
    return checked(call, call->self);
}
StreamHandle *call_stream_arg(Call *call, size_t i) {
    return checked(call, call_arg(call, i));
}

/* Closing */
static void stream_free(StreamHandle *stream) {
    Realm *realm = stream->base.realm;
    if (stream->owner) value_drop(realm, stream->owner);
    if (stream->user_buffer) value_drop(realm, stream->user_buffer);
    if (stream->tap && stream->tap->closed) stream->tap->closed(stream->tap);
    handle_leave(&stream->base);
    mem_free(stream);
}

static void stream_closed(uv_handle_t *uv) {
    StreamHandle *stream = uv->data;
    Object object = stream->base.object;
    Object on_close = stream->is_silent ? NULL : state_of(stream->base.realm)->on_close;
    if (object && on_close && stream->owner) {
        Value argv[] = {object};
        realm_dispatch(stream->base.realm, on_close, stream->owner, 1, argv);
    }
    stream_free(stream);
}

void stream_handle_close(StreamHandle *stream) {
    if (stream->is_closing) return;
    stream->is_closing = true;
    link_remove(&stream->crowded);
    handle_pin(&stream->base);
    if (stream->has_uv) uv_close(&stream->uv.handle, stream_closed);
}

void stream_handle_dispose(Handle *handle) {
    StreamHandle *stream = (StreamHandle *)handle;
    stream->is_silent = true;
    if (stream->is_closing) return;
    stream->is_closing = true;
    link_remove(&stream->crowded);
    if (stream->has_uv)
        uv_close(&stream->uv.handle, stream_closed);
    else
        stream_free(stream);
}

Value stream_method_close(Call *call) {
    StreamHandle *stream = call_stream(call);
    if (stream) stream_handle_close(stream);
    return NULL;
}

/* Reading */
static void read_room(uv_handle_t *uv, size_t suggested, uv_buf_t *buf) {
    StreamHandle *stream = uv->data;
    if (stream->user_buffer) {
        *buf = uv_buf_init(stream->user_bytes, (unsigned)stream->user_len);
        return;
    }
    StreamState *state = state_of(stream->base.realm);
    if (!state->scratch) state->scratch = malloc(SCRATCH_SIZE);
    *buf = uv_buf_init(state->scratch, state->scratch ? SCRATCH_SIZE : 0);
}

void stream_handle_tell_read(StreamHandle *stream, int status) {
    Value argv[] = {value_undefined(), value_int(status)};
    tell(stream, on_read, 2, argv);
}

static void read_done(uv_stream_t *uv, ssize_t nread, const uv_buf_t *buf) {
    StreamHandle *stream = uv->data;
    Realm *realm = stream->base.realm;
    StreamState *state = state_of(realm);
    if (nread == 0) return; /* nothing there yet */
    if (nread > 0) stream->bytes_read += (uint64_t)nread;
    if (stream->tap) {
        stream->tap->read(stream->tap, buf->base, nread);
        return;
    }
    if (stream->is_silent) return;
    if (nread < 0 || stream->user_buffer) {
        stream_handle_tell_read(stream, (int)nread);
        return;
    }
    Object buffer;
    if (nread >= SCRATCH_KEEP) {
        state->scratch = NULL;
        buffer = buffer_adopt(realm, buf->base, (size_t)nread);
    } else {
        buffer = buffer_copy(realm, buf->base, (size_t)nread);
    }
    Value argv[] = {buffer, value_int((int)nread)};
    tell(stream, on_read, 2, argv);
}

int stream_handle_read_start(StreamHandle *stream) {
    if (stream->is_closing) return UV_EBADF;
    int err = uv_read_start(&stream->uv.stream, read_room, read_done);
    return err == UV_EALREADY ? 0 : err;
}

Value stream_method_read_start(Call *call) {
    StreamHandle *stream = call_stream(call);
    return stream ? value_int(stream_handle_read_start(stream)) : NULL;
}

Value stream_method_read_stop(Call *call) {
    StreamHandle *stream = call_stream(call);
    if (!stream) return NULL;
    return value_int(stream->is_closing ? UV_EBADF : uv_read_stop(&stream->uv.stream));
}

/* useUserBuffer(bytes): reads go into it; the owner hears only how many came. */
Value stream_method_use_buffer(Call *call) {
    StreamHandle *stream = call_stream(call);
    char *bytes;
    size_t len;
    if (!stream || !call_bytes(call, 0, &bytes, &len)) return NULL;
    if (stream->user_buffer) value_drop(call->realm, stream->user_buffer);
    stream->user_buffer = call_arg(call, 0);
    stream->user_bytes = bytes;
    stream->user_len = len;
    value_keep(call->realm, stream->user_buffer);
    return NULL;
}

/* Writing */
typedef struct {
    uv_write_t uv;
    StreamHandle *stream;
    StreamWriteDone done;
    void *data;
    char bytes[];
} StreamWrite;

static void write_done(uv_write_t *uv, int status) {
    StreamWrite *request = CONTAINER_OF(uv, StreamWrite, uv);
    request->done(request->data, status);
    mem_free(request);
}

/* The buffers, from byte `from` on, in one block that outlives the call. */
static int write_later(StreamHandle *stream, const uv_buf_t *bufs, unsigned count, size_t total, size_t from,
                       StreamWriteDone done, void *data) {
    StreamWrite *request = malloc(sizeof *request + (total - from));
    if (!request) return UV_ENOMEM;
    *request = (StreamWrite){.stream = stream, .done = done, .data = data};
    size_t at = 0;
    for (unsigned i = 0; i < count; i++) {
        size_t skip = from < bufs[i].len ? from : bufs[i].len;
        from -= skip;
        memcpy(request->bytes + at, bufs[i].base + skip, bufs[i].len - skip);
        at += bufs[i].len - skip;
    }
    uv_buf_t rest = uv_buf_init(request->bytes, (unsigned)at);
    int err = uv_write(&request->uv, &stream->uv.stream, &rest, 1, write_done);
    if (err) mem_free(request);
    return err ? err : 1;
}

int stream_handle_write(StreamHandle *stream, uv_buf_t *bufs, unsigned count, StreamWriteDone done,
                        void *data) {
    if (stream->is_closing) return UV_EBADF;
    size_t total = 0;
    for (unsigned i = 0; i < count; i++)
        total += bufs[i].len;
    stream->bytes_written += total;
    if (!total) return 0;
    int sent = uv_try_write(&stream->uv.stream, bufs, count);
    if (sent == (int)total) return 0;
    if (sent < 0 && sent != UV_EAGAIN && sent != UV_ENOSYS) return sent;
    return write_later(stream, bufs, count, total, sent > 0 ? (size_t)sent : 0, done, data);
}

StreamTap *stream_plain_tap(const StreamHandle *stream) {
    return stream->filter ? stream->filter->above : stream->tap;
}

void stream_plain_tap_set(StreamHandle *stream, StreamTap *tap) {
    if (stream->filter)
        stream->filter->above = tap;
    else
        stream->tap = tap;
}

int stream_plain_write(StreamHandle *stream, uv_buf_t *bufs, unsigned count, StreamWriteDone done,
                       void *data) {
    if (stream->filter) return stream->filter->write(stream->filter, bufs, count);
    return stream_handle_write(stream, bufs, count, done, data);
}

void stream_plain_read(StreamHandle *stream, bool wants) {
    if (stream->filter)
        stream->filter->read(stream->filter, wants);
    else if (wants)
        stream_handle_read_start(stream);
    else
        uv_read_stop(&stream->uv.stream);
}

bool stream_plain_is_read(const StreamHandle *stream) {
    return stream->filter ? stream->filter->is_read(stream->filter) : uv_is_active(&stream->uv.handle);
}

static void owner_write_done(void *data, int status) {
    StreamHandle *stream = data;
    Value argv[] = {value_int(status)};
    tell(stream, on_write, 1, argv);
}

static Value write_text(Call *call, StreamHandle *stream, bool is_latin1) {
    Bytes room = {0};
    CHARS text = {0};
    if (!chars_open(call->realm, call_arg(call, 1), &text))
        return throw_type(call, "ERR_INVALID_ARG_TYPE", "argument 1 must be a string or bytes");
    Slice bytes = chars_bytes(&text, is_latin1, &room);
    uv_buf_t buf = uv_buf_init((char *)bytes.data, (unsigned)bytes.len);
    int result = stream_handle_write(stream, &buf, 1, owner_write_done, stream);
    bytes_free(&room);
    return value_int(result);
}

/* write(handle, bytes or text, is_latin1) -> 0: done, 1: the owner will hear of it, negative: an error */
static Value stream_write(Call *call) {
    StreamHandle *stream = call_stream_arg(call, 0);
    if (!stream) return NULL;
    char *bytes;
    size_t len;
    if (peek_bytes(call->realm, call_arg(call, 1), &bytes, &len)) {
        uv_buf_t buf = uv_buf_init(bytes, (unsigned)len);
        return value_int(stream_handle_write(stream, &buf, 1, owner_write_done, stream));
    }
    return write_text(call, stream, call_bool(call, 2));
}

/* writev(handle, bytes, bytes, …) -> as write */
static Value stream_writev(Call *call) {
    StreamHandle *stream = call_stream_arg(call, 0);
    if (!stream) return NULL;
    unsigned count = (unsigned)call->argc - 1;
    uv_buf_t room[64], *bufs = count <= COUNT_OF(room) ? room : mem_new(count * sizeof *bufs);
    Value result = NULL;
    for (unsigned i = 0; i < count; i++) {
        size_t len;
        if (!call_bytes(call, i + 1, &bufs[i].base, &len)) goto end;
        bufs[i].len = len;
    }
    result = value_int(stream_handle_write(stream, bufs, count, owner_write_done, stream));
end:
    if (bufs != room) mem_free(bufs);
    return result;
}

typedef struct {
    uv_shutdown_t uv;
    StreamHandle *stream;
} StreamShutdown;

static void shutdown_done(uv_shutdown_t *uv, int status) {
    StreamShutdown *request = CONTAINER_OF(uv, StreamShutdown, uv);
    StreamHandle *stream = request->stream;
    mem_free(request);
    Value argv[] = {value_int(status)};
    tell(stream, on_shutdown, 1, argv);
}

/* shutdown() -> 0 or an error; the owner hears when what was written is out and the end sent */
Value stream_method_shutdown(Call *call) {
    StreamHandle *stream = call_stream(call);
    if (!stream) return NULL;
    if (stream->is_closing) return value_int(UV_ENOTCONN);
    StreamShutdown *request = NEW(StreamShutdown);
    request->stream = stream;
    int err = uv_shutdown(&request->uv, &stream->uv.stream, shutdown_done);
    if (err) mem_free(request);
    return value_int(err);
}

/* Connecting and listening */
StreamConnect *stream_connect_new(StreamHandle *stream) {
    StreamConnect *request = NEW(StreamConnect);
    request->stream = stream;
    return request;
}

void stream_connect_done(uv_connect_t *uv, int status) {
    StreamConnect *request = CONTAINER_OF(uv, StreamConnect, uv);
    StreamHandle *stream = request->stream;
    mem_free(request);
    Value argv[] = {value_int(status), stream->base.object};
    tell(stream, on_connect, 2, argv);
}

static void connection_take(StreamHandle *server, int status) {
    Realm *realm = server->base.realm;
    Value argv[] = {value_int(status), value_undefined()};
    Object object;
    if (status == 0) {
        StreamHandle *client = stream_handle_new(realm, server->base.class, &object);
        int err = server->base.class == &tcp_class ? uv_tcp_init(&realm->loop, &client->uv.tcp)
                                                   : uv_pipe_init(&realm->loop, &client->uv.pipe, 0);
        client->has_uv = !err;
        if (!err) err = uv_accept(&server->uv.stream, &client->uv.stream);
        if (err == UV_EAGAIN) { /* another process was faster */
            stream_handle_close(client);
            return;
        }
        if (!err && server->accept && server->accept(server, client)) return;
        argv[0] = value_int(err);
        argv[1] = object;
    }
    tell(server, on_connection, 2, argv);
}

static void connection_resume(StreamHandle *server) {
    connection_take(server, 0);
}

/* libuv listens no further while a connection is not accepted. */
static void connection_came(uv_stream_t *uv, int status) {
    StreamHandle *server = uv->data;
    if (status == 0 && crowd_must_wait(server, connection_resume)) return;
    connection_take(server, status);
}

void stream_handle_accepted(StreamHandle *server, int fd) {
    Realm *realm = server->base.realm;
    bool is_tcp = server->base.class == &tcp_class;
    Object object;
    StreamHandle *client = stream_handle_new(realm, server->base.class, &object);
    int err =
        is_tcp ? uv_tcp_init(&realm->loop, &client->uv.tcp) : uv_pipe_init(&realm->loop, &client->uv.pipe, 0);
    client->has_uv = !err;
    if (!err) err = is_tcp ? uv_tcp_open(&client->uv.tcp, fd) : uv_pipe_open(&client->uv.pipe, fd);
    if (err) {
        close(fd);
        stream_handle_close(client);
        return;
    }
    if (server->accept && server->accept(server, client)) return;
    Value argv[] = {value_int(0), object};
    tell(server, on_connection, 2, argv);
}

/* listen(backlog) -> 0 or an error */
Value stream_method_listen(Call *call) {
    StreamHandle *stream = call_stream(call);
    if (!stream) return NULL;
    if (stream->is_closing) return value_int(UV_EBADF);
    return value_int(uv_listen(&stream->uv.stream, call_int(call, 0), connection_came));
}

/* The rest */
Value stream_method_ref(Call *call) {
    StreamHandle *stream = call_stream(call);
    if (stream && !stream->is_closing) uv_ref(&stream->uv.handle);
    return NULL;
}

Value stream_method_unref(Call *call) {
    StreamHandle *stream = call_stream(call);
    if (stream && !stream->is_closing) uv_unref(&stream->uv.handle);
    return NULL;
}

Value stream_method_has_ref(Call *call) {
    StreamHandle *stream = call_stream(call);
    return stream ? value_bool(!stream->is_closing && uv_has_ref(&stream->uv.handle)) : NULL;
}

Value stream_method_fd(Call *call) {
    StreamHandle *stream = call_stream(call);
    if (!stream) return NULL;
    uv_os_fd_t fd = -1;
    if (!stream->is_closing) uv_fileno(&stream->uv.handle, &fd);
    return value_int(fd);
}

/* attach(owner): who hears of what happens, and what keeps the handle alive until it is closed */
Value stream_method_attach(Call *call) {
    StreamHandle *stream = call_stream(call);
    if (!stream || stream->is_closing) return NULL;
    Realm *realm = call->realm;
    if (stream->owner)
        value_drop(realm, stream->owner);
    else
        handle_pin(&stream->base);
    stream->owner = call_arg(call, 0);
    value_keep(realm, stream->owner);
    return NULL;
}

Value stream_method_set_blocking(Call *call) {
    StreamHandle *stream = call_stream(call);
    if (!stream) return NULL;
    return value_int(stream->is_closing ? UV_EBADF
                                        : uv_stream_set_blocking(&stream->uv.stream, call_bool(call, 0)));
}

Value stream_method_write_queue_size(Call *call) {
    StreamHandle *stream = call_stream(call);
    if (!stream) return NULL;
    return value_number(stream->is_closing ? 0 : (double)uv_stream_get_write_queue_size(&stream->uv.stream));
}

Value stream_method_bytes_read(Call *call) {
    StreamHandle *stream = call_stream(call);
    return stream ? value_number((double)stream->bytes_read) : NULL;
}

Value stream_method_bytes_written(Call *call) {
    StreamHandle *stream = call_stream(call);
    return stream ? value_number((double)stream->bytes_written) : NULL;
}

/* setCallbacks(read, write, connection, connect, shutdown, close): called with the owner as `this` */
static Value stream_set_callbacks(Call *call) {
    StreamState *state = state_of(call->realm);
    Object *places[] = {&state->on_read,    &state->on_write,    &state->on_connection,
                        &state->on_connect, &state->on_shutdown, &state->on_close};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        *places[i] = call_function(call, i);
        if (*places[i]) value_keep(call->realm, *places[i]);
    }
    return NULL;
}

static void stream_teardown(Realm *realm) {
    crowd_teardown(realm);
    StreamState *state = *realm_slot(realm, SLOT_STREAMS);
    if (!state) return;
    free(state->scratch);
    mem_free(state);
    *realm_slot(realm, SLOT_STREAMS) = NULL;
}

static const Native functions[] = {
    {"setCallbacks", stream_set_callbacks},
    {"write",              stream_write},
    {"writev",stream_writev},
    {0      }
};

static void stream_setup(Realm *realm, Object binding) {
    object_set(realm, binding, "TCP", handle_prototype(realm, &tcp_class));
    object_set(realm, binding, "Pipe", handle_prototype(realm, &pipe_class));
    object_set(realm, binding, "TTY", handle_prototype(realm, &tty_class));
}

const Module stream_wrap_module = {"stream_wrap", functions, stream_setup, stream_teardown};
