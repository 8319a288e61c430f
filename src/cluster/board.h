/* A page of memory that a primary and its Galley workers all see: who has taken how many connections. With
 * it workers share one listening socket evenly without telling each other anything. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { BOARD_SLOTS = 512 };

typedef struct {
    _Alignas(64) _Atomic uint32_t state; /* BOARD_FREE … */
    _Atomic uint32_t taken;              /* connections, since its worker came, plus what it started with */
    _Atomic uint32_t first;              /* what it started with */
    _Atomic uint32_t last_ms;            /* when it took its last */
} BoardSlot;

enum { BOARD_FREE, BOARD_TAKES, BOARD_RETIRED };

typedef struct {
    _Atomic uint32_t used; /* slots beyond it have never been used */
    BoardSlot slots[BOARD_SLOTS];
} BoardPage;

typedef struct {
    BoardPage *page;
    int fd;
} Board;

/* 0 or -errno. */
int board_open(Board *board);
/* Somebody else's; takes fd. -EINVAL when it is no board. */
int board_join(Board *board, int fd);
void board_close(Board *board);

/* A slot for a new worker, level with the one that is furthest behind; -1: all are used. */
int board_slot_take(Board *board);
void board_slot_free(Board *board, unsigned slot);

/* The slot has taken one more. */
void board_count(Board *board, unsigned slot, uint64_t now_ms);
/* How many more than the one furthest behind it has taken; with only_busy, among those that have taken one
 * of late: the others may be asleep or stuck. Negative: all others are ahead. INT_MIN: there are none. */
int board_lead(const Board *board, unsigned slot, bool only_busy, uint64_t now_ms);
/* Goes up whenever anybody takes one. */
uint32_t board_total(const Board *board);
bool board_is_retired(const Board *board, unsigned slot);
void board_retire(Board *board, unsigned slot);
unsigned long board_taken(const Board *board, unsigned slot);
