#include "sys/blocks.h"

#include "base/list.h"
#include "base/mem.h"

#include <stdlib.h>
#include <uv.h>

/* Below this the C library's own memory is as fast. */
#define BIG ((size_t)128 * 1024)
#define ROUNDING ((size_t)64 * 1024)

typedef struct {
    _Alignas(64) Link link; /* among those that nobody uses */
    Blocks *blocks;         /* NULL: a small one */
    size_t size;
} Block;

struct Blocks {
    uv_mutex_t lock;
    List idle; /* the one that was used last comes first */
    size_t idle_bytes, most_idle_bytes;
};

Blocks *blocks_new(size_t kept_bytes) {
    Blocks *blocks = NEW(Blocks);
    uv_mutex_init(&blocks->lock);
    list_init(&blocks->idle);
    blocks->most_idle_bytes = kept_bytes;
    return blocks;
}

void blocks_free(Blocks *blocks) {
    LIST_EACH(&blocks->idle, Block, link, block) free(block);
    uv_mutex_destroy(&blocks->lock);
    mem_free(blocks);
}

static Block *idle_take(Blocks *blocks, size_t size) {
    Block *found = NULL;
    uv_mutex_lock(&blocks->lock);
    LIST_EACH(&blocks->idle, Block, link, block) {
        if (found || block->size < size || block->size > size + size / 4) continue;
        found = block;
    }
    if (found) {
        link_remove(&found->link);
        blocks->idle_bytes -= found->size;
    }
    uv_mutex_unlock(&blocks->lock);
    return found;
}

void *block_take(Blocks *blocks, size_t len) {
    bool is_big = len >= BIG && len < SIZE_MAX / 2;
    size_t size = is_big ? (len + ROUNDING - 1) / ROUNDING * ROUNDING : len;
    Block *block = is_big ? idle_take(blocks, size) : NULL;
    if (!block) {
        block = aligned_alloc(_Alignof(Block),
                              (sizeof *block + size + _Alignof(Block) - 1) & ~(_Alignof(Block) - 1));
        if (!block) return NULL;
        *block = (Block){.blocks = is_big ? blocks : NULL, .size = size};
    }
    return block + 1;
}

void block_give_back(void *memory) {
    Block *block = (Block *)memory - 1;
    Blocks *blocks = block->blocks;
    List surplus;
    list_init(&surplus);
    if (blocks) {
        uv_mutex_lock(&blocks->lock);
        list_append(blocks->idle.next, &block->link);
        blocks->idle_bytes += block->size;
        while (blocks->idle_bytes > blocks->most_idle_bytes) {
            Block *oldest = CONTAINER_OF(blocks->idle.prev, Block, link);
            link_remove(&oldest->link);
            list_append(&surplus, &oldest->link);
            blocks->idle_bytes -= oldest->size;
        }
        uv_mutex_unlock(&blocks->lock);
        LIST_EACH(&surplus, Block, link, unused) free(unused);
    } else {
        free(block);
    }
}
