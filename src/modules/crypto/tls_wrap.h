/* A TLS connection over a stream of the program's, or over bytes that JavaScript carries. Records go
 * between the socket and memory in C; JavaScript hears plain bytes and what happens. */
#pragma once

#include "modules/crypto/tls.h"
#include "modules/stream_wrap.h"

/* What JavaScript is called with; `this` is the connection's owner. */
enum {
    TLS_READ,       /* (Buffer, count) */
    TLS_WRITTEN,    /* (status) */
    TLS_SHUTDOWN,   /* (status) */
    TLS_START,      /* a handshake begins */
    TLS_DONE,       /* a handshake is done */
    TLS_ERROR,      /* (error) */
    TLS_SESSION,    /* (id, session) */
    TLS_HELLO,      /* (session id, server name, has ticket) -> waits for helloDone() */
    TLS_CERT,       /* (server name, wants OCSP) -> waits for certDone() */
    TLS_KEYLOG,     /* (line) */
    TLS_OCSP,       /* (response or null) */
    TLS_ALPN,       /* (server name, names as bytes) -> the name, called at once */
    TLS_PSK_SERVER, /* (identity, room) -> key, called at once */
    TLS_PSK_CLIENT, /* (hint, room for key, for identity) -> [identity, key], called at once */
    TLS_OUTPUT,     /* (Buffer) for JavaScript to carry; it answers with outputDone() */
    TLS_TURN,       /* nothing: runs what JavaScript left for the end of its turn */
    TLS_HOOKS
};

typedef struct {
    Object hooks[TLS_HOOKS];
    STACK_OF(X509) * roots; /* see tls_roots */
    char *scratch;          /* for plain bytes, while nobody uses it */
    bool has_asked;         /* JavaScript was called from within OpenSSL */
} TlsState;

struct TlsWrap {
    Handle handle;
    SSL *ssl;
    BIO *from_net, *to_net; /* the SSL's */
    StreamHandle *stream;   /* NULL: carried, not there yet, or gone */
    StreamTap tap;
    StreamFilter filter; /* for C that serves or asks over this connection */
    Value owner;         /* kept while attached */
    TlsState *state;
    bool is_server, is_established, has_started;
    bool is_reading, net_ended, told_end, has_failed, is_closed, is_disposed;
    bool closes_above; /* who is above hears of the end when the stream has closed */
    bool is_carried;   /* by JavaScript */
    unsigned in_ssl;   /* OpenSSL is at work */
    bool in_cycle, cycle_again, start_waits, done_waits, done_told;
    bool hello_hook, hello_waits, cert_hook, cert_waits, alpn_hook, keylog_hook, session_hook;
    bool write_waits;    /* JavaScript is owed TLS_WRITTEN */
    bool output_is_out;  /* a write to the network is under way */
    Bytes plain_waiting; /* not yet taken by the SSL */
    uint64_t bytes_read, bytes_written;
    SSL_SESSION *next_session; /* what a look-up by id found */
    Bytes alpn;                /* in the form of the wire */
    Bytes ocsp_response;
    Value context_value; /* kept: the context that a server name chose */
    Value user_buffer;
    Bytes failure; /* OpenSSL's account of it */
    unsigned long failure_code;
    uv_shutdown_t shutdown;
    unsigned refs; /* requests under way */
};

TlsWrap *tls_wrap_of(SSL *ssl);
TlsWrap *call_wrap(Call *call);
void tls_cycle(TlsWrap *self);
/* Goes on with a handshake that was asked for on a connection that stands. */
void tls_handshake(TlsWrap *self);
extern const Native tls_info_methods[];
/* For callbacks of OpenSSL: calls the hook at once; NULL if it threw (the error went to TLS_ERROR). */
Value tls_ask(TlsWrap *self, int hook, size_t argc, const Value *argv);
