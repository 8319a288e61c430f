/* Message channels between threads. The channel is freed by whoever closes the second end. */
#include "sys/port.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    List queue;
    Bell *bell;
    bool closed;
} Side;

struct Channel {
    uv_mutex_t lock;
    Side sides[2];
};

Message *message_new(int kind, const void *data, size_t len, size_t part_count) {
    /* One block: the message, its bytes, its parts. */
    size_t bytes = (len + 15) & ~(size_t)15;
    Message *message = malloc(sizeof *message + bytes + part_count * sizeof *message->parts);
    if (!message) abort();
    *message = (Message){.kind = kind, .len = len, .part_count = part_count};
    list_init(&message->link);
    message->data = (char *)(message + 1);
    message->parts = (MessagePart *)(message->data + bytes);
    if (len) memcpy(message->data, data, len);
    memset(message->parts, 0, part_count * sizeof *message->parts);
    return message;
}

void message_free(Message *message) {
    for (size_t i = 0; i < message->part_count; i++)
        if (message->parts[i].thing && message->parts[i].dispose)
            message->parts[i].dispose(&message->parts[i]);
    free(message);
}

static void queue_free(List *queue) {
    LIST_EACH(queue, Message, link, message) {
        link_remove(&message->link);
        message_free(message);
    }
}

void channel_new(PortEnd ends[2]) {
    Channel *channel = NEW(Channel);
    uv_mutex_init(&channel->lock);
    for (int i = 0; i < 2; i++) {
        list_init(&channel->sides[i].queue);
        ends[i] = (PortEnd){channel, i};
    }
}

bool port_post(PortEnd end, Message *message) {
    Channel *channel = end.channel;
    Side *other = &channel->sides[!end.side];
    uv_mutex_lock(&channel->lock);
    bool open = !other->closed;
    if (open) {
        list_append(&other->queue, &message->link);
        if (other->bell) bell_ring(other->bell);
    }
    uv_mutex_unlock(&channel->lock);
    if (!open) message_free(message);
    return open;
}

Message *port_take(PortEnd end) {
    Channel *channel = end.channel;
    Side *side = &channel->sides[end.side];
    Message *message = NULL;
    uv_mutex_lock(&channel->lock);
    if (!list_is_empty(&side->queue)) {
        message = CONTAINER_OF(side->queue.next, Message, link);
        link_remove(&message->link);
    }
    uv_mutex_unlock(&channel->lock);
    return message;
}

bool port_has_messages(PortEnd end) {
    uv_mutex_lock(&end.channel->lock);
    bool has = !list_is_empty(&end.channel->sides[end.side].queue);
    uv_mutex_unlock(&end.channel->lock);
    return has;
}

bool port_is_orphaned(PortEnd end) {
    uv_mutex_lock(&end.channel->lock);
    bool orphaned = end.channel->sides[!end.side].closed;
    uv_mutex_unlock(&end.channel->lock);
    return orphaned;
}

void port_listen(PortEnd end, Bell *bell) {
    Channel *channel = end.channel;
    uv_mutex_lock(&channel->lock);
    Side *side = &channel->sides[end.side];
    side->bell = bell;
    if (bell && (!list_is_empty(&side->queue) || channel->sides[!end.side].closed)) bell_ring(bell);
    uv_mutex_unlock(&channel->lock);
}

void port_close(PortEnd end) {
    Channel *channel = end.channel;
    Side *side = &channel->sides[end.side], *other = &channel->sides[!end.side];
    List left;
    uv_mutex_lock(&channel->lock);
    side->closed = true;
    side->bell = NULL;
    list_take(&side->queue, &left); /* freed outside the lock: a part may be an end of this channel */
    bool last = other->closed;
    if (!last && other->bell) bell_ring(other->bell);
    uv_mutex_unlock(&channel->lock);
    queue_free(&left);
    if (!last) return;
    uv_mutex_destroy(&channel->lock);
    mem_free(channel);
}
