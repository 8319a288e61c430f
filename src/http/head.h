/* The head of a message (start line and fields), parsed in place: everything is an offset from `base`, so
 * that whoever must keep a head longer than its bytes live copies the bytes and moves `base`. One HttpHead is
 * reused for all messages of a thread; it owns nothing but its array of fields. */
#pragma once

#include "base/bytes.h"
#include "http/errors.h"
#include "http/headers.h"
#include "http/methods.h"

#include <stdint.h>

typedef struct {
    uint32_t name_at;
    uint32_t value_at;
    uint32_t value_len;
    uint16_t name_len;
    uint16_t id; /* HttpFieldId */
} HttpField;

enum {
    HTTP_KEEP_ALIVE = 1 << 0, /* the connection may carry another message after this one */
    HTTP_HAS_LENGTH = 1 << 1, /* content_length counts */
    HTTP_CHUNKED = 1 << 2,    /* the last transfer coding is chunked */
    HTTP_HAS_CODING = 1 << 3, /* there is a Transfer-Encoding */
    HTTP_EXPECTS_CONTINUE = 1 << 4,
    HTTP_EXPECTS_OTHER = 1 << 5, /* an Expect that nobody knows */
    HTTP_UPGRADE = 1 << 6,       /* CONNECT, or Upgrade with Connection: upgrade; a response: 101 */
    HTTP_HAS_HOST = 1 << 7,
    HTTP_HOST_TWICE = 1 << 8,
    HTTP_SAYS_CLOSE = 1 << 9, /* Connection: close */
    HTTP_SAYS_KEEP_ALIVE = 1 << 10,
    HTTP_SAYS_UPGRADE = 1 << 11,
    HTTP_HAS_UPGRADE = 1 << 12,
};

typedef struct {
    char *base;
    size_t len; /* with the empty line; when parsing stopped early: where the first incomplete line begins */
    uint32_t target_at, target_len; /* of a response: the reason phrase */
    uint8_t method;                 /* HttpMethod */
    uint8_t major, minor;
    uint16_t status;
    uint32_t flags;
    uint64_t content_length;
    uint32_t counted; /* bytes of target, names and values: what the size limit is about */
    HttpField *fields;
    uint32_t count, cap;
    uint32_t dropped; /* fields beyond the limit of their number: understood, but not listed */
} HttpHead;

typedef struct {
    bool response;
    bool lenient; /* accept what old and broken programs send, at the risk of being smuggled past */
    uint32_t head_size_limit;
    uint32_t field_limit; /* 0: none */
} HttpRules;

typedef enum { HEAD_COMPLETE, HEAD_PARTIAL, HEAD_BAD } HeadResult;

/* The bytes must begin with the start line. HEAD_PARTIAL: so far all is well, and `len` says up to where. In
 * lenient mode the line ends of folded values are overwritten with spaces. */
HeadResult http_head_parse(HttpHead *head, const HttpRules *rules, char *base, size_t len,
                           HttpProblem *problem);
/* Only the fields, from the beginning of a line at `from`; adds to flags, content_length and counted. This is
 * how an incomplete head is checked while it grows, and how trailers are read. */
HeadResult http_fields_parse(HttpHead *head, const HttpRules *rules, char *base, size_t len, size_t from,
                             HttpProblem *problem);
/* Sets HTTP_KEEP_ALIVE and HTTP_UPGRADE from what a complete head says. */
void http_head_conclude(HttpHead *head, bool response);
void http_head_free(HttpHead *head);

static inline Slice http_head_target(const HttpHead *head) {
    return (Slice){head->base + head->target_at, head->target_len};
}
static inline Slice http_field_key(const HttpHead *head, const HttpField *field) {
    return (Slice){head->base + field->name_at, field->name_len};
}
static inline Slice http_field_value(const HttpHead *head, const HttpField *field) {
    return (Slice){head->base + field->value_at, field->value_len};
}
/* The first field of that id, or NULL. */
const HttpField *http_head_find(const HttpHead *head, HttpFieldId id);
