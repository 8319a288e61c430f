/* A primary without JavaScript leads unmodified workers of the real Node, if there is one on this machine. */
#include "base/mem.h"
#include "cluster/primary.h"
#include "sys/process.h"
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WORKERS = 2, CONNECTIONS = 60 };

typedef struct Scene Scene;

typedef struct {
    Scene *scene;
    Process *process;
    Channel *channel;
    ClusterWorker *worker;
    bool online, listening, exited;
    int exit_status, exit_signal;
    unsigned served;
} Worker;

struct Scene {
    uv_loop_t loop;
    uv_timer_t deadline;
    ClusterPrimary *primary;
    Worker workers[WORKERS];
    int port;
    char path[64]; /* of the program */
    bool late;
};

static const char program[] =
    "const net = require('net'), cluster = require('cluster');"
    "net.createServer((c) => { c.end(String(cluster.worker.id)); })"
    ".listen(Number(process.env.PORT), '127.0.0.1', () => process.send({port: 1}));";

static void on_online(void *owner, ClusterWorker *worker) {
    ((Worker *)cluster_worker_data(worker))->online = true;
}
static void on_listening(void *owner, ClusterWorker *worker, const ClusterAddress *where) {
    Worker *mine = cluster_worker_data(worker);
    mine->listening = true;
    mine->scene->port = where->port;
}
static const ClusterEvents primary_events = {.online = on_online, .listening = on_listening};

static void on_message(void *owner, Slice payload, int fd) {}
static void on_closed(void *owner, int error) {
    Worker *worker = owner;
    cluster_worker_free(worker->worker);
    channel_free(worker->channel);
    worker->worker = NULL;
    worker->channel = NULL;
}
static const ChannelEvents channel_events = {.message = on_message, .closed = on_closed};

static void on_exited(void *owner, int status, int signal) {
    Worker *worker = owner;
    worker->exited = true;
    worker->exit_status = status;
    worker->exit_signal = signal;
}

static void on_deadline(uv_timer_t *timer) {
    ((Scene *)timer->data)->late = true;
}

static void worker_start(Scene *scene, unsigned id) {
    Worker *worker = &scene->workers[id - 1];
    *worker = (Worker){.scene = scene};
    int fds[2];
    assert_int_equal(channel_pair(fds), 0);
    char id_text[32], port_text[32], path[4096];
    snprintf(id_text, sizeof id_text, "NODE_UNIQUE_ID=%u", id);
    snprintf(port_text, sizeof port_text, "PORT=%d", scene->port);
    snprintf(path, sizeof path, "PATH=%s", getenv("PATH"));
    char *env[] = {path, id_text, port_text, "NODE_CHANNEL_FD=3", "NODE_CHANNEL_SERIALIZATION_MODE=json",
                   NULL};
    char *args[] = {"node", scene->path, NULL};
    ProcessOptions options = {
        .file = "node",
        .args = args,
        .env = env,
        .fds = (int[]){-1, 1, 2, fds[1]},
        .fd_count = 4,
        .parent_death_signal = SIGKILL
    };
    assert_int_equal(process_spawn(&scene->loop, &options, on_exited, worker, &worker->process), 0);
    close(fds[1]);
    worker->channel = channel_open(&scene->loop, fds[0], CHANNEL_JSON, &channel_events, worker);
    worker->worker = cluster_worker_new(scene->primary, id, worker->channel, worker);
    channel_read_start(worker->channel);
}

static bool all_listen(const Scene *scene) {
    return scene->workers[0].listening && scene->workers[1].listening;
}
static bool all_are_gone(const Scene *scene) {
    for (int i = 0; i < WORKERS; i++)
        if (!scene->workers[i].exited || scene->workers[i].channel) return false;
    return true;
}

static void wait_for(Scene *scene, bool (*done)(const Scene *scene)) {
    uv_timer_start(&scene->deadline, on_deadline, 15000, 0);
    while (!done(scene) && !scene->late)
        uv_run(&scene->loop, UV_RUN_ONCE);
    assert_false(scene->late);
    uv_timer_stop(&scene->deadline);
}

static bool scene_open(Scene *scene, ClusterPolicy policy) {
    if (system("node --version >/dev/null 2>&1") != 0) return false;
    *scene = (Scene){0};
    strcpy(scene->path, "/tmp/galley-cluster-node-XXXXXX");
    int program_fd = mkstemp(scene->path);
    assert_int_equal(write(program_fd, program, sizeof program - 1), sizeof program - 1);
    close(program_fd);
    uv_loop_init(&scene->loop);
    uv_timer_init(&scene->loop, &scene->deadline);
    scene->deadline.data = scene;
    scene->primary = cluster_primary_new(
        &scene->loop, &(ClusterOptions){.policy = policy, .keep_listeners = true}, &primary_events, scene);
    /* A free port: the kernel's choice, taken again at once. */
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, len), 0);
    getsockname(fd, (struct sockaddr *)&at, &len);
    close(fd);
    scene->port = ntohs(at.sin_port);
    for (unsigned i = 1; i <= WORKERS; i++)
        worker_start(scene, i);
    wait_for(scene, all_listen);
    return true;
}

/* Which worker answered. */
static unsigned ask(Scene *scene) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)scene->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    char answer[16] = "";
    ssize_t len = -1;
    uv_timer_start(&scene->deadline, on_deadline, 15000, 0);
    while (len < 0 && !scene->late) {
        uv_run(&scene->loop, UV_RUN_NOWAIT);
        len = recv(fd, answer, sizeof answer - 1, MSG_DONTWAIT);
    }
    uv_timer_stop(&scene->deadline);
    assert_true(len > 0);
    close(fd);
    return (unsigned)atoi(answer);
}

static void scene_close(Scene *scene) {
    for (int i = 0; i < WORKERS; i++) {
        if (scene->workers[i].worker) cluster_worker_disconnect(scene->workers[i].worker);
    }
    wait_for(scene, all_are_gone);
    unlink(scene->path);
    for (int i = 0; i < WORKERS; i++)
        process_free(scene->workers[i].process);
    cluster_primary_free(scene->primary);
    uv_close((uv_handle_t *)&scene->deadline, NULL);
    uv_run(&scene->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&scene->loop), 0);
}

static void node_workers_get_connections_in_turn_and_leave_when_told(void **state) {
    Scene scene;
    if (!scene_open(&scene, CLUSTER_ROUND_ROBIN)) skip();
    unsigned served[WORKERS + 1] = {0};
    for (int i = 0; i < CONNECTIONS; i++)
        served[ask(&scene)]++;
    assert_int_equal(served[1], CONNECTIONS / 2);
    assert_int_equal(served[2], CONNECTIONS / 2);
    assert_true(scene.workers[0].online && scene.workers[1].online);
    scene_close(&scene);
    assert_int_equal(scene.workers[0].exit_status, 0);
    assert_int_equal(scene.workers[0].exit_signal, 0);
}

static void node_workers_accept_on_a_socket_they_share(void **state) {
    Scene scene;
    if (!scene_open(&scene, CLUSTER_SHARED)) skip();
    for (int i = 0; i < CONNECTIONS; i++)
        assert_in_range(ask(&scene), 1, WORKERS);
    scene_close(&scene);
    assert_int_equal(scene.workers[0].exit_status, 0);
}

static bool first_is_gone(const Scene *scene) {
    return scene->workers[0].exited && !scene->workers[0].channel;
}
static bool first_listens(const Scene *scene) {
    return scene->workers[0].listening;
}

static void a_killed_node_worker_is_replaced_and_nothing_is_refused(void **state) {
    Scene scene;
    if (!scene_open(&scene, CLUSTER_ROUND_ROBIN)) skip();
    process_kill(scene.workers[0].process, SIGKILL);
    for (int i = 0; i < 10; i++)
        assert_int_equal(ask(&scene), 2);
    wait_for(&scene, first_is_gone);
    assert_int_equal(scene.workers[0].exit_signal, SIGKILL);
    process_free(scene.workers[0].process);
    worker_start(&scene, 1);
    wait_for(&scene, first_listens);
    unsigned served[WORKERS + 1] = {0};
    for (int i = 0; i < 10; i++)
        served[ask(&scene)]++;
    assert_int_equal(served[1], 5);
    scene_close(&scene);
}

UNIT_TESTS(cmocka_unit_test(node_workers_get_connections_in_turn_and_leave_when_told),
           cmocka_unit_test(node_workers_accept_on_a_socket_they_share),
           cmocka_unit_test(a_killed_node_worker_is_replaced_and_nothing_is_refused))
