/* URLs come from request lines, redirects and users. Whatever is in them, the parts of what was read lie
 * within it, and what was written reads as itself again. */
#include "base/url.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool to_ascii(Slice domain, Bytes *out) {
    for (size_t i = 0; i < domain.len; i++) {
        unsigned char c = (unsigned char)domain.data[i];
        if (c >= 0x80) return false;
        char lower = (char)tolower(c);
        bytes_append(out, &lower, 1);
    }
    return true;
}

static void write_checked(const Url *url, Bytes *href) {
    int32_t fields[URL_FIELDS];
    url_write(url, href, fields);
    int32_t before = 0;
    for (int i = URL_AT_PROTOCOL_END; i <= URL_AT_QUERY_END; i++) {
        if (fields[i] < before || (size_t)fields[i] > href->len) abort();
        before = fields[i];
    }
    if (fields[URL_PORT_NUMBER] < -1 || fields[URL_PORT_NUMBER] > 65535) abort();
}

static void check(const Url *url) {
    Bytes href = {0}, again = {0};
    Url second = {.to_ascii = to_ascii};
    write_checked(url, &href);
    if (!url_parse(&second, bytes_slice(&href), NULL)) abort();
    write_checked(&second, &again);
    if (href.len != again.len || memcmp(href.data, again.data, href.len) != 0) abort();
    url_free(&second);
    bytes_free(&href);
    bytes_free(&again);
}

static void form_again(Slice text) {
    Bytes coded = {0}, plain = {0};
    url_form_encode(text, &coded);
    url_form_decode(bytes_slice(&coded), &plain);
    if (plain.len != text.len || (text.len && memcmp(plain.data, text.data, text.len) != 0)) abort();
    bytes_clear(&plain);
    url_form_decode(text, &plain);
    bytes_clear(&plain);
    url_percent_decode(text, &plain);
    bytes_free(&coded);
    bytes_free(&plain);
}

/* First a letter that says which part the last line is set as, then lines: a base, an URL, a value. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!size) return 0;
    UrlPart part = data[0] % (URL_HASH + 1);
    Slice lines[3] = {0};
    const char *at = (const char *)data + 1, *end = (const char *)data + size;
    for (int i = 0; i < 3; i++) {
        const char *stop = i < 2 && at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
        lines[i] = (Slice){at, (size_t)((stop ? stop : end) - at)};
        at = stop ? stop + 1 : end;
    }
    Url base = {.to_ascii = to_ascii}, url = {.to_ascii = to_ascii};
    bool has_base = url_parse(&base, lines[0], NULL);
    if (has_base) check(&base);
    if (url_parse(&url, lines[1], has_base ? &base : NULL)) {
        check(&url);
        if (url_set(&url, part, lines[2])) check(&url);
    }
    form_again(lines[1]);
    url_free(&base);
    url_free(&url);
    return 0;
}
