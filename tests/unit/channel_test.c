#include "sys/channel.h"
#include "base/mem.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

/* A channel and what was heard from it. */
typedef struct {
    Channel *channel;
    Bytes heard; /* messages, each with a line's end */
    size_t count, bytes;
    int fds[32];
    size_t fd_count;
    int closed, error;
    bool frees_itself;
} End;

static void on_message(void *owner, Slice payload, int fd) {
    End *end = owner;
    end->count++;
    end->bytes += payload.len;
    if (end->heard.len < 4096 && payload.len < 4096) {
        bytes_append(&end->heard, payload.data, payload.len);
        bytes_append_char(&end->heard, '\n');
    }
    if (fd >= 0) end->fds[end->fd_count++] = fd;
    if (end->frees_itself) channel_free(end->channel);
}

static void on_closed(void *owner, int error) {
    End *end = owner;
    end->closed++;
    end->error = error;
}

static const ChannelEvents events = {.message = on_message, .closed = on_closed};

typedef struct {
    uv_loop_t loop;
    End a, b;
} Pair;

static void end_open(Pair *pair, End *end, int fd, ChannelForm form) {
    end->channel = channel_open(&pair->loop, fd, form, &events, end);
    assert_non_null(end->channel);
    channel_read_start(end->channel);
}

static void pair_open(Pair *pair, ChannelForm form) {
    *pair = (Pair){0};
    uv_loop_init(&pair->loop);
    int fds[2];
    assert_int_equal(channel_pair(fds), 0);
    end_open(pair, &pair->a, fds[0], form);
    end_open(pair, &pair->b, fds[1], form);
}

/* One channel, and the bare socket of its peer in *fd. */
static void half_open(Pair *pair, ChannelForm form, int *fd) {
    *pair = (Pair){0};
    uv_loop_init(&pair->loop);
    int fds[2];
    assert_int_equal(channel_pair(fds), 0);
    end_open(pair, &pair->a, fds[0], form);
    *fd = fds[1];
}

static void turn(Pair *pair, int times) {
    while (times--)
        uv_run(&pair->loop, UV_RUN_NOWAIT);
}

static void end_close(End *end) {
    if (end->channel && !end->frees_itself) channel_free(end->channel);
    for (size_t i = 0; i < end->fd_count; i++)
        close(end->fds[i]);
    bytes_free(&end->heard);
}

static void pair_close(Pair *pair) {
    end_close(&pair->a);
    end_close(&pair->b);
    uv_run(&pair->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&pair->loop), 0);
}

static void count_sent(void *data, int error) {
    ((int *)data)[error ? 1 : 0]++;
}

static int send_text(End *end, const char *text) {
    return channel_send(end->channel, slice_from_str(text), NULL, NULL);
}

static size_t fds_open(void) {
    size_t count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void messages_arrive_whole_and_in_order_in_both_forms(void **state) {
    for (ChannelForm form = CHANNEL_JSON; form <= CHANNEL_ADVANCED; form++) {
        Pair pair;
        pair_open(&pair, form);
        assert_int_equal(send_text(&pair.a, "{\"n\":1}"), 0);
        assert_int_equal(send_text(&pair.a, "\"two\""), 0);
        assert_int_equal(send_text(&pair.b, "[3]"), 0);
        turn(&pair, 3);
        assert_string_equal(pair.b.heard.data, "{\"n\":1}\n\"two\"\n");
        assert_string_equal(pair.a.heard.data, "[3]\n");
        pair_close(&pair);
    }
}

static void the_wire_is_nodes(void **state) {
    Pair pair;
    int peer;
    char buffer[64] = {0};
    half_open(&pair, CHANNEL_JSON, &peer);
    send_text(&pair.a, "{}");
    assert_int_equal(read(peer, buffer, sizeof buffer), 3);
    assert_memory_equal(buffer, "{}\n", 3);
    close(peer);
    pair_close(&pair);
    half_open(&pair, CHANNEL_ADVANCED, &peer);
    send_text(&pair.a, "abc");
    assert_int_equal(read(peer, buffer, sizeof buffer), 7);
    assert_memory_equal(buffer, "\0\0\0\3abc", 7);
    close(peer);
    pair_close(&pair);
}

static void messages_may_come_byte_by_byte(void **state) {
    static const char *wire[] = {"{\"a\":1}\n\n\"b\"\n", "\0\0\0\3abc\0\0\0\0\0\0\0\1d"};
    static const size_t len[] = {13, 16};
    static const char *heard[] = {"{\"a\":1}\n\"b\"\n", "abc\n\nd\n"};
    for (ChannelForm form = CHANNEL_JSON; form <= CHANNEL_ADVANCED; form++) {
        Pair pair;
        int peer;
        half_open(&pair, form, &peer);
        for (size_t i = 0; i < len[form]; i++) {
            assert_int_equal(write(peer, wire[form] + i, 1), 1);
            turn(&pair, 1);
        }
        assert_string_equal(pair.a.heard.data, heard[form]);
        close(peer);
        pair_close(&pair);
    }
}

static void a_message_of_64_megabytes_arrives(void **state) {
    Pair pair;
    pair_open(&pair, CHANNEL_JSON);
    size_t len = 64 << 20;
    char *big = malloc(len);
    memset(big, 'x', len);
    int sent[2] = {0};
    assert_int_equal(channel_send(pair.a.channel, (Slice){big, len}, count_sent, sent), 1);
    assert_true(channel_waiting_bytes(pair.a.channel) > CHANNEL_HIGH_WATER);
    free(big);
    send_text(&pair.a, "after");
    while (pair.b.count < 2)
        uv_run(&pair.loop, UV_RUN_ONCE);
    assert_int_equal(pair.b.bytes, len + 5);
    assert_int_equal(sent[0], 1);
    assert_int_equal(channel_waiting_bytes(pair.a.channel), 0);
    pair_close(&pair);
}

static void a_descriptor_arrives_with_its_own_message(void **state) {
    Pair pair;
    pair_open(&pair, CHANNEL_JSON);
    int pipes[3][2], acknowledged[2] = {0};
    for (int i = 0; i < 3; i++) {
        char text[64];
        assert_int_equal(pipe(pipes[i]), 0);
        send_text(&pair.a, "\"plain\"");
        snprintf(text, sizeof text, "{\"cmd\":\"NODE_HANDLE\",\"n\":%d}", i);
        assert_int_equal(
            channel_send_handle(pair.a.channel, slice_from_str(text), pipes[i][1], count_sent, acknowledged),
            0);
    }
    send_text(&pair.a, "\"last\"");
    turn(&pair, 20);
    assert_int_equal(acknowledged[0], 3);
    assert_int_equal(pair.b.fd_count, 3);
    assert_string_equal(pair.b.heard.data, "\"plain\"\n{\"cmd\":\"NODE_HANDLE\",\"n\":0}\n\"plain\"\n"
                                           "{\"cmd\":\"NODE_HANDLE\",\"n\":1}\n\"plain\"\n"
                                           "{\"cmd\":\"NODE_HANDLE\",\"n\":2}\n\"last\"\n");
    assert_int_equal(pair.a.count, 0); /* acknowledgements are the channel's own affair */
    for (int i = 0; i < 3; i++) {
        char c = (char)('0' + i), got;
        assert_int_equal(write(pair.b.fds[i], &c, 1), 1);
        assert_int_equal(read(pipes[i][0], &got, 1), 1);
        assert_int_equal(got, c);
        assert_true(fcntl(pair.b.fds[i], F_GETFD) & FD_CLOEXEC);
        close(pipes[i][0]), close(pipes[i][1]);
    }
    pair_close(&pair);
}

static void messages_wait_behind_a_descriptor_until_it_is_acknowledged(void **state) {
    Pair pair;
    int peer;
    half_open(&pair, CHANNEL_JSON, &peer);
    int acknowledged[2] = {0}, sent[2] = {0};
    channel_send_handle(pair.a.channel, slice_from_str("{\"cmd\":\"NODE_HANDLE\"}"), 0, count_sent,
                        acknowledged);
    assert_int_equal(channel_send(pair.a.channel, slice_from_str("1"), count_sent, sent), 1);
    turn(&pair, 3);
    char buffer[256];
    assert_int_equal(read(peer, buffer, sizeof buffer), 22);
    assert_int_equal(recv(peer, buffer, sizeof buffer, MSG_DONTWAIT), -1);
    /* Lost on its way: it comes again. */
    assert_int_equal(write(peer, "{\"cmd\":\"NODE_HANDLE_NACK\"}\n", 27), 27);
    turn(&pair, 3);
    assert_int_equal(read(peer, buffer, sizeof buffer), 22);
    assert_int_equal(acknowledged[0] + acknowledged[1] + sent[0], 0);
    assert_int_equal(write(peer, "{\"cmd\":\"NODE_HANDLE_ACK\"}\n", 26), 26);
    turn(&pair, 3);
    assert_int_equal(read(peer, buffer, sizeof buffer), 2);
    assert_int_equal(acknowledged[0], 1);
    assert_int_equal(sent[0], 1);
    close(peer);
    pair_close(&pair);
}

static void a_descriptor_that_never_arrives_is_told_and_the_rest_goes_on(void **state) {
    Pair pair;
    int peer;
    half_open(&pair, CHANNEL_JSON, &peer);
    int acknowledged[2] = {0};
    channel_send_handle(pair.a.channel, slice_from_str("{\"cmd\":\"NODE_HANDLE\"}"), 0, count_sent,
                        acknowledged);
    send_text(&pair.a, "1");
    for (int i = 0; i < 4; i++) {
        assert_int_equal(acknowledged[1], 0);
        assert_int_equal(write(peer, "{\"cmd\":\"NODE_HANDLE_NACK\"}\n", 27), 27);
        turn(&pair, 3);
    }
    assert_int_equal(acknowledged[1], 1);
    char buffer[256];
    for (int i = 0; i < 4; i++)
        assert_int_equal(read(peer, buffer, 22), 22);
    assert_int_equal(read(peer, buffer, sizeof buffer), 2);
    assert_memory_equal(buffer, "1\n", 2);
    close(peer);
    pair_close(&pair);
}

static void a_handle_message_without_descriptor_is_refused(void **state) {
    for (ChannelForm form = CHANNEL_JSON; form <= CHANNEL_ADVANCED; form++) {
        static const char *wire[] = {"{\"cmd\":\"NODE_HANDLE\"}\n",
                                     "\0\0\0\x17\xff\x0fo\"\3cmd\"\xbNODE_HANDLE{\1"};
        static const char *answer[] = {"{\"cmd\":\"NODE_HANDLE_NACK\"}\n",
                                       "\0\0\0\x1c\xff\x0fo\"\3cmd\"\x10NODE_HANDLE_NACK{\1"};
        static const size_t wire_len[] = {22, 27}, answer_len[] = {27, 32};
        Pair pair;
        int peer;
        half_open(&pair, form, &peer);
        assert_int_equal(write(peer, wire[form], wire_len[form]), wire_len[form]);
        turn(&pair, 2);
        char buffer[64];
        assert_int_equal(read(peer, buffer, sizeof buffer), answer_len[form]);
        assert_memory_equal(buffer, answer[form], answer_len[form]);
        assert_int_equal(pair.a.count, 0);
        close(peer);
        pair_close(&pair);
    }
}

static void a_descriptor_beside_an_ordinary_message_is_closed(void **state) {
    size_t before = fds_open();
    Pair pair;
    int peer;
    half_open(&pair, CHANNEL_JSON, &peer);
    int zero[2] = {0, 0};
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof zero)];
    } control = {
        .head = {.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof zero)}
    };
    memcpy(CMSG_DATA(&control.head), zero, sizeof zero);
    struct iovec piece = {"{\"cmd\":\"NODE_HANDLER\"}\n", 23};
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.space};
    assert_int_equal(sendmsg(peer, &message, 0), 23);
    size_t with_pair = fds_open();
    turn(&pair, 2);
    assert_int_equal(pair.a.count, 1);
    assert_int_equal(pair.a.fd_count, 0);
    assert_int_equal(fds_open(), with_pair);
    close(peer);
    pair_close(&pair);
    assert_int_equal(fds_open(), before);
}

static void only_the_outermost_cmd_makes_a_command(void **state) {
    static const char *plain[] = {
        "{\"x\":{\"cmd\":\"NODE_HANDLE_ACK\"}}",
        "{\"x\":\"\\\"cmd\\\":\\\"NODE_HANDLE_ACK\\\"\"}",
        "[\"cmd\",\"NODE_HANDLE_ACK\"]",
        "{\"x\":\"cmd\",\"NODE_HANDLE_ACK\":1}",
        "\"NODE_HANDLE_ACK\"",
        "{\"cmd\":\"NODE_HANDLE_ACK",
    };
    Pair pair;
    pair_open(&pair, CHANNEL_JSON);
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        send_text(&pair.a, plain[i]);
    turn(&pair, 3);
    assert_int_equal(pair.b.count, sizeof plain / sizeof *plain);
    send_text(&pair.a, "{\"x\":[{\"cmd\":1}],\"cmd\" : \"NODE_HANDLE_ACK\"}");
    turn(&pair, 3);
    assert_int_equal(pair.b.count, sizeof plain / sizeof *plain);
    pair_close(&pair);
}

static void what_was_sent_before_the_peer_died_is_still_read(void **state) {
    Pair pair;
    int peer;
    half_open(&pair, CHANNEL_JSON, &peer);
    send_text(&pair.a, "never read"); /* the kernel reports an error for it */
    assert_int_equal(write(peer, "1\n2\n3", 5), 5);
    close(peer);
    turn(&pair, 3);
    assert_string_equal(pair.a.heard.data, "1\n2\n");
    assert_int_equal(pair.a.closed, 1);
    assert_int_equal(pair.a.error, 0);
    assert_int_equal(send_text(&pair.a, "1"), -EPIPE);
    pair_close(&pair);
}

static void waiting_messages_of_a_dead_channel_are_told(void **state) {
    Pair pair;
    int peer;
    half_open(&pair, CHANNEL_JSON, &peer);
    int sent[2] = {0}, acknowledged[2] = {0};
    char *big = calloc(1, 1 << 20);
    channel_send(pair.a.channel, (Slice){big, 1 << 20}, count_sent, sent);
    channel_send_handle(pair.a.channel, slice_from_str("{\"cmd\":\"NODE_HANDLE\"}"), 0, count_sent,
                        acknowledged);
    channel_send(pair.a.channel, slice_from_str("1"), count_sent, sent);
    free(big);
    close(peer);
    turn(&pair, 3);
    assert_int_equal(pair.a.closed, 1);
    assert_int_equal(sent[1], 2);
    assert_int_equal(acknowledged[1], 1);
    assert_int_equal(channel_waiting_bytes(pair.a.channel), 0);
    pair_close(&pair);
}

static void finishing_sends_what_waits_and_then_hangs_up(void **state) {
    Pair pair;
    pair_open(&pair, CHANNEL_JSON);
    char *big = malloc(1 << 20);
    memset(big, 'x', 1 << 20);
    channel_send(pair.a.channel, (Slice){big, 1 << 20}, NULL, NULL);
    free(big);
    channel_finish(pair.a.channel);
    assert_int_equal(send_text(&pair.a, "1"), -EPIPE);
    while (!pair.b.closed)
        uv_run(&pair.loop, UV_RUN_ONCE);
    assert_int_equal(pair.b.bytes, 1 << 20);
    assert_int_equal(pair.a.closed, 1);
    assert_int_equal(pair.a.error, 0);
    pair_close(&pair);
}

static void a_channel_may_be_freed_by_what_it_tells(void **state) {
    Pair pair;
    pair_open(&pair, CHANNEL_JSON);
    pair.b.frees_itself = true;
    send_text(&pair.a, "1");
    send_text(&pair.a, "2");
    turn(&pair, 3);
    assert_int_equal(pair.b.count, 1);
    assert_int_equal(pair.a.closed, 1);
    pair_close(&pair);
}

static void a_message_beyond_the_limit_breaks_the_channel(void **state) {
    for (ChannelForm form = CHANNEL_JSON; form <= CHANNEL_ADVANCED; form++) {
        Pair pair;
        pair_open(&pair, form);
        channel_set_max_message(pair.b.channel, 100);
        char big[101];
        memset(big, 'x', sizeof big);
        channel_send(pair.a.channel, (Slice){big, 100}, NULL, NULL);
        channel_send(pair.a.channel, (Slice){big, 101}, NULL, NULL);
        turn(&pair, 3);
        assert_int_equal(pair.b.count, 1);
        assert_int_equal(pair.b.error, -EMSGSIZE);
        pair_close(&pair);
    }
}

static void an_unreferenced_channel_lets_the_loop_end_once_its_messages_are_out(void **state) {
    Pair pair;
    pair_open(&pair, CHANNEL_JSON);
    channel_unref(pair.a.channel);
    channel_unref(pair.b.channel);
    char *big = malloc(1 << 20);
    memset(big, 'x', 1 << 20);
    channel_send(pair.a.channel, (Slice){big, 1 << 20}, NULL, NULL);
    free(big);
    assert_int_equal(uv_run(&pair.loop, UV_RUN_DEFAULT), 0);
    assert_int_equal(channel_waiting_bytes(pair.a.channel), 0);
    pair_close(&pair);
}

UNIT_TESTS(cmocka_unit_test(messages_arrive_whole_and_in_order_in_both_forms),
           cmocka_unit_test(the_wire_is_nodes), cmocka_unit_test(messages_may_come_byte_by_byte),
           cmocka_unit_test(a_message_of_64_megabytes_arrives),
           cmocka_unit_test(a_descriptor_arrives_with_its_own_message),
           cmocka_unit_test(messages_wait_behind_a_descriptor_until_it_is_acknowledged),
           cmocka_unit_test(a_descriptor_that_never_arrives_is_told_and_the_rest_goes_on),
           cmocka_unit_test(a_handle_message_without_descriptor_is_refused),
           cmocka_unit_test(a_descriptor_beside_an_ordinary_message_is_closed),
           cmocka_unit_test(only_the_outermost_cmd_makes_a_command),
           cmocka_unit_test(what_was_sent_before_the_peer_died_is_still_read),
           cmocka_unit_test(waiting_messages_of_a_dead_channel_are_told),
           cmocka_unit_test(finishing_sends_what_waits_and_then_hangs_up),
           cmocka_unit_test(a_channel_may_be_freed_by_what_it_tells),
           cmocka_unit_test(a_message_beyond_the_limit_breaks_the_channel),
           cmocka_unit_test(an_unreferenced_channel_lets_the_loop_end_once_its_messages_are_out))
