/* What the root can be asked: one table of requests. Most are passed on to the keeper that they name. */
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "manager/internal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Lives as long as its wire or a request of it that is under way. */
typedef struct Client {
    Link link;
    Root *root;
    Wire *wire; /* NULL: it hung up */
    int uses;
} Client;

typedef struct {
    Client *client;
    json_t *id;
    json_t *entries;
    size_t missing;
} Gathering;

static void client_release(Client *client) {
    if (--client->uses == 0) mem_free(client);
}

static void reply(Client *client, json_t *id, json_t *answer) {
    json_object_set(answer, "id", id);
    if (client->wire)
        wire_send(client->wire, answer);
    else
        json_decref(answer);
}

static void reply_error(Client *client, json_t *request, const char *text) {
    json_t *answer = json_object();
    json_set_str(answer, "error", text);
    reply(client, json_object_get(request, "id"), answer);
}

typedef struct {
    Client *client;
    json_t *id;
} Passed;

static void passed_done(void *owner, Ward *ward, json_t *answer) {
    Passed *passed = owner;
    json_t *copy = json_copy(answer);
    json_set_str(copy, "key", ward->key);
    reply(passed->client, passed->id, copy);
    json_decref(passed->id);
    client_release(passed->client);
    mem_free(passed);
}

static void pass_on(Client *client, json_t *id, Ward *ward, json_t *request) {
    Passed *passed = NEW(Passed);
    *passed = (Passed){client, json_incref(id)};
    client->uses++;
    ward_ask(ward, request, passed_done, passed);
}

static void do_ping(Client *client, json_t *request) {
    reply(client, json_object_get(request, "id"),
          json_pack("{sbsssi}", "ok", 1, "version", GALLEY_VERSION, "pid", (int)getpid()));
}

static int id_compare(const void *left, const void *right) {
    long long a = json_int(*(json_t *const *)left, "pm_id", 0),
              b = json_int(*(json_t *const *)right, "pm_id", 0);
    return (a > b) - (a < b);
}

/* Keepers answer in any order. */
static json_t *in_order(json_t *entries) {
    size_t count = json_array_size(entries);
    json_t **items = mem_new((count + 1) * sizeof *items), *sorted = json_array();
    for (size_t i = 0; i < count; i++)
        items[i] = json_array_get(entries, i);
    qsort(items, count, sizeof *items, id_compare);
    for (size_t i = 0; i < count; i++)
        json_array_append(sorted, items[i]);
    mem_free(items);
    json_decref(entries);
    return sorted;
}

static void gathering_done(Gathering *gathering) {
    reply(gathering->client, gathering->id, json_pack("{so}", "workers", in_order(gathering->entries)));
    json_decref(gathering->id);
    client_release(gathering->client);
    mem_free(gathering);
}

static void status_came(void *owner, Ward *ward, json_t *answer) {
    Gathering *gathering = owner;
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(answer, "workers"), i, entry) {
        json_set_str(entry, "key", ward->key);
        json_array_append(gathering->entries, entry);
    }
    if (--gathering->missing == 0) gathering_done(gathering);
}

static Gathering *gathering_new(Client *client, json_t *request) {
    Gathering *gathering = NEW(Gathering);
    *gathering = (Gathering){client, json_incref(json_object_get(request, "id")), json_array(), 1};
    client->uses++;
    return gathering;
}

static void do_list(Client *client, json_t *request) {
    Gathering *gathering = gathering_new(client, request);
    LIST_EACH(&client->root->wards, Ward, link, ward) {
        gathering->missing++;
        ward_ask(ward, json_pack("{sssb}", "do", "status", "whole", json_flag(request, "whole", false)),
                 status_came, gathering);
    }
    if (--gathering->missing == 0) gathering_done(gathering);
}

static void do_ask(Client *client, json_t *request) {
    const char *key = json_str(request, "key");
    Ward *ward = key ? ward_find(client->root, key) : NULL;
    json_t *inner = json_object_get(request, "request");
    if (!ward || !json_is_object(inner))
        reply_error(client, request, "there is no such app");
    else
        pass_on(client, json_object_get(request, "id"), ward, json_incref(inner));
}

static void do_add(Client *client, json_t *request) {
    char *error = NULL;
    Ward *ward = ward_add(client->root, json_object_get(request, "config"), &error);
    if (ward)
        pass_on(client, json_object_get(request, "id"), ward, json_pack("{ss}", "do", "settle"));
    else
        reply_error(client, request, error);
    mem_free(error);
}

static void do_quit(Client *client, json_t *request) {
    Root *root = client->root;
    json_decref(root->quit_id);
    root->quit_client = client;
    root->quit_id = json_incref(json_object_get(request, "id"));
    root_quit(root);
}

/* All keepers become this program; answered when each has said whether it can. */
static void became(void *owner, Ward *ward, json_t *answer) {
    Gathering *gathering = owner;
    const char *error = json_str(answer, "error");
    json_t *entry = json_object();
    json_set_str(entry, "key", ward->key);
    json_set_str(entry, "error", error);
    json_array_append_new(gathering->entries, entry);
    if (--gathering->missing == 0) gathering_done(gathering);
}

static void do_update(Client *client, json_t *request) {
    Gathering *gathering = gathering_new(client, request);
    const char *program = json_str(request, "program");
    LIST_EACH(&client->root->wards, Ward, link, ward) {
        gathering->missing++;
        ward_ask(ward, json_pack("{ssss}", "do", "become", "program", program ? program : ""), became,
                 gathering);
    }
    if (--gathering->missing == 0) gathering_done(gathering);
}

static void do_leave(Client *client, json_t *request) {
    reply(client, json_object_get(request, "id"), json_pack("{sb}", "ok", 1));
    root_leave(client->root);
}

static const struct {
    const char *name;
    void (*run)(Client *client, json_t *request);
} table[] = {
    {"ping",   do_ping  },
    {"list",   do_list  },
    {"ask",    do_ask   },
    {"add",    do_add   },
    {"quit",   do_quit  },
    {"leave",  do_leave },
    {"update", do_update},
};

static void request_came(void *owner, Wire *wire, json_t *request) {
    Client *client = owner;
    const char *name = json_str(request, "do");
    if (client->root->quitting) {
        reply_error(client, request, "the manager is stopping");
        return;
    }
    for (size_t i = 0; name && i < COUNT_OF(table); i++) {
        if (strcmp(table[i].name, name) != 0) continue;
        table[i].run(client, request);
        return;
    }
    reply_error(client, request,
                "the manager does not know this request; is it of another version? Try `galley update`");
}

static void client_lost(void *owner, Wire *wire) {
    Client *client = owner;
    if (client->root->quit_client == client) client->root->quit_client = NULL;
    client->wire = NULL;
    link_remove(&client->link);
    client_release(client);
}

static const WireEvents client_events = {.message = request_came, .closed = client_lost};

void clients_open(Root *root, int fd) {
    Client *client = NEW(Client);
    *client = (Client){.root = root, .uses = 1};
    client->wire = wire_open(&root->loop, fd, &client_events, client);
    if (client->wire)
        list_append(&root->clients, &client->link);
    else
        mem_free(client);
}

void clients_close(Root *root) {
    if (root->quit_client) reply(root->quit_client, root->quit_id, json_pack("{sb}", "ok", 1));
    json_decref(root->quit_id);
    root->quit_id = NULL;
    LIST_EACH(&root->clients, Client, link, client) {
        wire_finish(client->wire);
        client->wire = NULL;
        link_remove(&client->link);
        client_release(client);
    }
}
