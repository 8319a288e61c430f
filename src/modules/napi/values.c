/* Numbers, texts, symbols, big integers, dates, promises: made for an addon and read by it. */
#include "modules/napi/env.h"

#include "base/text.h"
#include "engine/peek.h"

#include <math.h>

/* --- what there is one of */

napi_status napi_get_undefined(napi_env env, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    return env_give_out(env, value_undefined(), result);
}

napi_status napi_get_null(napi_env env, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    return env_give_out(env, value_null(), result);
}

napi_status napi_get_global(napi_env env, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    return env_give_out(env, JSContextGetGlobalObject(env->realm->ctx), result);
}

napi_status napi_get_boolean(napi_env env, bool value, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    return env_give_out(env, value_bool(value), result);
}

napi_status napi_typeof(napi_env env, napi_value value, napi_valuetype *result) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    Value v = value_of(value);
    switch (JSValueGetType(env->realm->ctx, v)) {
    case kJSTypeUndefined: *result = napi_undefined; break;
    case kJSTypeNull: *result = napi_null; break;
    case kJSTypeBoolean: *result = napi_boolean; break;
    case kJSTypeNumber: *result = napi_number; break;
    case kJSTypeString: *result = napi_string; break;
    case kJSTypeSymbol: *result = napi_symbol; break;
    case kJSTypeBigInt: *result = napi_bigint; break;
    case kJSTypeObject:
        *result = JSObjectIsFunction(env->realm->ctx, (Object)v) ? napi_function
                  : value_is_external(v)                         ? napi_external
                                                                 : napi_object;
    }
    return env_ok(env);
}

napi_status napi_strict_equals(napi_env env, napi_value a, napi_value b, bool *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, a);
    REQUIRE_ARG(env, b);
    REQUIRE_ARG(env, result);
    *result = JSValueIsStrictEqual(env->realm->ctx, value_of(a), value_of(b));
    return env_ok(env);
}

/* --- numbers */

napi_status napi_create_double(napi_env env, double value, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    return env_give_out(env, value_number(value), result);
}
napi_status napi_create_int32(napi_env env, int32_t value, napi_value *result) {
    return napi_create_double(env, value, result);
}
napi_status napi_create_uint32(napi_env env, uint32_t value, napi_value *result) {
    return napi_create_double(env, value, result);
}
napi_status napi_create_int64(napi_env env, int64_t value, napi_value *result) {
    return napi_create_double(env, (double)value, result);
}

static napi_status number_of(napi_env env, napi_value value, double *number) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, number);
    REQUIRE(env, value_is_number(value_of(value)), napi_number_expected);
    *number = value_as_double(value_of(value));
    return env_ok(env);
}

napi_status napi_get_value_double(napi_env env, napi_value value, double *result) {
    return number_of(env, value, result);
}

/* Modulo 2^32, as `| 0` does. */
static uint32_t number_as_uint32(double number) {
    if (!isfinite(number)) return 0;
    double rest = fmod(trunc(number), 4294967296.0);
    return (uint32_t)(rest < 0 ? rest + 4294967296.0 : rest);
}

napi_status napi_get_value_int32(napi_env env, napi_value value, int32_t *result) {
    double number;
    napi_status status = number_of(env, value, result ? &number : NULL);
    if (!status) *result = (int32_t)number_as_uint32(number);
    return status;
}

napi_status napi_get_value_uint32(napi_env env, napi_value value, uint32_t *result) {
    double number;
    napi_status status = number_of(env, value, result ? &number : NULL);
    if (!status) *result = number_as_uint32(number);
    return status;
}

napi_status napi_get_value_int64(napi_env env, napi_value value, int64_t *result) {
    double number;
    napi_status status = number_of(env, value, result ? &number : NULL);
    if (status) return status;
    *result = isfinite(number) ? value_as_int64(value_of(value)) : 0;
    return status;
}

napi_status napi_get_value_bool(napi_env env, napi_value value, bool *result) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    REQUIRE(env, value_is_bool(value_of(value)), napi_boolean_expected);
    *result = value_is_true(value_of(value));
    return env_ok(env);
}

/* --- as JavaScript would have it */

napi_status napi_coerce_to_bool(napi_env env, napi_value value, napi_value *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    return env_give_out(env, value_bool(JSValueToBoolean(env->realm->ctx, value_of(value))), result);
}

napi_status napi_coerce_to_number(napi_env env, napi_value value, napi_value *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    Value exception = NULL;
    double number = JSValueToNumber(env->realm->ctx, value_of(value), &exception);
    if (exception) return env_ran(env, exception);
    return env_give_out(env, value_number(number), result);
}

napi_status napi_coerce_to_object(napi_env env, napi_value value, napi_value *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    REQUIRE(env, !value_is_nullish(value_of(value)), napi_object_expected);
    Value exception = NULL;
    Object object = JSValueToObject(env->realm->ctx, value_of(value), &exception);
    if (exception) return env_ran(env, exception);
    return env_give_out(env, object, result);
}

napi_status napi_coerce_to_string(napi_env env, napi_value value, napi_value *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    Value exception = NULL;
    JSStringRef string = JSValueToStringCopy(env->realm->ctx, value_of(value), &exception);
    if (exception) return env_ran(env, exception);
    Value text = JSValueMakeString(env->realm->ctx, string);
    JSStringRelease(string);
    return env_give_out(env, text, result);
}

/* --- texts */

napi_status napi_create_string_utf8(napi_env env, const char *text, size_t len, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    REQUIRE_ARG(env, text || !len);
    if (len == NAPI_AUTO_LENGTH) len = strlen(text);
    return env_give_out(env, value_string_n(env->realm, text, len), result);
}

napi_status napi_create_string_latin1(napi_env env, const char *text, size_t len, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    REQUIRE_ARG(env, text || !len);
    if (len == NAPI_AUTO_LENGTH) len = strlen(text);
    return env_give_out(env, value_latin1(env->realm, text, len), result);
}

napi_status napi_create_string_utf16(napi_env env, const char16_t *text, size_t len, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    REQUIRE_ARG(env, text || !len);
    if (len == NAPI_AUTO_LENGTH)
        for (len = 0; text[len];)
            len++;
    return env_give_out(env, value_utf16(env->realm, text, len), result);
}

napi_status node_api_create_property_key_latin1(napi_env env, const char *text, size_t len,
                                                napi_value *result) {
    return napi_create_string_latin1(env, text, len, result);
}
napi_status node_api_create_property_key_utf8(napi_env env, const char *text, size_t len,
                                              napi_value *result) {
    return napi_create_string_utf8(env, text, len, result);
}
napi_status node_api_create_property_key_utf16(napi_env env, const char16_t *text, size_t len,
                                               napi_value *result) {
    return napi_create_string_utf16(env, text, len, result);
}

/* The engine keeps its own texts, so what was external is copied and let go. */
static napi_status external_done(napi_env env, napi_status status, void *text,
                                 node_api_basic_finalize finalize, void *hint, bool *copied) {
    if (status) return status;
    if (copied) *copied = true;
    if (finalize) finalize(env, text, hint);
    return status;
}

napi_status node_api_create_external_string_latin1(napi_env env, char *text, size_t len,
                                                   node_api_basic_finalize finalize, void *hint,
                                                   napi_value *result, bool *copied) {
    napi_status status = napi_create_string_latin1(env, text, len, result);
    return external_done(env, status, text, finalize, hint, copied);
}

napi_status node_api_create_external_string_utf16(napi_env env, char16_t *text, size_t len,
                                                  node_api_basic_finalize finalize, void *hint,
                                                  napi_value *result, bool *copied) {
    napi_status status = napi_create_string_utf16(env, text, len, result);
    return external_done(env, status, text, finalize, hint, copied);
}

/* For a text whose length is asked for, or its characters in `room`, or both. */
static napi_status text_open(napi_env env, napi_value value, const void *room, const size_t *result,
                             StringView *view) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE(env, chars_open(env->realm, value_of(value), view), napi_string_expected);
    REQUIRE_ARG(env, room || result);
    return env_ok(env);
}

/* Before the zero at the end. */
static size_t units_that_fit(size_t len, size_t size) {
    return len < size ? len : size ? size - 1 : 0;
}

static size_t utf8_length(const StringView *view) {
    return view->is_8bit ? latin1_utf8_length(view->chars, view->len)
                         : utf16_utf8_length(view->chars, view->len);
}

napi_status napi_get_value_string_utf8(napi_env env, napi_value value, char *room, size_t size,
                                       size_t *result) {
    CHARS view = {0};
    napi_status status = text_open(env, value, room, result, &view);
    if (status) return status;
    size_t len = 0;
    if (!room) {
        len = utf8_length(&view);
    } else if (size) {
        len = view.is_8bit ? latin1_to_utf8(view.chars, view.len, room, size - 1)
                           : utf16_to_utf8(view.chars, view.len, room, size - 1);
        room[len] = '\0';
    }
    if (result) *result = len;
    return env_ok(env);
}

napi_status napi_get_value_string_latin1(napi_env env, napi_value value, char *room, size_t size,
                                         size_t *result) {
    CHARS view = {0};
    napi_status status = text_open(env, value, room, result, &view);
    if (status) return status;
    size_t len = view.len;
    if (room) {
        len = units_that_fit(len, size);
        const uint16_t *wide = view.chars;
        for (size_t i = 0; i < len; i++)
            room[i] = view.is_8bit ? ((const char *)view.chars)[i] : (char)wide[i];
        if (size) room[len] = '\0';
    }
    if (result) *result = len;
    return env_ok(env);
}

napi_status napi_get_value_string_utf16(napi_env env, napi_value value, char16_t *room, size_t size,
                                        size_t *result) {
    CHARS view = {0};
    napi_status status = text_open(env, value, room, result, &view);
    if (status) return status;
    size_t len = view.len;
    if (room) {
        len = units_that_fit(len, size);
        const uint16_t *wide = view.chars;
        for (size_t i = 0; i < len; i++)
            room[i] = view.is_8bit ? ((const unsigned char *)view.chars)[i] : wide[i];
        if (size) room[len] = 0;
    }
    if (result) *result = len;
    return env_ok(env);
}

/* --- symbols */

napi_status napi_create_symbol(napi_env env, napi_value description, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    Value argv[] = {description ? value_of(description) : value_undefined()};
    REQUIRE(env, !description || JSValueIsString(env->realm->ctx, argv[0]), napi_string_expected);
    Value symbol = env_help(env, HELP_SYMBOL, 1, argv);
    return symbol ? env_give_out(env, symbol, result) : napi_pending_exception;
}

napi_status node_api_symbol_for(napi_env env, const char *description, size_t len, napi_value *result) {
    napi_value text;
    napi_status status = napi_create_string_utf8(env, description, len, &text);
    if (status) return status;
    REQUIRE_ARG(env, result);
    Value argv[] = {value_of(text)};
    Value symbol = env_help(env, HELP_SYMBOL_FOR, 1, argv);
    return symbol ? env_give_out(env, symbol, result) : napi_pending_exception;
}

/* --- big integers */

napi_status napi_create_bigint_int64(napi_env env, int64_t value, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    return env_give_out(env, JSBigIntCreateWithInt64(env->realm->ctx, value, NULL), result);
}

napi_status napi_create_bigint_uint64(napi_env env, uint64_t value, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    return env_give_out(env, JSBigIntCreateWithUInt64(env->realm->ctx, value, NULL), result);
}

napi_status napi_create_bigint_words(napi_env env, int is_negative, size_t count, const uint64_t *words,
                                     napi_value *result) {
    enum { MOST_WORDS = 1 << 24 };
    ENTER_JS(env);
    REQUIRE_ARG(env, words);
    REQUIRE_ARG(env, result);
    REQUIRE_ARG(env, count <= INT32_MAX);
    if (count > MOST_WORDS) {
        napi_throw_range_error(env, NULL, "Maximum BigInt size exceeded");
        return env_fail(env, napi_pending_exception);
    }
    Realm *realm = env->realm;
    uint64_t none = 0;
    Object list = typed_array_over(realm, kJSTypedArrayTypeBigUint64Array, count ? (void *)words : &none,
                                   count * sizeof *words);
    Value argv[] = {value_bool(is_negative), list};
    Value big = env_help(env, HELP_BIGINT_OF, 2, argv);
    return big ? env_give_out(env, big, result) : napi_pending_exception;
}

static napi_status bigint_check(napi_env env, napi_value value, const void *result, const void *also) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    REQUIRE_ARG(env, also);
    REQUIRE(env, JSValueIsBigInt(env->realm->ctx, value_of(value)), napi_bigint_expected);
    return env_ok(env);
}

napi_status napi_get_value_bigint_int64(napi_env env, napi_value value, int64_t *result, bool *lossless) {
    napi_status status = bigint_check(env, value, result, lossless);
    if (status) return status;
    JSContextRef ctx = env->realm->ctx;
    *result = JSValueToInt64(ctx, value_of(value), NULL);
    *lossless = JSValueIsStrictEqual(ctx, JSBigIntCreateWithInt64(ctx, *result, NULL), value_of(value));
    return status;
}

napi_status napi_get_value_bigint_uint64(napi_env env, napi_value value, uint64_t *result, bool *lossless) {
    napi_status status = bigint_check(env, value, result, lossless);
    if (status) return status;
    JSContextRef ctx = env->realm->ctx;
    *result = JSValueToUInt64(ctx, value_of(value), NULL);
    *lossless = JSValueIsStrictEqual(ctx, JSBigIntCreateWithUInt64(ctx, *result, NULL), value_of(value));
    return status;
}

napi_status napi_get_value_bigint_words(napi_env env, napi_value value, int *is_negative, size_t *count,
                                        uint64_t *words) {
    napi_status status = bigint_check(env, value, count, count);
    if (status) return status;
    REQUIRE_ARG(env, !is_negative == !words);
    Value argv[] = {value_of(value)};
    Value list = env_help(env, HELP_BIGINT_WORDS, 1, argv);
    if (!list) return napi_pending_exception;
    char *bytes;
    size_t len;
    value_bytes(env->realm, list, &bytes, &len);
    size_t all = len / sizeof *words;
    if (words) {
        memcpy(words, bytes, (all < *count ? all : *count) * sizeof *words);
        *is_negative = JSValueToNumber(env->realm->ctx, value_of(value), NULL) < 0;
    }
    *count = all;
    return env_ok(env);
}

/* --- dates */

napi_status napi_create_date(napi_env env, double time, napi_value *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, result);
    Value argv[] = {value_number(time)}, exception = NULL;
    Value date = JSObjectMakeDate(env->realm->ctx, 1, argv, &exception);
    if (exception) return env_ran(env, exception);
    return env_give_out(env, date, result);
}

napi_status napi_is_date(napi_env env, napi_value value, bool *result) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    *result = JSValueIsDate(env->realm->ctx, value_of(value));
    return env_ok(env);
}

napi_status napi_get_date_value(napi_env env, napi_value value, double *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    REQUIRE(env, JSValueIsDate(env->realm->ctx, value_of(value)), napi_date_expected);
    Value exception = NULL;
    *result = JSValueToNumber(env->realm->ctx, value_of(value), &exception);
    return env_ran(env, exception);
}

/* --- promises */

struct napi_deferred__ {
    Object resolve, reject; /* kept */
};

napi_status napi_create_promise(napi_env env, napi_deferred *deferred, napi_value *promise) {
    ENTER_JS(env);
    REQUIRE_ARG(env, deferred);
    REQUIRE_ARG(env, promise);
    Object resolve, reject;
    Value exception = NULL;
    Object made = JSObjectMakeDeferredPromise(env->realm->ctx, &resolve, &reject, &exception);
    if (exception) return env_ran(env, exception);
    value_keep(env->realm, resolve);
    value_keep(env->realm, reject);
    *deferred = NEW(struct napi_deferred__);
    **deferred = (struct napi_deferred__){resolve, reject};
    return env_give_out(env, made, promise);
}

static napi_status deferred_settle(napi_env env, napi_deferred deferred, napi_value value, bool resolves) {
    ENTER_JS(env);
    REQUIRE_ARG(env, deferred);
    REQUIRE_ARG(env, value);
    Value argv[] = {value_of(value)}, exception = NULL;
    realm_call(env->realm, resolves ? deferred->resolve : deferred->reject, NULL, 1, argv, &exception);
    value_drop(env->realm, deferred->resolve);
    value_drop(env->realm, deferred->reject);
    mem_free(deferred);
    return env_ran(env, exception);
}

napi_status napi_resolve_deferred(napi_env env, napi_deferred deferred, napi_value value) {
    return deferred_settle(env, deferred, value, true);
}
napi_status napi_reject_deferred(napi_env env, napi_deferred deferred, napi_value value) {
    return deferred_settle(env, deferred, value, false);
}
