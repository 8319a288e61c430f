/* process.send and friends: messages are text or bytes here, lib/internal/child_process.js knows what is in
 * them. What arrives in one read is handed over in one call. */
#include "modules/ipc.h"

#include "modules/modules.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

typedef struct {
    Object on_messages, on_sent, on_closed;
} IpcState;

static IpcState *state_of(Realm *realm) {
    void **slot = realm_slot(realm, SLOT_IPC);
    if (!*slot) *slot = NEW(IpcState);
    return *slot;
}

static void tell(IpcHandle *ipc, Object callback, size_t argc, const Value *argv) {
    if (ipc->is_silent || !ipc->owner || !callback) return;
    realm_dispatch(ipc->base.realm, callback, ipc->owner, argc, argv);
}

void ipc_flush(IpcHandle *ipc) {
    if (!ipc->gathered.len) return;
    Realm *realm = ipc->base.realm;
    Bytes lines = ipc->gathered;
    ipc->gathered = (Bytes){0};
    Value argv[] = {value_string_n(realm, lines.data, lines.len), value_int(-1)};
    bytes_free(&lines);
    tell(ipc, state_of(realm)->on_messages, 2, argv);
}

static void on_message(void *owner, Slice payload, int fd) {
    IpcHandle *ipc = owner;
    Realm *realm = ipc->base.realm;
    bool is_json = channel_form(ipc->channel) == CHANNEL_JSON;
    if (is_json && fd < 0) {
        if (ipc->gathered.len) bytes_append_char(&ipc->gathered, '\n');
        bytes_append(&ipc->gathered, payload.data, payload.len);
        return;
    }
    /* Told alone: with the descriptor, or as bytes. The payload is not ours any more once others were told.
     */
    Value argv[] = {is_json ? value_string_n(realm, payload.data, payload.len)
                            : buffer_copy(realm, payload.data, payload.len),
                    value_int(fd)};
    value_keep(realm, argv[0]);
    ipc_flush(ipc);
    if (ipc->is_silent && fd >= 0) close(fd);
    tell(ipc, state_of(realm)->on_messages, 2, argv);
    value_drop(realm, argv[0]);
}

static void on_read_end(void *owner) {
    ipc_flush(owner);
}

static void ipc_close(IpcHandle *ipc) {
    if (!ipc->channel) return;
    Channel *channel = ipc->channel;
    ipc->channel = NULL;
    channel_free(channel);
    if (ipc->owner) {
        value_drop(ipc->base.realm, ipc->owner);
        ipc->owner = NULL;
        handle_unpin(&ipc->base);
    }
}

static void on_closed(void *owner, int error) {
    IpcHandle *ipc = owner;
    ipc_flush(ipc);
    Value argv[] = {value_int(error)};
    tell(ipc, state_of(ipc->base.realm)->on_closed, 1, argv);
}

static const ChannelEvents events = {on_message, on_read_end, on_closed};

static void ipc_dispose(Handle *handle) {
    IpcHandle *ipc = (IpcHandle *)handle;
    ipc->is_silent = true;
    if (ipc->channel) channel_free(ipc->channel);
    if (ipc->owner) value_drop(handle->realm, ipc->owner);
    bytes_free(&ipc->gathered);
    handle_leave(handle);
    mem_free(ipc);
}

static IpcHandle *call_ipc(Call *call);

/* attach(owner): who hears of messages; it lives as long as the channel is open */
static Value ipc_attach(Call *call) {
    IpcHandle *ipc = call_ipc(call);
    if (!ipc || !ipc->channel || ipc->owner) return NULL;
    ipc->owner = call_arg(call, 0);
    value_keep(call->realm, ipc->owner);
    handle_pin(&ipc->base);
    return NULL;
}

typedef struct {
    IpcHandle *ipc;
    double id;
    int fd; /* our copy of what was sent; -1: none */
} Sending;

static void on_sent(void *data, int error) {
    Sending *sending = data;
    Value argv[] = {value_number(sending->id), value_int(error)};
    if (sending->fd >= 0) close(sending->fd);
    if (sending->id) tell(sending->ipc, state_of(sending->ipc->base.realm)->on_sent, 2, argv);
    mem_free(sending);
}

static int send_payload(IpcHandle *ipc, Slice payload, double id, int fd) {
    if (!ipc->channel) return UV_EPIPE;
    int copy = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (fd >= 0 && copy < 0) return -errno;
    Sending *sending = NULL;
    if (id || copy >= 0) {
        sending = NEW(Sending);
        *sending = (Sending){ipc, id, copy};
    }
    ChannelSent sent = sending ? on_sent : NULL;
    int result = copy < 0 ? channel_send(ipc->channel, payload, sent, sending)
                          : channel_send_handle(ipc->channel, payload, copy, sent, sending);
    bool will_be_told = copy < 0 ? result == 1 : result == 0;
    if (!will_be_told && sending) {
        if (copy >= 0) close(copy);
        mem_free(sending);
    }
    return copy >= 0 && result == 0 ? 1 : result;
}

/* send(text or bytes, id, fd or -1) -> 0: sent, 1: onSent(id, error) will be called (with a descriptor: when
 * the other side has it), or an error. id 0: nobody wants to know. */
static Value ipc_send(Call *call) {
    IpcHandle *ipc = call_ipc(call);
    if (!ipc) return NULL;
    TEXT text;
    if (!call_text(call, 0, &text)) return NULL;
    return value_int(
        send_payload(ipc, (Slice){text.data, text.len}, call_double(call, 1), call_int(call, 2)));
}

static Value ipc_read_start(Call *call) {
    IpcHandle *ipc = call_ipc(call);
    if (ipc && ipc->channel) channel_read_start(ipc->channel);
    return NULL;
}

static Value ipc_read_stop(Call *call) {
    IpcHandle *ipc = call_ipc(call);
    if (ipc && ipc->channel) channel_read_stop(ipc->channel);
    return NULL;
}

static Value ipc_ref(Call *call) {
    IpcHandle *ipc = call_ipc(call);
    if (ipc && ipc->channel) channel_ref(ipc->channel);
    return NULL;
}

static Value ipc_unref(Call *call) {
    IpcHandle *ipc = call_ipc(call);
    if (ipc && ipc->channel) channel_unref(ipc->channel);
    return NULL;
}

/* finish(): what waits is still sent, then onClosed(0) */
static Value ipc_finish(Call *call) {
    IpcHandle *ipc = call_ipc(call);
    if (ipc && ipc->channel) channel_finish(ipc->channel);
    return NULL;
}

static Value ipc_method_close(Call *call) {
    IpcHandle *ipc = call_ipc(call);
    if (ipc) ipc_close(ipc);
    return NULL;
}

static Value ipc_waiting(Call *call) {
    IpcHandle *ipc = call_ipc(call);
    return ipc ? value_number(ipc->channel ? (double)channel_waiting_bytes(ipc->channel) : 0) : NULL;
}

static Value ipc_fd(Call *call) {
    IpcHandle *ipc = call_ipc(call);
    return ipc ? value_int(ipc->channel ? channel_fd(ipc->channel) : -1) : NULL;
}

static const Native methods[] = {
    {"attach",       ipc_attach},
    {"send",              ipc_send},
    {"readStart",ipc_read_start},
    {"readStop",    ipc_read_stop},
    {"ref",              ipc_ref},
    {"unref",ipc_unref},
    {"finish",          ipc_finish},
    {"close",              ipc_method_close},
    {"waiting",        ipc_waiting},
    {"getFd",       ipc_fd},
    {0             }
};

static const HandleClass ipc_class = {"Control", methods, ipc_dispose};

static IpcHandle *call_ipc(Call *call) {
    return (IpcHandle *)call_handle(call, &ipc_class);
}

IpcHandle *ipc_handle_of(Value v) {
    IpcHandle *ipc = (IpcHandle *)handle_of(v, &ipc_class);
    return ipc && ipc->channel ? ipc : NULL;
}

/* open(fd, advanced) -> handle, or an error; the descriptor becomes the channel's */
static Value ipc_open(Call *call) {
    Realm *realm = call->realm;
    IpcHandle *ipc = NEW(IpcHandle);
    ChannelForm form = call_bool(call, 1) ? CHANNEL_ADVANCED : CHANNEL_JSON;
    ipc->channel = channel_open(&realm->loop, call_int(call, 0), form, &events, ipc);
    if (!ipc->channel) {
        int error = -errno;
        mem_free(ipc);
        return value_int(error);
    }
    fcntl(call_int(call, 0), F_SETFD, FD_CLOEXEC);
    return handle_open(realm, &ipc->base, &ipc_class);
}

/* setCallbacks(onMessages(text or bytes, fd), onSent(id, error), onClosed(error)): with the owner as `this`
 */
static Value ipc_set_callbacks(Call *call) {
    IpcState *state = state_of(call->realm);
    Object *places[] = {&state->on_messages, &state->on_sent, &state->on_closed};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        *places[i] = call_function(call, i);
        if (*places[i]) value_keep(call->realm, *places[i]);
    }
    return NULL;
}

static Value ipc_close_fd(Call *call) {
    if (call_int(call, 0) > 2) close(call_int(call, 0));
    return NULL;
}

static void ipc_teardown(Realm *realm) {
    mem_free(*realm_slot(realm, SLOT_IPC));
    *realm_slot(realm, SLOT_IPC) = NULL;
}

static const Native functions[] = {
    {"open",             ipc_open},
    {"setCallbacks",                  ipc_set_callbacks},
    {"closeFd",ipc_close_fd},
    {0         }
};

const Module ipc_module = {"ipc", functions, NULL, ipc_teardown};
