/* Only segments that nobody could write to are let go of: what the linker has put right in the others would
 * be lost. After a trim of everything pages come singly, not with all their neighbours that happen to be
 * cached. */
#include "sys/image.h"

#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static bool was_changed(const struct dl_phdr_info *object, const ElfW(Phdr) * dynamic) {
    for (const ElfW(Dyn) *entry = (void *)(object->dlpi_addr + dynamic->p_vaddr); entry->d_tag != DT_NULL;
         entry++)
        if (entry->d_tag == DT_TEXTREL || (entry->d_tag == DT_FLAGS && entry->d_un.d_val & DF_TEXTREL))
            return true;
    return false;
}

static bool may_trim(const struct dl_phdr_info *object) {
    char first = object->dlpi_name[0];
    if (first && first != '/') return false; /* the kernel's own */
    for (int i = 0; i < object->dlpi_phnum; i++)
        if (object->dlpi_phdr[i].p_type == PT_DYNAMIC && was_changed(object, &object->dlpi_phdr[i]))
            return false;
    return true;
}

static int trim_object(struct dl_phdr_info *object, size_t size, void *only_code) {
    if (!may_trim(object)) return 0;
    uintptr_t mask = -(uintptr_t)sysconf(_SC_PAGESIZE);
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &object->dlpi_phdr[i];
        if (segment->p_type != PT_LOAD || segment->p_flags & PF_W) continue;
        if (only_code && !(segment->p_flags & PF_X)) continue;
        uintptr_t start = (object->dlpi_addr + segment->p_vaddr) & mask;
        size_t len = object->dlpi_addr + segment->p_vaddr + segment->p_filesz - start;
        if (!only_code) madvise((void *)start, len, MADV_RANDOM);
        madvise((void *)start, len, MADV_DONTNEED);
    }
    return 0;
}

void image_trim(void) {
    dl_iterate_phdr(trim_object, NULL);
}

void image_trim_code(void) {
    static bool only_code = true;
    dl_iterate_phdr(trim_object, &only_code);
}
