/* Names of header fields that Galley or the programs on it ask for often, each with a small number, so
 * that asking "is there a Content-Length" compares integers. The list is sorted by length: a name is looked
 * for only among names as long as itself. */
#pragma once

#include "base/bytes.h"

#include <stdint.h>

#define HTTP_FIELD_LIST(X)                                                                                   \
    X(TE, "te")                                                                                              \
    X(AGE, "age")                                                                                            \
    X(DNT, "dnt")                                                                                            \
    X(VIA, "via")                                                                                            \
    X(DATE, "date")                                                                                          \
    X(ETAG, "etag")                                                                                          \
    X(FROM, "from")                                                                                          \
    X(HOST, "host")                                                                                          \
    X(LINK, "link")                                                                                          \
    X(VARY, "vary")                                                                                          \
    X(ALLOW, "allow")                                                                                        \
    X(RANGE, "range")                                                                                        \
    X(ACCEPT, "accept")                                                                                      \
    X(COOKIE, "cookie")                                                                                      \
    X(EXPECT, "expect")                                                                                      \
    X(ORIGIN, "origin")                                                                                      \
    X(PRAGMA, "pragma")                                                                                      \
    X(SERVER, "server")                                                                                      \
    X(EXPIRES, "expires")                                                                                    \
    X(REFERER, "referer")                                                                                    \
    X(TRAILER, "trailer")                                                                                    \
    X(UPGRADE, "upgrade")                                                                                    \
    X(IF_MATCH, "if-match")                                                                                  \
    X(IF_RANGE, "if-range")                                                                                  \
    X(LOCATION, "location")                                                                                  \
    X(CONNECTION, "connection")                                                                              \
    X(KEEP_ALIVE, "keep-alive")                                                                              \
    X(SET_COOKIE, "set-cookie")                                                                              \
    X(USER_AGENT, "user-agent")                                                                              \
    X(RETRY_AFTER, "retry-after")                                                                            \
    X(CONTENT_TYPE, "content-type")                                                                          \
    X(MAX_FORWARDS, "max-forwards")                                                                          \
    X(ACCEPT_RANGES, "accept-ranges")                                                                        \
    X(AUTHORIZATION, "authorization")                                                                        \
    X(CACHE_CONTROL, "cache-control")                                                                        \
    X(CONTENT_RANGE, "content-range")                                                                        \
    X(IF_NONE_MATCH, "if-none-match")                                                                        \
    X(LAST_MODIFIED, "last-modified")                                                                        \
    X(ACCEPT_CHARSET, "accept-charset")                                                                      \
    X(CONTENT_LENGTH, "content-length")                                                                      \
    X(SEC_FETCH_DEST, "sec-fetch-dest")                                                                      \
    X(SEC_FETCH_MODE, "sec-fetch-mode")                                                                      \
    X(SEC_FETCH_SITE, "sec-fetch-site")                                                                      \
    X(ACCEPT_ENCODING, "accept-encoding")                                                                    \
    X(ACCEPT_LANGUAGE, "accept-language")                                                                    \
    X(X_FORWARDED_FOR, "x-forwarded-for")                                                                    \
    X(CONTENT_ENCODING, "content-encoding")                                                                  \
    X(CONTENT_LANGUAGE, "content-language")                                                                  \
    X(PROXY_CONNECTION, "proxy-connection")                                                                  \
    X(WWW_AUTHENTICATE, "www-authenticate")                                                                  \
    X(X_FORWARDED_HOST, "x-forwarded-host")                                                                  \
    X(IF_MODIFIED_SINCE, "if-modified-since")                                                                \
    X(SEC_WEBSOCKET_KEY, "sec-websocket-key")                                                                \
    X(TRANSFER_ENCODING, "transfer-encoding")                                                                \
    X(X_FORWARDED_PROTO, "x-forwarded-proto")                                                                \
    X(PROXY_AUTHENTICATE, "proxy-authenticate")                                                              \
    X(CONTENT_DISPOSITION, "content-disposition")                                                            \
    X(IF_UNMODIFIED_SINCE, "if-unmodified-since")                                                            \
    X(PROXY_AUTHORIZATION, "proxy-authorization")                                                            \
    X(SEC_WEBSOCKET_VERSION, "sec-websocket-version")                                                        \
    X(SEC_WEBSOCKET_PROTOCOL, "sec-websocket-protocol")                                                      \
    X(STRICT_TRANSPORT_SECURITY, "strict-transport-security")                                                \
    X(UPGRADE_INSECURE_REQUESTS, "upgrade-insecure-requests")

typedef enum {
#define X(id, text) HTTP_FIELD_##id,
    HTTP_FIELD_LIST(X)
#undef X
        HTTP_FIELD_COUNT,
    HTTP_FIELD_OTHER = HTTP_FIELD_COUNT,
} HttpFieldId;

/* The name in lower case. */
Slice http_field_name(HttpFieldId id);
/* The case of the name does not matter; HTTP_FIELD_OTHER when it is not in the list. */
HttpFieldId http_field_find(const char *name, size_t len);
