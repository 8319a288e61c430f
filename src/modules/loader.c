/* What require() asks of the disk and of the engine: is it a file, what does it say, make it a
 * function. Answers are flat numbers and strings; nothing throws for what is merely not there. */
#include "engine/call.h"
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
        bytes_free(&bytes);
        return value_int(-errno);
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

static const Native functions[] = {
    {"kind",     loader_kind     },
    {"readText", loader_read_text},
    {"realpath", loader_realpath },
    {"run",      loader_run      },
    {"check",    loader_check    },
    {0}
};

const Module loader_module = {"loader", functions, NULL, NULL};
