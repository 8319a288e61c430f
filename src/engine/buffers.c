/* Bytes of C's as JavaScript's Buffers, typed arrays and ArrayBuffers. */
#include "engine/frame.h"
#include "engine/peek.h"
#include "engine/realm.h"

#include <stdlib.h>

#define COPY_MAX                                                                                             \
    4096 /* up to here the engine's own memory is cheaper than memory of C's with a finalizer                \
          */

/* JSC::constructUint8Array(JSGlobalObject *, CallFrame *): what `new Uint8Array` runs. */
Object uint8_array_construct(JSContextRef ctx, const Value *frame) __asm__(
    "_ZN3JSC19constructUint8ArrayEPNS_14JSGlobalObjectEPNS_9CallFrameE") __attribute__((weak));

static void free_memory(void *bytes, void *data) {
    free(data);
}

static Object uint8_array_adopt(Realm *realm, void *memory, size_t len) {
    return JSObjectMakeTypedArrayWithBytesNoCopy(realm->ctx, kJSTypedArrayTypeUint8Array, memory, len,
                                                 free_memory, memory, NULL);
}

/* lib/buffer.js tells what a Buffer is when it runs. */
static bool buffers_are_known(Realm *realm) {
    Value exception = NULL;
    if (!realm->buffer_prototype) realm_require(realm, "buffer", &exception);
    return realm->buffer_prototype && realm->buffer_class;
}

Object buffer_adopt(Realm *realm, void *memory, size_t len) {
    Object array = uint8_array_adopt(realm, memory, len);
    if (array && buffers_are_known(realm)) JSObjectSetPrototype(realm->ctx, array, realm->buffer_prototype);
    return array;
}

static void *bytes_copy(const void *data, size_t len) {
    void *memory = malloc(len ? len : 1);
    if (!memory) abort();
    if (len) memcpy(memory, data, len);
    return memory;
}

/* new FastBuffer(len), without the way through the C API, which makes a Uint8Array around foreign memory and
 * then changes its class: four times the price. */
static Object buffer_construct(Realm *realm, size_t len, char **bytes) {
    if (!realm->can_enter || !uint8_array_construct || !buffers_are_known(realm)) return NULL;
    if (!realm->uint8_array_class) {
        Value class = object_get(realm, JSContextGetGlobalObject(realm->ctx), "Uint8Array");
        value_keep(realm, class);
        realm->uint8_array_class = (Object) class;
    }
    const Value frame[FRAME_ARGS + 1] = {
        [FRAME_CALLEE] = realm->uint8_array_class,
        [FRAME_ARGC_WITH_THIS] = (Value)(uintptr_t)2,
        [FRAME_THIS] = realm->buffer_class,
        [FRAME_ARGS] = value_int((int32_t)len),
    };
    JSLock(realm->ctx);
    Object buffer = uint8_array_construct(realm->ctx, frame);
    JSUnlock(realm->ctx);
    size_t room;
    return buffer && peek_bytes(realm, buffer, bytes, &room) && room == len ? buffer : NULL;
}

Object buffer_copy(Realm *realm, const void *data, size_t len) {
    char *bytes;
    Object buffer = len <= COPY_MAX ? buffer_construct(realm, len, &bytes) : NULL;
    if (buffer) {
        if (len) memcpy(bytes, data, len);
        return buffer;
    }
    return buffer_adopt(realm, bytes_copy(data, len), len);
}

Object uint8_array_copy(Realm *realm, const void *data, size_t len) {
    return uint8_array_adopt(realm, bytes_copy(data, len), len);
}

static void give_memory_back(void *bytes, void *data) {
    void (*give_back)(void *memory);
    memcpy(&give_back, &data, sizeof give_back);
    give_back(bytes);
}

Object array_buffer_over(Realm *realm, void *memory, size_t len, void (*give_back)(void *memory)) {
    void *data;
    memcpy(&data, &give_back, sizeof data);
    return JSObjectMakeArrayBufferWithBytesNoCopy(realm->ctx, memory, len, give_memory_back, data, NULL);
}

Object array_buffer_adopt(Realm *realm, void *memory, size_t len) {
    return JSObjectMakeArrayBufferWithBytesNoCopy(realm->ctx, memory, len, free_memory, memory, NULL);
}

Object typed_array_over(Realm *realm, JSTypedArrayType type, void *memory, size_t bytes) {
    return JSObjectMakeTypedArrayWithBytesNoCopy(realm->ctx, type, memory, bytes, NULL, NULL, NULL);
}
