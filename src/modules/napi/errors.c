/* What became of a call: its status, and the exception that it left. */
#include "modules/napi/env.h"

#include <stdio.h>
#include <stdlib.h>

napi_status env_ok(napi_env env) {
    env->last.error_code = napi_ok;
    return napi_ok;
}

napi_status env_fail(napi_env env, napi_status status) {
    env->last.error_code = status;
    return status;
}

napi_status env_ready(napi_env env) {
    if (env->pending) return env_fail(env, napi_pending_exception);
    if (env->is_closed) return env_fail(env, napi_cannot_run_js);
    return env_ok(env);
}

void env_set_pending(napi_env env, Value exception) {
    if (env->pending) value_drop(env->realm, env->pending);
    env->pending = exception;
    if (exception) value_keep(env->realm, exception);
}

napi_status env_ran(napi_env env, Value exception) {
    if (!exception) return env_ok(env);
    env_set_pending(env, exception);
    return env_fail(env, napi_pending_exception);
}

napi_status napi_get_last_error_info(node_api_basic_env env, const napi_extended_error_info **result) {
    static const char *const messages[] = {
        NULL,
        "Invalid argument",
        "An object was expected",
        "A string was expected",
        "A string or symbol was expected",
        "A function was expected",
        "A number was expected",
        "A boolean was expected",
        "An array was expected",
        "Unknown failure",
        "An exception is pending",
        "The async work item was cancelled",
        "napi_escape_handle already called on scope",
        "Invalid handle scope usage",
        "Invalid callback scope usage",
        "Thread-safe function queue is full",
        "Thread-safe function handle is closing",
        "A bigint was expected",
        "A date was expected",
        "An arraybuffer was expected",
        "A detachable arraybuffer was expected",
        "Main thread would deadlock",
        "External buffers are not allowed",
        "Cannot run JavaScript",
    };
    ENTER(env);
    if (!result) return napi_invalid_arg;
    env->last.error_message = messages[env->last.error_code];
    *result = &env->last;
    return napi_ok;
}

napi_status napi_throw(napi_env env, napi_value error) {
    ENTER_JS(env);
    REQUIRE_ARG(env, error);
    env_set_pending(env, value_of(error));
    return env_ok(env);
}

enum { PLAIN_ERROR, TYPE_ERROR, RANGE_ERROR, SYNTAX_ERROR };

static napi_status error_create(napi_env env, int kind, napi_value code, napi_value message,
                                napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, message);
    REQUIRE_ARG(env, result);
    REQUIRE(env, JSValueIsString(env->realm->ctx, value_of(message)), napi_string_expected);
    REQUIRE(env, !code || JSValueIsString(env->realm->ctx, value_of(code)), napi_string_expected);
    Value argv[] = {value_int(kind), code ? value_of(code) : value_undefined(), value_of(message)};
    Value error = env_help(env, HELP_ERROR, 3, argv);
    return error ? env_give_out(env, error, result) : napi_pending_exception;
}

napi_status napi_create_error(napi_env env, napi_value code, napi_value message, napi_value *result) {
    return error_create(env, PLAIN_ERROR, code, message, result);
}
napi_status napi_create_type_error(napi_env env, napi_value code, napi_value message, napi_value *result) {
    return error_create(env, TYPE_ERROR, code, message, result);
}
napi_status napi_create_range_error(napi_env env, napi_value code, napi_value message, napi_value *result) {
    return error_create(env, RANGE_ERROR, code, message, result);
}
napi_status node_api_create_syntax_error(napi_env env, napi_value code, napi_value message,
                                         napi_value *result) {
    return error_create(env, SYNTAX_ERROR, code, message, result);
}

static napi_status error_throw(napi_env env, int kind, const char *code, const char *message) {
    ENTER_JS(env);
    Realm *realm = env->realm;
    Value argv[] = {value_int(kind), code ? value_string(realm, code) : value_undefined(),
                    value_string(realm, message ? message : "")};
    Value error = env_help(env, HELP_ERROR, 3, argv);
    if (!error) return napi_pending_exception;
    env_set_pending(env, error);
    return env_ok(env);
}

napi_status napi_throw_error(napi_env env, const char *code, const char *message) {
    return error_throw(env, PLAIN_ERROR, code, message);
}
napi_status napi_throw_type_error(napi_env env, const char *code, const char *message) {
    return error_throw(env, TYPE_ERROR, code, message);
}
napi_status napi_throw_range_error(napi_env env, const char *code, const char *message) {
    return error_throw(env, RANGE_ERROR, code, message);
}
napi_status node_api_throw_syntax_error(napi_env env, const char *code, const char *message) {
    return error_throw(env, SYNTAX_ERROR, code, message);
}

napi_status napi_is_exception_pending(napi_env env, bool *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    *result = env->pending;
    return env_ok(env);
}

napi_status napi_get_and_clear_last_exception(napi_env env, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    Value pending = env->pending ? env->pending : value_undefined();
    napi_status status = env_give_out(env, pending, result);
    env_set_pending(env, NULL);
    return status;
}

void env_report(napi_env env, Value exception) {
    realm_dispatch(env->realm, env->addons->helpers[HELP_RETHROW], NULL, 1, &exception);
}

napi_status napi_fatal_exception(napi_env env, napi_value error) {
    ENTER_JS(env);
    REQUIRE_ARG(env, error);
    env_report(env, value_of(error));
    return env_ok(env);
}

static int text_length(size_t len) {
    return len == NAPI_AUTO_LENGTH ? -1 : (int)len;
}

NAPI_NO_RETURN void napi_fatal_error(const char *location, size_t location_len, const char *message,
                                     size_t message_len) {
    fprintf(stderr, "FATAL ERROR: %.*s %.*s\n", text_length(location_len), location ? location : "",
            text_length(message_len), message ? message : "");
    abort();
}
