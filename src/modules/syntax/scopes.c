#include "modules/syntax/scopes.h"

#include "base/mem.h"

static void *grown(void *list, size_t count, size_t *room, size_t size) {
    return count < *room ? list : mem_resize(list, (*room = *room * 2 + 64) * size);
}

void scopes_open(Scopes *scopes, bool is_function) {
    scopes->open = grown(scopes->open, scopes->depth, &scopes->open_room, sizeof *scopes->open);
    scopes->open[scopes->depth++] =
        (Scope){scopes->reference_count, scopes->lexical_count, scopes->variable_count, is_function};
}

uint32_t scopes_mark_declared(Scopes *scopes) {
    const Scope *scope = &scopes->open[scopes->depth - 1];
    uint32_t mark = ++scopes->marks;
    for (size_t i = scope->lexicals; i < scopes->lexical_count; i++)
        scopes->names->entries[scopes->lexicals[i]].mark = mark;
    for (size_t i = scope->variables; scope->is_function && i < scopes->variable_count; i++)
        scopes->names->entries[scopes->variables[i]].mark = mark;
    return mark;
}

void scopes_close(Scopes *scopes) {
    uint32_t mark = scopes_mark_declared(scopes);
    const Scope *scope = &scopes->open[--scopes->depth];
    bool declares = scopes->lexical_count > scope->lexicals ||
                    (scope->is_function && scopes->variable_count > scope->variables);
    size_t kept = scope->references;
    for (size_t i = kept; declares && i < scopes->reference_count; i++)
        if (scopes->names->entries[scopes->references[i].name].mark != mark)
            scopes->references[kept++] = scopes->references[i];
    if (declares) scopes->reference_count = kept;
    scopes->lexical_count = scope->lexicals;
    if (scope->is_function) scopes->variable_count = scope->variables;
}

void scopes_declare(Scopes *scopes, Name name) {
    scopes->lexicals =
        grown(scopes->lexicals, scopes->lexical_count, &scopes->lexical_room, sizeof *scopes->lexicals);
    scopes->lexicals[scopes->lexical_count++] = name;
}

void scopes_declare_var(Scopes *scopes, Name name) {
    scopes->variables =
        grown(scopes->variables, scopes->variable_count, &scopes->variable_room, sizeof *scopes->variables);
    scopes->variables[scopes->variable_count++] = name;
}

void scopes_refer(Scopes *scopes, Reference reference) {
    scopes->references = grown(scopes->references, scopes->reference_count, &scopes->reference_room,
                               sizeof *scopes->references);
    scopes->references[scopes->reference_count++] = reference;
}

void scopes_mark_assigned(Scopes *scopes, size_t first) {
    for (size_t i = first; i < scopes->reference_count; i++)
        scopes->references[i].is_assigned = true;
}

ScopesMark scopes_mark(const Scopes *scopes) {
    return (ScopesMark){scopes->reference_count, scopes->lexical_count, scopes->variable_count,
                        scopes->depth};
}

void scopes_go_back(Scopes *scopes, ScopesMark mark) {
    scopes->reference_count = mark.references;
    scopes->lexical_count = mark.lexicals;
    scopes->variable_count = mark.variables;
    scopes->depth = mark.depth;
}

void scopes_free(Scopes *scopes) {
    mem_free(scopes->references);
    mem_free(scopes->lexicals);
    mem_free(scopes->variables);
    mem_free(scopes->open);
    *scopes = (Scopes){0};
}
