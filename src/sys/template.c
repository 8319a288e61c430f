#include "sys/template.h"

#include "base/bytes.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

enum {
    SOCKET = TEMPLATE_SOCKET,
    FDS_MAX = 32, /* twice, so that they can be put in their places, and still below TEMPLATE_DESCRIPTORS */
    ANSWER_MS = 3000,
    TITLE_ROOM = 2048, /* so that copies can show their own arguments in ps */
};

struct Template {
    Process *process;
    int fd;
    uid_t uid;
    gid_t gid;
    char *program;
    bool ended;
};

/* What is asked for; then come the directory, the arguments and the environment, each text with its NUL. */
typedef struct {
    uint32_t len;
    uint32_t argc, envc;
    uint32_t umask;
    uint32_t fd_count;
    int32_t places[FDS_MAX]; /* -1, or which of the descriptors beside this */
} Request;

static void on_ended(void *owner, int status, int signal) {
    ((Template *)owner)->ended = true;
}

Template *template_start(uv_loop_t *loop, const char *program) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) return NULL;
    Template *template = NEW(Template);
    *template = (Template){.fd = pair[0], .uid = geteuid(), .gid = getegid(), .program = mem_strdup(program)};
    char room[TITLE_ROOM];
    memset(room, ' ', sizeof room - 1);
    room[sizeof room - 1] = '\0';
    char *args[] = {template->program, TEMPLATE_OPTION, room, NULL};
    ProcessOptions options = {
        .file = program, .args = args, .fds = (int[]){-1, -1, -1, pair[1]},
                .fd_count = SOCKET + 1
    };
    int error = process_spawn(loop, &options, on_ended, template, &template->process);
    close(pair[1]);
    if (!error) {
        process_unref(template->process);
        return template;
    }
    close(pair[0]);
    mem_free(template->program);
    mem_free(template);
    return NULL;
}

void template_stop(Template *template) {
    close(template->fd); /* it ends when it sees that */
    process_free(template->process);
    mem_free(template->program);
    mem_free(template);
}

/* What the loader or the allocator read before main cannot be changed afterwards. */
static bool env_has_same_loader(char *const *env) {
    static const char *const prefixes[] = {
        "LD_", "MALLOC_", "GLIBC_TUNABLES=", "JSC_", "G_", "GALLEY_ENGINE_"};
    size_t given = 0, ours = 0;
    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        size_t len = strlen(prefixes[i]);
        for (char *const *at = environ; *at; at++)
            ours += strncmp(*at, prefixes[i], len) == 0;
        for (char *const *at = env; *at; at++) {
            if (strncmp(*at, prefixes[i], len) != 0) continue;
            given++;
            char *const *same = environ;
            while (*same && strcmp(*same, *at) != 0)
                same++;
            if (!*same) return false;
        }
    }
    return given == ours;
}

bool template_can(const Template *template, const ProcessOptions *options) {
    struct stat status;
    if (template->ended || strcmp(options->file, template->program) != 0) return false;
    if (options->detached || options->own_group || options->sets_uid || options->sets_gid) return false;
    if (options->parent_death_signal || options->fd_count > FDS_MAX) return false;
    if (template->uid != geteuid() || template->gid != getegid()) return false;
    if (options->cwd &&
        (stat(options->cwd, &status) < 0 || !S_ISDIR(status.st_mode) || access(options->cwd, X_OK) < 0))
        return false;
    return !options->env || env_has_same_loader(options->env);
}

static uint32_t texts_append(Bytes *out, char *const *texts) {
    uint32_t count = 0;
    for (; texts[count]; count++)
        bytes_append(out, texts[count], strlen(texts[count]) + 1);
    return count;
}

static bool all_sent(int fd, const char *bytes, size_t len) {
    while (len) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes += sent;
        len -= (size_t)sent;
    }
    return true;
}

static bool request_send(Template *template, Request *request, const int *fds, size_t count,
                         const Bytes *texts) {
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof(int) * FDS_MAX)];
    } control = {0};
    struct iovec piece = {request, sizeof *request};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    if (count) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int) * count);
        memcpy(CMSG_DATA(head), fds, sizeof(int) * count);
    }
    if (sendmsg(template->fd, &message, MSG_NOSIGNAL) != sizeof *request) return false;
    return all_sent(template->fd, texts->data, texts->len);
}

/* The copy's pid, or -errno. */
static pid_t answer_read(Template *template) {
    struct pollfd waiting = {.fd = template->fd, .events = POLLIN};
    int32_t pid;
    int ready;
    do
        ready = poll(&waiting, 1, ANSWER_MS);
    while (ready < 0 && errno == EINTR);
    if (ready != 1 || read(template->fd, &pid, sizeof pid) != sizeof pid) return -ENOSYS;
    return pid;
}

int template_spawn(Template *template, uv_loop_t *loop, const ProcessOptions *options, ProcessExited exited,
                   void *owner, Process **process) {
    Request request = {.fd_count = (uint32_t)options->fd_count};
    int fds[FDS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < options->fd_count; i++) {
        request.places[i] = options->fds[i] < 0 ? -1 : (int32_t)count;
        if (options->fds[i] >= 0) fds[count++] = options->fds[i];
    }
    mode_t mask = umask(0);
    umask(mask);
    request.umask = mask;
    char here[4096];
    const char *cwd = options->cwd ? options->cwd : getcwd(here, sizeof here);
    if (!cwd) return -errno;
    Bytes texts = {0};
    bytes_append(&texts, cwd, strlen(cwd) + 1);
    request.argc = texts_append(&texts, options->args);
    request.envc = texts_append(&texts, options->env ? options->env : environ);
    request.len = (uint32_t)texts.len;
    bool sent = request_send(template, &request, fds, count, &texts);
    bytes_free(&texts);
    pid_t pid = sent ? answer_read(template) : -ENOSYS;
    return pid < 0 ? pid : process_adopt(loop, pid, -1, exited, owner, process);
}

/* --- In the template */

static bool all_read(int fd, char *bytes, size_t len) {
    while (len) {
        ssize_t got = read(fd, bytes, len);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        bytes += got;
        len -= (size_t)got;
    }
    return true;
}

static bool request_read(Request *request, int *fds, size_t *count, char **texts) {
    union {
        struct cmsghdr head;
        char space[CMSG_SPACE(sizeof(int) * FDS_MAX)];
    } control;
    struct iovec piece = {request, sizeof *request};
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.space};
    ssize_t got;
    do
        got = recvmsg(SOCKET, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL);
    while (got < 0 && errno == EINTR);
    if (got != sizeof *request || request->fd_count > FDS_MAX) return false;
    *count = 0;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (head && head->cmsg_type == SCM_RIGHTS) {
        *count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(fds, CMSG_DATA(head), *count * sizeof(int));
    }
    *texts = mem_new(request->len + 1);
    return all_read(SOCKET, *texts, request->len);
}

/* fork, but the copy is our parent's child. */
static pid_t copy_make(void) {
    int *tid_address = NULL; /* where the C library keeps the thread's id */
    if (prctl(PR_GET_TID_ADDRESS, &tid_address, 0, 0, 0) < 0 || !tid_address) return -ENOSYS;
    struct clone_args args = {.flags = CLONE_PARENT | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID,
                              .child_tid = (uint64_t)(uintptr_t)tid_address};
    pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
    return pid < 0 ? -errno : pid;
}

static char **texts_split(char **at, uint32_t count) {
    char **texts = mem_new((count + 1) * sizeof *texts);
    for (uint32_t i = 0; i < count; i++) {
        texts[i] = *at;
        *at += strlen(*at) + 1;
    }
    return texts;
}

static void title_set(char **args) {
    Bytes title = {0};
    for (char **at = args; *at; at++)
        bytes_printf(&title, "%s%s", at == args ? "" : " ", *at);
    uv_set_process_title(title.data);
    bytes_free(&title);
}

static void become_copy(const Request *request, const int *received, size_t count, char *texts, int *argc,
                        char ***argv) {
    int fds[FDS_MAX];
    for (uint32_t i = 0; i < request->fd_count; i++) {
        int32_t place = request->places[i];
        fds[i] = place >= 0 && (size_t)place < count ? received[place] : -1;
    }
    unsigned beyond = request->fd_count > 3 ? request->fd_count : 3;
    if (process_fds_place(fds, request->fd_count) < 0) _exit(127);
    syscall(SYS_close_range, beyond, TEMPLATE_DESCRIPTORS - 1, 0);
    umask(request->umask);
    if (chdir(texts) < 0) _exit(127);
    texts += strlen(texts) + 1;
    *argc = (int)request->argc;
    *argv = texts_split(&texts, request->argc);
    environ = texts_split(&texts, request->envc);
    title_set(*argv);
}

void template_begin(void) {
    syscall(SYS_close_range, SOCKET + 1, ~0U, 0);
}

void template_serve(int *argc, char ***argv) {
    for (;;) {
        Request request;
        int fds[FDS_MAX];
        size_t count;
        char *texts = NULL;
        if (!request_read(&request, fds, &count, &texts)) _exit(0);
        int32_t pid = copy_make();
        if (pid == 0) {
            become_copy(&request, fds, count, texts, argc, argv);
            return;
        }
        for (size_t i = 0; i < count; i++)
            close(fds[i]);
        mem_free(texts);
        if (!all_sent(SOCKET, (char *)&pid, sizeof pid)) _exit(0);
    }
}
