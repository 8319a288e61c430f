/* Parsing a head: one pass that finds the lines, names and values, checks every byte, and understands the few
 * fields that decide where the message ends. Anything that two programs could read differently is refused
 * (RFC 9112), because that is what requests are smuggled through. */
#include "http/head.h"
#include "base/mem.h"
#include "http/scan.h"

#include <string.h>

typedef struct {
    HttpHead *head;
    const HttpRules *rules;
    HttpProblem *problem;
    char *base, *end;
} Parse;

static HeadResult parse_fail(Parse *parse, const char *at, HttpError error, const char *reason) {
    *parse->problem = (HttpProblem){error, reason, (size_t)(at - parse->base)};
    return HEAD_BAD;
}

static HeadResult parse_partial(Parse *parse, const char *line) {
    parse->head->len = (size_t)(line - parse->base);
    return HEAD_PARTIAL;
}

/* An absolute target is letters, "://" and something; the others begin with '/' or '*', or are CONNECT's
 * host:port. */
static HeadResult target_check(Parse *parse, const char *at, const char *end) {
    const char *start = at;
    if (parse->head->method == HTTP_METHOD_CONNECT) {
        if (*at == '?' || *at == '#')
            return parse_fail(parse, at, HTTP_ERROR_INVALID_URL, "Unexpected start char in url");
        return HEAD_COMPLETE;
    }
    while (at < end && ((*at | 0x20) >= 'a' && (*at | 0x20) <= 'z'))
        at++;
    if (at == start) return parse_fail(parse, at, HTTP_ERROR_INVALID_URL, "Unexpected start char in url");
    static const char after_scheme[] = "://";
    for (int i = 0; i < 3; i++, at++) {
        if (at == end) return parse_fail(parse, at, HTTP_ERROR_INVALID_URL, "Invalid characters in url");
        if (*at != after_scheme[i])
            return parse_fail(parse, at, HTTP_ERROR_INVALID_URL, "Unexpected char in url schema");
    }
    if (at == end) return parse_fail(parse, at, HTTP_ERROR_INVALID_URL, "Invalid characters in url");
    return HEAD_COMPLETE;
}

/* After the version: CR LF, and in lenient mode either alone. *at moves behind it. */
static HeadResult line_end(Parse *parse, char **at, const char *line, HttpError missing, const char *reason) {
    char *p = *at;
    if (p == parse->end) return parse_partial(parse, line);
    if (*p == '\r') {
        if (p + 1 == parse->end) return parse_partial(parse, line);
        if (p[1] == '\n') {
            *at = p + 2;
            return HEAD_COMPLETE;
        }
        if (!parse->rules->lenient) return parse_fail(parse, p + 1, HTTP_ERROR_STRICT, reason);
        *at = p + 1;
        return HEAD_COMPLETE;
    }
    if (*p != '\n' || !parse->rules->lenient) return parse_fail(parse, p, missing, reason);
    *at = p + 1;
    return HEAD_COMPLETE;
}

/* "HTTP/1.1" at *at, which moves behind it. */
static HeadResult version_parse(Parse *parse, char **at, const char *line) {
    static const char expected[] = "HTTP/";
    char *p = *at;
    for (int i = 0; i < 5; i++, p++) {
        if (p == parse->end) return parse_partial(parse, line);
        if (*p != expected[i])
            return parse_fail(parse, p, HTTP_ERROR_INVALID_CONSTANT, "Expected HTTP/, RTSP/ or ICE/");
    }
    if (p == parse->end) return parse_partial(parse, line);
    if (*p < '0' || *p > '9')
        return parse_fail(parse, p, HTTP_ERROR_INVALID_VERSION, "Invalid major version");
    if (p + 1 == parse->end) return parse_partial(parse, line);
    if (p[1] != '.') return parse_fail(parse, p + 1, HTTP_ERROR_INVALID_VERSION, "Expected dot");
    if (p + 2 == parse->end) return parse_partial(parse, line);
    if (p[2] < '0' || p[2] > '9')
        return parse_fail(parse, p + 2, HTTP_ERROR_INVALID_VERSION, "Invalid minor version");
    parse->head->major = (uint8_t)(p[0] - '0');
    parse->head->minor = (uint8_t)(p[2] - '0');
    unsigned version = parse->head->major * 10u + parse->head->minor;
    bool known =
        version == 10 || version == 11 || (parse->rules->response && (version == 9 || version == 20));
    if (!known && !parse->rules->lenient)
        return parse_fail(parse, p + 2, HTTP_ERROR_INVALID_VERSION, "Invalid HTTP version");
    *at = p + 3;
    return HEAD_COMPLETE;
}

static HeadResult request_line_parse(Parse *parse, char **at) {
    HttpHead *head = parse->head;
    char *line = *at, *p = line;
    while (p < parse->end && http_byte_is_token(*p))
        p++;
    head->method = (uint8_t)http_method_find(line, (size_t)(p - line));
    if (p == parse->end || head->method == HTTP_METHOD_COUNT) {
        size_t good = http_method_prefix(line, (size_t)(p - line));
        if (good < (size_t)(p - line)) {
            bool whole = http_method_find(line, good) != HTTP_METHOD_COUNT;
            return parse_fail(parse, line + good, HTTP_ERROR_INVALID_METHOD,
                              whole ? "Expected space after method" : "Invalid method encountered");
        }
        if (p == parse->end) return parse_partial(parse, line);
        return parse_fail(parse, p, HTTP_ERROR_INVALID_METHOD, "Invalid method encountered");
    }
    if (*p != ' ') return parse_fail(parse, p, HTTP_ERROR_INVALID_METHOD, "Expected space after method");
    p++;
    char *target = p;
    p = (char *)http_scan_target(p, parse->end);
    head->target_at = (uint32_t)(target - parse->base);
    head->target_len = (uint32_t)(p - target);
    head->counted = head->target_len;
    if (p == parse->end) return parse_partial(parse, line);
    if (*p != ' ') {
        bool line_ends = *p == '\r' || *p == '\n' || *p == '\t';
        return parse_fail(parse, p, HTTP_ERROR_INVALID_URL,
                          line_ends ? "Invalid characters in url" : "Invalid char in url path");
    }
    if (p == target) return parse_fail(parse, p, HTTP_ERROR_INVALID_URL, "Unexpected start char in url");
    if (*target != '/' && *target != '*') {
        HeadResult result = target_check(parse, target, p);
        if (result != HEAD_COMPLETE) return result;
    }
    p++;
    if (parse->end - p >= 10 && memcmp(p, "HTTP/1.1\r\n", 10) == 0) {
        head->major = head->minor = 1;
        *at = p + 10;
        return HEAD_COMPLETE;
    }
    HeadResult result = version_parse(parse, &p, line);
    if (result != HEAD_COMPLETE) return result;
    *at = p;
    return line_end(parse, at, line, HTTP_ERROR_INVALID_VERSION, "Expected CRLF after version");
}

static HeadResult status_line_parse(Parse *parse, char **at) {
    HttpHead *head = parse->head;
    char *line = *at, *p = line;
    HeadResult result = version_parse(parse, &p, line);
    if (result != HEAD_COMPLETE) return result;
    if (p == parse->end) return parse_partial(parse, line);
    if (*p != ' ') return parse_fail(parse, p, HTTP_ERROR_INVALID_VERSION, "Expected space after version");
    p++;
    int status = 0;
    for (int i = 0; i < 3; i++, p++) {
        if (p == parse->end) return parse_partial(parse, line);
        if (*p < '0' || *p > '9')
            return parse_fail(parse, p, HTTP_ERROR_INVALID_STATUS, "Invalid status code");
        status = status * 10 + (*p - '0');
    }
    head->status = (uint16_t)status;
    if (p == parse->end) return parse_partial(parse, line);
    head->target_at = (uint32_t)(p - parse->base);
    head->target_len = 0;
    if (*p == ' ') {
        char *reason = ++p;
        p = (char *)http_scan_value(p, parse->end);
        head->target_at = (uint32_t)(reason - parse->base);
        head->target_len = (uint32_t)(p - reason);
        head->counted = head->target_len;
    } else if (*p != '\r' && *p != '\n') {
        return parse_fail(parse, p, HTTP_ERROR_INVALID_STATUS, "Invalid response status");
    }
    *at = p;
    return line_end(parse, at, line, HTTP_ERROR_CR_EXPECTED, "Missing expected CR after response line");
}

static HeadResult content_length_read(Parse *parse, Slice value) {
    HttpHead *head = parse->head;
    if (head->flags & HTTP_HAS_LENGTH && !parse->rules->lenient)
        return parse_fail(parse, value.data, HTTP_ERROR_UNEXPECTED_CONTENT_LENGTH,
                          "Duplicate Content-Length");
    if (value.len == 0)
        return parse_fail(parse, value.data, HTTP_ERROR_INVALID_CONTENT_LENGTH, "Empty Content-Length");
    uint64_t n = 0;
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] < '0' || value.data[i] > '9')
            return parse_fail(parse, value.data + i, HTTP_ERROR_INVALID_CONTENT_LENGTH,
                              "Invalid character in Content-Length");
        if (__builtin_mul_overflow(n, 10, &n) ||
            __builtin_add_overflow(n, (uint64_t)(value.data[i] - '0'), &n))
            return parse_fail(parse, value.data + i, HTTP_ERROR_INVALID_CONTENT_LENGTH,
                              "Content-Length overflow");
    }
    if (head->flags & HTTP_HAS_LENGTH && n != head->content_length) /* no mode makes two lengths one */
        return parse_fail(parse, value.data, HTTP_ERROR_UNEXPECTED_CONTENT_LENGTH,
                          "Duplicate Content-Length");
    head->content_length = n;
    head->flags |= HTTP_HAS_LENGTH;
    if (head->flags & HTTP_HAS_CODING && !parse->rules->lenient)
        return parse_fail(parse, value.data, HTTP_ERROR_INVALID_CONTENT_LENGTH,
                          "Content-Length can't be present with Transfer-Encoding");
    return HEAD_COMPLETE;
}

/* Takes the next element of a comma-separated list off `list`; false at its end. */
static bool list_next(Slice *list, Slice *element) {
    if (list->len == 0) return false;
    const char *comma = memchr(list->data, ',', list->len);
    size_t len = comma ? (size_t)(comma - list->data) : list->len;
    *element = (Slice){list->data, len};
    list->data += len + (comma != NULL);
    list->len -= len + (comma != NULL);
    while (element->len && (*element->data == ' ' || *element->data == '\t'))
        element->data++, element->len--;
    while (element->len &&
           (element->data[element->len - 1] == ' ' || element->data[element->len - 1] == '\t'))
        element->len--;
    return true;
}

static HeadResult transfer_encoding_read(Parse *parse, Slice value) {
    HttpHead *head = parse->head;
    if (value.len == 0 && !parse->rules->lenient)
        return parse_fail(parse, value.data, HTTP_ERROR_INVALID_TRANSFER_ENCODING, "Empty Transfer-Encoding");
    head->flags |= HTTP_HAS_CODING;
    if (head->flags & HTTP_HAS_LENGTH && !parse->rules->lenient)
        return parse_fail(parse, value.data, HTTP_ERROR_INVALID_TRANSFER_ENCODING,
                          "Transfer-Encoding can't be present with Content-Length");
    Slice list = value, coding;
    while (list_next(&list, &coding)) {
        if (head->flags & HTTP_CHUNKED && !parse->rules->lenient) /* chunked must be the last, and once */
            return parse_fail(parse, coding.data, HTTP_ERROR_INVALID_TRANSFER_ENCODING,
                              "Invalid `Transfer-Encoding` header value");
        head->flags &= ~(uint32_t)HTTP_CHUNKED;
        if (http_equals_ignoring_case(coding, "chunked")) head->flags |= HTTP_CHUNKED;
    }
    return HEAD_COMPLETE;
}

static void connection_read(HttpHead *head, Slice value) {
    Slice option;
    while (list_next(&value, &option)) {
        if (http_equals_ignoring_case(option, "close"))
            head->flags |= HTTP_SAYS_CLOSE;
        else if (http_equals_ignoring_case(option, "keep-alive"))
            head->flags |= HTTP_SAYS_KEEP_ALIVE;
        else if (http_equals_ignoring_case(option, "upgrade"))
            head->flags |= HTTP_SAYS_UPGRADE;
    }
}

static HeadResult field_understand(Parse *parse, HttpFieldId id, Slice value) {
    HttpHead *head = parse->head;
    switch (id) {
    case HTTP_FIELD_HOST:
        head->flags |= head->flags & HTTP_HAS_HOST ? HTTP_HOST_TWICE : HTTP_HAS_HOST;
        return HEAD_COMPLETE;
    case HTTP_FIELD_CONTENT_LENGTH: return content_length_read(parse, value);
    case HTTP_FIELD_TRANSFER_ENCODING: return transfer_encoding_read(parse, value);
    case HTTP_FIELD_CONNECTION:
    case HTTP_FIELD_PROXY_CONNECTION: connection_read(head, value); return HEAD_COMPLETE;
    case HTTP_FIELD_UPGRADE: head->flags |= HTTP_HAS_UPGRADE; return HEAD_COMPLETE;
    case HTTP_FIELD_EXPECT:
        head->flags |=
            http_equals_ignoring_case(value, "100-continue") ? HTTP_EXPECTS_CONTINUE : HTTP_EXPECTS_OTHER;
        return HEAD_COMPLETE;
    default: return HEAD_COMPLETE;
    }
}

static void head_add_field(HttpHead *head, const HttpRules *rules, HttpField field) {
    if (rules->field_limit && head->count >= rules->field_limit) {
        head->dropped++;
        return;
    }
    if (head->count == head->cap) {
        head->cap = head->cap ? head->cap * 2 : 32;
        head->fields = mem_resize(head->fields, head->cap * sizeof *head->fields);
    }
    head->fields[head->count++] = field;
}

/* Where the value that begins at p ends (not yet trimmed); *next is the beginning of the next line. */
static HeadResult value_end(Parse *parse, char **value, const char *line, char **value_end, char **next) {
    char *p = *value;
    for (;;) {
        p = (char *)http_scan_value(p, parse->end);
        if (p == parse->end) return parse_partial(parse, line);
        *value_end = p;
        if (*p == '\r') {
            if (p + 1 == parse->end) return parse_partial(parse, line);
            if (p[1] != '\n')
                return parse_fail(parse, p + 1, HTTP_ERROR_LF_EXPECTED,
                                  "Missing expected LF after header value");
            *next = p + 2;
        } else if (!parse->rules->lenient) {
            if (*p == '\n')
                return parse_fail(parse, p, HTTP_ERROR_CR_EXPECTED, "Missing expected CR after header value");
            return parse_fail(parse, p, HTTP_ERROR_INVALID_HEADER_TOKEN, "Invalid header value char");
        } else if (*p == '\n') {
            *next = p + 1;
        } else {
            p++;
            continue;
        }
        if (!parse->rules->lenient) return HEAD_COMPLETE;
        if (*next == parse->end)
            return parse_partial(parse, line); /* the next byte may say that the value goes on */
        if (**next != ' ' && **next != '\t') return HEAD_COMPLETE;
        /* The value goes on: its beginning moves up to the rest, over the line end. */
        size_t gap = (size_t)(*next - p);
        memmove(*value + gap, *value, (size_t)(p - *value));
        memset(*value, ' ', gap);
        *value += gap;
        p = *next;
    }
}

static HeadResult field_parse(Parse *parse, char **at) {
    HttpHead *head = parse->head;
    char *line = *at, *p = (char *)http_scan_token(line, parse->end), *value_stop, *next;
    if (p == parse->end) return parse_partial(parse, line);
    if (*line == ' ' || *line == '\t')
        return parse_fail(parse, p, HTTP_ERROR_INVALID_HEADER_TOKEN,
                          "Unexpected whitespace after header value");
    if (*p != ':' || p == line)
        return parse_fail(parse, p, HTTP_ERROR_INVALID_HEADER_TOKEN, "Invalid header token");
    size_t name_len = (size_t)(p - line);
    do
        p++;
    while (p < parse->end && (*p == ' ' || *p == '\t'));
    HeadResult result = value_end(parse, &p, line, &value_stop, &next);
    if (result != HEAD_COMPLETE) return result;
    size_t line_len = (size_t)(value_stop - line);
    while (value_stop > p && (value_stop[-1] == ' ' || value_stop[-1] == '\t'))
        value_stop--;
    while (p < value_stop && (*p == ' ' || *p == '\t'))
        p++; /* a folded value may begin on its second line */

    Slice value = {p, (size_t)(value_stop - p)};
    HttpFieldId id = http_field_find(line, name_len);
    size_t separator = line_len > name_len + 1 ? 2 : 1;
    head->counted += (uint32_t)(line_len - separator);
    if (head->counted >= parse->rules->head_size_limit || name_len > UINT16_MAX)
        return parse_fail(parse, next, HTTP_ERROR_HEADER_OVERFLOW, "Header overflow");
    head_add_field(head, parse->rules,
                   (HttpField){(uint32_t)(line - parse->base), (uint32_t)(p - parse->base),
                               (uint32_t)value.len, (uint16_t)name_len, (uint16_t)id});
    *at = next;
    return id == HTTP_FIELD_OTHER ? HEAD_COMPLETE : field_understand(parse, id, value);
}

/* Whether what there is of an incomplete line is too much already (its ": " and CR are not counted). */
static bool head_overflows(Parse *parse, size_t line_len) {
    return parse->head->counted + (line_len > 3 ? line_len - 3 : 0) >= parse->rules->head_size_limit;
}

HeadResult http_fields_parse(HttpHead *head, const HttpRules *rules, char *base, size_t len, size_t from,
                             HttpProblem *problem) {
    Parse parse = {head, rules, problem, base, base + len};
    char *at = base + from;
    head->base = base;
    head->count = head->dropped = 0;
    for (;;) {
        if (at == parse.end) return parse_partial(&parse, at);
        if (*at == '\r') {
            if (at + 1 == parse.end) return parse_partial(&parse, at);
            if (at[1] != '\n' && !rules->lenient)
                return parse_fail(&parse, at + 1, HTTP_ERROR_STRICT, "Expected LF after headers");
            at += at[1] == '\n' ? 2 : 1;
            break;
        }
        if (*at == '\n') {
            if (!rules->lenient)
                return parse_fail(&parse, at, HTTP_ERROR_INVALID_HEADER_TOKEN, "Invalid header field char");
            at++;
            break;
        }
        HeadResult result = field_parse(&parse, &at);
        if (result == HEAD_PARTIAL && head_overflows(&parse, (size_t)(parse.end - at)))
            return parse_fail(&parse, parse.end, HTTP_ERROR_HEADER_OVERFLOW, "Header overflow");
        if (result != HEAD_COMPLETE) return result;
    }
    head->len = (size_t)(at - base);
    return HEAD_COMPLETE;
}

HeadResult http_head_parse(HttpHead *head, const HttpRules *rules, char *base, size_t len,
                           HttpProblem *problem) {
    Parse parse = {head, rules, problem, base, base + len};
    char *at = base;
    head->base = base;
    head->count = head->dropped = head->counted = head->flags = 0;
    head->content_length = 0;
    HeadResult result = rules->response ? status_line_parse(&parse, &at) : request_line_parse(&parse, &at);
    if (head->counted >= rules->head_size_limit)
        return parse_fail(&parse, parse.end, HTTP_ERROR_HEADER_OVERFLOW, "Header overflow");
    if (result != HEAD_COMPLETE) return result;
    while (at < parse.end && (*at == ' ' || *at == '\t')) {
        if (!rules->lenient)
            return parse_fail(&parse, at, HTTP_ERROR_UNEXPECTED_SPACE, "Unexpected space after start line");
        at++;
    }
    return http_fields_parse(head, rules, base, len, (size_t)(at - base), problem);
}

void http_head_conclude(HttpHead *head, bool response) {
    uint32_t flags = head->flags;
    bool modern = head->major > 1 || (head->major == 1 && head->minor >= 1);
    bool keeps =
        modern ? !(flags & HTTP_SAYS_CLOSE) : flags & HTTP_SAYS_KEEP_ALIVE && !(flags & HTTP_SAYS_CLOSE);
    /* RFC 9112 6.1: after a 1.0 message with a transfer coding, or one with both lengths, nothing is sure. */
    if (flags & HTTP_HAS_CODING && (!modern || flags & HTTP_HAS_LENGTH)) keeps = false;
    if (flags & HTTP_HAS_CODING) flags &= ~(uint32_t)HTTP_HAS_LENGTH;
    if (keeps) flags |= HTTP_KEEP_ALIVE;
    bool asks = (flags & HTTP_SAYS_UPGRADE) && (flags & HTTP_HAS_UPGRADE);
    if (response ? head->status == 101 : asks || head->method == HTTP_METHOD_CONNECT) flags |= HTTP_UPGRADE;
    head->flags = flags;
}

const HttpField *http_head_find(const HttpHead *head, HttpFieldId id) {
    for (uint32_t i = 0; i < head->count; i++)
        if (head->fields[i].id == id) return &head->fields[i];
    return NULL;
}

void http_head_free(HttpHead *head) {
    mem_free(head->fields);
    *head = (HttpHead){0};
}
