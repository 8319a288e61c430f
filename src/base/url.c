/* The URL Standard's state machine. Its states keep the standard's names, so that a reader can hold the
 * two side by side; setters run it from the middle. */
#include "base/url.h"

#include "base/url_host.h"

#include <ctype.h>
#include <string.h>

typedef enum {
    NO_STATE,
    SCHEME_START,
    SCHEME,
    NO_SCHEME,
    SPECIAL_RELATIVE_OR_AUTHORITY,
    PATH_OR_AUTHORITY,
    RELATIVE,
    RELATIVE_SLASH,
    SPECIAL_AUTHORITY_SLASHES,
    SPECIAL_AUTHORITY_IGNORE_SLASHES,
    AUTHORITY,
    HOST,
    HOSTNAME,
    PORT,
    FILE_START,
    FILE_SLASH,
    FILE_HOST,
    PATH_START,
    PATH,
    OPAQUE_PATH,
    QUERY,
    FRAGMENT,
} State;

static const struct {
    const char *name;
    int port;
} special_schemes[] = {
    {"http",  80 },
    {"https", 443},
    {"ws",    80 },
    {"wss",   443},
    {"ftp",   21 },
    {"file",  -1 },
};

static int special_index(Slice scheme) {
    for (size_t i = 0; i < sizeof special_schemes / sizeof *special_schemes; i++)
        if (slice_equals_str(scheme, special_schemes[i].name)) return (int)i;
    return -1;
}

bool url_scheme_is_special(Slice scheme) {
    return special_index(scheme) >= 0;
}
static bool is_special(const Url *url) {
    return url_scheme_is_special(bytes_slice(&url->scheme));
}
static bool is_file(const Url *url) {
    return slice_equals_str(bytes_slice(&url->scheme), "file");
}

static int default_port(const Url *url) {
    int i = special_index(bytes_slice(&url->scheme));
    return i < 0 ? -1 : special_schemes[i].port;
}

static void bytes_assign(Bytes *to, Slice from) {
    bytes_clear(to);
    bytes_append(to, from.data ? from.data : "", from.len);
}

static void copy_bytes(Bytes *to, const Bytes *from) {
    bytes_assign(to, bytes_slice(from));
}

static void copy_authority(Url *url, const Url *from) {
    copy_bytes(&url->username, &from->username);
    copy_bytes(&url->password, &from->password);
    copy_bytes(&url->host, &from->host);
    url->has_host = from->has_host;
    url->port = from->port;
}

static void copy_path(Url *url, const Url *from) {
    copy_bytes(&url->path, &from->path);
    url->is_opaque = from->is_opaque;
}

static void copy_query(Url *url, const Url *from) {
    copy_bytes(&url->query, &from->query);
    url->has_query = from->has_query;
}

static void clear_query(Url *url) {
    bytes_clear(&url->query);
    url->has_query = false;
}

static void begin_fragment(Url *url) {
    bytes_clear(&url->fragment);
    url->has_fragment = true;
}

static void begin_query(Url *url) {
    bytes_clear(&url->query);
    url->has_query = true;
}

static bool is_drive_letter(const char *at, size_t len) {
    return len == 2 && isalpha((unsigned char)at[0]) && (at[1] == ':' || at[1] == '|');
}

static bool starts_with_drive_letter(const char *at, const char *end) {
    if (end - at < 2 || !is_drive_letter(at, 2)) return false;
    return end - at == 2 || at[2] == '/' || at[2] == '\\' || at[2] == '?' || at[2] == '#';
}

/* Takes the last segment off, but never a file URL's drive. */
static void path_shorten(Url *url) {
    Bytes *path = &url->path;
    if (path->len == 0) return;
    size_t slash = path->len;
    while (slash > 0 && path->data[slash - 1] != '/')
        slash--;
    if (slash == 0) return;
    bool is_first = slash == 1;
    if (is_first && is_file(url) && path->len == 3 && isalpha((unsigned char)path->data[1]) &&
        path->data[2] == ':')
        return;
    path->len = slash - 1;
    path->data[path->len] = '\0';
}

static size_t dot_length(const char *at, size_t len) { /* of a dot, plain or encoded */
    if (len >= 1 && at[0] == '.') return 1;
    return len >= 3 && at[0] == '%' && at[1] == '2' && (at[2] | 0x20) == 'e' ? 3 : 0;
}

static unsigned count_dots(const Bytes *segment) { /* 1 for ".", 2 for "..", 0 for others */
    size_t at = 0;
    unsigned dots = 0;
    while (at < segment->len) {
        size_t dot = dot_length(segment->data + at, segment->len - at);
        if (!dot || ++dots > 2) return 0;
        at += dot;
    }
    return dots;
}

static void path_append(Url *url, Bytes *segment) {
    if (is_file(url) && url->path.len == 0 &&
        is_drive_letter(segment->data ? segment->data : "", segment->len))
        segment->data[1] = ':';
    bytes_append_char(&url->path, '/');
    bytes_append(&url->path, segment->data ? segment->data : "", segment->len);
}

typedef struct {
    Url *url;
    const Url *base;
    const char *at, *end; /* `at` is the character the state looks at; end: there is none */
    State state, override;
    Bytes buffer;
    bool at_sign_seen, in_brackets, password_seen;
} Parse;

typedef enum { GO_ON, DONE, FAILED } Step;

static int peek(const Parse *p) {
    return p->at < p->end ? (unsigned char)*p->at : -1;
}
static bool rest_is(const Parse *p, const char *text) {
    size_t len = strlen(text);
    return (size_t)(p->end - p->at) > len && memcmp(p->at + 1, text, len) == 0;
}

/* The character is looked at again in another state. */
static Step again(Parse *p, State state) {
    p->state = state;
    p->at--;
    return GO_ON;
}

static Step to(Parse *p, State state) {
    p->state = state;
    return GO_ON;
}

static Step on_scheme_start(Parse *p, int c) {
    if (c >= 0 && isalpha(c)) {
        bytes_append_char(&p->buffer, (char)tolower(c));
        return to(p, SCHEME);
    }
    return p->override ? FAILED : again(p, NO_SCHEME);
}

static Step finish_scheme(Parse *p) {
    Url *url = p->url;
    if (p->override) {
        bool becomes_special = url_scheme_is_special(bytes_slice(&p->buffer));
        if (is_special(url) != becomes_special) return DONE;
        bool becomes_file = slice_equals_str(bytes_slice(&p->buffer), "file");
        if ((url->username.len || url->password.len || url->port >= 0) && becomes_file) return DONE;
        if (is_file(url) && url->host.len == 0) return DONE;
    }
    copy_bytes(&url->scheme, &p->buffer);
    if (p->override) {
        if (url->port == default_port(url)) url->port = -1;
        return DONE;
    }
    bytes_clear(&p->buffer);
    if (is_file(url)) return to(p, FILE_START);
    if (is_special(url)) {
        bool same = p->base && slice_equals_str(bytes_slice(&p->base->scheme), url->scheme.data);
        return to(p, same ? SPECIAL_RELATIVE_OR_AUTHORITY : SPECIAL_AUTHORITY_SLASHES);
    }
    if (rest_is(p, "/")) {
        p->at++;
        return to(p, PATH_OR_AUTHORITY);
    }
    url->is_opaque = true;
    bytes_clear(&url->path);
    return to(p, OPAQUE_PATH);
}

static Step on_scheme(Parse *p, int c, const char *start) {
    if (c >= 0 && (isalnum(c) || c == '+' || c == '-' || c == '.')) {
        bytes_append_char(&p->buffer, (char)tolower(c));
        return GO_ON;
    }
    if (c == ':') return finish_scheme(p);
    if (p->override) return FAILED;
    bytes_clear(&p->buffer);
    p->at = start - 1;
    return to(p, NO_SCHEME);
}

static Step on_no_scheme(Parse *p, int c) {
    const Url *base = p->base;
    if (!base || (base->is_opaque && c != '#')) return FAILED;
    if (base->is_opaque) {
        copy_bytes(&p->url->scheme, &base->scheme);
        copy_path(p->url, base);
        copy_query(p->url, base);
        begin_fragment(p->url);
        return to(p, FRAGMENT);
    }
    return again(p, is_file(base) ? FILE_START : RELATIVE);
}

/* What comes after a path, or in its place. */
static Step after_path(Parse *p, int c) {
    if (c == '?')
        begin_query(p->url);
    else
        begin_fragment(p->url);
    return to(p, c == '?' ? QUERY : FRAGMENT);
}

static Step on_relative(Parse *p, int c) {
    Url *url = p->url;
    copy_bytes(&url->scheme, &p->base->scheme);
    if (c == '/') return to(p, RELATIVE_SLASH);
    if (c == '\\' && is_special(url)) return to(p, RELATIVE_SLASH);
    copy_authority(url, p->base);
    copy_path(url, p->base);
    copy_query(url, p->base);
    if (c == '?' || c == '#') return after_path(p, c);
    if (c >= 0) {
        clear_query(url);
        path_shorten(url);
        return again(p, PATH);
    }
    return GO_ON;
}

static Step on_relative_slash(Parse *p, int c) {
    if (is_special(p->url) && (c == '/' || c == '\\')) return to(p, SPECIAL_AUTHORITY_IGNORE_SLASHES);
    if (c == '/') return to(p, AUTHORITY);
    copy_authority(p->url, p->base);
    return again(p, PATH);
}

static bool ends_authority(const Parse *p, int c) {
    return c < 0 || c == '/' || c == '?' || c == '#' || (c == '\\' && is_special(p->url));
}

static Step on_authority(Parse *p, int c) {
    Url *url = p->url;
    if (c == '@') {
        Bytes credentials = {0};
        if (p->at_sign_seen) bytes_append_str(&credentials, "%40");
        p->at_sign_seen = true;
        bytes_append(&credentials, p->buffer.data ? p->buffer.data : "", p->buffer.len);
        for (size_t i = 0; i < credentials.len; i++) {
            unsigned char byte = (unsigned char)credentials.data[i];
            if (byte == ':' && !p->password_seen)
                p->password_seen = true;
            else
                url_append_encoded(p->password_seen ? &url->password : &url->username, byte, ENCODE_USERINFO);
        }
        bytes_free(&credentials);
        bytes_clear(&p->buffer);
        return GO_ON;
    }
    if (ends_authority(p, c)) {
        if (p->at_sign_seen && p->buffer.len == 0) return FAILED;
        p->at -= p->buffer.len + 1;
        bytes_clear(&p->buffer);
        return to(p, HOST);
    }
    bytes_append_char(&p->buffer, (char)c);
    return GO_ON;
}

static bool take_host(Parse *p) {
    Bytes host = {0};
    if (!host_parse(bytes_slice(&p->buffer), is_special(p->url), p->url->to_ascii, &host)) {
        bytes_free(&host);
        return false;
    }
    bytes_free(&p->url->host);
    p->url->host = host;
    p->url->has_host = true;
    bytes_clear(&p->buffer);
    return true;
}

static Step on_host(Parse *p, int c) {
    Url *url = p->url;
    if (p->override && is_file(url)) return again(p, FILE_HOST);
    if (c == ':' && !p->in_brackets) {
        if (p->buffer.len == 0 || p->override == HOSTNAME) return FAILED;
        if (!take_host(p)) return FAILED;
        return to(p, PORT);
    }
    if (ends_authority(p, c)) {
        if (is_special(url) && p->buffer.len == 0) return FAILED;
        if (p->override && p->buffer.len == 0 && (url->username.len || url->password.len || url->port >= 0))
            return FAILED;
        if (!take_host(p)) return FAILED;
        return p->override ? DONE : again(p, PATH_START);
    }
    if (c == '[') p->in_brackets = true;
    if (c == ']') p->in_brackets = false;
    bytes_append_char(&p->buffer, (char)c);
    return GO_ON;
}

static Step on_port(Parse *p, int c) {
    if (c >= 0 && isdigit(c)) {
        bytes_append_char(&p->buffer, (char)c);
        return GO_ON;
    }
    if (!ends_authority(p, c) && !p->override) return FAILED;
    if (p->buffer.len) {
        int port = 0;
        for (size_t i = 0; i < p->buffer.len; i++) {
            port = port * 10 + (p->buffer.data[i] - '0');
            if (port > 65535) return FAILED;
        }
        p->url->port = port == default_port(p->url) ? -1 : port;
        bytes_clear(&p->buffer);
        if (p->override) return DONE;
    }
    return p->override ? FAILED : again(p, PATH_START);
}

static Step on_file(Parse *p, int c) {
    Url *url = p->url;
    bytes_assign(&url->scheme, slice_from_str("file"));
    bytes_clear(&url->host);
    url->has_host = true;
    if (c == '/' || c == '\\') return to(p, FILE_SLASH);
    if (!p->base || !is_file(p->base)) return again(p, PATH);
    copy_bytes(&url->host, &p->base->host);
    copy_path(url, p->base);
    copy_query(url, p->base);
    if (c == '?' || c == '#') return after_path(p, c);
    if (c < 0) return GO_ON;
    clear_query(url);
    if (starts_with_drive_letter(p->at, p->end))
        bytes_clear(&url->path);
    else
        path_shorten(url);
    return again(p, PATH);
}

static Step on_file_slash(Parse *p, int c) {
    if (c == '/' || c == '\\') return to(p, FILE_HOST);
    if (p->base && is_file(p->base)) {
        const Bytes *path = &p->base->path;
        copy_bytes(&p->url->host, &p->base->host);
        bool has_drive = path->len >= 3 && isalpha((unsigned char)path->data[1]) && path->data[2] == ':' &&
                         (path->len == 3 || path->data[3] == '/');
        if (!starts_with_drive_letter(p->at, p->end) && has_drive) {
            bytes_clear(&p->url->path);
            bytes_append(&p->url->path, path->data, 3);
        }
    }
    return again(p, PATH);
}

static Step on_file_host(Parse *p, int c) {
    if (!(c < 0 || c == '/' || c == '\\' || c == '?' || c == '#')) {
        bytes_append_char(&p->buffer, (char)c);
        return GO_ON;
    }
    p->at--;
    if (!p->override && is_drive_letter(p->buffer.data ? p->buffer.data : "", p->buffer.len)) {
        return to(p, PATH); /* the drive stays in the buffer as the path's beginning */
    }
    if (p->buffer.len == 0) {
        bytes_clear(&p->url->host);
        p->url->has_host = true;
        return p->override ? DONE : to(p, PATH_START);
    }
    if (!take_host(p)) return FAILED;
    if (slice_equals_str(bytes_slice(&p->url->host), "localhost")) bytes_clear(&p->url->host);
    return p->override ? DONE : to(p, PATH_START);
}

static Step on_path_start(Parse *p, int c) {
    Url *url = p->url;
    if (is_special(url)) return c == '/' || c == '\\' ? to(p, PATH) : again(p, PATH);
    if (!p->override && (c == '?' || c == '#')) return after_path(p, c);
    if (c >= 0) return c == '/' ? to(p, PATH) : again(p, PATH);
    if (p->override && !url->has_host) bytes_append_char(&url->path, '/');
    return GO_ON;
}

static Step on_path(Parse *p, int c) {
    Url *url = p->url;
    bool is_slash = c == '/' || (c == '\\' && is_special(url));
    if (!(c < 0 || is_slash || (!p->override && (c == '?' || c == '#')))) {
        url_append_encoded(&p->buffer, (unsigned char)c, ENCODE_PATH);
        return GO_ON;
    }
    unsigned dots = count_dots(&p->buffer);
    if (dots == 2) path_shorten(url);
    if (dots && !is_slash) bytes_append_char(&url->path, '/');
    if (!dots) path_append(url, &p->buffer);
    bytes_clear(&p->buffer);
    if (c == '?' || c == '#') return after_path(p, c);
    return GO_ON;
}

static Step on_opaque_path(Parse *p, int c) {
    Url *url = p->url;
    if (c == '?' || c == '#') return after_path(p, c);
    if (c == ' ' && p->at + 1 < p->end && (p->at[1] == '?' || p->at[1] == '#'))
        bytes_append_str(&url->path, "%20"); /* spaces before the query survive serializing */
    else if (c >= 0)
        url_append_encoded(&url->path, (unsigned char)c, ENCODE_CONTROL);
    return GO_ON;
}

static Step on_query(Parse *p, int c) {
    if (c < 0) return GO_ON;
    if (c == '#' && !p->override) {
        begin_fragment(p->url);
        return to(p, FRAGMENT);
    }
    url_append_encoded(&p->url->query, (unsigned char)c,
                       is_special(p->url) ? ENCODE_SPECIAL_QUERY : ENCODE_QUERY);
    return GO_ON;
}

static Step step(Parse *p, const char *start) {
    int c = peek(p);
    switch (p->state) {
    case SCHEME_START: return on_scheme_start(p, c);
    case SCHEME: return on_scheme(p, c, start);
    case NO_SCHEME: return on_no_scheme(p, c);
    case SPECIAL_RELATIVE_OR_AUTHORITY:
        if (c == '/' && rest_is(p, "/")) {
            p->at++;
            return to(p, SPECIAL_AUTHORITY_IGNORE_SLASHES);
        }
        return again(p, RELATIVE);
    case PATH_OR_AUTHORITY: return c == '/' ? to(p, AUTHORITY) : again(p, PATH);
    case RELATIVE: return on_relative(p, c);
    case RELATIVE_SLASH: return on_relative_slash(p, c);
    case SPECIAL_AUTHORITY_SLASHES:
        if (c == '/' && rest_is(p, "/")) {
            p->at++;
            return to(p, SPECIAL_AUTHORITY_IGNORE_SLASHES);
        }
        return again(p, SPECIAL_AUTHORITY_IGNORE_SLASHES);
    case SPECIAL_AUTHORITY_IGNORE_SLASHES: return c == '/' || c == '\\' ? GO_ON : again(p, AUTHORITY);
    case AUTHORITY: return on_authority(p, c);
    case HOST:
    case HOSTNAME: return on_host(p, c);
    case PORT: return on_port(p, c);
    case FILE_START: return on_file(p, c);
    case FILE_SLASH: return on_file_slash(p, c);
    case FILE_HOST: return on_file_host(p, c);
    case PATH_START: return on_path_start(p, c);
    case PATH: return on_path(p, c);
    case OPAQUE_PATH: return on_opaque_path(p, c);
    case QUERY: return on_query(p, c);
    case FRAGMENT:
        if (c >= 0) url_append_encoded(&p->url->fragment, (unsigned char)c, ENCODE_FRAGMENT);
        return GO_ON;
    case NO_STATE: break;
    }
    return FAILED;
}

/* Tabs and line breaks mean nothing anywhere in an URL. */
static bool has_breaks(Slice text) {
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] == '\t' || text.data[i] == '\n' || text.data[i] == '\r') return true;
    return false;
}

static bool run(Url *url, Slice input, const Url *base, State override) {
    Bytes clean = {0};
    if (!input.data) input = slice_from_str("");
    if (has_breaks(input)) {
        for (size_t i = 0; i < input.len; i++)
            if (!strchr("\t\n\r", input.data[i]) || !input.data[i]) bytes_append_char(&clean, input.data[i]);
        input = clean.data ? bytes_slice(&clean) : slice_from_str("");
    }
    Parse p = {.url = url,
               .base = base,
               .at = input.data,
               .end = input.data + input.len,
               .state = override ? override : SCHEME_START,
               .override = override};
    Step result = GO_ON;
    for (;; p.at++) {
        result = step(&p, input.data);
        if (result != GO_ON || p.at >= p.end) break;
    }
    bytes_free(&p.buffer);
    bytes_free(&clean);
    return result != FAILED;
}

static Slice trim(Slice input) {
    while (input.len && (unsigned char)input.data[0] <= ' ')
        input = (Slice){input.data + 1, input.len - 1};
    while (input.len && (unsigned char)input.data[input.len - 1] <= ' ')
        input.len--;
    return input;
}

bool url_parse(Url *url, Slice input, const Url *base) {
    url->port = -1;
    return run(url, trim(input), base, NO_STATE);
}

static void copy_url(Url *to, const Url *from) {
    *to = (Url){.to_ascii = from->to_ascii};
    copy_bytes(&to->scheme, &from->scheme);
    copy_authority(to, from);
    copy_path(to, from);
    copy_query(to, from);
    copy_bytes(&to->fragment, &from->fragment);
    to->has_fragment = from->has_fragment;
}

static bool cannot_have_credentials(const Url *url) {
    return !url->has_host || url->host.len == 0 || is_file(url);
}

static void set_credential(Bytes *part, Slice value) {
    bytes_clear(part);
    for (size_t i = 0; i < value.len; i++)
        url_append_encoded(part, (unsigned char)value.data[i], ENCODE_USERINFO);
}

static bool set_on_copy(Url *url, UrlPart part, Slice value) {
    switch (part) {
    case URL_PROTOCOL: {
        Bytes with_colon = {0};
        bytes_append(&with_colon, value.data ? value.data : "", value.len);
        bytes_append_char(&with_colon, ':');
        bool fine = run(url, bytes_slice(&with_colon), NULL, SCHEME_START);
        bytes_free(&with_colon);
        return fine;
    }
    case URL_USERNAME:
    case URL_PASSWORD:
        if (cannot_have_credentials(url)) return false;
        set_credential(part == URL_USERNAME ? &url->username : &url->password, value);
        return true;
    case URL_HOST: return !url->is_opaque && run(url, value, NULL, HOST);
    case URL_HOSTNAME: return !url->is_opaque && run(url, value, NULL, HOSTNAME);
    case URL_PORT:
        if (cannot_have_credentials(url)) return false;
        if (value.len == 0)
            url->port = -1;
        else
            return run(url, value, NULL, PORT);
        return true;
    case URL_PATHNAME:
        if (url->is_opaque) return false;
        bytes_clear(&url->path);
        return run(url, value, NULL, PATH_START);
    case URL_SEARCH:
        clear_query(url);
        if (value.len == 0) return true;
        if (value.data[0] == '?') value = (Slice){value.data + 1, value.len - 1};
        begin_query(url);
        return run(url, value, NULL, QUERY);
    case URL_HASH:
        bytes_clear(&url->fragment);
        url->has_fragment = false;
        if (value.len == 0) return true;
        if (value.data[0] == '#') value = (Slice){value.data + 1, value.len - 1};
        begin_fragment(url);
        return run(url, value, NULL, FRAGMENT);
    }
    return false;
}

bool url_set(Url *url, UrlPart part, Slice value) {
    Url changed;
    copy_url(&changed, url);
    bool fine = set_on_copy(&changed, part, value);
    /* A host that is followed by nonsense as port is taken, the port left. */
    if (!fine && part == URL_HOST && changed.has_host && changed.host.len &&
        (changed.host.len != url->host.len || memcmp(changed.host.data, url->host.data, url->host.len) != 0))
        fine = true;
    Url *discarded = fine ? url : &changed;
    Url kept = fine ? changed : *url;
    url_free(discarded);
    *url = kept;
    return fine;
}

static void append_bytes(Bytes *to, const Bytes *from) {
    bytes_append(to, from->data ? from->data : "", from->len);
}

void url_write(const Url *url, Bytes *href, int32_t fields[URL_FIELDS]) {
    append_bytes(href, &url->scheme);
    bytes_append_char(href, ':');
    fields[URL_AT_PROTOCOL_END] = (int32_t)href->len;
    fields[URL_HAS_HOST] = url->has_host;
    fields[URL_PORT_NUMBER] = url->has_host ? url->port : -1;
    if (url->has_host) bytes_append_str(href, "//");
    fields[URL_AT_USERNAME] = (int32_t)href->len;
    if (url->has_host) append_bytes(href, &url->username);
    fields[URL_AT_USERNAME_END] = (int32_t)href->len;
    if (url->has_host && url->password.len) bytes_append_char(href, ':');
    fields[URL_AT_PASSWORD] = (int32_t)href->len;
    if (url->has_host) append_bytes(href, &url->password);
    fields[URL_AT_PASSWORD_END] = (int32_t)href->len;
    if (url->has_host && (url->username.len || url->password.len)) bytes_append_char(href, '@');
    fields[URL_AT_HOST] = (int32_t)href->len;
    if (url->has_host) append_bytes(href, &url->host);
    fields[URL_AT_HOSTNAME_END] = (int32_t)href->len;
    if (fields[URL_PORT_NUMBER] >= 0) bytes_printf(href, ":%d", url->port);
    fields[URL_AT_HOST_END] = (int32_t)href->len;
    if (!url->has_host && !url->is_opaque && url->path.len > 1 && url->path.data[1] == '/')
        bytes_append_str(href, "/."); /* or the path would read as a host */
    fields[URL_AT_PATH] = (int32_t)href->len;
    append_bytes(href, &url->path);
    fields[URL_AT_PATH_END] = (int32_t)href->len;
    if (url->has_query) {
        bytes_append_char(href, '?');
        append_bytes(href, &url->query);
    }
    fields[URL_AT_QUERY_END] = (int32_t)href->len;
    if (url->has_fragment) {
        bytes_append_char(href, '#');
        append_bytes(href, &url->fragment);
    }
}

void url_free(Url *url) {
    Bytes *all[] = {&url->scheme, &url->username, &url->password, &url->host,
                    &url->path,   &url->query,    &url->fragment};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        bytes_free(all[i]);
}
