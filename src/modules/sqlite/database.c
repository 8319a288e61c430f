/* A connection: opening and closing it, its settings, and statements that are run without being kept. */
#include "modules/sqlite/sqlite.h"

#include "engine/peek.h"

#include <pthread.h>
#include <time.h>

static const Native database_methods[];
static void database_dispose(Handle *handle);
static const HandleClass database_class = {"Database", database_methods, database_dispose};

Database *call_database(Call *call) {
    Database *self = (Database *)call_handle(call, &database_class);
    if (self && !self->connection)
        return throw_value(call, fault_error(self, FAULT_FINALIZED, "", 0, "")), NULL;
    return self;
}

/* ---- errors */

Value fault_error(Database *self, Fault fault, const char *message, int number, const char *detail) {
    Realm *realm = self->handle.realm;
    Value argv[] = {value_int(fault), value_string(realm, message), value_int(number),
                    value_string(realm, detail)};
    Value exception = NULL;
    Value error = realm_call(realm, self->make_error, value_undefined(), COUNT_OF(argv), argv, &exception);
    return error ? error : exception;
}

void database_hold(Database *self, Value error) {
    if (self->thrown) value_drop(self->handle.realm, self->thrown);
    self->thrown = error;
    value_keep(self->handle.realm, error);
}

Value database_throw_code(Call *call, Database *self, int code) {
    return throw_value(
        call, fault_error(self, FAULT_SQLITE, sqlite3_errmsg(self->connection), code, sqlite3_errstr(code)));
}

Value database_throw(Call *call, Database *self) {
    Value thrown = self->thrown;
    if (!thrown) return database_throw_code(call, self, sqlite3_extended_errcode(self->connection));
    self->thrown = NULL;
    throw_value(call, thrown);
    value_drop(call->realm, thrown);
    return NULL;
}

Value database_call(Database *self, Object function, size_t argc, const Value *argv) {
    Value exception = NULL;
    Value result = realm_call(self->handle.realm, function, value_undefined(), argc, argv, &exception);
    if (!result && exception) database_hold(self, exception);
    return result;
}

/* ---- waiting for other writers */

/* SQLite's own handler sleeps up to 100 ms at a time, which makes many writers wait for nobody. */
static int database_wait(void *data, int attempt) {
    static const long first_us = 50, longest_us = 4000;
    Database *self = data;
    uint64_t now = uv_hrtime();
    if (attempt == 0) self->busy_since_ns = now;
    if (now - self->busy_since_ns >= self->busy_timeout_ns) return 0;
    long wait_us = attempt < 6 ? first_us << attempt : longest_us;
    wait_us = wait_us / 2 + (long)(now / 1000 % (uint64_t)wait_us);
    nanosleep(&(struct timespec){.tv_nsec = wait_us * 1000}, NULL);
    return 1;
}

/* ---- opening and closing */

/* open(path, flags, busy timeout in ms, makeError) */
static Value database_open(Call *call) {
    TEXT path = {0};
    if (!call_text(call, 0, &path)) return NULL;
    Database *self = NEW(Database);
    list_init(&self->statements);
    list_init(&self->sessions);
    self->make_error = call_function(call, 3);
    self->busy_timeout_ns = (uint64_t)(call_double(call, 2) * 1e6);
    int code = sqlite3_open_v2(path.data, &self->connection, call_int(call, 1), NULL);
    if (code != SQLITE_OK) {
        self->handle.realm = call->realm;
        Value error = fault_error(self, FAULT_SQLITE, sqlite3_errmsg(self->connection),
                                  sqlite3_extended_errcode(self->connection), sqlite3_errstr(code));
        sqlite3_close_v2(self->connection);
        mem_free(self);
        return throw_value(call, error);
    }
    sqlite3_extended_result_codes(self->connection, 1);
    sqlite3_busy_handler(self->connection, database_wait, self);
    Object object = handle_open(call->realm, &self->handle, &database_class);
    object_set(call->realm, object, "makeError", self->make_error);
    return object;
}

/* A backup that is under way keeps the connection open behind the scenes until it is done. */
static void database_shut(Database *self) {
    if (!self->connection) return;
    database_close_statements(self);
    database_close_sessions(self);
    sqlite3_busy_timeout(self->connection, 0);
    sqlite3_close_v2(self->connection);
    self->connection = NULL;
}

static void database_dispose(Handle *handle) {
    Database *self = (Database *)handle;
    database_shut(self);
    if (self->thrown) value_drop(handle->realm, self->thrown);
    handle_leave(handle);
    mem_free(self);
}

static Value database_close(Call *call) {
    Database *self = call_database(call);
    if (!self) return NULL;
    if (self->depth) return throw_value(call, fault_error(self, FAULT_BUSY, "", 0, "closed"));
    database_shut(self);
    return value_undefined();
}

/* ---- work */

static Value database_exec(Call *call) {
    Database *self = call_database(call);
    TEXT sql = {0};
    if (!self || !call_text(call, 0, &sql)) return NULL;
    self->depth++;
    int code = sqlite3_exec(self->connection, sql.data, NULL, NULL, NULL);
    self->depth--;
    return code == SQLITE_OK && !self->thrown ? value_undefined() : database_throw(call, self);
}

static Value database_in_transaction(Call *call) {
    Database *self = call_database(call);
    return self ? value_bool(!sqlite3_get_autocommit(self->connection)) : NULL;
}

/* The path of a database by its name, null for one in memory. */
static Value database_location(Call *call) {
    Database *self = call_database(call);
    TEXT name = {0};
    if (!self || !call_text(call, 0, &name)) return NULL;
    const char *path = sqlite3_db_filename(self->connection, name.data);
    return path && *path ? value_string(call->realm, path) : value_null();
}

/* configure(SQLITE_DBCONFIG_…, on) */
static Value database_configure(Call *call) {
    Database *self = call_database(call);
    if (!self) return NULL;
    int code = sqlite3_db_config(self->connection, call_int(call, 0), (int)call_bool(call, 1), NULL);
    return code == SQLITE_OK ? value_undefined() : database_throw_code(call, self, code);
}

/* limit(id, value or -1 to ask) -> what it was */
static Value database_limit(Call *call) {
    Database *self = call_database(call);
    return self ? value_int(sqlite3_limit(self->connection, call_int(call, 0), call_int(call, 1))) : NULL;
}

static Value database_load_extension(Call *call) {
    Database *self = call_database(call);
    TEXT path = {0}, entry = {0};
    if (!self || !call_text(call, 0, &path)) return NULL;
    bool has_entry = !value_is_nullish(call_arg(call, 1));
    if (has_entry && !call_text(call, 1, &entry)) return NULL;
    char *message = NULL;
    self->depth++;
    int code = sqlite3_load_extension(self->connection, path.data, has_entry ? entry.data : NULL, &message);
    self->depth--;
    if (code == SQLITE_OK) return value_undefined();
    Value error = fault_error(self, FAULT_SQLITE, message ? message : sqlite3_errmsg(self->connection), code,
                              sqlite3_errstr(code));
    sqlite3_free(message);
    return throw_value(call, error);
}

/* serialize(name) -> [bytes], in a plain Uint8Array */
static Value database_serialize(Call *call) {
    Database *self = call_database(call);
    TEXT name = {0};
    if (!self || !call_text(call, 0, &name)) return NULL;
    sqlite3_int64 len = 0;
    unsigned char *bytes = sqlite3_serialize(self->connection, name.data, &len, 0);
    if (!bytes && len == 0) {
        bool is_known = sqlite3_db_readonly(self->connection, name.data) >= 0;
        return is_known ? uint8_array_copy(call->realm, "", 0) : database_throw(call, self);
    }
    if (!bytes) return database_throw_code(call, self, SQLITE_NOMEM);
    Object copy = uint8_array_copy(call->realm, bytes, (size_t)len);
    sqlite3_free(bytes);
    return copy;
}

/* deserialize(bytes, name, read only) */
static Value database_deserialize(Call *call) {
    Database *self = call_database(call);
    char *bytes;
    size_t len;
    TEXT name = {0};
    if (!self || !call_peek(call, 0, &bytes, &len) || !call_text(call, 1, &name)) return NULL;
    unsigned char *copy = sqlite3_malloc64(len ? len : 1);
    if (!copy) return database_throw_code(call, self, SQLITE_NOMEM);
    if (len) memcpy(copy, bytes, len);
    database_close_statements(self);
    unsigned flags = SQLITE_DESERIALIZE_FREEONCLOSE;
    flags |= call_bool(call, 2) ? SQLITE_DESERIALIZE_READONLY : SQLITE_DESERIALIZE_RESIZEABLE;
    int code =
        sqlite3_deserialize(self->connection, name.data, copy, (sqlite3_int64)len, (sqlite3_int64)len, flags);
    return code == SQLITE_OK ? value_undefined() : database_throw_code(call, self, code);
}

static const Native database_methods[] = {
    {"close",                    database_close},
    {"exec",                          database_exec},
    {"prepare",database_prepare},
    {"inTransaction",                  database_in_transaction},
    {"location",                          database_location},
    {"configure",database_configure},
    {"limit",                 database_limit},
    {"loadExtension",                          database_load_extension},
    {"serialize",                       database_serialize},
    {"deserialize",                    database_deserialize},
    {"define",                          database_define},
    {"defineAggregate",database_define_aggregate},
    {"defineTable",                database_define_table},
    {"setAuthorizer",                          database_set_authorizer},
    {"createSession",database_create_session},
    {"applyChangeset",                   database_apply_changeset},
    {"backup",                          database_backup},
    {0                       }
};

/* ---- the module */

SharedNumbers *shared_numbers(Realm *realm) {
    return *realm_slot(realm, SLOT_SQLITE);
}

/* Counting the memory that is in use costs SQLite a lock for every allocation; nobody asks for it. */
static void forgo_memory_statistics(void) {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static void sqlite_setup(Realm *realm, Object binding) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, forgo_memory_statistics);
    SharedNumbers *shared = NEW(SharedNumbers);
    *realm_slot(realm, SLOT_SQLITE) = shared;
    object_set(
        realm, binding, "numbers",
        typed_array_over(realm, kJSTypedArrayTypeFloat64Array, shared->numbers, sizeof shared->numbers));
    object_set(realm, binding, "bigNumbers",
               typed_array_over(realm, kJSTypedArrayTypeBigInt64Array, shared->big_numbers,
                                sizeof shared->big_numbers));
    object_set(realm, binding, "version", value_string(realm, sqlite3_libversion()));
}

static void sqlite_teardown(Realm *realm) {
    mem_free(shared_numbers(realm));
    *realm_slot(realm, SLOT_SQLITE) = NULL;
}

static const Native sqlite_functions[] = {
    {"open", database_open},
    {0     }
};

const Module sqlite_plugin = {"sqlite", sqlite_functions, sqlite_setup, sqlite_teardown};
