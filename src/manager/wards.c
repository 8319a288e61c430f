/* The root's side of each keeper: finding one that lives, starting one that does not, and asking it
 * things. A keeper that goes away without its app's folder is done; with it, it is started again. */
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "keeper/app.h"
#include "manager/internal.h"
#include "sys/held.h"
#include "sys/procfs.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RETRY_MS 3
#define RETRY_MOST_MS 2000
#define FAILURES_BEARABLE 4

static bool app_exists(const Root *root, const char *key) {
    char *path = home_app_path(&root->home, key, APP_FILE);
    bool exists = access(path, F_OK) == 0;
    mem_free(path);
    return exists;
}

static void call_finish(Call *call, json_t *answer) {
    link_remove(&call->link);
    call->done(call->owner, call->ward, answer);
    json_decref(call->request);
    mem_free(call);
}

static void ward_freed(uv_handle_t *handle) {
    Ward *ward = handle->data;
    Root *root = ward->root;
    mem_free(ward->key);
    mem_free(ward);
    root_ward_gone(root);
}

static void ward_remove(Ward *ward) {
    if (ward->removed) return;
    ward->removed = true;
    ward->ready = false;
    link_remove(&ward->link);
    LIST_EACH(&ward->calls, Call, link, call) {
        json_t *answer = json_pack("{ss}", "error", "the app is gone");
        call_finish(call, answer);
        json_decref(answer);
    }
    if (ward->wire) wire_close(ward->wire);
    vault_free(ward->vault);
    if (ward->process) process_free(ward->process);
    uv_close((uv_handle_t *)&ward->retry, ward_freed);
}

static void send_call(Ward *ward, Call *call) {
    json_t *message = json_copy(call->request);
    json_object_set_new(message, "id", json_integer(call->id));
    call->sent = true;
    wire_send(ward->wire, message);
}

static void on_message(void *owner, Wire *wire, json_t *message) {
    Ward *ward = owner;
    if (!ward->ready) {
        ward->ready = true;
        ward->failures = 0;
        LIST_EACH(&ward->calls, Call, link, call) send_call(ward, call);
        return;
    }
    long long id = json_int(message, "id", 0);
    LIST_EACH(&ward->calls, Call, link, call) {
        if (call->id != id || !call->sent) continue;
        call_finish(call, message);
        return;
    }
}

static void retry(uv_timer_t *timer) {
    ward_connect(timer->data);
}

static void retry_later(Ward *ward) {
    uint64_t ms = RETRY_MS;
    for (unsigned i = 0; i < ward->failures && ms < RETRY_MOST_MS; i++)
        ms *= 2;
    uv_timer_start(&ward->retry, retry, ms, 0);
}

static void on_closed(void *owner, Wire *wire) {
    Ward *ward = owner;
    bool was_ready = ward->ready;
    ward->wire = NULL;
    ward->ready = false;
    if (!app_exists(ward->root, ward->key)) {
        /* A child, or a keeper in this process, is waited for. */
        if (!ward->process && !ward->keeper) ward_remove(ward);
        return;
    }
    if (was_ready && !ward->root->quitting) log_line("The keeper of %s is gone; starting another", ward->key);
    LIST_EACH(&ward->calls, Call, link, call) {
        if (!call->sent) continue;
        json_t *answer = json_pack("{ss}", "error", "its keeper ended before it was done");
        call_finish(call, answer);
        json_decref(answer);
    }
    ward_connect(ward);
}

static const WireEvents ward_events = {.message = on_message, .closed = on_closed};

/* A keeper that does not start: who waits for it hears so, and a root that is to end does not wait for it. */
static void give_up_for_now(Ward *ward) {
    LIST_EACH(&ward->calls, Call, link, call) {
        json_t *answer = json_pack("{ss}", "error", "its keeper does not start; the manager's log says why");
        call_finish(call, answer);
        json_decref(answer);
    }
    if (!ward->root->quitting) return;
    char *folder = home_app_path(&ward->root->home, ward->key, NULL);
    folder_remove(folder);
    mem_free(folder);
}

static void keeper_exited(void *owner, int status, int signal) {
    Ward *ward = owner;
    process_free(ward->process);
    ward->process = NULL;
    if (!app_exists(ward->root, ward->key)) {
        if (!ward->wire) ward_remove(ward);
        return;
    }
    if (status != KEEPER_EXIT_TAKEN) ward->failures++;
    if (ward->failures >= FAILURES_BEARABLE) give_up_for_now(ward);
    if (!ward->wire) retry_later(ward);
}

static void keeper_ended(void *owner, Keeper *keeper) {
    Ward *ward = owner;
    Root *root = ward->root;
    root->exit_code = keeper_exit_code(keeper);
    keeper_free(keeper);
    ward->keeper = NULL;
    ward_remove(ward);
}

static void keeper_begin_here(Ward *ward) {
    char *error = NULL;
    KeeperOptions options = {
        .foreground = true, .raw = ward->root->options.raw, .ended = keeper_ended, .owner = ward};
    ward->keeper = keeper_open(&ward->root->loop, &ward->root->home, ward->key, options, &error);
    if (ward->keeper) return;
    log_line("App [%s] cannot be kept: %s", ward->key, error);
    mem_free(error);
    ward->failures++;
}

static void keeper_spawn(Ward *ward) {
    Root *root = ward->root;
    char *args[] = {
        "galley-keeper", "@keeper", root->home.path, ward->key, root->home.is_pm2 ? "pm2" : "galley", NULL};
    int *fds;
    size_t count = vault_announce(ward->vault, &fds);
    ProcessOptions options = {
        .file = "/proc/self/exe", .args = args, .fds = fds, .fd_count = count, .detached = true};
    int error = process_spawn(&root->loop, &options, keeper_exited, ward, &ward->process);
    held_announce_none();
    mem_free(fds);
    if (!error) return;
    log_line("Cannot start a keeper for %s: %s", ward->key, strerror(-error));
    ward->process = NULL;
    ward->failures++;
}

void ward_connect(Ward *ward) {
    Root *root = ward->root;
    if (ward->removed || ward->wire || root->leaving) return;
    char *folder = home_app_path(&root->home, ward->key, NULL);
    int fd = wire_connect(folder, KEEPER_SOCKET);
    if (fd >= 0) ward->wire = wire_open(&root->loop, fd, &ward_events, ward);
    if (ward->wire && !root->options.foreground)
        vault_connect(ward->vault, &root->loop, wire_connect(folder, KEEPER_SOCKET));
    mem_free(folder);
    if (ward->wire) {
        wire_send(ward->wire, json_pack("{sssbsi}", "do", "hello", "root", 1, "id", 0));
        return;
    }
    if (!app_exists(root, ward->key)) {
        ward_remove(ward);
        return;
    }
    if (root->options.foreground) {
        if (!ward->keeper) keeper_begin_here(ward);
    } else if (!ward->process) {
        keeper_spawn(ward);
    }
    retry_later(ward);
}

Ward *ward_new(Root *root, const char *key) {
    Ward *ward = NEW(Ward);
    *ward = (Ward){.root = root, .key = mem_strdup(key), .vault = vault_new()};
    list_init(&ward->calls);
    uv_timer_init(&root->loop, &ward->retry);
    ward->retry.data = ward;
    list_append(&root->wards, &ward->link);
    return ward;
}

Ward *ward_find(Root *root, const char *key) {
    LIST_EACH(&root->wards, Ward, link, ward) {
        if (strcmp(ward->key, key) == 0) return ward;
    }
    return NULL;
}

void ward_ask(Ward *ward, json_t *request, CallDone done, void *owner) {
    Call *call = NEW(Call);
    *call =
        (Call){.ward = ward, .id = ++ward->root->last_call, .request = request, .done = done, .owner = owner};
    list_append(&ward->calls, &call->link);
    if (ward->ready) send_call(ward, call);
}

static char *free_key(Root *root, const char *name) {
    char *plain = app_key_for_name(name);
    char *key = mem_strdup(plain);
    for (unsigned n = 2;; n++) {
        char *folder = home_app_path(&root->home, key, NULL);
        bool taken = ward_find(root, key) || access(folder, F_OK) == 0;
        mem_free(folder);
        if (!taken) break;
        mem_free(key);
        key = mem_printf("%s~%u", plain, n);
    }
    mem_free(plain);
    return key;
}

/* Here and not in the keepers, so that apps that are added together have ids in their order. */
static void give_ids(const Root *root, App *app) {
    if (json_object_get(app->config, "saved_ids")) return;
    long long count = app->instances_auto ? 1 : app_instances_resolve(app->instances);
    json_t *ids = json_array();
    for (long long i = 0; i < count; i++)
        json_array_append_new(ids, json_integer(home_next_id(&root->home)));
    json_object_set_new(app->config, "saved_ids", ids);
}

Ward *ward_add(Root *root, json_t *config, char **error) {
    App *app = app_new(config, error);
    if (!app) return NULL;
    give_ids(root, app);
    char *key = free_key(root, app->name);
    char *folder = home_app_path(&root->home, key, NULL);
    char *path = home_app_path(&root->home, key, APP_FILE);
    Bytes text = {0};
    json_append_to(&text, app->config, JSON_COMPACT);
    int failure = mkdir(folder, 0700) < 0 ? errno : file_replace(path, text.data, text.len, 0600);
    if (failure) *error = mem_printf("cannot write %s: %s", path, strerror(failure));
    Ward *ward = failure ? NULL : ward_new(root, key);
    if (ward) ward_connect(ward);
    bytes_free(&text);
    mem_free(path);
    mem_free(folder);
    mem_free(key);
    app_free(app);
    return ward;
}

/* After the machine was off, what ran before it does not run by itself: `resurrect` is for that. */
static bool is_of_another_boot(const Root *root, const char *key) {
    char *path = home_app_path(&root->home, key, STATE_FILE);
    char boot[40];
    Bytes text = {0};
    boot_id_read(boot);
    json_t *state =
        file_read(path, 64 << 20, &text) == 0 && text.len ? json_loadb(text.data, text.len, 0, NULL) : NULL;
    const char *saved = json_str(state, "boot");
    bool is_other = saved && strcmp(saved, boot) != 0;
    json_decref(state);
    bytes_free(&text);
    mem_free(path);
    return is_other;
}

void wards_load(Root *root) {
    char *path = home_path(&root->home, "apps");
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (entry->d_name[0] == '.') continue;
        if (app_exists(root, entry->d_name) && !is_of_another_boot(root, entry->d_name)) {
            ward_connect(ward_new(root, entry->d_name));
            continue;
        }
        char *folder = home_app_path(&root->home, entry->d_name, NULL);
        folder_remove(folder);
        mem_free(folder);
    }
    if (dir) closedir(dir);
    if (list_is_empty(&root->wards)) home_reset_ids(&root->home);
    mem_free(path);
}

void wards_drop(Root *root) {
    LIST_EACH(&root->wards, Ward, link, ward) ward_remove(ward);
}
