/* Bytes: array buffers, views of them, Buffers, and memory that stays the addon's. */
#include "modules/napi/env.h"

#include <stdlib.h>

/* --- memory of the addon's. The collector frees it on any thread, so its finalizer waits for the loop. */

typedef struct {
    Link link;
    napi_env env;
    void *data, *hint;
    napi_finalize finalize;
} External;

static void external_finalize(External *external) {
    napi_env env = external->env;
    env_finalize(env, external->finalize, external->data, external->hint);
    mem_free(external);
    env_release(env);
}

static void external_free(void *bytes, void *data) {
    External *external = data;
    napi_env env = external->env;
    uv_mutex_lock(&env->lock);
    bool can_wait = !env->is_closed;
    if (can_wait) {
        list_append(&env->dead, &external->link);
        env_wake(env);
    }
    uv_mutex_unlock(&env->lock);
    if (!can_wait) external_finalize(external); /* the engine ends */
}

static External *dead_take(napi_env env) {
    External *external = NULL;
    uv_mutex_lock(&env->lock);
    if (!list_is_empty(&env->dead)) {
        external = CONTAINER_OF(env->dead.next, External, link);
        link_remove(&external->link);
    }
    uv_mutex_unlock(&env->lock);
    return external;
}

void memory_finalize_dead(napi_env env) {
    External *external;
    while ((external = dead_take(env)))
        external_finalize(external);
}

static External *external_new(napi_env env, void *data, napi_finalize finalize, void *hint) {
    External *external = NEW(External);
    *external = (External){.env = env, .data = data, .hint = hint, .finalize = finalize};
    env_use(env);
    return external;
}

/* The engine wants an address even where there are no bytes. */
static void *some_address(void *data) {
    static char nothing;
    return data ? data : &nothing;
}

napi_status napi_create_external_arraybuffer(napi_env env, void *data, size_t len,
                                             node_api_basic_finalize finalize, void *hint,
                                             napi_value *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, result);
    Value exception = NULL;
    Object buffer =
        JSObjectMakeArrayBufferWithBytesNoCopy(env->realm->ctx, some_address(data), len, external_free,
                                               external_new(env, data, finalize, hint), &exception);
    if (exception) return env_ran(env, exception);
    return env_give_out(env, buffer, result);
}

static napi_status buffer_over(napi_env env, Value memory, size_t offset, size_t len, napi_value *result) {
    Value argv[] = {memory, value_number((double)offset), value_number((double)len)};
    Value buffer = env_help(env, HELP_BUFFER_OVER, 3, argv);
    return buffer ? env_give_out(env, buffer, result) : napi_pending_exception;
}

napi_status napi_create_external_buffer(napi_env env, size_t len, void *data,
                                        node_api_basic_finalize finalize, void *hint, napi_value *result) {
    napi_value memory;
    napi_status status = napi_create_external_arraybuffer(env, data, len, finalize, hint, &memory);
    if (status) return status;
    REQUIRE_ARG(env, result);
    return buffer_over(env, value_of(memory), 0, len, result);
}

/* --- memory of JavaScript's */

static void *zeroed(size_t len) {
    void *memory = calloc(1, len ? len : 1);
    if (!memory) napi_fatal_error("napi", NAPI_AUTO_LENGTH, "out of memory", NAPI_AUTO_LENGTH);
    return memory;
}

static napi_status memory_create(napi_env env, Object (*adopt)(Realm *, void *, size_t), size_t len,
                                 void **data, napi_value *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, result);
    void *memory = zeroed(len);
    if (data) *data = memory;
    return env_give_out(env, adopt(env->realm, memory, len), result);
}

napi_status napi_create_arraybuffer(napi_env env, size_t len, void **data, napi_value *result) {
    return memory_create(env, array_buffer_adopt, len, data, result);
}
napi_status napi_create_buffer(napi_env env, size_t len, void **data, napi_value *result) {
    return memory_create(env, buffer_adopt, len, data, result);
}

napi_status napi_create_buffer_copy(napi_env env, size_t len, const void *from, void **data,
                                    napi_value *result) {
    void *memory;
    napi_status status = napi_create_buffer(env, len, &memory, result);
    if (status) return status;
    if (len) memcpy(memory, from, len);
    if (data) *data = memory;
    return status;
}

static bool is_array_buffer(napi_env env, napi_value value) {
    return value &&
           JSValueGetTypedArrayType(env->realm->ctx, value_of(value), NULL) == kJSTypedArrayTypeArrayBuffer;
}

napi_status node_api_create_buffer_from_arraybuffer(napi_env env, napi_value memory, size_t offset,
                                                    size_t len, napi_value *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, memory);
    REQUIRE_ARG(env, result);
    REQUIRE(env, is_array_buffer(env, memory), napi_arraybuffer_expected);
    size_t all = JSObjectGetArrayBufferByteLength(env->realm->ctx, (Object)value_of(memory), NULL);
    if (offset > all || len > all - offset) {
        napi_throw_range_error(env, "ERR_OUT_OF_RANGE", "The byte offset + length is out of range");
        return env_fail(env, napi_pending_exception);
    }
    return buffer_over(env, value_of(memory), offset, len, result);
}

napi_status napi_is_arraybuffer(napi_env env, napi_value value, bool *result) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    *result = is_array_buffer(env, value);
    return env_ok(env);
}

napi_status napi_get_arraybuffer_info(napi_env env, napi_value value, void **data, size_t *len) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, is_array_buffer(env, value));
    Object memory = (Object)value_of(value);
    if (data) *data = JSObjectGetArrayBufferBytesPtr(env->realm->ctx, memory, NULL);
    if (len) *len = JSObjectGetArrayBufferByteLength(env->realm->ctx, memory, NULL);
    return env_ok(env);
}

napi_status napi_detach_arraybuffer(napi_env env, napi_value value) {
    ENTER_JS(env);
    REQUIRE_ARG(env, value);
    REQUIRE(env, is_array_buffer(env, value), napi_arraybuffer_expected);
    Value argv[] = {value_of(value)};
    return env_help(env, HELP_DETACH, 1, argv) ? env_ok(env) : napi_pending_exception;
}

/* --- views */

enum { DATA_VIEW = 12 };

/* One of napi_typedarray_type, DATA_VIEW, or -1. The engine's interface does not know all of them. */
static int view_kind(napi_env env, napi_value value) {
    if (!value_is_cell(value_of(value))) return -1;
    switch (JSValueGetTypedArrayType(env->realm->ctx, value_of(value), NULL)) {
    case kJSTypedArrayTypeInt8Array: return napi_int8_array;
    case kJSTypedArrayTypeInt16Array: return napi_int16_array;
    case kJSTypedArrayTypeInt32Array: return napi_int32_array;
    case kJSTypedArrayTypeUint8Array: return napi_uint8_array;
    case kJSTypedArrayTypeUint8ClampedArray: return napi_uint8_clamped_array;
    case kJSTypedArrayTypeUint16Array: return napi_uint16_array;
    case kJSTypedArrayTypeUint32Array: return napi_uint32_array;
    case kJSTypedArrayTypeFloat32Array: return napi_float32_array;
    case kJSTypedArrayTypeFloat64Array: return napi_float64_array;
    case kJSTypedArrayTypeBigInt64Array: return napi_bigint64_array;
    case kJSTypedArrayTypeBigUint64Array: return napi_biguint64_array;
    case kJSTypedArrayTypeArrayBuffer: return -1;
    case kJSTypedArrayTypeNone: break;
    }
    Value argv[] = {value_of(value)};
    Value kind = object_of(env, value) ? env_help(env, HELP_VIEW_KIND, 1, argv) : NULL;
    return kind ? value_as_int(kind) : -1;
}

napi_status napi_is_typedarray(napi_env env, napi_value value, bool *result) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    int kind = view_kind(env, value);
    *result = kind >= 0 && kind < DATA_VIEW;
    return env_ok(env);
}

napi_status napi_is_dataview(napi_env env, napi_value value, bool *result) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    *result = view_kind(env, value) == DATA_VIEW;
    return env_ok(env);
}

napi_status napi_create_typedarray(napi_env env, napi_typedarray_type type, size_t len, napi_value memory,
                                   size_t offset, napi_value *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, memory);
    REQUIRE_ARG(env, result);
    REQUIRE_ARG(env, is_array_buffer(env, memory));
    REQUIRE_ARG(env, (unsigned)type < DATA_VIEW);
    Value argv[] = {value_int((int)type), value_of(memory), value_number((double)offset),
                    value_number((double)len)};
    Value view = env_help(env, HELP_TYPED_ARRAY, 4, argv);
    return view ? env_give_out(env, view, result) : napi_pending_exception;
}

napi_status napi_create_dataview(napi_env env, size_t len, napi_value memory, size_t offset,
                                 napi_value *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, memory);
    REQUIRE_ARG(env, result);
    REQUIRE_ARG(env, is_array_buffer(env, memory));
    size_t all = JSObjectGetArrayBufferByteLength(env->realm->ctx, (Object)value_of(memory), NULL);
    if (offset > all || len > all - offset) {
        napi_throw_range_error(
            env, "ERR_NAPI_INVALID_DATAVIEW_ARGS",
            "byte_offset + byte_length should be less than or equal to the size in bytes of the "
            "array passed in");
        return env_fail(env, napi_pending_exception);
    }
    Value argv[] = {value_of(memory), value_number((double)offset), value_number((double)len)};
    Value view = env_help(env, HELP_VIEW, 3, argv);
    return view ? env_give_out(env, view, result) : napi_pending_exception;
}

static void *view_bytes(napi_env env, Object view, size_t *len) {
    Realm *realm = env->realm;
    char *data;
    if (value_bytes(realm, view, &data, len)) return data;
    Object memory = value_object(realm, object_get(realm, view, "buffer"));
    if (!memory || !is_array_buffer(env, (napi_value)memory)) return NULL;
    *len = (size_t)value_as_double(object_get(realm, view, "byteLength"));
    data = JSObjectGetArrayBufferBytesPtr(realm->ctx, memory, NULL);
    return data + (size_t)value_as_double(object_get(realm, view, "byteOffset"));
}

static napi_status view_describe(napi_env env, napi_value value, size_t *len, void **data, napi_value *memory,
                                 size_t *offset) {
    Object view = (Object)value_of(value);
    size_t bytes = 0;
    void *start = view_bytes(env, view, &bytes);
    if (len) *len = bytes;
    if (data) *data = start;
    if (memory) *memory = env_give(env, object_get(env->realm, view, "buffer"));
    if (offset) *offset = (size_t)value_as_double(object_get(env->realm, view, "byteOffset"));
    return env_ok(env);
}

napi_status napi_get_typedarray_info(napi_env env, napi_value value, napi_typedarray_type *type, size_t *len,
                                     void **data, napi_value *memory, size_t *offset) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    int kind = view_kind(env, value);
    REQUIRE_ARG(env, kind >= 0 && kind < DATA_VIEW);
    if (type) *type = (napi_typedarray_type)kind;
    if (len) *len = (size_t)value_as_double(object_get(env->realm, (Object)value_of(value), "length"));
    return view_describe(env, value, NULL, data, memory, offset);
}

napi_status napi_is_buffer(napi_env env, napi_value value, bool *result) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    *result = view_kind(env, value) >= 0;
    return env_ok(env);
}

napi_status napi_get_dataview_info(napi_env env, napi_value value, size_t *len, void **data,
                                   napi_value *memory, size_t *offset) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, view_kind(env, value) == DATA_VIEW);
    return view_describe(env, value, len, data, memory, offset);
}

napi_status napi_get_buffer_info(napi_env env, napi_value value, void **data, size_t *len) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, view_kind(env, value) >= 0);
    return view_describe(env, value, len, data, NULL, NULL);
}
