/* Makes functions of ES modules, for lib/internal/esm/. The engine's own modules cannot be reached
 * through its C interface, so modules/syntax/ rewrites the source, and says where it is no module. */
#include "engine/call.h"
#include "modules/modules.h"
#include "modules/source.h"
#include "modules/syntax/commonjs.h"
#include "modules/syntax/transform.h"
#include "modules/syntax/typescript.h"
#include "modules/syntax/using.h"

#include <stdio.h>

static unsigned line_at(const char *source, size_t at) {
    unsigned line = 1;
    for (size_t i = 0; i < at; i++)
        line += source[i] == '\n';
    return line;
}

static Value syntax_error(Realm *realm, const char *message, unsigned line) {
    return array_new(realm, 2, (Value[]){value_string(realm, message), value_int((int)line)});
}

static const char *kind_of_word(Slice word) {
    static const char keywords[] = "break case catch class const continue debugger default delete do else "
                                   "enum export extends false finally for "
                                   "function if import in instanceof new null return super switch this throw "
                                   "true try typeof var void while with";
    char c = word.data[0];
    bool is_name = c == '_' || c == '$' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_name && !slice_is_listed(word, keywords) ? "identifier" : "token";
}

/* [message, line] of a token that does not fit. */
static Value unexpected(Realm *realm, Slice source, size_t at, size_t end) {
    unsigned line = line_at(source.data, at);
    if (at >= source.len) return syntax_error(realm, "Unexpected end of input", line);
    char message[96];
    size_t len = end - at;
    if (!len || len > 40) return syntax_error(realm, "Invalid or unexpected token", line);
    snprintf(message, sizeof message, "Unexpected %s '%.*s'", kind_of_word((Slice){source.data + at, len}),
             (int)len, source.data + at);
    return syntax_error(realm, message, line);
}

/* [message, line] of a source that could not be read as a module. */
static Value reading_error(Realm *realm, const Bytes *source, const TransformedModule *result) {
    Slice text = {source->data ? source->data : "", source->len};
    if (result->is_unsound)
        return syntax_error(realm, "An import or export names what is not declared, or is declared twice",
                            line_at(text.data, result->failed_at));
    return unexpected(realm, text, result->failed_at, result->failed_end);
}

/* [message, line] of what the engine threw. */
static Value engine_error(Realm *realm, Value error) {
    Object object = value_object(realm, error);
    if (!object) return syntax_error(realm, "Invalid or unexpected token", 1);
    return array_new(realm, 2,
                     (Value[]){object_get(realm, object, "message"), object_get(realm, object, "line")});
}

/* [function, facts, how many columns the first line is off]; or [message, line] of a SyntaxError */
static Value compile(Call *call, Bytes *source, Value url) {
    Realm *realm = call->realm;
    TransformedModule result;
    Bytes out = {0};
    if (!module_transform(source->data ? source->data : "", source->len, &out, &result)) {
        bytes_free(&out);
        return reading_error(realm, source, &result);
    }
    Value error = NULL, compiled = source_evaluate(realm, "ESM", &out, url, &error);
    if (!compiled) return engine_error(realm, error);
    JSObjectSetPropertyAtIndex(realm->ctx, value_object(realm, compiled), 2, value_int((int)result.prefix),
                               NULL);
    return compiled;
}

/* compileFile(path, url): as compile says, or a negative errno */
static Value esm_compile_file(Call *call) {
    TEXT path;
    if (!call_text(call, 0, &path)) return NULL;
    Bytes source = {0};
    int err = source_read(path.data, &source);
    if (err) return value_int(err);
    Value answer = compile(call, &source, call_arg(call, 1));
    bytes_free(&source);
    return answer;
}

/* compileText(text, url) */
static Value esm_compile_text(Call *call) {
    TEXT text;
    if (!call_text(call, 0, &text)) return NULL;
    Bytes source = {0};
    bytes_append(&source, text.data, text.len);
    Value answer = compile(call, &source, call_arg(call, 1));
    bytes_free(&source);
    return answer;
}

/* lowerUsing(text): a script without `using`, or undefined if it has none or cannot be read */
static Value esm_lower_using(Call *call) {
    TEXT text;
    if (!call_text(call, 0, &text)) return NULL;
    Bytes out = {0};
    Value answer = NULL;
    if (using_lower(text.data, text.len, &out)) answer = value_string_n(call->realm, out.data, out.len);
    bytes_free(&out);
    return answer;
}

/* transformText(text): a script whose value is [function, facts], for another context; or [message, line] */
static Value esm_transform_text(Call *call) {
    TEXT text;
    if (!call_text(call, 0, &text)) return NULL;
    TransformedModule result;
    Bytes out = {0}, source = {0};
    bytes_append(&source, text.data, text.len);
    Value answer = module_transform(source.data ? source.data : "", source.len, &out, &result)
                       ? value_string_n(call->realm, out.data, out.len)
                       : reading_error(call->realm, &source, &result);
    bytes_free(&out);
    bytes_free(&source);
    return answer;
}

/* isModule(text): does it say what only an ES module can say? */
static Value esm_is_module(Call *call) {
    TEXT text;
    if (!call_text(call, 0, &text)) return NULL;
    TransformedModule result;
    Bytes out = {0};
    module_transform(text.data, text.len, &out, &result);
    bytes_free(&out);
    return value_bool(result.is_module);
}

/* markScript(text, import name, first argument): a script whose `import()` calls a function of ours */
static Value esm_mark_script(Call *call) {
    TEXT text, name, argument;
    if (!call_text(call, 0, &text) || !call_text(call, 1, &name) || !call_text(call, 2, &argument))
        return NULL;
    CommonjsMarks marks = {.import = name.data, .import_arguments = argument.data};
    if (!commonjs_needs_marks(text.data, text.len, &marks)) return call_arg(call, 0);
    Bytes out = {0};
    commonjs_mark(text.data, text.len, &marks, &out);
    Value marked = value_string_n(call->realm, out.data, out.len);
    bytes_free(&out);
    return marked;
}

/* stripTypes(text): JavaScript, [message, line] of a SyntaxError, or [message, line, true] of what cannot be
 * stripped */
static Value esm_strip_types(Call *call) {
    TEXT text;
    if (!call_text(call, 0, &text)) return NULL;
    Realm *realm = call->realm;
    StrippedTypes result;
    Bytes out = {0};
    Value answer;
    if (typescript_strip(text.data, text.len, &out, &result))
        answer = value_string_n(realm, out.data ? out.data : "", out.len);
    else if (result.unsupported)
        answer = array_new(realm, 3,
                           (Value[]){value_string(realm, result.unsupported),
                                     value_int((int)line_at(text.data, result.failed_at)), value_bool(true)});
    else
        answer = unexpected(realm, (Slice){text.data, text.len}, result.failed_at, result.failed_end);
    bytes_free(&out);
    return answer;
}

static const Native functions[] = {
    {"compileFile",     esm_compile_file},
    {"compileText",                 esm_compile_text},
    {"isModule",esm_is_module},
    {"markScript",        esm_mark_script},
    {"lowerUsing",                 esm_lower_using},
    {"transformText",esm_transform_text},
    {"stripTypes",      esm_strip_types},
    {0                },
};

const Module esm_module = {"esm", functions, NULL, NULL};
