/* The reading half of a channel, without a socket: bytes and descriptors go in, messages come out, each
 * with the descriptor that is its own. It stands alone so that it can be fuzzed. */
#pragma once

#include "base/bytes.h"
#include "sys/channel.h"

/* The kernel's limit for one sendmsg. */
enum { CHANNEL_FDS_MAX = 253 };

typedef struct {
    ChannelForm form;
    size_t max_message;
    Bytes in;
    size_t start;   /* where the next message begins */
    size_t scanned; /* no end of line between start and here */
    int fds[CHANNEL_FDS_MAX];
    size_t fd_count;
} ChannelReader;

typedef enum {
    CHANNEL_READ_MORE, /* nothing complete */
    CHANNEL_READ_MESSAGE,
    CHANNEL_READ_HANDLE,      /* a NODE_HANDLE message and its descriptor */
    CHANNEL_READ_HANDLE_LOST, /* a NODE_HANDLE message whose descriptor did not arrive */
    CHANNEL_READ_ACK,
    CHANNEL_READ_NACK,
    CHANNEL_READ_TOO_LONG,
} ChannelRead;

void channel_reader_init(ChannelReader *reader, ChannelForm form);
/* Closes the descriptors that nobody took. */
void channel_reader_free(ChannelReader *reader);

/* The beginning of a message is there, or descriptors that no message has claimed. */
bool channel_reader_has_rest(const ChannelReader *reader);
/* Where the next bytes go; *space is at least 64 KiB. */
char *channel_reader_space(ChannelReader *reader, size_t *space);
void channel_reader_filled(ChannelReader *reader, size_t len);
/* Takes the descriptor. Those of one read are added before its messages are taken out. */
void channel_reader_add_fd(ChannelReader *reader, int fd);
/* The payload is valid until the next call of any of these. */
ChannelRead channel_reader_next(ChannelReader *reader, Slice *payload, int *fd);

/* The `cmd` of a message if it begins with "NODE_", else an empty slice. */
Slice channel_peek_command(ChannelForm form, Slice payload);
/* {"cmd": command} in the given form, without its framing. */
void channel_write_command(Bytes *out, ChannelForm form, const char *command);
