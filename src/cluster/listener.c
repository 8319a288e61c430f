#include "cluster/inside.h"

#include "base/mem.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { GRACE_MS = 1000, STARTING_MS = 30000 };

Listener *listener_new(ClusterPrimary *primary, const char *key, const char *path, int fd) {
    Listener *listener = NEW(Listener);
    *listener = (Listener){
        .primary = primary,
        .key = mem_strdup(key),
        .path = path ? mem_strdup(path) : NULL,
        .fd = fd,
        .policy = primary->options.policy,
    };
    list_init(&listener->uses);
    list_init(&listener->waiting);
    list_append(&primary->listeners, &listener->link);
    return listener;
}

Listener *listener_open(ClusterPrimary *primary, const char *key, const ClusterSocketQuery *query,
                        int *error) {
    int fd = cluster_socket_bind(query);
    if (fd < 0) {
        *error = fd;
        return NULL;
    }
    const char *path = query->port < 0 && query->fd < 0 ? query->address : NULL;
    Listener *listener = listener_new(primary, key, path, fd);
    listener->kind = cluster_socket_kind(query);
    listener->number = primary_hold(primary, fd);
    return listener;
}

void listener_close(Listener *listener) {
    deal_stop(listener);
    deal_forget(listener);
    LIST_EACH(&listener->uses, Use, of_listener, use) {
        link_remove(&use->of_listener);
        link_remove(&use->of_worker);
        mem_free(use);
    }
    link_remove(&listener->link);
    primary_let_go(listener->primary, listener->number);
    close(listener->fd);
    if (listener->path) unlink(listener->path);
    mem_free(listener->path);
    mem_free(listener->key);
    mem_free(listener->data);
    bytes_free(&listener->newconn);
    mem_free(listener);
}

Listener *listener_find(ClusterPrimary *primary, const char *key) {
    LIST_EACH(&primary->listeners, Listener, link, listener) {
        if (strcmp(listener->key, key) == 0) return listener;
    }
    return NULL;
}

int listener_listen(Listener *listener, int backlog) {
    if (listener->is_listening) return 0;
    int error = cluster_socket_listen(listener->fd, backlog);
    listener->is_listening = !error;
    return error;
}

Use *listener_use_of(const Listener *listener, const ClusterWorker *worker) {
    LIST_EACH(&listener->uses, Use, of_listener, use) {
        if (use->worker == worker) return use;
    }
    return NULL;
}

Use *use_new(Listener *listener, ClusterWorker *worker, UseKind kind) {
    Use *use = NEW(Use);
    *use = (Use){.listener = listener, .worker = worker, .kind = kind};
    list_init(&use->of_listener);
    list_init(&use->of_worker);
    list_append(&listener->uses, &use->of_listener);
    list_append(&worker->uses, &use->of_worker);
    listener->unused_since = 0;
    listener->dealt_uses += kind == USE_DEALT;
    if (kind == USE_DEALT) deal_start(listener);
    return use;
}

void listener_nudge(Listener *listener) {
    struct pollfd waiting = {.fd = listener->fd, .events = POLLIN};
    if (poll(&waiting, 1, 0) <= 0) return;
    Bytes payload = {0};
    bytes_printf(&payload, "{\"cmd\":\"NODE_CLUSTER\",\"act\":\"turn\"}");
    LIST_EACH(&listener->uses, Use, of_listener, use) {
        if (use->kind == USE_TURNS) worker_send(use->worker, bytes_slice(&payload));
    }
    bytes_free(&payload);
}

static bool someone_is_starting(const ClusterPrimary *primary) {
    uint64_t now = uv_now(primary->loop);
    LIST_EACH(&primary->workers, ClusterWorker, link, worker) {
        if (!worker->has_asked && !worker->is_leaving && now - worker->started < STARTING_MS) return true;
    }
    return false;
}

static void on_sweep(uv_timer_t *timer) {
    ClusterPrimary *primary = timer->data;
    uint64_t now = uv_now(primary->loop);
    bool any_left = false, starting = someone_is_starting(primary);
    LIST_EACH(&primary->listeners, Listener, link, listener) {
        if (!listener->unused_since) continue;
        if (starting || now - listener->unused_since < GRACE_MS)
            any_left = true;
        else
            listener_close(listener);
    }
    if (!any_left) uv_timer_stop(timer);
}

void cluster_primary_sweep(ClusterPrimary *primary) {
    LIST_EACH(&primary->listeners, Listener, link, listener) {
        if (listener->unused_since) listener_close(listener);
    }
}

void use_free(Use *use, bool lost) {
    Listener *listener = use->listener;
    ClusterPrimary *primary = listener->primary;
    bool took_turns = use->kind == USE_TURNS;
    if (listener->last_turn == use) {
        Link *before = use->of_listener.prev;
        listener->last_turn = before == &listener->uses ? NULL : CONTAINER_OF(before, Use, of_listener);
    }
    link_remove(&use->of_listener);
    link_remove(&use->of_worker);
    if (use->kind == USE_DEALT && --listener->dealt_uses == 0) deal_stop(listener);
    mem_free(use);
    if (!list_is_empty(&listener->uses)) {
        if (took_turns) listener_nudge(listener);
        return;
    }
    listener->last_turn = NULL;
    if (primary->options.keep_listeners) return;
    if (!lost) {
        listener_close(listener);
        return;
    }
    listener->unused_since = uv_now(primary->loop);
    uv_timer_start(&primary->sweep, on_sweep, GRACE_MS + 10, GRACE_MS);
}
