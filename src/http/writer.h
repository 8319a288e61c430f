/* Puts messages together as bytes. Nothing is checked here that http_is_token and http_is_value can check:
 * the caller asks them where names and values come from a program. */
#pragma once

#include "base/bytes.h"

#include <stdint.h>
#include <time.h>

/* "Date: ...\r\n" for a second; made anew only when the second changes. */
typedef struct {
    time_t second;
    char line[40];
    uint8_t len;
} HttpDate;

enum { HTTP_CHUNK_LINE_MAX = 18 };

Slice http_date_line(HttpDate *date, time_t now);
/* Writes "Thu, 01 Jan 1970 00:00:00 GMT" and a NUL. */
void http_date_format(char text[30], time_t when);

/* "HTTP/1.1 200 OK\r\n"; without a reason (data NULL) the standard one. */
void http_write_status_line(Bytes *out, int status, Slice reason);
void http_write_request_line(Bytes *out, Slice method, Slice target);
void http_write_field(Bytes *out, Slice name, Slice value);
void http_write_length(Bytes *out, uint64_t content_length);
/* The line before the bytes of a chunk; after them comes "\r\n", and at the end of all "0\r\n", trailers,
 * "\r\n". */
size_t http_chunk_line(char line[HTTP_CHUNK_LINE_MAX], uint64_t len);
void http_write_chunk(Bytes *out, const void *data, size_t len);
/* A whole small answer that closes the connection, for requests that never reach a program. */
void http_write_refusal(Bytes *out, int status);
