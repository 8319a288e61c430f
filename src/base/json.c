/* Short ways to read jansson objects; see json.h. */
#include "base/json.h"

#include "base/mem.h"

#include <string.h>

const char *json_str(const json_t *object, const char *key) {
    return json_string_value(json_object_get(object, key));
}

long long json_int(const json_t *object, const char *key, long long otherwise) {
    const json_t *value = json_object_get(object, key);
    if (json_is_integer(value)) return json_integer_value(value);
    if (json_is_real(value)) return (long long)json_real_value(value);
    return otherwise;
}

bool json_flag(const json_t *object, const char *key, bool otherwise) {
    const json_t *value = json_object_get(object, key);
    return json_is_boolean(value) ? json_boolean_value(value) : otherwise;
}

json_t *json_text(const char *value) {
    json_t *text = json_string(value);
    if (text) return text;
    char *ascii = mem_strdup(value);
    for (char *c = ascii; *c; c++)
        if ((unsigned char)*c >= 0x80) *c = '?';
    text = json_string(ascii);
    mem_free(ascii);
    return text;
}

void json_set_str(json_t *object, const char *key, const char *value) {
    json_object_set_new(object, key, value ? json_text(value) : json_null());
}

static int append_chunk(const char *data, size_t len, void *out) {
    bytes_append(out, data, len);
    return 0;
}

void json_append_to(Bytes *out, const json_t *value, size_t flags) {
    json_dump_callback(value, append_chunk, out, flags | JSON_ENCODE_ANY);
}
