/* The names, numbers and texts of libuv's errors, for lib/internal/errors.js. */
#include "engine/call.h"
#include "modules/modules.h"

static const struct {
    const char *name;
    int number;
    const char *message;
} errors[] = {
#define ERROR(name, message) {#name, UV_##name, message},
    UV_ERRNO_MAP(ERROR)
#undef ERROR
};

static Value uv_error_list(Call *call) {
    Realm *realm = call->realm;
    Value all[COUNT_OF(errors) * 3];
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        all[i * 3] = value_int(errors[i].number);
        all[i * 3 + 1] = value_string(realm, errors[i].name);
        all[i * 3 + 2] = value_string(realm, errors[i].message);
    }
    return array_new(realm, COUNT_OF(all), all);
}

static Value uv_error_name(Call *call) {
    return value_string(call->realm, uv_err_name(call_int(call, 0)));
}

static Value uv_error_message(Call *call) {
    return value_string(call->realm, uv_strerror(call_int(call, 0)));
}

static void setup(Realm *realm, Object binding) {
    char name[32] = "UV_";
    for (size_t i = 0; i < COUNT_OF(errors); i++) {
        strcpy(name + 3, errors[i].name);
        object_set_int(realm, binding, name, errors[i].number);
    }
}

static const Native functions[] = {
    {"errorList",    uv_error_list}, /* [number, name, message, number, …] */
    {"errname",              uv_error_name},
    {"errorMessage",uv_error_message},
    {0}
};

const Module uv_module = {"uv", functions, setup, NULL};
