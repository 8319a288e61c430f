/* The chunked coding: the lines between pieces of body. Used by the reader only. */
#pragma once

#include "http/reader.h"

enum {
    READER_START,
    READER_HEAD,
    READER_BODY,
    READER_LENGTH,
    READER_UNTIL_CLOSE,
    READER_CHUNK_SIZE,
    READER_CHUNK_DIGITS,
    READER_CHUNK_SPACE,
    READER_EXTENSION_NAME,
    READER_EXTENSION_NAME_MORE,
    READER_EXTENSION_VALUE,
    READER_EXTENSION_QUOTED,
    READER_EXTENSION_ESCAPED,
    READER_EXTENSION_AFTER_QUOTE,
    READER_CHUNK_LF,
    READER_CHUNK_DATA,
    READER_CHUNK_DATA_CR,
    READER_CHUNK_DATA_LF,
    READER_TRAILERS,
    READER_END,
    READER_AFTER_END,
    READER_CLOSED,
    READER_UPGRADED,
    READER_FAILED,
};

HttpEvent http_reader_fail(HttpReader *reader, const char *at, HttpError error, const char *reason);
/* HTTP_BODY with a piece of a chunk, HTTP_MORE, HTTP_FAILED, or HTTP_TRAILERS when the last chunk was read
 * (the state then is READER_TRAILERS). */
HttpEvent http_chunked_next(HttpReader *reader, Slice *body);
