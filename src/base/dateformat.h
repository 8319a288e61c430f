/* Times printed by the patterns that JavaScript people write: YYYY-MM-DD HH:mm:ss.SSS Z. */
#pragma once

#include "base/bytes.h"

#include <stdint.h>

/* Local time; what is in [brackets] or no token is printed as it is. */
void date_print(Bytes *out, const char *pattern, uint64_t wall_ms);
/* 2026-11-21T09:05:03.120Z */
void date_print_iso(Bytes *out, uint64_t wall_ms);
