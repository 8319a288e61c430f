/* The C API lets go of the engine's lock around every C function that a script calls, which costs more than
 * most of them do. In engines of the known series they are made functions of the engine's own kind, called
 * with the lock held and with their arguments read where they lie; in others the C API makes them. */
#include "engine/native.h"

#include "engine/call.h"
#include "engine/frame.h"
#include "engine/inside.h"
#include "engine/jsc.h"

#include <stdatomic.h>

/* What a function carries: to the engine a WTF::Function's callable, to the C API private data. */
typedef struct {
    union {
        const void *methods; /* of the C++ class that the engine takes it for */
        Private private;
    };
    const Native *native;
    Realm *realm;
} NativeCell;

static const char native_kind;

/* WTF::String(std::span<const unsigned char>) and WTF::StringImpl::destroy(StringImpl *). */
void wtf_string_new(void **string, const char *chars,
                    size_t len) __asm__("_ZN3WTF6StringC1ESt4spanIKhLm18446744073709551615EE")
    __attribute__((weak));
void wtf_string_destroy(void *impl) __asm__("_ZN3WTF10StringImpl7destroyEPS0_") __attribute__((weak));
/* JSC::JSNativeStdFunction::create(VM &, JSGlobalObject *, unsigned length, const WTF::String &name,
 * WTF::Function &&, Intrinsic, constructor) and what it gets when it may not be called with `new`. */
Object std_function_new(JSContextGroupRef vm, JSContextRef ctx, unsigned length, void **name,
                        NativeCell **callable, uint8_t intrinsic,
                        void (*construct)(void)) __asm__("_ZN3JSC19JSNativeStdFunction6createERNS_2VMEPNS_"
                                                         "14JSGlobalObjectEjRKN3WTF6StringEONS5_"
                                                         "8FunctionIFlS4_PNS_9CallFrameEEEENS_9IntrinsicENS5_"
                                                         "11FunctionPtrILNS5_6PtrTagE1ESC_LNS5_"
                                                         "18FunctionAttributesE2EEE") __attribute__((weak));
void not_a_constructor(void) __asm__(
    "_ZN3JSC29callHostFunctionAsConstructorEPNS_14JSGlobalObjectEPNS_9CallFrameE") __attribute__((weak));
/* JSC::VM::throwException(JSGlobalObject *, JSValue) */
void *vm_throw_value(JSContextGroupRef vm, JSContextRef ctx,
                     Value value) __asm__("_ZN3JSC2VM14throwExceptionEPNS_14JSGlobalObjectENS_7JSValueE")
    __attribute__((weak));

static Value cell_call(NativeCell *cell, JSContextRef ctx, const Value *frame) {
    Realm *realm = cell->realm;
    Value self = frame[FRAME_THIS], exception = NULL;
    size_t argc = (uint32_t)(uintptr_t)frame[FRAME_ARGC_WITH_THIS] - 1;
    Call call = {realm, value_is_cell(self) ? (Object)self : (Object)ctx, argc, frame + FRAME_ARGS,
                 &exception};
    Value result = cell->native->function(&call);
    if (exception) {
        vm_throw_value(realm->group, ctx, exception);
        return NULL;
    }
    return result ? result : value_undefined();
}

static void cell_end(NativeCell *cell) {
    (void)cell;
}

static void cell_free(NativeCell *cell) {
    mem_free(cell);
}

/* WTF::Detail::CallableWrapperBase: its two destructors, and call(). */
static const struct {
    void (*end)(NativeCell *), (*free)(NativeCell *);
    Value (*call)(NativeCell *, JSContextRef, const Value *);
} cell_methods = {cell_end, cell_free, cell_call};

static void name_drop(void *name) {
    /* WTF::StringImpl counts references in twos, in its first word. */
    if (atomic_fetch_sub((_Atomic uint32_t *)name, 2) == 2) wtf_string_destroy(name);
}

static bool is_inside_known(void) {
    return entry_is_known() && wtf_string_new && wtf_string_destroy && std_function_new &&
           not_a_constructor && vm_throw_value;
}

static Value called_by_api(JSContextRef ctx, JSObjectRef function, JSObjectRef self, size_t argc,
                           const JSValueRef argv[], JSValueRef *exception) {
    (void)ctx;
    NativeCell *cell = JSObjectGetPrivate(function);
    Call call = {cell->realm, self, argc, argv, exception};
    Value result = cell->native->function(&call);
    return result ? result : value_undefined();
}

static void collected_by_api(JSObjectRef function) {
    mem_free(JSObjectGetPrivate(function));
}

void natives_open(Realm *realm, Value function_prototype) {
    if (is_inside_known()) return;
    realm->native_class = JSClassCreate(&(JSClassDefinition){
        .className = "Function", .callAsFunction = called_by_api, .finalize = collected_by_api});
    /* All native functions inherit from one object of their class, and it from Function.prototype: to change
     * the prototype of each would cost a structure each. */
    Object native = JSObjectMake(realm->ctx, realm->native_class, NULL);
    JSObjectSetPrototype(realm->ctx, (Object)JSObjectGetPrototype(realm->ctx, native), function_prototype);
}

Object native_new(Realm *realm, const Native *native) {
    NativeCell *cell = NEW(NativeCell);
    cell->native = native;
    cell->realm = realm;
    if (realm->native_class) {
        cell->private.kind = &native_kind;
        return JSObjectMake(realm->ctx, realm->native_class, cell);
    }
    cell->methods = &cell_methods;
    void *name;
    JSLock(realm->ctx);
    wtf_string_new(&name, native->name, strlen(native->name));
    Object function = std_function_new(realm->group, realm->ctx, 0, &name, &cell, 0, not_a_constructor);
    name_drop(name);
    JSUnlock(realm->ctx);
    return function;
}
