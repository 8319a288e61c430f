/* Scripts in contexts of their own, for require('vm'). A contextified object is the sandbox of a
 * global object whose lookups all go to the sandbox first, so that both always show the same. */
#include "engine/call.h"
#include "engine/watch.h"
#include "modules/modules.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

typedef struct {
    Realm *realm;
    Object sandbox;        /* alive as long as the global, which refers to it */
    Object has_own;        /* Object.hasOwn, alive in the same way */
    bool bypass;           /* look at the global itself for once */
    JSStringRef *declared; /* by `var` and `function` */
    size_t declared_count;
} VmContext;

/* The names under which the global holds what it needs; no script can say them. */
static const char sandbox_name[] = "galley sandbox", has_own_name[] = "galley hasOwn";

static VmContext *context_of(JSObjectRef global) {
    VmContext *context = JSObjectGetPrivate(global);
    return context && !context->bypass ? context : NULL;
}

static JSValueRef global_get(JSContextRef ctx, JSObjectRef global, JSStringRef name, JSValueRef *exception) {
    VmContext *context = context_of(global);
    if (!context || !JSObjectHasProperty(ctx, context->sandbox, name)) return NULL;
    JSValueRef value = JSObjectGetProperty(ctx, context->sandbox, name, exception);
    return value ? value : value_undefined();
}

static bool has_own(JSContextRef ctx, VmContext *context, JSObjectRef global, JSStringRef name) {
    Value args[] = {global, JSValueMakeString(ctx, name)}; /* the C interface would look at prototypes too */
    context->bypass = true;
    Value has = JSObjectCallAsFunction(ctx, context->has_own, NULL, COUNT_OF(args), args, NULL);
    context->bypass = false;
    return has == value_bool(true);
}

static void note_declared(VmContext *context, JSStringRef name) {
    for (size_t i = 0; i < context->declared_count; i++)
        if (JSStringIsEqual(context->declared[i], name)) return;
    size_t bytes = (context->declared_count + 1) * sizeof *context->declared;
    context->declared = mem_resize(context->declared, bytes);
    context->declared[context->declared_count++] = JSStringRetain(name);
}

static bool global_set(JSContextRef ctx, JSObjectRef global, JSStringRef name, JSValueRef value,
                       JSValueRef *exception) {
    VmContext *context = context_of(global);
    if (!context) return false;
    JSObjectSetProperty(ctx, context->sandbox, name, value, kJSPropertyAttributeNone, exception);
    /* The engine keeps places of its own for declared names, which scripts read without asking. */
    if (!has_own(ctx, context, global, name)) return true;
    note_declared(context, name);
    return false;
}

static bool global_delete(JSContextRef ctx, JSObjectRef global, JSStringRef name, JSValueRef *exception) {
    VmContext *context = context_of(global);
    if (!context || !JSObjectHasProperty(ctx, context->sandbox, name)) return false;
    if (!JSObjectDeleteProperty(ctx, context->sandbox, name, exception)) return false;
    context->bypass = true;
    JSObjectDeleteProperty(ctx, global, name, NULL);
    context->bypass = false;
    return true;
}

static void global_names(JSContextRef ctx, JSObjectRef global, JSPropertyNameAccumulatorRef names) {
    VmContext *context = context_of(global);
    if (!context) return;
    JSPropertyNameArrayRef list = JSObjectCopyPropertyNames(ctx, context->sandbox);
    for (size_t i = 0; i < JSPropertyNameArrayGetCount(list); i++)
        JSPropertyNameAccumulatorAddName(names, JSPropertyNameArrayGetNameAtIndex(list, i));
    JSPropertyNameArrayRelease(list);
}

static void global_collected(JSObjectRef global) {
    VmContext *context = JSObjectGetPrivate(global);
    for (size_t i = 0; i < context->declared_count; i++)
        JSStringRelease(context->declared[i]);
    mem_free(context->declared);
    mem_free(context);
}

/* What the program has changed in the sandbox since the last script goes where scripts read it. */
static void share_declared(JSContextRef ctx, Object global) {
    VmContext *context = JSObjectGetPrivate(global);
    for (size_t i = 0; context && i < context->declared_count; i++) {
        JSStringRef name = context->declared[i];
        JSValueRef value = JSObjectGetProperty(ctx, context->sandbox, name, NULL);
        context->bypass = true;
        if (value) JSObjectSetProperty(ctx, global, name, value, kJSPropertyAttributeNone, NULL);
        context->bypass = false;
    }
}

/* createContext(sandbox or undefined, whether eval is allowed) -> its global object */
static Value vm_create_context(Call *call) {
    Realm *realm = call->realm;
    Object sandbox = call_object(call, 0);
    realm->has_spent_engine = true; /* this one's globals may outlive the realm's */
    /* A class gives the global an object of its own as prototype: lib/vm.js puts into that what the program
     * wants. */
    JSClassDefinition plain = {.className = "Object"};
    JSClassDefinition contextified = {
        .className = "Object",
        .finalize = global_collected,
        .getProperty = global_get,
        .setProperty = global_set,
        .deleteProperty = global_delete,
        .getPropertyNames = global_names,
    };
    JSClassRef class = JSClassCreate(sandbox ? &contextified : &plain);
    JSGlobalContextRef ctx = JSGlobalContextCreateInGroup(realm->group, class);
    Object global = JSContextGetGlobalObject(ctx);
    if (sandbox) {
        VmContext *context = NEW(VmContext);
        context->realm = realm;
        context->sandbox = sandbox;
        context->bypass = true;
        JSObjectSetPrivate(global, context);
        JSPropertyAttributes hidden = kJSPropertyAttributeDontEnum | kJSPropertyAttributeReadOnly;
        JSObjectSetProperty(ctx, global, realm_string(realm, sandbox_name), sandbox, hidden, NULL);
        Object constructor = (Object)JSObjectGetProperty(ctx, global, realm_string(realm, "Object"), NULL);
        context->has_own = (Object)JSObjectGetProperty(ctx, constructor, realm_string(realm, "hasOwn"), NULL);
        JSObjectSetProperty(ctx, global, realm_string(realm, has_own_name), context->has_own, hidden, NULL);
        context->bypass = false;
    }
    JSClassRelease(class);
    if (!call_bool(call, 1)) {
        JSStringRef why =
            JSStringCreateWithUTF8CString("Code generation from strings disallowed for this context");
        JSGlobalContextSetEvalEnabled(ctx, false, why);
        JSStringRelease(why);
    }
    /* From here on it lives as long as somebody refers to it. */
    value_keep(realm, global);
    JSGlobalContextRelease(ctx);
    value_drop(realm, global);
    return global;
}

/* What stops a script that runs: time, or the user. Only the main thread gets SIGINT. */
typedef struct {
    Watcher base;
    uint64_t deadline_ns; /* 0: none */
    bool by_signal;
    bool timed_out, interrupted;
    int refusals; /* how often the script has caught what should end it */
} Limit;

enum { MOST_REFUSALS = 8 };

static volatile sig_atomic_t interrupted_by_user; /* signal handlers have no other way */

static void note_signal(int number) {
    interrupted_by_user = 1;
}

/* A script is thrown out; one that will not go is ended together with all that called it. */
static WatchVerdict look_at_limit(Watcher *watcher, Realm *realm, JSContextRef ctx) {
    Limit *limit = (Limit *)watcher;
    if (limit->by_signal && interrupted_by_user)
        limit->interrupted = true;
    else if (limit->deadline_ns && uv_hrtime() >= limit->deadline_ns)
        limit->timed_out = true;
    if (!limit->interrupted && !limit->timed_out) return WATCH_GO_ON;
    watcher->every_s = 0.001;
    return limit->refusals++ < MOST_REFUSALS ? WATCH_THROW : WATCH_END;
}

static Value finish(Call *call, Limit *limit, double timeout_ms, Value result, Value error) {
    if (limit->timed_out)
        return throw_error(call, "ERR_SCRIPT_EXECUTION_TIMEOUT", "Script execution timed out after %.0fms",
                           timeout_ms);
    if (limit->interrupted)
        return throw_error(call, "ERR_SCRIPT_EXECUTION_INTERRUPTED",
                           "Script execution was interrupted by `SIGINT`");
    return error ? throw_value(call, error) : result;
}

/* run(global or undefined, source, name, line, timeout in ms or 0, break on SIGINT) */
static Value vm_run(Call *call) {
    Realm *realm = call->realm;
    Object global = call_object(call, 0);
    JSContextRef ctx = global ? JSObjectGetGlobalContext(global) : realm->ctx;
    JSStringRef source = JSValueToStringCopy(ctx, call_arg(call, 1), call->exception);
    if (!source) return NULL;
    JSStringRef name = JSValueToStringCopy(ctx, call_arg(call, 2), call->exception);
    if (!name) {
        JSStringRelease(source);
        return NULL;
    }
    double timeout_ms = call_double(call, 4);
    Limit limit = {.base = {.look = look_at_limit}, .by_signal = call_bool(call, 5)};
    struct sigaction before, mine = {.sa_handler = note_signal};
    bool is_limited = timeout_ms > 0 || limit.by_signal;
    if (timeout_ms > 0) limit.deadline_ns = uv_hrtime() + (uint64_t)(timeout_ms * 1e6);
    limit.base.every_s = timeout_ms > 0 && timeout_ms < 20 ? timeout_ms / 1000 : 0.02;
    if (limit.by_signal) {
        interrupted_by_user = 0;
        sigaction(SIGINT, &mine, &before);
    }
    link_init(&limit.base.link);
    if (is_limited) watch_add(realm, &limit.base);
    if (global) share_declared(ctx, global);
    Value error = NULL;
    Value result = JSEvaluateScript(ctx, source, NULL, name, call_int(call, 3), &error);
    if (is_limited) watch_remove(realm, &limit.base);
    if (limit.by_signal) sigaction(SIGINT, &before, NULL);
    JSStringRelease(source);
    JSStringRelease(name);
    return finish(call, &limit, timeout_ms, result, error);
}

/* check(source, name, line): throws the SyntaxError, if there is one */
static Value vm_check(Call *call) {
    Realm *realm = call->realm;
    JSStringRef source = JSValueToStringCopy(realm->ctx, call_arg(call, 0), call->exception);
    JSStringRef name = JSValueToStringCopy(realm->ctx, call_arg(call, 1), call->exception);
    if (source && name) JSCheckScriptSyntax(realm->ctx, source, name, call_int(call, 2), call->exception);
    if (source) JSStringRelease(source);
    if (name) JSStringRelease(name);
    return NULL;
}

static const Native functions[] = {
    {"createContext", vm_create_context},
    {"run",               vm_run},
    {"check",vm_check},
    {0        }
};

const Module vm_module = {"vm", functions, NULL, NULL};
