/* Objects of many properties, made at once: to put a thousand properties into an object costs a look at a
 * table each, but objects with the same table differ only in their values, which lie in order. */
#pragma once

#include "engine/realm.h"

/* Makes a table that others can share of that of `model`, an object from JSObjectMake with `count` properties
 * whose values are 0, 1, 2 ... False if this engine's objects are not as expected. */
bool shape_settle(Realm *realm, Object model, size_t count);
/* A new object with the properties of a model that was settled and these values; numbers and what the engine
 * keeps alive elsewhere until this returns. */
Object shape_copy(Realm *realm, Object model, size_t count, const Value *values);
/* Gives an object that grew key by key a table that says what its keys are without being counted. */
bool shape_settle_keys(Realm *realm, Object object);

/* Whether it is a copy of that model whose keys have not changed since. */
bool shape_is_of(Object object, Object model);
/* The value of property `i` of an object whose properties are known to lie in order. */
Value shape_value(Object object, size_t i);

/* The elements of an array of all kinds of values where they lie, NULL if they do not or are fewer. */
const Value *array_peek(Realm *realm, Value array, size_t count);
/* Whether two arrays are the same elements in the same place. */
bool arrays_share(Realm *realm, Value a, Value b);
