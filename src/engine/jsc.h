/* JavaScriptCore's C API, declared by hand because Debian's package ships headers only for the GLib
 * one. Only what Galley calls is here; the functions are plain C and have been stable for a decade. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef const struct OpaqueJSContextGroup *JSContextGroupRef;
typedef struct OpaqueJSContext *JSGlobalContextRef;
typedef const struct OpaqueJSContext *JSContextRef;
typedef struct OpaqueJSString *JSStringRef;
typedef struct OpaqueJSClass *JSClassRef;
typedef const struct OpaqueJSValue *JSValueRef;
typedef struct OpaqueJSValue *JSObjectRef;
typedef struct OpaqueJSPropertyNameArray *JSPropertyNameArrayRef;
typedef struct OpaqueJSPropertyNameAccumulator *JSPropertyNameAccumulatorRef;
typedef struct OpaqueJSWeak *JSWeakRef;
typedef struct OpaqueJSScript *JSScriptRef;
typedef unsigned short JSChar;

typedef enum {
    kJSTypeUndefined,
    kJSTypeNull,
    kJSTypeBoolean,
    kJSTypeNumber,
    kJSTypeString,
    kJSTypeObject,
    kJSTypeSymbol,
    kJSTypeBigInt
} JSType;

typedef enum {
    kJSTypedArrayTypeInt8Array,
    kJSTypedArrayTypeInt16Array,
    kJSTypedArrayTypeInt32Array,
    kJSTypedArrayTypeUint8Array,
    kJSTypedArrayTypeUint8ClampedArray,
    kJSTypedArrayTypeUint16Array,
    kJSTypedArrayTypeUint32Array,
    kJSTypedArrayTypeFloat32Array,
    kJSTypedArrayTypeFloat64Array,
    kJSTypedArrayTypeArrayBuffer,
    kJSTypedArrayTypeNone,
    kJSTypedArrayTypeBigInt64Array,
    kJSTypedArrayTypeBigUint64Array
} JSTypedArrayType;

typedef unsigned JSPropertyAttributes;
enum {
    kJSPropertyAttributeNone = 0,
    kJSPropertyAttributeReadOnly = 1 << 1,
    kJSPropertyAttributeDontEnum = 1 << 2,
    kJSPropertyAttributeDontDelete = 1 << 3
};

typedef JSValueRef (*JSObjectCallAsFunctionCallback)(JSContextRef ctx, JSObjectRef function, JSObjectRef self,
                                                     size_t argc, const JSValueRef argv[],
                                                     JSValueRef *exception);
typedef void (*JSObjectFinalizeCallback)(JSObjectRef object);
typedef void (*JSTypedArrayBytesDeallocator)(void *bytes, void *data);
typedef bool (*JSShouldTerminateCallback)(JSContextRef ctx, void *data);

/* The members that Galley leaves empty have no type of their own here. */
typedef struct {
    int version;
    unsigned attributes;
    const char *className;
    JSClassRef parentClass;
    const void *staticValues;
    const void *staticFunctions;
    void (*initialize)(JSContextRef ctx, JSObjectRef object);
    JSObjectFinalizeCallback finalize;
    void (*hasProperty)(void);
    JSValueRef (*getProperty)(JSContextRef ctx, JSObjectRef object, JSStringRef name, JSValueRef *exception);
    bool (*setProperty)(JSContextRef ctx, JSObjectRef object, JSStringRef name, JSValueRef value,
                        JSValueRef *exception);
    bool (*deleteProperty)(JSContextRef ctx, JSObjectRef object, JSStringRef name, JSValueRef *exception);
    void (*getPropertyNames)(JSContextRef ctx, JSObjectRef object, JSPropertyNameAccumulatorRef names);
    JSObjectCallAsFunctionCallback callAsFunction;
    void (*callAsConstructor)(void);
    void (*hasInstance)(void);
    void (*convertToType)(void);
} JSClassDefinition;

/* Contexts */
JSContextGroupRef JSContextGroupCreate(void);
void JSContextGroupRelease(JSContextGroupRef group);
JSGlobalContextRef JSGlobalContextCreateInGroup(JSContextGroupRef group, JSClassRef global_class);
JSGlobalContextRef JSGlobalContextRetain(JSGlobalContextRef ctx);
void JSGlobalContextRelease(JSGlobalContextRef ctx);
JSObjectRef JSContextGetGlobalObject(JSContextRef ctx);
JSContextGroupRef JSContextGetGroup(JSContextRef ctx);
JSGlobalContextRef JSContextGetGlobalContext(JSContextRef ctx);
JSGlobalContextRef JSObjectGetGlobalContext(JSObjectRef object);
void JSGlobalContextSetEvalEnabled(JSGlobalContextRef ctx, bool enabled, JSStringRef message);
void JSGlobalContextSetUnhandledRejectionCallback(JSGlobalContextRef ctx, JSObjectRef function,
                                                  JSValueRef *exception);
JSStringRef JSContextCreateBacktrace(JSContextRef ctx, unsigned max_frames);
void JSContextGroupSetExecutionTimeLimit(JSContextGroupRef group, double seconds,
                                         JSShouldTerminateCallback callback, void *data);
void JSContextGroupClearExecutionTimeLimit(JSContextGroupRef group);
bool JSContextGroupEnableSamplingProfiler(JSContextGroupRef group);
void JSContextGroupDisableSamplingProfiler(JSContextGroupRef group);
JSStringRef JSContextGroupTakeSamplesFromSamplingProfiler(JSContextGroupRef group);
void JSGarbageCollect(JSContextRef ctx);
void JSSynchronousGarbageCollectForDebugging(JSContextRef ctx);
void JSReportExtraMemoryCost(JSContextRef ctx, size_t size);
JSObjectRef JSGetMemoryUsageStatistics(JSContextRef ctx);
bool JSConfigureSignalForGC(int signal);
/* WTF::initializeMainThread: says that this thread's loop is the main one. Full collections ask it for memory
 * pressure and crash where nobody has said so; the C API does not. */
void JSMainThreadInitialize(void) __asm__("_ZN3WTF20initializeMainThreadEv");
void JSLock(JSContextRef ctx);
void JSUnlock(JSContextRef ctx);

/* Scripts */
JSValueRef JSEvaluateScript(JSContextRef ctx, JSStringRef script, JSObjectRef self, JSStringRef url, int line,
                            JSValueRef *exception);
bool JSCheckScriptSyntax(JSContextRef ctx, JSStringRef script, JSStringRef url, int line,
                         JSValueRef *exception);
JSScriptRef JSScriptCreateReferencingImmortalASCIIText(JSContextGroupRef group, JSStringRef url, int line,
                                                       const char *source, size_t length,
                                                       JSStringRef *error_message, int *error_line);
void JSScriptRelease(JSScriptRef script);
JSValueRef JSScriptEvaluate(JSContextRef ctx, JSScriptRef script, JSValueRef self, JSValueRef *exception);

/* Strings */
JSStringRef JSStringCreateWithCharacters(const JSChar *chars, size_t length);
JSStringRef JSStringCreateWithUTF8CString(const char *string);
JSStringRef JSStringRetain(JSStringRef string);
void JSStringRelease(JSStringRef string);
bool JSStringIsEqual(JSStringRef a, JSStringRef b);
size_t JSStringGetLength(JSStringRef string);
const JSChar *JSStringGetCharactersPtr(JSStringRef string);
size_t JSStringGetMaximumUTF8CStringSize(JSStringRef string);
size_t JSStringGetUTF8CString(JSStringRef string, char *buffer, size_t size);

/* Values */
JSType JSValueGetType(JSContextRef ctx, JSValueRef value);
bool JSValueIsString(JSContextRef ctx, JSValueRef value);
bool JSValueIsSymbol(JSContextRef ctx, JSValueRef value);
bool JSValueIsBigInt(JSContextRef ctx, JSValueRef value);
bool JSValueIsObject(JSContextRef ctx, JSValueRef value);
bool JSValueIsObjectOfClass(JSContextRef ctx, JSValueRef value, JSClassRef class);
bool JSValueIsArray(JSContextRef ctx, JSValueRef value);
bool JSValueIsDate(JSContextRef ctx, JSValueRef value);
JSTypedArrayType JSValueGetTypedArrayType(JSContextRef ctx, JSValueRef value, JSValueRef *exception);
bool JSValueIsStrictEqual(JSContextRef ctx, JSValueRef a, JSValueRef b);
bool JSValueIsInstanceOfConstructor(JSContextRef ctx, JSValueRef value, JSObjectRef constructor,
                                    JSValueRef *exception);
JSValueRef JSValueMakeUndefined(JSContextRef ctx);
JSValueRef JSValueMakeNull(JSContextRef ctx);
JSValueRef JSValueMakeBoolean(JSContextRef ctx, bool boolean);
JSValueRef JSValueMakeNumber(JSContextRef ctx, double number);
JSValueRef JSValueMakeString(JSContextRef ctx, JSStringRef string);
JSValueRef JSValueMakeSymbol(JSContextRef ctx, JSStringRef description);
JSValueRef JSValueMakeFromJSONString(JSContextRef ctx, JSStringRef string);
JSStringRef JSValueCreateJSONString(JSContextRef ctx, JSValueRef value, unsigned indent,
                                    JSValueRef *exception);
JSValueRef JSBigIntCreateWithInt64(JSContextRef ctx, int64_t integer, JSValueRef *exception);
JSValueRef JSBigIntCreateWithUInt64(JSContextRef ctx, uint64_t integer, JSValueRef *exception);
JSValueRef JSBigIntCreateWithString(JSContextRef ctx, JSStringRef string, JSValueRef *exception);
bool JSValueToBoolean(JSContextRef ctx, JSValueRef value);
double JSValueToNumber(JSContextRef ctx, JSValueRef value, JSValueRef *exception);
int64_t JSValueToInt64(JSContextRef ctx, JSValueRef value, JSValueRef *exception);
uint64_t JSValueToUInt64(JSContextRef ctx, JSValueRef value, JSValueRef *exception);
JSStringRef JSValueToStringCopy(JSContextRef ctx, JSValueRef value, JSValueRef *exception);
JSObjectRef JSValueToObject(JSContextRef ctx, JSValueRef value, JSValueRef *exception);
void JSValueProtect(JSContextRef ctx, JSValueRef value);
void JSValueUnprotect(JSContextRef ctx, JSValueRef value);
JSWeakRef JSWeakCreate(JSContextGroupRef group, JSObjectRef object);
void JSWeakRelease(JSContextGroupRef group, JSWeakRef weak);
JSObjectRef JSWeakGetObject(JSWeakRef weak);

/* Objects */
JSClassRef JSClassCreate(const JSClassDefinition *definition);
void JSClassRelease(JSClassRef class);
JSObjectRef JSObjectMake(JSContextRef ctx, JSClassRef class, void *data);
JSObjectRef JSObjectMakeFunctionWithCallback(JSContextRef ctx, JSStringRef name,
                                             JSObjectCallAsFunctionCallback callback);
JSObjectRef JSObjectMakeFunction(JSContextRef ctx, JSStringRef name, unsigned parameter_count,
                                 const JSStringRef parameter_names[], JSStringRef body, JSStringRef url,
                                 int line, JSValueRef *exception);
JSObjectRef JSObjectMakeArray(JSContextRef ctx, size_t count, const JSValueRef values[],
                              JSValueRef *exception);
JSObjectRef JSObjectMakeDate(JSContextRef ctx, size_t count, const JSValueRef values[],
                             JSValueRef *exception);
JSObjectRef JSObjectMakeError(JSContextRef ctx, size_t count, const JSValueRef values[],
                              JSValueRef *exception);
JSObjectRef JSObjectMakeDeferredPromise(JSContextRef ctx, JSObjectRef *resolve, JSObjectRef *reject,
                                        JSValueRef *exception);
JSValueRef JSObjectGetPrototype(JSContextRef ctx, JSObjectRef object);
void JSObjectSetPrototype(JSContextRef ctx, JSObjectRef object, JSValueRef value);
bool JSObjectHasProperty(JSContextRef ctx, JSObjectRef object, JSStringRef name);
JSValueRef JSObjectGetProperty(JSContextRef ctx, JSObjectRef object, JSStringRef name, JSValueRef *exception);
void JSObjectSetProperty(JSContextRef ctx, JSObjectRef object, JSStringRef name, JSValueRef value,
                         JSPropertyAttributes attributes, JSValueRef *exception);
bool JSObjectDeleteProperty(JSContextRef ctx, JSObjectRef object, JSStringRef name, JSValueRef *exception);
JSValueRef JSObjectGetPropertyForKey(JSContextRef ctx, JSObjectRef object, JSValueRef key,
                                     JSValueRef *exception);
void JSObjectSetPropertyForKey(JSContextRef ctx, JSObjectRef object, JSValueRef key, JSValueRef value,
                               JSPropertyAttributes attributes, JSValueRef *exception);
JSValueRef JSObjectGetPropertyAtIndex(JSContextRef ctx, JSObjectRef object, unsigned index,
                                      JSValueRef *exception);
void JSObjectSetPropertyAtIndex(JSContextRef ctx, JSObjectRef object, unsigned index, JSValueRef value,
                                JSValueRef *exception);
void *JSObjectGetPrivate(JSObjectRef object);
bool JSObjectSetPrivate(JSObjectRef object, void *data);
JSObjectRef JSObjectGetProxyTarget(JSObjectRef object);
bool JSObjectIsFunction(JSContextRef ctx, JSObjectRef object);
bool JSObjectIsConstructor(JSContextRef ctx, JSObjectRef object);
JSValueRef JSObjectCallAsFunction(JSContextRef ctx, JSObjectRef function, JSObjectRef self, size_t argc,
                                  const JSValueRef argv[], JSValueRef *exception);
JSObjectRef JSObjectCallAsConstructor(JSContextRef ctx, JSObjectRef constructor, size_t argc,
                                      const JSValueRef argv[], JSValueRef *exception);
JSPropertyNameArrayRef JSObjectCopyPropertyNames(JSContextRef ctx, JSObjectRef object);
void JSPropertyNameArrayRelease(JSPropertyNameArrayRef array);
size_t JSPropertyNameArrayGetCount(JSPropertyNameArrayRef array);
void JSPropertyNameAccumulatorAddName(JSPropertyNameAccumulatorRef names, JSStringRef name);
JSStringRef JSPropertyNameArrayGetNameAtIndex(JSPropertyNameArrayRef array, size_t index);

/* Bytes */
JSObjectRef JSObjectMakeTypedArray(JSContextRef ctx, JSTypedArrayType type, size_t length,
                                   JSValueRef *exception);
JSObjectRef JSObjectMakeTypedArrayWithBytesNoCopy(JSContextRef ctx, JSTypedArrayType type, void *bytes,
                                                  size_t length, JSTypedArrayBytesDeallocator free_bytes,
                                                  void *data, JSValueRef *exception);
JSObjectRef JSObjectMakeTypedArrayWithArrayBufferAndOffset(JSContextRef ctx, JSTypedArrayType type,
                                                           JSObjectRef buffer, size_t offset, size_t length,
                                                           JSValueRef *exception);
void *JSObjectGetTypedArrayBytesPtr(JSContextRef ctx, JSObjectRef object, JSValueRef *exception);
size_t JSObjectGetTypedArrayLength(JSContextRef ctx, JSObjectRef object, JSValueRef *exception);
size_t JSObjectGetTypedArrayByteLength(JSContextRef ctx, JSObjectRef object, JSValueRef *exception);
size_t JSObjectGetTypedArrayByteOffset(JSContextRef ctx, JSObjectRef object, JSValueRef *exception);
JSObjectRef JSObjectGetTypedArrayBuffer(JSContextRef ctx, JSObjectRef object, JSValueRef *exception);
JSObjectRef JSObjectMakeArrayBufferWithBytesNoCopy(JSContextRef ctx, void *bytes, size_t length,
                                                   JSTypedArrayBytesDeallocator free_bytes, void *data,
                                                   JSValueRef *exception);
void *JSObjectGetArrayBufferBytesPtr(JSContextRef ctx, JSObjectRef object, JSValueRef *exception);
size_t JSObjectGetArrayBufferByteLength(JSContextRef ctx, JSObjectRef object, JSValueRef *exception);
