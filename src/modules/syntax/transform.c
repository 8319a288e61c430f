#include "modules/syntax/transform.h"

#include "base/mem.h"
#include "modules/syntax/parser.h"

#include <string.h>

/* What is known of a name at the top level of a module, one entry a Name. */
typedef struct {
    unsigned import; /* index in the facts + 1 */
    bool is_declared, is_assigned, is_exported;
} TopLevelName;

/* The shortest row of these that the source does not have. */
static char *unused_base(const char *source, size_t len) {
    Bytes base = {0};
    do
        bytes_append_char(&base, '$');
    while (base.len < 2 || memmem(source, len, base.data, base.len));
    return bytes_take(&base);
}

static bool note_declarations(Parser *p, TopLevelName *names) {
    uint32_t mark = scopes_mark_declared(&p->scopes);
    for (Name name = 1; name < p->names.count; name++)
        names[name].is_declared = p->names.entries[name].mark == mark;
    for (size_t i = 0; i < p->facts.import_count; i++) {
        TopLevelName *local = &names[p->facts.imports[i].local];
        if (local->is_declared || local->import) return false;
        local->import = (unsigned)i + 1;
    }
    for (size_t i = 0; i < p->scopes.reference_count; i++)
        if (p->scopes.references[i].is_assigned) names[p->scopes.references[i].name].is_assigned = true;
    return true;
}

/* No name twice, and none that there is not. */
static bool exports_are_sound(Parser *p, size_t name_count, TopLevelName *names) {
    for (size_t i = 0; i < p->facts.export_count; i++) {
        const Export *export = &p->facts.exports[i];
        if (!export->has_request && export->local && !names[export->local].is_declared &&
            !names[export->local].import)
            return false;
        Slice text = export->exported;
        if (!text.len) continue;
        if (text.data[0] == '"' || text.data[0] == '\'') text = (Slice){text.data + 1, text.len - 2};
        Name name = names_find(&p->names, text);
        if (name >= name_count) continue; /* two strings that nothing else names are compared by the loader */
        if (names[name].is_exported) return false;
        names[name].is_exported = true;
    }
    return true;
}

static void append_import(const Import *import, const char *base, Bytes *out) {
    bytes_printf(out, "%s%zu", base, import->request);
    Slice name = import->imported;
    if (slice_equals_str(name, "*")) return;
    bool is_string = name.data[0] == '"' || name.data[0] == '\'';
    bytes_printf(out, is_string ? "[%.*s]" : ".%.*s", (int)name.len, name.data);
}

static void edit_references(Parser *p, const TopLevelName *names) {
    Bytes access = {0};
    for (size_t i = 0; i < p->scopes.reference_count; i++) {
        const Reference *reference = &p->scopes.references[i];
        const TopLevelName *name = &names[reference->name];
        if (reference->name == WORD_arguments && !reference->is_shorthand) /* those of our function */
            edits_add(&p->edits, reference->start, reference->end, "%sarguments", p->base);
        if (!name->import) continue;
        bytes_clear(&access);
        append_import(&p->facts.imports[name->import - 1], p->base, &access);
        if (reference->is_shorthand)
            edits_add(&p->edits, reference->end, reference->end, ":%s", access.data);
        else if (reference->is_called)
            edits_add(&p->edits, reference->start, reference->end, "%s(0,%s)",
                      reference->starts_statement ? ";" : "", access.data);
        else
            edits_add(&p->edits, reference->start, reference->end, "%s", access.data);
    }
    bytes_free(&access);
}

static void append_quoted(Bytes *out, Slice name) {
    bool is_string = name.len && (name.data[0] == '"' || name.data[0] == '\'');
    bytes_printf(out, is_string ? "%.*s" : "\"%.*s\"", (int)name.len, name.data);
}

/* `name:()=>local,` for each export of the module's own whose value may change (or may not). */
static void append_getters(Parser *p, const TopLevelName *names, bool changing, Bytes *out) {
    bytes_append_str(out, "{__proto__:null");
    for (size_t i = 0; i < p->facts.export_count; i++) {
        const Export *export = &p->facts.exports[i];
        if (export->has_request || names[export->local].import) continue;
        bool may_change = export->local && (p->facts.has_eval || names[export->local].is_assigned);
        if (may_change != changing) continue;
        bytes_append_str(out, ",[");
        append_quoted(out, export->exported);
        bytes_append_str(out, "]:()=>");
        if (export->local)
            bytes_append(out, name_text(&p->names, export->local).data,
                         name_text(&p->names, export->local).len);
        else
            bytes_printf(out, "%sdefault", p->base);
    }
    bytes_append_char(out, '}');
}

/* The function that gets the namespaces of the requested modules and answers with the exports. */
static void append_link(Parser *p, const TopLevelName *names, Bytes *out) {
    size_t count = p->facts.request_count;
    bytes_printf(out, "\n;function %slink(%s){", p->base, p->base);
    for (size_t i = 0; i < count; i++)
        bytes_printf(out, "%s%zu=%s[%zu];", p->base, i, p->base, i);
    bytes_append_str(out, "return[");
    append_getters(p, names, false, out);
    bytes_append_char(out, ',');
    append_getters(p, names, true, out);
    if (p->facts.default_function) bytes_printf(out, ",%sdefault", p->base);
    bytes_append_str(out, "]}");
    for (size_t i = 0; i < count; i++)
        bytes_printf(out, "%s%s%zu", i ? "," : "var ", p->base, i);
    bytes_append_str(out, "}");
}

/* Lines of places that are asked for in rising order. */
typedef struct {
    const char *source;
    size_t at, line;
} LineCounter;

static size_t line_of(LineCounter *counter, size_t at) {
    if (at < counter->at) counter->at = 0, counter->line = 1;
    for (; counter->at < at; counter->at++)
        counter->line += counter->source[counter->at] == '\n';
    return counter->line;
}

static void append_slice(Bytes *out, const char *source, size_t from, size_t to) {
    bytes_append(out, source + from, to - from);
}

static void append_requests(const Parser *p, Bytes *out) {
    const char *source = p->lexer.source;
    bytes_append_str(out, "requests:[");
    for (size_t i = 0; i < p->facts.request_count; i++) {
        const Request *request = &p->facts.requests[i];
        append_slice(out, source, request->specifier, request->specifier_end);
        bytes_append_char(out, ',');
        if (request->attributes)
            append_slice(out, source, request->attributes, request->attributes_end);
        else
            bytes_append_str(out, "undefined");
        bytes_append_char(out, ',');
    }
    bytes_append_char(out, ']');
}

static void append_imports(const Parser *p, LineCounter *lines, Bytes *out) {
    bytes_append_str(out, ",imports:[");
    for (size_t i = 0; i < p->facts.import_count; i++) {
        const Import *import = &p->facts.imports[i];
        if (slice_equals_str(import->imported, "*")) continue;
        bytes_printf(out, "%zu,", import->request);
        append_quoted(out, import->imported);
        bytes_printf(out, ",%zu,", line_of(lines, import->at));
    }
    bytes_append_char(out, ']');
}

/* Exports of other modules' bindings: [name, request, name there or null for the namespace, line, …], and
 * the modules that everything of is exported. */
static void append_indirect(const Parser *p, const TopLevelName *names, LineCounter *lines, Bytes *out) {
    bytes_append_str(out, ",indirect:[");
    for (size_t i = 0; i < p->facts.export_count; i++) {
        const Export *export = &p->facts.exports[i];
        const Import *import = export->has_request || !names[export->local].import
                                   ? NULL
                                   : &p->facts.imports[names[export->local].import - 1];
        if ((!export->has_request && !import) || !export->exported.len) continue;
        append_quoted(out, export->exported);
        bytes_printf(out, ",%zu,", import ? import->request : export->request);
        Slice imported = import ? import->imported : export->imported;
        if (slice_equals_str(imported, "*"))
            bytes_append_str(out, "null");
        else
            append_quoted(out, imported);
        bytes_printf(out, ",%zu,", line_of(lines, export->at));
    }
    bytes_append_str(out, "],stars:[");
    for (size_t i = 0; i < p->facts.export_count; i++)
        if (p->facts.exports[i].has_request && !p->facts.exports[i].exported.len)
            bytes_printf(out, "%zu,", p->facts.exports[i].request);
    bytes_append_char(out, ']');
}

static void append_facts(const Parser *p, const TopLevelName *names, Bytes *out) {
    LineCounter lines = {p->lexer.source, 0, 1};
    bytes_append_str(out, ",{");
    append_requests(p, out);
    append_imports(p, &lines, out);
    append_indirect(p, names, &lines, out);
    bytes_printf(out, ",awaits:%s,usesMeta:%s}]", p->facts.awaits ? "true" : "false",
                 p->facts.has_meta ? "true" : "false");
}

static void append_prefix(const Parser *p, Bytes *out) {
    const char *b = p->base;
    if (p->facts.awaits)
        bytes_printf(out,
                     "\"use strict\";[async function __galley_esm__(%simport,%smeta,%sseen,%sgate){await "
                     "%sgate(%slink);",
                     b, b, b, b, b, b);
    else
        bytes_printf(out, "\"use strict\";[function*__galley_esm__(%simport,%smeta,%sseen){yield %slink;", b,
                     b, b, b);
    if (p->lexer.len >= 2 && memcmp(p->lexer.source, "#!", 2) == 0) bytes_append_str(out, "//");
}

static bool write_module(Parser *p, Bytes *out, TransformedModule *result) {
    size_t name_count = p->names.count;
    TopLevelName *names = mem_new(name_count * sizeof *names);
    bool sound = note_declarations(p, names) && exports_are_sound(p, name_count, names);
    if (sound) {
        edit_references(p, names);
        append_prefix(p, out);
        result->prefix = out->len;
        edits_apply(&p->edits, p->lexer.source, p->lexer.len, out);
        append_link(p, names, out);
        append_facts(p, names, out);
    }
    mem_free(names);
    return sound;
}

bool module_transform(const char *source, size_t len, Bytes *out, TransformedModule *result) {
    *result = (TransformedModule){0};
    size_t skipped = len >= 3 && memcmp(source, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    source += skipped, len -= skipped;
    char *base = unused_base(source, len);
    Parser p;
    parser_open(&p, source, len, base);
    p.resource_edits = &p.edits;
    scopes_open(&p.scopes, true);
    parse_statements(&p);
    if (p.lexer.token.kind != TOKEN_END) parser_fail(&p);
    bool fine = !p.failed;
    result->failed_at = skipped + p.failed_at;
    result->failed_end = skipped + p.failed_end;
    if (fine) {
        fine = write_module(&p, out, result);
        result->is_unsound = !fine;
    }
    result->is_module = p.facts.is_module;
    result->awaits = p.facts.awaits;
    parser_close(&p);
    mem_free(base);
    return fine;
}
