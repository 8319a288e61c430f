/* Reads JavaScript's tokens from bytes that may be anything. Whether a slash divides or starts a regular
 * expression, and whether a brace goes on with a template, only the grammar knows: the reader above asks
 * for those with functions of their own. */
#pragma once

#include "base/bytes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    TOKEN_END,
    TOKEN_NAME, /* identifiers and keywords alike */
    TOKEN_PRIVATE_NAME,
    TOKEN_NUMBER,
    TOKEN_STRING,
    TOKEN_REGEXP,
    TOKEN_PUNCTUATOR,
    TOKEN_WRONG /* nothing that the language knows; lexing does not go on */
} TokenKind;

typedef struct {
    TokenKind kind;
    uint32_t punctuator; /* its characters, see PUNCTUATOR */
    size_t start, end;
    bool after_newline;
    bool has_escape; /* a name or string with a backslash in it */
} Token;

typedef struct {
    const char *source;
    size_t len;
    Token token; /* the current one */
    size_t previous_end;
} Lexer;

/* What Token.punctuator is for up to four characters. */
#define PUNCTUATOR1(a) ((uint32_t)(unsigned char)(a))
#define PUNCTUATOR2(a, b) (PUNCTUATOR1(a) | PUNCTUATOR1(b) << 8)
#define PUNCTUATOR3(a, b, c) (PUNCTUATOR2(a, b) | PUNCTUATOR1(c) << 16)
#define PUNCTUATOR4(a, b, c, d) (PUNCTUATOR3(a, b, c) | PUNCTUATOR1(d) << 24)

/* Starts at the first token, behind a `#!` line. */
void lexer_start(Lexer *lexer, const char *source, size_t len);
void lexer_next(Lexer *lexer);
/* The current token is a slash: reads it again as a regular expression. */
void lexer_read_regexp(Lexer *lexer);

typedef enum { TEMPLATE_ENDS, TEMPLATE_EXPRESSION, TEMPLATE_WRONG } TemplatePart;
/* The current token is the backtick that opens a template, or the brace that closes an expression in
 * one: reads text up to the closing backtick or the next expression, whose first token is then current. */
TemplatePart lexer_read_template(Lexer *lexer);

/* The current token is a row like `>>`: only its first character is. */
static inline void lexer_split(Lexer *lexer) {
    lexer->token.punctuator &= 0xff;
    lexer->token.end = lexer->token.start + 1;
}
static inline Slice token_text(const Lexer *lexer) {
    return (Slice){lexer->source + lexer->token.start, lexer->token.end - lexer->token.start};
}
static inline bool token_is(const Lexer *lexer, uint32_t punctuator) {
    return lexer->token.kind == TOKEN_PUNCTUATOR && lexer->token.punctuator == punctuator;
}
