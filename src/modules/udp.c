/* Datagram sockets for lib/dgram.js. What can be sent at once is sent at once; what arrives comes with the
 * sender's address, whose text is made anew only when the sender changes. */
#include "engine/handle.h"
#include "modules/addresses.h"
#include "modules/modules.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { DATAGRAM_MAX = 65536 };

typedef struct {
    Handle base;
    uv_udp_t uv;
    Value owner;
    struct sockaddr_storage sender; /* whose text sender_ip is */
    Value sender_ip;
    bool is_closing, is_silent, has_uv;
} UdpHandle;

typedef struct {
    Object on_message, on_sent, on_close;
    char *scratch;
} UdpState;

typedef struct {
    uv_udp_send_t uv;
    UdpHandle *udp;
    Value callback; /* or NULL */
    size_t len;
    char bytes[];
} UdpSend;

static const HandleClass udp_class;

static UdpState *state_of(Realm *realm) {
    void **slot = realm_slot(realm, SLOT_UDP);
    if (!*slot) *slot = NEW(UdpState);
    return *slot;
}

static UdpHandle *call_udp(Call *call) {
    return (UdpHandle *)call_handle(call, &udp_class);
}

static void udp_closed(uv_handle_t *uv) {
    UdpHandle *udp = uv->data;
    Realm *realm = udp->base.realm;
    if (!udp->is_silent && udp->base.object && state_of(realm)->on_close) {
        Value argv[] = {udp->base.object};
        realm_dispatch(realm, state_of(realm)->on_close, udp->owner, 1, argv);
    }
    if (udp->owner) value_drop(realm, udp->owner);
    if (udp->sender_ip) value_drop(realm, udp->sender_ip);
    handle_leave(&udp->base);
    mem_free(udp);
}

static void udp_dispose(Handle *handle) {
    UdpHandle *udp = (UdpHandle *)handle;
    udp->is_silent = true;
    if (udp->is_closing) return;
    udp->is_closing = true;
    uv_close((uv_handle_t *)&udp->uv, udp_closed);
}

static Value udp_close(Call *call) {
    UdpHandle *udp = call_udp(call);
    if (!udp || udp->is_closing) return NULL;
    udp->is_closing = true;
    handle_pin(&udp->base);
    uv_close((uv_handle_t *)&udp->uv, udp_closed);
    return NULL;
}

/* create() -> handle */
static Value udp_create(Call *call) {
    UdpHandle *udp = NEW(UdpHandle);
    int err = uv_udp_init(&call->realm->loop, &udp->uv);
    if (err) {
        mem_free(udp);
        return throw_uv(call, err, "socket", NULL, NULL);
    }
    udp->uv.data = udp;
    return handle_open(call->realm, &udp->base, &udp_class);
}

/* attach(owner): who hears of messages */
static Value udp_attach(Call *call) {
    UdpHandle *udp = call_udp(call);
    if (!udp || udp->is_closing) return NULL;
    if (udp->owner)
        value_drop(call->realm, udp->owner);
    else
        handle_pin(&udp->base);
    udp->owner = call_arg(call, 0);
    value_keep(call->realm, udp->owner);
    return NULL;
}

static Value udp_open(Call *call) {
    UdpHandle *udp = call_udp(call);
    return udp ? value_int(uv_udp_open(&udp->uv, call_int(call, 0))) : NULL;
}

enum { BIND_REUSE_PORT = 8 }; /* beside libuv's UV_UDP_IPV6ONLY and UV_UDP_REUSEADDR */

static int share_port(UdpHandle *udp, int family) {
    int one = 1, fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int err = setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) ? -errno : uv_udp_open(&udp->uv, fd);
    if (err) close(fd);
    return err;
}

/* bind(ip, port, flags) -> 0 or an error */
static Value udp_bind(Call *call) {
    UdpHandle *udp = call_udp(call);
    if (!udp) return NULL;
    TEXT ip;
    if (!call_text(call, 0, &ip)) return NULL;
    struct sockaddr_storage address;
    unsigned flags = (unsigned)call_int(call, 2);
    int err = address_parse(ip.data, call_int(call, 1), &address);
    if (!err && flags & BIND_REUSE_PORT) err = share_port(udp, address.ss_family);
    if (err) return value_int(err);
    return value_int(uv_udp_bind(&udp->uv, (struct sockaddr *)&address, flags & ~(unsigned)BIND_REUSE_PORT));
}

/* connect(ip, port) -> 0 or an error */
static Value udp_connect(Call *call) {
    UdpHandle *udp = call_udp(call);
    if (!udp) return NULL;
    TEXT ip;
    if (!call_text(call, 0, &ip)) return NULL;
    struct sockaddr_storage address;
    int err = address_parse(ip.data, call_int(call, 1), &address);
    return value_int(err ? err : uv_udp_connect(&udp->uv, (struct sockaddr *)&address));
}

static Value udp_disconnect(Call *call) {
    UdpHandle *udp = call_udp(call);
    return udp ? value_int(uv_udp_connect(&udp->uv, NULL)) : NULL;
}

static void udp_sent(uv_udp_send_t *uv, int status) {
    UdpSend *request = CONTAINER_OF(uv, UdpSend, uv);
    UdpHandle *udp = request->udp;
    Realm *realm = udp->base.realm;
    if (request->callback) {
        Object on_sent = udp->is_silent ? NULL : state_of(realm)->on_sent;
        Value argv[] = {request->callback, value_int(status), value_number((double)request->len)};
        if (on_sent) realm_dispatch(realm, on_sent, udp->owner, COUNT_OF(argv), argv);
        value_drop(realm, request->callback);
    }
    mem_free(request);
}

static int send_later(UdpHandle *udp, const uv_buf_t *bufs, unsigned count, size_t len,
                      const struct sockaddr *address, Object callback) {
    UdpSend *request = malloc(sizeof *request + len);
    if (!request) return UV_ENOMEM;
    *request = (UdpSend){.udp = udp, .callback = callback, .len = len};
    size_t at = 0;
    for (unsigned i = 0; i < count; at += bufs[i++].len)
        memcpy(request->bytes + at, bufs[i].base, bufs[i].len);
    uv_buf_t all = uv_buf_init(request->bytes, (unsigned)len);
    int err = uv_udp_send(&request->uv, &udp->uv, &all, 1, address, udp_sent);
    if (err) {
        mem_free(request);
        return err;
    }
    if (callback) value_keep(udp->base.realm, callback);
    return 0;
}

/* send(ip or undefined, port, callback or undefined, bytes, …) -> a negative error, 0: it waits and the
 * callback will be told, n: n - 1 bytes went out */
static Value udp_send(Call *call) {
    UdpHandle *udp = call_udp(call);
    if (!udp) return NULL;
    struct sockaddr_storage storage;
    struct sockaddr *address = NULL;
    if (!value_is_nullish(call_arg(call, 0))) {
        TEXT ip;
        if (!call_text(call, 0, &ip)) return NULL;
        int err = address_parse(ip.data, call_int(call, 1), &storage);
        if (err) return value_int(err);
        address = (struct sockaddr *)&storage;
    }
    unsigned count = call->argc > 3 ? (unsigned)call->argc - 3 : 0;
    uv_buf_t room[16], *bufs = count <= COUNT_OF(room) ? room : mem_new(count * sizeof *bufs);
    Value result = NULL;
    size_t total = 0;
    for (unsigned i = 0; i < count; i++) {
        size_t len;
        if (!call_bytes(call, i + 3, &bufs[i].base, &len)) goto end;
        bufs[i].len = len;
        total += len;
    }
    int sent = udp->is_closing ? UV_EBADF : uv_udp_try_send(&udp->uv, bufs, count, address);
    if (sent == UV_EAGAIN || sent == UV_ENOSYS)
        result = value_int(send_later(udp, bufs, count, total, address, call_function(call, 2)));
    else
        result = value_int(sent < 0 ? sent : sent + 1);
end:
    if (bufs != room) mem_free(bufs);
    return result;
}

static void datagram_room(uv_handle_t *uv, size_t suggested, uv_buf_t *buf) {
    UdpHandle *udp = uv->data;
    UdpState *state = state_of(udp->base.realm);
    if (!state->scratch) state->scratch = malloc(DATAGRAM_MAX);
    *buf = uv_buf_init(state->scratch, state->scratch ? DATAGRAM_MAX : 0);
}

static void sender_remember(UdpHandle *udp, const struct sockaddr *address, Value ip) {
    Realm *realm = udp->base.realm;
    if (udp->sender_ip) value_drop(realm, udp->sender_ip);
    memset(&udp->sender, 0, sizeof udp->sender);
    memcpy(&udp->sender, address,
           address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
    udp->sender_ip = ip;
    value_keep(realm, ip);
}

static bool sender_is(const UdpHandle *udp, const struct sockaddr *address) {
    if (!udp->sender_ip || udp->sender.ss_family != address->sa_family) return false;
    if (address->sa_family == AF_INET)
        return ((const struct sockaddr_in *)address)->sin_addr.s_addr ==
               ((const struct sockaddr_in *)&udp->sender)->sin_addr.s_addr;
    const struct sockaddr_in6 *now = (const struct sockaddr_in6 *)address;
    const struct sockaddr_in6 *before = (const struct sockaddr_in6 *)&udp->sender;
    return !memcmp(&now->sin6_addr, &before->sin6_addr, sizeof now->sin6_addr) &&
           now->sin6_scope_id == before->sin6_scope_id;
}

static void datagram_came(uv_udp_t *uv, ssize_t nread, const uv_buf_t *buf, const struct sockaddr *address,
                          unsigned flags) {
    UdpHandle *udp = uv->data;
    if ((nread == 0 && !address) || udp->is_silent || !udp->owner) return;
    Realm *realm = udp->base.realm;
    Value argv[5] = {value_int((int)nread)};
    size_t argc = 1;
    if (nread >= 0) {
        argv[1] = buffer_copy(realm, buf->base, (size_t)nread);
        if (sender_is(udp, address)) {
            argv[2] = udp->sender_ip;
            argv[4] = value_int(ntohs(address->sa_family == AF_INET6
                                          ? ((const struct sockaddr_in6 *)address)->sin6_port
                                          : ((const struct sockaddr_in *)address)->sin_port));
        } else {
            Value parts[3];
            address_values(realm, address, parts);
            sender_remember(udp, address, parts[0]);
            argv[2] = parts[0];
            argv[4] = parts[2];
        }
        argv[3] = value_bool(address->sa_family == AF_INET6);
        argc = 5;
    }
    realm_dispatch(realm, state_of(realm)->on_message, udp->owner, argc, argv);
}

static Value udp_recv_start(Call *call) {
    UdpHandle *udp = call_udp(call);
    if (!udp) return NULL;
    int err = uv_udp_recv_start(&udp->uv, datagram_room, datagram_came);
    return value_int(err == UV_EALREADY ? 0 : err);
}

static Value udp_recv_stop(Call *call) {
    UdpHandle *udp = call_udp(call);
    return udp ? value_int(uv_udp_recv_stop(&udp->uv)) : NULL;
}

typedef int (*NameFunction)(const uv_udp_t *, struct sockaddr *, int *);

static Value udp_name(Call *call, NameFunction name) {
    UdpHandle *udp = call_udp(call);
    if (!udp) return NULL;
    struct sockaddr_storage address;
    int len = sizeof address;
    int err = udp->is_closing ? UV_EBADF : name(&udp->uv, (struct sockaddr *)&address, &len);
    return err ? value_int(err) : address_array(call->realm, (struct sockaddr *)&address);
}

static Value udp_local_address(Call *call) {
    return udp_name(call, uv_udp_getsockname);
}
static Value udp_remote_address(Call *call) {
    return udp_name(call, uv_udp_getpeername);
}

typedef int (*SwitchFunction)(uv_udp_t *, int);

static Value udp_switch(Call *call, SwitchFunction function) {
    UdpHandle *udp = call_udp(call);
    if (!udp) return NULL;
    Value arg = call_arg(call, 0);
    return value_int(function(&udp->uv, value_is_bool(arg) ? value_is_true(arg) : value_as_int(arg)));
}

static Value udp_set_broadcast(Call *call) {
    return udp_switch(call, uv_udp_set_broadcast);
}
static Value udp_set_ttl(Call *call) {
    return udp_switch(call, uv_udp_set_ttl);
}
static Value udp_set_multicast_ttl(Call *call) {
    return udp_switch(call, uv_udp_set_multicast_ttl);
}
static Value udp_set_multicast_loop(Call *call) {
    return udp_switch(call, uv_udp_set_multicast_loop);
}

static Value udp_set_multicast_interface(Call *call) {
    UdpHandle *udp = call_udp(call);
    TEXT ip = {0};
    if (!udp || !call_text(call, 0, &ip)) return NULL;
    return value_int(uv_udp_set_multicast_interface(&udp->uv, ip.data));
}

/* membership(join, group, interface or undefined, source or undefined) -> 0 or an error */
static Value udp_membership(Call *call) {
    UdpHandle *udp = call_udp(call);
    TEXT group = {0}, interface = {0}, source = {0};
    if (!udp || !call_text(call, 1, &group)) return NULL;
    bool has_interface = !value_is_nullish(call_arg(call, 2)),
         has_source = !value_is_nullish(call_arg(call, 3));
    if (has_interface && !call_text(call, 2, &interface)) return NULL;
    if (has_source && !call_text(call, 3, &source)) return NULL;
    uv_membership what = call_bool(call, 0) ? UV_JOIN_GROUP : UV_LEAVE_GROUP;
    const char *through = has_interface ? interface.data : NULL;
    if (has_source)
        return value_int(uv_udp_set_source_membership(&udp->uv, group.data, through, source.data, what));
    return value_int(uv_udp_set_membership(&udp->uv, group.data, through, what));
}

/* bufferSize(is_receive, size or 0 to ask) -> the size or a negative error */
static Value udp_buffer_size(Call *call) {
    UdpHandle *udp = call_udp(call);
    if (!udp) return NULL;
    double wanted = call_double(call, 1);
    if (wanted > INT32_MAX) return value_int(UV_EINVAL);
    int size = (int)wanted;
    int err =
        (call_bool(call, 0) ? uv_recv_buffer_size : uv_send_buffer_size)((uv_handle_t *)&udp->uv, &size);
    return value_int(err ? err : size);
}

static Value udp_queue_size(Call *call) {
    UdpHandle *udp = call_udp(call);
    return udp ? value_number((double)uv_udp_get_send_queue_size(&udp->uv)) : NULL;
}

static Value udp_queue_count(Call *call) {
    UdpHandle *udp = call_udp(call);
    return udp ? value_number((double)uv_udp_get_send_queue_count(&udp->uv)) : NULL;
}

static Value udp_ref(Call *call) {
    UdpHandle *udp = call_udp(call);
    if (udp) uv_ref((uv_handle_t *)&udp->uv);
    return NULL;
}

static Value udp_unref(Call *call) {
    UdpHandle *udp = call_udp(call);
    if (udp) uv_unref((uv_handle_t *)&udp->uv);
    return NULL;
}

static Value udp_has_ref(Call *call) {
    UdpHandle *udp = call_udp(call);
    return udp ? value_bool(uv_has_ref((uv_handle_t *)&udp->uv)) : NULL;
}

static Value udp_fd(Call *call) {
    UdpHandle *udp = call_udp(call);
    uv_os_fd_t fd = -1;
    if (udp && !udp->is_closing) uv_fileno((uv_handle_t *)&udp->uv, &fd);
    return value_int(fd);
}

static const Native methods[] = {
    {"_close",                     udp_close},
    {"attach",                            udp_attach},
    {"open",udp_open},
    {"bind",                       udp_bind},
    {"connect",                            udp_connect},
    {"disconnect",udp_disconnect},
    {"send",                    udp_send},
    {"recvStart",                            udp_recv_start},
    {"recvStop",                 udp_recv_stop},
    {"localAddress",                       udp_local_address},
    {"remoteAddress",                            udp_remote_address},
    {"setBroadcast",udp_set_broadcast},
    {"setTTL",                   udp_set_ttl},
    {"setMulticastTTL",                            udp_set_multicast_ttl},
    {"setMulticastLoopback",udp_set_multicast_loop},
    {"setMulticastInterface",              udp_set_multicast_interface},
    {"membership",                            udp_membership},
    {"bufferSize",                         udp_buffer_size},
    {"getSendQueueSize",                     udp_queue_size},
    {"getSendQueueCount",                            udp_queue_count},
    {"ref",udp_ref},
    {"unref",       udp_unref},
    {"hasRef",                            udp_has_ref},
    {"getFd",udp_fd},
    {0                }
};

static const HandleClass udp_class = {"UDP", methods, udp_dispose};

/* setCallbacks(message, sent, close): called with the owner as `this` */
static Value udp_set_callbacks(Call *call) {
    UdpState *state = state_of(call->realm);
    Object *places[] = {&state->on_message, &state->on_sent, &state->on_close};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        *places[i] = call_function(call, i);
        if (*places[i]) value_keep(call->realm, *places[i]);
    }
    return NULL;
}

static void udp_teardown(Realm *realm) {
    UdpState *state = *realm_slot(realm, SLOT_UDP);
    if (!state) return;
    free(state->scratch);
    mem_free(state);
    *realm_slot(realm, SLOT_UDP) = NULL;
}

static void udp_setup(Realm *realm, Object binding) {
    object_set(realm, binding, "prototype", handle_prototype(realm, &udp_class));
}

static const Native functions[] = {
    {"create",           udp_create},
    {"setCallbacks",                  udp_set_callbacks},
    {0}
};

const Module udp_module = {"udp", functions, udp_setup, udp_teardown};
