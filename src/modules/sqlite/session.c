/* Sessions record what changes in a database; changesets carry that to another one. */
#include "modules/sqlite/sqlite.h"

typedef struct {
    Handle handle;
    Link link;
    sqlite3_session *session; /* NULL once closed */
    Database *db;
} ChangeSession;

static const Native session_methods[];

static void session_end(ChangeSession *self) {
    if (!self->session) return;
    sqlite3session_delete(self->session);
    self->session = NULL;
    link_remove(&self->link);
}

static void session_dispose(Handle *handle) {
    ChangeSession *self = (ChangeSession *)handle;
    session_end(self);
    handle_leave(handle);
    mem_free(self);
}

static const HandleClass session_class = {"ChangeSession", session_methods, session_dispose};

void database_close_sessions(Database *db) {
    while (!list_is_empty(&db->sessions))
        session_end(CONTAINER_OF(db->sessions.next, ChangeSession, link));
}

/* createSession(database name, table or null for all) */
Value database_create_session(Call *call) {
    Database *db = call_database(call);
    TEXT name = {0}, table = {0};
    if (!db || !call_text(call, 0, &name)) return NULL;
    bool has_table = !value_is_nullish(call_arg(call, 1));
    if (has_table && !call_text(call, 1, &table)) return NULL;
    sqlite3_session *session = NULL;
    int code = sqlite3session_create(db->connection, name.data, &session);
    if (code == SQLITE_OK) code = sqlite3session_attach(session, has_table ? table.data : NULL);
    if (code != SQLITE_OK) {
        sqlite3session_delete(session);
        return database_throw_code(call, db, code);
    }
    ChangeSession *self = NEW(ChangeSession);
    self->session = session;
    self->db = db;
    list_append(&db->sessions, &self->link);
    Object object = handle_open(call->realm, &self->handle, &session_class);
    object_set(call->realm, object, "database", db->handle.object); /* outlives the session */
    return object;
}

static ChangeSession *call_session(Call *call) {
    ChangeSession *self = (ChangeSession *)call_handle(call, &session_class);
    if (self && !self->session)
        return throw_value(call, fault_error(self->db, FAULT_FINALIZED, "", 0, "")), NULL;
    return self;
}

static Value session_record(Call *call, int (*record)(sqlite3_session *, int *, void **)) {
    ChangeSession *self = call_session(call);
    if (!self) return NULL;
    int len = 0;
    void *bytes = NULL;
    int code = record(self->session, &len, &bytes);
    if (code != SQLITE_OK) return database_throw_code(call, self->db, code);
    Object copy = uint8_array_copy(call->realm, bytes, (size_t)len);
    sqlite3_free(bytes);
    return copy;
}

static Value session_changeset(Call *call) {
    return session_record(call, sqlite3session_changeset);
}

static Value session_patchset(Call *call) {
    return session_record(call, sqlite3session_patchset);
}

static Value session_close(Call *call) {
    ChangeSession *self = call_session(call);
    if (self) session_end(self);
    return self ? value_undefined() : NULL;
}

static const Native session_methods[] = {
    {"changeset",       session_changeset},
    {"patchset",                 session_patchset},
    {"close",session_close},
    {0          }
};

/* ---- applying a changeset */

typedef struct {
    Database *db;
    Object filter, on_conflict;
} Apply;

static int apply_filter(void *data, const char *table) {
    Apply *self = data;
    if (!self->filter) return 1;
    if (self->db->thrown) return 0;
    Value name = value_string(self->db->handle.realm, table);
    Value result = database_call(self->db, self->filter, 1, &name);
    return result && JSValueToBoolean(self->db->handle.realm->ctx, result);
}

static int apply_conflict(void *data, int kind, sqlite3_changeset_iter *iterator) {
    Apply *self = data;
    if (!self->on_conflict || self->db->thrown) return SQLITE_CHANGESET_ABORT;
    Value argument = value_int(kind);
    Value result = database_call(self->db, self->on_conflict, 1, &argument);
    if (!result) return SQLITE_CHANGESET_ABORT;
    return value_is_int(result) ? value_as_int(result) : -1; /* which SQLite refuses as misuse */
}

/* applyChangeset(bytes, filter or null, onConflict or null) -> whether it was applied */
Value database_apply_changeset(Call *call) {
    Database *db = call_database(call);
    char *bytes;
    size_t len;
    if (!db || !call_bytes(call, 0, &bytes, &len)) return NULL;
    Apply apply = {db, call_function(call, 1), call_function(call, 2)};
    /* A callback could change the bytes. */
    char *copy = mem_new(len + 1);
    memcpy(copy, bytes, len);
    db->depth++;
    int code = sqlite3changeset_apply(db->connection, (int)len, copy, apply_filter, apply_conflict, &apply);
    db->depth--;
    mem_free(copy);
    if (db->thrown) return database_throw(call, db);
    if (code == SQLITE_ABORT) return value_bool(false);
    if (code == SQLITE_OK) return value_bool(true);
    return throw_value(call, fault_error(db, FAULT_SQLITE, sqlite3_errstr(code), code, sqlite3_errstr(code)));
}
