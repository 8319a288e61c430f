#include "cluster/turns.h"

#include "base/mem.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    OUT_OF_FDS_PAUSE_MS = 50,
    UNWANTED_PAUSE_MS = 10,
    PATIENCE_MS = 1, /* how long one that is ahead leaves connections to others */
    LEAD_MAX = 6,    /* from which it does */
};

struct Turns {
    uv_poll_t poll;
    uv_idle_t idle; /* keeps the loop from sleeping until the socket is in the queue properly */
    uv_check_t check;
    uv_timer_t pause;
    int fd;
    Board *board;
    unsigned slot;
    TurnsTaken taken;
    TurnsWants wants;
    void *owner;
    bool exclusive; /* libuv's registration has been replaced by ours */
    bool stepped_aside, patience_is_over;
    uint32_t total_before;
    unsigned open_handles;
};

static int registration_remove(Turns *turns) {
    struct epoll_event event = {0};
    return epoll_ctl(uv_backend_fd(turns->poll.loop), EPOLL_CTL_DEL, turns->fd, &event) < 0 ? -errno : 0;
}

static int registration_add(Turns *turns) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.fd = turns->fd};
    int epoll = uv_backend_fd(turns->poll.loop);
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, turns->fd, &event) == 0) return 0;
    int error = -errno;
    event.events = EPOLLIN; /* an old kernel: everyone is woken each time, which is still right */
    epoll_ctl(epoll, EPOLL_CTL_ADD, turns->fd, &event);
    return error;
}

static int registration_replace(Turns *turns) {
    int error = registration_remove(turns);
    return error ? error : registration_add(turns);
}

/* To the end of the kernel's queue of waiting processes. */
static void step_back(Turns *turns) {
    if (turns->exclusive && !turns->stepped_aside && uv_is_active((uv_handle_t *)&turns->poll))
        registration_replace(turns);
}

static void on_poll(uv_poll_t *poll, int status, int events);

/* libuv has registered the socket its own way by now, unless we came in the middle of a turn of the loop. */
static void on_check(uv_check_t *check) {
    Turns *turns = check->data;
    int error = registration_replace(turns);
    if (error == -ENOENT) return;
    turns->exclusive = error == 0;
    uv_check_stop(check);
    uv_idle_stop(&turns->idle);
}

static void on_idle(uv_idle_t *idle) {}

static void poll_start(Turns *turns) {
    turns->exclusive = false;
    uv_poll_start(&turns->poll, UV_READABLE, on_poll);
    uv_check_start(&turns->check, on_check);
    uv_idle_start(&turns->idle, on_idle);
}

static void poll_stop(Turns *turns) {
    uv_poll_stop(&turns->poll);
    uv_check_stop(&turns->check);
    uv_idle_stop(&turns->idle);
    uv_timer_stop(&turns->pause);
    turns->stepped_aside = false;
}

static void on_pause_over(uv_timer_t *timer) {
    poll_start(timer->data);
}

static void on_patience_over(uv_timer_t *timer) {
    Turns *turns = timer->data;
    turns->stepped_aside = false;
    /* If nobody took one either, they are all occupied, and it is better uneven than late. */
    turns->patience_is_over = board_total(turns->board) == turns->total_before;
    registration_add(turns);
}

/* One that is far ahead stays out of the queue for a moment, for those who are busy catching up. */
static bool step_aside(Turns *turns) {
    bool patient = !turns->patience_is_over;
    turns->patience_is_over = false;
    if (!patient || !turns->exclusive || !turns->board) return false;
    if (board_lead(turns->board, turns->slot, true, uv_now(turns->poll.loop)) < LEAD_MAX) return false;
    turns->total_before = board_total(turns->board);
    turns->stepped_aside = registration_remove(turns) == 0;
    uv_timer_start(&turns->pause, on_patience_over, PATIENCE_MS, 0);
    return true;
}

static void on_unwanted_over(uv_timer_t *timer) {
    Turns *turns = timer->data;
    if (turns->wants(turns->owner))
        poll_start(turns);
    else
        uv_timer_start(timer, on_unwanted_over, UNWANTED_PAUSE_MS, 0);
}

static void on_poll(uv_poll_t *poll, int status, int events) {
    Turns *turns = poll->data;
    if (turns->wants && !turns->wants(turns->owner)) {
        poll_stop(turns);
        uv_timer_start(&turns->pause, on_unwanted_over, UNWANTED_PAUSE_MS, 0);
        return;
    }
    bool is_last = turns->board && board_is_retired(turns->board, turns->slot);
    if (!is_last && step_aside(turns)) return;
    if (is_last) poll_stop(turns); /* nobody else has been woken for this connection: take it still */
    int fd = accept4(turns->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (is_last || (errno != EMFILE && errno != ENFILE)) return;
        poll_stop(turns); /* the others may have some left */
        uv_timer_start(&turns->pause, on_pause_over, OUT_OF_FDS_PAUSE_MS, 0);
        return;
    }
    if (turns->board) board_count(turns->board, turns->slot, uv_now(poll->loop));
    if (!turns->board || board_lead(turns->board, turns->slot, false, 0) > 0) step_back(turns);
    turns->taken(turns->owner, fd);
}

Turns *turns_open(uv_loop_t *loop, int fd, Board *board, unsigned slot, TurnsTaken taken, void *owner) {
    Turns *turns = NEW(Turns);
    *turns = (Turns){.fd = fd, .board = board, .slot = slot, .taken = taken, .owner = owner};
    if (uv_poll_init(loop, &turns->poll, fd)) {
        mem_free(turns);
        return NULL;
    }
    uv_idle_init(loop, &turns->idle);
    uv_check_init(loop, &turns->check);
    uv_timer_init(loop, &turns->pause);
    uv_unref((uv_handle_t *)&turns->idle);
    uv_unref((uv_handle_t *)&turns->check);
    uv_unref((uv_handle_t *)&turns->pause);
    turns->poll.data = turns->idle.data = turns->check.data = turns->pause.data = turns;
    turns->open_handles = 4;
    poll_start(turns);
    return turns;
}

static void on_handle_closed(uv_handle_t *handle) {
    Turns *turns = handle->data;
    if (--turns->open_handles == 0) mem_free(turns);
}

void turns_set_wants(Turns *turns, TurnsWants wants) {
    turns->wants = wants;
}

void turns_close(Turns *turns) {
    uv_close((uv_handle_t *)&turns->poll, on_handle_closed);
    uv_close((uv_handle_t *)&turns->idle, on_handle_closed);
    uv_close((uv_handle_t *)&turns->check, on_handle_closed);
    uv_close((uv_handle_t *)&turns->pause, on_handle_closed);
    close(turns->fd);
}

void turns_nudge(Turns *turns) {
    step_back(turns);
}

void turns_pause(Turns *turns, bool paused) {
    poll_stop(turns);
    if (!paused) poll_start(turns);
}

int turns_fd(const Turns *turns) {
    return turns->fd;
}

void turns_ref(Turns *turns) {
    uv_ref((uv_handle_t *)&turns->poll);
}

void turns_unref(Turns *turns) {
    uv_unref((uv_handle_t *)&turns->poll);
}
