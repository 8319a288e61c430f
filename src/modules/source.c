#include "modules/source.h"

#include "modules/compile_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int source_read(const char *path, Bytes *out) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    struct stat status;
    size_t guess = fstat(fd, &status) == 0 && status.st_size > 0 ? (size_t)status.st_size : 4096;
    bytes_reserve(out, guess);
    for (;;) {
        bytes_reserve(out, 4096);
        ssize_t n = read(fd, out->data + out->len, out->cap - out->len - 1);
        if (n < 0) {
            int err = -errno;
            close(fd);
            bytes_free(out);
            return err;
        }
        if (n == 0) break;
        out->len += (size_t)n;
    }
    out->data[out->len] = '\0';
    close(fd);
    return 0;
}

static bool is_ascii(const char *data, size_t len) {
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)data[i] >= 0x80) return false;
    return true;
}

Value source_text(Realm *realm, const Bytes *bytes) {
    size_t bom = bytes->len >= 3 && memcmp(bytes->data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    if (is_ascii(bytes->data, bytes->len) && !memchr(bytes->data, 0, bytes->len)) {
        JSStringRef string = JSStringCreateWithUTF8CString(bytes->data);
        Value v = JSValueMakeString(realm->ctx, string);
        JSStringRelease(string);
        return v;
    }
    return value_string_n(realm, bytes->data + bom, bytes->len - bom);
}

Value source_evaluate(Realm *realm, const char *kind, Bytes *source, Value name, Value *exception) {
    JSStringRef url = JSValueToStringCopy(realm->ctx, name, exception);
    if (!url) {
        bytes_free(source);
        return NULL;
    }
    bool is_new = false;
    Value result = compile_cache_evaluate(realm, kind, source, url, &is_new, exception);
    if (result || *exception) {
        bytes_free(source);
        JSStringRelease(url);
        return result;
    }
    JSScriptRef script = NULL;
    if (realm->options.is_main && is_ascii(source->data, source->len)) {
        /* The engine reads the bytes where they are. They are never freed: modules stay, but in threads. */
        JSStringRef message = NULL;
        int line = 0;
        script = JSScriptCreateReferencingImmortalASCIIText(realm->group, url, 1, source->data, source->len,
                                                            &message, &line);
        if (message) JSStringRelease(message);
    }
    if (script) {
        result = JSScriptEvaluate(realm->ctx, script, NULL, exception);
        JSScriptRelease(script);
        if (is_new) compile_cache_add(realm, source, url, result);
    } else { /* also the way to a SyntaxError with its place */
        Value whole = source_text(realm, source);
        JSStringRef string = JSValueToStringCopy(realm->ctx, whole, NULL);
        result = JSEvaluateScript(realm->ctx, string, NULL, url, 1, exception);
        JSStringRelease(string);
        if (is_new) compile_cache_add(realm, source, url, result);
        bytes_free(source);
    }
    JSStringRelease(url);
    return result;
}
