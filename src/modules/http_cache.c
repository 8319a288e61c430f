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

Slice http_cache_text(Realm *realm, HttpCache *cache, Value text, bool latin1, Bytes *room) {
    unsigned at = (unsigned)(value_bits(text) >> 4) % HTTP_TEXT_SLOTS;
    HttpTextSlot *slot = &cache->texts[at];
    if (slot->text == text) return bytes_slice(&slot->bytes);

    JSStringRef string = JSValueToStringCopy(realm->ctx, text, NULL);
    if (!string) return (Slice){"", 0};
    bytes_clear(room);
    bytes_reserve(room, JSStringGetMaximumUTF8CStringSize(string));
    size_t size = JSStringGetUTF8CString(string, room->data, JSStringGetMaximumUTF8CStringSize(string));
    room->len = size ? size - 1 : 0;
    size_t chars = JSStringGetLength(string);
    if (latin1 && room->len != chars) { /* not ASCII */
        const JSChar *wide = JSStringGetCharactersPtr(string);
        for (size_t i = 0; i < chars; i++)
            room->data[i] = (char)wide[i];
        room->len = chars;
    }
    JSStringRelease(string);
    /* The same string twice is a constant of the program, and will come again. */
    if (cache->seen[at] == text && room->len <= HTTP_TEXT_CACHED_MAX) {
        if (slot->text) value_drop(realm, slot->text);
        slot->text = text;
        value_keep(realm, text);
        bytes_clear(&slot->bytes);
        bytes_append(&slot->bytes, room->data, room->len);
    }
    cache->seen[at] = text;
    return bytes_slice(room);
}

void http_cache_free(HttpCache *cache) {
    for (size_t i = 0; i < HTTP_HEAD_SLOTS; i++)
        mem_free(cache->heads[i].bytes);
    for (size_t i = 0; i < HTTP_TEXT_SLOTS; i++)
        bytes_free(&cache->texts[i].bytes);
    *cache = (HttpCache){0};
}
