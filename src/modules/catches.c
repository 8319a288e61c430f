#include "modules/catches.h"

#include "base/mem.h"

#include <string.h>

/* A reader of tokens that knows just enough of the language to tell code from text: comments, strings,
 * templates, and where a slash starts a regular expression. */
typedef struct {
    const char *at, *end;
    /* One entry an open bracket: '(' 'c' (parenthesis of if, while, for, with), '[', '{', '`' (a
     * template's ${ ). */
    char *open;
    size_t depth, room;
    bool value_before;   /* the last token ends a value: a slash now divides */
    bool condition_next; /* the last token was if, while, for or with */
    bool failed;
} Reader;

static void push(Reader *r, char kind) {
    if (r->depth == r->room) r->open = mem_resize(r->open, r->room = r->room * 2 + 64);
    r->open[r->depth++] = kind;
}

static bool is_word(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '$' || c == '\\' || c >= 0x80;
}

static void skip_string(Reader *r, char quote) {
    for (r->at++; r->at < r->end; r->at++) {
        if (*r->at == '\\')
            r->at++;
        else if (*r->at == quote) {
            r->at++;
            return;
        } else if (*r->at == '\n')
            break;
    }
    r->failed = true;
}

/* From inside a template to its end or its next ${ . */
static void skip_template(Reader *r) {
    for (; r->at < r->end; r->at++) {
        if (*r->at == '\\')
            r->at++;
        else if (*r->at == '`') {
            r->at++;
            r->value_before = true;
            return;
        } else if (*r->at == '$' && r->at + 1 < r->end && r->at[1] == '{') {
            r->at += 2;
            push(r, '`');
            r->value_before = false;
            return;
        }
    }
    r->failed = true;
}

/* False if there is no end to it on this line: then it was a division. */
static bool skip_regexp(Reader *r) {
    bool in_class = false;
    for (const char *at = r->at + 1; at < r->end && *at != '\n'; at++) {
        if (*at == '\\')
            at++;
        else if (*at == '[')
            in_class = true;
        else if (*at == ']')
            in_class = false;
        else if (*at == '/' && !in_class) {
            for (at++; at < r->end && is_word((unsigned char)*at);)
                at++;
            r->at = at;
            return true;
        }
    }
    return false;
}

static bool skip_comment(Reader *r) {
    if (r->at + 1 >= r->end) return false;
    if (r->at[1] == '/') {
        const char *line_end = memchr(r->at, '\n', (size_t)(r->end - r->at));
        r->at = line_end ? line_end : r->end;
        return true;
    }
    if (r->at[1] != '*') return false;
    const char *close = memmem(r->at + 2, (size_t)(r->end - r->at - 2), "*/", 2);
    if (!close) r->failed = true;
    r->at = close ? close + 2 : r->end;
    return true;
}

static const char *skip_space(const char *at, const char *end) {
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
        at++;
    return at;
}

/* After the word catch: `(name) {`. Gives the name and the place behind the brace. */
static bool plain_clause(const Reader *r, Slice *name, const char **body) {
    const char *at = skip_space(r->at, r->end);
    if (at >= r->end || *at != '(') return false;
    const char *from = at = skip_space(at + 1, r->end);
    while (at < r->end && is_word((unsigned char)*at))
        at++;
    *name = (Slice){from, (size_t)(at - from)};
    if (!name->len || (*from >= '0' && *from <= '9')) return false;
    at = skip_space(at, r->end);
    if (at >= r->end || *at != ')') return false;
    at = skip_space(at + 1, r->end);
    if (at >= r->end || *at != '{') return false;
    *body = at + 1;
    return true;
}

void catches_mark(const char *source, size_t len, const char *call, Bytes *out) {
    size_t start = out->len;
    Reader r = {.at = source, .end = source + len};
    const char *copied = source;
    while (r.at < r.end && !r.failed) {
        unsigned char c = (unsigned char)*r.at;
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
            r.at++;
            continue;
        }
        if (c == '/' && skip_comment(&r)) continue;
        bool condition = r.condition_next;
        r.condition_next = false;
        if (is_word(c)) {
            const char *word = r.at;
            bool is_member = word > source && (word[-1] == '.' || word[-1] == '#');
            while (r.at < r.end && is_word((unsigned char)*r.at))
                r.at++;
            size_t n = (size_t)(r.at - word);
            r.value_before =
                is_member || !slice_is_listed((Slice){word, n},
                                              "return typeof case in of delete void throw new instanceof "
                                              "do else yield await if while for with");
            r.condition_next = !is_member && slice_is_listed((Slice){word, n}, "if while for with");
            Slice name;
            const char *body;
            if (!is_member && n == 5 && memcmp(word, "catch", 5) == 0 && plain_clause(&r, &name, &body)) {
                bytes_append(out, copied, (size_t)(body - copied));
                bytes_printf(out, "%s(%.*s);", call, (int)name.len, name.data);
                copied = r.at = body;
                push(&r, '{');
                r.value_before = false;
            }
            continue;
        }
        switch (c) {
        case '"':
        case '\'':
            skip_string(&r, (char)c);
            r.value_before = true;
            continue;
        case '`':
            r.at++;
            skip_template(&r);
            continue;
        case '/':
            if (!r.value_before && skip_regexp(&r)) {
                r.value_before = true;
                continue;
            }
            break;
        case '(': push(&r, condition ? 'c' : '('); break;
        case '[':
        case '{': push(&r, (char)c); break;
        case ')':
        case ']':
        case '}': {
            char opened = r.depth ? r.open[--r.depth] : 0;
            if (c == '}' && opened == '`') {
                r.at++;
                skip_template(&r);
                continue;
            }
            if (!opened || (c == '}') != (opened == '{') || (c == ']') != (opened == '[')) r.failed = true;
            r.value_before = c != '}' && opened != 'c';
            r.at++;
            continue;
        }
        case '+':
        case '-':
            if (r.at + 1 < r.end && (unsigned char)r.at[1] == c) { /* x++ stays a value, ++x is none yet */
                r.at += 2;
                continue;
            }
            break;
        default: break;
        }
        r.value_before = false;
        r.at++;
    }
    mem_free(r.open);
    if (r.failed || r.depth) {
        out->len = start;
        bytes_append(out, source, len);
    } else {
        bytes_append(out, copied, (size_t)(r.end - copied));
    }
}
