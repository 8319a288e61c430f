#include "modules/syntax/typescript.h"
#include "modules/syntax/using.h"

static void parse_statement(Parser *p, bool in_list);

void parse_semicolon(Parser *p) {
    if (parser_accept(p, PUNCTUATOR1(';'))) return;
    const Token *token = &p->lexer.token;
    if (!at_char(p, '}') && token->kind != TOKEN_END && !token->after_newline) parser_fail(p);
}

void parse_statements(Parser *p) {
    ResourceScope around = p->resources;
    p->resources = (ResourceScope){.begins = p->lexer.token.start};
    bool in_directives = true;
    while (!p->failed && p->lexer.token.kind != TOKEN_END && !at_char(p, '}')) {
        in_directives = in_directives && p->lexer.token.kind == TOKEN_STRING;
        parse_statement(p, true);
        if (in_directives) p->resources.begins = p->lexer.token.start;
    }
    using_end(p);
    p->resources = around;
}

void parse_block(Parser *p) {
    parser_expect(p, PUNCTUATOR1('{'));
    parse_statements(p);
    parser_expect(p, PUNCTUATOR1('}'));
}

static void parse_scoped_block(Parser *p) {
    scopes_open(&p->scopes, false);
    parse_block(p);
    scopes_close(&p->scopes);
}

static void parse_condition(Parser *p) {
    parser_expect(p, PUNCTUATOR1('('));
    parse_expression(p);
    parser_expect(p, PUNCTUATOR1(')'));
}

static void parse_body(Parser *p) {
    parse_statement(p, false);
}

/* `using` before a name on the same line declares; everywhere else it is a name itself. */
static bool is_using(Parser *p) {
    if (!at_word(p, WORD_using) && !at_word(p, WORD_await)) return false;
    ParserMark mark = parser_mark(p);
    if (at_word(p, WORD_await)) parser_next(p);
    bool declares = at_word(p, WORD_using) && (!p->lexer.token.after_newline || mark.word == WORD_using);
    if (declares) {
        parser_next(p);
        declares = at_name(p) && !p->lexer.token.after_newline && !at_word(p, WORD_in) &&
                   !at_word(p, WORD_of) && !at_word(p, WORD_instanceof);
    }
    parser_go_back(p, &mark);
    return declares;
}

static bool is_declaration(Parser *p) {
    return at_word(p, WORD_var) || at_word(p, WORD_let) || at_word(p, WORD_const) || is_using(p);
}

void parse_variables(Parser *p) {
    bool is_var = at_word(p, WORD_var), awaits = at_word(p, WORD_await);
    bool uses = awaits || at_word(p, WORD_using);
    if (awaits && !p->in_function) p->facts.awaits = p->facts.is_module = true;
    if (uses)
        using_begin(p, awaits);
    else
        parser_next(p);
    do {
        parse_binding(p, is_var);
        parse_binding_annotation(p);
        if (!parser_accept(p, PUNCTUATOR1('='))) continue;
        size_t start = p->lexer.token.start;
        parse_assignment(p);
        if (uses) using_value(p, start, p->lexer.previous_end, awaits);
    } while (parser_accept(p, PUNCTUATOR1(',')));
}

/* In the head of a loop: notes what it declares, and leaves the list of statements around alone. */
static UsingLoop parse_loop_variables(Parser *p, size_t at) {
    UsingLoop loop = {.at = at, .keyword = p->lexer.token.start, .awaits = at_word(p, WORD_await)};
    bool uses = is_using(p);
    if (!uses) {
        parse_variables(p);
        return (UsingLoop){0};
    }
    ResourceScope around = p->resources;
    ParserMark mark = parser_mark(p);
    parser_next(p);
    if (loop.awaits) parser_next(p);
    loop.keyword_end = p->lexer.previous_end;
    loop.name = token_text(&p->lexer);
    size_t name_end = p->lexer.token.end;
    parser_go_back(p, &mark);
    size_t edits = p->resource_edits ? p->resource_edits->count : 0;
    parse_variables(p);
    if (at_word(p, WORD_of)) loop.keyword_end = name_end;
    if (p->resource_edits && at_word(p, WORD_of)) edits_truncate(p->resource_edits, edits);
    p->resources = around;
    return loop;
}

static void parse_for(Parser *p) {
    UsingLoop loop = {0};
    size_t at = p->lexer.token.start;
    bool is_of = false;
    parser_next(p);
    if (at_word(p, WORD_await)) {
        if (!p->in_function) p->facts.awaits = p->facts.is_module = true;
        parser_next(p);
    }
    scopes_open(&p->scopes, false);
    parser_expect(p, PUNCTUATOR1('('));
    p->context = CONTEXT_NO_IN;
    if (is_declaration(p)) {
        loop = parse_loop_variables(p, at);
    } else if (!at_char(p, ';')) {
        size_t first = p->scopes.reference_count;
        parse_expression(p);
        if (at_word(p, WORD_of) || at_word(p, WORD_in)) scopes_mark_assigned(&p->scopes, first);
    }
    p->context = 0;
    if (at_word(p, WORD_of) || at_word(p, WORD_in)) {
        is_of = true;
        parser_next(p);
        parse_expression(p);
    } else {
        parser_expect(p, PUNCTUATOR1(';'));
        if (!at_char(p, ';')) parse_expression(p);
        parser_expect(p, PUNCTUATOR1(';'));
        if (!at_char(p, ')')) parse_expression(p);
    }
    parser_expect(p, PUNCTUATOR1(')'));
    size_t body = p->lexer.token.start;
    parse_body(p);
    scopes_close(&p->scopes);
    if (loop.keyword_end) using_loop(p, &loop, is_of, body);
}

static void parse_if(Parser *p) {
    for (;;) {
        parser_next(p);
        parse_condition(p);
        parse_body(p);
        if (!at_word(p, WORD_else)) return;
        parser_next(p);
        if (!at_word(p, WORD_if)) break;
    }
    parse_body(p);
}

static void parse_do(Parser *p) {
    parser_next(p);
    parse_body(p);
    if (!at_word(p, WORD_while)) parser_fail(p);
    parser_next(p);
    parse_condition(p);
    parser_accept(p, PUNCTUATOR1(';'));
}

static void parse_switch(Parser *p) {
    parser_next(p);
    parse_condition(p);
    scopes_open(&p->scopes, false);
    parser_expect(p, PUNCTUATOR1('{'));
    while (!p->failed && !at_char(p, '}')) {
        if (at_word(p, WORD_case)) {
            parser_next(p);
            parse_expression(p);
            parser_expect(p, PUNCTUATOR1(':'));
        } else if (at_word(p, WORD_default)) {
            parser_next(p);
            parser_expect(p, PUNCTUATOR1(':'));
        } else {
            parse_statement(p, true);
        }
    }
    parser_next(p);
    scopes_close(&p->scopes);
}

/* A catch clause that names its error plainly shows it to the loader first, see syntax/commonjs.h. */
static void parse_catch(Parser *p) {
    parser_next(p);
    scopes_open(&p->scopes, false);
    Slice plain = {0};
    if (parser_accept(p, PUNCTUATOR1('('))) {
        if (at_name(p)) plain = token_text(&p->lexer);
        parse_binding(p, false);
        parse_annotation(p);
        parser_expect(p, PUNCTUATOR1(')'));
    }
    if (plain.len && at_char(p, '{')) {
        size_t at = p->lexer.token.end;
        edits_add(&p->edits, at, at, "%sseen(%.*s);", p->base, (int)plain.len, plain.data);
    }
    parse_block(p);
    scopes_close(&p->scopes);
}

static void parse_try(Parser *p) {
    parser_next(p);
    parse_scoped_block(p);
    if (at_word(p, WORD_catch)) parse_catch(p);
    if (at_word(p, WORD_finally)) {
        parser_next(p);
        parse_scoped_block(p);
    }
}

static void parse_return(Parser *p) {
    if (!p->in_function) parser_fail(p);
    parser_next(p);
    bool is_alone = at_char(p, ';') || at_char(p, '}') || p->lexer.token.after_newline ||
                    p->lexer.token.kind == TOKEN_END;
    if (!is_alone) parse_expression(p);
    parse_semicolon(p);
}

static void parse_jump(Parser *p) {
    parser_next(p);
    if (at_name(p) && !p->lexer.token.after_newline) parser_next(p);
    parse_semicolon(p);
}

static bool is_async_function(Parser *p) {
    if (!at_word(p, WORD_async)) return false;
    ParserMark mark = parser_mark(p);
    parser_next(p);
    bool is_function = at_word(p, WORD_function) && !p->lexer.token.after_newline;
    if (!is_function) parser_go_back(p, &mark);
    return is_function;
}

/* An expression, or a label with its statement. */
static void parse_expression_statement(Parser *p) {
    Expression kind = parse_expression(p);
    if (kind == EXPRESSION_NAME && at_char(p, ':')) {
        p->scopes.reference_count--;
        parser_next(p);
        parse_body(p);
        return;
    }
    parse_semicolon(p);
}

static void parse_word_statement(Parser *p) {
    if (reads_types(p) && parse_typed_statement(p)) return;
    switch (p->word) {
    case WORD_function: parse_function(p, true); return;
    case WORD_class: parse_class(p, true); return;
    case WORD_if: parse_if(p); return;
    case WORD_for: parse_for(p); return;
    case WORD_while:
        parser_next(p);
        parse_condition(p);
        parse_body(p);
        return;
    case WORD_do: parse_do(p); return;
    case WORD_switch: parse_switch(p); return;
    case WORD_try: parse_try(p); return;
    case WORD_return: parse_return(p); return;
    case WORD_throw:
        parser_next(p);
        parse_expression(p);
        parse_semicolon(p);
        return;
    case WORD_break:
    case WORD_continue:
    case WORD_debugger: parse_jump(p); return;
    case WORD_import:
    case WORD_export:
        if (parse_module_item(p)) return;
        break;
    default:
        if (is_declaration(p)) {
            parse_variables(p);
            parse_semicolon(p);
            return;
        }
        if (is_async_function(p)) {
            parse_function(p, true);
            return;
        }
    }
    parse_expression_statement(p);
}

static void parse_statement(Parser *p, bool in_list) {
    if (!parser_enter(p)) return;
    if (in_list) p->list_statement = p->lexer.token.start;
    Erasure erasure = reads_types(p) ? erasure_here(p) : (Erasure){0};
    parse_decorators(p);
    if (at_name(p))
        parse_word_statement(p);
    else if (at_char(p, '{'))
        parse_scoped_block(p);
    else if (!parser_accept(p, PUNCTUATOR1(';')))
        parse_expression_statement(p);
    if (reads_types(p)) parse_statement_end(p, erasure, in_list);
    p->depth--;
}
