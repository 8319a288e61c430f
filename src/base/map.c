#include "base/map.h"

#include "base/mem.h"

#include <stdint.h>
#include <string.h>

static uint32_t hash(const char *key) {
    uint32_t h = 2166136261u;
    for (; *key; key++)
        h = (h ^ (unsigned char)*key) * 16777619u;
    return h;
}

/* The slot that holds the key, or the free one where it would go. */
static size_t slot_of(const Map *map, const char *key) {
    size_t mask = map->slot_count - 1, i = hash(key) & mask;
    for (;; i = (i + 1) & mask) {
        unsigned at = map->slots[i];
        if (!at) return i;
        const char *there = map->entries[at - 1].key;
        if (there && strcmp(there, key) == 0) return i;
    }
}

static void rebuild(Map *map) {
    size_t kept = 0;
    for (size_t i = 0; i < map->used; i++)
        if (map->entries[i].key) map->entries[kept++] = map->entries[i];
    map->used = map->count = kept;
    size_t cap = 8;
    while (cap < kept * 2)
        cap *= 2;
    map->entries = mem_resize(map->entries, cap * sizeof *map->entries);
    map->cap = cap;
    mem_free(map->slots);
    map->slot_count = cap * 2;
    map->slots = mem_new(map->slot_count * sizeof *map->slots);
    for (size_t i = 0; i < kept; i++)
        map->slots[slot_of(map, map->entries[i].key)] = (unsigned)i + 1;
}

static MapEntry *find(const Map *map, const char *key) {
    if (!map->slot_count) return NULL;
    unsigned at = map->slots[slot_of(map, key)];
    return at ? &map->entries[at - 1] : NULL;
}

void *map_get(const Map *map, const char *key) {
    MapEntry *entry = find(map, key);
    return entry ? entry->value : NULL;
}

bool map_has(const Map *map, const char *key) {
    return find(map, key) != NULL;
}

void *map_set(Map *map, const char *key, void *value) {
    MapEntry *entry = find(map, key);
    if (entry) {
        void *old = entry->value;
        entry->value = value;
        return old;
    }
    if (map->used == map->cap) rebuild(map);
    map->entries[map->used] = (MapEntry){mem_strdup(key), value};
    map->slots[slot_of(map, key)] = (unsigned)++map->used;
    map->count++;
    return NULL;
}

void *map_remove(Map *map, const char *key) {
    MapEntry *entry = find(map, key);
    if (!entry) return NULL;
    mem_free(entry->key);
    entry->key = NULL; /* its slot keeps pointing here, so that later keys are still found */
    map->count--;
    return entry->value;
}

void map_free(Map *map) {
    for (size_t i = 0; i < map->used; i++)
        mem_free(map->entries[i].key);
    mem_free(map->entries);
    mem_free(map->slots);
    *map = (Map){0};
}
