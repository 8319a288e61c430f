#include "cluster/board.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BUSY_MS = 100,         /* who has taken nothing for so long is not waited for */
    FORGIVEN_BEYOND = 100, /* so much, and no more, is made up for after having been stuck */
};

static int board_map(Board *board) {
    board->page = mmap(NULL, sizeof *board->page, PROT_READ | PROT_WRITE, MAP_SHARED, board->fd, 0);
    if (board->page != MAP_FAILED) return 0;
    int error = -errno;
    close(board->fd);
    *board = (Board){.fd = -1};
    return error;
}

int board_open(Board *board) {
    *board = (Board){.fd = memfd_create("galley-board", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    if (board->fd < 0) return -errno;
    if (ftruncate(board->fd, sizeof *board->page) < 0 ||
        fcntl(board->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0) {
        int error = -errno;
        close(board->fd);
        board->fd = -1;
        return error;
    }
    return board_map(board);
}

int board_join(Board *board, int fd) {
    *board = (Board){.fd = fd};
    struct stat status;
    int seals = fcntl(fd, F_GET_SEALS); /* one that can be cut short could kill us with SIGBUS */
    if (seals >= 0 && (seals & F_SEAL_SHRINK) && fstat(fd, &status) == 0 &&
        status.st_size == sizeof *board->page)
        return board_map(board);
    close(fd);
    board->fd = -1;
    return -EINVAL;
}

void board_close(Board *board) {
    if (board->page) munmap(board->page, sizeof *board->page);
    if (board->fd >= 0) close(board->fd);
    *board = (Board){.fd = -1};
}

static uint32_t slots_used(const Board *board) {
    uint32_t used = atomic_load(&board->page->used);
    return used < BOARD_SLOTS ? used : BOARD_SLOTS;
}

int board_slot_take(Board *board) {
    BoardPage *page = board->page;
    uint32_t used = slots_used(board), lowest = 0;
    int free_slot = used < BOARD_SLOTS ? (int)used : -1;
    bool any = false;
    for (uint32_t i = used; i-- > 0;) {
        uint32_t state = atomic_load(&page->slots[i].state), taken = atomic_load(&page->slots[i].taken);
        if (state == BOARD_FREE) free_slot = (int)i;
        if (state != BOARD_TAKES) continue;
        if (!any || (int32_t)(taken - lowest) < 0) lowest = taken;
        any = true;
    }
    if (free_slot < 0) return -1;
    BoardSlot *slot = &page->slots[free_slot];
    atomic_store(&slot->taken, lowest);
    atomic_store(&slot->first, lowest);
    atomic_store(&slot->state, BOARD_TAKES);
    if ((uint32_t)free_slot == used) atomic_store(&page->used, used + 1);
    return free_slot;
}

void board_slot_free(Board *board, unsigned slot) {
    atomic_store(&board->page->slots[slot].state, BOARD_FREE);
}

static bool slot_takes(const BoardPage *page, uint32_t slot) {
    return atomic_load_explicit(&page->slots[slot].state, memory_order_relaxed) == BOARD_TAKES;
}

static uint32_t slot_taken(const BoardPage *page, uint32_t slot) {
    return atomic_load_explicit(&page->slots[slot].taken, memory_order_relaxed);
}

void board_count(Board *board, unsigned slot, uint64_t now_ms) {
    BoardPage *page = board->page;
    uint32_t mine = slot_taken(page, slot), step = 1;
    for (uint32_t i = 0, used = slots_used(board); i < used; i++) {
        int32_t behind = (int32_t)(slot_taken(page, i) - mine);
        if (slot_takes(page, i) && behind > (int32_t)(FORGIVEN_BEYOND + step))
            step = (uint32_t)behind - FORGIVEN_BEYOND;
    }
    atomic_fetch_add(&page->slots[slot].taken, step);
    atomic_fetch_add(&page->slots[slot].first, step - 1);
    atomic_store_explicit(&page->slots[slot].last_ms, (uint32_t)now_ms, memory_order_relaxed);
}

int board_lead(const Board *board, unsigned slot, bool only_busy, uint64_t now_ms) {
    const BoardPage *page = board->page;
    uint32_t mine = slot_taken(page, slot);
    int lead = INT_MIN;
    for (uint32_t i = 0, used = slots_used(board); i < used; i++) {
        if (i == slot || !slot_takes(page, i)) continue;
        uint32_t last = atomic_load_explicit(&page->slots[i].last_ms, memory_order_relaxed);
        if (only_busy && (uint32_t)now_ms - last > BUSY_MS) continue;
        int ahead = (int)(mine - slot_taken(page, i));
        if (ahead > lead) lead = ahead;
    }
    return lead;
}

uint32_t board_total(const Board *board) {
    uint32_t total = 0;
    for (uint32_t i = 0, used = slots_used(board); i < used; i++)
        total += slot_taken(board->page, i);
    return total;
}

bool board_is_retired(const Board *board, unsigned slot) {
    return atomic_load(&board->page->slots[slot].state) == BOARD_RETIRED;
}

void board_retire(Board *board, unsigned slot) {
    atomic_store(&board->page->slots[slot].state, BOARD_RETIRED);
}

unsigned long board_taken(const Board *board, unsigned slot) {
    const BoardSlot *at = &board->page->slots[slot];
    return atomic_load(&at->taken) - atomic_load(&at->first);
}
