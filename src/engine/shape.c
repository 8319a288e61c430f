#include "engine/shape.h"

#include "engine/inside.h"
#include "engine/jsc.h"

#include <sys/uio.h>
#include <unistd.h>

enum { INLINE_SLOTS = 6, FIRST_CAPACITY = 4, MOST_KEYS = 1 << 20, CONFIG_WORDS = 2048 };

typedef struct {
    uint32_t structure;
    uint8_t indexing, type, flags, state;
    Value *
        butterfly; /* elements from here on; before them their count, and before that properties, backwards */
    Value slots[INLINE_SLOTS];
} ObjectCell;

/* JSC::JSObject::convertToUncacheableDictionary(VM &), JSC::JSObject::allocateMoreOutOfLineStorage(VM &, old
 * size, new size), JSC::Structure::flattenDictionaryStructure(VM &, JSObject *); and the engine's settings,
 * one of which is the address from which structures are counted. */
void object_loosen(const ObjectCell *object,
                   JSContextGroupRef vm) __asm__("_ZN3JSC8JSObject30convertToUncacheableDictionaryERNS_2VME")
    __attribute__((weak));
Value *object_slots_new(const ObjectCell *object, JSContextGroupRef vm, size_t old_size,
                        size_t new_size) __asm__("_ZN3JSC8JSObject28allocateMoreOutOfLineStorageERNS_2VMEmm")
    __attribute__((weak));
void structure_flatten(const void *structure, JSContextGroupRef vm, const ObjectCell *object) __asm__(
    "_ZN3JSC9Structure26flattenDictionaryStructureERNS_2VMEPNS_8JSObjectE") __attribute__((weak));
extern const uintptr_t engine_config[CONFIG_WORDS] __asm__("g_config") __attribute__((weak));

static bool memory_read(uintptr_t from, void *to, size_t len) {
    struct iovec there = {(void *)from, len}, here = {to, len}; // NOLINT
    return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == (ssize_t)len;
}

/* The structure of structures is its own. */
static bool is_structures(uintptr_t base, uint32_t structure) {
    uint32_t kind, kind_of_kind;
    return base && memory_read(base + structure, &kind, sizeof kind) && kind &&
           memory_read(base + kind, &kind_of_kind, sizeof kind_of_kind) && kind == kind_of_kind;
}

static const void *structure_of(const ObjectCell *cell) {
    for (size_t i = 0; i < CONFIG_WORDS; i++)
        if (is_structures(engine_config[i], cell->structure))
            return (const void *)(engine_config[i] + cell->structure);
    return NULL;
}

static bool is_inside_known(void) {
    return entry_is_known() && object_loosen && object_slots_new && structure_flatten && &engine_config;
}

static Value *slot_at(const ObjectCell *cell, size_t i) {
    return i < INLINE_SLOTS ? (Value *)&cell->slots[i] : cell->butterfly - 2 - (i - INLINE_SLOTS);
}

/* What the engine has room for beside this many. */
static size_t capacity_for(size_t count) {
    size_t capacity = FIRST_CAPACITY;
    while (capacity < count)
        capacity *= 2;
    return capacity;
}

bool shape_settle_keys(Realm *realm, Object object) {
    if (!is_inside_known()) return false;
    const ObjectCell *cell = (const ObjectCell *)object;
    JSLock(realm->ctx);
    object_loosen(cell, realm->group); /* a table of its own, in order */
    const void *structure = structure_of(cell);
    if (structure) structure_flatten(structure, realm->group, cell);
    JSUnlock(realm->ctx);
    return structure;
}

bool shape_settle(Realm *realm, Object model, size_t count) {
    if (count <= INLINE_SLOTS + FIRST_CAPACITY || count > MOST_KEYS || !shape_settle_keys(realm, model))
        return false;
    const ObjectCell *cell = (const ObjectCell *)model;
    for (size_t i = 0; i < count; i++)
        if (*slot_at(cell, i) != value_int((int32_t)i)) return false;
    return true;
}

Object shape_copy(Realm *realm, Object model, size_t count, const Value *values) {
    JSLock(realm->ctx);
    /* From here to the end of this function nothing may be collected but where something is made: the
     * butterfly is held by the stack, and its object is made last. */
    const ObjectCell *holder = (const ObjectCell *)JSObjectMake(realm->ctx, NULL, NULL);
    size_t capacity = capacity_for(count - INLINE_SLOTS);
    Value *butterfly = object_slots_new(holder, realm->group, 0, capacity);
    Value *volatile start = butterfly - 1 - capacity;
    for (size_t i = INLINE_SLOTS; i < count; i++)
        butterfly[-2 - (ptrdiff_t)(i - INLINE_SLOTS)] = values[i];
    ObjectCell *made = (ObjectCell *)JSObjectMake(realm->ctx, NULL, NULL);
    (void)*start;
    memcpy(made->slots, values, sizeof made->slots);
    __atomic_store_n(&made->structure, made->structure | 1, __ATOMIC_RELEASE); /* not to be read meanwhile */
    __atomic_store_n(&made->butterfly, butterfly, __ATOMIC_RELEASE);
    __atomic_store_n(&made->structure, ((const ObjectCell *)model)->structure, __ATOMIC_RELEASE);
    JSUnlock(realm->ctx);
    return (Object)made;
}

bool shape_is_of(Object object, Object model) {
    return ((const ObjectCell *)object)->structure == ((const ObjectCell *)model)->structure;
}

Value shape_value(Object object, size_t i) {
    return *slot_at((const ObjectCell *)object, i);
}

const Value *array_peek(Realm *realm, Value array, size_t count) {
    if (!is_inside_known()) return NULL;
    static const char text[] = "x";
    JSStringRef string = JSStringCreateWithUTF8CString(text);
    Value element = JSValueMakeString(realm->ctx, string);
    JSStringRelease(string);
    const ObjectCell *sample = (const ObjectCell *)array_new(realm, 1, &element);
    const ObjectCell *cell = (const ObjectCell *)array;
    if (cell->type != sample->type || cell->indexing != sample->indexing) return NULL;
    return *(const uint32_t *)(const void *)(cell->butterfly - 1) >= count ? cell->butterfly : NULL;
}

bool arrays_share(Realm *realm, Value a, Value b) {
    return is_inside_known() && value_is_cell(a) && value_is_cell(b) &&
           ((const ObjectCell *)a)->butterfly == ((const ObjectCell *)b)->butterfly;
}
