/* Texts that go back and forth between C and JavaScript again and again: the heads that a client repeats with
 * every request, the bodies and headers that a handler repeats with every answer. Making a string costs more
 * than reading a request, so each is made once as long as it repeats. */
#pragma once

#include "engine/realm.h"

enum { HTTP_HEAD_SLOTS = 64, HTTP_TEXT_SLOTS = 32, HTTP_HEAD_CACHED_MAX = 1024, HTTP_TEXT_CACHED_MAX = 2048 };

typedef struct {
    uint64_t hash; /* of what was seen last in this slot; it is kept once it was seen twice */
    size_t len;
    char *bytes; /* NULL: only seen */
    Value head, target;
} HttpHeadSlot;

typedef struct {
    Value text;
    Bytes bytes;
} HttpTextSlot;

typedef struct {
    HttpHeadSlot heads[HTTP_HEAD_SLOTS];
    HttpTextSlot texts[HTTP_TEXT_SLOTS];
    Value seen[HTTP_TEXT_SLOTS]; /* not kept: only compared */
} HttpCache;

/* The head and the target in it as strings. */
void http_cache_head(Realm *realm, HttpCache *cache, Slice head, Slice target, Value *head_text,
                     Value *target_text);
/* The bytes of a string in UTF-8, or one byte a character: from the cache, or put into `room`. A string must
 * always be asked for in the same form. */
Slice http_cache_text(Realm *realm, HttpCache *cache, Value text, bool latin1, Bytes *room);
void http_cache_free(HttpCache *cache);
