/* What a keeper can be asked over its socket: one table of requests. An answer that depends on workers
 * (started? stopped?) is given when they have come to rest. */
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "keeper/internal.h"

#include <string.h>

typedef struct {
    Link link;
    Wire *wire;
    Keeper *keeper;
    bool is_root, listens;
} Client;

typedef struct {
    Link link;
    Client *client;
    json_t *request_id;
    json_t *ids; /* NULL: all */
    bool is_reload, is_removal;
    bool is_succession; /* answered by it */
} Job;

static void client_lost(void *owner, Wire *wire) {
    Client *client = owner;
    Keeper *keeper = client->keeper;
    LIST_EACH(&keeper->jobs, Job, link, job) {
        if (job->client == client) job->client = NULL;
    }
    link_remove(&client->link);
    if (client->is_root) keeper_root_lost(keeper);
    mem_free(client);
}

static void reply(Client *client, json_t *request_id, json_t *answer) {
    json_object_set(answer, "id", request_id);
    wire_send(client->wire, answer);
}

static void reply_ok(Client *client, json_t *request) {
    reply(client, json_object_get(request, "id"), json_pack("{sb}", "ok", 1));
}

static void reply_error(Client *client, json_t *request, const char *text) {
    json_t *answer = json_object();
    json_set_str(answer, "error", text);
    reply(client, json_object_get(request, "id"), answer);
}

static bool is_chosen(const json_t *ids, const Worker *worker) {
    if (!json_is_array(ids)) return true;
    for (size_t i = 0; i < json_array_size(ids); i++)
        if (json_integer_value(json_array_get(ids, i)) == worker->id) return true;
    return false;
}

static bool job_is_done(const Keeper *keeper, const Job *job) {
    if (!list_is_empty(&keeper->leftovers) || !keeper->begun) return false;
    /* When the last one is removed the keeper ends, and that is the moment to say so. */
    if (job->is_removal && list_is_empty(&keeper->workers)) return false;
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        if (!is_chosen(job->ids, worker)) continue;
        if (job->is_removal || !worker_is_settled(worker)) return false;
    }
    return true;
}

static json_t *job_answer(Keeper *keeper, const Job *job) {
    json_t *workers = json_array(), *failed = json_array();
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        if (!is_chosen(job->ids, worker)) continue;
        json_array_append_new(
            workers, json_pack("{sIss}", "id", (json_int_t)worker->id, "status", worker_status(worker)));
        if (job->is_reload ? worker->reload_failed : worker->problem != NULL)
            json_array_append_new(failed, worker->problem
                                              ? json_text(worker->problem)
                                              : json_text("the new process did not come up; the old one "
                                                          "keeps serving"));
    }
    return json_pack("{sbsoso}", "ok", 1, "workers", workers, "failed", failed);
}

static void job_free(Job *job) {
    link_remove(&job->link);
    json_decref(job->request_id);
    json_decref(job->ids);
    mem_free(job);
}

void requests_check(Keeper *keeper) {
    LIST_EACH(&keeper->jobs, Job, link, job) {
        if (job->is_succession || !job_is_done(keeper, job)) continue;
        if (job->client) reply(job->client, job->request_id, job_answer(keeper, job));
        job_free(job);
    }
}

bool requests_wait(const Keeper *keeper) {
    LIST_EACH(&keeper->jobs, Job, link, job) {
        if (!job->is_succession) return true;
    }
    return false;
}

static Job *job_new(Client *client, json_t *request) {
    Job *job = NEW(Job);
    *job = (Job){.client = client,
                 .request_id = json_incref(json_object_get(request, "id")),
                 .ids = json_incref(json_object_get(request, "ids"))};
    list_append(&client->keeper->jobs, &job->link);
    return job;
}

static void answer_when_settled(Client *client, json_t *request, bool is_reload) {
    job_new(client, request)->is_reload = is_reload;
    keeper_check(client->keeper);
}

static void tell_chosen(Keeper *keeper, json_t *request, WorkerEvent event) {
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        if (is_chosen(json_object_get(request, "ids"), worker)) worker_handle(worker, event);
    }
}

static bool take_env(Keeper *keeper, json_t *request) {
    json_t *env = json_object_get(request, "env");
    if (!json_is_object(env)) return true;
    json_object_update(keeper->app->env, env);
    return config_save(keeper) == 0;
}

static void do_hello(Client *client, json_t *request) {
    client->is_root = json_flag(request, "root", false);
    client->listens = json_flag(request, "listen", false);
    reply_ok(client, request);
}

static void do_status(Client *client, json_t *request) {
    reply(client, json_object_get(request, "id"),
          json_pack("{so}", "workers", keeper_status(client->keeper, json_flag(request, "whole", false))));
}

static void do_start(Client *client, json_t *request) {
    take_env(client->keeper, request);
    tell_chosen(client->keeper, request, EVENT_START);
    answer_when_settled(client, request, false);
}

static void do_stop(Client *client, json_t *request) {
    tell_chosen(client->keeper, request, EVENT_STOP);
    answer_when_settled(client, request, false);
}

static bool take_config(Client *client, json_t *request) {
    json_t *config = json_object_get(request, "config");
    char *error = NULL;
    if (!json_is_object(config) || keeper_set_config(client->keeper, config, &error)) return true;
    reply_error(client, request, error);
    mem_free(error);
    return false;
}

/* A declaration may come with another number of workers. */
static void fit_count(Keeper *keeper, json_t *request) {
    if (!json_is_object(json_object_get(request, "config")) || keeper->app->instances_auto) return;
    long long count = app_instances_resolve(keeper->app->instances);
    if ((size_t)count != keeper_count(keeper)) keeper_scale(keeper, count);
}

static void do_restart(Client *client, json_t *request) {
    if (!take_config(client, request)) return;
    reload_settle(client->keeper);
    take_env(client->keeper, request);
    tell_chosen(client->keeper, request, EVENT_RESTART);
    fit_count(client->keeper, request);
    answer_when_settled(client, request, false);
}

static void do_reload(Client *client, json_t *request) {
    Keeper *keeper = client->keeper;
    reload_settle(keeper);
    if (!take_config(client, request)) return;
    take_env(keeper, request);
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        if (is_chosen(json_object_get(request, "ids"), worker)) worker->wants_reload = true;
    }
    if (json_int(request, "parallel", 0) > 0) keeper->app->parallel = json_int(request, "parallel", 1);
    reload_begin(keeper);
    fit_count(keeper, request);
    answer_when_settled(client, request, true);
}

static void do_scale(Client *client, json_t *request) {
    long long count = json_int(request, "to", 0);
    if (count < 1 || count > 10000) {
        reply_error(client, request, "the number of workers must be between 1 and 10000");
        return;
    }
    keeper_scale(client->keeper, count);
    answer_when_settled(client, request, false);
}

static void do_delete(Client *client, json_t *request) {
    Keeper *keeper = client->keeper;
    job_new(client, request)->is_removal = true;
    LIST_EACH(&keeper->workers, Worker, link, worker) {
        if (is_chosen(json_object_get(request, "ids"), worker)) keeper_remove(worker);
    }
    keeper_check(keeper);
}

static void do_settle(Client *client, json_t *request) {
    answer_when_settled(client, request, false);
}

static void do_quit(Client *client, json_t *request) {
    reply_ok(client, request);
    client->keeper->forgetting = json_flag(request, "forget", false);
    keeper_quit(client->keeper);
}

static void do_signal(Client *client, json_t *request) {
    int signal = signal_parse(json_str(request, "signal") ? json_str(request, "signal") : "");
    if (!signal) {
        reply_error(client, request, "there is no such signal");
        return;
    }
    LIST_EACH(&client->keeper->workers, Worker, link, worker) {
        if (is_chosen(json_object_get(request, "ids"), worker) && worker->run)
            run_signal(worker->run, signal);
    }
    reply_ok(client, request);
}

static void do_reset(Client *client, json_t *request) {
    LIST_EACH(&client->keeper->workers, Worker, link, worker) {
        if (!is_chosen(json_object_get(request, "ids"), worker)) continue;
        worker->restarts = worker->unstable_restarts = 0;
        worker->created_at = worker->online_since ? worker->online_since : worker->created_at;
    }
    state_save(client->keeper);
    reply_ok(client, request);
}

static void do_flush(Client *client, json_t *request) {
    output_flush(client->keeper);
    reply_ok(client, request);
}

static void do_reopen(Client *client, json_t *request) {
    output_reopen(client->keeper);
    reply_ok(client, request);
}

static void do_send(Client *client, json_t *request) {
    Worker *worker = keeper_worker(client->keeper, json_int(request, "worker", -1));
    if (!worker || !worker->run || !worker->run->channel) {
        reply_error(client, request, "the process has no message channel");
        return;
    }
    Bytes text = {0};
    json_append_to(&text, json_object_get(request, "data"), JSON_COMPACT);
    channel_send(worker->run->channel, bytes_slice(&text), NULL, NULL);
    bytes_free(&text);
    reply_ok(client, request);
}

static void do_type(Client *client, json_t *request) {
    Worker *worker = keeper_worker(client->keeper, json_int(request, "worker", -1));
    const char *text = json_str(request, "text");
    if (worker && worker->run && text && run_type(worker->run, slice_from_str(text)))
        reply_ok(client, request);
    else
        reply_error(client, request, "the process does not read what is typed");
}

/* The root will take in what must outlive us, over this connection. */
static void do_vault(Client *client, json_t *request) {
    Keeper *keeper = client->keeper;
    int fd = wire_detach(client->wire);
    link_remove(&client->link);
    mem_free(client);
    if (fd >= 0) holdings_lodge(keeper, fd);
}

static void succession_leaves(void *owner) {
    Job *job = owner;
    if (job->client) reply(job->client, job->request_id, json_pack("{sb}", "ok", 1));
}

static void succession_failed(void *owner, const char *why) {
    Job *job = owner;
    json_t *answer = json_object();
    json_set_str(answer, "error", why);
    if (job->client)
        reply(job->client, job->request_id, answer);
    else
        json_decref(answer);
    job_free(job);
}

static void do_become(Client *client, json_t *request) {
    const char *program = json_str(request, "program");
    Job *job = job_new(client, request);
    job->is_succession = true;
    succession_begin(client->keeper, program ? program : "", succession_leaves, succession_failed, job);
}

static const struct {
    const char *name;
    void (*run)(Client *client, json_t *request);
} table[] = {
    {"hello",   do_hello  },
    {"status",  do_status },
    {"start",   do_start  },
    {"stop",    do_stop   },
    {"restart", do_restart},
    {"reload",  do_reload },
    {"scale",   do_scale  },
    {"delete",  do_delete },
    {"quit",    do_quit   },
    {"signal",  do_signal },
    {"settle",  do_settle },
    {"reset",   do_reset  },
    {"flush",   do_flush  },
    {"reopen",  do_reopen },
    {"send",    do_send   },
    {"type",    do_type   },
    {"vault",   do_vault  },
    {"become",  do_become },
};

static void request_came(void *owner, Wire *wire, json_t *request) {
    Client *client = owner;
    const char *name = json_str(request, "do");
    for (size_t i = 0; name && i < COUNT_OF(table); i++) {
        if (strcmp(table[i].name, name) != 0) continue;
        table[i].run(client, request);
        return;
    }
    reply_error(client, request, "the keeper does not know this request");
}

static const WireEvents client_events = {.message = request_came, .closed = client_lost};

void requests_open(Keeper *keeper, int fd) {
    Client *client = NEW(Client);
    *client = (Client){.keeper = keeper};
    client->wire = wire_open(keeper->loop, fd, &client_events, client);
    if (client->wire)
        list_append(&keeper->clients, &client->link);
    else
        mem_free(client);
}

bool requests_have_root(const Keeper *keeper) {
    LIST_EACH(&keeper->clients, Client, link, client) {
        if (client->is_root) return true;
    }
    return false;
}

void keeper_tell(Keeper *keeper, json_t *event) {
    LIST_EACH(&keeper->clients, Client, link, client) {
        if (client->listens) wire_send(client->wire, json_incref(event));
    }
    json_decref(event);
}

void worker_announce(const Worker *worker, const char *kind, const char *what, json_t *data) {
    const Keeper *keeper = worker->keeper;
    bool is_heard = false;
    LIST_EACH(&keeper->clients, Client, link, client) is_heard |= client->listens;
    if (!is_heard) return;
    json_t *event = json_pack("{sssIssss}", "event", kind, "id", (json_int_t)worker->id, "name",
                              keeper->app->name, "namespace", keeper->app->namespace);
    json_set_str(event, "what", what);
    if (data) json_object_set(event, "data", data);
    keeper_tell(worker->keeper, event);
}

void requests_close(Keeper *keeper) {
    LIST_EACH(&keeper->jobs, Job, link, job) {
        if (job->client) reply(job->client, job->request_id, job_answer(keeper, job));
        job_free(job);
    }
    LIST_EACH(&keeper->clients, Client, link, client) {
        wire_finish(client->wire);
        link_remove(&client->link);
        mem_free(client);
    }
}
