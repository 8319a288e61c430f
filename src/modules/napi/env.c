/* An addon's life: it is opened, called, told of errors, and let go. The interface has no engine in it, so
 * the same file that Node loads runs here. */
#include "modules/napi/env.h"

#include "base/bytes.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

/* --- what became of a call */

napi_status env_ok(napi_env env) {
    env->last.error_code = napi_ok;
    return napi_ok;
}

napi_status env_fail(napi_env env, napi_status status) {
    env->last.error_code = status;
    return status;
}

napi_status env_ready(napi_env env) {
    if (env->pending) return env_fail(env, napi_pending_exception);
    if (env->is_closed) return env_fail(env, napi_cannot_run_js);
    return env_ok(env);
}

static void pending_set(napi_env env, Value exception) {
    if (env->pending) value_drop(env->realm, env->pending);
    env->pending = exception;
    if (exception) value_keep(env->realm, exception);
}

napi_status env_ran(napi_env env, Value exception) {
    if (!exception) return env_ok(env);
    pending_set(env, exception);
    return env_fail(env, napi_pending_exception);
}

napi_status napi_get_last_error_info(node_api_basic_env env, const napi_extended_error_info **result) {
    static const char *const messages[] = {
        NULL,
        "Invalid argument",
        "An object was expected",
        "A string was expected",
        "A string or symbol was expected",
        "A function was expected",
        "A number was expected",
        "A boolean was expected",
        "An array was expected",
        "Unknown failure",
        "An exception is pending",
        "The async work item was cancelled",
        "napi_escape_handle already called on scope",
        "Invalid handle scope usage",
        "Invalid callback scope usage",
        "Thread-safe function queue is full",
        "Thread-safe function handle is closing",
        "A bigint was expected",
        "A date was expected",
        "An arraybuffer was expected",
        "A detachable arraybuffer was expected",
        "Main thread would deadlock",
        "External buffers are not allowed",
        "Cannot run JavaScript",
    };
    ENTER(env);
    if (!result) return napi_invalid_arg;
    env->last.error_message = messages[env->last.error_code];
    *result = &env->last;
    return napi_ok;
}

napi_status napi_throw(napi_env env, napi_value error) {
    ENTER_JS(env);
    REQUIRE_ARG(env, error);
    pending_set(env, value_of(error));
    return env_ok(env);
}

enum { PLAIN_ERROR, TYPE_ERROR, RANGE_ERROR, SYNTAX_ERROR };

static napi_status error_create(napi_env env, int kind, napi_value code, napi_value message,
                                napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, message);
    REQUIRE_ARG(env, result);
    REQUIRE(env, JSValueIsString(env->realm->ctx, value_of(message)), napi_string_expected);
    REQUIRE(env, !code || JSValueIsString(env->realm->ctx, value_of(code)), napi_string_expected);
    Value argv[] = {value_int(kind), code ? value_of(code) : value_undefined(), value_of(message)};
    Value error = env_help(env, HELP_ERROR, 3, argv);
    return error ? env_give_out(env, error, result) : napi_pending_exception;
}

napi_status napi_create_error(napi_env env, napi_value code, napi_value message, napi_value *result) {
    return error_create(env, PLAIN_ERROR, code, message, result);
}
napi_status napi_create_type_error(napi_env env, napi_value code, napi_value message, napi_value *result) {
    return error_create(env, TYPE_ERROR, code, message, result);
}
napi_status napi_create_range_error(napi_env env, napi_value code, napi_value message, napi_value *result) {
    return error_create(env, RANGE_ERROR, code, message, result);
}
napi_status node_api_create_syntax_error(napi_env env, napi_value code, napi_value message,
                                         napi_value *result) {
    return error_create(env, SYNTAX_ERROR, code, message, result);
}

static napi_status error_throw(napi_env env, int kind, const char *code, const char *message) {
    ENTER_JS(env);
    Realm *realm = env->realm;
    Value argv[] = {value_int(kind), code ? value_string(realm, code) : value_undefined(),
                    value_string(realm, message ? message : "")};
    Value error = env_help(env, HELP_ERROR, 3, argv);
    if (!error) return napi_pending_exception;
    pending_set(env, error);
    return env_ok(env);
}

napi_status napi_throw_error(napi_env env, const char *code, const char *message) {
    return error_throw(env, PLAIN_ERROR, code, message);
}
napi_status napi_throw_type_error(napi_env env, const char *code, const char *message) {
    return error_throw(env, TYPE_ERROR, code, message);
}
napi_status napi_throw_range_error(napi_env env, const char *code, const char *message) {
    return error_throw(env, RANGE_ERROR, code, message);
}
napi_status node_api_throw_syntax_error(napi_env env, const char *code, const char *message) {
    return error_throw(env, SYNTAX_ERROR, code, message);
}

napi_status napi_is_exception_pending(napi_env env, bool *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    *result = env->pending;
    return env_ok(env);
}

napi_status napi_get_and_clear_last_exception(napi_env env, napi_value *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    Value pending = env->pending ? env->pending : value_undefined();
    napi_status status = env_give_out(env, pending, result);
    pending_set(env, NULL);
    return status;
}

static void report(napi_env env, Value exception) {
    realm_dispatch(env->realm, env->addons->helpers[HELP_RETHROW], NULL, 1, &exception);
}

napi_status napi_fatal_exception(napi_env env, napi_value error) {
    ENTER_JS(env);
    REQUIRE_ARG(env, error);
    report(env, value_of(error));
    return env_ok(env);
}

static int text_length(size_t len) {
    return len == NAPI_AUTO_LENGTH ? -1 : (int)len;
}

NAPI_NO_RETURN void napi_fatal_error(const char *location, size_t location_len, const char *message,
                                     size_t message_len) {
    fprintf(stderr, "FATAL ERROR: %.*s %.*s\n", text_length(location_len), location ? location : "",
            text_length(message_len), message ? message : "");
    abort();
}

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
    pending_set(env, NULL);
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

static Value set_helpers(Call *call) {
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
    if (exception && !env->is_closed) report(env, exception);
    env_release(env);
}

/* --- opening */

void env_use(napi_env env) {
    env->users++;
}

static void env_free(void *data) {
    napi_env env = data;
    uv_mutex_destroy(&env->lock);
    mem_free(env->base.more);
    mem_free(env->url);
    mem_free(env);
}

void env_release(napi_env env) {
    if (--env->users == 0) env_free(env);
}

static void wake_closed(uv_handle_t *handle) {
    env_release(handle->data);
}

static void woken(uv_async_t *handle) {
    memory_finalize_dead(handle->data);
}

void env_wake(napi_env env) {
    if (env->can_wake) uv_async_send(&env->wake);
}

static napi_env env_new(Realm *realm, const char *file) {
    napi_env env = NEW(struct napi_env__);
    env->realm = realm;
    env->addons = *realm_slot(realm, SLOT_ADDONS);
    Bytes url = {0};
    bytes_append_str(&url, "file://");
    bytes_append_str(&url, file);
    env->url = bytes_take(&url);
    env->users = 1;
    env->scope = &env->base;
    list_init(&env->hooks);
    list_init(&env->references);
    list_init(&env->dead);
    uv_mutex_init(&env->lock);
    if (uv_async_init(&realm->loop, &env->wake, woken) == 0) {
        env->wake.data = env;
        uv_unref((uv_handle_t *)&env->wake);
        env->can_wake = true;
        env_use(env);
    }
    list_append(&env->addons->envs, &env->link);
    return env;
}

typedef struct {
    Link link;
    napi_cleanup_hook run;
    napi_async_cleanup_hook run_async;
    void *data;
    napi_env env;
} Hook;

static void hooks_run(napi_env env) {
    while (!list_is_empty(&env->hooks)) {
        Hook *hook = CONTAINER_OF(env->hooks.prev, Hook, link);
        link_remove(&hook->link);
        if (hook->run) {
            hook->run(hook->data);
            mem_free(hook);
        } else {
            hook->run_async((napi_async_cleanup_hook_handle)hook, hook->data);
        }
    }
}

static void env_close(napi_env env) {
    Scope scope;
    link_remove(&env->link);
    env_enter(env, &scope);
    hooks_run(env);
    uv_mutex_lock(&env->lock);
    bool could_wake = env->can_wake;
    env->can_wake = false;
    env->is_closed = true;
    uv_mutex_unlock(&env->lock);
    memory_finalize_dead(env);
    references_close(env);
    if (env->free_instance) env->free_instance(env, env->instance, env->instance_hint);
    env_leave(env, &scope);
    if (could_wake) uv_close((uv_handle_t *)&env->wake, wake_closed);
    env_release(env);
}

static napi_status hook_add(napi_env env, napi_cleanup_hook run, napi_async_cleanup_hook run_async,
                            void *data, Hook **result) {
    Hook *hook = NEW(Hook);
    *hook = (Hook){.run = run, .run_async = run_async, .data = data, .env = env};
    list_append(&env->hooks, &hook->link);
    if (result) *result = hook;
    return env_ok(env);
}

napi_status napi_add_env_cleanup_hook(node_api_basic_env env, napi_cleanup_hook run, void *data) {
    ENTER(env);
    REQUIRE_ARG(env, run);
    return hook_add(env, run, NULL, data, NULL);
}

napi_status napi_remove_env_cleanup_hook(node_api_basic_env env, napi_cleanup_hook run, void *data) {
    ENTER(env);
    REQUIRE_ARG(env, run);
    LIST_EACH(&env->hooks, Hook, link, hook) {
        if (hook->run != run || hook->data != data) continue;
        link_remove(&hook->link);
        mem_free(hook);
        break;
    }
    return env_ok(env);
}

napi_status napi_add_async_cleanup_hook(node_api_basic_env env, napi_async_cleanup_hook run, void *data,
                                        napi_async_cleanup_hook_handle *result) {
    ENTER(env);
    REQUIRE_ARG(env, run);
    Hook *hook;
    hook_add(env, NULL, run, data, &hook);
    if (result) *result = (napi_async_cleanup_hook_handle)hook;
    return env_ok(env);
}

napi_status napi_remove_async_cleanup_hook(napi_async_cleanup_hook_handle handle) {
    if (!handle) return napi_invalid_arg;
    Hook *hook = (Hook *)handle;
    link_remove(&hook->link);
    mem_free(hook);
    return napi_ok;
}

/* Addons of old headers tell of themselves while they are opened, and only the first time. */
typedef struct {
    Link link;
    void *library;
    napi_module *module;
} Registered;

static struct {
    uv_mutex_t lock;
    List all;
} registered;
static uv_once_t registered_once = UV_ONCE_INIT;
static _Thread_local napi_module *registering;

static void registered_open(void) {
    uv_mutex_init(&registered.lock);
    list_init(&registered.all);
}

void napi_module_register(napi_module *module) {
    registering = module;
}

static napi_module *registered_find(void *library) {
    uv_once(&registered_once, registered_open);
    napi_module *module = registering;
    registering = NULL;
    uv_mutex_lock(&registered.lock);
    if (module) {
        Registered *entry = NEW(Registered);
        *entry = (Registered){.library = library, .module = module};
        list_append(&registered.all, &entry->link);
    } else {
        LIST_EACH(&registered.all, Registered, link, entry) {
            if (entry->library == library) module = entry->module;
        }
    }
    uv_mutex_unlock(&registered.lock);
    return module;
}

static napi_addon_register_func addon_find(void *library) {
    napi_module *module = registered_find(library);
    napi_addon_register_func start;
    *(void **)&start = dlsym(library, "napi_register_module_v1");
    return start || !module ? start : module->nm_register_func;
}

static Value refuse(Call *call, const char *file, const char *why) {
    bool is_for_v8 = strstr(why, "N2v8") || strstr(why, "N4node") || strstr(why, "node_module_register");
    return throw_error(
        call, "ERR_DLOPEN_FAILED", "%s%s%s", strstr(why, file) ? "" : file, strstr(why, file) ? "" : ": ",
        is_for_v8 ? "the addon is bound to V8 and Node's inside, which Galley has not; only addons that use "
                    "Node-API load"
                  : why);
}

/* The functions that addons call are in this library, which is open for its opener only. */
static void show_ourselves(void) {
    Dl_info info;
    if (dladdr((void *)show_ourselves, &info)) dlopen(info.dli_fname, RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD);
}

/* load(file, exports) -> what it exports */
static Value addon_load(Call *call) {
    TEXT file;
    if (!call_text(call, 0, &file)) return NULL;
    show_ourselves();
    void *library = dlopen(file.data, RTLD_NOW);
    if (!library) return refuse(call, file.data, dlerror());
    napi_addon_register_func start = addon_find(library);
    if (!start) {
        dlclose(library);
        return refuse(call, file.data, "it does not say how it starts: only addons that use Node-API load");
    }
    napi_env env = env_new(call->realm, file.data);
    Scope scope;
    env_enter(env, &scope);
    Value exports = value_of(start(env, env_give(env, call_arg(call, 1))));
    Value exception = env_leave(env, &scope);
    if (exception) return throw_value(call, exception);
    return exports ? exports : value_undefined();
}

/* --- what an addon asks of its surroundings */

napi_status napi_get_version(node_api_basic_env env, uint32_t *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    *result = NODE_API_LEVEL;
    return env_ok(env);
}

napi_status napi_get_node_version(node_api_basic_env env, const napi_node_version **result) {
    static napi_node_version version = {.release = "node"};
    ENTER(env);
    REQUIRE_ARG(env, result);
    sscanf(NODE_API_VERSION, "v%u.%u.%u", &version.major, &version.minor, &version.patch);
    *result = &version;
    return env_ok(env);
}

napi_status napi_get_uv_event_loop(node_api_basic_env env, struct uv_loop_s **loop) {
    ENTER(env);
    REQUIRE_ARG(env, loop);
    *loop = &env->realm->loop;
    return env_ok(env);
}

napi_status node_api_get_module_file_name(node_api_basic_env env, const char **result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    *result = env->url;
    return env_ok(env);
}

napi_status napi_set_instance_data(node_api_basic_env env, void *data, napi_finalize finalize, void *hint) {
    ENTER(env);
    env->instance = data;
    env->free_instance = finalize;
    env->instance_hint = hint;
    return env_ok(env);
}

napi_status napi_get_instance_data(node_api_basic_env env, void **data) {
    ENTER(env);
    REQUIRE_ARG(env, data);
    *data = env->instance;
    return env_ok(env);
}

napi_status napi_adjust_external_memory(node_api_basic_env env, int64_t change, int64_t *result) {
    ENTER(env);
    REQUIRE_ARG(env, result);
    env->external_bytes += change;
    if (change > 0) JSReportExtraMemoryCost(env->realm->ctx, (size_t)change);
    *result = env->external_bytes;
    return env_ok(env);
}

napi_status napi_run_script(napi_env env, napi_value script, napi_value *result) {
    ENTER_JS(env);
    REQUIRE_ARG(env, script);
    REQUIRE_ARG(env, result);
    JSContextRef ctx = env->realm->ctx;
    REQUIRE(env, JSValueIsString(ctx, value_of(script)), napi_string_expected);
    JSStringRef text = JSValueToStringCopy(ctx, value_of(script), NULL);
    Value exception = NULL;
    Value value = JSEvaluateScript(ctx, text, NULL, NULL, 1, &exception);
    JSStringRelease(text);
    if (exception) return env_ran(env, exception);
    return env_give_out(env, value, result);
}

static void addons_open(Realm *realm, Object binding) {
    Addons *addons = NEW(Addons);
    list_init(&addons->envs);
    *realm_slot(realm, SLOT_ADDONS) = addons;
}

static void addons_close(Realm *realm) {
    Addons *addons = *realm_slot(realm, SLOT_ADDONS);
    if (!addons) return;
    while (!list_is_empty(&addons->envs))
        env_close(CONTAINER_OF(addons->envs.prev, struct napi_env__, link));
    mem_free(addons);
}

static const Native functions[] = {
    {"load",       addon_load},
    {"invoke",            napi_invoke},
    {"setHelpers",set_helpers},
    {0},
};

const Module napi_plugin = {"napi", functions, addons_open, addons_close};
