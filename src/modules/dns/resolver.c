/* Questions to name servers over c-ares, for dns.resolve and its like. Answers go to JavaScript as the bytes
 * that the server sent (lib/internal/dns/message.js reads them), except for reverse look-ups, which the hosts
 * file may answer. An answer is always told in a later turn of the loop. */
#include "engine/handle.h"
#include "modules/addresses.h"

#include <ares.h>
#include <ares_nameser.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

/* A socket of c-ares that the loop watches. */
typedef struct {
    Link link;
    uv_poll_t poll;
    struct Resolver *resolver;
    ares_socket_t fd;
} Watch;

typedef struct Resolver {
    Handle base;
    ares_channel channel;
    uv_timer_t timeout, delivery;
    List watches, answers;
    unsigned asked; /* queries not yet told */
    unsigned open;  /* libuv handles not yet closed */
    int timeout_ms;
    bool is_closing;
} Resolver;

/* A question, and its answer once it is there. */
typedef struct {
    Link link;
    Resolver *resolver;
    Value callback;
    int status;
    char *bytes;
    size_t len;
    char **names;
    size_t name_count;
} Question;

static const HandleClass resolver_class;

static void question_free(Question *question) {
    value_drop(question->resolver->base.realm, question->callback);
    free(question->bytes);
    for (size_t i = 0; i < question->name_count; i++)
        mem_free(question->names[i]);
    mem_free(question->names);
    mem_free(question);
}

/* Closing: the memory goes when libuv has let go of everything. */
static void part_closed(Resolver *resolver) {
    if (--resolver->open) return;
    handle_leave(&resolver->base);
    mem_free(resolver);
}

static void timer_closed(uv_handle_t *uv) {
    part_closed(uv->data);
}

static void watch_closed(uv_handle_t *uv) {
    Watch *watch = uv->data;
    Resolver *resolver = watch->resolver;
    mem_free(watch);
    part_closed(resolver);
}

static void watch_close(Watch *watch) {
    link_remove(&watch->link);
    uv_close((uv_handle_t *)&watch->poll, watch_closed);
}

static void resolver_dispose(Handle *handle) {
    Resolver *resolver = (Resolver *)handle;
    if (resolver->is_closing) return;
    resolver->is_closing = true;
    if (resolver->channel) ares_destroy(resolver->channel);
    resolver->channel = NULL;
    LIST_EACH(&resolver->answers, Question, link, question) {
        link_remove(&question->link);
        question_free(question);
    }
    LIST_EACH(&resolver->watches, Watch, link, watch) watch_close(watch);
    uv_close((uv_handle_t *)&resolver->timeout, timer_closed);
    uv_close((uv_handle_t *)&resolver->delivery, timer_closed);
}

/* Answers */
static void answers_deliver(uv_timer_t *timer) {
    Resolver *resolver = timer->data;
    Realm *realm = resolver->base.realm;
    List now;
    list_init(&now);
    while (!list_is_empty(&resolver->answers)) {
        Link *link = resolver->answers.next;
        link_remove(link);
        list_append(&now, link);
    }
    while (!list_is_empty(&now)) {
        Question *question = CONTAINER_OF(now.next, Question, link);
        link_remove(&question->link);
        Value argv[] = {value_int(question->status), value_undefined()};
        if (question->bytes) {
            argv[1] = buffer_adopt(realm, question->bytes, question->len);
            question->bytes = NULL;
        } else if (question->names) {
            Object names = array_new(realm, 0, NULL);
            for (size_t i = 0; i < question->name_count; i++)
                array_put(realm, names, i, value_string(realm, question->names[i]));
            argv[1] = names;
        }
        realm_dispatch(realm, (Object)question->callback, NULL, COUNT_OF(argv), argv);
        question_free(question);
        resolver->asked--;
        handle_unpin(&resolver->base);
    }
}

static void question_answered(Question *question, int status) {
    Resolver *resolver = question->resolver;
    if (resolver->is_closing) {
        question_free(question);
        return;
    }
    question->status = status;
    list_append(&resolver->answers, &question->link);
    uv_timer_start(&resolver->delivery, answers_deliver, 0, 0);
    if (!ares_timeout(resolver->channel, NULL, &(struct timeval){0})) uv_timer_stop(&resolver->timeout);
}

static void message_came(void *data, int status, int timeouts, unsigned char *bytes, int len) {
    Question *question = data;
    if (status == ARES_SUCCESS && bytes && len > 0 && (question->bytes = malloc((size_t)len))) {
        memcpy(question->bytes, bytes, (size_t)len);
        question->len = (size_t)len;
    }
    question_answered(question, status);
}

static void host_came(void *data, int status, int timeouts, struct hostent *host) {
    Question *question = data;
    if (status == ARES_SUCCESS && host) {
        size_t count = 0;
        while (host->h_aliases && host->h_aliases[count])
            count++;
        question->names = mem_new((count + 2) * sizeof *question->names);
        for (size_t i = 0; i < count; i++)
            question->names[i] = mem_strdup(host->h_aliases[i]);
        question->name_count = count;
        if (!count && host->h_name) question->names[question->name_count++] = mem_strdup(host->h_name);
    }
    question_answered(question, status);
}

/* Time and sockets */
static void timed_out(uv_timer_t *timer) {
    Resolver *resolver = timer->data;
    ares_process_fd(resolver->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

static void timeout_start(Resolver *resolver) {
    uint64_t every =
        resolver->timeout_ms > 0 && resolver->timeout_ms < 1000 ? (uint64_t)resolver->timeout_ms : 1000;
    uv_timer_start(&resolver->timeout, timed_out, every, every);
}

static void socket_ready(uv_poll_t *poll, int status, int events) {
    Watch *watch = poll->data;
    Resolver *resolver = watch->resolver;
    uv_timer_again(&resolver->timeout);
    if (status < 0) events = UV_READABLE | UV_WRITABLE; /* let c-ares find out */
    ares_process_fd(resolver->channel, events & UV_READABLE ? watch->fd : ARES_SOCKET_BAD,
                    events & UV_WRITABLE ? watch->fd : ARES_SOCKET_BAD);
}

static void socket_changed(void *data, ares_socket_t fd, int readable, int writable) {
    Resolver *resolver = data;
    Watch *watch = NULL;
    LIST_EACH(&resolver->watches, Watch, link, each) if (each->fd == fd) watch = each;
    if (!readable && !writable) {
        if (watch) watch_close(watch);
        return;
    }
    if (resolver->is_closing) return;
    if (!watch) {
        watch = NEW(Watch);
        if (uv_poll_init(&resolver->base.realm->loop, &watch->poll, fd)) {
            mem_free(watch);
            return;
        }
        watch->poll.data = watch;
        watch->resolver = resolver;
        watch->fd = fd;
        resolver->open++;
        list_append(&resolver->watches, &watch->link);
        if (!uv_is_active((uv_handle_t *)&resolver->timeout)) timeout_start(resolver);
    }
    uv_poll_start(&watch->poll, (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0), socket_ready);
}

/* open(timeout in ms or -1, tries) -> handle */
static Value resolver_open(Call *call) {
    Realm *realm = call->realm;
    Resolver *resolver = NEW(Resolver);
    resolver->timeout_ms = call_int(call, 0);
    struct ares_options options = {
        .flags = ARES_FLAG_NOCHECKRESP,
        .sock_state_cb = socket_changed,
        .sock_state_cb_data = resolver,
        .timeout = resolver->timeout_ms,
        .tries = call_int(call, 1),
    };
    int mask = ARES_OPT_FLAGS | ARES_OPT_SOCK_STATE_CB | ARES_OPT_TRIES;
    if (resolver->timeout_ms > 0) mask |= ARES_OPT_TIMEOUTMS;
    int status = ares_library_init(ARES_LIB_INIT_ALL);
    if (!status) status = ares_init_options(&resolver->channel, &options, mask);
    if (status) {
        mem_free(resolver);
        return throw_error(call, "ERR_DNS_INIT", "%s", ares_strerror(status));
    }
    list_init(&resolver->watches);
    list_init(&resolver->answers);
    uv_timer_init(&realm->loop, &resolver->timeout);
    uv_timer_init(&realm->loop, &resolver->delivery);
    resolver->timeout.data = resolver->delivery.data = resolver;
    resolver->open = 2;
    uv_unref((uv_handle_t *)&resolver->timeout);
    return handle_open(realm, &resolver->base, &resolver_class);
}

static Resolver *call_resolver(Call *call) {
    return (Resolver *)call_handle(call, &resolver_class);
}

static Question *question_new(Call *call, Resolver *resolver, size_t callback_at) {
    Object callback = call_function(call, callback_at);
    if (!callback) {
        throw_type(call, "ERR_INVALID_ARG_TYPE", "argument %zu must be a function", callback_at);
        return NULL;
    }
    Question *question = NEW(Question);
    question->resolver = resolver;
    question->callback = callback;
    value_keep(call->realm, callback);
    resolver->asked++;
    handle_pin(&resolver->base);
    return question;
}

/* query(name, type, function (status, message)) */
static Value resolver_query(Call *call) {
    Resolver *resolver = call_resolver(call);
    TEXT name = {0};
    if (!resolver || !call_text(call, 0, &name)) return NULL;
    Question *question = question_new(call, resolver, 2);
    if (question) ares_query(resolver->channel, name.data, C_IN, call_int(call, 1), message_came, question);
    return NULL;
}

/* reverse(ip, function (status, [name, …])) -> 0, or a negative error for what is no address */
static Value resolver_reverse(Call *call) {
    Resolver *resolver = call_resolver(call);
    TEXT ip = {0};
    if (!resolver || !call_text(call, 0, &ip)) return NULL;
    unsigned char address[16];
    int family = inet_pton(AF_INET, ip.data, address) == 1    ? AF_INET
                 : inet_pton(AF_INET6, ip.data, address) == 1 ? AF_INET6
                                                              : 0;
    if (!family) return value_int(UV_EINVAL);
    Question *question = question_new(call, resolver, 1);
    if (question)
        ares_gethostbyaddr(resolver->channel, address, family == AF_INET ? 4 : 16, family, host_came,
                           question);
    return value_int(0);
}

static Value resolver_cancel(Call *call) {
    Resolver *resolver = call_resolver(call);
    if (resolver) ares_cancel(resolver->channel);
    return NULL;
}

/* getServers() -> [ip, port, ip, port, …] */
static Value resolver_get_servers(Call *call) {
    Resolver *resolver = call_resolver(call);
    if (!resolver) return NULL;
    struct ares_addr_port_node *servers = NULL;
    Value list[128];
    size_t n = 0;
    if (ares_get_servers_ports(resolver->channel, &servers)) return array_new(call->realm, 0, NULL);
    for (struct ares_addr_port_node *one = servers; one && n + 2 <= COUNT_OF(list); one = one->next) {
        char ip[INET6_ADDRSTRLEN];
        inet_ntop(one->family, &one->addr, ip, sizeof ip);
        list[n++] = value_string(call->realm, ip);
        list[n++] = value_int(one->udp_port);
    }
    if (servers) ares_free_data(servers);
    return array_new(call->realm, n, list);
}

/* setServers(ip, port, ip, port, …) -> 0, c-ares's error, or -1 while questions are under way */
static Value resolver_set_servers(Call *call) {
    Resolver *resolver = call_resolver(call);
    if (!resolver) return NULL;
    if (resolver->asked) return value_int(-1);
    size_t count = call->argc / 2;
    struct ares_addr_port_node *nodes = mem_new((count + 1) * sizeof *nodes);
    int status = 0;
    for (size_t i = 0; i < count && !status; i++) {
        TEXT ip = {0};
        if (!call_text(call, 2 * i, &ip)) break;
        nodes[i].next = i + 1 < count ? &nodes[i + 1] : NULL;
        nodes[i].udp_port = nodes[i].tcp_port = call_int(call, 2 * i + 1);
        if (inet_pton(AF_INET, ip.data, &nodes[i].addr) == 1)
            nodes[i].family = AF_INET;
        else if (inet_pton(AF_INET6, ip.data, &nodes[i].addr) == 1)
            nodes[i].family = AF_INET6;
        else
            status = ARES_EBADSTR;
    }
    if (!status) status = ares_set_servers_ports(resolver->channel, count ? nodes : NULL);
    mem_free(nodes);
    return value_int(status);
}

/* setLocalAddress(ipv4 or '', ipv6 or '') */
static Value resolver_set_local_address(Call *call) {
    Resolver *resolver = call_resolver(call);
    TEXT v4 = {0}, v6 = {0};
    if (!resolver || !call_text(call, 0, &v4) || !call_text(call, 1, &v6)) return NULL;
    struct in_addr address;
    unsigned char address6[16] = {0};
    ares_set_local_ip4(resolver->channel,
                       inet_pton(AF_INET, v4.data, &address) == 1 ? ntohl(address.s_addr) : 0);
    if (inet_pton(AF_INET6, v6.data, address6) != 1) memset(address6, 0, sizeof address6);
    ares_set_local_ip6(resolver->channel, address6);
    return NULL;
}

static const Native methods[] = {
    {"query",               resolver_query},
    {"reverse",                     resolver_reverse},
    {"cancel",resolver_cancel},
    {"getServers",              resolver_get_servers},
    {"setServers",                     resolver_set_servers},
    {"setLocalAddress",resolver_set_local_address},
    {0         }
};

static const HandleClass resolver_class = {"Resolver", methods, resolver_dispose};

static Value resolver_error_text(Call *call) {
    return value_string(call->realm, ares_strerror(call_int(call, 0)));
}

static const Native functions[] = {
    {"open",               resolver_open},
    {"errorText",                    resolver_error_text},
    {0}
};

const Module resolver_plugin = {"resolver", functions, NULL, NULL};
