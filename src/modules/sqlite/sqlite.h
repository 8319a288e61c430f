/* What the files of this room share. Two faces stand on it, lib/sqlite.js (node:sqlite) and
 * lib/better-sqlite3.js; where they differ, C asks the face's own function for the error. */
#pragma once

#include "engine/handle.h"
#include "modules/modules.h"

#include <sqlite3.h>

/* What a call leaves for JavaScript to read without crossing, an array for the realm. */
enum {
    NUMBER_CHANGES,
    NUMBER_ROWID,
    NUMBER_SHAPE,   /* of the rows that were read; another number: other columns */
    NUMBER_HAS_ROW, /* of next(): there is one, and it was returned */
    NUMBER_PARAMETERS,
    NUMBER_COLUMNS,
    NUMBER_READONLY,
    NUMBER_EXTRA_STATEMENTS, /* the text given to prepare() goes on after the statement */
    NUMBER_CHANGED,          /* rows that this very run() changed; CHANGES are those of the last that did */
    NUMBER_FIELDS
};

typedef struct {
    double numbers[NUMBER_FIELDS];
    int64_t big_numbers[2]; /* the changes and rowid once more */
} SharedNumbers;

SharedNumbers *shared_numbers(Realm *realm);

/* Why a face is asked for an error. */
typedef enum {
    FAULT_SQLITE,       /* number: extended code, detail: its meaning */
    FAULT_UNBINDABLE,   /* number: the parameter */
    FAULT_BIG_BINDING,  /* a BigInt that is no 64-bit integer; number: the parameter */
    FAULT_LARGE_NUMBER, /* detail: an integer that no number can hold */
    FAULT_FINALIZED,
    FAULT_BUSY,         /* detail: what cannot be done while a callback runs */
    FAULT_UNRETURNABLE, /* detail: the function; number: 1 if it returned a promise */
} Fault;

typedef struct {
    Handle handle;
    sqlite3 *connection; /* NULL once closed */
    Object make_error;   /* JS: (fault, message, number, detail) -> Error; the handle's object holds it */
    Value thrown;        /* by a callback, kept until the call that led to it throws it again */
    List statements, sessions;
    unsigned depth; /* calls into SQLite that may call JavaScript */
    uint64_t busy_timeout_ns, busy_since_ns;
} Database;

Database *call_database(Call *call);
/* Throws what a callback threw, or else the connection's last error. */
Value database_throw(Call *call, Database *self);
Value database_throw_code(Call *call, Database *self, int code);
Value fault_error(Database *self, Fault fault, const char *message, int number, const char *detail);
/* Lets the call that is under way throw `error` when SQLite returns. */
void database_hold(Database *self, Value error);
/* Calls JavaScript from within SQLite; what it throws is held. NULL if it threw. */
Value database_call(Database *self, Object function, size_t argc, const Value *argv);

/* Lets the connection's object hold what is defined under a name, so that it lives as long. */
void database_hold_function(Realm *realm, Database *db, const char *name, int argc, const char *part,
                            Value v);

#define MAX_TABLE_PARAMETERS 30 /* of a virtual table; one bit each */

typedef enum { INTEGERS_CHECKED, INTEGERS_ROUNDED, INTEGERS_BIG } Integers;

/* A column or argument as JavaScript sees it; NULL if it is an integer too large for INTEGERS_CHECKED,
 * whose error is then held by the database. */
Value column_value(Database *db, sqlite3_value *value, Integers integers, bool as_buffer);
/* SQLite's result for what a function returned; false if it cannot be one. */
bool result_set(Realm *realm, sqlite3_context *context, Value v);
/* The 64-bit integer that a BigInt is; false if it is larger. */
bool bigint_value(Realm *realm, Value v, int64_t *number);

void database_close_statements(Database *self);
void database_close_sessions(Database *self);

Value database_prepare(Call *call);
Value database_define(Call *call);
Value database_define_aggregate(Call *call);
Value database_define_table(Call *call);
Value database_set_authorizer(Call *call);
Value database_create_session(Call *call);
Value database_apply_changeset(Call *call);
Value database_backup(Call *call);
