/* Node's cluster messages as both sides read and write them: JSON objects with cmd "NODE_CLUSTER", alone
 * or wrapped in a NODE_HANDLE message when a descriptor goes with them. */
#pragma once

#include "base/bytes.h"

#include <jansson.h>

/* The cluster message in a channel's message (json_decref it), or NULL: it is something else. */
json_t *cluster_message_read(Slice payload);
/* True when it is the answer to a connection in Node's own words, which are as many as connections and need
 * no parser; cluster_message_read knows all other forms. */
bool cluster_message_read_answer(Slice payload, unsigned long *ack, bool *accepted);
/* Bun marks its internal messages with a byte in front, and wants ours to have it too. */
bool cluster_message_is_bun(Slice payload);

/* NULL or `otherwise` when the field is not there or is something else. */
const char *cluster_message_text(const json_t *message, const char *field);
long cluster_message_number(const json_t *message, const char *field, long otherwise);

/* What is read back without change (a server's `data`), as JSON text; free with mem_free. */
char *cluster_json_text(const json_t *value);
/* A JSON string with its quotes, or null. */
void cluster_json_append_string(Bytes *out, const char *text);

/* {"cmd":"NODE_CLUSTER" …: the caller appends `,"field":value` and ends it. */
void cluster_message_begin(Bytes *out, bool bun);
/* The same inside {"cmd":"NODE_HANDLE","type":type,"msg": …: the caller ends both. */
void cluster_message_begin_handle(Bytes *out, const char *type);
