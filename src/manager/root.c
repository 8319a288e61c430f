/* The root process: from taking the lock to its end. */
#include "manager/root.h"

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "manager/internal.h"
#include "manager/scrape.h"
#include "sys/lock.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void close_handles(Root *root) {
    wire_server_close(root->server);
    root->server = NULL;
    scraping_close(root->scraping);
    root->scraping = NULL;
    clients_close(root);
    for (size_t i = 0; i < COUNT_OF(root->signals); i++)
        if (!uv_is_closing((uv_handle_t *)&root->signals[i]))
            uv_close((uv_handle_t *)&root->signals[i], NULL);
    if (!uv_is_closing((uv_handle_t *)&root->rest_timer)) uv_close((uv_handle_t *)&root->rest_timer, NULL);
}

void root_ward_gone(Root *root) {
    if (!list_is_empty(&root->wards)) return;
    if (!root->leaving) home_reset_ids(&root->home);
    if (root->quitting || root->options.foreground) close_handles(root);
}

static void ignore_answer(void *owner, Ward *ward, json_t *answer) {}

void root_quit(Root *root) {
    if (root->quitting) return;
    root->quitting = true;
    LIST_EACH(&root->wards, Ward, link, ward)
    ward_ask(ward, json_pack("{sssb}", "do", "quit", "forget", 1), ignore_answer, NULL);
    if (list_is_empty(&root->wards)) close_handles(root);
}

/* The keepers live on; a new root finds them. */
void root_leave(Root *root) {
    root->leaving = true;
    wards_drop(root);
    close_handles(root);
}

static void on_signal(uv_signal_t *handle, int signal) {
    Root *root = handle->data;
    root->asked_to_end = true;
    if (root->options.foreground)
        root_quit(root);
    else
        root_leave(root);
}

static void status_came(void *owner, Ward *ward, json_t *answer) {
    Root *root = owner;
    size_t i, resting = 0;
    json_t *entry, *workers = json_object_get(answer, "workers");
    json_array_foreach(workers, i, entry) {
        const char *status = json_string_value(json_object_get(json_object_get(entry, "pm2_env"), "status"));
        resting += status && (strcmp(status, "stopped") == 0 || strcmp(status, "errored") == 0);
    }
    if (resting == json_array_size(workers))
        ward_ask(ward, json_pack("{sssb}", "do", "quit", "forget", 1), ignore_answer, root);
}

/* As the first process of a container it inherits orphans. Its own children are waited for elsewhere and at
 * once, so one that is dead at two looks is nobody's. */
static void reap_orphan(Root *root) {
    siginfo_t dead = {0};
    if (getpid() != 1 || waitid(P_ALL, 0, &dead, WEXITED | WNOHANG | WNOWAIT) < 0) return;
    if (dead.si_pid && dead.si_pid == root->seen_dead) waitpid(dead.si_pid, NULL, WNOHANG);
    root->seen_dead = dead.si_pid;
}

static void look_whether_all_rest(uv_timer_t *timer) {
    Root *root = timer->data;
    reap_orphan(root);
    LIST_EACH(&root->wards, Ward, link, ward)
    ward_ask(ward, json_pack("{ss}", "do", "status"), status_came, root);
}

static void on_connection(void *owner, int fd) {
    clients_open(owner, fd);
}

static bool open_root(Root *root) {
    int error = 0;
    char *lock_path = home_path(&root->home, ROOT_LOCK);
    root->lock = lock_take(lock_path, false);
    mem_free(lock_path);
    if (root->lock < 0) {
        root->exit_code = root->lock == -EWOULDBLOCK ? ROOT_EXIT_TAKEN : EXIT_FAILURE;
        if (root->lock != -EWOULDBLOCK)
            log_line("Cannot lock %s: %s", root->home.path, strerror(-root->lock));
        return false;
    }
    root->server = wire_server_open(&root->loop, root->home.path, ROOT_SOCKET, on_connection, root, &error);
    if (root->server) return true;
    log_line("Cannot listen in %s: %s", root->home.path, strerror(error));
    root->exit_code = EXIT_FAILURE;
    return false;
}

static void change_pid_file(const Root *root, bool is_there) {
    char *path = home_path(&root->home, root->home.is_pm2 ? "pm2.pid" : "galley.pid");
    char *text = mem_printf("%d", (int)getpid());
    if (is_there)
        file_replace(path, text, strlen(text), 0600);
    else
        unlink(path);
    mem_free(text);
    mem_free(path);
}

static void run(Root *root) {
    const int numbers[] = {SIGTERM, SIGINT};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        uv_signal_init(&root->loop, &root->signals[i]);
        root->signals[i].data = root;
        uv_signal_start(&root->signals[i], on_signal, numbers[i]);
    }
    uv_timer_init(&root->loop, &root->rest_timer);
    root->rest_timer.data = root;
    if (root->options.foreground) uv_timer_start(&root->rest_timer, look_whether_all_rest, 500, 500);
    change_pid_file(root, true);
    wards_load(root);
    root->scraping = scraping_open(root);
    if (root->options.opened) root->options.opened(root->options.owner, root);
    uv_run(&root->loop, UV_RUN_DEFAULT);
    change_pid_file(root, false);
}

char *root_add(Root *root, json_t *config) {
    char *error = NULL;
    ward_add(root, config, &error);
    return error;
}

int root_run(const char *home_path, bool is_pm2, RootOptions options) {
    Root *root = NEW(Root);
    root->options = options;
    if (!options.foreground) prctl(PR_SET_NAME, "galley-root");
    signal(SIGPIPE, SIG_IGN);
    if (!options.foreground) process_files_raise();
    list_init(&root->wards);
    list_init(&root->clients);
    int exit_code = EXIT_FAILURE;
    if (home_open(&root->home, home_path, is_pm2) == 0 && uv_loop_init(&root->loop) == 0) {
        if (open_root(root)) run(root);
        exit_code = root->asked_to_end ? EXIT_SUCCESS : root->exit_code;
        if (root->lock >= 0) close(root->lock);
        uv_loop_close(&root->loop);
        home_close(&root->home);
    }
    mem_free(root);
    return exit_code;
}
