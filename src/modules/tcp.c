/* TCP sockets for lib/net.js. What all streams have in common is in stream_wrap.c. */
#include "modules/addresses.h"
#include "modules/modules.h"
#include "modules/stream_wrap.h"

#include <netinet/ip.h>

static StreamHandle *call_tcp(Call *call) {
    return (StreamHandle *)call_handle(call, &tcp_class);
}

/* create(family) -> handle; family 4 or 6 makes the socket at once, 0 when it is first needed */
static Value tcp_create(Call *call) {
    Realm *realm = call->realm;
    Object object;
    StreamHandle *tcp = stream_handle_new(realm, &tcp_class, &object);
    int family = call_int(call, 0);
    int err = uv_tcp_init_ex(&realm->loop, &tcp->uv.tcp,
                             family == 4   ? AF_INET
                             : family == 6 ? AF_INET6
                                           : AF_UNSPEC);
    tcp->has_uv = !err;
    return err ? throw_uv(call, err, "socket", NULL, NULL) : object;
}

/* open(fd) -> 0 or an error; the descriptor becomes the handle's */
static Value tcp_open(Call *call) {
    StreamHandle *tcp = call_tcp(call);
    return tcp ? value_int(uv_tcp_open(&tcp->uv.tcp, call_int(call, 0))) : NULL;
}

enum { BIND_IPV6_ONLY = 1, BIND_REUSE_PORT = 2 };

/* Several processes may bind the port, the kernel deals connections among them. */
static int share_port(StreamHandle *tcp, int family) {
    uv_os_fd_t fd;
    int one = 1;
    if (uv_fileno(&tcp->uv.handle, &fd)) {
        fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0) return -errno;
        int err = uv_tcp_open(&tcp->uv.tcp, fd);
        if (err) return err;
    }
    return setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) ? -errno : 0;
}

/* bind(ip, port, BIND_…) -> 0 or an error */
static Value tcp_bind(Call *call) {
    StreamHandle *tcp = call_tcp(call);
    if (!tcp) return NULL;
    TEXT ip;
    if (!call_text(call, 0, &ip)) return NULL;
    struct sockaddr_storage address;
    int err = address_parse(ip.data, call_int(call, 1), &address), flags = call_int(call, 2);
    if (!err && flags & BIND_REUSE_PORT) err = share_port(tcp, address.ss_family);
    if (err) return value_int(err);
    return value_int(
        uv_tcp_bind(&tcp->uv.tcp, (struct sockaddr *)&address,
                    flags & BIND_IPV6_ONLY && address.ss_family == AF_INET6 ? UV_TCP_IPV6ONLY : 0));
}

/* connect(ip, port) -> 0 or an error; the owner hears of the rest */
static Value tcp_connect(Call *call) {
    StreamHandle *tcp = call_tcp(call);
    if (!tcp) return NULL;
    TEXT ip;
    if (!call_text(call, 0, &ip)) return NULL;
    struct sockaddr_storage address;
    int err = address_parse(ip.data, call_int(call, 1), &address);
    if (err) return value_int(err);
    StreamConnect *request = stream_connect_new(tcp);
    err = uv_tcp_connect(&request->uv, &tcp->uv.tcp, (struct sockaddr *)&address, stream_connect_done);
    if (err) mem_free(request);
    return value_int(err);
}

typedef int (*NameFunction)(const uv_tcp_t *, struct sockaddr *, int *);

static Value tcp_name(Call *call, NameFunction name) {
    StreamHandle *tcp = call_tcp(call);
    if (!tcp) return NULL;
    struct sockaddr_storage address;
    int len = sizeof address;
    int err = tcp->is_closing ? UV_EBADF : name(&tcp->uv.tcp, (struct sockaddr *)&address, &len);
    return err ? value_int(err) : address_array(call->realm, (struct sockaddr *)&address);
}

/* localAddress(), remoteAddress() -> [address, family, port] or an error */
static Value tcp_local_address(Call *call) {
    return tcp_name(call, uv_tcp_getsockname);
}
static Value tcp_remote_address(Call *call) {
    return tcp_name(call, uv_tcp_getpeername);
}

static Value tcp_set_no_delay(Call *call) {
    StreamHandle *tcp = call_tcp(call);
    return tcp ? value_int(tcp->is_closing ? UV_EBADF : uv_tcp_nodelay(&tcp->uv.tcp, call_bool(call, 0)))
               : NULL;
}

/* setKeepAlive(enable, delay in seconds, interval, count): 0 leaves a figure as the system has it */
static Value tcp_set_keep_alive(Call *call) {
    StreamHandle *tcp = call_tcp(call);
    if (!tcp) return NULL;
    uv_os_fd_t fd;
    if (tcp->is_closing || uv_fileno(&tcp->uv.handle, &fd)) return value_int(UV_EBADF);
    int enable = call_bool(call, 0);
    if (setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &enable, sizeof enable)) return value_int(-errno);
    static const int options[] = {TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT};
    for (size_t i = 0; enable && i < COUNT_OF(options); i++) {
        int figure = call_int(call, i + 1);
        if (figure > 0 && setsockopt(fd, IPPROTO_TCP, options[i], &figure, sizeof figure))
            return value_int(-errno);
    }
    return value_int(0);
}

static int type_of_service(StreamHandle *tcp, int *tos, bool set) {
    uv_os_fd_t fd;
    if (tcp->is_closing || uv_fileno(&tcp->uv.handle, &fd)) return UV_EBADF;
    struct sockaddr_storage address;
    socklen_t len = sizeof address, size = sizeof *tos;
    if (getsockname(fd, (struct sockaddr *)&address, &len)) return -errno;
    bool is_v6 = address.ss_family == AF_INET6;
    int level = is_v6 ? IPPROTO_IPV6 : IPPROTO_IP, option = is_v6 ? IPV6_TCLASS : IP_TOS;
    int failed = set ? setsockopt(fd, level, option, tos, size) : getsockopt(fd, level, option, tos, &size);
    return failed ? -errno : 0;
}

static Value tcp_set_type_of_service(Call *call) {
    StreamHandle *tcp = call_tcp(call);
    if (!tcp) return NULL;
    int tos = call_int(call, 0);
    return value_int(type_of_service(tcp, &tos, true));
}

/* The figure, or a negative error. */
static Value tcp_get_type_of_service(Call *call) {
    StreamHandle *tcp = call_tcp(call);
    if (!tcp) return NULL;
    int tos = 0, err = type_of_service(tcp, &tos, false);
    return value_int(err ? err : tos);
}

/* reset() -> 0 or an error: closes with RST */
static Value tcp_reset(Call *call) {
    StreamHandle *tcp = call_tcp(call);
    if (!tcp) return NULL;
    if (tcp->is_closing) return value_int(0);
    uv_os_fd_t fd;
    int err = uv_fileno(&tcp->uv.handle, &fd);
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    if (!err && setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once)) err = -errno;
    if (!err) stream_handle_close(tcp);
    return value_int(err);
}

static const Native methods[] = {
    STREAM_METHODS,
    {"open",             tcp_open},
    {"bind",                  tcp_bind},
    {"connect",tcp_connect},
    {"localAddress",          tcp_local_address},
    {"remoteAddress",                  tcp_remote_address},
    {"setNoDelay",tcp_set_no_delay},
    {"setKeepAlive",    tcp_set_keep_alive},
    {"setTypeOfService",                  tcp_set_type_of_service},
    {"getTypeOfService",           tcp_get_type_of_service},
    {"_reset",     tcp_reset},
    {0                 }
};

const HandleClass tcp_class = {"TCP", methods, stream_handle_dispose};

static const Native functions[] = {
    {"create", tcp_create},
    {0       }
};

const Module tcp_module = {"tcp", functions, NULL, NULL};
