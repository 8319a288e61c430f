/* Messages on a control socket, to and from bytes; see frame.h. */
#include "base/frame.h"

#include "base/json.h"

#include <stdint.h>

void frame_append(Bytes *out, const json_t *message) {
    size_t start = out->len;
    bytes_append(out, "\0\0\0\0", 4);
    json_append_to(out, message, JSON_COMPACT);
    size_t len = out->len - start - 4;
    for (int i = 0; i < 4; i++)
        out->data[start + i] = (char)(len >> (24 - 8 * i));
}

FrameResult frame_take(Bytes *in, json_t **message) {
    if (in->len < 4) return FRAME_NONE;
    uint32_t len = 0;
    for (int i = 0; i < 4; i++)
        len = len << 8 | (unsigned char)in->data[i];
    if (len > FRAME_LIMIT) return FRAME_BAD;
    if (in->len - 4 < len) return FRAME_NONE;
    *message = json_loadb(in->data + 4, len, JSON_REJECT_DUPLICATES, NULL);
    bytes_consume(in, 4 + (size_t)len);
    if (json_is_object(*message)) return FRAME_READ;
    json_decref(*message);
    *message = NULL;
    return FRAME_BAD;
}
