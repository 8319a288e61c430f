#include "engine/engine_id.h"

#include "engine/jsc.h"

#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

#define HEAD_SIZE 4096 /* of a library: its notes come first */

static bool note_is_id(const ElfW(Nhdr) * note) {
    return note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && memcmp(note + 1, "GNU", 4) == 0 &&
           note->n_descsz <= sizeof(EngineId);
}

static bool notes_search(const char *at, size_t len, EngineId *id) {
    const char *end = at + len;
    while (at + sizeof(ElfW(Nhdr)) <= end) {
        const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)at;
        const char *body = at + sizeof *note + ((note->n_namesz + 3u) & ~3u);
        at = body + ((note->n_descsz + 3u) & ~3u);
        if (at > end || at < body) return false;
        if (!note_is_id(note)) continue;
        *id = (EngineId){{0}};
        memcpy(id->bytes, body, note->n_descsz);
        return true;
    }
    return false;
}

static bool is_within(const struct dl_phdr_info *library, uintptr_t address) {
    for (size_t i = 0; i < library->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &library->dlpi_phdr[i];
        if (part->p_type == PT_LOAD && address - (library->dlpi_addr + part->p_vaddr) < part->p_memsz)
            return true;
    }
    return false;
}

typedef struct {
    EngineId *id;
    bool found;
} Search;

static int library_search(struct dl_phdr_info *library, size_t size, void *data) {
    Search *search = data;
    if (!is_within(library, (uintptr_t)JSContextGroupCreate)) return 0;
    for (size_t i = 0; i < library->dlpi_phnum && !search->found; i++) {
        const ElfW(Phdr) *part = &library->dlpi_phdr[i];
        const char *notes = (const char *)(library->dlpi_addr + part->p_vaddr);
        if (part->p_type == PT_NOTE) search->found = notes_search(notes, part->p_memsz, search->id);
    }
    return 1;
}

bool engine_id_loaded(EngineId *id) {
    Search search = {id, false};
    dl_iterate_phdr(library_search, &search);
    return search.found;
}

static bool head_search(const char *head, size_t len, EngineId *id) {
    const ElfW(Ehdr) *elf = (const ElfW(Ehdr) *)head;
    if (len < sizeof *elf || memcmp(elf->e_ident, ELFMAG, SELFMAG) != 0) return false;
    if (elf->e_phoff > len || elf->e_phnum > (len - elf->e_phoff) / sizeof(ElfW(Phdr))) return false;
    const ElfW(Phdr) *parts = (const ElfW(Phdr) *)(head + elf->e_phoff);
    for (size_t i = 0; i < elf->e_phnum; i++) {
        if (parts[i].p_type != PT_NOTE || parts[i].p_offset > len ||
            parts[i].p_filesz > len - parts[i].p_offset)
            continue;
        if (notes_search(head + parts[i].p_offset, parts[i].p_filesz, id)) return true;
    }
    return false;
}

bool engine_id_of_file(const char *path, EngineId *id) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    _Alignas(16) char head[HEAD_SIZE];
    ssize_t len = pread(fd, head, sizeof head, 0);
    close(fd);
    return len > 0 && head_search(head, (size_t)len, id);
}
