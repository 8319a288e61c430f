/* Looking a field name up happens for every header of every message, so it is two comparisons of a byte
 * for a name that is not known and one pass over a name that is. */
#include "http/headers.h"
#include "base/mem.h"

// clang-format off
static const Slice names[HTTP_FIELD_COUNT + 1] = {
#define X(id, text) {text, sizeof text - 1},
    HTTP_FIELD_LIST(X)
#undef X
        {"", 0},
};

#define BETWEEN(first, last) {HTTP_FIELD_##first, HTTP_FIELD_##last + 1}
static const struct {
    uint8_t begin, end;
} of_length[] = {
    [2] = BETWEEN(TE, TE),
    [3] = BETWEEN(AGE, VIA),
    [4] = BETWEEN(DATE, VARY),
    [5] = BETWEEN(ALLOW, RANGE),
    [6] = BETWEEN(ACCEPT, SERVER),
    [7] = BETWEEN(EXPIRES, UPGRADE),
    [8] = BETWEEN(IF_MATCH, LOCATION),
    [10] = BETWEEN(CONNECTION, USER_AGENT),
    [11] = BETWEEN(RETRY_AFTER, RETRY_AFTER),
    [12] = BETWEEN(CONTENT_TYPE, MAX_FORWARDS),
    [13] = BETWEEN(ACCEPT_RANGES, LAST_MODIFIED),
    [14] = BETWEEN(ACCEPT_CHARSET, SEC_FETCH_SITE),
    [15] = BETWEEN(ACCEPT_ENCODING, X_FORWARDED_FOR),
    [16] = BETWEEN(CONTENT_ENCODING, X_FORWARDED_HOST),
    [17] = BETWEEN(IF_MODIFIED_SINCE, X_FORWARDED_PROTO),
    [18] = BETWEEN(PROXY_AUTHENTICATE, PROXY_AUTHENTICATE),
    [19] = BETWEEN(CONTENT_DISPOSITION, PROXY_AUTHORIZATION),
    [21] = BETWEEN(SEC_WEBSOCKET_VERSION, SEC_WEBSOCKET_VERSION),
    [22] = BETWEEN(SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_PROTOCOL),
    [25] = BETWEEN(STRICT_TRANSPORT_SECURITY, UPGRADE_INSECURE_REQUESTS),
};

// clang-format on

Slice http_field_name(HttpFieldId id) {
    return names[id];
}

/* Setting the bit makes capitals small and leaves '-' alone; no other token byte becomes either. */
static inline bool byte_matches(char got, char lower) {
    return (got | 0x20) == lower;
}

HttpFieldId http_field_find(const char *name, size_t len) {
    if (len >= COUNT_OF(of_length) || len < 2) return HTTP_FIELD_OTHER;
    for (int id = of_length[len].begin; id < of_length[len].end; id++) {
        const char *known = names[id].data;
        if (!byte_matches(name[0], known[0]) || !byte_matches(name[len - 1], known[len - 1])) continue;
        size_t i = 1;
        while (i < len - 1 && byte_matches(name[i], known[i]))
            i++;
        if (i == len - 1) return (HttpFieldId)id;
    }
    return HTTP_FIELD_OTHER;
}
