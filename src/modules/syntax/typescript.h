/* What the reader knows besides when it reads TypeScript: types, and what else is only for the compiler, are
 * noted to be replaced by blanks. The functions are called at the places where the language allows types. */
#pragma once

#include "modules/syntax/parser.h"

struct TypeReading {
    Edits erased;
    unsigned char *notes; /* for each byte of the source what was found out by trying, NOTE_… */
    const char *unsupported;
    size_t kept;         /* how many statements are left */
    unsigned ambient;    /* how many `declare` are around */
    unsigned namespaces; /* and how many namespaces */
    bool erases;         /* the statement or member being read has to go */
};

enum {
    NOTE_ARROW = 1,
    NOTE_NO_ARROW = 2,
    NOTE_TYPE_ARGUMENTS = 4,
    NOTE_NO_TYPE_ARGUMENTS = 8,
    NOTE_CONSTRAINED = 16,
    NOTE_NOT_CONSTRAINED = 32,
    NOTE_PARAMETERS = 64,
    NOTE_NO_PARAMETERS = 128
};

/* Where something begins that will be erased. */
typedef struct {
    size_t at, edits;
} Erasure;

static inline bool reads_types(const Parser *p) {
    return p->types != NULL;
}
static inline Erasure erasure_here(const Parser *p) {
    return (Erasure){p->lexer.token.start, p->types->erased.count};
}
void erase(Parser *p, Erasure erasure); /* to the end of the last token */
/* The same for something behind which the code before it must not go on in the next line. */
void erase_with_semicolon(Parser *p, Erasure erasure);
bool has_newline(const Parser *p, size_t from, size_t to);
void parser_unsupported(Parser *p, const char *what);
/* Remembers what was found by trying at a place, so that it is tried once. */
bool is_noted(const Parser *p, size_t at, unsigned note);
void note(Parser *p, size_t at, unsigned note);

/* types.c: without erasing */
void parse_type(Parser *p);
void parse_return_type(Parser *p); /* also `x is T` */
bool at_type_list(const Parser *p);
void parse_type_list(Parser *p);         /* <A, B> */
void parse_type_declarations(Parser *p); /* <A extends B = C> */

/* typed_expressions.c */
void parse_annotation(Parser *p);                     /* `: T`, if it is there */
void parse_binding_annotation(Parser *p);             /* also behind `?` and `!` */
void parse_parameter_start(Parser *p);                /* modifiers, decorators, `this: T` */
void parse_function_types(Parser *p);                 /* <T>, in front of parameters */
void parse_function_result(Parser *p);                /* : T, behind them */
Expression parse_typed_primary(Parser *p);            /* at `<` or `@` */
bool parse_arrow_if_one(Parser *p, Expression *kind); /* at `(` or `<` */
void parse_arrow_types(Parser *p);
void parse_arrow_result(Parser *p, size_t parenthesis);
bool parse_type_arguments(Parser *p); /* of a call, if they are there */
bool parse_non_null(Parser *p);       /* ! */
void parse_casts(Parser *p);          /* as T, satisfies T */
void parse_decorators(Parser *p);

/* typed_statements.c */
bool parse_typed_statement(Parser *p); /* at a word that may begin a declaration of TypeScript's */
void parse_statement_end(Parser *p, Erasure erasure, bool in_list);
bool parse_type_import(Parser *p);
bool parse_type_export(Parser *p);
void parse_abstract(Parser *p);       /* in front of class */
bool parse_type_specifier(Parser *p); /* `type A as B` in braces */
void parse_heritage(Parser *p, bool with_extends);

void parse_class_types(Parser *p); /* <T> behind the class that is extended */
void parse_member_mark(Parser *p); /* ? or ! behind a member's name */
bool at_type_modifier(const Parser *p);
bool parse_index_signature(Parser *p);
void parse_member_end(Parser *p, Erasure erasure);

/* typescript.c */
typedef struct {
    const char *unsupported; /* what it is that cannot be erased, or NULL if the source is wrong */
    size_t failed_at, failed_end;
} StrippedTypes;
/* Appends the source to out with blanks in the place of all that is TypeScript's. */
bool typescript_strip(const char *source, size_t len, Bytes *out, StrippedTypes *result);
