/* What the two native halves of http share: one HttpHead for all messages of a realm, and the numbers of the
 * last head where JavaScript reads them without crossing. */
#pragma once

#include "engine/handle.h"
#include "http/reader.h"

enum { HTTP_SHARED_FIELDS = 2000 };

enum {
    INFO_METHOD,
    INFO_STATUS,
    INFO_MAJOR,
    INFO_MINOR,
    INFO_FLAGS,
    INFO_COUNT,
    INFO_TARGET_AT,
    INFO_TARGET_LEN,
    INFO_FIELDS, /* from here four for each field: name at, its length, value at, its length */
};

typedef struct {
    HttpHead head;
    Object on_head, on_body, on_trailers, on_end;
    int32_t info[INFO_FIELDS + HTTP_SHARED_FIELDS * 4];
} HttpShared;

HttpShared *http_shared(Realm *realm);
void http_head_share(HttpShared *shared, const HttpHead *head);
