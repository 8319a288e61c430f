/* Which values a realm keeps from the collector, and how often each: an engine that outlives its realm has to
 * forget them. */
#pragma once

#include "engine/value.h"

typedef struct {
    Value value; /* NULL: free */
    size_t times;
} KeptValue;

typedef struct {
    KeptValue *slots;
    size_t slot_count; /* a power of two */
    size_t count;
} KeptValues;

void kept_add(KeptValues *kept, Value value);
/* False if it is not there. */
bool kept_remove(KeptValues *kept, Value value);
/* Lets go of all of them. */
void kept_free(KeptValues *kept, JSContextRef ctx);
