/* Descriptors that a program leaves to the one that takes its place, each under a number that both know it
 * by. They travel open across exec; which number is which descriptor is said in the environment. */
#pragma once

#include <stddef.h>

typedef struct {
    unsigned number;
    int fd;
} Held;

/* For the next program started: under these descriptors' names they will be there. */
void held_announce(const Held *items, size_t count);
void held_announce_none(void);
/* What was left to us, closed on exec from now on; the caller frees *items and owns the descriptors. */
size_t held_receive(Held **items);
