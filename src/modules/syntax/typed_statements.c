#include "modules/syntax/typescript.h"

/* The next token, looked at without going there. */
typedef struct {
    Token token;
    Name word;
} NextToken;

static NextToken next_token(Parser *p) {
    ParserMark mark = parser_mark(p);
    parser_next(p);
    NextToken next = {p->lexer.token, p->word};
    parser_undo(p, &mark);
    return next;
}

static bool next_is_name(Parser *p) {
    NextToken next = next_token(p);
    return next.token.kind == TOKEN_NAME && !next.token.after_newline && next.word != WORD_in &&
           next.word != WORD_of && next.word != WORD_instanceof && next.word != WORD_as &&
           next.word != WORD_satisfies;
}

/* ---- where a statement or member ends that may have to go */

void parse_statement_end(Parser *p, Erasure erasure, bool in_list) {
    if (!p->types->erases) {
        p->types->kept++;
        return;
    }
    p->types->erases = false;
    if (p->failed) return;
    bool would_go_on = !in_list || at_char(p, '(') || at_char(p, '[') || at_char(p, '`') || at_char(p, '+') ||
                       at_char(p, '-') || at_char(p, '/');
    if (would_go_on)
        erase_with_semicolon(p, erasure);
    else
        erase(p, erasure);
}

void parse_member_end(Parser *p, Erasure erasure) {
    if (!p->types->erases) return;
    p->types->erases = false;
    if (p->failed) return;
    if (at_char(p, '[') || at_char(p, '(') || at_char(p, '*') || at_word(p, WORD_in))
        erase_with_semicolon(p, erasure);
    else
        erase(p, erasure);
}

/* ---- declarations */

static void parse_type_alias(Parser *p) {
    parser_next(p);
    parser_next(p);
    if (at_type_list(p)) parse_type_declarations(p);
    parser_expect(p, PUNCTUATOR1('='));
    parse_type(p);
    parse_semicolon(p);
    p->types->erases = true;
}

static void parse_interface(Parser *p) {
    parser_next(p);
    if (!at_name(p) || name_is_reserved(p->word)) parser_fail(p);
    parser_next(p);
    if (at_type_list(p)) parse_type_declarations(p);
    parse_heritage(p, true);
    if (at_char(p, '{'))
        parse_type(p);
    else
        parser_fail(p);
    p->types->erases = true;
}

void parse_heritage(Parser *p, bool with_extends) {
    Erasure erasure = erasure_here(p);
    bool has_any = false;
    while (at_word(p, WORD_implements) || (with_extends && at_word(p, WORD_extends))) {
        has_any = true;
        do {
            parser_next(p);
            if (at_name(p))
                parse_type(p);
            else
                parser_fail(p);
        } while (at_char(p, ','));
    }
    if (has_any) erase(p, erasure);
}

static void parse_enum(Parser *p) {
    if (!p->types->ambient) parser_unsupported(p, "TypeScript enum is not supported in strip-only mode");
    if (at_word(p, WORD_const)) parser_next(p);
    parser_next(p);
    if (!at_name(p)) parser_fail(p);
    parser_next(p);
    parser_expect(p, PUNCTUATOR1('{'));
    while (!p->failed && !at_char(p, '}')) {
        parse_property_name(p);
        if (parser_accept(p, PUNCTUATOR1('='))) parse_assignment(p);
        if (!at_char(p, '}')) parser_expect(p, PUNCTUATOR1(','));
    }
    parser_next(p);
    p->types->erases = true;
}

static void parse_namespace_body(Parser *p) {
    size_t kept = p->types->kept;
    bool is_ambient = p->types->ambient != 0;
    p->types->namespaces++;
    scopes_open(&p->scopes, true);
    size_t at = p->lexer.token.start, end = p->lexer.token.end;
    parse_block(p);
    scopes_close(&p->scopes);
    p->types->namespaces--;
    bool has_code = p->types->kept != kept && !is_ambient;
    p->types->kept = kept;
    if (has_code && !p->failed) {
        parser_unsupported(p, "TypeScript namespace declaration is not supported in strip-only mode");
        p->failed_at = at, p->failed_end = end;
    }
}

/* namespace A.B { … }, module 'a' { … } or global { … } */
static void parse_namespace(Parser *p) {
    bool is_module = at_word(p, WORD_module);
    parser_next(p);
    if (is_module && p->lexer.token.kind != TOKEN_STRING)
        parser_unsupported(p, "`module` keyword is not supported. Use `namespace` instead.");
    if (!at_char(p, '{')) {
        if (!at_name(p) && p->lexer.token.kind != TOKEN_STRING) parser_fail(p);
        parser_next(p);
        while (parser_accept(p, PUNCTUATOR1('.')))
            parser_next(p);
    }
    if (at_char(p, '{'))
        parse_namespace_body(p);
    else if (p->types->ambient)
        parse_semicolon(p);
    else
        parser_fail(p);
    p->types->erases = true;
}

static void parse_declared(Parser *p) {
    p->types->ambient++;
    parser_next(p);
    switch (p->word) {
    case WORD_async:
        parser_next(p);
        parse_function(p, true);
        break;
    case WORD_function: parse_function(p, true); break;
    case WORD_class: parse_class(p, true); break;
    case WORD_global: parse_namespace(p); break;
    case WORD_var:
    case WORD_let:
    case WORD_const:
    case WORD_using:
        if (at_word(p, WORD_const) && next_token(p).word == WORD_enum) {
            parse_enum(p);
            break;
        }
        parse_variables(p);
        parse_semicolon(p);
        break;
    default:
        if (!parse_typed_statement(p)) parser_fail(p);
    }
    p->types->ambient--;
    p->types->erases = true;
}

static bool is_declared_word(Name word) {
    switch (word) {
    case WORD_async:
    case WORD_function:
    case WORD_class:
    case WORD_global:
    case WORD_var:
    case WORD_let:
    case WORD_const:
    case WORD_using:
    case WORD_type:
    case WORD_interface:
    case WORD_abstract:
    case WORD_enum:
    case WORD_namespace:
    case WORD_module: return true;
    default: return false;
    }
}

void parse_abstract(Parser *p) {
    if (!at_word(p, WORD_abstract) || next_token(p).word != WORD_class || next_token(p).token.after_newline)
        return;
    Erasure erasure = erasure_here(p);
    parser_next(p);
    erase(p, erasure);
}

bool parse_typed_statement(Parser *p) {
    NextToken next;
    switch (p->word) {
    case WORD_enum: parse_enum(p); return true;
    case WORD_const:
        if (next_token(p).word != WORD_enum) return false;
        parse_enum(p);
        return true;
    case WORD_type:
        if (!next_is_name(p)) return false;
        parse_type_alias(p);
        return true;
    case WORD_interface:
        if (!next_is_name(p)) return false;
        parse_interface(p);
        return true;
    case WORD_declare:
        next = next_token(p);
        if (next.token.kind != TOKEN_NAME || !is_declared_word(next.word)) return false;
        parse_declared(p);
        return true;
    case WORD_abstract:
        parse_abstract(p);
        if (!at_word(p, WORD_class)) return false;
        parse_class(p, true);
        return true;
    case WORD_global:
        if (!p->types->ambient || next_token(p).token.punctuator != PUNCTUATOR1('{')) return false;
        parse_namespace(p);
        return true;
    case WORD_namespace:
    case WORD_module:
        next = next_token(p);
        if (next.token.after_newline || (!next_is_name(p) && next.token.kind != TOKEN_STRING)) return false;
        parse_namespace(p);
        return true;
    default: return false;
    }
}

/* ---- classes */

bool at_type_modifier(const Parser *p) {
    switch (p->word) {
    case WORD_public:
    case WORD_private:
    case WORD_protected:
    case WORD_readonly:
    case WORD_override:
    case WORD_abstract:
    case WORD_declare: return reads_types(p);
    default: return false;
    }
}

void parse_class_types(Parser *p) {
    if (!reads_types(p) || !at_type_list(p)) return;
    Erasure erasure = erasure_here(p);
    parse_type_list(p);
    erase(p, erasure);
}

void parse_member_mark(Parser *p) {
    if (!reads_types(p) || (!at_char(p, '?') && !at_char(p, '!'))) return;
    Erasure erasure = erasure_here(p);
    parser_next(p);
    erase(p, erasure);
}

/* [key: K]: T; */
bool parse_index_signature(Parser *p) {
    if (!reads_types(p) || !at_char(p, '[')) return false;
    ParserMark mark = parser_mark(p);
    parser_next(p);
    bool is_one = at_name(p);
    if (is_one) parser_next(p);
    if (!is_one || !at_char(p, ':')) {
        parser_undo(p, &mark);
        return false;
    }
    parser_next(p);
    parse_type(p);
    parser_expect(p, PUNCTUATOR1(']'));
    parse_annotation(p);
    parse_semicolon(p);
    p->types->erases = true;
    return true;
}

/* ---- imports and exports, at the word import or export */

static void parse_from_string(Parser *p) {
    if (!at_word(p, WORD_from)) parser_fail(p);
    parser_next(p);
    if (p->lexer.token.kind != TOKEN_STRING) parser_fail(p);
    parser_next(p);
    if (at_word(p, WORD_with)) {
        parser_next(p);
        parse_type(p); /* braces with names and strings */
    }
}

/* Over names, to a brace; or a comma, if that ends it too. */
static void skip_names(Parser *p, bool to_comma) {
    while (!p->failed && !at_char(p, '}') && !(to_comma && at_char(p, ','))) {
        if (p->lexer.token.kind == TOKEN_END) parser_fail(p);
        parser_next(p);
    }
}

static void parse_braces(Parser *p) {
    parser_next(p);
    skip_names(p, false);
    parser_next(p);
}

static void parse_type_clause(Parser *p) {
    if (at_name(p)) {
        parser_next(p);
        if (!parser_accept(p, PUNCTUATOR1(','))) return;
    }
    if (at_char(p, '{')) {
        parse_braces(p);
        return;
    }
    parser_expect(p, PUNCTUATOR1('*'));
    if (!at_word(p, WORD_as)) parser_fail(p);
    parser_next(p);
    parser_next(p);
}

/* The word type behind import: of the import, or the name that is imported. */
static bool is_type_import(Parser *p) {
    NextToken next = next_token(p);
    if (next.token.kind == TOKEN_PUNCTUATOR)
        return next.token.punctuator == PUNCTUATOR1('{') || next.token.punctuator == PUNCTUATOR1('*');
    if (next.token.kind != TOKEN_NAME) return false;
    if (next.word != WORD_from) return true;
    ParserMark mark = parser_mark(p);
    parser_next(p);
    bool imports_from = next_token(p).token.kind == TOKEN_NAME;
    parser_undo(p, &mark);
    return imports_from;
}

bool parse_type_import(Parser *p) {
    ParserMark mark = parser_mark(p);
    parser_next(p);
    bool is_type = at_word(p, WORD_type) && is_type_import(p);
    if (is_type) parser_next(p);
    if (at_name(p) && next_token(p).token.punctuator == PUNCTUATOR1('=')) {
        parser_next(p);
        if (!is_type && !p->types->ambient)
            parser_unsupported(p, "TypeScript import equals declaration is not supported in strip-only mode");
        parser_next(p);
        parse_left_side(p);
    } else if (is_type) {
        parse_type_clause(p);
        parse_from_string(p);
    } else {
        parser_undo(p, &mark);
        return false;
    }
    parse_semicolon(p);
    p->types->erases = true;
    return true;
}

static void parse_type_reexport(Parser *p) {
    parser_next(p);
    if (at_char(p, '{')) {
        parse_braces(p);
        if (at_word(p, WORD_from)) parse_from_string(p);
    } else {
        parser_next(p);
        if (at_word(p, WORD_as)) {
            parser_next(p);
            parser_next(p);
        }
        parse_from_string(p);
    }
    parse_semicolon(p);
    p->types->erases = true;
}

static bool parse_typed_default(Parser *p) {
    NextToken next = next_token(p);
    if (next.word == WORD_interface) {
        parser_next(p);
        if (next_is_name(p)) parse_interface(p);
        return p->types->erases;
    }
    return false;
}

/* What only TypeScript exports. Behind `export abstract` and the like, the rest is left to JavaScript. */
bool parse_type_export(Parser *p) {
    ParserMark mark = parser_mark(p);
    parser_next(p);
    switch (p->word) {
    case WORD_type: {
        uint32_t next = next_token(p).token.punctuator;
        if (next == PUNCTUATOR1('{') || next == PUNCTUATOR1('*')) {
            parse_type_reexport(p);
            return true;
        }
        break;
    }
    case WORD_import: return parse_type_import(p);
    case WORD_default:
        if (parse_typed_default(p)) return true;
        parser_undo(p, &mark);
        return false;
    default:
        if (!at_char(p, '=')) break;
        if (!p->types->ambient)
            parser_unsupported(p, "TypeScript export assignment is not supported in strip-only mode");
        parser_next(p);
        parse_expression(p);
        parse_semicolon(p);
        p->types->erases = true;
        return true;
    }
    if (parse_typed_statement(p)) return true;
    parser_undo(p, &mark);
    return false;
}

/* `type A` or `type A as B`, but neither `type` nor `type as b`. */
static bool is_type_specifier(Parser *p) {
    ParserMark mark = parser_mark(p);
    parser_next(p);
    bool is_one = at_name(p) || p->lexer.token.kind == TOKEN_STRING;
    if (at_word(p, WORD_as)) {
        NextToken second = next_token(p);
        if (second.word == WORD_as) {
            parser_next(p);
            is_one = next_token(p).token.kind == TOKEN_NAME;
        } else {
            is_one = second.token.kind != TOKEN_NAME && second.token.kind != TOKEN_STRING;
        }
    }
    parser_undo(p, &mark);
    return is_one;
}

bool parse_type_specifier(Parser *p) {
    if (!reads_types(p) || !at_word(p, WORD_type) || !is_type_specifier(p)) return false;
    Erasure erasure = erasure_here(p);
    skip_names(p, true);
    parser_accept(p, PUNCTUATOR1(','));
    erase(p, erasure);
    return true;
}
