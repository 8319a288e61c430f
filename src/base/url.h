/* The URL Standard's parser and serializer on plain UTF-8 bytes. International host names are left to a
 * function that the caller gives, because only the runtime has the tables for them. */
#pragma once

#include "base/bytes.h"

#include <stdint.h>

/* Unicode host name (percent-decoded) to its ASCII form, appended to `out`; false if there is none. */
typedef bool (*UrlToAscii)(Slice domain, Bytes *out);

typedef struct {
    Bytes scheme; /* without the colon */
    Bytes username, password;
    Bytes host;            /* serialized */
    Bytes path;            /* serialized: opaque, or "/segment" for each segment */
    Bytes query, fragment; /* without ? and # */
    int port;              /* -1: none, or the scheme's own */
    bool has_host, has_query, has_fragment, is_opaque;
    UrlToAscii to_ascii;
} Url;

/* What a setter of the URL class changes. */
typedef enum {
    URL_PROTOCOL,
    URL_USERNAME,
    URL_PASSWORD,
    URL_HOST,
    URL_HOSTNAME,
    URL_PORT,
    URL_PATHNAME,
    URL_SEARCH,
    URL_HASH,
} UrlPart;

/* Where the parts of a serialized URL begin and end. */
typedef enum {
    URL_AT_PROTOCOL_END, /* after the colon */
    URL_AT_USERNAME,
    URL_AT_USERNAME_END,
    URL_AT_PASSWORD,
    URL_AT_PASSWORD_END,
    URL_AT_HOST,
    URL_AT_HOSTNAME_END,
    URL_AT_HOST_END, /* with the port */
    URL_AT_PATH,
    URL_AT_PATH_END,
    URL_AT_QUERY_END, /* from the ? on */
    URL_HAS_HOST,
    URL_PORT_NUMBER, /* -1: none */
    URL_FIELDS
} UrlField;

/* False if the input is no URL; `base` may be NULL. `url` must be zeroed but for to_ascii. */
bool url_parse(Url *url, Slice input, const Url *base);
/* What url.part = value does; false if the value does not fit and nothing changed. */
bool url_set(Url *url, UrlPart part, Slice value);
void url_write(const Url *url, Bytes *href, int32_t fields[URL_FIELDS]);
void url_free(Url *url);

bool url_scheme_is_special(Slice scheme);
/* The host of an URL that has a special scheme; false if it is none. */
bool url_host_parse(Slice text, UrlToAscii to_ascii, Bytes *host);

void url_percent_decode(Slice text, Bytes *out);
/* application/x-www-form-urlencoded: bytes to what stands in a query, and back. */
void url_form_encode(Slice text, Bytes *out);
void url_form_decode(Slice text, Bytes *out);
