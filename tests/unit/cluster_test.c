/* A primary and its workers in one loop, each with its end of a real channel; clients are real sockets. */
#include "base/mem.h"
#include "cluster/member.h"
#include "cluster/message.h"
#include "cluster/primary.h"
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct Cluster Cluster;

typedef struct {
    Cluster *cluster;
    Channel *channel;
    ClusterMember *member;
    ClusterServer *server;
    /* The primary's view */
    Channel *lead;
    ClusterWorker *worker;
    int onlines, listenings, leavings, disconnects, messages;
    int last_port;
    /* The worker's */
    int opened, error, connections, fd;
    char sockname[128], data[64];
    bool refuses, is_mute;
} Worker;

struct Cluster {
    uv_loop_t loop;
    ClusterPrimary *primary;
    Worker workers[8];
    unsigned count;
};

static void on_online(void *owner, ClusterWorker *worker) {
    ((Worker *)cluster_worker_data(worker))->onlines++;
}
static void on_leaving(void *owner, ClusterWorker *worker) {
    ((Worker *)cluster_worker_data(worker))->leavings++;
}
static void on_listening(void *owner, ClusterWorker *worker, const ClusterAddress *where) {
    Worker *mine = cluster_worker_data(worker);
    mine->listenings++;
    mine->last_port = where->port;
}
static const ClusterEvents primary_events = {
    .online = on_online, .listening = on_listening, .leaving = on_leaving};

static void on_lead_message(void *owner, Slice payload, int fd) {
    ((Worker *)owner)->messages++;
}
static void on_lead_closed(void *owner, int error) {
    Worker *worker = owner;
    cluster_worker_free(worker->worker);
    channel_free(worker->lead);
    worker->worker = NULL;
    worker->lead = NULL;
}
static const ChannelEvents lead_events = {.message = on_lead_message, .closed = on_lead_closed};

static void on_message(void *owner, Slice payload, int fd) {}
static void on_closed(void *owner, int error) {}
static const ChannelEvents member_channel_events = {.message = on_message, .closed = on_closed};

static void on_disconnect(void *owner) {
    ((Worker *)owner)->disconnects++;
}
static const ClusterMemberEvents member_events = {on_disconnect};

static void on_opened(void *owner, int error, const ClusterOpened *how) {
    Worker *worker = owner;
    worker->opened++;
    worker->error = error;
    worker->fd = how->fd;
    snprintf(worker->sockname, sizeof worker->sockname, "%s", how->sockname ? how->sockname : "");
    snprintf(worker->data, sizeof worker->data, "%s", how->data);
}
static bool on_wants(void *owner) {
    return !((Worker *)owner)->refuses;
}
static void on_connection(void *owner, int fd) {
    ((Worker *)owner)->connections++;
    if (write(fd, "x", 1) != 1) abort();
    close(fd);
}
static const ClusterServerEvents server_events = {on_opened, on_wants, on_connection};

static void turn(Cluster *cluster, int times) {
    while (times--)
        uv_run(&cluster->loop, UV_RUN_NOWAIT);
}

static void cluster_open(Cluster *cluster, ClusterOptions options) {
    *cluster = (Cluster){0};
    uv_loop_init(&cluster->loop);
    cluster->primary = cluster_primary_new(&cluster->loop, &options, &primary_events, cluster);
}

static Worker *worker_add(Cluster *cluster) {
    Worker *worker = &cluster->workers[cluster->count++];
    *worker = (Worker){.cluster = cluster, .fd = -1};
    int fds[2];
    assert_int_equal(channel_pair(fds), 0);
    worker->lead = channel_open(&cluster->loop, fds[0], CHANNEL_JSON, &lead_events, worker);
    worker->channel = channel_open(&cluster->loop, fds[1], CHANNEL_JSON, &member_channel_events, worker);
    worker->worker = cluster_worker_new(cluster->primary, cluster->count, worker->lead, worker);
    worker->member = cluster_member_new(&cluster->loop, worker->channel, &member_events, worker);
    channel_read_start(worker->lead);
    channel_read_start(worker->channel);
    return worker;
}

static void worker_listen(Worker *worker, const char *address, int port) {
    ClusterSocketQuery query = {
        .address = address, .port = port, .address_type = port < 0 ? "-1" : "4", .fd = -1};
    int before = worker->opened;
    worker->server = cluster_server_open(worker->member, &query, "null", &server_events, worker);
    for (int i = 0; i < 20 && worker->opened == before; i++)
        turn(worker->cluster, 1);
    assert_int_equal(worker->opened, before + 1);
}

/* As when its process ends: nothing is said, the channel is just gone. */
static void worker_die(Worker *worker) {
    if (worker->fd >= 0) close(worker->fd);
    if (worker->channel) channel_free(worker->channel);
    ClusterServer *server = worker->server;
    worker->channel = NULL;
    worker->server = NULL;
    if (server) cluster_server_close(server);
    if (worker->member) cluster_member_free(worker->member);
    worker->member = NULL;
    turn(worker->cluster, 3);
}

static void cluster_close(Cluster *cluster) {
    for (unsigned i = 0; i < cluster->count; i++) {
        if (cluster->workers[i].member) worker_die(&cluster->workers[i]);
        if (cluster->workers[i].lead) on_lead_closed(&cluster->workers[i], 0);
    }
    cluster_primary_free(cluster->primary);
    uv_run(&cluster->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&cluster->loop), 0);
}

static int port_of(const Worker *worker) {
    const char *port = strstr(worker->sockname, "\"port\":");
    return port ? atoi(port + 7) : 0;
}

/* -1: refused */
static int client_open(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) return fd;
    close(fd);
    return -1;
}

static bool client_is_answered(int fd) {
    char c;
    return recv(fd, &c, 1, MSG_DONTWAIT) == 1 && c == 'x';
}

static void count_left(void *data) {
    ++*(int *)data;
}

static const ClusterOptions by_message = {.policy = CLUSTER_ROUND_ROBIN, .deal_by_message = true};

static void connections_are_dealt_in_turn(void **state) {
    Cluster cluster;
    cluster_open(&cluster, by_message);
    for (int i = 0; i < 4; i++)
        worker_listen(worker_add(&cluster), "127.0.0.1", 0);
    int port = port_of(&cluster.workers[0]);
    assert_true(port > 0);
    int clients[200];
    for (int i = 0; i < 200; i++) {
        clients[i] = client_open(port);
        assert_true(clients[i] >= 0);
        if (i % 50 == 49) turn(&cluster, 2);
    }
    turn(&cluster, 300);
    for (int i = 0; i < 200; i++) {
        assert_true(client_is_answered(clients[i]));
        close(clients[i]);
    }
    for (int i = 0; i < 4; i++) {
        assert_int_equal(port_of(&cluster.workers[i]),
                         port); /* the first listen(0) of each is the same server */
        assert_int_equal(cluster.workers[i].connections, 50);
        assert_int_equal(cluster_worker_connections(cluster.workers[i].worker), 50);
    }
    cluster_close(&cluster);
}

static void the_primary_hears_of_online_listening_and_leaving(void **state) {
    Cluster cluster;
    cluster_open(&cluster, by_message);
    Worker *worker = worker_add(&cluster);
    worker_listen(worker, NULL, 0);
    cluster_server_listening(worker->server, NULL, 1234, "4", -1);
    int left = 0;
    channel_send(worker->channel, slice_from_str("{\"cmd\":\"ready\"}"), NULL, NULL);
    cluster_member_leave(worker->member, count_left, &left);
    turn(&cluster, 5);
    assert_int_equal(worker->onlines, 1);
    assert_int_equal(worker->listenings, 1);
    assert_int_equal(worker->last_port, 1234);
    assert_int_equal(worker->leavings, 1);
    assert_int_equal(left, 1);
    assert_int_equal(worker->messages, 1); /* what is not the cluster's is passed on */
    cluster_close(&cluster);
}

static void an_address_in_use_is_an_error_for_the_one_who_asked(void **state) {
    Cluster cluster;
    cluster_open(&cluster, by_message);
    Worker *first = worker_add(&cluster), *second = worker_add(&cluster);
    worker_listen(first, "127.0.0.1", 0);
    int taken = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    assert_int_equal(bind(taken, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(taken, 1), 0);
    getsockname(taken, (struct sockaddr *)&at, &len);
    worker_listen(second, "127.0.0.1", ntohs(at.sin_port));
    assert_int_equal(second->error, -EADDRINUSE);
    cluster_server_close(second->server);
    close(taken);
    worker_listen(second, "127.0.0.1", ntohs(at.sin_port)); /* and may try again */
    assert_int_equal(second->error, 0);
    cluster_close(&cluster);
}

static void the_first_servers_data_reaches_every_worker(void **state) {
    Cluster cluster;
    cluster_open(&cluster, by_message);
    for (int i = 0; i < 2; i++) {
        Worker *worker = worker_add(&cluster);
        ClusterSocketQuery query = {.address = "127.0.0.1", .port = 0, .address_type = "4", .fd = -1};
        worker->server = cluster_server_open(worker->member, &query, i ? "\"second\"" : "{\"first\":1}",
                                             &server_events, worker);
        turn(&cluster, 4);
        assert_string_equal(worker->data, "{\"first\":1}");
    }
    cluster_close(&cluster);
}

static void what_one_worker_refuses_another_gets(void **state) {
    Cluster cluster;
    cluster_open(&cluster, by_message);
    for (int i = 0; i < 3; i++)
        worker_listen(worker_add(&cluster), "127.0.0.1", 0);
    cluster.workers[1].refuses = true;
    int clients[30], port = port_of(&cluster.workers[0]);
    for (int i = 0; i < 30; i++)
        clients[i] = client_open(port);
    turn(&cluster, 100);
    for (int i = 0; i < 30; i++) {
        assert_true(client_is_answered(clients[i]));
        close(clients[i]);
    }
    assert_int_equal(cluster.workers[1].connections, 0);
    cluster_close(&cluster);
}

static void a_connection_that_all_refuse_is_closed(void **state) {
    Cluster cluster;
    cluster_open(&cluster, by_message);
    worker_listen(worker_add(&cluster), "127.0.0.1", 0);
    cluster.workers[0].refuses = true;
    int client = client_open(port_of(&cluster.workers[0]));
    turn(&cluster, 30);
    char c;
    assert_int_equal(recv(client, &c, 1, MSG_DONTWAIT), 0);
    close(client);
    cluster_close(&cluster);
}

static void what_a_dying_worker_has_not_accepted_goes_to_the_others(void **state) {
    Cluster cluster;
    cluster_open(&cluster, by_message);
    for (int i = 0; i < 2; i++)
        worker_listen(worker_add(&cluster), "127.0.0.1", 0);
    channel_read_stop(cluster.workers[0].channel); /* it hangs */
    int clients[10], port = port_of(&cluster.workers[0]);
    for (int i = 0; i < 10; i++)
        clients[i] = client_open(port);
    turn(&cluster, 30);
    assert_int_equal(cluster.workers[1].connections, 5);
    worker_die(&cluster.workers[0]);
    turn(&cluster, 30);
    assert_int_equal(cluster.workers[1].connections, 10);
    for (int i = 0; i < 10; i++) {
        assert_true(client_is_answered(clients[i]));
        close(clients[i]);
    }
    cluster_close(&cluster);
}

static void a_worker_that_hangs_does_not_keep_the_queue_of_others(void **state) {
    Cluster cluster;
    cluster_open(&cluster, by_message);
    for (int i = 0; i < 2; i++)
        worker_listen(worker_add(&cluster), "127.0.0.1", 0);
    channel_read_stop(cluster.workers[0].channel);
    int clients[10], port = port_of(&cluster.workers[0]);
    for (int i = 0; i < 10; i++)
        clients[i] = client_open(port);
    for (int i = 0; i < 60 && cluster.workers[1].connections < 9; i++) {
        turn(&cluster, 5);
        usleep(10000);
    }
    assert_int_equal(cluster.workers[1].connections, 9); /* all but the one that the other was given */
    for (int i = 0; i < 10; i++)
        close(clients[i]);
    cluster_close(&cluster);
}

static void connections_wait_while_there_is_no_worker(void **state) {
    Cluster cluster;
    ClusterOptions options = by_message;
    options.keep_listeners = true;
    cluster_open(&cluster, options);
    Worker *first = worker_add(&cluster);
    worker_listen(first, "127.0.0.1", 0);
    int port = port_of(first);
    cluster_worker_disconnect(first->worker);
    turn(&cluster, 3);
    assert_int_equal(first->disconnects, 1);
    worker_die(first);
    int client = client_open(port);
    assert_true(client >= 0);
    turn(&cluster, 3);
    Worker *second = worker_add(&cluster);
    worker_listen(second, "127.0.0.1", 0);
    turn(&cluster, 10);
    assert_int_equal(port_of(second), port);
    assert_true(client_is_answered(client));
    close(client);
    cluster_close(&cluster);
}

static void the_last_worker_to_leave_closes_the_socket_but_a_crash_does_not(void **state) {
    Cluster cluster;
    cluster_open(&cluster, by_message);
    Worker *first = worker_add(&cluster);
    worker_listen(first, "127.0.0.1", 0);
    int port = port_of(first);
    worker_die(first);
    int client = client_open(port); /* its successor may come in a moment */
    assert_true(client >= 0);
    Worker *second = worker_add(&cluster);
    worker_listen(second, "127.0.0.1", 0);
    turn(&cluster, 10);
    assert_true(client_is_answered(client));
    close(client);
    cluster_server_close(second->server);
    second->server = NULL;
    turn(&cluster, 3);
    assert_int_equal(client_open(port), -1);
    cluster_close(&cluster);
}

static void nothing_is_dealt_to_a_worker_that_was_told_to_leave(void **state) {
    Cluster cluster;
    cluster_open(&cluster, by_message);
    for (int i = 0; i < 2; i++)
        worker_listen(worker_add(&cluster), "127.0.0.1", 0);
    cluster_worker_disconnect(cluster.workers[0].worker);
    int clients[10], port = port_of(&cluster.workers[1]);
    for (int i = 0; i < 10; i++)
        clients[i] = client_open(port);
    turn(&cluster, 30);
    assert_int_equal(cluster.workers[0].connections, 0);
    assert_int_equal(cluster.workers[1].connections, 10);
    for (int i = 0; i < 10; i++)
        close(clients[i]);
    cluster_close(&cluster);
}

static void a_shared_socket_is_handed_over_bound(void **state) {
    Cluster cluster;
    cluster_open(&cluster, (ClusterOptions){.policy = CLUSTER_SHARED});
    for (int i = 0; i < 2; i++) {
        worker_listen(worker_add(&cluster), "127.0.0.1", 0);
        assert_int_equal(cluster.workers[i].error, 0);
        assert_true(cluster.workers[i].fd >= 0);
        assert_int_equal(listen(cluster.workers[i].fd, 5), 0);
    }
    struct sockaddr_in a, b;
    socklen_t len = sizeof a;
    getsockname(cluster.workers[0].fd, (struct sockaddr *)&a, &len);
    getsockname(cluster.workers[1].fd, (struct sockaddr *)&b, &len);
    assert_int_equal(a.sin_port, b.sin_port);
    cluster_close(&cluster);
}

static void unix_sockets_are_dealt_and_removed(void **state) {
    char path[64];
    snprintf(path, sizeof path, "/tmp/galley-cluster-test-%d.sock", getpid());
    Cluster cluster;
    cluster_open(&cluster, by_message);
    worker_listen(worker_add(&cluster), path, -1);
    assert_int_equal(cluster.workers[0].error, 0);
    assert_string_equal(cluster.workers[0].sockname, "");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    strcpy(to.sun_path, path);
    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(client, (struct sockaddr *)&to, sizeof to), 0);
    turn(&cluster, 10);
    assert_true(client_is_answered(client));
    close(client);
    cluster_close(&cluster);
    struct stat status;
    assert_int_equal(stat(path, &status), -1);
}

static void a_member_of_a_lost_primary_is_told(void **state) {
    Cluster cluster;
    cluster_open(&cluster, by_message);
    Worker *worker = worker_add(&cluster);
    ClusterSocketQuery query = {.address = "127.0.0.1", .port = 0, .address_type = "4", .fd = -1};
    worker->server = cluster_server_open(worker->member, &query, "null", &server_events, worker);
    cluster_member_lost(worker->member);
    assert_int_equal(worker->opened, 1);
    assert_int_equal(worker->error, -EPIPE);
    cluster_close(&cluster);
}

static void nonsense_from_a_worker_is_survived(void **state) {
    static const char *const lines[] = {
        "{\"cmd\":\"NODE_CLUSTER\"}",
        "{\"cmd\":\"NODE_CLUSTER\",\"act\":7}",
        "{\"cmd\":\"NODE_CLUSTER\",\"act\":\"queryServer\"}",
        "{\"cmd\":\"NODE_CLUSTER\",\"act\":\"queryServer\",\"port\":70000,\"address\":\"x\"}",
        "{\"cmd\":\"NODE_CLUSTER\",\"act\":\"queryServer\",\"port\":-1,\"addressType\":-1,\"address\":null}",
        "{\"cmd\":\"NODE_CLUSTER\",\"act\":\"queryServer\",\"port\":0,\"address\":[],\"fd\":99999}",
        "{\"cmd\":\"NODE_CLUSTER\",\"act\":\"close\",\"key\":\"nothing\"}",
        "{\"cmd\":\"NODE_CLUSTER\",\"act\":\"close\"}",
        "{\"cmd\":\"NODE_CLUSTER\",\"act\":\"listening\",\"port\":\"x\"}",
        "{\"cmd\":\"NODE_CLUSTER\",\"ack\":1e300,\"accepted\":[]}",
        "{\"cmd\":\"NODE_CLUSTER\",\"act\":\"newconn\"",
        "{\"cmd\":\"NODE_CLUSTER\",\"act\":\"hopla\"}",
    };
    Cluster cluster;
    cluster_open(&cluster, by_message);
    Worker *worker = worker_add(&cluster);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        channel_send(worker->channel, slice_from_str(lines[i]), NULL, NULL);
    turn(&cluster, 10);
    worker_listen(worker, "127.0.0.1", 0);
    assert_int_equal(worker->error, 0);
    cluster_close(&cluster);
}

static void only_an_answer_in_nodes_own_words_is_read_without_a_parser(void **state) {
    unsigned long ack = 0;
    bool accepted = false;
    Slice yes = slice_from_str("{\"cmd\":\"NODE_CLUSTER\",\"ack\":101,\"accepted\":true,\"seq\":3}");
    assert_true(cluster_message_read_answer(yes, &ack, &accepted));
    assert_int_equal(ack, 101);
    assert_true(accepted);
    Slice no = slice_from_str("{\"cmd\":\"NODE_CLUSTER\",\"ack\":7,\"accepted\":false,\"seq\":0}");
    assert_true(cluster_message_read_answer(no, &ack, &accepted));
    assert_int_equal(ack, 7);
    assert_false(accepted);
    for (size_t len = 0; len < yes.len; len++)
        assert_false(cluster_message_read_answer((Slice){yes.data, len}, &ack, &accepted));
    static const char *const others[] = {
        "{\"cmd\":\"NODE_CLUSTER\",\"ack\":,\"accepted\":true,\"seq\":3}",
        "{\"cmd\":\"NODE_CLUSTER\",\"ack\":-1,\"accepted\":true,\"seq\":3}",
        "{\"cmd\":\"NODE_CLUSTER\",\"ack\":1,\"accepted\":1,\"seq\":3}",
        "{\"cmd\":\"NODE_CLUSTER\",\"ack\":1,\"accepted\":true,\"seq\":3,\"act\":\"online\"}",
        "{\"cmd\":\"NODE_CLUSTER\",\"ack\":99999999999999999999,\"accepted\":true,\"seq\":3}",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(cluster_message_read_answer(slice_from_str(others[i]), &ack, &accepted));
}

UNIT_TESTS(cmocka_unit_test(connections_are_dealt_in_turn),
           cmocka_unit_test(only_an_answer_in_nodes_own_words_is_read_without_a_parser),
           cmocka_unit_test(the_primary_hears_of_online_listening_and_leaving),
           cmocka_unit_test(an_address_in_use_is_an_error_for_the_one_who_asked),
           cmocka_unit_test(the_first_servers_data_reaches_every_worker),
           cmocka_unit_test(what_one_worker_refuses_another_gets),
           cmocka_unit_test(a_connection_that_all_refuse_is_closed),
           cmocka_unit_test(what_a_dying_worker_has_not_accepted_goes_to_the_others),
           cmocka_unit_test(a_worker_that_hangs_does_not_keep_the_queue_of_others),
           cmocka_unit_test(connections_wait_while_there_is_no_worker),
           cmocka_unit_test(the_last_worker_to_leave_closes_the_socket_but_a_crash_does_not),
           cmocka_unit_test(nothing_is_dealt_to_a_worker_that_was_told_to_leave),
           cmocka_unit_test(a_shared_socket_is_handed_over_bound),
           cmocka_unit_test(unix_sockets_are_dealt_and_removed),
           cmocka_unit_test(a_member_of_a_lost_primary_is_told),
           cmocka_unit_test(nonsense_from_a_worker_is_survived))
