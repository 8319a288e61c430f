/* Starting other programs without copying this one's page tables, and hearing of their end without a
 * signal handler: vfork's clone and a pidfd. Both child_process and the keeper start everything here.
 *
 *     int out[2]; pipe2(out, O_CLOEXEC);
 *     char *args[] = {"node", "app.js", NULL};
 *     ProcessOptions options = {.file = "node", .args = args, .fds = (int[]){-1, out[1], 2}, .fd_count = 3};
 *     Process *process;
 *     int error = process_spawn(loop, &options, exited, app, &process);
 *     close(out[1]);
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <uv.h>

typedef struct Process Process;

typedef struct {
    const char *file;  /* without a slash: looked for in PATH of `env` */
    char *const *args; /* NULL at the end */
    char *const *env;  /* NULL: ours */
    const char *cwd;   /* NULL: ours */
    const int *fds;    /* fds[i] becomes descriptor i of the child; -1: /dev/null for 0 to 2, else closed */
    size_t fd_count;   /* 0 to 2 beyond it are /dev/null */
    bool detached;     /* its own session */
    bool own_group;    /* its own process group, so that kill(-pid) reaches its children too */
    bool sets_uid, sets_gid;
    uid_t uid;
    gid_t gid;
    int parent_death_signal;   /* 0: none */
    unsigned long files_limit; /* how many descriptors it may have; 0: as many as we */
} ProcessOptions;

/* Told once; exit_status is 0 when a signal ended it, and PROCESS_STATUS_UNKNOWN when nobody could say. */
typedef void (*ProcessExited)(void *owner, int exit_status, int term_signal);

/* -errno (ENOENT, EACCES, E2BIG …) when the program could not be started; nothing is left behind then. */
int process_spawn(uv_loop_t *loop, const ProcessOptions *options, ProcessExited exited, void *owner,
                  Process **process);
#define PROCESS_STATUS_UNKNOWN (-1)
/* A process that something else made, be it a child of ours or not (pidfd is taken; -1: opened here). */
int process_adopt(uv_loop_t *loop, pid_t pid, int pidfd, ProcessExited exited, void *owner,
                  Process **process);
/* Forgets the process; if it still runs it goes on, and nobody waits for it. */
void process_free(Process *process);

pid_t process_pid(const Process *process);
/* Of one that has ended, with the children that it waited for; 0 if another waited for it. */
uint64_t process_cpu_ms(const Process *process);
/* -ESRCH once it has ended. */
int process_kill(Process *process, int signal);
void process_ref(Process *process);
void process_unref(Process *process);
bool process_has_ref(const Process *process);

/* Lets this process have as many descriptors as it may, and returns how many it had been meant to have: its
 * children should be told so (files_limit), because a program that is not prepared for more may fail. The
 * daemons that it starts find the number in the environment. */
unsigned long process_files_raise(void);

/* In a new process: its descriptors 0 to count - 1 become copies of these; -1 as in ProcessOptions. 0 or
 * -errno. */
int process_fds_place(int *fds, size_t count);
