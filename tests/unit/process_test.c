#include "sys/process.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    int status, signal, calls;
} End;

static void exited(void *owner, int status, int signal) {
    End *end = owner;
    *end = (End){status, signal, end->calls + 1};
}

static int run(const ProcessOptions *options, End *end) {
    uv_loop_t loop;
    uv_loop_init(&loop);
    Process *process = NULL;
    int error = process_spawn(&loop, options, exited, end, &process);
    if (!error) {
        uv_run(&loop, UV_RUN_DEFAULT);
        assert_int_equal(process_kill(process, SIGTERM), -ESRCH);
        process_free(process);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    return error;
}

static char *run_shell(const char *script, ProcessOptions options, End *end) {
    static char out[4096];
    int fds[2];
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    options.file = "sh";
    options.args = (char *[]){"sh", "-c", (char *)script, NULL};
    int standard[] = {-1, fds[1], 2};
    if (!options.fds) {
        options.fds = standard;
        options.fd_count = 3;
    }
    assert_int_equal(run(&options, end), 0);
    close(fds[1]);
    ssize_t len = read(fds[0], out, sizeof out - 1);
    out[len < 0 ? 0 : len] = '\0';
    close(fds[0]);
    return out;
}

static void the_exit_status_and_the_ending_signal_are_told_once(void **state) {
    End end = {0};
    run_shell("exit 7", (ProcessOptions){0}, &end);
    assert_int_equal(end.status, 7);
    assert_int_equal(end.signal, 0);
    assert_int_equal(end.calls, 1);
    run_shell("kill -TERM $$", (ProcessOptions){0}, &end);
    assert_int_equal(end.status, 0);
    assert_int_equal(end.signal, SIGTERM);
}

static void environment_directory_and_session_are_the_given_ones(void **state) {
    End end = {0};
    char *env[] = {"PATH=/usr/bin:/bin", "ROOM=galley", NULL};
    char *out = run_shell("echo $ROOM; pwd; ps -o sid= -p $$ | tr -d ' '; echo $$",
                          (ProcessOptions){.env = env, .cwd = "/usr", .detached = true}, &end);
    int sid, pid;
    assert_int_equal(sscanf(out, "galley\n/usr\n%d\n%d\n", &sid, &pid), 2);
    assert_int_equal(sid, pid);
}

static void a_program_that_cannot_be_started_is_an_error_and_no_process(void **state) {
    End end = {0};
    char *args[] = {"x", NULL};
    int before = open("/dev/null", O_RDONLY);
    close(before);
    assert_int_equal(run(&(ProcessOptions){.file = "no-such-program-here", .args = args}, &end), -ENOENT);
    assert_int_equal(run(&(ProcessOptions){.file = "", .args = args}, &end), -ENOENT);
    assert_int_equal(run(&(ProcessOptions){.file = "/etc/passwd", .args = args}, &end), -EACCES);
    assert_int_equal(run(&(ProcessOptions){.file = "sh", .args = args, .cwd = "/no/such/place"}, &end),
                     -ENOENT);
    assert_int_equal(end.calls, 0);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    int after = open("/dev/null", O_RDONLY);
    close(after);
    assert_int_equal(after, before);
}

static void descriptors_may_trade_places(void **state) {
    int a[2], b[2], both = dup(2);
    assert_int_equal(pipe2(a, O_CLOEXEC), 0);
    assert_int_equal(pipe2(b, O_CLOEXEC), 0);
    /* 3 and 4 of the child are b's and a's writing ends, whatever their numbers are here. */
    int low = a[1] < b[1] ? a[1] : b[1], high = a[1] < b[1] ? b[1] : a[1];
    End end = {0};
    int fds[64];
    for (int i = 0; i < 64; i++)
        fds[i] = -1;
    fds[1] = fds[2] = 2;
    fds[low] = high;
    fds[high] = low;
    char script[64];
    snprintf(script, sizeof script, "echo low >&%d; echo high >&%d", low, high);
    assert_true(high < 10); /* the shell's limit */
    run_shell(script, (ProcessOptions){.fds = fds, .fd_count = 64}, &end);
    assert_int_equal(end.status, 0);
    char out[16] = {0};
    assert_int_equal(read(high == a[1] ? a[0] : b[0], out, sizeof out), 4);
    assert_string_equal(out, "low\n");
    assert_int_equal(read(low == a[1] ? a[0] : b[0], out, sizeof out), 5);
    assert_string_equal(out, "high\n");
    close(a[0]), close(a[1]), close(b[0]), close(b[1]), close(both);
}

static void a_program_starts_with_no_signal_blocked_or_ignored(void **state) {
    signal(SIGPIPE, SIG_IGN);
    End end = {0};
    char *out = run_shell("grep -E '^Sig(Blk|Ign)' /proc/self/status", (ProcessOptions){0}, &end);
    assert_string_equal(out, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

static void a_process_that_is_let_go_runs_on(void **state) {
    uv_loop_t loop;
    uv_loop_init(&loop);
    int fds[2];
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    End end = {0};
    Process *process;
    char *args[] = {"sh", "-c", "sleep 0.1; echo on", NULL};
    int standard[] = {-1, fds[1], 2};
    assert_int_equal(
        process_spawn(&loop, &(ProcessOptions){.file = "sh", .args = args, .fds = standard, .fd_count = 3},
                      exited, &end, &process),
        0);
    close(fds[1]);
    process_unref(process);
    uv_run(&loop, UV_RUN_DEFAULT); /* does not wait */
    pid_t pid = process_pid(process);
    process_free(process);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    char out[8] = {0};
    assert_int_equal(read(fds[0], out, sizeof out), 3);
    assert_int_equal(end.calls, 0);
    close(fds[0]);
    waitpid(pid, NULL, 0);
}

UNIT_TESTS(cmocka_unit_test(the_exit_status_and_the_ending_signal_are_told_once),
           cmocka_unit_test(environment_directory_and_session_are_the_given_ones),
           cmocka_unit_test(a_program_that_cannot_be_started_is_an_error_and_no_process),
           cmocka_unit_test(descriptors_may_trade_places),
           cmocka_unit_test(a_program_starts_with_no_signal_blocked_or_ignored),
           cmocka_unit_test(a_process_that_is_let_go_runs_on))
