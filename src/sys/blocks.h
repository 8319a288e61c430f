/* Memory for what goes from thread to thread in one piece. Of big blocks some are kept for the next message,
 * because the kernel takes longer to give fresh pages than it takes to fill them. */
#pragma once

#include <stddef.h>

typedef struct Blocks Blocks;

/* Keeps up to so many bytes that nobody uses. */
Blocks *blocks_new(size_t kept_bytes);
/* When no block is in use any more. */
void blocks_free(Blocks *blocks);

/* NULL if there is no memory. On any thread. */
void *block_take(Blocks *blocks, size_t len);
void block_give_back(void *memory);
