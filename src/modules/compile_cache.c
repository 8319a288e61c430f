#include "modules/compile_cache.h"

#include "engine/call.h"
#include "engine/engine_id.h"
#include "engine/provider.h"
#include "modules/modules.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    char magic[8];
    EngineId engine;
    uint64_t text_hash, text_len;
    uint64_t bytecode_hash, bytecode_len;
    uint8_t none[56]; /* the bytecode is aligned */
} FileHead;

typedef enum { ENTRY_KEPT, ENTRY_NEW, ENTRY_FAILED } EntryState;

typedef struct {
    EntryState state;
    ScriptText text;
    uint64_t text_hash, text_len; /* of its bytes on disk */
    char *name, *file;
} Entry;

typedef struct {
    char *folder;
    bool is_portable; /* files are known by what they say, not by where they are */
    bool tells;       /* on stderr, what it does */
    EngineId engine;
    Entry *entries;
    size_t count, cap;
} CompileCache;

static const char magic[8] = "galleyc";

static CompileCache *cache_of(Realm *realm) {
    return *realm_slot(realm, SLOT_COMPILE_CACHE);
}

__attribute__((format(printf, 2, 3))) static void tell(const CompileCache *cache, const char *format, ...) {
    if (!cache->tells) return;
    va_list args;
    va_start(args, format);
    fputs("[compile cache] ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

/* Finds damage and changes; not meant to withstand somebody who looks for collisions, who could write the
 * folder anyway. */
static uint64_t hash_of(const void *data, size_t len) {
    const char *bytes = data;
    uint64_t hash = len * 0x9e3779b97f4a7c15u, word;
    for (; len >= sizeof word; len -= sizeof word, bytes += sizeof word) {
        memcpy(&word, bytes, sizeof word);
        hash = (hash ^ word) * 0xff51afd7ed558ccdu;
        hash ^= hash >> 32;
    }
    word = 0;
    memcpy(&word, bytes, len);
    hash = (hash ^ word) * 0xff51afd7ed558ccdu;
    return hash ^ hash >> 29;
}

static char *url_text(JSStringRef url) {
    size_t size = JSStringGetMaximumUTF8CStringSize(url);
    char *text = mem_new(size);
    JSStringGetUTF8CString(url, text, size);
    return text;
}

static char *file_of(const CompileCache *cache, const Bytes *source, const char *name) {
    uint64_t hash = cache->is_portable ? hash_of(source->data, source->len) : hash_of(name, strlen(name));
    return mem_printf("%s/%016llx", cache->folder, (unsigned long long)hash);
}

/* The engine reads the text and the bytecode where they are, as long as it is there. */
static ScriptText text_keep(const Bytes *source) {
    bool is_ascii = true;
    for (size_t i = 0; i < source->len && is_ascii; i++)
        is_ascii = (unsigned char)source->data[i] < 0x80;
    if (is_ascii) {
        char *copy = mem_new(source->len + 1);
        memcpy(copy, source->data, source->len);
        return (ScriptText){copy, source->len, true};
    }
    JSStringRef string = JSStringCreateWithUTF8CString(source->data);
    size_t len = JSStringGetLength(string);
    JSChar *units = mem_new((len + 1) * sizeof *units);
    memcpy(units, JSStringGetCharactersPtr(string), len * sizeof *units);
    JSStringRelease(string);
    return (ScriptText){units, len, false};
}

static void entry_add(Realm *realm, EntryState state, const Bytes *source, ScriptText text, JSStringRef url) {
    CompileCache *cache = cache_of(realm);
    if (cache->count == cache->cap) {
        cache->cap = cache->cap ? cache->cap * 2 : 64;
        cache->entries = mem_resize(cache->entries, cache->cap * sizeof *cache->entries);
    }
    char *name = url_text(url);
    cache->entries[cache->count++] = (Entry){
        .state = state,
        .text = text,
        .text_hash = hash_of(source->data, source->len),
        .text_len = source->len,
        .name = name,
        .file = file_of(cache, source, name),
    };
}

/* What is wrong with a file, or NULL. */
static const char *file_judge(const CompileCache *cache, const FileHead *head, size_t size,
                              const Bytes *source) {
    if (size < sizeof *head || memcmp(head->magic, magic, sizeof magic) != 0) return "magic number mismatch";
    if (memcmp(&head->engine, &cache->engine, sizeof head->engine) != 0) return "version mismatch";
    if (head->text_len != source->len || head->text_hash != hash_of(source->data, source->len))
        return "code hash mismatch";
    if (head->bytecode_len != size - sizeof *head) return "cache size mismatch";
    return head->bytecode_hash == hash_of(head + 1, head->bytecode_len) ? NULL : "cache content mismatch";
}

static bool bytecode_read(const CompileCache *cache, const char *file, const char *name, const Bytes *source,
                          Slice *out) {
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    struct stat status;
    void *data = MAP_FAILED;
    if (fd >= 0 && fstat(fd, &status) == 0 && status.st_size > 0)
        data = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0) close(fd);
    if (data == MAP_FAILED) return false;
    const FileHead *head = data;
    const char *wrong = file_judge(cache, head, (size_t)status.st_size, source);
    if (wrong) {
        tell(cache, "reading cache from %s for %s: %s:", file, name, wrong);
        munmap(data, (size_t)status.st_size);
        return false;
    }
    *out = (Slice){(const char *)(head + 1), head->bytecode_len};
    return true;
}

Value compile_cache_evaluate(Realm *realm, const char *kind, const Bytes *source, JSStringRef url,
                             bool *is_new, Value *exception) {
    CompileCache *cache = cache_of(realm);
    *is_new = cache != NULL;
    if (!cache) return NULL;
    char *name = url_text(url), *file = file_of(cache, source, name);
    tell(cache, "reading cache from %s for %s %s", file, kind, name);
    Slice bytecode;
    Value result = NULL;
    if (bytecode_read(cache, file, name, source, &bytecode)) {
        ScriptText text = text_keep(source);
        result = provider_evaluate(realm, text, bytecode, url, exception);
        if (result) entry_add(realm, ENTRY_KEPT, source, text, url);
    }
    tell(cache,
         result ? "cache for %s was accepted, keeping the in-memory entry"
                : "%s was not initialized, initializing the in-memory entry",
         name);
    mem_free(name);
    mem_free(file);
    return result;
}

void compile_cache_add(Realm *realm, const Bytes *source, JSStringRef url, bool is_sound) {
    if (is_sound)
        entry_add(realm, ENTRY_NEW, source, text_keep(source), url);
    else
        entry_add(realm, ENTRY_FAILED, source, (ScriptText){0}, url);
}

/* Whole or not at all, whoever else writes it. */
static bool file_write(const char *file, const Bytes *bytes) {
    char *draft = mem_printf("%s.%d", file, (int)getpid());
    int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool done = fd >= 0 && write(fd, bytes->data, bytes->len) == (ssize_t)bytes->len;
    if (fd >= 0) close(fd);
    done = done && rename(draft, file) == 0;
    if (!done && fd >= 0) unlink(draft);
    mem_free(draft);
    return done;
}

static bool entry_write(Realm *realm, const CompileCache *cache, const Entry *entry) {
    Bytes bytes = {0};
    FileHead head = {.engine = cache->engine, .text_hash = entry->text_hash, .text_len = entry->text_len};
    memcpy(head.magic, magic, sizeof magic);
    bytes_append(&bytes, &head, sizeof head);
    bool done = provider_compile(realm, entry->text, &bytes);
    if (done) {
        head.bytecode_len = bytes.len - sizeof head;
        head.bytecode_hash = hash_of(bytes.data + sizeof head, head.bytecode_len);
        memcpy(bytes.data, &head, sizeof head);
        done = file_write(entry->file, &bytes);
    }
    bytes_free(&bytes);
    return done;
}

void compile_cache_flush(Realm *realm) {
    CompileCache *cache = cache_of(realm);
    for (size_t i = 0; cache && i < cache->count; i++) {
        Entry *entry = &cache->entries[i];
        if (entry->state != ENTRY_NEW) {
            tell(cache, "skip %s because %s", entry->name,
                 entry->state == ENTRY_KEPT ? "cache was the same" : "the cache was not initialized");
            continue;
        }
        bool done = entry_write(realm, cache, entry);
        entry->state = done ? ENTRY_KEPT : ENTRY_FAILED;
        tell(cache, "writing cache for %s to %s %s", entry->name, entry->file, done ? "success" : "failed");
    }
}

/* enable(folder, isPortable, tells) -> false if the engine's insides are not known */
static Value compile_cache_enable(Call *call) {
    TEXT folder;
    if (!call_text(call, 0, &folder)) return NULL;
    Realm *realm = call->realm;
    EngineId engine;
    if (!realm->options.is_main || !realm->options.bytecode || !providers_open(realm) ||
        !engine_id_loaded(&engine))
        return value_bool(false);
    CompileCache *cache = NEW(CompileCache);
    *cache = (CompileCache){.folder = mem_strdup(folder.data),
                            .is_portable = call_bool(call, 1),
                            .tells = call_bool(call, 2),
                            .engine = engine};
    *realm_slot(realm, SLOT_COMPILE_CACHE) = cache;
    return value_bool(true);
}

/* flush() */
static Value compile_cache_flush_now(Call *call) {
    CompileCache *cache = cache_of(call->realm);
    compile_cache_flush(call->realm);
    if (cache) tell(cache, "module.flushCompileCache() finished");
    return value_undefined();
}

static const Native functions[] = {
    {"enable",                 compile_cache_enable},
    {"flush",                        compile_cache_flush_now},
    {0}
};

const Module compile_cache_module = {"compile_cache", functions, NULL, NULL};
