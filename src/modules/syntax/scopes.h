/* Who declares what. Of the names that a source refers to, those are left in the end that no scope
 * between the reference and the module declares: only they can be imports. */
#pragma once

#include "modules/syntax/names.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct {
    Name name;
    bool is_called : 1;        /* name(…) or name`…` */
    bool is_shorthand : 1;     /* { name } */
    bool is_assigned : 1;      /* name = …, name++, [name] = … */
    bool starts_statement : 1; /* where a parenthesis would go on with the statement before */
    size_t start, end;
} Reference;

typedef struct {
    size_t references, lexicals, variables;
    bool is_function;
} Scope;

typedef struct {
    Names *names;
    Reference *references;
    size_t reference_count, reference_room;
    Name *lexicals; /* let, const, class, parameters; and functions, which are no `var` in strict code */
    size_t lexical_count, lexical_room;
    Name *variables; /* var: belong to the function around */
    size_t variable_count, variable_room;
    Scope *open;
    size_t depth, open_room;
    uint32_t marks;
} Scopes;

/* The state to go back to when a reader reads something a second time. */
typedef struct {
    size_t references, lexicals, variables, depth;
} ScopesMark;

void scopes_open(Scopes *scopes, bool is_function);
/* Forgets the references to what the scope declares. */
void scopes_close(Scopes *scopes);
void scopes_declare(Scopes *scopes, Name name);
void scopes_declare_var(Scopes *scopes, Name name);
void scopes_refer(Scopes *scopes, Reference reference);
/* All references from the first on (an index) are targets of an assignment. */
void scopes_mark_assigned(Scopes *scopes, size_t first);
/* Gives every name that the innermost scope declares a mark, which it returns. */
uint32_t scopes_mark_declared(Scopes *scopes);
ScopesMark scopes_mark(const Scopes *scopes);
void scopes_go_back(Scopes *scopes, ScopesMark mark);
void scopes_free(Scopes *scopes);
