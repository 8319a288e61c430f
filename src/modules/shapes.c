/* What lib/internal/clone/wide.js asks for: objects of many keys, made at once from values in one piece. */
#include "engine/shape.h"
#include "engine/call.h"
#include "engine/peek.h"
#include "modules/modules.h"

/* model() -> an empty object for settle */
static Value shapes_model(Call *call) {
    return object_new(call->realm);
}

/* settle(model, count of its properties, whose values are 0, 1, 2 ...) -> whether copies can be made of it */
static Value shapes_settle(Call *call) {
    Object model = call_object(call, 0);
    return value_bool(model && shape_settle(call->realm, model, (size_t)call_double(call, 1)));
}

/* isOf(object, model): whether it was copied from it and has the same keys still */
static Value shapes_is_of(Call *call) {
    Object object = call_object(call, 0), model = call_object(call, 1);
    return value_bool(object && model && shape_is_of(object, model));
}

enum { PACKED_NOT, PACKED_INTS, PACKED_DOUBLES };

/* pack(object whose properties lie in order, their count, bytes, at) -> PACKED_...: how its values were
 * written */
static Value shapes_pack(Call *call) {
    Object object = call_object(call, 0);
    size_t count = (size_t)call_double(call, 1), at = (size_t)call_double(call, 3), len;
    char *data;
    if (!object || !call_peek(call, 2, &data, &len) || at > len || (len - at) / sizeof(double) < count)
        return NULL;
    data += at;
    bool are_ints = true;
    for (size_t i = 0; i < count; i++) {
        Value value = shape_value(object, i);
        if (!value_is_number(value)) return value_int(PACKED_NOT);
        are_ints &= value_is_int(value);
    }
    for (size_t i = 0; i < count; i++) {
        Value value = shape_value(object, i);
        double number = value_as_double(value);
        int32_t integer = (int32_t)value_bits(value);
        if (are_ints)
            memcpy(data + i * sizeof integer, &integer, sizeof integer);
        else
            memcpy(data + i * sizeof number, &number, sizeof number);
    }
    return value_int(are_ints ? PACKED_INTS : PACKED_DOUBLES);
}

/* unpack(model, count, bytes, at, PACKED_...) -> object */
static Value shapes_unpack(Call *call) {
    Object model = call_object(call, 0);
    size_t count = (size_t)call_double(call, 1), at = (size_t)call_double(call, 3), len;
    bool are_ints = call_int(call, 4) == PACKED_INTS;
    char *data;
    if (!model || !call_peek(call, 2, &data, &len) || at > len || (len - at) / (are_ints ? 4 : 8) < count)
        return NULL;
    data += at;
    Value *values = mem_new(count * sizeof *values);
    for (size_t i = 0; i < count; i++) {
        double number;
        int32_t integer;
        memcpy(are_ints ? (void *)&integer : &number, data + i * (are_ints ? 4 : 8), are_ints ? 4 : 8);
        values[i] = are_ints ? value_int(integer) : value_number(number);
    }
    Object made = shape_copy(call->realm, model, count, values);
    mem_free(values);
    return made;
}

/* copy(model, count, array of values) -> object, or undefined if they do not lie where they can be read */
static Value shapes_copy(Call *call) {
    Object model = call_object(call, 0);
    Value list = call_arg(call, 2);
    size_t count = (size_t)call_double(call, 1);
    if (!model || !JSValueIsArray(call->realm->ctx, list)) return NULL;
    const Value *values = array_peek(call->realm, list, count);
    return values ? shape_copy(call->realm, model, count, values) : NULL;
}

/* settleKeys(object) -> whether from now on its keys are known together, until it gets or loses one */
static Value shapes_settle_keys(Call *call) {
    Object object = call_object(call, 0);
    return value_bool(object && shape_settle_keys(call->realm, object));
}

/* areSame(keys, keys): two lists that are known to be the same without a look at their elements */
static Value shapes_are_same(Call *call) {
    return value_bool(arrays_share(call->realm, call_arg(call, 0), call_arg(call, 1)));
}

static const Native functions[] = {
    {"model",        shapes_model},
    {"settle",              shapes_settle},
    {"isOf",shapes_is_of},
    {"pack",         shapes_pack},
    {"unpack",              shapes_unpack},
    {"copy",shapes_copy},
    {"settleKeys",       shapes_settle_keys},
    {"areSame",              shapes_are_same},
    {0        }
};

const Module shapes_module = {"shapes", functions, NULL, NULL};
