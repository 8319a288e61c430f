#include "sys/process.h"

#include "base/mem.h"
#include "sys/procfs.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { CHILD_STACK = 256 * 1024, SIGNALS = 65 };

struct Process {
    uv_poll_t poll;
    int pidfd;
    pid_t pid;
    bool ended;
    uint64_t cpu_ms;
    ProcessExited exited;
    void *owner;
};

/* What the child needs, prepared by the parent: the two share their memory until exec. */
typedef struct {
    const ProcessOptions *options;
    char *const *env;
    char **candidates; /* paths to try, in order */
    char **shell_args; /* room for /bin/sh in front of the arguments */
    int *fds;
    size_t fd_count;
    sigset_t signals;
    int error;
} Child;

static int null_place(int fd) {
    int null = open("/dev/null", fd == 0 ? O_RDONLY : O_RDWR);
    if (null < 0 || null == fd) return null < 0 ? -errno : 0;
    int error = dup2(null, fd) < 0 ? -errno : 0;
    close(null);
    return error;
}

static int fd_place(int from, int to) {
    if (from < 0 && to <= 2) return null_place(to);
    if (from < 0) return close(to), 0;
    if (from == to ? fcntl(to, F_SETFD, 0) < 0 : dup2(from, to) < 0) return -errno;
    /* Programs expect to block on their standard streams. */
    int flags = to <= 2 ? fcntl(to, F_GETFL) : -1;
    if (flags >= 0 && (flags & O_NONBLOCK)) fcntl(to, F_SETFL, flags & ~O_NONBLOCK);
    return 0;
}

int process_fds_place(int *fds, size_t fd_count) {
    int count = (int)fd_count, error = 0;
    for (int i = 0; i < count; i++) { /* what another's place would overwrite moves out of the way */
        if (fds[i] < 0 || fds[i] >= count || fds[i] == i) continue;
        fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, count);
        if (fds[i] < 0) return -errno;
    }
    for (int i = 0; i < count && !error; i++)
        error = fd_place(fds[i], i);
    return error;
}

/* The C library's own setuid would tell all threads of the parent. */
static int user_become(const ProcessOptions *options) {
    if (options->sets_uid || options->sets_gid) {
        if (syscall(SYS_setgroups, 0, NULL) < 0 && errno != EPERM) return -errno;
    }
    if (options->sets_gid && syscall(SYS_setgid, options->gid) < 0) return -errno;
    if (options->sets_uid && syscall(SYS_setuid, options->uid) < 0) return -errno;
    return 0;
}

static void signals_reset(void) {
    for (int signal = 1; signal < SIGNALS; signal++) {
        if (signal == SIGKILL || signal == SIGSTOP) continue;
        struct sigaction action = {0};
        syscall(SYS_rt_sigaction, signal, &action, NULL, 8); /* the C library hides two of them */
    }
}

static int program_become(Child *child) {
    const ProcessOptions *options = child->options;
    int error = -ENOENT;
    for (char **path = child->candidates; *path; path++) {
        execve(*path, options->args, child->env);
        if (errno == ENOEXEC) { /* a script without #!, as execvp has it */
            child->shell_args[1] = *path;
            execve("/bin/sh", child->shell_args, child->env);
        }
        if (errno == EACCES)
            error = -EACCES;
        else if (errno != ENOENT && errno != ENOTDIR)
            return -errno;
    }
    return error;
}

static void files_limit_set(unsigned long most) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || most > limit.rlim_max) return;
    limit.rlim_cur = most;
    setrlimit(RLIMIT_NOFILE, &limit);
}

unsigned long process_files_raise(void) {
    static const char variable[] = "GALLEY_FILES";
    const char *meant = getenv(variable);
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return 0;
    unsigned long before = meant ? strtoul(meant, NULL, 10) : limit.rlim_cur;
    char text[32];
    snprintf(text, sizeof text, "%lu", before);
    setenv(variable, text, 1);
    files_limit_set(limit.rlim_max);
    return before;
}

static int child_main(void *data) {
    Child *child = data;
    const ProcessOptions *options = child->options;
    signals_reset();
    int error = 0;
    if (options->parent_death_signal && prctl(PR_SET_PDEATHSIG, options->parent_death_signal) < 0)
        error = -errno;
    if (options->files_limit) files_limit_set(options->files_limit);
    if (!error && options->detached) setsid();
    if (!error && options->own_group) setpgid(0, 0);
    if (!error) error = process_fds_place(child->fds, child->fd_count);
    if (!error && options->cwd && chdir(options->cwd) < 0) error = -errno;
    if (!error) error = user_become(options);
    if (!error) {
        sigprocmask(SIG_SETMASK, &child->signals, NULL);
        error = program_become(child);
    }
    child->error = error;
    _exit(127);
}

static const char *env_get(char *const *env, const char *name) {
    size_t len = strlen(name);
    for (; *env; env++)
        if (strncmp(*env, name, len) == 0 && (*env)[len] == '=') return *env + len + 1;
    return NULL;
}

static char **candidates_new(const char *file, char *const *env) {
    const char *path = strchr(file, '/') ? NULL : env_get(env, "PATH");
    if (!path && !strchr(file, '/')) path = "/usr/local/bin:/bin:/usr/bin";
    size_t count = 2;
    for (const char *at = path; at && *at; at++)
        count += *at == ':';
    char **candidates = mem_new((count + 1) * sizeof *candidates), **next = candidates;
    if (!path) {
        *next = mem_strdup(file);
        return candidates;
    }
    for (const char *at = path;; at++) {
        size_t len = strcspn(at, ":");
        *next++ = len ? mem_printf("%.*s/%s", (int)len, at, file) : mem_printf("./%s", file);
        at += len;
        if (!*at) return candidates;
    }
}

static void candidates_free(char **candidates) {
    for (char **at = candidates; *at; at++)
        mem_free(*at);
    mem_free(candidates);
}

/* -errno, or the pid. */
static pid_t child_start(Child *child, int *pidfd) {
    char *stack =
        mmap(NULL, CHILD_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) return -errno;
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &child->signals); /* no handler of ours may run in the child */
    pid_t pid =
        clone(child_main, stack + CHILD_STACK, CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, child, pidfd);
    if (pid < 0) pid = -errno;
    pthread_sigmask(SIG_SETMASK, &child->signals, NULL);
    munmap(stack, CHILD_STACK);
    if (pid > 0 && child->error) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
        }
        close(*pidfd);
        return child->error;
    }
    return pid;
}

int process_spawn(uv_loop_t *loop, const ProcessOptions *options, ProcessExited exited, void *owner,
                  Process **process) {
    Child child = {.options = options, .env = options->env ? options->env : environ};
    child.fd_count = options->fd_count > 3 ? options->fd_count : 3;
    child.fds = mem_new(child.fd_count * sizeof *child.fds);
    for (size_t i = 0; i < child.fd_count; i++)
        child.fds[i] = i < options->fd_count ? options->fds[i] : -1;
    size_t args = 0;
    while (options->args[args])
        args++;
    child.shell_args = mem_new((args + 3) * sizeof *child.shell_args);
    child.shell_args[0] = "sh";
    for (size_t i = 1; i < args; i++)
        child.shell_args[i + 1] = options->args[i];
    child.candidates = candidates_new(options->file, child.env);
    int pidfd = -1;
    pid_t pid = *options->file ? child_start(&child, &pidfd) : -ENOENT;
    candidates_free(child.candidates);
    mem_free(child.shell_args);
    mem_free(child.fds);
    return pid < 0 ? pid : process_adopt(loop, pid, pidfd, exited, owner, process);
}

/* As the kernel has it since Linux 6.15; its header may be older. */
typedef struct {
    uint64_t mask, cgroup;
    uint32_t pid, tgid, ppid, ids[8];
    int32_t exit_code;
} PidfdInfo;
#define PIDFD_GET_INFO_EXIT (UINT64_C(1) << 3)
#define PIDFD_GET_INFO_CALL _IOWR(0xFF, 11, PidfdInfo)

/* How a process ended whose parent is another: from its remains while nobody has taken them away, from the
 * kernel's memory after. False: not known. */
static bool stranger_result(const Process *process, int *result) {
    PidfdInfo info = {.mask = PIDFD_GET_INFO_EXIT};
    if (ioctl(process->pidfd, PIDFD_GET_INFO_CALL, &info) == 0 && (info.mask & PIDFD_GET_INFO_EXIT)) {
        *result = info.exit_code;
        return true;
    }
    return proc_exit_result(process->pid, result);
}

static void on_ended(uv_poll_t *poll, int status, int events) {
    Process *process = poll->data;
    int result = 0;
    pid_t pid;
    struct rusage used = {0};
    do
        pid = wait4(process->pid, &result, WNOHANG, &used);
    while (pid < 0 && errno == EINTR);
    if (pid == 0) return;
    process->cpu_ms = (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
                      (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
    process->ended = true;
    uv_poll_stop(poll);
    if (pid < 0 && !stranger_result(process, &result)) {
        process->exited(process->owner, PROCESS_STATUS_UNKNOWN, 0);
        return;
    }
    process->exited(process->owner, WIFEXITED(result) ? WEXITSTATUS(result) : 0,
                    WIFSIGNALED(result) ? WTERMSIG(result) : 0);
}

int process_adopt(uv_loop_t *loop, pid_t pid, int pidfd, ProcessExited exited, void *owner, Process **out) {
    if (pidfd < 0) pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0) return -errno;
    fcntl(pidfd, F_SETFD, FD_CLOEXEC);
    Process *process = NEW(Process);
    *process = (Process){.pidfd = pidfd, .pid = pid, .exited = exited, .owner = owner};
    int error = uv_poll_init(loop, &process->poll, pidfd);
    if (error) {
        close(pidfd);
        mem_free(process);
        return error;
    }
    process->poll.data = process;
    uv_poll_start(&process->poll, UV_READABLE, on_ended);
    *out = process;
    return 0;
}

static void on_handle_closed(uv_handle_t *handle) {
    mem_free(handle->data);
}

void process_free(Process *process) {
    if (!process) return;
    uv_close((uv_handle_t *)&process->poll, on_handle_closed);
    close(process->pidfd);
}

uint64_t process_cpu_ms(const Process *process) {
    return process->cpu_ms;
}

pid_t process_pid(const Process *process) {
    return process->pid;
}

int process_kill(Process *process, int signal) {
    if (process->ended) return -ESRCH;
    return syscall(SYS_pidfd_send_signal, process->pidfd, signal, NULL, 0) < 0 ? -errno : 0;
}

void process_ref(Process *process) {
    uv_ref((uv_handle_t *)&process->poll);
}

void process_unref(Process *process) {
    uv_unref((uv_handle_t *)&process->poll);
}

bool process_has_ref(const Process *process) {
    return uv_has_ref((const uv_handle_t *)&process->poll);
}
