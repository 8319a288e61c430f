/* The client's half of a request on a native socket: the whole request goes out in one call, and what comes
 * back is read where it lies and told in as few calls as it allows. An exchange lives from the request to the
 * end of its response; before and after, the socket is an ordinary one. */
#include "engine/peek.h"
#include "http/reader.h"
#include "modules/http.h"
#include "modules/http_cache.h"
#include "modules/modules.h"
#include "modules/stream_wrap.h"

/* What JavaScript says of a request: BEGIN_…, with the limit of the head's size above them. */
enum {
    BEGIN_NO_BODY = 1 << 0, /* HEAD: the answer has none */
    BEGIN_CONNECT = 1 << 1,
    BEGIN_LENIENT = 1 << 2,
    BEGIN_LIMIT_SHIFT = 3,
};

/* What the number that goes with a response says, beside the status in its low ten bits. */
enum {
    RESPONSE_IS_OLD = 1 << 10,
    RESPONSE_KEEPS_ALIVE = 1 << 11,
    RESPONSE_COMPLETE = 1 << 12,
    RESPONSE_UPGRADES = 1 << 13,
    RESPONSE_HAS_MORE = 1 << 14, /* bytes after its end that nobody asked for */
    RESPONSE_HINT_SHIFT = 15,    /* the seconds of Keep-Alive: timeout=…, plus one */
};
enum { HINT_MAX = 65534 };

typedef struct {
    StreamTap tap;
    StreamHandle *stream;
    HttpRules rules;
    HttpReader reader;
    bool no_body, connects, is_informational;
    bool echoes; /* JavaScript wants the bytes of the socket, too */
    bool runs;   /* its bytes are being looked at right now */
    bool over;   /* freed when they are not */
} Exchange;

typedef struct {
    HttpCache cache;
    Bytes head_room, body_room;
    Object on_response, on_body, on_end, on_trailers, on_problem, on_bytes, on_sent;
} HttpCalling;

static HttpCalling *calling_of(Realm *realm) {
    return *realm_slot(realm, SLOT_HTTP_CALLING);
}

static void tell(Exchange *exchange, Object callback, size_t argc, const Value *argv) {
    StreamHandle *stream = exchange->stream;
    if (stream->is_silent || stream->is_closing || !stream->owner) return;
    realm_dispatch(stream->base.realm, callback, stream->owner, argc, argv);
}

static void exchange_free(Exchange *exchange) {
    http_reader_free(&exchange->reader);
    mem_free(exchange);
}

/* The socket is an ordinary one again. */
static void exchange_end(Exchange *exchange) {
    if (exchange->over) return;
    exchange->over = true;
    exchange->stream->tap = NULL;
    if (!exchange->runs) exchange_free(exchange);
}

static void exchange_closed(StreamTap *tap) {
    exchange_free(CONTAINER_OF(tap, Exchange, tap));
}

/* Keep-Alive: timeout=5 */
static uint32_t keep_alive_hint(const HttpHead *head) {
    const HttpField *field = http_head_find(head, HTTP_FIELD_KEEP_ALIVE);
    if (!field) return 0;
    Slice value = http_field_value(head, field);
    if (value.len < 9 || memcmp(value.data, "timeout=", 8) != 0) return 0;
    uint32_t seconds = 0;
    size_t at = 8;
    for (; at < value.len && value.data[at] >= '0' && value.data[at] <= '9' && seconds < HINT_MAX; at++)
        seconds = seconds * 10 + (uint32_t)(value.data[at] - '0');
    if (at == 8) return 0;
    return (seconds < HINT_MAX ? seconds : HINT_MAX) + 1;
}

/* A head, with the piece of the body that came with it: returns the event that follows. */
static HttpEvent response_tell(Exchange *exchange, HttpHead *head, Slice *body) {
    Realm *realm = exchange->stream->base.realm;
    HttpCalling *calling = calling_of(realm);
    Value head_text, reason;
    http_cache_head(realm, &calling->cache, (Slice){head->base, head->len}, http_head_target(head),
                    &head_text, &reason);
    uint32_t info = head->status | keep_alive_hint(head) << RESPONSE_HINT_SHIFT;
    if (head->minor == 0) info |= RESPONSE_IS_OLD;
    if (head->flags & HTTP_KEEP_ALIVE) info |= RESPONSE_KEEPS_ALIVE;
    Value body_value = value_undefined();
    HttpEvent next = HTTP_MORE;
    if (exchange->connects || (head->status == 101 && head->flags & HTTP_UPGRADE)) {
        info |= RESPONSE_UPGRADES;
        Slice rest = http_reader_rest(&exchange->reader);
        body_value = buffer_copy(realm, rest.data, rest.len);
        exchange_end(exchange);
    } else {
        exchange->is_informational = head->status / 100 == 1 && head->status != 101;
        if (exchange->no_body) http_reader_skip_body(&exchange->reader);
        next = http_reader_next(&exchange->reader, head, body);
        if (next == HTTP_BODY) {
            body_value = buffer_copy(realm, body->data, body->len);
            next = http_reader_next(&exchange->reader, head, body);
        }
        bool has_more = http_reader_rest(&exchange->reader).len > 0;
        if (next == HTTP_END && !exchange->is_informational) {
            if (has_more && http_reader_next(&exchange->reader, head, body) == HTTP_FAILED) {
                next = HTTP_FAILED; /* no other response, but nonsense: the program is to hear of it */
            } else {
                info |= has_more ? RESPONSE_COMPLETE | RESPONSE_HAS_MORE : RESPONSE_COMPLETE;
                exchange_end(exchange);
            }
        }
    }
    Value argv[] = {value_number(info), reason, head_text, body_value};
    tell(exchange, calling->on_response, COUNT_OF(argv), argv);
    return next;
}

static void problem_tell(Exchange *exchange) {
    Realm *realm = exchange->stream->base.realm;
    const HttpReader *reader = &exchange->reader;
    const HttpProblem *problem = &reader->problem;
    Value argv[] = {value_string(realm, http_error_name(problem->error)),
                    value_string(realm, problem->reason ? problem->reason : ""),
                    value_number((double)problem->at),
                    buffer_copy(realm, reader->fed, (size_t)(reader->end - reader->fed))};
    exchange_end(exchange);
    tell(exchange, calling_of(realm)->on_problem, COUNT_OF(argv), argv);
}

static void event_tell(Exchange *exchange, HttpEvent event, const HttpHead *head, Slice body) {
    Realm *realm = exchange->stream->base.realm;
    HttpCalling *calling = calling_of(realm);
    if (event == HTTP_FAILED) {
        problem_tell(exchange);
    } else if (event == HTTP_BODY) {
        Value argv[] = {buffer_copy(realm, body.data, body.len)};
        tell(exchange, calling->on_body, 1, argv);
    } else if (event == HTTP_TRAILERS) {
        Value argv[] = {value_latin1(realm, head->base, head->len)};
        tell(exchange, calling->on_trailers, 1, argv);
    } else if (exchange->is_informational) {
        exchange->is_informational = false; /* the response itself is still to come */
    } else {
        Value argv[] = {value_bool(http_reader_rest(&exchange->reader).len > 0)};
        exchange_end(exchange);
        tell(exchange, calling->on_end, 1, argv);
    }
}

static void exchange_run(Exchange *exchange) {
    HttpHead *head = &http_shared(exchange->stream->base.realm)->head;
    Slice body = {0};
    exchange->runs = true;
    HttpEvent event = http_reader_next(&exchange->reader, head, &body);
    while (event != HTTP_MORE && !exchange->over && !exchange->stream->is_closing) {
        if (event == HTTP_HEAD) {
            event = response_tell(exchange, head, &body);
            continue;
        }
        event_tell(exchange, event, head, body);
        if (exchange->over) break;
        event = http_reader_next(&exchange->reader, head, &body);
    }
    exchange->runs = false;
    if (exchange->over) exchange_free(exchange);
}

/* The end of the connection may be the end of the response; then it is the socket's. */
static void exchange_lost(Exchange *exchange, int status) {
    StreamHandle *stream = exchange->stream;
    exchange->runs = true;
    if (status == UV_EOF && http_reader_finish(&exchange->reader) == HTTP_END)
        event_tell(exchange, HTTP_END, NULL, (Slice){0});
    exchange->runs = false;
    if (!exchange->over)
        exchange_end(exchange);
    else
        exchange_free(exchange);
    stream_handle_tell_read(stream, status);
}

static void exchange_read(StreamTap *tap, const char *bytes, ssize_t nread) {
    Exchange *exchange = CONTAINER_OF(tap, Exchange, tap);
    if (nread < 0) {
        exchange_lost(exchange, (int)nread);
        return;
    }
    if (exchange->echoes) {
        Realm *realm = exchange->stream->base.realm;
        Value argv[] = {buffer_copy(realm, bytes, (size_t)nread)};
        exchange->runs = true;
        tell(exchange, calling_of(realm)->on_bytes, 1, argv);
        exchange->runs = false;
        if (exchange->over) {
            exchange_free(exchange);
            return;
        }
    }
    http_reader_feed(&exchange->reader, (char *)bytes, (size_t)nread);
    exchange_run(exchange);
}

/* What JavaScript calls */
static Exchange *exchange_of(StreamHandle *stream) {
    if (!stream->tap || stream->tap->read != exchange_read) return NULL;
    return CONTAINER_OF(stream->tap, Exchange, tap);
}

static Exchange *call_exchange(Call *call) {
    StreamHandle *stream = stream_handle_of(call_arg(call, 0));
    return stream ? exchange_of(stream) : NULL;
}

static int exchange_begin(StreamHandle *stream, uint32_t how) {
    if (stream->is_closing) return UV_EBADF;
    if (stream->tap) return UV_EBUSY;
    Exchange *exchange = NEW(Exchange);
    exchange->tap = (StreamTap){exchange_read, exchange_closed};
    exchange->stream = stream;
    exchange->no_body = how & BEGIN_NO_BODY;
    exchange->connects = how & BEGIN_CONNECT;
    exchange->rules = (HttpRules){.response = true,
                                  .lenient = how & BEGIN_LENIENT,
                                  .head_size_limit = how >> BEGIN_LIMIT_SHIFT,
                                  .field_limit = HTTP_SHARED_FIELDS};
    http_reader_init(&exchange->reader, &exchange->rules);
    stream->tap = &exchange->tap;
    return stream_handle_read_start(stream);
}

/* begin(handle, BEGIN_…): 0, or an error. From now on what arrives is the response. */
static Value client_begin(Call *call) {
    StreamHandle *stream = call_stream_arg(call, 0);
    return stream ? value_int(exchange_begin(stream, (uint32_t)call_int64(call, 1))) : NULL;
}

static void sent(void *data, int status) {
    StreamHandle *stream = data;
    if (stream->is_silent || !stream->owner) return;
    Value argv[] = {value_int(status)};
    realm_dispatch(stream->base.realm, calling_of(stream->base.realm)->on_sent, stream->owner, 1, argv);
}

/* send(handle, BEGIN_…, head, body): the whole request. 0: it is out; 1: onSent will be called; negative: an
 * error. */
static Value client_send(Call *call) {
    StreamHandle *stream = call_stream_arg(call, 0);
    if (!stream) return NULL;
    Realm *realm = call->realm;
    HttpCalling *calling = calling_of(realm);
    int err = exchange_begin(stream, (uint32_t)call_int64(call, 1));
    if (err) return value_int(err);
    CHARS head_text = {0}, text = {0};
    Slice head = {"", 0}, body = {"", 0};
    if (chars_open(realm, call_arg(call, 2), &head_text))
        head = chars_bytes(&head_text, true, &calling->head_room);
    Value given = call_arg(call, 3);
    char *data;
    size_t len;
    if (chars_open(realm, given, &text))
        body = chars_bytes(&text, false, &calling->body_room);
    else if (peek_bytes(realm, given, &data, &len))
        body = (Slice){data, len};
    uv_buf_t bufs[] = {uv_buf_init((char *)head.data, (unsigned)head.len),
                       uv_buf_init((char *)body.data, (unsigned)body.len)};
    return value_int(stream_handle_write(stream, bufs, body.len ? 2 : 1, sent, stream));
}

/* pause(handle), resume(handle): whether JavaScript takes more of the body. */
static Value client_pause(Call *call) {
    Exchange *exchange = call_exchange(call);
    if (exchange && !exchange->stream->is_closing) uv_read_stop(&exchange->stream->uv.stream);
    return value_undefined();
}

static Value client_resume(Call *call) {
    Exchange *exchange = call_exchange(call);
    if (exchange) stream_handle_read_start(exchange->stream);
    return value_undefined();
}

/* echo(handle): the bytes of the socket are told as well. */
static Value client_echo(Call *call) {
    Exchange *exchange = call_exchange(call);
    if (exchange) exchange->echoes = true;
    return value_undefined();
}

/* leave(handle): whatever comes now is the socket's. */
static Value client_leave(Call *call) {
    Exchange *exchange = call_exchange(call);
    if (exchange) exchange_end(exchange);
    return value_undefined();
}

static Value callbacks_set(Call *call) {
    HttpCalling *calling = calling_of(call->realm);
    Object *places[] = {&calling->on_response, &calling->on_body,  &calling->on_end, &calling->on_trailers,
                        &calling->on_problem,  &calling->on_bytes, &calling->on_sent};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        *places[i] = call_function(call, i);
        if (*places[i]) value_keep(call->realm, *places[i]);
    }
    return value_undefined();
}

static void calling_setup(Realm *realm, Object binding) {
    *realm_slot(realm, SLOT_HTTP_CALLING) = NEW(HttpCalling);
}

static void calling_teardown(Realm *realm) {
    HttpCalling *calling = calling_of(realm);
    if (!calling) return;
    http_cache_free(&calling->cache);
    bytes_free(&calling->head_room);
    bytes_free(&calling->body_room);
    mem_free(calling);
    *realm_slot(realm, SLOT_HTTP_CALLING) = NULL;
}

static const Native functions[] = {
    {"begin",        client_begin},
    {"send",              client_send},
    {"pause",client_pause},
    {"resume",        client_resume},
    {"echo",              client_echo},
    {"leave",client_leave},
    {"setCallbacks",         callbacks_set},
    {0             }
};

const Module http_client_module = {"http_client", functions, calling_setup, calling_teardown};
