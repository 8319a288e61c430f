/* What the files of napi/ share. An addon is given values as the engine has them: a napi_value is a Value. */
#pragma once

#define NAPI_VERSION 10
#include "engine/call.h"
#include "engine/handle.h"
#include "modules/modules.h"

#include <node_api.h>

enum { NODE_API_LEVEL = 10, SCOPE_ROOM = 128 };

/* What an addon was given during one call of it. The values lie on the stack, where the collector looks;
 * those for which there is no room are kept one by one. */
typedef struct Scope {
    struct Scope *outer;
    size_t count, room_size;
    Value room[SCOPE_ROOM];
    Value *more;
    size_t more_size;
} Scope;

/* What lib/internal/napi.js does for C, in the order of its list. */
typedef enum {
    HELP_FUNCTION,
    HELP_DEFINE,
    HELP_ERROR,
    HELP_KEYS,
    HELP_HAS_OWN,
    HELP_HAS,
    HELP_DELETE,
    HELP_FREEZE,
    HELP_SEAL,
    HELP_SYMBOL,
    HELP_SYMBOL_FOR,
    HELP_IS_ERROR,
    HELP_IS_PROMISE,
    HELP_VIEW_KIND,
    HELP_VIEW,
    HELP_TYPED_ARRAY,
    HELP_BUFFER_OVER,
    HELP_DETACH,
    HELP_IS_DETACHED,
    HELP_BIGINT_WORDS,
    HELP_BIGINT_OF,
    HELP_ATTACH,
    HELP_WRAP,
    HELP_UNWRAP,
    HELP_REMOVE_WRAP,
    HELP_TAG,
    HELP_TAG_OF,
    HELP_RUNNER,
    HELP_RETHROW,
    HELP_COUNT
} Help;

typedef struct {
    List envs;
    Object helpers[HELP_COUNT];
} Addons; /* of a realm */

struct napi_env__ {
    Realm *realm;
    Addons *addons;
    Link link;
    char *url; /* of its file */
    unsigned users;
    bool is_closed;
    Scope base, *scope;
    Value pending; /* an exception that the addon has not seen yet; kept */
    napi_extended_error_info last;
    void *instance;
    napi_finalize free_instance;
    void *instance_hint;
    List hooks, references;
    uv_mutex_t lock; /* of what other threads hand over: */
    List dead;       /* memory that the collector has freed */
    uv_async_t wake;
    bool can_wake;
    int64_t external_bytes;
};

/* Something that the loop has to do in JavaScript, with the async context of the moment it was made. */
typedef struct Task {
    napi_env env;
    void (*run)(struct Task *task);
    Object runner; /* kept */
} Task;

bool task_open(napi_env env, Task *task, void (*run)(Task *task));
void task_dispatch(Task *task);
void task_close(Task *task);

/* --- errors.c */
napi_status env_ok(napi_env env);
napi_status env_fail(napi_env env, napi_status status);
/* Whether JavaScript may run now. */
napi_status env_ready(napi_env env);
/* The end of what ran JavaScript. */
napi_status env_ran(napi_env env, Value exception);
void env_set_pending(napi_env env, Value exception);
/* Makes an uncaught exception of it. */
void env_report(napi_env env, Value exception);

/* --- env.c */
/* Makes the collector leave a value alone until the scope closes. */
napi_value env_give(napi_env env, Value v);
void env_enter(napi_env env, Scope *scope);
/* Returns the exception that the addon leaves behind, or NULL. */
Value env_leave(napi_env env, Scope *scope);
/* NULL: an exception is pending. */
Value env_help(napi_env env, Help help, size_t argc, const Value *argv);
/* Calls a finalizer, in the loop. */
void env_finalize(napi_env env, napi_finalize finalize, void *data, void *hint);
/* From lib/internal/napi.js: the functions that `Help` counts. */
Value env_set_helpers(Call *call);

/* --- life.c */
void env_use(napi_env env);
void env_release(napi_env env);
/* Wakes the loop for what lies in `dead`; called with the lock held. */
void env_wake(napi_env env);

#define REQUIRE(env, condition, status)                                                                      \
    do {                                                                                                     \
        if (!(condition)) return env_fail(env, status);                                                      \
    } while (0)
#define REQUIRE_ARG(env, argument) REQUIRE(env, (argument), napi_invalid_arg)
/* The start of what reads or makes values without running the program's code. */
#define ENTER(env)                                                                                           \
    do {                                                                                                     \
        if (!(env)) return napi_invalid_arg;                                                                 \
    } while (0)
/* The start of what may run JavaScript. */
#define ENTER_JS(env)                                                                                        \
    do {                                                                                                     \
        if (!(env)) return napi_invalid_arg;                                                                 \
        napi_status ready = env_ready(env);                                                                  \
        if (ready) return ready;                                                                             \
    } while (0)

static inline Value value_of(napi_value v) {
    return (Value)v;
}
static inline Object object_of(napi_env env, napi_value v) {
    return v ? value_object(env->realm, value_of(v)) : NULL;
}
static inline napi_status env_give_out(napi_env env, Value v, napi_value *result) {
    *result = env_give(env, v);
    return env_ok(env);
}

/* --- functions.c */
Object function_new(napi_env env, const char *name, size_t len, napi_callback callback, void *data);
Value napi_invoke(Call *call);

/* --- references.c */
void references_close(napi_env env);
bool value_is_external(Value v);

/* --- memory.c */
void memory_finalize_dead(napi_env env);
