#include "engine/kept.h"

#include "base/mem.h"

static size_t home_of(const KeptValues *kept, Value value) {
    uint64_t bits = value_bits(value);
    return (size_t)((bits >> 4) * 0x9e3779b97f4a7c15u >> 32) & (kept->slot_count - 1);
}

/* Where it is, or would be. */
static size_t find(const KeptValues *kept, Value value) {
    size_t i = home_of(kept, value);
    while (kept->slots[i].value && kept->slots[i].value != value)
        i = (i + 1) & (kept->slot_count - 1);
    return i;
}

static void grow(KeptValues *kept) {
    KeptValues larger = {.slot_count = kept->slot_count ? kept->slot_count * 2 : 64, .count = kept->count};
    larger.slots = mem_new(larger.slot_count * sizeof *larger.slots);
    for (size_t i = 0; i < kept->slot_count; i++)
        if (kept->slots[i].value) larger.slots[find(&larger, kept->slots[i].value)] = kept->slots[i];
    mem_free(kept->slots);
    *kept = larger;
}

void kept_add(KeptValues *kept, Value value) {
    if (kept->count * 2 >= kept->slot_count) grow(kept);
    KeptValue *slot = &kept->slots[find(kept, value)];
    if (!slot->value) {
        slot->value = value;
        kept->count++;
    }
    slot->times++;
}

/* Those after a freed place move up if they were only pushed there. */
static void close_gap(KeptValues *kept, size_t gap) {
    size_t mask = kept->slot_count - 1;
    for (size_t i = (gap + 1) & mask; kept->slots[i].value; i = (i + 1) & mask) {
        size_t home = home_of(kept, kept->slots[i].value);
        if (((i - home) & mask) < ((i - gap) & mask)) continue;
        kept->slots[gap] = kept->slots[i];
        kept->slots[i] = (KeptValue){0};
        gap = i;
    }
}

bool kept_remove(KeptValues *kept, Value value) {
    if (!kept->slot_count) return false;
    size_t i = find(kept, value);
    if (!kept->slots[i].value) return false;
    if (--kept->slots[i].times > 0) return true;
    kept->slots[i] = (KeptValue){0};
    kept->count--;
    close_gap(kept, i);
    return true;
}

void kept_free(KeptValues *kept, JSContextRef ctx) {
    for (size_t i = 0; i < kept->slot_count; i++)
        for (; kept->slots[i].times > 0; kept->slots[i].times--)
            JSValueUnprotect(ctx, kept->slots[i].value);
    mem_free(kept->slots);
    *kept = (KeptValues){0};
}
