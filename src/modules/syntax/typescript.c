#include "modules/syntax/typescript.h"

#include "base/mem.h"

#include <string.h>

void erase(Parser *p, Erasure erasure) {
    edits_truncate(&p->types->erased, erasure.edits);
    if (p->lexer.previous_end > erasure.at)
        edits_blank(&p->types->erased, p->lexer.source, erasure.at, p->lexer.previous_end);
}

void erase_with_semicolon(Parser *p, Erasure erasure) {
    edits_truncate(&p->types->erased, erasure.edits);
    edits_add(&p->types->erased, erasure.at, erasure.at + 1, ";");
    edits_blank(&p->types->erased, p->lexer.source, erasure.at + 1, p->lexer.previous_end);
}

bool has_newline(const Parser *p, size_t from, size_t to) {
    for (; from < to; from++) {
        const char *at = p->lexer.source + from;
        if (*at == '\n' || *at == '\r') return true;
        if (to - from >= 3 && memcmp(at, "\xe2\x80", 2) == 0 && (at[2] == '\xa8' || at[2] == '\xa9'))
            return true;
    }
    return false;
}

void parser_unsupported(Parser *p, const char *what) {
    if (!p->failed) p->types->unsupported = what;
    parser_fail(p);
}

bool is_noted(const Parser *p, size_t at, unsigned note) {
    return p->types->notes[at] & note;
}

void note(Parser *p, size_t at, unsigned note) {
    p->types->notes[at] = (unsigned char)(p->types->notes[at] | note);
}

bool typescript_strip(const char *source, size_t len, Bytes *out, StrippedTypes *result) {
    TypeReading types = {.notes = mem_new(len + 1)};
    Parser p;
    parser_open(&p, source, len, "$");
    p.types = &types;
    p.in_function = true; /* a CommonJS module may return */
    scopes_open(&p.scopes, true);
    parse_statements(&p);
    if (p.lexer.token.kind != TOKEN_END) parser_fail(&p);
    bool fine = !p.failed;
    *result = (StrippedTypes){types.unsupported, p.failed_at, p.failed_end};
    if (fine) edits_apply(&types.erased, source, len, out);
    parser_close(&p);
    edits_free(&types.erased);
    mem_free(types.notes);
    return fine;
}
