#include "cluster/message.h"

#include "base/mem.h"
#include "sys/channel_reader.h"

#include <math.h>
#include <string.h>

enum { BUN_MARK = 2, EXACT_DIGITS = 15 };

static const double MAX_NUMBER = 9007199254740992; /* of JavaScript's exact integers */

bool cluster_message_is_bun(Slice payload) {
    return payload.len && payload.data[0] == BUN_MARK;
}

static bool take_text(Slice *rest, const char *text) {
    size_t len = strlen(text);
    if (rest->len < len || memcmp(rest->data, text, len) != 0) return false;
    *rest = (Slice){rest->data + len, rest->len - len};
    return true;
}

static bool take_number(Slice *rest, unsigned long *number) {
    size_t len = 0;
    for (*number = 0; len < rest->len && len < EXACT_DIGITS; len++) {
        unsigned digit = (unsigned)rest->data[len] - '0';
        if (digit > 9) break;
        *number = *number * 10 + digit;
    }
    *rest = (Slice){rest->data + len, rest->len - len};
    return len > 0;
}

bool cluster_message_read_answer(Slice payload, unsigned long *ack, bool *accepted) {
    unsigned long seq;
    if (!take_text(&payload, "{\"cmd\":\"NODE_CLUSTER\",\"ack\":") || !take_number(&payload, ack))
        return false;
    if (!take_text(&payload, ",\"accepted\":")) return false;
    *accepted = take_text(&payload, "true");
    if (!*accepted && !take_text(&payload, "false")) return false;
    return take_text(&payload, ",\"seq\":") && take_number(&payload, &seq) && take_text(&payload, "}") &&
           !payload.len;
}

json_t *cluster_message_read(Slice payload) {
    Slice command = channel_peek_command(CHANNEL_JSON, payload);
    bool wrapped = slice_equals_str(command, "NODE_HANDLE");
    if (!wrapped && !slice_equals_str(command, "NODE_CLUSTER")) return NULL;
    if (cluster_message_is_bun(payload)) payload = (Slice){payload.data + 1, payload.len - 1};
    json_t *message = json_loadb(payload.data, payload.len, 0, NULL);
    if (wrapped) {
        json_t *inner = json_incref(json_object_get(message, "msg"));
        json_decref(message);
        message = inner;
    }
    const char *cmd = cluster_message_text(message, "cmd");
    if (cmd && strcmp(cmd, "NODE_CLUSTER") == 0) return message;
    json_decref(message);
    return NULL;
}

const char *cluster_message_text(const json_t *message, const char *field) {
    return json_string_value(json_object_get(message, field));
}

long cluster_message_number(const json_t *message, const char *field, long otherwise) {
    const json_t *value = json_object_get(message, field);
    double number = json_is_number(value) ? json_number_value(value) : NAN;
    return fabs(number) < MAX_NUMBER ? (long)number : otherwise;
}

char *cluster_json_text(const json_t *value) {
    char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    char *copy = mem_strdup(text ? text : "null");
    free(text);
    return copy;
}

void cluster_json_append_string(Bytes *out, const char *text) {
    json_t *string = text ? json_string(text) : NULL;
    char *quoted = cluster_json_text(string);
    bytes_append_str(out, quoted);
    mem_free(quoted);
    json_decref(string);
}

void cluster_message_begin(Bytes *out, bool bun) {
    if (bun) bytes_append_char(out, BUN_MARK);
    bytes_append_str(out, "{\"cmd\":\"NODE_CLUSTER\"");
}

void cluster_message_begin_handle(Bytes *out, const char *type) {
    bytes_printf(out, "{\"cmd\":\"NODE_HANDLE\",\"type\":\"%s\",\"msg\":", type);
    cluster_message_begin(out, false);
}
