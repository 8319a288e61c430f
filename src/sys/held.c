#include "sys/held.h"

#include "base/bytes.h"
#include "base/mem.h"

#include <fcntl.h>
#include <stdlib.h>

#define VARIABLE "GALLEY_HELD"

void held_announce(const Held *items, size_t count) {
    Bytes text = {0};
    for (size_t i = 0; i < count; i++)
        bytes_printf(&text, "%s%u:%d", i ? "," : "", items[i].number, items[i].fd);
    if (text.len)
        setenv(VARIABLE, text.data, 1);
    else
        held_announce_none();
    bytes_free(&text);
}

void held_announce_none(void) {
    unsetenv(VARIABLE);
}

/* One "number:fd", and where the text goes on. NULL if it is none. */
static const char *item_read(const char *text, Held *item) {
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    if (end == text || *end != ':') return NULL;
    const char *second = end + 1;
    long fd = strtol(second, &end, 10);
    if (end == second || fd < 3 || fcntl((int)fd, F_GETFD) < 0) return NULL;
    *item = (Held){(unsigned)number, (int)fd};
    return *end == ',' ? end + 1 : end;
}

size_t held_receive(Held **items) {
    const char *text = getenv(VARIABLE);
    size_t count = 0;
    *items = NULL;
    while (text && *text) {
        Held item;
        text = item_read(text, &item);
        if (!text) break;
        fcntl(item.fd, F_SETFD, FD_CLOEXEC);
        *items = mem_resize(*items, (count + 1) * sizeof **items);
        (*items)[count++] = item;
    }
    held_announce_none();
    return count;
}
