/* What require() asks of the disk and of the engine: is it a file, what does it say, make it a
 * function. Answers are flat numbers and strings; nothing throws for what is merely not there. */
#include "engine/call.h"
#include "modules/modules.h"
#include "modules/source.h"
#include "modules/syntax/commonjs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* kind(path) -> 0 file, 1 folder, -1 nothing */
static Value loader_kind(Call *call) {
    TEXT path;
    if (!call_text(call, 0, &path)) return NULL;
    struct stat status;
    if (stat(path.data, &status)) return value_int(-1);
    return value_int(S_ISDIR(status.st_mode) ? 1 : 0);
}

/* readText(path) -> the file's text without its byte order mark; a negative errno if it cannot be read */
static Value loader_read_text(Call *call) {
    TEXT path;
    if (!call_text(call, 0, &path)) return NULL;
    Bytes bytes = {0};
    int err = source_read(path.data, &bytes);
    if (err) return value_int(err);
    Value text = source_text(call->realm, &bytes);
    bytes_free(&bytes);
    return text;
}

/* realpath(path) -> the path without links; a negative errno if there is none */
static Value loader_realpath(Call *call) {
    TEXT path;
    if (!call_text(call, 0, &path)) return NULL;
    char real[PATH_MAX];
    if (!realpath(path.data, real)) return value_int(-errno);
    return value_string(call->realm, real);
}

/* Around every CommonJS module. The function's name never reaches programs, lib/internal/stack.js shows
 * it as Object.<anonymous>; the last parameters are what catch clauses and `import()` call. */
#define PARAMETERS "(exports, require, module, __filename, __dirname, __galley_seen__, __galley_import__) {"
static const char wrapper_start[] = "(function __galley_module__" PARAMETERS;
static const char wrapper_end[] = "\n})";
/* Around a main program that awaits at its top level. */
static const char async_wrapper_start[] = "(async function __galley_module__" PARAMETERS;
static const CommonjsMarks module_marks = {"__galley_seen__", "__galley_import__", ""};

static bool starts_with(const char *data, size_t len, const char *start) {
    return len >= strlen(start) && memcmp(data, start, strlen(start)) == 0;
}

/* The function that a module's text is the body of. */
static Value compile_module(Call *call, const char *text, size_t len, Value name, bool is_async) {
    Realm *realm = call->realm;
    if (starts_with(text, len, "\xef\xbb\xbf")) text += 3, len -= 3;
    Bytes source = {0};
    bytes_reserve(&source, len + sizeof wrapper_start + sizeof wrapper_end + len / 16);
    bytes_append_str(&source, is_async ? async_wrapper_start : wrapper_start);
    if (starts_with(text, len, "#!")) bytes_append_str(&source, "//");
    if (commonjs_needs_marks(text, len, &module_marks))
        commonjs_mark(text, len, &module_marks, &source);
    else
        bytes_append(&source, text, len);
    bytes_append_str(&source, wrapper_end);
    return source_evaluate(realm, "CommonJS", &source, name, call->exception);
}

/* compileFile(path) -> the module's function; a negative errno if the file cannot be read */
static Value loader_compile_file(Call *call) {
    TEXT path;
    if (!call_text(call, 0, &path)) return NULL;
    Bytes bytes = {0};
    int err = source_read(path.data, &bytes);
    if (err) return value_int(err);
    Value function = compile_module(call, bytes.data, bytes.len, call_arg(call, 0), false);
    bytes_free(&bytes);
    return function;
}

/* compileText(text, name, isAsync) -> the same for text that is already there */
static Value loader_compile_text(Call *call) {
    TEXT text;
    if (!call_text(call, 0, &text)) return NULL;
    return compile_module(call, text.data, text.len, call_arg(call, 1), call_bool(call, 2));
}

/* run(text, name, line) -> the completion value of a script of the program */
static Value loader_run(Call *call) {
    JSContextRef ctx = call->realm->ctx;
    JSStringRef source = JSValueToStringCopy(ctx, call_arg(call, 0), call->exception);
    if (!source) return NULL;
    JSStringRef url = JSValueToStringCopy(ctx, call_arg(call, 1), call->exception);
    Value result = NULL;
    if (url) result = JSEvaluateScript(ctx, source, NULL, url, call_int(call, 2), call->exception);
    JSStringRelease(source);
    if (url) JSStringRelease(url);
    return result;
}

/* check(text, name): throws the SyntaxError, if there is one */
static Value loader_check(Call *call) {
    JSContextRef ctx = call->realm->ctx;
    JSStringRef source = JSValueToStringCopy(ctx, call_arg(call, 0), call->exception);
    if (!source) return NULL;
    JSStringRef url = JSValueToStringCopy(ctx, call_arg(call, 1), call->exception);
    bool fine = url && JSCheckScriptSyntax(ctx, source, url, 1, call->exception);
    JSStringRelease(source);
    if (url) JSStringRelease(url);
    return fine ? value_undefined() : NULL;
}

/* wrapperLength() -> by how much the first line's columns are off */
static Value loader_wrapper_length(Call *call) {
    return value_int((int)sizeof wrapper_start - 1);
}

static const Native functions[] = {
    {"kind",                 loader_kind},
    {"readText",                      loader_read_text},
    {"realpath",loader_realpath},
    {"compileFile",             loader_compile_file},
    {"compileText",                      loader_compile_text},
    {"wrapperLength",loader_wrapper_length},
    {"run",          loader_run},
    {"check",                      loader_check},
    {0          }
};

const Module loader_module = {"loader", functions, NULL, NULL};
