/* Virtual tables whose rows a program makes in JavaScript. A definition is held by the connection's object,
 * like the functions of function.c; what an open cursor walks is protected until SQLite closes it. */
#include "modules/sqlite/sqlite.h"

#include <stdio.h>

typedef struct {
    Database *db;
    Object connect, open, next, close;
    int last_table;
} TableModule;

typedef struct {
    sqlite3_vtab base;
    TableModule *module;
    int number, columns, parameters;
    Integers integers;
} Table;

typedef struct {
    sqlite3_vtab_cursor base;
    Value source, row; /* row: an array of columns and parameters, NULL after the last */
    sqlite3_int64 rowid;
} Cursor;

static Object table_definition(Realm *realm, const Table *table) {
    char name[32];
    snprintf(name, sizeof name, "table %p %d", (void *)table->module, table->number);
    JSStringRef key = JSStringCreateWithUTF8CString(name);
    Value definition = JSObjectGetProperty(realm->ctx, table->module->db->handle.object, key, NULL);
    JSStringRelease(key);
    return value_object(realm, definition);
}

static void table_hold(Realm *realm, const Table *table, Value definition) {
    Object holder = table->module->db->handle.object;
    if (!holder) return; /* the collector has it, and so the definition */
    char name[32];
    snprintf(name, sizeof name, "table %p %d", (void *)table->module, table->number);
    JSStringRef key = JSStringCreateWithUTF8CString(name);
    JSObjectSetProperty(realm->ctx, holder, key, definition, kJSPropertyAttributeNone, NULL);
    JSStringRelease(key);
}

static Value element(Realm *realm, Object array, unsigned i) {
    return JSObjectGetPropertyAtIndex(realm->ctx, array, i, NULL);
}

/* JavaScript's connect(arguments…) -> [definition, CREATE TABLE …, columns, parameters, direct only,
 * INTEGERS_…] */
static int table_connect(sqlite3 *connection, void *data, int argc, const char *const *argv,
                         sqlite3_vtab **made, char **message) {
    TableModule *module = data;
    Realm *realm = module->db->handle.realm;
    enum { FIRST_ARGUMENT = 3, MOST = 64 };
    Value values[MOST];
    size_t count = 0;
    for (int i = FIRST_ARGUMENT; i < argc && count < MOST; i++)
        values[count++] = value_string(realm, argv[i]);
    Object answer = value_object(realm, database_call(module->db, module->connect, count, values));
    if (!answer) return SQLITE_ERROR;
    TEXT sql = {0};
    value_text(realm, element(realm, answer, 1), &sql);
    int code = sqlite3_declare_vtab(connection, sql.data);
    if (code == SQLITE_OK && value_is_true(element(realm, answer, 4)))
        code = sqlite3_vtab_config(connection, SQLITE_VTAB_DIRECTONLY);
    if (code != SQLITE_OK) {
        *message = sqlite3_mprintf("%s", sqlite3_errmsg(connection));
        return code;
    }
    Table *table = NEW(Table);
    table->module = module;
    table->number = ++module->last_table;
    table->columns = value_as_int(element(realm, answer, 2));
    table->parameters = value_as_int(element(realm, answer, 3));
    table->integers = (Integers)value_as_int(element(realm, answer, 5));
    table_hold(realm, table, element(realm, answer, 0));
    *made = &table->base;
    return SQLITE_OK;
}

/* Another function than table_connect, or SQLite would take every table for one that needs no CREATE. */
static int table_create(sqlite3 *connection, void *data, int argc, const char *const *argv,
                        sqlite3_vtab **made, char **message) {
    return table_connect(connection, data, argc, argv, made, message);
}

static int table_disconnect(sqlite3_vtab *base) {
    Table *table = (Table *)base;
    table_hold(table->module->db->handle.realm, table, value_undefined());
    mem_free(table);
    return SQLITE_OK;
}

static int table_destroy(sqlite3_vtab *base) {
    return table_disconnect(base);
}

/* The parameters that are given, as bits of idxNum: they are the hidden columns after the others. */
static int table_best_index(sqlite3_vtab *base, sqlite3_index_info *info) {
    const Table *table = (const Table *)base;
    int given = 0, arguments = 0;
    for (int parameter = 0; parameter < table->parameters; parameter++)
        for (int i = 0; i < info->nConstraint; i++) {
            if (info->aConstraint[i].iColumn != table->columns + parameter || given & 1 << parameter)
                continue;
            if (info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
            if (!info->aConstraint[i].usable) return SQLITE_CONSTRAINT;
            given |= 1 << parameter;
            info->aConstraintUsage[i].argvIndex = ++arguments;
            info->aConstraintUsage[i].omit = 1;
        }
    info->idxNum = given;
    info->estimatedCost = 1e6;
    info->estimatedRows = 1000000000;
    return SQLITE_OK;
}

static int cursor_open(sqlite3_vtab *base, sqlite3_vtab_cursor **made) {
    (void)base;
    Cursor *cursor = NEW(Cursor);
    *made = &cursor->base;
    return SQLITE_OK;
}

static void hold(Realm *realm, Value *place, Value value) {
    if (value) value_keep(realm, value);
    if (*place) value_drop(realm, *place);
    *place = value;
}

static void cursor_leave(TableModule *module, Cursor *cursor) {
    Realm *realm = module->db->handle.realm;
    /* A statement that the collector found is finished outside of any call: no JavaScript then. */
    if (cursor->source && cursor->row && module->db->depth && !module->db->thrown)
        database_call(module->db, module->close, 1, &cursor->source);
    hold(realm, &cursor->row, NULL);
    hold(realm, &cursor->source, NULL);
}

static int cursor_close(sqlite3_vtab_cursor *base) {
    cursor_leave(((Table *)base->pVtab)->module, (Cursor *)base);
    mem_free(base);
    return SQLITE_OK;
}

static int cursor_next(sqlite3_vtab_cursor *base) {
    Cursor *cursor = (Cursor *)base;
    TableModule *module = ((Table *)base->pVtab)->module;
    Realm *realm = module->db->handle.realm;
    Value row = database_call(module->db, module->next, 1, &cursor->source);
    hold(realm, &cursor->row, row ? (Value)value_object(realm, row) : NULL);
    cursor->rowid++;
    return row ? SQLITE_OK : SQLITE_ERROR;
}

static int cursor_filter(sqlite3_vtab_cursor *base, int given, const char *plan, int argc,
                         sqlite3_value **argv) {
    (void)plan, (void)argc;
    Cursor *cursor = (Cursor *)base;
    const Table *table = (const Table *)base->pVtab;
    TableModule *module = table->module;
    Realm *realm = module->db->handle.realm;
    Value values[1 + MAX_TABLE_PARAMETERS] = {table_definition(realm, table)};
    for (int i = 0, next = 0; i < table->parameters; i++) {
        values[i + 1] = value_undefined();
        if (!(given & 1 << i)) continue;
        values[i + 1] = column_value(module->db, argv[next++], table->integers, true);
        if (!values[i + 1]) return SQLITE_ERROR;
    }
    cursor_leave(module, cursor);
    Value source = database_call(module->db, module->open, (size_t)table->parameters + 1, values);
    if (!source) return SQLITE_ERROR;
    hold(realm, &cursor->source, source);
    cursor->rowid = 0;
    return cursor_next(base);
}

static int cursor_eof(sqlite3_vtab_cursor *base) {
    return !((Cursor *)base)->row;
}

static int cursor_column(sqlite3_vtab_cursor *base, sqlite3_context *context, int column) {
    Cursor *cursor = (Cursor *)base;
    Database *db = ((Table *)base->pVtab)->module->db;
    Realm *realm = db->handle.realm;
    if (result_set(realm, context, element(realm, (Object)cursor->row, (unsigned)column))) return SQLITE_OK;
    database_hold(db, fault_error(db, FAULT_UNBINDABLE, "", column + 1, ""));
    return SQLITE_ERROR;
}

static int cursor_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *rowid) {
    *rowid = ((Cursor *)base)->rowid;
    return SQLITE_OK;
}

#define READING                                                                                              \
    .xConnect = table_connect, .xBestIndex = table_best_index, .xDisconnect = table_disconnect,              \
    .xOpen = cursor_open, .xClose = cursor_close, .xFilter = cursor_filter, .xNext = cursor_next,            \
    .xEof = cursor_eof, .xColumn = cursor_column, .xRowid = cursor_rowid

static const sqlite3_module table_module = {READING};
static const sqlite3_module factory_module = {READING, .xCreate = table_create, .xDestroy = table_destroy};

/* defineTable(name, needs CREATE VIRTUAL TABLE, connect, open, next, close); see
 * lib/internal/sqlite/better_table.js */
Value database_define_table(Call *call) {
    Database *db = call_database(call);
    TEXT name = {0};
    if (!db || !call_text(call, 0, &name)) return NULL;
    TableModule *module = NEW(TableModule);
    module->db = db;
    Object *places[] = {&module->connect, &module->open, &module->next, &module->close};
    static const char *const parts[] = {"connect", "open", "next", "close"};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        *places[i] = call_function(call, i + 2);
        database_hold_function(call->realm, db, name.data, -1, parts[i], call_arg(call, i + 2));
    }
    const sqlite3_module *methods = call_bool(call, 1) ? &factory_module : &table_module;
    int code = sqlite3_create_module_v2(db->connection, name.data, methods, module, mem_free);
    return code == SQLITE_OK ? value_undefined() : database_throw_code(call, db, code);
}
