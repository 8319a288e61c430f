#include "modules/syntax/typescript.h"

#include "base/mem.h"

/* Deeper programs than this are not written by anybody, and the stack of a thread is small. */
enum { DEEPEST = 1000 };

void parser_sync(Parser *p) {
    const Token *token = &p->lexer.token;
    if (token->kind == TOKEN_WRONG) parser_fail(p);
    p->word = WORD_NONE;
    if (token->kind == TOKEN_NAME) p->word = names_find(&p->names, token_text(&p->lexer));
}

void parser_next(Parser *p) {
    lexer_next(&p->lexer);
    parser_sync(p);
}

Name parser_name(Parser *p) {
    if (!p->lexer.token.has_escape) return p->word;
    return names_find_escaped(&p->names, token_text(&p->lexer));
}

void parser_fail(Parser *p) {
    if (!p->failed) {
        p->failed_at = p->lexer.token.start;
        p->failed_end = p->lexer.token.end;
    }
    p->failed = true;
    p->lexer.token.kind = TOKEN_WRONG;
    p->word = WORD_NONE;
}

bool parser_accept(Parser *p, uint32_t punctuator) {
    if (!at_punctuator(p, punctuator)) return false;
    parser_next(p);
    return true;
}

void parser_expect(Parser *p, uint32_t punctuator) {
    if (!parser_accept(p, punctuator)) parser_fail(p);
}

bool parser_enter(Parser *p) {
    if (p->depth >= DEEPEST) {
        parser_fail(p);
        return false;
    }
    p->depth++;
    return true;
}

void *parser_grown(void *list, size_t count, size_t *room, size_t size) {
    return count < *room ? list : mem_resize(list, (*room = *room * 2 + 16) * size);
}

ParserMark parser_mark(const Parser *p) {
    return (ParserMark){.lexer = p->lexer,
                        .word = p->word,
                        .scopes = scopes_mark(&p->scopes),
                        .edits = p->edits.count,
                        .erased = p->types ? p->types->erased.count : 0,
                        .resource_edits = p->resource_edits ? p->resource_edits->count : 0,
                        .depth = p->depth,
                        .context = p->context,
                        .in_function = p->in_function,
                        .facts = p->facts};
}

void parser_go_back(Parser *p, const ParserMark *mark) {
    if (p->failed) return;
    p->lexer = mark->lexer;
    p->word = mark->word;
    scopes_go_back(&p->scopes, mark->scopes);
    edits_truncate(&p->edits, mark->edits);
    p->facts.awaits = mark->facts.awaits;
    if (p->types) edits_truncate(&p->types->erased, mark->erased);
    if (p->resource_edits) edits_truncate(p->resource_edits, mark->resource_edits);
}

void parser_undo(Parser *p, const ParserMark *mark) {
    p->failed = false;
    if (p->types) p->types->unsupported = NULL;
    parser_go_back(p, mark);
    p->depth = mark->depth;
    p->context = mark->context;
    p->in_function = mark->in_function;
}

void parser_open(Parser *p, const char *source, size_t len, const char *base) {
    *p = (Parser){.base = base, .list_statement = (size_t)-1};
    names_open(&p->names);
    p->scopes.names = &p->names;
    p->arrows = mem_new(len / 8 + 1);
    lexer_start(&p->lexer, source, len);
    parser_sync(p);
}

void parser_close(Parser *p) {
    names_close(&p->names);
    scopes_free(&p->scopes);
    edits_free(&p->edits);
    mem_free(p->arrows);
    mem_free(p->facts.requests);
    mem_free(p->facts.imports);
    mem_free(p->facts.exports);
}
