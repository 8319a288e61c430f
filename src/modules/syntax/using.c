#include "modules/syntax/using.h"

#include <string.h>

/* The stack, and what is called with each value. The engine's asynchronous one wants Symbol.asyncDispose
 * where Symbol.dispose is to do as well. */
static void append_stack(Bytes *out, const char *b, bool awaits) {
    if (!awaits) {
        bytes_printf(out, "const %sstack=new DisposableStack(),%suse=(v)=>%sstack.use(v);", b, b, b);
        return;
    }
    bytes_printf(
        out,
        "const %sstack=new AsyncDisposableStack(),%suse=(v,waits)=>{let d=()=>{};"
        "if(v!==null&&v!==undefined){d=(waits?v[Symbol.asyncDispose]:undefined)??v[Symbol.dispose];"
        "if(typeof d!==\"function\")throw new TypeError(\"Property [Symbol.\"+(waits?\"asyncDispose\":"
        "\"dispose\")+\"] is not a function.\")}%sstack.defer(()=>d.call(v));return v};",
        b, b, b);
}

static void add_stack(Parser *p, size_t at, const char *before, const char *after, bool awaits) {
    Bytes text = {0};
    append_stack(&text, p->base, awaits);
    edits_add(p->resource_edits, at, at, "%s%s%s", before, text.data, after);
    bytes_free(&text);
}

static void add_opening(Parser *p, size_t at, const char *brace, bool awaits) {
    add_stack(p, at, brace, "try{", awaits);
}

/* What the statements threw is thrown by the stack, so that it is not lost if disposing fails too. */
static void add_closing(Parser *p, size_t at, const char *brace, bool awaits) {
    const char *b = p->base;
    edits_add(p->resource_edits, at, at,
              "}catch(%serror){%sstack.defer(()=>{throw %serror})}finally{%s%sstack.%s()}%s", b, b, b,
              awaits ? "await " : "", b, awaits ? "disposeAsync" : "dispose", brace);
}

void using_begin(Parser *p, bool awaits) {
    size_t at = p->lexer.token.start;
    if (awaits) parser_next(p);
    parser_next(p);
    p->resources.has_any = true;
    p->resources.awaits |= awaits;
    if (p->resource_edits) edits_add(p->resource_edits, at, p->lexer.previous_end, "const");
}

void using_value(Parser *p, size_t start, size_t end, bool awaits) {
    if (!p->resource_edits) return;
    edits_add(p->resource_edits, start, start, "%suse(", p->base);
    edits_add(p->resource_edits, end, end, awaits ? ",true)" : ")");
}

void using_end(Parser *p) {
    if (!p->resources.has_any || !p->resource_edits || p->failed) return;
    size_t end = p->lexer.token.start;
    bool awaits = p->resources.awaits;
    if (p->scopes.depth == 1 && !p->is_script) { /* a module's names must stay outside of any block */
        const char *b = p->base;
        size_t at = p->resources.begins;
        add_stack(p, at, "", "", awaits);
        edits_add(p->resource_edits, end, end, "\n;%s%sstack.%s();", awaits ? "await " : "", b,
                  awaits ? "disposeAsync" : "dispose");
        return;
    }
    add_opening(p, p->resources.begins, "", awaits);
    if (p->lexer.token.kind == TOKEN_END) edits_add(p->resource_edits, end, end, "\n"); /* behind a comment */
    add_closing(p, end, "", awaits);
}

void using_loop(Parser *p, const UsingLoop *loop, bool is_of, size_t body) {
    if (!p->resource_edits || p->failed) return;
    size_t end = p->lexer.previous_end;
    if (!is_of) {
        add_opening(p, loop->at, "{", loop->awaits);
        add_closing(p, end, "}", loop->awaits);
        return;
    }
    edits_add(p->resource_edits, loop->keyword, loop->keyword_end, "const %sitem", p->base);
    add_opening(p, body, "{", loop->awaits);
    edits_add(p->resource_edits, body, body, "const %.*s=%suse(%sitem%s);", (int)loop->name.len,
              loop->name.data, p->base, p->base, loop->awaits ? ",true" : "");
    add_closing(p, end, "}", loop->awaits);
}

bool using_lower(const char *source, size_t len, Bytes *out) {
    Edits edits = {0};
    Parser p;
    parser_open(&p, source, len, "__galley_");
    p.in_function = p.is_script = true;
    p.resource_edits = &edits;
    scopes_open(&p.scopes, true);
    parse_statements(&p);
    bool fine = !p.failed && p.lexer.token.kind == TOKEN_END && edits.count > 0;
    if (fine) edits_apply(&edits, source, len, out);
    edits_free(&edits);
    parser_close(&p);
    return fine;
}
