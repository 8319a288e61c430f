#include "engine/realm.h"

#include "engine/bytecode.h"
#include "engine/call.h"
#include "engine/entry.h"
#include "engine/handle.h"
#include "engine/inside.h"
#include "engine/native.h"
#include "engine/peek.h"
#include "engine/provider.h"
#include "engine/watch.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

void object_set_native(Realm *realm, Object object, const Native *native) {
    JSObjectSetProperty(realm->ctx, object, realm_string(realm, native->name), native_new(realm, native),
                        kJSPropertyAttributeNone, NULL);
}

/* What stands behind the table of a module's functions: it makes each when somebody first asks, because a
 * program uses few of the hundreds. */
typedef struct {
    Private private;
    const Native *natives;
    Realm *realm;
    Object binding;
} NativeShelf;

static const char shelf_kind;

static Value native_wanted(JSContextRef ctx, JSObjectRef object, JSStringRef name, JSValueRef *exception) {
    NativeShelf *shelf = JSObjectGetPrivate(object);
    char text[64];
    JSStringGetUTF8CString(name, text, sizeof text);
    for (const Native *native = shelf->natives; native->name; native++) {
        if (strcmp(native->name, text)) continue;
        object_set_native(shelf->realm, shelf->binding, native);
        return JSObjectGetProperty(ctx, shelf->binding, name, exception);
    }
    return NULL;
}

static void shelf_collected(JSObjectRef object) {
    mem_free(JSObjectGetPrivate(object));
}

static Object binding_new(Realm *realm, const Module *module) {
    Object binding = object_new(realm);
    if (!module->functions) return binding;
    NativeShelf *shelf = NEW(NativeShelf);
    *shelf = (NativeShelf){{&shelf_kind}, module->functions, realm, binding};
    JSObjectSetPrototype(realm->ctx, binding, JSObjectMake(realm->ctx, realm->shelf_class, shelf));
    return binding;
}

static void shelves_open(Realm *realm) {
    realm->shelf_class = JSClassCreate(&(JSClassDefinition){
        .className = "Object", .getProperty = native_wanted, .finalize = shelf_collected});
}

/* The encoding in value.h is the engine's own: ask the API about one value of each kind. */
static bool encoding_is_known(JSContextRef ctx) {
    const double numbers[] = {0, 1, -1, 2147483647, -2147483648.0, 2147483648.0, 0.5, -0.0, 1e300, NAN};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        Value inside = JSValueMakeNumber(ctx, numbers[i]);
        double back = value_as_double(inside), there = JSValueToNumber(ctx, value_number(numbers[i]), NULL);
        if (memcmp(&back, &numbers[i], sizeof back) && !(back != back && numbers[i] != numbers[i]))
            return false;
        if (memcmp(&there, &numbers[i], sizeof there) && !(there != there && numbers[i] != numbers[i]))
            return false;
    }
    return JSValueMakeUndefined(ctx) == value_undefined() && JSValueMakeNull(ctx) == value_null() &&
           JSValueMakeBoolean(ctx, true) == value_bool(true) &&
           JSValueMakeBoolean(ctx, false) == value_bool(false) && JSValueMakeNumber(ctx, 7) == value_int(7);
}

static const Module *module_find(Realm *realm, const char *name) {
    for (const Module *const *module = realm->options.modules; *module; module++)
        if (strcmp((*module)->name, name) == 0) return *module;
    return NULL;
}

/* internalBinding(name): the table of a module's C functions, made once. */
static Value internal_binding(Call *call) {
    TEXT name;
    if (!call_text(call, 0, &name)) return NULL;
    Realm *realm = call->realm;
    Object binding = map_get(&realm->builtins, name.data);
    if (binding) return binding;
    const Module *module = module_find(realm, name.data);
    if (!module) return throw_error(call, "ERR_INVALID_MODULE", "No such binding: %s", name.data);
    binding = binding_new(realm, module);
    value_keep(realm, binding);
    map_set(&realm->builtins, name.data, binding);
    if (module->setup) module->setup(realm, binding);
    return binding;
}

const Builtin *builtin_find(const char *id) {
    size_t low = 0, high = builtin_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(id, builtins[middle].id);
        if (order == 0) return &builtins[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static Value builtin_parse(Realm *realm, const Builtin *builtin, JSStringRef url, Value *exception) {
    JSStringRef message = NULL;
    int line = 0;
    JSScriptRef script = JSScriptCreateReferencingImmortalASCIIText(realm->group, url, 1, builtin->source,
                                                                    builtin->len, &message, &line);
    Value function = NULL;
    if (script) {
        function = JSScriptEvaluate(realm->ctx, script, NULL, exception);
        JSScriptRelease(script);
    } else {
        TEXT text = {0};
        value_text(realm, message ? JSValueMakeString(realm->ctx, message) : value_null(), &text);
        fprintf(stderr, "galley: lib/%s.js:%d: %s\n", builtin->id, line, text.data);
    }
    if (message) JSStringRelease(message);
    return function;
}

/* The function that a built-in's text evaluates to, for lib/internal/loader.js to call. */
static Value builtin_compile(Realm *realm, const char *id, Value *exception) {
    const Builtin *builtin = builtin_find(id);
    if (!builtin) return value_undefined();
    char name[256];
    snprintf(name, sizeof name, "node:%s", id);
    JSStringRef url = JSStringCreateWithUTF8CString(name);
    Value function = bytecode_evaluate(realm, builtin, url, exception);
    if (!function && !*exception) function = builtin_parse(realm, builtin, url, exception);
    JSStringRelease(url);
    return function;
}

static Value compile_builtin(Call *call) {
    TEXT id;
    if (!call_text(call, 0, &id)) return NULL;
    return builtin_compile(call->realm, id.data, call->exception);
}

static Value builtin_ids(Call *call) {
    Object array = array_new(call->realm, 0, NULL);
    for (size_t i = 0; i < builtin_count; i++)
        array_put(call->realm, array, i, value_string(call->realm, builtins[i].id));
    return array;
}

/* idsIn(text): the public modules that a script may mean by a name of its own, `fs` for fs. */
static Value ids_in(Call *call) {
    TEXT text;
    if (!call_text(call, 0, &text)) return NULL;
    Value ids[128];
    size_t count = 0;
    for (size_t i = 0; i < builtin_count && count < COUNT_OF(ids); i++) {
        const char *id = builtins[i].id;
        if (*id != '_' && !strpbrk(id, "/-") && strstr(text.data, id))
            ids[count++] = value_string(call->realm, id);
    }
    return array_new(call->realm, count, ids);
}

/* lib/internal/loader.js hands over what C calls; see there. */
static Value set_entries(Call *call) {
    Realm *realm = call->realm;
    Object entries = call_object(call, 0);
    struct {
        const char *name;
        Object *place;
    } places[] = {
        {"dispatch",        &realm->dispatch        },
        {"runTicks",        &realm->run_ticks       },
        {"makeError",       &realm->make_error      },
        {"makeUvError",     &realm->make_uv_error   },
        {"runTimers",       &realm->timers_run      },
        {"runImmediate",    &realm->immediates_run  },
        {"require",         &realm->require         },
        {"bufferPrototype", &realm->buffer_prototype},
        {"bufferClass",     &realm->buffer_class    },
    };
    for (size_t i = 0; entries && i < COUNT_OF(places); i++) {
        Object function = value_object(realm, object_get(realm, entries, places[i].name));
        if (!function) continue;
        value_keep(realm, function);
        *places[i].place = function;
    }
    return value_undefined();
}

static const Native inside_functions[] = {
    {"internalBinding", internal_binding},
    {"compileBuiltin",                 compile_builtin},
    {"builtinIds",builtin_ids},
    {"idsIn",      ids_in},
    {"setEntries",                 set_entries},
    {0     }
};

/* The engine reads its options from the environment when its first group is made; programs shall not see
 * them. */
static const struct {
    const char *name, *value;
    bool only_in_template;
} engine_options[] = {
    {"JSC_useSharedArrayBuffer",                 "1",       false},
 /* Symbol.dispose and DisposableStack, which the engine has and does not show. */
    {"JSC_useExplicitResourceManagement",        "1",       false},
 /* They would drop frames from the stacks that programs print and parse. */
    {"JSC_useTailCalls",                         "0",       false},
 /* Four times its own: compiling for the last tier took as long as all else in a batch job. */
    {"JSC_thresholdForFTLOptimizeAfterWarmUp",   "400000",  false},
 /* Twice its own: the modules of a server were loaded when the first collection came. */
    {"JSC_smallHeapSize",                        "2097152", false},
 /* A quarter of its own: garbage of 16 MB before a server is collected saves no time. */
    {"JSC_maxEdenSizeForRateLimitingMultiplier", "2",       false},
 /* No thread that compiles; copies get theirs when they wake. */
    {"JSC_useConcurrentJIT",                     "0",       true },
 /* What is called only while starting is not worth a thread that compiles it in each copy. */
    {"JSC_thresholdForJITAfterWarmUp",           "2000",    true },
 /* No collection, which has threads too, before the modules are loaded. */
    {"JSC_smallHeapSize",                        "8388608", true },
};

/* Tight loops are looked at through signals, which miss those that spend their time in the C library. With
 * this they ask by themselves, and some take twice as long. */
static const char polling[] = "JSC_usePollingTraps";

/* The engine gives memory back to the kernel when nothing has used it for 300 ms, which a busy machine makes
 * of many a moment between two collections: the next one has to ask for it again, page by page. */
#define GIVEN_BACK_AFTER_NS 3000000000u

static void give_back_later(void) {
    uint64_t *after_ns = dlsym(RTLD_DEFAULT, "pas_scavenger_max_epoch_delta");
    if (after_ns && *after_ns == 300000000) *after_ns = GIVEN_BACK_AFTER_NS;
}

static JSContextGroupRef engine_start(const Realm *realm) {
    if (!realm->options.is_main) return JSContextGroupCreate();
    /* SIGUSR1 belongs to programs; the engine suspends threads with a real-time signal instead. */
    JSConfigureSignalForGC(SIGRTMIN + 5);
    for (size_t i = 0; i < COUNT_OF(engine_options); i++)
        if (realm->options.in_template || !engine_options[i].only_in_template)
            setenv(engine_options[i].name, engine_options[i].value, true);
    if (realm->options.is_watched) setenv(polling, "1", true);
    if (entry_is_known()) give_back_later();
    JSMainThreadInitialize();
    JSContextGroupRef group = JSContextGroupCreate();
    unsetenv(polling);
    for (size_t i = 0; i < COUNT_OF(engine_options); i++)
        unsetenv(engine_options[i].name);
    return group;
}

static Value call_text_of(Realm *realm, Value error, Text *text) {
    Value stack = value_is_cell(error) && JSValueIsObject(realm->ctx, error)
                      ? object_get(realm, (Object)error, "stack")
                      : value_undefined();
    value_text(realm, error, text);
    return stack;
}

/* For what goes wrong before JavaScript can report it itself. */
void realm_print_error(Realm *realm, Value error) {
    TEXT text = {0}, stack = {0};
    Value trace = call_text_of(realm, error, &text);
    value_text(realm, trace, &stack);
    fprintf(stderr, "galley: %s\n%s\n", text.data ? text.data : "?", stack.data ? stack.data : "");
}

void realm_begin(Realm *realm, const RealmOptions *options) {
    realm->options = *options;
    realm->start_ns = realm->options_ns = realm->engine_ns = realm->context_ns = realm->ready_ns =
        uv_hrtime();
    uv_timeval64_t wall;
    uv_gettimeofday(&wall);
    realm->time_origin_ms = (double)wall.tv_sec * 1000 + wall.tv_usec / 1000.0;
    if (!options->process_start_ns) return;
    realm->start_ns = options->process_start_ns;
    realm->time_origin_ms = options->process_start_ms;
}

static void engine_free(Engine *engine) {
    providers_drop_scripts(engine->providers);
    if (engine->empty) JSGlobalContextRelease(engine->empty);
    if (engine->group) {
        JSContextGroupRelease(engine->group);
        engine_leave(engine);
    }
    providers_free(engine->providers);
    if (engine->glib) g_main_context_unref(engine->glib);
    mem_free(engine);
}

Realm *realm_prepare(const RealmOptions *options, Engine *engine, int *err) {
    Realm *realm = NEW(Realm);
    realm->engine = engine ? engine : NEW(Engine);
    realm_begin(realm, options);
    if (options->in_template) realm->copying = copying_new();
    list_init(&realm->handles);
    list_init(&realm->collected);
    *err = 0;
    if (options->in_template)
        loop_prepare(realm);
    else
        *err = loop_open(realm);
    if (!*err) return realm;
    if (!engine) engine_free(realm->engine);
    mem_free(realm);
    return NULL;
}

void realm_discard(Realm *realm) {
    loop_close(realm);
    loop_free(realm);
    if (!realm->engine->group) engine_free(realm->engine);
    mem_free(realm);
}

void realm_hand_over(Realm *realm, const RealmOptions *options) {
    realm_begin(realm, options);
    getrusage(RUSAGE_THREAD, &realm->used_before);
    uv_update_time(&realm->loop);
    realm->start_ms = uv_now(&realm->loop);
}

Realm *realm_new(const RealmOptions *options) {
    int err;
    Realm *realm = realm_prepare(options, NULL, &err);
    if (!realm) fprintf(stderr, "galley: cannot open an event loop: %s\n", uv_strerror(err));
    return realm && realm_start(realm) ? realm : NULL;
}

bool realm_start(Realm *realm) {
    const RealmOptions *options = &realm->options;
    realm->options_ns = uv_hrtime();
    if (!options->in_template) {
        loop_enter(realm);
        realm->start_ms = uv_now(&realm->loop);
    }
    realm->engine_ns = uv_hrtime();
    if (!realm->engine->group) realm->engine->group = engine_start(realm);
    realm->group = realm->engine->group;
    realm->ctx = JSGlobalContextCreateInGroup(realm->group, NULL);
    realm->context_ns = uv_hrtime();
    if (!options->in_template) watch_open(realm);
    if (!encoding_is_known(realm->ctx)) {
        fputs("galley: this JavaScriptCore encodes values in a way that Galley does not know; "
              "install the version that docs/dependencies.md names\n",
              stderr);
        return false;
    }
    peek_learn(realm);
    realm->can_enter = entry_is_known();
    handles_open(realm);

    Object global = JSContextGetGlobalObject(realm->ctx);
    Object function_constructor = (Object)object_get(realm, global, "Function");
    natives_open(realm, object_get(realm, function_constructor, "prototype"));
    shelves_open(realm);

    realm->turn = mem_new(TURN_FIELDS * sizeof *realm->turn);
    realm->clock = NEW(double);
    Object inside = object_new(realm);
    for (const Native *fn = inside_functions; fn->name; fn++)
        object_set_native(realm, inside, fn);
    object_set(
        realm, inside, "turn",
        typed_array_over(realm, kJSTypedArrayTypeInt32Array, realm->turn, TURN_FIELDS * sizeof *realm->turn));
    object_set(realm, inside, "clock",
               typed_array_over(realm, kJSTypedArrayTypeFloat64Array, realm->clock, sizeof *realm->clock));
    object_set(realm, inside, "isMainThread", value_bool(options->is_main));

    Value exception = NULL;
    Value loader = builtin_compile(realm, "internal/loader", &exception);
    if (loader && value_is_function(realm, loader)) {
        Value argv[] = {inside};
        realm_call(realm, (Object)loader, value_undefined(), 1, argv, &exception);
    }
    if (exception || !realm->dispatch) {
        if (exception)
            realm_print_error(realm, exception);
        else
            fputs("galley: lib/internal/loader.js did not start\n", stderr);
        return false;
    }
    realm->ready_ns = uv_hrtime();
    return true;
}

Value realm_require(Realm *realm, const char *id, Value *exception) {
    Value argv[] = {value_string(realm, id)};
    return realm_call(realm, realm->require, value_undefined(), 1, argv, exception);
}

size_t realm_collect(Realm *realm) {
    JSSynchronousGarbageCollectForDebugging(realm->ctx);
    Value statistics = JSGetMemoryUsageStatistics(realm->ctx);
    return (size_t)value_as_double(object_get(realm, (Object)statistics, "heapSize"));
}

/* What is told of rejections is a root of the engine's until the context goes: it must not be the context's
 * own. */
static void context_forget(Engine *engine, JSGlobalContextRef ctx) {
    if (!engine->empty) engine->empty = JSGlobalContextCreateInGroup(engine->group, NULL);
    JSStringRef name = JSStringCreateWithUTF8CString("Function");
    Value other = JSObjectGetProperty(engine->empty, JSContextGetGlobalObject(engine->empty), name, NULL);
    JSStringRelease(name);
    JSGlobalContextSetUnhandledRejectionCallback(ctx, (Object)other, NULL);
    JSGlobalContextRelease(ctx);
}

/* All but the engine and its context. */
static void realm_close(Realm *realm) {
    handles_close(realm);
    for (const Module *const *module = realm->options.modules; *module; module++)
        if ((*module)->teardown && map_has(&realm->builtins, (*module)->name)) (*module)->teardown(realm);
    loop_close(realm);
    MAP_EACH(&realm->strings, entry) JSStringRelease(entry->value);
    map_free(&realm->strings);
    map_free(&realm->builtins);
    map_free(&realm->prototypes);
    if (realm->native_class) JSClassRelease(realm->native_class);
    JSClassRelease(realm->shelf_class);
    JSClassRelease(realm->handle_class);
    JSContextGroupClearExecutionTimeLimit(realm->group); /* it would ask a realm that is gone */
    kept_free(&realm->kept, realm->ctx);
    loop_free(realm);
    mem_free(realm->turn);
    mem_free(realm->clock);
    mem_free(realm->peek);
}

void realm_free(Realm *realm) {
    realm_close(realm);
    JSGlobalContextRelease(realm->ctx);
    engine_free(realm->engine);
    mem_free(realm);
}

void realm_end(Realm *realm) {
    realm_close(realm);
    context_forget(realm->engine, realm->ctx);
    mem_free(realm);
}

Value realm_call(Realm *realm, Object function, Value self, size_t argc, const Value *argv,
                 Value *exception) {
    Value error = NULL;
    bool was_entered = realm->is_entered;
    realm->is_entered = true;
    Value result =
        JSObjectCallAsFunction(realm->ctx, function, value_object(realm, self), argc, argv, &error);
    realm->is_entered = was_entered;
    if (!error) return result;
    if (exception) *exception = error;
    return NULL;
}

void realm_settle(Realm *realm, const Entry *entry) {
    entry_run_jobs(entry);
    while ((realm->turn[TURN_HAS_TICKS] || realm->turn[TURN_HAS_REJECTIONS]) && !realm->turn[TURN_EXITING]) {
        JSObjectCallAsFunction(realm->ctx, realm->run_ticks, NULL, 0, NULL, NULL);
        entry_run_jobs(entry);
    }
}

void realm_dispatch(Realm *realm, Object function, Value self, size_t argc, const Value *argv) {
    if (realm->turn[TURN_EXITING]) return;
    realm_tell_time(realm);
    Value all[16] = {function, self ? self : value_undefined()};
    if (argc > COUNT_OF(all) - 2) argc = COUNT_OF(all) - 2;
    for (size_t i = 0; i < argc; i++)
        all[i + 2] = argv[i] ? argv[i] : value_undefined();
    Entry entry;
    entry_open(&entry, realm);
    JSObjectCallAsFunction(realm->ctx, realm->dispatch, NULL, argc + 2, all, NULL);
    realm_settle(realm, &entry);
    entry_close(&entry);
}

void realm_stop(Realm *realm, int exit_code) {
    realm->exit_code = exit_code;
    realm->stopping = true;
    uv_stop(&realm->loop);
}
