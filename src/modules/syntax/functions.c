#include "modules/syntax/parser.h"

/* What a function's code is read with, and what was in force around it. */
typedef struct {
    bool in_function, no_in;
} Outside;

static Outside enter_function(Parser *p) {
    Outside outside = {p->in_function, p->no_in};
    p->in_function = true;
    p->no_in = false;
    scopes_open(&p->scopes, true);
    return outside;
}

static void leave_function(Parser *p, Outside outside) {
    scopes_close(&p->scopes);
    p->in_function = outside.in_function;
    p->no_in = outside.no_in;
}

static void parse_parameters(Parser *p) {
    parser_expect(p, PUNCTUATOR1('('));
    while (!p->failed && !at_char(p, ')')) {
        parser_accept(p, PUNCTUATOR3('.', '.', '.'));
        parse_binding(p, false);
        if (parser_accept(p, PUNCTUATOR1('='))) parse_assignment(p);
        if (!at_char(p, ')')) parser_expect(p, PUNCTUATOR1(','));
    }
    parser_next(p);
}

void parse_method(Parser *p) {
    Outside outside = enter_function(p);
    scopes_declare(&p->scopes, WORD_arguments);
    parse_parameters(p);
    parse_block(p);
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
    scopes_declare(&p->scopes, WORD_arguments);
    if (name && !is_declaration) scopes_declare(&p->scopes, name);
    parse_parameters(p);
    parse_block(p);
    leave_function(p, outside);
}

Expression parse_arrow(Parser *p) {
    bool no_in = p->no_in;
    Outside outside = enter_function(p);
    if (at_char(p, '('))
        parse_parameters(p);
    else
        parse_binding(p, false);
    parser_expect(p, PUNCTUATOR2('=', '>'));
    if (at_char(p, '{')) {
        parse_block(p);
    } else {
        p->no_in = no_in;
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

/* Words before a member's name that say what it is; each may also be the name itself. */
static void parse_modifiers(Parser *p) {
    while (at_word(p, WORD_static) || at_word(p, WORD_async) || at_word(p, WORD_get) ||
           at_word(p, WORD_set) || at_word(p, WORD_accessor)) {
        ParserMark mark = parser_mark(p);
        bool needs_same_line = !at_word(p, WORD_static) && !at_word(p, WORD_get) && !at_word(p, WORD_set);
        parser_next(p);
        bool is_name = at_char(p, '(') || at_char(p, '=') || at_char(p, ';') || at_char(p, '}') ||
                       (needs_same_line && p->lexer.token.after_newline);
        if (!is_name) continue;
        parser_go_back(p, &mark);
        break;
    }
    parser_accept(p, PUNCTUATOR1('*'));
}

static void parse_class_member(Parser *p) {
    if (parser_accept(p, PUNCTUATOR1(';'))) return;
    parse_modifiers(p);
    if (at_char(p, '{')) { /* static { … } */
        Outside outside = enter_function(p);
        parse_block(p);
        leave_function(p, outside);
        return;
    }
    parse_property_name(p);
    if (at_char(p, '(')) {
        parse_method(p);
        return;
    }
    if (parser_accept(p, PUNCTUATOR1('='))) {
        Outside outside = enter_function(p);
        parse_assignment(p);
        leave_function(p, outside);
    }
    parse_semicolon(p);
}

void parse_class(Parser *p, bool is_declaration) {
    if (!parser_enter(p)) return;
    parser_next(p);
    bool is_named = at_name(p) && !at_word(p, WORD_extends);
    Name name = is_named ? p->word : WORD_NONE;
    if (is_named && is_declaration)
        parse_binding(p, false);
    else if (is_named)
        parser_next(p);
    else if (is_declaration)
        parser_fail(p);
    scopes_open(&p->scopes, false);
    if (is_named) scopes_declare(&p->scopes, name);
    if (at_word(p, WORD_extends)) {
        parser_next(p);
        parse_left_side(p);
    }
    bool no_in = p->no_in;
    p->no_in = false;
    parser_expect(p, PUNCTUATOR1('{'));
    while (!p->failed && !at_char(p, '}'))
        parse_class_member(p);
    parser_next(p);
    p->no_in = no_in;
    scopes_close(&p->scopes);
    p->depth--;
}
