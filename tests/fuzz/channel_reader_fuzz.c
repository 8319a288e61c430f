/* A channel's peer may be any program. Whatever it sends, in whatever pieces, nothing outside the bytes is
 * touched, and the messages are the same ones however the bytes were cut. */
#include "base/bytes.h"
#include "sys/channel_reader.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What came out, in words, for one way of cutting. */
static void story_read(Bytes *story, ChannelForm form, const uint8_t *data, size_t size, size_t piece) {
    ChannelReader reader;
    channel_reader_init(&reader, form);
    reader.max_message = 4096;
    for (size_t at = 0; at < size;) {
        size_t space, len = size - at < piece ? size - at : piece;
        char *to = channel_reader_space(&reader, &space);
        if (len > space) len = space;
        memcpy(to, data + at, len);
        channel_reader_filled(&reader, len);
        at += len;
        ChannelRead read;
        Slice payload;
        int fd;
        while ((read = channel_reader_next(&reader, &payload, &fd)) != CHANNEL_READ_MORE) {
            bytes_printf(story, "%d:", read);
            if (read == CHANNEL_READ_TOO_LONG) break;
            bytes_append(story, payload.data, payload.len);
            if (fd >= 0) close(fd);
        }
        if (read == CHANNEL_READ_TOO_LONG) break;
    }
    channel_reader_free(&reader);
}

/* Descriptors go in wherever; each must come out once or be closed. */
static void fds_read(ChannelForm form, const uint8_t *data, size_t size) {
    ChannelReader reader;
    channel_reader_init(&reader, form);
    for (size_t at = 0; at < size; at += 16) {
        size_t space, len = size - at < 16 ? size - at : 16;
        memcpy(channel_reader_space(&reader, &space), data + at, len);
        channel_reader_filled(&reader, len);
        if (data[at] & 1) channel_reader_add_fd(&reader, dup(2));
        Slice payload;
        int fd;
        ChannelRead read;
        do {
            read = channel_reader_next(&reader, &payload, &fd);
            if (fd >= 0) close(fd);
        } while (read != CHANNEL_READ_MORE && read != CHANNEL_READ_TOO_LONG);
    }
    channel_reader_free(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    ChannelForm form = data[0] & 1 ? CHANNEL_ADVANCED : CHANNEL_JSON;
    int first_free = dup(2);
    close(first_free);
    Bytes whole = {0}, cut = {0};
    story_read(&whole, form, data + 2, size - 2, SIZE_MAX);
    story_read(&cut, form, data + 2, size - 2, 1 + data[1] % 32);
    if (whole.len != cut.len || (whole.len && memcmp(whole.data, cut.data, whole.len) != 0)) abort();
    bytes_free(&whole);
    bytes_free(&cut);
    fds_read(form, data + 2, size - 2);
    int now_free = dup(2);
    if (now_free != first_free) abort();
    close(now_free);
    return 0;
}
