/* The figures of all workers as Prometheus reads them. */
#pragma once

#include "base/bytes.h"

#include <jansson.h>

/* workers: as in the answer to `list`, whole. */
void metrics_print(Bytes *out, const json_t *workers);
