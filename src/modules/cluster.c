/* src/cluster for lib/cluster.js: the primary's workers, or this worker and its servers. A worker's server is
 * a TCP or pipe handle without a socket of its own, to which connections come from the cluster. */
#include "engine/handle.h"
#include "modules/ipc.h"
#include "modules/modules.h"
#include "modules/stream_wrap.h"

#include "cluster/member.h"
#include "cluster/primary.h"

#include <unistd.h>

typedef struct {
    ClusterPrimary *primary;
    ClusterMember *member;
    Object on_online, on_listening, on_leaving;
    Object on_disconnect, on_opened, wants;
    Object on_left;
    IpcHandle *member_ipc;
} ClusterState;

static ClusterState *state_of(Realm *realm) {
    void **slot = realm_slot(realm, SLOT_CLUSTER);
    if (!*slot) *slot = NEW(ClusterState);
    return *slot;
}

static void functions_keep(Call *call, Object **places, size_t count) {
    for (size_t i = 0; i < count; i++) {
        *places[i] = call_function(call, i);
        if (*places[i]) value_keep(call->realm, *places[i]);
    }
}

static Value text_or_null(Realm *realm, const char *text) {
    return text ? value_string(realm, text) : value_null();
}

/* --- The primary and its workers */

typedef struct {
    Handle base;
    ClusterWorker *worker;
    IpcHandle *ipc;
    Value owner;
} WorkerHandle;

static void worker_forget(WorkerHandle *handle) {
    if (!handle->worker) return;
    if (handle->ipc->channel) cluster_worker_free(handle->worker);
    handle->worker = NULL;
    value_drop(handle->base.realm, handle->owner);
}

static void worker_dispose(Handle *base) {
    worker_forget((WorkerHandle *)base);
    handle_leave(base);
    mem_free(base);
}

static void worker_tell(ClusterWorker *worker, Object callback, size_t argc, const Value *argv) {
    WorkerHandle *handle = cluster_worker_data(worker);
    ipc_flush(handle->ipc); /* what it said before comes first */
    if (handle->worker && callback) realm_dispatch(handle->base.realm, callback, handle->owner, argc, argv);
}

static Realm *realm_of(ClusterWorker *worker) {
    return ((WorkerHandle *)cluster_worker_data(worker))->base.realm;
}

static void on_online(void *state, ClusterWorker *worker) {
    worker_tell(worker, ((ClusterState *)state)->on_online, 0, NULL);
}

static void on_leaving(void *state, ClusterWorker *worker) {
    worker_tell(worker, ((ClusterState *)state)->on_leaving, 0, NULL);
}

static void on_listening(void *state, ClusterWorker *worker, const ClusterAddress *where) {
    Realm *realm = realm_of(worker);
    Value argv[] = {text_or_null(realm, where->address), value_int(where->port),
                    value_string(realm, where->address_type), value_int(where->fd)};
    worker_tell(worker, ((ClusterState *)state)->on_listening, 4, argv);
}

static const ClusterEvents primary_events = {
    .online = on_online, .listening = on_listening, .leaving = on_leaving};

/* lead(policy, dealByMessage, onOnline, onListening(address, port, type, fd), onLeaving) */
static Value cluster_lead(Call *call) {
    ClusterState *state = state_of(call->realm);
    ClusterOptions options = {.policy =
                                  call_int(call, 0) == CLUSTER_SHARED ? CLUSTER_SHARED : CLUSTER_ROUND_ROBIN,
                              .deal_by_message = call_bool(call, 1)};
    if (!state->primary)
        state->primary = cluster_primary_new(&call->realm->loop, &options, &primary_events, state);
    Call callbacks = *call;
    callbacks.argc -= 2;
    callbacks.argv += 2;
    Object *places[] = {&state->on_online, &state->on_listening, &state->on_leaving};
    functions_keep(&callbacks, places, COUNT_OF(places));
    return NULL;
}

/* sweep(): sockets that nobody uses any more are closed, without waiting for a successor */
static Value cluster_sweep(Call *call) {
    ClusterState *state = state_of(call->realm);
    if (state->primary) cluster_primary_sweep(state->primary);
    return NULL;
}

static WorkerHandle *call_worker(Call *call);

/* disconnect() -> 0 or an error */
static Value worker_disconnect(Call *call) {
    WorkerHandle *handle = call_worker(call);
    if (!handle) return NULL;
    return value_int(handle->worker && handle->ipc->channel ? cluster_worker_disconnect(handle->worker)
                                                            : UV_EPIPE);
}

static Value worker_free(Call *call) {
    WorkerHandle *handle = call_worker(call);
    if (!handle || !handle->worker) return NULL;
    worker_forget(handle);
    handle_unpin(&handle->ipc->base);
    handle_unpin(&handle->base);
    return NULL;
}

static Value worker_connections(Call *call) {
    WorkerHandle *handle = call_worker(call);
    return value_number(handle && handle->worker ? (double)cluster_worker_connections(handle->worker) : 0);
}

static const Native worker_methods[] = {
    {"disconnect",  worker_disconnect},
    {"free",             worker_free},
    {"connections",worker_connections},
    {0}
};

static const HandleClass worker_class = {"ClusterWorker", worker_methods, worker_dispose};

static WorkerHandle *call_worker(Call *call) {
    return (WorkerHandle *)call_handle(call, &worker_class);
}

/* addWorker(owner, id, channel) -> handle; free() it before the channel is closed */
static Value cluster_add_worker(Call *call) {
    ClusterState *state = state_of(call->realm);
    IpcHandle *ipc = ipc_handle_of(call_arg(call, 2));
    if (!ipc || !state->primary) return throw_error(call, NULL, "The channel is closed");
    WorkerHandle *handle = NEW(WorkerHandle);
    Object object = handle_open(call->realm, &handle->base, &worker_class);
    handle->ipc = ipc;
    handle->owner = call_arg(call, 0);
    value_keep(call->realm, handle->owner);
    handle_pin(&ipc->base);
    handle_pin(&handle->base);
    handle->worker = cluster_worker_new(state->primary, (unsigned)call_int(call, 1), ipc->channel, handle);
    return object;
}

/* --- A worker and its servers */

typedef struct {
    Handle base;
    ClusterServer *server;
    StreamHandle *stream; /* to which connections come; NULL: datagrams */
    Value owner;
    bool asks; /* JavaScript, before each connection, whether it is wanted */
} ServerHandle;

static void server_forget(ServerHandle *handle) {
    if (!handle->server) return;
    cluster_server_close(handle->server);
    handle->server = NULL;
    value_drop(handle->base.realm, handle->owner);
    if (handle->stream) handle_unpin(&handle->stream->base);
}

static void server_dispose(Handle *base) {
    ServerHandle *handle = (ServerHandle *)base;
    if (handle->server) cluster_server_close(handle->server);
    handle_leave(base);
    mem_free(base);
}

static void on_opened(void *owner, int error, const ClusterOpened *how) {
    ServerHandle *handle = owner;
    Realm *realm = handle->base.realm;
    Value argv[] = {value_int(error), text_or_null(realm, how->sockname), text_or_null(realm, how->data),
                    value_int(how->fd), text_or_null(realm, how->key)};
    realm_dispatch(realm, state_of(realm)->on_opened, handle->owner, COUNT_OF(argv), argv);
}

static bool on_wants(void *owner) {
    ServerHandle *handle = owner;
    Realm *realm = handle->base.realm;
    if (!handle->asks) return true;
    Value exception = NULL;
    Value wanted = realm_call(realm, state_of(realm)->wants, handle->owner, 0, NULL, &exception);
    return !wanted || value_is_true(wanted);
}

static void on_connection(void *owner, int fd) {
    ServerHandle *handle = owner;
    if (handle->stream && !handle->stream->is_closing)
        stream_handle_accepted(handle->stream, fd);
    else
        close(fd);
}

static const ClusterServerEvents server_events = {on_opened, on_wants, on_connection};

static void on_disconnect(void *owner) {
    Realm *realm = owner;
    ClusterState *state = state_of(realm);
    ipc_flush(state->member_ipc);
    realm_dispatch(realm, state->on_disconnect, NULL, 0, NULL);
}

static const ClusterMemberEvents member_events = {on_disconnect};

/* join(channel, onDisconnect, onOpened(error, sockname, data, fd, key), wants): says that this worker is
 * online */
static Value cluster_join(Call *call) {
    ClusterState *state = state_of(call->realm);
    IpcHandle *ipc = ipc_handle_of(call_arg(call, 0));
    if (!ipc || state->member) return NULL;
    Call callbacks = *call;
    callbacks.argc--;
    callbacks.argv++;
    Object *places[] = {&state->on_disconnect, &state->on_opened, &state->wants};
    functions_keep(&callbacks, places, COUNT_OF(places));
    handle_pin(&ipc->base);
    state->member_ipc = ipc;
    state->member = cluster_member_new(&call->realm->loop, ipc->channel, &member_events, call->realm);
    return NULL;
}

static void on_left(void *data) {
    Realm *realm = data;
    ClusterState *state = state_of(realm);
    Object callback = state->on_left;
    state->on_left = NULL;
    if (!callback) return;
    realm_dispatch(realm, callback, NULL, 0, NULL);
    value_drop(realm, callback);
}

/* leave(callback): the primary is told that we go of our own will */
static Value cluster_leave(Call *call) {
    ClusterState *state = state_of(call->realm);
    if (!state->member || state->on_left || !state->member_ipc->channel) return NULL;
    state->on_left = call_function(call, 0);
    if (state->on_left) value_keep(call->realm, state->on_left);
    cluster_member_leave(state->member, on_left, call->realm);
    return NULL;
}

/* The channel is about to be closed: who waits for an answer gets an error. */
static Value cluster_lost(Call *call) {
    ClusterState *state = state_of(call->realm);
    if (state->member) cluster_member_lost(state->member);
    return NULL;
}

static ServerHandle *call_server(Call *call);

static Value server_listening(Call *call) {
    ServerHandle *handle = call_server(call);
    if (!handle || !handle->server) return NULL;
    TEXT address = {0};
    TEXT type = {0};
    bool has_address = !value_is_nullish(call_arg(call, 0));
    if (has_address && !call_text(call, 0, &address)) return NULL;
    if (!call_text(call, 2, &type)) return NULL;
    cluster_server_listening(handle->server, has_address ? address.data : NULL, call_int(call, 1), type.data,
                             call_int(call, 3));
    return NULL;
}

static Value server_pause(Call *call) {
    ServerHandle *handle = call_server(call);
    if (handle && handle->server) cluster_server_pause(handle->server, call_bool(call, 0));
    return NULL;
}

static Value server_asks(Call *call) {
    ServerHandle *handle = call_server(call);
    if (handle) handle->asks = call_bool(call, 0);
    return NULL;
}

static Value server_ref(Call *call) {
    ServerHandle *handle = call_server(call);
    if (handle && handle->server) cluster_server_ref(handle->server);
    return NULL;
}

static Value server_unref(Call *call) {
    ServerHandle *handle = call_server(call);
    if (handle && handle->server) cluster_server_unref(handle->server);
    return NULL;
}

static Value server_close(Call *call) {
    ServerHandle *handle = call_server(call);
    if (!handle || !handle->server) return NULL;
    server_forget(handle);
    handle_unpin(&handle->base);
    return NULL;
}

static const Native server_methods[] = {
    {"listening",   server_listening},
    {"pause",             server_pause},
    {"asks",server_asks},
    {"ref",        server_ref},
    {"unref",             server_unref},
    {"close",server_close},
    {0      }
};

static const HandleClass server_class = {"ClusterServer", server_methods, server_dispose};

static ServerHandle *call_server(Call *call) {
    return (ServerHandle *)call_handle(call, &server_class);
}

/* serve(owner, stream or undefined, address, port, type, fd, flags, backlog, data as JSON, readableAll,
 * writableAll)
 * -> handle, or null: the primary is gone */
static Value cluster_serve(Call *call) {
    Realm *realm = call->realm;
    ClusterState *state = state_of(realm);
    if (!state->member || !state->member_ipc->channel) return value_null();
    TEXT address = {0};
    TEXT type = {0};
    TEXT data = {0};
    bool has_address = !value_is_nullish(call_arg(call, 2));
    if (has_address && !call_text(call, 2, &address)) return NULL;
    if (!call_text(call, 4, &type) || !call_text(call, 8, &data)) return NULL;
    ClusterSocketQuery query = {
        .address = has_address ? address.data : NULL,
        .port = call_int(call, 3),
        .address_type = type.data,
        .fd = call_int(call, 5),
        .flags = (unsigned)call_int(call, 6),
        .backlog = call_int(call, 7),
        .readable_all = call_bool(call, 9),
        .writable_all = call_bool(call, 10),
    };
    ServerHandle *handle = NEW(ServerHandle);
    Object object = handle_open(realm, &handle->base, &server_class);
    handle->server = cluster_server_open(state->member, &query, data.data, &server_events, handle);
    if (!handle->server) return value_null(); /* the object goes with the collector */
    handle->owner = call_arg(call, 0);
    value_keep(realm, handle->owner);
    handle_pin(&handle->base);
    handle->stream = stream_handle_of(call_arg(call, 1));
    if (handle->stream) handle_pin(&handle->stream->base);
    return object;
}

static void teardown(Realm *realm) {
    mem_free(*realm_slot(realm, SLOT_CLUSTER));
    *realm_slot(realm, SLOT_CLUSTER) = NULL;
}

static const Native functions[] = {
    {"lead",         cluster_lead},
    {"sweep",              cluster_sweep},
    {"addWorker",cluster_add_worker},
    {"join",    cluster_join},
    {"leave",              cluster_leave},
    {"lost",cluster_lost},
    {"serve",        cluster_serve},
    {0             }
};

const Module cluster_module = {"cluster", functions, NULL, teardown};
