#include "sys/channel_reader.h"

#include <stdint.h>
#include <string.h>
#include <unistd.h>

enum { READ_SPACE = 64 * 1024, LENGTH_BYTES = 4 };

static const char node_prefix[] = "NODE_";

/* What V8's serializer writes for {cmd: "..."}, up to the string's length byte. */
static const char advanced_cmd_start[] = "\xff\x0fo\"\x03"
                                         "cmd\"";
static const char advanced_cmd_end[] = "{\x01";

void channel_reader_init(ChannelReader *reader, ChannelForm form) {
    *reader = (ChannelReader){.form = form, .max_message = 1UL << 30};
}

static void fds_close(ChannelReader *reader) {
    for (size_t i = 0; i < reader->fd_count; i++)
        close(reader->fds[i]);
    reader->fd_count = 0;
}

void channel_reader_free(ChannelReader *reader) {
    fds_close(reader);
    bytes_free(&reader->in);
}

bool channel_reader_has_rest(const ChannelReader *reader) {
    return reader->in.len > reader->start || reader->fd_count;
}

char *channel_reader_space(ChannelReader *reader, size_t *space) {
    Bytes *in = &reader->in;
    /* Move the unfinished message to the front only when that is cheap next to what was read. */
    if (reader->start && in->len - reader->start <= reader->start) {
        bytes_consume(in, reader->start);
        reader->scanned -= reader->start;
        reader->start = 0;
    }
    size_t waiting = in->len - reader->start;
    bytes_reserve(in, waiting > READ_SPACE ? waiting / 2 : READ_SPACE);
    *space = in->cap - in->len - 1;
    return in->data + in->len;
}

void channel_reader_filled(ChannelReader *reader, size_t len) {
    reader->in.len += len;
    reader->in.data[reader->in.len] = '\0';
}

void channel_reader_add_fd(ChannelReader *reader, int fd) {
    if (reader->fd_count == CHANNEL_FDS_MAX) {
        close(fd);
        return;
    }
    reader->fds[reader->fd_count++] = fd;
}

static int fd_take(ChannelReader *reader) {
    if (!reader->fd_count) return -1;
    int fd = reader->fds[0];
    memmove(reader->fds, reader->fds + 1, --reader->fd_count * sizeof *reader->fds);
    return fd;
}

static ChannelRead line_next(ChannelReader *reader, Slice *payload) {
    Bytes *in = &reader->in;
    for (;;) {
        const char *end = in->len > reader->scanned
                              ? memchr(in->data + reader->scanned, '\n', in->len - reader->scanned)
                              : NULL;
        size_t len = (end ? (size_t)(end - in->data) : in->len) - reader->start;
        if (len > reader->max_message) return CHANNEL_READ_TOO_LONG;
        if (!end) {
            reader->scanned = in->len;
            return CHANNEL_READ_MORE;
        }
        *payload = (Slice){in->data + reader->start, len};
        reader->start = reader->scanned = reader->start + len + 1;
        if (len) return CHANNEL_READ_MESSAGE;
    }
}

static ChannelRead block_next(ChannelReader *reader, Slice *payload) {
    Bytes *in = &reader->in;
    size_t waiting = in->len - reader->start;
    if (waiting < LENGTH_BYTES) return CHANNEL_READ_MORE;
    const unsigned char *head = (const unsigned char *)in->data + reader->start;
    size_t len = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    if (len > reader->max_message) return CHANNEL_READ_TOO_LONG;
    if (waiting - LENGTH_BYTES < len) return CHANNEL_READ_MORE;
    *payload = (Slice){(const char *)head + LENGTH_BYTES, len};
    reader->start += LENGTH_BYTES + len;
    reader->scanned = reader->start;
    return CHANNEL_READ_MESSAGE;
}

ChannelRead channel_reader_next(ChannelReader *reader, Slice *payload, int *fd) {
    *fd = -1;
    ChannelRead read =
        reader->form == CHANNEL_JSON ? line_next(reader, payload) : block_next(reader, payload);
    if (read == CHANNEL_READ_MORE && reader->start == reader->in.len) {
        /* A descriptor comes beside its message's first byte at the latest: these belong to nothing. */
        fds_close(reader);
    }
    if (read != CHANNEL_READ_MESSAGE) return read;
    Slice command = channel_peek_command(reader->form, *payload);
    if (slice_equals_str(command, "NODE_HANDLE_ACK")) return CHANNEL_READ_ACK;
    if (slice_equals_str(command, "NODE_HANDLE_NACK")) return CHANNEL_READ_NACK;
    if (!slice_equals_str(command, "NODE_HANDLE")) return CHANNEL_READ_MESSAGE;
    *fd = fd_take(reader);
    return *fd < 0 ? CHANNEL_READ_HANDLE_LOST : CHANNEL_READ_HANDLE;
}

/* Past the string whose opening quote is at `at`; NULL when it does not end. */
static const char *string_end(const char *at, const char *end) {
    for (at++; at < end; at++) {
        if (*at == '"') return at + 1;
        if (*at == '\\') at++;
    }
    return NULL;
}

static const char *space_skip(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
        at++;
    return at;
}

/* The string value of the outermost object's "cmd". A parser would do, but it would also have to be fed the
 * whole of every message that happens to have "NODE_" somewhere in it. */
static Slice json_peek_command(Slice json) {
    const char *at = json.data, *end = json.data + json.len;
    if (at < end && *at == '\x02') at++; /* Bun marks its internal messages */
    at = space_skip(at, end);
    if (at == end || *at != '{') return (Slice){"", 0};
    bool key_is_next = true;
    for (int depth = 1; ++at < end && depth;) {
        switch (*at) {
        case '{':
        case '[': depth++; break;
        case '}':
        case ']': depth--; break;
        case ',': key_is_next = depth == 1; break;
        case '"': {
            const char *key = at, *after = string_end(at, end);
            if (!after) return (Slice){"", 0};
            at = after - 1;
            if (!key_is_next) break;
            key_is_next = false;
            if (after - key != 5 || memcmp(key, "\"cmd\"", 5) != 0) break;
            const char *value = space_skip(after, end);
            if (value == end || *value != ':') break;
            value = space_skip(value + 1, end);
            const char *value_end = value < end && *value == '"' ? string_end(value, end) : NULL;
            if (!value_end) break;
            return (Slice){value + 1, (size_t)(value_end - value) - 2};
        }
        default: break;
        }
    }
    return (Slice){"", 0};
}

static Slice advanced_peek_command(Slice payload) {
    const size_t start = sizeof advanced_cmd_start - 1;
    if (payload.len <= start || payload.data[0] != '\xff') return (Slice){"", 0};
    if (memcmp(payload.data + 2, advanced_cmd_start + 2, start - 2) != 0) return (Slice){"", 0};
    size_t len = (unsigned char)payload.data[start];
    if (len > 127 || payload.len - start - 1 < len) return (Slice){"", 0};
    return (Slice){payload.data + start + 1, len};
}

Slice channel_peek_command(ChannelForm form, Slice payload) {
    const size_t prefix = sizeof node_prefix - 1;
    Slice command = {"", 0};
    if (form == CHANNEL_ADVANCED)
        command = advanced_peek_command(payload);
    else if (memmem(payload.data, payload.len, node_prefix, prefix))
        command = json_peek_command(payload);
    bool is_node = command.len >= prefix && memcmp(command.data, node_prefix, prefix) == 0;
    return is_node ? command : (Slice){"", 0};
}

void channel_write_command(Bytes *out, ChannelForm form, const char *command) {
    if (form == CHANNEL_JSON) {
        bytes_printf(out, "{\"cmd\":\"%s\"}", command);
        return;
    }
    bytes_append(out, advanced_cmd_start, sizeof advanced_cmd_start - 1);
    bytes_append_char(out, (char)strlen(command));
    bytes_append_str(out, command);
    bytes_append(out, advanced_cmd_end, sizeof advanced_cmd_end - 1);
}
