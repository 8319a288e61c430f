#include "modules/syntax/typescript.h"

/* What a function's code is read with, and what was in force around it. */
typedef struct {
    bool in_function;
    unsigned context;
} Outside;

static Outside enter_function(Parser *p) {
    Outside outside = {p->in_function, p->context};
    p->in_function = true;
    p->context = 0;
    scopes_open(&p->scopes, true);
    return outside;
}

static void leave_function(Parser *p, Outside outside) {
    scopes_close(&p->scopes);
    p->in_function = outside.in_function;
    p->context = outside.context;
}

void parse_parameters(Parser *p) {
    parser_expect(p, PUNCTUATOR1('('));
    while (!p->failed && !at_char(p, ')')) {
        parse_parameter_start(p);
        if (at_char(p, ')')) break;
        parser_accept(p, PUNCTUATOR3('.', '.', '.'));
        parse_binding(p, false);
        parse_binding_annotation(p);
        if (parser_accept(p, PUNCTUATOR1('='))) parse_assignment(p);
        if (!at_char(p, ')')) parser_expect(p, PUNCTUATOR1(','));
    }
    parser_next(p);
}

/* A body; or none, where TypeScript only tells what a function takes. */
static void parse_body(Parser *p, bool may_lack) {
    if (at_char(p, '{') || !may_lack || !reads_types(p)) {
        parse_block(p);
        return;
    }
    parse_semicolon(p);
    p->types->erases = true;
}

static void parse_function_rest(Parser *p, bool may_lack_body) {
    scopes_declare(&p->scopes, WORD_arguments);
    parse_function_types(p);
    parse_parameters(p);
    parse_function_result(p);
    parse_body(p, may_lack_body);
}

void parse_method(Parser *p) {
    Outside outside = enter_function(p);
    parse_function_rest(p, true);
    leave_function(p, outside);
}

void parse_function(Parser *p, bool is_declaration) {
    parser_next(p);
    parser_accept(p, PUNCTUATOR1('*'));
    Name name = at_name(p) ? p->word : WORD_NONE;
    if (name) {
        if (is_declaration)
            parse_binding(p, false);
        else
            parser_next(p);
    } else if (is_declaration) {
        parser_fail(p);
    }
    Outside outside = enter_function(p);
    if (name && !is_declaration) scopes_declare(&p->scopes, name);
    parse_function_rest(p, is_declaration);
    leave_function(p, outside);
}

Expression parse_arrow(Parser *p) {
    unsigned context = p->context;
    Outside outside = enter_function(p);
    parse_arrow_types(p);
    if (at_char(p, '(')) {
        parse_parameters(p);
        parse_arrow_result(p, p->lexer.previous_end - 1);
    } else {
        parse_binding(p, false);
    }
    parser_expect(p, PUNCTUATOR2('=', '>'));
    if (at_char(p, '{')) {
        parse_block(p);
    } else {
        p->context = context;
        parse_assignment(p);
    }
    leave_function(p, outside);
    return EXPRESSION_ENDS;
}

void parse_property_name(Parser *p) {
    if (parser_accept(p, PUNCTUATOR1('['))) {
        parse_assignment(p);
        parser_expect(p, PUNCTUATOR1(']'));
        return;
    }
    switch (p->lexer.token.kind) {
    case TOKEN_NAME:
    case TOKEN_STRING:
    case TOKEN_NUMBER:
    case TOKEN_PRIVATE_NAME: parser_next(p); return;
    default: parser_fail(p);
    }
}

static bool at_modifier(const Parser *p) {
    return at_word(p, WORD_static) || at_word(p, WORD_async) || at_word(p, WORD_get) ||
           at_word(p, WORD_set) || at_word(p, WORD_accessor) || at_type_modifier(p);
}

/* What shows that the word before was the member's name. */
static bool at_member_name_end(const Parser *p) {
    if (at_char(p, '(') || at_char(p, '=') || at_char(p, ';') || at_char(p, '}')) return true;
    return reads_types(p) && (at_char(p, ':') || at_char(p, '?') || at_char(p, '!') || at_char(p, '<'));
}

typedef struct {
    bool is_kept; /* there is one of JavaScript's */
    bool erases;  /* one says that the member is TypeScript's alone */
} Modifiers;

/* Words before a member's name that say what it is; each may also be the name itself. */
static Modifiers parse_modifiers(Parser *p) {
    Modifiers modifiers = {0};
    while (at_modifier(p)) {
        ParserMark mark = parser_mark(p);
        Name word = p->word;
        bool needs_same_line = word != WORD_static && word != WORD_get && word != WORD_set;
        bool is_erased = at_type_modifier(p);
        Erasure erasure = is_erased ? erasure_here(p) : (Erasure){0};
        parser_next(p);
        if (at_member_name_end(p) || (needs_same_line && p->lexer.token.after_newline)) {
            parser_go_back(p, &mark);
            break;
        }
        if (is_erased) {
            bool would_go_on = at_char(p, '[') || at_char(p, '*') || at_word(p, WORD_in);
            if (would_go_on && !modifiers.is_kept)
                erase_with_semicolon(p, erasure);
            else
                erase(p, erasure);
        }
        modifiers.is_kept |= !is_erased;
        modifiers.erases |= word == WORD_abstract || word == WORD_declare;
    }
    parser_accept(p, PUNCTUATOR1('*'));
    return modifiers;
}

/* Behind a field's name. */
static void parse_field(Parser *p) {
    parse_annotation(p);
    if (parser_accept(p, PUNCTUATOR1('='))) {
        Outside outside = enter_function(p);
        parse_assignment(p);
        leave_function(p, outside);
    }
    parse_semicolon(p);
}

static void parse_member(Parser *p) {
    parse_decorators(p);
    Modifiers modifiers = parse_modifiers(p);
    if (at_char(p, '{')) { /* static { … } */
        Outside outside = enter_function(p);
        parse_block(p);
        leave_function(p, outside);
        return;
    }
    if (parse_index_signature(p)) return;
    parse_property_name(p);
    parse_member_mark(p);
    if (at_char(p, '(') || (reads_types(p) && at_type_list(p)))
        parse_method(p);
    else
        parse_field(p);
    if (modifiers.erases) p->types->erases = true;
}

static void parse_class_member(Parser *p) {
    if (parser_accept(p, PUNCTUATOR1(';'))) return;
    Erasure erasure = reads_types(p) ? erasure_here(p) : (Erasure){0};
    parse_member(p);
    if (reads_types(p)) parse_member_end(p, erasure);
}

void parse_class(Parser *p, bool is_declaration) {
    if (!parser_enter(p)) return;
    parser_next(p);
    bool is_named =
        at_name(p) && !at_word(p, WORD_extends) && !(reads_types(p) && at_word(p, WORD_implements));
    Name name = is_named ? p->word : WORD_NONE;
    if (is_named && is_declaration)
        parse_binding(p, false);
    else if (is_named)
        parser_next(p);
    else if (is_declaration)
        parser_fail(p);
    scopes_open(&p->scopes, false);
    if (is_named) scopes_declare(&p->scopes, name);
    parse_function_types(p);
    if (at_word(p, WORD_extends)) {
        parser_next(p);
        parse_left_side(p);
        parse_class_types(p);
    }
    if (reads_types(p)) parse_heritage(p, false);
    unsigned context = p->context;
    p->context = 0;
    parser_expect(p, PUNCTUATOR1('{'));
    while (!p->failed && !at_char(p, '}'))
        parse_class_member(p);
    parser_next(p);
    p->context = context;
    scopes_close(&p->scopes);
    p->depth--;
}
