/* The request methods that Galley knows: programs see the same list as http.METHODS, in this order,
 * and a method travels through the runtime as its index. */
#pragma once

#include "base/bytes.h"

#define HTTP_METHOD_LIST(X)                                                                                  \
    X(ACL, "ACL")                                                                                            \
    X(BIND, "BIND")                                                                                          \
    X(CHECKOUT, "CHECKOUT")                                                                                  \
    X(CONNECT, "CONNECT")                                                                                    \
    X(COPY, "COPY")                                                                                          \
    X(DELETE, "DELETE")                                                                                      \
    X(GET, "GET")                                                                                            \
    X(HEAD, "HEAD")                                                                                          \
    X(LINK, "LINK")                                                                                          \
    X(LOCK, "LOCK")                                                                                          \
    X(M_SEARCH, "M-SEARCH")                                                                                  \
    X(MERGE, "MERGE")                                                                                        \
    X(MKACTIVITY, "MKACTIVITY")                                                                              \
    X(MKCALENDAR, "MKCALENDAR")                                                                              \
    X(MKCOL, "MKCOL")                                                                                        \
    X(MOVE, "MOVE")                                                                                          \
    X(NOTIFY, "NOTIFY")                                                                                      \
    X(OPTIONS, "OPTIONS")                                                                                    \
    X(PATCH, "PATCH")                                                                                        \
    X(POST, "POST")                                                                                          \
    X(PROPFIND, "PROPFIND")                                                                                  \
    X(PROPPATCH, "PROPPATCH")                                                                                \
    X(PURGE, "PURGE")                                                                                        \
    X(PUT, "PUT")                                                                                            \
    X(QUERY, "QUERY")                                                                                        \
    X(REBIND, "REBIND")                                                                                      \
    X(REPORT, "REPORT")                                                                                      \
    X(SEARCH, "SEARCH")                                                                                      \
    X(SOURCE, "SOURCE")                                                                                      \
    X(SUBSCRIBE, "SUBSCRIBE")                                                                                \
    X(TRACE, "TRACE")                                                                                        \
    X(UNBIND, "UNBIND")                                                                                      \
    X(UNLINK, "UNLINK")                                                                                      \
    X(UNLOCK, "UNLOCK")                                                                                      \
    X(UNSUBSCRIBE, "UNSUBSCRIBE")

typedef enum {
#define X(id, text) HTTP_METHOD_##id,
    HTTP_METHOD_LIST(X)
#undef X
        HTTP_METHOD_COUNT
} HttpMethod;

Slice http_method_name(HttpMethod method);
/* HTTP_METHOD_COUNT: no such method. Methods are case-sensitive. */
HttpMethod http_method_find(const char *text, size_t len);
/* How many bytes of the text some method begins with; equal to len when more bytes may still make one. */
size_t http_method_prefix(const char *text, size_t len);
