/* What of a keeper outlives it: copies of its listening sockets, channels and pipes lie with the root, so
 * that the keeper that comes after it, should it die, finds the app as it was and nobody has noticed. The
 * same descriptors go to a new program that takes this one's place. */
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "keeper/internal.h"
#include "sys/held.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    Link link;
    Held held; /* the descriptor is somebody else's here */
} Holding;

static void copy_arrived(void *data, int error) {
    close((int)(intptr_t)data);
}

static void send_copy(Keeper *keeper, Held held) {
    if (!keeper->vault) return;
    int copy = fcntl(held.fd, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) return;
    char text[64];
    int len = snprintf(text, sizeof text, "{\"cmd\":\"NODE_HANDLE\",\"hold\":%u}", held.number);
    if (channel_send_handle(keeper->vault, (Slice){text, (size_t)len}, copy, copy_arrived,
                            (void *)(intptr_t)copy) < 0)
        close(copy);
}

static void tell_vault(Keeper *keeper, const char *what, unsigned number) {
    char text[64];
    int len = snprintf(text, sizeof text, "{\"%s\":%u}", what, number);
    if (keeper->vault) channel_send(keeper->vault, (Slice){text, (size_t)len}, NULL, NULL);
}

static void hold_as(Keeper *keeper, Held held) {
    Holding *holding = NEW(Holding);
    holding->held = held;
    list_append(&keeper->holdings, &holding->link);
    send_copy(keeper, held);
}

unsigned hold(Keeper *keeper, int fd) {
    Held held = {++keeper->last_number, fd};
    hold_as(keeper, held);
    return held.number;
}

void let_go(Keeper *keeper, unsigned number) {
    LIST_EACH(&keeper->holdings, Holding, link, holding) {
        if (holding->held.number != number) continue;
        link_remove(&holding->link);
        mem_free(holding);
        tell_vault(keeper, "drop", number);
    }
}

size_t holdings_list(const Keeper *keeper, Held **items) {
    size_t count = 0;
    *items = NULL;
    LIST_EACH(&keeper->holdings, Holding, link, holding) {
        *items = mem_resize(*items, (count + 1) * sizeof **items);
        (*items)[count++] = holding->held;
    }
    return count;
}

void holdings_free(Keeper *keeper) {
    LIST_EACH(&keeper->holdings, Holding, link, holding) mem_free(holding);
    list_init(&keeper->holdings);
    if (keeper->vault) channel_free(keeper->vault);
    keeper->vault = NULL;
}

static void ignore_message(void *owner, Slice payload, int fd) {
    if (fd >= 0) close(fd);
}

static void vault_gone(void *owner, int error) {
    Keeper *keeper = owner;
    channel_free(keeper->vault);
    keeper->vault = NULL;
}

static const ChannelEvents vault_events = {.message = ignore_message, .closed = vault_gone};

void holdings_lodge(Keeper *keeper, int fd) {
    if (keeper->vault) channel_free(keeper->vault);
    keeper->vault = channel_open(keeper->loop, fd, CHANNEL_JSON, &vault_events, keeper);
    if (!keeper->vault) {
        close(fd);
        return;
    }
    channel_read_start(keeper->vault);
    LIST_EACH(&keeper->holdings, Holding, link, holding) send_copy(keeper, holding->held);
    tell_vault(keeper, "complete", 1);
}

void legacy_open(Keeper *keeper) {
    if (!keeper->options.foreground) keeper->legacy_count = held_receive(&keeper->legacy);
}

int legacy_take(Keeper *keeper, unsigned number) {
    for (size_t i = 0; i < keeper->legacy_count; i++) {
        if (!number || keeper->legacy[i].number != number) continue;
        int fd = keeper->legacy[i].fd;
        keeper->legacy[i].number = 0;
        if (number >= HELD_FIRST) hold_as(keeper, (Held){number, fd});
        return fd;
    }
    return -1;
}

void legacy_close(Keeper *keeper) {
    for (size_t i = 0; i < keeper->legacy_count; i++)
        if (keeper->legacy[i].number) close(keeper->legacy[i].fd);
    free(keeper->legacy);
    keeper->legacy = NULL;
    keeper->legacy_count = 0;
}
