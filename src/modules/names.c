/* Names to addresses and back as the system resolves them (libuv's thread pool), for dns.lookup and
 * dns.lookupService. Questions to name servers are in resolver.c. */
#include "modules/addresses.h"
#include "modules/modules.h"

#include <netdb.h>

enum { ORDER_VERBATIM, ORDER_IPV4_FIRST, ORDER_IPV6_FIRST };

typedef struct {
    union {
        uv_getaddrinfo_t addresses;
        uv_getnameinfo_t names;
    } uv;
    Realm *realm;
    Value callback;
    int order;
} NameRequest;

static NameRequest *request_new(Call *call, size_t callback_at) {
    Object callback = call_function(call, callback_at);
    if (!callback) return NULL;
    NameRequest *request = NEW(NameRequest);
    request->realm = call->realm;
    request->callback = callback;
    value_keep(call->realm, callback);
    return request;
}

static void request_free(NameRequest *request) {
    value_drop(request->realm, request->callback);
    mem_free(request);
}

static void request_answer(NameRequest *request, size_t argc, const Value *argv) {
    if (!request->realm->stopping)
        realm_dispatch(request->realm, (Object)request->callback, NULL, argc, argv);
    request_free(request);
}

/* Adds those of a family (0: of both) to a list of n; how many it has then. */
static size_t take_family(Realm *realm, const struct addrinfo *all, int family, Object list, size_t n) {
    for (const struct addrinfo *one = all; one; one = one->ai_next) {
        if (family && one->ai_family != family) continue;
        if (one->ai_family != AF_INET && one->ai_family != AF_INET6) continue;
        Value parts[3];
        address_values(realm, one->ai_addr, parts);
        array_put(realm, list, n++, parts[0]);
    }
    return n;
}

static void addresses_found(uv_getaddrinfo_t *uv, int status, struct addrinfo *all) {
    NameRequest *request = CONTAINER_OF(uv, NameRequest, uv.addresses);
    Realm *realm = request->realm;
    Object list = array_new(realm, 0, NULL);
    if (request->order == ORDER_VERBATIM) {
        take_family(realm, all, 0, list, 0);
    } else {
        bool v4_first = request->order == ORDER_IPV4_FIRST;
        size_t n = take_family(realm, all, v4_first ? AF_INET : AF_INET6, list, 0);
        take_family(realm, all, v4_first ? AF_INET6 : AF_INET, list, n);
    }
    if (all) uv_freeaddrinfo(all);
    Value argv[] = {value_int(status), list};
    request_answer(request, COUNT_OF(argv), argv);
}

/* lookup(host, family, flags, order, function (status, [ip, …])) -> 0 or an error */
static Value names_lookup(Call *call) {
    TEXT host;
    if (!call_text(call, 0, &host)) return NULL;
    NameRequest *request = request_new(call, 4);
    if (!request) return NULL;
    int family = call_int(call, 1);
    request->order = call_int(call, 3);
    struct addrinfo hints = {
        .ai_family = family == 4   ? AF_INET
                     : family == 6 ? AF_INET6
                                   : AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
        .ai_flags = call_int(call, 2),
    };
    int err =
        uv_getaddrinfo(&call->realm->loop, &request->uv.addresses, addresses_found, host.data, NULL, &hints);
    if (err) request_free(request);
    return value_int(err);
}

static void name_found(uv_getnameinfo_t *uv, int status, const char *host, const char *service) {
    NameRequest *request = CONTAINER_OF(uv, NameRequest, uv.names);
    Value argv[] = {value_int(status), value_undefined(), value_undefined()};
    if (!status) {
        argv[1] = value_string(request->realm, host);
        argv[2] = value_string(request->realm, service);
    }
    request_answer(request, COUNT_OF(argv), argv);
}

/* lookupService(ip, port, function (status, host, service)) -> 0 or an error */
static Value names_lookup_service(Call *call) {
    TEXT ip;
    if (!call_text(call, 0, &ip)) return NULL;
    struct sockaddr_storage address;
    int err = address_parse(ip.data, call_int(call, 1), &address);
    if (err) return value_int(err);
    NameRequest *request = request_new(call, 2);
    if (!request) return NULL;
    err = uv_getnameinfo(&call->realm->loop, &request->uv.names, name_found, (struct sockaddr *)&address,
                         NI_NAMEREQD);
    if (err) request_free(request);
    return value_int(err);
}

static void setup(Realm *realm, Object binding) {
    object_set_int(realm, binding, "AI_ADDRCONFIG", AI_ADDRCONFIG);
    object_set_int(realm, binding, "AI_V4MAPPED", AI_V4MAPPED);
    object_set_int(realm, binding, "AI_ALL", AI_ALL);
}

static const Native functions[] = {
    {"lookup",              names_lookup},
    {"lookupService",                     names_lookup_service},
    {0}
};

const Module names_module = {"names", functions, setup, NULL};
