#include "modules/syntax/typescript.h"

static void erase_after_colon(Parser *p, void (*parse)(Parser *p)) {
    if (!reads_types(p) || !at_char(p, ':')) return;
    Erasure erasure = erasure_here(p);
    unsigned context = p->context;
    p->context = 0;
    parser_next(p);
    parse(p);
    p->context = context;
    erase(p, erasure);
}

void parse_annotation(Parser *p) {
    erase_after_colon(p, parse_type);
}

void parse_binding_annotation(Parser *p) {
    if (!reads_types(p)) return;
    Erasure erasure = erasure_here(p);
    if (parser_accept(p, PUNCTUATOR1('?')) || parser_accept(p, PUNCTUATOR1('!'))) erase(p, erasure);
    parse_annotation(p);
}

void parse_decorators(Parser *p) {
    while (reads_types(p) && parser_accept(p, PUNCTUATOR1('@')))
        parse_left_side(p);
}

static void refuse_parameter_property(Parser *p) {
    bool may_be_one = at_word(p, WORD_public) || at_word(p, WORD_private) || at_word(p, WORD_protected) ||
                      at_word(p, WORD_readonly) || at_word(p, WORD_override);
    if (!may_be_one) return;
    ParserMark mark = parser_mark(p);
    parser_next(p);
    if (at_name(p) || at_char(p, '{') || at_char(p, '['))
        parser_unsupported(p, "TypeScript parameter property is not supported in strip-only mode");
    else
        parser_go_back(p, &mark);
}

void parse_parameter_start(Parser *p) {
    if (!reads_types(p)) return;
    parse_decorators(p);
    if (at_word(p, WORD_this)) {
        Erasure erasure = erasure_here(p);
        parser_next(p);
        parse_annotation(p);
        parser_accept(p, PUNCTUATOR1(','));
        erase(p, erasure);
    }
    refuse_parameter_property(p);
}

void parse_function_types(Parser *p) {
    if (!reads_types(p) || !at_type_list(p)) return;
    Erasure erasure = erasure_here(p);
    parse_type_declarations(p);
    erase(p, erasure);
}

void parse_function_result(Parser *p) {
    erase_after_colon(p, parse_return_type);
}

/* An arrow function's parameters must begin in the line that is there, so the parenthesis moves to it. */
void parse_arrow_types(Parser *p) {
    if (!reads_types(p) || !at_type_list(p)) return;
    Erasure erasure = erasure_here(p);
    parse_function_types(p);
    size_t parenthesis = p->lexer.token.start;
    if (p->failed || !at_char(p, '(') || !has_newline(p, erasure.at, parenthesis)) return;
    Edits *erased = &p->types->erased;
    edits_truncate(erased, erasure.edits);
    edits_add(erased, erasure.at, erasure.at + 1, "(");
    edits_blank(erased, p->lexer.source, erasure.at + 1, p->lexer.previous_end);
    edits_blank(erased, p->lexer.source, parenthesis, parenthesis + 1);
}

/* Nor may there be a line's end between them and the arrow. */
void parse_arrow_result(Parser *p, size_t parenthesis) {
    if (!reads_types(p) || !at_char(p, ':')) return;
    Erasure erasure = erasure_here(p);
    parse_function_result(p);
    size_t end = p->lexer.previous_end;
    if (p->failed || !has_newline(p, parenthesis, end)) return;
    Edits *erased = &p->types->erased;
    edits_truncate(erased, erasure.edits);
    edits_blank(erased, p->lexer.source, parenthesis, parenthesis + 1);
    edits_blank(erased, p->lexer.source, erasure.at, end - 1);
    edits_add(erased, end - 1, end, ")");
}

static bool at_arrow(const Parser *p) {
    return at_punctuator(p, PUNCTUATOR2('=', '>')) && !p->lexer.token.after_newline;
}

/* Up to the arrow. In `a ? (b) : c => d` it is one only if another colon follows. */
static bool try_arrow(Parser *p) {
    ParserMark mark = parser_mark(p);
    if (at_type_list(p)) parse_type_declarations(p);
    scopes_open(&p->scopes, true);
    p->context = 0;
    parse_parameters(p);
    bool has_result = at_char(p, ':');
    parse_function_result(p);
    scopes_close(&p->scopes);
    bool is_one = !p->failed && at_arrow(p);
    bool is_doubtful = is_one && has_result && (mark.context & CONTEXT_CONSEQUENT);
    parser_undo(p, &mark);
    if (is_doubtful) {
        parse_arrow(p);
        is_one = !p->failed && at_char(p, ':');
        parser_undo(p, &mark);
    }
    return is_one;
}

bool parse_arrow_if_one(Parser *p, Expression *kind) {
    size_t at = p->lexer.token.start;
    if (is_noted(p, at, NOTE_NO_ARROW)) return false;
    if (!is_noted(p, at, NOTE_ARROW)) {
        bool is_one = try_arrow(p);
        note(p, at, is_one ? NOTE_ARROW : NOTE_NO_ARROW);
        if (!is_one) return false;
    }
    *kind = parse_arrow(p);
    return true;
}

Expression parse_typed_primary(Parser *p) {
    Expression kind = EXPRESSION_OTHER;
    if (!reads_types(p)) {
        parser_fail(p);
    } else if (at_char(p, '@')) {
        parse_decorators(p);
        if (at_word(p, WORD_class))
            parse_class(p, false);
        else
            parser_fail(p);
    } else if (!parse_arrow_if_one(p, &kind)) {
        parser_unsupported(
            p, "The angle-bracket syntax for type assertions, `<T>expr`, is not supported in type "
               "strip mode. Instead, use the 'as' syntax: `expr as T`.");
    }
    return kind;
}

/* Whether `f<T>` can be meant, by what follows it. */
static bool can_follow_types(const Parser *p) {
    const Token *token = &p->lexer.token;
    if (token->kind == TOKEN_END) return true;
    if (token->kind == TOKEN_NAME)
        return token->after_newline || at_word(p, WORD_in) || at_word(p, WORD_instanceof) ||
               at_word(p, WORD_as) || at_word(p, WORD_satisfies) || at_word(p, WORD_of);
    if (token->kind != TOKEN_PUNCTUATOR) return token->after_newline;
    switch (token->punctuator & 0xff) {
    case PUNCTUATOR1('('):
    case PUNCTUATOR1('`'): return true;
    case PUNCTUATOR1('<'):
    case PUNCTUATOR1('>'):
    case PUNCTUATOR1('+'):
    case PUNCTUATOR1('-'): return token->punctuator > 0xff && (token->punctuator >> 8 & 0xff) == '=';
    case PUNCTUATOR1('{'):
    case PUNCTUATOR1('['):
    case PUNCTUATOR1('~'):
    case PUNCTUATOR1('@'): return token->after_newline;
    case PUNCTUATOR1('!'): return token->after_newline || token->punctuator > 0xff;
    default: return true;
    }
}

bool parse_type_arguments(Parser *p) {
    if (!reads_types(p) || !at_type_list(p)) return false;
    size_t at = p->lexer.token.start;
    if (is_noted(p, at, NOTE_NO_TYPE_ARGUMENTS)) return false;
    ParserMark mark = parser_mark(p);
    Erasure erasure = erasure_here(p);
    parse_type_list(p);
    if (!p->failed && (is_noted(p, at, NOTE_TYPE_ARGUMENTS) || can_follow_types(p))) {
        note(p, at, NOTE_TYPE_ARGUMENTS);
        erase(p, erasure);
        return true;
    }
    note(p, at, NOTE_NO_TYPE_ARGUMENTS);
    parser_undo(p, &mark);
    return false;
}

bool parse_non_null(Parser *p) {
    if (!reads_types(p) || !at_char(p, '!') || p->lexer.token.after_newline) return false;
    Erasure erasure = erasure_here(p);
    parser_next(p);
    erase(p, erasure);
    return true;
}

static bool at_cast(const Parser *p) {
    return (at_word(p, WORD_as) || at_word(p, WORD_satisfies)) && !p->lexer.token.after_newline;
}

void parse_casts(Parser *p) {
    if (!reads_types(p) || !at_cast(p)) return;
    Erasure erasure = erasure_here(p);
    unsigned context = p->context;
    p->context = 0;
    while (at_cast(p)) {
        parser_next(p);
        if (at_word(p, WORD_const))
            parser_next(p);
        else
            parse_type(p);
    }
    p->context = context;
    bool would_go_on =
        p->lexer.token.after_newline && (at_char(p, '(') || at_char(p, '[') || at_char(p, '`'));
    if (p->failed) return;
    if (would_go_on)
        erase_with_semicolon(p, erasure);
    else
        erase(p, erasure);
}
