/* The form of a message on a control socket: four bytes of length, most significant first, then so
 * many bytes of JSON. Pure bytes, so that it can be fuzzed. */
#pragma once

#include "base/bytes.h"

#include <jansson.h>

#define FRAME_LIMIT (16u << 20)

void frame_append(Bytes *out, const json_t *message);

typedef enum { FRAME_NONE, FRAME_READ, FRAME_BAD } FrameResult;

/* Takes one message off the front of `in`. FRAME_READ sets *message, which the caller then owns; FRAME_BAD:
 * too long or no JSON object, and nothing more can be read from this connection. */
FrameResult frame_take(Bytes *in, json_t **message);
