/* Files and folders watched through the kernel, for fs.watch(). */
#include "engine/handle.h"
#include "modules/fs_job.h"

typedef struct {
    Handle base;
    uv_fs_event_t uv;
    Object callback; /* JS: (status, event, name) */
    bool as_text;
} FsWatch;

static void watch_closed(uv_handle_t *uv) {
    FsWatch *watch = uv->data;
    handle_leave(&watch->base);
    mem_free(watch);
}

static void watch_dispose(Handle *handle) {
    FsWatch *watch = (FsWatch *)handle;
    if (watch->callback) value_drop(handle->realm, watch->callback);
    watch->callback = NULL;
    if (!uv_is_closing((uv_handle_t *)&watch->uv)) uv_close((uv_handle_t *)&watch->uv, watch_closed);
}

static Value watch_close(Call *call);
static Value watch_set_ref(Call *call);

static const Native watch_methods[] = {
    {"close",        watch_close},
    {"setRef",              watch_set_ref},
    {0},
};
static const HandleClass watch_class = {"FSEvent", watch_methods, watch_dispose};

static Value watch_close(Call *call) {
    FsWatch *watch = (FsWatch *)call_handle(call, &watch_class);
    if (!watch || !watch->callback) return NULL;
    handle_unpin(&watch->base);
    watch_dispose(&watch->base);
    return NULL;
}

static Value watch_set_ref(Call *call) {
    FsWatch *watch = (FsWatch *)call_handle(call, &watch_class);
    if (!watch) return NULL;
    if (call_bool(call, 0))
        uv_ref((uv_handle_t *)&watch->uv);
    else
        uv_unref((uv_handle_t *)&watch->uv);
    return NULL;
}

static void watch_saw(uv_fs_event_t *uv, const char *name, int events, int status) {
    FsWatch *watch = uv->data;
    if (!watch->callback) return;
    Realm *realm = watch->base.realm;
    Value shown = !name            ? value_null()
                  : watch->as_text ? value_string_n(realm, name, strlen(name))
                                   : buffer_copy(realm, name, strlen(name));
    Value argv[] = {value_int(status), value_bool(events & UV_RENAME), shown};
    realm_dispatch(realm, watch->callback, NULL, COUNT_OF(argv), argv);
}

/* watch(path, callback, persistent, as text) -> handle, or the number of an error */
Value fs_watch(Call *call) {
    Realm *realm = call->realm;
    TEXT path;
    Object callback = call_function(call, 1);
    if (!callback || !call_text(call, 0, &path)) return value_int(UV_EINVAL);
    FsWatch *watch = NEW(FsWatch);
    uv_fs_event_init(&realm->loop, &watch->uv);
    watch->uv.data = watch;
    watch->as_text = call_bool(call, 3);
    Object object = handle_open(realm, &watch->base, &watch_class);
    int err = uv_fs_event_start(&watch->uv, watch_saw, path.data, 0);
    if (err) return value_int(err); /* collected with its object */
    if (!call_bool(call, 2)) uv_unref((uv_handle_t *)&watch->uv);
    watch->callback = callback;
    value_keep(realm, callback);
    handle_pin(&watch->base);
    return object;
}
