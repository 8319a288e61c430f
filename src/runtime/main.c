/* galley-js: reads the command line, starts the main realm, hands it to lib/internal/main.js, and runs
 * the loop until nothing is left to wait for. */
#include "engine/bytecode.h"
#include "engine/call.h"
#include "engine/copy.h"
#include "modules/modules.h"
#include "runtime/engine_update.h"
#include "runtime/options.h"
#include "sys/template.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static const char help_text[] =
    "Usage: galley [options] [ script.js ] [arguments]\n"
    "       galley start | list | logs | reload | ...   keep programs running; see galley help\n"
    "\n"
    "Options:\n"
    "  -                            script read from stdin (default when stdin is not a terminal)\n"
    "  --                           end of options\n"
    "  -e, --eval SCRIPT            run a script given as text\n"
    "  -p, --print SCRIPT           run it and print what it comes to\n"
    "  -c, --check                  only check the script's syntax\n"
    "  -r, --require MODULE         require a module first (may be repeated)\n"
    "  -C, --conditions NAME        a further condition for package.json exports and imports\n"
    "  --expose-gc                  give programs gc()\n"
    "  --loop-watch=MS              tell on stderr of turns of the event loop that take longer, and where\n"
    "  --profile                    write a CPU profile and a flame graph at the end (--profile-dir=FOLDER)\n"
    "  --stack-trace-limit=N        lines in a stack (default 10)\n"
    "  --unhandled-rejections=MODE  throw (default), strict, warn, none, warn-with-error-code\n"
    "  --no-warnings                do not print warnings\n"
    "  --no-deprecation             do not print deprecations; --throw-deprecation throws them\n"
    "  --test                       run test files and report\n"
    "  -v, --version                print the version of Node whose interface is offered\n"
    "  -h, --help                   print this\n"
    "\n"
    "NODE_OPTIONS may hold the options that start with two dashes.\n";

static void handle_defaults(void) {
    signal(SIGPIPE, SIG_IGN);
    struct rlimit files; /* the lower limit is for programs that use select() */
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    for (int fd = 0; fd <= 2; fd++) /* a program must not get a file as its stdin or stdout by chance */
        if (uv_guess_handle(fd) == UV_UNKNOWN_HANDLE && access("/dev/null", R_OK) == 0) {
            if (write(fd, "", 0) < 0) {
                FILE *null = fopen("/dev/null", "r+");
                (void)null;
            }
        }
}

/* What a worker of a cluster needs before its own program runs; all its copies share it. */
static const char *const template_modules[] = {
    "internal/main",
    "internal/options",
    "internal/cjs",
    "path",
    "internal/child_process/join",
    "internal/child_process/channel",
    "internal/cluster/child",
    "http",
    "_http_client",
    "net",
    "internal/net/server",
    "internal/http_connection",
    "timers",
};

static Realm *template_realm(char **argv, const RealmOptions *options) {
    Realm *realm = realm_new_for_copies(options);
    Value exception = NULL;
    for (size_t i = 0; realm && i < COUNT_OF(template_modules) && !exception; i++)
        realm_require(realm, template_modules[i], &exception);
    if (realm && !exception && realm_can_be_copied(realm)) return realm;
    execv(options->exec_path, (char *[]){argv[0], TEMPLATE_OPTION, TEMPLATE_BARE, argv[2], NULL});
    _exit(127);
}

/* One step of building Galley. */
static int bytecode_make(const RealmOptions *options, const char *path) {
    Realm *realm = realm_new(options);
    bool done = realm && bytecode_write(realm, path);
    if (realm) realm_free(realm);
    return done ? 0 : 70;
}

static Bytecode *bytecode_beside(const char *program) {
    char path[PATH_MAX + sizeof BYTECODE_FILE];
    const char *name = strrchr(program, '/');
    snprintf(path, sizeof path, "%.*s/" BYTECODE_FILE, name ? (int)(name - program) : 0, program);
    return name ? bytecode_open(path) : NULL;
}

int main(int argc, char **argv) {
    Options options;
    int exit_code;
    engine_follow_update(argv);
    argv = uv_setup_args(argc, argv);
    char path[PATH_MAX];
    size_t size = sizeof path;
    if (uv_exepath(path, &size)) snprintf(path, sizeof path, "%s", argv[0]);
    RealmOptions realm_options = {
        .is_main = true, .exec_path = path, .modules = all_modules, .data = &options};
    if (argc == 3 && strcmp(argv[1], BYTECODE_OPTION) == 0) return bytecode_make(&realm_options, argv[2]);
    realm_options.bytecode = bytecode_beside(path);
    Realm *realm = NULL;
    if (argc > 1 && strcmp(argv[1], TEMPLATE_OPTION) == 0) {
        template_begin();
        realm_options.in_template = true;
        if (argc > 2 && strcmp(argv[2], TEMPLATE_BARE) != 0) realm = template_realm(argv, &realm_options);
        realm_options.in_template = false;
        template_serve(&argc, &argv);
    }
    if (!options_read(&options, argc, argv, &exit_code)) return exit_code;
    if (options.help) {
        fputs(help_text, stdout);
        return 0;
    }
    if (options.version) {
        puts(NODE_API_VERSION);
        return 0;
    }
    handle_defaults();
    realm_options.argc = argc;
    realm_options.argv = argv;
    realm_options.is_watched = map_has(&options.values, "loop-watch");
    if (!realm)
        realm = realm_new(&realm_options);
    else if (!realm_wake(realm, &realm_options))
        realm = NULL;
    if (!realm) return 70;

    Value exception = NULL;
    Object start = (Object)realm_require(realm, "internal/main", &exception);
    if (!start || exception) {
        realm_print_error(realm, exception);
        return 70;
    }
    Object run = (Object)object_get(realm, start, "run");
    Object finish = (Object)object_get(realm, start, "beforeExit");
    value_keep(realm, start);
    realm_dispatch(realm, run, NULL, 0, NULL);
    do {
        realm_run_loop(realm);
        if (realm->stopping) break;
        realm_dispatch(realm, finish, NULL, 0, NULL);
    } while (uv_loop_alive(&realm->loop));
    Object end = (Object)object_get(realm, start, "exit");
    realm_dispatch(realm, end, NULL, 0, NULL); /* emits 'exit' and ends the process */
    return realm->exit_code;
}
