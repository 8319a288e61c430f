#include "engine/provider.h"

#include "engine/inside.h"

#include <jsc/jsc.h>
#include <stdlib.h>

/* Of JSC::SourceProvider, a JSScriptRef. */
enum {
    METHOD_HASH = 2,
    METHOD_SOURCE,
    METHOD_BYTECODE,
    METHOD_BLOCK_HASH = 8,
    METHOD_LOCK,
    METHOD_UNLOCK,
    METHOD_COUNT
};

typedef struct {
    const void *chars;
    uint32_t len;
    bool is_8bit;
} SourceView;

typedef struct {
    uint32_t references;
    size_t size;
    const void *data;
    size_t len;
    uint8_t kind; /* 0: memory */
    void *none[3];
} CachedBytecode;

typedef struct {
    JSScriptRef provider;
    int start, end, first_line, first_column;
} SourceCode;

typedef struct {
    SourceView (*source)(const void *provider);
    void *before[2]; /* what C++ keeps in front of the methods */
    void *methods[METHOD_COUNT];
} MethodTable;

struct Providers {
    MethodTable table;
    List all;
};

/* The engine is given `stand_in` to make a script of; its address tells the methods which script they serve.
 */
typedef struct {
    char stand_in[8];
    bool is_hidden;
    ScriptText text;
    JSScriptRef script; /* kept for the engine's next realm */
    CachedBytecode bytecode;
    Link link;
} Provider;

void source_block_hash(void) __asm__(
    "_ZN3JSC14SourceProvider25codeBlockHashConcurrentlyEiiNS_22CodeSpecializationKindE")
    __attribute__((weak));
void source_lock(void) __asm__("_ZN3JSC14SourceProvider24lockUnderlyingBufferImplEv") __attribute__((weak));
void source_unlock(void) __asm__("_ZN3JSC14SourceProvider26unlockUnderlyingBufferImplEv")
    __attribute__((weak));
/* With a file that is not open it returns the bytes only. */
void program_compile(
    CachedBytecode **made, JSContextGroupRef vm, const SourceCode *code, const int *file,
    void *error) __asm__("_ZN3JSC23generateProgramBytecodeERNS_2VMERKNS_10SourceCodeERN3WTF14"
                         "FileSystemImpl10FileHandleERNS_18BytecodeCacheErrorE") __attribute__((weak));

static Provider *provider_of(const void *self) {
    const MethodTable *table = CONTAINER_OF(*(void ***)self, MethodTable, methods);
    return (Provider *)table->source(self).chars;
}

static SourceView provider_source(const void *self) {
    const Provider *provider = provider_of(self);
    uint32_t len = provider->is_hidden ? 0 : (uint32_t)provider->text.len;
    return (SourceView){provider->text.chars, len, provider->text.is_8bit};
}

/* The engine makes the key that bytecode is found by, which has the whole text in it, to be read and
 * compared: it shall see none. The hash itself would read the text too. */
static uint32_t provider_hash(const void *self) {
    Provider *provider = provider_of(self);
    provider->is_hidden = true;
    return (uint32_t)provider->text.len;
}

static const CachedBytecode **provider_bytecode(const CachedBytecode **out, const void *self) {
    Provider *provider = provider_of(self);
    *out = provider->bytecode.data ? &provider->bytecode : NULL;
    if (*out) provider->bytecode.references++;
    return out;
}

static Provider *provider_new(Realm *realm, ScriptText text, Slice bytecode) {
    Provider *provider = NEW(Provider);
    *provider = (Provider){
        .stand_in = ";",
        .text = text,
        .bytecode = {.references = 1, .size = bytecode.len, .data = bytecode.data, .len = bytecode.len},
    };
    list_append(&realm->engine->providers->all, &provider->link);
    return provider;
}

static JSScriptRef provider_script(Realm *realm, const Provider *provider, JSStringRef url) {
    return JSScriptCreateReferencingImmortalASCIIText(realm->group, url, 1, provider->stand_in, 1, NULL,
                                                      NULL);
}

static bool is_as_expected(void **methods, const void *script, const Provider *provider) {
    if (methods[METHOD_BLOCK_HASH] != (void *)source_block_hash ||
        methods[METHOD_LOCK] != (void *)source_lock || methods[METHOD_UNLOCK] != (void *)source_unlock)
        return false;
    SourceView view = ((SourceView(*)(const void *))methods[METHOD_SOURCE])(script);
    return view.chars == provider && view.len == 1 && view.is_8bit;
}

static Providers *providers_new(Realm *realm) {
    if (!entry_is_known() || !program_compile || !source_block_hash || !source_lock || !source_unlock)
        return NULL;
    Provider first = {.stand_in = ";"};
    JSStringRef url = JSStringCreateWithUTF8CString("");
    JSScriptRef script = provider_script(realm, &first, url);
    JSStringRelease(url);
    if (!script) return NULL;
    Providers *providers = NULL;
    void **methods = *(void ***)script;
    if (is_as_expected(methods, script, &first)) {
        providers = NEW(Providers);
        list_init(&providers->all);
        MethodTable *table = &providers->table;
        memcpy(table->before, methods - COUNT_OF(table->before),
               sizeof table->before + sizeof table->methods);
        memcpy(&table->source, &methods[METHOD_SOURCE], sizeof table->source);
        table->methods[METHOD_HASH] = (void *)provider_hash;
        table->methods[METHOD_SOURCE] = (void *)provider_source;
        table->methods[METHOD_BYTECODE] = (void *)provider_bytecode;
    }
    JSScriptRelease(script);
    return providers;
}

Providers *providers_open(Realm *realm) {
    Engine *engine = realm->engine;
    if (!engine->providers) engine->providers = providers_new(realm);
    return engine->providers;
}

void providers_free(Providers *providers) {
    if (!providers) return;
    LIST_EACH(&providers->all, Provider, link, provider) mem_free(provider);
    mem_free(providers);
}

void providers_drop_scripts(Providers *providers) {
    if (!providers) return;
    LIST_EACH(&providers->all, Provider, link, provider) {
        if (provider->script) JSScriptRelease(provider->script);
        provider->script = NULL;
    }
}

static JSScriptRef script_open(Realm *realm, const Provider *provider, JSStringRef url) {
    JSScriptRef script = provider_script(realm, provider, url);
    if (script) *(void ***)script = realm->engine->providers->table.methods;
    return script;
}

static Value script_evaluate(Realm *realm, Provider *provider, JSScriptRef script, Value *exception) {
    Value result = JSScriptEvaluate(realm->ctx, script, NULL, exception);
    provider->is_hidden = false;
    return result && JSValueIsObject(realm->ctx, result) ? result : NULL;
}

Value provider_evaluate(Realm *realm, ScriptText text, Slice bytecode, JSStringRef url, Value *exception) {
    Provider *provider = provider_new(realm, text, bytecode);
    JSScriptRef script = script_open(realm, provider, url);
    if (!script) return NULL;
    Value result = script_evaluate(realm, provider, script, exception);
    JSScriptRelease(script);
    return result;
}

static Provider *provider_find(Providers *providers, ScriptText text, Slice bytecode) {
    LIST_EACH(&providers->all, Provider, link, provider) {
        if (provider->text.chars == text.chars && provider->bytecode.data == bytecode.data) return provider;
    }
    return NULL;
}

Value provider_evaluate_kept(Realm *realm, ScriptText text, Slice bytecode, JSStringRef url,
                             Value *exception) {
    Provider *provider = provider_find(realm->engine->providers, text, bytecode);
    if (!provider) {
        provider = provider_new(realm, text, bytecode);
        provider->script = script_open(realm, provider, url);
    }
    return provider->script ? script_evaluate(realm, provider, provider->script, exception) : NULL;
}

bool provider_compile(Realm *realm, ScriptText text, Bytes *out) {
    JSStringRef url = JSStringCreateWithUTF8CString("");
    Provider *provider = provider_new(realm, text, (Slice){NULL, 0});
    JSScriptRef script = script_open(realm, provider, url);
    JSStringRelease(url);
    if (!script) return false;
    CachedBytecode *made = NULL;
    void *error[32] = {NULL}; /* larger than the engine's; it stays empty, or keeps a little memory */
    program_compile(&made, realm->group, &(SourceCode){script, 0, (int)text.len, 0, 0}, &(int){-1}, error);
    provider->is_hidden = false;
    if (made) bytes_append(out, made->data, made->len);
    JSScriptRelease(script);
    return made;
}
