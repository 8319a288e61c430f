/* The layout of the engine's strings and typed arrays: strings are learned at start, each kind of view when
 * the first one is read (to make one of each costs a start 0.4 ms). The exported C++ functions that make
 * 8-bit strings are called by their linker names if the library has them. */
#include "engine/peek.h"

#include "base/text.h"
#include "engine/inside.h"

#include <stdlib.h>

typedef struct {
    uint32_t structure;
    uint8_t indexing, type, flags, state;
} CellHead;

typedef struct {
    CellHead head;
    uintptr_t fiber; /* a StringImpl, or low bits set while the string is still in pieces */
} StringCell;

typedef struct {
    uint32_t references, len;
    const void *chars;
    uint32_t hash_and_flags;
} StringImpl;

#define STRING_IS_8BIT 0x4u
#define FIBER_IS_ROPE 0x7u

typedef struct {
    CellHead head;
    void *butterfly;
    char *vector;
    size_t length;
    size_t offset;
    uint8_t mode;
} ViewCell;

#define MODE_RESIZABLE 0x7u

struct Peek {
    bool strings;
    bool views; /* not disproved yet */
    bool offsets_learned;
    uint8_t string_type;
    uint8_t element_size[256]; /* by cell type; 0: no view */
};

/* WTF::StringImpl::createUninitialized(size_t, std::span<LChar>&) and
 * OpaqueJSString::tryCreate(WTF::String&&); both return a smart pointer through the first argument. */
void string_impl_new(void **made, size_t len, void **chars_and_len) __asm__(
    "_ZN3WTF10StringImpl19createUninitializedEmRSt4spanIhLm18446744073709551615EE") __attribute__((weak));
void wide_string_impl_new(void **made, size_t len, void **chars_and_len) __asm__(
    "_ZN3WTF10StringImpl19createUninitializedEmRSt4spanIDsLm18446744073709551615EE") __attribute__((weak));
void opaque_string_new(JSStringRef *made,
                       void **string) __asm__("_ZN14OpaqueJSString9tryCreateEON3WTF6StringE")
    __attribute__((weak));

static const CellHead *cell_head(Value v) {
    return (const CellHead *)v;
}

static bool learn_string(Realm *realm, const JSChar *chars, size_t len, bool is_8bit) {
    JSStringRef string =
        is_8bit ? JSStringCreateWithUTF8CString("galley") : JSStringCreateWithCharacters(chars, len);
    Value v = JSValueMakeString(realm->ctx, string);
    JSStringRelease(string);
    if (!value_is_cell(v)) return false;
    const StringCell *cell = (const StringCell *)v;
    realm->peek->string_type = cell->head.type;
    if (cell->fiber & FIBER_IS_ROPE || !cell->fiber) return false;
    const StringImpl *impl = (const StringImpl *)cell->fiber;
    if (impl->len != len || is_8bit != !!(impl->hash_and_flags & STRING_IS_8BIT)) return false;
    return memcmp(impl->chars, is_8bit ? (const void *)"galley" : chars, is_8bit ? len : len * 2) == 0;
}

static bool learn_view(Realm *realm, JSTypedArrayType type, uint8_t size) {
    static const size_t count = 24;
    static char memory[24 * 8] __attribute__((aligned(16)));
    Value v = JSObjectMakeTypedArrayWithBytesNoCopy(realm->ctx, type, memory, count * size, NULL, NULL, NULL);
    if (!v) return false;
    const ViewCell *cell = (const ViewCell *)v;
    realm->peek->element_size[cell->head.type] = size;
    return cell->vector == memory && cell->length == count && cell->offset == 0 &&
           !(cell->mode & MODE_RESIZABLE);
}

/* Resizable buffers must show in the mode, or their lengths would be wrong. */
static bool learn_offsets(Realm *realm) {
    static const char source[] =
        "[new Uint8Array(new ArrayBuffer(40), 8, 20), new Uint8Array(new ArrayBuffer(8, {maxByteLength: 9})),"
        " new DataView(new ArrayBuffer(40), 8, 20)]";
    JSStringRef script = JSStringCreateWithUTF8CString(source);
    Value all = JSEvaluateScript(realm->ctx, script, NULL, NULL, 1, NULL);
    JSStringRelease(script);
    if (!all) return false;
    const ViewCell *part = (const ViewCell *)JSObjectGetPropertyAtIndex(realm->ctx, (Object)all, 0, NULL);
    const ViewCell *grows = (const ViewCell *)JSObjectGetPropertyAtIndex(realm->ctx, (Object)all, 1, NULL);
    const ViewCell *data = (const ViewCell *)JSObjectGetPropertyAtIndex(realm->ctx, (Object)all, 2, NULL);
    if (!part || !grows || !data) return false;
    realm->peek->element_size[data->head.type] = 1;
    return part->length == 20 && part->offset == 8 && !(part->mode & MODE_RESIZABLE) &&
           (grows->mode & MODE_RESIZABLE) && data->length == 20 && data->offset == 8 &&
           !(data->mode & MODE_RESIZABLE);
}

void peek_learn(Realm *realm) {
    static const JSChar wide[] = {'g', 0x20ac, 'y'};
    realm->peek = NEW(Peek);
    if (getenv(ENGINE_API_ONLY)) return;
    realm->peek->strings =
        learn_string(realm, NULL, 6, true) && learn_string(realm, wide, COUNT_OF(wide), false);
    realm->peek->views = true;
}

static uint8_t type_size(JSTypedArrayType type) {
    switch (type) {
    case kJSTypedArrayTypeInt8Array:
    case kJSTypedArrayTypeUint8Array:
    case kJSTypedArrayTypeUint8ClampedArray: return 1;
    case kJSTypedArrayTypeInt16Array:
    case kJSTypedArrayTypeUint16Array: return 2;
    case kJSTypedArrayTypeInt32Array:
    case kJSTypedArrayTypeUint32Array:
    case kJSTypedArrayTypeFloat32Array: return 4;
    case kJSTypedArrayTypeFloat64Array:
    case kJSTypedArrayTypeBigInt64Array:
    case kJSTypedArrayTypeBigUint64Array: return 8;
    default: return 0;
    }
}

/* What one element of this view takes; 0 if it is none, or one of a kind that has to go through the API. */
static size_t view_learn(Realm *realm, Value v) {
    Peek *peek = realm->peek;
    JSTypedArrayType type = JSValueGetTypedArrayType(realm->ctx, v, NULL);
    if (type == kJSTypedArrayTypeArrayBuffer) return 0;
    if (!peek->offsets_learned) {
        peek->offsets_learned = true;
        peek->views &= learn_offsets(realm);
    }
    uint8_t size = type_size(type);
    if (size) peek->views &= learn_view(realm, type, size);
    return peek->views ? peek->element_size[cell_head(v)->type] : 0;
}

bool value_is_string(Realm *realm, Value v) {
    if (!value_is_cell(v)) return false;
    if (realm->peek->strings) return cell_head(v)->type == realm->peek->string_type;
    return JSValueIsString(realm->ctx, v);
}

static bool chars_peek(Value v, StringView *view) {
    const StringCell *cell = (const StringCell *)v;
    if (!cell->fiber || cell->fiber & FIBER_IS_ROPE) return false;
    const StringImpl *impl = (const StringImpl *)cell->fiber;
    *view = (StringView){impl->chars, impl->len, (impl->hash_and_flags & STRING_IS_8BIT) != 0, NULL};
    return true;
}

bool chars_open(Realm *realm, Value v, StringView *view) {
    *view = (StringView){0};
    if (!value_is_string(realm, v)) return false;
    if (realm->peek->strings && chars_peek(v, view)) return true;
    JSStringRef string = JSValueToStringCopy(realm->ctx, v, NULL); /* puts the pieces together */
    if (!string) return false;
    if (realm->peek->strings && chars_peek(v, view)) {
        view->held = string;
        return true;
    }
    *view = (StringView){JSStringGetCharactersPtr(string), JSStringGetLength(string), false, string};
    return true;
}

void chars_close(StringView *view) {
    if (view->held) JSStringRelease(view->held);
    view->held = NULL;
}

Slice chars_bytes(const StringView *view, bool latin1, Bytes *room) {
    const char *narrow = view->chars;
    const uint16_t *wide = view->chars;
    size_t count = view->len;
    if (view->is_8bit && (latin1 || text_is_ascii(narrow, count))) return (Slice){narrow, count};
    bytes_clear(room);
    size_t len = latin1          ? count
                 : view->is_8bit ? latin1_utf8_length(narrow, count)
                                 : utf16_utf8_length(wide, count);
    bytes_reserve(room, len);
    if (!latin1)
        view->is_8bit ? latin1_to_utf8(narrow, count, room->data, len)
                      : utf16_to_utf8(wide, count, room->data, len);
    else
        for (size_t i = 0; i < count; i++)
            room->data[i] = (char)wide[i];
    room->len = len;
    return bytes_slice(room);
}

static bool array_buffer_bytes(Realm *realm, Value v, char **data, size_t *len) {
    if (JSValueGetTypedArrayType(realm->ctx, v, NULL) == kJSTypedArrayTypeNone) return false;
    return value_bytes(realm, v, data, len);
}

bool peek_bytes(Realm *realm, Value v, char **data, size_t *len) {
    if (!value_is_cell(v)) return false;
    if (!realm->peek->views) return value_bytes(realm, v, data, len);
    const ViewCell *cell = (const ViewCell *)v;
    size_t size = realm->peek->element_size[cell->head.type];
    if (!size) size = view_learn(realm, v);
    if (size && !(cell->mode & MODE_RESIZABLE)) {
        *data = cell->vector;
        *len = cell->length * size;
        return true;
    }
    return array_buffer_bytes(realm, v, data, len);
}

bool call_peek(Call *call, size_t i, char **data, size_t *len) {
    if (peek_bytes(call->realm, call_arg(call, i), data, len)) return true;
    throw_type(call, "ERR_INVALID_ARG_TYPE", "argument %zu must be a Buffer, TypedArray or ArrayBuffer", i);
    return false;
}

bool raw_string_open(size_t len, RawString *raw) {
    if (!string_impl_new || !opaque_string_new || len == 0 || len > INT32_MAX) return false;
    void *span[2] = {NULL, NULL};
    raw->impl = NULL;
    string_impl_new(&raw->impl, len, span);
    raw->chars = span[0];
    return raw->chars && (size_t)span[1] == len;
}

bool raw_wide_string_open(size_t len, RawString *raw) {
    if (!wide_string_impl_new || !opaque_string_new || len == 0 || len > INT32_MAX / 2) return false;
    void *span[2] = {NULL, NULL};
    raw->impl = NULL;
    wide_string_impl_new(&raw->impl, len, span);
    raw->chars = span[0];
    return raw->chars && (size_t)span[1] == len;
}

void raw_string_drop(RawString *raw) {
    JSStringRef string = NULL;
    opaque_string_new(&string, &raw->impl);
    if (string) JSStringRelease(string);
}

Value raw_string_close(Realm *realm, RawString *raw) {
    JSStringRef string = NULL;
    opaque_string_new(&string, &raw->impl);
    Value v = string ? JSValueMakeString(realm->ctx, string) : value_undefined();
    if (string) JSStringRelease(string);
    return v;
}
