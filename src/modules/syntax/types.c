/* Reads types. Nothing is kept of them: what matters is where they end. */
#include "modules/syntax/typescript.h"

#include "base/mem.h"

static bool at_less(const Parser *p) {
    return at_char(p, '<') || at_punctuator(p, PUNCTUATOR2('<', '<'));
}

bool at_type_list(const Parser *p) {
    return at_less(p);
}

/* Opens or closes a list of types, which may stand beside other such characters. */
static void expect_split(Parser *p, char c) {
    if (p->lexer.token.kind != TOKEN_PUNCTUATOR || (p->lexer.token.punctuator & 0xff) != PUNCTUATOR1(c)) {
        parser_fail(p);
        return;
    }
    lexer_split(&p->lexer);
    parser_next(p);
}

static bool at_list_end(const Parser *p) {
    return p->lexer.token.kind == TOKEN_PUNCTUATOR && (p->lexer.token.punctuator & 0xff) == PUNCTUATOR1('>');
}

void parse_type_list(Parser *p) {
    expect_split(p, '<');
    unsigned context = p->context;
    p->context = 0;
    do {
        if (at_list_end(p)) break;
        parse_type(p);
    } while (parser_accept(p, PUNCTUATOR1(',')));
    p->context = context;
    expect_split(p, '>');
}

/* `const`, `in` or `out` in front of the name. */
static void parse_variance(Parser *p) {
    while (at_word(p, WORD_const) || at_word(p, WORD_in) || at_word(p, WORD_out)) {
        ParserMark mark = parser_mark(p);
        parser_next(p);
        if (at_name(p) && !at_word(p, WORD_extends)) continue;
        parser_go_back(p, &mark);
        return;
    }
}

static void parse_type_declaration(Parser *p) {
    parse_variance(p);
    if (!at_name(p)) parser_fail(p);
    parser_next(p);
    if (at_word(p, WORD_extends)) {
        parser_next(p);
        parse_type(p);
    }
    if (parser_accept(p, PUNCTUATOR1('='))) parse_type(p);
}

void parse_type_declarations(Parser *p) {
    expect_split(p, '<');
    unsigned context = p->context;
    p->context = 0;
    do {
        if (at_list_end(p)) break;
        parse_type_declaration(p);
    } while (parser_accept(p, PUNCTUATOR1(',')));
    p->context = context;
    expect_split(p, '>');
}

/* <T>(a: A, b?: B): C, where each part may be missing. */
static void parse_signature(Parser *p) {
    if (at_less(p)) parse_type_declarations(p);
    unsigned context = p->context;
    p->context = 0;
    scopes_open(&p->scopes, true);
    parse_parameters(p);
    scopes_close(&p->scopes);
    if (parser_accept(p, PUNCTUATOR1(':'))) parse_return_type(p);
    p->context = context;
}

/* At a parenthesis: does it hold parameters? */
static bool opens_parameters(Parser *p) {
    size_t at = p->lexer.token.start;
    if (is_noted(p, at, NOTE_PARAMETERS | NOTE_NO_PARAMETERS)) return is_noted(p, at, NOTE_PARAMETERS);
    ParserMark mark = parser_mark(p);
    parser_next(p);
    bool does = at_char(p, ')') || at_punctuator(p, PUNCTUATOR3('.', '.', '.'));
    if (!does) {
        scopes_open(&p->scopes, true);
        if (at_word(p, WORD_this))
            parser_next(p);
        else
            parse_binding(p, false);
        scopes_close(&p->scopes);
        does = !p->failed && (at_char(p, ':') || at_char(p, ',') || at_char(p, '?') || at_char(p, '='));
        if (!does && at_char(p, ')')) {
            parser_next(p);
            does = at_punctuator(p, PUNCTUATOR2('=', '>'));
        }
    }
    parser_undo(p, &mark);
    note(p, at, does ? NOTE_PARAMETERS : NOTE_NO_PARAMETERS);
    return does;
}

static bool at_function_type(Parser *p) {
    return at_less(p) || (at_char(p, '(') && opens_parameters(p));
}

static void parse_function_type(Parser *p) {
    if (at_less(p)) parse_type_declarations(p);
    scopes_open(&p->scopes, true);
    parse_parameters(p);
    scopes_close(&p->scopes);
    parser_expect(p, PUNCTUATOR2('=', '>'));
    unsigned context = p->context;
    p->context = 0;
    parse_return_type(p);
    p->context = context;
}

/* `new () => T` or `abstract new () => T` */
static bool parse_constructor_type(Parser *p) {
    ParserMark mark = parser_mark(p);
    if (at_word(p, WORD_abstract)) parser_next(p);
    if (!at_word(p, WORD_new)) {
        parser_go_back(p, &mark);
        return false;
    }
    parser_next(p);
    parse_function_type(p);
    return true;
}

/* A word before the name of a member, which may also be the name. */
static void parse_member_words(Parser *p) {
    while (at_word(p, WORD_readonly) || at_word(p, WORD_get) || at_word(p, WORD_set)) {
        ParserMark mark = parser_mark(p);
        parser_next(p);
        bool goes_on = at_name(p) || at_char(p, '[') || p->lexer.token.kind == TOKEN_STRING ||
                       p->lexer.token.kind == TOKEN_NUMBER;
        if (goes_on && !p->lexer.token.after_newline) continue;
        parser_go_back(p, &mark);
        return;
    }
}

/* [key: K], [K in T as U] or [expression] */
static void parse_member_key(Parser *p) {
    ParserMark mark = parser_mark(p);
    parser_next(p);
    if (at_name(p)) {
        parser_next(p);
        bool is_mapped = at_word(p, WORD_in);
        if (is_mapped || at_char(p, ':')) {
            parser_next(p);
            parse_type(p);
            if (is_mapped && at_word(p, WORD_as)) {
                parser_next(p);
                parse_type(p);
            }
            parser_expect(p, PUNCTUATOR1(']'));
            return;
        }
    }
    parser_go_back(p, &mark);
    parse_property_name(p);
}

static void parse_sign(Parser *p) {
    if (!parser_accept(p, PUNCTUATOR1('+'))) parser_accept(p, PUNCTUATOR1('-'));
}

static bool parse_call_signature(Parser *p) {
    ParserMark mark = parser_mark(p);
    if (at_word(p, WORD_new)) parser_next(p);
    bool is_one = at_char(p, '(') || at_less(p);
    if (is_one)
        parse_signature(p);
    else
        parser_go_back(p, &mark);
    return is_one;
}

static void parse_member_of_type(Parser *p) {
    if (!parse_call_signature(p)) {
        parse_sign(p);
        parse_member_words(p);
        if (at_char(p, '['))
            parse_member_key(p);
        else
            parse_property_name(p);
        parse_sign(p);
        parser_accept(p, PUNCTUATOR1('?'));
        if (at_char(p, '(') || at_less(p))
            parse_signature(p);
        else if (parser_accept(p, PUNCTUATOR1(':')))
            parse_type(p);
    }
    if (!parser_accept(p, PUNCTUATOR1(','))) parse_semicolon(p);
}

static void parse_object_type(Parser *p) {
    parser_next(p);
    while (!p->failed && !at_char(p, '}'))
        parse_member_of_type(p);
    parser_next(p);
}

/* `name:` or `name?:` in front of a tuple's element. */
static void parse_label(Parser *p) {
    if (!at_name(p)) return;
    ParserMark mark = parser_mark(p);
    parser_next(p);
    parser_accept(p, PUNCTUATOR1('?'));
    if (!parser_accept(p, PUNCTUATOR1(':'))) parser_go_back(p, &mark);
}

static void parse_tuple(Parser *p) {
    parser_next(p);
    while (!p->failed && !at_char(p, ']')) {
        parser_accept(p, PUNCTUATOR3('.', '.', '.'));
        parse_label(p);
        parse_type(p);
        parser_accept(p, PUNCTUATOR1('?'));
        if (!at_char(p, ']')) parser_expect(p, PUNCTUATOR1(','));
    }
    parser_next(p);
}

static void parse_template_type(Parser *p) {
    while (!p->failed) {
        TemplatePart part = lexer_read_template(&p->lexer);
        parser_sync(p);
        if (part != TEMPLATE_EXPRESSION) return;
        parse_type(p);
        if (!at_char(p, '}')) parser_fail(p);
    }
}

static void parse_qualified_name(Parser *p) {
    while (parser_accept(p, PUNCTUATOR1('.'))) {
        if (!at_name(p) && p->lexer.token.kind != TOKEN_PRIVATE_NAME) parser_fail(p);
        parser_next(p);
    }
    if (at_less(p) && !p->lexer.token.after_newline) parse_type_list(p);
}

/* import('x', { with: { … } }).A<B> */
static void parse_import_type(Parser *p) {
    parser_next(p);
    parser_expect(p, PUNCTUATOR1('('));
    parse_type(p);
    if (parser_accept(p, PUNCTUATOR1(',')) && !at_char(p, ')')) {
        parse_assignment(p);
        parser_accept(p, PUNCTUATOR1(','));
    }
    parser_expect(p, PUNCTUATOR1(')'));
    parse_qualified_name(p);
}

/* Names of the language's own types, which take no arguments. */
static bool at_plain_type(const Parser *p) {
    static const char *const plain[] = {"any",    "bigint", "boolean", "never",     "number",
                                        "object", "string", "symbol",  "undefined", "unknown"};
    for (size_t i = 0; i < COUNT_OF(plain); i++)
        if (slice_equals_str(token_text(&p->lexer), plain[i])) return true;
    return false;
}

static void parse_named_type(Parser *p) {
    switch (p->word) {
    case WORD_import: parse_import_type(p); return;
    case WORD_typeof:
        parser_next(p);
        if (at_word(p, WORD_import)) {
            parse_import_type(p);
            return;
        }
        if (!at_name(p)) parser_fail(p);
        parser_next(p);
        parse_qualified_name(p);
        return;
    case WORD_this:
    case WORD_void:
    case WORD_null:
    case WORD_true:
    case WORD_false: parser_next(p); return;
    default:
        if (name_is_reserved(p->word)) parser_fail(p);
        bool is_plain = at_plain_type(p);
        parser_next(p);
        if (!is_plain || at_char(p, '.')) parse_qualified_name(p);
    }
}

static void parse_nested_type(Parser *p) {
    unsigned context = p->context;
    p->context = 0;
    if (at_char(p, '(')) {
        parser_next(p);
        parse_type(p);
        parser_expect(p, PUNCTUATOR1(')'));
    } else if (at_char(p, '[')) {
        parse_tuple(p);
    } else if (at_char(p, '{')) {
        parse_object_type(p);
    } else if (at_char(p, '`')) {
        parse_template_type(p);
    } else if (at_char(p, '-')) {
        parser_next(p);
        if (p->lexer.token.kind != TOKEN_NUMBER) parser_fail(p);
        parser_next(p);
    } else {
        parser_fail(p);
    }
    p->context = context;
}

static void parse_primary_type(Parser *p) {
    switch (p->lexer.token.kind) {
    case TOKEN_NAME: parse_named_type(p); break;
    case TOKEN_STRING:
    case TOKEN_NUMBER: parser_next(p); break;
    default: parse_nested_type(p);
    }
    while (at_char(p, '[') && !p->lexer.token.after_newline) {
        parser_next(p);
        if (!at_char(p, ']')) {
            unsigned context = p->context;
            p->context = 0;
            parse_type(p);
            p->context = context;
        }
        parser_expect(p, PUNCTUATOR1(']'));
    }
}

/* Behind `infer A`: `extends B` belongs to it unless a condition is meant. */
static void parse_constraint(Parser *p) {
    size_t at = p->lexer.token.start;
    if (!at_word(p, WORD_extends) || is_noted(p, at, NOTE_NOT_CONSTRAINED)) return;
    ParserMark mark = parser_mark(p);
    unsigned context = p->context;
    p->context = CONTEXT_NO_CONDITIONAL;
    parser_next(p);
    parse_type(p);
    p->context = context;
    bool is_one = !p->failed && ((context & CONTEXT_NO_CONDITIONAL) || !at_char(p, '?'));
    if (is_one || is_noted(p, at, NOTE_CONSTRAINED)) {
        note(p, at, NOTE_CONSTRAINED);
        return;
    }
    note(p, at, NOTE_NOT_CONSTRAINED);
    parser_undo(p, &mark);
}

static bool starts_operand(const Parser *p) {
    TokenKind kind = p->lexer.token.kind;
    if (kind == TOKEN_NAME) return !at_word(p, WORD_extends) && !at_word(p, WORD_is) && !at_word(p, WORD_in);
    return kind == TOKEN_STRING || kind == TOKEN_NUMBER || at_char(p, '(') || at_char(p, '[') ||
           at_char(p, '{') || at_char(p, '`');
}

/* `keyof T`, `infer T` and the like; each of the words may also be a type's name. */
static void parse_type_operator(Parser *p) {
    if (!parser_enter(p)) return;
    bool may_be_one = at_word(p, WORD_keyof) || at_word(p, WORD_unique) || at_word(p, WORD_readonly) ||
                      at_word(p, WORD_infer);
    ParserMark mark;
    if (may_be_one) mark = parser_mark(p);
    bool infers = at_word(p, WORD_infer), is_unique = at_word(p, WORD_unique);
    if (may_be_one) parser_next(p);
    if (!may_be_one) {
        parse_primary_type(p);
    } else if (!starts_operand(p) || (infers && !at_name(p)) || (is_unique && !at_word(p, WORD_symbol))) {
        parser_go_back(p, &mark);
        parse_primary_type(p);
    } else if (infers) {
        parser_next(p);
        parse_constraint(p);
    } else {
        parse_type_operator(p);
    }
    p->depth--;
}

static void parse_unconditional(Parser *p) {
    if (at_function_type(p)) {
        parse_function_type(p);
        return;
    }
    if ((at_word(p, WORD_new) || at_word(p, WORD_abstract)) && parse_constructor_type(p)) return;
    if (!parser_accept(p, PUNCTUATOR1('|'))) parser_accept(p, PUNCTUATOR1('&'));
    for (;;) {
        if (at_function_type(p)) /* the last of a union, in a program that TypeScript does not like */
            parse_function_type(p);
        else
            parse_type_operator(p);
        if (!parser_accept(p, PUNCTUATOR1('|')) && !parser_accept(p, PUNCTUATOR1('&'))) return;
        if (!parser_accept(p, PUNCTUATOR1('|'))) parser_accept(p, PUNCTUATOR1('&'));
    }
}

void parse_type(Parser *p) {
    if (!parser_enter(p)) return;
    parse_unconditional(p);
    if (!(p->context & CONTEXT_NO_CONDITIONAL) && at_word(p, WORD_extends) && !p->lexer.token.after_newline) {
        unsigned context = p->context;
        parser_next(p);
        p->context = CONTEXT_NO_CONDITIONAL;
        parse_unconditional(p);
        p->context = 0;
        parser_expect(p, PUNCTUATOR1('?'));
        parse_type(p);
        parser_expect(p, PUNCTUATOR1(':'));
        parse_type(p);
        p->context = context;
    }
    p->depth--;
}

/* `asserts x`, `asserts x is T` or `x is T`; false at anything else. */
static bool parse_predicate(Parser *p) {
    if (!at_name(p)) return false;
    ParserMark mark = parser_mark(p);
    bool asserts = at_word(p, WORD_asserts);
    parser_next(p);
    asserts = asserts && at_name(p) && !at_word(p, WORD_is) && !p->lexer.token.after_newline;
    if (asserts) parser_next(p);
    bool has_type = at_word(p, WORD_is) && !p->lexer.token.after_newline;
    if (has_type) {
        parser_next(p);
        parse_type(p);
    } else if (!asserts) {
        parser_go_back(p, &mark);
    }
    return asserts || has_type;
}

void parse_return_type(Parser *p) {
    if (!parser_enter(p)) return;
    if (!parse_predicate(p)) parse_type(p);
    p->depth--;
}
