/* Round robin: connections go to the workers strictly in turn, each worker with a short queue of its own,
 * so that one which is slow to answer is neither given less nor holds the others up. What is queued for a
 * worker that has stopped answering goes to those who do. */
#include "cluster/inside.h"

#include "base/mem.h"
#include "cluster/message.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ACCEPTS_PER_TURN = 64,
    QUEUE_MAX = 64,
    STUCK_MS = 250,
    STUCK_CHECK_MS = 100,
    PROMPT_MS = 20,
    OUT_OF_FDS_PAUSE_MS = 50,
};

static void conn_deal(Conn *conn);
static void worker_deal(ClusterWorker *worker);

static void conn_disown(Conn *conn) {
    if (--conn->owners) return;
    close(conn->fd);
    mem_free(conn);
}

static bool worker_is_stuck(const ClusterWorker *worker) {
    if (list_is_empty(&worker->handovers)) return false;
    const Handover *oldest = CONTAINER_OF(worker->handovers.next, Handover, link);
    return uv_now(worker->primary->loop) - oldest->since > STUCK_MS;
}

static bool worker_can_be_dealt(const ClusterWorker *worker) {
    return !worker->is_retired && channel_is_open(worker->channel);
}

static Use *use_after(Listener *listener, Use *use) {
    Link *next = use ? use->of_listener.next : listener->uses.next;
    if (next == &listener->uses) next = next->next;
    return next == &listener->uses ? NULL : CONTAINER_OF(next, Use, of_listener);
}

/* Whose turn it is; those that do not answer are left out while anybody else is there. */
static Use *turn_next(Listener *listener) {
    Use *first = use_after(listener, listener->last_turn), *stuck = NULL, *use = first;
    if (!first) return NULL;
    do {
        ClusterWorker *worker = use->worker;
        if (use->kind == USE_DEALT && worker_can_be_dealt(worker) && worker->queued < QUEUE_MAX) {
            if (!worker_is_stuck(worker)) return use;
            if (!stuck) stuck = use;
        }
        use = use_after(listener, use);
    } while (use != first);
    return stuck;
}

static bool handover_is_over(Handover *handover) {
    if (handover->worker || !handover->acknowledged) return false;
    conn_disown(handover->conn);
    mem_free(handover);
    return true;
}

/* The worker has answered, or never will; the connection is the caller's. */
static Conn *handover_settle(Handover *handover) {
    Conn *conn = handover->conn;
    link_remove(&handover->link);
    handover->worker->handing--;
    handover->worker = NULL;
    conn->owners++;
    handover_is_over(handover);
    return conn;
}

static void on_acknowledged(void *data, int error) {
    Handover *handover = data;
    ClusterWorker *worker = handover->worker;
    handover->acknowledged = true;
    if (error && worker) { /* it never got there */
        Conn *conn = handover_settle(handover);
        conn->refusals++;
        conn_deal(conn);
        worker_deal(worker);
        return;
    }
    handover_is_over(handover);
}

/* One that has answered promptly may find its next when it is done; what is under way to one that hangs is
 * lost time for those connections, so others get one at a time. */
static unsigned handovers_allowed(const ClusterWorker *worker) {
    return worker->is_prompt ? HANDOVERS_MAX : 1;
}

static int handover_send(Handover *handover) {
    Bytes *message = &handover->conn->listener->newconn;
    size_t same = message->len;
    if (!same) {
        cluster_message_begin_handle(message, "net.Native");
        bytes_append_str(message, ",\"act\":\"newconn\",\"key\":");
        cluster_json_append_string(message, handover->conn->listener->key);
        bytes_append_str(message, ",\"seq\":");
        same = message->len;
    }
    bytes_printf(message, "%lu}}", handover->seq);
    Slice payload = bytes_slice(message);
    message->len = same; /* before the channel, which copies, may come back here for another */
    return channel_send_handle(handover->worker->channel, payload, handover->conn->fd, on_acknowledged,
                               handover);
}

static void worker_deal(ClusterWorker *worker) {
    while (worker->handing < handovers_allowed(worker) && !list_is_empty(&worker->queue)) {
        Conn *conn = CONTAINER_OF(worker->queue.next, Conn, link);
        link_remove(&conn->link);
        worker->queued--;
        Handover *handover = NEW(Handover);
        *handover = (Handover){
            .conn = conn, .worker = worker, .seq = ++worker->seq, .since = uv_now(worker->primary->loop)};
        list_append(&worker->handovers, &handover->link);
        worker->handing++;
        int error = handover_send(handover);
        if (!error) continue;
        link_remove(&handover->link);
        worker->handing--;
        mem_free(handover);
        conn->refusals++;
        conn_deal(conn);
    }
}

static bool conn_was_refused_by_all(const Conn *conn) {
    return conn->refusals > 2 * conn->listener->dealt_uses + 1;
}

static void conn_deal(Conn *conn) {
    Listener *listener = conn->listener;
    if (!listener || conn_was_refused_by_all(conn)) {
        conn_disown(conn);
        return;
    }
    Use *use = turn_next(listener);
    if (!use) {
        list_append(&listener->waiting, &conn->link);
        deal_stop(listener);
        return;
    }
    listener->last_turn = use;
    list_append(&use->worker->queue, &conn->link);
    use->worker->queued++;
    worker_deal(use->worker);
    if (use->worker->queued) {
        uv_timer_t *stuck = &listener->primary->stuck;
        if (!uv_is_active((uv_handle_t *)stuck))
            uv_timer_start(stuck, deal_on_stuck_timer, STUCK_CHECK_MS, STUCK_CHECK_MS);
    }
}

/* True when it waits no longer. */
static bool waiting_deal(Listener *listener) {
    while (!list_is_empty(&listener->waiting)) {
        if (!turn_next(listener)) return false;
        Conn *conn = CONTAINER_OF(listener->waiting.next, Conn, link);
        link_remove(&conn->link);
        conn_deal(conn);
    }
    return true;
}

static void on_connections(uv_poll_t *poll, int status, int events) {
    ListenerPoll *listener_poll = poll->data;
    Listener *listener = listener_poll->listener;
    for (int i = 0; i < ACCEPTS_PER_TURN && listener->is_accepting; i++) {
        int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == ECONNABORTED || errno == EINTR) continue;
            if (errno == EMFILE || errno == ENFILE) {
                deal_stop(listener);
                uv_timer_start(&listener->primary->stuck, deal_on_stuck_timer, OUT_OF_FDS_PAUSE_MS,
                               STUCK_CHECK_MS);
            }
            return;
        }
        Conn *conn = NEW(Conn);
        *conn = (Conn){.listener = listener, .fd = fd, .owners = 1};
        list_init(&conn->link);
        conn_deal(conn);
    }
}

void deal_start(Listener *listener) {
    if (listener->primary->is_paused || listener->is_accepting) return;
    if (!waiting_deal(listener) || !listener->dealt_uses) return;
    if (!listener->poll) {
        ListenerPoll *poll = NEW(ListenerPoll);
        if (uv_poll_init(listener->primary->loop, &poll->poll, listener->fd)) {
            mem_free(poll);
            return;
        }
        poll->listener = listener;
        poll->poll.data = poll;
        listener->poll = poll;
    }
    listener->is_accepting = true;
    uv_poll_start(&listener->poll->poll, UV_READABLE, on_connections);
}

void deal_stop(Listener *listener) {
    if (!listener->is_accepting) return;
    listener->is_accepting = false;
    uv_poll_stop(&listener->poll->poll);
}

void deal_resume(ClusterPrimary *primary) {
    LIST_EACH(&primary->listeners, Listener, link, listener) deal_start(listener);
}

static Handover *handover_find(const ClusterWorker *worker, unsigned long seq) {
    LIST_EACH(&worker->handovers, Handover, link, handover) {
        if (handover->seq == seq) return handover;
    }
    return NULL;
}

void deal_answered(ClusterWorker *worker, unsigned long seq, bool accepted) {
    Handover *handover = handover_find(worker, seq);
    if (!handover) return;
    worker->is_prompt = uv_now(worker->primary->loop) - handover->since <= PROMPT_MS;
    Conn *conn = handover_settle(handover);
    if (accepted) {
        worker->dealt++;
        conn_disown(conn);
    } else {
        conn->refusals++;
        conn_deal(conn);
    }
    worker_deal(worker);
    deal_resume(worker->primary);
}

void deal_retire(ClusterWorker *worker) {
    List moving;
    list_init(&moving);
    while (!list_is_empty(&worker->queue)) {
        Link *link = worker->queue.next;
        link_remove(link);
        list_append(&moving, link);
    }
    worker->queued = 0;
    while (!list_is_empty(&moving)) {
        Conn *conn = CONTAINER_OF(moving.next, Conn, link);
        link_remove(&conn->link);
        conn_deal(conn);
    }
}

void deal_withdraw(ClusterWorker *worker) {
    worker->is_retired = true;
    /* A worker says that it accepts before it looks at the connection. */
    while (!list_is_empty(&worker->handovers))
        conn_deal(handover_settle(CONTAINER_OF(worker->handovers.next, Handover, link)));
    deal_retire(worker);
}

static void on_poll_closed(uv_handle_t *handle) {
    mem_free(handle->data);
}

void deal_forget(Listener *listener) {
    LIST_EACH(&listener->waiting, Conn, link, conn) {
        link_remove(&conn->link);
        conn_disown(conn);
    }
    LIST_EACH(&listener->primary->workers, ClusterWorker, link, worker) {
        LIST_EACH(&worker->queue, Conn, link, conn) {
            if (conn->listener != listener) continue;
            link_remove(&conn->link);
            worker->queued--;
            conn_disown(conn);
        }
        LIST_EACH(&worker->handovers, Handover, link, handover) {
            if (handover->conn->listener == listener) handover->conn->listener = NULL;
        }
    }
    if (!listener->poll) return;
    listener->poll->listener = NULL;
    uv_close((uv_handle_t *)&listener->poll->poll, on_poll_closed);
    listener->poll = NULL;
}

static bool someone_answers(const ClusterWorker *stuck) {
    LIST_EACH(&stuck->uses, Use, of_worker, mine) {
        LIST_EACH(&mine->listener->uses, Use, of_listener, use) {
            if (use->kind == USE_DEALT && worker_can_be_dealt(use->worker) && !worker_is_stuck(use->worker))
                return true;
        }
    }
    return false;
}

void deal_on_stuck_timer(uv_timer_t *timer) {
    ClusterPrimary *primary = timer->data;
    deal_resume(primary);
    bool any_queued = false;
    LIST_EACH(&primary->workers, ClusterWorker, link, worker) {
        if (worker->queued && worker_is_stuck(worker) && someone_answers(worker)) deal_retire(worker);
        any_queued |= worker->queued > 0;
    }
    if (!any_queued) uv_timer_stop(timer);
}
