#include "engine/bytecode.h"

#include "engine/engine_id.h"
#include "engine/inside.h"
#include "engine/jsc.h"
#include "engine/provider.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define ALIGNMENT 64
#define HUGE_PAGE ((size_t)2 << 20)
#define PAGE ((size_t)65536) /* a multiple of every machine's */

typedef struct {
    char magic[16];
    EngineId engine;
    uint8_t lib[sizeof builtin_digest];
    uint64_t size, count;
} FileHead;

typedef struct {
    uint64_t at, len;
} FileEntry;

struct Bytecode {
    const char *data;
    size_t size;
    const FileEntry *entries; /* one for each of `builtins` */
};

static const char magic[16] = "galley bytecode";

static bool head_make(FileHead *head) {
    *head = (FileHead){.count = builtin_count};
    memcpy(head->magic, magic, sizeof magic);
    memcpy(head->lib, builtin_digest, sizeof builtin_digest);
    return engine_id_loaded(&head->engine);
}

static bool is_for_us(const FileHead *head, size_t size) {
    FileHead ours;
    if (size < sizeof ours + builtin_count * sizeof(FileEntry) || !head_make(&ours)) return false;
    ours.size = size;
    return memcmp(head, &ours, sizeof ours) == 0;
}

/* At an address where the kernel cannot map two megabytes at once, of which most would never be read. */
static void *file_map(int fd, size_t size) {
    size_t room = size + HUGE_PAGE + PAGE;
    char *free = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (free == MAP_FAILED) return free;
    char *at = free + (-(uintptr_t)free) % HUGE_PAGE + PAGE;
    void *data = mmap(at, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0);
    if (data == MAP_FAILED) munmap(free, room);
    return data;
}

Bytecode *bytecode_open(const char *path) {
    if (getenv(ENGINE_API_ONLY)) return NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return NULL;
    struct stat status;
    void *data = MAP_FAILED;
    if (fstat(fd, &status) == 0 && status.st_size > 0) data = file_map(fd, (size_t)status.st_size);
    close(fd);
    if (data == MAP_FAILED) return NULL;
    if (!is_for_us(data, (size_t)status.st_size)) {
        munmap(data, (size_t)status.st_size);
        return NULL;
    }
    Bytecode *bytecode = NEW(Bytecode);
    *bytecode = (Bytecode){data, (size_t)status.st_size, (void *)((char *)data + sizeof(FileHead))};
    return bytecode;
}

void bytecode_put_away(const Bytecode *bytecode) {
    madvise((void *)bytecode->data, bytecode->size, MADV_DONTNEED);
}

static ScriptText builtin_text(const Builtin *builtin) {
    return (ScriptText){builtin->source, builtin->len, true};
}

Value bytecode_evaluate(Realm *realm, const Builtin *builtin, JSStringRef url, Value *exception) {
    const Bytecode *bytecode = realm->options.bytecode;
    if (!bytecode) return NULL;
    FileEntry entry = bytecode->entries[builtin - builtins];
    if (!entry.len || entry.len > bytecode->size || entry.at > bytecode->size - entry.len) return NULL;
    if (!providers_open(realm)) return NULL;
    realm->has_read_bytecode = true;
    Slice bytes = {bytecode->data + entry.at, entry.len};
    return provider_evaluate_kept(realm, builtin_text(builtin), bytes, url, exception);
}

static Value call_with_40(Realm *realm, ScriptText text, Slice bytecode) {
    JSStringRef url = JSStringCreateWithUTF8CString("check");
    Value function = provider_evaluate(realm, text, bytecode, url, NULL);
    JSStringRelease(url);
    if (!function) return NULL;
    return realm_call(realm, (Object)function, NULL, 1, (Value[]){value_int(40)}, NULL);
}

/* A script whose text is another than the bytecode's: the answer shows what the engine went by. */
static bool bytecode_works(Realm *realm) {
    const ScriptText compiled = {"(function (a) { return ((b) => a + b)(2); })", 44, true},
                     shown = {"(function (a) { return ((b) => a + b)(3); })", 44, true};
    Bytes bytes = {0};
    if (!provider_compile(realm, compiled, &bytes)) return false;
    Bytes outdated = {0};
    bytes_append(&outdated, bytes.data, bytes.len);
    memset(outdated.data, 0, sizeof(uint32_t)); /* the version */
    return call_with_40(realm, shown, bytes_slice(&bytes)) == value_int(42) &&
           call_with_40(realm, shown, bytes_slice(&outdated)) != value_int(42);
    /* The bytes belong to the engine now, until it ends. */
}

static bool file_make(Realm *realm, Bytes *out) {
    FileHead head;
    if (!head_make(&head)) return false;
    FileEntry *entries = mem_new(builtin_count * sizeof *entries);
    bytes_append(out, &head, sizeof head);
    bytes_append(out, entries, builtin_count * sizeof *entries);
    for (size_t i = 0; i < builtin_count; i++) {
        static const char zeros[ALIGNMENT];
        bytes_append(out, zeros, -out->len % ALIGNMENT);
        size_t at = out->len;
        if (provider_compile(realm, builtin_text(&builtins[i]), out))
            entries[i] = (FileEntry){at, out->len - at};
    }
    head.size = out->len;
    memcpy(out->data, &head, sizeof head);
    memcpy(out->data + sizeof head, entries, builtin_count * sizeof *entries);
    mem_free(entries);
    return true;
}

bool bytecode_write(Realm *realm, const char *path) {
    Bytes file = {0};
    if (!providers_open(realm) || !bytecode_works(realm) || !file_make(realm, &file))
        fputs("galley: not the engine that docs/dependencies.md names: lib/ will be parsed at every start\n",
              stderr);
    FILE *to = fopen(path, "wb");
    bool done = to && fwrite(file.data, 1, file.len, to) == file.len;
    if (to && fclose(to)) done = false;
    if (!done) perror(path);
    bytes_free(&file);
    return done;
}
