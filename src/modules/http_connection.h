/* One connection of a plain server, from accept to close: its reader, what phase it is in, and its place in
 * the list of those that wait. JavaScript knows it by a number. */
#pragma once

#include "http/writer.h"
#include "modules/http.h"
#include "modules/http_cache.h"
#include "modules/stream_wrap.h"

typedef struct HttpServer HttpServer;

typedef enum {
    CONN_WAITS,  /* for the first byte of a request */
    CONN_READS,  /* a head that is not complete */
    CONN_SERVES, /* a request is with JavaScript */
} ConnPhase;

typedef struct {
    StreamTap tap;
    StreamHandle *stream;
    HttpServer *server;
    HttpReader reader;
    Link link;      /* in one of the server's lists, oldest first */
    Link again;     /* among those that go on in the next turn of the loop */
    uint64_t since; /* loop time at which the phase began */
    uint32_t id;
    uint32_t requests;
    uint8_t phase;
    bool runs;          /* its bytes are being looked at right now */
    bool answered;      /* the response to the current request is complete */
    bool request_ended; /* the current request was read to its end */
    bool paused;        /* JavaScript takes no more of the body for now */
    bool last;          /* close when this answer is out */
    bool known;         /* JavaScript has an object for it */
    bool closing;
    bool let_go; /* JavaScript has its stream */
} HttpConn;

struct HttpServer {
    Realm *realm;
    StreamHandle *listener; /* NULL when it is closed, or given back */
    StreamTap listener_tap;
    Link link;
    List waiting, reading, serving;
    HttpRules rules;
    uv_timer_t wheel;
    uint32_t id, count;
    uint32_t keep_alive_ms, headers_ms, request_ms;
    Bytes keep_alive_line;
    bool accepts;                    /* connections are taken here; else JavaScript gets them */
    bool refuses;                    /* broken requests are answered here; else JavaScript gets them */
    bool draining;                   /* tell JavaScript when the last connection is gone */
    bool forgotten, wheel_is_closed; /* freed when its last connection is */
};

typedef struct {
    HttpShared *shared;
    HttpCache cache;
    HttpDate date;
    Bytes out;  /* answers of the connection that runs, written together */
    Bytes room; /* for texts that are not bytes as they lie */
    HttpConn **conns;
    uint32_t *free_ids;
    uint32_t conn_cap, free_count;
    List servers, again;
    uint32_t next_server, conn_count;
    bool is_trimmed;           /* memory that was needed to start is given back */
    bool ends, idle_is_closed; /* the realm ends: freed when the last connection is */
    uv_idle_t again_idle;
    Object on_request, on_body, on_end, on_trailers, on_problem, on_lost, on_hand_over, on_late, on_drained;
} HttpServing;

HttpServing *http_serving(Realm *realm);
HttpConn *http_conn_accept(HttpServer *server, StreamHandle *stream);
void http_conn_close(HttpConn *conn);
void http_conn_move(HttpConn *conn, ConnPhase phase);
void http_conn_run_later(HttpConn *conn);
/* Leaves the stream to JavaScript and forgets the connection. */
void http_conn_let_go(HttpConn *conn);

/* One connection less; the last tells JavaScript, if it waits for that. */
void http_server_leave(HttpServer *server);
/* Frees what waits for nothing any more. */
void http_server_release(HttpServer *server);
void http_serving_release(HttpServing *serving);

extern const Native http_conn_functions[];
