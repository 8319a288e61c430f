/* Objects, arrays and their properties. */
#include "modules/napi/env.h"

/* Where a property is asked for: `target` is an object, also for a primitive value. */
static napi_status target_of(napi_env env, napi_value value, Object *target) {
    REQUIRE_ARG(env, value);
    Value v = value_of(value);
    REQUIRE(env, !value_is_nullish(v), napi_object_expected);
    Value exception = NULL;
    *target = JSValueToObject(env->realm->ctx, v, &exception);
    return env_ran(env, exception);
}

#define ENTER_TARGET(env, value)                                                                             \
    ENTER_JS(env);                                                                                           \
    Object target;                                                                                           \
    {                                                                                                        \
        napi_status found = target_of(env, value, &target);                                                  \
        if (found) return found;                                                                             \
    }

/* What a helper says of a property. */
static napi_status property_ask(napi_env env, Help help, Object target, Value key, bool *result) {
    Value argv[] = {target, key};
    Value answer = env_help(env, help, 2, argv);
    if (!answer) return napi_pending_exception;
    if (result) *result = value_is_true(answer);
    return env_ok(env);
}

static napi_status property_get(napi_env env, Object target, Value key, napi_value *result) {
    Value exception = NULL;
    Value found = JSObjectGetPropertyForKey(env->realm->ctx, target, key, &exception);
    if (exception) return env_ran(env, exception);
    return env_give_out(env, found, result);
}

static napi_status property_set(napi_env env, Object target, Value key, Value value) {
    Value exception = NULL;
    JSObjectSetPropertyForKey(env->realm->ctx, target, key, value, kJSPropertyAttributeNone, &exception);
    return env_ran(env, exception);
}

/* --- making */

napi_status napi_create_object(napi_env env, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    return env_give_out(env, object_new(env->realm), result);
}

napi_status napi_create_array(napi_env env, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    return env_give_out(env, array_new(env->realm, 0, NULL), result);
}

napi_status napi_create_array_with_length(napi_env env, size_t len, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    Object array = array_new(env->realm, 0, NULL);
    object_set(env->realm, array, "length", value_number((double)len));
    return env_give_out(env, array, result);
}

/* --- properties by key, name and index */

napi_status napi_set_property(napi_env env, napi_value object, napi_value key, napi_value value) {
    ENTER_TARGET(env, object);
    REQUIRE_ARG(env, key);
    REQUIRE_ARG(env, value);
    return property_set(env, target, value_of(key), value_of(value));
}

napi_status napi_get_property(napi_env env, napi_value object, napi_value key, napi_value *result) {
    ENTER_TARGET(env, object);
    REQUIRE_ARG(env, key);
    REQUIRE_ARG(env, result);
    return property_get(env, target, value_of(key), result);
}

napi_status napi_has_property(napi_env env, napi_value object, napi_value key, bool *result) {
    ENTER_TARGET(env, object);
    REQUIRE_ARG(env, key);
    REQUIRE_ARG(env, result);
    return property_ask(env, HELP_HAS, target, value_of(key), result);
}

napi_status napi_delete_property(napi_env env, napi_value object, napi_value key, bool *result) {
    ENTER_TARGET(env, object);
    REQUIRE_ARG(env, key);
    return property_ask(env, HELP_DELETE, target, value_of(key), result);
}

napi_status napi_has_own_property(napi_env env, napi_value object, napi_value key, bool *result) {
    ENTER_TARGET(env, object);
    REQUIRE_ARG(env, key);
    REQUIRE_ARG(env, result);
    JSContextRef ctx = env->realm->ctx;
    REQUIRE(env, JSValueIsString(ctx, value_of(key)) || JSValueIsSymbol(ctx, value_of(key)),
            napi_name_expected);
    return property_ask(env, HELP_HAS_OWN, target, value_of(key), result);
}

napi_status napi_set_named_property(napi_env env, napi_value object, const char *name, napi_value value) {
    ENTER_TARGET(env, object);
    REQUIRE_ARG(env, name);
    REQUIRE_ARG(env, value);
    return property_set(env, target, value_string(env->realm, name), value_of(value));
}

napi_status napi_get_named_property(napi_env env, napi_value object, const char *name, napi_value *result) {
    ENTER_TARGET(env, object);
    REQUIRE_ARG(env, name);
    REQUIRE_ARG(env, result);
    return property_get(env, target, value_string(env->realm, name), result);
}

napi_status napi_has_named_property(napi_env env, napi_value object, const char *name, bool *result) {
    ENTER_TARGET(env, object);
    REQUIRE_ARG(env, name);
    REQUIRE_ARG(env, result);
    return property_ask(env, HELP_HAS, target, value_string(env->realm, name), result);
}

napi_status napi_set_element(napi_env env, napi_value object, uint32_t index, napi_value value) {
    ENTER_TARGET(env, object);
    REQUIRE_ARG(env, value);
    Value exception = NULL;
    JSObjectSetPropertyAtIndex(env->realm->ctx, target, index, value_of(value), &exception);
    return env_ran(env, exception);
}

napi_status napi_get_element(napi_env env, napi_value object, uint32_t index, napi_value *result) {
    ENTER_TARGET(env, object);
    REQUIRE_ARG(env, result);
    Value exception = NULL;
    Value found = JSObjectGetPropertyAtIndex(env->realm->ctx, target, index, &exception);
    if (exception) return env_ran(env, exception);
    return env_give_out(env, found, result);
}

napi_status napi_has_element(napi_env env, napi_value object, uint32_t index, bool *result) {
    ENTER_TARGET(env, object);
    REQUIRE_ARG(env, result);
    return property_ask(env, HELP_HAS, target, value_number(index), result);
}

napi_status napi_delete_element(napi_env env, napi_value object, uint32_t index, bool *result) {
    ENTER_TARGET(env, object);
    return property_ask(env, HELP_DELETE, target, value_number(index), result);
}

/* --- all of an object */

napi_status napi_get_all_property_names(napi_env env, napi_value object, napi_key_collection_mode mode,
                                        napi_key_filter filter, napi_key_conversion conversion,
                                        napi_value *result) {
    ENTER_TARGET(env, object);
    REQUIRE_ARG(env, result);
    REQUIRE_ARG(env, mode == napi_key_include_prototypes || mode == napi_key_own_only);
    REQUIRE_ARG(env, conversion == napi_key_keep_numbers || conversion == napi_key_numbers_to_strings);
    Value argv[] = {target, value_int((int)mode), value_int((int)filter), value_int((int)conversion)};
    Value keys = env_help(env, HELP_KEYS, 4, argv);
    return keys ? env_give_out(env, keys, result) : napi_pending_exception;
}

napi_status napi_get_property_names(napi_env env, napi_value object, napi_value *result) {
    return napi_get_all_property_names(env, object, napi_key_include_prototypes,
                                       napi_key_enumerable | napi_key_skip_symbols,
                                       napi_key_numbers_to_strings, result);
}

napi_status napi_get_prototype(napi_env env, napi_value object, napi_value *result) {
    ENTER_TARGET(env, object);
    REQUIRE_ARG(env, result);
    return env_give_out(env, JSObjectGetPrototype(env->realm->ctx, target), result);
}

static napi_status object_change(napi_env env, Help help, napi_value object) {
    ENTER_TARGET(env, object);
    Value argv[] = {target};
    return env_help(env, help, 1, argv) ? env_ok(env) : napi_pending_exception;
}

napi_status napi_object_freeze(napi_env env, napi_value object) {
    return object_change(env, HELP_FREEZE, object);
}
napi_status napi_object_seal(napi_env env, napi_value object) {
    return object_change(env, HELP_SEAL, object);
}

/* --- what kind it is */

napi_status napi_is_array(napi_env env, napi_value value, bool *result) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    *result = JSValueIsArray(env->realm->ctx, value_of(value));
    return env_ok(env);
}

napi_status napi_get_array_length(napi_env env, napi_value value, uint32_t *result) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    REQUIRE(env, JSValueIsArray(env->realm->ctx, value_of(value)), napi_array_expected);
    *result = (uint32_t)value_as_double(object_get(env->realm, (Object)value_of(value), "length"));
    return env_ok(env);
}

napi_status napi_instanceof(napi_env env, napi_value object, napi_value constructor, bool *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, object);
    REQUIRE_ARG(env, constructor);
    REQUIRE_ARG(env, result);
    *result = false;
    Object class = object_of(env, constructor);
    if (!class || !JSObjectIsFunction(env->realm->ctx, class)) {
        napi_throw_type_error(env, "ERR_NAPI_CONS_FUNCTION", "Constructor must be a function");
        return env_fail(env, napi_function_expected);
    }
    Value exception = NULL;
    *result = JSValueIsInstanceOfConstructor(env->realm->ctx, value_of(object), class, &exception);
    return env_ran(env, exception);
}

static napi_status kind_ask(napi_env env, Help help, napi_value value, bool *result) {
    ENTER(env);
    REQUIRE_ARG(env, value);
    REQUIRE_ARG(env, result);
    Value argv[] = {value_of(value)};
    Value answer = env_help(env, help, 1, argv);
    if (!answer) return napi_pending_exception;
    *result = value_is_true(answer);
    return env_ok(env);
}

napi_status napi_is_error(napi_env env, napi_value value, bool *result) {
    return kind_ask(env, HELP_IS_ERROR, value, result);
}
napi_status napi_is_promise(napi_env env, napi_value value, bool *result) {
    return kind_ask(env, HELP_IS_PROMISE, value, result);
}
napi_status napi_is_detached_arraybuffer(napi_env env, napi_value value, bool *result) {
    return kind_ask(env, HELP_IS_DETACHED, value, result);
}
