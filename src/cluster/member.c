#include "cluster/member.h"

#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"
#include "cluster/message.h"
#include "cluster/turns.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Servers of the same name are told apart, and matched with those of other workers, by their number. */
typedef struct {
    unsigned next;
    unsigned open;
} Name;

struct ClusterMember {
    uv_loop_t *loop;
    Channel *channel;
    const ClusterMemberEvents *events;
    void *owner;
    unsigned long seq;
    Board board;
    int slot;
    Map names;
    List servers;
    void (*left)(void *data);
    void *left_data;
    unsigned long leave_seq;
};

struct ClusterServer {
    Link link;
    ClusterMember *member;
    const ClusterServerEvents *events;
    void *owner;
    char *name;
    char *key;
    unsigned long query_seq; /* 0: answered */
    Turns *turns;            /* NULL: dealt, or not ours */
    bool is_paused;
    bool is_unref;
};

static int member_send(ClusterMember *member, Bytes *payload) {
    int result = channel_send(member->channel, bytes_slice(payload), NULL, NULL);
    bytes_free(payload);
    return result < 0 ? result : 0;
}

static void on_taken(void *owner, int fd) {
    ClusterServer *server = owner;
    server->events->connection(server->owner, fd);
}

static bool on_turn(void *owner) {
    ClusterServer *server = owner;
    if (server->events->wants(server->owner)) return true;
    /* The others have not been woken for this connection. */
    Bytes payload = {0};
    cluster_message_begin(&payload, false);
    bytes_append_str(&payload, ",\"act\":\"pass\",\"key\":");
    cluster_json_append_string(&payload, server->key);
    bytes_printf(&payload, ",\"seq\":%lu}", server->member->seq++);
    member_send(server->member, &payload);
    return false;
}

static ClusterServer *server_by_key(ClusterMember *member, const char *key) {
    LIST_EACH(&member->servers, ClusterServer, link, server) {
        if (key && server->key && strcmp(server->key, key) == 0) return server;
    }
    return NULL;
}

static int turns_begin(ClusterServer *server, int fd) {
    ClusterMember *member = server->member;
    Board *board = member->slot >= 0 ? &member->board : NULL;
    server->turns = turns_open(member->loop, fd, board, (unsigned)member->slot, on_taken, server);
    if (!server->turns) {
        close(fd);
        return -EBADF;
    }
    if (server->events->wants) turns_set_wants(server->turns, on_turn);
    if (server->is_unref) turns_unref(server->turns);
    if (server->is_paused) turns_pause(server->turns, true);
    return 0;
}

static void on_answer(ClusterServer *server, const json_t *message, int fd) {
    int error = (int)cluster_message_number(message, "errno", 0);
    server->query_seq = 0;
    const char *key = cluster_message_text(message, "key");
    server->key = key ? mem_strdup(key) : NULL;
    if (!error && fd >= 0 && json_is_true(json_object_get(message, "turns"))) {
        error = turns_begin(server, fd);
        fd = -1;
    }
    const json_t *sockname_value = json_object_get(message, "sockname");
    char *sockname = sockname_value ? cluster_json_text(sockname_value) : NULL;
    char *data = cluster_json_text(json_object_get(message, "data"));
    ClusterOpened how = {.key = server->key, .sockname = sockname, .data = data, .fd = fd};
    server->events->opened(server->owner, error, &how);
    mem_free(sockname);
    mem_free(data);
}

static void on_connection(ClusterMember *member, const json_t *message, int fd) {
    ClusterServer *server = server_by_key(member, cluster_message_text(message, "key"));
    bool accepted = server && fd >= 0 && !server->is_paused &&
                    (!server->events->wants || server->events->wants(server->owner));
    Bytes payload = {0};
    cluster_message_begin(&payload, false);
    bytes_printf(&payload, ",\"ack\":%ld,\"accepted\":%s,\"seq\":%lu}",
                 cluster_message_number(message, "seq", 0), accepted ? "true" : "false", member->seq++);
    member_send(member, &payload);
    if (!accepted) {
        if (fd >= 0) close(fd);
        return;
    }
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0) fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    server->events->connection(server->owner, fd);
}

static void on_board(ClusterMember *member, const json_t *message, int fd) {
    long slot = cluster_message_number(message, "slot", -1);
    bool is_ours = member->slot < 0 && slot >= 0 && slot < BOARD_SLOTS;
    if (!is_ours)
        close(fd);
    else if (board_join(&member->board, fd) == 0)
        member->slot = (int)slot;
}

static void on_left(ClusterMember *member) {
    void (*left)(void *data) = member->left;
    member->left = NULL;
    if (left) left(member->left_data);
}

/* Takes fd. */
static void on_ack(ClusterMember *member, unsigned long ack, const json_t *message, int fd) {
    if (member->left && ack == member->leave_seq)
        on_left(member);
    else {
        LIST_EACH(&member->servers, ClusterServer, link, server) {
            if (server->query_seq != ack + 1) continue;
            on_answer(server, message, fd);
            return;
        }
    }
    if (fd >= 0) close(fd);
}

static bool on_message(void *data, Slice payload, int fd) {
    ClusterMember *member = data;
    json_t *message = cluster_message_read(payload);
    if (!message) return false;
    const json_t *ack = json_object_get(message, "ack");
    const char *act = cluster_message_text(message, "act");
    if (json_is_number(ack)) {
        on_ack(member, (unsigned long)cluster_message_number(message, "ack", -1), message, fd);
    } else if (act && strcmp(act, "newconn") == 0) {
        on_connection(member, message, fd);
    } else if (act && strcmp(act, "board") == 0 && fd >= 0) {
        on_board(member, message, fd);
    } else {
        if (fd >= 0) close(fd);
        if (act && strcmp(act, "turn") == 0) {
            LIST_EACH(&member->servers, ClusterServer, link, server) {
                if (server->turns) turns_nudge(server->turns);
            }
        } else if (act && strcmp(act, "disconnect") == 0) {
            member->events->disconnect(member->owner);
        }
    }
    json_decref(message);
    return true;
}

ClusterMember *cluster_member_new(uv_loop_t *loop, Channel *channel, const ClusterMemberEvents *events,
                                  void *owner) {
    ClusterMember *member = NEW(ClusterMember);
    *member = (ClusterMember){
        .loop = loop, .channel = channel, .events = events, .owner = owner, .board = {.fd = -1}, .slot = -1};
    list_init(&member->servers);
    channel_set_filter(channel, on_message, member);
    Bytes payload = {0};
    cluster_message_begin(&payload, false);
    bytes_printf(&payload, ",\"act\":\"online\",\"seq\":%lu}", member->seq++);
    member_send(member, &payload);
    return member;
}

void cluster_member_free(ClusterMember *member) {
    channel_set_filter(member->channel, NULL, NULL);
    MAP_EACH(&member->names, entry) mem_free(entry->value);
    map_free(&member->names);
    board_close(&member->board);
    mem_free(member);
}

void cluster_member_leave(ClusterMember *member, void (*done)(void *data), void *data) {
    Bytes payload = {0};
    cluster_message_begin(&payload, false);
    member->left = done;
    member->left_data = data;
    member->leave_seq = member->seq++;
    bytes_printf(&payload, ",\"act\":\"exitedAfterDisconnect\",\"seq\":%lu}", member->leave_seq);
    if (member_send(member, &payload) < 0) on_left(member);
}

void cluster_member_lost(ClusterMember *member) {
    on_left(member);
    LIST_EACH(&member->servers, ClusterServer, link, server) {
        if (!server->query_seq) continue;
        server->query_seq = 0;
        server->events->opened(server->owner, -EPIPE, &(ClusterOpened){.fd = -1, .data = "null"});
    }
}

static unsigned name_number(ClusterMember *member, const char *text) {
    Name *name = map_get(&member->names, text);
    if (!name) {
        name = NEW(Name);
        map_set(&member->names, text, name);
    }
    name->open++;
    return name->next++;
}

static void name_release(ClusterMember *member, const char *text) {
    Name *name = map_get(&member->names, text);
    if (name && --name->open == 0) mem_free(map_remove(&member->names, text));
}

static char *query_name(const ClusterSocketQuery *query) {
    return mem_printf("%s:%d:%s:%d", query->address ? query->address : "null", query->port,
                      query->address_type ? query->address_type : "4", query->fd);
}

/* 4, 6 and -1 are numbers in Node's messages, "udp4" and "udp6" strings. */
static void address_type_append(Bytes *out, const char *type) {
    bytes_append_str(out, ",\"addressType\":");
    if (!type || strcmp(type, "null") == 0)
        bytes_append_str(out, "null");
    else if (strncmp(type, "udp", 3) == 0)
        cluster_json_append_string(out, type);
    else
        bytes_append_str(out, type);
}

static void address_append(Bytes *out, const char *address, int port, const char *address_type, int fd) {
    bytes_append_str(out, ",\"address\":");
    cluster_json_append_string(out, address);
    bytes_printf(out, ",\"port\":%d", port);
    address_type_append(out, address_type);
    if (fd >= 0) bytes_printf(out, ",\"fd\":%d", fd);
}

ClusterServer *cluster_server_open(ClusterMember *member, const ClusterSocketQuery *query, const char *data,
                                   const ClusterServerEvents *events, void *owner) {
    if (!channel_is_open(member->channel)) return NULL;
    ClusterServer *server = NEW(ClusterServer);
    *server = (ClusterServer){.member = member, .events = events, .owner = owner, .name = query_name(query)};
    list_init(&server->link);
    list_append(&member->servers, &server->link);
    unsigned long seq = member->seq++;
    server->query_seq = seq + 1;
    Bytes payload = {0};
    cluster_message_begin(&payload, false);
    bytes_printf(&payload, ",\"act\":\"queryServer\",\"index\":%u,\"data\":%s",
                 name_number(member, server->name), data);
    address_append(&payload, query->address, query->port, query->address_type, query->fd);
    bytes_printf(&payload, ",\"backlog\":%d,\"flags\":%u", query->backlog, query->flags);
    if (query->readable_all) bytes_append_str(&payload, ",\"readableAll\":true");
    if (query->writable_all) bytes_append_str(&payload, ",\"writableAll\":true");
    bytes_printf(&payload, ",\"turns\":true,\"seq\":%lu}", seq);
    member_send(member, &payload);
    return server;
}

void cluster_server_listening(ClusterServer *server, const char *address, int port, const char *address_type,
                              int fd) {
    Bytes payload = {0};
    cluster_message_begin(&payload, false);
    bytes_append_str(&payload, ",\"act\":\"listening\"");
    address_append(&payload, address, port, address_type, fd);
    bytes_printf(&payload, ",\"seq\":%lu}", server->member->seq++);
    member_send(server->member, &payload);
}

void cluster_server_pause(ClusterServer *server, bool paused) {
    server->is_paused = paused;
    if (server->turns) turns_pause(server->turns, paused);
}

void cluster_server_ref(ClusterServer *server) {
    server->is_unref = false;
    if (server->turns) turns_ref(server->turns);
}

void cluster_server_unref(ClusterServer *server) {
    server->is_unref = true;
    if (server->turns) turns_unref(server->turns);
}

void cluster_server_close(ClusterServer *server) {
    ClusterMember *member = server->member;
    link_remove(&server->link);
    if (server->turns) turns_close(server->turns);
    if (server->key) {
        Bytes payload = {0};
        cluster_message_begin(&payload, false);
        bytes_append_str(&payload, ",\"act\":\"close\",\"key\":");
        cluster_json_append_string(&payload, server->key);
        bytes_printf(&payload, ",\"seq\":%lu}", member->seq++);
        member_send(member, &payload);
    }
    name_release(member, server->name);
    mem_free(server->name);
    mem_free(server->key);
    mem_free(server);
}
