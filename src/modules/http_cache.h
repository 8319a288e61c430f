/* The heads that a client repeats with every request, as JavaScript's strings. Making a string costs more
 * than reading a request, so each is made once as long as it repeats. */
#pragma once

#include "engine/realm.h"

enum { HTTP_HEAD_SLOTS = 64, HTTP_HEAD_CACHED_MAX = 1024 };

typedef struct {
    uint64_t hash; /* of what was seen last in this slot; it is kept once it was seen twice */
    size_t len;
    char *bytes; /* NULL: only seen */
    Value head, target;
} HttpHeadSlot;

typedef struct {
    HttpHeadSlot heads[HTTP_HEAD_SLOTS];
} HttpCache;

/* The head and the target in it as strings. */
void http_cache_head(Realm *realm, HttpCache *cache, Slice head, Slice target, Value *head_text,
                     Value *target_text);
void http_cache_free(HttpCache *cache);
