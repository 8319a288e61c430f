/* What only the engine knows about an object: its kind, what a proxy hides, how a promise stands, what
 * an iterator has yet to yield. The C API says little of it, so it is read from the object's own words;
 * lib/internal/util/engine.js proves each layout on fresh specimens before it trusts an answer. */
#include "engine/call.h"
#include "modules/modules.h"

/* The words of an object: a header, the pointer to named and indexed properties, then its own fields. */
enum { HEADER, PROPERTIES, FIELD_0, FIELD_1, FIELD_2, FIELD_3 };
enum { PROMISE_FLAGS = FIELD_0, PROMISE_RESULT = FIELD_1 };
enum { PROXY_TARGET = FIELD_0, PROXY_HANDLER = FIELD_1 };
enum {
    ITERATOR_ENTRY = FIELD_0,
    ITERATOR_SOURCE = FIELD_1,
    ITERATOR_STORAGE = FIELD_2,
    ITERATOR_KIND = FIELD_3
};

static bool is_object(Call *call, size_t i) {
    Value v = call_arg(call, i);
    return value_is_cell(v) && JSValueIsObject(call->realm->ctx, v);
}

/* Not inlined: the compiler must not reason about what lies behind the API's opaque type. */
__attribute__((noinline)) static uint64_t word(Value v, int i) {
    return ((const uint64_t *)(uintptr_t)value_bits(v))[i];
}

static int kind_of(Value object) {
    return (int)(word(object, HEADER) >> 40 & 0xff);
}

/* objectKind(value) -> the engine's number for this kind of object, -1 for what is no object */
static Value util_object_kind(Call *call) {
    if (!is_object(call, 0)) return value_int(-1);
    return value_int(kind_of(call_arg(call, 0)));
}

/* shapeOf(object) -> the engine's number for what own properties it has besides elements, and in which
 * order; 0 for what is no object. It says so only as long as another object of the same shape lives. */
static Value util_shape_of(Call *call) {
    return value_number(is_object(call, 0) ? (uint32_t)word(call_arg(call, 0), HEADER) : 0);
}

enum { SECOND_KIND = 8, SAME_SHAPE = 16 };

/* kindsOf(a, b) -> the kinds of two objects and whether their shape is the same, in one number */
static Value util_kinds_of(Call *call) {
    if (!is_object(call, 0) || !is_object(call, 1)) return value_int(-1);
    Value a = call_arg(call, 0), b = call_arg(call, 1);
    bool is_same = (uint32_t)word(a, HEADER) == (uint32_t)word(b, HEADER);
    return value_int(kind_of(a) | kind_of(b) << SECOND_KIND | is_same << SAME_SHAPE);
}

static Value proxy_target(Call *call) {
    if (!is_object(call, 0) || kind_of(call_arg(call, 0)) != call_int(call, 1)) return NULL;
    Value target = JSObjectGetProxyTarget(call_object(call, 0));
    return target && value_bits(target) == word(call_arg(call, 0), PROXY_TARGET) ? target : NULL;
}

/* proxyTarget(value, kind of proxies) -> what the proxy stands for, null if it was revoked, undefined if it
 * is no proxy */
static Value util_proxy_target(Call *call) {
    Value target = proxy_target(call);
    return target ? target : value_undefined();
}

/* proxyParts(value, kind of proxies) -> [target, handler], or undefined */
static Value util_proxy_parts(Call *call) {
    Value target = proxy_target(call);
    if (!target) return value_undefined();
    Value handler = value_from_bits(word(call_arg(call, 0), PROXY_HANDLER));
    Value parts[] = {target, handler};
    return array_new(call->realm, COUNT_OF(parts), parts);
}

/* promiseState(promise) -> [0 pending, 1 fulfilled or 2 rejected, result] */
static Value util_promise_state(Call *call) {
    if (!is_object(call, 0)) return value_undefined();
    int state = (int)(word(call_arg(call, 0), PROMISE_FLAGS) & 3);
    Value result = value_from_bits(word(call_arg(call, 0), PROMISE_RESULT));
    Value parts[] = {value_int(state), state == 0 ? value_undefined() : result};
    return array_new(call->realm, COUNT_OF(parts), parts);
}

/* iteratorSource(iterator) -> [its Map or Set, 0 keys, 1 values or 2 entries] */
static Value util_iterator_source(Call *call) {
    if (!is_object(call, 0)) return value_undefined();
    Value source = value_from_bits(word(call_arg(call, 0), ITERATOR_SOURCE));
    Value kind = value_from_bits(word(call_arg(call, 0), ITERATOR_KIND));
    if (!value_is_cell(source) || !value_is_int(kind)) return value_undefined();
    Value parts[] = {source, kind};
    return array_new(call->realm, COUNT_OF(parts), parts);
}

/* iteratorMove(fresh, original): the fresh iterator over the same thing stands where the original stands */
static Value util_iterator_move(Call *call) {
    if (!is_object(call, 0) || !is_object(call, 1)) return value_bool(false);
    Value fresh = call_arg(call, 0), original = call_arg(call, 1);
    if (word(fresh, HEADER) << 24 >> 24 != word(original, HEADER) << 24 >> 24 ||
        word(fresh, ITERATOR_SOURCE) != word(original, ITERATOR_SOURCE))
        return value_bool(false);
    uint64_t *words = (uint64_t *)(uintptr_t)value_bits(fresh);
    words[ITERATOR_ENTRY] = word(original, ITERATOR_ENTRY);
    words[ITERATOR_STORAGE] = word(original, ITERATOR_STORAGE);
    return value_bool(true);
}

/* isConstructor(value) */
static Value util_is_constructor(Call *call) {
    return value_bool(is_object(call, 0) && JSObjectIsConstructor(call->realm->ctx, call_object(call, 0)));
}

static const Native functions[] = {
    {"objectKind",        util_object_kind},
    {"shapeOf",                   util_shape_of},
    {"kindsOf",util_kinds_of},
    {"proxyTarget",           util_proxy_target},
    {"proxyParts",                   util_proxy_parts},
    {"promiseState",util_promise_state},
    {"iteratorSource",        util_iterator_source},
    {"iteratorMove",                   util_iterator_move},
    {"isConstructor",          util_is_constructor},
    {0   }
};

const Module util_module = {"util", functions, NULL, NULL};
