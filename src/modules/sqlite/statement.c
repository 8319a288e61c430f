/* Prepared statements. Whatever a program asks of one is a single crossing: all parameters in, all rows
 * (or as many as fit a batch) out as one flat array, from which JavaScript builds the row objects. */
#include "modules/sqlite/sqlite.h"

#include "base/text.h"
#include "engine/peek.h"

#include <ctype.h>

#define BATCH_VALUES 2048 /* SQLite has at most 2000 columns */

typedef struct {
    Handle handle;
    Link link;
    Database *db;       /* NULL once the database's memory is gone */
    sqlite3_stmt *stmt; /* NULL once finalized */
    int *positions;     /* parameters that are bound by position: all but the named ones */
    int position_count, parameter_count;
    int column_count,
        prepared_count; /* how often SQLite has prepared it again: its columns may have changed */
    unsigned shape;
    Integers integers;
    bool as_buffers;
    bool is_stepping; /* under way right now: a callback called us */
} Statement;

static const Native statement_methods[];

static void statement_finalize(Statement *self) {
    if (!self->stmt) return;
    sqlite3_finalize(self->stmt);
    self->stmt = NULL;
    link_remove(&self->link);
}

static void statement_dispose(Handle *handle) {
    Statement *self = (Statement *)handle;
    statement_finalize(self);
    handle_leave(handle);
    mem_free(self->positions);
    mem_free(self);
}

static const HandleClass statement_class = {"Statement", statement_methods, statement_dispose};

void database_close_statements(Database *db) {
    while (!list_is_empty(&db->statements))
        statement_finalize(CONTAINER_OF(db->statements.next, Statement, link));
}

static Statement *call_statement(Call *call) {
    Statement *self = (Statement *)call_handle(call, &statement_class);
    if (!self) return NULL;
    const char *why = self->is_stepping ? "used" : NULL;
    if (!self->stmt || why)
        return throw_value(call,
                           fault_error(self->db, why ? FAULT_BUSY : FAULT_FINALIZED, "", 0, why ? why : "")),
               NULL;
    return self;
}

/* ---- preparing */

static bool text_goes_on(Database *db, const char *sql) {
    while (*sql) {
        sqlite3_stmt *next = NULL;
        const char *tail = sql;
        if (sqlite3_prepare_v2(db->connection, sql, -1, &next, &tail) != SQLITE_OK) return true;
        sqlite3_finalize(next);
        if (next) return true;
        if (tail == sql) break;
        sql = tail;
    }
    return false;
}

static int statement_count_columns(Statement *self) {
    int count = sqlite3_column_count(self->stmt);
    return count < BATCH_VALUES ? count : BATCH_VALUES;
}

static void statement_learn(Statement *self) {
    self->parameter_count = sqlite3_bind_parameter_count(self->stmt);
    self->positions = mem_new(((size_t)self->parameter_count + 1) * sizeof *self->positions);
    for (int i = 1; i <= self->parameter_count; i++) {
        const char *name = sqlite3_bind_parameter_name(self->stmt, i);
        if (!name || *name == '?') self->positions[self->position_count++] = i;
    }
    self->column_count = statement_count_columns(self);
}

/* Aggregates that are given up halfway are told so. */
static void statement_rewind(Statement *self) {
    self->db->depth++;
    sqlite3_reset(self->stmt);
    self->db->depth--;
}

/* prepare(sql) -> a statement, or undefined if the text has none */
Value database_prepare(Call *call) {
    Database *db = call_database(call);
    TEXT sql = {0};
    if (!db || !call_text(call, 0, &sql)) return NULL;
    sqlite3_stmt *stmt = NULL;
    const char *tail = NULL;
    db->depth++;
    int code = sqlite3_prepare_v3(db->connection, sql.data, (int)sql.len + 1, SQLITE_PREPARE_PERSISTENT,
                                  &stmt, &tail);
    db->depth--;
    if (code != SQLITE_OK || db->thrown) {
        sqlite3_finalize(stmt);
        return database_throw(call, db);
    }
    if (!stmt) return value_undefined();
    Statement *self = NEW(Statement);
    self->stmt = stmt;
    self->db = db;
    list_append(&db->statements, &self->link);
    statement_learn(self);
    double *numbers = shared_numbers(call->realm)->numbers;
    numbers[NUMBER_PARAMETERS] = self->parameter_count;
    numbers[NUMBER_COLUMNS] = self->column_count;
    numbers[NUMBER_READONLY] = sqlite3_stmt_readonly(stmt);
    numbers[NUMBER_EXTRA_STATEMENTS] = tail && *tail && text_goes_on(db, tail);
    Object object = handle_open(call->realm, &self->handle, &statement_class);
    object_set(call->realm, object, "database", db->handle.object); /* outlives the statement */
    return object;
}

/* ---- parameters */

static int bind_text(Statement *self, int index, Value v) {
    Realm *realm = self->handle.realm;
    CHARS chars;
    if (chars_open(realm, v, &chars) && chars.is_8bit && text_is_ascii(chars.chars, chars.len))
        return sqlite3_bind_text64(self->stmt, index, chars.chars, chars.len, SQLITE_TRANSIENT, SQLITE_UTF8);
    TEXT text = {0};
    value_text(realm, v, &text);
    return sqlite3_bind_text64(self->stmt, index, text.data, text.len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* An error of SQLite's, or SQLITE_OK; with a fault that is the face's to tell, *fault is set. */
static int bind_value(Statement *self, int index, Value v, Fault *fault) {
    Realm *realm = self->handle.realm;
    char *bytes;
    size_t len;
    int64_t number;
    if (value_is_number(v)) return sqlite3_bind_double(self->stmt, index, value_as_double(v));
    if (value_is_null(v)) return sqlite3_bind_null(self->stmt, index);
    if (value_is_string(realm, v)) return bind_text(self, index, v);
    if (value_is_bool(v)) return sqlite3_bind_int(self->stmt, index, value_is_true(v));
    if (peek_bytes(realm, v, &bytes, &len))
        return sqlite3_bind_blob64(self->stmt, index, len ? bytes : "", len, SQLITE_TRANSIENT);
    if (!value_is_cell(v) || !JSValueIsBigInt(realm->ctx, v)) {
        *fault = FAULT_UNBINDABLE;
    } else if (!bigint_value(realm, v, &number)) {
        *fault = FAULT_BIG_BINDING;
    } else {
        return sqlite3_bind_int64(self->stmt, index, number);
    }
    return SQLITE_OK;
}

static bool bind_one(Call *call, Statement *self, int index, Value v) {
    Fault fault = FAULT_SQLITE;
    int code = bind_value(self, index, v, &fault);
    if (fault != FAULT_SQLITE) {
        throw_value(call, fault_error(self->db, fault, "", index, ""));
        return false;
    }
    if (code != SQLITE_OK) database_throw_code(call, self->db, code);
    return code == SQLITE_OK;
}

/* Parameters as JavaScript passes them: the number of named ones, an index and a value for each of
 * those, then values by position. A negative number leaves in place what bind() has bound. */
static bool bind_call(Call *call, Statement *self) {
    int named = call_int(call, 0);
    statement_rewind(self);
    if (named < 0) return true;
    if (self->parameter_count) sqlite3_clear_bindings(self->stmt);
    size_t at = 1;
    for (; named > 0; named--, at += 2)
        if (!bind_one(call, self, call_int(call, at), call_arg(call, at + 1))) return false;
    for (int i = 0; at < call->argc; i++, at++) {
        int index = i < self->position_count ? self->positions[i] : self->parameter_count + 1;
        if (!bind_one(call, self, index, call->argv[at])) return false;
    }
    return true;
}

/* ---- rows */

static int statement_step(Statement *self) {
    Database *db = self->db;
    db->depth++;
    self->is_stepping = true;
    int code = sqlite3_step(self->stmt);
    self->is_stepping = false;
    db->depth--;
    return db->thrown ? SQLITE_ERROR : code;
}

/* After an error of a step: throws it, with the statement ready for its next use. */
static Value statement_fail(Call *call, Statement *self) {
    database_throw(call, self->db);
    statement_rewind(self);
    return NULL;
}

/* A change of the schema makes SQLite prepare a statement again, maybe with other columns. */
static void statement_look_again(Statement *self) {
    int prepared = sqlite3_stmt_status(self->stmt, SQLITE_STMTSTATUS_REPREPARE, 0);
    if (prepared != self->prepared_count) {
        self->prepared_count = prepared;
        self->column_count = statement_count_columns(self);
        self->shape++;
    }
    shared_numbers(self->handle.realm)->numbers[NUMBER_SHAPE] = self->shape;
}

static bool read_row(Statement *self, Value *values) {
    for (int i = 0; i < self->column_count; i++) {
        values[i] =
            column_value(self->db, sqlite3_column_value(self->stmt, i), self->integers, self->as_buffers);
        if (!values[i]) return false;
    }
    return true;
}

static void tell_changes(Statement *self, int64_t total_before) {
    SharedNumbers *shared = shared_numbers(self->handle.realm);
    shared->big_numbers[NUMBER_CHANGES] = sqlite3_changes64(self->db->connection);
    shared->big_numbers[NUMBER_ROWID] = sqlite3_last_insert_rowid(self->db->connection);
    shared->numbers[NUMBER_CHANGES] = (double)shared->big_numbers[NUMBER_CHANGES];
    bool has_changed = sqlite3_total_changes64(self->db->connection) != total_before;
    shared->numbers[NUMBER_CHANGED] = has_changed ? shared->numbers[NUMBER_CHANGES] : 0;
    shared->numbers[NUMBER_ROWID] = (double)shared->big_numbers[NUMBER_ROWID];
}

/* run(parameters…): its rows are passed over */
static Value statement_run(Call *call) {
    Statement *self = call_statement(call);
    if (!self || !bind_call(call, self)) return NULL;
    int64_t before = sqlite3_total_changes64(self->db->connection);
    int code;
    do {
        code = statement_step(self);
    } while (code == SQLITE_ROW);
    if (code != SQLITE_DONE) return statement_fail(call, self);
    tell_changes(self, before);
    statement_rewind(self);
    return value_undefined();
}

/* get(parameters…) -> the first row's values, or undefined */
static Value statement_get(Call *call) {
    Statement *self = call_statement(call);
    if (!self || !bind_call(call, self)) return NULL;
    int code = statement_step(self);
    if (code == SQLITE_DONE) {
        statement_rewind(self);
        return value_undefined();
    }
    Value values[BATCH_VALUES];
    if (code != SQLITE_ROW) return statement_fail(call, self);
    statement_look_again(self);
    if (!read_row(self, values)) return statement_fail(call, self);
    statement_rewind(self);
    return array_new(call->realm, (size_t)self->column_count, values);
}

/* The values of the next rows, one row after the other; the last batch is the one that is not full. */
static Value statement_batch(Call *call, Statement *self, size_t max_rows) {
    Value values[BATCH_VALUES];
    size_t count = 0, rows = 0;
    int code = SQLITE_DONE;
    double *numbers = shared_numbers(call->realm)->numbers;
    while (rows < max_rows) {
        code = statement_step(self);
        if (code != SQLITE_ROW) break;
        if (rows == 0) statement_look_again(self);
        if (!read_row(self, values + count)) return statement_fail(call, self);
        count += (size_t)self->column_count;
        rows++;
        if (count + (size_t)self->column_count > BATCH_VALUES) break;
    }
    numbers[NUMBER_HAS_ROW] = code == SQLITE_ROW;
    if (code != SQLITE_ROW && code != SQLITE_DONE) return statement_fail(call, self);
    if (code == SQLITE_DONE) statement_rewind(self);
    return count ? array_new(call->realm, count, values) : value_undefined();
}

/* all(parameters…) -> values of as many rows as fit a batch; NUMBER_HAS_ROW says that more() has others */
static Value statement_all(Call *call) {
    Statement *self = call_statement(call);
    return self && bind_call(call, self) ? statement_batch(call, self, SIZE_MAX) : NULL;
}

static Value statement_more(Call *call) {
    Statement *self = call_statement(call);
    return self ? statement_batch(call, self, SIZE_MAX) : NULL;
}

/* next() -> one row's values, or undefined at the end */
static Value statement_next(Call *call) {
    Statement *self = call_statement(call);
    return self ? statement_batch(call, self, 1) : NULL;
}

/* bind(parameters…) */
static Value statement_bind(Call *call) {
    Statement *self = call_statement(call);
    return self && bind_call(call, self) ? value_undefined() : NULL;
}

static Value statement_reset(Call *call) {
    Statement *self = call_statement(call);
    if (self) statement_rewind(self);
    return self ? value_undefined() : NULL;
}

static Value statement_close(Call *call) {
    Statement *self = call_statement(call);
    if (self) statement_finalize(self);
    return self ? value_undefined() : NULL;
}

/* ---- what it is */

/* readAs(INTEGERS_…, blobs as Buffers) */
static Value statement_read_as(Call *call) {
    Statement *self = call_statement(call);
    if (!self) return NULL;
    self->integers = (Integers)call_int(call, 0);
    self->as_buffers = call_bool(call, 1);
    return value_undefined();
}

static Value optional_text(Realm *realm, const char *text) {
    return text ? value_string(realm, text) : value_null();
}

/* columnNames() */
static Value statement_column_names(Call *call) {
    Statement *self = call_statement(call);
    if (!self) return NULL;
    Value names[BATCH_VALUES];
    int count = statement_count_columns(self);
    for (int i = 0; i < count; i++)
        names[i] = optional_text(call->realm, sqlite3_column_name(self->stmt, i));
    return array_new(call->realm, (size_t)count, names);
}

/* columnInfo(i) -> [name, column, table, database, type] */
static Value statement_column_info(Call *call) {
    Statement *self = call_statement(call);
    if (!self) return NULL;
    int i = call_int(call, 0);
    Realm *realm = call->realm;
    Value values[] = {
        optional_text(realm, sqlite3_column_name(self->stmt, i)),
        optional_text(realm, sqlite3_column_origin_name(self->stmt, i)),
        optional_text(realm, sqlite3_column_table_name(self->stmt, i)),
        optional_text(realm, sqlite3_column_database_name(self->stmt, i)),
        optional_text(realm, sqlite3_column_decltype(self->stmt, i)),
    };
    return array_new(realm, COUNT_OF(values), values);
}

static Value statement_parameter_count(Call *call) {
    Statement *self = call_statement(call);
    return self ? value_int(self->parameter_count) : NULL;
}

/* parameterName(i), from 1; null for one without */
static Value statement_parameter_name(Call *call) {
    Statement *self = call_statement(call);
    return self ? optional_text(call->realm, sqlite3_bind_parameter_name(self->stmt, call_int(call, 0)))
                : NULL;
}

static Value statement_source(Call *call) {
    Statement *self = call_statement(call);
    return self ? value_string(call->realm, sqlite3_sql(self->stmt)) : NULL;
}

static Value statement_expanded(Call *call) {
    Statement *self = call_statement(call);
    if (!self) return NULL;
    char *sql = sqlite3_expanded_sql(self->stmt);
    if (!sql) return database_throw_code(call, self->db, SQLITE_NOMEM);
    Value v = value_string(call->realm, sql);
    sqlite3_free(sql);
    return v;
}

/* status(SQLITE_STMTSTATUS_…, reset) */
static Value statement_status(Call *call) {
    Statement *self = call_statement(call);
    return self ? value_int(sqlite3_stmt_status(self->stmt, call_int(call, 0), call_bool(call, 1))) : NULL;
}

static const Native statement_methods[] = {
    {"run",                   statement_run},
    {"get",                       statement_get},
    {"all",statement_all},
    {"more",                   statement_more},
    {"next",                       statement_next},
    {"bind",statement_bind},
    {"reset",                  statement_reset},
    {"close",                       statement_close},
    {"readAs",                   statement_read_as},
    {"columnNames",                 statement_column_names},
    {"columnInfo",                       statement_column_info},
    {"parameterCount",statement_parameter_count},
    {"parameterName",                statement_parameter_name},
    {"sourceSQL",                       statement_source},
    {"expandedSQL",statement_expanded},
    {"status",            statement_status},
    {0                      }
};
