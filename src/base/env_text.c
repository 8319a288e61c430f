#include "base/env_text.h"

#include <string.h>

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\v' || c == '\f';
}

static const char *find(const char *from, const char *end, char c) {
    const char *found = from < end ? memchr(from, c, (size_t)(end - from)) : NULL;
    return found ? found : end;
}

static Slice trimmed(const char *from, const char *end) {
    while (from < end && is_blank(*from))
        from++;
    while (end > from && is_blank(end[-1]))
        end--;
    return (Slice){from, (size_t)(end - from)};
}

static Slice key_of(const char *from, const char *end) {
    Slice key = trimmed(from, end);
    bool is_exported = key.len > 7 && memcmp(key.data, "export", 6) == 0 && is_blank(key.data[6]);
    return is_exported ? trimmed(key.data + 7, key.data + key.len) : key;
}

/* Between double quotes, \n is a line's end. */
static void append_quoted(Bytes *out, const char *from, const char *end, char quote) {
    for (; from < end; from++) {
        bool is_escape = quote == '"' && *from == '\\' && from + 1 < end && from[1] == 'n';
        bytes_append_char(out, is_escape ? '\n' : *from);
        if (is_escape) from++;
    }
}

/* From behind the equals sign; returns where the next line begins. */
static const char *read_value(const char *from, const char *line_end, const char *end, Bytes *value) {
    while (from < line_end && (*from == ' ' || *from == '\t'))
        from++;
    char quote = from < line_end ? *from : '\0';
    if (quote == '"' || quote == '\'' || quote == '`') {
        const char *close = find(from + 1, end, quote);
        if (close < end) {
            append_quoted(value, from + 1, close, quote);
            return find(close, end, '\n');
        }
    }
    Slice plain = trimmed(from, find(from, line_end, '#'));
    bytes_append(value, plain.data, plain.len);
    return line_end;
}

static void read_lines(const char *at, const char *end, EnvFound *found, void *context) {
    Bytes key = {0}, value = {0};
    while (at < end) {
        while (at < end && is_blank(*at))
            at++;
        const char *line_end = find(at, end, '\n'), *equals = find(at, line_end, '=');
        Slice name = key_of(at, equals);
        if (equals == line_end || *at == '#' || !name.len) {
            at = line_end;
            continue;
        }
        bytes_clear(&key);
        bytes_clear(&value);
        bytes_append(&key, name.data, name.len);
        at = read_value(equals + 1, line_end, end, &value);
        found(context, key.data, value.data ? value.data : "");
    }
    bytes_free(&key);
    bytes_free(&value);
}

void env_text_read(Slice text, EnvFound *found, void *context) {
    Bytes lines = {0}; /* with one kind of line end, and without NULs, which the environment cannot have */
    for (size_t i = 0; i < text.len; i++) {
        bool is_pair = text.data[i] == '\r' && i + 1 < text.len && text.data[i + 1] == '\n';
        if (!is_pair && text.data[i]) bytes_append_char(&lines, text.data[i] == '\r' ? '\n' : text.data[i]);
    }
    if (lines.len) read_lines(lines.data, lines.data + lines.len, found, context);
    bytes_free(&lines);
}
