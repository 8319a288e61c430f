/* A worker may send anything as a cluster message. Nothing outside the bytes is touched, and what is read
 * without a parser is read as the parser would. */
#include "cluster/message.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Slice payload = {(const char *)data, size};
    unsigned long ack;
    bool accepted;
    bool is_answer = cluster_message_read_answer(payload, &ack, &accepted);
    json_t *message = cluster_message_read(payload);
    /* Numbers may begin with zeros only for the former. */
    if (is_answer && message) {
        if ((unsigned long)cluster_message_number(message, "ack", -1) != ack) abort();
        if (json_is_true(json_object_get(message, "accepted")) != accepted) abort();
    }
    json_decref(message);
    return 0;
}
