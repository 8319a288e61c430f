/* A primary on its way into another process: its sockets and who uses them, as JSON beside the descriptors.
 * What is in a primary's hands at the very moment (a connection that is being dealt) is not part of it. */
#include "base/json.h"
#include "base/mem.h"
#include "cluster/inside.h"

#include <unistd.h>

/* Answers are told from each other by their numbers, which go on well above those that may be under way. */
enum { SEQ_GAP = 1 << 20 };

static void set_text(json_t *object, const char *name, const char *text) {
    if (text) json_set_str(object, name, text);
}

static json_t *listener_save(const Listener *listener) {
    json_t *saved =
        json_pack("{sIsisisb}", "number", (json_int_t)listener->number, "kind", (int)listener->kind, "policy",
                  (int)listener->policy, "listens", (int)listener->is_listening);
    set_text(saved, "key", listener->key);
    set_text(saved, "path", listener->path);
    set_text(saved, "data", listener->data);
    return saved;
}

json_t *cluster_primary_save(const ClusterPrimary *primary) {
    json_t *listeners = json_array();
    LIST_EACH(&primary->listeners, Listener, link, listener)
    json_array_append_new(listeners, listener_save(listener));
    return json_pack("{sosI}", "listeners", listeners, "board", (json_int_t)primary->board_number);
}

static void listener_restore(ClusterPrimary *primary, const json_t *saved, int fd) {
    const char *data = json_str(saved, "data");
    Listener *listener = listener_new(primary, json_str(saved, "key"), json_str(saved, "path"), fd);
    listener->number = (unsigned)json_int(saved, "number", 0);
    listener->kind = (ClusterSocketKind)json_int(saved, "kind", CLUSTER_STREAM);
    listener->policy = (ClusterPolicy)json_int(saved, "policy", CLUSTER_ROUND_ROBIN);
    listener->is_listening = json_flag(saved, "listens", true);
    listener->data = data ? mem_strdup(data) : NULL;
}

void cluster_primary_restore(ClusterPrimary *primary, const json_t *saved,
                             int (*take)(void *owner, unsigned number)) {
    unsigned board = (unsigned)json_int(saved, "board", 0);
    int board_fd = board ? take(primary->owner, board) : -1;
    if (board_fd >= 0 && board_join(&primary->board, board_fd) == 0) primary->board_number = board;
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(saved, "listeners"), i, entry) {
        if (!json_str(entry, "key")) continue;
        int fd = take(primary->owner, (unsigned)json_int(entry, "number", 0));
        if (fd >= 0) listener_restore(primary, entry, fd);
    }
}

json_t *cluster_worker_save(const ClusterWorker *worker) {
    json_t *uses = json_array();
    LIST_EACH(&worker->uses, Use, of_worker, use)
    json_array_append_new(uses, json_pack("{sssi}", "key", use->listener->key, "kind", (int)use->kind));
    return json_pack("{sIsIsIsisbsbsbsbso}", "id", (json_int_t)worker->id, "seq", (json_int_t)worker->seq,
                     "dealt", (json_int_t)worker->dealt, "slot", worker->slot, "asked",
                     (int)worker->has_asked, "leaving", (int)worker->is_leaving, "retired",
                     (int)worker->is_retired, "bun", (int)worker->is_bun, "uses", uses);
}

static void use_restore(ClusterWorker *worker, const json_t *saved) {
    const char *key = json_str(saved, "key");
    Listener *listener = key ? listener_find(worker->primary, key) : NULL;
    if (listener) use_new(listener, worker, (UseKind)json_int(saved, "kind", USE_DEALT));
}

ClusterWorker *cluster_worker_restore(ClusterPrimary *primary, const json_t *saved, Channel *channel,
                                      void *data) {
    ClusterWorker *worker = cluster_worker_new(primary, (unsigned)json_int(saved, "id", 0), channel, data);
    worker->seq = (unsigned long)json_int(saved, "seq", 0) + SEQ_GAP;
    worker->dealt = (unsigned long)json_int(saved, "dealt", 0);
    long long slot = primary->board.fd < 0 ? -1 : json_int(saved, "slot", -1);
    worker->slot = slot < BOARD_SLOTS ? (int)slot : -1;
    worker->has_asked = json_flag(saved, "asked", true);
    worker->is_leaving = json_flag(saved, "leaving", false);
    worker->is_retired = json_flag(saved, "retired", false);
    worker->is_bun = json_flag(saved, "bun", false);
    size_t i;
    json_t *use;
    json_array_foreach(json_object_get(saved, "uses"), i, use) use_restore(worker, use);
    return worker;
}

static bool slot_is_taken(const ClusterPrimary *primary, int slot) {
    LIST_EACH(&primary->workers, ClusterWorker, link, worker) {
        if (worker->slot == slot) return true;
    }
    return false;
}

void cluster_primary_restored(ClusterPrimary *primary) {
    if (primary->board.fd < 0) return;
    for (int slot = 0; slot < BOARD_SLOTS; slot++)
        if (!slot_is_taken(primary, slot)) board_slot_free(&primary->board, (unsigned)slot);
}

void cluster_primary_pause(ClusterPrimary *primary) {
    primary->is_paused = true;
    LIST_EACH(&primary->listeners, Listener, link, listener) deal_stop(listener);
}

void cluster_primary_resume(ClusterPrimary *primary) {
    primary->is_paused = false;
    deal_resume(primary);
}

bool cluster_primary_is_quiet(const ClusterPrimary *primary) {
    if (cluster_primary_has_waiting(primary)) return false;
    LIST_EACH(&primary->workers, ClusterWorker, link, worker) {
        if (worker->handing || worker->queued) return false;
    }
    return true;
}
