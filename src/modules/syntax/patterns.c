#include "modules/syntax/parser.h"

static void declare(Parser *p, Name name, bool is_var) {
    if (name_is_reserved(name))
        parser_fail(p);
    else if (is_var)
        scopes_declare_var(&p->scopes, name);
    else
        scopes_declare(&p->scopes, name);
}

static void parse_default_value(Parser *p) {
    if (!parser_accept(p, PUNCTUATOR1('='))) return;
    unsigned context = p->context;
    p->context = 0;
    parse_assignment(p);
    p->context = context;
}

static void parse_array_pattern(Parser *p, bool is_var) {
    parser_next(p);
    while (!p->failed && !at_char(p, ']')) {
        if (parser_accept(p, PUNCTUATOR1(','))) continue;
        parser_accept(p, PUNCTUATOR3('.', '.', '.'));
        parse_binding(p, is_var);
        parse_default_value(p);
        if (!at_char(p, ']')) parser_expect(p, PUNCTUATOR1(','));
    }
    parser_next(p);
}

static void parse_object_pattern(Parser *p, bool is_var) {
    parser_next(p);
    while (!p->failed && !at_char(p, '}')) {
        if (parser_accept(p, PUNCTUATOR3('.', '.', '.'))) {
            parse_binding(p, is_var);
        } else {
            Name name = at_name(p) ? parser_name(p) : WORD_NONE;
            unsigned context = p->context;
            p->context = 0;
            parse_property_name(p);
            p->context = context;
            if (parser_accept(p, PUNCTUATOR1(':')))
                parse_binding(p, is_var);
            else if (name)
                declare(p, name, is_var);
            else
                parser_fail(p);
            parse_default_value(p);
        }
        if (!at_char(p, '}')) parser_expect(p, PUNCTUATOR1(','));
    }
    parser_next(p);
}

void parse_binding(Parser *p, bool is_var) {
    if (!parser_enter(p)) return;
    if (at_name(p)) {
        declare(p, parser_name(p), is_var);
        parser_next(p);
    } else if (at_char(p, '[')) {
        parse_array_pattern(p, is_var);
    } else if (at_char(p, '{')) {
        parse_object_pattern(p, is_var);
    } else {
        parser_fail(p);
    }
    p->depth--;
}
