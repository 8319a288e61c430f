/* Reads the messages of one connection from bytes that arrive in any pieces. Feed it what was read, then take
 * events until it wants more; a head that came whole is parsed where it lies, only an incomplete one is
 * copied.
 *
 *     http_reader_feed(&reader, data, len);
 *     while ((event = http_reader_next(&reader, &head, &body)) > HTTP_MORE) ...
 *
 * `data` must live until HTTP_MORE comes back, or http_reader_keep() was called because the caller wants to
 * stop in the middle. A head, and a slice of body, lives until the next call. */
#pragma once

#include "http/head.h"

typedef enum {
    HTTP_FAILED,   /* see reader.problem; nothing more will come */
    HTTP_MORE,     /* everything fed was understood */
    HTTP_HEAD,     /* `head` is filled in; now http_reader_skip_body or http_reader_upgrade may be called */
    HTTP_BODY,     /* `body` is the next piece */
    HTTP_TRAILERS, /* the fields in `head` are trailers; comes only when there are some */
    HTTP_END,      /* the message is complete */
    HTTP_UPGRADED, /* after HTTP_END: what http_reader_rest returns is another protocol's */
} HttpEvent;

typedef struct {
    const HttpRules *rules;
    char *fed, *at, *end;
    Bytes held;          /* the incomplete head */
    Bytes kept;          /* bytes that were fed and not looked at: see http_reader_keep */
    uint64_t left;       /* bytes of the body, or of the chunk, to come */
    HttpProblem problem; /* `at` counts from the beginning of what was fed last */
    struct {
        size_t checked; /* bytes of held that are complete good lines; what they said follows */
        uint64_t content_length;
        uint32_t counted, flags;
    } progress;
    uint32_t flags; /* of the head of the current message */
    uint32_t extension_len;
    uint16_t status;
    uint8_t state;
    uint8_t method;
    bool skips_body, upgrades;
} HttpReader;

/* The rules must outlive the reader. */
void http_reader_init(HttpReader *reader, const HttpRules *rules);
void http_reader_free(HttpReader *reader);
void http_reader_feed(HttpReader *reader, char *data, size_t len);
HttpEvent http_reader_next(HttpReader *reader, HttpHead *head, Slice *body);
/* The other side will send no more: HTTP_END if that ends a message, HTTP_MORE if nothing was under way. */
HttpEvent http_reader_finish(HttpReader *reader);

/* After HTTP_HEAD: the response has no body whatever it says (it answers HEAD). */
void http_reader_skip_body(HttpReader *reader);
/* After HTTP_HEAD with HTTP_UPGRADE: this message is the last. Its body, if it has one, is still read (not
 * after CONNECT). */
void http_reader_upgrade(HttpReader *reader);
/* What was fed and not yet understood. */
Slice http_reader_rest(const HttpReader *reader);
/* Copies the rest, so that the fed bytes may go; reading continues with http_reader_next. */
void http_reader_keep(HttpReader *reader);
/* Whether the reader is in the middle of a message (an idle connection may be closed without loss). */
bool http_reader_is_idle(const HttpReader *reader);
