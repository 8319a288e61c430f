/* Where a keeper's descriptors survive it: the root keeps a copy of each that the keeper sends, and gives
 * them all to the keeper that it starts in its place. */
#include "base/json.h"
#include "base/mem.h"
#include "manager/internal.h"
#include "sys/channel.h"
#include "sys/held.h"

#include <unistd.h>

typedef struct {
    Link link;
    Held held;
    bool is_stale; /* of before the keeper began to tell what there is; forgotten once it has told all */
} Kept;

struct Vault {
    Channel *channel; /* NULL: no keeper is connected */
    List kept;
};

static void kept_free(Kept *kept) {
    link_remove(&kept->link);
    close(kept->held.fd);
    mem_free(kept);
}

static void drop(Vault *vault, unsigned number) {
    LIST_EACH(&vault->kept, Kept, link, kept) {
        if (kept->held.number == number) kept_free(kept);
    }
}

static void keep(Vault *vault, unsigned number, int fd) {
    drop(vault, number);
    Kept *kept = NEW(Kept);
    kept->held = (Held){number, fd};
    list_append(&vault->kept, &kept->link);
}

static void drop_stale(Vault *vault) {
    LIST_EACH(&vault->kept, Kept, link, kept) {
        if (kept->is_stale) kept_free(kept);
    }
}

static void on_message(void *owner, Slice payload, int fd) {
    Vault *vault = owner;
    json_t *message = json_loadb(payload.data, payload.len, 0, NULL);
    if (fd >= 0)
        keep(vault, (unsigned)json_int(message, "hold", 0), fd);
    else if (json_object_get(message, "drop"))
        drop(vault, (unsigned)json_int(message, "drop", 0));
    else if (json_object_get(message, "complete"))
        drop_stale(vault);
    json_decref(message);
}

static void on_closed(void *owner, int error) {
    Vault *vault = owner;
    channel_free(vault->channel);
    vault->channel = NULL;
}

static const ChannelEvents events = {.message = on_message, .closed = on_closed};

Vault *vault_new(void) {
    Vault *vault = NEW(Vault);
    list_init(&vault->kept);
    return vault;
}

void vault_free(Vault *vault) {
    if (vault->channel) channel_free(vault->channel);
    LIST_EACH(&vault->kept, Kept, link, kept) kept_free(kept);
    mem_free(vault);
}

void vault_connect(Vault *vault, uv_loop_t *loop, int fd) {
    if (fd < 0) return;
    if (vault->channel) channel_free(vault->channel);
    json_t *request = json_pack("{sssi}", "do", "vault", "id", 0);
    vault->channel =
        wire_write_blocking(fd, request) ? channel_open(loop, fd, CHANNEL_JSON, &events, vault) : NULL;
    json_decref(request);
    if (!vault->channel) {
        close(fd);
        return;
    }
    LIST_EACH(&vault->kept, Kept, link, kept) kept->is_stale = true;
    channel_read_start(vault->channel);
}

size_t vault_announce(const Vault *vault, int **fds) {
    enum { FIRST = 3 };
    size_t count = 0;
    *fds = mem_new(FIRST * sizeof **fds);
    Held *items = NULL;
    (*fds)[0] = (*fds)[1] = -1;
    (*fds)[2] = STDERR_FILENO;
    LIST_EACH(&vault->kept, Kept, link, kept) {
        items = mem_resize(items, (count + 1) * sizeof *items);
        *fds = mem_resize(*fds, (count + FIRST + 1) * sizeof **fds);
        items[count] = (Held){kept->held.number, (int)count + FIRST};
        (*fds)[FIRST + count++] = kept->held.fd;
    }
    held_announce(items, count);
    mem_free(items);
    return count + FIRST;
}
