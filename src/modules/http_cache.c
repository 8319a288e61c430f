#include "modules/http_cache.h"

/* A multiply and a shift for every eight bytes: this only has to spread, equality is checked. */
static uint64_t bytes_hash(const char *data, size_t len) {
    uint64_t hash = len * 0x9e3779b97f4a7c15u;
    for (; len >= 8; data += 8, len -= 8) {
        uint64_t word;
        memcpy(&word, data, 8);
        hash = (hash ^ word) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    uint64_t word = 0;
    memcpy(&word, data, len);
    hash = (hash ^ word) * 0xff51afd7ed558ccdu;
    return hash ^ hash >> 32;
}

/* Heads are nearly always ASCII, and then the engine keeps one byte a character. */
static Value text_new(Realm *realm, Slice text) {
    char room[HTTP_HEAD_CACHED_MAX + 1];
    if (text.len >= sizeof room) return value_latin1(realm, text.data, text.len);
    signed char all = 0;
    for (size_t i = 0; i < text.len; i++)
        all |= (signed char)text.data[i];
    if (all < 0) return value_latin1(realm, text.data, text.len);
    memcpy(room, text.data, text.len);
    room[text.len] = 0;
    JSStringRef string = JSStringCreateWithUTF8CString(room);
    Value value = JSValueMakeString(realm->ctx, string);
    JSStringRelease(string);
    return value;
}

static void head_slot_clear(Realm *realm, HttpHeadSlot *slot) {
    if (slot->bytes) {
        value_drop(realm, slot->head);
        value_drop(realm, slot->target);
        mem_free(slot->bytes);
    }
    *slot = (HttpHeadSlot){0};
}

void http_cache_head(Realm *realm, HttpCache *cache, Slice head, Slice target, Value *head_text,
                     Value *target_text) {
    if (head.len > HTTP_HEAD_CACHED_MAX) {
        *head_text = text_new(realm, head);
        *target_text = text_new(realm, target);
        return;
    }
    uint64_t hash = bytes_hash(head.data, head.len);
    HttpHeadSlot *slot = &cache->heads[hash % HTTP_HEAD_SLOTS];
    if (slot->bytes && slot->len == head.len && memcmp(slot->bytes, head.data, head.len) == 0) {
        *head_text = slot->head;
        *target_text = slot->target;
        return;
    }
    *head_text = text_new(realm, head);
    *target_text = text_new(realm, target);
    bool again = slot->hash == hash && slot->len == head.len;
    head_slot_clear(realm, slot);
    slot->hash = hash;
    slot->len = head.len;
    if (!again) return;
    slot->bytes = mem_new(head.len + 1);
    memcpy(slot->bytes, head.data, head.len);
    slot->head = *head_text;
    slot->target = *target_text;
    value_keep(realm, slot->head);
    value_keep(realm, slot->target);
}

void http_cache_free(HttpCache *cache) {
    for (size_t i = 0; i < HTTP_HEAD_SLOTS; i++)
        mem_free(cache->heads[i].bytes);
    *cache = (HttpCache){0};
}
