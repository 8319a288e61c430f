/* What a native function gets, and short words for its arguments and errors. A native function reads
 * its arguments, does its work and returns a value; if it fails it returns throw_…(call, …). */
#pragma once

#include "engine/realm.h"

struct Call {
    Realm *realm;
    Object self;
    size_t argc;
    const Value *argv;
    Value *exception;
};

static inline Value call_arg(const Call *call, size_t i) {
    return i < call->argc ? call->argv[i] : value_undefined();
}
static inline int32_t call_int(const Call *call, size_t i) {
    return value_as_int(call_arg(call, i));
}
static inline int64_t call_int64(const Call *call, size_t i) {
    return value_as_int64(call_arg(call, i));
}
static inline double call_double(const Call *call, size_t i) {
    return value_as_double(call_arg(call, i));
}
static inline bool call_bool(const Call *call, size_t i) {
    return value_is_true(call_arg(call, i));
}
static inline Object call_object(const Call *call, size_t i) {
    return value_object(call->realm, call_arg(call, i));
}
/* The function, or NULL for anything else. */
Object call_function(const Call *call, size_t i);
/* The bytes of a Buffer, typed array or ArrayBuffer; throws TypeError and returns false otherwise. */
bool call_bytes(Call *call, size_t i, char **data, size_t *len);

/* Text of an argument as UTF-8, NUL-terminated. Short texts live in the struct itself. Must be given
 * back with text_free. A Buffer gives its bytes. */
typedef struct {
    char *data;
    size_t len;
    char room[232];
} Text;

bool call_text(Call *call, size_t i, Text *text);
bool value_text(Realm *realm, Value v, Text *text);
void text_free(Text *text);
#define TEXT __attribute__((cleanup(text_free))) Text

Value throw_value(Call *call, Value error);
Value throw_type(Call *call, const char *code, const char *format, ...) __attribute__((format(printf, 3, 4)));
Value throw_range(Call *call, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
Value throw_error(Call *call, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
Value throw_uv(Call *call, int err, const char *syscall, const char *path, const char *dest);
