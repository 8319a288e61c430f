/* Doubly linked lists whose links live inside the things they link (a link may sit in one list at a
 * time). An initialised link that is in no list points to itself, so unlinking twice is harmless. */
#pragma once

#include "base/mem.h"

#include <stdbool.h>

typedef struct Link {
    struct Link *prev;
    struct Link *next;
} Link;

typedef Link List;

static inline void list_init(List *list) {
    list->prev = list->next = list;
}
static inline void link_init(Link *link) {
    link->prev = link->next = link;
}
static inline bool list_is_empty(const List *list) {
    return list->next == list;
}

static inline void list_append(List *list, Link *link) {
    link->prev = list->prev;
    link->next = list;
    list->prev->next = link;
    list->prev = link;
}

static inline void link_remove(Link *link) {
    link->prev->next = link->next;
    link->next->prev = link->prev;
    link->prev = link->next = link;
}

/* Everything goes to `to`, which need not be initialised; `from` is empty then. */
static inline void list_take(List *from, List *to) {
    list_init(to);
    if (list_is_empty(from)) return;
    *to = *from;
    to->next->prev = to->prev->next = to;
    list_init(from);
}

/* Safe while the current element removes itself. */
#define LIST_EACH(list, type, member, it)                                                                    \
    for (type *it = CONTAINER_OF((list)->next, type, member),                                                \
              *it##_next = CONTAINER_OF(it->member.next, type, member);                                      \
         &it->member != (list); it = it##_next, it##_next = CONTAINER_OF(it->member.next, type, member))
