/* Functions and classes that an addon gives to JavaScript, and calls the other way round. */
#include "modules/napi/env.h"

#include "engine/entry.h"

/* --- a function of the addon's */

typedef struct {
    Handle base;
    napi_env env;
    napi_callback callback;
    void *data;
} Callback;

struct napi_callback_info__ {
    Callback *callback;
    Value self, new_target;
    size_t argc;
    const Value *argv;
};

static void callback_dispose(Handle *handle) {
    Callback *self = (Callback *)handle;
    handle_leave(handle);
    env_release(self->env);
    mem_free(self);
}

static const HandleClass callback_class = {"NativeCallback", NULL, callback_dispose};

Object function_new(napi_env env, const char *name, size_t len, napi_callback callback, void *data) {
    Callback *self = NEW(Callback);
    self->env = env;
    self->callback = callback;
    self->data = data;
    env_use(env);
    if (!name) name = "", len = 0;
    if (len == NAPI_AUTO_LENGTH) len = strlen(name);
    Value argv[] = {handle_open(env->realm, &self->base, &callback_class),
                    value_string_n(env->realm, name, len)};
    return (Object)env_help(env, HELP_FUNCTION, 2, argv);
}

/* invoke(callback, this, new.target, …arguments), from lib/internal/napi.js */
Value napi_invoke(Call *call) {
    Callback *callback = (Callback *)handle_of(call_arg(call, 0), &callback_class);
    if (!callback || callback->env->is_closed) return NULL;
    napi_env env = callback->env;
    struct napi_callback_info__ info = {callback, call_arg(call, 1), call_arg(call, 2), call->argc - 3,
                                        call->argv + 3};
    Scope scope;
    env_enter(env, &scope);
    Value result = value_of(callback->callback(env, &info));
    Value exception = env_leave(env, &scope);
    if (exception) return throw_value(call, exception);
    return result ? result : value_undefined();
}

napi_status napi_get_cb_info(napi_env env, napi_callback_info info, size_t *argc, napi_value *argv,
                             napi_value *self, void **data) {
    ENTER(env);
    REQUIRE_ARG(env, info);
    if (argv) {
        REQUIRE_ARG(env, argc);
        for (size_t i = 0; i < *argc; i++)
            argv[i] = (napi_value)(i < info->argc ? info->argv[i] : value_undefined());
    }
    if (argc) *argc = info->argc;
    if (self) *self = (napi_value)info->self;
    if (data) *data = info->callback->data;
    return env_ok(env);
}

napi_status napi_get_new_target(napi_env env, napi_callback_info info, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, info);
    REQUIRE_ARG(env, result);
    *result = value_is_undefined(info->new_target) ? NULL : (napi_value)info->new_target;
    return env_ok(env);
}

napi_status napi_create_function(napi_env env, const char *name, size_t len, napi_callback callback,
                                 void *data, napi_value *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, result);
    REQUIRE_ARG(env, callback);
    Object function = function_new(env, name, len, callback, data);
    return function ? env_give_out(env, function, result) : napi_pending_exception;
}

/* --- properties and classes */

static Value property_key(napi_env env, const napi_property_descriptor *property) {
    return property->utf8name ? value_string(env->realm, property->utf8name) : value_of(property->name);
}

/* Without a name, as Node makes them. */
static Value property_function(napi_env env, napi_callback callback, void *data) {
    return callback ? function_new(env, NULL, 0, callback, data) : value_undefined();
}

static napi_status property_define(napi_env env, Object object, const napi_property_descriptor *property) {
    Value key = property_key(env, property);
    REQUIRE(env, key, napi_name_expected);
    JSContextRef ctx = env->realm->ctx;
    REQUIRE(env, JSValueIsString(ctx, key) || JSValueIsSymbol(ctx, key), napi_name_expected);
    Value value = value_undefined(), get = value, set = value;
    if (property->getter || property->setter) {
        get = property_function(env, property->getter, property->data);
        set = property_function(env, property->setter, property->data);
    } else if (property->method) {
        value = property_function(env, property->method, property->data);
    } else {
        REQUIRE_ARG(env, property->value);
        value = value_of(property->value);
    }
    if (!value || !get || !set) return napi_pending_exception;
    Value argv[] = {object, key, value_int((int)property->attributes), value, get, set};
    return env_help(env, HELP_DEFINE, 6, argv) ? env_ok(env) : napi_pending_exception;
}

/* Those of which `which` is all that the mask lets through. */
static napi_status properties_define(napi_env env, Object object, size_t count,
                                     const napi_property_descriptor *properties, unsigned mask,
                                     unsigned which) {
    for (size_t i = 0; i < count; i++) {
        if ((properties[i].attributes & mask) != which) continue;
        napi_status status = property_define(env, object, &properties[i]);
        if (status) return status;
    }
    return env_ok(env);
}

napi_status napi_define_properties(napi_env env, napi_value value, size_t count,
                                   const napi_property_descriptor *properties) {
    ENTER_JS(env);
    REQUIRE_ARG(env, !count || properties);
    Object object = object_of(env, value);
    REQUIRE(env, object, napi_object_expected);
    return properties_define(env, object, count, properties, 0, 0);
}

napi_status napi_define_class(napi_env env, const char *name, size_t len, napi_callback constructor,
                              void *data, size_t count, const napi_property_descriptor *properties,
                              napi_value *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, result);
    REQUIRE_ARG(env, constructor);
    REQUIRE_ARG(env, !count || properties);
    Object class = function_new(env, name, len, constructor, data);
    if (!class) return napi_pending_exception;
    env_give(env, class);
    Object prototype = (Object)object_get(env->realm, class, "prototype");
    napi_status status = properties_define(env, class, count, properties, napi_static, napi_static);
    if (!status) status = properties_define(env, prototype, count, properties, napi_static, 0);
    if (!status) *result = (napi_value) class;
    return status;
}

/* --- calls into JavaScript */

static napi_status function_call(napi_env env, Value self, Object function, size_t argc,
                                 const napi_value *argv, napi_value *result) {
    Value exception = NULL;
    Value value = realm_call(env->realm, function, self, argc, (const Value *)argv, &exception);
    if (exception) return env_ran(env, exception);
    if (result) *result = env_give(env, value);
    return env_ok(env);
}

napi_status napi_call_function(napi_env env, napi_value self, napi_value function, size_t argc,
                               const napi_value *argv, napi_value *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, !argc || argv);
    REQUIRE_ARG(env, function);
    Object object = object_of(env, function);
    REQUIRE(env, object && JSObjectIsFunction(env->realm->ctx, object), napi_function_expected);
    return function_call(env, self ? value_of(self) : value_undefined(), object, argc, argv, result);
}

napi_status napi_new_instance(napi_env env, napi_value constructor, size_t argc, const napi_value *argv,
                              napi_value *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, result);
    REQUIRE_ARG(env, !argc || argv);
    Object object = object_of(env, constructor);
    REQUIRE(env, object && JSObjectIsConstructor(env->realm->ctx, object), napi_function_expected);
    Value exception = NULL;
    Value made = JSObjectCallAsConstructor(env->realm->ctx, object, argc, (const Value *)argv, &exception);
    if (exception) return env_ran(env, exception);
    return env_give_out(env, made, result);
}

/* Ticks and promise jobs run if the addon is called by the loop itself: no call of ours will run them. */
static void settle(napi_env env) {
    Realm *realm = env->realm;
    if (env->scope->outer || realm->turn[TURN_EXITING]) return;
    Entry entry;
    entry_open(&entry, realm);
    realm_settle(realm, &entry);
    entry_close(&entry);
}

napi_status napi_make_callback(napi_env env, napi_async_context context, napi_value self, napi_value function,
                               size_t argc, const napi_value *argv, napi_value *result) {
    napi_status status = napi_call_function(env, self, function, argc, argv, result);
    if (!status) settle(env);
    return status;
}

struct napi_async_context__ {
    char none;
};

napi_status napi_async_init(napi_env env, napi_value resource, napi_value name, napi_async_context *result) {
    ENTER(env);
    REQUIRE_ARG(env, name);
    REQUIRE_ARG(env, result);
    *result = NEW(struct napi_async_context__);
    return env_ok(env);
}

napi_status napi_async_destroy(napi_env env, napi_async_context context) {
    ENTER(env);
    REQUIRE_ARG(env, context);
    mem_free(context);
    return env_ok(env);
}

napi_status napi_open_callback_scope(napi_env env, napi_value resource, napi_async_context context,
                                     napi_callback_scope *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    *result = (napi_callback_scope)env;
    return env_ok(env);
}

napi_status napi_close_callback_scope(napi_env env, napi_callback_scope scope) {
    ENTER(env);
    REQUIRE_ARG(env, scope);
    if (!env->pending) settle(env);
    return env_ok(env);
}
