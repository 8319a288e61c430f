#include "modules/syntax/typescript.h"

static size_t add_request(Parser *p) {
    ModuleFacts *facts = &p->facts;
    facts->requests =
        parser_grown(facts->requests, facts->request_count, &facts->request_room, sizeof *facts->requests);
    facts->requests[facts->request_count] = (Request){0};
    return facts->request_count++;
}

static void add_import(Parser *p, Import import) {
    ModuleFacts *facts = &p->facts;
    facts->imports =
        parser_grown(facts->imports, facts->import_count, &facts->import_room, sizeof *facts->imports);
    facts->imports[facts->import_count++] = import;
}

static void add_export(Parser *p, Export export) {
    ModuleFacts *facts = &p->facts;
    facts->exports =
        parser_grown(facts->exports, facts->export_count, &facts->export_room, sizeof *facts->exports);
    facts->exports[facts->export_count++] = export;
}

/* The name of an import or export, which may be a string. */
static Slice parse_external_name(Parser *p) {
    Slice text = token_text(&p->lexer);
    if (!at_name(p) && p->lexer.token.kind != TOKEN_STRING) parser_fail(p);
    parser_next(p);
    return text;
}

static void parse_attributes(Parser *p, Request *request) {
    if (!at_word(p, WORD_with)) return;
    parser_next(p);
    request->attributes = p->lexer.token.start;
    parser_expect(p, PUNCTUATOR1('{'));
    while (!p->failed && !at_char(p, '}')) {
        parse_external_name(p);
        parser_expect(p, PUNCTUATOR1(':'));
        if (p->lexer.token.kind != TOKEN_STRING) parser_fail(p);
        parser_next(p);
        if (!at_char(p, '}')) parser_expect(p, PUNCTUATOR1(','));
    }
    request->attributes_end = p->lexer.token.end;
    parser_next(p);
}

/* 'specifier' with { … } ; */
static void parse_specifier(Parser *p, size_t index) {
    if (p->lexer.token.kind != TOKEN_STRING) parser_fail(p);
    Request *request = &p->facts.requests[index];
    request->specifier = p->lexer.token.start;
    request->specifier_end = p->lexer.token.end;
    parser_next(p);
    parse_attributes(p, request);
    parse_semicolon(p);
}

static void parse_from(Parser *p, size_t index) {
    if (!at_word(p, WORD_from)) parser_fail(p);
    parser_next(p);
    parse_specifier(p, index);
}

static Name parse_local_name(Parser *p) {
    Name name = at_name(p) ? parser_name(p) : WORD_NONE;
    if (!name || name_is_reserved(name)) parser_fail(p);
    parser_next(p);
    return name;
}

static void parse_named_imports(Parser *p, size_t request) {
    parser_next(p);
    while (!p->failed && !at_char(p, '}')) {
        if (parse_type_specifier(p)) continue;
        Import import = {.request = request, .at = p->lexer.token.start};
        Name name = at_name(p) ? parser_name(p) : WORD_NONE;
        import.imported = parse_external_name(p);
        if (at_word(p, WORD_as)) {
            parser_next(p);
            import.local = parse_local_name(p);
        } else {
            if (!name || name_is_reserved(name)) parser_fail(p);
            import.local = name;
        }
        add_import(p, import);
        if (!at_char(p, '}')) parser_expect(p, PUNCTUATOR1(','));
    }
    parser_next(p);
}

static void parse_namespace_import(Parser *p, size_t request) {
    size_t at = p->lexer.token.start;
    parser_next(p);
    if (!at_word(p, WORD_as)) parser_fail(p);
    parser_next(p);
    add_import(p, (Import){slice_from_str("*"), parse_local_name(p), request, at});
}

static void parse_import_clause(Parser *p, size_t request) {
    if (at_name(p)) {
        size_t at = p->lexer.token.start;
        add_import(p, (Import){slice_from_str("default"), parse_local_name(p), request, at});
        if (!parser_accept(p, PUNCTUATOR1(','))) return;
    }
    if (at_char(p, '*'))
        parse_namespace_import(p, request);
    else if (at_char(p, '{'))
        parse_named_imports(p, request);
    else
        parser_fail(p);
}

static void parse_import_declaration(Parser *p, size_t start) {
    size_t request = add_request(p);
    if (p->lexer.token.kind == TOKEN_STRING) {
        parse_specifier(p, request);
    } else {
        parse_import_clause(p, request);
        parse_from(p, request);
    }
    edits_blank(&p->edits, p->lexer.source, start, p->lexer.previous_end);
}

/* { a, b as c, d as 'e' } with or without a module that they come from */
static void parse_export_clause(Parser *p, size_t start) {
    size_t first = p->facts.export_count;
    bool local_only = false;
    parser_next(p);
    while (!p->failed && !at_char(p, '}')) {
        if (parse_type_specifier(p)) continue;
        Export export = {.at = p->lexer.token.start};
        local_only |= p->lexer.token.kind == TOKEN_STRING || (at_name(p) && name_is_reserved(parser_name(p)));
        export.local = at_name(p) ? parser_name(p) : WORD_NONE;
        export.exported = export.imported = parse_external_name(p);
        if (at_word(p, WORD_as)) {
            parser_next(p);
            export.exported = parse_external_name(p);
        }
        add_export(p, export);
        if (!at_char(p, '}')) parser_expect(p, PUNCTUATOR1(','));
    }
    parser_next(p);
    if (at_word(p, WORD_from)) {
        size_t request = add_request(p);
        parse_from(p, request);
        for (size_t i = first; i < p->facts.export_count; i++) {
            p->facts.exports[i].has_request = true;
            p->facts.exports[i].request = request;
        }
    } else {
        if (local_only) parser_fail(p); /* names that only another module can have */
        parse_semicolon(p);
    }
    edits_blank(&p->edits, p->lexer.source, start, p->lexer.previous_end);
}

static void parse_export_star(Parser *p, size_t start) {
    Export export = {.at = start, .has_request = true, .imported = slice_from_str("*")};
    parser_next(p);
    if (at_word(p, WORD_as)) {
        parser_next(p);
        export.exported = parse_external_name(p);
    }
    export.request = add_request(p);
    add_export(p, export);
    parse_from(p, export.request);
    edits_blank(&p->edits, p->lexer.source, start, p->lexer.previous_end);
}

static void export_local(Parser *p, const char *exported, Name local, size_t at) {
    Slice name = exported ? slice_from_str(exported) : name_text(&p->names, local);
    add_export(p, (Export){.exported = name, .local = local, .at = at});
}

/* `export default` in front of a function: a declaration, which gets a name if it has none. */
static void parse_default_function(Parser *p, size_t start, size_t async_end) {
    ParserMark mark = parser_mark(p);
    size_t at = p->lexer.token.start, name_at = p->lexer.token.end;
    parser_next(p);
    if (at_char(p, '*')) {
        name_at = p->lexer.token.end;
        parser_next(p);
    }
    Name name = at_name(p) ? parser_name(p) : WORD_NONE;
    parser_go_back(p, &mark);
    edits_blank(&p->edits, p->lexer.source, start, async_end ? async_end : at);
    if (!name) {
        edits_add(&p->edits, name_at, name_at, " %sdefault", p->base);
        p->facts.default_function = true;
    }
    parse_function(p, name != WORD_NONE);
    export_local(p, "default", name, start);
}

/* A value becomes a constant whose functions and classes are named 'default'. */
static void parse_default_value(Parser *p, size_t start, bool is_class) {
    edits_add(&p->edits, start, p->lexer.previous_end, "const %sdefault={default:", p->base);
    if (is_class)
        parse_class(p, false);
    else
        parse_assignment(p);
    size_t end = p->lexer.previous_end;
    edits_add(&p->edits, end, end, "}.default;");
    if (!is_class) parse_semicolon(p);
    export_local(p, "default", WORD_NONE, start);
}

static void parse_export_default(Parser *p, size_t start) {
    parser_next(p);
    if (reads_types(p)) parse_abstract(p);
    if (at_word(p, WORD_function)) {
        parse_default_function(p, start, 0);
        return;
    }
    if (at_word(p, WORD_async)) {
        ParserMark mark = parser_mark(p);
        size_t async_start = p->lexer.token.start;
        parser_next(p);
        if (at_word(p, WORD_function) && !p->lexer.token.after_newline) {
            parse_default_function(p, start, async_start);
            return;
        }
        parser_go_back(p, &mark);
    }
    if (at_word(p, WORD_class)) {
        ParserMark mark = parser_mark(p);
        size_t at = p->lexer.token.start;
        parser_next(p);
        bool is_named = at_name(p) && !at_word(p, WORD_extends);
        Name name = is_named ? parser_name(p) : WORD_NONE;
        parser_go_back(p, &mark);
        if (is_named) {
            edits_blank(&p->edits, p->lexer.source, start, at);
            parse_class(p, true);
            export_local(p, "default", name, start);
            return;
        }
        parse_default_value(p, start, true);
        return;
    }
    parse_default_value(p, start, false);
}

/* `export` before a declaration: everything that it declares in the module is exported. */
static void parse_export_declaration(Parser *p, size_t start, size_t end) {
    edits_blank(&p->edits, p->lexer.source, start, end);
    size_t lexicals = p->scopes.lexical_count, variables = p->scopes.variable_count;
    switch (p->word) {
    case WORD_function: parse_function(p, true); break;
    case WORD_class: parse_class(p, true); break;
    case WORD_async:
        parser_next(p);
        if (!at_word(p, WORD_function)) parser_fail(p);
        parse_function(p, true);
        break;
    case WORD_var:
    case WORD_let:
    case WORD_const:
        parse_variables(p);
        parse_semicolon(p);
        break;
    default: parser_fail(p);
    }
    for (size_t i = lexicals; i < p->scopes.lexical_count; i++)
        export_local(p, NULL, p->scopes.lexicals[i], start);
    for (size_t i = variables; i < p->scopes.variable_count; i++)
        export_local(p, NULL, p->scopes.variables[i], start);
}

bool parse_module_item(Parser *p) {
    size_t start = p->lexer.token.start, end = p->lexer.token.end;
    bool is_import = at_word(p, WORD_import);
    if (reads_types(p) && (is_import ? parse_type_import(p) : parse_type_export(p))) return true;
    if (is_import) {
        ParserMark mark = parser_mark(p);
        parser_next(p);
        if (at_char(p, '(') || at_char(p, '.')) {
            parser_go_back(p, &mark);
            return false;
        }
    } else {
        parser_next(p);
    }
    bool is_inside = p->scopes.depth != 1 && !(reads_types(p) && p->types->namespaces);
    if (is_inside || start != p->list_statement) parser_fail(p);
    p->facts.is_module = true;
    if (is_import)
        parse_import_declaration(p, start);
    else if (at_char(p, '{'))
        parse_export_clause(p, start);
    else if (at_char(p, '*'))
        parse_export_star(p, start);
    else if (at_word(p, WORD_default))
        parse_export_default(p, start);
    else
        parse_export_declaration(p, start, end);
    return true;
}
