/* Broadcast names: a list of members under one lock, for few members and rare joins. */
#include "sys/broadcast.h"

#include <string.h>

struct Broadcasts {
    uv_mutex_t lock;
    List members;
};

struct BroadcastMember {
    Link link;
    Broadcasts *all;
    char *name;
    PortEnd end; /* where others put what they say */
};

Broadcasts *broadcasts_new(void) {
    Broadcasts *all = NEW(Broadcasts);
    uv_mutex_init(&all->lock);
    list_init(&all->members);
    return all;
}

void broadcasts_free(Broadcasts *all) {
    uv_mutex_destroy(&all->lock);
    mem_free(all);
}

BroadcastMember *broadcast_join(Broadcasts *all, const char *name, PortEnd *end) {
    PortEnd ends[2];
    channel_new(ends);
    BroadcastMember *member = NEW(BroadcastMember);
    member->all = all;
    member->name = mem_strdup(name);
    member->end = ends[0];
    *end = ends[1];
    uv_mutex_lock(&all->lock);
    list_append(&all->members, &member->link);
    uv_mutex_unlock(&all->lock);
    return member;
}

void broadcast_leave(BroadcastMember *member) {
    uv_mutex_lock(&member->all->lock);
    link_remove(&member->link);
    uv_mutex_unlock(&member->all->lock);
    port_close(member->end);
    mem_free(member->name);
    mem_free(member);
}

void broadcast_say(BroadcastMember *member, Message *(*make)(void *data), void *data) {
    Broadcasts *all = member->all;
    uv_mutex_lock(&all->lock);
    LIST_EACH(&all->members, BroadcastMember, link, other) {
        if (other != member && strcmp(other->name, member->name) == 0) {
            Message *message = make(data);
            if (message) port_post(other->end, message);
        }
    }
    uv_mutex_unlock(&all->lock);
}

bool broadcast_tell(Broadcasts *all, const char *name, Message *(*make)(void *data), void *data) {
    bool told = false, found = false;
    uv_mutex_lock(&all->lock);
    LIST_EACH(&all->members, BroadcastMember, link, member) {
        if (found || strcmp(member->name, name) != 0) continue;
        found = true;
        Message *message = make(data);
        told = message && port_post(member->end, message);
    }
    uv_mutex_unlock(&all->lock);
    return told;
}

bool broadcast_has(Broadcasts *all, const char *name) {
    bool has = false;
    uv_mutex_lock(&all->lock);
    LIST_EACH(&all->members, BroadcastMember, link, member)
    has |= strcmp(member->name, name) == 0;
    uv_mutex_unlock(&all->lock);
    return has;
}
