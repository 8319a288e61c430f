/* The template is this very program: run with TEMPLATE_OPTION it serves, and its copies run copy_main. */
#include "sys/template.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

typedef struct {
    int status, signal, calls;
} End;

static void exited(void *owner, int status, int signal) {
    End *end = owner;
    *end = (End){status, signal, end->calls + 1};
}

/* What a copy does: says on descriptor 3 who and where it is. */
static int copy_main(int argc, char **argv) {
    char here[256];
    if (argc > 1 && strcmp(argv[1], "die") == 0) raise(SIGKILL);
    dprintf(3, "%d %s %s %s %d", argc, argv[argc - 1], getcwd(here, sizeof here),
            getenv("ROOM") ? getenv("ROOM") : "-", getppid());
    return 5;
}

typedef struct {
    uv_loop_t loop;
    Template *template;
    char program[256];
} Scene;

static void scene_open(Scene *scene) {
    *scene = (Scene){0};
    uv_loop_init(&scene->loop);
    ssize_t len = readlink("/proc/self/exe", scene->program, sizeof scene->program - 1);
    assert_true(len > 0);
    scene->template = template_start(&scene->loop, scene->program);
    assert_non_null(scene->template);
}

static void scene_close(Scene *scene) {
    template_stop(scene->template);
    uv_run(&scene->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&scene->loop), 0);
    while (waitpid(-1, NULL, 0) > 0) {
    }
}

static int copy_run(Scene *scene, ProcessOptions options, End *end, char *out, size_t size) {
    int fds[2];
    assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
    int places[] = {-1, 1, 2, fds[1]};
    options.file = scene->program;
    options.fds = places;
    options.fd_count = 4;
    assert_true(template_can(scene->template, &options));
    Process *process;
    *end = (End){0};
    int error = template_spawn(scene->template, &scene->loop, &options, exited, end, &process);
    close(fds[1]);
    if (!error) {
        uv_run(&scene->loop, UV_RUN_DEFAULT);
        process_free(process);
        ssize_t len = read(fds[0], out, size - 1);
        out[len < 0 ? 0 : len] = '\0';
    }
    close(fds[0]);
    return error;
}

static void copies_are_children_of_ours_with_the_arguments_they_were_given(void **state) {
    Scene scene;
    scene_open(&scene);
    char *args[] = {scene.program, "some", "words", NULL}, *env[] = {"ROOM=galley", NULL}, out[512],
         expected[512];
    for (int i = 0; i < 5; i++) {
        End end;
        assert_int_equal(copy_run(&scene, (ProcessOptions){.args = args, .env = env, .cwd = "/usr"}, &end,
                                  out, sizeof out),
                         0);
        snprintf(expected, sizeof expected, "3 words /usr galley %d", getpid());
        assert_string_equal(out, expected);
        assert_int_equal(end.calls, 1);
        assert_int_equal(end.status, 5);
    }
    scene_close(&scene);
}

static void a_copy_that_is_killed_is_told_like_any_child(void **state) {
    Scene scene;
    scene_open(&scene);
    char *args[] = {scene.program, "die", NULL}, out[512];
    End end;
    assert_int_equal(copy_run(&scene, (ProcessOptions){.args = args}, &end, out, sizeof out), 0);
    assert_int_equal(end.signal, SIGKILL);
    scene_close(&scene);
}

static void what_a_copy_cannot_be_is_refused(void **state) {
    Scene scene;
    scene_open(&scene);
    char *args[] = {scene.program, NULL}, *preload[] = {"LD_PRELOAD=/x.so", NULL};
    const ProcessOptions cannot[] = {
        {.file = "/bin/sh", .args = args           },
        { .file = scene.program,     .args = args,        .detached = true},
        { .file = scene.program,     .args = args,        .sets_uid = true},
        { .file = scene.program,     .args = args, .cwd = "/no/such/place"},
        { .file = scene.program,     .args = args,          .env = preload},
    };
    for (size_t i = 0; i < sizeof cannot / sizeof *cannot; i++)
        assert_false(template_can(scene.template, &cannot[i]));
    assert_true(template_can(scene.template, &(ProcessOptions){.file = scene.program, .args = args}));
    scene_close(&scene);
}

int main(int argc, char **argv) {
    argv = uv_setup_args(argc, argv);
    if (argc > 1 && strcmp(argv[1], TEMPLATE_OPTION) == 0) {
        template_serve(&argc, &argv);
        _exit(
            copy_main(argc, argv)); /* what a copy was given lives as long as it does: no leak to look for */
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_are_children_of_ours_with_the_arguments_they_were_given),
        cmocka_unit_test(a_copy_that_is_killed_is_told_like_any_child),
        cmocka_unit_test(what_a_copy_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
