/* An addon's life: it is opened, asks for its surroundings, and is let go. The interface has no engine in it,
 * so the same file that Node loads runs here. */
#include "modules/napi/env.h"

#include "base/bytes.h"

#include <dlfcn.h>
#include <stdio.h>

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

static void envs_close(Addons *addons) {
    while (!list_is_empty(&addons->envs))
        env_close(CONTAINER_OF(addons->envs.prev, struct napi_env__, link));
}

/* end(): the process is about to */
static Value addons_end(Call *call) {
    envs_close(*realm_slot(call->realm, SLOT_ADDONS));
    return NULL;
}

static void addons_close(Realm *realm) {
    Addons *addons = *realm_slot(realm, SLOT_ADDONS);
    if (!addons) return;
    envs_close(addons);
    mem_free(addons);
}

static const Native functions[] = {
    {"load",      addon_load},
    {"end",           addons_end},
    {"invoke",napi_invoke},
    {"setHelpers",    env_set_helpers},
    {0          },
};

const Module napi_plugin = {"napi", functions, addons_open, addons_close};
