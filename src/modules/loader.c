/* What require() asks of the disk and of the engine: is it a file, what does it say, make it a
 * function. Answers are flat numbers and strings; nothing throws for what is merely not there. */
#include "engine/call.h"
#include "modules/catches.h"
#include "modules/modules.h"

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

static bool read_file(const char *path, Bytes *out) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    struct stat status;
    size_t guess = fstat(fd, &status) == 0 && status.st_size > 0 ? (size_t)status.st_size : 4096;
    bytes_reserve(out, guess);
    for (;;) {
        bytes_reserve(out, 4096);
        ssize_t n = read(fd, out->data + out->len, out->cap - out->len - 1);
        if (n < 0) {
            int err = errno;
            close(fd);
            errno = err;
            return false;
        }
        if (n == 0) break;
        out->len += (size_t)n;
    }
    out->data[out->len] = '\0';
    close(fd);
    return true;
}

static bool is_ascii(const char *data, size_t len) {
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)data[i] >= 0x80) return false;
    return true;
}

static Value text_value(Realm *realm, const Bytes *bytes) {
    size_t bom = bytes->len >= 3 && memcmp(bytes->data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    if (is_ascii(bytes->data, bytes->len) && !memchr(bytes->data, 0, bytes->len)) {
        JSStringRef string = JSStringCreateWithUTF8CString(bytes->data);
        Value v = JSValueMakeString(realm->ctx, string);
        JSStringRelease(string);
        return v;
    }
    return value_string_n(realm, bytes->data + bom, bytes->len - bom);
}

/* readText(path) -> the file's text without its byte order mark; a negative errno if it cannot be read */
static Value loader_read_text(Call *call) {
    TEXT path;
    if (!call_text(call, 0, &path)) return NULL;
    Bytes bytes = {0};
    if (!read_file(path.data, &bytes)) {
        int err = errno;
        bytes_free(&bytes);
        return value_int(-err);
    }
    Value text = text_value(call->realm, &bytes);
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
 * it as Object.<anonymous>; the last parameter is what catch clauses call. */
static const char wrapper_start[] =
    "(function __galley_module__(exports, require, module, __filename, __dirname, __galley_seen__) {";
static const char wrapper_end[] = "\n})";
/* Around a main program that awaits at its top level. */
static const char async_wrapper_start[] =
    "(async function __galley_module__(exports, require, module, __filename, __dirname, __galley_seen__) {";

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
    if (memmem(text, len, "catch", 5))
        catches_mark(text, len, "__galley_seen__", &source);
    else
        bytes_append(&source, text, len);
    bytes_append_str(&source, wrapper_end);

    JSStringRef url = JSValueToStringCopy(realm->ctx, name, call->exception);
    Value function = NULL;
    JSScriptRef script = NULL;
    if (url && is_ascii(source.data, source.len)) {
        /* The engine reads the bytes where they are. They are never freed: modules stay. */
        JSStringRef message = NULL;
        int line = 0;
        script = JSScriptCreateReferencingImmortalASCIIText(realm->group, url, 1, source.data, source.len,
                                                            &message, &line);
        if (message) JSStringRelease(message);
    }
    if (script) {
        function = JSScriptEvaluate(realm->ctx, script, NULL, call->exception);
        JSScriptRelease(script);
    } else if (url) { /* also the way to a SyntaxError with its place */
        Value whole = text_value(realm, &source);
        JSStringRef string = JSValueToStringCopy(realm->ctx, whole, NULL);
        function = JSEvaluateScript(realm->ctx, string, NULL, url, 1, call->exception);
        JSStringRelease(string);
        bytes_free(&source);
    }
    if (url) JSStringRelease(url);
    return function;
}

/* compileFile(path) -> the module's function; a negative errno if the file cannot be read */
static Value loader_compile_file(Call *call) {
    TEXT path;
    if (!call_text(call, 0, &path)) return NULL;
    Bytes bytes = {0};
    if (!read_file(path.data, &bytes)) {
        int err = errno;
        bytes_free(&bytes);
        return value_int(-err);
    }
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
