/* The native half of `process`: identity, environment, clocks, figures, signals and the end. */
#include "base/env_text.h"
#include "engine/handle.h"
#include "modules/compile_cache.h"
#include "modules/modules.h"

#include <openssl/opensslv.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <sqlite3.h>
#include <zlib.h>
#include <zstd.h>

extern char **environ;

static Value process_argv(Call *call) {
    Realm *realm = call->realm;
    int n = realm->options.argc;
    Object list = array_new(realm, 0, NULL);
    for (int i = 0; i < n; i++)
        array_put(realm, list, (size_t)i, value_string(realm, realm->options.argv[i]));
    return list;
}

static Value process_exec_path(Call *call) {
    return value_string(call->realm, call->realm->options.exec_path);
}

static Value env_get(Call *call) {
    TEXT name;
    if (!call_text(call, 0, &name)) return NULL;
    const char *value = getenv(name.data);
    return value ? value_string(call->realm, value) : value_undefined();
}

static Value env_set(Call *call) {
    TEXT name, value = {0};
    if (!call_text(call, 0, &name)) return NULL;
    if (!call_text(call, 1, &value)) return NULL;
    if (name.len && !strchr(name.data, '=')) setenv(name.data, value.data, 1);
    return NULL;
}

static Value env_unset(Call *call) {
    TEXT name;
    if (!call_text(call, 0, &name)) return NULL;
    if (name.len && !strchr(name.data, '=')) unsetenv(name.data);
    return NULL;
}

static Value env_names(Call *call) {
    Realm *realm = call->realm;
    Object list = array_new(realm, 0, NULL);
    size_t count = 0;
    for (char **entry = environ; entry && *entry; entry++) {
        const char *equals = strchr(*entry + (**entry == '='), '=');
        if (equals) array_put(realm, list, count++, value_string_n(realm, *entry, (size_t)(equals - *entry)));
    }
    return list;
}

static Value process_cwd(Call *call) {
    char path[4096];
    size_t size = sizeof path;
    int err = uv_cwd(path, &size);
    return err ? throw_uv(call, err, "uv_cwd", NULL, NULL) : value_string(call->realm, path);
}

static Value process_chdir(Call *call) {
    TEXT path;
    if (!call_text(call, 0, &path)) return NULL;
    char here[4096];
    size_t size = sizeof here;
    int err = uv_chdir(path.data);
    return err ? throw_uv(call, err, "chdir", uv_cwd(here, &size) ? NULL : here, path.data) : NULL;
}

static Value process_pid(Call *call) {
    return value_int(getpid());
}
static Value process_ppid(Call *call) {
    return value_int(getppid());
}

static Value process_hrtime(Call *call) { /* nanoseconds, exact up to 104 days of uptime */
    return value_number((double)uv_hrtime());
}

static Value process_hrtime_bigint(Call *call) {
    return JSBigIntCreateWithUInt64(call->realm->ctx, uv_hrtime(), call->exception);
}

static Value process_started(Call *call) { /* [hrtime at the start in ns, wall clock then in ms] */
    Value both[] = {value_number((double)call->realm->start_ns), value_number(call->realm->time_origin_ms)};
    return array_new(call->realm, COUNT_OF(both), both);
}

static Value process_umask(Call *call) {
    mode_t old = umask(0);
    umask(value_is_undefined(call_arg(call, 0)) ? old : (mode_t)call_int(call, 0));
    return value_int((int)old);
}

/* memory() -> [rss, heapTotal, heapUsed, external, arrayBuffers] */
/* The bytes that C has in use at the moment. */
static Value process_malloced(Call *call) {
    struct mallinfo2 info = mallinfo2();
    return value_number((double)(info.uordblks + info.hblkhd));
}

static Value process_memory(Call *call) {
    Realm *realm = call->realm;
    size_t rss = 0;
    uv_resident_set_memory(&rss);
    Object figures = JSGetMemoryUsageStatistics(realm->ctx);
    double used = value_as_double(object_get(realm, figures, "heapSize"));
    double total = value_as_double(object_get(realm, figures, "heapCapacity"));
    double extra = value_as_double(object_get(realm, figures, "extraMemorySize"));
    Value all[] = {value_number((double)rss), value_number(total), value_number(used), value_number(extra),
                   value_number(extra)};
    return array_new(realm, COUNT_OF(all), all);
}

static Value process_rss(Call *call) {
    size_t rss = 0;
    uv_resident_set_memory(&rss);
    return value_number((double)rss);
}

static double microseconds(struct timeval time) {
    return (double)time.tv_sec * 1e6 + (double)time.tv_usec;
}

/* usage(who) -> the sixteen numbers of getrusage, times in microseconds */
static Value process_usage(Call *call) {
    bool of_thread = call_int(call, 0);
    struct rusage u;
    getrusage(of_thread ? RUSAGE_THREAD : RUSAGE_SELF, &u);
    const struct rusage *before = of_thread ? &call->realm->used_before : &(struct rusage){0};
    double numbers[] = {
        microseconds(u.ru_utime) - microseconds(before->ru_utime),
        microseconds(u.ru_stime) - microseconds(before->ru_stime),
        (double)u.ru_maxrss,
        (double)u.ru_ixrss,
        (double)u.ru_idrss,
        (double)u.ru_isrss,
        (double)u.ru_minflt,
        (double)u.ru_majflt,
        (double)u.ru_nswap,
        (double)u.ru_inblock,
        (double)u.ru_oublock,
        (double)u.ru_msgsnd,
        (double)u.ru_msgrcv,
        (double)u.ru_nsignals,
        (double)u.ru_nvcsw,
        (double)u.ru_nivcsw,
    };
    Value all[COUNT_OF(numbers)];
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        all[i] = value_number(numbers[i]);
    return array_new(call->realm, COUNT_OF(all), all);
}

static Value process_constrained_memory(Call *call) {
    return value_number((double)uv_get_constrained_memory());
}

static Value process_available_memory(Call *call) {
    return value_number((double)uv_get_free_memory());
}

static Value process_kill(Call *call) {
    return value_int(uv_kill(call_int(call, 0), call_int(call, 1)));
}

static Value process_really_exit(Call *call) {
    compile_cache_flush(call->realm);
    fflush(NULL);
    uv_tty_reset_mode();
#ifdef __SANITIZE_ADDRESS__
    exit(call_int(call, 0));
#else
    _exit(call_int(call, 0));
#endif
}

static Value process_stop(Call *call) { /* a worker thread's realm ends; the process goes on */
    realm_stop(call->realm, call_int(call, 0));
    return NULL;
}

static Value process_abort(Call *call) {
    abort();
}

static Value process_get_title(Call *call) {
    char title[4096];
    return value_string(call->realm, uv_get_process_title(title, sizeof title) ? "" : title);
}

static Value process_set_title(Call *call) {
    TEXT title;
    if (!call_text(call, 0, &title)) return NULL;
    uv_set_process_title(title.data);
    return NULL;
}

static Value process_collect_garbage(Call *call) {
    JSSynchronousGarbageCollectForDebugging(call->realm->ctx);
    return NULL;
}

/* ids() -> [uid, euid, gid, egid] */
static Value process_ids(Call *call) {
    Value all[] = {value_number(getuid()), value_number(geteuid()), value_number(getgid()),
                   value_number(getegid())};
    return array_new(call->realm, COUNT_OF(all), all);
}

static Value process_groups(Call *call) {
    gid_t groups[1024];
    int n = getgroups(COUNT_OF(groups), groups);
    if (n < 0) return throw_uv(call, -errno, "getgroups", NULL, NULL);
    Value all[COUNT_OF(groups) + 1];
    bool has_effective = false;
    for (int i = 0; i < n; i++) {
        all[i] = value_number(groups[i]);
        has_effective |= groups[i] == getegid();
    }
    if (!has_effective) all[n++] = value_number(getegid());
    return array_new(call->realm, (size_t)n, all);
}

/* The number of a user or group given by name or number; -1 if there is none of that name. */
static long id_of(Realm *realm, Value v, bool is_group) {
    if (value_is_number(v)) return (long)(uint32_t)value_as_int64(v);
    TEXT name;
    if (!value_text(realm, v, &name)) return -1;
    if (is_group) {
        struct group *group = getgrnam(name.data);
        return group ? (long)group->gr_gid : -1;
    }
    struct passwd *user = getpwnam(name.data);
    return user ? (long)user->pw_uid : -1;
}

/* What Node's C++ half throws: "EPERM, Operation not permitted". */
static Value throw_errno(Call *call, const char *syscall) {
    Realm *realm = call->realm;
    char message[256];
    int err = errno;
    snprintf(message, sizeof message, "%s, %s", uv_err_name(-err), strerror(err));
    Object error = (Object)error_new(realm, "Error", uv_err_name(-err), message);
    object_set_int(realm, error, "errno", err);
    object_set(realm, error, "syscall", value_string(realm, syscall));
    return throw_value(call, error);
}

/* setId(which, id or name) -> 0, 1 for an unknown name; throws what the kernel says */
static Value process_set_id(Call *call) {
    TEXT which;
    if (!call_text(call, 0, &which)) return NULL;
    bool is_group = strstr(which.data, "gid") != NULL;
    long id = id_of(call->realm, call_arg(call, 1), is_group);
    if (id < 0) return value_int(1);
    int failed = strcmp(which.data, "setuid") == 0    ? setuid((uid_t)id)
                 : strcmp(which.data, "seteuid") == 0 ? seteuid((uid_t)id)
                 : strcmp(which.data, "setgid") == 0  ? setgid((gid_t)id)
                                                      : setegid((gid_t)id);
    return failed ? throw_errno(call, which.data) : value_int(0);
}

/* setGroups([numbers]) */
static Value process_set_groups(Call *call) {
    Realm *realm = call->realm;
    Object list = call_object(call, 0);
    size_t n = list ? (size_t)value_as_int(object_get(realm, list, "length")) : 0;
    gid_t *groups = mem_new((n + 1) * sizeof *groups);
    for (size_t i = 0; i < n; i++) {
        Value v = JSObjectGetPropertyAtIndex(realm->ctx, list, (unsigned)i, NULL);
        long id = id_of(realm, v, true);
        if (id < 0) {
            mem_free(groups);
            return value_int((int)i + 1);
        }
        groups[i] = (gid_t)id;
    }
    int failed = setgroups(n, groups);
    mem_free(groups);
    return failed ? throw_errno(call, "setgroups") : value_int(0);
}

static Value process_init_groups(Call *call) {
    TEXT user;
    if (!call_text(call, 0, &user)) return NULL;
    long group = id_of(call->realm, call_arg(call, 1), true);
    if (group < 0) return value_int(2);
    char name[256];
    snprintf(name, sizeof name, "%s", user.data);
    if (value_is_number(call_arg(call, 0))) {
        struct passwd *entry = getpwuid((uid_t)call_int(call, 0));
        if (!entry) return value_int(1);
        snprintf(name, sizeof name, "%s", entry->pw_name);
    } else if (!getpwnam(name)) {
        return value_int(1);
    }
    return initgroups(name, (gid_t)group) ? throw_errno(call, "initgroups") : value_int(0);
}

/* Signals as events: one handle for each signal somebody listens to. */
typedef struct {
    Handle base;
    uv_signal_t uv;
    Value callback;
} SignalWatch;

static void signal_closed(uv_handle_t *uv) {
    SignalWatch *watch = uv->data;
    handle_leave(&watch->base);
    mem_free(watch);
}

static void signal_dispose(Handle *handle) {
    SignalWatch *watch = (SignalWatch *)handle;
    if (!uv_is_closing((uv_handle_t *)&watch->uv)) uv_close((uv_handle_t *)&watch->uv, signal_closed);
}

static Value signal_close(Call *call);

static const Native signal_methods[] = {
    {"close", signal_close},
    {0      }
};

static const HandleClass signal_class = {"Signal", signal_methods, signal_dispose};

static Value signal_close(Call *call) {
    SignalWatch *watch = (SignalWatch *)call_handle(call, &signal_class);
    if (!watch || !watch->callback) return NULL;
    value_drop(call->realm, watch->callback);
    watch->callback = NULL;
    handle_unpin(&watch->base);
    signal_dispose(&watch->base);
    return NULL;
}

static void signal_came(uv_signal_t *uv, int number) {
    SignalWatch *watch = uv->data;
    Value argv[] = {value_int(number)};
    if (watch->callback) realm_dispatch(watch->base.realm, (Object)watch->callback, NULL, 1, argv);
}

/* watchSignal(number, callback) -> handle; throws EINVAL and its like. Does not keep the loop alive. */
static Value process_watch_signal(Call *call) {
    Realm *realm = call->realm;
    SignalWatch *watch = NEW(SignalWatch);
    uv_signal_init(&realm->loop, &watch->uv);
    watch->uv.data = watch;
    Object object = handle_open(realm, &watch->base, &signal_class);
    int err = uv_signal_start(&watch->uv, signal_came, call_int(call, 0));
    if (err) return throw_uv(call, err, "uv_signal_start", NULL, NULL);
    uv_unref((uv_handle_t *)&watch->uv);
    watch->callback = call_arg(call, 1);
    value_keep(realm, watch->callback);
    handle_pin(&watch->base);
    return object;
}

/* setUnhandledRejection(function (promise, reason)) */
static Value process_set_unhandled_rejection(Call *call) {
    Object function = call_function(call, 0);
    if (function) JSGlobalContextSetUnhandledRejectionCallback(call->realm->ctx, function, call->exception);
    return NULL;
}

/* The texts of a list, NULL-terminated; free with words_free. */
static char **words_of(Realm *realm, Object list) {
    size_t n = (size_t)value_as_int(object_get(realm, list, "length"));
    char **words = mem_new((n + 1) * sizeof *words);
    for (size_t i = 0; i < n; i++) {
        TEXT word = {0};
        value_text(realm, JSObjectGetPropertyAtIndex(realm->ctx, list, (unsigned)i, NULL), &word);
        words[i] = mem_strndup(word.data, word.len);
    }
    return words;
}

static void words_free(char **words) {
    for (char **word = words; *word; word++)
        mem_free(*word);
    mem_free(words);
}

/* execve(path, [args], [name=value]): returns only to throw. Standard streams stay open. */
static Value process_execve(Call *call) {
    TEXT path;
    if (!call_text(call, 0, &path)) return NULL;
    char **argv = words_of(call->realm, call_object(call, 1));
    char **env = words_of(call->realm, call_object(call, 2));
    for (int fd = 0; fd <= 2; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags >= 0) fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    execve(path.data, argv, env);
    int err = errno;
    words_free(argv);
    words_free(env);
    return throw_uv(call, -err, "execve", path.data, NULL);
}

static Value process_machine(Call *call) {
    uv_utsname_t name;
    return value_string(call->realm, uv_os_uname(&name) ? "unknown" : name.machine);
}

static Value process_versions(Call *call) {
    static const struct {
        const char *name, *version;
    } list[] = {
        {"galley",         GALLEY_VERSION      },
        {"javascriptcore", JSC_VERSION         },
        {"openssl",        OPENSSL_VERSION_STR },
        {"sqlite",         SQLITE_VERSION      },
        {"zlib",           ZLIB_VERSION        },
        {"zstd",           ZSTD_VERSION_STRING },
        {"node",           &NODE_API_VERSION[1]},
    };
    Realm *realm = call->realm;
    Object versions = object_new(realm);
    object_set(realm, versions, "uv", value_string(realm, uv_version_string()));
    for (size_t i = 0; i < COUNT_OF(list); i++)
        object_set(realm, versions, list[i].name, value_string(realm, list[i].version));
    return versions;
}

typedef struct {
    Realm *realm;
    Object list;
    size_t count;
} EnvLines;

static void put_line(void *context, const char *key, const char *value) {
    EnvLines *lines = context;
    array_put(lines->realm, lines->list, lines->count++, value_string(lines->realm, key));
    array_put(lines->realm, lines->list, lines->count++, value_string(lines->realm, value));
}

/* envParse(text of an .env file): [key, value, …] */
static Value env_parse(Call *call) {
    TEXT text;
    if (!call_text(call, 0, &text)) return NULL;
    Value list = array_new(call->realm, 0, NULL);
    EnvLines lines = {call->realm, value_object(call->realm, list), 0};
    env_text_read((Slice){text.data, text.len}, put_line, &lines);
    return list;
}

static const Native functions[] = {
    {"argv",                      process_argv},
    {"execPath",                           process_exec_path},
    {"envGet",env_get},
    {"envSet",                    env_set},
    {"envUnset",                           env_unset},
    {"envNames", env_names},
    {"envParse",                  env_parse},
    {"cwd",                           process_cwd},
    {"chdir",                  process_chdir},
    {"pid",                  process_pid},
    {"ppid",                           process_ppid},
    {"hrtime",process_hrtime},
    {"hrtimeBigint",                     process_hrtime_bigint},
    {"started",                           process_started},
    {"umask",process_umask},
    {"memory",                      process_memory},
    {"malloced",                           process_malloced},
    {"rss",                        process_rss},
    {"usage",              process_usage},
    {"constrainedMemory",                           process_constrained_memory},
    {"availableMemory",process_available_memory},
    {"kill",                     process_kill},
    {"reallyExit",                           process_really_exit},
    {"stop",process_stop},
    {"abort",                  process_abort},
    {"getTitle",                           process_get_title},
    {"setTitle",process_set_title},
    {"collectGarbage",                     process_collect_garbage},
    {"ids",                           process_ids},
    {"groups",process_groups},
    {"setId",           process_set_id},
    {"setGroups",                           process_set_groups},
    {"initGroups",process_init_groups},
    {"watchSignal",                process_watch_signal},
    {"setUnhandledRejection",                           process_set_unhandled_rejection},
    {"execve",                        process_execve},
    {"machine",                     process_machine},
    {"versions",                           process_versions},
    {0}
};

const Module process_module = {"process", functions, NULL, NULL};
