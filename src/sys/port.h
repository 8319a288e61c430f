/* Message channels between threads: two ends, a queue for each, one lock. An end belongs to one thread at
 * a time and can move to another with the messages that wait for it. */
#pragma once

#include "sys/bell.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct MessagePart MessagePart;

/* What travels with a message and is more than its bytes: memory, an end of a channel, a string. */
struct MessagePart {
    int kind; /* what the sender's and the receiver's code agree on */
    void *thing;
    size_t len;
    void (*dispose)(MessagePart *part); /* for what is never received; may be NULL */
};

typedef struct {
    Link link;
    int kind;
    double number;
    char *data;
    size_t len;
    size_t part_count;
    MessagePart *parts;
} Message;

Message *message_new(int kind, const void *data, size_t len, size_t part_count);
void message_free(Message *message); /* with the parts that nobody took */

typedef struct Channel Channel;

typedef struct {
    Channel *channel;
    int side;
} PortEnd;

/* Both ends of a new channel; each is given back with port_close. */
void channel_new(PortEnd ends[2]);

/* Takes the message over. False if the other end is closed: the message is gone. */
bool port_post(PortEnd end, Message *message);
/* The next message, or NULL; the caller owns it. */
Message *port_take(PortEnd end);
bool port_has_messages(PortEnd end);
/* The other end was closed (its last messages may still wait here). */
bool port_is_orphaned(PortEnd end);
/* What messages and the other end's closing ring; NULL for nothing. */
void port_listen(PortEnd end, Bell *bell);
/* Ends the channel for both. What waits here is freed; what waits at the other end stays. */
void port_close(PortEnd end);
static inline bool ports_are_entangled(PortEnd a, PortEnd b) {
    return a.channel == b.channel;
}
