#include "modules/syntax/commonjs.h"

#include "base/mem.h"
#include "modules/syntax/edits.h"
#include "modules/syntax/lexer.h"

#include <stdint.h>
#include <string.h>

enum { NO_IMPORT = SIZE_MAX };

/* An open bracket. */
typedef struct {
    char kind;        /* ( [ {, c: parenthesis of if, while, for, with; `: expression in a template */
    size_t import_at; /* the word before it, if that is import */
} Bracket;

typedef struct {
    Lexer lexer;
    Edits edits;
    const CommonjsMarks *marks;
    Bracket *open;
    size_t depth, room;
    bool value_before;   /* the last token ends a value: a slash now divides */
    bool member_next;    /* the last token was a point */
    bool condition_next; /* the last token was if, while, for or with */
    size_t import_next;  /* the last token was import, and is here */
    bool failed;
} Reader;

static void push(Reader *r, char kind) {
    if (r->depth == r->room) r->open = mem_resize(r->open, (r->room = r->room * 2 + 64) * sizeof *r->open);
    r->open[r->depth++] = (Bracket){kind, r->import_next};
}

static void read_template(Reader *r) {
    switch (lexer_read_template(&r->lexer)) {
    case TEMPLATE_EXPRESSION:
        r->import_next = NO_IMPORT;
        push(r, '`');
        r->value_before = false;
        break;
    case TEMPLATE_ENDS: r->value_before = true; break;
    default: r->failed = true;
    }
}

static void read_opening(Reader *r, char c) {
    push(r, c == '(' && r->condition_next ? 'c' : c);
    r->value_before = false;
}

/* `import(…) {` is a method of that name; everything else calls. */
static void mark_import(Reader *r, size_t at) {
    if (at == NO_IMPORT || token_is(&r->lexer, PUNCTUATOR1('{'))) return;
    edits_add(&r->edits, at, at + strlen("import"), "%s", r->marks->import);
    if (!*r->marks->import_arguments) return;
    const char *open = memchr(r->lexer.source + at, '(', r->lexer.len - at);
    size_t inside = (size_t)(open - r->lexer.source) + 1;
    edits_add(&r->edits, inside, inside, "%s,", r->marks->import_arguments);
}

static void read_closing(Reader *r, char c) {
    Bracket opened = r->depth ? r->open[--r->depth] : (Bracket){0, NO_IMPORT};
    if (c == '}' && opened.kind == '`') {
        read_template(r);
        return;
    }
    if (!opened.kind || (c == '}') != (opened.kind == '{') || (c == ']') != (opened.kind == '['))
        r->failed = true;
    r->value_before = c != '}' && opened.kind != 'c';
    lexer_next(&r->lexer);
    mark_import(r, opened.import_at);
}

/* A slash where a value is awaited starts a regular expression, if that has an end on its line. */
static void read_slash(Reader *r) {
    Lexer before = r->lexer;
    if (!r->value_before) lexer_read_regexp(&r->lexer);
    r->value_before = r->lexer.token.kind == TOKEN_REGEXP;
    if (r->lexer.token.kind == TOKEN_WRONG) r->lexer = before;
    lexer_next(&r->lexer);
}

static void read_punctuator(Reader *r) {
    uint32_t punctuator = r->lexer.token.punctuator;
    switch (punctuator) {
    case PUNCTUATOR1('`'): read_template(r); return;
    case PUNCTUATOR1('/'):
    case PUNCTUATOR2('/', '='): read_slash(r); return;
    case PUNCTUATOR1('('):
    case PUNCTUATOR1('['):
    case PUNCTUATOR1('{'): read_opening(r, (char)punctuator); break;
    case PUNCTUATOR1(')'):
    case PUNCTUATOR1(']'):
    case PUNCTUATOR1('}'): read_closing(r, (char)punctuator); return;
    case PUNCTUATOR2('+', '+'):
    case PUNCTUATOR2('-', '-'): break; /* x++ stays a value, ++x is none yet */
    default: r->value_before = false;
    }
    lexer_next(&r->lexer);
}

/* Behind the word catch: `(name) {`. */
static void mark_catch(Reader *r) {
    Lexer at = r->lexer;
    if (!token_is(&at, PUNCTUATOR1('('))) return;
    lexer_next(&at);
    if (at.token.kind != TOKEN_NAME) return;
    Slice name = token_text(&at);
    lexer_next(&at);
    if (!token_is(&at, PUNCTUATOR1(')'))) return;
    lexer_next(&at);
    if (!token_is(&at, PUNCTUATOR1('{'))) return;
    size_t body = at.token.end;
    edits_add(&r->edits, body, body, "%s(%.*s);", r->marks->seen, (int)name.len, name.data);
}

static bool is_word(Slice text, const char *word, size_t len) {
    return text.len == len && memcmp(text.data, word, len) == 0;
}

static void read_name(Reader *r, bool is_member) {
    Slice text = token_text(&r->lexer);
    size_t at = r->lexer.token.start;
    lexer_next(&r->lexer);
    r->value_before = true;
    if (is_member || text.len < 2 || text.len > 10 || text.data[0] < 'a') return;
    r->value_before = !slice_is_listed(text, "return typeof case in of delete void throw new instanceof "
                                             "do else yield await if while for with");
    if (!r->value_before)
        r->condition_next = slice_is_listed(text, "if while for with");
    else if (is_word(text, "import", 6))
        r->import_next = at;
    else if (r->marks->seen && is_word(text, "catch", 5))
        mark_catch(r);
}

static void read_token(Reader *r) {
    bool is_member = r->member_next;
    r->member_next = token_is(&r->lexer, PUNCTUATOR1('.')) || token_is(&r->lexer, PUNCTUATOR2('?', '.'));
    switch (r->lexer.token.kind) {
    case TOKEN_PUNCTUATOR:
        read_punctuator(r);
        r->condition_next = false;
        r->import_next = NO_IMPORT;
        return;
    case TOKEN_NAME:
        r->condition_next = false;
        r->import_next = NO_IMPORT;
        read_name(r, is_member);
        return;
    case TOKEN_WRONG: r->failed = true; return;
    default:
        lexer_next(&r->lexer);
        r->value_before = true;
        r->condition_next = false;
        r->import_next = NO_IMPORT;
    }
}

bool commonjs_needs_marks(const char *source, size_t len, const CommonjsMarks *marks) {
    if (marks->seen && memmem(source, len, "catch", 5)) return true;
    for (const char *at = source, *end = source + len;
         (at = memmem(at, (size_t)(end - at), "import", 6)) != NULL; at += 6) {
        const char *next = at + 6;
        while (next < end && (*next == ' ' || *next == '\n' || *next == '\r' || *next == '\t'))
            next++;
        if (next < end && (*next == '(' || *next == '/')) return true;
    }
    return false;
}

void commonjs_mark(const char *source, size_t len, const CommonjsMarks *marks, Bytes *out) {
    Reader r = {.marks = marks, .import_next = NO_IMPORT};
    lexer_start(&r.lexer, source, len);
    while (r.lexer.token.kind != TOKEN_END && !r.failed)
        read_token(&r);
    if (r.failed || r.depth) edits_truncate(&r.edits, 0);
    edits_apply(&r.edits, source, len, out);
    edits_free(&r.edits);
    mem_free(r.open);
}
