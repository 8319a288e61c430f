/* Values between SQLite and JavaScript, for columns, arguments and results of functions alike. */
#include "modules/sqlite/sqlite.h"

#include "engine/peek.h"

#include <inttypes.h>
#include <stdio.h>

#define LARGEST_SAFE_INTEGER 9007199254740991

static Value integer_value(Database *db, int64_t n, Integers integers) {
    if (n >= INT32_MIN && n <= INT32_MAX && integers != INTEGERS_BIG) return value_int((int32_t)n);
    if (integers == INTEGERS_BIG) return JSBigIntCreateWithInt64(db->handle.realm->ctx, n, NULL);
    if (integers == INTEGERS_CHECKED && (n > LARGEST_SAFE_INTEGER || n < -LARGEST_SAFE_INTEGER)) {
        char digits[24];
        snprintf(digits, sizeof digits, "%" PRId64, n);
        database_hold(db, fault_error(db, FAULT_LARGE_NUMBER, "", 0, digits));
        return NULL;
    }
    return value_number((double)n);
}

Value column_value(Database *db, sqlite3_value *value, Integers integers, bool as_buffer) {
    Realm *realm = db->handle.realm;
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: return integer_value(db, sqlite3_value_int64(value), integers);
    case SQLITE_FLOAT: return value_number(sqlite3_value_double(value));
    case SQLITE_TEXT: {
        const char *text = (const char *)sqlite3_value_text(value);
        return value_string_n(realm, text ? text : "", (size_t)sqlite3_value_bytes(value));
    }
    case SQLITE_BLOB: {
        const void *bytes = sqlite3_value_blob(value);
        size_t len = (size_t)sqlite3_value_bytes(value);
        return as_buffer ? buffer_copy(realm, bytes, len) : uint8_array_copy(realm, bytes, len);
    }
    default: return value_null();
    }
}

bool bigint_value(Realm *realm, Value v, int64_t *number) {
    *number = JSValueToInt64(realm->ctx, v, NULL);
    Value back = JSBigIntCreateWithInt64(realm->ctx, *number, NULL);
    return back && JSValueIsStrictEqual(realm->ctx, v, back);
}

bool result_set(Realm *realm, sqlite3_context *context, Value v) {
    char *bytes;
    size_t len;
    int64_t number;
    if (value_is_nullish(v)) {
        sqlite3_result_null(context);
    } else if (value_is_number(v)) {
        sqlite3_result_double(context, value_as_double(v));
    } else if (value_is_bool(v)) {
        sqlite3_result_int(context, value_is_true(v));
    } else if (value_is_string(realm, v)) {
        TEXT text = {0};
        if (!value_text(realm, v, &text)) return false;
        sqlite3_result_text64(context, text.data, text.len, SQLITE_TRANSIENT, SQLITE_UTF8);
    } else if (peek_bytes(realm, v, &bytes, &len)) {
        sqlite3_result_blob64(context, len ? bytes : "", len, SQLITE_TRANSIENT);
    } else if (JSValueIsBigInt(realm->ctx, v) && bigint_value(realm, v, &number)) {
        sqlite3_result_int64(context, number);
    } else {
        return false;
    }
    return true;
}
