#include "modules/syntax/typescript.h"

void parse_refer(Parser *p, Reference reference) {
    if (reference.name == WORD_eval) p->facts.has_eval = true;
    scopes_refer(&p->scopes, reference);
}

static bool is_call_next(const Parser *p) {
    return at_char(p, '(') || at_char(p, '`') || at_punctuator(p, PUNCTUATOR2('?', '.'));
}

static bool at_arrow(const Parser *p) {
    return at_punctuator(p, PUNCTUATOR2('=', '>')) && !p->lexer.token.after_newline;
}

static bool is_known_arrow(const Parser *p) {
    size_t at = p->lexer.token.start;
    return p->arrows[at / 8] & 1 << at % 8;
}

static void note_arrow(Parser *p, size_t at) {
    p->arrows[at / 8] = (unsigned char)(p->arrows[at / 8] | 1 << at % 8);
}

static void parse_list(Parser *p, char close) {
    unsigned context = p->context;
    p->context = 0;
    while (!p->failed && !at_char(p, close)) {
        if (parser_accept(p, PUNCTUATOR1(','))) continue; /* holes of arrays; elsewhere the engine objects */
        parser_accept(p, PUNCTUATOR3('.', '.', '.'));
        parse_assignment(p);
        if (!at_char(p, close)) parser_expect(p, PUNCTUATOR1(','));
    }
    parser_next(p);
    p->context = context;
}

static void parse_arguments(Parser *p) {
    parser_next(p);
    parse_list(p, ')');
}

void parse_template(Parser *p) {
    while (!p->failed) {
        TemplatePart part = lexer_read_template(&p->lexer);
        parser_sync(p);
        if (part != TEMPLATE_EXPRESSION) return;
        unsigned context = p->context;
        p->context = 0;
        parse_expression(p);
        p->context = context;
        if (!at_char(p, '}')) parser_fail(p);
    }
}

/* A parenthesis: of an expression, or of an arrow function's parameters, which is only known behind it. */
static Expression parse_parenthesis(Parser *p) {
    if (is_known_arrow(p)) return parse_arrow(p);
    Expression arrow;
    if (reads_types(p) && parse_arrow_if_one(p, &arrow)) return arrow;
    ParserMark mark = parser_mark(p);
    size_t at = p->lexer.token.start;
    unsigned context = p->context;
    p->context = 0;
    parser_next(p);
    Expression inside = EXPRESSION_OTHER;
    size_t parts = 0;
    for (; !p->failed && !at_char(p, ')'); parts++) {
        if (parser_accept(p, PUNCTUATOR3('.', '.', '.'))) parts++;
        inside = parse_assignment(p);
        if (!at_char(p, ')')) {
            parser_expect(p, PUNCTUATOR1(','));
            parts++;
        }
    }
    parser_next(p);
    p->context = context;
    if (!p->failed && at_arrow(p)) {
        note_arrow(p, at);
        parser_go_back(p, &mark);
        return parse_arrow(p);
    }
    if (parts == 0) parser_fail(p);
    if (parts != 1 || inside != EXPRESSION_NAME || p->failed) return EXPRESSION_OTHER;
    if (is_call_next(p)) p->scopes.references[p->scopes.reference_count - 1].is_called = true;
    return EXPRESSION_NAME;
}

static Expression parse_name(Parser *p) {
    if (name_is_reserved(p->word)) {
        parser_fail(p);
        return EXPRESSION_OTHER;
    }
    ParserMark mark;
    mark.lexer = p->lexer;
    mark.word = p->word;
    const Token token = p->lexer.token;
    Name name = parser_name(p);
    parser_next(p);
    if (at_arrow(p)) {
        p->lexer = mark.lexer;
        p->word = mark.word;
        return parse_arrow(p);
    }
    parse_refer(p, (Reference){.name = name,
                               .start = token.start,
                               .end = token.end,
                               .is_called = is_call_next(p),
                               .starts_statement = token.start == p->list_statement});
    return EXPRESSION_NAME;
}

/* At `async`: a function, an arrow function, or just a name. */
static Expression parse_async(Parser *p) {
    ParserMark mark = parser_mark(p);
    parser_next(p);
    bool same_line = !p->lexer.token.after_newline;
    if (same_line && at_word(p, WORD_function)) {
        parse_function(p, false);
        return EXPRESSION_OTHER;
    }
    if (same_line && at_name(p)) {
        ParserMark parameter = parser_mark(p);
        parser_next(p);
        bool is_arrow = at_arrow(p);
        parser_go_back(p, &parameter);
        if (is_arrow) return parse_arrow(p);
    } else if (same_line && reads_types(p) && (at_char(p, '(') || at_type_list(p))) {
        Expression arrow;
        if (parse_arrow_if_one(p, &arrow)) return arrow;
    } else if (same_line && at_char(p, '(')) {
        if (is_known_arrow(p)) return parse_arrow(p);
        size_t at = p->lexer.token.start;
        ParserMark parameters = parser_mark(p);
        parse_arguments(p);
        if (!p->failed && at_arrow(p)) {
            note_arrow(p, at);
            parser_go_back(p, &parameters);
            return parse_arrow(p);
        }
    }
    parser_go_back(p, &mark);
    return parse_name(p);
}

static void parse_object(Parser *p) {
    parser_next(p);
    unsigned context = p->context;
    p->context = 0;
    while (!p->failed && !at_char(p, '}')) {
        if (parser_accept(p, PUNCTUATOR3('.', '.', '.'))) {
            parse_assignment(p);
        } else {
            while (at_word(p, WORD_get) || at_word(p, WORD_set) || at_word(p, WORD_async)) {
                ParserMark mark = parser_mark(p);
                parser_next(p);
                bool is_name = at_char(p, ',') || at_char(p, ':') || at_char(p, '(') || at_char(p, '=') ||
                               at_char(p, '}') || (reads_types(p) && at_char(p, '<'));
                if (!is_name) continue;
                parser_go_back(p, &mark);
                break;
            }
            parser_accept(p, PUNCTUATOR1('*'));
            const Token key = p->lexer.token;
            Name name = key.kind == TOKEN_NAME ? parser_name(p) : WORD_NONE;
            parse_property_name(p);
            if (at_char(p, '(') || (reads_types(p) && at_type_list(p))) {
                parse_method(p);
            } else if (parser_accept(p, PUNCTUATOR1(':'))) {
                parse_assignment(p);
            } else if (name && !name_is_reserved(name)) {
                bool has_value = parser_accept(p, PUNCTUATOR1('='));
                parse_refer(p, (Reference){.name = name,
                                           .start = key.start,
                                           .end = key.end,
                                           .is_shorthand = true,
                                           .is_assigned = has_value});
                if (has_value) parse_assignment(p);
            } else {
                parser_fail(p);
            }
        }
        if (!at_char(p, '}')) parser_expect(p, PUNCTUATOR1(','));
    }
    parser_next(p);
    p->context = context;
}

/* `import.meta` or `import(…)`: both become names that the loader gives a meaning. */
static void parse_import(Parser *p) {
    size_t at = p->lexer.token.start, end = p->lexer.token.end;
    parser_next(p);
    if (at_char(p, '(')) {
        p->facts.has_dynamic_import = true;
        edits_add(&p->edits, at, end, "%simport", p->base);
        return;
    }
    parser_expect(p, PUNCTUATOR1('.'));
    if (!at_word(p, WORD_meta) || p->lexer.token.has_escape) {
        parser_fail(p);
        return;
    }
    p->facts.has_meta = p->facts.is_module = true;
    edits_add(&p->edits, at, p->lexer.token.end, "%smeta", p->base);
    parser_next(p);
}

static void parse_new(Parser *p);

static Expression parse_primary(Parser *p) {
    switch (p->lexer.token.kind) {
    case TOKEN_NAME:
        switch (p->word) {
        case WORD_function: parse_function(p, false); return EXPRESSION_OTHER;
        case WORD_class: parse_class(p, false); return EXPRESSION_OTHER;
        case WORD_new: parse_new(p); return EXPRESSION_OTHER;
        case WORD_import: parse_import(p); return EXPRESSION_OTHER;
        case WORD_async: return parse_async(p);
        case WORD_this:
        case WORD_null:
        case WORD_true:
        case WORD_false:
        case WORD_super: parser_next(p); return EXPRESSION_OTHER;
        default: return parse_name(p);
        }
    case TOKEN_NUMBER:
    case TOKEN_STRING:
    case TOKEN_PRIVATE_NAME: parser_next(p); return EXPRESSION_OTHER;
    case TOKEN_PUNCTUATOR: break;
    default: parser_fail(p); return EXPRESSION_OTHER;
    }
    switch (p->lexer.token.punctuator) {
    case PUNCTUATOR1('('): return parse_parenthesis(p);
    case PUNCTUATOR1('['):
        parser_next(p);
        parse_list(p, ']');
        return EXPRESSION_PATTERN;
    case PUNCTUATOR1('{'): parse_object(p); return EXPRESSION_PATTERN;
    case PUNCTUATOR1('`'): parse_template(p); return EXPRESSION_OTHER;
    case PUNCTUATOR1('/'):
    case PUNCTUATOR2('/', '='):
        lexer_read_regexp(&p->lexer);
        parser_sync(p);
        parser_next(p);
        return EXPRESSION_OTHER;
    case PUNCTUATOR1('<'):
    case PUNCTUATOR2('<', '<'):
    case PUNCTUATOR1('@'): return parse_typed_primary(p);
    default: parser_fail(p); return EXPRESSION_OTHER;
    }
}

static void parse_member_name(Parser *p) {
    if (!at_name(p) && p->lexer.token.kind != TOKEN_PRIVATE_NAME) parser_fail(p);
    parser_next(p);
}

/* `.name`, `[key]` and templates; calls too, unless they belong to a `new`. */
static Expression parse_members(Parser *p, Expression kind, bool with_calls) {
    while (!p->failed && p->lexer.token.kind == TOKEN_PUNCTUATOR) {
        switch (p->lexer.token.punctuator) {
        case PUNCTUATOR1('.'):
            parser_next(p);
            parse_member_name(p);
            break;
        case PUNCTUATOR2('?', '.'):
            parser_next(p);
            if (at_char(p, '(') || at_char(p, '[') || at_char(p, '`') || parse_type_arguments(p)) break;
            parse_member_name(p);
            break;
        case PUNCTUATOR1('['): {
            unsigned context = p->context;
            p->context = 0;
            parser_next(p);
            parse_expression(p);
            parser_expect(p, PUNCTUATOR1(']'));
            p->context = context;
            break;
        }
        case PUNCTUATOR1('('):
            if (!with_calls) return kind;
            parse_arguments(p);
            break;
        case PUNCTUATOR1('`'): parse_template(p); break;
        default:
            if (!parse_type_arguments(p) && !parse_non_null(p)) return kind;
        }
        kind = EXPRESSION_OTHER;
    }
    return kind;
}

static void parse_new(Parser *p) {
    if (!parser_enter(p)) return;
    parser_next(p);
    if (parser_accept(p, PUNCTUATOR1('.'))) { /* new.target */
        parse_member_name(p);
    } else {
        size_t first = p->scopes.reference_count;
        Expression callee = parse_primary(p);
        if (callee == EXPRESSION_NAME && !p->failed) p->scopes.references[first].is_called = false;
        parse_members(p, callee, false);
        if (at_char(p, '(')) parse_arguments(p);
    }
    p->depth--;
}

Expression parse_left_side(Parser *p) {
    Expression kind = parse_primary(p);
    return kind == EXPRESSION_ENDS ? kind : parse_members(p, kind, true);
}

static void mark_last_assigned(Parser *p, Expression kind) {
    if (kind == EXPRESSION_NAME && p->scopes.reference_count)
        p->scopes.references[p->scopes.reference_count - 1].is_assigned = true;
}

static bool at_step(const Parser *p) {
    return at_punctuator(p, PUNCTUATOR2('+', '+')) || at_punctuator(p, PUNCTUATOR2('-', '-'));
}

static bool is_prefix(Parser *p) {
    if (at_name(p)) {
        bool awaits = at_word(p, WORD_await);
        if (awaits && !p->in_function) p->facts.awaits = p->facts.is_module = true;
        return awaits || at_word(p, WORD_typeof) || at_word(p, WORD_void) || at_word(p, WORD_delete);
    }
    return at_char(p, '!') || at_char(p, '-') || at_char(p, '+') || at_char(p, '~') || at_step(p);
}

static Expression parse_yield(Parser *p) {
    parser_next(p);
    const Token *token = &p->lexer.token;
    bool is_alone = token->after_newline || at_char(p, ')') || at_char(p, ']') || at_char(p, '}') ||
                    at_char(p, ',') || at_char(p, ';') || at_char(p, ':') || at_word(p, WORD_in) ||
                    at_word(p, WORD_of) || token->kind == TOKEN_END;
    if (is_alone) return EXPRESSION_ENDS;
    parser_accept(p, PUNCTUATOR1('*'));
    parse_assignment(p);
    return EXPRESSION_ENDS;
}

static Expression parse_operand(Parser *p) {
    if (at_word(p, WORD_yield)) return parse_yield(p);
    bool has_prefix = false, steps = false;
    while (is_prefix(p)) {
        has_prefix = true;
        steps = at_step(p);
        parser_next(p);
    }
    Expression kind = parse_left_side(p);
    if (steps) mark_last_assigned(p, kind);
    if (at_step(p) && !p->lexer.token.after_newline) {
        mark_last_assigned(p, kind);
        parser_next(p);
        return EXPRESSION_OTHER;
    }
    return has_prefix && kind != EXPRESSION_ENDS ? EXPRESSION_OTHER : kind;
}

static bool is_assignment_operator(uint32_t punctuator) {
    switch (punctuator) {
    case PUNCTUATOR1('='):
    case PUNCTUATOR2('+', '='):
    case PUNCTUATOR2('-', '='):
    case PUNCTUATOR2('*', '='):
    case PUNCTUATOR2('/', '='):
    case PUNCTUATOR2('%', '='):
    case PUNCTUATOR2('&', '='):
    case PUNCTUATOR2('|', '='):
    case PUNCTUATOR2('^', '='):
    case PUNCTUATOR3('*', '*', '='):
    case PUNCTUATOR3('<', '<', '='):
    case PUNCTUATOR3('>', '>', '='):
    case PUNCTUATOR3('&', '&', '='):
    case PUNCTUATOR3('|', '|', '='):
    case PUNCTUATOR3('?', '?', '='):
    case PUNCTUATOR4('>', '>', '>', '='): return true;
    default: return false;
    }
}

static bool is_binary_operator(uint32_t punctuator) {
    switch (punctuator) {
    case PUNCTUATOR1('+'):
    case PUNCTUATOR1('-'):
    case PUNCTUATOR1('*'):
    case PUNCTUATOR1('/'):
    case PUNCTUATOR1('%'):
    case PUNCTUATOR1('&'):
    case PUNCTUATOR1('|'):
    case PUNCTUATOR1('^'):
    case PUNCTUATOR1('<'):
    case PUNCTUATOR1('>'):
    case PUNCTUATOR2('*', '*'):
    case PUNCTUATOR2('<', '<'):
    case PUNCTUATOR2('>', '>'):
    case PUNCTUATOR2('<', '='):
    case PUNCTUATOR2('>', '='):
    case PUNCTUATOR2('=', '='):
    case PUNCTUATOR2('!', '='):
    case PUNCTUATOR2('&', '&'):
    case PUNCTUATOR2('|', '|'):
    case PUNCTUATOR2('?', '?'):
    case PUNCTUATOR3('=', '=', '='):
    case PUNCTUATOR3('!', '=', '='):
    case PUNCTUATOR3('>', '>', '>'): return true;
    default: return false;
    }
}

/* Behind an operand: whether another one follows. */
static bool parse_operator(Parser *p, Expression kind, size_t first_reference) {
    parse_casts(p);
    if (at_name(p)) {
        bool goes_on = at_word(p, WORD_instanceof) || (at_word(p, WORD_in) && !(p->context & CONTEXT_NO_IN));
        if (goes_on) parser_next(p);
        return goes_on;
    }
    if (p->lexer.token.kind != TOKEN_PUNCTUATOR) return false;
    uint32_t punctuator = p->lexer.token.punctuator;
    if (is_assignment_operator(punctuator)) {
        if (kind == EXPRESSION_PATTERN) scopes_mark_assigned(&p->scopes, first_reference);
        mark_last_assigned(p, kind);
    } else if (punctuator == PUNCTUATOR1('?')) {
        unsigned context = p->context;
        p->context = CONTEXT_CONSEQUENT;
        parser_next(p);
        parse_assignment(p);
        p->context = context;
        if (!at_char(p, ':')) parser_fail(p);
    } else if (!is_binary_operator(punctuator)) {
        return false;
    }
    parser_next(p);
    return true;
}

Expression parse_assignment(Parser *p) {
    if (!parser_enter(p)) return EXPRESSION_OTHER;
    Expression kind;
    bool is_single = true;
    for (;; is_single = false) {
        size_t first = p->scopes.reference_count;
        kind = parse_operand(p);
        if (p->failed || kind == EXPRESSION_ENDS || !parse_operator(p, kind, first)) break;
    }
    p->depth--;
    return is_single ? kind : EXPRESSION_OTHER;
}

Expression parse_expression(Parser *p) {
    Expression kind = parse_assignment(p);
    while (parser_accept(p, PUNCTUATOR1(','))) {
        parse_assignment(p);
        kind = EXPRESSION_OTHER;
    }
    return kind;
}
