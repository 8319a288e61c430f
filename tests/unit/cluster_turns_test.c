/* Worker processes that share one listening socket, as Galley's workers do, and real clients. */
#include "cluster/turns.h"
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORKERS = 8 };

typedef struct {
    int listener;
    struct sockaddr_in at;
    Board board;
    pid_t pids[WORKERS];
    unsigned slots[WORKERS];
    _Atomic long *taken; /* by each, in memory that all see */
    long busy_us;        /* what a connection costs a worker */
    int stuck;           /* a worker that stops after its first connection; -1: none */
} Scene;

typedef struct {
    Scene *scene;
    int me;
} Worker;

static void on_taken(void *owner, int fd) {
    Worker *worker = owner;
    worker->scene->taken[worker->me]++;
    struct timespec from, now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    do
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    while ((now.tv_sec - from.tv_sec) * 1000000 + (now.tv_nsec - from.tv_nsec) / 1000 <
           worker->scene->busy_us);
    if (write(fd, "x", 1) != 1) abort();
    close(fd);
    if (worker->me == worker->scene->stuck) pause();
}

static void worker_start(Scene *scene, int me) {
    scene->slots[me] = (unsigned)board_slot_take(&scene->board);
    scene->pids[me] = fork();
    if (scene->pids[me]) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    uv_loop_t loop;
    uv_loop_init(&loop);
    Worker worker = {scene, me};
    turns_open(&loop, scene->listener, &scene->board, scene->slots[me], on_taken, &worker);
    uv_run(&loop, UV_RUN_DEFAULT);
    _exit(0);
}

static void scene_open(Scene *scene, long busy_us, int stuck) {
    *scene = (Scene){.busy_us = busy_us, .stuck = stuck};
    scene->at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    scene->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    socklen_t len = sizeof scene->at;
    assert_int_equal(bind(scene->listener, (struct sockaddr *)&scene->at, len), 0);
    assert_int_equal(listen(scene->listener, 511), 0);
    getsockname(scene->listener, (struct sockaddr *)&scene->at, &len);
    assert_int_equal(board_open(&scene->board), 0);
    scene->taken = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < WORKERS; i++)
        worker_start(scene, i);
    usleep(50000);
}

static void worker_kill(Scene *scene, int me) {
    kill(scene->pids[me], SIGKILL);
    waitpid(scene->pids[me], NULL, 0);
    board_slot_free(&scene->board, scene->slots[me]);
}

static void scene_close(Scene *scene) {
    for (int i = 0; i < WORKERS; i++)
        worker_kill(scene, i);
    board_close(&scene->board);
    close(scene->listener);
    munmap((void *)scene->taken, 4096);
}

static int client_open(const Scene *scene) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (const struct sockaddr *)&scene->at, sizeof scene->at) == 0) return fd;
    close(fd);
    return -1;
}

static bool client_is_answered(int fd, int timeout_ms) {
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    char c;
    return poll(&waiting, 1, timeout_ms) == 1 && read(fd, &c, 1) == 1;
}

/* `together` clients, each asking one thing after another; each process tells by its status. */
static void clients_run(const Scene *scene, int total, int together) {
    pid_t pids[64];
    for (int i = 0; i < together; i++) {
        pids[i] = fork();
        if (pids[i]) continue;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (int n = 0; n < total / together; n++) {
            int fd = client_open(scene);
            if (fd < 0 || !client_is_answered(fd, 20000)) _exit(1);
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0},
                       sizeof(struct linger)); /* no TIME_WAIT */
            close(fd);
        }
        _exit(0);
    }
    for (int i = 0; i < together; i++) {
        int status;
        waitpid(pids[i], &status, 0);
        assert_int_equal(status, 0);
    }
}

static void assert_spread_within(const Scene *scene, int total, int percent) {
    long share = total / WORKERS;
    for (int i = 0; i < WORKERS; i++)
        assert_in_range(scene->taken[i], share - share * percent / 100, share + share * percent / 100);
}

static void one_client_after_another_is_taken_in_exact_turn(void **state) {
    Scene scene;
    scene_open(&scene, 0, -1);
    clients_run(&scene, 800, 1);
    for (int i = 0; i < WORKERS; i++)
        assert_in_range(scene.taken[i], 99, 101);
    scene_close(&scene);
}

static void many_clients_with_little_work_are_spread_within_five_percent(void **state) {
    Scene scene;
    scene_open(&scene, 0, -1);
    clients_run(&scene, 8000, 32);
    assert_spread_within(&scene, 8000, 5);
    scene_close(&scene);
}

static void many_clients_with_heavy_work_are_spread_within_five_percent(void **state) {
    Scene scene;
    scene_open(&scene, 300, -1);
    clients_run(&scene, 8000, 32);
    assert_spread_within(&scene, 8000, 5);
    scene_close(&scene);
}

static void a_stuck_worker_delays_nobody(void **state) {
    Scene scene;
    scene_open(&scene, 0, 3);
    clients_run(&scene, 4000, 8);
    assert_int_equal(scene.taken[3], 1);
    scene_close(&scene);
}

static void connections_that_wait_outlive_every_worker(void **state) {
    Scene scene;
    scene_open(&scene, 0, -1);
    for (int i = 0; i < WORKERS; i++)
        kill(scene.pids[i], SIGSTOP);
    int clients[100];
    for (int i = 0; i < 100; i++) {
        clients[i] = client_open(&scene);
        assert_true(clients[i] >= 0);
    }
    for (int i = 0; i < WORKERS; i++) {
        worker_kill(&scene, i);
        worker_start(&scene, i);
    }
    for (int i = 0; i < 100; i++) {
        assert_true(client_is_answered(clients[i], 5000));
        close(clients[i]);
    }
    scene_close(&scene);
}

static void a_new_worker_gets_its_share_and_no_more(void **state) {
    Scene scene;
    scene_open(&scene, 0, -1);
    clients_run(&scene, 800, 1);
    worker_kill(&scene, 5);
    scene.taken[5] = 0;
    worker_start(&scene, 5);
    usleep(50000);
    clients_run(&scene, 800, 1);
    assert_in_range(scene.taken[5], 98, 102);
    assert_in_range(board_taken(&scene.board, scene.slots[5]), 98, 102);
    scene_close(&scene);
}

static void a_retired_worker_takes_at_most_the_one_it_was_woken_for(void **state) {
    Scene scene;
    scene_open(&scene, 0, -1);
    board_retire(&scene.board, scene.slots[2]);
    clients_run(&scene, 200, 1);
    clients_run(&scene, 2000, 8);
    assert_in_range(scene.taken[2], 0, 1);
    scene_close(&scene);
}

static void a_file_that_is_no_board_is_not_joined(void **state) {
    Board board;
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    assert_true(board_join(&board, fds[0]) < 0);
    assert_true(board_join(&board, fds[1]) < 0);
    int short_one = memfd_create("short", MFD_CLOEXEC);
    assert_true(board_join(&board, short_one) < 0);
    assert_int_equal(board_open(&board), 0);
    for (int i = 0; i < BOARD_SLOTS; i++)
        assert_int_equal(board_slot_take(&board), i);
    assert_int_equal(board_slot_take(&board), -1);
    board_slot_free(&board, 7);
    assert_int_equal(board_slot_take(&board), 7);
    board_close(&board);
}

UNIT_TESTS(cmocka_unit_test(one_client_after_another_is_taken_in_exact_turn),
           cmocka_unit_test(many_clients_with_little_work_are_spread_within_five_percent),
           cmocka_unit_test(many_clients_with_heavy_work_are_spread_within_five_percent),
           cmocka_unit_test(a_stuck_worker_delays_nobody),
           cmocka_unit_test(connections_that_wait_outlive_every_worker),
           cmocka_unit_test(a_new_worker_gets_its_share_and_no_more),
           cmocka_unit_test(a_retired_worker_takes_at_most_the_one_it_was_woken_for),
           cmocka_unit_test(a_file_that_is_no_board_is_not_joined))
