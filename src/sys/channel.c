#include "sys/channel.h"

#include "base/list.h"
#include "base/mem.h"
#include "sys/channel_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    READS_PER_TURN = 16, /* then other handles of the loop get their turn */
    FRAMES_PER_WRITE = 64,
    TRIES_PER_HANDLE = 4,
};

/* One message on its way out, framing included. */
typedef struct {
    Link link;
    char *bytes;
    size_t len;
    size_t written;
    int fd;         /* -1: none */
    bool under_way; /* counted in Channel.handles */
    unsigned tries;
    ChannelSent sent;
    void *sent_data;
} Frame;

struct Channel {
    uv_poll_t poll;
    uv_timer_t later; /* tells `closed` from the loop instead of from inside a call of the owner */
    int fd;
    ChannelReader reader;
    const ChannelEvents *events;
    void *owner;
    ChannelFilter filter;
    void *filter_data;
    List writing;                  /* may go now */
    List held;                     /* waits for an acknowledgement */
    List sent;                     /* gone out with a descriptor, and not acknowledged */
    unsigned handles, handles_max; /* with a descriptor, in `writing` or `sent` */
    size_t waiting_bytes;
    int polled; /* the events that poll is started with */
    int error;  /* of writing */
    unsigned open_handles;
    bool wants_reading, wants_ref;
    bool finishing, broken, told_closed, freed;
};

int channel_pair(int fds[2]) {
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) ? -errno : 0;
}

static bool frames_wait(const Channel *channel) {
    return !list_is_empty(&channel->writing);
}

static void on_poll(uv_poll_t *poll, int status, int events);

/* Brings libuv's view in line with what is wanted now. */
static void poll_update(Channel *channel) {
    if (channel->freed) return;
    int wanted = 0;
    if (!channel->told_closed) {
        if (channel->wants_reading) wanted |= UV_READABLE;
        if (frames_wait(channel) && !channel->broken) wanted |= UV_WRITABLE;
    }
    if (wanted != channel->polled) {
        if (wanted)
            uv_poll_start(&channel->poll, wanted, on_poll);
        else
            uv_poll_stop(&channel->poll);
        channel->polled = wanted;
    }
    if (channel->wants_ref || frames_wait(channel))
        uv_ref((uv_handle_t *)&channel->poll);
    else
        uv_unref((uv_handle_t *)&channel->poll);
}

static void frame_free(Channel *channel, Frame *frame, int error) {
    link_remove(&frame->link);
    channel->waiting_bytes -= frame->len - frame->written;
    if (frame->under_way) channel->handles--;
    ChannelSent sent = frame->sent;
    void *data = frame->sent_data;
    mem_free(frame->bytes);
    mem_free(frame);
    if (sent) sent(data, error);
}

static void frames_fail(Channel *channel, int error) {
    List *lists[] = {&channel->sent, &channel->writing, &channel->held};
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        while (!list_is_empty(lists[i]))
            frame_free(channel, CONTAINER_OF(lists[i]->next, Frame, link), error);
}

static void tell_closed(Channel *channel, int error) {
    if (channel->told_closed || channel->freed) return;
    channel->told_closed = true;
    uv_timer_stop(&channel->later);
    frames_fail(channel, error ? error : -EPIPE);
    poll_update(channel);
    if (!channel->freed && channel->events->closed) channel->events->closed(channel->owner, error);
}

static void on_later(uv_timer_t *timer) {
    Channel *channel = timer->data;
    if (channel->finishing) shutdown(channel->fd, SHUT_RDWR);
    tell_closed(channel, channel->finishing ? 0 : channel->error);
}

static void tell_closed_later(Channel *channel) {
    uv_timer_start(&channel->later, on_later, 0, 0);
}

static void finish_if_done(Channel *channel) {
    if (channel->finishing && !channel_is_busy(channel)) tell_closed_later(channel);
}

/* The kernel will take no more. What it still has for us is read first, when somebody reads. */
static void write_broke(Channel *channel, int error) {
    channel->broken = true;
    channel->error = error;
    if (channel->finishing || !channel->wants_reading) tell_closed_later(channel);
    poll_update(channel);
}

static bool error_is_transient(int error) {
    return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS || error == ENOMEM ||
           error == ETOOMANYREFS;
}

/* -errno, or how much went out; 0 when the socket is full. */
static ssize_t write_pieces(Channel *channel, struct iovec *pieces, size_t count, int fd) {
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = count};
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    if (fd >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control.space;
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(head), &fd, sizeof fd);
    }
    ssize_t written;
    do
        written = sendmsg(channel->fd, &message, MSG_NOSIGNAL);
    while (written < 0 && errno == EINTR);
    if (written >= 0) return written;
    return error_is_transient(errno) ? 0 : -errno;
}

/* The frames that can go out in one call: a descriptor only beside the first byte of the first. */
static size_t frames_gather(Channel *channel, struct iovec *pieces) {
    size_t count = 0;
    for (Link *link = channel->writing.next; link != &channel->writing && count < FRAMES_PER_WRITE;
         link = link->next) {
        Frame *frame = CONTAINER_OF(link, Frame, link);
        if (count && frame->fd >= 0) break;
        pieces[count++] = (struct iovec){frame->bytes + frame->written, frame->len - frame->written};
    }
    return count;
}

/* The frame has left; one with a descriptor now waits for its acknowledgement. */
static void frame_went_out(Channel *channel, Frame *frame) {
    if (frame->fd < 0) {
        frame_free(channel, frame, 0);
        return;
    }
    link_remove(&frame->link);
    list_append(&channel->sent, &frame->link);
}

static void frames_advance(Channel *channel, size_t written) {
    while (written && frames_wait(channel) && !channel->freed) {
        Frame *frame = CONTAINER_OF(channel->writing.next, Frame, link);
        size_t rest = frame->len - frame->written, part = written < rest ? written : rest;
        frame->written += part;
        channel->waiting_bytes -= part;
        written -= part;
        if (frame->written == frame->len) frame_went_out(channel, frame);
    }
}

static void hold_release(Channel *channel);

static void frames_write(Channel *channel) {
    struct iovec pieces[FRAMES_PER_WRITE];
    while (!channel->freed && !channel->broken && frames_wait(channel)) {
        Frame *first = CONTAINER_OF(channel->writing.next, Frame, link);
        size_t count = frames_gather(channel, pieces);
        int fd = first->written ? -1 : first->fd;
        ssize_t written = write_pieces(channel, pieces, count, fd);
        if (written == 0) break;
        if (written > 0) {
            frames_advance(channel, (size_t)written);
        } else if (fd >= 0 && (written == -EBADF || written == -EINVAL)) {
            /* Its descriptor cannot be sent; the channel is well. */
            frame_free(channel, first, (int)written);
            if (!channel->freed) hold_release(channel);
        } else {
            write_broke(channel, (int)written);
        }
    }
    if (channel->freed) return;
    finish_if_done(channel);
    poll_update(channel);
}

static bool must_wait(const Channel *channel) {
    return channel->handles >= channel->handles_max || !list_is_empty(&channel->held);
}

static void frame_let_go(Channel *channel, Frame *frame) {
    list_append(&channel->writing, &frame->link);
    frame->under_way = frame->fd >= 0;
    channel->handles += frame->under_way;
}

/* After an acknowledgement: lets go what waited for it, up to and including the next descriptor. */
static void hold_release(Channel *channel) {
    while (channel->handles < channel->handles_max && !list_is_empty(&channel->held)) {
        Frame *frame = CONTAINER_OF(channel->held.next, Frame, link);
        link_remove(&frame->link);
        frame_let_go(channel, frame);
    }
}

static void handle_acknowledged(Channel *channel, bool arrived) {
    if (list_is_empty(&channel->sent)) return;
    Frame *frame = CONTAINER_OF(channel->sent.next, Frame, link);
    if (!arrived && ++frame->tries < TRIES_PER_HANDLE) {
        frame->written = 0;
        channel->waiting_bytes += frame->len;
        link_remove(&frame->link);
        list_append(&channel->writing, &frame->link);
    } else {
        frame_free(channel, frame, arrived ? 0 : -EBADMSG);
        if (channel->freed) return;
        hold_release(channel);
    }
    frames_write(channel);
}

static Frame *frame_new(Channel *channel, Slice payload, int fd) {
    Frame *frame = NEW(Frame);
    list_init(&frame->link);
    frame->fd = fd;
    frame->len = payload.len + (channel->reader.form == CHANNEL_JSON ? 1 : 4);
    frame->bytes = mem_resize(NULL, frame->len);
    if (channel->reader.form == CHANNEL_JSON) {
        memcpy(frame->bytes, payload.data, payload.len);
        frame->bytes[payload.len] = '\n';
    } else {
        uint32_t len = htonl((uint32_t)payload.len);
        memcpy(frame->bytes, &len, sizeof len);
        memcpy(frame->bytes + sizeof len, payload.data, payload.len);
    }
    channel->waiting_bytes += frame->len;
    return frame;
}

static int send_check(const Channel *channel, Slice payload) {
    if (!channel_is_open(channel)) return -EPIPE;
    if (channel->reader.form == CHANNEL_ADVANCED && payload.len > UINT32_MAX) return -EMSGSIZE;
    return 0;
}

static int send_now(Channel *channel, Slice payload, ChannelSent sent, void *data) {
    size_t already = 0;
    if (!frames_wait(channel)) {
        uint32_t len = htonl((uint32_t)payload.len);
        struct iovec pieces[2] = {
            {(void *)payload.data, payload.len},
            {"\n",                 1          }
        };
        if (channel->reader.form == CHANNEL_ADVANCED) {
            pieces[1] = pieces[0];
            pieces[0] = (struct iovec){&len, sizeof len};
        }
        ssize_t written = write_pieces(channel, pieces, 2, -1);
        if (written < 0) {
            write_broke(channel, (int)written);
            return (int)written;
        }
        already = (size_t)written;
        if (already == pieces[0].iov_len + pieces[1].iov_len) return 0;
    }
    Frame *frame = frame_new(channel, payload, -1);
    frame->written = already;
    channel->waiting_bytes -= already;
    frame->sent = sent;
    frame->sent_data = data;
    list_append(&channel->writing, &frame->link);
    poll_update(channel);
    return 1;
}

int channel_send(Channel *channel, Slice payload, ChannelSent sent, void *data) {
    int error = send_check(channel, payload);
    if (error) return error;
    if (!must_wait(channel)) return send_now(channel, payload, sent, data);
    Frame *frame = frame_new(channel, payload, -1);
    frame->sent = sent;
    frame->sent_data = data;
    list_append(&channel->held, &frame->link);
    return 1;
}

int channel_send_handle(Channel *channel, Slice payload, int fd, ChannelSent acknowledged, void *data) {
    int error = send_check(channel, payload);
    if (error) return error;
    if (fd < 0) return -EBADF;
    Frame *frame = frame_new(channel, payload, fd);
    frame->sent = acknowledged;
    frame->sent_data = data;
    if (must_wait(channel)) {
        list_append(&channel->held, &frame->link);
        return 0;
    }
    frame_let_go(channel, frame);
    if (channel->writing.next == &frame->link)
        frames_write(channel);
    else
        poll_update(channel);
    return 0;
}

static void acknowledge(Channel *channel, const char *command) {
    if (!channel_is_open(channel) && !channel->finishing) return;
    Bytes payload = {0};
    channel_write_command(&payload, channel->reader.form, command);
    send_now(channel, bytes_slice(&payload), NULL, NULL);
    bytes_free(&payload);
}

static void message_tell(Channel *channel, Slice payload, int fd) {
    if (channel->filter && channel->filter(channel->filter_data, payload, fd)) return;
    channel->events->message(channel->owner, payload, fd);
}

/* False when the channel can be read no further. */
static bool messages_take(Channel *channel) {
    Slice payload;
    int fd;
    while (!channel->freed && !channel->told_closed) {
        switch (channel_reader_next(&channel->reader, &payload, &fd)) {
        case CHANNEL_READ_MORE: return true;
        case CHANNEL_READ_TOO_LONG: tell_closed(channel, -EMSGSIZE); return false;
        case CHANNEL_READ_ACK: handle_acknowledged(channel, true); break;
        case CHANNEL_READ_NACK: handle_acknowledged(channel, false); break;
        case CHANNEL_READ_HANDLE_LOST: acknowledge(channel, "NODE_HANDLE_NACK"); break;
        case CHANNEL_READ_HANDLE:
            acknowledge(channel, "NODE_HANDLE_ACK");
            message_tell(channel, payload, fd);
            break;
        case CHANNEL_READ_MESSAGE: message_tell(channel, payload, -1); break;
        }
    }
    return false;
}

/* *more: there may be more where this came from. */
static ssize_t read_once(Channel *channel, bool *more) {
    size_t space;
    char *at = channel_reader_space(&channel->reader, &space);
    struct iovec piece = {at, space};
    char control[CMSG_SPACE(sizeof(int) * CHANNEL_FDS_MAX)];
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t len;
    do
        len = recvmsg(channel->fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    while (len < 0 && errno == EINTR);
    if (len < 0) return -errno;
    for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head; head = CMSG_NXTHDR(&message, head)) {
        if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(head) + i * sizeof fd, sizeof fd);
            channel_reader_add_fd(&channel->reader, fd);
        }
    }
    channel_reader_filled(&channel->reader, (size_t)len);
    /* The kernel also stops short behind a descriptor. */
    *more = (size_t)len == space || message.msg_controllen > 0;
    return len;
}

static void read_all(Channel *channel) {
    for (int i = 0; i < READS_PER_TURN; i++) {
        bool more;
        ssize_t len = read_once(channel, &more);
        if (len == -EAGAIN) return;
        if (len <= 0) {
            tell_closed(channel, len == -ECONNRESET ? 0 : (int)len);
            return;
        }
        bool goes_on = messages_take(channel);
        if (!channel->freed && channel->events->read_end) channel->events->read_end(channel->owner);
        if (!goes_on || !more || channel->freed || !channel->wants_reading) return;
    }
}

static void on_poll(uv_poll_t *poll, int status, int events) {
    Channel *channel = poll->data;
    if (status < 0) {
        /* The peer is gone, and libuv has stopped polling; what it had sent before can still be read. */
        channel->polled = 0;
        events = UV_WRITABLE | UV_READABLE;
    }
    if (events & UV_WRITABLE) frames_write(channel);
    if (!channel->freed && channel->wants_reading && (events & UV_READABLE)) read_all(channel);
    poll_update(channel);
}

Channel *channel_open(uv_loop_t *loop, int fd, ChannelForm form, const ChannelEvents *events, void *owner) {
    Channel *channel = NEW(Channel);
    channel->fd = fd;
    channel->events = events;
    channel->owner = owner;
    channel->wants_ref = true;
    list_init(&channel->writing);
    list_init(&channel->held);
    list_init(&channel->sent);
    channel->handles_max = 1;
    channel_reader_init(&channel->reader, form);
    int error = uv_poll_init(loop, &channel->poll, fd);
    if (error) {
        mem_free(channel);
        errno = -error;
        return NULL;
    }
    uv_timer_init(loop, &channel->later);
    channel->poll.data = channel->later.data = channel;
    channel->open_handles = 2;
    return channel;
}

static void on_handle_closed(uv_handle_t *handle) {
    Channel *channel = handle->data;
    if (--channel->open_handles) return;
    channel_reader_free(&channel->reader);
    mem_free(channel);
}

void channel_free(Channel *channel) {
    if (!channel || channel->freed) return;
    channel->freed = true;
    frames_fail(channel, -ECANCELED);
    uv_close((uv_handle_t *)&channel->poll, on_handle_closed);
    uv_close((uv_handle_t *)&channel->later, on_handle_closed);
    close(channel->fd);
}

void channel_finish(Channel *channel) {
    if (channel->freed || channel->told_closed || channel->finishing) return;
    channel->finishing = true;
    finish_if_done(channel);
}

void channel_read_start(Channel *channel) {
    channel->wants_reading = true;
    poll_update(channel);
}

void channel_read_stop(Channel *channel) {
    channel->wants_reading = false;
    poll_update(channel);
}

void channel_set_filter(Channel *channel, ChannelFilter filter, void *data) {
    channel->filter = filter;
    channel->filter_data = data;
}

void channel_set_max_message(Channel *channel, size_t bytes) {
    channel->reader.max_message = bytes;
}

void channel_set_max_handles(Channel *channel, unsigned count) {
    channel->handles_max = count;
}

size_t channel_waiting_bytes(const Channel *channel) {
    return channel->waiting_bytes;
}

bool channel_is_open(const Channel *channel) {
    return !channel->freed && !channel->told_closed && !channel->finishing && !channel->broken;
}

bool channel_is_busy(const Channel *channel) {
    return frames_wait(channel) || channel->handles || !list_is_empty(&channel->held);
}

bool channel_is_still(const Channel *channel) {
    return !channel_is_busy(channel) && !channel_reader_has_rest(&channel->reader);
}

ChannelForm channel_form(const Channel *channel) {
    return channel->reader.form;
}

int channel_fd(const Channel *channel) {
    return channel->fd;
}

void channel_ref(Channel *channel) {
    channel->wants_ref = true;
    poll_update(channel);
}

void channel_unref(Channel *channel) {
    channel->wants_ref = false;
    poll_update(channel);
}
