#include "cluster/primary.h"

#include "base/mem.h"
#include "cluster/inside.h"
#include "cluster/message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

ClusterPrimary *cluster_primary_new(uv_loop_t *loop, const ClusterOptions *options,
                                    const ClusterEvents *events, void *owner) {
    ClusterPrimary *primary = NEW(ClusterPrimary);
    *primary = (ClusterPrimary){.loop = loop,
                                .options = *options,
                                .events = events,
                                .owner = owner,
                                .board = {.fd = -1},
                                .open_handles = 2};
    list_init(&primary->workers);
    list_init(&primary->listeners);
    uv_timer_init(loop, &primary->stuck);
    uv_timer_init(loop, &primary->sweep);
    primary->stuck.data = primary->sweep.data = primary;
    uv_unref((uv_handle_t *)&primary->stuck);
    uv_unref((uv_handle_t *)&primary->sweep);
    return primary;
}

static void on_handle_closed(uv_handle_t *handle) {
    ClusterPrimary *primary = handle->data;
    if (--primary->open_handles == 0) mem_free(primary);
}

void cluster_primary_free(ClusterPrimary *primary) {
    LIST_EACH(&primary->listeners, Listener, link, listener) listener_close(listener);
    primary_let_go(primary, primary->board_number);
    board_close(&primary->board);
    uv_close((uv_handle_t *)&primary->stuck, on_handle_closed);
    uv_close((uv_handle_t *)&primary->sweep, on_handle_closed);
}

void cluster_primary_set_policy(ClusterPrimary *primary, ClusterPolicy policy) {
    primary->options.policy = policy;
}

unsigned primary_hold(const ClusterPrimary *primary, int fd) {
    return primary->events->held ? primary->events->held(primary->owner, fd) : 0;
}

void primary_let_go(const ClusterPrimary *primary, unsigned number) {
    if (number && primary->events->let_go) primary->events->let_go(primary->owner, number);
}

void primary_tell_changed(const ClusterPrimary *primary) {
    if (primary->events->changed) primary->events->changed(primary->owner);
}

int worker_send(ClusterWorker *worker, Slice payload) {
    int result = channel_send(worker->channel, payload, NULL, NULL);
    return result < 0 ? result : 0;
}

static void on_copy_sent(void *data, int error) {
    close((int)(intptr_t)data);
}

int worker_send_copy(ClusterWorker *worker, Slice payload, int fd) {
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) return -errno;
    int error = channel_send_handle(worker->channel, payload, copy, on_copy_sent, (void *)(intptr_t)copy);
    if (error) close(copy);
    return error;
}

static void reply_append(Bytes *out, ClusterWorker *worker, const Listener *listener, const char *key,
                         int error, long ack) {
    bytes_printf(out, ",\"errno\":%d,\"key\":", error);
    cluster_json_append_string(out, key);
    bytes_printf(out, ",\"ack\":%ld,\"data\":%s,\"seq\":%lu", ack,
                 listener && listener->data ? listener->data : "null", ++worker->seq);
}

static void sockname_append(Bytes *out, const Listener *listener) {
    Bytes sockname = {0};
    cluster_socket_describe(listener->fd, &sockname);
    if (sockname.len) bytes_printf(out, ",\"sockname\":%s", sockname.data);
    bytes_free(&sockname);
}

static void answer_with_error(ClusterWorker *worker, const Listener *listener, const char *key, int error,
                              long ack) {
    Bytes payload = {0};
    cluster_message_begin(&payload, worker->is_bun);
    reply_append(&payload, worker, listener, key, error, ack);
    bytes_append_char(&payload, '}');
    worker_send(worker, bytes_slice(&payload));
    bytes_free(&payload);
}

static int answer_dealt(ClusterWorker *worker, Listener *listener, long ack) {
    Bytes payload = {0};
    cluster_message_begin(&payload, worker->is_bun);
    reply_append(&payload, worker, listener, listener->key, 0, ack);
    sockname_append(&payload, listener);
    bytes_append_char(&payload, '}');
    int error = worker_send(worker, bytes_slice(&payload));
    bytes_free(&payload);
    return error;
}

static int answer_with_socket(ClusterWorker *worker, Listener *listener, long ack, bool in_turns) {
    Bytes payload = {0};
    cluster_message_begin_handle(&payload,
                                 listener->kind == CLUSTER_DATAGRAM ? "dgram.Native" : "net.Native");
    reply_append(&payload, worker, listener, listener->key, 0, ack);
    if (in_turns) {
        sockname_append(&payload, listener);
        bytes_append_str(&payload, ",\"turns\":true");
    }
    bytes_append_str(&payload, "}}");
    int error = worker_send_copy(worker, bytes_slice(&payload), listener->fd);
    bytes_free(&payload);
    return error;
}

/* Without a board turns are still taken, only less evenly when all are busy. */
static void board_give(ClusterWorker *worker) {
    ClusterPrimary *primary = worker->primary;
    if (worker->slot >= 0) return;
    if (primary->board.fd < 0) {
        if (board_open(&primary->board)) return;
        primary->board_number = primary_hold(primary, primary->board.fd);
    }
    worker->slot = board_slot_take(&primary->board);
    if (worker->slot < 0) return;
    Bytes payload = {0};
    cluster_message_begin_handle(&payload, "galley.Board");
    bytes_printf(&payload, ",\"act\":\"board\",\"slot\":%d}}", worker->slot);
    worker_send_copy(worker, bytes_slice(&payload), primary->board.fd);
    bytes_free(&payload);
}

static char *key_new(const json_t *message) {
    static const char *const fields[] = {"address", "port", "addressType", "fd", "index"};
    Bytes key = {0};
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        const json_t *value = json_object_get(message, fields[i]);
        if (i) bytes_append_char(&key, ':');
        if (json_is_string(value))
            bytes_append_str(&key, json_string_value(value));
        else if (json_is_number(value))
            bytes_printf(&key, "%ld", cluster_message_number(message, fields[i], 0));
        else
            bytes_append_str(&key, "null");
    }
    return bytes_take(&key);
}

static ClusterSocketQuery query_read(const json_t *message) {
    ClusterSocketQuery query = {
        .address = cluster_message_text(message, "address"),
        .port = (int)cluster_message_number(message, "port", 0),
        .address_type = cluster_message_text(message, "addressType"),
        .fd = (int)cluster_message_number(message, "fd", -1),
        .flags = (unsigned)cluster_message_number(message, "flags", 0),
        .backlog = (int)cluster_message_number(message, "backlog", 0),
        .readable_all = json_is_true(json_object_get(message, "readableAll")),
        .writable_all = json_is_true(json_object_get(message, "writableAll")),
    };
    if (!query.address_type && cluster_message_number(message, "addressType", 0) == -1) query.port = -1;
    return query;
}

static UseKind use_kind_for(const ClusterWorker *worker, const Listener *listener, const json_t *message) {
    bool can_take_turns = json_is_true(json_object_get(message, "turns"));
    if (listener->kind == CLUSTER_DATAGRAM) return USE_SHARED;
    if (listener->policy == CLUSTER_SHARED) return USE_SHARED;
    return can_take_turns && !worker->primary->options.deal_by_message ? USE_TURNS : USE_DEALT;
}

static int socket_give(ClusterWorker *worker, Listener *listener, UseKind kind,
                       const ClusterSocketQuery *query, long ack) {
    if (kind != USE_SHARED) {
        int error = listener_listen(listener, query->backlog);
        if (error) return error;
    }
    if (kind == USE_DEALT) return answer_dealt(worker, listener, ack);
    if (kind == USE_TURNS) board_give(worker);
    return answer_with_socket(worker, listener, ack, kind == USE_TURNS);
}

static void on_query(ClusterWorker *worker, const json_t *message) {
    if (worker->is_leaving) return;
    worker->has_asked = true;
    long ack = cluster_message_number(message, "seq", 0);
    ClusterSocketQuery query = query_read(message);
    char *key = key_new(message);
    int error = 0;
    Listener *listener = listener_find(worker->primary, key);
    if (listener &&
        listener_use_of(listener, worker)) { /* its earlier server of the same name is still open */
        error = -EADDRINUSE;
        answer_with_error(worker, listener, key, error, ack);
        mem_free(key);
        return;
    }
    if (!listener) listener = listener_open(worker->primary, key, &query, &error);
    if (listener && !listener->data) {
        const json_t *data = json_object_get(message, "data");
        listener->data = data && !json_is_null(data) ? cluster_json_text(data) : NULL;
    }
    if (listener) {
        UseKind kind = use_kind_for(worker, listener, message);
        error = socket_give(worker, listener, kind, &query, ack);
        if (!error) {
            use_new(listener, worker, kind);
            primary_tell_changed(worker->primary);
        }
    }
    if (error) answer_with_error(worker, listener, key, error, ack);
    /* Another try may find the address free. */
    if (error && listener && list_is_empty(&listener->uses)) listener_close(listener);
    mem_free(key);
}

static void on_online(ClusterWorker *worker, const json_t *message) {
    const ClusterPrimary *primary = worker->primary;
    if (primary->events->online) primary->events->online(primary->owner, worker);
}

static void on_listening(ClusterWorker *worker, const json_t *message) {
    const ClusterPrimary *primary = worker->primary;
    char number[16];
    const char *type = cluster_message_text(message, "addressType");
    snprintf(number, sizeof number, "%ld", cluster_message_number(message, "addressType", 4));
    ClusterAddress where = {
        .address = cluster_message_text(message, "address"),
        .port = (int)cluster_message_number(message, "port", -1),
        .address_type = type ? type : number,
        .fd = (int)cluster_message_number(message, "fd", -1),
    };
    worker->has_asked = true;
    if (primary->events->listening) primary->events->listening(primary->owner, worker, &where);
}

static void on_leaving(ClusterWorker *worker, const json_t *message) {
    const ClusterPrimary *primary = worker->primary;
    worker->is_leaving = true;
    Bytes payload = {0};
    cluster_message_begin(&payload, worker->is_bun);
    bytes_printf(&payload, ",\"ack\":%ld,\"seq\":%lu}", cluster_message_number(message, "seq", 0),
                 ++worker->seq);
    worker_send(worker, bytes_slice(&payload));
    bytes_free(&payload);
    if (primary->events->leaving) primary->events->leaving(primary->owner, worker);
}

static void on_close(ClusterWorker *worker, const json_t *message) {
    const char *key = cluster_message_text(message, "key");
    Listener *listener = key ? listener_find(worker->primary, key) : NULL;
    Use *use = listener ? listener_use_of(listener, worker) : NULL;
    if (use) {
        use_free(use, false);
        primary_tell_changed(worker->primary);
    } else if (listener) {
        listener_nudge(listener);
    }
}

static void on_pass(ClusterWorker *worker, const json_t *message) {
    const char *key = cluster_message_text(message, "key");
    Listener *listener = key ? listener_find(worker->primary, key) : NULL;
    if (listener) listener_nudge(listener);
}

static const struct {
    const char *act;
    void (*run)(ClusterWorker *worker, const json_t *message);
} acts[] = {
    {"online",                on_online   },
    {"queryServer",           on_query    },
    {"listening",             on_listening},
    {"exitedAfterDisconnect", on_leaving  },
    {"suicide",               on_leaving  }, /* its name before Node 6 */
    {"close",                 on_close    },
    {"pass",                  on_pass     }, /* a Galley worker that was woken in turn has no room */
};

static bool on_message(void *data, Slice payload, int fd) {
    ClusterWorker *worker = data;
    unsigned long answered;
    bool accepted;
    if (fd < 0 && cluster_message_read_answer(payload, &answered, &accepted)) {
        deal_answered(worker, answered, accepted);
        return true;
    }
    json_t *message = cluster_message_read(payload);
    if (!message) return false;
    if (fd >= 0) close(fd);
    worker->is_bun |= cluster_message_is_bun(payload);
    const json_t *ack = json_object_get(message, "ack");
    const char *act = cluster_message_text(message, "act");
    if (json_is_number(ack)) {
        accepted = json_is_true(json_object_get(message, "accepted"));
        deal_answered(worker, (unsigned long)cluster_message_number(message, "ack", -1), accepted);
    } else if (act) {
        for (size_t i = 0; i < COUNT_OF(acts); i++) {
            if (strcmp(act, acts[i].act) != 0) continue;
            acts[i].run(worker, message);
            break;
        }
    }
    json_decref(message);
    return true;
}

ClusterWorker *cluster_worker_new(ClusterPrimary *primary, unsigned id, Channel *channel, void *data) {
    ClusterWorker *worker = NEW(ClusterWorker);
    *worker = (ClusterWorker){
        .primary = primary,
        .id = id,
        .channel = channel,
        .data = data,
        .slot = -1,
        .started = uv_now(primary->loop),
    };
    list_init(&worker->link);
    list_init(&worker->uses);
    list_init(&worker->queue);
    list_init(&worker->handovers);
    list_append(&primary->workers, &worker->link);
    channel_set_filter(channel, on_message, worker);
    channel_set_max_handles(channel, HANDOVERS_MAX);
    return worker;
}

static void uses_free(ClusterWorker *worker, bool lost) {
    while (!list_is_empty(&worker->uses))
        use_free(CONTAINER_OF(worker->uses.next, Use, of_worker), lost);
}

void cluster_worker_free(ClusterWorker *worker) {
    channel_set_filter(worker->channel, NULL, NULL);
    link_remove(&worker->link);
    deal_withdraw(worker);
    if (worker->slot >= 0) board_slot_free(&worker->primary->board, (unsigned)worker->slot);
    uses_free(worker, !worker->is_leaving);
    if (worker->slot >= 0) {
        LIST_EACH(&worker->primary->listeners, Listener, link, listener) listener_nudge(listener);
    }
    deal_resume(worker->primary);
    mem_free(worker);
}

bool cluster_worker_serves(const ClusterWorker *worker) {
    return !list_is_empty(&worker->uses);
}

unsigned cluster_worker_id(const ClusterWorker *worker) {
    return worker->id;
}

void *cluster_worker_data(const ClusterWorker *worker) {
    return worker->data;
}

void cluster_worker_retire(ClusterWorker *worker) {
    worker->is_retired = true;
    if (worker->slot >= 0) board_retire(&worker->primary->board, (unsigned)worker->slot);
    deal_retire(worker);
}

int cluster_worker_disconnect(ClusterWorker *worker) {
    worker->is_leaving = true;
    cluster_worker_retire(worker);
    Bytes payload = {0};
    cluster_message_begin(&payload, worker->is_bun);
    bytes_printf(&payload, ",\"act\":\"disconnect\",\"seq\":%lu}", ++worker->seq);
    int error = worker_send(worker, bytes_slice(&payload));
    bytes_free(&payload);
    uses_free(worker, false);
    return error;
}

unsigned long cluster_worker_connections(const ClusterWorker *worker) {
    unsigned long taken = worker->slot < 0 ? 0 : board_taken(&worker->primary->board, (unsigned)worker->slot);
    return worker->dealt + taken;
}

size_t cluster_primary_copy_listeners(const ClusterPrimary *primary, int *fds, size_t most) {
    size_t count = 0;
    LIST_EACH(&primary->listeners, Listener, link, listener) {
        if (count == most || !listener->is_listening) break;
        int copy = fcntl(listener->fd, F_DUPFD_CLOEXEC, 0);
        if (copy >= 0) fds[count++] = copy;
    }
    return count;
}

bool cluster_primary_has_waiting(const ClusterPrimary *primary) {
    LIST_EACH(&primary->listeners, Listener, link, listener) {
        if (!list_is_empty(&listener->waiting)) return true;
    }
    return false;
}
