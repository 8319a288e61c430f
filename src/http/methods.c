/* Finding a method must cost nothing for the two that make up nearly all traffic, and be right for the
 * others. */
#include "http/methods.h"
#include "base/mem.h"

#include <string.h>

static const Slice names[HTTP_METHOD_COUNT] = {
#define X(id, text) {text, sizeof text - 1},
    HTTP_METHOD_LIST(X)
#undef X
};

Slice http_method_name(HttpMethod method) {
    return names[method];
}

HttpMethod http_method_find(const char *text, size_t len) {
    if (len == 3 && memcmp(text, "GET", 3) == 0) return HTTP_METHOD_GET;
    if (len == 4 && memcmp(text, "POST", 4) == 0) return HTTP_METHOD_POST;
    for (int i = 0; i < HTTP_METHOD_COUNT; i++)
        if (names[i].len == len && memcmp(names[i].data, text, len) == 0) return (HttpMethod)i;
    return HTTP_METHOD_COUNT;
}

size_t http_method_prefix(const char *text, size_t len) {
    size_t best = 0;
    for (int i = 0; i < HTTP_METHOD_COUNT; i++) {
        size_t n = 0;
        while (n < len && n < names[i].len && names[i].data[n] == text[n])
            n++;
        if (n > best) best = n;
    }
    return best;
}
