/* Errors are made by lib/internal/errors.js, so that they are the same whether C or JavaScript finds
 * the fault. */
#include "engine/call.h"

#include <stdio.h>

Value error_new(Realm *realm, const char *kind, const char *code, const char *message) {
    Value argv[] = {value_string(realm, kind), code ? value_string(realm, code) : value_undefined(),
                    value_string(realm, message)};
    Value error = NULL, exception = NULL;
    if (realm->make_error)
        error = realm_call(realm, realm->make_error, value_undefined(), COUNT_OF(argv), argv, &exception);
    if (!error) error = JSObjectMakeError(realm->ctx, 1, &argv[2], NULL);
    return error;
}

Value error_uv(Realm *realm, int err, const char *syscall, const char *path, const char *dest) {
    Value argv[] = {value_int(err), value_string(realm, syscall),
                    path ? value_string(realm, path) : value_undefined(),
                    dest ? value_string(realm, dest) : value_undefined()};
    return realm_call(realm, realm->make_uv_error, value_undefined(), COUNT_OF(argv), argv, NULL);
}

Value throw_value(Call *call, Value error) {
    *call->exception = error;
    return NULL;
}

static Value throw_formatted(Call *call, const char *kind, const char *code, const char *format,
                             va_list args) {
    Bytes message = {0};
    bytes_vprintf(&message, format, args);
    Value error = error_new(call->realm, kind, code, message.data);
    bytes_free(&message);
    return throw_value(call, error);
}

#define THROW(kind)                                                                                          \
    va_list args;                                                                                            \
    va_start(args, format);                                                                                  \
    Value thrown = throw_formatted(call, kind, code, format, args);                                          \
    va_end(args);                                                                                            \
    return thrown

Value throw_type(Call *call, const char *code, const char *format, ...) {
    THROW("TypeError");
}
Value throw_range(Call *call, const char *code, const char *format, ...) {
    THROW("RangeError");
}
Value throw_error(Call *call, const char *code, const char *format, ...) {
    THROW("Error");
}

Value throw_uv(Call *call, int err, const char *syscall, const char *path, const char *dest) {
    return throw_value(call, error_uv(call->realm, err, syscall, path, dest));
}
