/* Short ways to read jansson objects that came from a file or a socket, where any key may be absent
 * or of another type. */
#pragma once

#include "base/bytes.h"

#include <jansson.h>
#include <stdbool.h>

/* NULL if there is no such string. */
const char *json_str(const json_t *object, const char *key);
long long json_int(const json_t *object, const char *key, long long otherwise);
bool json_flag(const json_t *object, const char *key, bool otherwise);

/* Sets a string, which may come with bytes that are no UTF-8 (environments do): those become '?'. */
void json_set_str(json_t *object, const char *key, const char *value);
json_t *json_text(const char *value);

void json_append_to(Bytes *out, const json_t *value, size_t flags);
