/* Every name of a source as a small number, so that the reader compares and marks numbers. The words of
 * the language have the first of them. */
#pragma once

#include "base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t Name;

#define LANGUAGE_WORDS(X)                                                                                    \
    X(as) X(async) X(await) X(break) X(case) X(catch) X(class) X(const) X(continue) X(debugger) X(default)   \
    X(delete) X(do) X(else) X(enum) X(export) X(extends) X(false) X(finally) X(for) X(from) X(function)      \
    X(get) X(if) X(import) X(in) X(instanceof) X(let) X(new) X(null) X(of) X(return) X(set) X(static)        \
    X(super) X(switch) X(this) X(throw) X(true) X(try) X(typeof) X(using) X(var) X(void) X(while) X(with)    \
    X(yield) X(accessor) X(arguments) X(eval) X(meta) X(target) X(constructor)

/* Words that mean something in TypeScript only, and are names there as well. */
#define TYPE_WORDS(X)                                                                                        \
    X(abstract)                                                                                              \
    X(asserts)                                                                                               \
    X(declare)                                                                                               \
    X(global)                                                                                                \
    X(implements)                                                                                            \
    X(infer) X(interface) X(is) X(keyof) X(module) X(namespace) X(out) X(override) X(private) X(protected)   \
        X(public) X(readonly) X(require) X(satisfies) X(symbol) X(type) X(unique)

enum {
    WORD_NONE,
#define WORD(name) WORD_##name,
    LANGUAGE_WORDS(WORD) TYPE_WORDS(WORD)
#undef WORD
        WORD_LAST_OF_LANGUAGE = WORD_constructor
};

typedef struct {
    Slice text;
    uint32_t hash;
    uint32_t mark; /* for whoever looks through names, see scopes.c */
} NameEntry;

typedef struct {
    NameEntry *entries;
    uint32_t count, room;
    uint32_t *slots;
    uint32_t slot_count;
    char **decoded; /* names that were written with escapes */
    uint32_t decoded_count;
} Names;

void names_open(Names *names);
void names_close(Names *names);
/* The text must stay where it is. */
Name names_find(Names *names, Slice text);
/* A name in which \u1234 and \u{12345} stand for characters. */
Name names_find_escaped(Names *names, Slice text);

static inline Slice name_text(const Names *names, Name name) {
    return names->entries[name].text;
}
/* Words that are never the name of a variable in a module. */
bool name_is_reserved(Name name);
