/* What threads share: ports, bells, names, memory. Built with ThreadSanitizer, which ends the program at the
 * first access that two threads have not agreed on. */
#include "unit.h"

#include "base/mem.h"
#include "sys/blocks.h"
#include "sys/broadcast.h"
#include "sys/port.h"
#include "sys/shared_memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MESSAGES = 5000 };

/* A thread with a loop that listens to one end of a channel. */
typedef struct {
    pthread_t thread;
    uv_loop_t loop;
    Bells *bells;
    Bell bell;
    PortEnd end;
    bool answers; /* each message with the next number, until there were enough */
    int seen;
    double last;
} Listener;

static Message *number_message(double number) {
    Message *message = message_new(0, &number, sizeof number, 0);
    message->number = number;
    return message;
}

static void listener_stop(Listener *listener) {
    if (!listener->bell.bells) return;
    port_listen(listener->end, NULL);
    bell_close(&listener->bell);
    bells_close(listener->bells);
}

static void listener_rung(Bell *bell) {
    Listener *listener = CONTAINER_OF(bell, Listener, bell);
    Message *message;
    while ((message = port_take(listener->end))) {
        double number = message->number;
        message_free(message);
        listener->seen++;
        listener->last = number;
        if (listener->answers && number < MESSAGES) port_post(listener->end, number_message(number + 1));
        if (number >= MESSAGES) {
            if (listener->answers) port_post(listener->end, number_message(number + 1));
            listener_stop(listener);
            return;
        }
    }
    if (port_is_orphaned(listener->end)) listener_stop(listener);
}

static void listener_open(Listener *listener, PortEnd end, bool answers) {
    *listener = (Listener){.end = end, .answers = answers};
    uv_loop_init(&listener->loop);
    listener->bells = bells_open(&listener->loop);
    assert_non_null(listener->bells);
    bell_open(&listener->bell, listener->bells, listener_rung);
    bell_set_ref(&listener->bell, true);
    port_listen(end, &listener->bell);
}

static void *listener_run(void *data) {
    Listener *listener = data;
    uv_run(&listener->loop, UV_RUN_DEFAULT);
    uv_loop_close(&listener->loop);
    return NULL;
}

static void two_threads_answer_each_other(void **state) {
    PortEnd ends[2];
    Listener a, b;
    channel_new(ends);
    listener_open(&a, ends[0], true);
    listener_open(&b, ends[1], true);
    pthread_create(&a.thread, NULL, listener_run, &a);
    pthread_create(&b.thread, NULL, listener_run, &b);
    port_post(ends[0], number_message(1)); /* an end may be used by its owner's starter before it runs */
    pthread_join(a.thread, NULL);
    pthread_join(b.thread, NULL);
    assert_true(a.last >= MESSAGES && b.last >= MESSAGES);
    assert_int_equal(a.seen + b.seen, MESSAGES + 1);
    port_close(ends[0]);
    port_close(ends[1]);
}

static void *post_and_close(void *data) {
    PortEnd *end = data;
    for (int i = 1; i < MESSAGES; i++)
        port_post(*end, number_message(i));
    port_close(*end);
    return NULL;
}

static void messages_posted_before_a_port_closes_arrive(void **state) {
    PortEnd ends[2];
    Listener listener;
    pthread_t poster;
    channel_new(ends);
    listener_open(&listener, ends[0], false);
    pthread_create(&poster, NULL, post_and_close, &ends[1]);
    listener_run(&listener);
    pthread_join(poster, NULL);
    while (port_has_messages(ends[0])) {
        message_free(port_take(ends[0]));
        listener.seen++;
    }
    assert_int_equal(listener.seen, MESSAGES - 1);
    port_close(ends[0]);
}

static Message *make_note(void *data) {
    return number_message(*(const double *)data);
}

static void *say_much(void *data) {
    Broadcasts *all = data;
    for (int i = 0; i < 500; i++) {
        PortEnd end;
        double number = i;
        BroadcastMember *member = broadcast_join(all, i % 2 ? "odd" : "even", &end);
        broadcast_say(member, make_note, &number);
        broadcast_tell(all, "odd", make_note, &number);
        while (port_has_messages(end))
            message_free(port_take(end));
        broadcast_leave(member);
        port_close(end);
    }
    return NULL;
}

static void names_are_joined_and_left_while_others_speak(void **state) {
    Broadcasts *all = broadcasts_new();
    pthread_t threads[3];
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_create(&threads[i], NULL, say_much, all);
    for (size_t i = 0; i < COUNT_OF(threads); i++)
        pthread_join(threads[i], NULL);
    assert_false(broadcast_has(all, "odd"));
    broadcasts_free(all);
}

typedef struct {
    SharedMemory *memory;
    WaitStop stop;
    WaitResult result;
} Waiting;

static void *wait_for_change(void *data) {
    Waiting *waiting = data;
    waiting->result = shared_memory_wait(waiting->memory, 4, 0, false, -1, &waiting->stop);
    return NULL;
}

static SharedMemory *named_memory(void) {
    int err = 0, fd = memfd_create("threads test", MFD_CLOEXEC);
    assert_int_equal(ftruncate(fd, 64), 0);
    SharedMemory *memory = shared_memory_map(fd, 64, &err);
    close(fd);
    return memory;
}

static void waiting_ends_by_notice_or_stop(SharedMemory *memory, bool by_stop) {
    Waiting waiting = {memory, .result = WAIT_TIMED_OUT};
    pthread_t thread;
    wait_stop_init(&waiting.stop);
    pthread_create(&thread, NULL, wait_for_change, &waiting);
    if (by_stop) {
        wait_stop_now(&waiting.stop);
    } else {
        while (!shared_memory_notify(memory, 4, 1))
            usleep(200);
    }
    pthread_join(thread, NULL);
    assert_int_equal(waiting.result, by_stop ? WAIT_STOPPED : WAIT_OK);
    wait_stop_destroy(&waiting.stop);
}

static void waiting_on_memory_ends(void **state) {
    SharedMemory *own = shared_memory_new(64, 64), *named = named_memory();
    for (int i = 0; i < 20; i++) {
        waiting_ends_by_notice_or_stop(own, i % 2);
        waiting_ends_by_notice_or_stop(named, i % 2);
    }
    shared_memory_unref(own);
    shared_memory_unref(named);
}

static void count_done(void *data) {
    atomic_fetch_add((atomic_int *)data, 1);
}

static void waiting_without_blocking_is_told_or_cancelled(void **state) {
    SharedMemory *memories[] = {shared_memory_new(64, 64), named_memory()};
    for (size_t i = 0; i < COUNT_OF(memories); i++) {
        atomic_int done = 0;
        WaitResult result;
        SharedWaiter *told = shared_memory_wait_async(memories[i], 8, 0, false, count_done, &done, &result);
        SharedWaiter *cancelled =
            shared_memory_wait_async(memories[i], 12, 0, false, count_done, &done, &result);
        assert_non_null(told);
        assert_true(shared_waiter_cancel(memories[i], cancelled));
        while (!atomic_load(&done)) {
            shared_memory_notify(memories[i], 8, 1);
            usleep(200);
        }
        assert_false(shared_waiter_cancel(memories[i], told));
        assert_null(shared_memory_wait_async(memories[i], 8, 5, false, count_done, &done, &result));
        assert_int_equal(result, WAIT_NOT_EQUAL);
        assert_int_equal(atomic_load(&done), 1);
        usleep(40000); /* a thread that waited for the cancelled one ends within its slice */
        shared_memory_unref(memories[i]);
    }
}

enum { ROUNDS = 20000, BLOCK_BYTES = 300 * 1000, KEPT_BLOCKS = 4 };

static void *take_and_give_back(void *data) {
    for (int i = 0; i < ROUNDS; i++) {
        char *memory = block_take(data, BLOCK_BYTES);
        memory[0] = (char)i;
        memory[BLOCK_BYTES - 1] = (char)i;
        block_give_back(memory);
    }
    return NULL;
}

static void blocks_are_taken_and_given_back_by_many_threads(void **state) {
    Blocks *blocks = blocks_new(2 * BLOCK_BYTES);
    pthread_t others[3];
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_int_equal(pthread_create(&others[i], NULL, take_and_give_back, blocks), 0);
    take_and_give_back(blocks);
    for (size_t i = 0; i < COUNT_OF(others); i++)
        pthread_join(others[i], NULL);
    blocks_free(blocks);
}

static void a_block_that_was_given_back_is_the_next_one_of_its_size(void **state) {
    Blocks *blocks = blocks_new(KEPT_BLOCKS * BLOCK_BYTES * 2);
    void *small = block_take(blocks, 0), *first = block_take(blocks, BLOCK_BYTES);
    block_give_back(small);
    block_give_back(first);
    assert_ptr_equal(block_take(blocks, BLOCK_BYTES - 10), first);
    void *other = block_take(blocks, BLOCK_BYTES);
    assert_ptr_not_equal(other, first);
    block_give_back(other);
    void *larger = block_take(blocks, 2 * BLOCK_BYTES);
    assert_ptr_not_equal(larger, other);
    block_give_back(larger);
    block_give_back(first);
    blocks_free(blocks);
}

UNIT_TESTS(cmocka_unit_test(two_threads_answer_each_other),
           cmocka_unit_test(messages_posted_before_a_port_closes_arrive),
           cmocka_unit_test(names_are_joined_and_left_while_others_speak),
           cmocka_unit_test(waiting_on_memory_ends),
           cmocka_unit_test(waiting_without_blocking_is_told_or_cancelled),
           cmocka_unit_test(blocks_are_taken_and_given_back_by_many_threads),
           cmocka_unit_test(a_block_that_was_given_back_is_the_next_one_of_its_size))
