/* The hot path of a server: bytes arrive, a request is read where it lies, JavaScript is called once, and
 * what it answered goes out with everything else that was answered in the same read. Whatever is out of the
 * ordinary (upgrades, expectations, broken requests) is handed over to JavaScript, socket and bytes and all.
 */
#include "modules/http_connection.h"

#include "engine/peek.h"
#include "modules/modules.h"

enum {
    OUT_MAX = 64 * 1024, /* answers gathered before they are written */
    ODD = HTTP_UPGRADE | HTTP_EXPECTS_CONTINUE | HTTP_EXPECTS_OTHER | HTTP_HOST_TWICE,
};

/* What the number that goes with a request says, beside the method in its low byte. */
enum {
    REQUEST_KEEPS_ALIVE = 1 << 8,
    REQUEST_IS_OLD = 1 << 9,
    REQUEST_COMPLETE = 1 << 10,
    REQUEST_HAS_HOST = 1 << 11,
    REQUEST_HAS_BODY_FIELDS = 1 << 12
};

static void run_again(uv_idle_t *idle);

static Realm *conn_realm(const HttpConn *conn) {
    return conn->server->realm;
}

static void dispatch(HttpConn *conn, Object callback, size_t argc, const Value *argv) {
    if (callback) realm_dispatch(conn_realm(conn), callback, NULL, argc, argv);
}

/* Identity */
static void conn_number(HttpServing *serving, HttpConn *conn) {
    if (serving->free_count == 0) {
        uint32_t cap = serving->conn_cap ? serving->conn_cap * 2 : 64;
        serving->conns = mem_resize(serving->conns, cap * sizeof *serving->conns);
        serving->free_ids = mem_resize(serving->free_ids, cap * sizeof *serving->free_ids);
        for (uint32_t id = cap; id > serving->conn_cap; id--) {
            serving->conns[id - 1] = NULL;
            serving->free_ids[serving->free_count++] = id - 1;
        }
        serving->conn_cap = cap;
    }
    conn->id = serving->free_ids[--serving->free_count];
    serving->conns[conn->id] = conn;
    serving->conn_count++;
}

static void conn_forget(HttpConn *conn) {
    HttpServer *server = conn->server;
    HttpServing *serving = http_serving(server->realm);
    serving->conns[conn->id] = NULL;
    serving->free_ids[serving->free_count++] = conn->id;
    link_remove(&conn->link);
    link_remove(&conn->again);
    http_reader_free(&conn->reader);
    mem_free(conn);
    http_server_leave(server);
    serving->conn_count--;
    http_serving_release(serving);
}

void http_server_leave(HttpServer *server) {
    if (--server->count > 0) return;
    HttpServing *serving = http_serving(server->realm);
    Value argv[] = {value_int((int32_t)server->id)};
    bool tell = server->draining && !server->forgotten && !serving->ends && serving->on_drained;
    if (tell)
        realm_dispatch(server->realm, serving->on_drained, NULL, 1, argv);
    else
        http_server_release(server);
}

void http_conn_move(HttpConn *conn, ConnPhase phase) {
    HttpServer *server = conn->server;
    List *lists[] = {&server->waiting, &server->reading, &server->serving};
    conn->phase = (uint8_t)phase;
    conn->since = uv_now(&server->realm->loop);
    link_remove(&conn->link);
    list_append(lists[phase], &conn->link);
}

static void conn_closed(StreamTap *tap) {
    HttpConn *conn = CONTAINER_OF(tap, HttpConn, tap);
    if (conn->known && !conn->stream->is_silent) {
        Value argv[] = {value_int((int32_t)conn->id), value_int(0)};
        dispatch(conn, http_serving(conn_realm(conn))->on_lost, 2, argv);
    }
    conn_forget(conn);
}

/* A connection behind a filter is its socket's: JavaScript is asked to end that, when it may be called. */
static void conn_leave(HttpConn *conn) {
    HttpServing *serving = http_serving(conn_realm(conn));
    stream_plain_tap_set(conn->stream, NULL);
    handle_unpin(&conn->stream->base);
    list_append(&serving->again, &conn->again);
    uv_idle_start(&serving->again_idle, run_again);
}

static void conn_drop(HttpConn *conn) {
    Value argv[] = {value_int((int32_t)conn->id), value_int(0)};
    dispatch(conn, http_serving(conn_realm(conn))->on_lost, 2, argv);
    conn_forget(conn);
}

void http_conn_close(HttpConn *conn) {
    if (conn->closing) return;
    conn->closing = true;
    link_remove(&conn->again);
    if (conn->stream->filter)
        conn_leave(conn);
    else
        stream_handle_close(conn->stream);
}

void http_conn_let_go(HttpConn *conn) {
    stream_plain_tap_set(conn->stream, NULL);
    conn_forget(conn);
}

/* Answers that were put together go out; what the kernel does not take now follows. */
static void written(void *data, int status) {
    StreamHandle *stream = data;
    StreamTap *tap = stream_plain_tap(stream);
    if (!tap) return;
    HttpConn *conn = CONTAINER_OF(tap, HttpConn, tap);
    if (status < 0) http_conn_close(conn);
}

static void shut(uv_shutdown_t *shutdown, int status) {
    StreamHandle *stream = shutdown->handle->data;
    if (stream->tap) http_conn_close(CONTAINER_OF(stream->tap, HttpConn, tap));
    mem_free(shutdown);
}

/* The last answer is out, or on its way: then the end. */
static void conn_end(HttpConn *conn) {
    if (conn->closing) return;
    if (conn->stream->filter || uv_stream_get_write_queue_size(&conn->stream->uv.stream) == 0) {
        http_conn_close(conn);
        return;
    }
    uv_shutdown_t *shutdown = NEW(uv_shutdown_t);
    if (uv_shutdown(shutdown, &conn->stream->uv.stream, shut)) {
        mem_free(shutdown);
        http_conn_close(conn);
    }
}

static void conn_flush(HttpConn *conn, Slice body) {
    Bytes *out = &http_serving(conn_realm(conn))->out;
    if ((out->len || body.len) && !conn->closing) {
        uv_buf_t bufs[] = {uv_buf_init(out->data, (unsigned)out->len),
                           uv_buf_init((char *)body.data, (unsigned)body.len)};
        int err = stream_plain_write(conn->stream, bufs, body.len ? 2 : 1, written, conn->stream);
        if (err < 0) http_conn_close(conn);
    }
    bytes_clear(out);
}

/* Reading */
static void hand_over(HttpConn *conn, const char *from, const Bytes *prefix, size_t prefix_len) {
    Realm *realm = conn_realm(conn);
    HttpServing *serving = http_serving(realm);
    Bytes raw = {0};
    if (prefix_len) bytes_append(&raw, prefix->data, prefix_len);
    bytes_append(&raw, from, (size_t)(conn->reader.end - from));
    conn_flush(conn, (Slice){0});
    Value argv[] = {value_int((int32_t)conn->server->id), value_int(conn->known ? (int32_t)conn->id : -1),
                    conn->stream->base.object, buffer_copy(realm, raw.data, raw.len)};
    bytes_free(&raw);
    StreamHandle *stream = conn->stream;
    HttpServer *server = conn->server;
    server->count++; /* until JavaScript has counted it */
    http_conn_let_go(conn);
    realm_dispatch(realm, serving->on_hand_over, NULL, COUNT_OF(argv), argv);
    handle_unpin(&stream->base); /* it was ours; attach() made it JavaScript's */
    http_server_leave(server);
}

static bool request_is_done(const HttpConn *conn) {
    return conn->phase == CONN_SERVES && conn->answered && (conn->request_ended || conn->last);
}

static void request_done(HttpConn *conn) {
    conn->answered = conn->request_ended = false;
    http_conn_move(conn, CONN_WAITS);
}

/* A broken request, of which the program does not want to hear. */
static void refuse(HttpConn *conn) {
    Bytes *out = &http_serving(conn_realm(conn))->out;
    http_write_refusal(out, http_error_status(conn->reader.problem.error));
    conn->runs = false;
    conn_flush(conn, (Slice){0});
    conn_end(conn);
}

/* A complete good head: JavaScript hears of it, together with its body if that is here already. */
static void request_dispatch(HttpConn *conn, HttpHead *head) {
    Realm *realm = conn_realm(conn);
    HttpServing *serving = http_serving(realm);
    Value head_text, target_text, body_bytes = value_undefined();
    http_cache_head(realm, &serving->cache, (Slice){head->base, head->len}, http_head_target(head),
                    &head_text, &target_text);
    uint32_t flags = head->flags, info = head->method;
    bool old = head->minor == 0;
    Slice body = {0};
    HttpEvent event = HTTP_MORE;
    bool short_body = flags & HTTP_HAS_LENGTH && !(flags & HTTP_CHUNKED);
    if (short_body || !(flags & (HTTP_HAS_LENGTH | HTTP_HAS_CODING))) {
        uint64_t length = short_body ? head->content_length : 0;
        if (length <= http_reader_rest(&conn->reader).len) {
            event = http_reader_next(&conn->reader, head, &body);
            if (event == HTTP_BODY) body_bytes = buffer_copy(realm, body.data, body.len);
            if (event == HTTP_BODY) event = http_reader_next(&conn->reader, head, &body);
        }
    }
    if (event == HTTP_END) conn->request_ended = true;
    if (flags & HTTP_KEEP_ALIVE) info |= REQUEST_KEEPS_ALIVE;
    if (flags & HTTP_HAS_HOST) info |= REQUEST_HAS_HOST;
    if (old) info |= REQUEST_IS_OLD;
    if (flags & (HTTP_HAS_LENGTH | HTTP_HAS_CODING)) info |= REQUEST_HAS_BODY_FIELDS;
    if (conn->request_ended) info |= REQUEST_COMPLETE;
    Value argv[] = {value_int((int32_t)conn->server->id),
                    value_int((int32_t)conn->id),
                    value_int((int32_t)info),
                    target_text,
                    head_text,
                    body_bytes};
    conn->requests++;
    conn->known = true;
    conn->answered = false;
    http_conn_move(conn, CONN_SERVES);
    dispatch(conn, serving->on_request, COUNT_OF(argv), argv);
}

static void problem_dispatch(HttpConn *conn) {
    Realm *realm = conn_realm(conn);
    const HttpReader *reader = &conn->reader;
    const HttpProblem *problem = &reader->problem;
    Value argv[] = {value_int((int32_t)conn->id), value_string(realm, http_error_name(problem->error)),
                    value_string(realm, problem->reason), value_number((double)problem->at),
                    buffer_copy(realm, reader->fed, (size_t)(reader->end - reader->fed))};
    stream_plain_read(conn->stream, false);
    dispatch(conn, http_serving(realm)->on_problem, COUNT_OF(argv), argv);
}

/* What the current request's body says; true when the request ended. */
static void body_dispatch(HttpConn *conn, HttpEvent event, Slice body) {
    Realm *realm = conn_realm(conn);
    HttpServing *serving = http_serving(realm);
    Value argv[] = {value_int((int32_t)conn->id), value_undefined()};
    if (event == HTTP_BODY) {
        argv[1] = buffer_copy(realm, body.data, body.len);
        dispatch(conn, serving->on_body, 2, argv);
    } else if (event == HTTP_TRAILERS) {
        http_head_share(serving->shared, &serving->shared->head);
        argv[1] = value_latin1(realm, serving->shared->head.base, serving->shared->head.len);
        dispatch(conn, serving->on_trailers, 2, argv);
    } else {
        conn->request_ended = true;
        dispatch(conn, serving->on_end, 1, argv);
    }
}

/* Whether the next request must wait: for the answer to this one, or for JavaScript to take more of its body.
 */
static bool conn_must_wait(const HttpConn *conn) {
    return conn->phase == CONN_SERVES && (conn->request_ended ? !conn->answered : conn->paused);
}

/* Reads as far as it may. The bytes of the last feed are valid until it returns. */
static void conn_run(HttpConn *conn, size_t prefix_len) {
    HttpServing *serving = http_serving(conn_realm(conn));
    HttpHead *head = &serving->shared->head;
    conn->runs = true;
    while (!conn->closing) {
        if (request_is_done(conn)) {
            if (conn->last) break;
            request_done(conn);
        }
        if (conn_must_wait(conn)) {
            size_t more = http_reader_rest(&conn->reader).len;
            if (more && conn->request_ended) { /* the next one does not wait: JavaScript keeps their order */
                conn->runs = false;
                hand_over(conn, conn->reader.at, NULL, 0);
                return;
            }
            if (more) {
                http_reader_keep(&conn->reader);
                stream_plain_read(conn->stream, false);
            } else if (conn->paused) {
                stream_plain_read(conn->stream, false);
            }
            break;
        }
        const char *from = conn->reader.at;
        Slice body = {0};
        HttpEvent event = http_reader_next(&conn->reader, head, &body);
        if (event == HTTP_MORE) {
            if (conn->phase == CONN_WAITS && conn->reader.held.len) http_conn_move(conn, CONN_READS);
            break;
        }
        bool endless =
            event == HTTP_HEAD && (head->flags & (HTTP_HAS_CODING | HTTP_CHUNKED)) == HTTP_HAS_CODING;
        if (event == HTTP_HEAD && !(head->flags & ODD) && !endless) {
            request_dispatch(conn, head);
        } else if (event == HTTP_FAILED && conn->phase != CONN_SERVES && conn->server->refuses) {
            refuse(conn);
            return;
        } else if (conn->phase != CONN_SERVES) {
            conn->runs = false;
            hand_over(conn, from, &conn->reader.held, prefix_len);
            return;
        } else if (event == HTTP_FAILED) {
            problem_dispatch(conn);
            break;
        } else {
            body_dispatch(conn, event, body);
        }
        prefix_len = 0;
        if (serving->out.len > OUT_MAX) conn_flush(conn, (Slice){0});
    }
    conn->runs = false;
    if (conn->let_go) {
        conn_forget(conn);
        return;
    }
    conn_flush(conn, (Slice){0});
    if (conn->last && request_is_done(conn)) conn_end(conn);
}

static void conn_lost(HttpConn *conn, int status) {
    if (status == UV_EOF && conn->phase == CONN_READS && conn->reader.held.len) {
        http_reader_feed(&conn->reader, conn->reader.held.data, 0); /* the rest of this head will not come */
        hand_over(conn, conn->reader.at, &conn->reader.held, conn->reader.held.len);
        return;
    }
    if (conn->known && conn->phase == CONN_SERVES) {
        Value argv[] = {value_int((int32_t)conn->id), value_int(status)};
        dispatch(conn, http_serving(conn_realm(conn))->on_lost, 2, argv);
    }
    http_conn_close(conn);
}

static void conn_read(StreamTap *tap, const char *bytes, ssize_t nread) {
    HttpConn *conn = CONTAINER_OF(tap, HttpConn, tap);
    if (conn->closing) return;
    if (nread < 0) {
        conn_lost(conn, (int)nread);
        return;
    }
    size_t prefix_len = conn->reader.held.len;
    http_reader_feed(&conn->reader, (char *)bytes, (size_t)nread);
    conn_run(conn, prefix_len);
}

/* Going on after the loop came round: an answer that was given later lets the next request of the same read
 * in. */
static void run_again(uv_idle_t *idle) {
    HttpServing *serving = idle->data;
    List due;
    list_init(&due);
    while (!list_is_empty(&serving->again)) {
        Link *link = serving->again.next;
        link_remove(link);
        list_append(&due, link);
    }
    uv_idle_stop(idle);
    while (!list_is_empty(&due)) {
        HttpConn *conn = CONTAINER_OF(due.next, HttpConn, again);
        link_remove(&conn->again);
        if (conn->closing) {
            conn_drop(conn);
            continue;
        }
        stream_plain_read(conn->stream, true);
        conn_run(conn, 0);
    }
}

void http_conn_run_later(HttpConn *conn) {
    HttpServing *serving = http_serving(conn_realm(conn));
    if (conn->again.next != &conn->again || conn->closing) return;
    list_append(&serving->again, &conn->again);
    uv_idle_start(&serving->again_idle, run_again);
}

HttpConn *http_conn_accept(HttpServer *server, StreamHandle *stream) {
    HttpConn *conn = NEW(HttpConn);
    conn->tap = (StreamTap){conn_read, conn_closed};
    conn->stream = stream;
    conn->server = server;
    link_init(&conn->link);
    link_init(&conn->again);
    http_reader_init(&conn->reader, &server->rules);
    conn_number(http_serving(server->realm), conn);
    server->count++;
    http_conn_move(conn, CONN_READS); /* the clock of its first head starts now */
    stream_plain_tap_set(stream, &conn->tap);
    handle_pin(&stream->base);
    stream_plain_read(stream, true);
    return conn;
}

/* What JavaScript calls */
static HttpConn *call_conn(Call *call) {
    HttpServing *serving = http_serving(call->realm);
    uint32_t id = (uint32_t)call_int(call, 0);
    return id < serving->conn_cap ? serving->conns[id] : NULL;
}

enum {
    ANSWER_DATE = 1 << 0,
    ANSWER_KEEP_ALIVE = 1 << 1,
    ANSWER_CLOSE = 1 << 2,
    ANSWER_LENGTH = 1 << 3,
    ANSWER_LAST = 1 << 4,
    ANSWER_NO_BODY = 1 << 5,
    ANSWER_KEEP_ALIVE_HINT = 1 << 6,
    ANSWER_CHUNKED = 1 << 7,
};

static void answered(HttpConn *conn, bool last) {
    conn->answered = true;
    conn->last = conn->last || last;
    conn->paused = false;
    if (conn->runs || conn->closing) return;
    if (conn->last) {
        conn_end(conn); /* nobody wants the rest of the request */
        return;
    }
    bool more = http_reader_rest(&conn->reader).len > 0 || !stream_plain_is_read(conn->stream);
    if (request_is_done(conn)) request_done(conn);
    if (more) http_conn_run_later(conn);
}

/* answer(conn, "HTTP/1.1 200 OK\r\n…", body, ANSWER_…): the whole response; false if the connection is gone.
 */
static Value conn_answer(Call *call) {
    HttpConn *conn = call_conn(call);
    if (!conn || conn->closing || conn->answered) return value_bool(false);
    Realm *realm = call->realm;
    HttpServing *serving = http_serving(realm);
    Bytes *out = &serving->out;
    int bits = call_int(call, 3);
    /* A connection that does not run has the gathering place for itself: whoever runs has it only inside its
     * turn. */
    Bytes others = {0};
    if (!conn->runs) {
        others = *out;
        *out = (Bytes){0};
    }
    CHARS head = {0}, text = {0};
    if (chars_open(realm, call_arg(call, 1), &head)) {
        Slice bytes = chars_bytes(&head, true, &serving->room);
        bytes_append(out, bytes.data, bytes.len);
    }
    Slice body = {"", 0};
    char *data;
    size_t len;
    Value given = call_arg(call, 2);
    if (chars_open(realm, given, &text))
        body = chars_bytes(&text, false, &serving->room);
    else if (peek_bytes(realm, given, &data, &len))
        body = (Slice){data, len};
    if (bits & ANSWER_DATE) {
        Slice date = http_date_line(&serving->date, time(NULL));
        bytes_append(out, date.data, date.len);
    }
    if (bits & ANSWER_KEEP_ALIVE) bytes_append(out, "Connection: keep-alive\r\n", 24);
    if (bits & ANSWER_KEEP_ALIVE_HINT)
        bytes_append(out, conn->server->keep_alive_line.data, conn->server->keep_alive_line.len);
    if (bits & ANSWER_CLOSE) bytes_append(out, "Connection: close\r\n", 19);
    if (bits & ANSWER_LENGTH) http_write_length(out, body.len);
    if (bits & ANSWER_CHUNKED) bytes_append(out, "Transfer-Encoding: chunked\r\n", 28);
    bytes_append(out, "\r\n", 2);
    if (bits & ANSWER_NO_BODY) body.len = 0;
    bool big = body.len > OUT_MAX / 4 && !(bits & ANSWER_CHUNKED);
    if (bits & ANSWER_CHUNKED && !(bits & ANSWER_NO_BODY)) {
        if (body.len) http_write_chunk(out, body.data, body.len);
        bytes_append(out, "0\r\n\r\n", 5);
    } else if (!big) {
        bytes_append(out, body.data, body.len);
    }
    if (big || !conn->runs) conn_flush(conn, big ? body : (Slice){0});
    if (!conn->runs) {
        bytes_free(out);
        *out = others;
    }
    answered(conn, bits & ANSWER_LAST);
    return value_bool(true);
}

/* answered(conn, last): the response went out by way of the socket. */
static Value conn_answered(Call *call) {
    HttpConn *conn = call_conn(call);
    if (conn && !conn->answered) answered(conn, call_bool(call, 1));
    return value_undefined();
}

/* pause(conn), resume(conn): whether JavaScript takes more of the body. */
static Value conn_pause(Call *call) {
    HttpConn *conn = call_conn(call);
    if (conn) conn->paused = true;
    return value_undefined();
}

static Value conn_resume(Call *call) {
    HttpConn *conn = call_conn(call);
    if (!conn || !conn->paused) return value_undefined();
    conn->paused = false;
    if (!conn->runs) http_conn_run_later(conn);
    return value_undefined();
}

/* handle(conn): the stream, for a socket; the connection goes on reading by itself. */
static Value conn_handle(Call *call) {
    HttpConn *conn = call_conn(call);
    if (!conn || conn->closing) return value_null();
    if (conn->stream->base.class == &tcp_class) uv_tcp_nodelay(&conn->stream->uv.tcp, 1);
    return conn->stream->base.object;
}

static Value conn_destroy(Call *call) {
    HttpConn *conn = call_conn(call);
    if (conn) http_conn_close(conn);
    return value_undefined();
}

/* flush(conn): what was answered so far goes out before what JavaScript will write itself. */
static Value conn_flush_now(Call *call) {
    HttpConn *conn = call_conn(call);
    if (conn && conn->runs) conn_flush(conn, (Slice){0});
    return value_undefined();
}

/* letGo(conn) -> what was read and not looked at: JavaScript takes the stream and everything that comes. */
static Value conn_release(Call *call) {
    HttpConn *conn = call_conn(call);
    if (!conn || conn->closing) return value_null();
    Slice rest = http_reader_rest(&conn->reader);
    Object bytes = buffer_copy(call->realm, rest.data, rest.len);
    StreamHandle *stream = conn->stream;
    if (conn->runs) { /* forgotten when its turn ends */
        conn_flush(conn, (Slice){0});
        conn->closing = conn->let_go = true;
        stream_plain_tap_set(stream, NULL);
    } else {
        http_conn_let_go(conn);
    }
    handle_unpin(&stream->base);
    return bytes;
}

const Native http_conn_functions[] = {
    {"answer",       conn_answer},
    {"answered",              conn_answered},
    {"pause",conn_pause},
    {"resume",        conn_resume},
    {"handle",              conn_handle},
    {"destroy",conn_destroy},
    {"flush",       conn_flush_now},
    {"letGo",              conn_release},
    {0      }
};
