#include "engine/handle.h"

#include "engine/inside.h"

static const char handle_kind;

static void handle_collected(JSObjectRef object) {
    Handle *handle = JSObjectGetPrivate(object);
    if (!handle) return;
    handle->object = NULL;
    /* The collector may run anywhere, even inside a method of this handle: dispose of it later. */
    link_remove(&handle->link);
    list_append(&handle->realm->collected, &handle->link);
}

void handles_open(Realm *realm) {
    JSClassDefinition definition = {.className = "Object", .finalize = handle_collected};
    realm->handle_class = JSClassCreate(&definition);
}

void handles_dispose_collected(Realm *realm) {
    while (!list_is_empty(&realm->collected)) {
        Handle *handle = CONTAINER_OF(realm->collected.next, Handle, link);
        link_remove(&handle->link);
        list_append(&realm->handles, &handle->link);
        handle->class->dispose(handle);
    }
}

void handles_close(Realm *realm) {
    handles_dispose_collected(realm);
    List all;
    list_init(&all);
    while (!list_is_empty(&realm->handles)) {
        Link *link = realm->handles.next;
        link_remove(link);
        list_append(&all, link);
    }
    while (!list_is_empty(&all)) {
        Handle *handle = CONTAINER_OF(all.next, Handle, link);
        link_remove(&handle->link);
        list_append(&realm->handles, &handle->link);
        if (handle->object) JSObjectSetPrivate(handle->object, NULL);
        handle->object = NULL;
        handle->class->dispose(handle);
    }
}

Object handle_prototype(Realm *realm, const HandleClass *class) {
    Object prototype = map_get(&realm->prototypes, class->name);
    if (prototype) return prototype;
    prototype = object_new(realm);
    value_keep(realm, prototype);
    map_set(&realm->prototypes, class->name, prototype);
    for (const Native *method = class->methods; method && method->name; method++)
        object_set_native(realm, prototype, method);
    return prototype;
}

Object handle_open(Realm *realm, Handle *handle, const HandleClass *class) {
    handle->private.kind = &handle_kind;
    handle->class = class;
    handle->realm = realm;
    list_append(&realm->handles, &handle->link);
    Object prototype = handle_prototype(realm, class);
    Object object = JSObjectMake(realm->ctx, realm->handle_class, handle);
    handle->object = object;
    JSObjectSetPrototype(realm->ctx, object, prototype);
    return object;
}

void handle_weigh(Handle *handle, size_t bytes) {
    JSReportExtraMemoryCost(handle->realm->ctx, bytes);
}

void handle_pin(Handle *handle) {
    if (handle->pins++ == 0 && handle->object) value_keep(handle->realm, handle->object);
}

void handle_unpin(Handle *handle) {
    if (--handle->pins == 0 && handle->object) value_drop(handle->realm, handle->object);
}

void handle_leave(Handle *handle) {
    if (handle->object) {
        JSObjectSetPrivate(handle->object, NULL);
        if (handle->pins) value_drop(handle->realm, handle->object);
        handle->object = NULL;
    }
    link_remove(&handle->link);
}

Handle *handle_of(Value v, const HandleClass *class) {
    if (!value_is_cell(v)) return NULL;
    Private *private = JSObjectGetPrivate((Object)v);
    if (!private || private->kind != &handle_kind) return NULL;
    Handle *handle = (Handle *)private;
    return handle->class == class ? handle : NULL;
}

Handle *call_handle(Call *call, const HandleClass *class) {
    Handle *handle = handle_of(call->self, class);
    if (!handle) throw_type(call, "ERR_INVALID_THIS", "Value of \"this\" must be of type %s", class->name);
    return handle;
}
