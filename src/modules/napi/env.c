/* An addon's values live as long as the call that they came with, and its callbacks run in the loop. */
#include "modules/napi/env.h"

/* --- scopes */

static void scope_put(napi_env env, Scope *scope, size_t at, Value v) {
    if (at < scope->room_size) {
        scope->room[at] = v;
        return;
    }
    at -= scope->room_size;
    if (at == scope->more_size) {
        scope->more_size = scope->more_size ? scope->more_size * 2 : SCOPE_ROOM;
        scope->more = mem_resize(scope->more, scope->more_size * sizeof *scope->more);
    }
    scope->more[at] = v;
    value_keep(env->realm, v);
}

static void scope_cut(napi_env env, Scope *scope, size_t count) {
    while (scope->count > count) {
        size_t at = --scope->count;
        if (at >= scope->room_size) value_drop(env->realm, scope->more[at - scope->room_size]);
    }
}

napi_value env_give(napi_env env, Value v) {
    if (value_is_cell(v)) {
        scope_put(env, env->scope, env->scope->count, v);
        env->scope->count++;
    }
    return (napi_value)v;
}

void env_enter(napi_env env, Scope *scope) {
    scope->outer = env->scope;
    scope->count = scope->more_size = 0;
    scope->room_size = SCOPE_ROOM;
    scope->more = NULL;
    env->scope = scope;
}

Value env_leave(napi_env env, Scope *scope) {
    Value pending = env->pending;
    scope_cut(env, scope, 0);
    mem_free(scope->more);
    env->scope = scope->outer;
    env_set_pending(env, NULL);
    return pending;
}

/* A scope that an addon opens is a place in the one of the call that it is in. */
napi_status napi_open_handle_scope(napi_env env, napi_handle_scope *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    *result = (napi_handle_scope)(env->scope->count + 1);
    return env_ok(env);
}

napi_status napi_close_handle_scope(napi_env env, napi_handle_scope scope) {
    ENTER(env);
    REQUIRE_ARG(env, scope);
    REQUIRE(env, (size_t)scope - 1 <= env->scope->count, napi_handle_scope_mismatch);
    scope_cut(env, env->scope, (size_t)scope - 1);
    return env_ok(env);
}

/* The place before its values is for the one that escapes; null until then. */
napi_status napi_open_escapable_handle_scope(napi_env env, napi_escapable_handle_scope *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    scope_put(env, env->scope, env->scope->count, value_null());
    env->scope->count++;
    *result = (napi_escapable_handle_scope)(env->scope->count + 1);
    return env_ok(env);
}

napi_status napi_close_escapable_handle_scope(napi_env env, napi_escapable_handle_scope scope) {
    return napi_close_handle_scope(env, (napi_handle_scope)scope);
}

napi_status napi_escape_handle(napi_env env, napi_escapable_handle_scope opened, napi_value escapee,
                               napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, opened);
    REQUIRE_ARG(env, escapee);
    REQUIRE_ARG(env, result);
    Scope *scope = env->scope;
    size_t at = (size_t)opened - 2;
    REQUIRE(env, at < scope->count, napi_handle_scope_mismatch);
    Value *place = at < scope->room_size ? &scope->room[at] : &scope->more[at - scope->room_size];
    REQUIRE(env, value_is_null(*place), napi_escape_called_twice);
    scope_put(env, scope, at, value_of(escapee));
    *result = escapee;
    return env_ok(env);
}

/* --- JavaScript's part */

Value env_help(napi_env env, Help help, size_t argc, const Value *argv) {
    Value exception = NULL;
    Value result = realm_call(env->realm, env->addons->helpers[help], NULL, argc, argv, &exception);
    if (!exception) return result;
    env_ran(env, exception);
    return NULL;
}

Value env_set_helpers(Call *call) {
    Addons *addons = *realm_slot(call->realm, SLOT_ADDONS);
    Object list = call_object(call, 0);
    for (unsigned i = 0; i < HELP_COUNT; i++) {
        addons->helpers[i] = (Object)JSObjectGetPropertyAtIndex(call->realm->ctx, list, i, NULL);
        value_keep(call->realm, addons->helpers[i]);
    }
    return NULL;
}

/* --- tasks of the loop */

static Value task_run(Call *call) {
    Task *task = (Task *)(uintptr_t)call_double(call, 0);
    napi_env env = task->env;
    Scope scope;
    env_use(env);
    env_enter(env, &scope);
    task->run(task);
    Value exception = env_leave(env, &scope);
    env_release(env);
    return exception ? throw_value(call, exception) : NULL;
}

static const Native run_native = {"run", task_run};

bool task_open(napi_env env, Task *task, void (*run)(Task *task)) {
    *task = (Task){.env = env, .run = run};
    Object native = object_new(env->realm);
    object_set_native(env->realm, native, &run_native);
    Value argv[] = {object_get(env->realm, native, "run"), value_number((double)(uintptr_t)task)};
    task->runner = (Object)env_help(env, HELP_RUNNER, 2, argv);
    if (!task->runner) return false;
    value_keep(env->realm, task->runner);
    return true;
}

void task_dispatch(Task *task) {
    realm_dispatch(task->env->realm, task->runner, NULL, 0, NULL);
}

void task_close(Task *task) {
    if (task->runner && !task->env->is_closed) value_drop(task->env->realm, task->runner);
    task->runner = NULL;
}

void env_finalize(napi_env env, napi_finalize finalize, void *data, void *hint) {
    if (!finalize) return;
    Scope scope;
    env_use(env);
    env_enter(env, &scope);
    finalize(env, data, hint);
    Value exception = env_leave(env, &scope);
    if (exception && !env->is_closed) env_report(env, exception);
    env_release(env);
}
