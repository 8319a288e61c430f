/* What keeps the loop busy, in the names that process.getActiveResourcesInfo uses. */
#include "engine/handle.h"
#include "modules/modules.h"

typedef struct {
    Value names[512];
    size_t count;
    Realm *realm;
} Names;

static const char *name_of(uv_handle_t *uv) {
    switch (uv->type) {
    case UV_TCP: {
        uv_tcp_t *tcp = (uv_tcp_t *)uv;
        return tcp->connection_cb ? "TCPServerWrap" : "TCPSocketWrap";
    }
    case UV_NAMED_PIPE: return ((uv_pipe_t *)uv)->connection_cb ? "PipeServerWrap" : "PipeWrap";
    case UV_TTY: return "TTYWrap";
    case UV_UDP: return "UDPWrap";
    case UV_PROCESS: return "ProcessWrap";
    case UV_FS_EVENT: return "FSEventWrap";
    case UV_FS_POLL: return "StatWatcher";
    case UV_SIGNAL: return "SignalWrap";
    default: return NULL;
    }
}

static void note(uv_handle_t *uv, void *data) {
    Names *names = data;
    const char *name = uv_is_active(uv) && uv_has_ref(uv) && !uv_is_closing(uv) ? name_of(uv) : NULL;
    if (name && names->count < COUNT_OF(names->names))
        names->names[names->count++] = value_string(names->realm, name);
}

/* handles() -> the names of the handles that keep the loop alive */
static Value resources_handles(Call *call) {
    Names names = {.realm = call->realm};
    uv_walk(&call->realm->loop, note, &names);
    return array_new(call->realm, names.count, names.names);
}

/* requests() -> how many requests are under way */
static Value resources_requests(Call *call) {
    return value_number((double)call->realm->loop.active_reqs.count);
}

/* objects() -> the JavaScript sides of handles that the loop holds */
static Value resources_objects(Call *call) {
    Realm *realm = call->realm;
    Names names = {.realm = realm};
    LIST_EACH(&realm->handles, Handle, link, handle) {
        if (handle->pins && handle->object && names.count < COUNT_OF(names.names))
            names.names[names.count++] = handle->object;
    }
    return array_new(realm, names.count, names.names);
}

static const Native functions[] = {
    {"handles",           resources_handles},
    {"requests",                   resources_requests},
    {"objects",resources_objects},
    {0          }
};

const Module resources_module = {"resources", functions, NULL, NULL};
