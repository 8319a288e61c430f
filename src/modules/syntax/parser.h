/* What the parts of the reader of JavaScript know of each other. It keeps no tree: while it goes over a
 * module it notes scopes, references, imports, exports and what to change. Sloppy mode and wrong
 * programs are the engine's affair; here reading merely fails, and says where. */
#pragma once

#include "modules/syntax/edits.h"
#include "modules/syntax/lexer.h"
#include "modules/syntax/names.h"
#include "modules/syntax/scopes.h"

typedef struct {
    size_t specifier, attributes; /* offsets; attributes is 0 if there are none */
    size_t specifier_end, attributes_end;
} Request;

typedef struct {
    Slice imported; /* as written, with the quotes of a string; "*" for the namespace */
    Name local;
    size_t request, at;
} Import;

typedef struct {
    Slice exported; /* as written; empty for `export *` */
    Slice imported; /* with a request: as in Import; empty for a local */
    Name local;     /* without a request: 0 is the value of `export default …` */
    bool has_request;
    size_t request, at;
} Export;

typedef struct {
    Request *requests;
    Import *imports;
    Export *exports;
    size_t request_count, import_count, export_count;
    size_t request_room, import_room, export_room;
    bool default_function; /* `export default function () {}`: has to be given the name */
    bool awaits, has_meta, has_dynamic_import, has_eval;
    bool is_module; /* has what only a module can have */
} ModuleFacts;

/* A list of statements of which some declare with `using`, see using.h. */
typedef struct {
    size_t begins; /* behind directives */
    bool has_any, awaits;
} ResourceScope;

typedef struct TypeReading TypeReading; /* typescript.h */

typedef struct {
    Lexer lexer;
    Names names;
    Scopes scopes;
    Edits edits;
    ModuleFacts facts;
    Name word;             /* the current token, if it is a name; a language word with an escape is none */
    size_t list_statement; /* where the last statement of a list began */
    unsigned depth;
    bool failed;
    unsigned context; /* CONTEXT_… */
    bool in_function; /* false: `await` here makes the module wait */
    size_t failed_at, failed_end;
    unsigned char *arrows;   /* a bit a byte of the source: a parenthesis that opens parameters */
    const char *base;        /* what the names begin with that edits use */
    TypeReading *types;      /* in TypeScript only */
    ResourceScope resources; /* of the list of statements being read */
    Edits *resource_edits;   /* NULL: `using` stays as it is */
    bool is_script;          /* what is declared at the top is nobody else's */
} Parser;

/* What is different in an expression or type because of what it is part of. */
enum {
    CONTEXT_NO_IN = 1,         /* `for (x in …`: the word belongs to the statement */
    CONTEXT_CONSEQUENT = 2,    /* a ? … : b */
    CONTEXT_NO_CONDITIONAL = 4 /* A extends … ? B : C */
};

/* What an expression turned out to be, as far as somebody wants to know. */
typedef enum { EXPRESSION_OTHER, EXPRESSION_NAME, EXPRESSION_PATTERN, EXPRESSION_ENDS } Expression;

/* parser.c */
void parser_open(Parser *p, const char *source, size_t len, const char *base);
void parser_close(Parser *p);
void parser_fail(Parser *p);
void parser_next(Parser *p);
void parser_sync(Parser *p); /* after the lexer went on by itself */
Name parser_name(Parser *p); /* of the current token, with its escapes read */
bool parser_accept(Parser *p, uint32_t punctuator);
void parser_expect(Parser *p, uint32_t punctuator);
bool parser_enter(Parser *p); /* false: too deep; otherwise p->depth-- at the end */
void *parser_grown(void *list, size_t count, size_t *room, size_t size);

static inline bool at_punctuator(const Parser *p, uint32_t punctuator) {
    return token_is(&p->lexer, punctuator);
}
static inline bool at_char(const Parser *p, char c) {
    return token_is(&p->lexer, PUNCTUATOR1(c));
}
static inline bool at_word(const Parser *p, Name word) {
    return p->word == word;
}
static inline bool at_name(const Parser *p) {
    return p->lexer.token.kind == TOKEN_NAME;
}

/* The current token and everything noted so far. */
typedef struct {
    Lexer lexer;
    Name word;
    ScopesMark scopes;
    size_t edits, erased, resource_edits;
    unsigned depth, context;
    bool in_function;
    ModuleFacts facts;
} ParserMark;
ParserMark parser_mark(const Parser *p);
void parser_go_back(Parser *p, const ParserMark *mark);
/* The same after something that was only tried and may have failed. */
void parser_undo(Parser *p, const ParserMark *mark);

/* expressions.c */
Expression parse_expression(Parser *p);
Expression parse_assignment(Parser *p);
Expression parse_left_side(Parser *p); /* no operators: what can stand behind `extends` */
void parse_template(Parser *p);
void parse_refer(Parser *p, Reference reference);

/* functions.c */
void parse_function(Parser *p, bool is_declaration); /* at the word function */
Expression parse_arrow(Parser *p);                   /* at its parameters */
void parse_method(Parser *p);                        /* at its parenthesis */
void parse_parameters(Parser *p);
void parse_property_name(Parser *p);
void parse_class(Parser *p, bool is_declaration);

/* patterns.c */
void parse_binding(Parser *p, bool is_var);

/* statements.c */
void parse_statements(Parser *p); /* to a closing brace or the end */
void parse_block(Parser *p);      /* with its braces, in the scope that is open */
void parse_variables(Parser *p);  /* at var, let, const, using or await using; without the semicolon */
void parse_semicolon(Parser *p);

/* module_items.c */
bool parse_module_item(Parser *p); /* at import or export; false if it is an expression after all */
