/* What can be wrong with a message. The names are those that programs on Node match in `err.code`; the
 * reasons say the same in words. */
#pragma once

#include <stddef.h>

#define HTTP_ERROR_LIST(X)                                                                                   \
    X(NONE, "HPE_OK", 0)                                                                                     \
    X(INVALID_METHOD, "HPE_INVALID_METHOD", 400)                                                             \
    X(INVALID_URL, "HPE_INVALID_URL", 400)                                                                   \
    X(INVALID_CONSTANT, "HPE_INVALID_CONSTANT", 400)                                                         \
    X(INVALID_VERSION, "HPE_INVALID_VERSION", 400)                                                           \
    X(INVALID_STATUS, "HPE_INVALID_STATUS", 400)                                                             \
    X(INVALID_HEADER_TOKEN, "HPE_INVALID_HEADER_TOKEN", 400)                                                 \
    X(UNEXPECTED_SPACE, "HPE_UNEXPECTED_SPACE", 400)                                                         \
    X(CR_EXPECTED, "HPE_CR_EXPECTED", 400)                                                                   \
    X(LF_EXPECTED, "HPE_LF_EXPECTED", 400)                                                                   \
    X(STRICT, "HPE_STRICT", 400)                                                                             \
    X(INVALID_CONTENT_LENGTH, "HPE_INVALID_CONTENT_LENGTH", 400)                                             \
    X(UNEXPECTED_CONTENT_LENGTH, "HPE_UNEXPECTED_CONTENT_LENGTH", 400)                                       \
    X(INVALID_TRANSFER_ENCODING, "HPE_INVALID_TRANSFER_ENCODING", 400)                                       \
    X(INVALID_CHUNK_SIZE, "HPE_INVALID_CHUNK_SIZE", 400)                                                     \
    X(HEADER_OVERFLOW, "HPE_HEADER_OVERFLOW", 431)                                                           \
    X(CHUNK_EXTENSIONS_OVERFLOW, "HPE_CHUNK_EXTENSIONS_OVERFLOW", 413)                                       \
    X(CLOSED_CONNECTION, "HPE_CLOSED_CONNECTION", 400)                                                       \
    X(INVALID_EOF_STATE, "HPE_INVALID_EOF_STATE", 400)

typedef enum {
#define X(id, name, status) HTTP_ERROR_##id,
    HTTP_ERROR_LIST(X)
#undef X
} HttpError;

typedef struct {
    HttpError error;
    const char *reason; /* a constant */
    size_t at;          /* how many bytes were good */
} HttpProblem;

const char *http_error_name(HttpError error);
/* The status that a server answers with before it closes the connection. */
int http_error_status(HttpError error);
