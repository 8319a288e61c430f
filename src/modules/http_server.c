/* Servers whose connections are taken in C: they ride on the listening socket of a net.Server. One timer a
 * server looks once a second at who has waited too long; the lists are in the order of waiting, so it looks
 * at those only. */
#include "modules/http_connection.h"

#include "modules/modules.h"
#include "sys/image.h"

enum {
    LATE_MAX = 1000,  /* told in one turn */
    STARTED_MS = 200, /* from when on a program that serves has started */
};

HttpServing *http_serving(Realm *realm) {
    return *realm_slot(realm, SLOT_HTTP_SERVING);
}

static HttpServer *server_of(Realm *realm, uint32_t id) {
    LIST_EACH(&http_serving(realm)->servers, HttpServer, link, server) {
        if (server->id == id) return server;
    }
    return NULL;
}

static HttpServer *call_server(Call *call) {
    return server_of(call->realm, (uint32_t)call_int(call, 0));
}

static bool server_accept(StreamHandle *listener, StreamHandle *client) {
    HttpServer *server = listener->accept_data;
    if (!server->accepts) return false;
    http_conn_accept(server, client);
    return true;
}

static void close_older(HttpServer *server, List *list, uint32_t limit_ms) {
    uint64_t now = uv_now(&server->realm->loop);
    while (!list_is_empty(list)) {
        HttpConn *conn = CONTAINER_OF(list->next, HttpConn, link);
        if (now - conn->since < limit_ms) return;
        link_remove(&conn->link);
        http_conn_close(conn);
    }
}

/* A request that takes too long to arrive is JavaScript's to refuse. */
static void tell_late(HttpServer *server, HttpConn *conn, bool hand_over) {
    Value argv[] = {value_int((int32_t)server->id), value_int(conn->known ? (int32_t)conn->id : -1),
                    hand_over ? (Value)conn->stream->base.object : value_null()};
    StreamHandle *stream = conn->stream;
    link_remove(&conn->link);
    server->count++;
    if (hand_over) http_conn_let_go(conn);
    realm_dispatch(server->realm, http_serving(server->realm)->on_late, NULL, COUNT_OF(argv), argv);
    if (hand_over) handle_unpin(&stream->base);
    http_server_leave(server);
}

static HttpConn *oldest(const List *list, bool unread_only) {
    LIST_EACH(list, HttpConn, link, conn) {
        if (!unread_only || !conn->request_ended) return conn;
    }
    return NULL;
}

/* JavaScript may change the list, so it is looked at anew after each. */
static void tell_older(HttpServer *server, List *list, uint32_t limit_ms, bool unread_only) {
    uint64_t now = uv_now(&server->realm->loop);
    for (int turns = 0; turns < LATE_MAX; turns++) {
        HttpConn *conn = oldest(list, unread_only);
        if (!conn || now - conn->since < limit_ms) return;
        server->count++; /* it must outlive what it is told */
        tell_late(server, conn, !unread_only);
        bool goes_on = server->count > 1;
        http_server_leave(server);
        if (!goes_on) return;
    }
}

static void wheel_turns(uv_timer_t *timer) {
    HttpServer *server = timer->data;
    HttpServing *serving = http_serving(server->realm);
    if (!serving->is_trimmed && server->realm->options.is_main) image_trim();
    serving->is_trimmed = true;
    if (server->keep_alive_ms) close_older(server, &server->waiting, server->keep_alive_ms);
    uint32_t headers_ms = server->headers_ms ? server->headers_ms : server->request_ms;
    if (headers_ms) tell_older(server, &server->reading, headers_ms, false);
    if (server->request_ms) tell_older(server, &server->serving, server->request_ms, true);
}

static void listener_closed(StreamTap *tap) {
    CONTAINER_OF(tap, HttpServer, listener_tap)->listener = NULL;
}

static void listener_give_back(HttpServer *server) {
    if (!server->listener) return;
    server->listener->accept = NULL;
    server->listener->tap = NULL;
    server->listener = NULL;
}

static void server_take_listener(HttpServer *server, StreamHandle *listener) {
    server->listener = listener;
    listener->accept = server_accept;
    listener->accept_data = server;
    server->listener_tap = (StreamTap){.closed = listener_closed};
    listener->tap = &server->listener_tap;
}

/* serve(listener, or undefined if connections are adopted only) -> number of the server */
static Value server_serve(Call *call) {
    StreamHandle *listener = NULL;
    if (!value_is_undefined(call_arg(call, 0)) && !(listener = call_stream_arg(call, 0))) return NULL;
    HttpServing *serving = http_serving(call->realm);
    HttpServer *server = NEW(HttpServer);
    server->realm = call->realm;
    server->id = serving->next_server++;
    server->rules = (HttpRules){.head_size_limit = 16384, .field_limit = HTTP_SHARED_FIELDS};
    list_init(&server->waiting);
    list_init(&server->reading);
    list_init(&server->serving);
    list_append(&serving->servers, &server->link);
    uv_timer_init(&call->realm->loop, &server->wheel);
    server->wheel.data = server;
    uv_timer_start(&server->wheel, wheel_turns, 1000, 1000);
    uv_unref((uv_handle_t *)&server->wheel);
    if (listener) server_take_listener(server, listener);
    return value_int((int32_t)server->id);
}

/* configure(server, accepts, keepAliveMs, headersMs, requestMs, headSizeLimit, keepAliveLine, intervalMs,
 * refuses) */
static Value server_configure(Call *call) {
    HttpServer *server = call_server(call);
    if (!server) return value_undefined();
    server->accepts = call_bool(call, 1);
    server->keep_alive_ms = (uint32_t)call_int(call, 2);
    server->headers_ms = (uint32_t)call_int(call, 3);
    server->request_ms = (uint32_t)call_int(call, 4);
    server->rules.head_size_limit = (uint32_t)call_int(call, 5);
    TEXT text;
    if (!call_text(call, 6, &text)) return NULL;
    bytes_clear(&server->keep_alive_line);
    bytes_append(&server->keep_alive_line, text.data, text.len);
    uint64_t interval_ms = (uint64_t)call_int(call, 7);
    server->refuses = call_bool(call, 8);
    bool is_first = !http_serving(call->realm)->is_trimmed;
    uv_timer_start(&server->wheel, wheel_turns, is_first ? STARTED_MS : interval_ms, interval_ms);
    return value_undefined();
}

/* adopt(server, stream behind a filter) -> number of the connection, whose requests C reads from now on; -1
 * if somebody has it already */
static Value server_adopt(Call *call) {
    HttpServer *server = call_server(call);
    StreamHandle *stream = call_stream_arg(call, 1);
    if (!stream) return NULL;
    if (!server || !stream->filter || stream->filter->above || stream->is_closing) return value_int(-1);
    HttpConn *conn = http_conn_accept(server, stream);
    conn->known = true;
    return value_int((int32_t)conn->id);
}

static void close_all(List *list) {
    while (!list_is_empty(list)) {
        HttpConn *conn = CONTAINER_OF(list->next, HttpConn, link);
        link_remove(&conn->link);
        http_conn_close(conn);
    }
}

/* closeConnections(server, all): those between requests, or all. */
static Value server_close_connections(Call *call) {
    HttpServer *server = call_server(call);
    if (!server) return value_undefined();
    close_all(&server->waiting);
    LIST_EACH(&server->serving, HttpConn, link, conn) {
        if (conn->answered && conn->request_ended) conn->last = true; /* closed when that is out */
    }
    if (call_bool(call, 1)) {
        close_all(&server->reading);
        close_all(&server->serving);
    }
    return value_undefined();
}

/* count(server) */
static Value server_count(Call *call) {
    HttpServer *server = call_server(call);
    return value_int(server ? (int32_t)server->count : 0);
}

void http_server_release(HttpServer *server) {
    if (!server->forgotten || !server->wheel_is_closed || server->count) return;
    bytes_free(&server->keep_alive_line);
    mem_free(server);
}

static void wheel_closed(uv_handle_t *wheel) {
    HttpServer *server = wheel->data;
    server->wheel_is_closed = true;
    http_server_release(server);
}

static void server_forget_it(HttpServer *server) {
    if (server->forgotten) return;
    server->forgotten = true;
    listener_give_back(server);
    link_remove(&server->link);
    uv_close((uv_handle_t *)&server->wheel, wheel_closed);
}

/* drain(server): no new connections; drained(server) is called when the last is gone, unless there are none:
 * then true. */
static Value server_drain(Call *call) {
    HttpServer *server = call_server(call);
    if (!server) return value_bool(true);
    listener_give_back(server);
    server->accepts = false;
    server->draining = true;
    return value_bool(server->count == 0);
}

/* forget(server): after the last connection is gone. */
static Value server_forget(Call *call) {
    HttpServer *server = call_server(call);
    if (server && server->count == 0) server_forget_it(server);
    return value_undefined();
}

static Value callbacks_set(Call *call) {
    HttpServing *serving = http_serving(call->realm);
    Object *places[] = {&serving->on_request,   &serving->on_body,    &serving->on_end,
                        &serving->on_trailers,  &serving->on_problem, &serving->on_lost,
                        &serving->on_hand_over, &serving->on_late,    &serving->on_drained};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        *places[i] = call_function(call, i);
        if (*places[i]) value_keep(call->realm, *places[i]);
    }
    return value_undefined();
}

static void serving_awake(Realm *realm) {
    HttpServing *serving = http_serving(realm);
    uv_idle_init(&realm->loop, &serving->again_idle);
    serving->again_idle.data = serving;
}

static void serving_setup(Realm *realm, Object binding) {
    HttpServing *serving = NEW(HttpServing);
    *realm_slot(realm, SLOT_HTTP_SERVING) = serving;
    serving->shared = http_shared(realm);
    list_init(&serving->servers);
    list_init(&serving->again);
    realm_when_awake(realm, serving_awake);
    for (const Native *native = http_conn_functions; native->name; native++)
        object_set_native(realm, binding, native);
}

void http_serving_release(HttpServing *serving) {
    if (!serving->ends || !serving->idle_is_closed || serving->conn_count) return;
    http_cache_free(&serving->cache);
    bytes_free(&serving->out);
    bytes_free(&serving->room);
    mem_free(serving->conns);
    mem_free(serving->free_ids);
    mem_free(serving);
}

static void idle_closed(uv_handle_t *idle) {
    HttpServing *serving = idle->data;
    serving->idle_is_closed = true;
    http_serving_release(serving);
}

/* The streams are closing already, and tell their connections so when the loop comes to it. */
static void serving_teardown(Realm *realm) {
    HttpServing *serving = http_serving(realm);
    if (!serving) return;
    serving->ends = true;
    LIST_EACH(&serving->servers, HttpServer, link, server) server_forget_it(server);
    uv_close((uv_handle_t *)&serving->again_idle, idle_closed);
}

static const Native functions[] = {
    {"serve",                   server_serve},
    {"adopt",                         server_adopt},
    {"configure",server_configure},
    {"closeConnections",               server_close_connections},
    {"count",                         server_count},
    {"drain",server_drain},
    {"forget",                   server_forget},
    {"setCallbacks",                         callbacks_set},
    {0                          }
};

const Module http_server_module = {"http_server", functions, serving_setup, serving_teardown};
