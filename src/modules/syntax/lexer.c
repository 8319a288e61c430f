#include "modules/syntax/lexer.h"

#include <string.h>

enum { NAME_START = 1, DIGIT = 2, BLANK = 4, PUNCTUATION = 8 };

static const unsigned char classes[256] = {
    ['\t'] = BLANK,
    ['\v'] = BLANK,
    ['\f'] = BLANK,
    [' '] = BLANK,
    ['$'] = NAME_START,
    ['_'] = NAME_START,
    ['\\'] = NAME_START,
    ['a' ... 'z'] = NAME_START,
    ['A' ... 'Z'] = NAME_START,
    [0x80 ... 0xff] = NAME_START,
    ['0' ... '9'] = DIGIT,
    ['!'] = PUNCTUATION,
    ['%'] = PUNCTUATION,
    ['&' ... '/'] = PUNCTUATION,
    [':' ... '@'] = PUNCTUATION,
    ['['] = PUNCTUATION,
    [']'] = PUNCTUATION,
    ['^'] = PUNCTUATION,
    ['`'] = PUNCTUATION,
    ['{' ... '~'] = PUNCTUATION,
};

static unsigned char byte_at(const Lexer *lexer, size_t at) {
    return at < lexer->len ? (unsigned char)lexer->source[at] : 0;
}

/* White space and line ends outside ASCII; how many bytes, 0 for anything else. */
static size_t wide_space(const Lexer *lexer, size_t at, bool *is_newline) {
    unsigned char a = byte_at(lexer, at), b = byte_at(lexer, at + 1), c = byte_at(lexer, at + 2);
    if (a == 0xc2 && b == 0xa0) return 2;
    if (a == 0xe2 && b == 0x80 && (c == 0xa8 || c == 0xa9)) {
        *is_newline = true;
        return 3;
    }
    bool is_space = (a == 0xe1 && b == 0x9a && c == 0x80) ||
                    (a == 0xe2 && b == 0x80 && ((c >= 0x80 && c <= 0x8a) || c == 0xaf)) ||
                    (a == 0xe2 && b == 0x81 && c == 0x9f) || (a == 0xe3 && b == 0x80 && c == 0x80) ||
                    (a == 0xef && b == 0xbb && c == 0xbf);
    return is_space ? 3 : 0;
}

static size_t line_end(const Lexer *lexer, size_t at) {
    for (; at < lexer->len; at++) {
        char c = lexer->source[at];
        bool is_newline = c == '\n' || c == '\r';
        if ((unsigned char)c == 0xe2) wide_space(lexer, at, &is_newline);
        if (is_newline) break;
    }
    return at;
}

/* The end of a block comment; false if it has none. */
static bool skip_block_comment(const Lexer *lexer, size_t *at, bool *newline) {
    const char *from = lexer->source + *at, *close = memmem(from, lexer->len - *at, "*/", 2);
    if (!close) return false;
    size_t n = (size_t)(close - from);
    if (memchr(from, '\n', n) || memchr(from, '\r', n) || memmem(from, n, "\xe2\x80\xa8", 3) ||
        memmem(from, n, "\xe2\x80\xa9", 3))
        *newline = true;
    *at += n + 2;
    return true;
}

/* To the next token's first byte; false in a comment without an end. */
static bool skip_space(const Lexer *lexer, size_t *place, bool *newline) {
    size_t at = *place;
    for (;;) {
        unsigned char c = byte_at(lexer, at);
        if (classes[c] & BLANK) {
            at++;
        } else if (c == '\n' || c == '\r') {
            at++;
            *newline = true;
        } else if (c == '/' && byte_at(lexer, at + 1) == '/') {
            at = line_end(lexer, at);
        } else if (c == '/' && byte_at(lexer, at + 1) == '*') {
            at += 2;
            if (!skip_block_comment(lexer, &at, newline)) {
                *place = at;
                return false;
            }
        } else {
            size_t wide = c >= 0x80 ? wide_space(lexer, at, newline) : 0;
            if (!wide) break;
            at += wide;
        }
    }
    *place = at;
    return true;
}

static size_t name_end(Lexer *lexer, size_t at) {
    for (;;) {
        unsigned char c = byte_at(lexer, at);
        bool newline;
        if (!(classes[c] & (NAME_START | DIGIT)) || (c >= 0x80 && wide_space(lexer, at, &newline))) return at;
        at++;
        if (c != '\\') continue;
        lexer->token.has_escape = true;
        if (byte_at(lexer, at) == 'u' && byte_at(lexer, at + 1) == '{') {
            while (at < lexer->len && lexer->source[at] != '}' && lexer->source[at] != '\n')
                at++;
            if (byte_at(lexer, at) == '}') at++;
        }
    }
}

/* Digits, letters, separators and points: what a wrong number says is left to the engine. */
static size_t number_end(const Lexer *lexer, size_t at) {
    bool is_decimal = byte_at(lexer, at) != '0' || !(byte_at(lexer, at + 1) >= 'A');
    for (;;) {
        unsigned char c = byte_at(lexer, at);
        bool newline;
        if (c >= 0x80 && wide_space(lexer, at, &newline)) return at;
        if (!(classes[c] & (NAME_START | DIGIT)) && c != '.') return at;
        at++;
        unsigned char sign = byte_at(lexer, at);
        if (is_decimal && (c == 'e' || c == 'E') && (sign == '+' || sign == '-')) at++;
    }
}

static size_t string_end(Lexer *lexer, size_t at) {
    char quote = lexer->source[at];
    for (at++; at < lexer->len; at++) {
        char c = lexer->source[at];
        if (c == quote) return at + 1;
        if (c == '\n' || c == '\r') break;
        if (c != '\\') continue;
        lexer->token.has_escape = true;
        if (byte_at(lexer, at + 1) == '\r' && byte_at(lexer, at + 2) == '\n') at++;
        at++;
    }
    return 0;
}

/* How many characters the operator at a place has. */
static size_t punctuator_len(const Lexer *lexer, size_t at) {
    unsigned char a = byte_at(lexer, at), b = byte_at(lexer, at + 1), c = byte_at(lexer, at + 2),
                  d = byte_at(lexer, at + 3);
    switch (a) {
    case '=': return b == '>' ? 2 : b != '=' ? 1 : c == '=' ? 3 : 2;
    case '!': return b != '=' ? 1 : c == '=' ? 3 : 2;
    case '+':
    case '-': return b == a || b == '=' ? 2 : 1;
    case '/':
    case '%':
    case '^': return b == '=' ? 2 : 1;
    case '*': return b == '*' ? (c == '=' ? 3 : 2) : b == '=' ? 2 : 1;
    case '&':
    case '|': return b == a ? (c == '=' ? 3 : 2) : b == '=' ? 2 : 1;
    case '<': return b == '<' ? (c == '=' ? 3 : 2) : b == '=' ? 2 : 1;
    case '>':
        if (b != '>') return b == '=' ? 2 : 1;
        if (c != '>') return c == '=' ? 3 : 2;
        return d == '=' ? 4 : 3;
    case '?':
        if (b == '?') return c == '=' ? 3 : 2;
        return b == '.' && !(classes[c] & DIGIT) ? 2 : 1;
    case '.': return b == '.' && c == '.' ? 3 : 1;
    default: return 1;
    }
}

static void set_punctuator(Lexer *lexer, size_t at, size_t n) {
    uint32_t packed = 0;
    for (size_t i = 0; i < n; i++)
        packed |= PUNCTUATOR1(lexer->source[at + i]) << (8 * i);
    lexer->token.kind = TOKEN_PUNCTUATOR;
    lexer->token.punctuator = packed;
    lexer->token.end = at + n;
}

static void set_token(Lexer *lexer, TokenKind kind, size_t end) {
    lexer->token.kind = kind;
    lexer->token.end = end;
}

static void read_token(Lexer *lexer, size_t at) {
    bool newline = false;
    bool fine = skip_space(lexer, &at, &newline);
    lexer->token = (Token){.kind = TOKEN_WRONG, .start = at, .end = at, .after_newline = newline};
    if (!fine) return;
    if (at >= lexer->len) {
        lexer->token.kind = TOKEN_END;
        return;
    }
    unsigned char c = (unsigned char)lexer->source[at];
    if (classes[c] & NAME_START) {
        set_token(lexer, TOKEN_NAME, name_end(lexer, at));
    } else if (classes[c] & DIGIT || (c == '.' && classes[byte_at(lexer, at + 1)] & DIGIT)) {
        set_token(lexer, TOKEN_NUMBER, number_end(lexer, at));
    } else if (c == '"' || c == '\'') {
        size_t end = string_end(lexer, at);
        set_token(lexer, end ? TOKEN_STRING : TOKEN_WRONG, end ? end : at);
    } else if (c == '#') {
        size_t end = name_end(lexer, at + 1);
        set_token(lexer, end > at + 1 ? TOKEN_PRIVATE_NAME : TOKEN_WRONG, end);
    } else if (classes[c] & PUNCTUATION) {
        set_punctuator(lexer, at, punctuator_len(lexer, at));
    }
}

void lexer_start(Lexer *lexer, const char *source, size_t len) {
    *lexer = (Lexer){.source = source, .len = len};
    size_t at = len >= 3 && memcmp(source, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    if (byte_at(lexer, at) == '#' && byte_at(lexer, at + 1) == '!') at = line_end(lexer, at);
    read_token(lexer, at);
}

void lexer_next(Lexer *lexer) {
    if (lexer->token.kind == TOKEN_WRONG) return;
    lexer->previous_end = lexer->token.end;
    read_token(lexer, lexer->token.end);
}

void lexer_read_regexp(Lexer *lexer) {
    bool in_class = false;
    for (size_t at = lexer->token.start + 1; at < lexer->len; at++) {
        char c = lexer->source[at];
        if (c == '\n' || c == '\r') break;
        if (c == '\\') {
            if (byte_at(lexer, at + 1) == '\n') break;
            at++;
        } else if (c == '[')
            in_class = true;
        else if (c == ']')
            in_class = false;
        else if (c == '/' && !in_class) {
            bool newline = false;
            at++;
            while (classes[byte_at(lexer, at)] & (NAME_START | DIGIT) && !wide_space(lexer, at, &newline))
                at++;
            set_token(lexer, TOKEN_REGEXP, at);
            return;
        }
    }
    lexer->token.kind = TOKEN_WRONG;
}

TemplatePart lexer_read_template(Lexer *lexer) {
    for (size_t at = lexer->token.start + 1; at < lexer->len; at++) {
        char c = lexer->source[at];
        if (c == '\\') {
            at++;
        } else if (c == '`') {
            lexer->previous_end = at + 1;
            read_token(lexer, at + 1);
            return TEMPLATE_ENDS;
        } else if (c == '$' && byte_at(lexer, at + 1) == '{') {
            lexer->previous_end = at + 2;
            read_token(lexer, at + 2);
            return TEMPLATE_EXPRESSION;
        }
    }
    lexer->token.kind = TOKEN_WRONG;
    return TEMPLATE_WRONG;
}
