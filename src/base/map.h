/* A hash map from strings to pointers, in insertion order when walked. The map copies its keys and
 * never touches its values. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    char *key; /* NULL: removed */
    void *value;
} MapEntry;

typedef struct {
    MapEntry *entries;
    size_t used;  /* entries, removed ones included */
    size_t count; /* living entries */
    size_t cap;
    unsigned *slots; /* entry index + 1; 0 is free */
    size_t slot_count;
} Map;

void *map_get(const Map *map, const char *key);
bool map_has(const Map *map, const char *key);
/* Returns the value that was there before, or NULL. */
void *map_set(Map *map, const char *key, void *value);
void *map_remove(Map *map, const char *key);
void map_free(Map *map);

#define MAP_EACH(map, entry)                                                                                 \
    for (MapEntry *entry = (map)->entries, *entry##_end = (map)->entries + (map)->used; entry < entry##_end; \
         entry++)                                                                                            \
        if (entry->key)
