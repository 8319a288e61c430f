/* Functions and aggregates that programs define for their SQL, and the authorizer. The JavaScript
 * functions are held by the connection's object, not protected, so that a function that mentions its
 * database does not keep both alive for ever. */
#include "modules/sqlite/sqlite.h"

#define MAX_ARGUMENTS 128 /* SQLite allows 127 */

typedef struct {
    Database *db;
    char *name;
    Integers integers;
    bool as_buffers;
    Object call;                 /* of a function: (arguments…) -> result; of an aggregate: its step */
    Object inverse, value, done; /* of aggregates: (id, arguments…), (id) -> result, (id, failed) -> result */
    double next_id;
} Function;

static void function_free(void *data) {
    Function *self = data;
    mem_free(self->name);
    mem_free(self);
}

static void fail(sqlite3_context *context) {
    sqlite3_result_error(context, "a JavaScript function threw", -1);
}

static bool arguments(Function *self, sqlite3_context *context, int argc, sqlite3_value **argv,
                      Value *values) {
    for (int i = 0; i < argc && i < MAX_ARGUMENTS; i++) {
        values[i] = column_value(self->db, argv[i], self->integers, self->as_buffers);
        if (values[i]) continue;
        fail(context);
        return false;
    }
    return true;
}

static bool is_promise(Realm *realm, Value v) {
    Object object = value_object(realm, v);
    return object && value_is_function(realm, object_get(realm, object, "then"));
}

static void answer(Function *self, sqlite3_context *context, Value result) {
    Realm *realm = self->db->handle.realm;
    if (!result) {
        fail(context);
    } else if (!result_set(realm, context, result)) {
        database_hold(self->db,
                      fault_error(self->db, FAULT_UNRETURNABLE, "", is_promise(realm, result), self->name));
        fail(context);
    }
}

static void function_call(sqlite3_context *context, int argc, sqlite3_value **argv) {
    Function *self = sqlite3_user_data(context);
    Value values[MAX_ARGUMENTS];
    if (!arguments(self, context, argc, argv, values)) return;
    answer(self, context, database_call(self->db, self->call, (size_t)argc, values));
}

/* ---- aggregates: JavaScript keeps what each has gathered under the id that it gets here */

static double *group_id(Function *self, sqlite3_context *context) {
    double *id = sqlite3_aggregate_context(context, sizeof *id);
    if (id && *id == 0) *id = ++self->next_id;
    return id;
}

static void aggregate_gather(sqlite3_context *context, Object function, int argc, sqlite3_value **argv) {
    Function *self = sqlite3_user_data(context);
    double *id = group_id(self, context);
    Value values[MAX_ARGUMENTS + 1];
    if (!id) {
        sqlite3_result_error_nomem(context);
        return;
    }
    values[0] = value_number(*id);
    if (self->db->thrown || !arguments(self, context, argc, argv, values + 1)) return;
    if (!database_call(self->db, function, (size_t)argc + 1, values)) fail(context);
}

static void aggregate_step(sqlite3_context *context, int argc, sqlite3_value **argv) {
    aggregate_gather(context, ((Function *)sqlite3_user_data(context))->call, argc, argv);
}

static void aggregate_inverse(sqlite3_context *context, int argc, sqlite3_value **argv) {
    aggregate_gather(context, ((Function *)sqlite3_user_data(context))->inverse, argc, argv);
}

static void aggregate_value(sqlite3_context *context) {
    Function *self = sqlite3_user_data(context);
    double *id = group_id(self, context);
    if (!id || self->db->thrown) return;
    Value argument = value_number(*id);
    answer(self, context, database_call(self->db, self->value, 1, &argument));
}

/* Also called, for what has to be given back, after an error; and by the collector, which must not run
 * JavaScript. */
static void aggregate_final(sqlite3_context *context) {
    Function *self = sqlite3_user_data(context);
    double *id = group_id(self, context);
    if (!id || !self->db->depth) return;
    bool failed = self->db->thrown;
    Value argv[] = {value_number(*id), value_bool(failed)};
    Value result = database_call(self->db, self->done, COUNT_OF(argv), argv);
    if (!failed) answer(self, context, result);
}

/* ---- defining them */

void database_hold_function(Realm *realm, Database *db, const char *name, int argc, const char *part,
                            Value v) {
    char *key = mem_printf("function %s %d %s", part, argc, name);
    JSStringRef property = JSStringCreateWithUTF8CString(key);
    JSObjectSetProperty(realm->ctx, db->handle.object, property, v, kJSPropertyAttributeNone, NULL);
    JSStringRelease(property);
    mem_free(key);
}

static Function *function_new(Call *call, Database *db, const char *name) {
    Function *self = NEW(Function);
    self->db = db;
    self->name = mem_strdup(name);
    self->integers = (Integers)call_int(call, 3);
    self->as_buffers = call_bool(call, 4);
    self->call = call_function(call, 5);
    return self;
}

static bool can_define(Call *call, Database *db) {
    if (!db->depth) return true;
    throw_value(call, fault_error(db, FAULT_BUSY, "", 0, "changed"));
    return false;
}

/* define(name, argument count or -1, flags, INTEGERS_…, blobs as Buffers, function) */
Value database_define(Call *call) {
    Database *db = call_database(call);
    TEXT name = {0};
    if (!db || !call_text(call, 0, &name) || !can_define(call, db)) return NULL;
    int argc = call_int(call, 1);
    Function *self = function_new(call, db, name.data);
    int code = sqlite3_create_function_v2(db->connection, name.data, argc, SQLITE_UTF8 | call_int(call, 2),
                                          self, function_call, NULL, NULL, function_free);
    if (code != SQLITE_OK) return database_throw_code(call, db, code);
    database_hold_function(call->realm, db, name.data, argc, "call", self->call);
    return value_undefined();
}

/* defineAggregate(name, argument count or -1, flags, INTEGERS_…, blobs as Buffers, step, inverse or null,
 * value, done) */
Value database_define_aggregate(Call *call) {
    Database *db = call_database(call);
    TEXT name = {0};
    if (!db || !call_text(call, 0, &name) || !can_define(call, db)) return NULL;
    int argc = call_int(call, 1), flags = SQLITE_UTF8 | call_int(call, 2);
    Function *self = function_new(call, db, name.data);
    self->inverse = call_function(call, 6);
    self->value = call_function(call, 7);
    self->done = call_function(call, 8);
    bool has_inverse = self->inverse;
    int code = sqlite3_create_window_function(db->connection, name.data, argc, flags, self, aggregate_step,
                                              aggregate_final, has_inverse ? aggregate_value : NULL,
                                              has_inverse ? aggregate_inverse : NULL, function_free);
    if (code != SQLITE_OK) return database_throw_code(call, db, code);
    static const char *const parts[] = {"call", "inverse", "value", "done"};
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        database_hold_function(call->realm, db, name.data, argc, parts[i], call_arg(call, 5 + i));
    return value_undefined();
}

/* ---- the authorizer */

static Value optional_text(Realm *realm, const char *text) {
    return text ? value_string(realm, text) : value_null();
}

static int authorize(void *data, int action, const char *a, const char *b, const char *database,
                     const char *trigger) {
    Database *db = data;
    Realm *realm = db->handle.realm;
    if (db->thrown) return SQLITE_DENY;
    Object function = value_object(realm, object_get(realm, db->handle.object, "authorizer"));
    if (!function) return SQLITE_OK;
    Value argv[] = {value_int(action), optional_text(realm, a), optional_text(realm, b),
                    optional_text(realm, database), optional_text(realm, trigger)};
    Value result = database_call(db, function, COUNT_OF(argv), argv);
    return result ? value_as_int(result) : SQLITE_DENY;
}

/* setAuthorizer(function or null): (action, four texts or nulls) -> SQLITE_OK, SQLITE_DENY, SQLITE_IGNORE */
Value database_set_authorizer(Call *call) {
    Database *db = call_database(call);
    if (!db) return NULL;
    Object function = call_function(call, 0);
    object_set(call->realm, db->handle.object, "authorizer", function ? function : value_null());
    sqlite3_set_authorizer(db->connection, function ? authorize : NULL, db);
    return value_undefined();
}
