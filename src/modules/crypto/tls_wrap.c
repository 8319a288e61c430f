#include "modules/crypto/tls_wrap.h"

#include "modules/modules.h"

#include <openssl/err.h>
#include <stdlib.h>

enum { CLEAR_ROOM = 65536, CLEAR_KEEP = 32768, MAX_PART = 1 << 30, OUTPUT_GATHERED = 65536 };
enum { CONNECTION_BYTES = 16384 }; /* about what OpenSSL keeps for one */

static const Native wrap_methods[];
static void wrap_dispose(Handle *handle);
static const HandleClass wrap_class = {"TLSWrap", wrap_methods, wrap_dispose};

TlsWrap *tls_wrap_of(SSL *ssl) {
    return SSL_get_app_data(ssl);
}

TlsWrap *call_wrap(Call *call) {
    TlsWrap *self = (TlsWrap *)call_handle(call, &wrap_class);
    if (self && !self->ssl) {
        throw_error(call, "ERR_TLS_HANDLE_CLOSED", "The TLS connection is closed");
        return NULL;
    }
    return self;
}

static void tell(TlsWrap *self, int hook, size_t argc, const Value *argv) {
    Object function = self->state->hooks[hook];
    if (function && self->owner) realm_dispatch(self->handle.realm, function, self->owner, argc, argv);
}

Value tls_ask(TlsWrap *self, int hook, size_t argc, const Value *argv) {
    Object function = self->state->hooks[hook];
    if (!function || !self->owner) return value_undefined();
    Value exception = NULL;
    self->state->has_asked = true;
    Value value = realm_call(self->handle.realm, function, self->owner, argc, argv, &exception);
    if (value) return value;
    /* Told when OpenSSL has returned. */
    object_set(self->handle.realm, self->handle.object, "thrown", exception);
    return NULL;
}

static void wrap_free_ssl(TlsWrap *self) {
    if (self->in_cycle || self->in_ssl || !self->ssl) return;
    SSL_free(self->ssl);
    self->ssl = NULL;
    if (self->next_session) SSL_SESSION_free(self->next_session);
    self->next_session = NULL;
}

/* The stream goes its own way: it may be freed before this connection is. */
static void stream_leave(TlsWrap *self) {
    if (self->stream && self->stream->tap == &self->tap) {
        self->stream->tap = NULL;
        self->stream->filter = NULL;
    }
    self->stream = NULL;
}

static void above_leave(TlsWrap *self) {
    StreamTap *above = self->filter.above;
    self->filter.above = NULL;
    if (above) above->closed(above);
}

static void wrap_free(TlsWrap *self) {
    bytes_free(&self->plain_waiting);
    bytes_free(&self->failure);
    bytes_free(&self->alpn);
    bytes_free(&self->ocsp_response);
    mem_free(self);
}

static void wrap_dispose(Handle *handle) {
    TlsWrap *self = (TlsWrap *)handle;
    self->is_closed = self->is_disposed = true;
    self->owner = NULL;
    above_leave(self);
    stream_leave(self);
    wrap_free_ssl(self);
    handle_leave(handle);
    if (!self->refs) wrap_free(self);
}

/* A request that outlives calls keeps the connection, and its memory even when the realm ends. */
static void wrap_hold(TlsWrap *self) {
    self->refs++;
    handle_pin(&self->handle);
}
static void wrap_release(TlsWrap *self) {
    handle_unpin(&self->handle);
    if (--self->refs == 0 && self->is_disposed) wrap_free(self);
}

/* Between the two OpenSSL is at work: JavaScript that it calls may close the connection, which is freed then
 * when OpenSSL has returned. */
static void ssl_enter(TlsWrap *self) {
    ERR_clear_error();
    self->in_ssl++;
}
static void ssl_leave(TlsWrap *self) {
    if (--self->in_ssl == 0 && self->is_closed) wrap_free_ssl(self);
}

/* Errors are taken from OpenSSL's queue when they are made, because whatever JavaScript does next may use the
 * queue as well. */
static void failure_note(TlsWrap *self) {
    self->failure_code = ERR_peek_error();
    BIO_AUTO bio = BIO_new(BIO_s_mem());
    ERR_print_errors(bio);
    char *text;
    long len = BIO_get_mem_data(bio, &text);
    bytes_clear(&self->failure);
    if (len > 0)
        bytes_append(&self->failure, text, (size_t)len);
    else
        bytes_append_str(&self->failure, "TLS failed");
}

static void failure_tell(TlsWrap *self) {
    Realm *realm = self->handle.realm;
    Value argv[] = {error_new(realm, "Error", NULL, self->failure.data)};
    if (self->failure_code && value_object(realm, argv[0]))
        ssl_error_decorate(realm, (Object)argv[0], self->failure_code);
    bytes_free(&self->failure);
    self->has_failed = true;
    tell(self, TLS_ERROR, 1, argv);
}

/* What a hook threw that OpenSSL called. */
static bool thrown_tell(TlsWrap *self) {
    Realm *realm = self->handle.realm;
    if (!self->handle.object) return false;
    Value thrown = object_get(realm, self->handle.object, "thrown");
    if (value_is_undefined(thrown)) return false;
    object_set(realm, self->handle.object, "thrown", value_undefined());
    self->has_failed = true;
    Value argv[] = {thrown};
    tell(self, TLS_ERROR, 1, argv);
    return true;
}

/* Output */
static void output_done(TlsWrap *self, int status);

static void stream_output_done(void *data, int status) {
    TlsWrap *self = data;
    self->output_is_out = false;
    output_done(self, status);
    wrap_release(self);
}

static void written(TlsWrap *self, int status) {
    if (!self->write_waits) return;
    self->write_waits = false;
    Value argv[] = {value_int(status)};
    tell(self, TLS_WRITTEN, 1, argv);
}

/* Sends what the SSL has to say. Negative: an error; 1: it is on its way; 0: nothing is left here. */
static int output_send(TlsWrap *self) {
    if (self->output_is_out) return 1;
    char *data;
    long len = BIO_get_mem_data(self->to_net, &data);
    if (len <= 0) return 0;
    if (!self->is_carried) {
        if (!self->stream) return UV_EPIPE;
        uv_buf_t buf = uv_buf_init(data, (unsigned)len);
        int result = stream_handle_write(self->stream, &buf, 1, stream_output_done, self);
        (void)BIO_reset(self->to_net);
        if (result == 1) {
            self->output_is_out = true;
            wrap_hold(self);
        }
        return result;
    }
    if (self->is_closed) return UV_EPIPE;
    self->output_is_out = true;
    Value argv[] = {buffer_copy(self->handle.realm, data, (size_t)len)};
    (void)BIO_reset(self->to_net);
    tell(self, TLS_OUTPUT, 1, argv);
    return 1;
}

static void output_done(TlsWrap *self, int status) {
    if (status < 0) {
        written(self, status);
        return;
    }
    if (self->is_closed) {
        written(self, UV_ECANCELED);
        return;
    }
    tls_cycle(self);
}

/* Runs one of OpenSSL's operations; what it says is noted if it failed. */
static int ssl_run(TlsWrap *self, int (*operation)(SSL *ssl, void *bytes, int len), void *bytes, size_t len,
                   int *why) {
    ssl_enter(self);
    int n = operation(self->ssl, bytes, len < MAX_PART ? (int)len : MAX_PART);
    *why = n > 0 ? SSL_ERROR_NONE : SSL_get_error(self->ssl, n);
    if (*why == SSL_ERROR_SYSCALL && !ERR_peek_error()) *why = SSL_ERROR_WANT_READ; /* the end came early */
    if (*why == SSL_ERROR_SSL || *why == SSL_ERROR_SYSCALL) {
        failure_note(self);
        *why = SSL_ERROR_SSL;
    }
    ssl_leave(self);
    return n;
}

static int ssl_write(SSL *ssl, void *bytes, int len) {
    return SSL_write(ssl, bytes, len);
}

/* Plain bytes that waited; false after an error. */
static bool plain_write(TlsWrap *self) {
    Bytes *waiting = &self->plain_waiting;
    if (!waiting->len || self->has_failed || self->cert_waits || self->hello_waits) return true;
    int why, n = ssl_run(self, ssl_write, waiting->data, waiting->len, &why);
    if (n > 0) {
        bytes_consume(waiting, (size_t)n);
        if (!waiting->len) bytes_free(waiting);
    }
    return why != SSL_ERROR_SSL;
}

/* What happened inside OpenSSL's callbacks, told where JavaScript may do anything. */
static void tell_handshake(TlsWrap *self) {
    if (self->start_waits) {
        self->start_waits = false;
        tell(self, TLS_START, 0, NULL);
    }
    if (self->done_waits && !self->is_closed) {
        self->done_waits = false;
        self->is_established = true;
        /* A client that does not like the server's certificate leaves before the server hears that all is
         * well. */
        if (self->is_server) output_send(self);
        tell(self, TLS_DONE, 0, NULL);
    }
}

/* Into the buffer that the program gave, as often as it takes. */
static void deliver_in_place(TlsWrap *self, const char *bytes, size_t len) {
    char *room;
    size_t size;
    while (len && !self->is_closed && self->user_buffer) {
        if (!value_bytes(self->handle.realm, self->user_buffer, &room, &size) || !size) return;
        size_t part = len < size ? len : size;
        memcpy(room, bytes, part);
        Value argv[] = {value_undefined(), value_int((int)part)};
        tell(self, TLS_READ, 2, argv);
        bytes += part;
        len -= part;
    }
}

/* Gives `room` away if it is nearly full, and then it is NULL. */
static void deliver(TlsWrap *self, char **room, size_t len) {
    Realm *realm = self->handle.realm;
    self->bytes_read += len;
    if (self->filter.above) {
        self->filter.above->read(self->filter.above, *room, (ssize_t)len);
        return;
    }
    if (self->user_buffer) {
        deliver_in_place(self, *room, len);
        return;
    }
    Value argv[] = {len >= CLEAR_KEEP ? buffer_adopt(realm, *room, len) : buffer_copy(realm, *room, len),
                    value_int((int)len)};
    if (len >= CLEAR_KEEP) *room = NULL;
    tell(self, TLS_READ, 2, argv);
}

static void tell_end(TlsWrap *self, int status) {
    if (self->told_end) return;
    self->told_end = true;
    if (self->filter.above) {
        self->filter.above->read(self->filter.above, NULL, status);
        return;
    }
    Value argv[] = {value_undefined(), value_int(status)};
    tell(self, TLS_READ, 2, argv);
}

/* The bytes of as many records as there are, so that they make one call; `*earlier` of them came before a
 * handshake that was met on the way. */
static size_t records_read(TlsWrap *self, char *room, int *why, size_t *earlier) {
    size_t at = 0;
    *why = SSL_ERROR_NONE;
    while (at < CLEAR_ROOM && *why == SSL_ERROR_NONE && !self->done_waits && !self->start_waits) {
        *earlier = at;
        int n = ssl_run(self, SSL_read, room + at, CLEAR_ROOM - at, why);
        if (n > 0) at += (size_t)n;
    }
    return at;
}

/* What the other side sent before it asked for another handshake is told before that. */
static size_t deliver_earlier(TlsWrap *self, char *room, size_t earlier, size_t len) {
    char *part = malloc(earlier);
    if (!part) abort();
    memcpy(part, room, earlier);
    deliver(self, &part, earlier);
    free(part);
    memmove(room, room + earlier, len - earlier);
    return len - earlier;
}

static bool plain_is_wanted(const TlsWrap *self) {
    return !self->is_closed && !self->has_failed && !self->hello_waits && !self->cert_waits &&
           (self->is_reading || !self->is_established);
}

/* Plain bytes out, as long as somebody wants them. False after an error. */
static bool plain_read(TlsWrap *self) {
    char *room = self->state->scratch;
    self->state->scratch = NULL; /* JavaScript may read from another connection meanwhile */
    int why = SSL_ERROR_NONE;
    while (why == SSL_ERROR_NONE && plain_is_wanted(self)) {
        if (!room) room = malloc(CLEAR_ROOM);
        if (!room) abort();
        size_t earlier = 0, len = records_read(self, room, &why, &earlier);
        if (earlier && (self->start_waits || self->done_waits))
            len = deliver_earlier(self, room, earlier, len);
        tell_handshake(self);
        if (len && !self->is_closed) deliver(self, &room, len);
        if (why == SSL_ERROR_ZERO_RETURN) tell_end(self, UV_EOF);
    }
    if (self->is_disposed || self->state->scratch)
        free(room);
    else
        self->state->scratch = room;
    return why != SSL_ERROR_SSL;
}

/* Everything that can be done now: read, write, tell. Safe to call from whatever JavaScript does inside. */
void tls_cycle(TlsWrap *self) {
    if (self->in_cycle) {
        self->cycle_again = true;
        return;
    }
    if (!self->ssl) return;
    self->in_cycle = true;
    wrap_hold(self);
    do {
        self->cycle_again = false;
        if (self->is_closed || !self->has_started) break;
        bool fine = self->has_failed || plain_read(self);
        if (fine && !self->is_closed && !self->has_failed) {
            fine = plain_write(self);
            tell_handshake(self);
        }
        if (!fine && !self->is_closed) {
            output_send(self); /* the alert */
            if (!thrown_tell(self) && !self->has_failed) failure_tell(self);
        }
        if (self->is_closed) break;
        int sent = output_send(self);
        if (sent < 0)
            written(self, sent);
        else if (sent == 0 && !self->plain_waiting.len)
            written(self, 0);
        if (self->net_ended && !self->is_closed && !self->has_failed &&
            (self->is_reading || !self->is_established))
            tell_end(self, UV_EOF);
    } while (self->cycle_again && !self->is_closed);
    self->in_cycle = false;
    if (self->is_closed) wrap_free_ssl(self);
    wrap_release(self);
}

void tls_handshake(TlsWrap *self) {
    ssl_enter(self);
    SSL_do_handshake(self->ssl);
    ERR_clear_error();
    ssl_leave(self);
    tls_cycle(self);
}

/* The network side */
static void net_came(TlsWrap *self, const char *bytes, ssize_t nread) {
    if (self->is_closed || !self->ssl) return;
    if (nread >= 0) {
        BIO_write(self->from_net, bytes, (int)nread);
    } else if (nread == UV_EOF) {
        self->net_ended = true;
    } else {
        tell_end(self, (int)nread);
        return;
    }
    tls_cycle(self);
    if (self->stream && self->is_established && !self->is_reading && !self->is_closed &&
        BIO_ctrl_pending(self->from_net) > CLEAR_ROOM)
        uv_read_stop(&self->stream->uv.stream);
}

static void tap_read(StreamTap *tap, const char *bytes, ssize_t nread) {
    TlsWrap *self = CONTAINER_OF(tap, TlsWrap, tap);
    Realm *realm = self->handle.realm;
    TlsState *state = self->state;
    net_came(self, bytes, nread);
    if (!state->has_asked) return;
    /* What OpenSSL's questions left for the end of the turn: the answer, often. */
    state->has_asked = false;
    if (state->hooks[TLS_TURN]) realm_dispatch(realm, state->hooks[TLS_TURN], NULL, 0, NULL);
}

static void tap_closed(StreamTap *tap) {
    TlsWrap *self = CONTAINER_OF(tap, TlsWrap, tap);
    above_leave(self);
    self->stream = NULL;
    if (!self->closes_above) return;
    self->closes_above = false;
    wrap_release(self);
}

/* Encrypts at once what can be; the rest waits. */
static void plain_add(TlsWrap *self, const char *bytes, size_t len) {
    size_t taken = 0;
    self->bytes_written += len;
    if (!self->in_ssl && self->is_established && !self->plain_waiting.len && len) {
        int why, n = ssl_run(self, ssl_write, (void *)bytes, len, &why);
        if (n > 0) taken = (size_t)n;
    }
    if (taken < len && !self->is_closed) bytes_append(&self->plain_waiting, bytes + taken, len - taken);
}

/* Sends what was added: 1 if it, or what happened meanwhile, takes a cycle. What is written within one goes
 * out together when it ends. */
static int plain_send(TlsWrap *self) {
    if (self->is_closed) return UV_EBADF;
    bool has_news = self->start_waits || self->done_waits;
    /* An empty write still starts a handshake and flushes. */
    if (self->plain_waiting.len || self->in_ssl || !self->is_established || has_news) {
        tls_cycle(self);
        return 1;
    }
    bool goes_with_others = self->in_cycle && BIO_ctrl_pending(self->to_net) < OUTPUT_GATHERED;
    return goes_with_others && !self->output_is_out ? 0 : output_send(self);
}

/* What C above writes and wants */
static int filter_write(StreamFilter *filter, const uv_buf_t *bufs, unsigned count) {
    TlsWrap *self = CONTAINER_OF(filter, TlsWrap, filter);
    if (self->is_closed || !self->ssl || self->has_failed) return UV_EPIPE;
    for (unsigned i = 0; i < count; i++)
        plain_add(self, bufs[i].base, bufs[i].len);
    return plain_send(self);
}

static int want_plain(TlsWrap *self, bool wants) {
    if (self->is_closed) return UV_EBADF;
    self->is_reading = wants;
    if (!wants) return 0;
    int err = self->stream ? stream_handle_read_start(self->stream) : 0;
    if (self->has_started && self->is_established) tls_cycle(self);
    return err;
}

static void filter_read(StreamFilter *filter, bool wants) {
    want_plain(CONTAINER_OF(filter, TlsWrap, filter), wants);
}

static bool filter_is_read(const StreamFilter *filter) {
    return CONTAINER_OF(filter, TlsWrap, filter)->is_reading;
}

static void handshake_info(const SSL *ssl, int where, int ret) {
    if (!(where & (SSL_CB_HANDSHAKE_START | SSL_CB_HANDSHAKE_DONE))) return;
    TlsWrap *self = SSL_get_app_data(ssl);
    if (where & SSL_CB_HANDSHAKE_START) self->start_waits = true;
    /* SSL_renegotiate_pending: more than this handshake is to come. */
    if (where & SSL_CB_HANDSHAKE_DONE && !SSL_renegotiate_pending((SSL *)ssl)) self->done_waits = true;
}

static int accept_any_chain(int fine, X509_STORE_CTX *store) {
    /* JavaScript decides, when the handshake is done, from verifyError(). */
    return 1;
}

/* wrapOpen(context, is server) */
static Value wrap_open(Call *call) {
    TlsContext *context = call_context(call, 0);
    if (!context) return throw_type(call, "ERR_INVALID_ARG_TYPE", "A secure context is missing");
    Realm *realm = call->realm;
    TlsWrap *self = NEW(TlsWrap);
    self->is_server = call_bool(call, 1);
    self->ssl = SSL_new(context->ctx);
    self->state = *realm_slot(realm, SLOT_TLS);
    SSL_set_app_data(self->ssl, self);
    self->from_net = BIO_new(BIO_s_mem());
    self->to_net = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(self->from_net, -1);
    BIO_set_mem_eof_return(self->to_net, -1);
    SSL_set_bio(self->ssl, self->from_net, self->to_net);
    SSL_set_mode(self->ssl,
                 SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
    SSL_set_info_callback(self->ssl, handshake_info);
    SSL_set_verify(self->ssl, SSL_VERIFY_NONE, accept_any_chain);
    if (self->is_server)
        SSL_set_accept_state(self->ssl);
    else
        SSL_set_connect_state(self->ssl);
    self->tap = (StreamTap){tap_read, tap_closed};
    self->filter = (StreamFilter){.write = filter_write, .read = filter_read, .is_read = filter_is_read};
    Object object = handle_open(realm, &self->handle, &wrap_class);
    handle_weigh(&self->handle, CONNECTION_BYTES);
    object_set(realm, object, "context", call_arg(call, 0));
    return object;
}

static Value wrap_attach(Call *call) {
    TlsWrap *self = call_wrap(call);
    if (!self || self->is_closed) return NULL;
    if (self->owner)
        value_drop(call->realm, self->owner);
    else
        handle_pin(&self->handle);
    self->owner = call_arg(call, 0);
    value_keep(call->realm, self->owner);
    return value_undefined();
}

/* setStream(native stream): its bytes are this connection's from now on */
static Value wrap_set_stream(Call *call) {
    TlsWrap *self = call_wrap(call);
    if (!self) return NULL;
    StreamHandle *stream = stream_handle_of(call_arg(call, 0));
    if (!stream) return value_bool(false);
    stream_leave(self);
    if (stream->tap && stream->tap->closed) stream->tap->closed(stream->tap);
    self->stream = stream;
    stream->tap = &self->tap;
    stream->filter = &self->filter;
    object_set(call->realm, self->handle.object, "stream", call_arg(call, 0));
    return value_bool(true);
}

/* carry(): JavaScript brings and takes the bytes */
static Value wrap_carry(Call *call) {
    TlsWrap *self = call_wrap(call);
    if (self) self->is_carried = true;
    return value_undefined();
}

static Value wrap_start(Call *call) {
    TlsWrap *self = call_wrap(call);
    if (!self) return NULL;
    self->has_started = true;
    if (self->stream) stream_handle_read_start(self->stream);
    tls_cycle(self);
    return value_undefined();
}

static Value wrap_read_start(Call *call) {
    TlsWrap *self = (TlsWrap *)call_handle(call, &wrap_class);
    return value_int(self ? want_plain(self, true) : UV_EBADF);
}

static Value wrap_read_stop(Call *call) {
    TlsWrap *self = (TlsWrap *)call_handle(call, &wrap_class);
    return value_int(self ? want_plain(self, false) : UV_EBADF);
}

/* write(bytes or text) -> 0: done, or will be when this cycle ends; 1: TLS_WRITTEN tells; negative: an error
 */
static Value wrap_write(Call *call) {
    TlsWrap *self = call_wrap(call);
    VIEW data = {0};
    if (!self) return NULL;
    /* OpenSSL may call JavaScript while it reads them: a Buffer's bytes must stay where they are. */
    if (!value_bytes(call->realm, call_arg(call, 0), &data.data, &data.len) && !call_view(call, 0, &data))
        return NULL;
    if (self->is_closed) return value_int(UV_EBADF);
    if (self->has_failed) return value_int(UV_EPROTO);
    self->has_started = true;
    plain_add(self, data.data, data.len);
    self->write_waits = true;
    int sent = plain_send(self);
    if (sent != 1) self->write_waits = false;
    return value_int(sent);
}

static void shutdown_done(uv_shutdown_t *request, int status) {
    TlsWrap *self = CONTAINER_OF(request, TlsWrap, shutdown);
    Value argv[] = {value_int(status)};
    tell(self, TLS_SHUTDOWN, 1, argv);
    wrap_release(self);
}

/* shutdown() -> as a stream's; 2: JavaScript has to end what carries the bytes */
static Value wrap_shutdown(Call *call) {
    TlsWrap *self = (TlsWrap *)call_handle(call, &wrap_class);
    if (!self || self->is_closed || !self->ssl) return value_int(UV_ENOTCONN);
    ssl_enter(self);
    if (!SSL_in_init(self->ssl)) SSL_shutdown(self->ssl);
    ERR_clear_error();
    ssl_leave(self);
    if (self->is_closed) return value_int(UV_ENOTCONN);
    output_send(self);
    if (self->is_carried) return value_int(2);
    if (!self->stream) return value_int(UV_ENOTCONN);
    if (self->stream->is_closing) return value_int(UV_ENOTCONN);
    int err = uv_shutdown(&self->shutdown, &self->stream->uv.stream, shutdown_done);
    if (!err) wrap_hold(self);
    return value_int(err);
}

/* The connection is over; whoever owns the stream closes it. */
static Value wrap_close(Call *call) {
    TlsWrap *self = (TlsWrap *)call_handle(call, &wrap_class);
    if (!self || self->is_closed) return value_undefined();
    /* What was written in this cycle. */
    if (self->ssl && self->stream && !self->in_ssl && self->bytes_written) output_send(self);
    self->is_closed = true;
    if (self->filter.above && self->stream) {
        self->closes_above = true;
        wrap_hold(self);
    } else {
        stream_leave(self);
    }
    if (self->user_buffer) value_drop(call->realm, self->user_buffer);
    self->user_buffer = NULL;
    wrap_free_ssl(self);
    if (self->owner) {
        value_drop(call->realm, self->owner);
        self->owner = NULL;
        handle_unpin(&self->handle);
    }
    return value_undefined();
}

static Value wrap_receive(Call *call) {
    TlsWrap *self = (TlsWrap *)call_handle(call, &wrap_class);
    if (!self || self->is_closed) return value_undefined();
    char *data;
    size_t len;
    if (value_bytes(call->realm, call_arg(call, 0), &data, &len))
        net_came(self, data, (ssize_t)len);
    else
        net_came(self, NULL, call_int(call, 0));
    return value_undefined();
}

static Value wrap_output_done(Call *call) {
    TlsWrap *self = (TlsWrap *)call_handle(call, &wrap_class);
    if (!self || !self->output_is_out) return value_undefined();
    self->output_is_out = false;
    output_done(self, call_int(call, 0));
    return value_undefined();
}

static Value wrap_use_buffer(Call *call) {
    TlsWrap *self = call_wrap(call);
    char *bytes;
    size_t len;
    if (!self || !call_bytes(call, 0, &bytes, &len)) return NULL;
    if (self->user_buffer) value_drop(call->realm, self->user_buffer);
    self->user_buffer = call_arg(call, 0);
    value_keep(call->realm, self->user_buffer);
    return value_undefined();
}

static Value wrap_bytes_read(Call *call) {
    TlsWrap *self = (TlsWrap *)call_handle(call, &wrap_class);
    return self ? value_number((double)self->bytes_read) : NULL;
}
static Value wrap_bytes_written(Call *call) {
    TlsWrap *self = (TlsWrap *)call_handle(call, &wrap_class);
    return self ? value_number((double)self->bytes_written) : NULL;
}
static Value wrap_queue_size(Call *call) {
    TlsWrap *self = (TlsWrap *)call_handle(call, &wrap_class);
    if (!self || self->is_closed || !self->ssl) return value_int(0);
    size_t size = self->plain_waiting.len + BIO_ctrl_pending(self->to_net);
    if (self->stream && !self->stream->is_closing)
        size += uv_stream_get_write_queue_size(&self->stream->uv.stream);
    return value_number((double)size);
}

/* setHooks(functions in the order of TLS_…) */
static Value set_hooks(Call *call) {
    TlsState *state = *realm_slot(call->realm, SLOT_TLS);
    for (size_t i = 0; i < TLS_HOOKS; i++) {
        state->hooks[i] = call_function(call, i);
        if (state->hooks[i]) value_keep(call->realm, state->hooks[i]);
    }
    return value_undefined();
}

void tls_wrap_setup(Realm *realm, Object binding) {
    *realm_slot(realm, SLOT_TLS) = NEW(TlsState);
    Object prototype = handle_prototype(realm, &wrap_class);
    for (const Native *method = tls_info_methods; method->name; method++)
        object_set_native(realm, prototype, method);
    object_set(realm, binding, "TLSWrap", prototype);
}

STACK_OF(X509) * *tls_roots(Realm *realm) {
    return &((TlsState *)*realm_slot(realm, SLOT_TLS))->roots;
}

void tls_wrap_teardown(Realm *realm) {
    sk_X509_pop_free(*tls_roots(realm), X509_free);
    free(((TlsState *)*realm_slot(realm, SLOT_TLS))->scratch);
    mem_free(*realm_slot(realm, SLOT_TLS));
    *realm_slot(realm, SLOT_TLS) = NULL;
}

static const Native wrap_methods[] = {
    {"attach",         wrap_attach},
    {"setStream",                wrap_set_stream},
    {"carry",wrap_carry},
    {"start",          wrap_start},
    {"readStart",                wrap_read_start},
    {"readStop",wrap_read_stop},
    {"write",      wrap_write},
    {"_shutdown",                wrap_shutdown},
    {"_close",      wrap_close},
    {"receive",          wrap_receive},
    {"outputDone",                wrap_output_done},
    {"useUserBuffer",wrap_use_buffer},
    {"getBytesRead",         wrap_bytes_read},
    {"getBytesWritten",                wrap_bytes_written},
    {"getWriteQueueSize",wrap_queue_size},
    {0    }
};

const Native tls_wrap_functions[] = {
    {"wrapOpen", wrap_open},
    {"setHooks",          set_hooks},
    {0}
};
