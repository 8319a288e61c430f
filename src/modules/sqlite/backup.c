/* A copy of a database while it is in use, a number of pages at a time on a thread of the pool. */
#include "modules/sqlite/sqlite.h"

#include <stdio.h>

typedef struct {
    Handle handle;
    sqlite3 *target;
    sqlite3_backup *backup; /* NULL once done */
    Object callback;        /* of the step under way: (code, message, total pages, pages left) */
    int pages, code;
    char message[256];
    bool is_stepping;
    uv_work_t work;
} Backup;

static const Native backup_methods[];

static void backup_finish(Backup *self) {
    if (self->backup) sqlite3_backup_finish(self->backup);
    self->backup = NULL;
    if (self->target) sqlite3_close_v2(self->target);
    self->target = NULL;
}

static void backup_dispose(Handle *handle) {
    Backup *self = (Backup *)handle;
    if (self->is_stepping) return; /* the realm ends, the thread is still at it: backup_done comes */
    backup_finish(self);
    handle_leave(handle);
    mem_free(self);
}

static const HandleClass backup_class = {"Backup", backup_methods, backup_dispose};

/* backup(path, flags, source name, target name) */
Value database_backup(Call *call) {
    Database *db = call_database(call);
    TEXT path = {0}, source = {0}, target_name = {0};
    if (!db || !call_text(call, 0, &path) || !call_text(call, 2, &source) ||
        !call_text(call, 3, &target_name))
        return NULL;
    sqlite3 *target = NULL;
    int code = sqlite3_open_v2(path.data, &target, call_int(call, 1), NULL);
    sqlite3_backup *backup = NULL;
    if (code == SQLITE_OK)
        backup = sqlite3_backup_init(target, target_name.data, db->connection, source.data);
    if (!backup) {
        code = sqlite3_extended_errcode(target);
        Value error = fault_error(db, FAULT_SQLITE, sqlite3_errmsg(target), code, sqlite3_errstr(code));
        sqlite3_close_v2(target);
        return throw_value(call, error);
    }
    Backup *self = NEW(Backup);
    self->target = target;
    self->backup = backup;
    return handle_open(call->realm, &self->handle, &backup_class);
}

static void backup_work(uv_work_t *work) {
    Backup *self = CONTAINER_OF(work, Backup, work);
    self->code = sqlite3_backup_step(self->backup, self->pages);
    bool failed = self->code != SQLITE_OK && self->code != SQLITE_DONE;
    if (failed) snprintf(self->message, sizeof self->message, "%s", sqlite3_errstr(self->code));
}

static void backup_done(uv_work_t *work, int status) {
    Backup *self = CONTAINER_OF(work, Backup, work);
    Realm *realm = self->handle.realm;
    self->is_stepping = false;
    if (!self->handle.object) { /* the realm has ended meanwhile */
        backup_dispose(&self->handle);
        return;
    }
    Value argv[] = {value_int(self->code), value_string(realm, self->message),
                    value_int(sqlite3_backup_pagecount(self->backup)),
                    value_int(sqlite3_backup_remaining(self->backup))};
    Object callback = self->callback;
    realm_dispatch(realm, callback, self->handle.object, COUNT_OF(argv), argv);
    value_drop(realm, callback);
    handle_unpin(&self->handle);
}

/* step(pages, callback) */
static Value backup_step(Call *call) {
    Backup *self = (Backup *)call_handle(call, &backup_class);
    if (!self) return NULL;
    Object callback = call_function(call, 1);
    if (!self->backup || self->is_stepping || !callback)
        return throw_error(call, "ERR_INVALID_STATE", "The backup is done or at work");
    self->callback = callback;
    self->pages = call_int(call, 0);
    self->is_stepping = true;
    value_keep(call->realm, callback);
    handle_pin(&self->handle);
    uv_queue_work(&call->realm->loop, &self->work, backup_work, backup_done);
    return value_undefined();
}

static Value backup_close(Call *call) {
    Backup *self = (Backup *)call_handle(call, &backup_class);
    if (!self) return NULL;
    if (!self->is_stepping) backup_finish(self);
    return value_undefined();
}

static const Native backup_methods[] = {
    {"step",        backup_step},
    {"close",             backup_close},
    {0}
};
