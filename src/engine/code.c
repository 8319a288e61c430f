/* Starting runs through much code that is not run again, and what is mapped counts as the process's memory.
 */
#include "engine/inside.h"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

/* Of files that nobody has written to: what is run again is mapped again. */
static int code_put_away(struct dl_phdr_info *object, size_t size, void *data) {
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (size_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_LOAD || (part->p_flags & (PF_R | PF_W | PF_X)) != (PF_R | PF_X)) continue;
        uintptr_t start = (object->dlpi_addr + part->p_vaddr) & -page;
        madvise((void *)start, object->dlpi_addr + part->p_vaddr + part->p_memsz - start, MADV_DONTNEED);
    }
    return 0;
}

void engine_code_put_away(void) {
    dl_iterate_phdr(code_put_away, NULL);
}
