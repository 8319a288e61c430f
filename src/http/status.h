/* The status codes that have a standard reason phrase; programs see them as http.STATUS_CODES. */
#pragma once

#include "base/bytes.h"

typedef struct {
    int code;
    const char *reason;
} HttpStatus;

extern const HttpStatus http_statuses[];
extern const size_t http_status_count;

/* "unknown" for a code without a phrase. */
Slice http_status_reason(int code);
