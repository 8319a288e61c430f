/* Text, objects and bytes between C and the engine. */
#include "engine/call.h"

#include "base/text.h"
#include "engine/peek.h"

#include <stdio.h>
#include <stdlib.h>

JSStringRef realm_string(Realm *realm, const char *text) {
    JSStringRef string = map_get(&realm->strings, text);
    if (string) return string;
    string = JSStringCreateWithUTF8CString(text);
    map_set(&realm->strings, text, string);
    return string;
}

static Value take_string(Realm *realm, JSStringRef string) {
    Value v = JSValueMakeString(realm->ctx, string);
    JSStringRelease(string);
    return v;
}

Value value_utf16(Realm *realm, const uint16_t *chars, size_t len) {
    return take_string(realm, JSStringCreateWithCharacters(chars, len));
}

static Value value_wide_latin1(Realm *realm, const char *text, size_t len) {
    JSChar room[512], *chars = len <= COUNT_OF(room) ? room : mem_new(len * sizeof *chars);
    room[0] = 0;
    for (size_t i = 0; i < len; i++)
        chars[i] = (unsigned char)text[i];
    Value v = value_utf16(realm, chars, len);
    if (chars != room) mem_free(chars);
    return v;
}

Value value_latin1(Realm *realm, const char *text, size_t len) {
    RawString raw;
    if (!raw_string_open(len, &raw)) return value_wide_latin1(realm, text, len);
    memcpy(raw.chars, text, len);
    return raw_string_close(realm, &raw);
}

Value value_string_n(Realm *realm, const char *text, size_t len) {
    if (text_is_ascii(text, len)) return value_latin1(realm, text, len);
    JSChar room[512], *chars = len <= COUNT_OF(room) ? room : mem_new(len * sizeof *chars);
    room[0] = 0;
    Value v = value_utf16(realm, chars, utf8_to_utf16(text, len, chars));
    if (chars != room) mem_free(chars);
    return v;
}

Value value_string(Realm *realm, const char *text) {
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] >= 0x80) return value_string_n(realm, text, len);
    return take_string(realm, JSStringCreateWithUTF8CString(text));
}

Object object_new(Realm *realm) {
    return JSObjectMake(realm->ctx, NULL, NULL);
}

Value object_get(Realm *realm, Object object, const char *name) {
    Value v = JSObjectGetProperty(realm->ctx, object, realm_string(realm, name), NULL);
    return v ? v : value_undefined();
}

void object_set(Realm *realm, Object object, const char *name, Value value) {
    JSObjectSetProperty(realm->ctx, object, realm_string(realm, name), value, kJSPropertyAttributeNone, NULL);
}

void object_set_int(Realm *realm, Object object, const char *name, int64_t n) {
    object_set(realm, object, name, value_number((double)n));
}

Object array_new(Realm *realm, size_t count, const Value *values) {
    return JSObjectMakeArray(realm->ctx, count, values, NULL);
}

void array_put(Realm *realm, Object array, size_t index, Value value) {
    JSObjectSetPropertyAtIndex(realm->ctx, array, (unsigned)index, value, NULL);
}

Object value_object(Realm *realm, Value v) {
    return value_is_cell(v) && JSValueIsObject(realm->ctx, v) ? (Object)v : NULL;
}

bool value_is_function(Realm *realm, Value v) {
    Object object = value_object(realm, v);
    return object && JSObjectIsFunction(realm->ctx, object);
}

void value_keep(Realm *realm, Value v) {
    JSValueProtect(realm->ctx, v);
    if (!realm->options.is_main) kept_add(&realm->kept, v);
}
void value_drop(Realm *realm, Value v) {
    if (realm->options.is_main || kept_remove(&realm->kept, v)) JSValueUnprotect(realm->ctx, v);
}

bool value_bytes(Realm *realm, Value v, char **data, size_t *len) {
    if (!value_is_cell(v)) return false;
    JSTypedArrayType type = JSValueGetTypedArrayType(realm->ctx, v, NULL);
    if (type == kJSTypedArrayTypeNone) return false;
    Object object = (Object)v;
    if (type == kJSTypedArrayTypeArrayBuffer) {
        *data = JSObjectGetArrayBufferBytesPtr(realm->ctx, object, NULL);
        *len = JSObjectGetArrayBufferByteLength(realm->ctx, object, NULL);
    } else {
        *data = JSObjectGetTypedArrayBytesPtr(realm->ctx, object, NULL);
        *len = JSObjectGetTypedArrayByteLength(realm->ctx, object, NULL);
        if (*data) *data += JSObjectGetTypedArrayByteOffset(realm->ctx, object, NULL);
    }
    return true;
}

Object call_function(const Call *call, size_t i) {
    Value v = call_arg(call, i);
    return value_is_function(call->realm, v) ? (Object)v : NULL;
}

bool call_bytes(Call *call, size_t i, char **data, size_t *len) {
    if (value_bytes(call->realm, call_arg(call, i), data, len)) return true;
    throw_type(call, "ERR_INVALID_ARG_TYPE", "argument %zu must be a Buffer, TypedArray or ArrayBuffer", i);
    return false;
}

static void text_from_chars(const StringView *view, Text *text) {
    size_t max = view->len * (view->is_8bit ? 2 : 3) + 1;
    if (max > sizeof text->room && view->is_8bit && text_is_ascii(view->chars, view->len))
        max = view->len + 1;
    if (max > sizeof text->room) text->data = mem_new(max);
    text->len = view->is_8bit ? latin1_to_utf8(view->chars, view->len, text->data, max)
                              : utf16_to_utf8(view->chars, view->len, text->data, max);
    text->data[text->len] = '\0';
}

bool value_text(Realm *realm, Value v, Text *text) {
    char *data;
    size_t len;
    text->data = text->room;
    text->room[0] = '\0';
    text->len = 0;
    CHARS view;
    if (chars_open(realm, v, &view)) {
        text_from_chars(&view, text);
        return true;
    }
    if (peek_bytes(realm, v, &data, &len)) {
        if (len >= sizeof text->room) text->data = mem_new(len + 1);
        if (len) memcpy(text->data, data, len);
        text->data[text->len = len] = '\0';
        return true;
    }
    JSStringRef string = JSValueToStringCopy(realm->ctx, v, NULL);
    if (!string) return false;
    text_from_chars(&(StringView){JSStringGetCharactersPtr(string), JSStringGetLength(string), false, NULL},
                    text);
    JSStringRelease(string);
    return true;
}

bool call_text(Call *call, size_t i, Text *text) {
    if (value_text(call->realm, call_arg(call, i), text)) return true;
    throw_type(call, "ERR_INVALID_ARG_TYPE", "argument %zu must be a string", i);
    return false;
}

void text_free(Text *text) {
    if (text->data && text->data != text->room) mem_free(text->data);
    text->data = NULL;
}
