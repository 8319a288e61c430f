/* Sizes and durations as people write them, and as they like to read them. */
#pragma once

#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

/* "500M", "1.5G", "200kb", "1048576": bytes. False if it is nothing of the kind. */
bool size_parse(const char *text, uint64_t *bytes);
/* "1600", "1600ms", "10s", "5m", "1h", "2d": milliseconds. */
bool duration_parse(const char *text, uint64_t *ms);

void size_print(Bytes *out, uint64_t bytes);  /* 12.3mb */
void duration_print(Bytes *out, uint64_t ms); /* 3s, 5m, 2h, 7D */
