/* The pipe of messages between a parent and a child that Node calls IPC: the end that a child gets in
 * NODE_CHANNEL_FD and the end that its parent keeps. Real Node processes sit at the other end, so the
 * bytes are Node's; what is in a message is nobody's business here except the descriptors' etiquette
 * (NODE_HANDLE, NODE_HANDLE_ACK, NODE_HANDLE_NACK), which the channel answers by itself.
 *
 *     static void got(void *app, Slice json, int fd) { ... }          // fd: -1, or yours to close
 *     static void gone(void *app, int error) { channel_free(app_channel(app)); }
 *     static const ChannelEvents events = {.message = got, .closed = gone};
 *
 *     int fds[2];
 *     channel_pair(fds);                                               // fds[1] goes to the child
 *     Channel *channel = channel_open(loop, fds[0], CHANNEL_JSON, &events, app);
 *     channel_send(channel, slice_from_str("{\"hello\":1}"), NULL, NULL);
 */
#pragma once

#include "base/bytes.h"

#include <uv.h>

typedef struct Channel Channel;

/* NODE_CHANNEL_SERIALIZATION_MODE: a line of JSON, or bytes behind their length. */
typedef enum { CHANNEL_JSON, CHANNEL_ADVANCED } ChannelForm;

typedef struct {
    /* A message came; the bytes are there during the call only. fd is -1, or a descriptor that came with
     * a NODE_HANDLE message (already acknowledged) and is now the owner's. */
    void (*message)(void *owner, Slice payload, int fd);
    /* All messages of one read have been told: a good moment to hand over what was gathered. May be NULL. */
    void (*read_end)(void *owner);
    /* The other side hung up (0) or the channel broke (-errno). Told once; nothing can be sent any more, but
     * the channel stays until channel_free. */
    void (*closed)(void *owner, int error);
} ChannelEvents;

/* What became of a message: 0 or -errno. */
typedef void (*ChannelSent)(void *data, int error);

/* Sees each message before the owner; true when it has taken it (and fd with it). */
typedef bool (*ChannelFilter)(void *data, Slice payload, int fd);

/* Two connected sockets, closed on exec (whoever starts the child copies its end to a number there). */
int channel_pair(int fds[2]);

/* Takes fd. Reading starts with channel_read_start. NULL and errno when fd is nothing that can be polled (it
 * stays the caller's then). */
Channel *channel_open(uv_loop_t *loop, int fd, ChannelForm form, const ChannelEvents *events, void *owner);
/* Closes at once: unsent messages are told -ECANCELED, the owner hears nothing more. May be called from
 * any of the channel's calls. */
void channel_free(Channel *channel);

void channel_read_start(Channel *channel);
void channel_read_stop(Channel *channel);
/* At most one: src/cluster's. */
void channel_set_filter(Channel *channel, ChannelFilter filter, void *data);
/* Messages longer than this break the channel (-EMSGSIZE). Default: 1 GiB. */
void channel_set_max_message(Channel *channel, size_t bytes);

/* How many descriptors may be under way without being acknowledged. Default: 1, as Node has it; who takes
 * more may see messages arrive before an earlier one whose descriptor was lost and is sent again. */
void channel_set_max_handles(Channel *channel, unsigned count);

/* Sends one message. Returns 0 when the kernel has it all, 1 when (part of) it waits: then `sent`, if there,
 * is called later, once; or -errno. While as many descriptors as may be under way wait for their
 * acknowledgement, messages wait behind them. */
int channel_send(Channel *channel, Slice payload, ChannelSent sent, void *data);
/* Sends a NODE_HANDLE message with a descriptor, which stays the caller's and must stay open until
 * `acknowledged` has been called with 0 (the other side has it), -EBADMSG (it never arrived) or another
 * -errno (channel gone). Returns 0, or -errno and will not call. */
int channel_send_handle(Channel *channel, Slice payload, int fd, ChannelSent acknowledged, void *data);
/* Sends the rest of what waits, then hangs up and tells `closed`. */
void channel_finish(Channel *channel);

/* Bytes that wait here to be written; above channel_high_water a sender should pause. */
size_t channel_waiting_bytes(const Channel *channel);
enum { CHANNEL_HIGH_WATER = 128 * 1024 };
bool channel_is_open(const Channel *channel);
/* Messages or descriptors are still on their way out. */
bool channel_is_busy(const Channel *channel);
/* Nothing is on its way out, and nothing has come in by half. */
bool channel_is_still(const Channel *channel);
ChannelForm channel_form(const Channel *channel);
int channel_fd(const Channel *channel);

/* Whether the channel alone keeps the loop alive. */
void channel_ref(Channel *channel);
void channel_unref(Channel *channel);
